"""How large a new window may be: no larger than the screen, its frame and title included."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ui.style.tokens import FRAME_ROOM


def size_on_screen(width: int, height: int) -> QSize:
    """This size, or what the person's screen has room for."""
    return fitted(QSize(width, height), QApplication.primaryScreen().availableSize())


def fitted(wanted: QSize, available: QSize) -> QSize:
    """What of `wanted` fits into `available`; the system puts a frame around it."""
    width, height = FRAME_ROOM
    return wanted.boundedTo(available - QSize(width, height))
