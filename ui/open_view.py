"""The room of opening: four steps, each a page."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.files import FileChooser
from ui.guided_view import GuidedView
from ui.open_pages import FilesPage, MergedPage, Step, WhatPage, WhoPage
from ui.open_steps_view import FilesView, MergedView, WhatView, WhoView
from ui.style.look import Look


class OpenView(GuidedView):
    """Shows one step at a time; says what the person chooses."""

    files_chosen = Signal(object)
    """A list of paths."""
    record_chosen = Signal(str)
    evidence_chosen = Signal(str)
    desk_requested = Signal()
    contacts_requested = Signal()
    contact_chosen = Signal(str)
    notice_put_aside = Signal(str)
    receipt_folder_chosen = Signal(object)
    """The folder that a receipt is to lie in."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Open a bundle"),
            (_("File"), _("From whom"), _("What it brings"), _("Merged")),
            parent,
        )
        self._look = look
        self._chooser = FileChooser(self)
        self._build()

    # What the presenter shows (ui.open_pages.OpenScreen).

    def show_files(self, page: FilesPage) -> None:
        """Ask for the file, or its parts."""
        self.files.show_files(page)
        self.show_step(self.files, Step.FILES, on=page.on, first=self.files.choose)

    def show_reading(self) -> None:
        """The front of a bundle is being read."""
        self.show_strip(_("Looking who sealed it…"), Step.WHO, back=_("Cancel"))

    def show_who(self, page: WhoPage) -> None:
        """Show who sealed it."""
        self.who.show_who(page)
        is_safe = page.tone == "ok"
        self.show_step(
            self.who,
            Step.WHO,
            on=page.on,
            back=page.back or None,
            first=None if is_safe else self.guide.back,
        )

    def show_what(self, page: WhatPage) -> None:
        """Show what it says that it brings."""
        self.what.show_what(page)
        self.show_step(self.what, Step.WHAT, on=_("Check and merge"))

    def show_opening(self) -> None:
        """Verifying and merging began."""
        self.show_strip(_("Checking every signature and every hash"), Step.WHAT, back=_("Cancel"))

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        self.strip.show_progress(done, total, words)

    def show_merged(self, page: MergedPage) -> None:
        """Show what came in."""
        self.merged.show_merged(page)
        self.show_step(self.merged, Step.MERGED, on=page.on, back=_("Back to handover"))

    # Qt.

    def _build(self) -> None:
        self.files = FilesView(self._look, self.guide)
        self.files.files_requested.connect(self._ask_for_files)
        self.files.files_dropped.connect(self.files_chosen)
        self.who = WhoView(self._look, self.guide)
        self.who.contacts_requested.connect(self.contacts_requested)
        self.what = WhatView(self._look, self.guide)
        self.merged = MergedView(self._look, self.guide)
        self.merged.record_chosen.connect(self.record_chosen)
        self.merged.evidence_chosen.connect(self.evidence_chosen)
        self.merged.desk_requested.connect(self.desk_requested)
        self.merged.receipt_requested.connect(self._ask_where)
        self.merged.notices.put_aside.connect(self.notice_put_aside)
        self.merged.notices.contact_chosen.connect(self.contact_chosen)
        for page in (self.files, self.who, self.what, self.merged):
            self.guide.add_page(page)

    def _ask_for_files(self) -> None:
        self._chooser.files(
            _("Open a bundle"), self._on_files, [_("Bundles (*.sealed.age *.sealed.age.*)")]
        )

    def _ask_where(self) -> None:
        self._chooser.folder(_("Where the receipt is to lie"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        self.receipt_folder_chosen.emit(folder)

    def _on_files(self, paths: list[Path]) -> None:
        self.files_chosen.emit(paths)
