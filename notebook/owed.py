"""After a withdrawal: whose word it waits for here, and who was sent the content and must be told.

Told is whoever a bundle with the withdrawal was sealed for, here or, as far as the journal says so,
elsewhere; that they know is certain once an envelope of theirs says that they hold it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from notebook import listing, registers, selection, strict_json
from notebook.contacts import Contact, People
from notebook.elsewhere import Elsewhere, Seal
from notebook.model import AuthorId, CaseId, EntryId, JsonValue, RecordId
from notebook.projection import EVENT_FIELDS, WITHDRAW_FIELD
from notebook.storage import affairs, entries, records, sent, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.storage.withdrawals import Withdrawal


class State(StrEnum):
    """How far somebody was told."""

    OWED = "owed"
    SEALED = "sealed"
    """A bundle with the withdrawal was sealed for them."""
    ACKNOWLEDGED = "acknowledged"
    """An envelope of theirs says that they hold the withdrawal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A contact who was sent something of a record, or holds it, and its withdrawal."""

    withdrawal: EntryId
    record: RecordId
    case: CaseId
    type: str
    fields: tuple[str, ...]
    withdrawn_on: str
    """The claimed time of the withdrawal, RFC 3339."""
    contact: AuthorId
    name: str
    is_contact: bool
    """Whether a notice can be sealed for them here."""
    sealed_by: str
    """The name of whoever else sealed it for them; empty: sealed here, or known to be held."""
    bundle: str
    """The bundle in which it was sent last; empty when they are only known to hold it."""
    day: str
    """When that was sealed; empty as above."""
    state: State
    told_on: str
    """When the notice was sealed; empty while it is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Bundles that somebody else sealed before they knew of a withdrawal, and not said for whom."""

    withdrawal: EntryId
    record: RecordId
    case: CaseId
    by: AuthorId
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A withdrawal by somebody who neither made the record nor answers for the case."""

    withdrawal: EntryId
    record: RecordId
    case: CaseId
    type: str
    fields: tuple[str, ...]
    by: AuthorId
    name: str
    """Who asked for it, where they are known."""
    at: str
    reason: str


def owed(
    db: Database, me: AuthorId, contacts: Mapping[AuthorId, Contact], people: People
) -> list[Owed]:
    """Everybody who must be told of a withdrawal that is obeyed here, or was told."""
    known, others = _Known(db), Elsewhere(db, me)
    found = []
    for withdrawal in withdrawals.every(db):
        if withdrawal.is_confirmed:
            row = records.by_num(db, withdrawal.record)
            sent_by_others = _by_others(db, others, row, withdrawal)
            # Who holds it and is no contact is told by whoever sealed it for them.
            readers = dict.fromkeys((*contacts, *sent_by_others.holders))
            found += [
                one
                for reader in readers
                if reader not in (me, withdrawal.author)
                and (one := _owed_to(db, known, row, withdrawal, reader, sent_by_others, people))
            ]
    return [replace(one, is_contact=one.contact in contacts) for one in found]


def unseen(db: Database, me: AuthorId, people: People) -> list[Unseen]:
    """What others sealed before they knew of a withdrawal, for readers of whom nothing is said."""
    others = Elsewhere(db, me)
    found = []
    for withdrawal in withdrawals.every(db):
        if withdrawal.is_confirmed:
            row = records.by_num(db, withdrawal.record)
            for author, count in _by_others(db, others, row, withdrawal).unseen.items():
                found.append(
                    Unseen(
                        withdrawal=withdrawal.entry,
                        record=listing.names_of(db, [row])[row.num],
                        case=row.case,
                        by=author,
                        name=people.name(author),
                        count=count,
                    )
                )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _ByOthers:
    """What others sealed of a record that was withdrawn."""

    holders: Mapping[AuthorId, Seal]
    """For each reader the last bundle that was sealed without knowing of the withdrawal."""
    told: Mapping[AuthorId, Seal]
    """For each reader the first one that was sealed knowing of it."""
    unseen: Mapping[AuthorId, int]
    """For each sealer how many bundles there are for readers whom only the steward is told."""


