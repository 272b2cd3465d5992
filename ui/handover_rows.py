"""A list of two-line rows in a page: contacts, or the records that leave."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QListView, QStyleOptionViewItem, QWidget

from notebook.model import RecordId
from ui.list_delegate import ListDelegate
from ui.list_items import ListItem
from ui.list_model import ListModel
from ui.style.look import Look
from ui.widgets.basics import ENTER


class RowList(QListView):
    """Shows rows; says which one a person chose."""

    chosen = Signal(str)
    opened = Signal(str)
    """A click, or Enter."""

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._rows = ListModel(self)
        self._delegate = ListDelegate(look, self)
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_showing = False
        self.clicked.connect(self._on_opened)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.clicked.connect(self._on_current)
        self.activated.connect(self._on_current)
        look.changed.connect(self.scheduleDelayedItemsLayout)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt puts the cursor on the first row now; the person has not chosen it."""
        was_showing, self._is_showing = self._is_showing, True
        super().focusInEvent(event)
        self._is_showing = was_showing

    def show_rows(self, items: Sequence[ListItem], chosen: str | None = None) -> None:
        """Show these rows; `chosen` is marked without saying that a person chose it."""
        self._is_showing = True
        self._rows.set_items(items)
        at = self._rows.row_of(RecordId(chosen)) if chosen else None
        if at is None:
            self.selectionModel().clear()
        else:
            self.selectionModel().setCurrentIndex(
                self._rows.index(at), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self._is_showing = False

    def count(self) -> int:
        """How many rows there are."""
        return self._rows.rowCount()

    def height_of(self, count: int) -> int:
        """How high a list of so many rows is."""
        one = self._delegate.sizeHint(QStyleOptionViewItem(), self._rows.index(0)).height()
        return one * count + 2 * self.frameWidth()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row, and is not the way on of the page around it."""
        if event.key() in ENTER and self.currentIndex().isValid():
            self._on_opened()
            event.accept()
            return
        super().keyPressEvent(event)

    def _on_opened(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.opened.emit(self._rows.item(index.row()).id)

    def _on_current(self) -> None:
        index = self.currentIndex()
        if index.isValid() and not self._is_showing:
            self.chosen.emit(self._rows.item(index.row()).id)
