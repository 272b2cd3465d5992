"""A record as a proofreader sees it: words that go struck through, what comes instead beside them.

It cannot be typed into. The cursor moves by keyboard and mouse, and says what it stands on.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from notebook.i18n import _
from ui.clipboard import discreet
from ui.redact_pages import Kind, Piece
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import ENTER, set_role

FROM_TEXT: Final = frozenset({Kind.TEXT, Kind.MARK, Kind.LEFT})
"""Pieces whose words stand in the record."""


class MarkedText(QTextEdit):
    """Shows the pieces of a record; says which mark, words or field the person is at."""

    mark_chosen = Signal(int)
    selected = Signal(str, int, int, int)
    """Field, line of a list, start and end in characters of the text."""
    field_chosen = Signal(str)
    nothing_chosen = Signal()
    accepted = Signal()
    """Enter: what is proposed for the mark is right."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._pieces: list[tuple[int, int, Piece]] = []
        """Where each piece begins and ends, as Qt counts: in UTF-16 units."""
        self._mark: int | None = None
        self._record = ""
        self._is_showing = False
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(_("The record, with its marks"))
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        set_role(self, "account")
        self.selectionChanged.connect(self._on_moved)
        self.cursorPositionChanged.connect(self._on_moved)
        look.changed.connect(self._draw)

    def show_pieces(self, record: str, pieces: Sequence[Piece], mark: int | None) -> None:
        """Show a record; the place of reading stays while it is the same one."""
        cursor = self.textCursor()
        at, scrolled = self._place_of(cursor.position()), self.verticalScrollBar().value()
        is_same = record == self._record
        self._record, self._mark = record, mark
        begins, self._pieces = 0, []
        for piece in pieces:
            ends = begins + _length(piece.text)
            self._pieces.append((begins, ends, piece))
            begins = ends
        self._draw()
        self._is_showing = True
        if mark is not None:
            self._put_cursor(self._start_of(mark))
        else:
            self._put_cursor(self._position_of(at) if is_same and at else 0)
        if is_same:
            self.verticalScrollBar().setValue(scrolled)
        self._is_showing = False
        self.ensureCursorVisible()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words alone, marked as not to be kept."""
        return discreet(self.textCursor().selection().toPlainText())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what is proposed; it is not the way on of the page around."""
        if event.key() in ENTER:
            self.accepted.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the mark in sight."""
        super().resizeEvent(event)
        self.ensureCursorVisible()

    # Inside.

    def _draw(self) -> None:
        self._is_showing = True
        self.setPlainText("".join(piece.text for _from, _to, piece in self._pieces).rstrip("\n"))
        cursor = QTextCursor(self.document())
        last = max(self.document().characterCount() - 1, 0)
        apart = QTextBlockFormat()
        apart.setTopMargin(Space.M)
        for begins, ends, piece in self._pieces:
            if piece.kind in (Kind.TEXT, Kind.BREAK):
                continue
            cursor.setPosition(min(begins, last))
            cursor.setPosition(min(ends, last), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(self._format(piece))
            if piece.kind is Kind.LABEL and begins:
                cursor.mergeBlockFormat(apart)
        self._is_showing = False

    def _format(self, piece: Piece) -> QTextCharFormat:
        theme, form = self._look.theme, QTextCharFormat()
        match piece.kind:
            case Kind.LABEL:
                form.setForeground(QColor(theme.mute))
                form.setFontWeight(QFont.Weight.DemiBold)
            case Kind.FACT:
                form.setForeground(QColor(theme.ink))
            case Kind.MARK:
                form.setFontStrikeOut(True)
                form.setForeground(QColor(theme.mute))
            case Kind.INSTEAD:
                form.setForeground(QColor(theme.accent))
                form.setFontWeight(QFont.Weight.DemiBold)
            case Kind.DOUBT:
                form.setForeground(QColor(theme.caution))
                form.setFontWeight(QFont.Weight.Bold)
            case Kind.LEFT:
                form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
                form.setUnderlineColor(QColor(theme.caution))
            case _:
                form.setForeground(QColor(theme.ink))
        if piece.mark is not None and piece.mark == self._mark:
            form.setBackground(QColor(theme.selected))
        return form

    def _on_moved(self) -> None:
        if self._is_showing:
            return
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._say_selected(cursor.selectionStart(), cursor.selectionEnd())
            return
        piece = self._piece_at(cursor.position())
        if piece is None or piece.kind in (Kind.TEXT, Kind.BREAK):
            self.nothing_chosen.emit()
        elif piece.mark is not None:
            self.mark_chosen.emit(piece.mark)
        else:
            self.field_chosen.emit(piece.field)

    def _say_selected(self, begins: int, ends: int) -> None:
        """Say the span of the one text in which the selection begins."""
        inside = [
            (max(begins, start), min(ends, end), start, piece)
            for start, end, piece in self._pieces
            if piece.kind in FROM_TEXT and start < ends and begins < end
        ]
        if not inside:
            self.nothing_chosen.emit()
            return
        first = inside[0][3]
        same = [
            each for each in inside if (each[3].field, each[3].item) == (first.field, first.item)
        ]
        spans = [
            (
                piece.start + _characters(piece.text, from_ - start),
                piece.start + _characters(piece.text, to - start),
            )
            for from_, to, start, piece in same
        ]
        self.selected.emit(first.field, first.item, spans[0][0], spans[-1][1])

    def _piece_at(self, position: int) -> Piece | None:
        return next(
            (piece for begins, ends, piece in self._pieces if begins <= position < ends), None
        )

    def _start_of(self, mark: int) -> int:
        return next((begins for begins, _ends, piece in self._pieces if piece.mark == mark), 0)

    def _place_of(self, position: int) -> tuple[str, int, int] | None:
        """A position as the text and the character in it, which marks do not move."""
        for begins, ends, piece in self._pieces:
            if begins <= position < ends:
                inside = _characters(piece.text, position - begins)
                shift = inside if piece.kind in FROM_TEXT else 0
                return piece.field, piece.item, piece.start + shift
        return None

    def _position_of(self, place: tuple[str, int, int] | None) -> int:
        for begins, _ends, piece in self._pieces:
            if place and piece.kind in FROM_TEXT and (piece.field, piece.item) == place[:2]:
                inside = place[2] - piece.start
                if 0 <= inside <= len(piece.text):
                    return begins + _length(piece.text[:inside])
        return 0

    def _put_cursor(self, position: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(min(position, max(self.document().characterCount() - 1, 0)))
        self.setTextCursor(cursor)


def _length(text: str) -> int:
    """As Qt counts: signs beyond the first plane are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """How many characters of a text lie within so many of Qt's units."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
