"""The departure guide: nothing is removed that was not read back, and it goes on where it stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId
from notebook.notebook import Notebook
from notebook.sealing_key import KeyChoice
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.ui.handover_support import FakeShell, Pair, WaitingRunner, make_pair, session
from ui.departure_pages import (
    GoingPage,
    KeyPage,
    LeavePage,
    ReceiptPage,
    RemovePage,
    Step,
)
from ui.departure_presenter import DeparturePresenter
from ui.handover_presenter import departure_words
from ui.remains_pages import RemainsPage
from ui.rooms import Place
from ui.seal_pages import WhomPage

Page = TypeVar("Page")

PLENTY_BYTES = 10 * 2**30


@dataclass
class FakeScreen:
    """Remembers what it was shown last."""

    shown: str = ""
    page: object = None
    busy: list[str] = field(default_factory=list)
    lack: str = ""
    trouble: NotebookError | None = None

    def _show(self, shown: str, page: object = None) -> None:
        self.shown, self.page = shown, page

    def show_going(self, page: GoingPage) -> None:
        self._show("going", page)

    def show_no_cases(self) -> None:
        self._show("no cases")

    def show_whom(self, page: WhomPage) -> None:
        self._show("whom", page)

    def show_no_contacts(self) -> None:
        self._show("no contacts")

    def show_leave(self, page: LeavePage) -> None:
        self._show("leave", page)

    def show_busy(self, words: str, step: Step, *, can_cancel: bool) -> None:
        self.busy.append(words)
        self._show("busy", (step, can_cancel))

    def show_progress(self, done: int, total: int, words: str) -> None:
        pass

    def show_receipt(self, page: ReceiptPage) -> None:
        self._show("receipt", page)

    def show_key(self, page: KeyPage) -> None:
        self._show("key", page)

    def show_remove(self, page: RemovePage) -> None:
        self._show("remove", page)

    def show_remains(self, page: RemainsPage, *, is_end: bool) -> None:
        self._show("end" if is_end else "look", page)

    def show_lack(self, sentence: str) -> None:
        self.lack = sentence

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """Aida departs; Kairat stays."""

    def __init__(self, pair: Pair, aida: Notebook, folder: Path) -> None:
        self.pair = pair
        self.aida = aida
        self.folder = folder
        self.nexts: list[Room] = []
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        asked = session(aida, self.runner)
        self.presenter = DeparturePresenter(
            asked, self.screen, self.shell, free_bytes=lambda _f: PLENTY_BYTES, now_s=lambda: 0.0
        )
        asked.listen(self.presenter.changed)

    def enter(self, case: CaseId | None = None) -> str:
        self.presenter.enter(Place(room="departure", case=case))
        return self.settle()

    def settle(self) -> str:
        self.runner.go_on_to_the_end()
        return self.screen.shown

    def go_on(self) -> str:
        self.presenter.go_on()
        return self.settle()

    def look(self) -> LeavePage:
        """As far as what leaves."""
        self.enter(self.pair.case)
        self.go_on()
        self.presenter.choose_reader(self.pair.kairat.author, True)
        assert self.go_on() == "leave"
        self.presenter.choose_folder(self.folder)
        self.settle()
        return self.page(LeavePage)

    def seal(self) -> ReceiptPage:
        """As far as the receipt."""
        assert self.look().may_seal
        assert self.go_on() == "receipt"
        return self.receipt()

    def page(self, kind: type[Page]) -> Page:
        """What is shown now."""
        assert isinstance(self.screen.page, kind)
        return self.screen.page

    def receipt(self) -> ReceiptPage:
        return self.page(ReceiptPage)

    def remove(self, passphrase: str = support.PASSPHRASE) -> None:
        """From the receipt to the end."""
        assert self.go_on() == "key"
        assert self.go_on() == "remove"
        self.presenter.remove(passphrase)
        self.settle()

    def again(self) -> Room:
        """The next process."""
        folder = self.aida.folder
        self.aida.close()
        self.nexts.append(Room(self.pair, support.unlock(folder, seed="next"), self.folder))
        return self.nexts[-1]

    def close(self) -> None:
        """This process and those after it are over."""
        self.aida.close()
        for room in self.nexts:
            room.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    pair = make_pair(tmp_path)
    pair.introduce()
    out = tmp_path / "stick"
    out.mkdir()
    made = Room(pair, pair.aida, out)
    yield made
    made.close()
    pair.kairat.close()


def test_a_damaged_file_that_cannot_be_handed_over_is_named(room: Room) -> None:
    room.aida.attach(room.pair.interview, BytesIO(b"sound"), file_name="talk.ogg")
    (path,) = (path for path in room.aida.folder.joinpath("objects").rglob("*") if path.is_file())
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    assert room.look().may_seal
    assert room.go_on() == "leave"
    assert room.screen.trouble is not None
    assert "talk.ogg" in room.screen.trouble.what


def test_a_case_is_handed_over_and_removed_and_the_end_is_after_the_next_unlock(
    room: Room,
) -> None:
    stays = support.case_in(room.aida, "Stays")
    page = room.seal()
    assert page.files.startswith(str(room.folder))
    assert page.skipped
    assert len(room.aida.cases()) == 2
    room.remove()
    assert room.shell.has_departed
    after = room.again()
    assert after.enter() == "end"
    assert [row.case for row in after.aida.cases()] == [stays]
    after.presenter.go_on()
    after.settle()
    assert after.shell.places == [Place(room="handover")]
    assert after.enter() == "going"


def test_the_case_in_which_one_is_is_proposed_and_nothing_else(room: Room) -> None:
    support.case_in(room.aida, "Stays")
    room.enter(room.pair.case)
    page = room.page(GoingPage)
    assert [case.title for case in page.cases if case.is_chosen] == ["Spring"]
    room.presenter.choose_case(room.pair.case, False)
    assert room.go_on() == "going"
    assert room.screen.lack


def test_a_receipt_is_waited_for_over_sessions(room: Room) -> None:
    room.seal()
    after = room.again()
    assert after.enter() == "receipt"
    assert not after.receipt().readers[0].has_arrived
    kairat = room.pair.kairat
    kairat.open_bundle([*room.folder.glob("*.age")], accept_unknown=False)
    asked = SealRequest(to=(after.aida.author,), is_receipt=True)
    result, _changes = kairat.seal(kairat.plan_seal(asked), room.folder)
    after.aida.open_bundle(result.files, accept_unknown=False)
    after.enter()
    assert after.receipt().readers[0].has_arrived
    assert after.receipt().skipped == ""


def test_what_is_written_after_the_seal_leads_back_to_sealing(room: Room) -> None:
    room.seal()
    assert room.go_on() == "key"
    room.aida.edit(room.pair.interview, {"title": "Changed"})
    room.enter()
    assert room.screen.shown == "receipt"
    assert room.receipt().lack
    assert room.go_on() == "receipt"
    room.presenter.seal_again()
    assert room.settle() == "leave"
    room.presenter.choose_folder(room.folder)
    room.settle()
    assert room.go_on() == "receipt"
    assert room.receipt().lack == ""


def test_a_draft_is_in_the_way(room: Room) -> None:
    room.aida.drafts.keep(
        Draft(
            id=room.pair.interview, type="interview", case=room.pair.case, is_new=False, fields={}
        )
    )
    page = room.look()
    assert "1 draft" in page.drafts
    room.presenter.go_to_desk()
    assert room.shell.places == [Place(room="desk")]
    assert not page.may_seal
    assert room.go_on() == "leave"
    assert not [*room.folder.iterdir()]


def test_consent_that_says_no_is_named_with_its_record_and_a_reason_does_not_help(
    room: Room,
) -> None:
    room.aida.add(
        "consent",
        room.pair.case,
        {"title": "Consent", "covers": [room.pair.interview], "use_team": "no"},
    )
    page = room.look()
    assert [line.title for line in page.obstacles] == ["Сұхбат"]
    assert not page.may_seal
    room.presenter.give_reason("The border")
    room.settle()
    assert room.page(LeavePage).obstacles
    room.presenter.go_to_record(room.pair.interview)
    assert room.shell.places[-1] == Place(room="desk", record=room.pair.interview)


def test_a_reason_is_for_the_readers_it_was_given_for(room: Room, tmp_path: Path) -> None:
    stranger = support.create(tmp_path / "third", "third", "Third")
    third = room.aida.add_contact(stranger.my_card().encode())[0].id
    stranger.close()
    room.aida.trust.set_role(third, "partner")
    said = {"title": "Consent", "covers": [room.pair.interview], "use_team": "yes"}
    said |= {"use_partner": "yes", "expiry": "2020-01-01"}
    room.aida.add("consent", room.pair.case, said)
    assert room.look().obstacles
    room.presenter.give_reason("The border")
    room.settle()
    assert room.page(LeavePage).may_seal
    # The way back and on again takes nothing of that back; somebody else does.
    room.presenter.go_back()
    assert room.go_on() == "leave"
    assert room.page(LeavePage).may_seal
    room.presenter.go_back()
    room.presenter.choose_reader(third, True)
    assert room.go_on() == "leave"
    assert room.page(LeavePage).obstacles


def test_a_wrong_passphrase_is_said_and_nothing_is_removed(room: Room) -> None:
    room.seal()
    room.remove("wrong")
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.WRONG_PASSPHRASE
    assert room.screen.shown == "remove"
    assert not room.shell.has_departed
    assert len(room.aida.cases()) == 1
    room.presenter.remove("")
    assert room.screen.lack


def test_it_can_be_cancelled_while_it_seals_and_while_it_removes(room: Room) -> None:
    room.look()
    room.presenter.go_on()
    room.presenter.go_back()
    assert room.settle() == "leave"
    assert not [*room.folder.iterdir()]
    assert room.go_on() == "receipt"
    room.go_on()
    room.go_on()
    room.presenter.remove(support.PASSPHRASE)
    assert room.screen.page == (Step.REMOVE, True)
    room.presenter.go_back()
    assert room.settle() == "remove"
    assert room.shell.said[-1] == "Cancelled. Nothing was removed."
    assert len(room.aida.cases()) == 1
    assert not [*room.aida.folder.glob("*.next*")]


def test_given_up_it_begins_anew(room: Room) -> None:
    room.seal()
    room.presenter.give_up()
    assert room.settle() == "going"
    assert room.aida.travel.departure() is None


def test_the_look_alone_tells_and_removes_nothing(room: Room) -> None:
    room.enter()
    before = room.aida.head_words()
    room.presenter.look_alone()
    assert room.settle() == "look"
    page = room.page(RemainsPage)
    told = str(page)
    for expected in ("notebook.db", "Spring", "Қайрат", "Aida"):
        assert expected in told
    room.presenter.go_back()
    assert room.settle() == "going"
    assert room.aida.head_words() == before


def test_a_notebook_that_travels_is_looked_at_and_hands_nothing_over(
    room: Room, tmp_path: Path
) -> None:
    home = travelling.headquarters(tmp_path / "home")
    laptop = travelling.traveller(tmp_path / "laptop", home)
    home.close()
    support.case_in(laptop, "Sealed on the way")
    looked = Room(room.pair, laptop, room.folder)
    room.nexts.append(looked)
    assert looked.enter() == "look"
    told = str(looked.page(RemainsPage))
    assert "The number of 1 case" in told
    assert "The outbox: 1 file" in told
    assert "Sealed on the way" not in told
    looked.presenter.go_on()
    looked.presenter.go_back()
    looked.settle()
    assert {place.room for place in looked.shell.places} == {"desk"}
    assert looked.enter() == "look"


def test_earlier_keys_are_destroyed_alone_when_nothing_is_expected_any_more(room: Room) -> None:
    room.seal()
    assert room.go_on() == "key"
    room.presenter.choose_key(KeyChoice.NEW.value)
    assert room.go_on() == "remove"
    room.presenter.remove(support.PASSPHRASE)
    room.settle()
    after = room.again()
    assert after.enter() == "end"
    after.go_on()
    assert after.enter() == "going"
    assert "1 earlier" in after.page(GoingPage).old_keys
    after.presenter.destroy_old_keys()
    assert not after.page(RemovePage).has_cases
    after.presenter.go_back()
    assert after.screen.shown == "going"
    after.presenter.destroy_old_keys()
    after.presenter.remove(support.PASSPHRASE)
    after.settle()
    assert after.shell.has_departed
    last = after.again()
    assert last.aida.travel.remains().old_keys == 0


def test_each_key_choice_says_what_it_costs(room: Room) -> None:
    room.seal()
    room.go_on()
    page = room.page(KeyPage)
    assert page.choice is KeyChoice.KEEP
    assert "nobody" in page.new_alone
    assert len({page.new, page.new_alone, page.keep}) == 3


def test_the_room_of_handover_says_how_it_stands() -> None:
    said = {
        departure_words(has_departed=gone, is_handed_over=handed)
        for gone, handed in ((False, False), (False, True), (True, False))
    }
    assert len(said) == 3
