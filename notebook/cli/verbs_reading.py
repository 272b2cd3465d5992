"""The verbs that only read records: list, find, show, history. They write nothing."""

from collections.abc import Mapping, Sequence
from typing import Final

from notebook import strict_json
from notebook.cli import access, safe_text, shapes
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.contacts import People
from notebook.forms import Field, FieldType, Form
from notebook.i18n import _
from notebook.model import CaseId, FieldState, JsonValue, Record, Row
from notebook.notebook import Notebook

MAX_QUERY_BYTES: Final = 64 * 1024
DEFAULT_LIMIT: Final = 50
MOST_HITS: Final = 100_000
SHORT_ID_DIGITS: Final = 8
INDENT: Final = "  "


def list_records(call: Call) -> Answer:
    """List records."""
    with access.opened(call, is_reading=True) as notebook:
        type_, cases = _filters(notebook, call)
        rows = [
            row
            for row in notebook.rows(type=type_, case=cases[0] if len(cases) == 1 else None)
            if not cases or row.case in cases
        ]
    return Answer(value=[shapes.row(row) for row in rows], text=_table(rows))


def find(call: Call) -> Answer:
    """Find records; with several cases, case by case."""
    words = call.arguments.many("QUERY")
    limit = access.number_argument(
        "--limit", call.arguments.value("--limit") or str(DEFAULT_LIMIT), largest=MOST_HITS
    )
    is_typed = words != (access.STANDARD_INPUT,)
    if is_typed:
        access.warn_of_arguments(call)
    with access.opened(call, is_reading=True) as notebook:
        query = (
            access.text_argument(" ".join(words))
            if is_typed
            else access.read_text("-", call, max_bytes=MAX_QUERY_BYTES)
        )
        type_, cases = _filters(notebook, call)
        among: Sequence[CaseId | None] = cases or [None]
        hits = [
            row
            for case in among
            for row in notebook.find(query, type=type_, case=case, limit=limit)
        ][:limit]
    return Answer(
        value=[shapes.row(row, is_hit=True) for row in hits], text=_table(hits, is_found=True)
    )


def _filters(notebook: Notebook, call: Call) -> tuple[str | None, list[CaseId]]:
    """What `--type` and `--case` ask for. Raises UNKNOWN_TYPE, UNKNOWN_RECORD."""
    type_ = call.arguments.value("--type")
    if type_ is not None:
        type_ = notebook.forms[type_].type
    named = [access.case_of(notebook, text) for text in call.arguments.values("--case")]
    return type_, list(dict.fromkeys(named))


def _table(rows: Sequence[Row], *, is_found: bool = False) -> str:
    return safe_text.columns(
        [
            (
                row.id[:SHORT_ID_DIGITS],
                row.type,
                row.date or "-",
                ("! " if row.has_conflict else "") + row.title,
                *([shapes.snippet(row)] if is_found else []),
            )
            for row in rows
        ]
    )


def show(call: Call) -> Answer:
    """Show a record."""
    with access.opened(call, is_reading=True) as notebook:
        record = notebook.record(notebook.resolve(call.arguments.one("RECORD")))
        people = notebook.trust.people()
        form = notebook.forms.by_type.get(record.type)
    return Answer(value=shapes.record(record), text=_record_text(record, form, people))


def _record_text(record: Record, form: Form | None, people: People) -> str:
    known = {field.name: field for field in form.fields} if form else {}
    head = [f"{record.type} {record.id}", _("case {id}").format(id=record.case)]
    if record.is_withdrawn:
        head.append(_("The consent was withdrawn; the content is gone."))
    if record.is_deleted:
        head.append(_("This record was deleted."))
    if record.missing:
        head.append(_("Still empty: {fields}.").format(fields=", ".join(record.missing)))
    body = [
        line
        for name, state in record.fields.items()
        for line in _field_lines(name, known.get(name), state, people)
    ]
    return "\n".join([*head, "", *body]) + "\n"


def _field_lines(name: str, field: Field | None, state: FieldState, people: People) -> list[str]:
    label = safe_text.one_line(name)
    if not state.is_conflict:
        return _labelled(label, _value_lines(field, state.value))
    lines = [f"{label}: " + _("in conflict")]
    for version in state.versions:
        author = people.name(version.author)
        by = safe_text.one_line(f"{author}, {version.time}")
        lines += [INDENT + line for line in _labelled(by, _value_lines(field, version.value))]
    return lines


def _labelled(label: str, value: Sequence[str]) -> list[str]:
    """One line beside its label, several under it."""
    if len(value) == 1:
        return [f"{label}: {value[0]}"]
    return [f"{label}:", *(INDENT + line for line in value)]


def _value_lines(field: Field | None, value: JsonValue) -> list[str]:
    if isinstance(value, str):
        shown = field.option_label(value) if field and field.type is FieldType.CHOICE else value
        return safe_text.lines(shown).split("\n")
    if isinstance(value, Sequence):
        return ["- " + safe_text.one_line(as_text(item)) for item in value]
    return [safe_text.one_line(as_text(value))]


def as_text(value: JsonValue) -> str:
    """A value in words."""
    return value if isinstance(value, str) else strict_json.dump(value).decode()


def history(call: Call) -> Answer:
    """What happened to a record."""
    with access.opened(call, is_reading=True) as notebook:
        lines = notebook.history(notebook.resolve(call.arguments.one("RECORD")))
        people = notebook.trust.people()
    return Answer(
        value=[shapes.history(line) for line in lines],
        text=safe_text.columns(
            [
                (
                    line.time,
                    people.name(line.author),
                    line.kind.value,
                    ", ".join(line.fields) or ", ".join(map(as_text, line.details.values())),
                )
                for line in lines
            ]
        ),
    )


VERBS: Final[Mapping[str, Room]] = {
    "list": list_records,
    "find": find,
    "show": show,
    "history": history,
}
