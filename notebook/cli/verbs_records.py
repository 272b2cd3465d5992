"""The verbs that write records: add, edit, withdraw; and what withdrawals leave to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from notebook import editing, strict_json, withdrawal_reach
from notebook.cli import access, safe_text, shapes
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.contacts import SHORT_ID_DIGITS
from notebook.errors import Code, NotebookError
from notebook.forms import Field, FieldType, Form
from notebook.i18n import _
from notebook.model import CaseId, JsonValue, RecordId, bare_id
from notebook.notebook import Notebook
from notebook.owed import State
from notebook.storage.withdrawals import EVERY_FIELD
from notebook.transaction import Transaction

MAX_INPUT_BYTES: Final = 64 * 1024 * 1024
MAX_REASON_BYTES: Final = 64 * 1024
_ID_DIGITS = frozenset("0123456789abcdef")
_RECORD_KEYS = frozenset({"id", "type", "case", "fields"})
_TEXT_TYPES = frozenset(
    {
        FieldType.TEXT,
        FieldType.LONG_TEXT,
        FieldType.EDTF,
        FieldType.CHOICE,
        FieldType.REFERENCE,
        FieldType.DATETIME,
    }
)
"""Fields whose VALUE on a command line is the text itself; JSON for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """One record as it was given, its keys checked."""

    type: str
    untrusted_case: str | None
    fields: Mapping[str, JsonValue]
    id: RecordId | None


def add(call: Call) -> Answer:
    """Add records in one transaction. Raises BAD_INPUT and as `Notebook.add`."""
    names = call.arguments.many("FILE.json")
    access.check_standard_input(names)
    if set(names) != {access.STANDARD_INPUT}:
        call.console.warn(
            _("Warning: a JSON file stays on this disk in clear. “-” reads standard input instead.")
        )
    with access.opened(call) as notebook:
        records = [record for name in names for record in _read(name, call)]
        given = {record.id for record in records if record.id}
        cases = [_case(notebook, record.untrusted_case, given) for record in records]

        def operation(tx: Transaction) -> list[RecordId]:
            return [
                _add_one(tx, record, case, number if len(records) > 1 else None)
                for number, (record, case) in enumerate(zip(records, cases, strict=True), start=1)
            ]

        ids, _changes = notebook.transact(operation)
    return Answer(value={"ids": [*ids]}, text="".join(f"{id_}\n" for id_ in ids))


def _read(name: str, call: Call) -> list[NewRecord]:
    """The records in one FILE; what is wrong with them names it. Raises BAD_INPUT."""
    content = access.read_bytes(name, call, max_bytes=MAX_INPUT_BYTES)
    try:
        return _new_records(content)
    except NotebookError as trouble:
        if name == access.STANDARD_INPUT:
            raise
        raise _bad_input(f"“{safe_text.one_line(name)}”: {trouble.what}") from trouble


def _new_records(untrusted_json: bytes) -> list[NewRecord]:
    """A record or a list of them. Raises BAD_INPUT."""
    try:
        value = strict_json.parse(untrusted_json, max_bytes=MAX_INPUT_BYTES)
    except strict_json.BadJson as error:
        raise _bad_input(_("It cannot be read as JSON: {why}.").format(why=error)) from None
    listed = value if isinstance(value, list) else [value]
    return [_new_record(item) for item in listed]


def _new_record(value: JsonValue) -> NewRecord:
    if not isinstance(value, Mapping):
        raise _bad_input(_("A record is a JSON object."))
    unknown = sorted(value.keys() - _RECORD_KEYS)
    if unknown:
        raise _bad_input(
            _("A record has no “{key}”; it has: {keys}.").format(
                key=safe_text.one_line(unknown[0][:64]), keys=", ".join(sorted(_RECORD_KEYS))
            )
        )
    type_, case, fields, id_ = (value.get(key) for key in ("type", "case", "fields", "id"))
    if not isinstance(type_, str) or not isinstance(fields, Mapping):
        raise _bad_input(_("A record needs “type”, a text, and “fields”, an object."))
    if case is not None and not isinstance(case, str):
        raise _bad_input(_("“case” is the id of a case."))
    if id_ is not None and not (isinstance(id_, str) and _is_record_id(id_)):
        raise _bad_input(_("“id” is 32 hexadecimal digits in lower case."))
    return NewRecord(
        type=type_,
        untrusted_case=case,
        fields=fields,
        id=RecordId(id_) if id_ is not None else None,
    )


