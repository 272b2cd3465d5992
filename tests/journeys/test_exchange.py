"""Notebooks hand over to each other: in every order, again and again, with losses on the way."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook import contacts
from notebook.contacts import Profile
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.opening import Accept
from notebook.progress import Silent
from notebook.sealing import SealResult
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import (
    Team,
    database,
    dump,
    files_of,
    know,
    opened,
    passed,
    state,
    unpacked,
    values,
)

FILE = b"\x00\x01 what was recorded " * 400


@dataclass(slots=True)
class Story:
    """Two notebooks that share a case with an interview and a file."""

    team: Team
    one: Notebook
    other: Notebook
    case: CaseId
    interview: RecordId
    evidence: RecordId


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


@pytest.fixture
def story(team: Team) -> Story:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    interview, _ = one.add(
        "interview",
        case,
        {"title": "Interview", "account": "Қазақ 维吾尔 рассказ", "quotes": ["first", "second"]},
    )
    evidence, _ = one.attach(interview, io.BytesIO(FILE), file_name="record.bin")
    return Story(team, one, other, case, interview, evidence)


def refusals(notebook: Notebook, reader: Notebook, **request: object) -> dict[str, str]:
    asked = SealRequest(to=(reader.author,), is_full=True, **request)  # type: ignore[arg-type]  # as the test means
    plan = notebook.plan_seal(asked)
    return {str(notice.record): notice.code for notice in plan.refusals}


# Two.


def test_a_bundle_brings_everything_and_a_second_time_nothing(story: Story) -> None:
    bundle = story.team.sealed(story.one, story.other)
    assert re.fullmatch(r"[a-z2-7]{26}\.sealed\.age", bundle.files[0].name)
    assert opened(story.other, bundle).new == 6
    assert state(story.other) == state(story.one)
    with story.other.evidence_content(story.evidence) as content:
        assert hashlib.sha256(content.read()).digest() == hashlib.sha256(FILE).digest()
    before, files = dump(story.other), files_of(story.other)
    again = opened(story.other, bundle)
    assert (again.new, again.present) == (0, 6)
    after = dump(story.other)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"setting"}
    assert files_of(story.other) == files
    assert story.other.verify() == []


def test_more_than_a_line_can_carry_is_not_saved_and_the_most_of_it_is_opened(story: Story) -> None:
    # A sign that takes seven bytes in a line.
    most, more = ("\x01" * (size * 2**20 // 10) for size in (22, 24))
    before = dump(story.one)
    with pytest.raises(NotebookError) as trouble:
        story.one.edit(story.interview, {"account": more})
    assert trouble.value.code is Code.BAD_VALUE
    assert dump(story.one) == before
    story.one.edit(story.interview, {"account": most})
    passed(story.one, story.other, story.team)
    assert values(story.other, story.interview, "account") == [most]


def test_two_edits_of_one_field_are_a_conflict_on_both_sides_until_a_person_ends_it(
    story: Story,
) -> None:
    passed(story.one, story.other, story.team)
    story.one.edit(story.interview, {"account": "At dawn."})
    story.other.edit(story.interview, {"account": "At dusk."})
    there, back = (
        story.team.sealed(story.one, story.other),
        story.team.sealed(story.other, story.one),
    )
    assert opened(story.other, there).conflicts == 1
    result = opened(story.one, back)
    assert (result.conflicts, result.conflict_records) == (1, (story.interview,))
    for notebook in (story.one, story.other):
        assert sorted(map(str, values(notebook, story.interview, "account"))) == [
            "At dawn.",
            "At dusk.",
        ]
        assert [r.id for r in notebook.find("dawn")] == [r.id for r in notebook.find("dusk")]
    story.other.edit(story.interview, {"account": "Between dawn and dusk."})
    assert passed(story.other, story.one, story.team).conflicts == 0
    assert state(story.one) == state(story.other)


def test_equal_edits_are_no_conflict(story: Story) -> None:
    passed(story.one, story.other, story.team)
    story.one.edit(story.interview, {"account": "At dawn."})
    story.other.edit(story.interview, {"account": "At dawn."})
    assert passed(story.one, story.other, story.team).conflicts == 0
    assert values(story.other, story.interview, "account") == ["At dawn."]


def test_what_both_add_to_a_list_is_all_there(story: Story) -> None:
    passed(story.one, story.other, story.team)
    story.one.edit(story.interview, {"quotes": ["first", "one", "second"]})
    story.other.edit(story.interview, {"quotes": ["first", "second", "other"]})
    passed(story.one, story.other, story.team)
    passed(story.other, story.one, story.team)
    for notebook in (story.one, story.other):
        assert values(notebook, story.interview, "quotes") == [["first", "one", "second", "other"]]


def test_a_deletion_never_hides_what_its_author_had_not_seen(story: Story) -> None:
    passed(story.one, story.other, story.team)
    story.one.delete(story.interview)
    story.other.edit(story.interview, {"account": "New words."})
    passed(story.one, story.other, story.team)
    passed(story.other, story.one, story.team)
    for notebook in (story.one, story.other):
        rows = notebook.rows(type="interview")
        assert [(row.id, row.has_conflict) for row in rows] == [(story.interview, True)]
        assert values(notebook, story.interview, "account") == ["New words."]


def test_a_deletion_of_what_was_seen_deletes_on_both_sides_and_can_be_undone(story: Story) -> None:
    passed(story.one, story.other, story.team)
    story.one.delete(story.evidence)
    passed(story.one, story.other, story.team)
    assert story.other.rows(type="evidence") == []
    story.one.restore(story.evidence)
    passed(story.one, story.other, story.team)
    with story.other.evidence_content(story.evidence) as content:
        assert content.read() == FILE


def test_another_withdrawal_does_not_cost_a_deleted_file(story: Story) -> None:
    """A deletion can be undone, so the file stays whatever else is destroyed meanwhile."""
    second, _ = story.one.attach(story.interview, io.BytesIO(b"other"), file_name="b.bin")
    passed(story.one, story.other, story.team)
    story.one.delete(story.evidence)
    story.one.withdraw([second], "asked")
    passed(story.one, story.other, story.team)
    for notebook in (story.one, story.other):
        notebook.restore(story.evidence)
        with notebook.evidence_content(story.evidence) as content:
            assert content.read() == FILE


def test_nothing_to_send_makes_no_file(story: Story) -> None:
    passed(story.one, story.other, story.team)
    assert story.team.sealed(story.other, story.one).files == ()
    out = story.team.out()
    plan = story.other.plan_seal(SealRequest(to=(story.one.author,)))
    assert plan.is_empty
    story.other.seal(plan, out)
    assert list(out.iterdir()) == []


def test_what_was_exchanged_is_never_a_reason_to_exchange(story: Story) -> None:
    """Seals and receipts alone are never answered, so they do not go to and fro for ever."""
    passed(story.one, story.other, story.team)
    story.other.edit(story.interview, {"account": "Other words."})
    passed(story.other, story.one, story.team)
    for _ in range(3):
        assert story.team.sealed(story.one, story.other).files == ()
        # What nobody has acknowledged goes again when it is asked for, and brings nothing.
        assert passed(story.other, story.one, story.team).new == 0


def test_with_three_the_exchange_comes_to_rest_too(team: Team) -> None:
    people = team.members("Aida", "Bolat", "Chen")
    case = support.case_in(people[0])
    support.interview_in(people[0], case)
    brought = []
    for turn in range(4):
        brought.append(0)
        for one, other in itertools.permutations(people, 2):
            result = team.sealed(one, other)
            if result.files:
                brought[-1] += opened(other, result).new
            if turn == 0:
                other.edit(RecordId(case), {"title": f"By {other.author_name} for {one.author}"})
    assert brought[0] > 0
    assert brought[2:] == [0, 0]
    assert state(people[0]) == state(people[1]) == state(people[2])


def test_after_an_acknowledgement_only_what_is_new_goes(story: Story) -> None:
    for number in range(30):
        support.interview_in(story.one, story.case, account=f"{number} " * 500)
    passed(story.one, story.other, story.team)
    story.other.edit(story.interview, {"account": "Seen."})
    passed(story.other, story.one, story.team)
    story.one.edit(story.interview, {"questions": "One more thing."})
    plan = story.one.plan_seal(SealRequest(to=(story.other.author,)))
    assert [row.id for row in plan.records if row.type == "interview"] == [story.interview]
    assert plan.files == ()
    result = story.team.sealed(story.one, story.other)
    assert result.bundles[0].kind == "delta"
    assert opened(story.other, result).new == 1
    assert state(story.one) == state(story.other)


def test_a_lost_bundle_does_not_make_all_later_ones_full(story: Story) -> None:
    passed(story.one, story.other, story.team)
    story.other.edit(story.interview, {"account": "First."})
    passed(story.other, story.one, story.team)
    story.other.edit(story.interview, {"account": "Lost on the way."})
    story.team.sealed(story.other, story.one)
    for turn in range(3):
        story.other.edit(story.interview, {"account": f"Turn {turn}"})
        passed(story.other, story.one, story.team)
    story.one.edit(story.interview, {"questions": "?"})
    plan = story.one.plan_seal(SealRequest(to=(story.other.author,)))
    assert plan.files == ()
    assert plan.entry_count < 8
    passed(story.one, story.other, story.team)
    assert state(story.one) == state(story.other)


def test_a_later_bundle_that_comes_first_waits_and_loses_nothing(story: Story) -> None:
    """Also the file that it brings is there in the end."""
    database(story.other).one("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = story.team.folder / "kept"
    shutil.copytree(story.other.folder, backup)
    first = story.team.sealed(story.one, story.other)
    opened(story.other, first)
    story.other.edit(story.interview, {"account": "Seen."})
    passed(story.other, story.one, story.team)
    second_file = b"second file"
    added, _ = story.one.attach(story.interview, io.BytesIO(second_file), file_name="2.bin")
    second = story.team.sealed(story.one, story.other)
    assert second.bundles[0].kind == "delta"
    # The reader lost the notebook, and begins again with a backup of the same keys.
    reader = story.team.copy(backup, "backup")
    result = opened(reader, second)
    assert result.waiting > 0
    assert reader.rows() == []
    assert opened(reader, first).waiting == 0
    with reader.evidence_content(added) as content:
        assert content.read() == second_file
    # What the reader wrote themselves after the backup comes back too.
    passed(story.one, reader, story.team, is_full=True)
    assert state(reader) == state(story.one)
    # A backup that was written on, and what came back to it, are said; nothing is damaged.
    assert [f.code for f in reader.verify()] == ["copied", "recovered"]


# Three, in every order.


@pytest.fixture
def bundles(team: Team) -> tuple[list[SealResult], Path, dict[str, object]]:
    """Bundles for one reader that build on each other, and the reader's folder before any."""
    one, other = team.members("Aida", "Bolat")
    empty = team.member("Reader")
    for notebook in (one, other):
        know(notebook, empty)
        know(empty, notebook)
    folder = team.folder / "Reader"
    team.notebooks.remove(empty)
    empty.close()
    reader = team.copy(folder, "first")
    case = support.case_in(one)
    interview, _ = one.add("interview", case, {"title": "I", "account": "a", "quotes": ["x"]})
    found: list[SealResult] = []

    def to_reader(sender: Notebook) -> None:
        found.append(team.sealed(sender, reader))
        opened(reader, found[-1])

    to_reader(one)
    note, _ = reader.add("note", case, {"title": "By the reader"})
    acknowledged = team.sealed(reader, one, other)
    opened(one, acknowledged)
    opened(other, acknowledged)
    one.edit(interview, {"account": "by one", "quotes": ["x", "one"]})
    one.attach(interview, io.BytesIO(FILE), file_name="f.bin")
    to_reader(one)
    other.edit(interview, {"account": "by other", "quotes": ["other", "x"]})
    other.delete(note)
    to_reader(other)
    story, _ = one.add("interview", case, {"title": "Withdrawn later", "account": "secret"})
    to_reader(one)
    one.withdraw([story], "asked")
    to_reader(one)
    return found, folder, state(reader)


