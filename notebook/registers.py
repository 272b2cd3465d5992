"""From heads to what a person sees: field states, lists made of members, whole records.

A field is a multi-value register: its heads are the parts no known part replaces. One value is
the normal case; values that are equal as JSON coalesce; else every one is kept and shown.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from notebook import strict_json
from notebook.forms import Field, FieldType, Form, Forms
from notebook.model import AuthorId, FieldState, JsonValue, Record, RecordId, Version
from notebook.storage import entries, records, withdrawals
from notebook.storage.database import Database, DatabaseDamaged
from notebook.storage.records import RecordRow

TYPE = "_type"
PARENT = "_parent"
LIST = "_list"
ORDER = "_order"
DELETED = "_deleted"
MEMBER_VALUE = "value"
MEMBER_TYPE = "member"
_RECORD_ID = re.compile("[0-9a-f]{32}")
_SHA256 = re.compile("[0-9a-f]{64}")
_ORDER_TEXT = re.compile("[0-9]{1,2000}(/[1-9][0-9]{0,2000})?")
LIST_TYPES = frozenset({FieldType.LIST, FieldType.REFERENCES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a list, as it stands."""

    row: RecordRow
    order: Fraction
    state: FieldState


Writers = dict[int, tuple[AuthorId, str]]
"""Author and claimed time of entries by number, looked up once while a record is read."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction wrote itself, and need not read back."""

    values: dict[int, bytes] = dataclasses.field(default_factory=dict)
    """The values of parts by number."""
    writers: Writers = dataclasses.field(default_factory=dict)

    def value(self, db: Database, part: int) -> bytes | None:
        """A part's value, from here or from the journal."""
        return self.values[part] if part in self.values else entries.value(db, part)

    def writer(self, db: Database, num: int) -> tuple[AuthorId, str]:
        """Author and claimed time of an entry, from here or from the journal."""
        return self.writers[num] if num in self.writers else entries.writer_of(db, num)


_NOTHING = Written()


def field_state(
    db: Database,
    heads: Sequence[records.Head],
    writers: Writers | None = None,
    written: Written = _NOTHING,
) -> FieldState:
    """The versions behind these heads, equal values coalesced, sorted by entry id.

    A head whose value is not here (withheld, withdrawn) shows nothing. Raises `DatabaseDamaged`.
    """
    versions: list[Version] = []
    known_values: set[bytes] = set()
    known_writers = {} if writers is None else writers
    for head in heads:
        stored = written.value(db, head.part)
        if stored is None:
            continue
        value = parsed(stored)
        if len(heads) > 1:
            same = canonical(value)
            if same in known_values:
                continue
            known_values.add(same)
        num = entries.split_part(head.part)[0]
        if num not in known_writers:
            known_writers[num] = written.writer(db, num)
        author, time = known_writers[num]
        versions.append(
            Version(
                value=value,
                author=author,
                time=time,
                entry=head.ref.entry,
                part=head.ref.part,
            )
        )
    return FieldState(
        versions=tuple(versions), heads=tuple((head.ref.entry, head.ref.part) for head in heads)
    )


def words(db: Database, row: RecordRow) -> str:
    """All text of a record and of its lists' members, as the index knows it."""
    return "\n".join(texts(db, row))


def texts(db: Database, row: RecordRow) -> list[str]:
    """What `words` is made of: the text of each field, none twice."""
    hidden = [w for w in withdrawals.of_record(db, row.num) if not w.is_confirmed]
    found = [
        text_of(value)
        for about in (row, *records.members(db, row.case, row.id))
        if not about.is_deleted
        for field, heads in records.heads(db, about.num).items()
        if not field.startswith("_") and not any(w.covers(about.list or field) for w in hidden)
        for head in heads
        if (stored := entries.value(db, head.part)) is not None
        for value in [parsed(stored)]
    ]
    return [*dict.fromkeys(found)]


def states(
    db: Database,
    row: RecordRow,
    *,
    heads: records.Heads | None = None,
    hidden: Sequence[withdrawals.Withdrawal] | None = None,
    written: Written = _NOTHING,
) -> dict[str, FieldState]:
    """The state of every field of a record that has a value; fields withdrawn are left out.

    `heads` are the record's, and `hidden` its withdrawals, if they were read already.
    """
    known = records.heads(db, row.num) if heads is None else heads
    covering = withdrawals.of_record(db, row.num) if hidden is None else hidden
    found: dict[str, FieldState] = {}
    writers: Writers = {}
    for name, of_field in known.items():
        if any(w.covers(name) and not w.is_confirmed for w in covering):
            continue
        state = field_state(db, of_field, writers, written)
        if state.versions and not (len(state.versions) == 1 and state.value is None):
            found[name] = state
    return found


def members(
    db: Database, row: RecordRow, rows: Sequence[RecordRow] | None = None
) -> dict[str, list[Member]]:
    """The living members of each list of a record, in order; `rows` if they were read already."""
    found: dict[str, list[Member]] = {}
    for member in records.members(db, row.case, row.id) if rows is None else rows:
        fields = states(db, member)
        if member.is_deleted or MEMBER_VALUE not in fields or member.list is None:
            continue
        found.setdefault(member.list, []).append(
            Member(
                row=member, order=order_of(_value(fields.get(ORDER))), state=fields[MEMBER_VALUE]
            )
        )
    for listed in found.values():
        listed.sort(key=lambda member: (member.order, member.row.id))
    return found


