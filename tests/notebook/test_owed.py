"""Who must be told of a withdrawal, who was, and what waits for a person's word here."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.owed import State
from notebook.progress import Silent
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import (
    Team,
    database,
    files_of,
    know,
    opened,
    passed,
    values,
)

SECRET = "It was dawn."


@dataclass(slots=True)
class Story:
    """Aida, steward and author, and Bolat, who holds a bundle of hers; a third who holds none."""

    team: Team
    aida: Notebook
    bolat: Notebook
    third: Notebook
    case: CaseId
    talk: RecordId
    file: RecordId

    def states(self) -> dict[str, State]:
        """Who must be told of the interview, and how far that is."""
        return {one.name: one.state for one in self.aida.owed() if one.record == self.talk}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat, third = team.members("Aida", "Bolat", "Third")
    case = support.case_in(aida)
    talk = support.interview_in(aida, case, account=SECRET)
    file = aida.attach(talk, io.BytesIO(b"sound" * 50), file_name="talk.ogg")[0]
    yield Story(team, aida, bolat, third, case, talk, file)
    team.close()


# Who must be told.


def test_nobody_is_owed_a_notice_before_anything_was_sent(story: Story) -> None:
    story.aida.withdraw([story.talk], "asked")
    assert story.aida.owed() == []


def test_whoever_was_sent_it_is_owed_a_notice_until_it_is_sealed_and_then_acknowledged(
    story: Story,
) -> None:
    first = story.team.sealed(story.aida, story.bolat)
    opened(story.bolat, first)
    story.aida.withdraw([story.talk], "asked")
    (owed,) = [one for one in story.aida.owed() if one.record == story.talk]
    assert (owed.name, owed.bundle, owed.state) == ("Bolat", first.bundles[0].bundle, State.OWED)
    assert owed.day == "2026-03-05"
    notice = story.team.sealed(story.aida, story.bolat)
    assert story.states() == {"Bolat": State.SEALED}
    opened(story.bolat, notice)
    assert values(story.bolat, story.talk, "account") == []
    story.bolat.edit(RecordId(story.case), {"summary": "seen"})
    passed(story.bolat, story.aida, story.team)
    assert story.states() == {"Bolat": State.ACKNOWLEDGED}


def test_what_another_withdrew_is_owed_to_whom_it_was_sealed_for_here(story: Story) -> None:
    """Bolat's own record: Aida holds it, sealed it on, and owes the notice when he withdraws."""
    passed(story.aida, story.bolat, story.team)
    told = support.interview_in(story.bolat, story.case, title="Told to Bolat", account=SECRET)
    passed(story.bolat, story.aida, story.team)
    story.team.sealed(story.aida, story.third)
    story.bolat.withdraw([told], "asked")
    passed(story.bolat, story.aida, story.team)
    owed = {one.name: one.state for one in story.aida.owed() if one.record == told}
    assert owed == {"Third": State.OWED}
    story.team.sealed(story.aida, story.third)
    owed = {one.name: one.state for one in story.aida.owed() if one.record == told}
    assert owed == {"Third": State.SEALED}


def sealed_on_by_bolat(story: Story) -> None:
    """Bolat passes the case on to the third, and Aida, its steward, learns for whom he sealed."""
    passed(story.aida, story.bolat, story.team)
    passed(story.bolat, story.third, story.team)
    story.bolat.edit(RecordId(story.case), {"summary": "passed on"})
    passed(story.bolat, story.aida, story.team)


def test_the_steward_is_told_of_readers_for_whom_others_sealed_it(story: Story) -> None:
    sealed_on_by_bolat(story)
    story.aida.withdraw([story.talk], "asked")
    owed = {one.name: one for one in story.aida.owed() if one.record == story.talk}
    assert {name: one.sealed_by for name, one in owed.items()} == {"Bolat": "", "Third": "Bolat"}
    assert owed["Third"].state is State.OWED
    assert owed["Third"].day == "2026-03-05"
    assert story.aida.unseen_readers() == []
    # Bolat tells the third, and Aida hears of that, too.
    passed(story.aida, story.bolat, story.team)
    passed(story.bolat, story.third, story.team)
    story.bolat.edit(RecordId(story.case), {"summary": "told"})
    passed(story.bolat, story.aida, story.team)
    owed = {one.name: one for one in story.aida.owed() if one.record == story.talk}
    assert owed["Third"].state is State.SEALED
    assert owed["Third"].told_on == "2026-03-05"


