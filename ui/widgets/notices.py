"""What the window says to the person: trouble as a card, a sentence at its foot, and progress."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.announcing import announce
from ui.widgets.basics import Button, IconLabel, column, frame, label, row

SAID_FOR_MS = 12_000
"""Long enough for someone who reads in a third language."""
UNDO_FOR_MS = 120_000
"""Who is interrupted, or has one hand, can still take it back."""


class TroubleCard(QWidget):
    """What happened, what is safe, what to do next; nothing at all until there is trouble."""

    def __init__(self, look: Look, parent: QWidget, *, can_dismiss: bool = False) -> None:
        super().__init__(parent)
        # Where it can be dismissed it stands at the edge of a window and needs room around it.
        outer = column(self, margin=Space.S if can_dismiss else Space.NONE)
        surface = frame("notice", self)
        outer.addWidget(surface)
        inner = row(surface, margin=Space.M, gap=Space.M)
        self._icon = IconLabel(look, "warning", surface, "caution")
        inner.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        inner.addLayout(words, 1)
        self._what = label("", surface, "strong")
        self._rest = label("", surface)
        words.addWidget(self._what)
        words.addWidget(self._rest)
        if can_dismiss:
            dismiss = Button(_("Dismiss"), surface, role="icon", look=look, icon="close")
            dismiss.clicked.connect(self.clear)
            inner.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_trouble(self, error: NotebookError) -> None:
        """Show the three sentences of `error`."""
        self.show_words(error.what, error.safe, error.next_step)

    def show_words(self, what: str, *more: str) -> None:
        """Show one sentence and what follows from it."""
        self._what.setText(what)
        rest = "\n".join(part for part in more if part)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.setAccessibleName(" ".join((what, *more)))
        self.show()
        announce(self, self.accessibleName(), is_urgent=True)

    def clear(self) -> None:
        """There is no trouble any more."""
        self.hide()


class SayBar(QWidget):
    """One sentence at the foot of the window, with Undo when it can be undone."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._undo: Callable[[], None] | None = None
        outer = row(self, margin=Space.S)
        surface = frame("notice", self)
        outer.addStretch()
        outer.addWidget(surface)
        outer.addStretch()
        inner = row(surface, margin=Space.XS, gap=Space.S)
        inner.addSpacing(Space.S)
        inner.addWidget(IconLabel(look, "ok", surface, "ok"))
        self._text = label("", surface)
        self._text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        inner.addWidget(self._text)
        self._undo_button = Button(_("Undo"), surface, role="quiet", look=look, icon="undo")
        self._undo_button.clicked.connect(self._on_undo)
        inner.addWidget(self._undo_button)
        close = Button(_("Dismiss"), surface, role="icon", look=look, icon="close")
        close.clicked.connect(self.clear)
        inner.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    def say(self, text: str, undo: Callable[[], None] | None) -> None:
        """Show `text` for a while; with `undo`, the button that does it."""
        self._undo = undo
        self._text.setWordWrap(False)
        self._text.setText(text)
        self._undo_button.setVisible(undo is not None)
        self.setAccessibleName(text)
        self.show()
        announce(self, text)
        self._timer.start(UNDO_FOR_MS if undo else SAID_FOR_MS)

    def clear(self) -> None:
        """Say nothing."""
        self._undo = None
        self.hide()

    def _on_undo(self) -> None:
        undo = self._undo
        self.clear()
        if undo:
            undo()


class ProgressStrip(QWidget):
    """A long job: what, how far, and Cancel."""

    cancelled = Signal()

    def __init__(self, parent: QWidget, *, can_cancel: bool = True) -> None:
        super().__init__(parent)
        box = column(self, gap=Space.S)
        line_of = row()
        self._what = label("", self, "mute")
        line_of.addWidget(self._what, 1)
        self._cancel = Button(_("Cancel"), self, role="quiet")
        self._cancel.clicked.connect(self.cancelled)
        self._cancel.setVisible(can_cancel)
        line_of.addWidget(self._cancel)
        box.addLayout(line_of)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        box.addWidget(self._bar)
        self.hide()

    def start(self, what: str) -> None:
        """A job began; how far it is cannot be said yet."""
        self._what.setText(what)
        self._bar.setAccessibleName(what)
        self._bar.setRange(0, 0)
        self.show()

    def show_progress(self, done: int, total: int, what: str = "") -> None:
        """`done` of `total` units are done."""
        if what:
            self._what.setText(what)
        # Qt counts in 32 bits, and a job may be many gigabytes.
        thousandths = 1000 * done // total if total else 0
        self._bar.setRange(0, 1000)
        self._bar.setValue(thousandths)

    def thousandths(self) -> int:
        """How far the bar is."""
        return self._bar.value()

    def stop(self) -> None:
        """The job is over."""
        self.hide()
