"""Choosing records to seal one by one: found by words, ticked, and kept in sight. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from notebook.dates import readable
from notebook.i18n import _, ngettext, number
from notebook.model import RecordId, Row
from ui.session import Question, Session
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.errors import NotebookError
    from notebook.notebook import Notebook

MOST_OFFERED: Final = 12
"""More records than these are found by typing words that stand in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChoice:
    """A record that can be chosen."""

    id: RecordId
    title: str
    note: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPage:
    """The records on offer: the chosen ones first, then what was found."""

    is_on: bool
    choices: tuple[RecordChoice, ...]
    said: str
    """What goes with them, or that nothing was found."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """A record, and its kind and day in words."""

    row: Row
    note: str


class RecordChooser:
    """Holds which records are chosen, and which are on offer."""

    def __init__(
        self,
        session: Session,
        on_changed: Callable[[], None],
        on_trouble: Callable[[NotebookError], None],
    ) -> None:
        self._session = session
        self._on_changed = on_changed
        self._on_trouble = on_trouble
        self._asking: Question[tuple[_Offer, ...]] | None = None
        self._offers: tuple[_Offer, ...] = ()
        self._chosen: dict[RecordId, _Offer] = {}
        self.is_on = False

    def begin_anew(self) -> None:
        """Nothing is chosen."""
        self.is_on = False
        self._chosen = {}

    @property
    def chosen(self) -> frozenset[RecordId]:
        """The chosen records; empty also while whole cases go."""
        return frozenset(self._chosen) if self.is_on else frozenset()

    def turn(self, *, is_on: bool) -> None:
        """Choose records one by one, or whole cases."""
        self.is_on = is_on
        if is_on:
            self.find("")

    def find(self, words: str) -> None:
        """Offer the records with these words; without any, the newest."""
        if self._asking:
            self._asking.cancel()
        self._asking = self._session.ask(
            lambda notebook: _offers(notebook, words.strip()), self._on_found, self._on_trouble
        )

    def choose(self, record: str, is_chosen: bool) -> None:
        """Take a record in or out."""
        known = {offer.row.id: offer for offer in (*self._offers, *self._chosen.values())}
        self._chosen.pop(RecordId(record), None)
        if is_chosen and RecordId(record) in known:
            self._chosen[RecordId(record)] = known[RecordId(record)]
        self._on_changed()

    def page(self) -> RecordsPage:
        """What is shown."""
        others = [offer for offer in self._offers if offer.row.id not in self._chosen]
        return RecordsPage(
            is_on=self.is_on,
            choices=tuple(
                RecordChoice(
                    id=offer.row.id,
                    title=offer.row.title or _("Untitled"),
                    note=offer.note,
                    is_chosen=offer.row.id in self._chosen,
                )
                for offer in (*self._chosen.values(), *others)
            ),
            said=self._said(len(others)),
        )

    def _said(self, found: int) -> str:
        if self._chosen:
            return ngettext(
                "With it go its case, the people, places and consents it names, and evidence"
                " about it. You see all of it before it leaves.",
                "With these {count} go their cases, the people, places and consents they name, and"
                " evidence about them. You see all of it before it leaves.",
                len(self._chosen),
            ).format(count=number(len(self._chosen)))
        return "" if found else _("No record has these words.")

    def _on_found(self, offers: tuple[_Offer, ...]) -> None:
        self._offers = offers
        self._on_changed()


def _offers(notebook: Notebook, words: str) -> tuple[_Offer, ...]:
    """The records to offer; runs in the notebook's lane."""
    rows = notebook.find(words, limit=MOST_OFFERED) if words else notebook.rows()
    forms = notebook.forms.by_type
    return tuple(
        _Offer(
            row,
            " · ".join(
                part
                for part in (
                    forms[row.type].label if row.type in forms else row.type,
                    readable(row.date) if row.date else "",
                    isolated(row.who) if row.who else "",
                )
                if part
            ),
        )
        for row in rows[:MOST_OFFERED]
        if row.type != "case"
    )
