"""The nouns of the notebook: ids, values, records, and what a change tells the screens.

Ids travel as lower-case hex text: records, cases and bundles are 16 random bytes (32 digits),
entries, authors and evidence hashes are 32 bytes (64 digits).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

RecordId = NewType("RecordId", str)
CaseId = NewType("CaseId", str)
EntryId = NewType("EntryId", str)
AuthorId = NewType("AuthorId", str)
Sha256 = NewType("Sha256", str)

Clock = Callable[[], datetime]
"""Gives the current time in UTC, aware."""

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


class Kind(StrEnum):
    """What an entry of the journal does (FORMATS, journal)."""

    OP = "op"
    EVIDENCE = "evidence"
    CUSTODY = "custody"
    SEAL = "seal"
    RECEIVE = "receive"
    WITHDRAW = "withdraw"
    KEY = "key"
    """Certifies the key of a travel session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One current value of a field: who wrote it, when they say they did, and in which entry."""

    value: JsonValue
    author: AuthorId
    time: str
    """Claimed UTC time, RFC 3339."""
    entry: EntryId
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldState:
    """A field's current versions, sorted by entry id: one normally, several in a conflict.

    `heads` names every part behind what is shown, as (entry, part): a write that is to replace
    what a person saw names them all. For a list they are the members' parts.
    """

    versions: tuple[Version, ...]
    heads: tuple[tuple[EntryId, int], ...] = ()

    @property
    def is_conflict(self) -> bool:
        """Whether people disagree about this field."""
        return len(self.versions) > 1

    @property
    def value(self) -> JsonValue:
        """The value; in a conflict the first version's, by entry id."""
        return self.versions[0].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it stands: every field that has a value."""

    id: RecordId
    case: CaseId
    type: str
    fields: Mapping[str, FieldState]
    is_deleted: bool = False
    is_withdrawn: bool = False
    missing: tuple[str, ...] = ()
    """Fields the form wants for a complete record and that are empty."""

    @property
    def title(self) -> str:
        """The title, safe to read aloud; empty when there is none."""
        state = self.fields.get("title")
        return str(state.value) if state and state.versions else ""

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Names of the fields in conflict."""
        return tuple(name for name, state in self.fields.items() if state.is_conflict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record as a list shows it."""

    id: RecordId
    case: CaseId
    type: str
    title: str
    date: str = ""
    """EDTF, as the form's `list_date` field holds it."""
    place: str = ""
    who: str = ""
    changed: str = ""
    """Claimed UTC time of the newest entry about the record, RFC 3339."""
    has_conflict: bool = False
    has_consent: bool = False
    has_draft: bool = False
    media_count: int = 0
    is_incomplete: bool = False
    is_withdrawn: bool = False
    snippet: str = ""
    """The words around a search hit, each between `analysis.MARK_START` and `MARK_END`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A small picture: `width * height * 3` bytes of RGB."""

    width: int
    height: int
    rgb: bytes


def id_in_case(case: CaseId, record: RecordId) -> RecordId:
    """How a record is named whose id another case claims, too: “CASE/RECORD”."""
    return RecordId(f"{case}/{record}")


def bare_id(record: RecordId) -> RecordId:
    """The id alone, as it stands in the journal."""
    return RecordId(record.rpartition("/")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One entry about a record, as the history shows it."""

    entry: EntryId
    kind: Kind
    author: AuthorId
    author_name: str
    """Empty when the author is no contact."""
    passed_on_by: str
    """The contact who brought an author that is no contact; else empty."""
    time: str
    fields: tuple[str, ...]
    """Names of the fields the entry wrote."""
    details: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Which records and cases a transaction changed: all that a screen listens to."""

    records: frozenset[RecordId] = frozenset()
    cases: frozenset[CaseId] = frozenset()
    contacts: bool = False
    settings: bool = False
    viewed: frozenset[RecordId] = frozenset()
    """Evidence of which only custody tells more than before."""

    def and_then(self, later: "Changes") -> "Changes":
        """What two transactions changed together."""
        return Changes(
            records=self.records | later.records,
            cases=self.cases | later.cases,
            contacts=self.contacts or later.contacts,
            settings=self.settings or later.settings,
            viewed=self.viewed | later.viewed,
        )
