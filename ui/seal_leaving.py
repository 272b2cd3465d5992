"""One record before it leaves: its fields and texts, what stays, why it goes. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from notebook import handover
from notebook.forms import Form, Forms
from notebook.i18n import _, ngettext, number
from notebook.model import JsonValue, RecordId
from notebook.preview import LeavingField, LeavingRecord, Text
from notebook.selection import Stays
from ui import field_values
from ui.handover_words import names_words
from ui.seal_look_pages import because_words, is_file_alone
from ui.words import size_words

MOST_SHOWN: Final = 3000
"""Characters of one text that are shown; the whole stands in the record itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """A field that leaves, or that a person keeps back."""

    name: str
    label: str
    text: str
    goes: bool
    may_change: bool
    """Whether a person can let it go or keep it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingPage:
    """All of one record that leaves."""

    id: RecordId
    title: str
    facts: tuple[str, ...]
    fields: tuple[FieldLine, ...]


def leaving_page(forms: Forms, record: LeavingRecord, titles: Mapping[str, str]) -> LeavingPage:
    """The record as the sheet shows it; `titles` names the records that it refers to."""
    form = forms.by_type.get(record.type)
    lines = [
        FieldLine(
            name=field.name,
            label=_label(form, field.name),
            text=_field_words(form, field, titles),
            goes=True,
            may_change=True,
        )
        for field in record.fields
    ]
    lines += [
        FieldLine(
            name=name,
            label=_label(form, name),
            text=stays_words(why),
            goes=False,
            may_change=why is Stays.LEFT_OUT,
        )
        for name, why in record.stays.items()
    ]
    return LeavingPage(
        id=record.id,
        title=record.title or _("Untitled"),
        facts=_facts(form, record),
        fields=tuple(lines),
    )


def _facts(form: Form | None, record: LeavingRecord) -> tuple[str, ...]:
    facts = [form.label if form else record.type]
    if record.because:
        facts.append(_("It goes as {why}.").format(why=because_words(record.because)))
    if record.verdict:
        facts.append(handover.consent_words(record.verdict.permission))
    if record.is_deleted:
        facts.append(_("This was deleted here, and its text leaves with the journal."))
    by_field: dict[str, list[str]] = {}
    for found in record.names:
        by_field.setdefault(found.field, []).append(found.name)
    facts += [
        _("A known name stands in “{field}”: {names}").format(
            field=_label(form, field), names=names_words(list(dict.fromkeys(names)))
        )
        for field, names in by_field.items()
    ]
    goes = (
        _("Its file goes alone ({size}): they asked for it, and have the text already.")
        if is_file_alone(record)
        else _("Its file goes with it ({size}).")
    )
    facts += [goes.format(size=size_words(size)) for _sha, size in record.files]
    facts += [
        _("Its file follows later ({size}).").format(size=size_words(size))
        for _sha, size in record.later
    ]
    return tuple(facts)


def stays_words(why: Stays) -> str:
    """Why a field stays, in words."""
    return {
        Stays.NOT_CHOSEN: _("Stays here: not chosen."),
        Stays.LEFT_OUT: _("Stays here: you leave it out."),
        Stays.CONSENT: _("Stays here: no consent lets it go."),
        Stays.INTERNAL: _("Stays here: it is for the team alone."),
        Stays.IDENTITY: _("Stays here: no consent says that the person may be named to them."),
        Stays.WITHDRAWAL_WAITS: _("Stays here: somebody withdrew it, and it waits for your word."),
    }[why]


def _field_words(form: Form | None, field: LeavingField, titles: Mapping[str, str]) -> str:
    now = [text for text in field.texts if text.is_current]
    before = [text for text in field.texts if not text.is_current]
    parts = [_texts(form, field.name, now, titles)] if now else []
    if before:
        head = ngettext(
            "An earlier version leaves too:", "Earlier versions leave too ({count}):", len(before)
        ).format(count=number(len(before)))
        parts.append(f"{head}\n{_texts(form, field.name, before, titles)}")
    if field.is_internal:
        parts.append(_("This is a note for the team."))
    return "\n".join(parts)


def _texts(form: Form | None, name: str, texts: Sequence[Text], titles: Mapping[str, str]) -> str:
    whole = "\n".join(value_words(form, name, text.value, titles) for text in texts)
    if len(whole) <= MOST_SHOWN:
        return whole
    more = _("… and {count} more characters").format(count=number(len(whole) - MOST_SHOWN))
    return f"{whole[:MOST_SHOWN]}\n{more}"


def value_words(form: Form | None, name: str, value: JsonValue, titles: Mapping[str, str]) -> str:
    """A value in words: answers by their labels, records by their titles, lists line by line."""

    def name_of(record: str) -> str:
        return titles.get(record) or _("a record that is not here")

    if isinstance(value, Mapping):
        return ", ".join(
            f"{key}: {value_words(None, key, one, titles)}" for key, one in value.items()
        )
    field = next((f for f in form.fields if f.name == name), None) if form else None
    return field_values.value_words(field, value, name_of)


def _label(form: Form | None, name: str) -> str:
    return next((f.label for f in form.fields if f.name == name), name) if form else name
