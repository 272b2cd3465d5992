"""What a person does to records: add, change, delete, bring back, add to and take from lists."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from notebook import earlier, projection, registers
from notebook.errors import Code, NotebookError
from notebook.forms import Form, check_fields
from notebook.i18n import _
from notebook.journal import PartRef
from notebook.model import CaseId, EntryId, JsonValue, Kind, RecordId, Version, id_in_case
from notebook.registers import Member
from notebook.storage import records
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.transaction import Transaction

Replaces = Mapping[str, Sequence[tuple[EntryId, int]]]


def row_in(db: Database, record: RecordId) -> RecordRow:
    """The row of a record that is there. Raises UNKNOWN_RECORD."""
    row = records.find(db, record)
    if row is None or not row.type or row.parent is not None:
        raise unknown_record()
    return row


def row_of(tx: Transaction, record: RecordId) -> RecordRow:
    """As `row_in`, in a transaction."""
    return row_in(tx.db, record)


def add(
    tx: Transaction,
    type_: str,
    case: CaseId | None,
    fields: Mapping[str, JsonValue],
    *,
    record: RecordId | None = None,
    by_program: bool = False,
) -> RecordId:
    """Add a record. Raises UNKNOWN_TYPE, UNKNOWN_FIELD, BAD_VALUE, UNKNOWN_RECORD."""
    form = tx.forms[type_]
    checked = check_fields(form, fields, is_new=True, by_program=by_program)
    new = record or tx.new_record_id()
    known = records.find(tx.db, record) if record is not None else None
    if known is not None and known.type:
        raise NotebookError(
            Code.BAD_INPUT, _("A record with this id is there already."), _("Nothing was changed.")
        )
    home = _home(tx, type_, case, new)
    if not by_program:
        _check_references(tx.db, form, home, checked, {})
    lists = {name: value for name, value in checked.items() if registers.is_list(form, name)}
    scalars = {
        name: value for name, value in checked.items() if name not in lists and value is not None
    }
    tx.write_fields(
        new,
        home,
        {registers.TYPE: type_, **scalars},
        kind=Kind.EVIDENCE if type_ == "evidence" else Kind.OP,
    )
    for name, values in lists.items():
        _write_list(tx, new, home, name, [], _items(values), ())
    return new


def _home(tx: Transaction, type_: str, case: CaseId | None, new: RecordId) -> CaseId:
    """The case a new record belongs to; a case is its own."""
    if type_ == "case":
        if case is not None and case != CaseId(new):
            raise NotebookError(
                Code.BAD_INPUT,
                _("A case does not belong to another case."),
                _("Nothing was changed."),
                _("Leave “case” out."),
            )
        return CaseId(new)
    if case is None:
        raise NotebookError(
            Code.BAD_INPUT,
            _("It is not said which case the record belongs to."),
            _("Nothing was changed."),
            _("Give the id of a case as “case”."),
        )
    row = records.find_in_case(tx.db, case, RecordId(case))
    if row is None or row.type != "case" or row.is_deleted:
        raise NotebookError(
            Code.UNKNOWN_RECORD,
            _("There is no such case."),
            _("Nothing was changed."),
            _("Cases are listed by “list --type case”."),
        )
    return case


def edit(
    tx: Transaction,
    record: RecordId,
    fields: Mapping[str, JsonValue],
    *,
    replaces: Replaces | None = None,
    by_program: bool = False,
) -> None:
    """Change fields; a write replaces the heads that were shown, by default the current ones.

    What equals the one current value is not written again.
    """
    row = row_of(tx, record)
    earlier.refuse(tx.db, row)
    form = tx.forms[row.type]
    checked = check_fields(form, fields, by_program=by_program)
    known = records.heads(tx.db, row.num)
    heads = {name: known[name] for name in checked if name in known}
    shown = registers.states(tx.db, row, heads=heads, written=tx.written)
    has_lists = any(registers.is_list(form, name) for name in checked)
    listed = registers.members(tx.db, row) if has_lists else {}
    if not by_program:
        there = {name: list(state.versions) for name, state in shown.items()}
        for name, members in listed.items():
            there[name] = [version for member in members for version in member.state.versions]
        _check_references(tx.db, form, row.case, checked, there)
    changed: dict[str, JsonValue] = {}
    bases: dict[str, Sequence[PartRef]] = {}
    for name, value in checked.items():
        if registers.is_list(form, name):
            continue
        state = shown.get(name)
        replaced = (
            [PartRef(entry, part) for entry, part in replaces[name]]
            if replaces is not None and name in replaces
            else [head.ref for head in heads.get(name, [])]
        )
        is_same = (
            (state is None and value is None)
            or (state is not None and not state.is_conflict and state.value == value)
        ) and {str(ref) for ref in replaced} >= {str(h.ref) for h in heads.get(name, [])}
        if not is_same:
            changed[name], bases[name] = value, replaced
    if changed:
        tx.write_fields(row.id, row.case, changed, bases=bases)
    for name, value in checked.items():
        if registers.is_list(form, name):
            seen = replaces.get(name) if replaces is not None else None
            members = listed.get(name, [])
            _write_list(tx, row.id, row.case, name, members, _items(value), seen)


def _check_references(
    db: Database,
    form: Form,
    case: CaseId,
    checked: Mapping[str, JsonValue],
    there: Mapping[str, Sequence[Version]],
) -> None:
    """Refuse the id of a record that is here and of a type the field does not name.

    What is not here yet may come, and what stands there already is whoever wrote it's. Raises
    BAD_VALUE.
    """
    for name, value in checked.items():
        types = form.field(name).refers_to
        known = [version.value for version in there.get(name, ())]
        for item in _items(value) if types else ():
            row = records.find_in_case(db, case, RecordId(str(item)))
            if row is not None and row.type and row.type not in types and item not in known:
                raise NotebookError(
                    Code.BAD_VALUE,
                    _("The field “{field}” cannot hold this.").format(field=name),
                    _("Nothing was changed."),
                    _("It needs the id of one of: {types}.").format(types=", ".join(types)),
                )


def _items(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _write_list(
    tx: Transaction,
    record: RecordId,
    case: CaseId,
    field: str,
    members: Sequence[Member],
    wanted: Sequence[JsonValue],
    seen: Sequence[tuple[EntryId, int]] | None,
) -> None:
    """Turn a list into another by adding, deleting and moving members.

    A member that the person had not seen (`seen` names what was shown) is never taken away.
    """
    left = list(members)
    kept: list[Member | None] = []
    for value in wanted:
        match = next((m for m in left if [v.value for v in m.state.versions] == [value]), None)
        if match is not None:
            left.remove(match)
        kept.append(match)
    for gone in left:
        if seen is None or set(gone.state.heads) <= set(seen):
            _delete_row(tx, gone.row)
    last = max((m.order for m in members), default=None)
    previous: Fraction | None = None
    for place, (value, member) in enumerate(zip(wanted, kept, strict=True)):
        following = next((m.order for m in kept[place + 1 :] if m is not None), None)
        if member is not None and (previous is None or member.order > previous):
            previous = member.order
            continue
        if following is not None and (previous is None or previous < following):
            order = registers.between(previous, following)
        else:
            order = registers.between(max(filter(None, (previous, last)), default=None), None)
        previous = order
        if member is not None:
            heads = records.heads(tx.db, member.row.num).get(registers.ORDER, [])
            tx.write_fields(
                member.row.id,
                case,
                {registers.ORDER: str(order)},
                bases={registers.ORDER: [head.ref for head in heads]},
            )
        else:
            tx.write_fields(
                tx.new_record_id(),
                case,
                {
                    registers.TYPE: registers.MEMBER_TYPE,
                    registers.PARENT: record,
                    registers.LIST: field,
                    registers.ORDER: str(order),
                    registers.MEMBER_VALUE: value,
                },
            )


def delete(tx: Transaction, record: RecordId) -> None:
    """Delete a record; its journal stays and it can be brought back."""
    row = row_of(tx, record)
    earlier.refuse(tx.db, row)
    if row.type == "case" and any(
        other.num != row.num for other in records.visible(tx.db, type_=None, case=row.case)
    ):
        raise NotebookError(
            Code.BAD_INPUT,
            _("The case still holds records."),
            _("Nothing was changed."),
            _("Delete its records first."),
        )
    _delete_row(tx, row)


def _delete_row(tx: Transaction, row: RecordRow) -> None:
    _write_deleted(tx, row, projection.deletion_mark(tx.db, row))


def restore(tx: Transaction, record: RecordId) -> None:
    """Bring a deleted record back."""
    row = row_of(tx, record)
    _write_deleted(tx, row, False)


def _write_deleted(tx: Transaction, row: RecordRow, value: JsonValue) -> None:
    heads = records.heads(tx.db, row.num).get(registers.DELETED, [])
    tx.write_fields(
        row.id,
        row.case,
        {registers.DELETED: value},
        bases={registers.DELETED: [head.ref for head in heads]},
    )


def resolve(db: Database, untrusted_id: str) -> RecordId:
    """The id that this is, or begins: six or more digits if unambiguous; or CASE/RECORD, whole.

    Raises UNKNOWN_RECORD, and AMBIGUOUS_ID for an id that more than one case claims.
    """
    text = untrusted_id.strip().lower()
    case, _slash, record = text.rpartition("/")
    if registers.is_record_id(case) and registers.is_record_id(record):
        row = records.find_in_case(db, CaseId(case), RecordId(record))
        if row is not None and row.type and row.parent is None:
            return id_in_case(row.case, row.id)
    elif 6 <= len(text) <= 32 and set(text) <= set("0123456789abcdef"):
        found = records.starting_with(db, text)
        if len({row.id for row in found}) == 1:
            # Which one is meant must be said when two cases claim it.
            records.find(db, found[0].id)
            return found[0].id
    raise unknown_record()


def no_file() -> NotebookError:
    """The trouble of a record that is no evidence, or evidence that no file belongs to."""
    return NotebookError(
        Code.UNKNOWN_RECORD,
        _("No file belongs to this record."),
        _("Nothing was changed."),
        _("Records with a file are listed by “list --type evidence”."),
    )


def unknown_record() -> NotebookError:
    """The trouble of an id that nothing here has."""
    return NotebookError(
        Code.UNKNOWN_RECORD,
        _("There is no such record in this notebook."),
        _("Nothing was changed."),
        _("Records and their ids are listed by “list”."),
    )