def _is_record_id(text: str) -> bool:
    return len(text) == 32 and set(text) <= _ID_DIGITS


def _bad_input(why: str) -> NotebookError:
    return NotebookError(Code.BAD_INPUT, why, _("Nothing was added or changed."))


def _case(notebook: Notebook, untrusted_case: str | None, given: set[RecordId]) -> CaseId | None:
    """A case that is here, or that the same command adds."""
    if untrusted_case is None or untrusted_case in given:
        return None if untrusted_case is None else CaseId(RecordId(untrusted_case))
    return CaseId(notebook.resolve(untrusted_case))


def _add_one(
    tx: Transaction, record: NewRecord, case: CaseId | None, number: int | None
) -> RecordId:
    try:
        added = editing.add(tx, record.type, case, record.fields, record=record.id)
    except NotebookError as trouble:
        if number is None:
            raise
        what = _("Record {number}: {what}").format(number=number, what=trouble.what)
        raise NotebookError(trouble.code, what, trouble.safe, trouble.next_step) from trouble
    if record.type == "case":
        # The records that follow may belong to it, so it has to be a case before the end.
        tx.settle()
    return added


def edit(call: Call) -> Answer:
    """Change fields; every current version of each is replaced, so that a conflict ends."""
    changes = call.arguments.many("FIELD=VALUE")
    is_typed = changes != (access.STANDARD_INPUT,)
    if is_typed:
        if not all("=" in change for change in changes):
            raise UsageError(_("Changes are given as FIELD=VALUE, or “-” alone."))
        access.warn_of_arguments(call)
    with access.opened(call) as notebook:
        record = notebook.record(notebook.resolve(call.arguments.one("RECORD")))
        fields = (
            _typed_fields(notebook.forms[record.type], changes)
            if is_typed
            else _fields(access.read_bytes("-", call, max_bytes=MAX_INPUT_BYTES))
        )
        notebook.edit(record.id, fields)
    return Answer(value={"id": record.id}, text=f"{record.id}\n")


def _fields(untrusted_json: bytes) -> Mapping[str, JsonValue]:
    try:
        value = strict_json.parse(untrusted_json, max_bytes=MAX_INPUT_BYTES)
    except strict_json.BadJson as error:
        raise _bad_input(_("It cannot be read as JSON: {why}.").format(why=error)) from None
    if not isinstance(value, Mapping):
        raise _bad_input(_("Changes are a JSON object: each field's name and its new value."))
    return value


def _typed_fields(form: Form, changes: Sequence[str]) -> dict[str, JsonValue]:
    """FIELD=VALUE as fields. Raises UNKNOWN_FIELD, BAD_VALUE; `UsageError` for a field twice."""
    fields: dict[str, JsonValue] = {}
    for change in changes:
        name, _equals, text = access.text_argument(change).partition("=")
        if name in fields:
            raise UsageError(_("A field is given twice."))
        fields[name] = _typed_value(form.field(name), text)
    return fields


def _typed_value(field: Field, text: str) -> JsonValue:
    if field.type in _TEXT_TYPES or not text:
        return text or None
    try:
        return strict_json.parse(text.encode("utf-8"))
    except strict_json.BadJson:
        raise NotebookError(
            Code.BAD_VALUE,
            _("The field “{field}” needs its value as JSON.").format(field=field.name),
            _("Nothing was changed."),
        ) from None


