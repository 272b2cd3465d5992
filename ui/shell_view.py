"""The main window: rail, the room that is shown, and what the window itself has to say."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.attention_strip import AttentionStrip
from ui.rail_view import RailEntry, RailView
from ui.recording_view import RecordingBar
from ui.style.look import Look
from ui.style.tokens import WINDOW_LEAST, WINDOW_SIZE, Space
from ui.travel_strip import TravelStrip
from ui.widgets.basics import upright_line
from ui.widgets.fitting import size_on_screen
from ui.widgets.focus_ring import FocusRing
from ui.widgets.in_sight import turn_page
from ui.widgets.notices import SayBar, TroubleCard
from ui.widgets.reading_order import InParts, enter_in_order, step_in_order

WINDOW_TITLE = "Notebook"
"""Never anything else: a title stands in the task bar and in logs of the desktop."""


@runtime_checkable
class TakesFocus(Protocol):
    """A room that knows where one goes on in it."""

    def take_focus(self) -> None:
        """Put the focus there."""


class ShellView(QWidget):
    """Shows one room at a time."""

    closing = Signal()

    def __init__(self, look: Look, entries: Sequence[RailEntry]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(WINDOW_TITLE)
        self.setMinimumSize(*WINDOW_LEAST)
        self.resize(size_on_screen(*WINDOW_SIZE))
        self._build(look, entries)

    def add_room(self, view: QWidget) -> None:
        """Take a room's view in."""
        self._rooms.addWidget(view)

    def show_room(self, view: QWidget) -> None:
        """Bring a room's view to the front."""
        self._trouble.clear()
        self._rooms.setCurrentWidget(view)

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble above the room."""
        self._trouble.show_trouble(error)

    def enter_room(self) -> None:
        """Who went here by the keyboard goes on here, and not where the focus happened to be."""
        room: object = self._rooms.currentWidget()
        if isinstance(room, TakesFocus):
            room.take_focus()

    def say(self, text: str, undo: Callable[[], None] | None) -> None:
        """Say a sentence at the foot."""
        self._say.say(text, undo)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through a room as one reads, whatever of it was made first."""
        room: object = self._rooms.currentWidget()
        parts = room.parts_in_order() if isinstance(room, InParts) else ()
        if step_in_order(parts, is_forward=forward):
            return True
        has_moved = super().focusNextPrevChild(forward)
        enter_in_order(parts, is_forward=forward)
        return has_moved

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page keys turn the page of a room that did not want them itself."""
        room = self._rooms.currentWidget()
        if room is None or not turn_page(event, room):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is locking; nothing asks."""
        event.accept()
        self.closing.emit()

    def _build(self, look: Look, entries: Sequence[RailEntry]) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(Space.NONE, Space.NONE, Space.NONE, Space.NONE)
        box.setSpacing(Space.NONE)
        self.rail = RailView(look, entries, self)
        box.addWidget(self.rail)
        box.addWidget(upright_line(self))
        page = QVBoxLayout()
        page.setSpacing(Space.NONE)
        self.travel = TravelStrip(look, self)
        page.addWidget(self.travel)
        self.recording = RecordingBar(look, self)
        page.addWidget(self.recording)
        self.attention = AttentionStrip(look, self)
        page.addWidget(self.attention)
        self._trouble = TroubleCard(look, self, can_dismiss=True)
        page.addWidget(self._trouble)
        self._rooms = QStackedWidget(self)
        self._rooms.setAccessibleName(_("Page"))
        page.addWidget(self._rooms, 1)
        self._say = SayBar(look, self)
        page.addWidget(self._say)
        box.addLayout(page, 1)
        FocusRing(look, self)
