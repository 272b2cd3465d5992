"""The list of the desk: search on top, chips, and rows of two lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from notebook.forms import Forms
from notebook.i18n import _
from notebook.model import RecordId
from ui.list_delegate import ListDelegate
from ui.list_items import Filter, ListItem, filter_words
from ui.list_model import ITEM, AnyIndex, ListModel
from ui.list_presenter import Step
from ui.style.look import Look
from ui.style.tokens import LIST_LEAST, SEARCH_AFTER_MS, Space
from ui.widgets.announcing import announce
from ui.widgets.basics import ENTER, Button, column, label, line, row
from ui.widgets.editors import LineEditor
from ui.widgets.flow import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Scroll:
    """How far a list is scrolled: which row is on top, and how much of it is hidden."""

    value: int = 0
    top: RecordId | None = None
    hidden: int = 0


class Rows(QListView):
    """The rows; Enter opens the one under the cursor, also when it is open already."""

    entered_row = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on into the record."""
        if event.key() in ENTER:
            self.entered_row.emit()
        elif event.key() == Qt.Key.Key_Down and not self.selectionModel().hasSelection():
            # Qt would step over the first row, which has the cursor and is not chosen.
            self.choose_first()
        else:
            super().keyPressEvent(event)

    def dataChanged(self, first: AnyIndex, last: AnyIndex, roles: Sequence[int] = ()) -> None:
        """All rows are of one height: Qt need not lay out thousands anew because one changed."""
        QAbstractItemView.dataChanged(self, first, last, list(roles))

    def place(self, model: ListModel) -> Scroll:
        """Where the list stands now."""
        value = self.verticalScrollBar().value()
        index = self.indexAt(QPoint(self.viewport().width() // 2, 0))
        if not value or not index.isValid():
            # At its very beginning a list stays there, and shows what came.
            return Scroll(value=value)
        return Scroll(
            value=value, top=model.item(index.row()).id, hidden=-self.visualRect(index).top()
        )

    def go_to(self, place: Scroll, model: ListModel) -> None:
        """Show what was on top there again; rows that came above it move nothing."""
        bar = self.verticalScrollBar()
        bar.setValue(place.value)
        row = model.row_of(place.top)
        if row is not None:
            bar.setValue(bar.value() + self.visualRect(model.index(row)).top() + place.hidden)

    def choose_first(self) -> None:
        """Choose the first row, if there is one."""
        if self.model().rowCount():
            self.selectionModel().setCurrentIndex(
                self.model().index(0, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )


class ListView(QFrame):
    """Shows rows; says what is searched, filtered and chosen."""

    filled = Signal(bool)
    """Whether there are rows now."""
    search_changed = Signal(str)
    filter_toggled = Signal(str)
    type_chosen = Signal(str)
    """The type's name; empty for all."""
    record_chosen = Signal(str)
    record_entered = Signal(str)
    step_requested = Signal(str)
    new_requested = Signal(str)
    """The type's name; empty for the type of this place."""

    def __init__(self, look: Look, forms: Forms, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._forms = forms
        self._step = Step.NONE
        self._chosen: RecordId | None = None
        self._is_search = False
        self._before_search = Scroll()
        self._awaited: Scroll | None = None
        self._held: Scroll | None = None
        self.setAccessibleName(_("Records"))
        self.setMinimumWidth(LIST_LEAST)
        self._build()

    # What the presenter shows (ui.list_presenter.ListScreen).

    def show_heading(self, words: str, new_words: str, *, is_timeline: bool) -> None:
        """Name the place, and what "new" makes here."""
        self._heading.setText(words)
        self._new.set_words(new_words)
        self._type.setVisible(is_timeline)
        self.rows.setAccessibleName(words)
        placeholder = _("Search everything") if is_timeline else _("Search {place}")
        self.search.setPlaceholderText(placeholder.format(place=words.lower()))

    def show_items(self, shown: Sequence[ListItem], count: str, *, is_search: bool) -> None:
        """Show these rows; selection and scroll stay where they were, also after a search."""
        place, chosen = self.rows.place(self.model), self._chosen
        if is_search and not self._is_search:
            self._before_search, place = place, Scroll()
        elif self._is_search and not is_search:
            place = self._before_search
        self._is_search = is_search
        awaited, self._awaited = self._awaited, None
        with QSignalBlocker(self.rows.selectionModel()):
            is_other = self.model.set_items(shown)
            if is_other:
                self._mark(chosen)
            if is_other or awaited:
                self.rows.doItemsLayout()
                self.rows.go_to(awaited or place, self.model)
        if is_search and count != self._count.text():
            # Who types hears how much is found, and need not leave the line for it.
            announce(self._count, count)
        self._count.setText(count)
        self.filled.emit(bool(shown))
        had_focus = self._has_focus(self._empty_button)
        self._stack.setCurrentWidget(self.rows)
        if had_focus:
            self.focus_rows()
        self.rows.viewport().update()

    def show_empty(self, sentence: str, button: str, step: Step) -> None:
        """Show one sentence and one button instead of rows."""
        if sentence != self._sentence.text() or self._stack.currentWidget() is not self._empty:
            announce(self._sentence, sentence)
        self._sentence.setText(sentence)
        self._empty_button.set_words(button)
        self._empty_button.setVisible(step is not Step.NONE)
        self._step = step
        had_focus = self._has_focus(self.rows)
        self._stack.setCurrentWidget(self._empty)
        if had_focus and step is not Step.NONE:
            self._empty_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_query(self, query: str) -> None:
        """Fill in the search field without searching again."""
        with QSignalBlocker(self.search):
            self.search.setText(query)
        self._timer.stop()

    def show_filters(self, chosen: frozenset[Filter], type_: str | None) -> None:
        """Show which chips are down."""
        for chip, button in self._chips.items():
            button.setChecked(chip in chosen)
        for action in self._types.actions():
            action.setChecked(action.data() == (type_ or ""))
        words = self._forms[type_].plural if type_ else _("All types")
        self._type.set_words(words)

    def select(self, record: RecordId | None) -> None:
        """Mark the record that is open."""
        self._chosen = record
        with QSignalBlocker(self.rows.selectionModel()):
            self._mark(record)
        row = self.model.row_of(record)
        if row is not None:
            self.rows.scrollTo(self.model.index(row))
        self.rows.viewport().update()

    def focus_search(self) -> None:
        """Be ready for a search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def focus_rows(self) -> None:
        """Be ready for choosing."""
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def top(self) -> tuple[RecordId | None, int]:
        """The first record in sight, and how much of its row is not; none at the beginning."""
        place = self._before_search if self._is_search else self.rows.place(self.model)
        return place.top, place.hidden

    def return_to(self, top: RecordId | None, hidden: int) -> None:
        """Show this record first again, when the rows come."""
        self._awaited = Scroll(top=top, hidden=hidden)

    def take_focus(self) -> None:
        """Be ready for choosing, or for the one step that an empty list offers."""
        if self._stack.currentWidget() is self._empty and self._step is not Step.NONE:
            self._empty_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.focus_rows()

    def _has_focus(self, widget: QWidget) -> bool:
        # Also in a window that is not in front yet.
        return self.window().focusWidget() is widget

    # How it is built.

    def _build(self) -> None:
        box = column(self, gap=Space.NONE)
        head = QVBoxLayout()
        head.setSpacing(Space.S)
        head.setContentsMargins(Space.M, Space.M, Space.M, Space.S)
        box.addLayout(head)
        title = row()
        self._heading = label("", self, "heading")
        title.addWidget(self._heading, 1)
        self._new = Button(_("New record"), self, role="icon", look=self._look, icon="add")
        self._new.clicked.connect(self._on_new)
        title.addWidget(self._new)
        self._more = Button(
            _("New record of another type"), self, role="icon", look=self._look, icon="chevron-down"
        )
        self._more.setMenu(self._new_menu())
        title.addWidget(self._more)
        head.addLayout(title)
        self.search = LineEditor(_("Search"), self)
        self.search.offer_clearing(self._look)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._on_search_entered)
        head.addWidget(self.search)
        head.addWidget(self._build_chips())
        box.addWidget(line(self))
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._build_rows()
        self._build_empty()
        self._count = label("", self, "small")
        self._count.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        box.addWidget(self._count)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER_MS)
        self._timer.timeout.connect(self._on_rested)

    def _build_chips(self) -> QWidget:
        chips = Flow(self, Space.XS)
        self._type = Button(_("All types"), self, role="chip", look=self._look, icon="filter")
        menu = QMenu(self._type)
        self._types = QActionGroup(menu)
        for type_, words in [("", _("All types")), *self._type_words()]:
            action = QAction(words, menu)
            action.setData(type_)
            action.setCheckable(True)
            self._types.addAction(action)
            menu.addAction(action)
        self._types.triggered.connect(self._on_type)
        self._type.setMenu(menu)
        chips.add(self._type)
        self._chips: dict[Filter, Button] = {}
        for chip in Filter:
            button = Button(filter_words(chip), self, role="chip")
            button.setCheckable(True)
            button.setProperty("chip", chip.value)
            button.clicked.connect(self._on_chip)
            self._chips[chip] = button
            chips.add(button)
        return chips

    def _build_rows(self) -> None:
        self.rows = Rows(self)
        self.model = ListModel(self.rows)
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(ListDelegate(self._look, self.rows))
        self.rows.setUniformItemSizes(True)
        self.rows.setMouseTracking(True)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.rows.selectionModel().selectionChanged.connect(self._on_selected)
        self.rows.clicked.connect(self._on_clicked)
        self.rows.entered_row.connect(self._on_entered)
        self._look.resizing.connect(self._hold_place)
        self._look.changed.connect(self._show_held)
        self._stack.addWidget(self.rows)

    def _build_empty(self) -> None:
        self._empty = QWidget(self)
        box = column(self._empty, margin=Space.XL, gap=Space.L)
        box.addStretch()
        self._sentence = label("", self._empty, "mute")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._sentence)
        self._empty_button = Button("", self._empty, role="primary")
        self._empty_button.clicked.connect(self._on_step)
        box.addWidget(self._empty_button, 0, Qt.AlignmentFlag.AlignCenter)
        box.addStretch()
        box.addStretch()
        self._stack.addWidget(self._empty)

    def _new_menu(self) -> QMenu:
        menu = QMenu(self)
        for type_, words in self._type_words():
            if type_ == "evidence":
                continue
            action = QAction(_("New {type}").format(type=words.lower()), menu)
            action.setData(type_)
            menu.addAction(action)
        menu.triggered.connect(self._on_new_type)
        return menu

    def _type_words(self) -> list[tuple[str, str]]:
        return [(type_, self._forms[type_].label) for type_ in self._forms.types]

    # What the person does.

    def _mark(self, record: RecordId | None) -> None:
        model = self.rows.selectionModel()
        row = self.model.row_of(record)
        if row is None:
            model.clear()
        else:
            model.setCurrentIndex(
                self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def _hold_place(self) -> None:
        """Letters are about to have another size: the same row stays on top."""
        self._held = self.rows.place(self.model)

    def _show_held(self) -> None:
        self.rows.doItemsLayout()
        held, self._held = self._held, None
        if held:
            self.rows.go_to(held, self.model)

    def _on_selected(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        for index in selected.indexes():
            item = index.data(ITEM)
            if isinstance(item, ListItem) and item.id != self._chosen:
                self._chosen = item.id
                self.record_chosen.emit(item.id)

    def _on_clicked(self) -> None:
        if self._chosen:
            self.record_chosen.emit(self._chosen)

    def _on_entered(self) -> None:
        if self._chosen:
            self.record_entered.emit(self._chosen)

    def _on_typed(self) -> None:
        self._timer.start()

    def _on_rested(self) -> None:
        self.search_changed.emit(self.search.text())

    def _on_search_entered(self) -> None:
        self._timer.stop()
        self._on_rested()
        self.focus_rows()
        if not self.rows.selectionModel().hasSelection():
            self.rows.choose_first()

    def _on_chip(self) -> None:
        self.filter_toggled.emit(str(self.sender().property("chip")))

    def _on_type(self, action: QAction) -> None:
        self.type_chosen.emit(str(action.data()))

    def _on_new(self) -> None:
        self.new_requested.emit("")

    def _on_new_type(self, action: QAction) -> None:
        self.new_requested.emit(str(action.data()))

    def _on_step(self) -> None:
        self.step_requested.emit(self._step.value)
