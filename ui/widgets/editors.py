"""Everything that can be typed into.

No editor lets the input method learn or predict, takes rich text, or saves itself.
"""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from notebook.i18n import _
from ui.clipboard import discreet
from ui.style.look import Look
from ui.style.tokens import ACCOUNT_LINE_HEIGHT_PERCENT, MEASURE_CHARACTERS, Space
from ui.widgets.basics import set_role

DISCREET = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
"""Asks the input method not to learn what is typed, and not to guess."""


class LineEditor(QLineEdit):
    """One line of text."""

    left = Signal()
    """The focus went elsewhere: what was typed is to be kept at once."""

    def __init__(self, accessible_name: str, parent: QWidget, *, keeps_side: bool = False) -> None:
        """With `keeps_side` the text begins where the window's reading begins, like a heading."""
        super().__init__(parent)
        self._around = parent
        self._keeps_side = keeps_side
        self._cross_look: Look | None = None
        self.setAccessibleName(accessible_name)
        self.setInputMethodHints(DISCREET)
        self.textChanged.connect(self.keep_side)
        self.keep_side()

    def changeEvent(self, event: QEvent) -> None:
        """Turn round with the window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self.keep_side()

    def keep_side(self) -> None:
        """Begin where the window's reading begins now, as far as nothing written says otherwise.

        By itself Qt begins an empty line where the keyboard's script begins.
        """
        is_rtl = self._around.layoutDirection() is Qt.LayoutDirection.RightToLeft
        wanted = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._keeps_side or (is_rtl and not self.text()):
            side = Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft
            wanted = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        if self.alignment() != wanted:
            self.setAlignment(wanted)

    def offer_clearing(self, look: Look) -> None:
        """Show a cross that empties the line, whenever there is something in it."""
        self._cross_look = look
        self.setClearButtonEnabled(True)
        look.changed.connect(self._draw_cross)
        self._draw_cross()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus went."""
        super().focusOutEvent(event)
        self.left.emit()

    def _draw_cross(self) -> None:
        # Qt's own sign is of another hand than ours.
        if look := self._cross_look:
            for action in self.findChildren(QAction):
                action.setIcon(look.icon("close", look.theme.mute))


class TextEditor(QPlainTextEdit):
    """Several lines of plain text; each paragraph runs in the direction of its own script."""

    left = Signal()

    def __init__(self, accessible_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self.setInputMethodHints(DISCREET | Qt.InputMethodHint.ImhMultiLine)
        self.setTabChangesFocus(True)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words alone, marked as not to be kept."""
        return discreet(self.textCursor().selection().toPlainText())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus went."""
        super().focusOutEvent(event)
        self.left.emit()


class AccountEditor(QTextEdit):
    """What a person told: large type, generous lines, at most 72 characters wide."""

    left = Signal()

    def __init__(self, accessible_name: str, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(accessible_name)
        self.setInputMethodHints(DISCREET | Qt.InputMethodHint.ImhMultiLine)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        set_role(self, "account")
        look.changed.connect(self._measure)
        self._space_lines()
        self._measure()

    def set_text(self, text: str) -> None:
        """Show `text`; the cursor goes to its beginning, and Undo does not reach behind it."""
        self.setPlainText(text)
        self._space_lines()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words alone, marked as not to be kept."""
        return discreet(self.textCursor().selection().toPlainText())

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste words alone."""
        if source.hasText():
            self.insertPlainText(source.text())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus went."""
        super().focusOutEvent(event)
        self.left.emit()

    def _space_lines(self) -> None:
        document = self.document()
        document.setUndoRedoEnabled(False)
        spacing = QTextBlockFormat()
        # A face's own line is higher than its type size already; the rest is added here.
        self.ensurePolished()
        own_percent = 100 * self.fontMetrics().lineSpacing() / self.fontInfo().pixelSize()
        spacing.setLineHeight(
            100 * ACCOUNT_LINE_HEIGHT_PERCENT / own_percent,
            QTextBlockFormat.LineHeightTypes.ProportionalHeight.value,
        )
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spacing)
        document.setUndoRedoEnabled(True)
        document.setModified(False)

    def _measure(self) -> None:
        # The width of an average letter, so that 72 of them fit between the paddings.
        self.ensurePolished()
        letters = self.fontMetrics().averageCharWidth() * MEASURE_CHARACTERS
        self.setMaximumWidth(letters + 2 * Space.L + Space.XL)


class PassphraseEditor(QLineEdit):
    """A line for a passphrase: hidden until shown, never learned, never on the clipboard."""

    def __init__(self, parent: QWidget, accessible_name: str = "") -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name or _("Passphrase"))
        self.set_shown(is_shown=False)
        # QLineEdit clears what was typed from its undo history only in these modes.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def set_shown(self, *, is_shown: bool) -> None:
        """Show or hide what is typed."""
        mode = QLineEdit.EchoMode
        self.setEchoMode(mode.Normal if is_shown else mode.Password)
        # Setting the echo mode resets the hints.
        self.setInputMethodHints(
            DISCREET
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | (Qt.InputMethodHint.ImhNone if is_shown else Qt.InputMethodHint.ImhHiddenText)
        )
