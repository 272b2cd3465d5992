"""The small plain window before an open notebook: first page, unlock page, new page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from notebook.i18n import _
from ui.door import Advise, Gate
from ui.files import FileChooser
from ui.first_run_presenter import FirstRunPresenter
from ui.first_run_view import FirstRunView
from ui.keyboard import layout_name
from ui.new_notebook_presenter import NewNotebookPresenter
from ui.new_notebook_view import NewNotebookView
from ui.parting import Start
from ui.preferences import Preferences
from ui.runner import Runner
from ui.shell_view import WINDOW_TITLE
from ui.style.look import Look
from ui.style.tokens import DOOR_HEIGHT, DOOR_WIDTH
from ui.unlock_presenter import UnlockPresenter
from ui.unlock_view import UnlockView
from ui.widgets.basics import column
from ui.widgets.fitting import size_on_screen
from ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from notebook.notebook import Notebook


class DoorWindow(QWidget):
    """Leads to an open notebook."""

    opened = Signal(object)
    """The open `Notebook`."""
    closing = Signal()
    about_requested = Signal()
    copied = Signal(str)
    """Text for the clipboard."""
    remember_changed = Signal(str)
    """The folder to remember on this computer; empty for none."""

    def __init__(
        self,
        look: Look,
        runner: Runner,
        gate: Gate,
        advise: Advise,
        start: Start,
        preferences: Preferences,
    ) -> None:
        super().__init__()
        self._look = look
        self._start = start
        self._remembered = preferences.last_folder
        self._folder: Path | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(WINDOW_TITLE)
        self._build()
        self._files = FileChooser(self)
        self._unlock = UnlockPresenter(self.unlock, runner, gate, self._on_opened)
        self._new = NewNotebookPresenter(self.new, runner, gate, advise, self._on_opened)
        self._first = FirstRunPresenter(self.first, runner, gate, self._on_opened)
        self._connect()
        self._fit()
        look.changed.connect(self._fit)

    def begin(self) -> None:
        """Show the page that fits: unlock if a folder is known, else the first page."""
        self._unlock.start(self._start)
        known = self._start.folder or self._remembered
        if known:
            self._show_unlock(Path(known))
        else:
            self._show_first()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing ends the program."""
        event.accept()
        self.closing.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back, and ends the program where there is nothing to step back to."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._pages.currentWidget() is self.new:
            self._show_first()
        else:
            self.close()

    def _build(self) -> None:
        box = column(self)
        self._pages = QStackedWidget(self)
        box.addWidget(self._pages)
        self.first = FirstRunView(self._look, self)
        self.unlock = UnlockView(self._look, self)
        self.new = NewNotebookView(self._look, self)
        for page in (self.first, self.unlock, self.new):
            self._pages.addWidget(page)
        FocusRing(self._look, self)

    def _connect(self) -> None:
        self.first.new_requested.connect(self._show_new)
        self.first.open_requested.connect(self._ask_folder)
        self.first.sample_requested.connect(self._ask_sample_folder)
        self.first.sample_opened.connect(self._first.open_sample)
        self.first.sample_cancelled.connect(self._first.cancel)
        self.first.copy_requested.connect(self.copied)
        self.first.about_requested.connect(self.about_requested)
        self.unlock.unlock_requested.connect(self._unlock.unlock)
        self.unlock.folder_requested.connect(self._ask_folder)
        self.unlock.others_requested.connect(self._show_first)
        self.unlock.remember_changed.connect(self._on_remember)
        self.unlock.gone_on.connect(self._unlock.go_on)
        self.unlock.keyboard_used.connect(self._name_keyboard)
        self.new.keyboard_used.connect(self._name_keyboard)
        self.unlock.override_requested.connect(self._unlock.allow_unsafe_memory)
        self.new.folder_requested.connect(self._ask_new_folder)
        self.new.back_requested.connect(self._show_first)
        self.new.passphrase_edited.connect(self._new.judge)
        self.new.suggestion_requested.connect(self._new.suggest)
        self.new.create_requested.connect(self._on_create)
        self.new.travel_chosen.connect(self._new.mission.turn)
        self.new.mission_files_chosen.connect(self._new.mission.read)
        self.new.mission_compared.connect(self._new.mission.compare)
        self.new.override_requested.connect(self._new.allow_unsafe_memory)

    def _fit(self) -> None:
        self.resize(size_on_screen(self._look.scaled(DOOR_WIDTH), self._look.scaled(DOOR_HEIGHT)))

    def _name_keyboard(self) -> None:
        """The person may change the layout in the middle of a passphrase."""
        name = layout_name()
        self.unlock.show_keyboard(name)
        self.new.show_keyboard(name)

    def _show_first(self) -> None:
        self._pages.setCurrentWidget(self.first)
        self.first.take_focus()

    def _show_new(self) -> None:
        self._pages.setCurrentWidget(self.new)
        self._name_keyboard()
        self.new.take_focus()

    def _show_unlock(self, folder: Path) -> None:
        self._folder = folder
        self._unlock.choose(folder)
        self.unlock.show_remembered(is_remembered=str(folder) == self._remembered)
        self._name_keyboard()
        self._pages.setCurrentWidget(self.unlock)
        self.unlock.take_focus()

    def _ask_folder(self) -> None:
        self._files.folder(_("Open a notebook"), self._show_unlock)

    def _ask_new_folder(self) -> None:
        self._files.folder(_("Folder of the new notebook"), self.choose_new_folder)

    def choose_new_folder(self, folder: Path) -> None:
        """Make the new notebook in this folder."""
        self._new.choose(folder)

    def _ask_sample_folder(self) -> None:
        self._files.folder(_("Folder of the sample notebook"), self._first.make_sample)

    def _on_create(self) -> None:
        self._new.create(
            self.new.author_name(),
            self.new.passphrase(),
            self.new.repeated(),
            is_low_memory=self.new.is_low_memory(),
        )

    def _on_remember(self, is_remembered: bool) -> None:
        if self._folder:
            self._remembered = str(self._folder) if is_remembered else None
            self.remember_changed.emit(self._remembered or "")

    def _on_opened(self, notebook: Notebook) -> None:
        self.opened.emit(notebook)
