"""A departure, step by step: handed over, sealed, said to have arrived, and then removed. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import AuthorId, CaseId, Changes, RecordId
from notebook.sealing_key import KeyChoice
from ui.bundle_place import BundlePlace
from ui.departure_job import DepartureJob
from ui.departure_known import Known, Look, look_at, read_known
from ui.departure_pages import (
    DepartureScreen,
    LeavePage,
    Step,
    contact_names,
    going_page,
    key_page,
    leave_page,
    receipt_page,
    remove_page,
)
from ui.handover_words import naming
from ui.remains_pages import remains_page
from ui.rooms import Place, Shell
from ui.seal_pages import FileChoice, where_page, whom_page
from ui.session import Question, Session

if TYPE_CHECKING:
    from notebook.handed_over import Standing
    from notebook.sealing import SealResult


class DeparturePresenter:
    """Leads through a departure; what was handed over is remembered if it is broken off."""

    def __init__(
        self,
        session: Session,
        screen: DepartureScreen,
        shell: Shell,
        *,
        free_bytes: Callable[[Path], int | None],
        now_s: Callable[[], float],
    ) -> None:
        """`free_bytes` says how much room a folder has; `now_s` is a clock that never goes back."""
        self._session = session
        self._screen = screen
        self._shell = shell
        self._place = BundlePlace(session, free_bytes, self._on_room, screen.show_trouble)
        self._job = DepartureJob(session, self, now_s)
        self._known: Known | None = None
        self._files: tuple[str, ...] = ()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._step = Step.WHAT
        self._cases: frozenset[CaseId] = frozenset()
        self._readers: frozenset[AuthorId] = frozenset()
        self._reason = ""
        self._look: Look | None = None
        self._looking: Question[Look] | None = None
        self._place.begin_anew()
        self._key = KeyChoice.KEEP
        self._only_looks = False

    # The room.

    def enter(self, place: Place) -> None:
        """Go on where the departure stands; a new one begins with the case that one is in."""
        if self._job.is_running:
            return
        # A notebook that travels has nothing to hand over: it is looked at, and no more.
        self._only_looks = self._only_looks or self._session.is_travelling
        if self._step is Step.WHAT and place.case and not self._only_looks:
            self._cases = frozenset({place.case})
        self._read(self._arrive)

    def changed(self, changes: Changes) -> None:
        """What is handed over is looked at anew when something was written meanwhile."""
        is_other = changes.contacts or changes.cases or changes.records or changes.viewed
        if not self._job.is_running and is_other:
            self._read(self._go_on_showing)

    def flush(self) -> None:
        """Nothing is typed here but a passphrase, which nobody keeps."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside the steps."""
        return {}

    # What the person does.

    def choose_case(self, case: str, is_chosen: bool) -> None:
        """Take a case in or out."""
        one = frozenset({CaseId(case)})
        self._cases = self._cases | one if is_chosen else self._cases - one
        self._show()

    def choose_reader(self, contact: str, is_chosen: bool) -> None:
        """Hand over to a contact or not."""
        one = frozenset({AuthorId(contact)})
        self._readers = self._readers | one if is_chosen else self._readers - one
        # A reason was one for the others.
        self._reason = ""
        self._show()

    def choose_folder(self, folder: Path) -> None:
        """Put the bundle here."""
        self._screen.show_trouble(None)
        self._place.choose(folder)
        self._show()

    def give_reason(self, reason: str) -> None:
        """Let go what consent does not cover, for this reason; empty takes it back."""
        self._reason = reason.strip()
        self._gather()

    def choose_key(self, choice: str) -> None:
        """What becomes of the sealing key."""
        self._key = KeyChoice(choice)
        self._show()

    def look_alone(self) -> None:
        """What an officer would learn, without removing anything."""
        self._only_looks = True
        self._read(self._go_on_showing)

    def destroy_old_keys(self) -> None:
        """Nothing is expected any more: the earlier sealing keys go, and no case."""
        self._key = KeyChoice.DESTROY_OLD
        self._step = Step.REMOVE
        self._show()

    def give_up(self) -> None:
        """Forget what was handed over; nothing was removed."""
        self._session.change(lambda notebook: notebook.travel.forget_departure(), self._on_given_up)

    def seal_again(self) -> None:
        """Something came into the cases: seal them anew for the same readers."""
        standing = self._known.standing if self._known else None
        if standing:
            self._cases = frozenset(standing.handed.cases)
            self._readers = frozenset(standing.handed.readers)
            self._gather()

    def go_to_record(self, record: str) -> None:
        """Decide about a record first."""
        self._shell.go(Place(room="desk", record=RecordId(record)))

    def go_to_desk(self) -> None:
        """Save or discard what is typed first."""
        self._shell.go(Place(room="desk"))

    def go_to_open(self) -> None:
        """Open the bundle that brings the receipt."""
        self._shell.go(Place(room="open"))

    def go_to_missions(self) -> None:
        """Have somebody carry the case in a notebook that travels."""
        case = next(iter(self._cases)) if len(self._cases) == 1 else None
        self._shell.go(Place(room="missions", case=case))

    def go_to_contacts(self) -> None:
        """Add somebody to hand over to."""
        self._shell.go(Place(room="contacts"))

    def go_on(self) -> None:
        """The way on."""
        if self._job.is_running:
            return
        self._screen.show_trouble(None)
        if self._only_looks:
            self._leave_look()
        elif self._step is Step.WHAT:
            self._leave(bool(self._cases), Step.WHOM, _("Choose at least one case."))
        elif self._step is Step.WHOM:
            if self._readers:
                self._gather()
            else:
                self._screen.show_lack(_("Choose at least one person."))
        elif self._step is Step.SEAL:
            self._seal()
        elif self._step is Step.RECEIPT:
            self._leave(self._may_remove(), Step.KEY, "")
        elif self._step is Step.KEY:
            self._leave(is_done=True, to=Step.REMOVE, lack="")
        elif self._step is Step.REMAINS:
            self._session.change(
                lambda notebook: notebook.travel.forget_departure(), self._on_finished
            )

    def remove(self, passphrase: str) -> None:
        """Remove what was handed over; the window then locks."""
        if self._job.is_running or self._step is not Step.REMOVE:
            return
        self._screen.show_trouble(None)
        if not passphrase:
            self._screen.show_lack(
                _("Give the passphrase: everything else is sealed with it anew.")
            )
            return
        self._screen.show_busy(_("Checking what stays"), Step.REMOVE, can_cancel=True)
        self._job.remove(passphrase, self._key, with_cases=bool(self._standing()))

    def go_back(self) -> None:
        """The way back; from where something is remembered it leads to handover."""
        if self._job.is_running:
            self._job.cancel()
            return
        self._screen.show_trouble(None)
        if self._only_looks:
            self._leave_look()
        elif self._step in (Step.WHAT, Step.RECEIPT, Step.REMAINS):
            self._shell.go(Place(room="handover"))
        elif self._step is Step.REMOVE and not self._standing():
            self._step, self._key = Step.WHAT, KeyChoice.KEEP
            self._show()
        else:
            if self._looking:
                self._looking.cancel()
            self._step = Step(self._step - 1)
            self._show()

    # Reading.

    def _read(self, on_known: Callable[[], None]) -> None:
        def take(known: Known) -> None:
            self._known = known
            here = {CaseId(row.id) for row in known.cases}
            self._cases &= here
            self._readers &= {contact.id for contact in known.contacts}
            on_known()

        self._session.ask(read_known, take, self._screen.show_trouble)

    def _arrive(self) -> None:
        """Where the departure stands decides on which step one comes in."""
        known = self._known
        if known is None:
            return
        if known.has_departed:
            self._step = Step.REMAINS
        elif known.standing and self._step not in (Step.KEY, Step.REMOVE):
            self._step = Step.RECEIPT
        elif not known.standing and self._step > Step.SEAL:
            self._begin_anew()
        self._go_on_showing()

    def _go_on_showing(self) -> None:
        if self._step is Step.SEAL and not self._only_looks:
            self._gather()
        else:
            if (
                self._step in (Step.KEY, Step.REMOVE)
                and self._standing()
                and not self._may_remove()
            ):
                self._step = Step.RECEIPT
            self._show()

    def _standing(self) -> Standing | None:
        return self._known.standing if self._known else None

    def _may_remove(self) -> bool:
        return self._known is not None and self._known.may_remove

    def _gather(self) -> None:
        """Look at what would be handed over; what was asked before is taken back."""
        if self._looking:
            self._looking.cancel()
        cases, readers, reason = sorted(self._cases), sorted(self._readers), self._reason

        if self._step is not Step.SEAL:
            self._screen.show_busy(_("Gathering what leaves…"), Step.SEAL, can_cancel=False)
        self._looking = self._session.ask(
            lambda notebook: look_at(notebook, cases, readers, reason),
            self._on_look,
            self._on_no_look,
        )

    def _on_look(self, look: Look) -> None:
        self._look, self._step = look, Step.SEAL
        self._show()

    def _on_no_look(self, error: NotebookError) -> None:
        self._step = Step.WHOM
        self._show()
        self._screen.show_trouble(error)

    def _on_room(self) -> None:
        if self._step is Step.SEAL and not self._job.is_running:
            self._show()

    # Sealing and removing.

    def _seal(self) -> None:
        look, folder = self._look, self._place.folder
        if look and folder and self._leave_page(look).may_seal:
            self._screen.show_busy(_("Sealing"), Step.SEAL, can_cancel=True)
            self._job.seal(look.leaving, folder)

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        self._screen.show_progress(done, total, words)

    def on_finishing(self) -> None:
        """It is written and whole."""
        self._screen.show_busy(_("Writing it into the journal"), Step.SEAL, can_cancel=False)

    def on_sealed(self, result: SealResult, *, is_same: bool) -> None:
        """It is done; what changed meanwhile is sealed anew before anything is removed."""
        self._files = tuple(str(path) for path in result.files)
        if is_same:
            self._step = Step.RECEIPT
            self._read(self._show)
        else:
            self._gather()
            self._screen.show_lack(
                _("Something was written while the bundle was made. Seal once more.")
            )

    def on_cancelled(self) -> None:
        """It was cancelled, and nothing is left of it."""
        self._show()
        self._shell.say(_("Cancelled. Nothing was removed."))

    def on_trouble(self, error: NotebookError) -> None:
        """It could not be done, and nothing was removed."""
        self._place.forget_room()
        self._show()
        self._screen.show_trouble(
            naming(error, self._look.leaving.plan.files if self._look else ())
        )

    def on_removed(self) -> None:
        """The notebook is closed: what is left of it is seen after the next unlock."""
        self._shell.lock_departed()

    # From step to step.

    def _leave(self, is_done: bool, to: Step, lack: str) -> None:
        if is_done:
            self._step = to
            self._show()
        elif lack:
            self._screen.show_lack(lack)

    def _leave_look(self) -> None:
        if self._session.is_travelling:
            self._shell.go(Place(room="desk"))
            return
        self._only_looks = False
        self._read(self._arrive)

    def _on_given_up(self) -> None:
        self._begin_anew()
        self._read(self._show)
        self._shell.say(_("Nothing was removed. The bundle stays where it lies."))

    def _on_finished(self) -> None:
        self._begin_anew()
        self._read(self._show)
        self._shell.go(Place(room="handover"))

    # Showing.

    def _show(self) -> None:
        known = self._known
        if known is None:
            return
        if self._only_looks:
            self._show_remains(known, is_end=False)
        elif self._step is Step.WHAT:
            if known.cases or known.left.old_keys:
                self._screen.show_going(going_page(known.cases, self._cases, known.left.old_keys))
            else:
                self._screen.show_no_cases()
        elif self._step is Step.WHOM:
            if known.contacts:
                self._screen.show_whom(whom_page(known.contacts, self._readers))
            else:
                self._screen.show_no_contacts()
        elif self._step is Step.SEAL and self._look:
            self._screen.show_leave(self._leave_page(self._look))
        elif self._step is Step.RECEIPT and known.standing:
            self._screen.show_receipt(
                receipt_page(
                    known.standing,
                    known.titles,
                    contact_names(known.contacts),
                    known.drafts,
                    self._files,
                )
            )
        elif self._step is Step.KEY:
            self._screen.show_key(key_page(self._key, known.left))
        elif self._step is Step.REMOVE:
            going = known.standing.handed.cases if known.standing else ()
            titles = [known.titles.get(case) or _("Untitled case") for case in going]
            self._screen.show_remove(remove_page(titles, self._key))
        elif self._step is Step.REMAINS:
            self._show_remains(known, is_end=True)

    def _show_remains(self, known: Known, *, is_end: bool) -> None:
        page = remains_page(known.left, contact_names(known.contacts))
        self._screen.show_remains(page, is_end=is_end)

    def _leave_page(self, look: Look) -> LeavePage:
        plan = look.leaving.plan
        where = where_page(plan, self._place.folder, self._place.free_bytes, FileChoice())
        return leave_page(look.leaving, look.drafts, look.titles, where, self._reason)
