"""A recording on the screen: the caution before it, and the bar that stays while it runs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from notebook.i18n import _
from ui.recording_words import LEVEL_MOST, Caution, RecordingLine
from ui.style.look import Look
from ui.style.tokens import LEVEL_WIDTH, Space
from ui.widgets.announcing import announce
from ui.widgets.basics import Button, IconLabel, column, frame, label, row, set_role
from ui.widgets.flow import Flow
from ui.widgets.sheets import Sheet

_ICONS = {"ok": "consent", "caution": "no-consent", "danger": "danger"}


class RecordingBar(QWidget):
    """One line over the page: how long, how loud, and the ways to pause, mark and stop."""

    mark_requested = Signal()
    pause_requested = Signal()
    stop_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        outer = column(self, margin=Space.S)
        surface = frame("notice", self)
        outer.addWidget(surface)
        inner = row(surface, margin=Space.S, gap=Space.M)
        self._icon = IconLabel(look, "microphone", surface, "accent")
        inner.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.NONE)
        self._title = label("", surface, "strong")
        self._words = label("", surface, "small")
        words.addWidget(self._title)
        self._level = QProgressBar(surface)
        self._level.setTextVisible(False)
        self._level.setRange(0, LEVEL_MOST)
        self._level.setAccessibleName(_("Level of the sound"))
        words.addSpacing(Space.XS)
        # Aligned, so that its width does not become that of the words.
        words.addWidget(self._level, 0, Qt.AlignmentFlag.AlignLeft)
        words.addSpacing(Space.XS)
        words.addWidget(self._words)
        inner.addLayout(words, 1)
        self.mark = Button(_("Mark"), surface)
        self.mark.setToolTip(_("Mark this place (F8)"))
        self.mark.clicked.connect(self.mark_requested)
        self.pause = Button(_("Pause"), surface, look=look, icon="pause")
        self.pause.clicked.connect(self.pause_requested)
        self.stop = Button(_("Stop"), surface, role="primary")
        self.stop.clicked.connect(self.stop_requested)
        for button in (self.mark, self.pause, self.stop):
            inner.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        look.changed.connect(self._set_width)
        self._set_width()
        self.hide()

    def show_line(self, line: RecordingLine | None) -> None:
        """Show how the recording stands; None when there is none."""
        self.setVisible(line is not None)
        if line is None:
            return
        if line.tone != "mute" and line.words != self._words.text():
            announce(self._words, line.words)
        self._title.setText(line.title)
        self._words.setText(line.words)
        self._words.setVisible(bool(line.words))
        set_role(self._words, "small" if line.tone == "mute" else line.tone)
        self.setAccessibleName(f"{line.title} {line.words}".strip())
        self._level.setValue(line.level)
        self._icon.set_icon("pause" if line.is_paused else "microphone", "accent")
        self.pause.set_words(_("Go on") if line.is_paused else _("Pause"))
        self.pause.set_icon("microphone" if line.is_paused else "pause")
        for button in (self.mark, self.pause, self.stop):
            button.setEnabled(line.is_running)

    def _set_width(self) -> None:
        self._level.setFixedWidth(self._look.scaled(LEVEL_WIDTH))


class CautionSheet(Sheet):
    """What is to be thought of before somebody is recorded; nothing is recorded before it."""

    begun = Signal(object)

    def __init__(self, look: Look, caution: Caution, window: QWidget) -> None:
        super().__init__(look, _("Record sound"), window)
        self._caution = caution
        for words in (
            _(
                "What is said first can be held against the person later: every difference from a"
                " later testimony is pointed at."
            ),
            _(
                "Ask whether they agree to be recorded, say who may hear it, and that they may stop"
                " at any time."
            ),
        ):
            self.body.addWidget(label(words, self))
        surface = frame("notice", self)
        beside = row(surface, margin=Space.M, gap=Space.M)
        icon = IconLabel(look, _ICONS[caution.tone], surface, caution.tone)
        beside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(label(caution.consent, surface, "strong"), 1)
        self.body.addWidget(surface)
        self.body.addWidget(label(caution.keeps, self, "mute"))
        self.body.addWidget(
            label(
                _("While somebody is heard, the notebook does not lock by itself."),
                self,
                "mute",
            )
        )
        ways = Flow(self, Space.S)
        words = _("Record all the same") if caution.is_refused else _("Begin recording")
        self.begin = Button(
            words,
            ways,
            role="danger" if caution.is_refused else "primary",
            look=look,
            icon="microphone",
        )
        self.begin.clicked.connect(self._on_begin)
        self.leave = Button(_("Not now"), ways)
        self.leave.clicked.connect(self.close_sheet)
        # Enter does the obvious: with a recorded no that is not to record.
        for button in (self.leave, self.begin) if caution.is_refused else (self.begin, self.leave):
            ways.add(button)
        self.body.addWidget(ways)
        self.setAccessibleDescription(f"{caution.consent} {caution.keeps}")

    def first(self) -> QWidget:
        """What has the focus when it opens."""
        return self.leave if self._caution.is_refused else self.begin

    def _on_begin(self) -> None:
        self.close_sheet()
        self.begun.emit(self._caution)
