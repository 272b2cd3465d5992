"""Contacts: my own card, other people's cards, and comparing them. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook import card_codes, card_files, disk
from notebook.card_codes import Modules
from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import AuthorId, Changes
from ui.contacts_cards import (
    CardLook,
    ContactLine,
    ContactPage,
    DoubtPage,
    Print,
    Standing,
    doubt,
    line_of,
    look_at,
    own_doubt,
    page_of,
)
from ui.handover_words import by_name
from ui.receipt_job import ReceiptJob
from ui.rooms import Place, Shell
from ui.runner import Lane
from ui.session import Session
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.holdings import CaseHolding
    from notebook.notebook import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCard:
    """The card of this notebook."""

    name: str
    text: str
    print: Print
    codes: tuple[Modules, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What a contact is known to hold, and a card of theirs that is not the pinned one."""

    contact: AuthorId
    cases: tuple[CaseHolding, ...]
    offered_card: str | None
    roles: tuple[tuple[str, str], ...]


class ContactsScreen(Protocol):
    """What the presenter asks of the view."""

    def show_contacts(self, lines: Sequence[ContactLine], chosen: AuthorId | None) -> None:
        """Show the list; `chosen` is None where no contact is open."""

    def show_me(self, card: MyCard) -> None:
        """Show my own card."""

    def show_contact(self, page: ContactPage) -> None:
        """Show a contact with both fingerprints."""

    def show_adding(self) -> None:
        """Ask for a card."""

    def show_doubt(self, page: DoubtPage) -> None:
        """Show a card that is not to be taken without a thought."""

    def ask_where_to_save(self) -> None:
        """Ask where my card is to be written."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


class ContactsPresenter:
    """Shows contacts, adds them and has them compared."""

    def __init__(self, session: Session, screen: ContactsScreen, shell: Shell) -> None:
        self._session = session
        self._screen = screen
        self._shell = shell
        self._me: MyCard | None = None
        self._contacts: tuple[Contact, ...] = ()
        self._chosen: AuthorId | None = None
        self._doubtful: CardLook | None = None
        self._held: _Held | None = None
        self._is_adding = False

    # The room.

    def enter(self, place: Place) -> None:
        """Show the contacts, and what was open before, or the contact that was asked for."""
        if place.contact:
            self._chosen = place.contact
            self._is_adding = False
        self._read()

    def changed(self, changes: Changes) -> None:
        """A contact may have come, or been compared."""
        if changes.contacts or changes.cases:
            self._read()

    def flush(self) -> None:
        """A card that was not added is kept nowhere."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """What can be done with contacts."""
        return {"add-contact": self.ask_to_add, "save-card": self._screen.ask_where_to_save}

    # What the person does.

    def choose_me(self) -> None:
        """Show my own card."""
        self._open(None)

    def choose(self, contact: str) -> None:
        """Show a contact."""
        self._open(AuthorId(contact))

    def ask_to_add(self) -> None:
        """Ask for a card."""
        self._doubtful = None
        self._is_adding = True
        self._chosen = None
        self._screen.show_trouble(None)
        self._show_list()
        self._screen.show_adding()

    def add_text(self, untrusted_text: str) -> None:
        """Add the card in a text, or say why one should think first."""
        self._screen.show_trouble(None)
        self._session.ask(
            lambda notebook: look_at(
                untrusted_text,
                notebook.contacts(),
                me=notebook.author,
                my_name=notebook.author_name,
            ),
            self._judge,
            self._screen.show_trouble,
        )

    def add_files(self, paths: Sequence[Path]) -> None:
        """Add the card in a file, or the one whose codes the pictures show."""
        self._screen.show_trouble(None)
        self._session.long_job(
            Lane.FILES,
            lambda _notebook, _progress: card_files.read(paths),
            self.add_text,
            self._screen.show_trouble,
        )

    def take_doubtful(self) -> None:
        """Take the card all the same."""
        if self._doubtful:
            self._pin(self._doubtful, is_classic=False, is_asked=True)

    def keep_known(self) -> None:
        """Leave the card that is known as it is."""
        known = self._doubtful.known if self._doubtful else None
        self._open(known.id if known else None)

    def mark_compared(self) -> None:
        """Both people read their fingerprints to each other, and they were the same."""
        contact = self._contact(self._chosen)
        if contact:
            author = contact.id
            self._session.change(
                lambda notebook: notebook.mark_compared(author), None, self._screen.show_trouble
            )

    def set_classic(self, is_classic: bool) -> None:
        """Seal for this contact in the older way, or in the newer one."""
        contact = self._contact(self._chosen)
        if contact and (contact.profile == "classic") != is_classic:
            author = contact.id
            self._session.change(
                lambda notebook: notebook.trust.set_profile(author, is_classic=is_classic),
                None,
                self._screen.show_trouble,
            )

    def set_role(self, role: str) -> None:
        """Say who this contact is; empty takes it back."""
        contact = self._contact(self._chosen)
        if contact and contact.role != role:
            author = contact.id
            self._session.change(
                lambda notebook: notebook.trust.set_role(author, role),
                None,
                self._screen.show_trouble,
            )

    def send_receipt(self, folder: Path) -> None:
        """Tell the contact what is here of the cases they share."""
        if self._chosen:
            ReceiptJob(self._session, self._shell, self._screen.show_trouble).start(
                self._chosen, folder
            )

    def look_at_offered(self) -> None:
        """Think about the other card that a bundle by this contact brought."""
        if self._held and self._held.offered_card:
            self.ask_to_add()
            self.add_text(self._held.offered_card)

    def copy_card(self) -> None:
        """Put my card on the clipboard."""
        if self._me:
            self._shell.copy(self._me.text)
            self._shell.say(_("Your card is on the clipboard for a minute."))

    def save_card(self, path: Path) -> None:
        """Write my card into a file."""
        if self._me:
            text = self._me.text
            self._session.long_job(
                Lane.FILES,
                lambda _notebook, _progress: write_card_file(path, text),
                lambda _nothing: self._shell.say(_("Your card was saved.")),
                self._screen.show_trouble,
            )

    # Answers.

    def _read(self) -> None:
        self._session.ask(_read_all, self._on_read, self._screen.show_trouble)

    def _on_read(self, found: tuple[MyCard, tuple[Contact, ...]]) -> None:
        self._me, self._contacts = found
        if not self._contact(self._chosen):
            self._chosen = None
        self._show_list()
        self._show_page()

    def _open(self, contact: AuthorId | None) -> None:
        self._doubtful = None
        self._is_adding = False
        self._chosen = contact
        self._screen.show_trouble(None)
        self._show_list()
        self._show_page()

    def _show_list(self) -> None:
        self._screen.show_contacts(tuple(map(line_of, self._contacts)), self._chosen)

    def _show_page(self) -> None:
        contact = self._contact(self._chosen)
        if contact:
            author = contact.id
            self._session.ask(
                lambda notebook: _read_held(notebook, author),
                self._on_held,
                self._screen.show_trouble,
            )
        if self._is_adding or self._me is None:
            # A card that is being typed or thought about stays where it is.
            return
        if contact:
            self._show_contact(contact, self._me)
        else:
            self._screen.show_me(self._me)

    def _show_contact(self, contact: Contact, me: MyCard) -> None:
        held = self._held if self._held and self._held.contact == contact.id else None
        self._screen.show_contact(
            page_of(
                contact,
                me.print,
                held.cases if held else (),
                roles=held.roles if held else (),
                has_offered_card=held is not None and held.offered_card is not None,
            )
        )

    def _on_held(self, held: _Held) -> None:
        self._held = held
        contact = self._contact(self._chosen)
        if contact and contact.id == held.contact and self._me and not self._is_adding:
            self._show_contact(contact, self._me)

    def _judge(self, look: CardLook) -> None:
        if look.known and look.standing in (Standing.CHANGED, Standing.NAMESAKE):
            self._doubtful = look
            self._screen.show_doubt(doubt(look, look.known))
            return
        if look.standing is Standing.MY_NAME and self._me:
            self._doubtful = look
            self._screen.show_doubt(own_doubt(look, self._me.print))
            return
        is_classic = look.known is not None and look.known.profile == "classic"
        self._pin(look, is_classic=is_classic)

    def _pin(self, look: CardLook, *, is_classic: bool, is_asked: bool = False) -> None:
        def added(contact: Contact) -> None:
            if look.standing is Standing.SAME:
                self._shell.say(
                    _("You have this card of {name} already.").format(name=isolated(contact.name))
                )
            self._contacts = tuple([c for c in self._contacts if c.id != contact.id] + [contact])
            self._open(contact.id)

        self._session.change_and_get(
            lambda notebook: notebook.trust.add_contact(
                look.text, is_classic=is_classic, may_replace=is_asked, may_share_name=is_asked
            ),
            added,
            self._screen.show_trouble,
        )

    def _contact(self, author: AuthorId | None) -> Contact | None:
        return next((contact for contact in self._contacts if contact.id == author), None)


def write_card_file(path: Path, text: str) -> None:
    """Write a card, whole or not at all. Raises NO_SPACE, DISK_ERROR."""
    with disk.disk_trouble():
        disk.replace(path, text.encode())


def _read_held(notebook: Notebook, contact: AuthorId) -> _Held:
    return _Held(
        contact=contact,
        cases=tuple(notebook.trust.holdings(contact)),
        offered_card=notebook.trust.offered_card(contact),
        roles=tuple(
            (field.purpose, field.label)
            for field in notebook.forms["consent"].fields
            if field.purpose
        ),
    )


def _read_all(notebook: Notebook) -> tuple[MyCard, tuple[Contact, ...]]:
    card = notebook.my_card()
    me = MyCard(
        name=card.name,
        text=card.encode(),
        print=Print(whose=_("You"), digits=card.fingerprint(), words=card.fingerprint_words()),
        codes=tuple(map(card_codes.modules, card_codes.texts(card))),
    )
    return me, tuple(sorted(notebook.contacts(), key=by_name))
