"""From the journal to the tables: store an entry, link it, and refresh what it touched.

Replaying the same entries in any order, any number of times, ends in the same tables.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from notebook import analysis, earlier, journal, obeying, registers, sessions, strict_json
from notebook.forms import Forms
from notebook.journal import Entry, PartRef
from notebook.model import AuthorId, JsonValue, Kind, RecordId
from notebook.progress import Progress
from notebook.storage import entries, index, records, withdrawals
from notebook.storage.database import Database

WITHDRAW_FIELD = "_withdraw"
COVERS = "covers"
"""The field of a consent that names what it covers."""
_ID = re.compile(r"[0-9a-f]{32}")
_DEEDS = frozenset({"_custody", "_seal", "_readers", "_receive", sessions.FIELD})
# Written in frames but no register: a line in a record's history and nothing else.
EVENT_FIELDS = _DEEDS | {WITHDRAW_FIELD}
# Only these write registers: what calls itself bookkeeping, or is of a kind that a later version
# knows, changes no record here.
WRITING_KINDS = frozenset({Kind.OP.value, Kind.EVIDENCE.value})

Frames = Sequence[journal.Frame | None]
"""The frame of each part of an entry, where it is here."""


class Outcome(Enum):
    """What became of an entry that was stored."""

    NEW = "new"
    WAITING = "waiting"
    PRESENT = "present"
    FILLED = "filled"
    """Known before, and brought content that was missing."""


def store(db: Database, entry: Entry, *, touched: set[int]) -> Outcome:
    """Store an entry whose signature and commitments were checked; collect touched records."""
    known = entries.entry_num(db, entry.id)
    if known is not None:
        return _fill(db, known, entry, touched)
    num = entries.insert(db, entry)
    frames = entry.frames()
    is_linked = entries.link_state(db, entry)
    stored = _store_parts(db, num, entry, frames, is_new=True, is_linked=is_linked)
    if not is_linked:
        entries.wait(db, num, entry.header.prev)
        return Outcome.WAITING
    _link(db, num, entry, frames, touched, stored.records)
    return Outcome.NEW


def append(
    db: Database,
    entry: Entry,
    frames: Frames,
    *,
    touched: set[int],
    written: registers.Written,
) -> None:
    """Store an entry that was made this moment, after our newest one in its case.

    Nobody can know it yet, so nothing is looked for that knows it, waits for it or replaces it.
    """
    num = entries.insert(db, entry)
    stored = _store_parts(db, num, entry, frames, is_new=True, is_linked=True)
    entries.advance_tip(db, num, entry)
    _apply(db, num, entry, frames, stored.places, touched, stored.records)
    written.writers[num] = (entry.header.author, entry.header.time)
    for place in stored.places:
        value = entry.parts[place].value
        if value is not None:
            written.values[entries.part_number(num, place)] = value


def _fill(db: Database, num: int, entry: Entry, touched: set[int]) -> Outcome:
    """Add what an earlier copy of the entry lacked."""
    frames = entry.frames()
    is_linked = entries.link_state(db, entry)
    stored = _store_parts(db, num, entry, frames, is_new=False, is_linked=is_linked)
    if not stored.places:
        return Outcome.PRESENT
    if not entries.is_waiting(db, num):
        _apply(db, num, entry, frames, stored.places, touched, stored.records, stored.applied)
    return Outcome.FILLED


@dataclass(frozen=True, slots=True)
class _Stored:
    """What was stored of an entry."""

    places: Sequence[int]
    """Of the parts of which something was added."""
    applied: frozenset[int]
    """Of the parts whose frame was here before."""
    records: dict[RecordId, int]
    """The numbers of the records that were met."""


def _store_parts(
    db: Database, num: int, entry: Entry, frames: Frames, *, is_new: bool, is_linked: bool
) -> _Stored:
    """Store frames and values that are not here yet.

    Of a new entry nothing can be here, so nothing is looked for.
    """
    added: list[int] = []
    known: set[int] = set()
    numbers: dict[RecordId, int] = {}
    new_frames: list[entries.FrameRow] = []
    new_contents: list[entries.ContentRow] = []
    is_anything_withdrawn = withdrawals.exist(db)
    named = filter(registers.is_record_id, _named_in(entry, frames, registers.PARENT))
    parent = next((RecordId(str(value)) for value in named), None)
    # What `_identify` will find is known already, so that a new row is written once.
    types = _named_in(entry, frames, registers.TYPE) if is_new and is_linked else ()
    type_ = next((value for value in types if isinstance(value, str)), "")
    for place, (part, frame) in enumerate(zip(entry.parts, frames, strict=True)):
        if frame is None:
            if is_new or not entries.has_frame(db, entries.part_number(num, place)):
                entries.set_lacking(db, num, place, is_lacking=True)
            continue
        number = entries.part_number(num, place)
        if frame.record not in numbers:
            numbers[frame.record] = records.record_num(db, entry.header.case, frame.record, type_)
        record = numbers[frame.record]
        is_added = False
        if is_new or not entries.has_frame(db, number):
            new_frames.append((number, record, frame.field, part))
            is_added = True
        else:
            known.add(place)
        if (
            part.value is not None
            and (is_new or not entries.has_content(db, number))
            and (is_new or not entries.is_destroyed(db, number))
            and not (
                is_anything_withdrawn
                and obeying.must_wait(db, entry, record, frame.field, parent, is_linked=is_linked)
            )
        ):
            new_contents.append((number, entry.header.parts[place], part))
            is_added = True
            if not is_new:
                entries.set_lacking(db, num, place, is_lacking=False)
        else:
            _note_lack(db, num, place, part)
        if is_added:
            added.append(place)
    entries.insert_frames(db, new_frames)
    entries.insert_contents(db, new_contents)
    return _Stored(added, frozenset(known), numbers)


def _note_lack(db: Database, num: int, place: int, part: journal.Part) -> None:
    """Remember whether a part's value is still to come from somebody."""
    number = entries.part_number(num, place)
    if entries.has_content(db, number):
        entries.set_lacking(db, num, place, is_lacking=False)
    elif part.value is not None and not entries.is_destroyed(db, number):
        # It was offered and not stored, because a withdrawal may cover it.
        entries.set_lacking(db, num, place, is_lacking=True)


