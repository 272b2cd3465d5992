"""Conflicts are shown with every version, and end with one write that replaces all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebook.model import JsonValue, RecordId
from notebook.notebook import Notebook
from tests.ui.desk_stage import Stage, new_notebook
from ui.conflict_presenter import ConflictField, ConflictPresenter, ConflictSheet


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


BASE = "They came at night. We were asleep. Nobody spoke. It was cold. We waited."
ONE = BASE.replace("at night", "at dawn")
OTHER = BASE.replace("We waited.", "We waited long.").replace("Nobody spoke. ", "")
BOTH = "They came at dawn. We were asleep. It was cold. We waited long."


def told_twice(stage: Stage, one: str = ONE, other: str = OTHER) -> RecordId:
    """An account that two people went on writing without seeing each other."""
    record = stage.interview(stage.case(), account=BASE)
    heads = stage.notebook.record(record).fields["account"].heads
    stage.notebook.edit(record, {"account": one})
    stage.notebook.edit(record, {"account": other}, replaces={"account": heads})
    return record


def shown(stage: Stage, record: RecordId) -> dict[str, ConflictField]:
    presenter, screen, _ends = build(stage)
    presenter.show(record)
    assert screen.sheet is not None
    return {one.field.name: one for one in screen.sheet.fields}


def test_changes_that_do_not_touch_come_with_a_proposal_and_whose_it_is(stage: Stage) -> None:
    account = shown(stage, told_twice(stage))["account"]
    proposal = account.proposal
    assert proposal is not None
    assert not account.is_touching
    assert proposal.text == BOTH
    by_value = {version.value: place for place, version in enumerate(account.versions)}
    of_one, of_other = (proposal.shares[by_value[value]] for value in (ONE, OTHER))
    assert [words.strip("\u2068\u2069") for words in of_one.written] == ["They came at dawn."]
    assert [words.strip("\u2068\u2069") for words in of_other.taken_out] == [
        "Nobody spoke.",
        "We waited.",
    ]
    marked = {stretch.text.strip(): stretch.mark for stretch in proposal.stretches}
    assert marked["They came at dawn."] == of_one.mark
    assert marked["We waited long."] == of_other.mark
    assert marked["We were asleep."] is None
    # Both versions are by one author here, so the time is said, too.
    assert of_one.who == f"{account.versions[0].by}, {account.versions[0].when}"
    assert "Nobody spoke." in proposal.said
    assert "They came at dawn." in proposal.said


def test_what_both_took_out_is_not_shown_again(stage: Stage) -> None:
    one, other = (text.replace("Nobody spoke. ", "") for text in (ONE, OTHER))
    proposal = shown(stage, told_twice(stage, one, other))["account"].proposal
    assert proposal is not None
    assert "Nobody" not in proposal.text + proposal.said


def test_changes_that_touch_are_said_to_and_nothing_is_proposed(stage: Stage) -> None:
    other = BASE.replace("at night", "at dusk")
    account = shown(stage, told_twice(stage, ONE, other))["account"]
    assert account.proposal is None
    assert account.is_touching


def test_without_a_common_text_nothing_is_said(stage: Stage) -> None:
    account = shown(stage, dispute(stage, account=(ONE, OTHER)))["account"]
    assert account.proposal is None
    assert not account.is_touching


def test_what_stands_in_one_line_is_never_put_together(stage: Stage) -> None:
    record = stage.interview(stage.case(), title=BASE)
    heads = stage.notebook.record(record).fields["title"].heads
    stage.notebook.edit(record, {"title": ONE})
    stage.notebook.edit(record, {"title": OTHER}, replaces={"title": heads})
    title = shown(stage, record)["title"]
    assert title.proposal is None
    assert not title.is_touching


def test_each_field_has_its_own_proposal(stage: Stage) -> None:
    record = stage.interview(stage.case(), account=BASE, questions=BASE)
    heads = {name: s.heads for name, s in stage.notebook.record(record).fields.items()}
    stage.notebook.edit(record, {"account": ONE, "questions": ONE})
    fields = {"account": OTHER, "questions": BASE.replace("at night", "at dusk")}
    stage.notebook.edit(record, fields, replaces={name: heads[name] for name in fields})
    found = shown(stage, record)
    assert found["account"].proposal is not None
    assert found["questions"].proposal is None
    assert found["questions"].is_touching


def test_a_proposal_is_written_only_by_a_save_which_is_one_edit(stage: Stage) -> None:
    record = told_twice(stage)
    presenter, screen, _ends = build(stage)
    entries = len(stage.notebook.history(record))
    presenter.show(record)
    presenter.leave()
    assert stage.notebook.record(record).conflicts == ("account",)
    assert len(stage.notebook.history(record)) == entries
    presenter.show(record)
    assert screen.sheet is not None
    proposal = screen.sheet.fields[0].proposal
    assert proposal is not None
    screen.third = {"account": proposal.text}
    presenter.save()
    assert len(stage.notebook.history(record)) == entries + 1
    saved = stage.notebook.record(record).fields["account"]
    assert (saved.value, len(saved.heads)) == (BOTH, 1)


def test_a_long_text_that_goes_is_told_in_part_only(stage: Stage) -> None:
    long = "Word " * 500 + "end."
    base = BASE.replace("Nobody spoke.", long)
    record = stage.interview(stage.case(), account=base)
    heads = stage.notebook.record(record).fields["account"].heads
    stage.notebook.edit(record, {"account": base.replace(f"{long} ", "")})
    stage.notebook.edit(record, {"account": f"Before. {base}"}, replaces={"account": heads})
    proposal = shown(stage, record)["account"].proposal
    assert proposal is not None
    gone = [words for share in proposal.shares for words in share.taken_out]
    assert len(gone) == 1
    assert len(gone[0]) < len(long) // 2
    assert "…" in gone[0]
