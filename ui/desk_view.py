"""The desk on the screen: list and record beside one another, or one after the other."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from notebook.forms import Forms
from notebook.i18n import _
from notebook.last_place import Spot
from notebook.model import Clock, JsonValue, RecordId
from ui.conflict_view import ConflictView
from ui.files import FileChooser
from ui.list_view import ListView
from ui.record_reading import Candidate
from ui.record_spot import RecordSpot
from ui.record_view import RecordView
from ui.style.look import Look
from ui.style.tokens import DRAWER_FROM_WIDTH, FOLD_WIDTH, LIST_WIDTH, SPLITTER_WIDTH
from ui.widgets.basics import ENTER, column, is_inside
from ui.widgets.reading_order import first_stop
from ui.withdraw_sheet import WithdrawSheet
from ui.withdrawing import WithdrawalSheet


class DeskView(QWidget):
    """Holds the list, the record and the conflicts."""

    back_requested = Signal()
    record_entered = Signal()
    withdrawal_confirmed = Signal(object, str)

    def __init__(self, look: Look, forms: Forms, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._is_record = False
        self._is_folded = False
        self.setAccessibleName(_("Desk"))
        box = column(self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(SPLITTER_WIDTH)
        self._splitter.setChildrenCollapsible(False)
        self.list = ListView(look, forms, self._splitter)
        self.record = RecordView(look, forms, clock, self._splitter)
        self.record.installEventFilter(self)
        self._spot = RecordSpot(self.record)
        self.conflict = ConflictView(look, forms, clock, self.record)
        self._splitter.addWidget(self.list)
        self._splitter.addWidget(self.record)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([LIST_WIDTH, self.width()])
        box.addWidget(self._splitter)
        self._chooser: FileChooser | None = None
        self.record.header.back_requested.connect(self.back_requested)
        self.list.filled.connect(self.record.nothing.show_choice)
        look.resizing.connect(self._hold_place)
        look.changed.connect(self._fold)

    # What the presenter shows (ui.desk_presenter.DeskScreen).

    def show_side(self, *, is_record: bool) -> None:
        """Where there is room for one side only: the record, or the list."""
        self._is_record = is_record
        self._show_sides()

    def show_conflicts_page(self, *, is_shown: bool) -> None:
        """Show the conflicts instead of the record, or the record again."""
        self.record.show_page(self.conflict if is_shown else None)

    def show_record_actions(self, actions: Sequence[tuple[str, str]]) -> None:
        """What can be done with the open record."""
        self.record.header.show_actions(actions)

    def show_candidates(self, name: str, found: Sequence[Candidate]) -> None:
        """Offer records under a reference."""
        self.record.show_candidates(name, found)

    def add_reference(self, name: str, record: str, title: str) -> None:
        """Name a record that was made for a field."""
        self.record.add_reference(name, record, title)

    def references(self, name: str) -> tuple[str, ...]:
        """The records that a field names."""
        return self.record.references(name)

    def value(self, name: str) -> JsonValue:
        """What stands in a field."""
        return self.record.value(name)

    def choose_files(self, title: str, on_chosen: Callable[[list[Path]], None]) -> None:
        """Ask for files."""
        self._files().files(title, on_chosen)

    def choose_new_file(self, title: str, name: str, on_chosen: Callable[[Path], None]) -> None:
        """Ask where to write a file."""
        self._files().new_file(title, name, on_chosen)

    def ask_withdrawal(self, sheet: WithdrawalSheet) -> None:
        """State what a withdrawal destroys, and ask for the reason."""
        over = WithdrawSheet(self._look, sheet, self.window())
        over.confirmed.connect(self.withdrawal_confirmed)
        over.open_sheet(over.reason)

    def find_in_text(self) -> None:
        """Look for words in the text that is written."""
        self.record.find_in_text()

    def has_text(self) -> bool:
        """Whether there is a text to look through."""
        return self.record.has_text()

    def show_history(self) -> None:
        """Bring the history into sight."""
        self.record.show_history()

    def spot(self, record: RecordId) -> Spot:
        """Where the person is in the record that is shown."""
        is_in_list = is_inside(self.window().focusWidget(), self.list)
        return self._spot.take(record, has_cursor=not is_in_list)

    def show_spot(self, spot: Spot | None) -> None:
        """Another record is shown: go to this place in it, or leave it at its beginning."""
        if spot is None:
            self._spot.begin()
            return
        window = self.window()
        focus = window.focusWidget()
        # Who began to search, or went somewhere else, stays there.
        is_free = focus in (None, first_stop(window)) or (
            is_inside(focus, self.list) and focus is not self.list.search
        )
        self._spot.return_to(spot, may_take_focus=is_free)

    def paste(self) -> bool:
        """Offer the picture or the files on the clipboard."""
        return self.record.paste()

    # Qt's events.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold when it becomes narrow."""
        super().resizeEvent(event)
        self._fold()

    def showEvent(self, event: QShowEvent) -> None:
        """The width of the window is known only now."""
        super().showEvent(event)
        self._fold()
        if not event.spontaneous():
            # What is inside is shown only after this.
            QTimer.singleShot(0, self._take_focus)

    def _hold_place(self) -> None:
        """Letters are about to have another size: one reads on where one was."""
        if self.record.form is not None and self.record.isVisible():
            self._spot.hold(self._spot.take(RecordId(""), has_cursor=True))

    def take_focus(self) -> None:
        """Be ready for choosing in the list."""
        self.list.take_focus()

    def _take_focus(self) -> None:
        """The arrow keys go through the list from the first moment on."""
        window = self.window()
        if window.focusWidget() in (None, first_stop(window)):
            # Nobody has chosen where the focus is: Qt put it on what was made first.
            self.list.take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            if self._is_folded and self._is_record:
                self.back_requested.emit()
            self.list.focus_rows()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter on the page of a record goes on into it; an Enter in the list was for the list."""
        is_enter = isinstance(event, QKeyEvent) and event.key() in ENTER
        if is_enter and event.type() is QEvent.Type.KeyPress and self.record.hasFocus():
            self.record_entered.emit()
            return True
        return super().eventFilter(watched, event)

    def _fold(self) -> None:
        width = self.window().width()
        # Larger letters need more room: what folds is what no longer fits.
        self._is_folded = width < self._look.scaled(FOLD_WIDTH)
        self.record.header.show_folded(is_folded=self._is_folded)
        self.record.show_room(has_room=width >= self._look.scaled(DRAWER_FROM_WIDTH))
        self._show_sides()

    def _show_sides(self) -> None:
        focus, was_listed = self.window().focusWidget(), self.list.isVisibleTo(self)
        self.list.setVisible(not (self._is_folded and self._is_record))
        self.record.setVisible(not self._is_folded or self._is_record)
        # Qt would give the focus of what is hidden to the rail, whose keys lead elsewhere.
        if is_inside(focus, self.record) and not self.record.isVisibleTo(self):
            self.list.take_focus()
        elif was_listed and is_inside(focus, self.list) and not self.list.isVisibleTo(self):
            # On the page itself letters change nothing; Enter goes on into the record.
            self.record.setFocus(Qt.FocusReason.OtherFocusReason)

    def _files(self) -> FileChooser:
        if self._chooser is None:
            self._chooser = FileChooser(self.window())
        return self._chooser
