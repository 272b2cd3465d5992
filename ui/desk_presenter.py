"""The desk: what happens between the list, the record and what stands beside it. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from notebook.forms import Forms
from notebook.i18n import _
from notebook.last_place import LastPlace, Spot
from notebook.model import CaseId, Changes, JsonValue, RecordId
from ui import actions
from ui.conflict_presenter import ConflictPresenter
from ui.desk_files import DeskFiles, FileScreen
from ui.drawer_presenter import DrawerPresenter
from ui.evidence_presenter import EvidencePresenter
from ui.list_presenter import ListPresenter, ListScreen, Step
from ui.record_presenter import RecordPresenter
from ui.record_reading import Candidate, candidates
from ui.rooms import Place, Shell
from ui.session import Question, Session
from ui.withdrawing import WithdrawalSheet, consequences, withdraw

if TYPE_CHECKING:
    from notebook.drafts import Drafts

EVIDENCE = "evidence"
CONSENT = "consent"


class DeskScreen(FileScreen, Protocol):
    """What the presenter asks of the desk's view."""

    def show_side(self, *, is_record: bool) -> None:
        """Where there is room for one side only: the record, or the list."""

    def show_conflicts_page(self, *, is_shown: bool) -> None:
        """Show the conflicts instead of the record, or the record again."""

    def show_record_actions(self, actions: Sequence[tuple[str, str]]) -> None:
        """What can be done with the open record."""

    def show_candidates(self, name: str, found: Sequence[Candidate]) -> None:
        """Offer records under a reference."""

    def add_reference(self, name: str, record: str, title: str) -> None:
        """Name a record that was made for a field."""

    def references(self, name: str) -> tuple[str, ...]:
        """The records that a field names."""

    def value(self, name: str) -> JsonValue:
        """What stands in a field."""

    def ask_withdrawal(self, sheet: WithdrawalSheet) -> None:
        """State what a withdrawal destroys, and ask for the reason."""

    def find_in_text(self) -> None:
        """Look for words in the text that is written."""

    def has_text(self) -> bool:
        """Whether there is a text to look through."""

    def show_history(self) -> None:
        """Bring the history into sight."""

    def spot(self, record: RecordId) -> Spot:
        """Where the person is in the record that is shown."""

    def show_spot(self, spot: Spot | None) -> None:
        """Another record is shown: go to this place in it, or leave it at its beginning."""


