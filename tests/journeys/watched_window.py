"""A guard and its windows on a real display, which a test can look into (never act in).

    python -m tests.journeys.watched_window guard NAME [FOLDER]
    python -m tests.journeys.watched_window LINE NAME

NAME is the abstract socket on which the test waits for each new window.
"""

import socket
import sys

from PySide6.QtWidgets import QApplication

from ui import window_process
from ui.guard import Guard
from ui.tour.driver import Driver


def main(argv: list[str]) -> int:
    """Be the guard or one of its windows."""
    if argv[1] == "guard":
        return _guard(argv[2], argv[3] if len(argv) > 3 else None)
    name = argv[2]

    def prepare(application: QApplication) -> Driver:
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"\0{name}")
        return Driver(line, application)

    return window_process.main(argv, prepare)


def _guard(name: str, folder: str | None) -> int:
    def command(line: int) -> list[str]:
        return [sys.executable, "-P", "-m", "tests.journeys.watched_window", str(line), name]

    return Guard(command).run(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
