"""What the notebook knows that the steps of sealing need: cases, contacts, purposes. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.handover_words import by_name

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.model import Row
    from notebook.notebook import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the notebook says that the steps need."""

    cases: tuple[Row, ...]
    contacts: tuple[Contact, ...]
    purposes: tuple[tuple[str, str], ...]


def read_all(notebook: Notebook) -> Known:
    """Read it; runs in the notebook's lane."""
    purposes = tuple(
        (field.purpose, field.label) for field in notebook.forms["consent"].fields if field.purpose
    )
    return Known(
        cases=tuple(notebook.cases()),
        contacts=tuple(sorted(notebook.contacts(), key=by_name)),
        purposes=purposes,
    )
