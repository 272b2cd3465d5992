"""The room after withdrawals: who must be told, and what waits for a word here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.errors import NotebookError
from notebook.handover import SealRequest
from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.notebook.support_notebook import create
from tests.ui.handover_support import FakeShell, Pair, WaitingRunner, make_pair, session
from ui.rooms import Place
from ui.told_presenter import ToldPage, ToldPresenter, told_page
from ui.withdrawing import WithdrawalSheet
from ui.words import isolated


class FakeScreen:
    def __init__(self) -> None:
        self.page: ToldPage | None = None
        self.sheet: WithdrawalSheet | None = None
        self.reason = ""
        self.trouble: NotebookError | None = None

    def show_told(self, page: ToldPage) -> None:
        self.page = page

    def ask_withdrawal(self, sheet: WithdrawalSheet, reason: str) -> None:
        self.sheet, self.reason = sheet, reason

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """Aida, who sealed for Kairat."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair = pair
        self.folder = folder
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        asked = session(pair.aida, self.runner)
        self.presenter = ToldPresenter(asked, self.screen, self.shell)
        asked.listen(self.presenter.changed)

    def hand(self, one: Notebook, other: Notebook) -> None:
        """A bundle from one to the other, opened there."""
        out = self.folder / str(len(list(self.folder.iterdir())))
        out.mkdir()
        result, _changes = one.seal(one.plan_seal(SealRequest(to=(other.author,))), out)
        other.open_bundle(result.files, accept_unknown=False)

    def page(self) -> ToldPage:
        self.presenter.enter(Place(room="withdrawals"))
        self.runner.go_on_to_the_end()
        assert self.screen.page is not None
        return self.screen.page


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    pair = make_pair(tmp_path)
    pair.introduce()
    out = tmp_path / "out"
    out.mkdir()
    made = Room(pair, out)
    made.hand(pair.aida, pair.kairat)
    yield made
    pair.aida.close()
    pair.kairat.close()


def test_without_withdrawals_there_is_a_calm_sentence(room: Room) -> None:
    page = room.page()
    assert page.empty
    assert (page.waiting, page.told) == ((), ())


def test_whoever_was_sent_it_is_named_until_a_notice_was_sealed_and_then_answered(
    room: Room,
) -> None:
    aida, kairat = room.pair.aida, room.pair.kairat
    aida.withdraw([room.pair.interview], "asked")
    (line,) = room.page().told
    assert (line.name, line.is_owed, line.tone) == ("Қайрат", True, "caution")
    assert "1 record" in line.words
    room.hand(aida, kairat)
    (line,) = room.page().told
    assert (line.is_owed, line.tone) == (False, "mute")
    kairat.edit(RecordId(room.pair.case), {"summary": "seen"})
    room.hand(kairat, aida)
    (line,) = room.page().told
    assert line.tone == "ok"


def test_a_notice_is_sealed_for_the_contact_in_the_case(room: Room) -> None:
    room.pair.aida.withdraw([room.pair.interview], "asked")
    (line,) = room.page().told
    room.presenter.seal_for(line.contact)
    kairat = room.pair.kairat.author
    assert room.shell.places == [Place(room="seal", case=room.pair.case, contact=kairat)]


def test_who_has_it_from_somebody_else_is_named_with_whom_to_ask(
    room: Room, tmp_path: Path
) -> None:
    aida, kairat = room.pair.aida, room.pair.kairat
    third = create(tmp_path / "third", "third", "Third")
    kairat.add_contact(third.my_card().encode())
    third.add_contact(kairat.my_card().encode())
    room.hand(kairat, third)
    kairat.edit(RecordId(room.pair.case), {"summary": "passed on"})
    room.hand(kairat, aida)
    aida.withdraw([room.pair.interview], "asked")
    lines = {line.contact: line for line in room.page().told}
    # Who is no contact cannot be sealed for, and it is said whom to ask.
    assert set(lines) == {"", kairat.author}
    assert lines[""].name.startswith("Unknown author ")
    assert isolated("Қайрат") in lines[""].words
    assert "may hold" in lines[""].words
    third.close()


def test_of_what_others_sealed_for_nobody_knows_whom_the_sealer_is_named(
    room: Room, tmp_path: Path
) -> None:
    """Kairat is not the case's steward: Aida's notes do not tell him for whom she sealed."""
    aida, kairat = room.pair.aida, room.pair.kairat
    mine, _changes = kairat.add("interview", room.pair.case, {"title": "Told to Kairat"})
    room.hand(kairat, aida)
    third = create(tmp_path / "third", "third", "Third")
    aida.add_contact(third.my_card().encode())
    third.add_contact(aida.my_card().encode())
    room.hand(aida, third)
    aida.edit(RecordId(room.pair.case), {"summary": "passed on"})
    room.hand(aida, kairat)
    kairat.withdraw([mine], "asked")
    page = told_page(kairat.forms, (), tuple(kairat.owed()), {}, tuple(kairat.unseen_readers()))
    unseen = next(line for line in page.told if not line.contact)
    assert (unseen.name, unseen.is_owed, unseen.tone) == (aida.author_name, True, "caution")
    assert "1 bundle of the case" in unseen.words
    third.close()


def withdrawn_by_kairat(room: Room) -> None:
    room.pair.kairat.withdraw([room.pair.interview], "She called me.")
    room.hand(room.pair.kairat, room.pair.aida)


def test_what_another_withdrew_waits_with_the_reason_and_without_a_title(room: Room) -> None:
    withdrawn_by_kairat(room)
    (line,) = room.page().waiting
    assert "Қайрат" in line.words
    assert line.reason == "She called me."
    assert "Сұхбат" not in line.title


def test_left_alone_it_stays_hidden_and_whole(room: Room) -> None:
    withdrawn_by_kairat(room)
    room.presenter.ask(room.page().waiting[0].key)
    assert room.screen.sheet is not None
    assert len(room.page().waiting) == 1
    assert room.pair.aida.rows(type="interview") == []


def test_a_word_here_destroys_it(room: Room) -> None:
    withdrawn_by_kairat(room)
    room.presenter.ask(room.page().waiting[0].key)
    assert room.screen.reason == "She called me."
    room.presenter.confirm((room.pair.interview,), "She told me too.")
    room.runner.go_on_to_the_end()
    assert room.page().waiting == ()
    assert room.shell.said
    history = room.pair.aida.history(room.pair.interview)
    assert history[-1].details["reason"] == "She told me too."


def test_a_field_that_another_withdrew_is_named_and_only_that_is_confirmed(room: Room) -> None:
    room.pair.kairat.withdraw([room.pair.interview], "Not this.", ["title"])
    room.hand(room.pair.kairat, room.pair.aida)
    (line,) = room.page().waiting
    assert "Title" in line.words
    room.presenter.ask(line.key)
    room.presenter.confirm((room.pair.interview,), "Not this.")
    room.runner.go_on_to_the_end()
    assert room.pair.aida.pending_withdrawals() == []
    assert [row.id for row in room.pair.aida.rows(type="interview")] == [room.pair.interview]


def test_nothing_is_destroyed_that_was_not_asked_about(room: Room) -> None:
    withdrawn_by_kairat(room)
    room.page()
    room.presenter.confirm((room.pair.interview,), "By mistake.")
    room.runner.go_on_to_the_end()
    assert len(room.page().waiting) == 1


def test_back_leads_to_handover(room: Room) -> None:
    room.presenter.go_back()
    assert room.shell.places == [Place(room="handover")]
