"""What sealing, opening and contacts are built from: choices, fingerprints, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from notebook import i18n
from ui.contacts_cards import Print
from ui.style.look import Look
from ui.style.tokens import PAGE_WIDTH, Space
from ui.widgets.announcing import announce
from ui.widgets.basics import (
    Button,
    IconLabel,
    column,
    label,
    ring_margin,
    row,
    set_role,
)
from ui.words import isolated

GROUPS_IN_A_ROW: Final = 4


class ScrolledPage(QScrollArea):
    """A page that scrolls when it must: one column, no wider than is comfortable to read."""

    resized = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._width = PAGE_WIDTH
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QWidget(self)
        outer.setObjectName("scrolled")
        beside = row(outer)
        self.page = QWidget(outer)
        beside.addWidget(self.page, 1)
        self.box = column(self.page, gap=Space.M)
        ring_margin(self.box)
        self._after = QWidget(outer)
        beside.addWidget(self._after)
        self.setWidget(outer)
        look.changed.connect(self._measure)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column from growing with the window."""
        super().resizeEvent(event)
        self._measure()
        self.resized.emit()

    def set_page_width(self, width: int) -> None:
        """Let the column be as wide as this, at a text scale of 100 %."""
        if width != self._width:
            self._width = width
            self._measure()

    def _measure(self) -> None:
        room = self.viewport().width() - self._look.scaled(self._width)
        self._after.setFixedWidth(max(room, Space.NONE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be ticked."""

    key: str
    name: str
    note: str = ""
    is_chosen: bool = False
    tone: str = "small"
    """The role of the note's label."""
    name_tone: str = ""
    """The role of the name's label."""


class CheckLine(QFrame):
    """A tick, a name that may be long, and a note under it; a click anywhere ticks."""

    toggled = Signal(str, bool)

    def __init__(self, choice: Choice, parent: QWidget) -> None:
        super().__init__(parent)
        self._key = choice.key
        beside = row(self, gap=Space.S)
        self.tick = QCheckBox(self)
        self.tick.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.tick.clicked.connect(self._on_clicked)
        beside.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        self._beside_tick = column_layout()
        self._name = label("", self)
        self._note = label("", self, "small")
        self._beside_tick.addWidget(self._name)
        self._beside_tick.addWidget(self._note)
        beside.addLayout(self._beside_tick, 1)
        beside.setAlignment(self._beside_tick, Qt.AlignmentFlag.AlignTop)
        self.show_choice(choice)

    def show_choice(self, choice: Choice) -> None:
        """Show the choice as it is now."""
        self.tick.setChecked(choice.is_chosen)
        self.tick.setAccessibleName(" · ".join(p for p in (choice.name, choice.note) if p))
        self._name.setText(choice.name)
        set_role(self._name, choice.name_tone)
        self._note.setText(choice.note)
        self._note.setVisible(bool(choice.note))
        set_role(self._note, choice.tone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tick stands in the middle of the first line, however large the letters are."""
        super().resizeEvent(event)
        room = self.tick.sizeHint().height() - QFontMetrics(self._name.font()).height()
        self._beside_tick.setContentsMargins(0, max(room // 2, 0), 0, 0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the words is a click on the tick."""
        if self.rect().contains(event.position().toPoint()):
            self.tick.setFocus(Qt.FocusReason.MouseFocusReason)
            self.tick.click()
        event.accept()

    def _on_clicked(self, is_on: bool) -> None:
        self.toggled.emit(self._key, is_on)


class ChoiceColumn(QWidget):
    """Things to tick; a line that stays keeps its place and its focus."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: dict[str, CheckLine] = {}
        self._box = column(self, gap=Space.S)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show these, in this order."""
        if [choice.key for choice in choices] != list(self._lines):
            clear(self._box)
            self._lines = {}
            for choice in choices:
                line = CheckLine(choice, self)
                line.toggled.connect(self.toggled)
                self._lines[choice.key] = line
                self._box.addWidget(line)
        for choice in choices:
            self._lines[choice.key].show_choice(choice)

    def first(self) -> QWidget | None:
        """The first tick."""
        return next((line.tick for line in self._lines.values()), None)


class PrintCard(QFrame):
    """A fingerprint to be read aloud: three rows of four groups, and the words under them."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        box = column(self, margin=Space.L, gap=Space.M)
        self._whose = label("", self, "strong")
        box.addWidget(self._whose)
        # Digits run left to right in every language; the grid must not turn round.
        self._grid_holder = QWidget(self)
        self._grid_holder.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._grid_holder.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self._grid_holder)
        self._grid.setContentsMargins(Space.NONE, Space.NONE, Space.NONE, Space.NONE)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        # In a row: a widget that runs left to right would be set to the left also where others
        # begin on the right.
        beside = row()
        beside.addWidget(self._grid_holder)
        beside.addStretch()
        box.addLayout(beside)
        self._words = label("", self, "mute")
        box.addWidget(self._words)
        box.addStretch()
        look.changed.connect(self.updateGeometry)

    def show_print(self, shown: Print) -> None:
        """Show a fingerprint."""
        self._whose.setText(shown.whose)
        clear(self._grid)
        local = i18n.digits(shown.digits)
        for place, group in enumerate(local.split()):
            digits = label(group, self._grid_holder, "words", wraps=False)
            font = digits.font()
            # Digits of one width stand under one another.
            font.setStyleHint(QFont.StyleHint.Monospace)
            digits.setFont(font)
            # Its width counts before it is first drawn: a group that is cut is a wrong number.
            digits.ensurePolished()
            self._grid.addWidget(digits, place // GROUPS_IN_A_ROW, place % GROUPS_IN_A_ROW)
        self._words.setText("  ".join(shown.words))
        self.setAccessibleName(f"{shown.whose}: {local}. {' '.join(shown.words)}")


class PrintPair(QWidget):
    """Two fingerprints beside each other, or under each other where the page is narrow."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._box = row(self, gap=Space.L)
        self._first = PrintCard(look, self)
        self._second = PrintCard(look, self)
        self._box.addWidget(self._first, 1)
        self._box.addWidget(self._second, 1)

    def show_prints(self, first: Print, second: Print) -> None:
        """Show both."""
        self._first.show_print(first)
        self._second.show_print(second)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as one of them; they go under each other then."""
        least = super().minimumSizeHint()
        return QSize(self._first.minimumSizeHint().width(), least.height())

    def event(self, event: QEvent) -> bool:
        """Look again when what they need has changed."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put them beside or under each other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        needed = (
            self._first.minimumSizeHint().width() + self._second.minimumSizeHint().width() + Space.L
        )
        is_wide = self.width() >= needed
        direction = (
            QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        )
        if self._box.direction() is not direction:
            self._box.setDirection(direction)


class Remark(QFrame):
    """A sentence that asks for attention, with its icon and, if there is one, a second line."""

    def __init__(self, look: Look, parent: QWidget, *, icon: str, tone: str) -> None:
        super().__init__(parent)
        set_role(self, "notice")
        beside = row(self, margin=Space.M, gap=Space.M)
        beside.addWidget(IconLabel(look, icon, self, tone), 0, Qt.AlignmentFlag.AlignTop)
        self.words = column_layout()
        self._what = label("", self, "strong")
        self._more = label("", self)
        self.words.addWidget(self._what)
        self.words.addWidget(self._more)
        beside.addLayout(self.words, 1)

    def show_words(self, what: str, more: str = "") -> None:
        """Show the sentence; nothing at all when it is empty."""
        self._what.setText(what)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self.setAccessibleName(" ".join(part for part in (what, more) if part))
        self.setVisible(bool(what))


class Fact(QWidget):
    """A name and what there is to say under it; the text can be selected with the mouse."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, gap=Space.NONE)
        box.addWidget(label(name, self, "small"))
        self._text = label("", self)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._text)

    def show_text(self, text: str) -> None:
        """Show what there is to say; nothing at all when it is empty."""
        self._text.setText(text)
        self.setVisible(bool(text))


class Points(QWidget):
    """Sentences with a point before each; a long one goes on under its words, not its point."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._box = column(self, gap=Space.NONE)
        self._shown: tuple[str, ...] = ()

    def show_points(self, sentences: tuple[str, ...]) -> None:
        """Show these."""
        if sentences == self._shown:
            return
        self._shown = sentences
        clear(self._box)
        for sentence in sentences:
            holder = QWidget(self)
            beside = row(holder)
            beside.addWidget(label("•", holder, wraps=False), 0, Qt.AlignmentFlag.AlignTop)
            beside.addWidget(label(isolated(sentence), holder), 1)
            self._box.addWidget(holder)


class DoneHead(QWidget):
    """What the last page of a room in steps begins with: that it is done."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        beside = row(self, gap=Space.M)
        beside.addWidget(IconLabel(look, "ok", self, "ok"), 0, Qt.AlignmentFlag.AlignTop)
        self._words = label("", self, "strong")
        beside.addWidget(self._words, 1)

    def show_words(self, words: str) -> None:
        """Say what is done."""
        if words != self._words.text():
            announce(self._words, words)
        self._words.setText(words)


class EmptyState(QWidget):
    """One sentence that teaches the next step, with one button."""

    asked = Signal()

    def __init__(self, look: Look, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, gap=Space.M)
        box.addSpacing(Space.XXL)
        self._sentence = label("", self)
        box.addWidget(IconLabel(look, icon, self, "mute"))
        box.addWidget(self._sentence)
        buttons = row()
        self.button = Button("", self, role="primary")
        self.button.clicked.connect(self.asked)
        buttons.addWidget(self.button)
        buttons.addStretch()
        box.addLayout(buttons)
        box.addStretch()

    def show_words(self, sentence: str, button: str) -> None:
        """Show the sentence and name the button."""
        self._sentence.setText(sentence)
        self.button.set_words(button)
        self.button.setVisible(bool(button))


def column_layout() -> QVBoxLayout:
    """Things under one another, inside another layout."""
    result = QVBoxLayout()
    result.setSpacing(Space.XS)
    return result


def clear(layout: QBoxLayout | QGridLayout) -> None:
    """Take away every widget of a layout, at once for the eye and soon for the memory."""
    while item := layout.takeAt(0):
        widget = item.widget()
        if widget:
            widget.hide()
            widget.deleteLater()
