"""The first page's one job of its own: making the sample notebook. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from ui.door import Gate, folder_for_new
from ui.runner import JobHandle, Lane, Runner

if TYPE_CHECKING:
    from notebook.notebook import Notebook


class FirstRunScreen(Protocol):
    """What the presenter asks of the view."""

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that the sample is being made."""

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is, in records."""

    def show_sample(self, passphrase: str) -> None:
        """Show the passphrase of the sample that was made."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""


class FirstRunPresenter:
    """Makes the sample, and then has it opened."""

    def __init__(
        self,
        screen: FirstRunScreen,
        runner: Runner,
        gate: Gate,
        on_opened: Callable[[Notebook], None],
    ) -> None:
        """`on_opened` takes the sample when the person has seen its passphrase."""
        self._screen = screen
        self._runner = runner
        self._gate = gate
        self._on_opened = on_opened
        self._notebook: Notebook | None = None
        self._job: JobHandle | None = None

    def make_sample(self, folder: Path) -> None:
        """Make the sample in this folder, or inside it when there is something in it already."""
        place = folder_for_new(folder)
        self._screen.show_busy(is_busy=True)
        self._job = self._runner.run(
            Lane.NOTEBOOK,
            lambda progress: self._gate.make_sample(place, progress),
            self._on_sample,
            self._on_trouble,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Stop making it; nothing of it is left."""
        if self._job:
            self._job.cancel()

    def open_sample(self) -> None:
        """Go in."""
        notebook, self._notebook = self._notebook, None
        if notebook:
            self._on_opened(notebook)

    def _on_sample(self, made: tuple[Notebook, str]) -> None:
        self._notebook, passphrase = made
        self._screen.show_busy(is_busy=False)
        self._screen.show_sample(passphrase)

    def _on_progress(self, done: int, total: int, _what: str) -> None:
        self._screen.show_progress(done, total)

    def _on_cancelled(self) -> None:
        self._screen.show_busy(is_busy=False)

    def _on_trouble(self, error: NotebookError) -> None:
        self._screen.show_busy(is_busy=False)
        self._screen.show_trouble(error)
