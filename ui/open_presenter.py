"""Opening, step by step: which file, from whom, what it brings, and what came in. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import AuthorId, Changes, RecordId
from notebook.opening import Accept, forwarded
from ui.contacts_cards import Print
from ui.notice_words import NoticeLine, notice_lines
from ui.open_job import OpenJob
from ui.open_pages import (
    ConflictLine,
    FilledLine,
    MergedPage,
    OpenScreen,
    Step,
    files_page,
    merged_page,
    what_page,
    who_page,
)
from ui.receipt_job import ReceiptJob
from ui.rooms import Place, Shell
from ui.runner import JobHandle, Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.merge import OpenResult
    from notebook.model import Row
    from notebook.notebook import Notebook
    from notebook.opening import Inspection


MOST_FILLED: Final = 6
"""More evidence than this is counted; its list shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the notebook knows that a bundle is judged by."""

    contacts: tuple[Contact, ...]
    cases: tuple[Row, ...]
    mine: Print


@dataclass(frozen=True, slots=True, kw_only=True)
class _CameIn:
    """What is to be told of a bundle that was merged."""

    conflicts: tuple[ConflictLine, ...]
    filled: tuple[FilledLine, ...]
    notices: tuple[NoticeLine, ...]
    can_answer: bool
    """Whether the sealer is a contact, so that a receipt can be sealed for them."""


class OpenPresenter:
    """Leads through opening bundles, one after the other."""

    def __init__(
        self, session: Session, screen: OpenScreen, shell: Shell, *, now_s: Callable[[], float]
    ) -> None:
        """`now_s` is a clock that never goes back."""
        self._session = session
        self._screen = screen
        self._shell = shell
        self._job = OpenJob(session, self, now_s)
        self._is_here = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._step = Step.FILES
        self._groups: list[tuple[Path, ...]] = []
        self._has_failed = False
        self._is_seen = False
        self._seen: Inspection | None = None
        self._conflicts: tuple[ConflictLine, ...] = ()
        self._known: _Known | None = None
        self._merged: MergedPage | None = None
        self._sealer: AuthorId | None = None
        self._reading: JobHandle | None = None

    # The room.

    def enter(self, place: Place) -> None:
        """Show the step that the person is at."""
        self._is_here = True
        if place.bundle and not self._job.is_running:
            self.choose_files(place.bundle)
            return
        if self._step is Step.MERGED and not self._is_seen:
            # It came in while the person was elsewhere.
            self._is_seen = True
            return
        if self._step is Step.MERGED:
            self._begin_anew()
        if not self._job.is_running:
            self._show()

    def changed(self, changes: Changes) -> None:
        """The sealer may have become a contact meanwhile, or was compared."""
        if changes.contacts and self._seen and self._step in (Step.WHO, Step.WHAT):
            self._ask_known()

    def flush(self) -> None:
        """Nothing is typed here; opening goes on while the person is elsewhere."""
        self._is_here = False

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside the steps."""
        return {}

    # What the person does.

    def choose_files(self, paths: Sequence[Path]) -> None:
        """Open these; volumes of one bundle are one, whatever they are called."""
        if self._job.is_running or self._reading:
            # What is asked of one file must not be answered about another.
            return
        self._begin_anew()
        self._screen.show_trouble(None)
        self._screen.show_reading()
        chosen = tuple(paths)
        self._reading = self._session.long_job(
            Lane.FILES,
            lambda notebook, _progress: notebook.bundles_among(chosen),
            self._on_grouped,
            self._on_unreadable,
            on_cancelled=self._on_not_read,
        )

    def _on_grouped(self, groups: list[tuple[Path, ...]]) -> None:
        self._groups = groups
        self._read_front()

    def go_on(self) -> None:
        """The way on."""
        if self._job.is_running:
            return
        self._screen.show_trouble(None)
        if self._step is Step.FILES:
            self._read_front()
        elif self._step is Step.WHO:
            self._step = Step.WHAT
            self._show()
        elif self._step is Step.WHAT:
            self._open()
        elif self._groups:
            self._step = Step.FILES
            self._read_front()
        else:
            self.go_to_desk()

    def go_back(self) -> None:
        """The way back; from the first step and the last it leads to handover."""
        if self._job.is_running:
            self._job.cancel()
            return
        self._screen.show_trouble(None)
        if self._reading:
            self._reading.cancel()
            return
        if self._step is Step.WHAT:
            self._step = Step.WHO
            self._show()
        elif self._step is Step.WHO:
            if self._seen and not self._seen.is_known:
                self._keep_for_later(self._groups[0])
            # What was left is not asked about again.
            self._groups = self._groups[1:]
            self._step = Step.FILES
            self._show()
        else:
            self._begin_anew()
            self._shell.go(Place(room="handover"))

    def go_to_desk(self) -> None:
        """See what came in."""
        self._shell.go(Place(room="desk"))

    def go_to_contacts(self) -> None:
        """Compare or add somebody."""
        self._shell.go(Place(room="contacts"))

    def go_to_contact(self, contact: str) -> None:
        """Look at the contact whom a notice is about."""
        self._shell.go(Place(room="contacts", contact=AuthorId(contact)))

    def put_aside(self, notice: str) -> None:
        """Show a notice no more, until it is about something else."""

        def gone() -> None:
            if self._merged:
                left = tuple(line for line in self._merged.notices if line.key != notice)
                self._merged = replace(self._merged, notices=left)
                self._screen.show_merged(self._merged)

        self._session.change(lambda notebook: notebook.trust.put_aside(notice), gone)

    def send_receipt(self, folder: Path) -> None:
        """Tell the sealer what is here now."""
        if self._sealer:
            ReceiptJob(self._session, self._shell, self._screen.show_trouble).start(
                self._sealer, folder
            )

    def _keep_for_later(self, paths: tuple[Path, ...]) -> None:
        """Keep what a stranger sealed in quarantine."""

        def kept(is_kept: bool) -> None:
            # Whoever went on to Handover meanwhile sees that it waits.
            self._session.announce(Changes(contacts=True))
            self._shell.say(
                _("It waits in quarantine, under Handover, until you decide.")
                if is_kept
                else _("There is no room for it in quarantine; keep the file.")
            )

        self._session.long_job(
            Lane.FILES,
            lambda notebook, _progress: notebook.trust.keep(paths),
            kept,
            self._screen.show_trouble,
        )

    def go_to_record(self, record: str) -> None:
        """Look at a record on which people disagree."""
        line = next(line for line in self._conflicts if line.id == record)
        self._shell.go(
            Place(room="desk", type=line.type, record=line.id, is_conflict=line.is_in_fields)
        )

    def go_to_evidence(self, record: str) -> None:
        """Look at evidence whose file has arrived."""
        self._shell.go(Place(room="desk", type="evidence", record=RecordId(record)))

    # Reading the front.

    def _read_front(self) -> None:
        if not self._groups:
            self._show()
            return
        paths = self._groups[0]
        self._screen.show_trouble(None)
        self._screen.show_reading()
        self._reading = self._session.long_job(
            Lane.FILES,
            lambda notebook, progress: notebook.inspect_bundle(paths, progress),
            self._on_seen,
            self._on_unreadable,
            on_cancelled=self._on_not_read,
        )

    def _on_seen(self, seen: Inspection) -> None:
        if not seen.is_for_me:
            self._on_unreadable(forwarded())
            return
        self._seen = seen
        self._ask_known()

    def _ask_known(self) -> None:
        self._session.ask(_read_known, self._on_known, self._on_unreadable)

    def _on_known(self, known: _Known) -> None:
        self._known = known
        self._reading = None
        if self._step is Step.FILES:
            self._step = Step.WHO
        self._show()

    def _on_unreadable(self, error: NotebookError) -> None:
        # One that failed does not stand in the way of others; alone, it can be tried again.
        self._has_failed = len(self._groups) == 1
        if not self._has_failed:
            self._groups = self._groups[1:]
        self._on_not_read()
        self._screen.show_trouble(error)

    def _on_not_read(self) -> None:
        self._reading = None
        self._seen = None
        self._step = Step.FILES
        self._show()

    # Opening.

    def _open(self) -> None:
        if self._groups and self._seen:
            self._screen.show_opening()
            # The step before this one showed who it is and what they are called, and the person
            # went on; a bundle by anybody else is not accepted by it.
            accept = Accept(sealer=self._seen.sealer, may_share_name=True)
            is_known = self._seen.is_known
            self._job.start(self._groups[0], accept_unknown=False if is_known else accept)

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        self._screen.show_progress(done, total, words)

    def on_opened(self, result: OpenResult) -> None:
        """It is verified and merged."""
        self._session.ask(
            lambda notebook: _came_in(notebook, result),
            lambda came: self._on_merged(result, came),
            self.on_open_trouble,
        )

    def _on_merged(self, result: OpenResult, came: _CameIn) -> None:
        self._step = Step.MERGED
        self._groups = self._groups[1:]
        self._seen = None
        self._conflicts = came.conflicts
        self._sealer = result.sealer
        self._is_seen = self._is_here
        if not self._is_here:
            self._shell.say(_("The bundle is opened. “Open a bundle” shows what came in."))
        self._merged = merged_page(
            result,
            came.conflicts,
            len(self._groups),
            filled=came.filled,
            notices=came.notices,
            can_answer=came.can_answer,
        )
        self._screen.show_merged(self._merged)

    def on_open_trouble(self, error: NotebookError) -> None:
        """It could not be done."""
        self._on_unreadable(error)

    def on_cancelled(self) -> None:
        """It was cancelled."""
        self._show()
        self._shell.say(_("Cancelled. Nothing was taken in."))

    # Showing.

    def _show(self) -> None:
        if self._step is Step.FILES:
            self._screen.show_files(files_page(self._groups, has_failed=self._has_failed))
        elif self._seen and self._known and self._step is Step.WHO:
            self._screen.show_who(who_page(self._seen, self._known.contacts, self._known.mine))
        elif self._seen and self._known:
            self._screen.show_what(what_page(self._seen, self._known.cases))