def _named_in(entry: Entry, frames: Frames, field: str) -> Iterator[JsonValue]:
    """What the entry writes into the field."""
    for part, frame in zip(entry.parts, frames, strict=True):
        if frame is not None and frame.field == field and part.value is not None:
            yield strict_json.parse(part.value)


def _link(
    db: Database,
    num: int,
    entry: Entry,
    frames: Frames,
    touched: set[int],
    known: dict[RecordId, int],
) -> None:
    """Apply a linked entry, then those that waited for it, without recursion.

    `known` are the numbers of records, as far as they were looked up for this entry.
    """
    pending = [(num, entry, frames)]
    while pending:
        num, entry, frames = pending.pop()
        # Not sooner: whoever is not waiting counts as applied.
        entries.stop_waiting(db, num)
        entries.advance_tip(db, num, entry)
        _apply(db, num, entry, frames, range(len(entry.parts)), touched, known)
        known = {}
        for child in entries.waiting_for(db, entry.id):
            waiting = entries.load(db, child)
            if entries.link_state(db, waiting):
                pending.append((child, waiting, waiting.frames()))


def _apply(
    db: Database,
    num: int,
    entry: Entry,
    frames: Frames,
    places: Iterable[int],
    touched: set[int],
    known: Mapping[RecordId, int],
    applied: frozenset[int] = frozenset(),
) -> None:
    # What was applied before, and now got its value, is a head already or was replaced for ever.
    is_writing = entry.header.kind in WRITING_KINDS
    numbers: dict[RecordId, int] = {}
    awaited: dict[RecordId, bool] = {}
    heads: list[records.HeadRow] = []
    for place in places:
        part, frame = entry.parts[place], frames[place]
        if frame is None:
            continue
        if frame.record not in numbers:
            number = known.get(frame.record)
            if number is None:
                number = records.record_num(db, entry.header.case, frame.record)
            numbers[frame.record] = number
            awaited[frame.record] = records.awaits_replaced(db, number)
        record = numbers[frame.record]
        touched.add(record)
        if frame.field not in _DEEDS:  # Who looked at it or passed it on changed nothing of it.
            records.note_change(db, record, entry.header.time)
        if frame.field == WITHDRAW_FIELD:
            _apply_withdrawal(db, num, entry, record, part)
        elif frame.field == sessions.FIELD:
            sessions.learn(db, entry, part)
        elif place not in applied and is_writing and frame.field not in EVENT_FIELDS:
            records.replace_heads(db, record, frame.field, frame.base)
            ref = PartRef(entry.id, place)
            if not (awaited[frame.record] and records.is_replaced(db, record, frame.field, ref)):
                heads.append((record, frame.field, entries.part_number(num, place)))
    # After all of them: no part can replace one of its own entry, as it would have to name its id.
    records.insert_heads(db, heads)


