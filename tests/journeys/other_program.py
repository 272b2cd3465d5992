"""Another program: a picture can be dragged from it, and it has put one on the clipboard.

    python -m tests.journeys.other_program FILE X Y

Every step of a drag is one line on standard output.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

SIZE = 60


class Handle(QWidget):
    """A small square; the window manager does not know it, so it never takes the keyboard."""

    def __init__(self, file: Path, x: int, y: int) -> None:
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint)
        self._file = file
        self.setGeometry(QRect(x, y, SIZE, SIZE))

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Begin to drag."""
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._file))])
        drag.setMimeData(data)
        drag.actionChanged.connect(self._on_action)
        say("dragging")
        say(f"dropped {drag.exec(Qt.DropAction.CopyAction).name}")

    def _on_action(self, action: Qt.DropAction) -> None:
        say(f"over {action.name}")


def say(words: str) -> None:
    """Tell the test."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(argv: list[str]) -> int:
    """Show the square and put the picture on the clipboard."""
    application = QApplication(argv[:1])
    file = Path(argv[1])
    handle = Handle(file, int(argv[2]), int(argv[3]))
    picture = QMimeData()
    picture.setData("image/jpeg", file.read_bytes())
    application.clipboard().setMimeData(picture)
    handle.show()
    say("shown")
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
