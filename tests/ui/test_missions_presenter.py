"""Missions at headquarters in the window: cards, what came, what is missing or unfinished."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.contacts import read_card
from notebook.errors import Code, NotebookError
from notebook.mission_card import MissionCard
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.notebook.test_travel import draft
from tests.ui.handover_support import FakeShell, WaitingRunner, session
from ui.handover_presenter import missions_words
from ui.missions_presenter import CodesPage, MissionsPage, MissionsPresenter, codes_page
from ui.rooms import Place


class FakeScreen:
    """Remembers what it was shown last."""

    def __init__(self) -> None:
        self.page: MissionsPage | None = None
        self.codes: CodesPage | None = None
        self.trouble: NotebookError | None = None

    def show_codes(self, page: CodesPage) -> None:
        self.codes = page

    def show_missions(self, page: MissionsPage) -> None:
        self.page = page

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """Headquarters looks at its missions."""

    def __init__(self, home: Notebook) -> None:
        self.home = home
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        asked = session(home, self.runner)
        self.presenter = MissionsPresenter(asked, self.screen, self.shell)
        asked.listen(self.presenter.changed)

    def page(self) -> MissionsPage:
        """What stands there now."""
        self.presenter.enter(Place(room="missions"))
        self.settle()
        assert self.screen.page is not None
        return self.screen.page

    def settle(self) -> None:
        self.runner.go_on_to_the_end()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    home = travelling.headquarters(tmp_path / "home")
    yield Room(home)
    home.close()


def laptop(room: Room, folder: Path, mission: int, author: str) -> Notebook:
    """A laptop that travels for one of the missions, known at headquarters."""
    made = Notebook.create(
        folder,
        support.PASSPHRASE,
        author_name=author,
        kdf=Kdf.TESTING,
        environment=travelling.environment(folder.name),
        mission=MissionCard(card=room.home.travel.missions()[mission].card, is_compared=True),
    )
    room.home.add_contact(made.my_card().encode())
    return made


def test_a_mission_is_made_and_its_card_saved(room: Room, tmp_path: Path) -> None:
    room.page()
    room.presenter.make()
    room.settle()
    page = room.page()
    assert len(page.missions) == 2
    line = page.missions[-1]
    assert line.came == ("Nothing has come by it yet.",)
    assert "Only this notebook opens" in room.shell.said[-1]
    out = tmp_path / "mission.txt"
    room.presenter.save_card(line.name, out)
    room.settle()
    assert read_card(out.read_text("utf-8")).fingerprint() == line.print.digits


def test_the_card_of_a_mission_is_shown_as_codes_with_the_chosen_cases(room: Room) -> None:
    support.case_in(room.home, "Other")
    case = support.case_in(room.home, "The school")
    (mission,) = room.page().missions
    room.presenter.show_codes(mission.name)
    room.settle()
    without = room.screen.codes
    assert without is not None
    assert mission.name in without.name
    assert "case" not in without.words
    room.presenter.choose_case(case, is_chosen=True)
    room.presenter.show_codes(mission.name)
    room.settle()
    codes = room.screen.codes
    assert codes is not None
    assert "The number of 1 case goes with it." in codes.words
    assert codes.codes != without.codes
    text = room.home.travel.mission_text(mission.name, [case])
    assert codes == codes_page(text)


def test_codes_of_a_mission_that_is_not_there_are_trouble(room: Room) -> None:
    room.page()
    room.presenter.show_codes("mission-none")
    room.settle()
    assert room.screen.codes is None
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.UNKNOWN_CONTACT


def test_too_many_cases_for_codes_are_said_and_a_file_is_offered(room: Room) -> None:
    (mission,) = room.page().missions
    text = room.home.travel.mission_text(mission.name, [])
    many = "".join(f"carry {number:032x} {number:064x}\n" for number in range(1, 201))
    page = codes_page(text + many)
    assert page.codes == ()
    assert "Save the card into a file" in page.words


def test_more_cases_than_a_card_may_name_are_refused(room: Room) -> None:
    (mission,) = room.page().missions
    with pytest.raises(NotebookError) as trouble:
        room.home.travel.mission_text(mission.name, [CaseId(f"{n:032x}") for n in range(201)])
    assert trouble.value.code is Code.BAD_VALUE
    assert "200" in trouble.value.what


def test_a_mission_that_is_not_there_has_no_card(room: Room, tmp_path: Path) -> None:
    room.page()
    room.presenter.save_card("mission-none", tmp_path / "none")
    room.settle()
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.UNKNOWN_CONTACT
    assert not (tmp_path / "none").exists()


def test_a_traveller_adds_to_a_case_of_which_only_the_number_is_known(
    room: Room, tmp_path: Path
) -> None:
    case, other = support.case_in(room.home, "The school"), support.case_in(room.home, "Other")
    mine = support.interview_in(room.home, case, title="From home")
    page = room.page()
    room.presenter.choose_case(case, is_chosen=True)
    room.settle()
    assert [line.title for line in room.page().cases if line.is_chosen] == ["The school"]
    out = tmp_path / "mission.txt"
    room.presenter.save_card(page.missions[0].name, out)
    room.settle()
    text = out.read_text("utf-8")
    assert case in text
    assert other not in text
    assert "school" not in text
    made = Notebook.create(
        tmp_path / "laptop",
        support.PASSPHRASE,
        author_name="Aida",
        kdf=Kdf.TESTING,
        environment=travelling.environment("laptop"),
        mission=MissionCard.read(text),
    )
    room.home.add_contact(made.my_card().encode())
    [shown] = made.cases()
    assert shown.title == f"Case {case[:8].upper()}, of headquarters"
    with pytest.raises(NotebookError) as caught:
        made.edit(RecordId(case), {"title": "Changed"})
    assert caught.value.code is Code.TRAVEL_MODE
    first = support.interview_in(made, case, title="On the way")
    made.close()
    later = travelling.session(tmp_path / "laptop", "later")
    second = support.interview_in(later, case, title="And later")
    later.close()
    travelling.opened(room.home, travelling.bundles(tmp_path / "laptop"))
    assert {row.id for row in room.home.rows(type="interview", case=case)} == {mine, first, second}
    assert room.page().gaps == ()
    assert {row.title for row in room.home.cases()} == {"Other", "The school"}
    assert room.home.verify() == []


@pytest.mark.parametrize(
    "lines",
    ["carry", "carry ab", "carry {case} {entry} x", "carry {case} {case}", "{good}{good}"],
)
def test_numbers_of_cases_that_cannot_be_are_refused(room: Room, lines: str) -> None:
    card = room.home.travel.missions()[0].card.encode()
    case, entry = "ab" * 16, "cd" * 32
    told = lines.format(case=case, entry=entry, good=f"carry {case} {entry}\n")
    with pytest.raises(NotebookError) as caught:
        MissionCard.read(f"{card}{told}\n")
    assert caught.value.code is Code.BAD_CARD
    assert MissionCard.read(f"From headquarters:\n{card}").cases == ()


def test_each_mission_says_what_came_by_it(room: Room, tmp_path: Path) -> None:
    room.home.travel.new_mission()
    for folder, mission, author, saves in (("one", 0, "Aida", 1), ("two", 1, "Bota", 2)):
        made = laptop(room, tmp_path / folder, mission, author)
        for _save in range(saves):
            support.case_in(made)
        made.close()
        travelling.opened(room.home, travelling.bundles(tmp_path / folder))
        # Opened again, nothing more came.
        travelling.opened(room.home, travelling.bundles(tmp_path / folder))
    first, second = room.page().missions
    assert first.came[0].startswith("1 bundle by \u2068Aida\u2069")
    assert second.came[0].startswith("2 bundles by \u2068Bota\u2069")


def test_what_was_sealed_to_the_notebook_itself_came_by_no_mission(
    room: Room, tmp_path: Path
) -> None:
    friend = support.create(tmp_path / "friend", seed="friend", author="Friend")
    friend.add_contact(room.home.my_card().encode())
    room.home.add_contact(friend.my_card().encode())
    support.case_in(friend)
    asked = friend.plan_seal(travelling.whole(room.home.author))
    room.home.open_bundle(friend.seal(asked, tmp_path)[0].files, accept_unknown=False)
    friend.close()
    assert room.page().missions[0].came == ("Nothing has come by it yet.",)


def test_a_missing_session_is_said(room: Room, tmp_path: Path) -> None:
    made = laptop(room, tmp_path / "laptop", 0, "Aida")
    case = CaseId(support.case_in(made))
    made.close()
    lost = set(travelling.bundles(tmp_path / "laptop"))
    later = travelling.session(tmp_path / "laptop", "later")
    support.interview_in(later, case)
    later.close()
    found = [path for path in travelling.bundles(tmp_path / "laptop") if path not in lost]
    travelling.opened(room.home, found)
    [gap] = room.page().gaps
    assert "Aida" in gap
    travelling.opened(room.home, sorted(lost))
    assert room.page().gaps == ()


def test_an_unfinished_draft_is_shown_and_taken_over(room: Room, tmp_path: Path) -> None:
    made = laptop(room, tmp_path / "laptop", 0, "Aida")
    case = CaseId(support.case_in(made))
    made.drafts.keep(draft(case, account="She said that " * 40))
    made.drafts.close()
    made.close()
    travelling.opened(room.home, travelling.bundles(tmp_path / "laptop"))
    [line] = room.page().drafts
    assert line.beginning.startswith("She said that")
    assert line.beginning.endswith("…")
    assert "Aida" in line.note
    room.presenter.take_over(line.record)
    room.settle()
    assert room.shell.places[-1] == Place(room="desk", record=line.record)
    assert room.home.record(line.record).fields["account"].versions
    assert room.page().drafts == ()


def test_a_draft_whose_case_is_not_here_stays_and_is_said(room: Room, tmp_path: Path) -> None:
    made = laptop(room, tmp_path / "laptop", 0, "Aida")
    case = CaseId(support.case_in(made))
    kept = set(travelling.bundles(tmp_path / "laptop"))
    made.drafts.keep(draft(case, account="Alone"))
    made.drafts.close()
    made.close()
    found = [path for path in travelling.bundles(tmp_path / "laptop") if path not in kept]
    travelling.opened(room.home, found)
    [line] = room.page().drafts
    room.presenter.take_over(line.record)
    room.settle()
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.UNKNOWN_RECORD
    assert len(room.page().drafts) == 1


def test_the_room_of_handover_says_how_missions_stand() -> None:
    assert len({missions_words(0, 0), missions_words(1, 0), missions_words(2, 1)}) == 3
