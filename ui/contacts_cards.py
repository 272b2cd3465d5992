"""What a card means beside the contacts that are known: new, the same, or a doubt. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from notebook.contacts import OLD_AGE, Contact, Profile, namesake, read_card
from notebook.holdings import CaseHolding
from notebook.i18n import _, ngettext, number
from notebook.lookalikes import is_alike, is_same_name
from notebook.model import AuthorId
from ui.handover_words import day_words
from ui.words import isolated


class Standing(StrEnum):
    """How a card stands to the contacts."""

    NEW = "new"
    SAME = "same"
    """The keys are the ones that are known already."""
    CHANGED = "changed"
    """A known author with other keys."""
    NAMESAKE = "namesake"
    """Another author with the name of a known one."""
    MY_NAME = "my-name"
    """Another author with the name of whoever writes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A fingerprint as two people read it to each other."""

    whose: str
    digits: str
    """60 digits in 12 groups."""
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLook:
    """A card that was read and not pinned yet."""

    text: str
    name: str
    print: Print
    standing: Standing
    known: Contact | None
    """The contact that the card is, or seems to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """A contact in the list."""

    id: AuthorId
    name: str
    note: str
    is_compared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """What a contact is known to hold of a case."""

    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage:
    """A contact with both fingerprints."""

    id: AuthorId
    name: str
    note: str
    theirs: Print
    mine: Print
    is_compared: bool
    is_classic: bool
    reason: str
    """Why it is sealed in the older way, when it is another reason than the usual one."""
    role: str
    """Who they are, as a use that a consent names; empty: not said."""
    roles: tuple[tuple[str, str], ...]
    """What can be said, each with its words."""
    cases: tuple[CaseLine, ...]
    has_offered_card: bool
    """Whether a bundle they signed brought a card with other keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtPage:
    """A card that is not to be taken without a thought."""

    what: str
    why: str
    next_step: str
    before: Print
    now: Print
    take: str
    """What the button says that takes the card all the same."""


def look_at(
    untrusted_text: str, known: Sequence[Contact], *, me: AuthorId, my_name: str
) -> CardLook:
    """Read a card and see how it stands. Raises BAD_CARD."""
    card = read_card(untrusted_text)
    author = AuthorId(card.author_id())
    same_author = next((contact for contact in known if contact.id == author), None)
    same_name = namesake(known, card.name)
    if same_author:
        is_same = same_author.fingerprint == card.fingerprint()
        standing = Standing.SAME if is_same else Standing.CHANGED
    elif author != me and is_alike(my_name, card.name):
        standing = Standing.MY_NAME
    else:
        standing = Standing.NAMESAKE if same_name else Standing.NEW
    return CardLook(
        text=untrusted_text,
        name=card.name,
        print=Print(
            whose=isolated(card.name), digits=card.fingerprint(), words=card.fingerprint_words()
        ),
        standing=standing,
        known=same_author or (None if standing is Standing.MY_NAME else same_name),
    )


def doubt(look: CardLook, known: Contact) -> DoubtPage:
    """What is to be said of a card with other keys than the name is known for."""
    name = isolated(known.name)
    before = Print(whose=_("The card you have"), digits=known.fingerprint, words=known.words)
    now = Print(whose=_("This card"), digits=look.print.digits, words=look.print.words)
    if look.standing is Standing.CHANGED:
        return DoubtPage(
            what=_("This card has other keys than the one you have for {name}.").format(name=name),
            why=_("Somebody may be trying to read what you seal for {name}.").format(name=name),
            next_step=_(
                "Nothing was changed. Ask {name} in person or by phone whether their keys are new."
            ).format(name=name),
            before=before,
            now=now,
            take=_("Take the new card, as not compared"),
        )
    what = (
        _("You know {name} already, and this card is somebody else’s.")
        if is_same_name(known.name, look.name)
        else _("This card says {other}. That looks like {name}, whom you know, and is another.")
    )
    return DoubtPage(
        what=what.format(name=name, other=isolated(look.name)),
        why=_("It may be their second notebook, or a person who uses their name."),
        next_step=_("Nothing was changed. Ask {name} whether this card is theirs.").format(
            name=name
        ),
        before=before,
        now=now,
        take=_("Add it as another contact"),
    )


def own_doubt(look: CardLook, mine: Print) -> DoubtPage:
    """What is to be said of a card by somebody else that has one's own name."""
    return DoubtPage(
        what=_("This card says {name}. That is your own name, or looks like it.").format(
            name=isolated(look.name)
        ),
        why=_(
            "It is not yours. It may be from a second notebook of yours, or from somebody who wants"
            " to be taken for you."
        ),
        next_step=_("Nothing was changed. Compare the fingerprint with the notebook it came from."),
        before=mine,
        now=Print(whose=_("This card"), digits=look.print.digits, words=look.print.words),
        take=_("Add it as another contact"),
    )


def line_of(contact: Contact) -> ContactLine:
    """A contact as the list shows it."""
    return ContactLine(
        id=contact.id,
        name=contact.name,
        note=" · ".join(part for part in (_compared(contact), _profile(contact)) if part),
        is_compared=contact.is_compared,
    )


def page_of(
    contact: Contact,
    mine: Print,
    cases: Sequence[CaseHolding] = (),
    *,
    roles: Sequence[tuple[str, str]] = (),
    has_offered_card: bool = False,
) -> ContactPage:
    """A contact as its page shows it."""
    came = _("Accepted with a bundle") if contact.how == "accepted" else _("Card added by you")
    return ContactPage(
        id=contact.id,
        name=contact.name,
        note=" · ".join((came, _compared(contact))),
        theirs=Print(whose=isolated(contact.name), digits=contact.fingerprint, words=contact.words),
        mine=mine,
        is_compared=contact.is_compared,
        is_classic=contact.profile is Profile.CLASSIC,
        reason="" if contact.reason == OLD_AGE else contact.reason,
        role=contact.role,
        roles=(("", _("Not said")), *roles),
        cases=tuple(
            CaseLine(
                title=isolated(case.title) if case.title else _("Untitled"),
                words=holding_words(case),
            )
            for case in cases
        ),
        has_offered_card=has_offered_card,
    )


def holding_words(held: CaseHolding) -> str:
    """What a contact is known to hold of a case, in a sentence or two."""
    if not held.said_on:
        return _("They have not said yet what they have of it.")
    said = _("said on {day}").format(day=day_words(held.said_on))
    entries = ngettext("{count} entry", "{count} entries", held.entries_lacking)
    files = ngettext("{count} file", "{count} files", held.files_lacking)
    lacks = [
        words.format(count=number(count))
        for words, count in ((entries, held.entries_lacking), (files, held.files_lacking))
        if count
    ]
    if not lacks:
        what = _("They have everything")
    elif held.up_to:
        what = _("They have it up to {day} and lack {what}").format(
            day=day_words(held.up_to), what=_(", ").join(lacks)
        )
    else:
        what = _("They lack {what}").format(what=_(", ").join(lacks))
    told = _("{what} ({said}).").format(what=what, said=said)
    if held.more_than_here:
        told += " " + _("They also have entries that are not here.")
    return told


def _compared(contact: Contact) -> str:
    if contact.compared_on is None:
        return _("Not compared yet")
    if contact.compared_by:
        return _("Compared in person on {day}, by {name}").format(
            day=day_words(contact.compared_on), name=isolated(contact.compared_by)
        )
    return _("Compared on {day}").format(day=day_words(contact.compared_on))


def _profile(contact: Contact) -> str:
    return _("Sealed in the older way") if contact.profile is Profile.CLASSIC else ""
