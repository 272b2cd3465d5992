"""A layout that sets things beside one another and begins a new line when one is full."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """Things in lines, in the direction of the window."""

    def __init__(self, parent: QWidget | None, gap: int) -> None:
        super().__init__()
        if parent:
            parent.setLayout(self)
        self._gap = gap
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item in."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give an item back."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """A narrow flow is high."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that all lines need."""
        return self._arrange(QRect(0, 0, width, 0), is_real=False)

    def setGeometry(self, area: QRect) -> None:
        """Place everything."""
        super().setGeometry(area)
        self._arrange(area, is_real=True)

    def sizeHint(self) -> QSize:
        """As small as the largest thing in it."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The largest thing in it."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, area: QRect, *, is_real: bool) -> int:
        owner = self.parentWidget()
        is_rtl = owner is not None and owner.layoutDirection() is Qt.LayoutDirection.RightToLeft
        x, y, line_height = 0, area.y(), 0
        for item in self._shown():
            size = item.sizeHint().boundedTo(QSize(max(area.width(), 1), item.sizeHint().height()))
            if x > 0 and x + size.width() > area.width():
                x, y, line_height = 0, y + line_height + self._gap, 0
            if is_real:
                left = area.right() + 1 - x - size.width() if is_rtl else area.x() + x
                item.setGeometry(QRect(QPoint(left, y), size))
            x += size.width() + self._gap
            line_height = max(line_height, size.height())
        return y + line_height - area.y()
