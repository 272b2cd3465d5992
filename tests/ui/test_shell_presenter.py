"""Going from room to room: what is built, flushed, offered and told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from notebook.errors import NotebookError
from notebook.last_place import LastPlace, Spot
from notebook.model import CaseId, Changes, RecordId
from notebook.notebook import Notebook
from tests.ui.pretend import PretendNotebook
from ui import actions
from ui.actions import Action
from ui.rooms import Place
from ui.runner import InlineRunner
from ui.session import Session
from ui.shell_presenter import ShellPresenter

ENTRIES = {
    "interview": Place(room="desk", type="interview"),
    "person": Place(room="desk", type="person"),
    "contacts": Place(room="contacts"),
    "handover": Place(room="handover"),
}
RECORD = RecordId("ee" * 16)
LEFT = LastPlace(room="desk", type="person", case=CaseId("aa"), spot=Spot(record=RECORD))


class PretendRoom:
    def __init__(self, name: str, log: list[str]) -> None:
        self._name = name
        self._log = log
        self.entered: list[Place] = []
        self.heard: list[Changes] = []
        self.offers: dict[str, Callable[[], None]] = {}

    def enter(self, place: Place) -> None:
        self.entered.append(place)

    def changed(self, changes: Changes) -> None:
        self.heard.append(changes)

    def flush(self) -> None:
        self._log.append(f"flush {self._name}")

    def actions(self) -> Mapping[str, Callable[[], None]]:
        return self.offers


class ReadingRoom(PretendRoom):
    """A room in which a person has a place."""

    spot: Spot | None = None
    has_record = False

    def last_place(self) -> LastPlace:
        here = self.entered[-1]
        return LastPlace(room=here.room, type=here.type, case=here.case, spot=self.spot)

    def is_taken(self) -> bool:
        return self.has_record


class Screen:
    def __init__(self) -> None:
        self.room = ""
        self.here: str | None = None
        self.cases: list[tuple[Sequence[tuple[CaseId, str]], CaseId | None]] = []
        self.is_covered = False

    def show_room(self, name: str) -> None:
        self.room = name

    def show_here(self, entry: str | None) -> None:
        self.here = entry

    def show_cases(self, cases: Sequence[tuple[CaseId, str]], chosen: CaseId | None) -> None:
        self.cases.append((cases, chosen))

    def has_sheet(self) -> bool:
        return self.is_covered

    def show_trouble(self, error: NotebookError) -> None:
        raise error


class Shell:
    def __init__(self) -> None:
        self.log: list[str] = []
        self.rooms: dict[str, PretendRoom] = {}
        self.screen = Screen()
        notebook = cast("Notebook", PretendNotebook(Path("/n")))
        self.session = Session(notebook, InlineRunner(), self.screen.show_trouble)
        self.presenter = ShellPresenter(
            self.session,
            self.screen,
            ENTRIES,
            self._build,
            {"lock": lambda: self.log.append("lock"), "show-keys": lambda: self.log.append("keys")},
        )
        self.presenter.start()

    def _build(self, name: str) -> PretendRoom:
        self.log.append(f"build {name}")
        room = ReadingRoom if name == "desk" else PretendRoom
        self.rooms[name] = room(name, self.log)
        return self.rooms[name]


@pytest.fixture
def shell() -> Shell:
    return Shell()


def _action(name: str) -> Action:
    return next(action for action in actions.table() if action.name == name)


def test_the_first_line_of_the_rail_is_home(shell: Shell) -> None:
    assert (shell.screen.room, shell.screen.here) == ("desk", "interview")
    assert shell.log == ["build desk"]


def test_a_room_is_built_once_and_entered_each_time(shell: Shell) -> None:
    shell.presenter.choose_entry("person")
    shell.presenter.choose_entry("contacts")
    shell.presenter.choose_entry("interview")
    assert shell.log == ["build desk", "flush desk", "build contacts", "flush contacts"]
    assert [place.type for place in shell.rooms["desk"].entered] == [
        "interview",
        "person",
        "interview",
    ]


def test_the_chosen_case_goes_along(shell: Shell) -> None:
    shell.presenter.choose_case(CaseId("aa"))
    shell.presenter.choose_entry("person")
    assert [place.case for place in shell.rooms["desk"].entered] == [None, "aa", "aa"]
    assert shell.screen.cases[-1][1] == "aa"
    shell.presenter.choose_case(None)
    assert shell.rooms["desk"].entered[-1] == Place(room="desk", type="person")


def test_a_place_the_rail_does_not_know_marks_nothing(shell: Shell) -> None:
    shell.presenter.go(Place(room="desk", type="case", record=RecordId("ff")))
    assert shell.screen.here is None


def test_every_room_that_was_entered_hears_of_changes(shell: Shell) -> None:
    shell.presenter.choose_entry("contacts")
    shell.session.announce(Changes(contacts=True))
    assert shell.rooms["desk"].heard == shell.rooms["contacts"].heard == [Changes(contacts=True)]


def test_cases_are_read_again_only_when_one_changed(shell: Shell) -> None:
    before = len(shell.screen.cases)
    shell.session.announce(Changes(records=frozenset({RecordId("a")})))
    assert len(shell.screen.cases) == before
    shell.session.announce(Changes(cases=frozenset({CaseId("a")})))
    assert len(shell.screen.cases) == before + 1


def test_a_room_offers_actions_and_others_cannot_be_done(shell: Shell) -> None:
    shell.rooms["desk"].offers = {"save": lambda: shell.log.append("save")}
    assert shell.presenter.perform(_action("save"))
    assert not shell.presenter.perform(_action("delete"))
    assert shell.log[-1] == "save"
    possible = shell.presenter.can_be_done(actions.table())
    assert {action.name for action in possible} == {"lock", "show-keys", "save"}


def test_under_a_sheet_only_what_works_anywhere_can_be_done(shell: Shell) -> None:
    shell.rooms["desk"].offers = {"save": lambda: shell.log.append("save")}
    shell.screen.is_covered = True
    assert not shell.presenter.perform(_action("save"))
    assert shell.presenter.perform(_action("show-keys"))
    assert shell.log[-1] == "keys"


def test_locking_flushes_every_room(shell: Shell) -> None:
    shell.presenter.choose_entry("contacts")
    shell.log.clear()
    shell.presenter.flush()
    assert shell.log == ["flush desk", "flush contacts"]


# Where the person was.


def test_one_comes_back_to_room_case_and_record(shell: Shell) -> None:
    shell.presenter.come_back(LEFT)
    assert shell.screen.here == "person"
    assert shell.screen.cases[-1][1] == "aa"
    assert shell.rooms["desk"].entered[-1] == Place(
        room="desk", type="person", case=CaseId("aa"), record=RECORD, back=LEFT
    )


def test_one_comes_back_to_a_room_without_records(shell: Shell) -> None:
    shell.presenter.come_back(LastPlace(room="contacts"))
    assert (shell.screen.room, shell.screen.here) == ("contacts", "contacts")


def test_a_case_that_is_gone_is_all_cases(shell: Shell) -> None:
    shell.presenter.come_back(replace(LEFT, case=CaseId("dd")))
    assert shell.rooms["desk"].entered[-1].case is None
    assert shell.screen.cases[-1][1] is None


@pytest.mark.parametrize(
    "elsewhere", [replace(LEFT, room="cellar"), replace(LEFT, type="spell"), LastPlace(room="seal")]
)
def test_a_place_that_the_rail_does_not_have_is_not_gone_to(
    shell: Shell, elsewhere: LastPlace
) -> None:
    shell.presenter.come_back(elsewhere)
    assert len(shell.rooms["desk"].entered) == 1
    assert list(shell.rooms) == ["desk"]


def test_who_went_somewhere_else_meanwhile_stays_there(shell: Shell) -> None:
    shell.presenter.choose_entry("contacts")
    shell.presenter.come_back(LEFT)
    assert shell.screen.room == "contacts"


def test_who_opened_a_record_meanwhile_stays_with_it(shell: Shell) -> None:
    desk = shell.rooms["desk"]
    assert isinstance(desk, ReadingRoom)
    desk.has_record = True
    shell.presenter.come_back(LEFT)
    assert len(desk.entered) == 1


def test_where_one_is_is_what_the_room_says_or_the_room(shell: Shell) -> None:
    desk = shell.rooms["desk"]
    assert isinstance(desk, ReadingRoom)
    desk.spot = Spot(record=RECORD)
    shell.presenter.choose_case(CaseId("aa"))
    shell.presenter.choose_entry("person")
    assert shell.presenter.last_place() == LEFT
    # A step of sealing is not come back to; the room it belongs to is.
    shell.presenter.enter("seal")
    assert shell.presenter.last_place() == LastPlace(room="handover", case=CaseId("aa"))


# Session.


def test_listeners_hear_of_a_change_before_the_one_who_made_it() -> None:
    heard: list[str] = []
    notebook = PretendNotebook(Path("/n"))
    session = Session(cast("Notebook", notebook), InlineRunner(), lambda error: None)
    session.listen(lambda changes: heard.append(f"settings {changes.settings}"))
    session.change(lambda open_one: open_one.set_setting("x", 1), lambda: heard.append("done"))
    assert heard == ["settings True", "done"]
    assert notebook.settings == {"x": 1}


def test_the_answer_to_a_question_that_was_taken_back_never_comes() -> None:
    class Later(InlineRunner):
        """Keeps the answers until they are asked for."""

        def __init__(self) -> None:
            self.answers: list[Callable[[], None]] = []

        def run(self, lane, function, on_done, on_trouble, **more):  # type: ignore[no-untyped-def]  # as given  # noqa: ANN001, ANN003, ANN202 - as given
            return super().run(
                lane,
                function,
                lambda result: self.answers.append(lambda: on_done(result)),
                on_trouble,
                **more,
            )

    runner = Later()
    notebook = cast("Notebook", PretendNotebook(Path("/n")))
    session = Session(notebook, runner, lambda error: None)
    got: list[object] = []
    session.ask(lambda open_one: open_one.cases(), got.append).cancel()
    session.ask(lambda open_one: open_one.setting("x", 7), got.append)
    for answer in runner.answers:
        answer()
    assert got == [7]
