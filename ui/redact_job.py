"""The long parts of a copy with pseudonyms: one at a time, each with progress and a way to stop.

No Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from notebook.errors import NotebookError
from notebook.model import CaseId, RecordId
from ui.redact_picture_pages import FileKind, kind_of
from ui.runner import JobHandle, Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.derivative import Proposal
    from notebook.notebook import Notebook
    from notebook.progress import Progress

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A proposal, and what its files are."""

    proposal: Proposal
    kinds: Mapping[RecordId, FileKind]


class RedactJob:
    """Runs one job in the notebook's lane."""

    def __init__(self, session: Session, on_progress: Callable[[int, int], None]) -> None:
        self._session = session
        self._on_progress = on_progress
        self._handle: JobHandle | None = None
        self.is_running = False

    def start(
        self,
        work: Callable[[Notebook, Progress], T],
        on_done: Callable[[T], None],
        on_trouble: Callable[[NotebookError], None],
        on_cancelled: Callable[[], None],
    ) -> None:
        """Begin; it counts as running until what follows it has been done."""

        def trouble(error: NotebookError) -> None:
            self.is_running = False
            on_trouble(error)

        def cancelled() -> None:
            self.is_running = False
            on_cancelled()

        self.is_running = True
        self._handle = self._session.long_job(
            Lane.NOTEBOOK,
            work,
            on_done,
            trouble,
            on_progress=self._progress,
            on_cancelled=cancelled,
        )

    def end(self) -> None:
        """What follows it has been done."""
        self.is_running = False

    def cancel(self) -> None:
        """Stop; the job says so itself when it has stopped."""
        if self.is_running and self._handle:
            self._handle.cancel()

    def _progress(self, done: int, total: int, _what: str) -> None:
        self._on_progress(done, total)


def propose(notebook: Notebook, case: CaseId, level: str, progress: Progress) -> Begun:
    """Propose, and say what the files are; runs in the notebook's lane."""
    proposal = notebook.copying.propose(case, level, progress)
    kinds = {}
    for page in proposal.files:
        fields = notebook.record(page.source).fields
        kinds[page.source] = kind_of({name: state.value for name, state in fields.items()})
    return Begun(proposal=proposal, kinds=kinds)