def test_a_reader_who_is_no_contact_is_named_with_whom_to_ask(story: Story) -> None:
    stranger = story.team.member("Stranger")
    know(story.bolat, stranger)
    passed(story.aida, story.bolat, story.team)
    story.team.sealed(story.bolat, stranger)
    story.bolat.edit(RecordId(story.case), {"summary": "passed on"})
    passed(story.bolat, story.aida, story.team)
    story.aida.withdraw([story.talk], "asked")
    (owed,) = [one for one in story.aida.owed() if one.contact == stranger.author]
    assert (owed.is_contact, owed.sealed_by) == (False, "Bolat")
    assert owed.name.startswith("unknown author ")
    story.team.notebooks.remove(story.aida)
    story.aida.close()
    cli, folder = command_line("again"), story.aida.folder
    ran = cli("withdraw", folder, story.file, "--reason=-", stdin="asked")
    assert "who is no contact of yours: ask Bolat." in ran.err
    shown = cli("withdrawals", folder).json
    assert stranger.author in {one["contact"] for one in shown["owed"]}
    assert shown["unseen"] == []


def test_what_others_sealed_of_other_records_or_knowing_of_it_owes_nothing(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    story.bolat.edit(RecordId(story.case), {"summary": "seen"})
    passed(story.bolat, story.aida, story.team)
    later = support.interview_in(story.aida, story.case, title="Later")
    story.aida.withdraw([story.talk], "asked")
    passed(story.aida, story.bolat, story.team)
    # He sealed it when he knew; of what came later he seals before it is withdrawn.
    passed(story.bolat, story.third, story.team)
    story.bolat.edit(RecordId(story.case), {"summary": "passed on"})
    passed(story.bolat, story.aida, story.team)
    assert "Third" not in story.states()
    story.aida.withdraw([later], "asked")
    assert {one.name for one in story.aida.owed() if one.record == later} == {"Bolat", "Third"}


def test_to_others_than_the_steward_the_bundles_are_counted(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    told = support.interview_in(story.bolat, story.case, title="Told to Bolat")
    passed(story.bolat, story.aida, story.team)
    story.team.sealed(story.aida, story.third)
    story.aida.edit(RecordId(story.case), {"summary": "passed on"})
    passed(story.aida, story.bolat, story.team)
    assert story.bolat.unseen_readers() == []
    story.bolat.withdraw([told], "asked")
    # That the last bundle was for Bolat himself does not stand inside it.
    (unseen,) = story.bolat.unseen_readers()
    assert (unseen.record, unseen.name, unseen.count) == (told, "Aida", 1)
    assert [one.name for one in story.bolat.owed()] == ["Aida"]
    story.team.notebooks.remove(story.bolat)
    story.bolat.close()
    shown = command_line("again")("withdrawals", story.bolat.folder)
    assert [one["bundles"] for one in shown.json["unseen"]] == [1]


def test_whoever_was_sent_other_records_only_is_not_owed_one(story: Story) -> None:
    other = support.interview_in(story.aida, story.case, title="Other")
    story.team.sealed(story.aida, story.bolat, records=(other,))
    story.team.sealed(story.aida, story.third)
    story.aida.withdraw([story.talk], "asked")
    assert story.states() == {"Third": State.OWED}


def test_whoever_is_known_to_hold_it_by_another_way_is_owed_one_too(story: Story) -> None:
    opened(story.bolat, story.team.sealed(story.aida, story.bolat))
    passed(story.bolat, story.third, story.team)
    story.third.edit(RecordId(story.case), {"summary": "by another way"})
    passed(story.third, story.aida, story.team)
    story.aida.withdraw([story.talk], "asked")
    assert story.states() == {"Bolat": State.OWED, "Third": State.OWED}


def test_a_bundle_that_was_not_noted_owes_nothing(story: Story) -> None:
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author,)))
    story.aida.write_sealed(plan, story.team.out(), Silent()).drop()
    story.aida.withdraw([story.talk], "asked")
    assert story.states() == {}


