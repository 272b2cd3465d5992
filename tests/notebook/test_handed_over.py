"""What was handed over: remembered until it is removed, and removed only as it was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.handed_over import Leaving, Standing
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.progress import Cancelled, Silent
from notebook.sealing_key import KeyChoice, old_identities
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Stop, Team, database, opened, passed


@dataclass(slots=True)
class Story:
    """Aida departs, and hands over to Bolat."""

    team: Team
    aida: Notebook
    bolat: Notebook
    goes: CaseId
    stays: CaseId
    told: RecordId

    def look(self) -> Leaving:
        """What would be handed over."""
        return self.aida.travel.look_at_departure([self.goes], [self.bolat.author])

    def hand_over(self) -> list[Path]:
        """Seal, read back, and note."""
        leaving = self.look()
        assert leaving.obstacles == ()
        result, _changes = self.aida.seal(leaving.plan, self.team.out())
        is_same, _changes = self.aida.travel.note_handed_over(leaving, result)
        assert is_same
        return [*result.files]

    def standing(self) -> Standing:
        """How it stands."""
        found = self.aida.travel.departure()
        assert found is not None
        return found

    def depart(self, key: KeyChoice = KeyChoice.KEEP) -> bool:
        """Remove what was handed over."""
        return self.aida.travel.depart(support.PASSPHRASE, key, Silent())

    def reopen(self) -> Notebook:
        """Aida's notebook in the next process."""
        folder = self.aida.folder
        self.aida.close()
        self.aida = support.unlock(folder, seed="next")
        self.team.notebooks[0] = self.aida
        return self.aida


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    goes, stays = support.case_in(aida, "Goes"), support.case_in(aida, "Stays")
    told = support.interview_in(aida, goes, account="first")
    aida.attach(told, BytesIO(b"heard" * 2000), file_name="heard.bin")
    support.interview_in(aida, stays, account="second")
    yield Story(team, aida, bolat, goes, stays, told)
    team.close()


def refused(story: Story) -> str:
    """Why nothing is removed; everything is still there."""
    with pytest.raises(NotebookError) as caught:
        story.depart()
    assert caught.value.code is Code.NOT_HANDED_OVER
    assert len(story.aida.cases()) == 2
    return caught.value.what


def test_nothing_is_removed_that_was_not_handed_over(story: Story) -> None:
    assert story.aida.travel.departure() is None
    assert "Nothing was handed over" in refused(story)


def test_it_is_remembered_in_the_next_session_and_gone_after_it(story: Story) -> None:
    story.hand_over()
    before = story.standing()
    assert (before.handed.cases, before.handed.readers) == ((story.goes,), (story.bolat.author,))
    story.reopen()
    assert story.standing() == before
    assert story.depart()
    after = story.reopen()
    assert [row.case for row in after.cases()] == [story.stays]
    assert after.travel.departure() is None
    assert after.travel.has_departed()
    after.travel.forget_departure()
    assert not after.travel.has_departed()
    assert database(after).all("SELECT 1 FROM setting WHERE name LIKE 'departure%'") == []


def test_a_receipt_is_everything_that_was_sealed_and_nothing_less(story: Story) -> None:
    files = story.hand_over()
    assert story.standing().arrived == frozenset()
    opened(story.bolat, files)
    # A bundle that brings something says what they hold just as a receipt does.
    passed(story.bolat, story.aida, story.team, is_receipt=True)
    assert story.standing().arrived == {story.bolat.author}


def test_a_receipt_for_an_earlier_bundle_is_none(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, cases=(story.goes,))
    story.aida.edit(story.told, {"account": "what would be lost"})
    files = story.hand_over()
    passed(story.bolat, story.aida, story.team, is_receipt=True)
    assert story.standing().arrived == frozenset()
    opened(story.bolat, files)
    passed(story.bolat, story.aida, story.team, is_receipt=True)
    assert story.standing().arrived == {story.bolat.author}


def test_a_receipt_that_lacks_the_file_is_none(story: Story) -> None:
    story.hand_over()
    passed(story.aida, story.bolat, story.team, cases=(story.goes,), without_media=True)
    passed(story.bolat, story.aida, story.team, is_receipt=True)
    assert story.standing().arrived == frozenset()


def test_what_came_after_the_seal_stops_the_removal(story: Story) -> None:
    story.hand_over()
    story.aida.edit(story.told, {"account": "changed"})
    assert story.standing().changed == (story.goes,)
    assert "came into these cases" in refused(story)
    story.hand_over()
    assert story.standing().changed == ()


def test_what_came_from_others_after_the_seal_stops_it_too(story: Story) -> None:
    opened(story.bolat, story.hand_over())
    support.interview_in(story.bolat, story.goes, title="Their own")
    passed(story.bolat, story.aida, story.team)
    assert "came into these cases" in refused(story)


