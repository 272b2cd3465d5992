"""What the record's view needs to know from the notebook, in its lane. No Qt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook.errors import Code, NotebookError
from notebook.forms import FieldType, Form
from notebook.i18n import _
from notebook.model import CaseId, Changes, JsonValue, Record, RecordId, bare_id, id_in_case
from ui.record_draft import Heads

if TYPE_CHECKING:
    from notebook.notebook import Notebook

CANDIDATES = 8
"""As many records are offered under a reference that is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that a reference may name."""

    id: RecordId
    title: str
    type_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Titles around a record."""

    names: Mapping[str, str]
    cases: tuple[tuple[CaseId, str], ...]


def find_record(notebook: "Notebook", record: RecordId) -> Record | None:
    """The record, or None when the journal has none of this id (it may be a draft)."""
    try:
        return notebook.record(record)
    except NotebookError as error:
        if error.code is Code.UNKNOWN_RECORD:
            return None
        raise


def around(
    notebook: "Notebook", form: Form, values: Mapping[str, JsonValue], case: CaseId
) -> Around:
    """The titles of every record that these values of a case name, and of the cases."""
    cases = tuple((CaseId(row.id), row.title) for row in notebook.cases())
    return Around(
        names={target: title_of(notebook, target, case) for target in references(form, values)},
        cases=cases,
    )


def references(form: Form, values: Mapping[str, JsonValue]) -> set[RecordId]:
    """Every record that the values name."""
    found: set[RecordId] = set()
    for field in form.fields:
        value = values.get(field.name)
        if field.type is FieldType.REFERENCE and isinstance(value, str):
            found.add(RecordId(value))
        elif field.type is FieldType.REFERENCES and isinstance(value, list | tuple):
            found |= {RecordId(target) for target in value if isinstance(target, str)}
    return found


def title_of(notebook: "Notebook", record: RecordId, case: CaseId) -> str:
    """The title of a record that one of this case names, or words for one that is not here."""
    for name in (id_in_case(case, record), record):
        try:
            return notebook.record(name).title or _("Untitled")
        except NotebookError as error:
            if error.code not in (Code.UNKNOWN_RECORD, Code.AMBIGUOUS_ID):
                raise
    return _("A record that is not here yet")


def candidates(
    notebook: "Notebook",
    types: Iterable[str],
    words: str,
    *,
    case: CaseId,
    without: frozenset[str],
) -> tuple[Candidate, ...]:
    """Records of these types whose title holds the words, those of the case first."""
    wanted = words.casefold().split()
    found = [
        (
            row.case != case,
            Candidate(id=bare_id(row.id), title=row.title, type_label=_label(notebook, type_)),
        )
        for type_ in types
        for row in notebook.rows(type=type_)
        if row.id not in without and all(word in row.title.casefold() for word in wanted)
    ]
    found.sort(key=lambda pair: pair[0])
    return tuple(candidate for _is_elsewhere, candidate in found[:CANDIDATES])


def add_and_read(
    notebook: "Notebook",
    *,
    record: RecordId,
    type_: str,
    case: CaseId,
    fields: Mapping[str, JsonValue],
) -> tuple[Record, Changes]:
    """Add a record, and read it before anything else can happen to it."""
    _id, changes = notebook.add(type_, None if type_ == "case" else case, fields, record=record)
    return notebook.record(record), changes


def write_and_read(
    notebook: "Notebook",
    *,
    record: RecordId,
    case: CaseId,
    fields: Mapping[str, JsonValue],
    replaces: Mapping[str, Heads],
) -> tuple[Record, Changes]:
    """Edit a record, and read it before anything else can happen to it."""
    # Whatever claimed the same id meanwhile, what was typed goes where the person typed it.
    exact = id_in_case(case, bare_id(record))
    changes = notebook.edit(exact, fields, replaces=replaces)
    return replace(notebook.record(exact), id=record), changes


def _label(notebook: "Notebook", type_: str) -> str:
    return notebook.forms[type_].label
