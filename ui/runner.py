"""How work is asked for: one `Runner` protocol, and the inline runner that tests use.

A job is a function that takes a `Progress`. It ends in one of four ways: `on_done(result)`;
`on_trouble(error)` for a `NotebookError`; `on_cancelled()`, if given, after `cancel()`; anything
else is a bug and goes to the crash window. All answers come on the window's own thread.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar

from notebook.errors import NotebookError
from notebook.progress import Cancelled, Progress

T = TypeVar("T")

OnProgress = Callable[[int, int, str], None]
"""Takes how much is done, of how much in all, and what it is."""


class Lane(StrEnum):
    """Where a job runs; jobs of one lane run one after another, in the order asked for."""

    NOTEBOOK = "notebook"
    """Owns the open notebook: the one writing connection."""
    FILES = "files"
    """Intake, sealing, staging."""
    DRAFTS = "drafts"
    """Keeps what is typed, whatever the other lanes do."""
    SOUND = "sound"
    """Carries a recording from its beginning to its end."""
    LISTENING = "listening"
    """Plays sound."""
    SYSTEM = "system"
    """Asks the system what it has to say; it may be slow, and nothing waits for it."""


class JobHandle(Protocol):
    """A job that was asked for."""

    def cancel(self) -> None:
        """Stop at the job's next step; one that ends before it notices is done, and says so."""


class Runner(Protocol):
    """What runs jobs."""

    def run(
        self,
        lane: Lane,
        function: Callable[[Progress], T],
        on_done: Callable[[T], None],
        on_trouble: Callable[[NotebookError], None],
        *,
        on_progress: OnProgress | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> JobHandle:
        """Run `function` in `lane` and bring back how it ended."""


class InlineRunner:
    """Runs every job at once, in the caller: for tests of presenters."""

    def run(
        self,
        lane: Lane,
        function: Callable[[Progress], T],
        on_done: Callable[[T], None],
        on_trouble: Callable[[NotebookError], None],
        *,
        on_progress: OnProgress | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> JobHandle:
        """Run `function` now; a bug is raised to the caller."""
        job = InlineJob(on_progress)
        try:
            result = function(job)
        except Cancelled:
            if on_cancelled:
                on_cancelled()
        except NotebookError as error:
            on_trouble(error)
        else:
            on_done(result)
        return job


class InlineJob:
    """A job of the inline runner: its progress and its handle; it can be cancelled as it runs."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._is_cancelled = False

    def step(self, done: int, total: int, what: str = "") -> None:
        """Tell how far it is; raises `Cancelled` when told to stop."""
        if self._on_progress:
            self._on_progress(done, total, what)
        if self._is_cancelled:
            raise Cancelled

    def cancel(self) -> None:
        """Stop at the next step."""
        self._is_cancelled = True
