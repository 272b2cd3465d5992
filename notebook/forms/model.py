"""What a form is: a record type's sections and fields, already in the person's language."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from notebook.errors import Code, NotebookError
from notebook.i18n import _


class FieldType(StrEnum):
    """What a field holds, and so how it is checked, shown and merged."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EDTF = "edtf"
    """A date with its doubt, EDTF text."""
    CHOICE = "choice"
    CHOICES = "choices"
    LIST = "list"
    """Texts, each a member record, so that two people can add at once."""
    REFERENCE = "reference"
    REFERENCES = "references"
    """Record ids, each a member record."""
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    """A moment with its zone, RFC 3339."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a choice: what is stored, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form."""

    name: str
    type: FieldType
    label: str
    help: str = ""
    standard: str = ""
    """Short name of the standard that asks for it; `notebook.forms.loader.STANDARDS` lists them."""
    is_wanted: bool = False
    """Whether a record without it is shown as incomplete."""
    options: tuple[Option, ...] = ()
    refers_to: tuple[str, ...] = ()
    """Record types that a reference may name."""
    purpose: str | None = None
    """The purpose of handover that this cell of a consent permits or refuses."""
    is_readonly: bool = False
    """Written by the program at intake, never by a person."""
    is_identity: bool = False
    """Says who somebody is; stands apart from the account."""
    is_internal: bool = False
    """For one's own team; the interviewer's comment is not testimony."""
    passes_consent: bool = False
    """Whether the consent of the record it names holds for this record too."""

    def option_label(self, value: str) -> str:
        """The words for a stored answer; the stored word itself where the form has none."""
        return next((option.label for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that are asked together, in the order people work."""

    name: str
    label: str
    help: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One record type."""

    type: str
    label: str
    plural: str
    sections: tuple[Section, ...]
    list_date: str | None = None
    list_place: str | None = None
    list_who: str | None = None
    consent: str = "none"
    """`needed` when a record of this type leaves only with consent, else `none`."""

    fields: tuple[Field, ...] = dataclasses.field(init=False, repr=False, compare=False)
    """Every field, in the order of the form."""
    _by_name: Mapping[str, Field] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the fields once; every save asks for them many times."""
        fields = tuple(field for section in self.sections for field in section.fields)
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "_by_name", {field.name: field for field in fields})

    def field(self, name: str) -> Field:
        """The field called `name`; raises `NotebookError` UNKNOWN_FIELD."""
        try:
            return self._by_name[name]
        except KeyError:
            raise unknown_field(self, name) from None

    def missing(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """Names of the wanted fields that are empty in `values`."""
        return tuple(
            field.name
            for field in self.fields
            if field.is_wanted and values.get(field.name) in (None, "", [], ())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """All record types, in the order in which they are offered."""

    by_type: Mapping[str, Form]

    @property
    def types(self) -> tuple[str, ...]:
        """Names of the record types."""
        return tuple(self.by_type)

    @property
    def needing_consent(self) -> frozenset[str]:
        """Names of the types whose records leave under a consent."""
        return frozenset(name for name, form in self.by_type.items() if form.consent == "needed")

    def __getitem__(self, type: str) -> Form:
        try:
            return self.by_type[type]
        except KeyError:
            raise NotebookError(
                Code.UNKNOWN_TYPE,
                _("There is no record type “{type}”.").format(type=shown_name(type)),
                next_step=_("Record types are: {types}.").format(types=", ".join(self.types)),
            ) from None


def shown_name(untrusted_name: str) -> str:
    """A name from outside, short and printable, fit for a message."""
    return "".join(sign if sign.isprintable() else "�" for sign in untrusted_name[:64])


def unknown_field(form: Form, untrusted_name: str) -> NotebookError:
    """The trouble of a field that the form does not have."""
    return NotebookError(
        Code.UNKNOWN_FIELD,
        _("The record type “{type}” has no field “{field}”.").format(
            type=form.type, field=shown_name(untrusted_name)
        ),
        _("Nothing was changed."),
        _("Its fields are: {fields}.").format(
            fields=", ".join(field.name for field in form.fields)
        ),
    )
