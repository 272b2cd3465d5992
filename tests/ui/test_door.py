"""The presenters before an open notebook, with fake views, run inline."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from crypto.identity import Identity
from notebook.errors import Code, NotebookError
from notebook.mission_card import MissionCard
from notebook.notebook import Notebook
from notebook.progress import Progress
from tests.notebook import support_notebook
from tests.ui.pretend import PASSPHRASE, PretendAdvice, PretendGate, PretendNotebook
from ui import real_gate
from ui.contacts_cards import Print
from ui.door import Gate
from ui.first_run_presenter import FirstRunPresenter
from ui.new_notebook_presenter import NewNotebookPresenter
from ui.parting import Reason, Start
from ui.passphrase_presenter import PassphrasePresenter
from ui.runner import InlineRunner
from ui.session import Session
from ui.unlock_presenter import UnlockPresenter, locked_because

GATE = cast("Gate", PretendGate())


class Screen:
    """What was shown, in order: name of the method and its argument."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, object]] = []

    def last(self, name: str) -> object:
        return [value for shown, value in self.shown if shown == name][-1]

    def show_folder(self, *folder: str) -> None:
        self.shown.append(("folder", folder))

    def show_reason(self, sentence: str) -> None:
        self.shown.append(("reason", sentence))

    def show_words(self, words: Sequence[str]) -> None:
        self.shown.append(("words", tuple(words)))

    def show_busy(self, *, is_busy: bool) -> None:
        self.shown.append(("busy", is_busy))

    def show_trouble(self, error: NotebookError) -> None:
        self.shown.append(("trouble", error.code))

    def show_outbox(self, words: str) -> None:
        self.shown.append(("outbox", words))

    def offer_override(self) -> None:
        self.shown.append(("override", True))

    def show_travel(self, *, is_on: bool) -> None:
        self.shown.append(("travel", is_on))

    def show_mission(self, shown: Print | None, *, is_compared: bool) -> None:
        self.shown.append(("mission", shown and shown.digits))

    def show_head(self, words: Sequence[str], last_opened: str | None) -> None:
        self.shown.append(("head", (*words, last_opened)))

    def show_progress(self, done: int, total: int) -> None:
        self.shown.append(("progress", (done, total)))

    def show_sample(self, passphrase: str) -> None:
        self.shown.append(("sample", passphrase))

    def show_advice(self, sentence: str, *, is_accepted: bool) -> None:
        self.shown.append(("advice", (sentence, is_accepted)))

    def show_passphrase(self, passphrase: str) -> None:
        self.shown.append(("passphrase", passphrase))

    def show_lacks(self, sentence: str) -> None:
        self.shown.append(("lacks", sentence))

    def show_done(self) -> None:
        self.shown.append(("done", None))


class FullDisk(PretendGate):
    def create(
        self, folder: Path, passphrase: str, author_name: str, *, is_low_memory: bool
    ) -> PretendNotebook:
        raise NotebookError(Code.NO_SPACE, "The disk is full.")

    def make_sample(self, folder: Path, progress: Progress) -> tuple[PretendNotebook, str]:
        raise NotebookError(Code.NO_SPACE, "The disk is full.")


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def opened() -> list[Notebook]:
    return []


# Unlock.


def test_the_right_passphrase_shows_the_four_words_and_then_opens(
    screen: Screen, opened: list[Notebook]
) -> None:
    presenter = UnlockPresenter(screen, InlineRunner(), GATE, opened.append)
    presenter.choose(Path("/home/k/notebook"))
    assert screen.last("folder") == ("notebook", "/home/k")
    presenter.unlock(PASSPHRASE)
    assert screen.last("head") == ("amber", "canyon", "helpful", "oasis", "2026-03-04T17:20:00Z")
    assert not opened
    presenter.go_on()
    presenter.go_on()
    assert [notebook.folder for notebook in opened] == [Path("/home/k/notebook")]


