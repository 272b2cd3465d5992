"""The program as a process of its own, as a shell starts it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from tests.support import REPOSITORY

COMMAND = [sys.executable, "-m", "ui.main"]
PATIENCE_S = 60


def start(
    *argv: str | Path,
    stdout: int | BinaryIO = subprocess.PIPE,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """The program, its streams as pipes."""
    # Whoever runs the tests in the background of a shell has SIGINT ignored, and all it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _started(argv, stdout, env)
    finally:
        signal.signal(signal.SIGINT, before)


def _started(
    argv: Sequence[str | Path], stdout: int | BinaryIO, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *map(str, argv)],
        cwd=REPOSITORY,
        env=env,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )
