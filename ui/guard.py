"""The guard: a parent that never held a key and starts a fresh process for every unlock window.

Locking is the death of the window process; the guard then opens the next one, which says why. The
guard imports no Qt, waits, and ends when a window is closed or the system asks it to end.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from ui.parting import MAX_LINE_BYTES, End, Opened, Reason, Start, from_line, to_line

MOMENT_S: Final = 0.01
"""Time is counted in moments that the guard has lived through: while the whole machine stood still,
no window could do anything either, and words are not to be lost for that."""

ENDING_MOMENTS: Final = 25
"""A window process that said it ends has so long to do so; it holds keys."""

ASKED_MOMENTS: Final = 200
"""One that is to end, or broke off, ends at once, unless it hangs: then it is killed, too."""

ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

Command = Callable[[int], list[str]]
"""The command of a window process, for the number of its inherited line."""


def window_command(line: int) -> list[str]:
    """The command of a real window process."""
    # -P keeps the current folder out of the modules' path: it may hold a folder "notebook".
    return [sys.executable, "-P", "-m", "ui.window_process", str(line)]


class Guard:
    """Opens window after window until one is closed."""

    def __init__(self, command: Command = window_command) -> None:
        self._command = command
        self._window: subprocess.Popen[bytes] | None = None
        self._is_asked_to_end = False
        self._moments = 0

    def run(self, folder: str | None) -> int:
        """Open windows until one is closed; the exit status for the system."""
        for number in ENDING_SIGNALS:
            signal.signal(number, self._on_signal)
        start = Start(guard_pid=os.getpid(), folder=folder)
        while True:
            opened, end, status = self._one_window(start)
            if self._is_asked_to_end:
                # A moment that came while Python takes itself down would end it as by a signal.
                signal.setitimer(signal.ITIMER_REAL, 0)
                return 0
            if end is None and opened is None:
                # It never came as far as a notebook; the next one would not either.
                return status or 1
            if end and end.reason is Reason.CLOSED:
                return 0
            start = Start(
                guard_pid=os.getpid(),
                folder=opened.folder if opened else start.folder,
                reason=end.reason if end else Reason.STOPPED,
                idle_minutes=end.idle_minutes if end else 0,
                words=end.words if end else (),
            )

    def _one_window(self, start: Start) -> tuple[Opened | None, End | None, int]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                window = subprocess.Popen(
                    self._command(theirs.fileno()),
                    pass_fds=(theirs.fileno(),),
                    env=self._environment(),
                )
            self._window = window
            if self._is_asked_to_end:
                self._end_window()
            opened, end = self._conversation(ours, start)
            return opened, end, self._wait(window, ENDING_MOMENTS if end else ASKED_MOMENTS)

    def _conversation(self, line: socket.socket, start: Start) -> tuple[Opened | None, End | None]:
        opened: Opened | None = None
        try:
            line.sendall(to_line(start))
            with line.makefile("rb") as incoming:
                while untrusted_line := incoming.readline(MAX_LINE_BYTES + 1):
                    message = from_line(untrusted_line)
                    if isinstance(message, End):
                        return opened, message
                    if isinstance(message, Opened):
                        opened = message
        except (OSError, ValueError):
            # A process that speaks nonsense or broke off is treated as one that stopped.
            return opened, None
        return opened, None

    def _wait(self, window: subprocess.Popen[bytes], moments: int) -> int:
        for _moment in range(moments):
            with suppress(subprocess.TimeoutExpired):
                return window.wait(MOMENT_S)
        window.kill()
        return window.wait()

    def _environment(self) -> dict[str, str]:
        # The child finds the program where this one was found, installed or not.
        return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._is_asked_to_end = True
        self._end_window()

    def _end_window(self) -> None:
        if self._window and self._window.poll() is None:
            self._window.terminate()
            signal.signal(signal.SIGALRM, self._on_moment)
            signal.setitimer(signal.ITIMER_REAL, MOMENT_S, MOMENT_S)

    def _on_moment(self, _number: int, _frame: FrameType | None) -> None:
        self._moments += 1
        if self._window and self._moments >= ASKED_MOMENTS:
            self._window.kill()
