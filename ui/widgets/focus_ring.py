"""The ring around what has the focus: two pixels of the accent, outside the widget."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QLabel, QMainWindow, QScrollArea, QWidget

from ui.style.look import Look
from ui.style.tokens import FOCUS_RING, RADIUS

WITHOUT_RING = (QLabel, QScrollArea, QMainWindow)


class FocusRing(QFocusFrame):
    """Follows the focus through one window."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring in the margin that the frame leaves around its widget."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.theme.accent), FOCUS_RING))
        half = FOCUS_RING / 2
        around = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(around, RADIUS + half, RADIUS + half)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        is_ours = new is not None and new.window() is self._window
        if new is None or (is_ours and (new is self._window or isinstance(new, WITHOUT_RING))):
            self.hide()
        elif is_ours:
            self.setWidget(new)
