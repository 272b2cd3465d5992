"""The codes of a card on the screen: black on white in every theme, so that a camera reads them."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from notebook.card_codes import Modules
from notebook.i18n import _, number
from ui.style.look import Look

QUIET_MODULES: Final = 4
"""The margin that every code needs around it."""
MODULE_PX: Final = 4
LEAST_MODULE_PX: Final = 3
IN_A_ROW: Final = 2


class CardCodes(QWidget):
    """Shows codes two in a row."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._codes: tuple[Modules, ...] = ()
        # The order of the codes does not matter, but the squares must not be mirrored.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.updateGeometry)

    def show_codes(self, codes: Sequence[Modules]) -> None:
        """Show these."""
        self._codes = tuple(codes)
        self.setAccessibleName(
            _("{count} codes for a camera").format(count=number(len(self._codes)))
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all of them."""
        side, rows = self._side(), -(-len(self._codes) // IN_A_ROW)
        return QSize(IN_A_ROW * side * MODULE_PX, rows * side * MODULE_PX)

    def minimumSizeHint(self) -> QSize:
        """Narrower than this no camera reads them."""
        return QSize(IN_A_ROW * self._side() * LEAST_MODULE_PX, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the squares; whole pixels keep their edges sharp."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        side = self._side()
        square = max(min(MODULE_PX, self.width() // (IN_A_ROW * side or 1)), 1)
        for place, code in enumerate(self._codes):
            row, column = divmod(place, IN_A_ROW)
            left, top = column * side * square, row * side * square
            whole = QRectF(left, top, side * square, side * square)
            painter.fillRect(whole, Qt.GlobalColor.white)
            for y, line in enumerate(code):
                for x, is_dark in enumerate(line):
                    if is_dark:
                        painter.fillRect(
                            left + (x + QUIET_MODULES) * square,
                            top + (y + QUIET_MODULES) * square,
                            square,
                            square,
                            Qt.GlobalColor.black,
                        )

    def _side(self) -> int:
        return max((len(code) for code in self._codes), default=0) + 2 * QUIET_MODULES
