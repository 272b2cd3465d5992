"""A place in a record: where the cursor is and how far it is scrolled; taken, and shown again.

What stands above the fields comes when it has been read, and letters may have another size by then.
So the place is held until the person does something.
"""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from notebook.last_place import Spot
from notebook.model import RecordId
from ui.record_form import TITLE, FormView
from ui.record_view import RecordView
from ui.style.tokens import Space
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
        self._shown: tuple[Spot, int] | None = None
        """The place that was shown last, and how far the page was scrolled for it."""
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]  # there is one by now
        record.area.verticalScrollBar().rangeChanged.connect(self._show_wanted)

    def take(self, record: RecordId, *, has_cursor: bool) -> Spot:
        """Where the person is; without a cursor when they are not in the record."""
        form = self._record.form
        if form is None:
            return Spot(record=record)
        field = self._last_field if has_cursor else ""
        cursor, anchor = _cursor(self._editor(field))
        scrolled, page = self._scrolled(), self._record.area.viewport().height()
        seen, seen_at = self._last_field, _cursor(self._editor(self._last_field))[0]
        if not 0 <= self._height(seen, seen_at) - scrolled <= page:
            seen, seen_at = self._uppermost(form)
        if self._shown:
            # Nobody scrolled since: to measure again what is still being laid out would drift.
            before, at = self._shown
            if at == scrolled and (before.field, before.cursor, before.anchor) == (
                field,
                cursor,
                anchor,
            ):
                return replace(before, record=record)
        return Spot(
            record=record,
            field=field,
            cursor=cursor,
            anchor=anchor,
            seen=seen,
            seen_at=seen_at,
            below=self._height(seen, seen_at) - scrolled,
            page=page,
        )

    def begin(self) -> None:
        """Another record is shown, at its beginning."""
        self._last_field = ""
        self._shown = None
        self._let_go()

    def hold(self, spot: Spot) -> None:
        """Keep this place in sight until the person does something."""
        if not self._wanted:
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one by now
        self._wanted = spot
        QTimer.singleShot(0, self._show_wanted)

    def return_to(self, spot: Spot, *, may_take_focus: bool) -> None:
        """Show a place in the record, and put the cursor there."""
        self._last_field = ""
        self.hold(spot)
        form = self._record.form
        is_there = form is not None and (spot.field == TITLE or spot.field in form.frames)
        if is_there:
            self._last_field = spot.field
            _set_cursor(self._editor(spot.field), spot)
            if may_take_focus:
                self._record.focus_field(spot.field)
        self._show_wanted()

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
        bar = self._record.area.verticalScrollBar()
        bar.setValue(self._height(spot.seen, spot.seen_at) - below)
        self._shown = (spot, bar.value())

    def _scrolled(self) -> int:
        return self._record.area.verticalScrollBar().value()

    def _uppermost(self, form: FormView) -> tuple[str, int]:
        """The first field in sight, and what is the first of its text in sight."""
        scrolled = self._scrolled()
        for name, frame in form.frames.items():
            hidden = scrolled - self._height(name, 0)
            if hidden < frame.height() and frame.isVisibleTo(form):
                editor = self._editor(name)
                if hidden <= 0 or not isinstance(editor, AccountEditor):
                    return name, 0
                at = editor.viewport().mapFrom(frame, QPoint(0, hidden))
                return name, editor.cursorForPosition(QPoint(Space.L, at.y())).position()
        return "", 0

    def _height(self, field: str, at: int) -> int:
        """Where in the whole page a place in the text of a field stands, or the field, or all."""
        form, content = self._record.form, self._record.area.widget()
        if form is None or content is None:
            return 0
        editor = self._editor(field)
        if isinstance(editor, AccountEditor) and at:
            place = editor.textCursor()
            place.setPosition(min(at, _last(editor)))
            # Asking for it also lays the text out as far as this.
            return editor.viewport().mapTo(content, editor.cursorRect(place).topLeft()).y()
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


def _last(editor: AccountEditor) -> int:
    """The last place in a text; the document counts one sign behind it."""
    return editor.document().characterCount() - 1


def _set_cursor(editor: QWidget | None, spot: Spot) -> None:
    """Put the cursor of an editor where it was, or as near as the text still reaches."""
    if isinstance(editor, AccountEditor):
        last = _last(editor)
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
