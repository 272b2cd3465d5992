"""What exchange has shown that a person should know: gaps, copies, forks, rollbacks (FORMATS 3.8).

Every notice is worked out anew from what is stored, and is gone when its cause is. Its key names
what it is about, so that one that was put aside stays aside and a new one is shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from crypto.primitives import sha256
from notebook import noting, sessions
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.model import AuthorId, CaseId, RecordId
from notebook.storage import exchange
from notebook.storage.database import Database
from notebook.storage.exchange import Branching, NamedTip, Waiting

KEY_DIGITS = 32
LEAST_DIGITS = 6
"""A notice may be named by this many digits of its key."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    GAP = "gap"
    """Entries wait for earlier ones, or a contact takes for granted what is not here."""
    BUNDLE_MISSING = "bundle-missing"
    """A bundle that a contact sealed before another one was never opened here."""
    SESSION_MISSING = "session-missing"
    """Somebody who travels wrote in a session that is not here before one that is."""
    COPIED = "copied"
    """One author wrote on from one entry in two sessions: a copied or restored notebook."""
    FORK = "fork"
    """One author wrote two entries with the same log and number."""
    ROLLBACK = "rollback"
    """A contact holds entries signed by this notebook's author that are not here."""
    RECOVERED = "recovered"
    """Entries of one's own came back from a contact."""
    NEW_CARD = "new-card"
    """A contact's own bundle brought a card with other keys."""
    TWINS = "twin-records"
    """Two cases claim the id of one record."""
    INTERRUPTED = "seal-interrupted"
    """A bundle was noted, and nobody knows whether it was finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeNotice:
    """One thing to know, and what it is about."""

    key: str
    """The same for as long as it is about the same."""
    kind: NoticeKind
    case: CaseId | None = None
    author: AuthorId | None = None
    """Whose entries it is about."""
    contact: AuthorId | None = None
    """Who showed it, or who can help."""
    record: RecordId | None = None
    count: int = 0
    """How many are missing, came back, or branch off; 0 when that cannot be known."""
    waiting: int = 0
    """How many entries wait."""


def standing(db: Database, me: AuthorId) -> list[ExchangeNotice]:
    """Every notice that was not put aside."""
    return _without_aside(db, [*_all(db, me), *_twins(db), *_interrupted(db)])


def choose(known: Iterable[ExchangeNotice], untrusted_text: str) -> ExchangeNotice:
    """The notice with this key, or unambiguous beginning of it of six digits. Raises BAD_INPUT."""
    is_long_enough = len(untrusted_text) >= LEAST_DIGITS
    found = [n for n in known if is_long_enough and n.key.startswith(untrusted_text.lower())]
    if len(found) != 1:
        raise NotebookError(
            Code.BAD_INPUT,
            _("No notice, or more than one, begins with these digits."),
            _("Nothing was changed."),
            _("“verify FOLDER” lists the notices with their digits."),
        )
    return found[0]


def forget_gone(db: Database, me: AuthorId) -> None:
    """Forget what was put aside and is about nothing that is here any more."""
    known = {notice.key for notice in (*_all(db, me), *_twins(db), *_interrupted(db))}
    for key in exchange.all_put_aside(db) - known:
        exchange.take_back(db, key)


def about(
    db: Database, me: AuthorId, cases: Iterable[str], contact: AuthorId
) -> list[ExchangeNotice]:
    """The notices about these cases or this contact that were not put aside."""
    wanted = set(cases)
    return [
        notice
        for notice in _without_aside(db, _all(db, me))
        if (notice.case in wanted if notice.case else notice.contact == contact)
    ]


def _all(db: Database, me: AuthorId) -> list[ExchangeNotice]:
    return [
        *_rollbacks(db, me),
        *_forks(db),
        *_gaps(db, me),
        *_missing_bundles(db, me),
        *_missing_sessions(db),
        *_doubled_sessions(db),
        *_new_cards(db),
        *_recovered(db),
    ]


def _without_aside(db: Database, found: list[ExchangeNotice]) -> list[ExchangeNotice]:
    aside = exchange.all_put_aside(db)
    return [notice for notice in found if notice.key not in aside]


def _key(kind: NoticeKind, *parts: str) -> str:
    return sha256("\n".join((kind, *parts)).encode()).hex()[:KEY_DIGITS]


def _gaps(db: Database, me: AuthorId) -> list[ExchangeNotice]:
    found: dict[tuple[CaseId, AuthorId], ExchangeNotice] = {}

    def whose(waiting: Waiting) -> tuple[CaseId, AuthorId]:
        return waiting.case, waiting.author

    for (case, author), group in groupby(exchange.all_waiting(db), whose):
        waiting = list(group)
        roots = {each.prev: each.seq for each in waiting if each.is_root}
        # Two that wait for the same entry miss it once.
        missing = sum(
            seq - 1 - exchange.highest_before(db, case, author, seq) for seq in roots.values()
        )
        found[case, author] = ExchangeNotice(
            key=_key(NoticeKind.GAP, case, author, *sorted(roots)),
            kind=NoticeKind.GAP,
            case=case,
            author=author,
            count=missing,
            waiting=len(waiting),
        )
    counted_on = [t for t in exchange.named_tips(db) if t.is_counted_on and t.author != me]
    for tip in counted_on:
        author = tip.author or tip.contact
        # Where entries wait it is said already, and by how many.
        found.setdefault(
            (tip.case, author),
            ExchangeNotice(
                key=_key(NoticeKind.GAP, tip.case, author, tip.entry),
                kind=NoticeKind.GAP,
                case=tip.case,
                author=author,
                contact=tip.contact,
            ),
        )
    return list(found.values())


def _missing_bundles(db: Database, me: AuthorId) -> list[ExchangeNotice]:
    def whose(row: tuple[AuthorId, bytes]) -> AuthorId:
        return row[0]

    found = []
    for contact, group in groupby(exchange.missing_bundles(db), whose):
        hashes = [envelope.hex() for _contact, envelope in group]
        if contact != me:
            found.append(
                ExchangeNotice(
                    key=_key(NoticeKind.BUNDLE_MISSING, contact, *hashes),
                    kind=NoticeKind.BUNDLE_MISSING,
                    contact=contact,
                    count=len(hashes),
                )
            )
    return found


def _missing_sessions(db: Database) -> list[ExchangeNotice]:
    return [
        ExchangeNotice(
            key=_key(NoticeKind.SESSION_MISSING, row.key, row.case, row.after),
            kind=NoticeKind.SESSION_MISSING,
            case=row.case,
            author=row.key,
            contact=row.author,
        )
        for row in sessions.gaps(db)
    ]


def _doubled_sessions(db: Database) -> list[ExchangeNotice]:
    return [
        ExchangeNotice(
            key=_key(NoticeKind.COPIED, case, author, *points),
            kind=NoticeKind.COPIED,
            case=case,
            author=author,
            contact=author,
            count=len(points),
        )
        for (case, author), points in sessions.doubled(db).items()
    ]


def _forks(db: Database) -> list[ExchangeNotice]:
    found = []
    for case, author in exchange.branched(db):
        branches = exchange.branches(db, case, author)
        points = _points(branches)
        twice = _written_twice(branches)
        kind = NoticeKind.FORK if twice else NoticeKind.COPIED
        found.append(
            ExchangeNotice(
                key=_key(kind, case, author, *points),
                kind=kind,
                case=case,
                author=author,
                count=len(points),
            )
        )
    return found


def _points(branches: list[Branching]) -> list[str]:
    """The entries from which more than one goes on; an empty one is the beginning."""
    after: dict[str, int] = {}
    for branch in branches:
        after[branch.prev] = after.get(branch.prev, 0) + 1
    return sorted(prev for prev, count in after.items() if count > 1)


def _written_twice(branches: list[Branching]) -> bool:
    """Whether a log has two entries of one number, which no honest program writes."""
    places = [(branch.log, branch.seq) for branch in branches]
    return len(set(places)) < len(places)


def _rollbacks(db: Database, me: AuthorId) -> list[ExchangeNotice]:
    def where(tip: NamedTip) -> tuple[CaseId, AuthorId]:
        return tip.case, tip.contact

    mine = [tip for tip in exchange.named_tips(db) if tip.author == me]
    return [
        ExchangeNotice(
            key=_key(NoticeKind.ROLLBACK, case, contact, *(tip.entry for tip in group)),
            kind=NoticeKind.ROLLBACK,
            case=case,
            author=me,
            contact=contact,
        )
        for (case, contact), group in groupby(mine, where)
    ]


def _recovered(db: Database) -> list[ExchangeNotice]:
    return [
        ExchangeNotice(
            key=_key(NoticeKind.RECOVERED, row.case, row.bundle),
            kind=NoticeKind.RECOVERED,
            case=row.case,
            contact=row.contact,
            count=row.count,
        )
        for row in exchange.all_recovered(db)
    ]


def _new_cards(db: Database) -> list[ExchangeNotice]:
    return [
        ExchangeNotice(
            key=_key(NoticeKind.NEW_CARD, author, card),
            kind=NoticeKind.NEW_CARD,
            contact=author,
        )
        for author, card in exchange.offered_cards(db).items()
    ]


def _twins(db: Database) -> list[ExchangeNotice]:
    return [
        ExchangeNotice(
            key=_key(NoticeKind.TWINS, record), kind=NoticeKind.TWINS, record=RecordId(record)
        )
        for record in exchange.twins(db)
    ]


def _interrupted(db: Database) -> list[ExchangeNotice]:
    return [
        ExchangeNotice(
            key=_key(NoticeKind.INTERRUPTED, one.bundle, reader),
            kind=NoticeKind.INTERRUPTED,
            case=one.cases[0] if len(one.cases) == 1 else None,
            contact=reader,
        )
        for one in noting.interrupted(db)
        for reader in one.readers
    ]


def words(notice: ExchangeNotice, me: AuthorId, name: Callable[[AuthorId], str]) -> tuple[str, str]:
    """What it is and what to do next, in two sentences; `name` names an author."""
    author = name(notice.author) if notice.author else ""
    contact = name(notice.contact) if notice.contact else author
    is_mine = notice.author == me
    match notice.kind:
        case NoticeKind.GAP:
            return _gap_words(notice, author, contact, is_mine=is_mine)
        case NoticeKind.BUNDLE_MISSING:
            what = ngettext(
                "{count} earlier bundle by {contact} has not been opened here.",
                "{count} earlier bundles by {contact} have not been opened here.",
                notice.count,
            )
            then = ngettext(
                "It may still be on its way, in any order. If it is lost, ask {contact} for a"
                " bundle of everything.",
                "They may still be on their way, in any order. If one is lost, ask {contact} for a"
                " bundle of everything.",
                notice.count,
            )
        case NoticeKind.SESSION_MISSING:
            what = _(
                "Bundles from an earlier session are missing. What came follows them: {author}."
            )
            then = _(
                "They may still be on their way, in any order. Else ask {contact} for the outbox"
                " again."
            )
        case NoticeKind.COPIED if is_mine:
            what = _("This notebook was copied or restored: its journal goes on in two ways.")
            then = _("Both are kept. If you did not do that, somebody has a copy of it.")
        case NoticeKind.COPIED if notice.contact:
            what = _("Two travel sessions of {author} went on from the same entry.")
            then = _(
                "Both are kept. Ask {author} in person: the laptop lost power as it sealed, was"
                " restored, or somebody writes with a copy of it."
            )
        case NoticeKind.COPIED:
            what = _("The notebook of {author} was copied or restored.")
            then = _("All that was written is kept. Tell {author}, in case they do not know.")
        case NoticeKind.FORK if is_mine:
            what = _("This notebook’s journal has two entries with one number.")
            then = _(
                "Both are kept. It happens when a running computer is copied as a whole;"
                " otherwise somebody writes with your key."
            )
        case NoticeKind.FORK:
            what = _("The journal of {author} has two entries with one number.")
            then = _(
                "Both are kept. Ask {author} in person: a running computer was copied, or"
                " somebody else writes with their key."
            )
        case NoticeKind.ROLLBACK:
            what = _("{contact} has entries signed by you that are not here.")
            then = _(
                "If you removed that case at a departure, that is as it should be. Else this"
                " notebook is older than what {contact} knows, or was copied: ask {contact} for a"
                " bundle of everything, and what you wrote comes back."
            )
        case NoticeKind.RECOVERED:
            what = ngettext(
                "{count} entry that you wrote came back with a bundle by {contact}.",
                "{count} entries that you wrote came back with a bundle by {contact}.",
                notice.count,
            )
            then = ngettext(
                "Your journal goes on after it. Look at what you wrote meanwhile.",
                "Your journal goes on after them. Look at what you wrote meanwhile.",
                notice.count,
            )
        case NoticeKind.NEW_CARD:
            what = _("A bundle signed by {contact} brought a card with other keys.")
            then = _(
                "Bundles for {contact} are sealed with the card you have. Ask {contact} in person"
                " whether their keys are new."
            )
        case NoticeKind.INTERRUPTED:
            what = _("Sealing for {contact} was interrupted at the very end.")
            then = _(
                "Look where the bundle was to lie: where its file, or the first of its parts"
                " (“.001”), has no “.part” behind its name, it is whole and can be handed over."
                " Otherwise seal again; what is left there then goes. For withdrawals {contact}"
                " counts as somebody who has it."
            )
        case _:
            what = _("Two cases claim the same record; one of them is a forgery.")
            then = _("Both are kept and shown apart, each in its case. Check who sent which.")
    numbers = {"count": notice.count, "author": author, "contact": contact}
    return what.format(**numbers), then.format(**numbers)


def _gap_words(
    notice: ExchangeNotice, author: str, contact: str, *, is_mine: bool
) -> tuple[str, str]:
    if not notice.waiting:
        what = _("{contact} counts on entries of {author} that are not here.").format(
            contact=contact, author=author
        )
    else:
        waits = ngettext("{waiting} entry waits", "{waiting} entries wait", notice.waiting).format(
            waiting=notice.waiting
        )
        missing = (
            ngettext(
                "{waits} for {count} earlier entry of your own that is not here.",
                "{waits} for {count} earlier entries of your own that are not here.",
                notice.count,
            )
            if is_mine
            else ngettext(
                "{waits} for {count} earlier entry by {author} that is not here.",
                "{waits} for {count} earlier entries by {author} that are not here.",
                notice.count,
            )
        )
        what = missing.format(waits=waits, count=notice.count, author=author)
    then = _("Ask {contact} for a bundle of everything; then they fall into place.")
    if is_mine:
        then = _("Ask whom you sealed for to send you everything; then they fall into place.")
    return what, then.format(contact=contact)
