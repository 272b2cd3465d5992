"""What Qt says on standard error: nothing, but for the reason why it cannot start."""

import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler


def silence() -> None:
    """Keep Qt's messages, which may hold paths or what a widget shows, off standard error."""
    qInstallMessageHandler(_on_message)


def _on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    # A fatal message comes before any window and any notebook: there is nothing in it to keep.
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write(text + "\n")