def test_what_changed_between_look_and_end_is_sealed_and_not_handed_over(story: Story) -> None:
    leaving = story.look()
    result, _changes = story.aida.seal(leaving.plan, story.team.out())
    story.aida.edit(story.told, {"account": "meanwhile"})
    is_same, _changes = story.aida.travel.note_handed_over(leaving, result)
    assert not is_same
    assert story.aida.travel.departure() is None


def test_an_override_is_noted_in_custody_and_the_case_can_be_removed(story: Story) -> None:
    expired = {"title": "C", "covers": [story.told], "use_team": "yes", "expiry": "2020-01-01"}
    story.aida.add("consent", story.goes, expired)
    assert story.look().plan.refusals
    reason = "The border"
    leaving = story.aida.travel.look_at_departure(
        [story.goes], [story.bolat.author], override=reason
    )
    result, _changes = story.aida.seal(leaving.plan, story.team.out())
    assert story.aida.travel.note_handed_over(leaving, result)[0]
    assert story.standing().changed == ()
    opened(story.bolat, result)
    passed(story.bolat, story.aida, story.team, is_receipt=True)
    assert story.standing().arrived == {story.bolat.author}
    assert story.depart()


def test_a_plain_copy_made_meanwhile_is_custody_that_no_bundle_holds(
    story: Story, tmp_path: Path
) -> None:
    leaving = story.look()
    result, _changes = story.aida.seal(leaving.plan, story.team.out())
    [evidence] = story.aida.rows(type="evidence")
    story.aida.extract(evidence.id, tmp_path / "copy")
    assert not story.aida.travel.note_handed_over(leaving, result)[0]


def test_a_draft_stops_the_removal_for_no_bundle_holds_it(story: Story) -> None:
    story.hand_over()
    draft = Draft(id=story.told, type="interview", case=story.goes, is_new=False, fields={})
    story.aida.drafts.keep(draft)
    assert story.aida.travel.drafts_in([story.goes]) == 1
    assert story.aida.travel.drafts_in([story.stays]) == 0
    assert "not saved" in refused(story)
    story.aida.drafts.drop(story.told)
    assert story.depart()


def test_a_withdrawal_that_waits_for_a_word_is_an_obstacle(story: Story) -> None:
    opened(story.bolat, story.hand_over())
    story.bolat.withdraw([story.told], "asked")
    passed(story.bolat, story.aida, story.team)
    [obstacle] = story.look().obstacles
    assert (obstacle.code, obstacle.record) == ("withdrawal-waits", story.told)


def test_readers_outside_the_team_alone_are_an_obstacle(story: Story) -> None:
    story.aida.trust.set_role(story.bolat.author, "journalist")
    assert "partial" in {obstacle.code for obstacle in story.look().obstacles}


def test_a_wrong_passphrase_and_a_cancel_remove_nothing(story: Story) -> None:
    story.hand_over()
    with pytest.raises(NotebookError) as caught:
        story.aida.travel.depart("wrong", KeyChoice.NEW, Silent())
    assert caught.value.code is Code.WRONG_PASSPHRASE
    with pytest.raises(Cancelled):
        story.aida.travel.depart(support.PASSPHRASE, KeyChoice.NEW, Stop(1, Cancelled()))
    assert not [*story.aida.folder.glob("*.next*")]
    assert len(story.aida.cases()) == 2
    assert story.aida.my_card() == story.reopen().my_card()


def test_given_up_nothing_of_it_is_remembered(story: Story) -> None:
    story.hand_over()
    story.aida.travel.forget_departure()
    assert story.aida.travel.departure() is None
    assert "Nothing was handed over" in refused(story)


@pytest.mark.parametrize(
    ("choice", "is_new", "kept"),
    [
        (KeyChoice.KEEP, False, 1),
        (KeyChoice.DESTROY_OLD, False, 0),
        (KeyChoice.NEW, True, 2),
        (KeyChoice.NEW_ALONE, True, 0),
    ],
)
def test_the_keys_are_what_was_chosen(
    choice: KeyChoice, is_new: bool, kept: int, story: Story
) -> None:
    story.aida.travel.renew_sealing_key()
    before = story.aida.my_card()
    story.hand_over()
    secret = story.aida._core.identity.encode().split()[-1]
    assert story.depart(choice)
    after = story.reopen()
    assert (after.my_card() != before) is is_new
    assert after.author == story.aida.author
    assert len(old_identities(database(after))) == kept
    settings = str(database(after).all("SELECT value FROM setting"))
    assert (secret in settings) is (choice is not KeyChoice.NEW_ALONE)


def test_a_disk_that_fails_at_the_end_is_told_and_the_next_unlock_ends_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.hand_over()
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == "notebook.db.next":
            raise OSError(5, "broken")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fail)
        assert story.depart() is False
    assert [row.case for row in story.reopen().cases()] == [story.stays]
