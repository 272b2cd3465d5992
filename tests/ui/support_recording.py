"""A recording in a window process, as one waits for it: the bar counts on, and nobody is exact."""

from __future__ import annotations

import re
import time

from ui.tour.driven import Difference, Driven

WAIT_S = 180.0
SEALED = re.compile(r"\b[1-9]\d* files?")
COUNTED = re.compile(r"Recording (\d+):(\d\d):(\d\d)")


def seconds_in(words: str) -> int:
    """How much is recorded, as the bar says it; -1 when it says nothing of the kind."""
    found = COUNTED.search(words)
    if found is None:
        return -1
    hours, minutes, seconds = map(int, found.groups())
    return 3600 * hours + 60 * minutes + seconds


def wait_until_recorded(window: Driven, seconds: int) -> None:
    """Wait until so much is recorded, or more."""
    until_s = time.monotonic() + WAIT_S
    while max(map(seconds_in, window.texts()), default=-1) < seconds:
        if time.monotonic() > until_s:
            raise Difference(f"{seconds} seconds were never recorded")
        time.sleep(0.05)


def wait_until_sealed(window: Driven) -> None:
    """Wait until a notebook that travels has sealed a file, or more."""
    until_s = time.monotonic() + WAIT_S
    while not any(SEALED.search(text) for text in window.texts()):
        if time.monotonic() > until_s:
            raise Difference("no file was ever sealed")
        time.sleep(0.05)
