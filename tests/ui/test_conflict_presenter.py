"""Conflicts are shown with every version, and end with one write that replaces all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebook.model import JsonValue, RecordId
from notebook.notebook import Notebook
from tests.ui.desk_stage import Stage, new_notebook
from ui.conflict_presenter import ConflictPresenter, ConflictSheet


@dataclass
class PaperConflict:
    sheet: ConflictSheet | None = None
    third: dict[str, JsonValue] = field(default_factory=dict)

    def show_conflicts(self, sheet: ConflictSheet) -> None:
        self.sheet = sheet

    def taken(self) -> Mapping[str, JsonValue]:
        return self.third


@dataclass
class Ends:
    shown: int = 0
    ended: list[RecordId | None] = field(default_factory=list)

    def show(self) -> None:
        self.shown += 1

    def end(self, record: RecordId | None) -> None:
        self.ended.append(record)


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = new_notebook(tmp_path / "n")
    yield made
    made.close()


@pytest.fixture
def stage(notebook: Notebook) -> Stage:
    return Stage(notebook)


def dispute(stage: Stage, **fields: tuple[str, str]) -> RecordId:
    """A record in which two people wrote different things without seeing each other."""
    record = stage.interview(stage.case())
    heads = {name: state.heads for name, state in stage.notebook.record(record).fields.items()}
    stage.notebook.edit(record, {name: one for name, (one, _two) in fields.items()})
    stage.notebook.edit(
        record,
        {name: two for name, (_one, two) in fields.items()},
        replaces={name: heads.get(name, ()) for name in fields},
    )
    assert set(stage.notebook.record(record).conflicts) == set(fields)
    return record


def build(stage: Stage) -> tuple[ConflictPresenter, PaperConflict, Ends]:
    screen, ends = PaperConflict(), Ends()
    presenter = ConflictPresenter(
        stage.session, stage.shell, screen, stage.forms, ends.show, ends.end
    )
    return presenter, screen, ends


def test_every_version_is_shown_with_who_and_when(stage: Stage) -> None:
    record = dispute(stage, account=("at night", "at dawn"))
    presenter, screen, ends = build(stage)
    presenter.show(record)
    assert ends.shown == 1
    assert screen.sheet is not None
    (account,) = screen.sheet.fields
    assert {version.value for version in account.versions} == {"at night", "at dawn"}
    assert all("Aida" in version.by for version in account.versions)
    assert len(account.heads) == 2


def test_what_is_taken_replaces_every_version(stage: Stage) -> None:
    record = dispute(stage, account=("at night", "at dawn"), title=("One", "Two"))
    presenter, screen, ends = build(stage)
    presenter.show(record)
    screen.third = {"account": "at night, towards dawn", "title": "Two"}
    presenter.save()
    saved = stage.notebook.record(record)
    assert saved.conflicts == ()
    assert saved.fields["account"].value == "at night, towards dawn"
    assert saved.title == "Two"
    assert ends.ended == [record]


def test_a_field_that_is_left_alone_stays_in_conflict(stage: Stage) -> None:
    record = dispute(stage, account=("at night", "at dawn"), title=("One", "Two"))
    presenter, screen, _ends = build(stage)
    presenter.show(record)
    screen.third = {"title": "Two"}
    presenter.save()
    assert stage.notebook.record(record).conflicts == ("account",)
    assert stage.shell.said == ["Saved. The rest is still in conflict."]


def test_nothing_taken_writes_nothing(stage: Stage) -> None:
    record = dispute(stage, account=("at night", "at dawn"))
    entries = len(stage.notebook.history(record))
    presenter, _screen, ends = build(stage)
    presenter.show(record)
    presenter.save()
    presenter.leave()
    assert len(stage.notebook.history(record)) == entries
    assert ends.ended == [record]


def test_a_version_that_came_after_the_look_is_not_replaced(stage: Stage) -> None:
    record = dispute(stage, account=("at night", "at dawn"))
    heads = stage.notebook.record(record).fields["account"].heads
    presenter, screen, _ends = build(stage)
    presenter.show(record)
    stage.notebook.edit(record, {"account": "unseen"}, replaces={"account": heads[:1]})
    screen.third = {"account": "settled"}
    presenter.save()
    versions = stage.notebook.record(record).fields["account"].versions
    assert {version.value for version in versions} == {"settled", "unseen"}


def test_a_record_without_conflict_has_nothing_to_settle(stage: Stage) -> None:
    presenter, screen, ends = build(stage)
    presenter.show(stage.interview(stage.case()))
    assert screen.sheet is None
    assert ends.shown == 0
    assert stage.shell.said == ["There is nothing to settle here."]
