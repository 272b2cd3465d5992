"""A record on its way to the page, and what is typed for it before it is there. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from notebook.drafts import Draft
from notebook.environment import timestamp
from notebook.errors import NotebookError
from notebook.forms import Forms
from notebook.i18n import _
from notebook.model import CaseId, Clock, JsonValue, Record, RecordId
from ui.draft_keeper import DraftKeeper
from ui.list_items import draft_line
from ui.record_draft import OpenRecord
from ui.record_reading import Around, around, find_record
from ui.record_sheet import Drafted, RecordScreen
from ui.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """A record that is here now, with its draft taken in."""

    record: OpenRecord
    values: Mapping[str, JsonValue]
    around: Around


class Coming:
    """Fetches one record at a time; the one asked for last is the one that comes.

    From the asking on nothing is typed into what is shown: keys are held for the record that comes.
    """

    def __init__(
        self,
        session: Session,
        keeper: DraftKeeper,
        screen: RecordScreen,
        drafted: Drafted,
        forms: Forms,
        clock: Clock,
        *,
        on_come: Callable[[Come], None],
        on_none: Callable[[str], None],
        on_trouble: Callable[[NotebookError], None],
    ) -> None:
        """`on_none` takes the sentence that says why there is nothing to be shown."""
        self._session = session
        self._keeper = keeper
        self._screen = screen
        self._drafted = drafted
        self._forms = forms
        self._clock = clock
        self._on_come = on_come
        self._on_none = on_none
        self._on_trouble = on_trouble
        self._record: RecordId | None = None
        self._begun: tuple[OpenRecord, Mapping[str, JsonValue]] | None = None
        self._focus = ""
        self._turn = 0
        """Which asking it is: the answer of an earlier one is old, also about the same record."""

    @property
    def record(self) -> RecordId | None:
        """The record that is on its way."""
        return self._record

    def fetch(self, record: RecordId) -> None:
        """Have a record come; what is typed into the page is held for it."""
        self._record, self._begun, self._focus = record, None, ""
        self._turn += 1
        self._screen.hold_keys(whole_window=False)
        self._session.ask(
            partial(find_record, record=record),
            partial(self._on_found, self._turn, record),
            partial(self._on_not_read, self._turn),
        )

    def begin(self, record: OpenRecord, values: Mapping[str, JsonValue], focus: str) -> None:
        """Have a new record come, which takes every letter from now on."""
        self._record, self._begun, self._focus = record.id, (record, values), focus
        self._turn += 1
        self._screen.hold_keys(whole_window=True)
        self._look_around(record, values)

    def enter(self, field: str) -> None:
        """The cursor is to be in this field when the record comes."""
        self._focus = field
        self._screen.hold_keys(whole_window=True)

    def cancel(self) -> None:
        """None is wanted any more."""
        self._record, self._begun, self._focus = None, None, ""
        self._turn += 1
        self._screen.drop_keys()

    def keep_held(self) -> None:
        """Letters that wait for a record that was begun become its title, in a draft."""
        held = self._screen.held_text()
        if self._begun and held:
            record, values = self._begun
            draft = record.draft({**values, "title": held}, timestamp(self._clock))
            self._keeper.keep(draft, _nothing, self._on_trouble)
            self._drafted.note_draft(draft_line(draft))

    def _on_found(self, turn: int, wanted: RecordId, found: Record | None) -> None:
        if turn == self._turn:
            self._session.drafts(
                lambda drafts: drafts.get(wanted),
                partial(self._on_draft, turn, wanted, found),
                partial(self._on_not_read, turn),
            )

    def _on_draft(
        self, turn: int, wanted: RecordId, found: Record | None, draft: Draft | None
    ) -> None:
        if turn != self._turn:
            return
        if found and (found.is_withdrawn or found.is_deleted):
            self._on_none(withdrawn_words() if found.is_withdrawn else _("It was deleted."))
            return
        held = self._keeper.held(wanted)
        draft = held or draft
        if found is None and draft is None:
            self._on_none(_("This record is not in this notebook."))
            return
        type_ = found.type if found else draft.type if draft else ""
        case = found.case if found else draft.case if draft else CaseId(wanted)
        record = OpenRecord(id=wanted, form=self._forms[type_], case=case, is_new=found is None)
        if found:
            record.take(found)
        typed = record.take_draft(draft) if draft else {}
        record.is_fresh = held is not None
        self._look_around(record, {**record.base, **typed})

    def _look_around(self, record: OpenRecord, values: Mapping[str, JsonValue]) -> None:
        self._session.ask(
            lambda notebook: around(notebook, record.form, values, record.case),
            partial(self._on_around, self._turn, record, values),
            partial(self._on_not_read, self._turn),
        )

    def _on_around(
        self, turn: int, record: OpenRecord, values: Mapping[str, JsonValue], found: Around
    ) -> None:
        if turn != self._turn:
            return
        focus = self._focus
        self._record, self._begun, self._focus = None, None, ""
        self._on_come(Come(record=record, values=values, around=found))
        if focus:
            self._screen.focus_field(focus)
        self._screen.type_held_keys()

    def _on_not_read(self, turn: int, error: NotebookError) -> None:
        if turn == self._turn:
            self.keep_held()
            self.cancel()
        self._on_trouble(error)


def _nothing() -> None:
    """The list shows it already."""


def withdrawn_words() -> str:
    """What stands in place of a record whose consent was withdrawn."""
    return _("Its consent was withdrawn. What it held is gone from this notebook.")
