"""The long part of sealing: written and read back in the files' lane, then finished. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from notebook.errors import NotebookError
from notebook.handover import SealPlan
from notebook.i18n import _
from notebook.progress import READ_BACK, WAITING
from notebook.sealing import SealResult, Written
from ui import seal_end
from ui.handover_words import Pace
from ui.runner import JobHandle, Lane
from ui.session import Session


class SealWatcher(Protocol):
    """Who hears how sealing goes on and ends."""

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far it is, in bytes."""

    def on_finishing(self) -> None:
        """It is written and whole; there is nothing to cancel any more."""

    def on_sealed(self, result: SealResult) -> None:
        """It is done; without files when there was nothing to send any more."""

    def on_seal_trouble(self, error: NotebookError) -> None:
        """It could not be done, and nothing of it is left."""

    def on_cancelled(self) -> None:
        """It was cancelled, and nothing of it is left."""


class SealJob:
    """Seals one bundle."""

    def __init__(self, session: Session, watcher: SealWatcher, now_s: Callable[[], float]) -> None:
        self._session = session
        self._watcher = watcher
        self._pace = Pace(now_s)
        self._handle: JobHandle | None = None
        self.is_running = False

    def start(self, plan: SealPlan, folder: Path) -> None:
        """Seal what was looked at into `folder`."""
        self.is_running = True
        self._handle = self._session.long_job(
            Lane.FILES,
            lambda notebook, progress: notebook.write_sealed(plan, folder, progress),
            self._on_written,
            self._on_trouble,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop; the job says so itself when it has stopped."""
        if self.is_running and self._handle:
            self._handle.cancel()

    def _on_progress(self, done: int, total: int, what: str) -> None:
        if what == WAITING:
            self._watcher.on_progress(done, total, _("Waiting for the disk or stick"))
            return
        words = _("Reading it back to see that it is whole") if what == READ_BACK else _("Sealing")
        self._watcher.on_progress(done, total, self._pace.words(words, done, total))

    def _on_written(self, written: Written) -> None:
        if written.bundles:
            self._watcher.on_finishing()
        seal_end.finish(self._session, written, self._on_sealed, self._on_trouble)

    def _on_sealed(self, result: SealResult) -> None:
        self.is_running = False
        self._watcher.on_sealed(result)

    def _on_trouble(self, error: NotebookError) -> None:
        self.is_running = False
        self._watcher.on_seal_trouble(error)

    def _on_cancelled(self) -> None:
        self.is_running = False
        self._watcher.on_cancelled()
