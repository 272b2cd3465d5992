"""The only threads: one lane each for the notebook, files, drafts, sound and the system.

Nothing waits for a lane but the lock, and that only for a moment: lanes are daemon threads and end
with the process. What comes back from a lane goes through `deliver`, which must call it on the
window's thread (`ui.delivery` does).
"""

import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from math import ceil
from typing import TypeVar

from notebook.errors import NotebookError
from notebook.progress import Cancelled, Progress
from ui.runner import JobHandle, Lane, OnProgress

T = TypeVar("T")

MOMENT_S = 0.01

Deliver = Callable[[Callable[[], None]], None]


class Jobs:
    """Runs jobs in their lanes (see `ui.runner`)."""

    def __init__(self, deliver: Deliver, on_bug: Callable[[BaseException], None]) -> None:
        self._deliver = deliver
        self._on_bug = on_bug
        self._lanes = {lane: _LaneThread(lane) for lane in Lane}

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
        job = _Job(self._deliver, on_progress)

        def ending() -> Callable[[], None]:
            try:
                job.stop_if_cancelled()
                result = function(job)
            except Cancelled:
                return on_cancelled or _nothing
            except NotebookError as error:
                return partial(on_trouble, error)
            # A lane must outlive whatever happens in it; the bug is shown, never swallowed.
            except BaseException as error:  # noqa: BLE001 - the bug is shown
                return partial(self._on_bug, error)
            return partial(on_done, result)

        self._lanes[lane].put(lambda: self._deliver(ending()))
        return job

    def settle(self, lane: Lane, wait_s: float) -> bool:
        """Wait until what stands in `lane` now is done, at most `wait_s`; whether it is.

        Time in which the whole machine stood still does not count: the lane stood still, too.
        """
        is_done = threading.Event()
        self._lanes[lane].put(is_done.set)
        return any(is_done.wait(MOMENT_S) for _moment in range(ceil(wait_s / MOMENT_S)))


class _LaneThread:
    """A thread that does what is put into its queue, one after another."""

    def __init__(self, lane: Lane) -> None:
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._go_on, name=lane.value, daemon=True).start()

    def put(self, work: Callable[[], None]) -> None:
        self._work.put(work)

    def _go_on(self) -> None:
        while True:
            work = self._work.get()
            work()
            # Values of the last job must not live on in this frame until the next one comes.
            del work


class _Job:
    """One job: its progress, called in the lane, and its handle, called in the window."""

    LEAST_PAUSE_S = 0.05
    """Progress comes at most this often, so that a fast job does not flood the window."""

    def __init__(self, deliver: Deliver, on_progress: OnProgress | None) -> None:
        self._deliver = deliver
        self._on_progress = on_progress
        self._last_told = 0.0
        self._is_cancelled = False

    def stop_if_cancelled(self) -> None:
        if self._is_cancelled:
            raise Cancelled

    def step(self, done: int, total: int, what: str = "") -> None:
        self.stop_if_cancelled()
        now = time.monotonic()
        is_due = done >= total or now - self._last_told >= self.LEAST_PAUSE_S
        if self._on_progress and is_due:
            self._last_told = now
            self._deliver(partial(self._tell, self._on_progress, done, total, what))

    def cancel(self) -> None:
        self._is_cancelled = True

    def _tell(self, on_progress: OnProgress, done: int, total: int, what: str) -> None:
        if not self._is_cancelled:
            on_progress(done, total, what)


def _nothing() -> None:
    """What follows a cancelled job that nobody asked about."""