def _read_known(notebook: Notebook) -> _Known:
    card = notebook.my_card()
    return _Known(
        contacts=tuple(notebook.contacts()),
        cases=tuple(notebook.cases()),
        mine=Print(whose=_("You"), digits=card.fingerprint(), words=card.fingerprint_words()),
    )


def _came_in(notebook: Notebook, result: OpenResult) -> _CameIn:
    people = notebook.trust.people()
    return _CameIn(
        conflicts=_conflict_lines(notebook, result.conflict_records),
        filled=_filled_lines(notebook, result.filled[:MOST_FILLED]),
        notices=notice_lines(result.notices, notebook.author, people),
        can_answer=result.sealer in people.names and result.sealer != notebook.author,
    )


def _filled_lines(notebook: Notebook, records: Sequence[RecordId]) -> tuple[FilledLine, ...]:
    found = (notebook.record(record) for record in records)
    return tuple(FilledLine(id=record.id, title=record.title or _("Untitled")) for record in found)


def _conflict_lines(notebook: Notebook, records: Sequence[RecordId]) -> tuple[ConflictLine, ...]:
    found = (notebook.record(record) for record in records)
    return tuple(
        ConflictLine(
            id=record.id,
            type=record.type,
            title=record.title or _("Untitled"),
            is_in_fields=bool(record.conflicts),
        )
        for record in found
    )