def _apply_withdrawal(
    db: Database, num: int, entry: Entry, record: int, part: journal.Part
) -> None:
    if entry.header.kind != Kind.WITHDRAW:
        return
    fields: tuple[str, ...] = (withdrawals.EVERY_FIELD,)
    value: JsonValue = strict_json.parse(part.value) if part.value is not None else None
    if isinstance(value, dict) and isinstance(named := value.get("fields"), list):
        fields = tuple(str(name) for name in named)
    withdrawals.add(db, entry_num=num, record=record, fields=fields)


def refresh(
    db: Database,
    forms: Forms,
    touched: set[int],
    *,
    me: AuthorId,
    progress: Progress,
    written: registers.Written | None = None,
) -> list[RecordId]:
    """Rewrite the projection of touched records; the records of these that people see."""
    if written is None or withdrawals.exist(db):
        # What was written may just have been destroyed.
        written = registers.Written()
    owners: dict[int, records.RecordRow | None] = {}
    changed: list[RecordId] = []
    heads = {num: _identify(db, num, written) for num in sorted(touched | obeying.settled_now(db))}
    for num in heads:
        row = records.by_num(db, num)
        if row.parent is not None:
            obeying.enforce(db, num, me)
            _settle_deletion(db, row)
            owners.setdefault(records.record_num(db, row.case, row.parent))
        else:
            owners[num] = row
    for done, num in enumerate(sorted(owners)):
        if done % 100 == 0:
            progress.step(done, len(owners))
        obeying.enforce(db, num, me)
        owner = owners[num] or records.by_num(db, num)
        _project(db, forms, owner, heads.get(num), written)
        changed.append(owner.id)
    return changed


def _identify(db: Database, num: int, written: registers.Written) -> records.Heads:
    """Read from the journal what type a record is of and which list it belongs to; its heads."""
    heads = records.heads(db, num)
    if _is_stub(db, num, heads):
        return heads
    type_ = _first(db, heads.get(registers.TYPE), written)
    parent = _first(db, heads.get(registers.PARENT), written)
    field = _first(db, heads.get(registers.LIST), written)
    is_member = registers.is_record_id(parent) and isinstance(field, str)
    if is_member:
        records.place_member(db, num, RecordId(str(parent)), str(field))
    # A member whose list is not known yet is nothing that anybody could be shown.
    is_orphan = type_ == registers.MEMBER_TYPE and not is_member
    records.set_type(db, num, type_ if isinstance(type_, str) and not is_orphan else "")
    return heads


def _is_stub(db: Database, num: int, heads: Mapping[str, object]) -> bool:
    """Whether this is a case of an earlier travel session: a place, and nothing known of it."""
    return not heads and earlier.is_one(db, records.by_num(db, num))


def _first(db: Database, heads: list[records.Head] | None, written: registers.Written) -> JsonValue:
    """The first value that is here among the heads, by entry id; who wrote it does not matter."""
    for head in heads or []:
        stored = written.value(db, head.part)
        if stored is not None:
            return registers.parsed(stored)
    return None


def _settle_deletion(db: Database, row: records.RecordRow) -> tuple[bool, bool]:
    """Store for a member whether it is deleted."""
    states = registers.states(db, row)
    is_deleted, is_disputed = registers.deletion(states, _living_heads(db, row))
    records.store_projection(
        db,
        row.num,
        is_deleted=is_deleted,
        is_withdrawn=False,
        has_conflict=is_disputed,
        changed=row.changed,
        summary=b"",
    )
    return is_deleted, is_disputed


