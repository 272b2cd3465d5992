"""The window process: hardened before anything else, then the window, then its end.

    python -m ui.window_process LINE

LINE is the number of the inherited socket to the guard (`ui.parting`). The order matters: the
process is protected before Qt is loaded, and the line is read before a window is shown.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from notebook.process import end_with_parent, harden
from ui.lock import Lock, arm_system, boot_seconds, end_process
from ui.parting import MAX_LINE_BYTES, End, Opened, Start, from_line, to_line

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.app import App
    from ui.jobs import Jobs


class Line:
    """The line to the guard."""

    def __init__(self, number: int) -> None:
        # Processes of ours that hold no keys are started later; they do not get the line.
        os.set_inheritable(number, False)
        self._socket = socket.socket(fileno=number)

    def start(self) -> Start:
        """How to begin; raises `ValueError` when the guard says something else."""
        with self._socket.makefile("rb") as incoming:
            message = from_line(incoming.readline(MAX_LINE_BYTES + 1))
        if not isinstance(message, Start):
            raise ValueError("the guard did not say how to begin")
        return message

    def tell(self, message: Opened | End) -> None:
        """Tell the guard."""
        self._socket.sendall(to_line(message))


def main(argv: list[str], prepare: Callable[[QApplication], object] | None = None) -> int:
    """Run one window; the process normally ends inside, by locking.

    `prepare` is called before the window is shown; the tour watches and drives it from there.
    """
    harden()
    # Whatever a desktop or a library writes from here is its owner's alone, too.
    os.umask(0o077)
    line = Line(int(argv[1]))
    start = line.start()
    end_with_parent(start.guard_pid)
    application, app = build_window(line, start)
    # What it makes must live as long as the window.
    _kept = prepare(application) if prepare else None
    app.start()
    return application.exec()


def build_window(line: Line, start: Start) -> tuple[QApplication, App]:
    """Everything there is in a window process, not yet shown."""
    # Only now, in a protected process, are Qt and the notebook loaded.
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - after hardening

    from ui.app import App  # noqa: PLC0415 - after hardening
    from ui.files import keep_no_history  # noqa: PLC0415 - after hardening
    from ui.preferences import preferences_path  # noqa: PLC0415 - after hardening
    from ui.qt_messages import silence  # noqa: PLC0415 - after hardening
    from ui.real_gate import RealAdvice, RealGate  # noqa: PLC0415 - after hardening
    from ui.signals import Wakeup  # noqa: PLC0415 - after hardening
    from ui.system_watch import find_buses  # noqa: PLC0415 - after hardening

    silence()
    keep_no_history()
    # One argument, so that Qt does not take the line's number for one of its own.
    application = QApplication(["notebook"])
    application.setQuitOnLastWindowClosed(False)

    def make_lock(jobs: Jobs) -> Lock:
        return Lock(lanes=jobs, tell=line.tell, end=end_process, arm=arm_system)

    app = App(
        application,
        gate=RealGate(),
        advise=RealAdvice(),
        start=start,
        preferences_path=preferences_path(os.environ, Path.home()),
        tell_opened=line.tell,
        make_lock=make_lock,
        now_s=boot_seconds,
        buses=find_buses(os.environ),
    )
    sys.excepthook = app.on_exception
    sys.unraisablehook = app.on_unraisable
    _wakeup = Wakeup(application)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _calling(app.end_for_system))
    return application, app


def _calling(function: Callable[[], None]) -> Callable[[int, FrameType | None], None]:
    def handler(_number: int, _frame: FrameType | None) -> None:
        function()

    return handler


if __name__ == "__main__":
    sys.exit(main(sys.argv))