def test_a_wrong_passphrase_is_trouble_and_can_be_tried_again(
    screen: Screen, opened: list[Notebook]
) -> None:
    presenter = UnlockPresenter(screen, InlineRunner(), GATE, opened.append)
    presenter.choose(Path("/n"))
    presenter.unlock("wrong")
    assert screen.last("trouble") == Code.WRONG_PASSPHRASE
    assert screen.last("busy") is False
    presenter.unlock(PASSPHRASE)
    presenter.go_on()
    assert len(opened) == 1


def test_nothing_is_tried_without_a_folder_or_a_passphrase(screen: Screen) -> None:
    presenter = UnlockPresenter(screen, InlineRunner(), GATE, lambda _notebook: None)
    presenter.unlock(PASSPHRASE)
    presenter.choose(Path("/n"))
    presenter.unlock("")
    assert "busy" not in dict(screen.shown)


@pytest.mark.parametrize(
    ("reason", "minutes", "sentence"),
    [
        (None, 0, ""),
        (Reason.CLOSED, 0, ""),
        (Reason.IDLE, 5, "Locked: 5 minutes without input"),
        (Reason.IDLE, 1, "Locked: 1 minute without input"),
        (Reason.ASKED, 0, "Locked: you locked it"),
        (Reason.SYSTEM, 0, "Locked: the system asked for it"),
        (Reason.SLEEP, 0, "Locked: the computer went to sleep"),
        (Reason.LID, 0, "Locked: the lid was closed"),
        (Reason.SCREEN, 0, "Locked: the screen was locked"),
    ],
)
def test_the_next_window_says_why_the_last_one_locked(
    reason: Reason | None, minutes: int, sentence: str
) -> None:
    assert locked_because(Start(guard_pid=1, reason=reason, idle_minutes=minutes)) == sentence


def test_the_words_of_the_lock_are_shown_for_that_notebook_alone(
    screen: Screen, opened: list[Notebook]
) -> None:
    presenter = UnlockPresenter(screen, InlineRunner(), GATE, opened.append)
    words = ("one", "two", "three", "four")
    presenter.start(Start(guard_pid=1, reason=Reason.ASKED, words=words))
    presenter.choose(Path("/notes/spring"))
    assert screen.last("words") == words
    presenter.choose(Path("/notes/summer"))
    assert screen.last("words") == ()


def test_a_window_that_stopped_says_what_is_safe() -> None:
    assert "kept" in locked_because(Start(guard_pid=1, reason=Reason.STOPPED))


# New notebook.


def _new(screen: Screen, opened: list[Notebook], gate: object = None) -> NewNotebookPresenter:
    return NewNotebookPresenter(
        screen, InlineRunner(), cast("Gate", gate or GATE), PretendAdvice(), opened.append
    )


