"""The room of a copy with pseudonyms: five steps, each a page."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.files import FileChooser
from ui.guided_view import GuidedView
from ui.handover_parts import EmptyState
from ui.redact_look import DonePage, LookPage
from ui.redact_pages import BarPage, ReadPage, Step, Way
from ui.redact_picture_pages import PicturesPage
from ui.redact_pictures_view import PicturesView
from ui.redact_read_view import ReadView
from ui.redact_steps_view import DoneView, LookView, WhatView
from ui.redact_what import WhatPage
from ui.style.look import Look

PAGE_NAME = "copy.html"
"""The name that is offered for a page in clear: it says nothing."""


class RedactView(GuidedView):
    """Shows one step at a time; what the person does in a step its page says."""

    page_path_chosen = Signal(object)
    desk_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Copy with pseudonyms"),
            (_("What"), _("Read"), _("Files"), _("Look"), _("Done")),
            parent,
        )
        self._look = look
        self._files = FileChooser(self)
        self._build()

    # What the presenter shows (ui.redact_pages.RedactScreen).

    def show_what(self, page: WhatPage) -> None:
        """Ask which case."""
        self.what.show_what(page)
        on = _("Go on reading") if page.begun else _("Look for names")
        self.show_step(self.what, Step.WHAT, on=on, first=self.what.cases)

    def show_no_cases(self) -> None:
        """There is nothing to copy."""
        self.no_cases.show_words(
            _("There is no case yet, and so nothing to copy. Write something down first."),
            _("Go to the desk"),
        )
        self.show_step(self.no_cases, Step.WHAT, on="", first=self.no_cases.button)

    def show_working(self, words: str, step: Step, *, can_cancel: bool) -> None:
        """Something takes its time."""
        self.show_strip(words, step, back=_("Cancel") if can_cancel else "")

    def show_progress(self, done: int, total: int) -> None:
        """How far it is."""
        self.strip.show_progress(done, total)

    def show_read(self, page: ReadPage, way: Way) -> None:
        """Show a record to be read."""
        self.read.show_read(page, way)
        self.show_step(self.read, Step.READ, on=way.on, first=self.read.first())

    def show_bar(self, bar: BarPage) -> None:
        """Show what can be decided."""
        self.read.show_bar(bar)

    def show_pictures(self, page: PicturesPage) -> None:
        """Show the files."""
        self.pictures.show_pictures(page)
        self.show_step(
            self.pictures, Step.PICTURES, on=_("Look at the whole"), first=self.pictures.first()
        )

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        """Show the picture of the file that is chosen."""
        self.pictures.show_picture(width, height, rgb)

    def show_look(self, page: LookPage) -> None:
        """Show what the copy will hold."""
        self.look.show_look(page)
        self.show_step(self.look, Step.LOOK, on=_("Make the copy"))

    def show_done(self, page: DonePage) -> None:
        """Show what was made."""
        self.done.show_done(page)
        self.show_step(self.done, Step.DONE, on=_("Seal it for…"), back=_("Back to handover"))

    # Qt.

    def _build(self) -> None:
        self.what = WhatView(self._look, self.guide)
        self.read = ReadView(self._look, self.guide)
        self.pictures = PicturesView(self._look, self.guide)
        self.look = LookView(self._look, self.guide)
        self.done = DoneView(self._look, self.guide)
        self.no_cases = EmptyState(self._look, "case", self.guide)
        for page in (
            self.what,
            self.read,
            self.pictures,
            self.look,
            self.done,
            self.no_cases,
        ):
            self.guide.add_page(page)
        self.no_cases.asked.connect(self.desk_requested)
        self.look.page_requested.connect(self._ask_for_page)

    def _ask_for_page(self) -> None:
        self._files.new_file(_("Where the page is to lie"), PAGE_NAME, self._on_page)

    def _on_page(self, path: Path) -> None:
        self.page_path_chosen.emit(path)
