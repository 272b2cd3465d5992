"""A list of lines: each on its own, added with Enter, moved with Ctrl+Up and Ctrl+Down."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.forms import Field
from notebook.i18n import _
from notebook.model import JsonValue
from ui.field_lines import DirectedLine, WidthLimit
from ui.field_values import shown_text
from ui.style.look import Look
from ui.style.tokens import FIELD_WIDTH_MOST, Space
from ui.widgets.basics import Button, column, row


class ItemLine(DirectedLine):
    """One line of a list, and the keys that work in it."""

    next_wanted = Signal()
    gone = Signal()
    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter: a new line; Backspace in an empty one: away; Ctrl+Up, Ctrl+Down: move."""
        key = event.key()
        with_ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_wanted.emit()
        elif key == Qt.Key.Key_Backspace and not self.text():
            self.gone.emit()
        elif with_ctrl and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class ListField(QWidget):
    """Lines that can be added, taken away and put in another order."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self._look = look
        self._rows: list[tuple[QWidget, ItemLine]] = []
        WidthLimit(self, look, FIELD_WIDTH_MOST)
        box = column(self, gap=Space.XS)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.XS)
        box.addLayout(self._lines)
        self.add_button = Button(_("Add a line"), self, role="flush", look=look, icon="add")
        self.add_button.setAccessibleName(_("{field}: add a line").format(field=field.label))
        self.add_button.clicked.connect(self._on_add)
        box.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.add_button)

    @property
    def lines(self) -> list[ItemLine]:
        """The lines from top to bottom."""
        return [line for _holder, line in self._rows]

    def value(self) -> JsonValue:
        """The lines that say something, in their order; None when there are none."""
        return [line.text() for line in self.lines if line.text().strip()] or None

    def set_value(self, value: JsonValue, _names: Mapping[str, str]) -> None:
        """Show these lines."""
        wanted = list(value) if isinstance(value, list | tuple) else []
        texts = [shown_text(item) for item in wanted]
        if texts == [line.text() for line in self.lines]:
            return
        for holder, _line in self._rows:
            holder.hide()
            holder.deleteLater()
        self._rows = []
        for text in texts:
            self._insert(len(self._rows), text)
        self._name()

    def _insert(self, at: int, text: str) -> ItemLine:
        holder = QWidget(self)
        beside = row(holder, gap=Space.XS)
        line = ItemLine("", holder)
        line.setText(text)
        line.textEdited.connect(self.edited)
        line.left.connect(self.left)
        line.next_wanted.connect(self._on_next)
        line.gone.connect(self._on_gone)
        line.moved.connect(self._on_moved)
        beside.addWidget(line, 1)
        away = Button(_("Take this line away"), holder, role="icon", look=self._look, icon="close")
        away.clicked.connect(self._on_away)
        beside.addWidget(away)
        self._lines.insertWidget(at, holder)
        self._rows.insert(at, (holder, line))
        return line

    def _name(self) -> None:
        for number, line in enumerate(self.lines, start=1):
            line.setAccessibleName(
                _("{field}, line {number}").format(field=self._field.label, number=number)
            )

    def _on_add(self) -> None:
        self._insert(len(self._rows), "").setFocus(Qt.FocusReason.OtherFocusReason)
        self._name()

    def _on_next(self) -> None:
        at = self._at(self.sender())
        self._insert(at + 1, "").setFocus(Qt.FocusReason.OtherFocusReason)
        self._name()

    def _on_gone(self) -> None:
        self._take_away(self._at(self.sender()))

    def _on_away(self) -> None:
        self._take_away(self._at(self.sender().parent()))

    def _on_moved(self, step: int) -> None:
        at = self._at(self.sender())
        to = at + step
        if not 0 <= to < len(self._rows):
            return
        moving = self._rows.pop(at)
        self._rows.insert(to, moving)
        self._lines.insertWidget(to, moving[0])
        self._name()
        moving[1].setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _take_away(self, at: int) -> None:
        holder, line = self._rows.pop(at)
        had_text = bool(line.text().strip())
        neighbours = self.lines
        near = neighbours[max(at - 1, 0)] if neighbours else self.add_button
        near.setFocus(Qt.FocusReason.OtherFocusReason)
        holder.hide()
        holder.deleteLater()
        self._name()
        if had_text:
            self.edited.emit()
            self.left.emit()

    def _at(self, inside: object) -> int:
        return next(at for at, pair in enumerate(self._rows) if inside in pair)
