"""Contacts: other authors whose card was pinned here, compared in person or not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crypto.age_keys import HybridRecipient, X25519Recipient
from crypto.card import Card, tidy_card
from crypto.errors import CryptoError
from notebook import consent, sessions
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import AuthorId
from notebook.storage import affairs, exchange, sent
from notebook.storage.affairs import ContactRow
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

SHORT_ID_DIGITS = 8


class Profile(StrEnum):
    """Which kind of key a contact's bundles are sealed to."""

    PQ = "pq"
    """Closed also to a future quantum computer; the default."""
    CLASSIC = "classic"
    """For an archive whose age program is older than 1.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A pinned author."""

    id: AuthorId
    name: str
    profile: Profile
    how: str
    """`added` by a person here, or `accepted` with a bundle."""
    compared_on: str | None
    """When both read the fingerprint to each other (RFC 3339), or None."""
    fingerprint: str
    """60 digits in 12 groups."""
    words: tuple[str, ...]
    card: Card
    role: str = ""
    """Who they are, as a use that a consent names (`team`, `partner`, …); empty: not said."""

    @property
    def is_compared(self) -> bool:
        """Whether the fingerprint was compared in person."""
        return self.compared_on is not None

    def recipient(self) -> HybridRecipient | X25519Recipient:
        """The key that this contact's bundles are sealed to."""
        return self.card.hybrid if self.profile is Profile.PQ else self.card.classic


def from_row(row: ContactRow, role: str = "") -> Contact:
    """The contact in a row. Raises `DatabaseDamaged` when its card does not fit."""
    try:
        card = Card.parse(row.card)
    except CryptoError:
        raise DatabaseDamaged("a stored card cannot be read") from None
    if card.author_id() != row.author:
        raise DatabaseDamaged("a stored card is another author's")
    return Contact(
        id=row.author,
        name=card.name,
        profile=Profile(row.profile),
        how=row.how,
        compared_on=row.compared,
        fingerprint=card.fingerprint(),
        words=card.fingerprint_words(),
        card=card,
        role=role,
    )


def every(db: Database) -> list[Contact]:
    """Every pinned contact, and who they are."""
    roles = sent.roles(db)
    return [from_row(row, roles.get(row.author, "")) for row in affairs.contacts(db)]


def set_role(tx: Transaction, author: AuthorId, role: str) -> None:
    """Say who a contact is; empty takes it back. Raises UNKNOWN_CONTACT, BAD_VALUE."""
    if author not in {row.author for row in affairs.contacts(tx.db)}:
        raise unknown_contact()
    known = consent.purposes(tx.forms)
    if role and role not in known:
        raise NotebookError(
            Code.BAD_VALUE,
            _("A consent knows no such reader."),
            _("Nothing was changed."),
            _("A contact is one of: {roles}.").format(roles=", ".join(known)),
        )
    sent.set_role(tx.db, author, role)
    tx.is_contacts_changed = True


def read_card(untrusted_text: str) -> Card:
    """A card from a file, a message or the clipboard. Raises BAD_CARD."""
    try:
        return Card.parse(tidy_card(untrusted_text))
    except CryptoError:
        raise NotebookError(
            Code.BAD_CARD,
            _("This is not a card, or it was changed on the way."),
            _("No contact was added or changed."),
            _("Ask for the card again, and take the whole text with its first and last line."),
        ) from None


def pin(tx: Transaction, card: Card, *, is_classic: bool, how: str, at: str) -> AuthorId:
    """Pin a card. A card pinned before keeps its comparison only when its keys are the same."""
    author = AuthorId(card.author_id())
    if author == tx.author:
        raise NotebookError(
            Code.BAD_CARD,
            _("This is your own card."),
            _("No contact was added or changed."),
            _("Give it to the person who is to seal for you, and add theirs here."),
        )
    known = next((row for row in affairs.contacts(tx.db) if row.author == author), None)
    is_same = known is not None and from_row(known).fingerprint == card.fingerprint()
    affairs.pin_contact(
        tx.db,
        ContactRow(
            author=author,
            card=card.encode(),
            profile=Profile.CLASSIC if is_classic else Profile.PQ,
            how=how,
            pinned=known.pinned if known else at,
            compared=known.compared if known and is_same else None,
        ),
    )
    tx.is_contacts_changed = True
    return author


def mark_compared(tx: Transaction, author: AuthorId, at: str) -> None:
    """Record that the fingerprint was compared in person. Raises UNKNOWN_CONTACT."""
    row = next((row for row in affairs.contacts(tx.db) if row.author == author), None)
    if row is None:
        raise unknown_contact()
    affairs.pin_contact(
        tx.db,
        ContactRow(
            author=row.author,
            card=row.card,
            profile=row.profile,
            how=row.how,
            pinned=row.pinned,
            compared=at,
        ),
    )
    tx.is_contacts_changed = True


def choose(known: Sequence[Contact], untrusted_text: str) -> Contact:
    """The contact with this id, name, or unambiguous beginning of an id of six digits or more."""
    # Whoever names themselves after the id of another must not be taken for them.
    found = [c for c in known if c.id == untrusted_text] or [
        c
        for c in known
        if c.name == untrusted_text
        or (len(untrusted_text) >= 6 and c.id.startswith(untrusted_text.lower()))
    ]
    if len(found) != 1:
        raise unknown_contact()
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The authors who can be named: oneself, contacts, and whoever contacts passed on."""

    names: Mapping[AuthorId, str]
    passers: Mapping[AuthorId, AuthorId]
    """For an author who came through a contact: which one."""

    def passed_on_by(self, author: AuthorId) -> str:
        """The name of the contact who brought an author that is no contact; else empty."""
        passer = self.passers.get(author)
        return self.names.get(passer, "") if passer and author not in self.names else ""

    def name(self, author: AuthorId, dressed: Callable[[str], str] = str) -> str:
        """A name, or how an author without a card is told from others.

        `dressed` is laid on every name, so that a window can isolate its direction.
        """
        if author in self.names:
            return dressed(self.names[author])
        return unknown_author(author, self.passed_on_by(author), dressed)


def unknown_author(author: AuthorId, passer: str, dressed: Callable[[str], str] = str) -> str:
    """An author without a card, by the first digits of their key and who passed them on."""
    digits = f"{author[: SHORT_ID_DIGITS // 2]} {author[SHORT_ID_DIGITS // 2 : SHORT_ID_DIGITS]}"
    if passer:
        return _("unknown author {digits}, passed on by {contact}").format(
            digits=digits, contact=dressed(passer)
        )
    return _("unknown author {digits}").format(digits=digits)


def people(db: Database, me: AuthorId, my_name: str) -> People:
    """Who can be named."""
    names = {AuthorId(row.author): from_row(row).name for row in affairs.contacts(db)}
    names[me] = my_name
    return People(names=sessions.names(db, names) | names, passers=exchange.passers(db))


def unknown_contact() -> NotebookError:
    """The trouble of a contact that is not pinned here."""
    return NotebookError(
        Code.UNKNOWN_CONTACT,
        _("There is no such contact."),
        _("Nothing was changed."),
        _("Add their card first."),
    )