class DeskPresenter:
    """A room of the window (`ui.rooms.Room`)."""

    def __init__(
        self,
        session: Session,
        shell: Shell,
        screen: DeskScreen,
        list_screen: ListScreen,
        forms: Forms,
    ) -> None:
        """The presenters of the parts are given by `join`, because they call back here."""
        self._session = session
        self._shell = shell
        self._screen = screen
        self._list_screen = list_screen
        self._forms = forms
        self._words = {action.name: action.words for action in actions.table()}
        self._candidates: Question[tuple[Candidate, ...]] | None = None
        self._is_settling = False
        self._settle_when_open: RecordId | None = None
        self._spot_when_open: Spot | None = None
        self.listen_to: Callable[[RecordId | None, Mapping[str, JsonValue]], None] = _nobody
        """Hears which record is open, with its fields when it is about a file."""

    def join(
        self,
        rows: ListPresenter,
        record: RecordPresenter,
        drawer: DrawerPresenter,
        evidence: EvidencePresenter,
        conflict: ConflictPresenter,
    ) -> None:
        """Take the parts of the desk."""
        self.rows, self.record, self.drawer = rows, record, drawer
        self.evidence, self.conflict = evidence, conflict
        self.files = DeskFiles(
            self._session, self._shell, self._screen, record, evidence, self._case, self.open
        )
        rows.start()

    def _case(self) -> CaseId | None:
        return self.rows.case

    # The room (ui.rooms.Room).

    def enter(self, place: Place) -> None:
        """Show the records of a place, and one of them if it is named."""
        if place.back:
            self._list_screen.return_to(place.back.top, place.back.top_hidden)
        self._spot_when_open = place.back.spot if place.back else None
        self.rows.enter(place)
        if place.record:
            open_now = self.record.record
            is_open = open_now is not None and open_now.id == place.record
            # The record comes when the notebook has read it; its conflicts come after it.
            self._settle_when_open = place.record if place.is_conflict and not is_open else None
            self.open(place.record)
            if place.is_conflict and is_open:
                self.settle()
        else:
            # Where there is room for one side only, who asks for a list gets the list.
            self._screen.show_side(is_record=False)

    def changed(self, changes: Changes) -> None:
        """Something was written."""
        self.rows.changed(changes)
        self.record.changed(changes)
        self.drawer.changed(changes)

    def flush(self) -> None:
        """What is typed goes to the drafts."""
        self.record.flush()

    def last_place(self) -> LastPlace:
        """Where the person is."""
        top, hidden = self._list_screen.top()
        record = self.record.record
        spot = self._spot_when_open
        if record and (not record.is_new or record.typed):
            spot = self._screen.spot(record.id)
        return LastPlace(
            room="desk",
            type=self.rows.type,
            case=self.rows.case,
            top=top,
            top_hidden=hidden,
            spot=spot,
        )

    def is_taken(self) -> bool:
        """Whether a record is open, or on its way."""
        return self.record.record is not None or self.record.is_coming

    def leave(self) -> None:
        """What is typed is saved, so that it can be sealed."""
        self.record.leave()

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """What can be done here now."""
        found: dict[str, Callable[[], None]] = {
            "new-record": self.new_here,
            "new-case": partial(self.new, "case"),
            "search": self.search,
            "next-record": partial(self.step, 1),
            "previous-record": partial(self.step, -1),
        }
        for type_ in self._forms.types:
            if type_ not in {"case", EVIDENCE}:
                found[f"new-{type_}"] = partial(self.new, type_)
        if self.rows.case:
            found["open-case"] = partial(self.open, RecordId(self.rows.case))
        if self._is_settling:
            found["save"] = self.conflict.save
            return found
        found |= self._record_actions()
        if self.record.record and self._screen.has_text():
            found["find-in-text"] = self._screen.find_in_text
        return found

    def _record_actions(self) -> dict[str, Callable[[], None]]:
        record = self.record.record
        if record is None:
            return {}
        found: dict[str, Callable[[], None]] = {}
        if record.typed:
            found["save"] = self.record.save
            found["discard-draft"] = self.record.discard_draft
        if record.form.type != EVIDENCE:
            found["attach"] = self.files.attach
            found["paste-evidence"] = self.files.paste
            found["record-sound"] = self.files.record_sound
        if record.form.consent == "needed":
            found["record-consent"] = self.record_consent
        if not record.is_new:
            found["show-history"] = self._screen.show_history
        if record.form.type != EVIDENCE and not record.is_new and not self._session.is_travelling:
            found["copy-case"] = self.copy_case
        if record.conflicts or self.rows.is_in_conflict(record.id):
            found["resolve-conflict"] = self.settle
        if record.form.type == EVIDENCE and not record.is_new:
            found["extract"] = self.files.extract
        if not record.is_new and record.form.type != "case":
            found["withdraw"] = self.ask_withdrawal
        found["delete"] = self.delete
        return found

    def copy_case(self) -> None:
        """Make a copy with pseudonyms: of the open record, or of the case that is open."""
        record = self.record.record
        if record and record.case:
            self._shell.go(Place(room="redact", case=record.case, record=record.id))

    def perform(self, name: str) -> None:
        """Do one of the actions of this room."""
        act = self.actions().get(name)
        if act:
            act()

    # The list.

    def open(self, record: RecordId) -> None:
        """Open a record."""
        self._stop_settling()
        self.record.open(record)
        self._screen.show_side(is_record=True)

    def enter_record(self, record: RecordId) -> None:
        """Open a record and go into it."""
        self.open(record)
        self.record.enter_fields()

    def new_from_list(self, type_: str) -> None:
        """Begin a record of this type; without one, of the type that is looked at."""
        if type_:
            self.new(type_)
        else:
            self.new_here()

    def back(self) -> None:
        """Go from the record back to the list, where there is room for one only."""
        self.record.leave()
        self._screen.show_side(is_record=False)

    def search(self) -> None:
        """Be ready for a search, also where the record has taken the place of the list."""
        self._screen.show_side(is_record=False)
        self._list_screen.focus_search()

    def step(self, by: int) -> None:
        """Open the record below or above in the list."""
        open_now = self.record.record
        to = self.rows.neighbour(open_now.id if open_now else None, by)
        if to:
            self.open(to)

    def take_step(self, name: str) -> None:
        """The one button of an empty list was pressed."""
        match Step(name):
            case Step.NEW_CASE:
                self.new("case")
            case Step.NEW_RECORD:
                self.new_here()
            case Step.SEARCH_ALL:
                self._shell.go(self.rows.search_everywhere())
            case _:
                self.rows.clear()

    def new_here(self) -> None:
        """Begin a record of the type that is looked at."""
        if self.rows.type == EVIDENCE:
            self.files.attach()
        else:
            self.new(self.rows.type or "interview")

    def new(self, type_: str) -> None:
        """Begin a record."""
        self._stop_settling()
        case = self.rows.case
        open_now = self.record.record
        if case is None and open_now and type_ != "case":
            case = open_now.case
        self.record.begin(type_, case)
        self._screen.show_side(is_record=True)

    # The record.

    def opened(self, record: RecordId | None) -> None:
        """Another record is open, or none."""
        self._list_screen.select(record)
        open_now = self.record.record
        self.drawer.show(record, open_now.form if open_now else None)
        is_file = open_now is not None and open_now.form.type == EVIDENCE
        file = open_now.base if open_now and is_file else {}
        self.evidence.show(record, file)
        self.listen_to(record, file)
        self.refresh_actions()
        if record is None:
            self._screen.show_side(is_record=False)
        spot, self._spot_when_open = self._spot_when_open, None
        self._screen.show_spot(spot if spot and spot.record == record else None)
        wanted, self._settle_when_open = self._settle_when_open, None
        if record and record == wanted:
            self.settle()

    def refresh_actions(self) -> None:
        """What can be done has changed."""
        self._screen.show_record_actions(
            [
                (name, self._words.get(name, name))
                for name in self._record_actions()
                if name not in {"save", "discard-draft"}
            ]
        )
        self._shell.refresh_actions()

    def delete(self) -> None:
        """Delete the open record, and show its neighbour's place in the list."""
        self.record.delete()

    def look_for(self, name: str, words: str) -> None:
        """A title is typed into a reference."""
        record = self.record.record
        if record is None:
            return
        if self._candidates:
            self._candidates.cancel()
        field = record.form.field(name)
        without = frozenset((*self._screen.references(name), record.id))
        self._candidates = self._session.ask(
            partial(
                candidates, types=field.refers_to, words=words, case=record.case, without=without
            ),
            partial(self._screen.show_candidates, name),
        )

    def create(self, name: str, type_: str, title: str) -> None:
        """Make a record of this title and name it in a field."""
        record = self.record.record
        if record:
            self._session.change_and_get(
                lambda notebook: notebook.add(type_, record.case, {"title": title}),
                partial(self._on_created, record.id, name, title),
            )

    def _on_created(self, about: RecordId, name: str, title: str, made: RecordId) -> None:
        open_now = self.record.record
        if open_now and open_now.id == about:
            self._screen.add_reference(name, made, title)

    def record_consent(self) -> None:
        """Begin the consent that holds for the open record."""
        record = self.record.record
        if record is None:
            return
        fields: dict[str, JsonValue] = {"covers": [record.id]}
        witness = self._screen.value("witness") if record.form.type == "interview" else None
        if record.form.type == "person":
            witness = record.id
        if isinstance(witness, str):
            fields["given_by"] = witness
        self.record.begin(CONSENT, record.case, fields)

    # Conflicts.

    def settle(self) -> None:
        """Show the open record's conflicts side by side."""
        record = self.record.record
        if record is None:
            return
        self.record.keep()
        if record.conflicts:
            self.conflict.show(record.id)
        else:
            # One person deleted it while another, who had not seen that, went on writing.
            self._session.change(
                lambda notebook: notebook.restore(record.id),
                partial(
                    self._shell.say,
                    _("One of you deleted this while another went on writing. It is kept."),
                    self.record.delete,
                ),
            )

    def settling(self) -> None:
        """The conflicts are laid out."""
        self._is_settling = True
        self._screen.show_conflicts_page(is_shown=True)
        self._shell.refresh_actions()

    def settled(self, _record: RecordId | None) -> None:
        """The conflicts are settled, or left for later."""
        self._stop_settling()
        self.refresh_actions()

    def _stop_settling(self) -> None:
        if self._is_settling:
            self._is_settling = False
            self._screen.show_conflicts_page(is_shown=False)

    # Withdrawal.

    def ask_withdrawal(self) -> None:
        """State what withdrawing the consent for the open record would destroy."""
        record = self.record.record
        if record:
            self._session.ask(partial(consequences, record=record.id), self._screen.ask_withdrawal)

    def withdraw(self, records: Sequence[RecordId], reason: str) -> None:
        """Destroy what these records hold."""
        self.record.forget(records)
        for record in records:
            self._session.drafts(partial(_drop, record=record))
            self.rows.forget_draft(record)
        self._session.change(
            partial(withdraw, records=tuple(records), reason=reason),
            partial(self._shell.say, _("Withdrawn. What it held is gone from this notebook.")),
        )


def _nobody(record: RecordId | None, values: Mapping[str, JsonValue]) -> None:
    """Nobody listens."""


def _drop(drafts: "Drafts", *, record: RecordId) -> None:
    drafts.drop(record)