def test_any_order_of_bundles_ends_in_the_same_state(
    team: Team, bundles: tuple[list[SealResult], Path, dict[str, object]]
) -> None:
    found, folder, _ = bundles
    ends = []
    orders = list(itertools.permutations(range(len(found))))[::11]
    for number, order in enumerate([*orders, tuple(reversed(range(len(found))))]):
        reader = team.copy(folder, f"reader{number}")
        for place in order:
            opened(reader, found[place])
        # What was held back because its ancestry was not known comes with a repetition.
        for place in order[: number % 3]:
            assert opened(reader, found[place]).waiting == 0
        ends.append(state(reader))
        # Both senders count on what the reader wrote before this copy was put in its place.
        assert [f.code for f in reader.verify()] == ["rollback", "rollback"]
        assert reader.find("secret") == []
        team.notebooks.remove(reader)
        reader.close()
    assert all(end == ends[0] for end in ends)


def test_a_dropped_bundle_is_made_up_for_by_a_full_one(
    team: Team, bundles: tuple[list[SealResult], Path, dict[str, object]]
) -> None:
    found, folder, _ = bundles
    one = team.notebooks[0]
    for dropped in range(len(found)):
        reader = team.copy(folder, f"dropped{dropped}")
        for place, bundle in enumerate(found):
            if place != dropped:
                opened(reader, bundle)
        full = team.sealed(one, reader, is_full=True)
        result = opened(reader, full)
        opened(reader, found[2])
        assert result.waiting == 0
        assert reader.find("secret") == []
        assert {f.code for f in reader.verify()} <= {"copied", "recovered", "bundle-missing"}