def list_state(members_of_list: Sequence[Member]) -> FieldState:
    """A list as one value; a member in conflict shows each of its versions."""
    values = [v.value for member in members_of_list for v in member.state.versions]
    newest = max((member.state.versions[0] for member in members_of_list), key=lambda v: v.time)
    return FieldState(
        versions=(
            Version(
                value=values,
                author=newest.author,
                time=newest.time,
                entry=newest.entry,
                part=newest.part,
            ),
        ),
        heads=tuple(head for member in members_of_list for head in member.state.heads),
    )


def load(
    db: Database,
    forms: Forms,
    row: RecordRow,
    known: Mapping[str, FieldState] | None = None,
    rows: Sequence[RecordRow] | None = None,
) -> Record:
    """A whole record, fields in the order of its form, then those the form does not know.

    `known` are its `states`, and `rows` those of its lists' members, if they were read already.
    """
    own = states(db, row) if known is None else known
    listed = members(db, row, rows)
    hidden = [w for w in withdrawals.of_record(db, row.num) if not w.is_confirmed] if listed else []
    lists = {
        field: list_state(found)
        for field, found in listed.items()
        if not any(w.covers(field) for w in hidden)
    }
    shown = {name: state for name, state in own.items() if not name.startswith("_")} | lists
    form = forms.by_type.get(row.type)
    order = {field.name: place for place, field in enumerate(form.fields)} if form else {}
    fields = dict(sorted(shown.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))
    values = {name: state.value for name, state in fields.items()}
    return Record(
        id=row.id,
        case=row.case,
        type=row.type,
        fields=fields,
        is_deleted=row.is_deleted,
        is_withdrawn=row.is_withdrawn,
        missing=form.missing(values) if form else (),
    )


def deletion(
    states_of_record: Mapping[str, FieldState], living_heads: frozenset[str]
) -> tuple[bool, bool]:
    """Whether a record is deleted, and whether people disagree about that.

    A deletion names every head its author had seen. What somebody else wrote without knowing of
    the deletion brings the record back as a disagreement: a deletion never hides unseen work.
    """
    state = states_of_record.get(DELETED)
    if state is None:
        return False, False
    seen: set[str] = set()
    for version in state.versions:
        if not isinstance(version.value, list):
            return False, state.is_conflict
        seen |= {str(ref) for ref in version.value}
    return (True, False) if living_heads <= seen else (False, True)


def text_of(value: JsonValue) -> str:
    """A value as words for the index and for lists."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(text_of(item) for item in value)
    return "" if value is None or isinstance(value, bool) else str(value)


def is_list(form: Form, name: str) -> bool:
    """Whether a field's value is made of member records."""
    return form.field(name).type in LIST_TYPES


def references(form: Form, record: Record) -> list[tuple[Field, RecordId]]:
    """Every record this one names, with the field that names it; conflicts name several."""
    named: list[tuple[Field, RecordId]] = []
    for field in form.fields:
        if field.type not in (FieldType.REFERENCE, FieldType.REFERENCES):
            continue
        state = record.fields.get(field.name)
        for version in state.versions if state else ():
            targets = version.value if isinstance(version.value, list) else [version.value]
            named += [(field, RecordId(str(t))) for t in targets if is_record_id(t)]
    return named


def all_text(record: Record) -> str:
    """Every version of every field as text, as the index knows it."""
    return "\n".join(
        text_of(version.value) for state in record.fields.values() for version in state.versions
    )


def is_record_id(value: JsonValue) -> bool:
    """Whether a value that anybody may have written can be a record's id."""
    return isinstance(value, str) and _RECORD_ID.fullmatch(value) is not None


def is_sha256(value: JsonValue) -> bool:
    """Whether a value that anybody may have written can be a file's hash."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def canonical(value: JsonValue) -> bytes:
    """The same bytes for all that is equal as JSON, whatever it looks like: 1 and 1.0 are."""
    return strict_json.dump(_plain(value))


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) <= strict_json.MAX_INTEGER
        return int(value) if is_whole else value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def between(low: Fraction | None, high: Fraction | None) -> Fraction:
    """An order between two others; beyond the end when one side is open."""
    if low is None:
        return Fraction(1) if high is None else high / 2
    return low + 1 if high is None else (low + high) / 2


def _value(state: FieldState | None) -> JsonValue:
    return state.value if state and state.versions else None


def order_of(text: JsonValue) -> Fraction:
    """A member's place in its list; anybody may have written anything there."""
    # An unreadable order must not hide the member; ties are broken by its id. Decimals and
    # exponents are no orders: "1e999999999" would be a number that fills the memory.
    if not isinstance(text, str) or not _ORDER_TEXT.fullmatch(text):
        return Fraction(0)
    return Fraction(text)


def parsed(stored: bytes) -> JsonValue:
    """The value in stored bytes. Raises `DatabaseDamaged`."""
    try:
        return strict_json.parse(stored)
    except strict_json.BadJson:
        raise DatabaseDamaged("a stored value cannot be read") from None
