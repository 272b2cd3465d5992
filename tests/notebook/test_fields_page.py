"""The page about fields says which fields each record type has and what they hold."""

import re

from notebook.forms import Field, FieldType, Form, load_forms
from tests.support import REPOSITORY

PAGE = (REPOSITORY / "docs" / "FIELDS.md").read_text("utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")[1:]}
FORMS = load_forms()
KINDS = {
    FieldType.TEXT: "text",
    FieldType.LONG_TEXT: "text",
    FieldType.EDTF: "date",
    FieldType.DATETIME: "moment",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "true or false",
    FieldType.LIST: "list of texts",
    FieldType.CHOICE: "one of",
    FieldType.CHOICES: "list of",
    FieldType.REFERENCE: "id of",
    FieldType.REFERENCES: "list of ids of",
}


def row(field: Field) -> str:
    """The line of a field, as it stands on the page."""
    named = field.refers_to or tuple(option.value for option in field.options)
    value = " ".join([KINDS[field.type], ", ".join(f"`{name}`" for name in named)]).strip()
    notes = [
        note
        for note, holds in (
            ("wanted", field.is_wanted),
            ("by the program", field.is_readonly),
            ("who somebody is", field.is_identity),
            ("own team", field.is_internal),
        )
        if holds
    ]
    return f"| `{field.name}` | {value} | {field.label} | {', '.join(notes)} |"


def table(form: Form) -> list[str]:
    """The lines of a record type."""
    return [row(field) for field in form.fields]


def test_every_record_type_has_its_section_in_the_order_of_the_program() -> None:
    assert [name for name in SECTIONS if name in FORMS.types] == list(FORMS.types)


def test_every_field_stands_there_with_what_it_holds() -> None:
    for type_ in FORMS.types:
        lines = re.findall(r"^\| `.*$", SECTIONS[type_], re.MULTILINE)
        assert lines == table(FORMS[type_]), type_
