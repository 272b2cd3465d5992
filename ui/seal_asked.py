"""What a person asks to be sealed, step by step, and what it comes to. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook.consent import TEAM
from notebook.handover import SealRequest
from notebook.model import AuthorId, CaseId, RecordId, Row

if TYPE_CHECKING:
    from notebook.drafts import Draft


@dataclass(slots=True)
class Asked:
    """The choices of all steps."""

    is_every: bool = True
    cases: frozenset[CaseId] = frozenset()
    is_full: bool = False
    readers: frozenset[AuthorId] = frozenset()
    purpose: str = TEAM
    records: frozenset[RecordId] = frozenset()
    """Only these; empty for whole cases."""
    left_out: dict[RecordId, Row] = field(default_factory=dict)
    left_fields: frozenset[tuple[RecordId, str]] = frozenset()
    is_without_media: bool = False
    override: str = ""

    reason_for: frozenset[AuthorId] = frozenset()
    """Whom `override` was given for."""

    def begin_look(self) -> None:
        """What was kept back stays so on the way back and on; a reason is for its readers."""
        if self.readers != self.reason_for:
            self.override = ""
        self.reason_for = self.readers

    def request(self) -> SealRequest:
        """What the notebook is asked for."""
        return SealRequest(
            to=tuple(sorted(self.readers)),
            cases=() if self.is_every or self.records else tuple(sorted(self.cases)),
            records=tuple(sorted(self.records)),
            is_full=self.is_full,
            purpose=self.purpose,
            leave_out=frozenset(self.left_out),
            leave_out_fields=self.left_fields,
            without_media=self.is_without_media,
            override=self.override,
        )

    def concerns(self, draft: Draft) -> bool:
        """Whether a draft is of one of the chosen cases."""
        if self.records:
            return draft.id in self.records
        return self.is_every or draft.case in self.cases or CaseId(draft.id) in self.cases
