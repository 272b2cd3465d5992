"""Processes as the system sees them from outside, where any of them may end at any moment."""

import time
from contextlib import suppress
from pathlib import Path


def children_of(pid: int) -> list[int]:
    """The processes that a process has started by its first thread and that are still there."""
    return _listed(Path(f"/proc/{pid}/task/{pid}/children"))


def below(pid: int) -> list[int]:
    """All processes that a process has started, with all that those have started."""
    found: list[int] = []
    # A thread may end between the list and the look.
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += _listed(task / "children")
    return [*found, *(each for child in found for each in below(child))]


def command_of(pid: int) -> bytes:
    """How a process was started; nothing, when it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def await_end(pid: int) -> None:
    """Wait until the system has cleared a process away; the test's own time limit ends it."""
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.005)


def _listed(children: Path) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in children.read_text().split()]
    return []