# Withdrawal.


def test_withdrawn_content_never_comes_back_from_an_older_bundle(story: Story) -> None:
    older = story.team.sealed(story.one, story.other)
    opened(story.other, older)
    story.one.withdraw([story.interview, story.evidence], "asked")
    passed(story.one, story.other, story.team)
    for _ in range(2):
        opened(story.other, older)
        assert [row.type for row in story.other.rows()] == ["case"]
        assert files_of(story.other) == []
        assert story.other.find("рассказ") == []
    content = repr(dump(story.other)["content"])
    assert "рассказ".encode().hex() not in content
    assert "рассказ" not in content.encode().decode("unicode_escape", "replace")
    assert story.other.verify() == []


def test_a_withdrawal_that_comes_first_keeps_the_content_out(story: Story) -> None:
    older = story.team.sealed(story.one, story.other)
    story.one.withdraw([story.interview, story.evidence], "asked")
    passed(story.one, story.other, story.team)
    opened(story.other, older)
    assert [row.type for row in story.other.rows()] == ["case"]
    assert files_of(story.other) == []


def test_a_withdrawal_by_somebody_else_hides_and_destroys_nothing(story: Story) -> None:
    """A seized laptop must not be able to destroy what headquarters hold."""
    passed(story.one, story.other, story.team)
    own, _ = story.other.add("note", story.case, {"title": "Own"})
    story.other.withdraw([story.evidence, story.interview, own], "asked")
    passed(story.other, story.one, story.team)
    assert [row.type for row in story.one.rows()] == ["case"]
    assert len(files_of(story.one)) == 1
    # What is hidden is not sealed either.
    third = story.team.member("Third")
    know(story.one, third)
    know(third, story.one)
    passed(story.one, third, story.team)
    assert files_of(third) == []
    assert third.find("рассказ") == []


