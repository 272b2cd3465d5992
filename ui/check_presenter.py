"""Checking the whole notebook: begun, watched, stopped, and its result in sentences. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from notebook.health import Finding
from notebook.model import RecordId
from notebook.progress import Progress
from ui.check_words import CheckPace, FoundKind, calling_of, kinds_of, titles_of, well_words
from ui.runner import JobHandle, Lane
from ui.session import Session
from ui.watch_presenter import Watch

if TYPE_CHECKING:
    from notebook.core import Extent
    from notebook.notebook import Notebook


class CheckScreen(Protocol):
    """What the presenter asks of the sheet."""

    def show_running(self) -> None:
        """Show that the check began."""

    def show_progress(self, done: int, total: int, words: str) -> None:
        """Show how far it is."""

    def show_stopped(self) -> None:
        """Show that it was stopped and can be begun again."""

    def show_found(self, kinds: Sequence[FoundKind], *, is_whole: bool) -> None:
        """Show what needs attention; unless `is_whole`, the files were not read."""

    def show_records(self, records: Sequence[tuple[RecordId, str]]) -> None:
        """Show the records that are touched, by title."""

    def show_well(
        self, sentence: str, head_words: Sequence[str], known: Sequence[FoundKind]
    ) -> None:
        """Show that nothing was found but what is known, and the words of this state."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show why the check could not be done."""


class CheckPresenter:
    """One opening of the sheet."""

    def __init__(
        self, session: Session, screen: CheckScreen, watch: Watch, now_s: Callable[[], float]
    ) -> None:
        self._session = session
        self._screen: CheckScreen | None = screen
        self._watch = watch
        self._pace = CheckPace(now_s)
        self._handle: JobHandle | None = None
        self._is_running = False

    def show_known(self) -> None:
        """Show what the background check found; with nothing found, check everything."""
        kinds = self._watch.kinds
        if calling_of(kinds) and self._screen:
            self._screen.show_found(kinds, is_whole=False)
            self._ask_titles(kinds)
        else:
            self.check()

    def check(self) -> None:
        """Check everything; a second wish waits for the first."""
        if self._is_running or not self._screen:
            return
        self._is_running = True
        self._screen.show_running()
        self._handle = self._session.long_job(
            Lane.FILES,
            _check,
            self._on_checked,
            self._on_trouble,
            on_progress=self._on_progress,
            on_cancelled=self._on_cancelled,
        )

    def acknowledge(self) -> None:
        """The person knows of the lost entries; everything else is looked at once more."""
        self._session.change(
            lambda notebook: notebook.acknowledge_loss(), self.check, self._on_trouble
        )

    def cancel(self) -> None:
        """Stop the check."""
        if self._is_running and self._handle:
            self._handle.cancel()

    def leave(self) -> None:
        """The sheet is gone, and with it whoever wanted to know."""
        self._screen = None
        self.cancel()

    def _on_progress(self, done: int, total: int, what: str) -> None:
        if self._screen:
            self._screen.show_progress(done, total, self._pace.words(done, total, what))

    def _on_checked(self, findings: Sequence[Finding]) -> None:
        self._is_running = False
        self._watch.replace(findings)
        kinds = kinds_of(findings)
        if not self._screen:
            return
        if calling_of(kinds):
            self._screen.show_found(kinds, is_whole=True)
            self._ask_titles(kinds)
        else:
            self._session.ask(
                lambda notebook: (notebook.extent(), notebook.head_words(), kinds), self._on_extent
            )

    def _on_extent(self, answer: tuple[Extent, tuple[str, ...], tuple[FoundKind, ...]]) -> None:
        extent, head_words, known = answer
        if self._screen:
            self._screen.show_well(well_words(extent), head_words, known)

    def _ask_titles(self, kinds: Sequence[FoundKind]) -> None:
        if any(kind.records for kind in kinds):
            self._session.ask(
                lambda notebook: titles_of(kinds, {row.id: row.title for row in notebook.rows()}),
                self._on_titles,
                # A damaged notebook may not be able to list its records; the findings stand.
                lambda _error: None,
            )

    def _on_titles(self, records: Sequence[tuple[RecordId, str]]) -> None:
        if self._screen and records:
            self._screen.show_records(records)

    def _on_trouble(self, error: NotebookError) -> None:
        self._is_running = False
        if self._screen:
            self._screen.show_trouble(error)

    def _on_cancelled(self) -> None:
        self._is_running = False
        if self._screen:
            self._screen.show_stopped()


def _check(notebook: Notebook, progress: Progress) -> tuple[Finding, ...]:
    return tuple(notebook.check(progress))
