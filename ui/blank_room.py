"""A room with nothing in it yet: the smallest example of a view and its presenter."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from notebook.model import Changes
from ui.rooms import Place
from ui.style.tokens import Space
from ui.widgets.basics import column, label


class BlankScreen(Protocol):
    """What the presenter asks of the view."""

    def show_sentence(self, sentence: str) -> None:
        """Show one sentence."""


class BlankPresenter:
    """Says that there is nothing here."""

    def __init__(self, screen: BlankScreen) -> None:
        self._screen = screen

    def enter(self, place: Place) -> None:
        """Show the empty place."""
        self._screen.show_sentence(_("There is nothing here yet."))

    def changed(self, changes: Changes) -> None:
        """Nothing is shown that could change."""

    def flush(self) -> None:
        """Nothing is typed here."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing can be done here."""
        return {}


class BlankView(QWidget):
    """One sentence in the middle of the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, margin=Space.XXL)
        self._sentence = label("", self, "mute")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._sentence)

    def show_sentence(self, sentence: str) -> None:
        """Show one sentence."""
        self._sentence.setText(sentence)
