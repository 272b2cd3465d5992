"""After a withdrawal: whose word it waits for here, and who was sent the content and must be told.

Told is whoever a bundle with the withdrawal was sealed for; that they know is certain once an
envelope of theirs says that they hold it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from notebook import registers, selection, strict_json
from notebook.contacts import Contact
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
    bundle: str
    """The bundle in which it was sent last; empty when they are only known to hold it."""
    day: str
    """When that was sealed; empty as above."""
    state: State
    told_on: str
    """When the notice was sealed; empty while it is owed."""


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


def owed(db: Database, contacts: Mapping[AuthorId, Contact]) -> list[Owed]:
    """Everybody who must be told of a withdrawal that is obeyed here, or was told."""
    known = _Known(db)
    found = []
    for withdrawal in withdrawals.every(db):
        if withdrawal.is_confirmed:
            row = records.by_num(db, withdrawal.record)
            found += [
                one
                for contact in contacts.values()
                if (one := _owed_to(db, known, row, withdrawal, contact)) is not None
            ]
    return found


def _owed_to(
    db: Database, known: "_Known", row: RecordRow, withdrawal: Withdrawal, contact: Contact
) -> Owed | None:
    before = next((s for s in sent.who_has(db, row.num) if s.contact == contact.id), None)
    if contact.id == withdrawal.author or (
        before is None and not known.holds_something(contact.id, row)
    ):
        return None
    told = next(
        (s for s in sent.who_was_told(db, withdrawal.entry_num) if s.contact == contact.id), None
    )
    is_held = withdrawal.entry in known.held(contact.id, row.case)
    return Owed(
        withdrawal=withdrawal.entry,
        record=row.id,
        case=row.case,
        type=row.type,
        fields=withdrawal.fields,
        withdrawn_on=entries.header_of(db, withdrawal.entry_num).time,
        contact=contact.id,
        name=contact.name,
        bundle=before.bundle if before else "",
        day=before.at[:10] if before else "",
        state=State.ACKNOWLEDGED if is_held else State.SEALED if told else State.OWED,
        told_on=told.at[:10] if told else "",
    )


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
        for about in (record, *records.members(self.db, record.case, record.id)):
            for part, name in entries.parts_about(self.db, about.num):
                if name in EVENT_FIELDS or name == registers.TYPE:
                    continue
                num, place = entries.split_part(part)
                entry = entries.id_of(self.db, num)
                if entry in held and f"{entry}:{place}" not in lacks:
                    return True
        return False


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
                record=row.id,
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