def test_when_the_withdrawal_is_all_that_is_new_the_bundle_says_so(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    story.bolat.edit(RecordId(story.case), {"summary": "seen"})
    passed(story.bolat, story.aida, story.team)
    story.aida.withdraw([story.talk], "asked")
    assert story.team.sealed(story.aida, story.bolat).bundles[0].kind == "withdrawal"
    story.aida.edit(RecordId(story.case), {"summary": "and more"})
    assert story.team.sealed(story.aida, story.bolat).bundles[0].kind == "delta"


def test_a_notice_is_sealed_also_to_those_whom_consent_gives_nothing(story: Story) -> None:
    consent = story.aida.add(
        "consent",
        story.case,
        {"title": "C", "covers": [story.talk, story.file], "use_partner": "yes"},
    )[0]
    opened(story.bolat, story.team.sealed(story.aida, story.bolat, purpose="partner"))
    story.aida.withdraw([consent, story.talk, story.file], "asked")
    opened(story.bolat, story.team.sealed(story.aida, story.bolat, purpose="partner"))
    assert values(story.bolat, story.talk, "account") == []
    assert files_of(story.bolat) == []


def test_a_notice_goes_with_chosen_records_and_past_what_is_left_out(story: Story) -> None:
    other = support.interview_in(story.aida, story.case, title="Other")
    passed(story.aida, story.bolat, story.team)
    story.aida.withdraw([story.talk], "asked")
    left = frozenset({story.talk})
    passed(story.aida, story.bolat, story.team, records=(other,), leave_out=left)
    assert values(story.bolat, story.talk, "account") == []


def test_a_notice_goes_alone_where_consent_stops_other_records(story: Story) -> None:
    other = support.interview_in(story.aida, story.case, title="Other")
    passed(story.aida, story.bolat, story.team)
    story.aida.add("consent", story.case, {"title": "No", "covers": [other], "use_team": "no"})
    story.aida.edit(other, {"account": "not for them"})
    story.aida.withdraw([story.talk], "asked")
    with pytest.raises(NotebookError) as refused:
        story.team.sealed(story.aida, story.bolat)
    assert refused.value.code is Code.CONSENT_REFUSED
    passed(story.aida, story.bolat, story.team, records=(story.talk,))
    assert values(story.bolat, story.talk, "account") == []
    assert "not for them" not in values(story.bolat, other, "account")
    assert story.states() == {"Bolat": State.SEALED}


# What waits for a word here.


def withdrawn_by_another(story: Story, *fields: str) -> None:
    """Bolat, who made neither the record nor the case, withdraws."""
    passed(story.aida, story.bolat, story.team)
    story.bolat.withdraw([story.talk, story.file], "she called me", *([fields] if fields else []))
    passed(story.bolat, story.aida, story.team)


def secrets(notebook: Notebook) -> int:
    rows = database(notebook).all("SELECT value FROM content")
    return sum(SECRET.encode() in row[0] for row in rows)


def test_what_another_withdrew_is_hidden_and_waits_and_can_be_left_so(story: Story) -> None:
    withdrawn_by_another(story)
    pending = {one.record: one for one in story.aida.pending_withdrawals()}
    assert set(pending) == {story.talk, story.file}
    talk = pending[story.talk]
    assert (talk.name, talk.reason, talk.fields) == ("Bolat", "she called me", ("*",))
    assert story.aida.rows(type="interview") == []
    assert secrets(story.aida) == 1
    assert len(files_of(story.aida)) == 1
    assert story.aida.owed() == []


def test_a_word_here_destroys_it_with_its_file(story: Story) -> None:
    withdrawn_by_another(story)
    story.aida.withdraw([story.talk, story.file], "confirmed")
    assert story.aida.pending_withdrawals() == []
    assert secrets(story.aida) == 0
    assert files_of(story.aida) == []
    assert story.aida.verify() == []


def test_what_waits_is_not_sealed_for_anybody(story: Story) -> None:
    withdrawn_by_another(story)
    plan = story.aida.plan_seal(SealRequest(to=(story.third.author,)))
    (shown,) = story.aida.preview_seal(plan)
    assert story.talk not in {record.id for record in shown.records}
    opened(story.third, story.team.sealed(story.aida, story.third))
    assert secrets(story.third) == 0


def test_withdrawing_less_does_not_confirm_more(story: Story) -> None:
    withdrawn_by_another(story)
    story.aida.withdraw([story.talk], "only the title", ["title"])
    assert {one.record for one in story.aida.pending_withdrawals()} == {story.talk, story.file}
    assert secrets(story.aida) == 1


# Fields.


def test_a_field_is_withdrawn_with_its_history_and_the_rest_stays(story: Story) -> None:
    story.aida.edit(story.talk, {"account": "It was noon."})
    story.aida.withdraw([story.talk], "not this", ["account"])
    assert values(story.aida, story.talk, "account") == []
    assert story.aida.record(story.talk).title == "Interview"
    assert secrets(story.aida) == 0
    assert story.aida.find("dawn") == []
    assert [row.id for row in story.aida.find("Interview")] == [story.talk]
    opened(story.bolat, story.team.sealed(story.aida, story.bolat))
    assert values(story.bolat, story.talk, "account") == []


def test_the_hash_withdrawn_takes_the_file_with_it(story: Story) -> None:
    story.aida.withdraw([story.file], "not the sound", ["sha256"])
    assert files_of(story.aida) == []
    assert story.aida.record(story.file).title == "talk.ogg"


def test_a_field_that_there_is_not_cannot_be_withdrawn(story: Story) -> None:
    with pytest.raises(NotebookError) as refused:
        story.aida.withdraw([story.talk], "x", ["nonsense"])
    assert refused.value.code is Code.UNKNOWN_FIELD
    assert secrets(story.aida) == 1


# Drafts.


def keep_draft(story: Story, notebook: Notebook) -> None:
    notebook.drafts.keep(
        Draft(
            id=story.talk,
            type="interview",
            case=story.case,
            is_new=False,
            fields={"account": "typed and not saved", "title": "New title"},
        )
    )


def test_a_draft_goes_with_what_it_was_about(story: Story) -> None:
    keep_draft(story, story.aida)
    story.aida.withdraw([story.talk], "asked")
    assert story.aida.drafts.all() == []


def test_of_a_draft_only_the_withdrawn_field_goes(story: Story) -> None:
    keep_draft(story, story.aida)
    story.aida.withdraw([story.talk], "asked", ["account"])
    (draft,) = story.aida.drafts.all()
    assert dict(draft.fields) == {"title": "New title"}


def test_a_withdrawal_that_comes_with_a_bundle_takes_drafts_too(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    keep_draft(story, story.bolat)
    story.aida.withdraw([story.talk], "asked")
    passed(story.aida, story.bolat, story.team)
    assert story.bolat.drafts.all() == []


# The command line.


def test_withdrawing_on_the_command_line_says_who_is_owed_a_notice(story: Story) -> None:
    know(story.aida, story.bolat)
    sent = story.team.sealed(story.aida, story.bolat)
    story.aida.close()
    cli, folder = command_line("again"), story.aida.folder
    ran = cli("withdraw", folder, story.talk, "--reason=-", "--fields", "account", stdin="asked")
    assert ran.json["owed"] == [
        {
            "contact": story.bolat.author,
            "name": "Bolat",
            "sealed_by": "",
            "bundle": sent.bundles[0].bundle,
            "day": "2026-03-05",
            "record": story.talk,
            "fields": ["account"],
        }
    ]
    assert "Bolat was sent it and must be told" in ran.err
    assert "sealed to others and opened there are out of this program's reach" in ran.err
    assert "account" not in cli("show", folder, story.talk).json["fields"]
    listed = cli("withdrawals", folder).json
    assert [one["state"] for one in listed["owed"]] == ["owed"]
    cli("seal", folder, "--to", "Bolat", "--out", story.team.out())
    listed = cli("withdrawals", folder).json
    assert [one["state"] for one in listed["owed"]] == ["sealed"]
    assert listed["pending"] == []
    ran = cli("withdraw", folder, story.talk, "--reason=-", "--fields", "none", stdin="asked")
    assert ran.code == Code.UNKNOWN_FIELD.value
    assert json.dumps(listed)


def test_what_waits_is_listed_and_confirmed_on_the_command_line(story: Story) -> None:
    withdrawn_by_another(story)
    story.aida.close()
    cli, folder = command_line("again"), story.aida.folder
    listed = cli("withdrawals", folder).json["pending"]
    assert {one["record"] for one in listed} == {story.talk, story.file}
    assert {one["reason"] for one in listed} == {"she called me"}
    cli("withdraw", folder, story.talk, story.file, "--reason=-", stdin="confirmed")
    assert cli("withdrawals", folder).json["pending"] == []
