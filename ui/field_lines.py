"""Fields that are typed into: one line with a quiet hint under it, and text that grows."""

from collections.abc import Mapping
from math import ceil

from PySide6.QtCore import QObject, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QSizePolicy, QWidget

from notebook.forms import Field, FieldType
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.field_values import hint, shown_text, typed_value
from ui.style.look import Look
from ui.style.tokens import (
    ACCOUNT_LINE_HEIGHT_PERCENT,
    ACCOUNT_LINES_LEAST,
    FIELD_WIDTH_MOST,
    HAIRLINE,
    NARROW_WIDTH,
    TEXT_LINES_LEAST,
    Space,
)
from ui.widgets.basics import Button, column, label, row, set_role
from ui.widgets.editors import AccountEditor, LineEditor
from ui.words import is_rtl, now_text

NARROW = frozenset({FieldType.NUMBER, FieldType.DATETIME, FieldType.EDTF})
LONGEST = frozenset({"account", "transcript", "translation", "original_words", "text"})
"""Fields that begin as a page, because much is written there."""


class DirectedLine(LineEditor):
    """A line that runs in the direction of what is written in it."""

    def __init__(self, accessible_name: str, parent: QWidget, *, keeps_side: bool = False) -> None:
        super().__init__(accessible_name, parent, keeps_side=keeps_side)
        self.setAcceptDrops(False)
        self.textChanged.connect(self._turn)

    def _turn(self, text: str) -> None:
        runs_rtl = is_rtl(text)
        if runs_rtl is None:
            self.unsetLayoutDirection()
        else:
            self.setLayoutDirection(
                Qt.LayoutDirection.RightToLeft if runs_rtl else Qt.LayoutDirection.LeftToRight
            )


class WidthLimit(QObject):
    """Keeps a field no wider than is good for reading, at every size of the letters."""

    def __init__(self, widget: QWidget, look: Look, width: int) -> None:
        super().__init__(widget)
        self._widget = widget
        self._look = look
        self._width = width
        look.changed.connect(self._apply)
        self._apply()

    def _apply(self) -> None:
        self._widget.setMaximumWidth(self._look.scaled(self._width))


class LineField(QWidget):
    """One line: text, a number, a date with its doubt, or a moment."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, look: Look, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self._clock = clock
        box = column(self, gap=Space.XS)
        beside = row()
        self.line = DirectedLine(field.label, self)
        self.line.textEdited.connect(self._on_edited)
        self.line.left.connect(self._on_left)
        beside.addWidget(self.line, 1)
        box.addLayout(beside)
        if field.type is FieldType.DATETIME:
            now = Button(_("Now"), self, role="quiet")
            now.setAccessibleName(_("{field}: now").format(field=field.label))
            now.clicked.connect(self._on_now)
            beside.addWidget(now)
        is_narrow = field.type in NARROW
        WidthLimit(self, look, NARROW_WIDTH if is_narrow else FIELD_WIDTH_MOST)
        self._hint = label("", self, "small")
        self._hint.hide()
        box.addWidget(self._hint)
        self.setFocusProxy(self.line)

    def value(self) -> JsonValue:
        """What stands here, as the field keeps it."""
        return typed_value(self._field, self.line.text())

    def set_value(self, value: JsonValue, _names: Mapping[str, str]) -> None:
        """Show a value."""
        text = shown_text(value)
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)
        self._show_hint(is_typing=False)

    def _on_edited(self) -> None:
        self._show_hint(is_typing=True)
        self.edited.emit()

    def _on_left(self) -> None:
        self._show_hint(is_typing=False)
        self.left.emit()

    def _on_now(self) -> None:
        self.line.setText(now_text(self._clock))
        self._on_edited()

    def _show_hint(self, *, is_typing: bool) -> None:
        said = hint(self._field, self.line.text())
        # Half a date is no mistake while it is being typed.
        words = "" if said.is_problem and is_typing else said.words
        set_role(self._hint, "caution" if said.is_problem else "small")
        self._hint.setText(words)
        self._hint.setVisible(bool(words))


class PageEditor(AccountEditor):
    """Text as on a page: it grows with what is written, and the page around it scrolls."""

    cursor_moved = Signal(QRect)

    def __init__(self, accessible_name: str, look: Look, lines_least: int, parent: QWidget) -> None:
        super().__init__(accessible_name, look, parent)
        self._lines_least = lines_least
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # What a page has too much of stands at its foot, never as a gap around a text.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self.cursorPositionChanged.connect(self._on_cursor)
        look.changed.connect(self._grow)
        self._grow()

    def text(self) -> str:
        """The text exactly as written; Qt's own reading would change spaces that do not break."""
        raw = self.document().toRawText()
        return raw.replace("\u2029", "\n").replace("\u2028", "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page keys turn the page around the text."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower page is longer."""
        super().resizeEvent(event)
        self._grow()

    def _grow(self) -> None:
        self.ensurePolished()
        document = self.document()
        line_height = self.fontInfo().pixelSize() * ACCOUNT_LINE_HEIGHT_PERCENT // 100
        least = self._lines_least * line_height + 2 * ceil(document.documentMargin())
        content = max(ceil(document.size().height()), least)
        self.setFixedHeight(content + 2 * (Space.M + HAIRLINE))

    def _on_cursor(self) -> None:
        self.cursor_moved.emit(self.cursorRect())


class PageField(QWidget):
    """A long text."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self)
        lines = ACCOUNT_LINES_LEAST if field.name in LONGEST else TEXT_LINES_LEAST
        self.editor = PageEditor(field.label, look, lines, self)
        self.editor.textChanged.connect(self.edited)
        self.editor.left.connect(self.left)
        box.addWidget(self.editor)
        self.setFocusProxy(self.editor)

    def value(self) -> JsonValue:
        """The text; None when there is none."""
        return self.editor.text() or None

    def set_value(self, value: JsonValue, _names: Mapping[str, str]) -> None:
        """Show a text; the cursor and what can be undone stay when it is the same."""
        text = shown_text(value)
        if text == self.editor.text():
            return
        with QSignalBlocker(self.editor):
            self.editor.set_text(text)
            self.editor.moveCursor(QTextCursor.MoveOperation.Start)


class FixedField(QWidget):
    """What the program wrote at intake; it can be selected, and not changed."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self._value: JsonValue = None
        box = column(self)
        self._text = label("", self)
        self._text.setAccessibleName(field.label)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        box.addWidget(self._text)
        self.setFocusProxy(self._text)

    def value(self) -> JsonValue:
        """The value that is shown."""
        return self._value

    def set_value(self, value: JsonValue, _names: Mapping[str, str]) -> None:
        """Show a value; a long word such as a hash may be broken anywhere."""
        self._value = value
        text = shown_text(value)
        if " " not in text and len(text) > BREAK_AFTER:
            text = "\u200b".join(
                text[at : at + BREAK_EVERY] for at in range(0, len(text), BREAK_EVERY)
            )
        self._text.setText(text or "—")


BREAK_AFTER = 40
BREAK_EVERY = 8
