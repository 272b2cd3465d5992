"""What contacts are known to hold: said by their envelopes, and shown case by case."""

from collections.abc import Sequence
from dataclasses import dataclass

from notebook import listing, selection
from notebook.envelope import RECEIPT, Have
from notebook.forms import Forms
from notebook.model import AuthorId, CaseId, EntryId, RecordId, Sha256
from notebook.opening import Staged
from notebook.selection import BOOKKEEPING
from notebook.storage import affairs, entries, exchange, records
from notebook.storage.affairs import HoldingRow
from notebook.storage.database import Database
from notebook.storage.exchange import NamedTip


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHolding:
    """What a contact is known to hold of one case."""

    case: CaseId
    title: str
    said_on: str
    """The claimed day of the envelope that said it; empty when they said nothing yet."""
    up_to: str
    """Claimed time of the newest entry that they hold, RFC 3339; empty when none."""
    entries_lacking: int
    """Without the bookkeeping of what was exchanged."""
    files_lacking: int
    """Files that they are not known to hold, and that are here."""
    more_than_here: int
    """Authors of whom they hold entries that are not here."""


def note(db: Database, staged: Staged, *, me: AuthorId) -> None:
    """Remember what the sealer says they hold; a newer envelope replaces, others intersect."""
    if staged.sealer == me:
        return
    for case, have in staged.envelope.have.items():
        _note_case(db, staged, CaseId(case), have)
        exchange.name_tips(
            db, staged.sealer, CaseId(case), _not_here(db, staged, case, have), me=me
        )


def _note_case(db: Database, staged: Staged, case: CaseId, have: Have) -> None:
    said = HoldingRow(
        envelope=staged.envelope_digest,
        tips=have.ids(),
        lacks=have.lacks,
        day=staged.envelope.day,
    )
    known = affairs.holding(db, staged.sealer, case)
    if known is None or _is_after(db, previous_of(staged), known.envelope):
        affairs.set_holding(db, staged.sealer, case, said)
    elif known.envelope != staged.envelope_digest and not _is_after(
        db, known.envelope, staged.envelope_digest
    ):
        # The latest to come is the one that later envelopes will follow: a bundle that was
        # lost on the way must not make all later ones doubtful.
        both = HoldingRow(
            envelope=staged.envelope_digest,
            tips=selection.held_by_both(db, case, known.tips, have.ids()),
            lacks=tuple(sorted(set(known.lacks) | set(have.lacks))),
            day=staged.envelope.day,
        )
        affairs.set_holding(db, staged.sealer, case, both)


def _not_here(db: Database, staged: Staged, case: str, have: Have) -> list[NamedTip]:
    """What the sealer holds and this notebook does not, after the bundle was merged.

    Whoever seals a bundle puts into it all that the reader is not known to hold. So what is
    neither in it nor here, the sealer takes for granted; a receipt holds nothing and says nothing.
    """
    return [
        NamedTip(
            contact=staged.sealer,
            entry=EntryId(tip),
            case=CaseId(case),
            author=AuthorId(author),
            is_counted_on=staged.envelope.kind != RECEIPT,
        )
        for author, tips in have.tips.items()
        for tip in tips
        if entries.entry_num(db, EntryId(tip)) is None
    ]


def previous_of(staged: Staged) -> bytes:
    """The hash of the envelope that the sealer made before this one for us; empty for none."""
    chain = staged.envelope.chain
    return next((bytes.fromhex(chain[tag]) for tag in staged.my_tags if tag in chain), b"")


def _is_after(db: Database, newer: bytes, older: bytes) -> bool:
    """Whether the chain of envelopes leads from `newer` back to `older`."""
    visited: set[bytes] = set()
    current = newer
    while current and current not in visited:
        if current == older:
            return True
        visited.add(current)
        row = affairs.bundle_with_envelope(db, current)
        current = row.previous if row else b""
    return False


def of_contact(db: Database, forms: Forms, contact: AuthorId) -> list[CaseHolding]:
    """What a contact is known to hold of every case, by title."""
    named = exchange.named_tips(db)
    found = []
    for case in entries.case_ids(db):
        home = records.find_in_case(db, case, RecordId(case))
        title = listing.one(db, home).title if home is not None and home.type else ""
        ahead = {tip.author for tip in named if (tip.contact, tip.case) == (contact, case)}
        found.append(_of_case(db, forms, contact, case, title, len(ahead)))
    return sorted(found, key=lambda holding: (holding.title.casefold(), holding.case))


def _of_case(
    db: Database, forms: Forms, contact: AuthorId, case: CaseId, title: str, ahead: int
) -> CaseHolding:
    row = affairs.holding(db, contact, case)
    linked = exchange.linked(db, case)
    held = _behind(linked, row.tips if row else ())
    tips = [
        num for tip in (row.tips if row else ()) if (num := entries.entry_num(db, EntryId(tip)))
    ]
    return CaseHolding(
        case=case,
        title=title,
        said_on=row.day if row else "",
        up_to=max((entries.header_of(db, num).time for num in tips), default=""),
        entries_lacking=sum(
            entry not in held and kind not in BOOKKEEPING for entry, _prev, kind in linked
        ),
        files_lacking=len(_files_lacking(db, forms, case, row, held)),
        more_than_here=ahead,
    )


def _behind(linked: Sequence[tuple[EntryId, str, str]], tips: Sequence[str]) -> set[str]:
    """These tips and everything before them along `prev`."""
    prevs: dict[str, str] = {entry: prev for entry, prev, _kind in linked}
    held: set[str] = set()
    for tip in tips:
        current = tip
        while current in prevs and current not in held:
            held.add(current)
            current = prevs[current]
    return held


def _files_lacking(
    db: Database, forms: Forms, case: CaseId, row: HoldingRow | None, held: set[str]
) -> set[Sha256]:
    """Files that are here and that they said they lack, or whose entry they do not hold."""
    said = set(row.lacks) if row else set()
    return {
        sha
        for sha, naming in listing.evidence_entries(db, forms, case).items()
        if (sha in said or naming.isdisjoint(held)) and affairs.evidence_object(db, sha) is not None
    }
