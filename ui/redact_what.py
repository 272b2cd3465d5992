"""The first step of a copy with pseudonyms: which case, which records, how people are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from notebook import analysis
from notebook.derivative import COPIED, NOBODY, PSEUDONYM
from notebook.errors import Code, NotebookError
from notebook.forms import FieldType, Forms
from notebook.i18n import _, ngettext, number
from notebook.model import CaseId, JsonValue, RecordId, Row
from notebook.projection import COVERS
from ui.handover_words import names_words
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.notebook import Notebook

_ORDER: Final = ("interview", "note", "event", "place", "person", "consent")
MOST_NAMED: Final = 3
"""So many titles are named in a sentence."""
MOST_OFFERED: Final = 40
"""More records than these are found by typing words of their titles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record that can be left out."""

    id: RecordId
    title: str
    note: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatPage:
    """Which case, and which of its records."""

    cases: tuple[tuple[str, str], ...]
    """Id and title of each."""
    case: str
    is_by_number: bool
    records: tuple[RecordLine, ...]
    said: str
    begun: str
    """That a review of this case was begun before; empty when none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the notebook knows that the first step needs."""

    cases: tuple[Row, ...]
    rows: tuple[Row, ...]
    """The records of the case that is chosen."""
    forms: Forms
    purposes: tuple[tuple[str, str], ...]
    together: frozenset[RecordId] = frozenset()
    """The one record that the person came from, with whom it names and the consents to it."""


def read_known(notebook: Notebook, case: CaseId | None, only: RecordId | None) -> Known:
    """Read it; runs in the notebook's lane."""
    fields = notebook.forms["consent"].fields
    return Known(
        cases=tuple(notebook.cases()),
        rows=tuple(notebook.rows(case=case)) if case else (),
        forms=notebook.forms,
        purposes=tuple((field.purpose, field.label) for field in fields if field.purpose),
        together=_together(notebook, only) if only else frozenset(),
    )


def _together(notebook: Notebook, only: RecordId) -> frozenset[RecordId]:
    record = notebook.record(only)
    named = {only}
    for field in notebook.forms[record.type].fields:
        state = record.fields.get(field.name)
        if state and field.type in (FieldType.REFERENCE, FieldType.REFERENCES):
            value = state.value
            named |= {
                RecordId(str(each)) for each in (value if isinstance(value, list) else [value])
            }
    named |= {row.id for field, row in notebook.links_to(only) if field == COVERS}
    return frozenset(named)


class Choosing:
    """Which case is chosen, which of its records stay, and what was begun before."""

    def __init__(self) -> None:
        self.known: Known | None = None
        self.case: CaseId | None = None
        self.level = PSEUDONYM
        self.left_out: set[RecordId] = set()
        self.words = ""
        self.only: RecordId | None = None
        """The one record that the person came from."""
        self.kept: Mapping[str, JsonValue] | None = None
        """A reading of this case that was begun before."""

    def choose(self, case: CaseId) -> None:
        """Another case."""
        self.case, self.kept, self.words = case, None, ""
        self.left_out = set()

    def learn_kept(self, kept: Mapping[str, JsonValue]) -> None:
        """A reading was begun before: its choices stand here again."""
        self.kept = kept
        level, left_out = kept.get("level"), kept.get("left_out")
        self.level = str(level) if level in (PSEUDONYM, NOBODY) else self.level
        if isinstance(left_out, list):
            self.left_out = {RecordId(each) for each in left_out if isinstance(each, str)}

    def usable(self) -> Mapping[str, JsonValue] | None:
        """What was begun, unless people are to be called otherwise now."""
        kept = self.kept
        return kept if kept is not None and kept.get("level") == self.level else None

    def learn(self, known: Known) -> None:
        """The notebook was read."""
        self.known = known
        if self.case is None and len(known.cases) == 1:
            self.case = CaseId(known.cases[0].id)
        if self.case not in {CaseId(row.id) for row in known.cases}:
            self.case = None
        if self.only and known.together:
            self.left_out = {row.id for row in self.own() if row.id not in known.together}
            self.only = None

    def own(self) -> list[Row]:
        """The records of the case that a copy can hold."""
        rows = self.known.rows if self.known else ()
        own = [row for row in rows if row.type in COPIED and row.type != "case"]
        return sorted(own, key=lambda row: (_ORDER.index(row.type), row.title))

    def choose_record(self, record: str, *, is_chosen: bool) -> None:
        """Let a record go, or leave it out."""
        (self.left_out.discard if is_chosen else self.left_out.add)(RecordId(record))

    def choose_every(self, *, is_chosen: bool) -> None:
        """Let every record go, or none."""
        self.left_out = set() if is_chosen else {row.id for row in self.own()}

    def named(self, error: NotebookError) -> NotebookError:
        """Trouble about records, with their titles: nobody knows them by their ids."""
        rows = self.known.rows if self.known else ()
        titles = [row.title or _("Untitled") for row in rows if row.id in error.records]
        if not titles:
            return error
        names = names_words(titles[:MOST_NAMED])
        if (more := len(titles) - MOST_NAMED) > 0:
            words = ngettext("and {count} more", "and {count} more", more)
            names += " " + words.format(count=number(more))
        what, next_step = error.what, error.next_step
        if error.code is Code.CONSENT_REFUSED:
            what = _("Consent does not allow this for: {records}.").format(records=names)
        else:
            next_step += " " + _("It is about: {records}.").format(records=names)
        return NotebookError(error.code, what, error.safe, next_step, records=error.records)

    def lack(self) -> str:
        """What is missing to go on; empty when nothing is."""
        if self.case is None:
            return _("Choose a case.")
        if not any(row.id not in self.left_out for row in self.own()):
            return _("Choose at least one record.")
        return ""

    def page(self) -> WhatPage | None:
        """The page; None while nothing is known, or there is no case."""
        known = self.known
        if known is None or not known.cases:
            return None
        own = self.own()
        wanted = analysis.fold(self.words).split()
        fitting = [row for row in own if all(word in analysis.fold(row.title) for word in wanted)]
        kept = self.usable()
        read = kept.get("read") if kept else None
        begun = len(read) if isinstance(read, Mapping) else 0
        return WhatPage(
            cases=tuple((row.id, row.title or _("Untitled")) for row in known.cases),
            case=self.case or "",
            is_by_number=self.level != PSEUDONYM,
            records=tuple(
                RecordLine(
                    id=row.id,
                    title=isolated(row.title) if row.title else _("Untitled"),
                    note=known.forms[row.type].label,
                    is_chosen=row.id not in self.left_out,
                )
                for row in fitting[:MOST_OFFERED]
            ),
            said=self._said(len(own), len(fitting)) if self.case else "",
            begun=""
            if kept is None
            else ngettext(
                "You began to read this case for a copy: {count} record is read.",
                "You began to read this case for a copy: {count} records are read.",
                begun,
            ).format(count=number(begun)),
        )

    def _said(self, count: int, fitting: int) -> str:
        if not count:
            return _("This case has no records yet.")
        going = sum(row.id not in self.left_out for row in self.own())
        said = [
            ngettext(
                "{going} of {count} record goes.", "{going} of {count} records go.", count
            ).format(going=number(going), count=number(count))
        ]
        if fitting > MOST_OFFERED:
            said.append(
                _("The first {count} are shown; type words of a title to find others.").format(
                    count=number(MOST_OFFERED)
                )
            )
        elif not fitting:
            said.append(_("No title has these words."))
        return " ".join(said)
