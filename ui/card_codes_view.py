"""The codes of a card on the screen: black on white in every theme, so that a camera reads them."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from notebook.card_codes import Modules
from notebook.i18n import _, number
from ui.style.tokens import CODE_DARK, CODE_LIGHT

QUIET_MODULES: Final = 4
"""The margin that every code needs around it."""
MODULE_PX: Final = 4
LEAST_MODULE_PX: Final = 3


class CardCodes(QWidget):
    """Shows as many codes in a row as there is room for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._codes: tuple[Modules, ...] = ()
        # The order of the codes does not matter, but the squares must not be mirrored.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def show_codes(self, codes: Sequence[Modules]) -> None:
        """Show these."""
        self._codes = tuple(codes)
        self.setAccessibleName(
            _("{count} codes for a camera").format(count=number(len(self._codes)))
        )
        self.setMinimumWidth(self._side() * LEAST_MODULE_PX)
        self._measure()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the codes need at this width: one that is cut cannot be read."""
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the squares; whole pixels keep their edges sharp."""
        painter = QPainter(self)
        side, columns, square = self._side(), self._columns(), self._square()
        dark = QColor(CODE_DARK)
        for place, code in enumerate(self._codes):
            row, column = divmod(place, columns)
            left, top = column * side * square, row * side * square
            # Not the theme's colours: a camera wants dark squares on white, at night as well.
            whole = QRect(left, top, side * square, side * square)
            painter.fillRect(whole, QColor(CODE_LIGHT))
            for y, line in enumerate(code):
                for x, is_dark in enumerate(line):
                    if is_dark:
                        painter.fillRect(
                            left + (x + QUIET_MODULES) * square,
                            top + (y + QUIET_MODULES) * square,
                            square,
                            square,
                            dark,
                        )

    def _measure(self) -> None:
        rows = -(-len(self._codes) // self._columns())
        self.setFixedHeight(rows * self._side() * self._square())

    def _side(self) -> int:
        return max((len(code) for code in self._codes), default=0) + 2 * QUIET_MODULES

    def _columns(self) -> int:
        fit = self.width() // (self._side() * LEAST_MODULE_PX)
        return max(1, min(fit, len(self._codes)))

    def _square(self) -> int:
        fits = self.width() // (self._columns() * self._side())
        return max(min(MODULE_PX, fits), LEAST_MODULE_PX)