# Consent.


def consent_in(story: Story, covers: RecordId, **answers: str) -> RecordId:
    fields = {"title": "Consent", "covers": [covers], **answers}
    return story.one.add("consent", story.case, fields)[0]


def test_the_team_gets_what_has_no_consent_with_a_warning_by_name(story: Story) -> None:
    result = story.team.sealed(story.one, story.other)
    named = {notice.record for notice in result.warnings if notice.code == "consent-missing"}
    assert named == {story.interview, story.evidence}


def test_any_other_purpose_needs_a_recorded_yes(story: Story) -> None:
    missing = {story.interview: "consent-missing", story.evidence: "consent-missing"}
    assert refusals(story.one, story.other, purpose="partner") == missing
    consent_in(story, story.interview, use_partner="yes")
    assert refusals(story.one, story.other, purpose="partner") == {}
    assert refusals(story.one, story.other, purpose="un") == missing
    result = story.team.sealed(story.one, story.other, purpose="partner")
    assert opened(story.other, result).new > 0


def test_a_recorded_no_is_refused_by_name_and_leaves_nothing(story: Story) -> None:
    consent_in(story, RecordId(story.case), use_partner="yes", use_team="yes")
    consent_in(story, story.interview, use_partner="no", use_team="no")
    for purpose in ("partner", "team"):
        out = story.team.out()
        plan = story.one.plan_seal(SealRequest(to=(story.other.author,), purpose=purpose))
        with pytest.raises(NotebookError) as refused:
            story.one.seal(plan, out)
        assert refused.value.code is Code.CONSENT_REFUSED
        assert set(refused.value.records) == {story.interview, story.evidence}
        assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"withdrawn": "2026-01-01"}, "consent-withdrawn"),
        ({"expiry": "2026-01"}, "consent-expired"),
        ({"expiry": "2026-03-05"}, "consent-expired"),
        ({"embargo": "2030"}, "consent-embargoed"),
        ({"use_partner": "no"}, "consent-refused"),
    ],
)
def test_a_consent_with_limits_refuses(story: Story, answers: dict[str, str], code: str) -> None:
    consent_in(story, story.interview, **{"use_partner": "yes", **answers})
    found = refusals(story.one, story.other, purpose="partner")
    assert found == {story.interview: code, story.evidence: code}


