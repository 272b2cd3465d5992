"""What a person chose to let leave: whole cases or some records, their fields, files or none.

Chosen records bring what they depend on, one step far and no further: their case; the people,
places and consents that they name; the consents that cover any of these; evidence about them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from notebook.model import RecordId
from notebook.projection import COVERS
from notebook.storage import records
from notebook.storage.database import Database
from notebook.storage.records import RecordRow

NEEDED_TYPES = frozenset({"person", "place", "consent"})
"""What a chosen record names of these goes with it; other accounts and events do not."""
ABOUT = "about"


class Because(StrEnum):
    """Why a record goes, when records were chosen one by one."""

    CASE = "case"
    CHOSEN = "chosen"
    NAMED = "named"
    CONSENT = "consent"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What may leave as far as the person is concerned."""

    because: Mapping[int, Because] | None = None
    """The numbers of the only records that go, and why; None: every record of the cases."""
    fields: Mapping[RecordId, frozenset[str]] = field(default_factory=dict)
    """Of these records only these fields."""
    leave_out: frozenset[RecordId] = frozenset()
    leave_out_fields: frozenset[tuple[RecordId, str]] = frozenset()
    refused: frozenset[int] = frozenset()
    """The numbers of those that consent keeps back without stopping the rest."""
    without_media: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is kept back."""
        return self.because is None and not (
            self.leave_out or self.leave_out_fields or self.fields or self.refused
        )

    def is_chosen(self, record: RecordRow, name: str) -> bool:
        """Whether a field is among what was chosen; a record's own bookkeeping goes with it."""
        if self.because is not None and record.num not in self.because:
            return False
        only = self.fields.get(record.id)
        return only is None or name.startswith("_") or name in only

    def is_left_out(self, record: RecordId, name: str) -> bool:
        """Whether the person keeps the record or the field back."""
        return record in self.leave_out or (record, name) in self.leave_out_fields


def with_dependants(db: Database, chosen: Iterable[RecordRow]) -> dict[int, Because]:
    """The numbers of the chosen records and of what they depend on; the first reason is said."""
    rows = list(chosen)
    because = {row.num: Because.CHOSEN for row in rows}
    for row in rows:
        home = records.find_in_case(db, row.case, RecordId(row.case))
        if home is not None:
            because.setdefault(home.num, Because.CASE)
    needed = list(rows)
    for row in rows:
        for _field, target in records.links_from(db, row.num):
            named = records.find_in_case(db, row.case, target)
            if named is not None and named.type in NEEDED_TYPES and named.num not in because:
                because[named.num] = Because.NAMED
                needed.append(named)
    for row in rows:
        for field_name, about in records.links_to(db, row.id):
            if field_name == ABOUT and about.type == "evidence" and about.case == row.case:
                because.setdefault(about.num, Because.EVIDENCE)
    for row in needed:
        for target in (row.id, RecordId(row.case)):
            for field_name, consent in records.links_to(db, target):
                if field_name == COVERS and consent.case == row.case:
                    because.setdefault(consent.num, Because.CONSENT)
    return because
