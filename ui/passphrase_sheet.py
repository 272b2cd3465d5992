"""The sheet on which the passphrase is changed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, row
from ui.widgets.new_passphrase import NewPassphrase
from ui.widgets.notices import ProgressStrip, TroubleCard
from ui.widgets.passphrase_field import PassphraseField
from ui.widgets.sheets import Sheet


class PassphraseSheet(Sheet):
    """Asks for the old passphrase and a new one."""

    change_requested = Signal(str, str, str)
    new_edited = Signal(str)
    suggestion_requested = Signal()

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(look, _("Change the passphrase"), window)
        self._asking = QWidget(self)
        box = column(self._asking, gap=Space.M)
        self.old = PassphraseField(look, _("Passphrase now"), self._asking)
        box.addWidget(self.old)
        self.new = NewPassphrase(look, _("New passphrase"), self._asking)
        self.new.edited.connect(self.new_edited)
        self.new.suggestion_requested.connect(self.suggestion_requested)
        self.new.entered.connect(self._on_change)
        box.addWidget(self.new)
        self._trouble = TroubleCard(look, self._asking)
        box.addWidget(self._trouble)
        self._bar = ProgressStrip(self._asking, can_cancel=False)
        box.addWidget(self._bar)
        buttons = row()
        buttons.addStretch()
        self._change = Button(_("Change it"), self._asking, role="primary")
        self._change.clicked.connect(self._on_change)
        buttons.addWidget(self._change)
        box.addLayout(buttons)
        self.body.addWidget(self._asking)
        self._done = self._done_page(look)
        self.body.addWidget(self._done)
        self.first = self.old

    def show_advice(self, sentence: str, *, is_accepted: bool) -> None:
        """Show what is to be said about the new passphrase."""
        self.new.show_advice(sentence, is_accepted=is_accepted)

    def show_passphrase(self, passphrase: str) -> None:
        """Fill in a passphrase that was made."""
        self.new.show_passphrase(passphrase)

    def show_lacks(self, sentence: str) -> None:
        """Show what is still missing."""
        if sentence:
            self._trouble.show_words(sentence)
        else:
            self._trouble.clear()

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that it is being changed."""
        self._change.setEnabled(not is_busy)
        if is_busy:
            self._bar.start(_("Changing the passphrase…"))
        else:
            self._bar.stop()

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""
        self._trouble.show_trouble(error)

    def show_done(self) -> None:
        """Show that it was changed, and what that does not do."""
        self.old.clear()
        self.new.clear()
        self._asking.hide()
        self._done.show()
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def _done_page(self, look: Look) -> QWidget:
        page = QWidget(self)
        box = column(page, gap=Space.M)
        box.addWidget(label(_("The new passphrase opens the notebook from now on."), page))
        box.addWidget(
            label(
                _(
                    "An old copy of the folder still opens with the old passphrase. If someone may "
                    "have both, make a new notebook and destroy the old medium."
                ),
                page,
                "mute",
            )
        )
        buttons = row()
        buttons.addStretch()
        self._close = Button(_("Close"), page, role="primary", look=look)
        self._close.clicked.connect(self.close_sheet)
        buttons.addWidget(self._close)
        box.addLayout(buttons)
        page.hide()
        return page

    def _on_change(self) -> None:
        self.change_requested.emit(self.old.text(), self.new.passphrase(), self.new.repeated())
