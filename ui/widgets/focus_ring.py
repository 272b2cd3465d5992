"""The ring around what has the focus: two pixels of the accent, outside the widget.

It lies on the window itself, so that no narrow parent cuts it off, and follows the widget as it
moves. Inside a scroll area it is cut where the scroll area ends.
"""

from contextlib import suppress

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QScrollArea, QWidget

from ui.style.look import Look
from ui.style.tokens import FOCUS_RING, RADIUS

WITHOUT_RING = (QLabel, QScrollArea)

MOVING = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide})
"""What may have put the focused widget elsewhere; scrolling moves what is inside."""


class FocusRing(QWidget):
    """Follows the focus through one window."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the widget, or with what it stands in."""
        if event.type() in MOVING:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.theme.accent), FOCUS_RING))
        half = FOCUS_RING / 2
        around = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(around, RADIUS + half, RADIUS + half)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new.window() is not self._window:
            return
        for widget in self._watched:
            # A widget that is gone already needs no parting.
            with suppress(RuntimeError):
                widget.removeEventFilter(self)
        self._watched = []
        # A page that has the focus as a whole is nothing that one works with.
        is_page = new is not None and new.focusPolicy() is Qt.FocusPolicy.NoFocus
        if new is None or new is self._window or is_page or isinstance(new, WITHOUT_RING):
            self.hide()
            return
        step: QWidget | None = new
        while step is not None and step is not self._window:
            step.installEventFilter(self)
            self._watched.append(step)
            step = step.parentWidget()
        self._place()

    def _place(self) -> None:
        if not self._watched:
            return
        focused = self._watched[0]
        room = FOCUS_RING
        at = focused.mapTo(self._window, QPoint())
        around = QRect(at, focused.size()).adjusted(-room, -room, room, room)
        seen = self._seen(around)
        self.setVisible(focused.isVisible() and not seen.isEmpty())
        if self.geometry() != around:
            self.setGeometry(around)
        # A mask that hides nothing costs a repaint each time it is set.
        if seen == around:
            self.clearMask()
        else:
            self.setMask(seen.translated(-around.topLeft()))
        self.raise_()

    def _seen(self, around: QRect) -> QRect:
        """The part of the ring that lies inside every scroll area around the widget."""
        for widget in self._watched[1:]:
            if isinstance(widget, QAbstractScrollArea):
                at = widget.mapTo(self._window, QPoint())
                around = around & QRect(at, widget.size())
        return around
