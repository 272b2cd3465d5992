"""A room of one page beside those in steps: trouble stands above it, Esc and Back step back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from notebook.errors import NotebookError
from ui.style.look import Look
from ui.widgets.basics import Button, row
from ui.widgets.notices import TroubleCard


class SideRoom(QWidget):
    """What the rooms of missions, quarantine and the exchange folder share."""

    gone_back = Signal()

    def __init__(
        self, look: Look, title: str, back: str, parent: QWidget, *, can_dismiss: bool
    ) -> None:
        """`back` is what stands on the button that steps back."""
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(title)
        self._trouble = TroubleCard(look, self, can_dismiss=can_dismiss)
        self._back_words = back

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""
        if error:
            self._trouble.show_trouble(error)
        else:
            self._trouble.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back."""
        if event.key() == Qt.Key.Key_Escape:
            self.gone_back.emit()
        else:
            super().keyPressEvent(event)

    def foot(self) -> QHBoxLayout:
        """The way back, to be laid out below everything else."""
        foot = row()
        self.back = Button(self._back_words, self, look=self._look, icon="back")
        self.back.clicked.connect(self.gone_back)
        foot.addWidget(self.back)
        foot.addStretch()
        return foot
