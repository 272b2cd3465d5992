"""Choosing a new passphrase: type it twice, or take six random words; advice as one types."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, label, row
from ui.widgets.passphrase_field import PassphraseField


class NewPassphrase(QWidget):
    """Two fields, a generator, and a line of advice."""

    edited = Signal(str)
    suggestion_requested = Signal()
    entered = Signal()
    keyboard_used = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, gap=Space.S)
        self._first = PassphraseField(look, name, self)
        self._first.edited.connect(self.edited)
        self._first.keyboard_used.connect(self.keyboard_used)
        box.addWidget(self._first)
        advice = row()
        self._icon = IconLabel(look, "info", self, "mute")
        advice.addWidget(self._icon)
        self._advice = label(
            _("Six random words are easy to remember and hard to guess."), self, "mute"
        )
        advice.addWidget(self._advice, 1)
        suggest = Button(_("Six random words"), self, role="flush", look=look, icon="refresh")
        suggest.clicked.connect(self.suggestion_requested)
        advice.addWidget(suggest)
        box.addLayout(advice)
        self._second = PassphraseField(look, _("The same once more"), self)
        self._second.entered.connect(self.entered)
        self._second.keyboard_used.connect(self.keyboard_used)
        box.addWidget(self._second)
        self.setFocusProxy(self._first)

    def passphrase(self) -> str:
        """What is typed in the first field."""
        return self._first.text()

    def repeated(self) -> str:
        """What is typed in the second field."""
        return self._second.text()

    def show_advice(self, sentence: str, *, is_accepted: bool) -> None:
        """Show what is to be said about the passphrase."""
        self._advice.setText(sentence)
        self._icon.set_icon("ok" if is_accepted else "warning", "ok" if is_accepted else "caution")

    def show_passphrase(self, passphrase: str) -> None:
        """Fill in a passphrase that was made, plainly, so that it can be noted."""
        self._first.set_text(passphrase)
        self._second.set_text(passphrase)
        self._first.show_plainly()

    def clear(self) -> None:
        """Empty both fields."""
        self._first.clear()
        self._second.clear()

    def show_keyboard(self, name: str) -> None:
        """Name the keyboard's layout."""
        self._first.show_keyboard(name)