@pytest.mark.parametrize(
    ("before", "theirs", "mine", "code"),
    [
        ("yes", "no", None, "consent-refused"),
        (None, "no", "yes", "consent-refused"),
        # Somebody took the answer back, without saying no.
        ("no", "yes", None, "consent-missing"),
        ("no", None, "yes", "consent-missing"),
    ],
)
def test_a_consent_whose_answers_are_in_conflict_permits_only_what_all_permit(
    story: Story, before: str | None, theirs: str | None, mine: str | None, code: str
) -> None:
    consent = consent_in(story, story.interview, **({"use_partner": before} if before else {}))
    passed(story.one, story.other, story.team)
    story.other.edit(consent, {"use_partner": theirs})
    story.one.edit(consent, {"use_partner": mine})
    passed(story.other, story.one, story.team)
    assert set(refusals(story.one, story.other, purpose="partner").values()) == {code}


def test_a_deleted_record_is_judged_like_the_others(story: Story) -> None:
    """What was deleted leaves all the same with the journal."""
    consent_in(story, story.interview, use_partner="no")
    story.one.delete(story.interview)
    story.one.delete(story.evidence)
    found = refusals(story.one, story.other, purpose="partner")
    assert found == {story.interview: "consent-refused", story.evidence: "consent-refused"}
    left = frozenset({story.interview, story.evidence})
    result = story.team.sealed(story.one, story.other, purpose="partner", leave_out=left)
    assert canary_free(story.other, result, ["Қазақ", "first", FILE[:20].decode()])


def canary_free(reader: Notebook, result: SealResult, words: list[str]) -> bool:
    content = b"\n".join(unpacked(reader, result.files).values())
    return not any(word.encode() in content for word in words)


def test_what_the_consent_refuses_later_is_not_sent_to_a_reader_who_asks(story: Story) -> None:
    """A reader's `lacks` gets nothing that the consent does not let go."""
    left = frozenset({story.evidence})
    result = story.team.sealed(story.one, story.other, leave_out=left)
    opened(story.other, result)
    story.other.edit(story.interview, {"account": "Seen."})
    passed(story.other, story.one, story.team)
    consent_in(story, story.evidence, use_team="no")
    asked = SealRequest(to=(story.other.author,))
    plan = story.one.plan_seal(asked)
    assert story.evidence in {notice.record for notice in plan.refusals}


def test_an_internal_field_stays_with_the_team_and_comes_to_it_later(story: Story) -> None:
    story.one.edit(story.evidence, {"internal_notes": "CANARY-INTERNAL"})
    story.one.edit(RecordId(story.case), {"internal_notes": "CANARY-CASE"})
    consent_in(story, story.interview, use_partner="yes")
    result = story.team.sealed(story.one, story.other, purpose="partner")
    assert canary_free(story.other, result, ["CANARY-INTERNAL", "CANARY-CASE"])
    opened(story.other, result)
    assert values(story.other, story.evidence, "internal_notes") == []
    assert not canary_free(story.other, story.team.sealed(story.one, story.other), ["CANARY-CASE"])


