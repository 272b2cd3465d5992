"""What the record's presenter and its view say to each other. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from notebook.forms import Form
from notebook.i18n import _
from notebook.model import CaseId, JsonValue, RecordId
from ui.list_items import DraftLine
from ui.words import time_of_day


class SaveState(StrEnum):
    """Where what is typed is now."""

    SAVED = "saved"
    UNSAVED = "unsaved"
    DRAFT = "draft"
    SAVING = "saving"
    EMPTY = "empty"
    """A new record in which nothing was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSheet:
    """One record, laid out."""

    id: RecordId
    form: Form
    case: CaseId
    case_title: str
    cases: tuple[tuple[CaseId, str], ...] = ()
    """For a new record: the cases it may belong to."""
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Titles of the records that the values name."""
    conflicts: tuple[str, ...] = ()
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of the state of saving."""

    state: SaveState
    words: str
    can_save: bool = False
    can_discard: bool = False


class RecordScreen(Protocol):
    """What the presenter asks of the record's view."""

    def show_nothing(self, sentence: str) -> None:
        """Show that no record is open."""

    def show_record(self, sheet: RecordSheet) -> None:
        """Lay out another record."""

    def show_value(self, name: str, value: JsonValue, names: Mapping[str, str]) -> None:
        """Show what a field holds now; the cursor stays where it was."""

    def show_conflicts(self, names: tuple[str, ...]) -> None:
        """Mark the fields in conflict."""

    def value(self, name: str) -> JsonValue:
        """What stands in a field."""

    def show_state(self, shown: Shown) -> None:
        """Show where what is typed is now."""

    def show_missing(self, words: str) -> None:
        """Say calmly what is still empty."""

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say under the fields what they need."""

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field."""

    def hold_keys(self, *, whole_window: bool) -> None:
        """Hold what is typed from now on: into this page, or anywhere in the window."""

    def held_text(self) -> str:
        """The letters that are held."""

    def type_held_keys(self) -> None:
        """Type what was held where the cursor is now; nothing more is held."""

    def drop_keys(self) -> None:
        """Nothing more is held, and what was has nowhere to go."""


class Drafted(Protocol):
    """Who hears of drafts: the list."""

    def note_draft(self, draft: DraftLine) -> None:
        """A draft was kept."""

    def forget_draft(self, record: RecordId) -> None:
        """A draft is gone."""


def state_shown(state: SaveState, at: str, *, has_changes: bool) -> Shown:
    """The state of saving in words; `at` is an RFC 3339 moment."""
    time = time_of_day(at)
    words = {
        SaveState.SAVED: _("Saved {time}").format(time=time) if time else _("Saved"),
        SaveState.UNSAVED: _("Not saved yet"),
        SaveState.DRAFT: _("Draft kept {time}").format(time=time) if time else _("Draft kept"),
        SaveState.SAVING: _("Saving…"),
        SaveState.EMPTY: _("New"),
    }[state]
    return Shown(
        state=state,
        words=words,
        can_save=has_changes,
        can_discard=has_changes and state is not SaveState.SAVING,
    )


def missing_words(form: Form, values: Mapping[str, JsonValue]) -> str:
    """What a complete record would still need, calmly; empty when nothing is missing."""
    labels = [form.field(name).label for name in form.missing(values)]
    if not labels:
        return ""
    return _("Still empty: {fields}").format(fields=", ".join(labels))
