"""A place in a record: where the cursor is and how far it is scrolled; taken, and shown again.

What stands above the fields comes when it has been read, and letters may have another size by then.
So the place is held until the person does something.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from notebook.last_place import Spot
from notebook.model import RecordId
from ui.record_form import TITLE
from ui.record_view import RecordView
from ui.widgets.basics import is_inside
from ui.widgets.editors import AccountEditor

BY_A_PERSON = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class RecordSpot(QObject):
    """Knows where the person is in the record that is shown."""

    def __init__(self, record: RecordView) -> None:
        super().__init__(record)
        self._record = record
        self._last_field = ""
        self._wanted: Spot | None = None
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]  # there is one by now
        record.area.verticalScrollBar().rangeChanged.connect(self._show_wanted)

    def take(self, record: RecordId, *, has_cursor: bool) -> Spot:
        """Where the person is; without a cursor when they are not in the record."""
        form = self._record.form
        if form is None:
            return Spot(record=record)
        field = self._last_field if has_cursor else ""
        cursor, anchor = _cursor(self._editor(field))
        return Spot(
            record=record,
            field=field,
            cursor=cursor,
            anchor=anchor,
            below=self._height(field) - self._record.area.verticalScrollBar().value(),
            page=self._record.area.viewport().height(),
        )

    def begin(self) -> None:
        """Another record is shown, at its beginning."""
        self._last_field = ""
        self._let_go()

    def return_to(self, spot: Spot, *, may_take_focus: bool) -> None:
        """Show a place in the record, and put the cursor there."""
        self._last_field = ""
        self._wanted = spot
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one by now
        form = self._record.form
        is_there = form is not None and (spot.field == TITLE or spot.field in form.frames)
        if is_there:
            self._last_field = spot.field
            _set_cursor(self._editor(spot.field), spot)
            if may_take_focus:
                self._record.focus_field(spot.field)
        self._show_wanted()
        QTimer.singleShot(0, self._show_wanted)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """From the first thing a person does, the page is where they put it."""
        if event.type() in BY_A_PERSON:
            self._let_go()
        return False

    def _let_go(self) -> None:
        if self._wanted:
            self._wanted = None
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one by now

    def _show_wanted(self) -> None:
        spot = self._wanted
        if spot is None:
            return
        # In a lower window it is in sight if it was.
        page = self._record.area.viewport().height()
        below = spot.below * page // spot.page if spot.page else spot.below
        self._record.area.verticalScrollBar().setValue(self._height(self._last_field) - below)

    def _height(self, field: str) -> int:
        """Where in the whole page the cursor of a field stands, or the field, or all fields."""
        form, content = self._record.form, self._record.area.widget()
        if form is None or content is None:
            return 0
        editor = self._editor(field)
        if isinstance(editor, AccountEditor):
            # Asking for it also lays the text out as far as this.
            return editor.viewport().mapTo(content, editor.cursorRect().topLeft()).y()
        return form.frames.get(field, form).mapTo(content, QPoint(0, 0)).y()

    def _editor(self, field: str) -> QWidget | None:
        """The widget that holds the cursor of a field."""
        form = self._record.form
        if field == TITLE:
            return self._record.header.title
        if form is None or field not in form.frames:
            return None
        editor = form.frames[field].editor
        return editor.focusProxy() or editor

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        form = self._record.form
        if form is None or new is None:
            return
        if new is self._record.header.title:
            self._last_field = TITLE
            return
        for name, frame in form.frames.items():
            if is_inside(new, frame):
                self._last_field = name


def _cursor(editor: QWidget | None) -> tuple[int, int]:
    """Where the cursor of an editor is, and where its selection began."""
    if isinstance(editor, AccountEditor):
        cursor = editor.textCursor()
        return cursor.position(), cursor.anchor()
    if isinstance(editor, QLineEdit):
        at, length = editor.cursorPosition(), len(editor.selectedText())
        if not length:
            return at, at
        start = editor.selectionStart()
        return at, start if at != start else start + length
    return 0, 0


def _set_cursor(editor: QWidget | None, spot: Spot) -> None:
    """Put the cursor of an editor where it was, or as near as the text still reaches."""
    if isinstance(editor, AccountEditor):
        # The document counts one sign behind its text.
        last = editor.document().characterCount() - 1
        cursor = editor.textCursor()
        cursor.setPosition(min(spot.anchor, last))
        cursor.setPosition(min(spot.cursor, last), QTextCursor.MoveMode.KeepAnchor)
        editor.setTextCursor(cursor)
    elif isinstance(editor, QLineEdit):
        last = len(editor.text())
        anchor, at = min(spot.anchor, last), min(spot.cursor, last)
        editor.setCursorPosition(at)
        if anchor != at:
            editor.setSelection(anchor, at - anchor)
