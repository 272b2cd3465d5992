"""The long parts of a departure: sealing with read-back, and removing. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.progress import READ_BACK, WAITING, Progress
from notebook.sealing_key import KeyChoice
from ui import seal_end
from ui.handover_words import Pace
from ui.runner import JobHandle, Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.drafts import Drafts
    from notebook.handed_over import Leaving
    from notebook.notebook import Notebook
    from notebook.sealing import SealResult, Written


class DepartureWatcher(Protocol):
    """Who hears how it goes on and ends."""

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""

    def on_finishing(self) -> None:
        """The bundle is written and whole; there is nothing to cancel any more."""

    def on_sealed(self, result: SealResult, *, is_same: bool) -> None:
        """It is sealed and noted; whether the cases are still what was sealed."""

    def on_removed(self) -> None:
        """The cases are gone, and the notebook is closed."""

    def on_trouble(self, error: NotebookError) -> None:
        """It could not be done, and nothing was removed."""

    def on_cancelled(self) -> None:
        """It was cancelled, and nothing was removed."""


class DepartureJob:
    """Does one of them at a time."""

    def __init__(
        self, session: Session, watcher: DepartureWatcher, now_s: Callable[[], float]
    ) -> None:
        self._session = session
        self._watcher = watcher
        self._pace = Pace(now_s)
        self._handle: JobHandle | None = None
        self.is_running = False
        self._is_cancelled = False

    def seal(self, leaving: Leaving, folder: Path) -> None:
        """Seal what was looked at into `folder`, and read it back."""
        self.is_running = True
        self._handle = self._session.long_job(
            Lane.FILES,
            lambda notebook, progress: notebook.write_sealed(leaving.plan, folder, progress),
            lambda written: self._finish(leaving, written),
            self._on_trouble,
            on_progress=self._on_sealing,
            on_cancelled=self._on_cancelled,
        )

    def remove(self, passphrase: str, key: KeyChoice, *, with_cases: bool) -> None:
        """Remove what was handed over, or only earlier keys."""
        self.is_running, self._is_cancelled, self._handle = True, False, None
        # Every word that was typed is a draft before the drafts are copied.
        self._session.drafts(
            _nothing, lambda _kept: self._remove(passphrase, key, with_cases=with_cases)
        )

    def _remove(self, passphrase: str, key: KeyChoice, *, with_cases: bool) -> None:
        if self._is_cancelled:
            self._on_cancelled()
            return

        def work(notebook: Notebook, progress: Progress) -> bool:
            if with_cases:
                return notebook.travel.depart(passphrase, key, progress)
            return notebook.travel.renew_database(passphrase, key, progress)

        self._handle = self._session.long_job(
            Lane.NOTEBOOK,
            work,
            self._on_removed,
            self._on_trouble,
            on_progress=self._on_removing,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop; the job says so itself when it has stopped."""
        self._is_cancelled = True
        if self.is_running and self._handle:
            self._handle.cancel()

    def _finish(self, leaving: Leaving, written: Written) -> None:
        self._watcher.on_finishing()
        seal_end.finish(
            self._session, written, lambda result: self._note(leaving, result), self._on_trouble
        )

    def _note(self, leaving: Leaving, result: SealResult) -> None:
        self._session.change_and_get(
            lambda notebook: notebook.travel.note_handed_over(leaving, result),
            lambda is_same: self._on_noted(result, is_same=is_same),
            self._on_trouble,
        )

    def _on_sealing(self, done: int, total: int, what: str) -> None:
        if what == WAITING:
            self._watcher.on_progress(done, total, _("Waiting for the disk or stick"))
            return
        words = _("Reading it back to see that it is whole") if what == READ_BACK else _("Sealing")
        self._watcher.on_progress(done, total, self._pace.words(words, done, total))

    def _on_removing(self, done: int, total: int, _what: str) -> None:
        self._watcher.on_progress(done, total, _("Checking what stays"))

    def _on_noted(self, result: SealResult, *, is_same: bool) -> None:
        self.is_running = False
        self._watcher.on_sealed(result, is_same=is_same)

    def _on_removed(self, _is_whole: bool) -> None:
        # Where the disk failed at the very end, the next unlock ends it, and says so if it cannot.
        self.is_running = False
        self._watcher.on_removed()

    def _on_trouble(self, error: NotebookError) -> None:
        self.is_running = False
        self._watcher.on_trouble(error)

    def _on_cancelled(self) -> None:
        self.is_running = False
        self._watcher.on_cancelled()


def _nothing(_drafts: Drafts) -> None:
    """What is asked of the drafts: that they have done what stood before it."""
