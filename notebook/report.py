"""A report for readers who may not know who is who: one readable page, in clear, for any browser.

It is made of a proposal and its swaps like a derivative case (see `notebook.derivative`), so that
nothing in it says who somebody is: no identity field, no id, no hash, no time and no author. It
leaves no bundle's protection behind it, and so consent is asked as for a bundle, the file is its
owner's alone, and custody of every record in it says that it was written.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from notebook import consent, custody, derivative, deriving, registers
from notebook.core import Core
from notebook.derivative import Left, Proposal, Swap
from notebook.environment import local_day
from notebook.errors import Code, NotebookError
from notebook.forms import FieldType, Form, Forms
from notebook.i18n import _
from notebook.model import Changes, JsonValue, RecordId
from notebook.progress import Progress
from notebook.storage import records
from notebook.storage.database import Database
from notebook.transaction import Transaction
from notebook.web_page import document, is_right_to_left, isolated


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One record of a report: its place in it, and what is told of it."""

    anchor: str
    form: Form
    title: str
    fields: Mapping[str, JsonValue]


def write(
    core: Core,
    proposal: Proposal,
    swaps: Sequence[Swap],
    title: str,
    out: Path,
    *,
    purpose: str,
    left: Sequence[Left],
    progress: Progress,
) -> Changes:
    """Write the report; custody of every record in it says so before its first byte.

    Raises BAD_INPUT for a swap that fits nowhere or a title that names somebody, BAD_VALUE for a
    purpose there is not, CONSENT_REFUSED with the records, FILE_EXISTS, NO_SPACE, TRAVEL_MODE.
    """
    core.refuse_travelling()
    derivative.check(proposal, swaps)
    derivative.check_title(proposal, title)
    today = local_day(core.environment.clock, core.environment.zone)
    refuse(core.db, core.forms, proposal, purpose, today)
    content = render(core.forms, proposal, swaps, title)

    def note(tx: Transaction) -> None:
        for page in proposal.pages:
            told = deriving.provenance(proposal, page, swaps, left)
            tx.custody(page.source, proposal.case, {"what": "reported", "purpose": purpose, **told})

    def take_back(tx: Transaction) -> None:
        for page in proposal.pages:
            tx.custody(page.source, proposal.case, {"what": "not reported", "purpose": purpose})

    return custody.write_in_clear(
        core,
        io.BytesIO(content),
        out,
        len(content),
        progress,
        note=note,
        take_back=take_back,
    )


def refuse(db: Database, forms: Forms, proposal: Proposal, purpose: str, today: date) -> None:
    """Raise CONSENT_REFUSED for records that no consent lets go for this purpose."""
    known = consent.purposes(forms)
    if purpose not in known:
        raise NotebookError(
            Code.BAD_VALUE,
            _("There is no such purpose."),
            _("Nothing was written."),
            _("Purposes are: {purposes}.").format(purposes=", ".join(known)),
        )
    judge = consent.Judge(db, forms, (purpose,), today)
    rows = (records.find_in_case(db, proposal.case, page.source) for page in proposal.pages)
    refused = tuple(row.id for row in rows if row and not judge.verdict(row).may_leave)
    if refused:
        raise NotebookError(
            Code.CONSENT_REFUSED,
            _("Consent does not allow this for: {records}.").format(records=", ".join(refused)),
            _("Nothing was written."),
            _("Leave these records out, or record the consent first."),
            records=refused,
        )


def render(forms: Forms, proposal: Proposal, swaps: Sequence[Swap], title: str) -> bytes:
    """The page. Files are no part of it."""
    entries: dict[RecordId, _Entry] = {}
    for page in proposal.pages:
        fields = derivative.filled_in(page, swaps)
        called = title if page.type == "case" else registers.text_of(fields.get("title", ""))
        entries[page.source] = _Entry(
            anchor=f"r{len(entries) + 1}",
            form=forms[page.type],
            title=called or _("Untitled"),
            fields=fields,
        )
    body = [f"<h1>{escape(title)}</h1>"]
    body += [f"<p class='mute'>{isolated(note)}</p>" for note in _notes(proposal)]
    body += _contents(entries)
    for entry in entries.values():
        body += _record(entry, entries)
    return document(title, "".join(body), "", is_rtl=bool(is_right_to_left(title)))


def _notes(proposal: Proposal) -> Iterator[str]:
    yield (
        _("People have pseudonyms here.")
        if proposal.level == derivative.PSEUDONYM
        else _("People have numbers here.")
    )
    yield _("What says who somebody is, notes for the team and files were left out.")
    yield _("“{sign}” stands where words were blacked out.").format(sign=derivative.BLACKED_OUT)


def _contents(entries: Mapping[RecordId, _Entry]) -> Iterator[str]:
    yield "<nav><ul>"
    for entry in entries.values():
        yield f"<li><a href='#{entry.anchor}'><bdi>{escape(entry.title)}</bdi></a></li>"
    yield "</ul></nav>"


def _record(entry: _Entry, entries: Mapping[RecordId, _Entry]) -> Iterator[str]:
    yield f"<section id='{entry.anchor}'><h2><bdi>{escape(entry.title)}</bdi></h2>"
    yield f"<p class='mute'>{isolated(entry.form.label)}</p><dl>"
    for field in entry.form.fields:
        value = entry.fields.get(field.name)
        if field.name == "title" or value in (None, "", []):
            continue
        shown = [
            words
            for item in (value if isinstance(value, list) else [value])
            if (words := _value(entry.form, field.name, item, entries))
        ]
        if shown:
            yield f"<dt>{isolated(field.label)}</dt><dd>{''.join(shown)}</dd>"
    yield "</dl></section>"


def _value(form: Form, name: str, value: JsonValue, entries: Mapping[RecordId, _Entry]) -> str:
    field = form.field(name)
    text = registers.text_of(value)
    if field.type in (FieldType.REFERENCE, FieldType.REFERENCES):
        # What it names and is not in the report is not named.
        there = entries.get(RecordId(text))
        return (
            f"<div><a href='#{there.anchor}'><bdi>{escape(there.title)}</bdi></a></div>"
            if there
            else ""
        )
    if isinstance(value, bool):
        return f"<div>{isolated(_('yes') if value else _('no'))}</div>"
    if field.options:
        return f"<div>{isolated(field.option_label(text))}</div>"
    return f"<div class='text'>{escape(text)}</div>"
