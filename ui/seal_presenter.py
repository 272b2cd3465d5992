"""Sealing, step by step: what, for whom, the look at what leaves, where, and done. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from notebook.errors import NotebookError
from notebook.handover import SealPlan
from notebook.i18n import _
from notebook.model import AuthorId, CaseId, Changes, RecordId, Row
from notebook.sealing import SealResult
from ui.bundle_place import BundlePlace
from ui.handover_words import naming
from ui.rooms import Place, Shell
from ui.seal_asked import Asked
from ui.seal_job import SealJob
from ui.seal_known import Known, read_all
from ui.seal_leaving import leaving_page
from ui.seal_look_pages import LookPage, drafts_words, look_page
from ui.seal_pages import (
    DonePage,
    FileChoice,
    SealScreen,
    Step,
    WherePage,
    done_page,
    what_page,
    where_page,
    whom_page,
)
from ui.seal_records import RecordChooser
from ui.session import Question, Session

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.drafts import Draft
    from notebook.notebook import Notebook
    from notebook.preview import BundlePreview

T = TypeVar("T")
_Looked = tuple[SealPlan, "tuple[BundlePreview, ...]", LookPage]
"""The plan, what each bundle of it holds, and how that is shown."""


class SealPresenter:
    """Leads through sealing one bundle."""

    def __init__(
        self,
        session: Session,
        screen: SealScreen,
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
        self._job = SealJob(session, self, now_s)
        self.records = RecordChooser(session, self._show_chosen, screen.show_trouble)
        self._cases: tuple[Row, ...] = ()
        self._contacts: tuple[Contact, ...] = ()
        self._purposes: tuple[tuple[str, str], ...] = ()
        self._drafts: tuple[Draft, ...] = ()
        self._is_here = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._step = Step.WHAT
        self._asked = Asked()
        self.records.begin_anew()
        self._files = FileChoice()
        self._previews: tuple[BundlePreview, ...] = ()
        self._plan: SealPlan | None = None
        self._place.begin_anew()
        self._page: LookPage | None = None
        self._looking: Question[_Looked] | None = None
        self._is_looking = False
        self._done: DonePage | None = None
        self._is_seen = False

    # The room.

    def enter(self, place: Place) -> None:
        """Begin with the case that the person is in; what is under way goes on."""
        self._is_here = True
        if self._step is Step.DONE and not self._is_seen:
            # It was sealed while the person was elsewhere.
            self._is_seen = True
            return
        if self._step is Step.DONE:
            self._begin_anew()
        if self._step is Step.WHAT and place.case:
            self._asked.is_every = False
            self._asked.cases = frozenset({place.case})
        if self._step is Step.WHAT and place.contact:
            self._asked.readers = frozenset({place.contact})
        if place.folder and not self._job.is_running:
            self._place.choose(place.folder)
        self._read()

    def changed(self, changes: Changes) -> None:
        """What leaves is looked at anew when something was written meanwhile."""
        if self._job.is_running or self._step is Step.DONE:
            return
        if changes.contacts or changes.cases or changes.records or changes.viewed:
            self._read()

    def flush(self) -> None:
        """Nothing is typed here; sealing goes on while the person is elsewhere."""
        self._is_here = False

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside the steps."""
        return {}

    # What the person does.

    def choose_every(self, is_every: bool) -> None:
        """Seal every case, or only some."""
        self._asked.is_every = is_every
        self.records.turn(is_on=False)
        self._show()

    def choose_case(self, case: str, is_chosen: bool) -> None:
        """Take a case in or out."""
        if self._asked.is_every:
            self._asked.cases = frozenset(CaseId(row.id) for row in self._cases)
        self._asked.is_every = False
        self._asked.cases = _toggled(self._asked.cases, CaseId(case), is_in=is_chosen)
        self._show()

    def choose_by_record(self, is_on: bool) -> None:
        """Choose records one by one."""
        self.records.turn(is_on=is_on)
        self._show()

    def choose_full(self, is_full: bool) -> None:
        """Send everything again, or only what the readers lack."""
        self._asked.is_full = is_full

    def choose_reader(self, contact: str, is_chosen: bool) -> None:
        """Seal for a contact or not."""
        self._asked.readers = _toggled(self._asked.readers, AuthorId(contact), is_in=is_chosen)
        self._screen.show_trouble(None)
        self._show()

    def choose_purpose(self, purpose: str) -> None:
        """Say what the bundle is for."""
        if purpose != self._asked.purpose:
            self._asked.purpose = purpose
            # A reason is one for this use alone.
            self._asked.override = ""
            self._look()

    def leave_out(self, records: tuple[RecordId, ...]) -> None:
        """Keep records back."""
        if self._plan:
            here = {row.id: row for row in self._plan.records}
            self._asked.left_out.update({id_: here[id_] for id_ in records if id_ in here})
            self._look()

    def put_back(self, record: str) -> None:
        """Let a record go after all."""
        self._asked.left_out.pop(RecordId(record), None)
        self._look()

    def choose_field(self, record: str, field: str, goes: bool) -> None:
        """Let a field of a record go, or keep it back."""
        self._asked.left_fields = _toggled(
            self._asked.left_fields, (RecordId(record), field), is_in=not goes
        )
        self._look()

    def choose_without_media(self, is_without: bool) -> None:
        """Send the text first and keep the files for later, or send all."""
        self._asked.is_without_media = is_without
        self._look()

    def give_reason(self, reason: str) -> None:
        """Let go what consent does not cover, for this reason; empty takes it back."""
        self._asked.override = reason.strip()
        self._look()

    def open_record(self, record: str) -> None:
        """Show the fields and texts of a record that leaves."""
        found = next(
            (one for shown in self._previews for one in shown.records if one.id == record), None
        )
        if found is not None and not self._is_looking:
            self._session.ask(
                lambda notebook: leaving_page(
                    notebook.forms, found, {row.id: row.title for row in notebook.rows()}
                ),
                self._screen.show_record,
            )

    def choose_folder(self, folder: Path) -> None:
        """Put the bundle here."""
        self._screen.show_trouble(None)
        self._place.choose(folder)
        self._show()

    def choose_checksums(self, is_checksums: bool) -> None:
        """Write a file for sha256sum beside it."""
        self._files = replace(self._files, is_checksums=is_checksums)

    def choose_parts(self, is_in_parts: bool) -> None:
        """Make files that fit every stick, or one file."""
        self._files = replace(self._files, is_in_parts=is_in_parts)

    def go_on(self) -> None:
        """The way on."""
        if self._job.is_running:
            return
        self._screen.show_trouble(None)
        if self._step is Step.WHAT:
            self._leave_what()
        elif self._step is Step.WHOM:
            self._leave_whom()
        elif self._step is Step.LOOK:
            self._leave_look()
        elif self._step is Step.SEAL:
            self._seal()
        else:
            self._begin_anew()
            self._show()

    def go_back(self) -> None:
        """The way back; from the first step and the last it leads to handover."""
        if self._job.is_running:
            self.cancel()
            return
        self._screen.show_trouble(None)
        if self._step in (Step.WHAT, Step.DONE):
            self._shell.go(Place(room="handover"))
            return
        is_first_look = self._is_looking and self._step is Step.WHOM
        self._take_look_back()
        if not is_first_look:
            self._step = Step(self._step - 1)
        self._show()

    def cancel(self) -> None:
        """Stop sealing; nothing of it is left."""
        self._job.cancel()

    def go_to_contacts(self) -> None:
        """Add somebody to seal for."""
        self._shell.go(Place(room="contacts"))

    def go_to_desk(self) -> None:
        """Write something first."""
        self._shell.go(Place(room="desk"))

    def copy_hash(self) -> None:
        """Put the hash of the bundle on the clipboard."""
        if self._done:
            self._shell.copy(self._done.whole_sha256)
            self._shell.say(_("The hash is on the clipboard for a minute."))

    # Reading.

    def _read(self) -> None:
        self._session.ask(read_all, self._on_read, self._screen.show_trouble)
        self._session.drafts(lambda drafts: drafts.all(), self._on_drafts)

    def _on_read(self, found: Known) -> None:
        self._purposes = found.purposes
        self._cases, self._contacts = found.cases, found.contacts
        self._asked.cases &= {CaseId(row.id) for row in found.cases}
        self._asked.readers &= {contact.id for contact in found.contacts}
        if self._job.is_running or self._step is Step.DONE:
            return
        if self._step in (Step.LOOK, Step.SEAL):
            # Nothing leaves that was not looked at.
            self._look()
        else:
            self._show()

    def _on_drafts(self, drafts: list[Draft]) -> None:
        self._drafts = tuple(drafts)
        if self._step is Step.LOOK and not self._is_looking:
            self._show()

    # From step to step.

    def _leave_what(self) -> None:
        self._asked.records = self.records.chosen
        if self.records.is_on and not self._asked.records:
            self._screen.show_lack(_("Choose at least one record."))
            return
        if not self._asked.is_every and not self._asked.cases:
            self._screen.show_lack(_("Choose at least one case."))
            return
        self._step = Step.WHOM
        self._show()

    def _leave_whom(self) -> None:
        if not self._asked.readers:
            self._screen.show_lack(_("Choose at least one person."))
            return
        self._asked.begin_look()
        self._look()

    def _leave_look(self) -> None:
        # What was changed last is looked at first.
        if self._page and self._page.may_go_on and not self._is_looking:
            self._step = Step.SEAL
            self._show()

    def _look(self) -> None:
        """Gather what would leave; what was asked before is taken back."""
        self._take_look_back()
        request = self._asked.request()
        purposes, left_out = self._purposes, dict(self._asked.left_out)

        def gather(notebook: Notebook) -> _Looked:
            # With thousands of records the page takes long too, and must not stop the window.
            plan = notebook.plan_seal(request)
            previews = notebook.preview_seal(plan)
            page = look_page(notebook.forms, plan, previews, purposes=purposes, left_out=left_out)
            return plan, previews, page

        if self._step is not Step.LOOK:
            self._screen.show_looking()
        if self._step is Step.SEAL:
            self._step = Step.LOOK
        self._is_looking = True
        self._looking = self._session.ask(gather, self._on_plan, self._on_no_plan)

    def _take_look_back(self) -> None:
        if self._is_looking and self._looking:
            self._looking.cancel()
        self._is_looking = False

    def _on_plan(self, found: _Looked) -> None:
        self._is_looking = False
        self._plan, self._previews, self._page = found
        self._step = Step.LOOK
        self._show()

    def _on_no_plan(self, error: NotebookError) -> None:
        self._is_looking = False
        self._step = Step.WHOM
        self._show()
        self._screen.show_trouble(error)

    # Sealing.

    def _on_room(self) -> None:
        if self._step is Step.SEAL and not self._job.is_running:
            self._show()

    def _seal(self) -> None:
        plan, folder = self._plan, self._place.folder
        if plan and folder and self._where(plan).may_seal:
            self._screen.show_sealing()
            self._job.start(self._files.of(plan), folder)

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        self._screen.show_progress(done, total, words)

    def on_finishing(self) -> None:
        """It is written and whole."""
        self._screen.show_finishing()

    def on_sealed(self, result: SealResult) -> None:
        """It is done."""
        if self._plan and result.files:
            self._step = Step.DONE
            self._done = done_page(self._plan, result)
            self._is_seen = self._is_here
            self._screen.show_done(self._done)
            if not self._is_here:
                self._shell.say(_("The bundle is sealed. “Seal for…” shows where it lies."))
        else:
            # Between the look and the seal the readers were given everything in another way.
            self._step = Step.WHOM
            self._look()

    def on_seal_trouble(self, error: NotebookError) -> None:
        """It could not be done."""
        self._place.forget_room()
        self._show()
        self._screen.show_trouble(naming(error, self._plan.files if self._plan else ()))

    def on_cancelled(self) -> None:
        """It was cancelled."""
        self._show()
        self._shell.say(_("Cancelled. Nothing was left there."))

    # Showing.

    def _show(self) -> None:
        if self._step is Step.WHAT:
            self._show_what()
        elif self._step is Step.WHOM:
            self._show_whom()
        elif self._step is Step.LOOK and self._page:
            drafts = drafts_words(self._drafts_here())
            self._screen.show_look(replace(self._page, drafts=drafts))
        elif self._step is Step.SEAL and self._plan:
            self._screen.show_where(self._where(self._plan))

    def _show_what(self) -> None:
        if self._cases:
            chosen = None if self._asked.is_every else self._asked.cases
            page = what_page(self._cases, chosen, self.records.page(), is_full=self._asked.is_full)
            self._screen.show_what(page)
        else:
            self._screen.show_no_cases()

    def _show_chosen(self) -> None:
        if self._step is Step.WHAT:
            self._show()

    def _show_whom(self) -> None:
        if self._contacts:
            self._screen.show_whom(whom_page(self._contacts, self._asked.readers))
        else:
            self._screen.show_no_contacts()

    def _where(self, plan: SealPlan) -> WherePage:
        return where_page(plan, self._place.folder, self._place.free_bytes, self._files)

    def _drafts_here(self) -> int:
        return sum(map(self._asked.concerns, self._drafts))


def _toggled(chosen: frozenset[T], one: T, *, is_in: bool) -> frozenset[T]:
    return chosen | {one} if is_in else chosen - {one}
