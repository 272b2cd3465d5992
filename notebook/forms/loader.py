"""The strict reader of a form's TOML: what it does not know it refuses."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from notebook.forms.model import Field, FieldType, Form, Forms, Option, Section
from notebook.i18n import _

FOLDER = Path(__file__).parent

TYPES = ("case", "interview", "person", "consent", "evidence", "place", "event", "note")
"""Record types of this release, in the order in which they are offered."""

STANDARDS = frozenset({"", "ESF", "IP", "MC", "OHCHR", "IntP", "BP", "EJ", "27037", "EDTF"})

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_OPTION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_FORM_KEYS = frozenset(
    {"type", "label", "plural", "consent", "list_date", "list_place", "list_who"}
    | {"options", "section"}
)
_SECTION_KEYS = frozenset({"name", "label", "help", "field"})
_FIELD_KEYS = frozenset(
    {"name", "type", "label", "help", "standard", "options", "refers_to", "purpose"}
    | {"is_wanted", "is_readonly", "is_identity", "is_internal", "passes_consent"}
)
_CHOICE_TYPES = frozenset({FieldType.CHOICE, FieldType.CHOICES})
_REFERENCE_TYPES = frozenset({FieldType.REFERENCE, FieldType.REFERENCES})

Table = Mapping[str, object]
OptionSets = Mapping[str, tuple[Option, ...]]


class FormError(ValueError):
    """A form is written wrongly; the message says where."""


def load_forms(folder: Path = FOLDER) -> Forms:
    """Read every form, with its words in the language that is set now; raises `FormError`."""
    forms = {type_: load_form((folder / f"{type_}.toml").read_text("utf-8")) for type_ in TYPES}
    for type_, form in forms.items():
        if form.type != type_:
            raise FormError(f"{type_}.toml describes {form.type!r}")
        for field in form.fields:
            for target in field.refers_to:
                if target not in forms:
                    raise FormError(f"{type_}.{field.name} refers to {target!r}, which is no type")
    return Forms(by_type=forms)


def load_form(text: str) -> Form:
    """Read one form from TOML text; raises `FormError`."""
    try:
        table: Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormError(str(error)) from error
    _only(table, _FORM_KEYS, "form")
    type_ = _name(table, "form")
    option_sets = _option_sets(table, type_)
    sections = tuple(
        _section(section, option_sets, type_) for section in _tables(table, "section", type_)
    )
    form = Form(
        type=type_,
        label=_words(table, "label", type_),
        plural=_words(table, "plural", type_),
        sections=sections,
        list_date=_optional_text(table, "list_date", type_),
        list_place=_optional_text(table, "list_place", type_),
        list_who=_optional_text(table, "list_who", type_),
        consent=_text(table, "consent", type_),
    )
    _check_whole(form)
    return form


def _check_whole(form: Form) -> None:
    names = [field.name for field in form.fields]
    section_names = [section.name for section in form.sections]
    if len(set(names)) != len(names) or len(set(section_names)) != len(section_names):
        raise FormError(f"{form.type}: a name stands twice")
    if "title" not in names:
        raise FormError(f"{form.type}: every record has a title")
    if form.consent not in {"needed", "none"}:
        raise FormError(f"{form.type}: consent is 'needed' or 'none'")
    for listed in (form.list_date, form.list_place, form.list_who):
        if listed is not None and listed not in names:
            raise FormError(f"{form.type}: {listed!r} is listed and is no field")


def _section(table: Table, option_sets: OptionSets, where: str) -> Section:
    _only(table, _SECTION_KEYS, where)
    name = _name(table, where, key="name")
    where = f"{where}.{name}"
    return Section(
        name=name,
        label=_words(table, "label", where),
        help=_(_optional_text(table, "help", where) or ""),
        fields=tuple(_field(field, option_sets, where) for field in _tables(table, "field", where)),
    )


def _field(table: Table, option_sets: OptionSets, where: str) -> Field:
    _only(table, _FIELD_KEYS, where)
    name = _name(table, where, key="name")
    where = f"{where}.{name}"
    try:
        type_ = FieldType(_text(table, "type", where))
    except ValueError as error:
        raise FormError(f"{where}: unknown type of field") from error
    set_name = _optional_text(table, "options", where)
    if (set_name is not None) != (type_ in _CHOICE_TYPES):
        raise FormError(f"{where}: choices have options, and nothing else has")
    if set_name is not None and set_name not in option_sets:
        raise FormError(f"{where}: there are no options {set_name!r}")
    refers_to = _strings(table, "refers_to", where)
    if bool(refers_to) != (type_ in _REFERENCE_TYPES):
        raise FormError(f"{where}: references say what they refer to, and nothing else does")
    standard = _optional_text(table, "standard", where) or ""
    if standard not in STANDARDS:
        raise FormError(f"{where}: {standard!r} is no standard we name")
    purpose = _optional_text(table, "purpose", where)
    if purpose is not None and type_ is not FieldType.CHOICE:
        raise FormError(f"{where}: a purpose is answered by a choice")
    passes_consent = _flag(table, "passes_consent", where)
    if passes_consent and type_ not in _REFERENCE_TYPES:
        raise FormError(f"{where}: only a reference passes consent on")
    return Field(
        name=name,
        type=type_,
        label=_words(table, "label", where),
        help=_(_optional_text(table, "help", where) or ""),
        standard=standard,
        is_wanted=_flag(table, "is_wanted", where),
        options=option_sets[set_name] if set_name is not None else (),
        refers_to=refers_to,
        purpose=purpose,
        is_readonly=_flag(table, "is_readonly", where),
        is_identity=_flag(table, "is_identity", where),
        is_internal=_flag(table, "is_internal", where),
        passes_consent=passes_consent,
    )


def _option_sets(table: Table, where: str) -> OptionSets:
    sets = table.get("options", {})
    if not isinstance(sets, Mapping):
        raise FormError(f"{where}: options is a table")
    return {name: _options(pairs, f"{where}.options.{name}") for name, pairs in sets.items()}


def _options(pairs: object, where: str) -> tuple[Option, ...]:
    if not isinstance(pairs, list) or not pairs:
        raise FormError(f"{where}: options are a list of [value, label]")
    options = []
    for pair in pairs:
        match pair:
            case [str(value), str(label)] if _OPTION.fullmatch(value) and label:
                options.append(Option(value=value, label=_(label)))
            case _:
                raise FormError(f"{where}: an option is [value, label]")
    if len({option.value for option in options}) != len(options):
        raise FormError(f"{where}: an option stands twice")
    return tuple(options)


def _only(table: Table, keys: frozenset[str], where: str) -> None:
    if unknown := table.keys() - keys:
        raise FormError(f"{where}: unknown key {min(unknown)!r}")


def _text(table: Table, key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise FormError(f"{where}: {key} is a text")
    return value


def _optional_text(table: Table, key: str, where: str) -> str | None:
    return _text(table, key, where) if key in table else None


def _words(table: Table, key: str, where: str) -> str:
    return _(_text(table, key, where))


def _name(table: Table, where: str, *, key: str = "type") -> str:
    name = _text(table, key, where)
    if not _NAME.fullmatch(name):
        raise FormError(f"{where}: {name!r} is no name")
    return name


def _flag(table: Table, key: str, where: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise FormError(f"{where}: {key} is true or false")
    return value


def _strings(table: Table, key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FormError(f"{where}: {key} is a list of texts")
    return tuple(value)


def _tables(table: Table, key: str, where: str) -> tuple[Table, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(t, Mapping) for t in value):
        raise FormError(f"{where}: at least one [[{key}]]")
    return tuple(value)