def _by_others(
    db: Database, others: Elsewhere, row: RecordRow, withdrawal: Withdrawal
) -> _ByOthers:
    knowing = others.after(row.case, [withdrawal.entry])
    holders: dict[AuthorId, Seal] = {}
    told: dict[AuthorId, Seal] = {}
    hidden: Counter[AuthorId] = Counter()
    for seal in others.after(row.case, [entry for entry, _place in _values_of(db, row)]):
        if seal in knowing:
            continue
        if seal.readers is None:
            hidden[seal.by] += 1
        holders |= dict.fromkeys(seal.readers or (), seal)
    for seal in reversed(knowing):
        told |= dict.fromkeys(seal.readers or (), seal)
    return _ByOthers(holders=holders, told=told, unseen=hidden)


def _owed_to(
    db: Database,
    known: "_Known",
    row: RecordRow,
    withdrawal: Withdrawal,
    reader: AuthorId,
    others: _ByOthers,
    people: People,
) -> Owed | None:
    before = next((s for s in sent.who_has(db, row.num) if s.contact == reader), None)
    elsewhere = others.holders.get(reader) if before is None else None
    if before is None and elsewhere is None and not known.holds_something(reader, row):
        return None
    told = next(
        (s.at for s in sent.who_was_told(db, withdrawal.entry_num) if s.contact == reader), ""
    )
    if not told and (by_other := others.told.get(reader)):
        told = by_other.at
    is_held = withdrawal.entry in known.held(reader, row.case)
    if before is not None:
        bundle, at = before.bundle, before.at
    else:
        bundle, at = (elsewhere.bundle, elsewhere.at) if elsewhere else ("", "")
    return Owed(
        withdrawal=withdrawal.entry,
        record=listing.names_of(db, [row])[row.num],
        case=row.case,
        type=row.type,
        fields=withdrawal.fields,
        withdrawn_on=entries.header_of(db, withdrawal.entry_num).time,
        contact=reader,
        name=people.name(reader),
        is_contact=True,
        sealed_by=people.name(elsewhere.by) if elsewhere else "",
        bundle=bundle,
        day=at[:10],
        state=State.ACKNOWLEDGED if is_held else State.SEALED if told else State.OWED,
        told_on=told[:10],
    )


def _values_of(db: Database, record: RecordRow) -> Iterator[tuple[EntryId, int]]:
    """Every part that wrote a value of a record or of a member of its lists: entry and place."""
    for about in (record, *records.members(db, record.case, record.id)):
        for part, name in entries.parts_about(db, about.num):
            if name not in EVENT_FIELDS and name != registers.TYPE:
                num, place = entries.split_part(part)
                yield entries.id_of(db, num), place


@dataclass(slots=True)
class _Known:
    """What contacts said they hold, each case once."""

    db: Database
    _held: dict[tuple[AuthorId, CaseId], set[str]] = field(default_factory=dict)

    def held(self, contact: AuthorId, case: CaseId) -> set[str]:
        """The entries of a case that a contact is known to hold."""
        if (contact, case) not in self._held:
            row = affairs.holding(self.db, contact, case)
            tips = set(row.tips) if row else set()
            self._held[contact, case] = selection.ancestors(self.db, case, tips) if tips else set()
        return self._held[contact, case]

    def holds_something(self, contact: AuthorId, record: RecordRow) -> bool:
        """Whether they are known to hold a value of a record."""
        held = self.held(contact, record.case)
        row = affairs.holding(self.db, contact, record.case)
        lacks = set(row.lacks) if row else set()
        return bool(held) and any(
            entry in held and f"{entry}:{place}" not in lacks
            for entry, place in _values_of(self.db, record)
        )


def pending(db: Database, names: Mapping[AuthorId, str]) -> list[Pending]:
    """The withdrawals that hide something here and wait for a person's word."""
    found = []
    for withdrawal in withdrawals.every(db):
        if withdrawal.is_confirmed:
            continue
        row = records.by_num(db, withdrawal.record)
        found.append(
            Pending(
                withdrawal=withdrawal.entry,
                record=listing.names_of(db, [row])[row.num],
                case=row.case,
                type=row.type,
                fields=withdrawal.fields,
                by=withdrawal.author,
                name=names.get(withdrawal.author, ""),
                at=entries.header_of(db, withdrawal.entry_num).time,
                reason=registers.text_of(said(db, withdrawal.entry_num).get("reason")),
            )
        )
    return found


def said(db: Database, num: int) -> Mapping[str, JsonValue]:
    """What the withdrawal in the entry with this number says; empty when it cannot be told."""
    for part, name, _has_value in entries.parts_from(db, num, 1):
        stored = entries.value(db, part) if name == WITHDRAW_FIELD else None
        value = strict_json.parse(stored) if stored is not None else None
        if isinstance(value, Mapping):
            return value
    return {}
