"""Wakes Python when the system sends a signal: Qt's event loop would sleep through it."""

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier


class Wakeup(QObject):
    """Lets Python's signal handlers run at once while Qt's event loop is waiting."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        # The interpreter writes a byte here from within the signal; reading it wakes the loop,
        # and entering the slot lets the interpreter call the handler.
        signal.set_wakeup_fd(self._write.fileno())
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_byte)

    def _on_byte(self) -> None:
        self._read.recv(1)
