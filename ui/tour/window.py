"""A real window process with a driver in it.

    python -m ui.tour.window LINE DRIVER

LINE is the socket to the guard (`ui.window_process`), DRIVER the one that `ui.tour.driver` obeys.
"""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Final

from ui import window_process

HEAD_STAYS_MS: Final = 600_000

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.tour.driver import Driver


def main(argv: list[str]) -> int:
    """Run one window that can be driven."""

    def prepare(application: QApplication) -> Driver:
        # As in every window process, Qt is loaded after the process is protected.
        from ui import unlock_view  # noqa: PLC0415 - after hardening
        from ui.tour.driver import Driver  # noqa: PLC0415 - after hardening

        # Who drives it may be slow: what goes by itself waits until it was seen and put away.
        vars(unlock_view).update(HEAD_SHOWN_MS=HEAD_STAYS_MS)
        line = socket.socket(fileno=int(argv[2]))
        # Processes that the window starts do not get the line.
        line.set_inheritable(False)
        return Driver(line, application)

    return window_process.main(argv, prepare)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
