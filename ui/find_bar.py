"""Finding words in the text that is being written: a bar at the foot of the record."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from notebook.i18n import _, number
from ui.style.look import Look
from ui.style.tokens import FIELD_WIDTH_MOST, Space
from ui.widgets.basics import ENTER, Button, label, row, set_role
from ui.widgets.editors import AccountEditor, LineEditor

MARKED_MOST = 1_000
"""So many hits are marked at once."""


class FindBar(QFrame):
    """Looks through one text at a time; Enter goes on, Shift+Enter back, Esc ends."""

    found = Signal(object)
    """The text in which a hit is selected now."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text: AccountEditor | None = None
        set_role(self, "panel")
        box = row(self, margin=Space.S)
        self.words = LineEditor(_("Find in this text"), self)
        self.words.setPlaceholderText(_("Find in this text"))
        self.words.setMaximumWidth(FIELD_WIDTH_MOST)
        self.words.offer_clearing(look)
        self.words.textChanged.connect(self._on_words)
        box.addWidget(self.words, 1)
        self._count = label("", self, "mute", wraps=False)
        box.addWidget(self._count)
        self._back = Button(_("Previous"), self, role="icon", look=look, icon="back")
        self._back.clicked.connect(self.find_previous)
        box.addWidget(self._back)
        self._next = Button(_("Next"), self, role="icon", look=look, icon="next")
        self._next.clicked.connect(self.find_next)
        box.addWidget(self._next)
        box.addStretch()
        close = Button(_("Close"), self, role="icon", look=look, icon="close")
        close.clicked.connect(self.close_bar)
        box.addWidget(close)
        self.hide()

    def open_on(self, text: AccountEditor) -> None:
        """Look through this text; what is selected there is looked for."""
        self._clear_marks()
        self._text = text
        chosen = text.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.words.setText(chosen)
        self.show()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()
        self._on_words()

    def close_bar(self) -> None:
        """Go back to the text, where the last hit is."""
        self._clear_marks()
        text, self._text = self._text, None
        self.hide()
        if text:
            text.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Shift+Enter and Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in ENTER:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.find_previous()
            else:
                self.find_next()
        else:
            super().keyPressEvent(event)

    def find_next(self) -> None:
        """Go to the next hit, and from the last one to the first."""
        self._find(QTextDocument.FindFlag(0), QTextCursor.MoveOperation.Start)

    def find_previous(self) -> None:
        """Go to the hit before, and from the first one to the last."""
        self._find(QTextDocument.FindFlag.FindBackward, QTextCursor.MoveOperation.End)

    def _find(self, way: QTextDocument.FindFlag, around: QTextCursor.MoveOperation) -> None:
        words = self.words.text()
        if self._text is None or not words:
            return
        if not self._text.find(words, way):
            cursor = self._text.textCursor()
            cursor.movePosition(around)
            self._text.setTextCursor(cursor)
            self._text.find(words, way)
        self._say()
        self.found.emit(self._text)

    def _on_words(self) -> None:
        if self._text is None:
            return
        # Typing goes on from the hit that is shown, not from the one after it.
        cursor = self._text.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self._text.setTextCursor(cursor)
        self._mark()
        self.find_next()
        self._say()

    def _hits(self) -> list[QTextCursor]:
        found: list[QTextCursor] = []
        words = self.words.text()
        if self._text is None or not words:
            return found
        document = self._text.document()
        hit = document.find(words, 0)
        while not hit.isNull() and len(found) < MARKED_MOST:
            found.append(hit)
            hit = document.find(words, hit)
        return found

    def _mark(self) -> None:
        if self._text is None:
            return
        form = QTextCharFormat()
        form.setBackground(QColor(self._look.theme.selected))
        form.setFontUnderline(True)
        marks = []
        for hit in self._hits():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = hit
            mark.format = form
            marks.append(mark)
        self._text.setExtraSelections(marks)

    def _say(self) -> None:
        hits = self._hits()
        if not self.words.text():
            self._count.setText("")
        elif not hits or self._text is None:
            self._count.setText(_("Not found"))
        else:
            here = self._text.textCursor().selectionStart()
            at = sum(1 for hit in hits if hit.selectionStart() <= here)
            counted = {"at": number(max(at, 1)), "count": number(len(hits))}
            self._count.setText(_("{at} of {count}").format(**counted))

    def _clear_marks(self) -> None:
        if self._text:
            self._text.setExtraSelections([])
