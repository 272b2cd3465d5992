"""What a person or a script entered, checked against the form: refused by name, or kept exactly."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from notebook.dates import check_edtf
from notebook.errors import Code, NotebookError
from notebook.forms.model import Field, FieldType, Form, unknown_field
from notebook.i18n import _
from notebook.model import JsonValue

MAX_TEXT_BYTES = 4 * 1024 * 1024
MAX_ITEMS = 1000
"""Members of one list; more is a sign that something else was meant."""
MAX_INTEGER = 2**53
"""Beyond it other JSON readers round (FORMATS, JSON)."""

_RECORD_ID = re.compile(r"[0-9a-f]{32}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def check_fields(
    form: Form,
    untrusted_fields: Mapping[str, JsonValue],
    *,
    is_new: bool = False,
    by_program: bool = False,
) -> dict[str, JsonValue]:
    """The fields, checked, in the order given; text stays exactly as it was entered.

    None clears a field, and so does an empty text. A new record needs its title, the only field
    that must be there. Fields written at intake are accepted only `by_program`. Raises
    `NotebookError` UNKNOWN_FIELD or BAD_VALUE, each naming the field.
    """
    known = {field.name: field for field in form.fields}
    checked: dict[str, JsonValue] = {}
    for name, value in untrusted_fields.items():
        if name not in known:
            raise unknown_field(form, name)
        field = known[name]
        if field.is_readonly and not by_program:
            raise _bad(field, _("It is written when the file is taken in, and never changed."))
        checked[name] = None if value is None or value == "" else _value(field, value)
    title = checked.get("title")
    if ("title" in checked or is_new) and not (isinstance(title, str) and title.strip()):
        raise _bad(known["title"], _("Every record needs a title, safe to read aloud."))
    return checked


def _bad(field: Field, why: str) -> NotebookError:
    # The value itself is testimony and stays out of the message.
    return NotebookError(
        Code.BAD_VALUE,
        _("The field “{field}” cannot hold this.").format(field=field.name),
        _("Nothing was changed."),
        why,
    )


def _value(field: Field, value: JsonValue) -> JsonValue:
    match field.type:
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return _text(field, value)
        case FieldType.EDTF:
            return _date(field, value)
        case FieldType.CHOICE:
            return _choice(field, value)
        case FieldType.CHOICES:
            return _distinct(field, [_choice(field, item) for item in _items(field, value)])
        case FieldType.LIST:
            return [_member(field, item) for item in _items(field, value)]
        case FieldType.REFERENCE:
            return _reference(field, value)
        case FieldType.REFERENCES:
            return _distinct(field, [_reference(field, item) for item in _items(field, value)])
        case FieldType.NUMBER:
            return _number(field, value)
        case FieldType.BOOLEAN:
            if isinstance(value, bool):
                return value
            raise _bad(field, _("It needs true or false."))
        case FieldType.DATETIME:
            return _moment(field, value)


def _text(field: Field, value: JsonValue) -> str:
    if not isinstance(value, str):
        raise _bad(field, _("It needs text."))
    try:
        size_bytes = len(value.encode("utf-8"))
    except UnicodeEncodeError:
        raise _bad(field, _("The text holds half a character and cannot be stored.")) from None
    if "\0" in value:
        raise _bad(field, _("The text holds a character that cannot be stored."))
    if size_bytes > MAX_TEXT_BYTES:
        raise _bad(field, _("Text longer than 4 MiB goes in as a file."))
    return value


def _member(field: Field, value: JsonValue) -> str:
    text = _text(field, value)
    if not text.strip():
        raise _bad(field, _("A line of a list cannot be empty."))
    return text


def _date(field: Field, value: JsonValue) -> str:
    try:
        return check_edtf(_text(field, value))
    except NotebookError as error:
        raise _bad(field, error.next_step) from error


def _choice(field: Field, value: JsonValue) -> str:
    values = [option.value for option in field.options]
    if not isinstance(value, str) or value not in values:
        raise _bad(field, _("It needs one of: {options}.").format(options=", ".join(values)))
    return value


def _reference(field: Field, value: JsonValue) -> str:
    if not isinstance(value, str) or not _RECORD_ID.fullmatch(value):
        raise _bad(field, _("It needs a record's id: 32 hexadecimal digits in lower case."))
    return value


def _number(field: Field, value: JsonValue) -> int | float:
    # True is an int to Python, and no number to a person.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad(field, _("It needs a number."))
    if not math.isfinite(value) or abs(value) > MAX_INTEGER:
        raise _bad(field, _("The number is too large."))
    return value


def _moment(field: Field, value: JsonValue) -> str:
    needed = _("It needs date, time and zone, as in 2026-03-05T14:30+05:00.")
    text = _text(field, value)
    if not _MOMENT.fullmatch(text):
        raise _bad(field, needed)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _bad(field, needed) from None
    return text


def _items(field: Field, value: JsonValue) -> Sequence[JsonValue]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _bad(field, _("It needs a list."))
    if len(value) > MAX_ITEMS:
        raise _bad(field, _("A list holds at most 1,000 lines."))
    return value


def _distinct(field: Field, items: list[str]) -> list[str]:
    if len(set(items)) != len(items):
        raise _bad(field, _("The same entry stands twice."))
    return items
