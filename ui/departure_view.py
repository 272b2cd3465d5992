"""The room of a departure: seven steps, each a page."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.departure_end_view import KeyView, RemainsView, RemoveView
from ui.departure_pages import GoingPage, KeyPage, LeavePage, ReceiptPage, RemovePage, Step
from ui.departure_sheet import RemovingSheet
from ui.departure_steps_view import GoingView, LeaveView, ReceiptView
from ui.files import FileChooser
from ui.guided_view import GuidedView
from ui.handover_parts import EmptyState
from ui.remains_pages import RemainsPage
from ui.seal_pages import WhomPage
from ui.seal_steps_view import WhomView
from ui.style.look import Look
from ui.widgets.basics import set_role

NO_STEP: Final = -1


class DepartureView(GuidedView):
    """Shows one step at a time; says what the person chooses."""

    case_toggled = Signal(str, bool)
    look_requested = Signal()
    old_keys_requested = Signal()
    missions_requested = Signal()
    reader_toggled = Signal(str, bool)
    contacts_requested = Signal()
    folder_chosen = Signal(object)
    desk_requested = Signal()
    record_chosen = Signal(str)
    reason_given = Signal(str)
    open_requested = Signal()
    again_requested = Signal()
    given_up = Signal()
    key_chosen = Signal(str)
    removal_requested = Signal(str)
    """The passphrase."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Departure"),
            (
                _("What"),
                _("For whom"),
                _("Seal"),
                _("Receipt"),
                _("Key"),
                _("Remove"),
                _("What remains"),
            ),
            parent,
        )
        self._look = look
        self._files = FileChooser(self)
        self._removing: RemovingSheet | None = None
        self._build()

    # What the presenter shows (ui.departure_pages.DepartureScreen).

    def show_going(self, page: GoingPage) -> None:
        """Ask which cases."""
        self.going.show_going(page)
        first = self.going.cases.first() or self.going.look_alone
        self.show_step(self.going, Step.WHAT, on=_("Go on") if page.cases else "", first=first)

    def show_no_cases(self) -> None:
        """There is nothing to hand over."""
        self.no_cases.show_words(
            _("There is no case here, and so nothing to hand over or to remove."),
            _("What would an officer learn from this laptop?"),
        )
        self.show_step(self.no_cases, Step.WHAT, on="", first=self.no_cases.button)

    def show_whom(self, page: WhomPage) -> None:
        """Ask for whom."""
        self.whom.show_whom(page)
        first = self.whom.readers.first()
        self.show_step(self.whom, Step.WHOM, on=_("Look at what leaves"), first=first)

    def show_no_contacts(self) -> None:
        """There is nobody to hand over to."""
        self.no_contacts.show_words(
            _("You have no contacts yet. Add the card of the person who is to keep the cases."),
            _("Add a contact"),
        )
        self.show_step(self.no_contacts, Step.WHOM, on="", first=self.no_contacts.button)

    def show_leave(self, page: LeavePage) -> None:
        """Show what is handed over, and ask where it goes."""
        was_here = self.leave.isVisibleTo(self)
        self.leave.show_leave(page)
        self.show_step(
            self.leave,
            Step.SEAL,
            on=_("Seal and read back"),
            may_go_on=page.may_seal,
            first=None if page.may_seal else self.leave.folder.choose,
        )
        if was_here and page.may_seal:
            self.guide.take_focus()

    def show_busy(self, words: str, step: Step, *, can_cancel: bool) -> None:
        """Something long began; while it removes, nothing else may be typed."""
        self.remove.passphrase.clear()
        if step is Step.REMOVE:
            self._removing = RemovingSheet(self._look, words, self.window())
            self._removing.cancelled.connect(self.gone_back)
            self._removing.open_sheet()
            return
        self.show_strip(words, step, back=_("Cancel") if can_cancel else "")

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        strip = self._removing.strip if self._removing else self.strip
        strip.show_progress(done, total, words)

    def show_receipt(self, page: ReceiptPage) -> None:
        """Show what was handed over."""
        self.receipt.show_receipt(page)
        self.show_step(
            self.receipt,
            Step.RECEIPT,
            on=_("Go on without the receipt") if page.skipped else _("Go on"),
            back=_("Back to handover"),
            may_go_on=not page.lack,
        )

    def show_key(self, page: KeyPage) -> None:
        """Ask what becomes of the key."""
        self.key.show_key(page)
        self.show_step(self.key, Step.KEY, on=_("Go on"), first=self.key.keep)

    def show_remove(self, page: RemovePage) -> None:
        """Say what will be gone, and ask for the passphrase."""
        self.remove.show_remove(page)
        on = _("Remove from this laptop") if page.has_cases else _("Destroy earlier keys")
        self.show_step(self.remove, Step.REMOVE, on=on, first=self.remove.passphrase)

    def show_remains(self, page: RemainsPage, *, is_end: bool) -> None:
        """Show what remains."""
        self.remains.show_remains(page, is_end=is_end)
        self.show_step(
            self.remains,
            Step.REMAINS if is_end else NO_STEP,
            on=_("Finish") if is_end else "",
            back=_("Back to handover") if is_end else _("Back"),
        )

    # Qt.

    def _build(self) -> None:
        self.going = GoingView(self._look, self.guide)
        self.whom = WhomView(self._look, self.guide)
        self.leave = LeaveView(self._look, self.guide)
        self.receipt = ReceiptView(self._look, self.guide)
        self.key = KeyView(self._look, self.guide)
        self.remove = RemoveView(self._look, self.guide)
        self.remains = RemainsView(self._look, self.guide)
        self.no_cases = EmptyState(self._look, "case", self.guide)
        self.no_contacts = EmptyState(self._look, "contact", self.guide)
        for page in (
            self.going,
            self.whom,
            self.leave,
            self.receipt,
            self.key,
            self.remove,
            self.remains,
            self.no_cases,
            self.no_contacts,
        ):
            self.guide.add_page(page)
        self._connect()

    def _connect(self) -> None:
        self.going.case_toggled.connect(self.case_toggled)
        self.going.look_requested.connect(self.look_requested)
        self.going.old_keys_requested.connect(self.old_keys_requested)
        self.going.missions_requested.connect(self.missions_requested)
        self.whom.reader_toggled.connect(self.reader_toggled)
        self.whom.contacts_requested.connect(self.contacts_requested)
        self.leave.folder_requested.connect(self._ask_for_folder)
        self.leave.desk_requested.connect(self.desk_requested)
        self.leave.record_chosen.connect(self.record_chosen)
        self.leave.reason_given.connect(self.reason_given)
        self.receipt.open_requested.connect(self.open_requested)
        self.receipt.again_requested.connect(self.again_requested)
        self.receipt.given_up.connect(self.given_up)
        self.key.key_chosen.connect(self.key_chosen)
        self.remove.entered.connect(self.go_on)
        self.remains.card_requested.connect(self.contacts_requested)
        self.no_cases.asked.connect(self.look_requested)
        self.no_contacts.asked.connect(self.contacts_requested)

    def show_step(
        self,
        page: QWidget,
        step: int,
        *,
        on: str,
        back: str | None = None,
        lack: str = "",
        may_go_on: bool = True,
        first: QWidget | None = None,
    ) -> None:
        """Bring the page of a step to the front; what was being removed is."""
        if self._removing:
            self._removing.end()
            self._removing = None
        # The one way on here that cannot be taken back looks like it.
        set_role(self.guide.on, "danger" if page is self.remove else "primary")
        super().show_step(page, step, on=on, back=back, lack=lack, may_go_on=may_go_on, first=first)

    def go_on(self) -> None:
        """The person goes on; from the page of removing, with the passphrase."""
        if self.remove.isVisibleTo(self.guide):
            self.removal_requested.emit(self.remove.passphrase.text())
        else:
            self.gone_on.emit()

    def show_lack(self, sentence: str) -> None:
        """Say what is missing to go on; where it is the passphrase, be ready for it."""
        super().show_lack(sentence)
        if self.remove.isVisibleTo(self.guide):
            self.remove.begin_typing()

    def _ask_for_folder(self) -> None:
        self._files.folder(_("Where the bundle is to lie"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        self.folder_chosen.emit(folder)
