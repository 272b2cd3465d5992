"""The page on which a notebook is made."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.contacts_cards import Print
from ui.mission_panel import MissionPanel
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, row
from ui.widgets.editors import LineEditor
from ui.widgets.in_sight import InSight
from ui.widgets.inset import Inset
from ui.widgets.new_passphrase import NewPassphrase
from ui.widgets.notices import ProgressStrip, TroubleCard


class NewNotebookView(QWidget):
    """Asks for what a notebook needs: no account, no network."""

    folder_requested = Signal()
    back_requested = Signal()
    passphrase_edited = Signal(str)
    suggestion_requested = Signal()
    create_requested = Signal()
    keyboard_used = Signal()
    travel_chosen = Signal(bool)
    mission_files_chosen = Signal(list)
    mission_compared = Signal(bool)
    override_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._build()

    def author_name(self) -> str:
        """What the person calls themself."""
        return self._author.text()

    def passphrase(self) -> str:
        """The passphrase as typed first."""
        return self._passphrase.passphrase()

    def repeated(self) -> str:
        """The passphrase as typed again."""
        return self._passphrase.repeated()

    def is_low_memory(self) -> bool:
        """Whether the sparing key derivation was chosen."""
        return self._low.isChecked()

    def show_folder(self, folder: str) -> None:
        """Show where the notebook will lie."""
        self._folder.setText(folder)

    def show_advice(self, sentence: str, *, is_accepted: bool) -> None:
        """Show what is to be said about the passphrase."""
        self._passphrase.show_advice(sentence, is_accepted=is_accepted)

    def show_passphrase(self, passphrase: str) -> None:
        """Fill in a passphrase that was made."""
        self._passphrase.show_passphrase(passphrase)

    def show_lacks(self, sentence: str) -> None:
        """Show what is still missing."""
        if sentence:
            self._trouble.show_words(sentence)
            self._said.look()
        else:
            self._trouble.clear()

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that the notebook is being made."""
        focus = self.window().focusWidget()
        if focus and is_busy:
            # What is disabled hands the focus on, and the page would follow it to its beginning.
            focus.clearFocus()
        self._create.setEnabled(not is_busy)
        self._back.setEnabled(not is_busy)
        if is_busy:
            self._trouble.clear()
            self._override.hide()
            self._bar.start(_("Making the notebook…"))
            self._said.look()
        else:
            self._bar.stop()
            self._create.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""
        self._trouble.show_trouble(error)
        self._said.look()

    def show_travel(self, *, is_on: bool) -> None:
        """Show what a notebook that travels needs, or hide it."""
        self._mission.setVisible(is_on)
        self._override.hide()

    def show_mission(self, shown: Print | None, *, is_compared: bool) -> None:
        """Show the fingerprint of the mission card."""
        self._trouble.clear()
        self._mission.show_mission(shown, is_compared=is_compared)

    def offer_override(self) -> None:
        """Offer to make it although memory may be written to the disk."""
        self._override.show()
        self._said.look()

    def show_keyboard(self, name: str) -> None:
        """Name the keyboard's layout."""
        self._passphrase.show_keyboard(name)

    def take_focus(self) -> None:
        """Be ready for the first answer."""
        self._choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        outer = column(self)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(scroll)
        page = QWidget(scroll)
        page.setObjectName("scrolled")
        scroll.setWidget(page)
        box = column(page, margin=Space.XXL, gap=Space.S)
        box.addWidget(label(_("New notebook"), page, "heading"))
        box.addWidget(label(_("No account, no network. It lies in one folder."), page, "mute"))
        box.addSpacing(Space.M)
        box.addWidget(label(_("Folder"), page, "strong"))
        folder = row()
        self._folder = label(_("Not chosen yet"), page, "mute")
        folder.addWidget(self._folder, 1)
        self._choose = Button(_("Choose…"), page, look=self._look, icon="case")
        self._choose.clicked.connect(self.folder_requested)
        folder.addWidget(self._choose)
        box.addLayout(folder)
        box.addSpacing(Space.M)
        self._build_kind(page, box)
        box.addSpacing(Space.M)
        box.addWidget(label(_("Your name in this notebook"), page, "strong"))
        self._author = LineEditor(_("Your name in this notebook"), page)
        box.addWidget(self._author)
        box.addWidget(
            label(_("Those you seal bundles for will see it. A code is fine."), page, "small")
        )
        box.addSpacing(Space.M)
        self._passphrase = NewPassphrase(self._look, _("Passphrase"), page)
        self._passphrase.edited.connect(self.passphrase_edited)
        self._passphrase.suggestion_requested.connect(self.suggestion_requested)
        self._passphrase.entered.connect(self.create_requested)
        self._passphrase.keyboard_used.connect(self.keyboard_used)
        box.addWidget(self._passphrase)
        box.addWidget(
            label(_("Nobody can open the notebook without it, nor give it back."), page, "small")
        )
        box.addSpacing(Space.M)
        box.addWidget(label(_("How hard guessing is made"), page, "strong"))
        self._costs = QButtonGroup(self)
        self._standard = QRadioButton(_("Standard: unlocking takes 512 MB of memory"), page)
        self._standard.setChecked(True)
        self._low = QRadioButton(_("Sparing: 64 MB, for an old computer"), page)
        for button in (self._standard, self._low):
            self._costs.addButton(button)
            box.addWidget(button)
        box.addSpacing(Space.M)
        self._trouble = TroubleCard(self._look, page)
        box.addWidget(self._trouble)
        self._override = Button(_("Make it all the same"), page)
        self._override.clicked.connect(self._on_override)
        self._override.hide()
        box.addWidget(self._override)
        self._bar = ProgressStrip(page, can_cancel=False)
        box.addWidget(self._bar)
        buttons = row()
        self._back = Button(_("Back"), page, look=self._look, icon="back")
        self._back.clicked.connect(self.back_requested)
        buttons.addWidget(self._back)
        buttons.addStretch()
        self._create = Button(_("Make the notebook"), page, role="primary")
        self._create.clicked.connect(self.create_requested)
        buttons.addWidget(self._create)
        box.addLayout(buttons)
        box.addStretch()
        self._said = InSight(scroll, self._trouble, self._override, self._bar)

    def _build_kind(self, page: QWidget, box: QVBoxLayout) -> None:
        box.addWidget(label(_("What is it for?"), page, "strong"))
        self._kinds = QButtonGroup(self)
        self._stays = QRadioButton(_("To work with"), page)
        self._stays.setChecked(True)
        self._travels = QRadioButton(_("To travel with"), page)
        for button, note in (
            (self._stays, _("What is written stays here, for whoever has the passphrase.")),
            (
                self._travels,
                _("What is written is sealed for headquarters, and nobody can read it here."),
            ),
        ):
            self._kinds.addButton(button)
            box.addWidget(button)
            inset = Inset(self._look, page)
            inset.beside.addWidget(label(note, inset, "small"), 1)
            box.addWidget(inset)
        self._travels.toggled.connect(self.travel_chosen)
        self._mission = MissionPanel(self._look, page)
        self._mission.files_chosen.connect(self.mission_files_chosen)
        self._mission.compared.connect(self.mission_compared)
        self._mission.hide()
        box.addWidget(self._mission)

    def _on_override(self) -> None:
        self._override.hide()
        self.override_requested.emit()
        self.create_requested.emit()