def withdraw(call: Call) -> Answer:
    """Destroy the content of records. Raises UNKNOWN_RECORD."""
    reason = call.arguments.value("--reason") or ""
    is_typed = reason != access.STANDARD_INPUT
    if is_typed:
        access.warn_of_arguments(call)
    with access.opened(call) as notebook:
        if not is_typed:
            reason = access.read_text("-", call, max_bytes=MAX_REASON_BYTES)
        reason = access.text_argument(reason).strip()
        if not reason:
            raise UsageError(_("--reason needs some words."))
        named = [notebook.record(notebook.resolve(i)).id for i in call.arguments.many("RECORD")]
        ids = list(dict.fromkeys(named))
        fields = tuple(dict.fromkeys(call.arguments.values("--fields"))) or (EVERY_FIELD,)
        copies = [copy for id_ in ids for copy in notebook.copying.made_of(id_) if copy not in ids]
        reach = withdrawal_reach.of(notebook, ids)
        beside = [id_ for id_ in (*reach.named, *reach.of_cases) if id_ not in ids]
        stays = beside if EVERY_FIELD in fields else []
        notebook.withdraw(ids, reason, fields)
        bare = {bare_id(id_) for id_ in (*ids, *copies)}
        owed = [
            one
            for one in notebook.owed()
            if bare_id(one.record) in bare and one.state is State.OWED
        ]
        unseen = [one for one in notebook.unseen_readers() if bare_id(one.record) in bare]
    call.console.warn(
        _("Copies that were sealed to others and opened there are out of this program's reach.")
    )
    if stays:
        call.console.warn(
            _(
                "Evidence about it, or what it covered, keeps what it holds. Withdraw it too: {ids}"
            ).format(ids=" ".join(stays))
        )
    for name in dict.fromkeys(one.name for one in owed if one.is_contact):
        call.console.warn(
            _("{name} was sent it and must be told: seal a bundle for them.").format(
                name=safe_text.one_line(name)
            )
        )
    for one in {(one.name, one.sealed_by): one for one in owed if not one.is_contact}.values():
        call.console.warn(_by_another(one.name, one.sealed_by))
    for name in dict.fromkeys(one.name for one in unseen):
        call.console.warn(_by_another("", name))
    return Answer(
        value={
            "ids": [*ids],
            "copies": [*dict.fromkeys(copies)],
            "stays": [*stays],
            "owed": [shapes.owed(one) for one in owed],
        },
        text="".join(f"{id_}\n" for id_ in ids),
    )


def _by_another(reader: str, sealer: str) -> str:
    if reader:
        said = _("{sealer} sealed it for {reader}, who is no contact of yours: ask {sealer}.")
    else:
        said = _("{sealer} sealed it for others, and only the case's steward knows for whom.")
    return safe_text.one_line(said.format(sealer=sealer, reader=reader))


def list_withdrawals(call: Call) -> Answer:
    """What waits for a word here, and who must be told of what was withdrawn. Writes nothing."""
    with access.opened(call, is_reading=True) as notebook:
        pending, owed = notebook.pending_withdrawals(), notebook.owed()
        unseen = notebook.unseen_readers()
    lines = [
        _("{record} is hidden: {name} withdrew it. “withdraw” destroys it here too.").format(
            record=one.record, name=one.name or one.by[:SHORT_ID_DIGITS]
        )
        for one in pending
    ]
    lines += [f"{one.record}  {one.name}  {one.state.value}  {one.told_on}" for one in owed]
    lines += [f"{one.record}  {_by_another('', one.name)}" for one in unseen]
    return Answer(
        value={
            "pending": [shapes.pending(one) for one in pending],
            "owed": [
                shapes.owed(one)
                | {
                    "state": one.state.value,
                    "told_on": one.told_on,
                    "withdrawn_on": one.withdrawn_on[:10],
                }
                for one in owed
            ],
            "unseen": [shapes.unseen(one) for one in unseen],
        },
        text="".join(safe_text.one_line(line.rstrip()) + "\n" for line in lines),
    )


VERBS: Final[Mapping[str, Room]] = {
    "add": add,
    "edit": edit,
    "withdraw": withdraw,
    "withdrawals": list_withdrawals,
}
