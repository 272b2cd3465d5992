"""Missions at headquarters: their cards, what came by each, what is missing, what is unfinished."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from notebook import card_codes
from notebook.card_codes import Modules
from notebook.earlier import code_of
from notebook.errors import NotebookError
from notebook.i18n import _, ngettext, number
from notebook.mission_card import MissionCard
from notebook.model import AuthorId, CaseId, Changes, RecordId
from ui.contacts_cards import Print
from ui.contacts_presenter import write_card_file
from ui.handover_words import day_words
from ui.rooms import Place, Shell
from ui.runner import Lane
from ui.session import Session
from ui.words import isolated, moment_words

if TYPE_CHECKING:
    from notebook.missions import Mission, Unfinished
    from notebook.notebook import Notebook

BEGINNING: Final = 160
"""Characters of a draft that are shown before it is taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionLine:
    """A mission: its fingerprint, and what came by it."""

    name: str
    print: Print
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """Something typed in a session and never saved there."""

    record: RecordId
    title: str
    beginning: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLine:
    """A case that a traveller can add to, and what they call it."""

    id: CaseId
    title: str
    code: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionsPage:
    """All that the room shows."""

    cases: tuple[CarriedLine, ...]

    missions: tuple[MissionLine, ...]
    gaps: tuple[str, ...]
    drafts: tuple[DraftLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage:
    """The card of one mission as codes; none, and why, when the cases are too many."""

    name: str
    words: str
    codes: tuple[Modules, ...]


class MissionsScreen(Protocol):
    """What the presenter asks of the view."""

    def show_codes(self, page: CodesPage) -> None:
        """Show a card as codes."""

    def show_missions(self, page: MissionsPage) -> None:
        """Show the missions, what is missing, and what is unfinished."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


class MissionsPresenter:
    """Makes missions, gives out their cards, and takes drafts over."""

    def __init__(self, session: Session, screen: MissionsScreen, shell: Shell) -> None:
        self._session = session
        self._screen = screen
        self._shell = shell
        self._chosen: frozenset[CaseId] = frozenset()

    # The room.

    def enter(self, place: Place) -> None:
        """Show how things stand; the case that one comes from is carried."""
        if place.case:
            self._chosen = frozenset({place.case})
        self._screen.show_trouble(None)
        self._read()

    def changed(self, changes: Changes) -> None:
        """A bundle may have come, or a draft may have been taken over."""
        if changes.records or changes.cases or changes.contacts or changes.settings:
            self._read()

    def flush(self) -> None:
        """Nothing is typed here."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside the buttons."""
        return {}

    # What the person does.

    def make(self) -> None:
        """Make the keys of a new mission."""
        self._screen.show_trouble(None)
        self._session.change_and_get(
            lambda notebook: notebook.travel.new_mission(),
            lambda card: self._on_made(card.name),
            self._screen.show_trouble,
        )

    def choose_case(self, case: str, is_chosen: bool) -> None:
        """Let a traveller add to a case, by its number."""
        one = frozenset({CaseId(case)})
        self._chosen = self._chosen | one if is_chosen else self._chosen - one
        self._read()

    def save_card(self, name: str, path: Path) -> None:
        """Write the card of a mission into a file, with the numbers of the chosen cases."""
        cases = sorted(self._chosen)
        self._session.ask(
            lambda notebook: notebook.travel.mission_text(name, cases),
            lambda text: self._write(path, text),
            self._screen.show_trouble,
        )

    def show_codes(self, name: str) -> None:
        """Show the card of a mission for a camera, with the numbers of the chosen cases."""
        cases = sorted(self._chosen)
        self._screen.show_trouble(None)
        self._session.ask(
            lambda notebook: codes_page(notebook.travel.mission_text(name, cases)),
            self._screen.show_codes,
            self._screen.show_trouble,
        )

    def _write(self, path: Path, text: str) -> None:
        self._session.long_job(
            Lane.FILES,
            lambda _notebook, _progress: write_card_file(path, text),
            lambda _nothing: self._shell.say(_("The mission card was saved.")),
            self._screen.show_trouble,
        )

    def take_over(self, record: str) -> None:
        """Make a record of a draft, or change the record that it was to change."""
        self._screen.show_trouble(None)
        self._session.change_and_get(
            lambda notebook: notebook.travel.take_over(record),
            self._on_taken,
            self._screen.show_trouble,
        )

    def go_back(self) -> None:
        """Back to the ways of handover."""
        self._shell.go(Place(room="handover"))

    # Reading.

    def _read(self) -> None:
        chosen = self._chosen
        self._session.ask(
            lambda notebook: missions_page(notebook, chosen),
            self._screen.show_missions,
            self._screen.show_trouble,
        )

    def _on_made(self, name: str) -> None:
        self._read()
        self._shell.say(
            _("{name} is made. Only this notebook opens what is sealed to it.").format(
                name=isolated(name)
            )
        )

    def _on_taken(self, record: RecordId) -> None:
        self._shell.go(Place(room="desk", record=record))
        self._shell.say(_("Taken over. It is in your hand now; its custody says where it is from."))


def missions_page(notebook: Notebook, chosen: frozenset[CaseId]) -> MissionsPage:
    """How missions stand; runs in the notebook's lane."""
    travel = notebook.travel
    names = notebook.trust.people().names
    titles = {CaseId(row.id): row.title for row in notebook.cases()}
    return MissionsPage(
        cases=tuple(
            CarriedLine(
                id=case,
                title=title or _("Untitled case"),
                code=_("Case {code} on the laptop").format(code=code_of(case)),
                is_chosen=case in chosen,
            )
            for case, title in titles.items()
        ),
        missions=tuple(_line(one, names) for one in travel.missions()),
        gaps=tuple(
            _(
                "Bundles are missing: {name} wrote in the case {case} before the session of {day}."
                " Ask for the outbox again."
            ).format(
                name=isolated(names.get(gap.author, gap.author[:16])),
                case=isolated(titles.get(gap.case) or code_of(gap.case)),
                day=day_words(gap.day),
            )
            for gap in travel.session_gaps()
        ),
        drafts=tuple(
            DraftLine(
                record=draft.row.record,
                title=str(draft.fields.get("title") or "") or _("Without a title"),
                beginning=_beginning(draft),
                note=_("{type} by {name}, typed until {when}, in the case {case}").format(
                    type=notebook.forms[draft.type].label
                    if draft.type in notebook.forms.types
                    else isolated(draft.type),
                    name=isolated(names.get(draft.row.author, draft.row.author[:16])),
                    when=moment_words(draft.kept_at),
                    case=isolated(titles.get(draft.row.case) or code_of(draft.row.case)),
                ),
            )
            for draft in travel.unfinished()
        ),
    )


def codes_page(text: str) -> CodesPage:
    """The text of a mission card as codes, and what stands over them."""
    mission = MissionCard.read(text)
    name, count = isolated(mission.card.name), len(mission.cases)
    codes = tuple(map(card_codes.modules, card_codes.texts(mission.card, mission.cases)))
    if not codes:
        words = _(
            "With so many cases there would be too many codes. Save the card into a file, or tick"
            " fewer cases."
        )
        return CodesPage(name=name, words=words, codes=())
    words = _(
        "The person who travels takes a picture of all codes, and chooses it as the mission card."
        " Its fingerprint they get from you on paper or by voice."
    )
    carried = ngettext(
        "The number of {count} case goes with it.",
        "The numbers of {count} cases go with it.",
        count,
    ).format(count=number(count))
    return CodesPage(name=name, words=f"{words} {carried}" if count else words, codes=codes)


def _line(mission: Mission, names: Mapping[AuthorId, str]) -> MissionLine:
    card = mission.card
    came = tuple(
        ngettext(
            "{count} bundle by {name}, opened on {day}",
            "{count} bundles by {name}, the last one opened on {day}",
            one.bundles,
        ).format(
            count=number(one.bundles),
            name=isolated(names.get(one.traveller, one.traveller[:16])),
            day=day_words(one.last),
        )
        for one in mission.came
    )
    return MissionLine(
        name=card.name,
        print=Print(
            whose=isolated(card.name), digits=card.fingerprint(), words=card.fingerprint_words()
        ),
        came=came or (_("Nothing has come by it yet."),),
    )


def _beginning(draft: Unfinished) -> str:
    said: Sequence[str] = [
        value for name, value in draft.fields.items() if isinstance(value, str) and name != "title"
    ]
    text = " · ".join(value for value in said if value)
    return text if len(text) <= BEGINNING else text[:BEGINNING].rstrip() + "…"
