"""The room of sealing: five steps, each a page."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.files import FileChooser
from ui.guided_view import GuidedView
from ui.handover_parts import EmptyState
from ui.seal_leaving import LeavingPage
from ui.seal_leaving_sheet import LeavingSheet
from ui.seal_look_pages import LookPage
from ui.seal_look_view import LookView
from ui.seal_pages import DonePage, Step, WhatPage, WherePage, WhomPage
from ui.seal_steps_view import DoneView, WhatView, WhereView, WhomView
from ui.style.look import Look


class SealView(GuidedView):
    """Shows one step at a time; says what the person chooses."""

    every_chosen = Signal(bool)
    case_toggled = Signal(str, bool)
    full_chosen = Signal(bool)
    by_record_chosen = Signal(bool)
    words_typed = Signal(str)
    record_toggled = Signal(str, bool)
    reader_toggled = Signal(str, bool)
    purpose_chosen = Signal(str)
    left_out = Signal(object)
    put_back = Signal(str)
    override_given = Signal(str)
    media_toggled = Signal(bool)
    record_opened = Signal(str)
    field_toggled = Signal(str, str, bool)
    folder_chosen = Signal(object)
    checksums_chosen = Signal(bool)
    parts_chosen = Signal(bool)
    contacts_requested = Signal()
    desk_requested = Signal()
    copy_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Seal for…"),
            (_("What"), _("For whom"), _("Look"), _("Seal"), _("Done")),
            parent,
        )
        self._look = look
        self._files = FileChooser(self)
        self._build()

    # What the presenter shows (ui.seal_pages.SealScreen).

    def show_what(self, page: WhatPage) -> None:
        """Ask which cases."""
        self.what.show_what(page)
        self.show_step(self.what, Step.WHAT, on=_("Go on"), first=self.what.every)

    def show_whom(self, page: WhomPage) -> None:
        """Ask for whom."""
        self.whom.show_whom(page)
        self.show_step(
            self.whom, Step.WHOM, on=_("Look at what leaves"), first=self.whom.readers.first()
        )

    def show_no_cases(self) -> None:
        """There is nothing that could be sealed."""
        self.no_cases.show_words(
            _("There is no case yet, and so nothing to seal. Write something down first."),
            _("Go to the desk"),
        )
        self.show_step(self.no_cases, Step.WHAT, on="", first=self.no_cases.button)

    def show_no_contacts(self) -> None:
        """There is nobody to seal for."""
        self.no_contacts.show_words(
            _("You have no contacts yet. Add the card of the person who is to open the bundle."),
            _("Add a contact"),
        )
        self.show_step(self.no_contacts, Step.WHOM, on="", first=self.no_contacts.button)

    def show_looking(self) -> None:
        """What leaves is being gathered."""
        self.show_strip(_("Gathering what leaves…"), Step.LOOK, back=_("Back"))

    def show_look(self, page: LookPage) -> None:
        """Show all that leaves."""
        self.look.show_look(page)
        lack = "" if page.empty or page.may_go_on else _("Leave out what may not go.")
        if lack and page.may_override:
            lack = _("Leave out what may not go, or give a reason.")
        on = "" if page.empty else _("Go on")
        first = self.look.first() if page.refusals else None
        self.show_step(
            self.look, Step.LOOK, on=on, lack=lack, may_go_on=page.may_go_on, first=first
        )

    def show_record(self, page: LeavingPage) -> None:
        """Show one record before it leaves."""
        sheet = LeavingSheet(self._look, page, self.window())
        sheet.field_toggled.connect(self.field_toggled)
        sheet.left_out.connect(self.left_out)
        sheet.open_sheet(sheet.done)

    def show_where(self, page: WherePage) -> None:
        """Ask where the bundle goes."""
        self.where.show_where(page)
        was_here = self.where.isVisibleTo(self)
        self.show_step(
            self.where,
            Step.SEAL,
            on=_("Seal"),
            may_go_on=page.may_seal,
            first=None if page.may_seal else self.where.folder.choose,
        )
        if was_here and page.may_seal:
            self.guide.take_focus()

    def show_sealing(self) -> None:
        """Sealing began."""
        self.show_strip(_("Sealing"), Step.SEAL, back=_("Cancel"))

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is, in bytes."""
        self.strip.show_progress(done, total, words)

    def show_finishing(self) -> None:
        """It is written and is being noted; there is nothing to cancel any more."""
        self.show_strip(_("Writing it into the journal"), Step.SEAL, back="")

    def show_done(self, page: DonePage) -> None:
        """Show what was made."""
        self.done.show_done(page)
        self.show_step(self.done, Step.DONE, on=_("Seal another"), back=_("Back to handover"))

    # Qt.

    def _build(self) -> None:
        self.what = WhatView(self._look, self.guide)
        self.whom = WhomView(self._look, self.guide)
        self.look = LookView(self._look, self.guide)
        self.where = WhereView(self._look, self.guide)
        self.done = DoneView(self._look, self.guide)
        self.no_cases = EmptyState(self._look, "case", self.guide)
        self.no_contacts = EmptyState(self._look, "contact", self.guide)
        for page in (
            self.what,
            self.whom,
            self.look,
            self.where,
            self.done,
            self.no_cases,
            self.no_contacts,
        ):
            self.guide.add_page(page)
        self._connect()

    def _connect(self) -> None:
        self.what.every_chosen.connect(self.every_chosen)
        self.what.case_toggled.connect(self.case_toggled)
        self.what.full_chosen.connect(self.full_chosen)
        self.what.by_record_chosen.connect(self.by_record_chosen)
        self.what.words_typed.connect(self.words_typed)
        self.what.record_toggled.connect(self.record_toggled)
        self.whom.reader_toggled.connect(self.reader_toggled)
        self.whom.contacts_requested.connect(self.contacts_requested)
        self.look.purpose_chosen.connect(self.purpose_chosen)
        self.look.left_out.connect(self.left_out)
        self.look.put_back.connect(self.put_back)
        self.look.override_given.connect(self.override_given)
        self.look.media_toggled.connect(self.media_toggled)
        self.look.record_opened.connect(self.record_opened)
        self.where.folder_requested.connect(self._ask_for_folder)
        self.where.checksums_chosen.connect(self.checksums_chosen)
        self.where.parts_chosen.connect(self.parts_chosen)
        self.done.copy_requested.connect(self.copy_requested)
        self.no_cases.asked.connect(self.desk_requested)
        self.no_contacts.asked.connect(self.contacts_requested)

    def _ask_for_folder(self) -> None:
        self._files.folder(_("Where the bundle is to lie"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        self.folder_chosen.emit(folder)
