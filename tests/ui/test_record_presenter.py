"""One open record: what is typed is a draft within a second, and an entry when it is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.drafts import Draft, Drafts
from notebook.errors import Code, NotebookError
from notebook.model import Changes, RecordId
from notebook.notebook import Notebook
from tests.ui.desk_stage import (
    PASSPHRASE,
    FailingRunner,
    LateRunner,
    Stage,
    environment,
    new_notebook,
)
from ui.record_sheet import SaveState
from ui.runner import Lane


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = new_notebook(tmp_path / "n")
    yield made
    made.close()


@pytest.fixture
def stage(notebook: Notebook) -> Stage:
    return Stage(notebook)


def value(notebook: Notebook, record: RecordId, name: str) -> object:
    return notebook.record(record).fields[name].value


def test_a_new_record_is_a_draft_when_one_rests_and_a_record_when_it_is_saved(
    stage: Stage,
) -> None:
    case = stage.case()
    stage.record.begin("interview", case)
    stage.type("title", "First talk")
    assert stage.paper.saving() is SaveState.UNSAVED
    assert stage.drafts() == {}
    stage.record.keep()
    assert stage.paper.saving() is SaveState.DRAFT
    opened = stage.paper.sheet
    assert opened is not None
    assert stage.drafts() == {opened.id: {"title": "First talk"}}
    stage.record.save()
    assert stage.paper.saving() is SaveState.SAVED
    assert stage.drafts() == {}
    assert stage.notebook.record(opened.id).title == "First talk"
    assert stage.notebook.record(opened.id).case == case


def test_a_new_record_in_which_nothing_is_typed_leaves_nothing_behind(stage: Stage) -> None:
    case = stage.case()
    stage.record.begin("interview", case)
    stage.record.keep()
    stage.record.close()
    assert stage.drafts() == {}
    assert stage.notebook.rows(type="interview") == []


def test_what_is_typed_and_taken_back_leaves_no_draft(stage: Stage) -> None:
    record = stage.interview(stage.case(), account="as it was")
    stage.record.open(record)
    stage.type("account", "changed")
    stage.record.keep()
    stage.type("account", "as it was")
    stage.record.keep()
    assert stage.drafts() == {}
    assert stage.paper.saving() is SaveState.SAVED
    entries = len(stage.notebook.history(record))
    stage.record.leave()
    assert len(stage.notebook.history(record)) == entries


def test_leaving_a_record_saves_it(stage: Stage) -> None:
    case = stage.case()
    first, second = stage.interview(case), stage.interview(case, account="second")
    stage.record.open(first)
    stage.type("account", "told")
    stage.record.open(second)
    assert value(stage.notebook, first, "account") == "told"
    assert stage.drafts() == {}
    assert stage.paper.values["account"] == "second"


def test_keys_are_held_from_the_choice_of_a_record_until_it_is_there(notebook: Notebook) -> None:
    late = LateRunner()
    stage = Stage(notebook, late)
    record = stage.interview(stage.case())
    stage.record.open(record)
    assert stage.paper.holds_keys()
    late.finish()
    assert not stage.paper.holds_keys()
    stage.record.begin("interview", None)
    assert stage.paper.holds_keys()
    stage.record.open(record)
    assert not stage.paper.holds_keys()
    late.finish()
    assert stage.paper.sheet is not None
    assert stage.paper.sheet.id == record


def test_a_record_without_a_title_stays_a_draft_and_is_there_again(stage: Stage) -> None:
    case = stage.case()
    stage.record.begin("interview", case)
    stage.type("account", "They came at night.")
    stage.record.save()
    draft = next(iter(stage.drafts()))
    assert "title" in stage.paper.problems
    assert stage.paper.focused == "title"
    assert stage.paper.saving() is SaveState.DRAFT
    stage.record.close()
    assert stage.notebook.rows(type="interview") == []
    stage.record.open(draft)
    assert stage.paper.values["account"] == "They came at night."
    assert stage.paper.saving() is SaveState.DRAFT
    stage.type("title", "Now with a title")
    stage.record.save()
    assert stage.drafts() == {}
    assert value(stage.notebook, draft, "account") == "They came at night."


def test_a_date_that_cannot_be_read_stays_in_the_draft_and_the_rest_is_saved(
    stage: Stage,
) -> None:
    record = stage.interview(stage.case())
    stage.record.open(record)
    stage.type("account", "told")
    stage.type("date", "before Ramadan")
    stage.record.save()
    assert value(stage.notebook, record, "account") == "told"
    assert stage.drafts() == {record: {"date": "before Ramadan"}}
    assert set(stage.paper.problems) == {"date"}
    assert stage.paper.saving() is SaveState.DRAFT
    assert stage.shell.troubles == []


def test_a_draft_of_the_last_session_is_shown_as_a_draft(tmp_path: Path) -> None:
    first = Stage(new_notebook(tmp_path / "n"))
    record = first.interview(first.case(), account="saved")
    first.record.open(record)
    first.type("account", "typed")
    first.record.flush()
    first.notebook.close()
    again = Notebook.unlock(tmp_path / "n", PASSPHRASE, environment=environment())
    second = Stage(again)
    second.record.open(record)
    assert second.paper.values["account"] == "typed"
    assert second.paper.saving() is SaveState.DRAFT
    assert value(again, record, "account") == "saved"
    second.record.save()
    assert value(again, record, "account") == "typed"
    assert not again.record(record).conflicts
    again.close()


@pytest.mark.parametrize("is_new", [False, True])
def test_a_draft_of_what_is_in_the_journal_already_is_none(stage: Stage, is_new: bool) -> None:
    """The process was killed when it was saved, before the draft went."""
    record = stage.interview(stage.case(), account="saved in time")
    entries = len(stage.notebook.history(record))
    left = Draft(
        id=record,
        type="interview",
        case=stage.notebook.record(record).case,
        is_new=is_new,
        fields={"account": "saved in time"},
    )
    stage.session.drafts(lambda drafts: drafts.keep(left))
    assert stage.drafts() == {record: {"account": "saved in time"}}
    stage.record.open(record)
    assert stage.paper.saving() is SaveState.SAVED
    stage.record.leave()
    assert stage.drafts() == {}
    assert len(stage.notebook.history(record)) == entries
    assert value(stage.notebook, record, "account") == "saved in time"


def test_flushing_keeps_a_draft_and_writes_no_entry(stage: Stage) -> None:
    record = stage.interview(stage.case())
    entries = len(stage.notebook.history(record))
    stage.record.open(record)
    stage.type("account", "typed")
    stage.record.flush()
    assert stage.drafts() == {record: {"account": "typed"}}
    assert len(stage.notebook.history(record)) == entries


def test_what_came_while_typing_is_never_replaced(stage: Stage) -> None:
    record = stage.interview(stage.case(), account="as shown")
    stage.record.open(record)
    stage.type("account", "mine")
    stage.session.announce(stage.notebook.edit(record, {"account": "theirs", "questions": "new"}))
    assert stage.paper.values["account"] == "mine"
    assert stage.paper.values["questions"] == "new"
    stage.record.save()
    versions = stage.notebook.record(record).fields["account"].versions
    assert {version.value for version in versions} == {"mine", "theirs"}
    assert stage.paper.conflicts == ("account",)


def test_what_came_while_nothing_was_typed_is_shown(stage: Stage) -> None:
    record = stage.interview(stage.case(), account="old")
    stage.record.open(record)
    stage.session.announce(stage.notebook.edit(record, {"account": "new"}))
    assert stage.paper.values["account"] == "new"
    assert stage.paper.saving() is SaveState.SAVED


def test_typing_on_while_it_is_saved_makes_no_conflict_with_oneself(notebook: Notebook) -> None:
    runner = LateRunner()
    stage = Stage(notebook, runner)
    record = stage.interview(stage.case(), account="one")
    stage.record.open(record)
    runner.finish()
    stage.type("account", "two")
    stage.record.save()
    stage.type("account", "three")
    runner.finish()
    assert stage.paper.values["account"] == "three"
    assert value(notebook, record, "account") == "two"
    assert stage.drafts() == {record: {"account": "three"}}
    stage.record.save()
    runner.finish()
    assert value(notebook, record, "account") == "three"
    assert not notebook.record(record).conflicts
    assert stage.drafts() == {}


def test_what_is_typed_while_another_record_is_on_its_way_is_kept(notebook: Notebook) -> None:
    runner = LateRunner()
    stage = Stage(notebook, runner)
    case = stage.case()
    first, second = stage.interview(case), stage.interview(case)
    stage.record.open(first)
    runner.finish()
    stage.record.open(second)
    stage.type("account", "a last word")
    runner.finish()
    assert stage.drafts() == {first: {"account": "a last word"}}


def test_only_the_record_asked_for_last_is_shown(notebook: Notebook) -> None:
    runner = LateRunner()
    stage = Stage(notebook, runner)
    case = stage.case()
    first, second = stage.interview(case), stage.interview(case)
    stage.record.open(first)
    stage.record.open(second)
    runner.finish()
    assert stage.opened == [second]


def test_a_save_that_fails_leaves_the_draft_and_says_why(notebook: Notebook) -> None:
    runner = FailingRunner()
    stage = Stage(notebook, runner)
    record = stage.interview(stage.case(), account="old")
    stage.record.open(record)
    stage.type("account", "new")
    runner.is_full = True
    stage.record.save()
    runner.is_full = False
    assert {error.code.value for error in stage.shell.troubles} == {"no-space"}
    assert stage.drafts() == {record: {"account": "new"}}
    assert stage.paper.saving() is SaveState.DRAFT
    stage.record.save()
    assert value(notebook, record, "account") == "new"
    assert not notebook.record(record).conflicts


class FullDisk:
    """A record in which something was typed that neither drafts nor journal could take."""

    def __init__(self, notebook: Notebook) -> None:
        self.runner = FailingRunner()
        self.runner.full_for = (Lane.NOTEBOOK, Lane.DRAFTS)
        self.stage = Stage(notebook, self.runner)
        self.record = self.stage.interview(self.stage.case(), account="old")
        self.other = self.stage.interview(self.stage.case(), account="other")
        self.stage.record.open(self.record)
        self.runner.is_full = True
        self.stage.type("account", "new")
        self.stage.record.keep()


@pytest.fixture
def full(notebook: Notebook) -> FullDisk:
    return FullDisk(notebook)


def test_what_no_draft_could_take_is_not_called_kept(full: FullDisk) -> None:
    assert full.stage.paper.saving() is SaveState.UNSAVED
    full.stage.record.save()
    assert full.stage.paper.saving() is SaveState.UNSAVED
    assert {error.code.value for error in full.stage.shell.troubles} == {"no-space"}


def test_what_no_draft_could_take_is_kept_as_soon_as_there_is_room(full: FullDisk) -> None:
    full.runner.is_full = False
    # Nothing more is typed; the window locks.
    full.stage.record.flush()
    assert full.stage.drafts() == {full.record: {"account": "new"}}
    assert full.stage.paper.saving() is SaveState.DRAFT


def test_what_nothing_could_take_is_there_when_one_comes_back_to_it(
    full: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object) -> None:
        raise NotebookError(Code.NO_SPACE, "The disk is full.")

    full.stage.record.close()
    # Still nothing can be written, but all can be read.
    full.runner.is_full = False
    monkeypatch.setattr(Drafts, "keep", refuse)
    full.stage.record.open(full.record)
    assert full.stage.paper.values["account"] == "new"
    full.stage.record.keep()
    assert full.stage.paper.saving() is SaveState.UNSAVED
    assert full.stage.drafts() == {}


def test_what_nothing_could_take_is_kept_from_another_record_too(full: FullDisk) -> None:
    full.stage.record.close()
    assert full.stage.drafts() == {}
    full.runner.is_full = False
    full.stage.record.open(full.other)
    full.stage.record.flush()
    assert full.stage.drafts() == {full.record: {"account": "new"}}
    full.stage.record.open(full.record)
    assert full.stage.paper.values["account"] == "new"
    assert full.stage.paper.saving() is SaveState.DRAFT
    full.stage.record.save()
    assert full.stage.drafts() == {}


def test_what_was_discarded_while_the_disk_was_full_stays_so(full: FullDisk) -> None:
    full.stage.record.discard_draft()
    full.runner.is_full = False
    full.stage.record.open(full.other)
    full.stage.record.flush()
    assert full.stage.drafts() == {}


def test_what_is_withdrawn_while_the_disk_was_full_is_kept_nowhere(full: FullDisk) -> None:
    full.stage.record.forget([full.record])
    full.runner.is_full = False
    full.stage.record.flush()
    assert full.stage.drafts() == {}


def test_a_discarded_draft_can_be_brought_back(stage: Stage) -> None:
    record = stage.interview(stage.case(), account="saved")
    stage.record.open(record)
    stage.type("account", "typed")
    stage.record.discard_draft()
    assert stage.paper.values["account"] == "saved"
    assert stage.drafts() == {}
    assert stage.shell.undo is not None
    stage.shell.undo()
    assert stage.paper.values["account"] == "typed"
    assert stage.drafts() == {record: {"account": "typed"}}


def test_a_discarded_draft_of_a_new_record_can_be_brought_back(stage: Stage) -> None:
    stage.record.begin("note", stage.case())
    stage.type("text", "a thought")
    stage.record.discard_draft()
    assert stage.paper.is_empty()
    assert stage.drafts() == {}
    assert stage.shell.undo is not None
    stage.shell.undo()
    assert stage.paper.values["text"] == "a thought"


def test_a_deleted_record_can_be_brought_back(stage: Stage) -> None:
    record = stage.interview(stage.case())
    stage.record.open(record)
    stage.record.delete()
    assert stage.paper.is_empty()
    assert stage.notebook.rows(type="interview") == []
    assert stage.shell.undo is not None
    stage.shell.undo()
    assert [row.id for row in stage.notebook.rows(type="interview")] == [record]
    assert stage.paper.sheet is not None
    assert stage.paper.sheet.id == record


def test_undo_shows_the_record_although_it_was_asked_for_while_it_was_deleted(
    notebook: Notebook,
) -> None:
    runner = LateRunner()
    stage = Stage(notebook, runner)
    record = stage.interview(stage.case())
    stage.record.open(record)
    runner.finish()
    stage.record.delete()
    runner.finish()
    assert stage.shell.undo is not None
    # The list may still hold its row: what is read of it now is that it was deleted.
    stage.record.open(record)
    stage.shell.undo()
    runner.finish()
    assert stage.paper.sheet is not None
    assert stage.paper.sheet.id == record


def test_what_is_withdrawn_is_neither_shown_nor_saved_any_more(stage: Stage) -> None:
    record = stage.interview(stage.case(), account="told")
    stage.record.open(record)
    stage.type("account", "typed")
    stage.record.forget([record])
    stage.session.announce(stage.notebook.withdraw([record], "asked for it"))
    stage.record.leave()
    assert stage.paper.is_empty()
    assert stage.notebook.record(record).is_withdrawn
    stage.record.open(record)
    assert stage.paper.is_empty()
    assert "withdrawn" in stage.paper.sentence


def test_what_is_still_empty_is_said_and_refuses_nothing(stage: Stage) -> None:
    stage.record.open(stage.interview(stage.case()))
    assert stage.paper.missing.startswith("Still empty: ")
    for name, filled in {
        "date": "2026-03",
        "languages": ["ug"],
        "witness": "0" * 32,
        "account": "told",
        "basis": ["saw"],
    }.items():
        stage.type(name, filled)
    stage.record.keep()
    assert stage.paper.missing == ""


def test_a_record_that_is_nowhere_is_said_to_be_nowhere(stage: Stage) -> None:
    stage.record.open(RecordId("f" * 32))
    assert "not in this notebook" in stage.paper.sentence


def test_a_change_elsewhere_does_not_touch_what_is_open(stage: Stage) -> None:
    record = stage.interview(stage.case())
    stage.record.open(record)
    shown = stage.paper.sheet
    stage.record.changed(Changes(records=frozenset({RecordId("e" * 32)})))
    assert stage.paper.sheet is shown


def test_a_new_record_may_be_moved_to_another_case_before_it_is_saved(stage: Stage) -> None:
    one, other = stage.case("one"), stage.case("other")
    stage.record.begin("note", one)
    stage.type("title", "Moved")
    stage.record.choose_case(other)
    stage.record.save()
    assert [row.case for row in stage.notebook.rows(type="note")] == [other]


def test_fields_given_at_the_beginning_are_kept_like_typed_ones(stage: Stage) -> None:
    case = stage.case()
    record = stage.interview(case)
    stage.record.begin("consent", case, {"covers": [record]})
    assert list(stage.drafts().values()) == [{"covers": [record]}]
    stage.type("title", "Consent")
    stage.record.save()
    assert [row.has_consent for row in stage.notebook.rows(type="interview")] == [True]
