"""The line of a record's title: typed into like any other, shortened with an ellipsis at rest."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionFrame, QWidget

from ui.field_lines import DirectedLine
from ui.style.look import Look
from ui.style.tokens import HAIRLINE
from ui.widgets.basics import set_role
from ui.words import isolated


class TitleLine(DirectedLine):
    """A long title is never cut in the middle of a letter; its tooltip holds all of it."""

    def __init__(self, accessible_name: str, look: Look, parent: QWidget) -> None:
        super().__init__(accessible_name, parent, keeps_side=True)
        self._look = look
        set_role(self, "title")
        look.changed.connect(self.keep_side)
        self.textChanged.connect(self._on_text)

    def is_shortened(self) -> bool:
        """Whether the title is longer than its place, and nobody types into it."""
        return not self.hasFocus() and self._needed() > self._room().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        if not self.is_shortened():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        room = self._room()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(QColor(self._look.theme.ink))
        painter.drawText(room, self.alignment(), shown)
        painter.end()

    def _on_text(self, text: str) -> None:
        self.setToolTip(isolated(text) if text else "")

    def _needed(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text())

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        # Qt keeps this much free on both sides of what is typed.
        return inside.adjusted(2 * HAIRLINE, 0, -2 * HAIRLINE, 0)