@pytest.mark.parametrize(
    ("folder", "name", "passphrase", "repeated", "lack"),
    [
        (None, "K-7", "x", "x", "Choose where the notebook will lie."),
        ("/n", "  ", "x", "x", "Give a name or a code for yourself."),
        ("/n", "K-7", "", "", "Give a passphrase."),
        ("/n", "K-7", "x", "y", "The two passphrases differ."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(
    screen: Screen,
    opened: list[Notebook],
    folder: str | None,
    name: str,
    passphrase: str,
    repeated: str,
    lack: str,
) -> None:
    presenter = _new(screen, opened)
    if folder:
        presenter.choose(Path(folder))
    presenter.create(name, passphrase, repeated, is_low_memory=False)
    assert screen.last("lacks") == lack
    assert not opened


def test_a_notebook_is_made_with_a_trimmed_name(
    screen: Screen, opened: list[Notebook], tmp_path: Path
) -> None:
    presenter = _new(screen, opened)
    presenter.choose(tmp_path)
    presenter.create(" K-7 ", "words", "words", is_low_memory=True)
    assert [notebook.author_name for notebook in opened] == ["K-7"]


def test_a_folder_with_things_in_it_is_left_alone(
    screen: Screen, opened: list[Notebook], tmp_path: Path
) -> None:
    (tmp_path / "thesis.odt").touch()
    presenter = _new(screen, opened)
    presenter.choose(tmp_path)
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert [notebook.folder for notebook in opened] == [tmp_path / "notebook"]


def test_a_second_notebook_beside_the_first_has_a_name_of_its_own(
    screen: Screen, opened: list[Notebook], tmp_path: Path
) -> None:
    (tmp_path / "notebook").mkdir()
    (tmp_path / "notebook" / "slots").touch()
    presenter = _new(screen, opened)
    presenter.choose(tmp_path)
    assert screen.last("folder") == (str(tmp_path / "notebook 2"),)


class MissionGate(PretendGate):
    """Reads a real mission card, and makes notebooks that travel."""

    def __init__(self, *, is_unsafe: bool = False) -> None:
        self.is_unsafe = is_unsafe
        self.made: list[MissionCard] = []

    def read_mission(self, paths: Sequence[Path]) -> MissionCard:
        return MissionCard.read(paths[0].read_text("utf-8"))

    def create_travelling(
        self,
        folder: Path,
        passphrase: str,
        author_name: str,
        mission: MissionCard,
        *,
        is_low_memory: bool,
        allows_unsafe_memory: bool = False,
    ) -> PretendNotebook:
        if self.is_unsafe and not allows_unsafe_memory:
            raise NotebookError(Code.UNSAFE_MEMORY, "swap")
        self.made.append(mission)
        return self.create(folder, passphrase, author_name, is_low_memory=is_low_memory)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "mission.txt"
    path.write_text(Identity.generate("mission-7", os.urandom).card().encode(), "utf-8")
    return path


def test_a_notebook_that_travels_is_made_once_its_card_was_compared(
    screen: Screen, opened: list[Notebook], tmp_path: Path, card: Path
) -> None:
    gate = MissionGate()
    presenter = _new(screen, opened, gate)
    presenter.choose(tmp_path / "new")
    presenter.mission.turn(is_on=True)
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert "mission card" in str(screen.last("lacks"))
    presenter.mission.read([card])
    assert str(screen.last("mission")).count(" ") == 11
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert "Compare the fingerprint" in str(screen.last("lacks"))
    assert not gate.made
    presenter.mission.compare(is_same=True)
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert [mission.is_compared for mission in gate.made] == [True]
    assert len(opened) == 1


def test_another_card_is_to_be_compared_again_and_a_broken_one_is_none(
    screen: Screen, opened: list[Notebook], tmp_path: Path, card: Path
) -> None:
    presenter = _new(screen, opened, MissionGate())
    presenter.choose(tmp_path / "new")
    presenter.mission.turn(is_on=True)
    presenter.mission.read([card])
    presenter.mission.compare(is_same=True)
    presenter.mission.read([card])
    assert presenter.mission.lack()
    presenter.mission.compare(is_same=True)
    card.write_text("no card", "utf-8")
    presenter.mission.read([card])
    assert screen.last("trouble") == Code.BAD_CARD
    assert screen.last("mission") is None
    assert "Choose the mission card" in presenter.mission.lack()


def test_an_ordinary_notebook_is_made_when_the_person_thought_better_of_it(
    screen: Screen, opened: list[Notebook], tmp_path: Path, card: Path
) -> None:
    gate = MissionGate()
    presenter = _new(screen, opened, gate)
    presenter.choose(tmp_path / "new")
    presenter.mission.turn(is_on=True)
    presenter.mission.read([card])
    presenter.mission.turn(is_on=False)
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert not gate.made
    assert len(opened) == 1


def test_on_unsafe_memory_none_is_made_until_the_person_says_so(
    screen: Screen, opened: list[Notebook], tmp_path: Path, card: Path
) -> None:
    presenter = _new(screen, opened, MissionGate(is_unsafe=True))
    presenter.choose(tmp_path / "new")
    presenter.mission.turn(is_on=True)
    presenter.mission.read([card])
    presenter.mission.compare(is_same=True)
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert screen.last("trouble") == Code.UNSAFE_MEMORY
    assert screen.last("override") is True
    assert not opened
    presenter.allow_unsafe_memory()
    presenter.create("K-7", "words", "words", is_low_memory=True)
    assert len(opened) == 1


def test_the_real_gate_makes_nothing_that_travels_on_unsafe_memory(
    tmp_path: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = replace(support_notebook.environment("door"), unsafe_memory=lambda: ("swap",))
    monkeypatch.setattr(real_gate, "real_environment", lambda: unsafe)
    gate = real_gate.RealGate()
    mission = gate.read_mission([card])
    folder = tmp_path / "new"
    with pytest.raises(NotebookError) as caught:
        gate.create_travelling(
            folder, support_notebook.PASSPHRASE, "K-7", mission, is_low_memory=True
        )
    assert caught.value.code is Code.UNSAFE_MEMORY
    assert not folder.exists()
    made = gate.create_travelling(
        folder,
        support_notebook.PASSPHRASE,
        "K-7",
        mission,
        is_low_memory=True,
        allows_unsafe_memory=True,
    )
    assert made.travel.mission == mission
    made.close()


def test_six_words_are_filled_in_and_judged(screen: Screen, opened: list[Notebook]) -> None:
    _new(screen, opened).suggest()
    assert len(str(screen.last("passphrase")).split()) == 6
    assert screen.last("advice") == ("Strong enough.", True)


def test_a_weak_passphrase_is_judged_as_it_is_typed(screen: Screen, opened: list[Notebook]) -> None:
    _new(screen, opened).judge("abc")
    assert screen.last("advice") == ("Too short. Add words.", False)


def test_trouble_while_making_lets_the_person_try_again(
    screen: Screen, opened: list[Notebook]
) -> None:
    presenter = _new(screen, opened, FullDisk())
    presenter.choose(Path("/nowhere/n"))
    presenter.create("K-7", "words", "words", is_low_memory=False)
    assert screen.last("trouble") == Code.NO_SPACE
    assert screen.last("busy") is False


# Sample.


def test_the_sample_shows_its_passphrase_before_it_opens(
    screen: Screen, opened: list[Notebook]
) -> None:
    presenter = FirstRunPresenter(screen, InlineRunner(), GATE, opened.append)
    presenter.make_sample(Path("/nowhere/n"))
    assert screen.last("sample") == PASSPHRASE
    assert not opened
    presenter.open_sample()
    assert len(opened) == 1


def test_trouble_with_the_sample_is_said(screen: Screen, opened: list[Notebook]) -> None:
    gate = cast("Gate", FullDisk())
    presenter = FirstRunPresenter(screen, InlineRunner(), gate, opened.append)
    presenter.make_sample(Path("/nowhere/n"))
    presenter.open_sample()
    assert screen.last("trouble") == Code.NO_SPACE
    assert not opened


# Changing the passphrase.


def _changing(screen: Screen, notebook: PretendNotebook) -> PassphrasePresenter:
    runner = InlineRunner()
    session = Session(cast("Notebook", notebook), runner, lambda _error: None)
    return PassphrasePresenter(screen, session, runner, PretendAdvice())


def test_the_passphrase_is_changed(screen: Screen) -> None:
    notebook = PretendNotebook(Path("/n"))
    _changing(screen, notebook).change(PASSPHRASE, "new words", "new words")
    assert notebook.passphrase == "new words"
    assert screen.shown[-1] == ("done", None)


def test_a_wrong_old_passphrase_changes_nothing(screen: Screen) -> None:
    notebook = PretendNotebook(Path("/n"))
    _changing(screen, notebook).change("wrong", "new words", "new words")
    assert notebook.passphrase == PASSPHRASE
    assert screen.last("trouble") == Code.WRONG_PASSPHRASE


@pytest.mark.parametrize(
    ("old", "new", "repeated"), [("", "a", "a"), ("a", "", ""), ("a", "b", "c")]
)
def test_an_incomplete_change_is_not_tried(
    screen: Screen, old: str, new: str, repeated: str
) -> None:
    notebook = PretendNotebook(Path("/n"), passphrase="a")
    _changing(screen, notebook).change(old, new, repeated)
    assert screen.last("lacks")
    assert notebook.passphrase == "a"