def _living_heads(db: Database, row: records.RecordRow) -> frozenset[str]:
    return frozenset(
        str(head.ref)
        for field, heads in records.heads(db, row.num).items()
        if not field.startswith("_")
        for head in heads
    )


def deletion_mark(db: Database, row: records.RecordRow) -> list[str]:
    """What a deletion written now says it has seen: every head of the record and its members."""
    seen = set(_living_heads(db, row))
    for member in records.members(db, row.case, row.id):
        seen |= _living_heads(db, member)
    return sorted(seen)


def _project(
    db: Database,
    forms: Forms,
    row: records.RecordRow,
    heads: records.Heads | None,
    written: registers.Written,
) -> None:
    """Rewrite what is shown, named and found of a record; `heads` if they were read already."""
    num = row.num
    hidden = withdrawals.of_record(db, num)
    states = registers.states(db, row, heads=heads, hidden=hidden, written=written)
    if _is_stub(db, num, states):
        return
    members = records.members(db, row.case, row.id)
    record = registers.load(db, forms, row, states, members)
    is_deleted, is_disputed = False, False
    if registers.DELETED in states:
        living = _living_heads(db, row).union(*(_living_heads(db, member) for member in members))
        is_deleted, is_disputed = registers.deletion(states, living)
    withdrawn = [w for w in hidden if w.is_whole]
    is_withdrawn = bool(withdrawn) and (
        not record.fields or any(not w.is_confirmed for w in withdrawn)
    )
    form = forms.by_type.get(row.type)
    summary: dict[str, JsonValue] = {"title": record.title, "missing": list(record.missing)}
    if form is not None:
        for key, name in (
            ("date", form.list_date),
            ("place", form.list_place),
            ("who", form.list_who),
        ):
            state = record.fields.get(name) if name else None
            summary[key] = registers.text_of(state.value) if state else ""
    records.store_projection(
        db,
        num,
        is_deleted=is_deleted,
        is_withdrawn=is_withdrawn,
        has_conflict=bool(record.conflicts) or is_disputed,
        changed=max(about.changed for about in (row, *members)),
        summary=strict_json.dump(summary),
    )
    is_shown = bool(row.type) and not is_deleted and not is_withdrawn
    records.replace_links(
        db,
        num,
        [(field.name, target) for field, target in registers.references(form, record)]
        + _still_refused(db, [w for w in hidden if w.covers(COVERS)])
        if form is not None
        else [],
    )
    index.replace(db, num, analysis.index_text(registers.all_text(record)) if is_shown else "")


def _still_refused(
    db: Database, withdrawn: list[withdrawals.Withdrawal]
) -> list[tuple[str, RecordId]]:
    """What a withdrawn consent covered: its content is gone, and its refusal stays."""
    named: list[tuple[str, RecordId]] = []
    for withdrawal in withdrawn:
        entry = entries.load(db, withdrawal.entry_num)
        for part in entry.parts:
            value = strict_json.parse(part.value) if part.value is not None else None
            covered = value.get("covers") if isinstance(value, dict) else None
            if isinstance(covered, list):
                named += [
                    (COVERS, RecordId(target))
                    for target in covered
                    if isinstance(target, str) and _ID.fullmatch(target)
                ]
    return named


def reindex(db: Database, forms: Forms, *, me: AuthorId, progress: Progress) -> None:
    """Make the index of a database anew that was filled without it, and what lists show."""
    refresh(db, forms, set(records.numbers(db)), me=me, progress=progress)


def rebuild(db: Database, forms: Forms, *, me: AuthorId, progress: Progress) -> None:
    """Forget every projection and replay the journal."""
    records.reset(db)
    index.clear(db)
    # Everything waits, so that nothing is linked before its parent was replayed.
    entries.wait_all(db)
    nums = entries.all_nums(db)
    touched: set[int] = set()
    for done, num in enumerate(nums, start=1):
        if entries.is_waiting(db, num):
            entry = entries.load(db, num)
            if entries.link_state(db, entry):
                _link(db, num, entry, entry.frames(), touched, {})
        if done % 100 == 0 or done == len(nums):
            progress.step(done, len(nums))
    refresh(db, forms, touched, me=me, progress=progress)
