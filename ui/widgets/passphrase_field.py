"""A passphrase with its name, a button that shows it, and the keyboard's layout."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, row
from ui.widgets.editors import PassphraseEditor


class PassphraseField(QWidget):
    """Where a passphrase is typed."""

    entered = Signal()
    edited = Signal(str)
    keyboard_used = Signal()
    """A key was pressed, or is about to be: its layout is worth naming."""

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, gap=Space.XS)
        caption = label(name, self, "strong")
        box.addWidget(caption)
        field = row(gap=Space.XS)
        self._editor = PassphraseEditor(self, name)
        self._editor.returnPressed.connect(self.entered)
        self._editor.textEdited.connect(self.edited)
        self._editor.installEventFilter(self)
        caption.setBuddy(self._editor)
        field.addWidget(self._editor, 1)
        self._show = Button(_("Show the passphrase"), self, role="icon", look=look, icon="eye")
        self._show.setCheckable(True)
        self._show.toggled.connect(self._on_show)
        field.addWidget(self._show)
        box.addLayout(field)
        self._keyboard_name = ""
        self._hint = label("", self, "small")
        self._hint.hide()
        box.addWidget(self._hint)
        self.setFocusProxy(self._editor)

    def text(self) -> str:
        """What is typed."""
        return self._editor.text()

    def set_text(self, text: str) -> None:
        """Fill in a passphrase that was made for the person."""
        self._editor.setText(text)

    def clear(self) -> None:
        """Empty the field and hide it again."""
        self._editor.clear()
        self._show.setChecked(False)

    def show_plainly(self) -> None:
        """Show what is typed, as for a new passphrase that is to be noted."""
        self._show.setChecked(True)

    def take_focus(self) -> None:
        """Be ready for typing."""
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._editor.selectAll()

    def show_keyboard(self, name: str) -> None:
        """Name the keyboard's layout under the field."""
        self._keyboard_name = name
        self._say(self._editor.text()[-1:])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice in which letters the person types: a wrong layout is the commonest mistake."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyboard_used.emit()
            self._say(event.text())
        elif event.type() is QEvent.Type.FocusIn:
            self.keyboard_used.emit()
        return super().eventFilter(watched, event)

    def _on_show(self, *, checked: bool = False) -> None:
        self._editor.set_shown(is_shown=self._show.isChecked())
        self._show.set_icon("eye-closed" if self._show.isChecked() else "eye")
        self._show.set_words(
            _("Hide the passphrase") if self._show.isChecked() else _("Show the passphrase")
        )

    def _say(self, typed: str) -> None:
        parts = []
        if self._keyboard_name:
            parts.append(_("Keyboard: {layout}").format(layout=self._keyboard_name))
        if letters := script_of(typed):
            parts.append(letters)
        self._hint.setText(" · ".join(parts))
        self._hint.setVisible(bool(parts))


def script_of(typed: str) -> str:
    """The kind of letters that was typed, in words; empty for signs and digits."""
    ranges = (
        ("A", "Z", _("Latin letters")),
        ("a", "z", _("Latin letters")),
        ("À", "ɏ", _("Latin letters")),
        ("Ѐ", "ԯ", _("Cyrillic letters")),
        ("؀", "ۿ", _("Arabic letters")),
        ("一", "鿿", _("Chinese characters")),
    )
    for first, last, words in ranges:
        if typed and first <= typed[-1] <= last:
            return words
    return ""
