"""Settling a conflict: every version side by side, and one write that replaces all of them. No Qt.

Nothing is decided here: a field that the person leaves alone stays in conflict.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from notebook.contacts import People
from notebook.forms import Field, FieldType, Forms
from notebook.i18n import _
from notebook.model import (
    CaseId,
    JsonValue,
    Record,
    RecordId,
    Version,
    bare_id,
    id_in_case,
)
from notebook.text_merge import Merged, Touching
from ui.conflict_proposal import Proposal, proposal_of
from ui.conflict_words import Span, marked
from ui.field_values import value_words
from ui.record_draft import Heads
from ui.record_reading import find_record, title_of
from ui.rooms import Shell
from ui.session import Session
from ui.words import at_the_start, isolated, moment_words

if TYPE_CHECKING:
    from notebook.notebook import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSheet:
    """One version of a field."""

    by: str
    when: str
    value: JsonValue
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictField:
    """A field with its versions."""

    field: Field
    versions: tuple[VersionSheet, ...]
    heads: Heads
    proposal: Proposal | None = None
    """A merge of texts, to be read before it is saved."""
    is_touching: bool = False
    """Whether the changes were compared and stand too near one another to be merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSheet:
    """All fields of a record that people disagree about."""

    record: RecordId
    case: CaseId
    title: str
    fields: tuple[ConflictField, ...]
    names: Mapping[str, str]
    """Titles of the records that the versions name."""


class ConflictScreen(Protocol):
    """What the presenter asks of the view."""

    def show_conflicts(self, sheet: ConflictSheet) -> None:
        """Lay the versions out."""

    def taken(self) -> Mapping[str, JsonValue]:
        """The fields for which the person took something, with what stands in the third sheet."""


class ConflictPresenter:
    """Brings one record's conflicts to an end."""

    def __init__(
        self,
        session: Session,
        shell: Shell,
        screen: ConflictScreen,
        forms: Forms,
        on_shown: Callable[[], None],
        on_end: Callable[[RecordId | None], None],
    ) -> None:
        """`on_end` is called with the record when it is settled, or left as it is."""
        self._session = session
        self._shell = shell
        self._screen = screen
        self._forms = forms
        self._on_shown = on_shown
        self._on_end = on_end
        self._sheet: ConflictSheet | None = None

    def show(self, record: RecordId) -> None:
        """Show a record's conflicts."""
        self._session.ask(partial(read_conflicts, forms=self._forms, record=record), self._on_read)

    def save(self) -> None:
        """Write what was taken; it replaces every version that was shown."""
        sheet = self._sheet
        taken = self._screen.taken()
        if sheet is None or not taken:
            return
        replaces = {one.field.name: one.heads for one in sheet.fields if one.field.name in taken}
        self._session.change(
            lambda notebook: notebook.edit(
                id_in_case(sheet.case, bare_id(sheet.record)), taken, replaces=replaces
            ),
            partial(self._on_saved, len(sheet.fields) - len(taken)),
        )

    def leave(self) -> None:
        """Leave it for later."""
        sheet, self._sheet = self._sheet, None
        self._on_end(sheet.record if sheet else None)

    def _on_read(self, sheet: ConflictSheet | None) -> None:
        self._sheet = sheet
        if sheet is None or not sheet.fields:
            self._shell.say(_("There is nothing to settle here."))
            self.leave()
            return
        self._screen.show_conflicts(sheet)
        self._on_shown()

    def _on_saved(self, left: int) -> None:
        self._shell.say(_("Settled.") if not left else _("Saved. The rest is still in conflict."))
        self.leave()


def read_conflicts(notebook: "Notebook", *, forms: Forms, record: RecordId) -> ConflictSheet | None:
    """A record's conflicts, with the differences marked; runs in the notebook's lane."""
    found = find_record(notebook, record)
    if found is None:
        return None
    form = forms[found.type]
    people = notebook.trust.people()
    names: dict[str, str] = {}

    def name_of(target: str) -> str:
        names.setdefault(target, title_of(notebook, RecordId(target), found.case))
        return names[target]

    fields = tuple(
        _field(field, found, notebook, people, name_of)
        for field in form.fields
        if field.name in found.conflicts and not field.is_readonly
    )
    return ConflictSheet(
        record=record, case=found.case, title=found.title, fields=fields, names=names
    )


def _field(
    field: Field,
    record: Record,
    notebook: "Notebook",
    people: People,
    name_of: Callable[[str], str],
) -> ConflictField:
    state = record.fields[field.name]
    # One's own sheet is always on the same side, and so is everybody else's.
    versions = sorted(
        state.versions, key=lambda v: (v.author != notebook.author, v.author, v.entry)
    )
    texts = [value_words(field, version.value, name_of) for version in versions]
    # What stands in one line is a name more often than a sentence, and is never put together.
    shown = replace(state, versions=tuple(versions))
    is_text = field.type is FieldType.LONG_TEXT
    merged = notebook.proposed_merge(record.id, field.name, shown) if is_text else None
    sheets = tuple(
        _version(version, spans, people)
        for version, spans in zip(versions, marked(texts), strict=True)
    )
    return ConflictField(
        field=field,
        versions=sheets,
        heads=state.heads,
        proposal=proposal_of(merged, _told_apart(sheets)) if isinstance(merged, Merged) else None,
        is_touching=isinstance(merged, Touching),
    )


def _told_apart(versions: Sequence[VersionSheet]) -> list[str]:
    """Who wrote each version; with the time where one person wrote two."""
    names = [version.by for version in versions]
    return [
        _("{who}, {when}").format(who=version.by, when=version.when)
        if names.count(version.by) > 1
        else version.by
        for version in versions
    ]


def _version(version: Version, spans: tuple[Span, ...], people: People) -> VersionSheet:
    return VersionSheet(
        by=at_the_start(people.name(version.author, isolated)),
        when=moment_words(version.time),
        value=version.value,
        spans=spans,
    )
