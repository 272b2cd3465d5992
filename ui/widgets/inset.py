"""What stands under a choice begins where the words of the choice begin, at any size of text."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.style.look import Look
from ui.style.tokens import HAIRLINE, Space
from ui.widgets.basics import row


class Inset(QWidget):
    """A row that begins under the words of a radio button or a tick; `beside` is to be filled."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.beside: QHBoxLayout = row(self, gap=Space.NONE)
        self._gap = QWidget(self)
        self._gap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.beside.addWidget(self._gap)
        look.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        # The circle, its border, and the room between it and the words.
        self._gap.setFixedWidth(self._look.scaled(Space.L) + 2 * HAIRLINE + Space.S)