# Leaving out, and filling in.


def test_what_is_left_out_appears_nowhere_and_is_filled_in_later(story: Story) -> None:
    left = frozenset({story.interview, story.evidence})
    result = story.team.sealed(story.one, story.other, leave_out=left)
    words = ["Қазақ", "second", "record.bin", FILE[:20].decode(), story.interview]
    assert canary_free(story.other, result, words)
    opened(story.other, result)
    assert [row.type for row in story.other.rows()] == ["case"]
    story.other.edit(RecordId(story.case), {"title": "Seen."})
    passed(story.other, story.one, story.team)
    assert passed(story.one, story.other, story.team).new > 0
    assert state(story.other) == state(story.one)
    assert story.other.verify() == []


def test_what_is_left_out_again_is_not_sent_for_being_asked(story: Story) -> None:
    left = frozenset({story.interview, story.evidence})
    passed(story.one, story.other, story.team, leave_out=left)
    story.other.edit(RecordId(story.case), {"title": "Seen."})
    passed(story.other, story.one, story.team)
    assert story.team.sealed(story.one, story.other, leave_out=left).files == ()


# Readers.


def test_one_bundle_for_several_readers_opens_for_each_and_for_nobody_else(team: Team) -> None:
    one, *readers = team.members("Aida", "Bolat", "Chen", "Dana")
    case = support.case_in(one)
    support.interview_in(one, case)
    bundle = team.sealed(one, *readers[:2])
    for reader in readers[:2]:
        opened(reader, bundle)
        assert state(reader) == state(one)
    with pytest.raises(NotebookError) as refused:
        opened(readers[2], bundle)
    assert refused.value.code is Code.NOT_FOR_YOU
    assert readers[2].rows() == []


def test_with_several_readers_the_bundle_begins_where_the_least_informed_is(team: Team) -> None:
    one, other, third = team.members("Aida", "Bolat", "Chen")
    case = support.case_in(one)
    passed(one, other, team)
    other.edit(RecordId(case), {"title": "Seen."})
    passed(other, one, team)
    one.edit(RecordId(case), {"title": "New."})
    bundle = team.sealed(one, other, third)
    for reader in (other, third):
        opened(reader, bundle)
        assert state(reader) == state(one)


def test_a_bundle_made_out_to_nobody_here_is_not_ours_to_open(story: Story) -> None:
    bundle = story.team.sealed(story.one, story.other)
    with pytest.raises(NotebookError) as refused:
        opened(story.one, bundle)
    assert refused.value.code is Code.NOT_FOR_YOU


def test_a_reader_with_an_older_archive_gets_a_classic_bundle(team: Team) -> None:
    one, other = team.member("Aida"), team.member("Bolat")
    know(one, other, classic=True)
    know(other, one)
    case = support.case_in(one)
    result = team.sealed(one, other)
    head = result.files[0].read_bytes()[:2000]
    assert b"-> X25519 " in head
    assert b"mlkem768x25519" not in head
    opened(other, result)
    assert [row.id for row in other.rows()] == [RecordId(case)]


def test_readers_of_two_profiles_need_two_bundles(team: Team) -> None:
    one, other, third = team.members("Aida", "Bolat", "Chen")
    one.add_contact(other.my_card().encode(), classic=True)
    assert one.contact(other.author).profile is Profile.CLASSIC
    support.case_in(one)
    result = team.sealed(one, other, third)
    assert [(b.readers, b.profile) for b in result.bundles] == [
        ((other.author,), Profile.CLASSIC),
        ((third.author,), Profile.PQ),
    ]
    for reader, bundle in zip((other, third), result.bundles, strict=True):
        assert opened(reader, bundle.files).new > 0
    with pytest.raises(NotebookError) as refused:
        opened(other, result.bundles[1].files)
    assert refused.value.code is Code.NOT_FOR_YOU


