"""The page where a record will stand, while none is open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.tokens import Space
from ui.widgets.basics import column, label


class EmptyRecord(QWidget):
    """One quiet sentence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, margin=Space.XXL)
        self._sentence = label("", self, "mute")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._sentence)

    def show_sentence(self, sentence: str) -> None:
        """Say this; by default what to do next."""
        self._sentence.setText(sentence or _("Choose a record, or begin one."))
