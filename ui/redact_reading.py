"""Reading a case for a copy with pseudonyms: one record after another, mark by mark. No Qt."""

from collections.abc import Callable

from notebook.derivative import Swap
from notebook.forms import Forms
from notebook.model import RecordId
from ui.redact_pages import (
    BarPage,
    RedactScreen,
    bar_for_field,
    bar_for_mark,
    bar_for_nothing,
    bar_for_words,
    read_page,
    readable,
    way_on,
)
from ui.redact_review import Decision, Mark, Review, Where
from ui.session import Session


class Reading:
    """Where the person is in the texts, and what they decide there."""

    def __init__(
        self, session: Session, screen: RedactScreen, on_decided: Callable[[], None]
    ) -> None:
        """`on_decided` is called whenever something is worth keeping."""
        self._session = session
        self._screen = screen
        self._on_decided = on_decided
        self._review: Review | None = None
        self._forms: Forms | None = None
        self.record: RecordId | None = None
        self._mark: int | None = None
        self._selected: tuple[Where, int, int] | None = None
        self._field = ""

    def begin(self, review: Review, forms: Forms) -> None:
        """Read for this review."""
        self._review, self._forms = review, forms
        if self.record not in readable(review):
            self.record = None

    def show(self) -> None:
        """Show the record, and what can be decided in it."""
        review, forms = self._review, self._forms
        if review is None or forms is None:
            return
        if self.record is None:
            self._go_to(next(iter(review.unread()), readable(review)[0]))
        record = self.record
        assert record is not None
        if self._mark is not None and self._mark >= len(review.marks(record)):
            self._mark = None
        page = read_page(review, forms, record, self._mark)
        self._screen.show_read(page, way_on(review, record))
        self._show_bar()

    # Where the person is.

    def choose_record(self, record: str) -> None:
        """Read this one."""
        self._go_to(RecordId(record))
        self.show()

    def next_record(self) -> None:
        """Read the one below."""
        self._step_record(1)

    def previous_record(self) -> None:
        """Read the one above."""
        self._step_record(-1)

    def _step_record(self, by: int) -> None:
        if self._review and self.record:
            every = readable(self._review)
            at = every.index(self.record) + by
            if 0 <= at < len(every):
                self.choose_record(every[at])

    def choose_mark(self, mark: int) -> None:
        """The cursor is on a mark."""
        if mark != self._mark or self._selected:
            self._mark, self._selected, self._field = mark, None, ""
            self.show()

    def next_mark(self) -> None:
        """Go to the mark after this; behind the last comes the first."""
        self._step_mark(1)

    def previous_mark(self) -> None:
        """Go to the mark before this."""
        self._step_mark(-1)

    def _step_mark(self, by: int) -> None:
        count = len(self._marks())
        if count:
            at = -1 if self._mark is None and by > 0 else self._mark or 0
            self._mark, self._selected, self._field = (at + by) % count, None, ""
            self.show()

    def select(self, field: str, item: int, start: int, end: int) -> None:
        """Words are selected."""
        if self.record:
            self._selected = ((self.record, field, item), start, end)
            self._mark, self._field = None, ""
            self._show_bar()

    def choose_field(self, field: str) -> None:
        """The cursor is in a field that is no text."""
        self._mark, self._selected, self._field = None, None, field
        self._show_bar()

    def choose_nothing(self) -> None:
        """The cursor is in plain words."""
        self._mark, self._selected, self._field = None, None, ""
        self._show_bar()

    # What they decide.

    def take(self, instead: str, everywhere: bool) -> None:
        """Have this stand in place of the mark or of the selected words."""
        if not instead.strip():
            self.black_out(everywhere)
        elif mark := self._current():
            self._done(lambda review: review.take(mark, instead.strip(), everywhere=everywhere))
        elif self._selected:
            self._add(instead.strip(), everywhere=everywhere)

    def accept(self) -> None:
        """Take the mark as it is proposed, and go to the next that nobody decided about."""
        mark = self._current()
        if mark is None:
            self.next_mark()
            return
        if mark.decision is not Decision.LEFT:
            self._decide(lambda review: review.take(mark, mark.swap.instead))
        now = self._mark or 0
        still_open = [at for at, each in enumerate(self._marks()) if each.decision is Decision.OPEN]
        self._mark = next((at for at in still_open if at > now), next(iter(still_open), now))
        self.show()

    def black_out(self, everywhere: bool = False) -> None:
        """Black the mark or the selected words out."""
        if mark := self._current():
            self._done(lambda review: review.take(mark, "", everywhere=everywhere))
        elif self._selected:
            self._add("", everywhere=everywhere)

    def leave(self, why: str, everywhere: bool) -> None:
        """Leave the words as they are, for a reason; one's own mark needs none."""
        mark = self._current()
        if mark and (why.strip() or not mark.is_proposed):
            self._done(lambda review: review.leave(mark, why.strip(), everywhere=everywhere))

    def let_field_go(self, goes: bool) -> None:
        """Let the field go, or leave it out."""
        record, field = self.record, self._field
        if record and field:
            self._decide(lambda review: review.choose_field(record, field, goes=goes))
            self.show()

    def let_record_go(self, goes: bool) -> None:
        """Let the record go, or leave it out."""
        record = self.record
        if record:
            self._decide(lambda review: review.choose_record(record, goes=goes))
            self.show()

    def finish_record(self) -> bool:
        """It is read: go to the next that is not; whether there is one."""
        review, record = self._review, self.record
        if review is None or record is None:
            return False
        self._decide(lambda review: review.mark_read(record))
        every = readable(review)
        unread = review.unread()
        at = every.index(record)
        # The next one below; those above that were passed over come last.
        following = next((one for one in (*every[at:], *every[:at]) if one in unread), None)
        if following is None:
            return False
        self.choose_record(following)
        return True

    # Inside.

    def _go_to(self, record: RecordId) -> None:
        self.record = record
        self._mark, self._selected, self._field = None, None, ""
        doubtful = [at for at, mark in enumerate(self._marks()) if mark.is_doubtful]
        if doubtful:
            self._mark = doubtful[0]
        elif self._marks():
            self._mark = 0

    def _marks(self) -> list[Mark]:
        return self._review.marks(self.record) if self._review and self.record else []

    def _current(self) -> Mark | None:
        marks = self._marks()
        return marks[self._mark] if self._mark is not None and self._mark < len(marks) else None

    def _add(self, instead: str, *, everywhere: bool) -> None:
        selected = self._selected
        if selected is None:
            return
        where, start, end = selected
        review = self._review
        mark = review.add(where, start, end, instead) if review else None
        if review is None or mark is None:
            return
        self._on_decided()
        if everywhere:
            search = review.search(mark)
            self._session.ask(
                lambda _notebook: search(), lambda found: self._on_found(review, found)
            )
        self._selected = None
        self._mark = next(
            (
                at
                for at, mark in enumerate(self._marks())
                if mark.where == where and mark.swap.start <= start < mark.swap.end
            ),
            None,
        )
        self.show()

    def _on_found(self, review: Review, found: list[Swap]) -> None:
        if review is self._review:
            self._decide(lambda review: review.add_found(found))
            self.show()

    def _done(self, decide: Callable[[Review], None]) -> None:
        """Decide about a mark; the eye stays on it, so that one sees what came of it."""
        self._decide(decide)
        self.show()

    def _decide(self, decide: Callable[[Review], None]) -> None:
        if self._review:
            decide(self._review)
            self._on_decided()

    def _show_bar(self) -> None:
        self._screen.show_bar(self._bar())

    def _bar(self) -> BarPage:
        review, forms, record = self._review, self._forms, self.record
        assert review is not None
        assert forms is not None
        assert record is not None
        if mark := self._current():
            return bar_for_mark(review, mark)
        if self._selected:
            where, start, end = self._selected
            return bar_for_words(review.text(where)[start:end])
        page = review.pages.get(record) or review.files[record]
        if self._field and self._field != "title":
            goes = (record, self._field) not in review.fields_left_out
            return bar_for_field(forms[page.type], self._field, goes=goes)
        return bar_for_nothing(self._marks())
