"""When the place is kept, and when it is not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.last_place import LastPlace, Spot
from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.ui.desk_stage import LateRunner, PretendShell, new_notebook
from ui.place_keeper import PlaceKeeper
from ui.runner import InlineRunner
from ui.session import Session

HOME = LastPlace(room="desk", type="interview")
FAR = LastPlace(room="desk", type="person", spot=Spot(record=RecordId("ee" * 16), cursor=7))


class Person:
    """Somebody who is somewhere."""

    def __init__(self) -> None:
        self.at: LastPlace | None = HOME
        self.brought_back: list[LastPlace] = []

    def last_place(self) -> LastPlace | None:
        return self.at

    def come_back(self, place: LastPlace) -> None:
        self.brought_back.append(place)
        self.at = place


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = new_notebook(tmp_path / "n")
    yield made
    made.close()


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def keeper(notebook: Notebook, person: Person) -> PlaceKeeper:
    session = Session(notebook, InlineRunner(), PretendShell().trouble)
    return PlaceKeeper(session, person)


def test_a_new_notebook_knows_no_place(
    keeper: PlaceKeeper, person: Person, notebook: Notebook
) -> None:
    keeper.start()
    assert person.brought_back == []
    keeper.keep()
    assert notebook.drafts.place() == HOME


def test_one_is_brought_back_where_one_was(
    keeper: PlaceKeeper, person: Person, notebook: Notebook
) -> None:
    notebook.drafts.keep_place(FAR)
    keeper.start()
    assert person.brought_back == [FAR]


def test_a_place_is_written_only_when_it_is_another_one(
    keeper: PlaceKeeper, person: Person, notebook: Notebook
) -> None:
    keeper.start()
    keeper.keep()
    notebook.drafts.forget_place()
    keeper.keep()
    assert notebook.drafts.place() is None
    person.at = FAR
    keeper.keep()
    assert notebook.drafts.place() == FAR


def test_the_lock_keeps_the_words_first_and_then_always_the_place(
    keeper: PlaceKeeper, person: Person, notebook: Notebook
) -> None:
    keeper.start()
    keeper.keep()
    # A withdrawal made the notebook forget it.
    notebook.drafts.forget_place()
    before: list[LastPlace | None] = []
    keeper.flush(lambda: before.append(notebook.drafts.place()))
    assert before == [None]
    assert notebook.drafts.place() == HOME


def test_what_is_kept_is_not_lost_to_a_lock_that_comes_before_it_was_read(
    notebook: Notebook, person: Person
) -> None:
    notebook.drafts.keep_place(FAR)
    runner = LateRunner()
    keeper = PlaceKeeper(Session(notebook, runner, PretendShell().trouble), person)
    keeper.start()
    keeper.flush(lambda: None)
    keeper.keep()
    runner.finish()
    assert notebook.drafts.place() == FAR


def test_trouble_with_the_place_is_not_worth_a_word(
    notebook: Notebook, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_anything: object) -> LastPlace:
        raise NotebookError(Code.NO_SPACE, "The disk is full.")

    shell = PretendShell()
    keeper = PlaceKeeper(Session(notebook, InlineRunner(), shell.trouble), person)
    monkeypatch.setattr(notebook.drafts, "place", full)
    monkeypatch.setattr(notebook.drafts, "keep_place", full)
    keeper.start()
    keeper.keep()
    keeper.flush(lambda: None)
    assert shell.troubles == []
    monkeypatch.undo()
    person.at = replace(FAR, top_hidden=3)
    keeper.keep()
    assert notebook.drafts.place() == person.at
