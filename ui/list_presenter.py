"""The list of the desk: which records are shown, searched for, and chosen. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from notebook.drafts import Draft
from notebook.forms import Forms
from notebook.i18n import _
from notebook.model import CaseId, Changes, RecordId, Row, bare_id
from ui.list_items import (
    DraftLine,
    Filter,
    ListItem,
    Mark,
    count_words,
    draft_item,
    draft_line,
    draft_passes,
    is_drafted,
    items,
    new_drafts,
    with_draft,
)
from ui.rooms import Place
from ui.session import Question, Session

if TYPE_CHECKING:
    from notebook.notebook import Notebook

SEARCH_LIMIT = 200


class Step(StrEnum):
    """What the one button of an empty list does."""

    NEW_CASE = "new-case"
    NEW_RECORD = "new-record"
    SEARCH_ALL = "search-all"
    CLEAR = "clear"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What the notebook answered, and by which drafts the rows were marked."""

    shown: tuple[ListItem, ...]
    unsaved: frozenset[RecordId]
    """The rows that are no records yet."""
    cases: Mapping[RecordId, CaseId]
    """Of the rows that are records."""
    drafts: Mapping[RecordId, DraftLine]
    has_cases: bool


class ListScreen(Protocol):
    """What the presenter asks of the list."""

    def show_heading(self, words: str, new_words: str, *, is_timeline: bool) -> None:
        """Name the place, and what "new" makes here."""

    def show_items(self, shown: Sequence[ListItem], count: str, *, is_search: bool) -> None:
        """Show these rows; selection and scroll stay where they were, also after a search."""

    def show_empty(self, sentence: str, button: str, step: Step) -> None:
        """Show one sentence and one button instead of rows."""

    def show_query(self, query: str) -> None:
        """Fill in the search field without searching again."""

    def show_filters(self, chosen: frozenset[Filter], type_: str | None) -> None:
        """Show which chips are down."""

    def select(self, record: RecordId | None) -> None:
        """Mark the record that is open."""

    def focus_search(self) -> None:
        """Be ready for a search."""

    def top(self) -> tuple[RecordId | None, int]:
        """The first record in sight, and how much of its row is not; none at the beginning."""

    def return_to(self, top: RecordId | None, hidden: int) -> None:
        """Show this record first again, when the rows come."""


