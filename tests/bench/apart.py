"""Work in a fresh process, so that its memory is its own."""

import resource
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

Work = Callable[[Path, Path], dict[str, float]]


def apart(work: Work, folder: Path, other: Path) -> tuple[dict[str, float], int]:
    """Run in a fresh process; what it measured, and its greatest resident memory in bytes."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, work, folder, other))
    process.start()
    theirs.close()
    measured, memory = ours.recv()
    process.join()
    return measured, memory


def _run(pipe: Connection, work: Work, folder: Path, other: Path) -> None:
    measured = work(folder, other)
    # Linux counts in KiB.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    pipe.send((measured, memory))
    pipe.close()
    sys.stdout.flush()
