"""What a departure reads before it shows anything: runs in the notebook's lane. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook.model import AuthorId, CaseId, RecordId, Row

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.handed_over import Leaving, Standing
    from notebook.notebook import Notebook
    from notebook.remains import Remains


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the room reads before it shows anything."""

    cases: tuple[Row, ...]
    contacts: tuple[Contact, ...]
    standing: Standing | None
    has_departed: bool
    left: Remains
    drafts: int
    """In the cases that were handed over."""

    @property
    def may_remove(self) -> bool:
        """Whether what was handed over is all that the cases hold now."""
        return self.standing is not None and not self.standing.changed and not self.drafts

    @property
    def titles(self) -> dict[CaseId, str]:
        """The titles of the cases."""
        return {CaseId(row.id): row.title for row in self.cases}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What would be handed over, with what a person needs to decide."""

    leaving: Leaving
    drafts: int
    titles: dict[RecordId, str] = field(repr=False)


def read_known(notebook: Notebook) -> Known:
    """How things stand."""
    travel = notebook.travel
    standing = travel.departure()
    return Known(
        cases=tuple(notebook.cases()),
        contacts=tuple(notebook.contacts()),
        standing=standing,
        has_departed=travel.has_departed(),
        left=travel.remains(),
        drafts=travel.drafts_in(standing.handed.cases) if standing else 0,
    )


def look_at(
    notebook: Notebook, cases: Sequence[CaseId], readers: Sequence[AuthorId], reason: str
) -> Look:
    """What would be handed over. Raises as `Notebook.plan_seal`."""
    return Look(
        leaving=notebook.travel.look_at_departure(cases, readers, override=reason),
        drafts=notebook.travel.drafts_in(cases),
        titles={row.id: row.title for row in notebook.rows()},
    )
