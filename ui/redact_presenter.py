"""A copy with pseudonyms, step by step: what, reading, files, the look, made. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from notebook import consent, derivative
from notebook.errors import NotebookError
from notebook.i18n import _, ngettext, number
from notebook.model import CaseId, Changes, JsonValue, RecordId
from ui.redact_job import Begun, RedactJob, propose
from ui.redact_look import done_page, look_page
from ui.redact_pages import RedactScreen, Step
from ui.redact_pictures import Pictures
from ui.redact_reading import Reading
from ui.redact_review import Review
from ui.redact_what import Choosing, Known, read_known
from ui.rooms import Place, Shell
from ui.session import Question, Session
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.progress import Progress


class RedactPresenter:
    """Leads through making one copy."""

    def __init__(self, session: Session, screen: RedactScreen, shell: Shell) -> None:
        self._session = session
        self._screen = screen
        self._shell = shell
        self._job = RedactJob(session, screen.show_progress)
        self.reading = Reading(session, screen, self._keep)
        self.pictures = Pictures(session, screen, self._keep)
        self._asking: Question[Known] | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._step = Step.WHAT
        self.choosing = Choosing()
        self._review: Review | None = None
        self._title = _("Copy with pseudonyms")
        self._purpose = consent.TEAM
        self._made: RecordId | None = None
        self._has_seen_files = False
        self._is_here = False
        self._is_stale = False

    # The room.

    def enter(self, place: Place) -> None:
        """Begin with the case that the person is in; what is under way goes on."""
        if self._step is Step.DONE:
            self._begin_anew()
        self._is_here = True
        if self._step is Step.WHAT and not self._job.is_running:
            if place.case and place.case != self.choosing.case:
                self.choosing.choose(place.case)
            if place.record and place.record != RecordId(place.case or CaseId("")):
                self.choosing.only = place.record
            self._read()
        elif not self._job.is_running and self._is_stale:
            self._lay_anew()
        elif not self._job.is_running:
            self._show()

    def changed(self, changes: Changes) -> None:
        """The texts may be others now: the decisions are laid on them anew."""
        if self._job.is_running or not (changes.records or changes.cases):
            return
        if self._step is Step.WHAT:
            self._read()
        elif self._step is not Step.DONE:
            # Elsewhere the person may save often: all at once when they come back.
            self._is_stale = True
            if self._is_here:
                self._lay_anew()

    def _lay_anew(self) -> None:
        self._is_stale = False
        if self._review:
            self._propose(self._review.kept(), self._on_gone)

    def flush(self) -> None:
        """Keep how far the reading is."""
        self._is_here = False
        self._keep()

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """What can be done while reading."""
        if self._step is not Step.READ or self._job.is_running:
            return {}
        return {
            "next-mark": self.reading.next_mark,
            "previous-mark": self.reading.previous_mark,
            "next-record": self.reading.next_record,
            "previous-record": self.reading.previous_record,
            "black-out": self.reading.black_out,
        }

    # The first step.

    def choose_case(self, case: str) -> None:
        """Make a copy of this case."""
        self.choosing.choose(CaseId(case))
        self._read()

    def choose_by_number(self, is_by_number: bool) -> None:
        """Call people by numbers alone, or by their pseudonyms."""
        self.choosing.level = derivative.NOBODY if is_by_number else derivative.PSEUDONYM
        self._show()

    def find(self, words: str) -> None:
        """Show records with these words in their titles."""
        self.choosing.words = words
        self._show()

    def choose_record(self, record: str, is_chosen: bool) -> None:
        """Let a record go, or leave it out."""
        self.choosing.choose_record(record, is_chosen=is_chosen)
        self._show()

    def choose_every(self, is_chosen: bool) -> None:
        """Let every record go, or none."""
        self.choosing.choose_every(is_chosen=is_chosen)
        self._show()

    def drop_begun(self) -> None:
        """Forget the reading that was begun before."""
        self._drop()
        self.choosing.kept = None
        self._show()

    # From step to step.

    def go_on(self) -> None:
        """The way on."""
        if self._job.is_running:
            return
        self._screen.show_trouble(None)
        match self._step:
            case Step.WHAT:
                self._leave_what()
            case Step.READ:
                if not self.reading.finish_record():
                    self._step = Step.LOOK if self._has_seen_files else Step.PICTURES
                    self._show()
            case Step.PICTURES:
                self._leave_pictures()
            case Step.LOOK:
                self._make()
            case _:
                self.seal()

    def skip(self) -> None:
        """Go on without reading the rest; the look says so."""
        if self._step is Step.READ and not self._job.is_running:
            self._step = Step.LOOK if self._has_seen_files else Step.PICTURES
            self._show()

    def go_back(self) -> None:
        """The way back; from the first step and the last it leads to handover."""
        if self._job.is_running:
            self._job.cancel()
            return
        self._screen.show_trouble(None)
        if self._step in (Step.WHAT, Step.DONE):
            self._shell.go(Place(room="handover"))
            return
        self._step = Step(self._step - 1)
        if self._step is Step.WHAT:
            self._put_aside()
        else:
            self._show()

    def go_to_desk(self) -> None:
        """Write something first."""
        self._shell.go(Place(room="desk"))

    def set_title(self, title: str) -> None:
        """How the copy is called."""
        self._title = title

    def seal(self) -> None:
        """Seal the copy for somebody."""
        if self._made:
            self._shell.go(Place(room="seal", case=CaseId(self._made)))

    def look_at_copy(self) -> None:
        """Open the copy."""
        if self._made:
            self._shell.go(Place(room="desk", case=CaseId(self._made), record=self._made))

    # Reading the notebook.

    def _read(self) -> None:
        if self._asking:
            self._asking.cancel()
        case, only = self.choosing.case, self.choosing.only
        self._asking = self._session.ask(
            lambda notebook: read_known(notebook, case, only),
            self._on_known,
            self._screen.show_trouble,
        )

    def _on_known(self, known: Known) -> None:
        before = self.choosing.case
        self.choosing.learn(known)
        case = self.choosing.case
        if case and case != before:
            # There is only one: its records are read now.
            self._read()
            return
        self._show()
        if case and self._step is Step.WHAT and self.choosing.kept is None:
            self._session.drafts(
                lambda drafts: drafts.review(case), lambda kept: self._on_kept(case, kept)
            )

    def _on_kept(self, case: CaseId, kept: Mapping[str, JsonValue] | None) -> None:
        if kept and case == self.choosing.case and self._step is Step.WHAT:
            self.choosing.learn_kept(kept)
            self._show()

    def _put_aside(self) -> None:
        """Back at the first step, the reading can be taken up again."""
        if self._review:
            self.choosing.learn_kept(self._review.kept())
        self._review = None
        self._read()

    # Proposing.

    def _leave_what(self) -> None:
        if lack := self.choosing.lack():
            self._screen.show_lack(lack)
        else:
            self._propose(self.choosing.usable(), self._on_trouble)

    def _propose(
        self,
        kept: Mapping[str, JsonValue] | None,
        on_trouble: Callable[[NotebookError], None],
    ) -> None:
        case, level = self.choosing.case, self.choosing.level
        if case is None:
            return
        self._screen.show_working(_("Looking for names"), self._step, can_cancel=True)
        self._job.start(
            lambda notebook, progress: propose(notebook, case, level, progress),
            lambda begun: self._on_proposed(begun, kept),
            on_trouble,
            self._on_not_proposed,
        )

    def _on_proposed(self, begun: Begun, kept: Mapping[str, JsonValue] | None) -> None:
        self._job.end()
        known = self.choosing.known
        assert known is not None
        review = Review(begun.proposal, known.forms)
        lost = review.take_up(kept) if kept is not None else 0
        if self._step is Step.WHAT:
            review.left_out = self.choosing.left_out & review.pages.keys()
        self._review = review
        self.reading.begin(review, known.forms)
        self.pictures.begin(review, begun.kinds)
        if self._step is Step.WHAT:
            self._step = Step.READ
            self._has_seen_files = False
        self._show()
        if lost:
            self._shell.say(
                ngettext(
                    "A text was changed: {count} decision is to be made again.",
                    "Texts were changed: {count} decisions are to be made again.",
                    lost,
                ).format(count=number(lost))
            )

    def _on_not_proposed(self) -> None:
        """It was cancelled: what was decided is kept, and can be taken up again."""
        self._step = Step.WHAT
        self._put_aside()

    def _on_gone(self, error: NotebookError) -> None:
        """The case can be read for a copy no more: it went, or people disagree about it."""
        self._step = Step.WHAT
        self._put_aside()
        self._screen.show_trouble(self.choosing.named(error))

    def _leave_pictures(self) -> None:
        self._has_seen_files = True
        review = self._review
        unread = [one for one in review.unread() if one in review.files] if review else []
        if unread:
            # What is written about a file that goes is a text like any other.
            self._step = Step.READ
            self.reading.choose_record(unread[0])
            self._shell.refresh_actions()
        else:
            self._step = Step.LOOK
            self._show()

    # Making.

    def _make(self) -> None:
        review, title = self._review, self._title.strip()
        if review is None:
            return
        if not title:
            self._screen.show_lack(_("Give the copy a name."))
            return
        proposal, swaps, left, files = review.result()
        self._screen.show_working(_("Making the copy"), Step.LOOK, can_cancel=True)
        self._job.start(
            lambda notebook, progress: notebook.copying.make(
                proposal, swaps, title, files, left, progress
            ),
            lambda made: self._on_made(*made, len(proposal.pages) - 1, len(files)),
            self._on_trouble,
            self._on_cancelled,
        )

    def _on_made(
        self, made: RecordId, changes: Changes, record_count: int, file_count: int
    ) -> None:
        self._made = made
        self._drop()
        self._step = Step.DONE
        self._review = None
        self._session.announce(changes)
        self._job.end()
        self._screen.show_done(done_page(self._title.strip(), record_count, file_count))
        self._shell.refresh_actions()

    def choose_purpose(self, purpose: str) -> None:
        """What a page in clear is for."""
        self._purpose = purpose

    def write_page(self, out: Path) -> None:
        """Write what the copy would hold as one page that anybody can read."""
        review = self._review
        if review is None or self._job.is_running:
            return
        proposal, swaps, left, _files = review.result()
        title, purpose = self._title.strip() or _("Copy with pseudonyms"), self._purpose

        def write(notebook: Notebook, progress: Progress) -> Changes:
            return notebook.copying.write_report(
                proposal, swaps, title, out, purpose=purpose, left=left, progress=progress
            )

        self._screen.show_trouble(None)
        self._screen.show_working(_("Writing the page"), Step.LOOK, can_cancel=True)
        self._job.start(
            write,
            lambda changes: self._on_written(out, changes),
            self._on_trouble,
            self._on_cancelled,
        )

    def _on_written(self, out: Path, changes: Changes) -> None:
        # Custody was written and no text: nothing is to be read again.
        self._session.announce(changes)
        self._job.end()
        self._show()
        self._shell.say(
            _("A page in clear lies at {path}. Anyone can read it there.").format(
                path=isolated(str(out))
            )
        )

    def _on_trouble(self, error: NotebookError) -> None:
        self._show()
        self._screen.show_trouble(self.choosing.named(error))

    def _on_cancelled(self) -> None:
        self._show()
        self._shell.say(_("Cancelled. Nothing was made."))

    # Keeping.

    def _keep(self) -> None:
        """Keep the decisions among the drafts: encrypted, and here alone."""
        review, case = self._review, self.choosing.case
        if review is not None and case is not None:
            state = review.kept()
            self._session.drafts(lambda drafts: drafts.keep_review(case, state))

    def _drop(self) -> None:
        if case := self.choosing.case:
            self._session.drafts(lambda drafts: drafts.drop_reviews(case))

    # Showing.

    def _show(self) -> None:
        self._shell.refresh_actions()
        match self._step:
            case Step.WHAT:
                self._show_what()
            case Step.READ:
                self.reading.show()
            case Step.PICTURES:
                self.pictures.show()
            case Step.LOOK:
                self._show_look()

    def _show_what(self) -> None:
        if page := self.choosing.page():
            self._screen.show_what(page)
        elif self.choosing.known:
            self._screen.show_no_cases()

    def _show_look(self) -> None:
        if self._review and (known := self.choosing.known):
            self._screen.show_look(
                look_page(
                    self._review,
                    known.forms,
                    title=self._title,
                    purposes=known.purposes,
                    purpose=self._purpose,
                )
            )
