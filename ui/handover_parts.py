"""What sealing, opening and contacts are built from: steps, choices, fingerprints, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from notebook import i18n
from notebook.i18n import _
from ui.contacts_cards import Print
from ui.style.look import Look
from ui.style.tokens import PAGE_WIDTH, Space
from ui.widgets.basics import (
    Button,
    IconLabel,
    column,
    label,
    ring_inset,
    ring_margin,
    row,
    set_role,
)

GROUPS_IN_A_ROW: Final = 4
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ScrolledPage(QScrollArea):
    """A page that scrolls when it must: one column, no wider than is comfortable to read."""

    resized = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
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

    def _measure(self) -> None:
        room = self.viewport().width() - self._look.scaled(PAGE_WIDTH)
        self._after.setFixedWidth(max(room, Space.NONE))


class StepTrail(QWidget):
    """The names of the steps in a line, the present one in strong type."""

    def __init__(self, look: Look, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._labels: list[QLabel] = []
        beside = row(self, gap=Space.XS)
        for name in self._names:
            if self._labels:
                beside.addWidget(IconLabel(look, "chevron-next", self, "mute"))
            shown = label(name, self, "mute", wraps=False)
            self._labels.append(shown)
            beside.addWidget(shown)
        beside.addStretch()

    def show_step(self, at: int) -> None:
        """Mark the step with this place, counted from 0; below 0 the page is none of them."""
        self.setVisible(at >= 0)
        for place, shown in enumerate(self._labels):
            set_role(shown, "strong" if place == at else "mute")
        words, count = _("Step {number} of {count}: {name}"), len(self._names)
        self.setAccessibleName(words.format(number=at + 1, count=count, name=self._names[at]))


class Guide(QWidget):
    """Steps one after another: a title, the trail, the page of the step, and the way on and back.

    Enter does the obvious: the button that has the focus, else the way on. Esc steps back.
    """

    gone_on = Signal()
    gone_back = Signal()

    def __init__(self, look: Look, title: str, steps: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._pages: list[QWidget] = []
        box = column(self, margin=Space.XL, gap=Space.S)
        inset = ring_inset(box)
        head = column_layout()
        head.setSpacing(Space.S)
        head.setContentsMargins(inset)
        head.addWidget(label(title, self, "heading"))
        self._trail = StepTrail(look, steps, self)
        head.addWidget(self._trail)
        head.addSpacing(Space.M)
        box.addLayout(head)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(inset)
        box.addLayout(self._notices)
        self._holder = QVBoxLayout()
        box.addLayout(self._holder, 1)
        self._foot = QWidget(self)
        foot = row(self._foot)
        foot.setContentsMargins(inset)
        self.back = Button(_("Back"), self._foot, look=look, icon="back")
        self.back.clicked.connect(self.gone_back)
        foot.addWidget(self.back)
        self._lack = label("", self._foot, "mute")
        foot.addWidget(self._lack, 1)
        self.on = Button(_("Go on"), self._foot, role="primary")
        self.on.clicked.connect(self.gone_on)
        foot.addWidget(self.on)
        box.addWidget(self._foot)

    def add_notice(self, notice: QWidget) -> None:
        """Take in what is shown above the page of any step."""
        self._notices.addWidget(notice)

    def add_page(self, page: QWidget) -> None:
        """Take in the page of a step."""
        self._pages.append(page)
        self._holder.addWidget(page)
        page.hide()

    def show_page(self, page: QWidget, step: int) -> bool:
        """Bring a page to the front; whether another one was there before."""
        # Hidden pages take no part in the height, and keep their own scroll.
        is_other = not page.isVisibleTo(self)
        for each in self._pages:
            each.setVisible(each is page)
        self._trail.show_step(step)
        return is_other

    def show_ways(self, on: str, back: str, *, lack: str = "", may_go_on: bool = True) -> None:
        """Name the ways; an empty name hides one. `lack` says what is missing to go on."""
        self.on.setVisible(bool(on))
        if on:
            self.on.set_words(on)
        self.on.setEnabled(may_go_on)
        self.back.setVisible(bool(back))
        if back:
            self.back.set_words(back)
        self._lack.setText(lack)
        self._lack.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)

    def take_focus(self) -> None:
        """Be ready for Enter, where nothing else asks for the focus."""
        (self.on if self.on.isVisibleTo(self) and self.on.isEnabled() else self.back).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc steps back."""
        focus = QApplication.focusWidget()
        if event.key() in ENTER and isinstance(focus, QPushButton):
            focus.click()
        elif event.key() in ENTER and self.on.isVisible():
            self.on.click()
        elif event.key() == Qt.Key.Key_Escape and self.back.isVisible():
            self.back.click()
        else:
            super().keyPressEvent(event)


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
        words = column_layout()
        self._name = label("", self)
        self._note = label("", self, "small")
        words.addWidget(self._name)
        words.addWidget(self._note)
        beside.addLayout(words, 1)
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
        for place, group in enumerate(i18n.digits(shown.digits).split()):
            digits = label(group, self._grid_holder, "words", wraps=False)
            font = digits.font()
            # Digits of one width stand under one another.
            font.setStyleHint(QFont.StyleHint.Monospace)
            digits.setFont(font)
            # Its width counts before it is first drawn: a group that is cut is a wrong number.
            digits.ensurePolished()
            self._grid.addWidget(digits, place // GROUPS_IN_A_ROW, place % GROUPS_IN_A_ROW)
        self._words.setText("  ".join(shown.words))
        self.setAccessibleName(f"{shown.whose}: {shown.digits}. {' '.join(shown.words)}")


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
