"""The record on its page: head, fields, drawer; or that nothing is open."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedLayout, QWidget

from notebook.forms import Forms
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.consent_line import ConsentLine
from ui.drawer_presenter import DrawerSheet
from ui.drawer_view import DrawerView
from ui.empty_record import EmptyRecord
from ui.evidence_offers import offered_files
from ui.evidence_presenter import FileSheet
from ui.find_bar import FindBar
from ui.held_keys import HeldKeys
from ui.preview_view import PreviewView
from ui.record_form import TITLE, FormView
from ui.record_header import RecordHeader
from ui.record_reading import Candidate
from ui.record_sheet import RecordSheet, Shown
from ui.style.look import Look
from ui.style.tokens import DRAFT_AFTER_MS, DRAWER_WIDTH, RECORD_LEAST, Space
from ui.widgets.basics import column, is_inside, line, ring_margin, row, upright_line
from ui.widgets.editors import AccountEditor
from ui.widgets.reading_order import step_in_order


class RecordView(QWidget):
    """Shows one record and says what the person does with it."""

    edited = Signal(str)
    rested = Signal()
    """A second after the first unsaved keystroke, and at once when the focus goes elsewhere."""
    words_changed = Signal(str, str)
    create_requested = Signal(str, str, str)
    open_requested = Signal(str)
    conflict_requested = Signal()
    files_offered = Signal(object)
    """A list of `Offered`: dropped or pasted."""

    def __init__(self, look: Look, forms: Forms, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._forms = forms
        self._clock = clock
        self._pages: dict[str, FormView] = {}
        self.form: FormView | None = None
        self._wants_drawer: bool | None = None
        self._has_room = False
        self._evidence_count = 0
        self._last_text: AccountEditor | None = None
        self._keys = HeldKeys(self)
        self.setAcceptDrops(True)
        self.setMinimumWidth(RECORD_LEAST)
        self.setAccessibleName(_("Record"))
        self._build()

    # What the record's presenter shows (ui.record_sheet.RecordScreen).

    def show_nothing(self, sentence: str) -> None:
        """Show that no record is open."""
        self.find_bar.hide()
        self._timer.stop()
        self.nothing.show_sentence(sentence)
        self._stack.setCurrentWidget(self.nothing)

    def show_record(self, sheet: RecordSheet) -> None:
        """Lay out another record."""
        self._timer.stop()
        self.find_bar.hide()
        form = self._page_of(sheet)
        self.form = form
        self.header.show_record(sheet, form.sections())
        self.header.set_title(str(sheet.values.get(TITLE) or ""))
        form.set_values(sheet.values, sheet.names)
        self.show_conflicts(sheet.conflicts)
        for other in self._pages.values():
            other.setVisible(other is form)
        if not self._main.isVisibleTo(self):
            self._wants_drawer = None
            self._show_drawer_state()
        self.area.verticalScrollBar().setValue(0)
        self._last_text = None
        self._stack.setCurrentWidget(self._page)
        self._on_scrolled()

    def show_value(self, name: str, value: JsonValue, names: Mapping[str, str]) -> None:
        """Show what a field holds now; the cursor stays where it was."""
        if name == TITLE:
            self.header.set_title(str(value or ""))
        elif self.form:
            self.form.set_value(name, value, names)

    def show_conflicts(self, names: tuple[str, ...]) -> None:
        """Mark the fields in conflict."""
        self.header.show_title_conflict(is_conflict=TITLE in names)
        if self.form:
            self.form.show_conflicts(names)

    def value(self, name: str) -> JsonValue:
        """What stands in a field."""
        if name == TITLE:
            return self.header.title.text() or None
        return self.form.frames[name].value() if self.form else None

    def show_state(self, shown: Shown) -> None:
        """Show where what is typed is now."""
        self.header.show_state(shown)

    def show_missing(self, words: str) -> None:
        """Say calmly what is still empty."""
        self.header.show_missing(words)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say under the fields what they need."""
        self.header.show_title_problem(problems.get(TITLE, ""))
        if self.form:
            self.form.show_problems(problems)

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field."""
        if name == TITLE:
            self.header.title.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.form and name in self.form.frames:
            self.form.frames[name].take_focus()
            self.area.ensureWidgetVisible(self.form.frames[name])

    def hold_keys(self, *, whole_window: bool) -> None:
        """Hold what is typed from now on: into this page, or anywhere in the window."""
        self._keys.hold(whole_window=whole_window)

    def held_text(self) -> str:
        """The letters that are held."""
        return self._keys.text()

    def type_held_keys(self) -> None:
        """Type what was held where the cursor is now; nothing more is held."""
        self._keys.deliver()

    def drop_keys(self) -> None:
        """Nothing more is held, and what was has nowhere to go."""
        self._keys.drop()

    # What the other presenters show.

    def show_candidates(self, name: str, found: Sequence[Candidate]) -> None:
        """Offer records under a reference."""
        if self.form and name in self.form.frames:
            self.form.frames[name].show_candidates(found)

    def add_reference(self, name: str, record: str, title: str) -> None:
        """Name a record that was made for a field."""
        if self.form and name in self.form.frames:
            self.form.frames[name].add_reference(record, title)

    def references(self, name: str) -> tuple[str, ...]:
        """The records that a field names."""
        return self.form.frames[name].references() if self.form else ()

    def show_drawer(self, sheet: DrawerSheet) -> None:
        """Show what stands beside the record."""
        self.drawer.show_drawer(sheet)
        self.consent.show_consents(sheet.consents, is_needed=sheet.needs_consent)
        self._evidence_count = len(sheet.evidence)
        self._show_drawer_state()

    def show_intake(self, words: str) -> None:
        """A file is being taken in."""
        self.open_drawer()
        self.drawer.intake.start(words)

    def show_intake_progress(self, done: int, total: int, what: str) -> None:
        """How far it is."""
        self.drawer.intake.show_progress(done, total, what)

    def stop_intake(self) -> None:
        """No file is being taken in any more."""
        self.drawer.intake.stop()

    def show_note(self, words: str) -> None:
        """Say what remains to be thought of."""
        self.drawer.show_note(words)

    def show_file(self, sheet: FileSheet | None) -> None:
        """Show what kind of file the record is about."""
        self.preview.show_file(sheet)

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        """Show a picture."""
        self.preview.show_picture(width, height, rgb)

    def show_no_picture(self, words: str) -> None:
        """Say why there is none."""
        self.preview.show_no_picture(words)

    # The page.

    def show_room(self, *, has_room: bool) -> None:
        """Whether the drawer may stand open by itself."""
        self._has_room = has_room
        self._show_drawer_state()

    def open_drawer(self) -> None:
        """Show the drawer."""
        self._wants_drawer = True
        self._show_drawer_state()

    def show_history(self) -> None:
        """Show the drawer at its history."""
        self.open_drawer()
        QTimer.singleShot(0, self.drawer.show_history)

    def find_in_text(self) -> None:
        """Look for words in the text where the cursor is, or in the first one."""
        editors = self.form.text_editors() if self.form else []
        focus = QApplication.focusWidget()
        chosen = next((editor for editor in editors if editor is focus), self._last_text)
        chosen = chosen or max(editors, key=_length, default=None)
        if chosen:
            self.find_bar.open_on(chosen)

    def has_text(self) -> bool:
        """Whether there is a text to look through."""
        return bool(self.form and self.form.text_editors())

    def show_page(self, page: QWidget | None) -> None:
        """Show another page instead of the record, or the record again."""
        if page and self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page or self._page)

    def paste(self) -> bool:
        """Offer the picture or the files on the clipboard; whether there were any."""
        offered = offered_files(QGuiApplication.clipboard().mimeData())
        if offered:
            self.files_offered.emit(offered)
        return bool(offered)

    # Qt's events.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The drawer may have room now, or none any more."""
        super().resizeEvent(event)
        self._show_drawer_state()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere on the record."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files were dropped; they are copied, never moved."""
        offered = offered_files(event.mimeData())
        if offered:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.files_offered.emit(offered)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+V with a picture or files, and no words, is evidence wherever the cursor is."""
        if (
            event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
            and not QGuiApplication.clipboard().mimeData().hasText()
        ):
            return self.paste()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Forms and links are made as they are needed; Tab goes as one reads all the same."""
        parts = (self.header, self._content, self.find_bar, self.drawer)
        return step_in_order(parts, is_forward=forward) or super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page keys turn the page."""
        bar = self.area.verticalScrollBar()
        if event.key() == Qt.Key.Key_PageDown:
            bar.triggerAction(bar.SliderAction.SliderPageStepAdd)
        elif event.key() == Qt.Key.Key_PageUp:
            bar.triggerAction(bar.SliderAction.SliderPageStepSub)
        elif not (event.matches(QKeySequence.StandardKey.Paste) and self.paste()):
            super().keyPressEvent(event)

    # How it is built.

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self.nothing = EmptyRecord(self)
        self._stack.addWidget(self.nothing)
        self._page = QWidget(self)
        across = row(self._page, gap=Space.NONE)
        self._main = self._build_main()
        across.addWidget(self._main, 1)
        self._drawer_line = upright_line(self._page)
        across.addWidget(self._drawer_line)
        self.drawer = DrawerView(self._look, self._page)
        self.drawer.record_chosen.connect(self.open_requested)
        self.drawer.paste_requested.connect(self.paste)
        self.drawer.close_requested.connect(self._on_drawer)
        across.addWidget(self.drawer)
        self._stack.addWidget(self._page)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_AFTER_MS)
        self._timer.timeout.connect(self.rested)
        self.show_nothing("")

    def _build_main(self) -> QWidget:
        main = QWidget(self._page)
        down = column(main, gap=Space.NONE)
        self.header = RecordHeader(self._look, main)
        self.header.title_edited.connect(self._on_title)
        self.header.title_left.connect(self._on_left)
        self.header.title_entered.connect(self._on_title_entered)
        self.header.section_chosen.connect(self._on_section)
        self.header.drawer_toggled.connect(self._on_drawer)
        self.header.conflict_requested.connect(self.conflict_requested)
        down.addWidget(self.header)
        down.addWidget(line(main))
        self.area = QScrollArea(main)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget(self.area)
        self._content.setObjectName("scrolled")
        self._column = column(self._content, margin=Space.XL, gap=Space.XL)
        ring_margin(self._column)
        self.preview = PreviewView(self._look, self._content)
        self._column.addWidget(self.preview)
        self.consent = ConsentLine(self._look, self._content)
        self.consent.open_requested.connect(self.open_requested)
        self._column.addWidget(self.consent)
        self.area.setWidget(self._content)
        self.area.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        down.addWidget(self.area, 1)
        self.find_bar = FindBar(self._look, main)
        self.find_bar.found.connect(self._on_found)
        down.addWidget(self.find_bar)
        return main

    def _page_of(self, sheet: RecordSheet) -> FormView:
        if sheet.form.type not in self._pages:
            form = FormView(sheet.form, self._forms, self._look, self._clock, self._content)
            form.edited.connect(self._on_edited)
            form.left.connect(self._on_left)
            form.words_changed.connect(self.words_changed)
            form.create_requested.connect(self.create_requested)
            form.open_requested.connect(self.open_requested)
            form.conflict_requested.connect(self._on_conflict)
            form.cursor_moved.connect(self._on_cursor)
            for editor in form.text_editors():
                editor.installEventFilter(self)
                editor.left.connect(self._on_text_left)
            self._pages[sheet.form.type] = form
            self._column.addWidget(form, 1)
        return self._pages[sheet.form.type]

    def _show_drawer_state(self) -> None:
        is_open = self._has_room if self._wants_drawer is None else self._wants_drawer
        # Where both do not fit the drawer takes the place of the fields, and gives it back.
        needed = self._look.scaled(RECORD_LEAST + DRAWER_WIDTH)
        is_alone = is_open and self.width() < needed
        way = self.header.drawer_way
        self.drawer.stand(self._main, way, is_open=is_open, is_alone=is_alone)
        self._drawer_line.setVisible(is_open and not is_alone)
        self.header.show_drawer_state(is_open=is_open, count=self._evidence_count)

    # What the person does.

    def _on_edited(self, name: str) -> None:
        self.edited.emit(name)
        # The timer is not started anew by every key: who types on and on is kept every second.
        if not self._timer.isActive():
            self._timer.start()

    def _on_left(self) -> None:
        self._timer.stop()
        self.rested.emit()

    def _on_title(self) -> None:
        self._on_edited(TITLE)

    def _on_title_entered(self) -> None:
        if self.form:
            next(iter(self.form.frames.values())).take_focus()

    def _on_text_left(self) -> None:
        editor = self.sender()
        if isinstance(editor, AccountEditor):
            self._last_text = editor

    def _on_conflict(self) -> None:
        self.conflict_requested.emit()

    def _on_drawer(self) -> None:
        self._wants_drawer = not self.drawer.isVisibleTo(self)
        self._show_drawer_state()

    def _on_section(self, name: str) -> None:
        if self.form is None:
            return
        heading = self.form.headings[name]
        top = heading.mapTo(self._content, heading.rect().topLeft()).y()
        self.area.verticalScrollBar().setValue(top - Space.L)
        self.header.show_here(name)
        first = next(field for field in self.form.frames.values() if is_inside(field, heading))
        first.take_focus()

    def _on_scrolled(self) -> None:
        if self.form is None:
            return
        at = self.area.verticalScrollBar().value() + Space.XXL
        here = ""
        for name, heading in self.form.headings.items():
            if not here or heading.mapTo(self._content, heading.rect().topLeft()).y() <= at:
                here = name
        self.header.show_here(here)

    def _on_cursor(self, where: QRect) -> None:
        if self.form:
            corner = self.form.mapTo(self._content, where.center())
            self.area.ensureVisible(corner.x(), corner.y(), Space.NONE, where.height() * 2)

    def _on_found(self, text: AccountEditor) -> None:
        corner = text.viewport().mapTo(self._content, text.cursorRect().center())
        # Some lines around the hit say where in the account it is.
        self.area.ensureVisible(corner.x(), corner.y(), Space.NONE, self.area.height() // 3)


def _length(editor: AccountEditor) -> int:
    return editor.document().characterCount()
