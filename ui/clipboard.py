"""The clipboard: text alone, marked as not to be kept, and taken back after a while."""

from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

KEPT_FOR_MS: Final = 60_000

NOT_TO_BE_KEPT: Final = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\x01",
}
"""What tells clipboard managers on the desktops of KDE and GNOME, and Windows, to look away."""


def discreet(text: str) -> QMimeData:
    """Text for the clipboard with the marks on it."""
    data = QMimeData()
    data.setText(text)
    for form, value in NOT_TO_BE_KEPT.items():
        data.setData(form, value)
    return data


class Clipboard(QObject):
    """Puts text on the clipboard and takes it back."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)

    def put(self, text: str) -> None:
        """Put `text` there for a minute."""
        self._text = text
        QGuiApplication.clipboard().setMimeData(discreet(text))
        self._timer.start(KEPT_FOR_MS)

    def clear(self) -> None:
        """Take away what came from this program; leave what came from others."""
        clipboard = QGuiApplication.clipboard()
        # Not every platform knows whose the clipboard is; what lies there tells as well.
        is_ours = clipboard.ownsClipboard() or (self._text and clipboard.text() == self._text)
        if is_ours:
            clipboard.clear()
        self._text = ""
        if clipboard.ownsSelection():
            clipboard.clear(clipboard.Mode.Selection)
