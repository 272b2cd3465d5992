"""The page where a record will stand, while none is open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.tokens import Space
from ui.widgets.basics import column, label


class EmptyRecord(QWidget):
    """One quiet sentence; none while the list has nothing to choose and says itself what to do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._said = ""
        self._has_choice = False
        box = column(self, margin=Space.XXL)
        self._sentence = label("", self, "mute")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._sentence)

    def show_sentence(self, sentence: str) -> None:
        """Say this; by default what to do next."""
        self._said = sentence
        self._show()

    def show_choice(self, has_choice: bool) -> None:
        """Whether the list has records to choose from."""
        self._has_choice = has_choice
        self._show()

    def _show(self) -> None:
        usual = _("Choose a record, or begin one.") if self._has_choice else ""
        self._sentence.setText(self._said or usual)
