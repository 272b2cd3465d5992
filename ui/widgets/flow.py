"""A widget that sets things beside one another and begins a new line when one is full."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Flow(QWidget):
    """Things in lines, in the direction of the window."""

    def __init__(self, parent: QWidget, gap: int, *, line_gap: int | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self._line_gap = gap if line_gap is None else line_gap
        self._widgets: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Take a widget in at the end."""
        widget.setParent(self)
        self._widgets.append(widget)
        widget.show()
        self.updateGeometry()

    def clear(self) -> None:
        """Take every widget out and away."""
        for widget in self._widgets:
            widget.hide()
            widget.deleteLater()
        self._widgets = []
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        """The height that all lines need."""
        return self._arrange(width, is_real=False)

    def sizeHint(self) -> QSize:
        """As small as the largest thing in it."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The largest thing in it; as high as the lines are at the present width."""
        widest = max((widget.minimumSizeHint().width() for widget in self._shown()), default=0)
        return QSize(widest, self._arrange(max(self.width(), widest), is_real=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the lines anew."""
        super().resizeEvent(event)
        self._arrange(self.width(), is_real=True)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """Something in it became larger, smaller, shown or hidden, or the reading turned round."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.LayoutDirectionChange):
            self._arrange(self.width(), is_real=True)
            self.updateGeometry()
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _arrange(self, width: int, *, is_real: bool) -> int:
        is_rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        x, y, line_height = 0, 0, 0
        for widget in self._shown():
            wanted = widget.sizeHint()
            size = QSize(min(wanted.width(), max(width, 1)), wanted.height())
            if x > 0 and x + size.width() > width:
                x, y, line_height = 0, y + line_height + self._line_gap, 0
            if is_real:
                left = width - x - size.width() if is_rtl else x
                widget.setGeometry(QRect(left, y, size.width(), size.height()))
            x += size.width() + self._gap
            line_height = max(line_height, size.height())
        return y + line_height
