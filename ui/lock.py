"""Locking: what is typed goes to the drafts, and the process ends. It never asks.

Keys and text cannot be wiped from the memory of a running process, so locking is its death. No Qt.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final, Protocol

from ui.parting import End, Reason
from ui.runner import Lane

WHOLE_WAIT_S: Final = 5.0
"""After this the system kills the process, whatever it is doing. The guard, which heard that it
ends, does so after a quarter of a second in which the machine ran (`ui.guard`)."""

DRAFTS_WAIT_S: Final = 0.15
"""So long the lock waits for the last words to be written."""


class Lanes(Protocol):
    """What locking needs of `ui.jobs.Jobs`."""

    def settle(self, lane: Lane, wait_s: float) -> bool:
        """Wait until the lane has done what stands in it."""


class Lock:
    """Ends the process, once."""

    def __init__(
        self,
        *,
        lanes: Lanes,
        tell: Callable[[End], None],
        end: Callable[[], None],
        arm: Callable[[float], None],
    ) -> None:
        """`tell` speaks to the guard; `arm` has the system end the process; `end` ends it."""
        self._lanes = lanes
        self._tell = tell
        self._end = end
        self._arm = arm
        self._is_ending = False
        self.flush: Callable[[], None] = _nothing
        """Gives every unsaved word to the drafts' lane; set once a notebook is open."""
        self.halt: Callable[[], tuple[str, ...]] = _no_words
        """Has nothing more written; the notebook's four words, to be shown once it is locked."""
        self.clear: Callable[[], None] = _nothing
        """Takes our text off the clipboard."""

    def lock(self, reason: Reason, idle_minutes: int = 0) -> None:
        """End now. Nothing may stop this: neither a dialog nor a job nor a bug in a room."""
        if self._is_ending:
            return
        self._is_ending = True
        self._arm(WHOLE_WAIT_S)
        # Each step runs, last named first, whatever happens in the ones before it.
        with ExitStack() as steps:
            steps.callback(self._end)
            steps.callback(self.clear)
            steps.callback(self._lanes.settle, Lane.DRAFTS, DRAFTS_WAIT_S)
            steps.callback(self.flush)
            self._tell(End(reason=reason, idle_minutes=idle_minutes, words=self.halt()))


def arm_system(wait_s: float) -> None:
    """Have the system kill this process after `wait_s`, even if Python never runs again."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wait_s)


def end_process() -> None:
    """End at once, without the clean-up that could wait or write."""
    os._exit(0)


def boot_seconds() -> float:
    """Seconds since the machine started, those asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class IdleWatch:
    """Knows how long nobody touched the notebook."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s` must go on while the machine sleeps."""
        self._now_s = now_s
        self._touched_s = now_s()

    def touch(self) -> None:
        """Someone is there."""
        self._touched_s = self._now_s()

    def is_over(self, minutes: int) -> bool:
        """Whether nobody was there for so many minutes."""
        return self._now_s() - self._touched_s >= 60 * minutes


def _no_words() -> tuple[str, ...]:
    """There are none before a notebook is open."""
    return ()


def _nothing() -> None:
    """What there is to do before a notebook is open."""
