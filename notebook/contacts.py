"""Contacts: other authors whose card was pinned here, compared in person or not."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from crypto.age_keys import HybridRecipient, X25519Recipient
from crypto.card import Card, tidy_card
from crypto.errors import CryptoError
from notebook import consent, sessions
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.lookalikes import is_alike, is_same_name, looks
from notebook.model import AuthorId
from notebook.storage import affairs, exchange, sent
from notebook.storage.affairs import ContactRow
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

SHORT_ID_DIGITS = 8
MAX_REASON_CHARACTERS = 500
OLD_AGE = "their age program is older than 1.3"
"""The one reason for the older way that a person need not write down."""


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
    compared_by: str = ""
    """The name of the author of the notebook that says so."""
    reason: str = ""
    """Why bundles are sealed in the older way; empty for the profile pq."""
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
        compared_by=row.compared_by,
        reason=row.reason,
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
        raise bad_card() from None


def bad_card() -> NotebookError:
    """The trouble of what is no card."""
    return NotebookError(
        Code.BAD_CARD,
        _("This is not a card, or it was changed on the way."),
        _("No contact was added or changed."),
        _("Ask for the card again, and take the whole text with its first and last line."),
    )


def pin(
    tx: Transaction,
    card: Card,
    *,
    is_classic: bool,
    how: str,
    at: str,
    reason: str = "",
    may_replace: bool = False,
    may_share_name: bool = False,
) -> AuthorId:
    """Pin a card. One pinned before keeps its comparison only when its keys are the same.

    A contact that bundles are sealed for in the older way stays one; `set_profile` changes that.

    Raises BAD_CARD for one's own; without a person's word CHANGED_KEYS when the author is known
    with other keys, and KNOWN_NAME when another contact, or oneself, has the name.
    """
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
    if known and not is_same and not may_replace:
        raise changed_keys()
    if not may_share_name:
        check_name(tx.db, card, tx.identity.name)
    is_classic = is_classic or (known is not None and known.profile == Profile.CLASSIC)
    affairs.pin_contact(
        tx.db,
        ContactRow(
            author=author,
            card=card.encode(),
            profile=Profile.CLASSIC if is_classic else Profile.PQ,
            how=how,
            pinned=known.pinned if known else at,
            compared=known.compared if known and is_same else None,
            compared_by=known.compared_by if known and is_same else "",
            reason=(reason or (known and known.reason) or OLD_AGE) if is_classic else "",
        ),
    )
    exchange.offer_card(tx.db, author, None)
    tx.is_contacts_changed = True
    return author


def check_name(db: Database, card: Card, my_name: str) -> None:
    """Raise KNOWN_NAME when somebody else has this name or one that looks like it.

    That is a contact of another author, or whoever writes here, unless this contact is known so.
    """
    known = [from_row(row) for row in affairs.contacts(db)]
    others = [contact for contact in known if contact.id != card.author_id()]
    before = next((contact.name for contact in known if contact.id == card.author_id()), "")
    if is_alike(my_name, card.name) and before != card.name:
        raise my_own_name()
    alike = namesake(others, card.name)
    if alike is not None:
        raise known_name() if is_same_name(alike.name, card.name) else alike_name(alike.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """Whom somebody unknown might be taken for."""

    name: str
    is_me: bool = False


def whose_name(db: Database, my_name: str, name: str) -> Namesake | None:
    """Whose name this is, or looks like: one's own before a contact's."""
    if is_alike(my_name, name):
        return Namesake(name=my_name, is_me=True)
    known = namesake((from_row(row) for row in affairs.contacts(db)), name)
    return Namesake(name=known.name) if known else None


def find(db: Database, author: AuthorId) -> Contact | None:
    """The contact with this id, if it is one."""
    row = next((row for row in affairs.contacts(db) if row.author == author), None)
    return from_row(row) if row else None


def namesake(known: Iterable[Contact], name: str) -> Contact | None:
    """The contact whose name a person would take for this one; one of the very same name first."""
    alike = [contact for contact in known if is_alike(contact.name, name)]
    return next((c for c in alike if is_same_name(c.name, name)), alike[0] if alike else None)


def changed_keys() -> NotebookError:
    """The trouble of a card by a known author with other keys."""
    return NotebookError(
        Code.CHANGED_KEYS,
        _("This card has other keys than the one you have of this contact."),
        _("No contact was added or changed. Somebody may be trying to read what you seal."),
        _("Ask them in person whether their keys are new; then say so with --replace."),
    )


def known_name() -> NotebookError:
    """The trouble of a card by somebody new with the name of a contact."""
    return NotebookError(
        Code.KNOWN_NAME,
        _("You have a contact of this name already, and this card is somebody else’s."),
        _("No contact was added or changed."),
        _("Ask them in person whether this card is theirs; then say so with --same-name."),
    )


def alike_name(known: str) -> NotebookError:
    """The trouble of a card by somebody new whose name looks like that of a contact."""
    return NotebookError(
        Code.KNOWN_NAME,
        _("The name on this card looks like that of your contact {name}, and is another.").format(
            name=known
        ),
        _("No contact was added or changed. Somebody may want to be taken for {name}.").format(
            name=known
        ),
        _("Ask in person whose card this is; then say so with --same-name."),
    )


def my_own_name() -> NotebookError:
    """The trouble of a card by somebody else that has the name of whoever writes here."""
    return NotebookError(
        Code.KNOWN_NAME,
        _("This card has your own name, or one that looks like it, and is not yours."),
        _("No contact was added or changed. Somebody may want to be taken for you."),
        _("If it is a second notebook of yours, compare the fingerprint; then say --same-name."),
    )


def mark_compared(tx: Transaction, author: AuthorId, at: str, by: str) -> None:
    """Record that the fingerprint was compared in person, and by whom. Raises UNKNOWN_CONTACT."""
    affairs.pin_contact(tx.db, replace(_row(tx.db, author), compared=at, compared_by=by))
    tx.is_contacts_changed = True


def set_profile(tx: Transaction, author: AuthorId, *, is_classic: bool, reason: str) -> None:
    """Say which kind of key bundles are sealed to, and why. Raises UNKNOWN_CONTACT, BAD_VALUE."""
    if len(reason) > MAX_REASON_CHARACTERS:
        raise NotebookError(
            Code.BAD_VALUE,
            _("The reason is too long."),
            _("No contact was added or changed."),
            _("Say it in up to {count} characters.").format(count=MAX_REASON_CHARACTERS),
        )
    affairs.pin_contact(
        tx.db,
        replace(
            _row(tx.db, author),
            profile=Profile.CLASSIC if is_classic else Profile.PQ,
            reason=(reason or OLD_AGE) if is_classic else "",
        ),
    )
    tx.is_contacts_changed = True


def _row(db: Database, author: AuthorId) -> ContactRow:
    row = next((row for row in affairs.contacts(db) if row.author == author), None)
    if row is None:
        raise unknown_contact()
    return row


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


def _told_apart(names: Mapping[AuthorId, str], my_name: str) -> dict[AuthorId, str]:
    """Names, with digits of the key where one looks like another's or like one's own."""
    count = Counter(look for name in (*names.values(), my_name) for look in looks(name))
    return {
        author: f"{name} ({_digits(author)})" if any(count[x] > 1 for x in looks(name)) else name
        for author, name in names.items()
    }


def _digits(author: AuthorId) -> str:
    return f"{author[: SHORT_ID_DIGITS // 2]} {author[SHORT_ID_DIGITS // 2 : SHORT_ID_DIGITS]}"


def unknown_author(author: AuthorId, passer: str, dressed: Callable[[str], str] = str) -> str:
    """An author without a card, by the first digits of their key and who passed them on."""
    digits = _digits(author)
    if passer:
        return _("unknown author {digits}, passed on by {contact}").format(
            digits=digits, contact=dressed(passer)
        )
    return _("unknown author {digits}").format(digits=digits)


def people(db: Database, me: AuthorId, my_name: str) -> People:
    """Who can be named."""
    names = {AuthorId(row.author): from_row(row).name for row in affairs.contacts(db)}
    names = _told_apart(names, my_name)
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
