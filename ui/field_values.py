"""What a person types into a field, as the notebook keeps it, and what may be said about it. No Qt.

Nothing is refused while typing: a hint says how a date is understood, or what it needs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from notebook.dates import check_edtf, readable
from notebook.errors import NotebookError
from notebook.forms import Field, FieldType, Form, check_fields
from notebook.i18n import _
from notebook.model import JsonValue
from ui.words import moment_words

LIST_TYPES: Final = frozenset({FieldType.CHOICES, FieldType.LIST, FieldType.REFERENCES})

WITHOUT_ZONE: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """One quiet line under a field."""

    words: str = ""
    is_problem: bool = False


def is_empty(value: JsonValue) -> bool:
    """Whether a value says nothing; `False` and 0 say something."""
    return value is None or value in ("", [], ())


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values mean the same to the notebook."""
    return one == other or (is_empty(one) and is_empty(other))


def typed_value(field: Field, typed: str) -> JsonValue:
    """What was typed into a line, as the field keeps it; a number that is none stays text."""
    text = typed.strip()
    if not text:
        return None
    if field.type is FieldType.NUMBER:
        try:
            return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        except ValueError:
            return text
    if field.type is FieldType.DATETIME:
        return with_zone(text)
    return text if field.type is FieldType.EDTF else typed


def shown_text(value: JsonValue) -> str:
    """A single value as it stands in a line."""
    return "" if value is None else str(value)


def with_zone(typed: str) -> str:
    """A moment without a zone is one of this computer's clock: people type "2026-03-05 14:30"."""
    match = WITHOUT_ZONE.fullmatch(typed)
    if match is None:
        return typed
    try:
        return (
            datetime.fromisoformat(f"{match[1]}T{match[2]}")
            .astimezone()
            .isoformat(timespec="minutes")
        )
    except (ValueError, OverflowError):
        return typed


def hint(field: Field, typed: str) -> Hint:
    """What is said under a line: how a date is understood, or what it would need."""
    text = typed.strip()
    if not text:
        return Hint()
    if field.type is FieldType.EDTF:
        try:
            words = readable(check_edtf(text))
        except NotebookError as error:
            return Hint(words=error.next_step, is_problem=True)
        return Hint(words="" if words == text else words)
    if field.type is FieldType.DATETIME:
        value = with_zone(text)
        try:
            has_zone = datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            has_zone = False
        if not has_zone:
            return Hint(words=_("Write it as 2026-03-05 14:30."), is_problem=True)
        return Hint(words=moment_words(value))
    if field.type is FieldType.NUMBER and isinstance(typed_value(field, text), str):
        return Hint(words=_("Write it in digits."), is_problem=True)
    return Hint()


def problem(form: Form, name: str, value: JsonValue) -> str:
    """Why the journal would not take this value; empty when it would."""
    try:
        check_fields(form, {name: value})
    except NotebookError as error:
        return error.next_step
    return ""


def value_words(field: Field | None, value: JsonValue, name_of: Callable[[str], str]) -> str:
    """A value in words, for history and conflicts; `name_of` gives the title of a record."""
    if is_empty(value):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return "\n".join(value_words(field, item, name_of) for item in value)
    text = str(value)
    if field is None:
        return text
    match field.type:
        case FieldType.EDTF:
            return readable(text)
        case FieldType.DATETIME:
            return moment_words(text)
        case FieldType.CHOICE | FieldType.CHOICES:
            return field.option_label(text)
        case FieldType.REFERENCE | FieldType.REFERENCES:
            return name_of(text)
        case _:
            return text
