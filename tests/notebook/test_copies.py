"""What is withdrawn is withdrawn in the copies with pseudonyms, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import derivative
from notebook.derivative import PictureChoice
from notebook.model import CaseId, RecordId
from notebook.storage.withdrawals import EVERY_FIELD
from tests.notebook.support_cli import command_line, new_folder
from tests.notebook.support_exchange import Team, opened
from tests.notebook.test_derivative import Story, inside, objects

REASON = "Гүлнар asked for it"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


@pytest.fixture
def story(team: Team) -> Story:
    one, _other = team.members("Aida", "Berik")
    return Story(one)


def copy_of(story: Story, record: RecordId, case: CaseId) -> RecordId:
    type_ = story.notebook.record(record).type
    [row] = story.notebook.rows(type=type_, case=case)
    return row.id


def test_a_withdrawal_reaches_the_copies_and_the_copies_of_copies(story: Story) -> None:
    notebook = story.notebook
    first = story.made()
    proposal = notebook.copying.propose(first, derivative.NOBODY)
    second = CaseId(notebook.copying.make(proposal, proposal.swaps, "Second")[0])
    copies = {copy_of(story, story.interview, case) for case in (first, second)}
    assert set(notebook.copying.made_of(story.interview)) == copies
    changes = notebook.withdraw([story.interview], REASON)
    assert copies <= changes.records
    for copy in copies:
        assert notebook.record(copy).is_withdrawn
        assert not notebook.record(copy).fields
    assert notebook.copying.made_of(story.interview) == []
    # What was not withdrawn stays, in all three.
    assert len(notebook.rows(type="person")) == 3


def test_the_reason_does_not_go_with_the_copy(story: Story, team: Team) -> None:
    one, other = team.notebooks
    case = story.made()
    opened(other, team.sealed(one, other, cases=(case,), purpose="partner"))
    copy = copy_of(story, story.interview, case)
    one.withdraw([story.interview], REASON)
    result = team.sealed(one, other, cases=(case,))
    whole = inside(result, other)
    for word in ("Гүлнар", "asked for"):
        assert word.encode() not in whole, word
    assert story.interview.encode() not in whole
    opened(other, result)
    assert other.record(copy).is_withdrawn
    # The control: the original's withdrawal says why.
    assert REASON.encode() in inside(team.sealed(one, other, cases=(story.case,)), other)


def test_fields_are_withdrawn_in_the_copy_where_it_has_them(story: Story) -> None:
    notebook = story.notebook
    case = story.made()
    copy = copy_of(story, story.interview, case)
    person = copy_of(story, story.person, case)
    notebook.withdraw([story.interview], REASON, ("account",))
    assert "account" not in notebook.record(copy).fields
    assert "title" in notebook.record(copy).fields
    before = len(notebook.history(person))
    notebook.withdraw([story.person], REASON, ("birth_place",))
    assert len(notebook.history(person)) == before


def test_a_file_that_went_unchanged_is_destroyed_with_the_original(story: Story) -> None:
    story.made(PictureChoice(evidence=story.evidence, is_unchanged=True))
    assert len(objects(story.notebook)) == 1
    story.notebook.withdraw([story.evidence], REASON)
    assert objects(story.notebook) == []


def test_what_another_withdrew_reaches_the_copies_made_here(story: Story, team: Team) -> None:
    one, other = team.notebooks
    opened(other, team.sealed(one, other))
    proposal = other.copying.propose(story.case, derivative.PSEUDONYM)
    made = CaseId(other.copying.make(proposal, proposal.swaps, "Made by the other")[0])
    [copy] = other.rows(type="interview", case=made)
    one.withdraw([story.interview], REASON)
    opened(other, team.sealed(one, other))
    assert other.record(copy.id).is_withdrawn


def test_what_another_withdrew_and_waits_for_a_word_is_not_copied(story: Story, team: Team) -> None:
    one, other = team.notebooks
    account = str(one.record(story.interview).fields["account"].value)
    before = one.copying.propose(story.case, derivative.PSEUDONYM)
    assert account in {page.fields.get("account") for page in before.pages}
    assert [page.source for page in before.files] == [story.evidence]
    opened(other, team.sealed(one, other))
    other.withdraw([story.interview], REASON, fields=["account"])
    other.withdraw([story.evidence], REASON)
    opened(one, team.sealed(other, one))
    # It is hidden here and nothing of it is destroyed yet.
    assert [each.record for each in one.pending_withdrawals()] == [story.interview, story.evidence]
    assert len(objects(one)) == 1
    proposal = one.copying.propose(story.case, derivative.PSEUDONYM)
    assert not any("account" in page.fields for page in proposal.pages)
    assert proposal.files == ()


def test_nobody_else_can_say_that_a_record_is_a_copy(story: Story, team: Team) -> None:
    one, other = team.notebooks
    victim, _ = one.add("note", story.case, {"title": "Mine", "text": "mine"})
    opened(other, team.sealed(one, other))
    other.transact(
        lambda tx: tx.custody(
            story.interview,
            story.case,
            {"what": "derived", "case": story.case, "record": victim},
        )
    )
    opened(one, team.sealed(other, one))
    assert one.copying.made_of(story.interview) == []
    one.withdraw([story.interview], REASON)
    assert not one.record(victim).is_withdrawn


def test_a_record_that_is_said_to_be_its_own_copy_is_withdrawn_once(story: Story) -> None:
    notebook = story.notebook
    notebook.transact(
        lambda tx: tx.custody(
            story.interview,
            story.case,
            {"what": "derived", "case": story.case, "record": story.interview},
        )
    )
    assert notebook.copying.made_of(story.interview) == []
    notebook.withdraw([story.interview], REASON, (EVERY_FIELD,))
    withdrawals = [line for line in notebook.history(story.interview) if line.kind == "withdraw"]
    assert len(withdrawals) == 1


def test_withdrawing_again_withdraws_no_copy_twice(story: Story) -> None:
    notebook = story.notebook
    copy = copy_of(story, story.interview, story.made())
    notebook.withdraw([story.interview], REASON)
    notebook.withdraw([story.consent], REASON)
    withdrawals = [line for line in notebook.history(copy) if line.kind == "withdraw"]
    assert len(withdrawals) == 1


def test_the_command_line_names_the_copies(tmp_path: Path) -> None:
    cli = command_line()
    folder = new_folder(tmp_path / "notebook")
    case = cli.add(folder, {"type": "case", "fields": {"title": "A case"}})
    note = cli.add(folder, {"type": "note", "case": case, "fields": {"title": "One"}})
    made = cli("redact", folder, case).json["case"]
    [copy] = [row["id"] for row in cli("list", folder, "--case", made).json if row["id"] != made]
    ran = cli("withdraw", folder, note, "--reason", "-", stdin=REASON)
    assert (ran.json["ids"], ran.json["copies"]) == ([note], [copy])
