"""The window while its notebook travels: the strip, its buttons, and a clock for drafts."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, QObject, Qt, QTimer

from notebook.i18n import _
from ui.files import FileChooser
from ui.rooms import Place, Shell
from ui.session import Session
from ui.shell_view import ShellView
from ui.travel_presenter import TravelPresenter

TICK_MS: Final = 1_000
PAGE_NAME: Final = "travel.html"
CARD_NAME: Final = "card.txt"


class Travelling(QObject):
    """Connects the strip of a notebook that travels."""

    def __init__(self, session: Session, view: ShellView, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._presenter = TravelPresenter(session, view.travel, shell.say)
        self._files = FileChooser(view)
        view.travel.copy_requested.connect(self._ask_folder)
        view.travel.page_requested.connect(self._ask_page)
        view.travel.card_requested.connect(self._ask_card)
        view.travel.look_requested.connect(self._look)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._presenter.tick)

    def start(self) -> None:
        """Show the strip, and have drafts sealed in time."""
        self._presenter.start()
        self._timer.start(TICK_MS)

    def flush(self, before: Callable[[], None]) -> None:
        """Give every unsaved word to the drafts, then seal them."""
        try:
            before()
        finally:
            self._presenter.seal_drafts()

    def _ask_folder(self) -> None:
        self._files.folder(_("Copy the outbox to"), self._presenter.copy)

    def _ask_page(self) -> None:
        self._files.new_file(_("A page for the border"), PAGE_NAME, self._write_page)

    def _look(self) -> None:
        self._shell.go(Place(room="departure"))

    def _ask_card(self) -> None:
        self._files.new_file(_("Your card, for headquarters"), CARD_NAME, self._presenter.save_card)

    def _write_page(self, out: Path) -> None:
        locale = QLocale()
        self._presenter.write_page(
            out,
            locale.bcp47Name(),
            is_right_to_left=locale.textDirection() == Qt.LayoutDirection.RightToLeft,
        )
