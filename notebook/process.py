"""What a process that holds keys does before anything else: nobody else may read its memory.

Linux only; elsewhere the functions do what the system offers and nothing more.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
"""From prctl(2)."""


_STREAMS: Final = (
    (0, "stdin", "r", os.O_RDONLY),
    # Writing to what is open for reading alone fails, as writing to nothing would have.
    (1, "stdout", "w", os.O_RDONLY),
    (2, "stderr", "w", os.O_WRONLY),
)


def hold_standard_streams() -> None:
    """Put `/dev/null` where a standard stream was closed by whoever started this process.

    Else a file of the notebook could become standard output or error, and be written to by
    whatever has something to say.
    """
    for descriptor, name, mode, flags in _STREAMS:
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))


def harden() -> None:
    """No core dump, and no reading of the memory by other processes of the same person.

    Holds until the next `exec`: every child process hardens itself. Raises `OSError` when the
    system refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _prctl(PR_SET_DUMPABLE, 0)


def end_with_parent(parent_pid: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Have the system send `by` to this process when its parent ends.

    Raises `ProcessLookupError` when `parent_pid` is no longer the parent.
    """
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, by)
    # The parent may have ended before the system knew that it matters.
    if os.getppid() != parent_pid:
        raise ProcessLookupError("the parent process has ended")


def _prctl(option: int, value: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    nothing = ctypes.c_ulong(0)
    if library.prctl(option, ctypes.c_ulong(value), nothing, nothing, nothing) != 0:
        raise OSError(ctypes.get_errno(), "the system refused to protect this process")
