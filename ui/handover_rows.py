"""A list of two-line rows in a page: contacts, or the records that leave."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QListView, QStyleOptionViewItem, QWidget

from notebook.model import RecordId
from ui.list_delegate import ListDelegate
from ui.list_items import ListItem
from ui.list_model import ListModel
from ui.style.look import Look

MOST_ROWS_SHOWN: Final = 8
"""A longer list scrolls by itself, so that what stands under it stays in reach."""


class RowList(QListView):
    """Shows rows; says which one a person chose."""

    chosen = Signal(str)

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
        self._is_fitted = False
        self._is_showing = False
        self.selectionModel().currentChanged.connect(self._on_current)
        look.changed.connect(self._fit)

    def fit_to_rows(self) -> None:
        """Be as high as the rows, up to a point."""
        self._is_fitted = True
        self._fit()

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
        self._fit()

    def _fit(self) -> None:
        if self._is_fitted:
            rows = min(self._rows.rowCount(), MOST_ROWS_SHOWN)
            height = self._delegate.sizeHint(QStyleOptionViewItem(), self._rows.index(0)).height()
            self.setFixedHeight(rows * height)
        self.scheduleDelayedItemsLayout()

    def _on_current(self) -> None:
        index = self.currentIndex()
        if index.isValid() and not self._is_showing:
            self.chosen.emit(self._rows.item(index.row()).id)