def test_more_readers_than_a_bundle_can_have_are_refused_in_words(team: Team) -> None:
    one = team.member("Aida")
    support.case_in(one)
    cards = [
        Identity.generate(f"R{number}", support.Seeded(f"r{number}")).card() for number in range(33)
    ]
    authors, _ = one.transact(
        lambda tx: [
            contacts.pin(tx, card, is_classic=False, how="added", at="2026-03-05T09:00:00Z")
            for card in cards
        ]
    )
    with pytest.raises(NotebookError) as refused:
        one.plan_seal(SealRequest(to=tuple(authors)))
    assert refused.value.code is Code.BAD_INPUT
    one.plan_seal(SealRequest(to=tuple(authors[:32])))


# Strangers.


def test_a_bundle_by_a_stranger_is_kept_sealed_until_it_is_accepted(team: Team) -> None:
    stranger, reader = team.member("Stranger"), team.member("Reader")
    know(stranger, reader)
    case = support.case_in(stranger, "Secret title")
    bundle = team.sealed(stranger, reader)
    before = dump(reader)
    for _ in range(2):
        with pytest.raises(NotebookError) as refused:
            opened(reader, bundle)
        assert refused.value.code is Code.UNKNOWN_SEALER
    assert dump(reader) == before
    kept = files_of(reader)
    assert [Path(name).parent.name for name in kept] == ["staging"]
    assert (reader.folder / kept[0]).read_bytes() == bundle.files[0].read_bytes()
    seen = reader.inspect_bundle(bundle.files)
    assert (seen.is_known, seen.sealer_name, seen.sealer) == (False, "Stranger", stranger.author)
    assert seen.fingerprint == stranger.my_card().fingerprint()
    result, changes = reader.open_bundle(
        bundle.files, accept_unknown=Accept(sealer=stranger.author)
    )
    assert result.new == 1
    assert changes.contacts
    contact = reader.contact(stranger.author)
    assert (contact.how, contact.is_compared) == ("accepted", False)
    assert [row.id for row in reader.rows()] == [RecordId(case)]
    assert files_of(reader) == []
    plan = reader.plan_seal(SealRequest(to=(stranger.author,), is_full=True))
    assert "not-compared" in {notice.code for notice in plan.warnings}


def test_looking_at_a_bundle_changes_nothing(story: Story) -> None:
    bundle = story.team.sealed(story.one, story.other)
    before = dump(story.other)
    seen = story.other.inspect_bundle(bundle.files)
    assert seen.is_known
    assert seen.is_compared
    assert seen.is_for_me
    assert not seen.is_already_opened
    assert (seen.entry_count, seen.evidence_count) == (6, 1)
    assert (dump(story.other), files_of(story.other)) == (before, [])
    opened(story.other, bundle)
    assert story.other.inspect_bundle(bundle.files).is_already_opened


# Between the look and the seal.


def test_what_came_in_after_the_look_does_not_slip_out(story: Story) -> None:
    plan = story.one.plan_seal(SealRequest(to=(story.other.author,)))
    story.one.add("interview", story.case, {"title": "Came later"})
    out = story.team.out()
    with pytest.raises(NotebookError) as refused:
        story.one.write_sealed(plan, out, Silent())
    assert refused.value.code is Code.BAD_INPUT
    assert list(out.iterdir()) == []


def test_a_no_that_came_in_after_the_look_is_obeyed(story: Story) -> None:
    plan = story.one.plan_seal(SealRequest(to=(story.other.author,)))
    consent_in(story, story.interview, use_team="no")
    with pytest.raises(NotebookError) as refused:
        story.one.seal(plan, story.team.out())
    assert refused.value.code is Code.CONSENT_REFUSED


def test_who_was_sealed_for_is_the_stewards_to_know(story: Story) -> None:
    """A bundle for another member of the team does not say who the readers were."""
    third = story.team.member("Third")
    know(story.one, third)
    know(third, story.one)
    passed(story.one, story.other, story.team)
    result = story.team.sealed(story.one, third)
    logs = [c for n, c in unpacked(third, result.files).items() if n.startswith("data/log/")]
    assert logs
    assert not any(story.other.author.encode() in content for content in logs)