class ListPresenter:
    """Keeps the list true to the notebook."""

    def __init__(
        self,
        session: Session,
        screen: ListScreen,
        forms: Forms,
    ) -> None:
        self._session = session
        self._screen = screen
        self._forms = forms
        self._place = Place(room="desk")
        self._query = ""
        self._filters: frozenset[Filter] = frozenset()
        self._type: str | None = None
        self._drafts: dict[RecordId, DraftLine] = {}
        self._has_cases = False
        self._shown: tuple[ListItem, ...] = ()
        self._question: Question[_Listed] | None = None
        self._listed: _Listed | None = None
        self._keeps_query = False

    def start(self) -> None:
        """Learn which drafts there are."""
        self._session.drafts(lambda drafts: drafts.all(), self._on_drafts)

    def enter(self, place: Place) -> None:
        """Show the records of a place."""
        is_same = (place.type, place.case) == (self._place.type, self._place.case)
        self._place = place
        if not is_same:
            self._type = None
            self._filters = frozenset()
            if not self._keeps_query:
                self._query = ""
                self._screen.show_query("")
        self._keeps_query = False
        self._screen.show_heading(
            self._forms[place.type].plural if place.type else _("Timeline"),
            self._new_words(),
            is_timeline=place.type is None,
        )
        self._screen.show_filters(self._filters, self._type)
        self.refresh()

    def changed(self, changes: Changes) -> None:
        """Records were written."""
        if changes.records or changes.cases:
            self.refresh()

    def search(self, query: str) -> None:
        """Look for these words, as they are typed."""
        if query.strip() != self._query.strip():
            self._query = query
            self.refresh()

    def search_everywhere(self) -> Place:
        """The place where the same words are looked for in all records."""
        self._keeps_query = True
        return Place(room="desk")

    def clear(self) -> None:
        """Take search and filters away."""
        self._query, self._filters, self._type = "", frozenset(), None
        self._screen.show_query("")
        self._screen.show_filters(self._filters, self._type)
        self.refresh()

    def toggle(self, chip: str) -> None:
        """Let only some records by, or all again."""
        self._filters = self._filters ^ {Filter(chip)}
        self._screen.show_filters(self._filters, self._type)
        self.refresh()

    def choose_type(self, type_: str) -> None:
        """In the timeline: show records of this type alone; empty for all."""
        self._type = type_ or None
        self._screen.show_filters(self._filters, self._type)
        self.refresh()

    def note_draft(self, draft: DraftLine) -> None:
        """A draft was kept."""
        old = self._drafts.get(draft.id)
        self._drafts[draft.id] = draft
        if _but_for_time(old) != _but_for_time(draft):
            self._follow_drafts()

    def forget_draft(self, record: RecordId) -> None:
        """A draft is gone."""
        if self._drafts.pop(record, None):
            self._follow_drafts()

    def neighbour(self, record: RecordId | None, step: int) -> RecordId | None:
        """The record above or below in the list; the first when none is open."""
        ids = [item.id for item in self._shown]
        if record not in ids:
            return ids[0] if ids else None
        at = ids.index(record) + step
        return ids[at] if 0 <= at < len(ids) else None

    def is_in_conflict(self, record: RecordId) -> bool:
        """Whether the list marks this record as in conflict."""
        return any(item.id == record and Mark.CONFLICT in item.marks for item in self._shown)

    def refresh(self) -> None:
        """Read the list anew; an older question is taken back."""
        if self._question:
            self._question.cancel()
        query, place = self._query, self._place
        filters, drafts = self._filters, dict(self._drafts)
        type_ = place.type or self._type
        forms = self._forms

        def answer(notebook: "Notebook") -> _Listed:
            found: Sequence[Row]
            if query.strip():
                found = notebook.find(query, type=type_, case=place.case, limit=SEARCH_LIMIT)
            else:
                found = notebook.rows(type=type_, case=place.case)
            shown = items(forms, found, drafts, filters=filters, is_timeline=place.type is None)
            is_there = {item.id for item in shown}
            fresh: list[ListItem] = []
            if not query.strip() and draft_passes(filters):
                unsaved = new_drafts(drafts.values(), type_=type_, case=place.case)
                fresh = [draft_item(forms, d) for d in unsaved if d.id not in is_there]
            return _Listed(
                shown=(*fresh, *shown),
                unsaved=frozenset(item.id for item in fresh),
                cases={row.id: row.case for row in found},
                drafts=drafts,
                has_cases=bool(fresh) or bool(shown) or bool(notebook.cases()),
            )

        self._listed = None
        self._question = self._session.ask(answer, self._on_listed)

    def _on_listed(self, listed: _Listed) -> None:
        self._question = None
        self._listed = listed
        self._has_cases = listed.has_cases
        if self._changed_drafts(listed):
            self._follow_drafts()
        else:
            self._show(listed.shown)

    def _changed_drafts(self, listed: _Listed) -> frozenset[RecordId]:
        return frozenset(
            record
            for record in listed.drafts.keys() | self._drafts.keys()
            if _but_for_time(listed.drafts.get(record)) != _but_for_time(self._drafts.get(record))
        )

    def _follow_drafts(self) -> None:
        """Bring the marks up to the drafts; only where rows come or go the notebook is asked."""
        listed = self._listed
        if listed is None:
            # The answer that is under way does this when it comes.
            return
        changed = self._changed_drafts(listed)
        is_new = any(self._drafts[record].is_new for record in changed & self._drafts.keys())
        if is_new or changed & listed.unsaved or Filter.DRAFT in self._filters:
            self.refresh()
            return
        shown = tuple(
            with_draft(item, has_draft=is_drafted(item.id, listed.cases[item.id], self._drafts))
            if bare_id(item.id) in changed
            else item
            for item in listed.shown
        )
        self._listed = replace(listed, shown=shown, drafts=dict(self._drafts))
        self._show(shown)

    def _show(self, shown: tuple[ListItem, ...]) -> None:
        self._shown = shown
        is_search = bool(self._query.strip())
        if self._shown:
            count = count_words(len(self._shown))
            self._screen.show_items(self._shown, count, is_search=is_search)
        else:
            self._screen.show_items((), "", is_search=is_search)
            self._screen.show_empty(*self._empty_words())

    def _empty_words(self) -> tuple[str, str, Step]:
        if not self._has_cases:
            return (
                _("A case holds the records that belong together. Begin with one."),
                _("New case"),
                Step.NEW_CASE,
            )
        if self._query.strip():
            if self._place.type or self._place.case:
                return _("Nothing here has these words."), _("Search everything"), Step.SEARCH_ALL
            return _("Nothing has these words."), _("Show all"), Step.CLEAR
        if self._filters or self._type:
            return _("No record is like this."), _("Show all"), Step.CLEAR
        return self._teaching(), self._new_words(), Step.NEW_RECORD

    def _teaching(self) -> str:
        sentences = {
            "interview": _("No interviews yet. Begin with consent, then write what is told."),
            "person": _("No people yet. Give each a pseudonym; names stand apart."),
            "event": _("No events yet. An event says what was done to whom, when and where."),
            "place": _("No places yet. Write a place as it was told."),
            "evidence": _("No evidence yet. Open a record, and drop a file on it."),
            "note": _("No notes yet."),
            "consent": _("No consents yet. A record leaves this notebook only with one."),
        }
        if self._session.is_travelling:
            return _(
                "Earlier sessions were sealed and cannot be shown here. What you write now is shown"
                " until you lock."
            )
        return sentences.get(self._place.type or "", _("Nothing has been written yet."))

    def _new_words(self) -> str:
        type_ = self._place.type or "interview"
        if type_ == "evidence":
            return _("Add evidence")
        return _("New {type}").format(type=self._forms[type_].label.lower())

    def _on_drafts(self, drafts: Sequence[Draft]) -> None:
        self._drafts = {draft.id: draft_line(draft) for draft in drafts}
        self.refresh()

    @property
    def case(self) -> CaseId | None:
        """The case that is looked at; None for all."""
        return self._place.case

    @property
    def type(self) -> str | None:
        """The type that is looked at; None for all."""
        return self._place.type


def _but_for_time(draft: DraftLine | None) -> DraftLine | None:
    """A draft as far as the list shows it: when it was kept last is not worth reading it again."""
    return draft and replace(draft, kept_at="")
