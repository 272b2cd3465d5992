"""The clipboard: text alone, marked as not to be kept, and taken back after a while."""

from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

KEPT_FOR_MS: Final = 60_000
"""What the program puts there for a person to carry elsewhere at once."""

MOVED_FOR_MS: Final = 300_000
"""What a person copied or cut out themselves: who moves words looks for their place first."""

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
        QGuiApplication.clipboard().dataChanged.connect(self._on_changed)

    def put(self, text: str) -> None:
        """Put `text` there for a minute."""
        self._text = text
        QGuiApplication.clipboard().setMimeData(discreet(text))
        self._timer.start(KEPT_FOR_MS)

    def clear(self) -> None:
        """Take away what came from this program; leave what came from others."""
        clipboard = QGuiApplication.clipboard()
        # Not every platform knows whose the clipboard is; what lies there tells as well.
        if is_ours(clipboard) or (self._text and clipboard.text() == self._text):
            clipboard.clear()
        self._text = ""
        if clipboard.ownsSelection():
            clipboard.clear(clipboard.Mode.Selection)

    def _on_changed(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if not is_ours(clipboard):
            self._timer.stop()
            return
        text = clipboard.text()
        if text and text != self._text:
            self._text = text
            self._timer.start(MOVED_FOR_MS)
            if not all(clipboard.mimeData().hasFormat(form) for form in NOT_TO_BE_KEPT):
                # A line of text copies by itself, without the marks.
                clipboard.setMimeData(discreet(text))


def is_ours(clipboard: QClipboard) -> bool:
    """Whether what lies there comes from this program; on a platform that cannot tell it does not.

    What others put there is not asked for: a program that hangs would make this one wait.
    """
    return clipboard.ownsClipboard()
