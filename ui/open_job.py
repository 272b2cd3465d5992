"""The long part of opening: verified in the files' lane, merged in the notebook's. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import Changes
from notebook.progress import Progress
from ui.handover_words import Pace
from ui.runner import JobHandle, Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.merge import OpenResult
    from notebook.notebook import Notebook
    from notebook.opening import Accepting, Staged


class OpenWatcher(Protocol):
    """Who hears how opening goes on and ends."""

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""

    def on_opened(self, result: OpenResult) -> None:
        """It is verified and merged."""

    def on_open_trouble(self, error: NotebookError) -> None:
        """It could not be done, and nothing was merged."""

    def on_cancelled(self) -> None:
        """It was cancelled, and nothing of it is left."""


class OpenJob:
    """Opens one bundle."""

    def __init__(self, session: Session, watcher: OpenWatcher, now_s: Callable[[], float]) -> None:
        self._session = session
        self._watcher = watcher
        self._pace = Pace(now_s)
        self._handle: JobHandle | None = None
        self._is_cancelled = False
        self.is_running = False

    def start(self, paths: tuple[Path, ...], *, accept_unknown: Accepting) -> None:
        """Verify all of the bundle, then merge it."""
        self.is_running = True
        self._is_cancelled = False

        def verify(notebook: Notebook, progress: Progress) -> Staged:
            return notebook.stage(paths, accept_unknown=accept_unknown, progress=progress)

        self._handle = self._session.long_job(
            Lane.FILES,
            verify,
            self._on_staged,
            self._on_trouble,
            on_progress=self._on_verified,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop; the job says so itself when it has stopped."""
        self._is_cancelled = True
        if self.is_running and self._handle:
            self._handle.cancel()

    def _on_staged(self, staged: Staged) -> None:
        if self._is_cancelled:
            self._drop(staged)
            return

        def merge(notebook: Notebook, progress: Progress) -> tuple[OpenResult, Changes]:
            return notebook.merge(staged, progress)

        self._handle = self._session.long_job(
            Lane.NOTEBOOK,
            merge,
            self._on_merged,
            self._on_trouble,
            on_progress=self._on_merging,
            on_cancelled=lambda: self._drop(staged),
        )

    def _drop(self, staged: Staged) -> None:
        """Destroy the files that came with a bundle which was not merged after all."""

        def destroy(notebook: Notebook, _progress: Progress) -> None:
            staged.close()
            store = notebook.intake().store
            for examined in staged.objects:
                store.destroy(examined.taken.row)

        self._session.long_job(
            Lane.FILES, destroy, lambda _nothing: self._on_cancelled(), self._on_trouble
        )

    def _on_verified(self, done: int, total: int, _what: str) -> None:
        words = _("Checking every signature and every hash")
        self._watcher.on_progress(done, total, self._pace.words(words, done, total))

    def _on_merging(self, done: int, total: int, _what: str) -> None:
        # These are entries, not bytes.
        self._watcher.on_progress(done, total, _("Merging"))

    def _on_merged(self, outcome: tuple[OpenResult, Changes]) -> None:
        result, changes = outcome
        self.is_running = False
        self._session.announce(changes)
        self._watcher.on_opened(result)

    def _on_trouble(self, error: NotebookError) -> None:
        self.is_running = False
        self._watcher.on_open_trouble(error)

    def _on_cancelled(self) -> None:
        self.is_running = False
        self._watcher.on_cancelled()
