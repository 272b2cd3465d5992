"""What leaves when a person chooses: records, fields, text first; and readers who differ."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook import envelope
from notebook.choosing import Because
from notebook.errors import Code, NotebookError
from notebook.handover import SealPlan, SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.progress import Silent
from notebook.selection import Stays
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import Team, know, opened, passed, unpacked, values

SOUND = b"the sound of a voice" * 50


@dataclass(slots=True)
class Story:
    """Aida knows Bolat; one interview with all it depends on, and another one beside it."""

    team: Team
    aida: Notebook
    bolat: Notebook
    case: CaseId
    person: RecordId
    talk: RecordId
    sound: RecordId
    consent: RecordId
    other: RecordId

    def request(self, **asked: object) -> SealRequest:
        return SealRequest(to=(self.bolat.author,), **asked)  # type: ignore[arg-type]  # as the test means

    def answers(self) -> None:
        """Bolat tells what he holds and what he lacks."""
        self.bolat.edit(RecordId(self.case), {"summary": os.urandom(4).hex()})
        passed(self.bolat, self.aida, self.team)

    def plan(self, **asked: object) -> SealPlan:
        return self.aida.plan_seal(self.request(**asked))

    def why(self, **asked: object) -> dict[RecordId, Because | None]:
        (shown,) = self.aida.preview_seal(self.plan(**asked))
        return {record.id: record.because for record in shown.records}

    def holds(self, word: str, **asked: object) -> bool:
        """Whether a word is anywhere in the bundle."""
        result = self.team.sealed(self.aida, self.bolat, **asked)
        return any(word.encode() in c for c in unpacked(self.bolat, result.files).values())


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida)
    person = aida.add("person", case, {"title": "P1", "pseudonym": "P1", "names": ["Гүлнар"]})[0]
    talk = support.interview_in(aida, case, account="It was dawn.", title="Talk")
    aida.edit(talk, {"witness": person})
    sound = aida.attach(talk, io.BytesIO(SOUND), file_name="talk.ogg")[0]
    consent = aida.add(
        "consent", case, {"title": "Yes", "covers": [talk, person], "use_partner": "yes"}
    )[0]
    other = support.interview_in(aida, case, account="Another voice.", title="Other")
    yield Story(team, aida, bolat, case, person, talk, sound, consent, other)
    team.close()


# Records.


def test_a_chosen_record_brings_what_it_depends_on_and_says_why(story: Story) -> None:
    assert story.why(records=(story.talk,)) == {
        RecordId(story.case): Because.CASE,
        story.talk: Because.CHOSEN,
        story.person: Because.NAMED,
        story.sound: Because.EVIDENCE,
        story.consent: Because.CONSENT,
    }


def test_evidence_that_is_chosen_does_not_bring_the_account_it_is_about(story: Story) -> None:
    why = story.why(records=(story.sound,))
    assert why[story.sound] is Because.CHOSEN
    assert story.talk not in why
    assert not story.holds("It was dawn.", records=(story.sound,))


def test_of_what_is_not_chosen_nothing_but_headers_goes(story: Story) -> None:
    result = story.team.sealed(story.aida, story.bolat, records=(story.talk,))
    inside = unpacked(story.bolat, result.files)
    assert not any(b"Another voice." in content for content in inside.values())
    assert not any(story.other.encode() in content for content in inside.values())
    came = opened(story.bolat, result)
    # Type, title and account of the other interview.
    assert (came.later, came.withheld) == (0, 3)
    assert {row.title for row in story.bolat.rows(type="interview")} == {"Talk"}
    with story.bolat.evidence_content(story.sound) as content:
        assert content.read() == SOUND
    assert story.bolat.verify() == []


def test_what_was_not_chosen_comes_later_and_fits_in(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, records=(story.talk,))
    story.answers()
    # Bolat's answer says what is lacking.
    passed(story.aida, story.bolat, story.team)
    assert values(story.bolat, story.other, "account") == ["Another voice."]


def test_a_choice_holds_also_against_what_a_reader_asks_for(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, records=(story.talk,))
    story.answers()
    story.aida.edit(story.talk, {"account": "News here."})
    assert not story.holds("Another voice.", records=(story.talk,))


def test_chosen_records_of_which_all_is_there_are_nothing_to_send(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, records=(story.talk,))
    story.answers()
    assert story.plan(records=(story.talk,)).is_empty
    story.aida.edit(story.other, {"account": "News elsewhere."})
    assert story.plan(records=(story.talk,)).is_empty
    story.aida.edit(story.talk, {"account": "News here."})
    assert not story.plan(records=(story.talk,)).is_empty


def test_only_the_cases_of_chosen_records_go(story: Story) -> None:
    elsewhere = support.case_in(story.aida, "Elsewhere")
    result = story.team.sealed(story.aida, story.bolat, records=(story.talk,))
    assert result.cases == (story.case,)
    with pytest.raises(NotebookError) as refused:
        story.plan(records=(story.talk,), cases=(elsewhere,))
    assert refused.value.code is Code.BAD_INPUT


def test_a_record_that_is_not_there_cannot_be_chosen(story: Story) -> None:
    with pytest.raises(NotebookError) as refused:
        story.plan(records=(RecordId("ab" * 16),))
    assert refused.value.code is Code.UNKNOWN_RECORD


# Fields.


def test_a_field_that_is_left_out_stays_with_its_earlier_versions(story: Story) -> None:
    story.aida.edit(story.talk, {"account": "It was noon."})
    left = frozenset({(story.talk, "account")})
    result = story.team.sealed(story.aida, story.bolat, leave_out_fields=left)
    inside = unpacked(story.bolat, result.files).values()
    assert not any(b"It was dawn." in c or b"It was noon." in c for c in inside)
    opened(story.bolat, result)
    assert story.bolat.record(story.talk).title == "Talk"
    assert values(story.bolat, story.talk, "account") == []


def test_a_list_that_is_left_out_stays_with_all_its_members(story: Story) -> None:
    assert story.holds("Гүлнар")
    assert not story.holds("Гүлнар", leave_out_fields=frozenset({(story.person, "names")}))


def test_only_the_chosen_fields_of_a_record_go(story: Story) -> None:
    only = {story.talk: frozenset({"title"})}
    result = story.team.sealed(story.aida, story.bolat, records=(story.talk,), fields=only)
    opened(story.bolat, result)
    assert set(story.bolat.record(story.talk).fields) == {"title"}
    (shown,) = story.aida.preview_seal(story.plan(records=(story.talk,), fields=only))
    talk = next(record for record in shown.records if record.id == story.talk)
    assert talk.stays["account"] is Stays.NOT_CHOSEN


# Text first, media later.


def test_text_goes_first_and_the_media_fit_in_later(story: Story) -> None:
    plan = story.plan(without_media=True)
    assert (plan.size_bytes, plan.omitted_bytes) == (0, len(SOUND))
    result = story.team.sealed(story.aida, story.bolat, without_media=True)
    assert not any(n.startswith("data/evidence/") for n in unpacked(story.bolat, result.files))
    came = opened(story.bolat, result)
    assert (came.later, came.withheld, came.files) == (1, 0, 0)
    assert story.bolat.record(story.sound).title == "talk.ogg"
    with pytest.raises(NotebookError) as lacking:
        story.bolat.evidence_content(story.sound)
    assert lacking.value.code is Code.FILE_LACKING
    story.answers()
    later = passed(story.aida, story.bolat, story.team)
    assert (later.files, later.missing_files, later.filled) == (1, 1, (story.sound,))
    with story.bolat.evidence_content(story.sound) as content:
        assert content.read() == SOUND
    story.answers()
    assert story.plan().is_empty


def test_a_file_that_comes_with_its_record_was_not_missing(story: Story) -> None:
    result = story.team.sealed(story.aida, story.bolat)
    came = opened(story.bolat, result)
    assert (came.files, came.missing_files, came.filled) == (1, 0, ())
    again = opened(story.bolat, result)
    assert (again.is_again, again.files, again.missing_files) == (True, 0, 0)


def test_a_damaged_file_that_a_bundle_mends_is_counted_though_it_was_opened_before(
    story: Story,
) -> None:
    result = story.team.sealed(story.aida, story.bolat)
    opened(story.bolat, result)
    [stored] = [path for path in story.bolat.folder.glob("objects/*/*") if path.is_file()]
    damaged = bytearray(stored.read_bytes())
    damaged[0] ^= 1
    stored.write_bytes(damaged)
    again = opened(story.bolat, result)
    assert (again.is_again, again.files, again.missing_files) == (True, 1, 1)
    assert again.filled == (story.sound,)
    assert story.bolat.verify() == []


def test_a_file_that_nothing_here_needs_any_more_is_not_counted(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, without_media=True)
    story.answers()
    late = story.team.sealed(story.aida, story.bolat)
    story.bolat.withdraw([story.sound], "asked")
    came = opened(story.bolat, late)
    assert came.filled == ()


def test_by_command_line_files_that_arrive_are_counted_and_said(
    story: Story,
) -> None:
    def counted(*files: Path) -> tuple[int, int]:
        folder = story.bolat.folder
        story.bolat.close()
        ran = command_line("opening")("open", folder, *files)
        # Opened again it brings nothing, and does not say so either.
        again = command_line("again")("open", folder, *files, is_json=False)
        assert "arrived" not in again.out
        story.bolat = support.unlock(folder)
        story.team.notebooks[1] = story.bolat
        assert ran.status == 0
        return ran.json["new"], ran.json["files"]

    result = story.team.sealed(story.aida, story.bolat, without_media=True)
    new, files = counted(*result.files)
    assert new > 0
    assert files == 0
    story.answers()
    new, files = counted(*story.team.sealed(story.aida, story.bolat).files)
    assert (new, files) == (0, 1)


def test_a_file_that_was_asked_for_is_in_the_preview_of_the_bundle_that_brings_it(
    story: Story,
) -> None:
    passed(story.aida, story.bolat, story.team, without_media=True)
    story.answers()
    (shown,) = story.aida.preview_seal(story.plan(records=(story.talk,)))
    (sound,) = (record for record in shown.records if record.id == story.sound)
    assert sound.files == ((story.aida.sha256_of(story.sound), len(SOUND)),)
    assert (sound.fields, sound.later) == ((), ())
    assert sound.verdict is not None


def test_media_that_are_asked_for_stay_while_only_text_is_to_go(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, without_media=True)
    story.answers()
    assert story.plan(without_media=True).is_empty
    assert story.plan().size_bytes == len(SOUND)


def test_the_envelope_names_what_is_left_for_later_and_nothing_that_is_not_for_them(
    story: Story,
) -> None:
    sha = story.aida.sha256_of(story.sound)
    result = story.team.sealed(story.aida, story.bolat, without_media=True)
    assert sha.encode() in unpacked(story.bolat, result.files)["envelope.json"]
    left = frozenset({story.sound})
    result = story.team.sealed(story.aida, story.bolat, without_media=True, leave_out=left)
    assert not any(sha.encode() in c for c in unpacked(story.bolat, result.files).values())


# Readers who differ.


def with_court(story: Story) -> Notebook:
    """A third reader, marked as a court."""
    court = story.team.member("Court")
    know(story.aida, court)
    know(court, story.aida)
    story.aida.trust.set_role(court.author, "court")
    return court


def test_readers_alike_share_one_bundle(story: Story) -> None:
    third = story.team.member("Third")
    know(story.aida, third)
    (bundle,) = story.team.sealed(story.aida, story.bolat, third).bundles
    outside = envelope.parse(unpacked(story.bolat, bundle.files)["envelope.json"])
    tags = {
        envelope.reader_tag(outside.bundle, reader.my_card().hybrid.encode())
        for reader in (story.bolat, third)
    }
    # The tags of both, and of two who do not exist; their order says nothing.
    assert tags < set(outside.to)
    assert (len(set(outside.to)), outside.to) == (4, tuple(sorted(outside.to)))


def test_a_shared_bundle_follows_for_each_reader_what_was_sealed_for_them(story: Story) -> None:
    chen = story.team.member("Chen")
    know(story.aida, chen)
    know(chen, story.aida)
    passed(story.aida, story.bolat, story.team)
    for text in ("more", "and more"):
        story.aida.edit(story.talk, {"account": text})
        (bundle,) = story.team.sealed(story.aida, story.bolat, chen).bundles
        assert len(bundle.readers) == 2
        for reader in (story.bolat, chen):
            # Nobody misses a bundle that was made for the other alone.
            assert opened(reader, bundle.files).notices == ()


def test_readers_of_another_role_get_a_bundle_of_their_own_and_only_what_is_theirs(
    story: Story,
) -> None:
    court = with_court(story)
    story.aida.edit(story.consent, {"use_court": "yes"})
    story.aida.edit(story.talk, {"interviewer_comment": "Only for us."})
    asked = SealRequest(to=(story.bolat.author, court.author), leave_out=frozenset({story.other}))
    plan = story.aida.plan_seal(asked)
    assert [bundle.purposes for bundle in plan.bundles] == [("team",), ("court",)]
    result, _changes = story.aida.seal(plan, story.team.out())
    ours, theirs = result.bundles
    assert result.files == (*ours.files, *theirs.files)
    assert any(b"Only for us." in c for c in unpacked(story.bolat, ours.files).values())
    assert not any(b"Only for us." in c for c in unpacked(court, theirs.files).values())
    assert opened(court, theirs.files).new > 0
    with pytest.raises(NotebookError) as refused:
        opened(court, ours.files)
    assert refused.value.code is Code.NOT_FOR_YOU


def test_what_one_of_the_readers_may_not_have_stops_all_bundles(story: Story) -> None:
    court = with_court(story)
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author, court.author)))
    assert {notice.record for notice in plan.refusals} >= {story.talk, story.other}
    out = story.team.out()
    with pytest.raises(NotebookError) as refused:
        story.aida.seal(plan, out)
    assert refused.value.code is Code.CONSENT_REFUSED
    assert list(out.iterdir()) == []


def test_a_second_bundle_that_fails_takes_the_first_with_it(story: Story, tmp_path: Path) -> None:
    third = story.team.member("Third")
    story.aida.add_contact(third.my_card().encode(), classic=True)
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author, third.author)))
    out = tmp_path / "half"
    out.mkdir()

    class Full(Silent):
        """A disk that is full once there is a bundle in it and another one begun."""

        def step(self, done: int, total: int, what: str = "") -> None:
            if len(list(out.iterdir())) > 1:
                raise OSError(28, "full")

    with pytest.raises((NotebookError, OSError)):
        story.aida.write_sealed(plan, out, Full())
    assert list(out.iterdir()) == []


def test_a_bundle_begins_at_the_lowest_of_what_its_readers_hold(story: Story) -> None:
    third = story.team.member("Third")
    know(story.aida, third)
    know(third, story.aida)
    passed(story.aida, story.bolat, story.team)
    story.answers()
    result = story.team.sealed(story.aida, story.bolat, third)
    assert len(result.bundles) == 1
    opened(third, result)
    assert values(third, story.talk, "account") == ["It was dawn."]


# Between the look and the seal.


def test_a_field_changed_after_the_look_does_not_slip_out(story: Story) -> None:
    plan = story.plan()
    story.aida.edit(story.talk, {"account": "Written after the look."})
    with pytest.raises(NotebookError) as refused:
        story.aida.seal(plan, story.team.out())
    assert refused.value.code is Code.BAD_INPUT


def test_custody_noted_after_the_look_stops_nothing(story: Story, tmp_path: Path) -> None:
    plan = story.plan()
    story.aida.extract(story.sound, tmp_path / "plain")
    result, _changes = story.aida.seal(plan, story.team.out())
    assert result.files
