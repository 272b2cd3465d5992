"""The rows of the list as Qt's model, fed with tuples."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from notebook.model import RecordId
from ui.list_items import ListItem, mark_words

ITEM = Qt.ItemDataRole.UserRole
"""The role that gives the whole `ListItem`."""

AnyIndex = QModelIndex | QPersistentModelIndex


class ListModel(QAbstractListModel):
    """A tuple of `ListItem`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._items: tuple[ListItem, ...] = ()
        self._rows: dict[RecordId, int] = {}

    def set_items(self, items: Sequence[ListItem]) -> bool:
        """Show other rows; True when rows came, went or moved, and the selection with them."""
        fresh = tuple(items)
        old = self._items
        if [item.id for item in fresh] == [item.id for item in old]:
            self._items = fresh
            changed = [row for row, item in enumerate(fresh) if item != old[row]]
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return False
        self.beginResetModel()
        self._items = fresh
        self._rows = {item.id: row for row, item in enumerate(fresh)}
        self.endResetModel()
        return True

    def item(self, row: int) -> ListItem:
        """The item of a row."""
        return self._items[row]

    def row_of(self, record: RecordId | None) -> int | None:
        """Where a record stands."""
        return None if record is None else self._rows.get(record)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the default of Qt
        """The number of rows; a list has none below a row."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row shows."""
        if not index.isValid() or not 0 <= index.row() < len(self._items):
            return None
        item = self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == ITEM:
            return item
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return item.spoken
        if role == Qt.ItemDataRole.ToolTipRole and item.marks:
            return " · ".join(map(mark_words, item.marks))
        return None
