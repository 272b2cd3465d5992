"""What the notebook takes from outside: the time, randomness, and how much memory is free."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from crypto.primitives import RandomBytes
from notebook import swap
from notebook.model import Clock

_MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The outside world, as an argument, so that tests patch nothing."""

    clock: Clock
    random: RandomBytes
    available_bytes: Callable[[], int]
    """Memory that can be used without swapping."""
    zone: tzinfo | None = None
    """Where the person is; None: as the system says."""
    allows_testing: bool = False
    """Whether the cheap key derivation is accepted. Only tests say so."""
    unsafe_memory: Callable[[], tuple[str, ...]] = swap.unsafe
    """Where the system may write memory to a disk in clear."""
    allows_unsafe_memory: bool = False
    """Whether a person said that a travelling notebook is to open all the same."""


def real_environment() -> Environment:
    """The machine's own clock, randomness and memory."""
    return Environment(
        clock=lambda: datetime.now(UTC), random=os.urandom, available_bytes=_available_bytes
    )


def timestamp(clock: Clock) -> str:
    """The current time as RFC 3339 in UTC, to the second."""
    return clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_day(clock: Clock, zone: tzinfo | None) -> date:
    """The calendar day where the person is, which may be another one than in UTC."""
    return clock().astimezone(zone).date()


def _available_bytes() -> int:
    """`MemAvailable`; without it, all physical memory, as the kernel then decides anyway."""
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
