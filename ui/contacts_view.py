"""The contacts' room: the list on one side, one card on the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import AuthorId, RecordId
from ui.contacts_cards import ContactLine, ContactPage, DoubtPage
from ui.contacts_pages import AddingPage, ContactDetails, DoubtfulCard, MyCardPage
from ui.contacts_presenter import MyCard
from ui.files import FileChooser
from ui.handover_parts import ScrolledPage
from ui.handover_rows import RowList
from ui.list_items import ListItem
from ui.style.look import Look
from ui.style.tokens import FOLD_WIDTH, RAIL_WIDTH, Space
from ui.widgets.basics import Button, column, frame, is_inside, label, row
from ui.widgets.notices import TroubleCard

CARD_FILE_NAME: Final = "card.txt"
"""Says nothing of what the card is for."""
ME: Final = "me"


class ContactsView(QWidget):
    """Shows contacts; says what the person wants of them."""

    me_chosen = Signal()
    contact_chosen = Signal(str)
    adding_requested = Signal()
    text_given = Signal(str)
    files_chosen = Signal(object)
    """The paths of files that may hold a card, or pictures of its codes."""
    save_path_chosen = Signal(object)
    """The path that my card is to be written to."""
    copy_requested = Signal()
    compared = Signal()
    classic_toggled = Signal(bool)
    role_chosen = Signal(str)
    offered_card_requested = Signal()
    receipt_folder_chosen = Signal(object)
    """The folder that a receipt is to lie in."""
    doubt_kept = Signal()
    doubt_taken = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._me: MyCard | None = None
        self._lines: tuple[ContactLine, ...] = ()
        self._chosen: str | None = None
        self._is_narrow = False
        self._is_page = True
        self._shown: AuthorId | None = None
        self._files = FileChooser(self)
        self.setAccessibleName(_("Contacts"))
        self._build()
        look.changed.connect(self._fold)

    # What the presenter shows (ui.contacts_presenter.ContactsScreen).

    def show_contacts(self, lines: Sequence[ContactLine], chosen: AuthorId | None) -> None:
        """Show the list."""
        self._lines = tuple(lines)
        self._chosen = chosen
        self._empty.setVisible(not lines)
        self._show_rows()

    def show_me(self, card: MyCard) -> None:
        """Show my own card."""
        self._me = card
        self.mine.show_card(card)
        self._chosen = ME
        self._show_rows()
        self._show_page(self.mine)

    def show_contact(self, page: ContactPage) -> None:
        """Show a contact with both fingerprints."""
        self.details.show_contact(page)
        self._show_page(self.details)
        if page.id != self._shown:
            # Somebody else was asked for, here or from another room.
            self._shown = page.id
            self._turn_to_page()

    def show_adding(self) -> None:
        """Ask for a card."""
        self.adding.empty()
        self._show_page(self.adding)
        self._turn_to_page()
        self.adding.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_doubt(self, page: DoubtPage) -> None:
        """Show a card that is not to be taken without a thought."""
        self.doubtful.show_doubt(page)
        self._show_page(self.doubtful)
        self._turn_to_page()
        self.doubtful.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_where_to_save(self) -> None:
        """Ask where my card is to be written."""
        self._files.new_file(_("Save my card"), CARD_FILE_NAME, self._on_save_path)

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""
        if error:
            self._trouble.show_trouble(error)
        else:
            self._trouble.clear()

    # Qt.

    def take_focus(self) -> None:
        """Be ready for choosing somebody; where the list is folded away, for going back to it."""
        first = self.rows if self._side.isVisibleTo(self) else self._back
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow there is room for the list, or for one card."""
        super().resizeEvent(event)
        self._fold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back to the list, where there is room for one of them only; or to my card."""
        if event.key() == Qt.Key.Key_Escape and self._is_narrow and self._is_page:
            self._show_list()
        elif event.key() == Qt.Key.Key_Escape and not self.mine.isVisibleTo(self):
            self.me_chosen.emit()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self._box = row(self, gap=Space.NONE)
        self._box.addWidget(self._build_list())
        self._right = right = QWidget(self)
        box = column(right, margin=Space.XL, gap=Space.M)
        self._ways = QWidget(right)
        ways = row(self._ways)
        self._back = Button(_("Back to the list"), self._ways, look=self._look, icon="back")
        self._back.clicked.connect(self._show_list)
        ways.addWidget(self._back)
        ways.addStretch()
        self._ways.hide()
        box.addWidget(self._ways)
        self._trouble = TroubleCard(self._look, right, can_dismiss=True)
        box.addWidget(self._trouble)
        self.mine = MyCardPage(self._look, right)
        self.mine.copy_requested.connect(self.copy_requested)
        self.mine.save_requested.connect(self.ask_where_to_save)
        self.details = ContactDetails(self._look, right)
        self.details.compared.connect(self.compared)
        self.details.classic_toggled.connect(self.classic_toggled)
        self.details.role_chosen.connect(self.role_chosen)
        self.details.offered_card_requested.connect(self.offered_card_requested)
        self.details.receipt_requested.connect(self._ask_where)
        self.adding = AddingPage(self._look, right)
        self.adding.file_requested.connect(self._ask_for_file)
        self.adding.text_given.connect(self.text_given)
        self.doubtful = DoubtfulCard(self._look, right)
        self.doubtful.kept.connect(self.doubt_kept)
        self.doubtful.taken.connect(self.doubt_taken)
        self._pages: tuple[ScrolledPage, ...] = (
            self.mine,
            self.details,
            self.adding,
            self.doubtful,
        )
        for page in self._pages:
            box.addWidget(page, 1)
            page.setVisible(page is self.mine)
        self._box.addWidget(right, 1)

    def _build_list(self) -> QFrame:
        self._side = frame("panel", self)
        box = column(self._side, margin=Space.M, gap=Space.S)
        head = row()
        head.addWidget(label(_("Contacts"), self._side, "heading"), 1)
        self.add = Button(_("Add…"), self._side, look=self._look, icon="add")
        self.add.setAccessibleName(_("Add a contact"))
        self.add.clicked.connect(self.adding_requested)
        head.addWidget(self.add)
        box.addLayout(head)
        self._empty = label(
            _("Nobody is here yet. A contact is somebody you can seal bundles for."),
            self._side,
            "mute",
        )
        box.addWidget(self._empty)
        self.rows = RowList(self._look, _("Contacts"), self._side)
        self.rows.chosen.connect(self._on_walked)
        self.rows.opened.connect(self._on_opened)
        box.addWidget(self.rows, 1)
        return self._side

    def _show_rows(self) -> None:
        mine = ListItem(
            id=RecordId(ME),
            type="contact",
            title=_("My card"),
            second=self._me.name if self._me else "",
            spoken=_("My card"),
        )
        others = (
            ListItem(
                id=RecordId(line.id),
                type="contact",
                title=line.name,
                second=line.note,
                spoken=f"{line.name}, {line.note}",
            )
            for line in self._lines
        )
        self.rows.show_rows((mine, *others), self._chosen)

    def _show_page(self, page: ScrolledPage) -> None:
        for each in self._pages:
            each.setVisible(each is page)

    def _turn_to_page(self) -> None:
        self._is_page = True
        self._fold()

    def _show_list(self) -> None:
        self._is_page = False
        self._fold()
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_walked(self, which: str) -> None:
        # Where the card would take the place of the list, one goes through the list undisturbed.
        if not self._is_narrow:
            self._on_chosen(which)

    def _on_opened(self, which: str) -> None:
        if self._is_narrow:
            self._turn_to_page()
            self._on_chosen(which)

    def _on_chosen(self, which: str) -> None:
        if which == ME:
            self.me_chosen.emit()
        else:
            self.contact_chosen.emit(which)

    def _ask_for_file(self) -> None:
        self._files.files(_("Take the card from a file"), self._on_files)

    def _ask_where(self) -> None:
        self._files.folder(_("Where the receipt is to lie"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        self.receipt_folder_chosen.emit(folder)

    def _on_files(self, paths: list[Path]) -> None:
        self.files_chosen.emit(paths)

    def _on_save_path(self, path: Path) -> None:
        self.save_path_chosen.emit(path)

    def _fold(self) -> None:
        self._is_narrow = self.width() < self._look.scaled(FOLD_WIDTH - RAIL_WIDTH)
        side = self._look.scaled(RAIL_WIDTH) + Space.XXL
        self._side.setMinimumWidth(Space.NONE if self._is_narrow else side)
        self._side.setMaximumWidth(self.width() if self._is_narrow else side)
        was_in_list = is_inside(self.window().focusWidget(), self._side)
        self._ways.setVisible(self._is_narrow)
        self._side.setVisible(not self._is_narrow or not self._is_page)
        self._right.setVisible(not self._is_narrow or self._is_page)
        if was_in_list and not self._side.isVisibleTo(self):
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
