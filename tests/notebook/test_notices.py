"""Gaps, copies, forks, rollbacks and replays: each is said, and nothing is said without a cause."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.journal import Header
from notebook.model import AuthorId, CaseId, RecordId
from notebook.notebook import Notebook
from notebook.notices import ExchangeNotice, NoticeKind, words
from notebook.storage import entries
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import (
    Author,
    Team,
    database,
    forged,
    know,
    log_of,
    opened,
    passed,
    state,
    values,
)


@dataclass(slots=True)
class Story:
    """Two who share a case, and a folder in which a backup of the first one lies."""

    team: Team
    aida: Notebook
    bolat: Notebook
    case: CaseId
    interview: RecordId

    def backup(self) -> Path:
        """A copy of Aida's folder as it is now."""
        database(self.aida).one("PRAGMA wal_checkpoint(TRUNCATE)")
        folder = self.team.folder / "backup"
        shutil.copytree(self.aida.folder, folder)
        return folder

    def restored(self, folder: Path) -> Notebook:
        """Aida's notebook as it was, in place of the one that is lost."""
        return self.team.copy(folder, "restored")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida)
    yield Story(team, aida, bolat, case, support.interview_in(aida, case, account="first"))
    team.close()


def kinds(notebook: Notebook) -> list[str]:
    return [notice.kind.value for notice in notebook.trust.notices()]


def only(notebook: Notebook, kind: NoticeKind) -> ExchangeNotice:
    (found,) = notebook.trust.notices()
    assert found.kind is kind
    return found


def said(notebook: Notebook, notice: ExchangeNotice) -> str:
    return " ".join(words(notice, notebook.author, notebook.trust.people().name))


def test_an_honest_exchange_shows_nothing(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    story.bolat.edit(story.interview, {"account": "second"})
    result = passed(story.bolat, story.aida, story.team)
    assert (result.notices, result.is_again, result.recovered) == ((), False, 0)
    passed(story.aida, story.bolat, story.team, is_full=True)
    story.aida.edit(story.interview, {"account": "third"})
    passed(story.aida, story.bolat, story.team)
    assert kinds(story.aida) == kinds(story.bolat) == []


def test_a_replay_is_known_as_one(story: Story) -> None:
    bundle = story.team.sealed(story.aida, story.bolat)
    assert not opened(story.bolat, bundle).is_again
    again = opened(story.bolat, bundle)
    assert (again.is_again, again.new, again.notices) == (True, 0, ())


# Gaps.


def test_a_gap_says_whose_entries_are_missing_and_how_many(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    story.bolat.edit(story.interview, {"account": "by Bolat"})
    passed(story.bolat, story.aida, story.team)
    for word in ("one", "two", "three"):
        story.aida.edit(story.interview, {"account": word})
    # Bolat is made out to have said that he holds the last two but one of them.
    lost = story.team.sealed(story.aida, story.bolat)
    opened_elsewhere = story.team.copy(closed_copy(story, story.bolat), "elsewhere")
    opened(opened_elsewhere, lost)
    know_each_other_still = story.team.sealed(opened_elsewhere, story.aida, is_full=True)
    opened(story.aida, know_each_other_still)
    story.aida.edit(story.interview, {"account": "four"})
    later = story.team.sealed(story.aida, story.bolat)
    result = opened(story.bolat, later)
    assert result.waiting > 0
    gap = next(n for n in result.notices if n.kind is NoticeKind.GAP)
    assert (gap.author, gap.case, gap.waiting) == (story.aida.author, story.case, result.waiting)
    # Three edits, and the bookkeeping of one bundle sealed and one opened before they were sealed.
    assert gap.count == missing_by_hand(story, story.bolat)
    assert "Aida" in said(story.bolat, gap)
    opened(story.bolat, lost)
    assert NoticeKind.GAP not in {n.kind for n in story.bolat.trust.notices()}


def closed_copy(story: Story, notebook: Notebook) -> Path:
    """A copy of a notebook that stays open."""
    database(notebook).one("PRAGMA wal_checkpoint(TRUNCATE)")
    folder = story.team.folder / f"copy-{notebook.author_name}"
    shutil.copytree(notebook.folder, folder)
    return folder


def missing_by_hand(story: Story, notebook: Notebook) -> int:
    """How many of Aida's entries are neither here nor after the first that waits."""

    def numbers(of: Notebook) -> set[int]:
        rows = database(of).all(
            "SELECT seq FROM entry WHERE author = (SELECT num FROM author WHERE key = ?)",
            (bytes.fromhex(story.aida.author),),
        )
        return {row[0] for row in rows}

    here = numbers(notebook)
    return len({seq for seq in numbers(story.aida) if seq < max(here)} - here)


def test_whose_entries_a_contact_counts_on_is_said_though_nothing_waits_for_them(
    story: Story,
) -> None:
    chen = story.team.member("Chen")
    for one in (story.aida, story.bolat):
        know(one, chen)
        know(chen, one)
    passed(story.aida, chen, story.team)
    folder = story.backup()
    chen.edit(story.interview, {"account": "by Chen"})
    passed(chen, story.bolat, story.team)
    passed(story.bolat, story.aida, story.team)
    passed(story.aida, story.bolat, story.team, is_receipt=True)
    restored = story.restored(folder)
    story.bolat.edit(story.interview, {"account": "by Bolat"})
    delta = story.team.sealed(story.bolat, story.aida)
    assert delta.bundles[0].kind == "delta"
    opened(restored, delta)
    (gap,) = [one for one in restored.trust.notices() if one.author == chen.author]
    assert (gap.kind, gap.case, gap.waiting) == (NoticeKind.GAP, story.case, 0)
    assert gap.contact == story.bolat.author
    assert "Bolat counts on entries of Chen that are not here." in said(restored, gap)
    assert "Ask Bolat for a bundle of everything" in said(restored, gap)
    passed(story.bolat, restored, story.team, is_full=True)
    assert [one for one in restored.trust.notices() if one.author == chen.author] == []
    assert values(restored, story.interview, "account") == ["by Bolat"]


def test_a_bundle_that_did_not_come_is_said_until_it_comes(story: Story) -> None:
    first = story.team.sealed(story.aida, story.bolat)
    story.aida.edit(story.interview, {"account": "second"})
    second = story.team.sealed(story.aida, story.bolat)
    result = opened(story.bolat, second)
    assert result.waiting == 0
    (notice,) = result.notices
    assert (notice.kind, notice.contact, notice.count) == (
        NoticeKind.BUNDLE_MISSING,
        story.aida.author,
        1,
    )
    assert "Aida" in said(story.bolat, notice)
    assert opened(story.bolat, first).notices == ()
    assert kinds(story.bolat) == []


# Copies and forks.


def test_two_sessions_that_go_on_from_one_entry_are_a_copied_notebook(story: Story) -> None:
    copy = story.restored(story.backup())
    story.aida.edit(story.interview, {"account": "here"})
    copy.edit(story.interview, {"account": "there"})
    passed(story.aida, story.bolat, story.team)
    assert kinds(story.bolat) == []
    result = passed(copy, story.bolat, story.team)
    notice = result.notices[0]
    assert (notice.kind, notice.author, notice.count) == (
        NoticeKind.COPIED,
        story.aida.author,
        1,
    )
    assert said(story.bolat, notice).startswith("The notebook of Aida was copied or restored.")
    assert sorted(map(str, values(story.bolat, story.interview, "account"))) == ["here", "there"]
    # The one who was copied is told as well, and mildly.
    passed(story.bolat, story.aida, story.team, is_full=True)
    own = next(n for n in story.aida.trust.notices() if n.kind is NoticeKind.COPIED)
    assert said(story.aida, own).startswith("This notebook was copied or restored")


def test_whoever_was_copied_writes_on_knowing_both_branches(story: Story) -> None:
    copy = story.restored(story.backup())
    story.aida.edit(story.interview, {"account": "here"})
    copy.edit(story.interview, {"account": "there"})
    (here,) = tips_of(story.aida, story.case, story.aida)
    (there,) = tips_of(copy, story.case, story.aida)
    passed(copy, story.bolat, story.team)
    passed(story.bolat, story.aida, story.team, is_full=True)
    # The entry that notes the opening goes on from one, and names the other.
    newest = newest_header(story.aida, story.case)
    assert {newest.prev, *newest.seen} >= {here, there}
    # It is said once.
    story.aida.edit(story.interview, {"questions": "after both"})
    assert newest_header(story.aida, story.case).seen == ()


def test_consent_given_anew_after_a_copy_outlives_the_copys_withdrawal(story: Story) -> None:
    """A withdrawal on the other branch is an ancestor of what is written after it came back."""
    copy = story.restored(story.backup())
    story.aida.edit(story.interview, {"account": "here"})
    copy.withdraw([story.interview], "asked")
    passed(copy, story.bolat, story.team)
    passed(story.bolat, story.aida, story.team, is_full=True)
    assert values(story.aida, story.interview, "account") == []
    story.aida.edit(story.interview, {"account": "agreed anew"})
    assert values(story.aida, story.interview, "account") == ["agreed anew"]


def tips_of(notebook: Notebook, case: CaseId, author: Notebook) -> set[str]:
    return {t.id for t in entries.tips(database(notebook), case) if t.author == author.author}


def newest_header(notebook: Notebook, case: CaseId) -> Header:
    own = [n for n, *_rest in entries.chain(database(notebook), case, notebook.author)]
    return entries.header_of(database(notebook), max(own))


def test_two_entries_with_one_log_and_number_are_a_fork(story: Story, tmp_path: Path) -> None:
    hand = Author(story.aida, story.case)
    first = hand.note()
    twin = Author(story.aida, story.case, log=hand.log, seq=1, prev=first.id)
    one, other = hand.note(), twin.note()
    bundle = forged(story.aida, story.bolat, tmp_path / "b", log_of(first, one, other))
    result = opened(story.bolat, [bundle])
    (notice,) = result.notices
    assert (notice.kind, notice.author, notice.count) == (NoticeKind.FORK, story.aida.author, 1)
    # Both are kept.
    assert len(story.bolat.rows(type="note")) == 3


def test_a_branch_that_only_waits_is_no_copy_yet(story: Story, tmp_path: Path) -> None:
    hand = Author(story.aida, story.case)
    first = hand.note()
    other = Author(story.aida, story.case, seq=1, prev=first.id)
    bundle = forged(story.aida, story.bolat, tmp_path / "b", log_of(hand.note(), other.note()))
    (notice,) = opened(story.bolat, [bundle]).notices
    assert (notice.kind, notice.count, notice.waiting) == (NoticeKind.GAP, 1, 2)
    bundle = forged(story.aida, story.bolat, tmp_path / "c", log_of(first))
    (notice,) = opened(story.bolat, [bundle]).notices
    assert notice.kind is NoticeKind.COPIED


# Rollback and recovery.


def test_a_rollback_is_said_and_what_was_lost_comes_back(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    folder = story.backup()
    story.aida.edit(story.interview, {"account": "lost here, not there"})
    passed(story.aida, story.bolat, story.team)
    lost = story.aida.record(story.interview)
    back = story.restored(folder)
    story.bolat.add("note", story.case, {"title": "By Bolat"})
    result = passed(story.bolat, back, story.team)
    rollback = next(n for n in result.notices if n.kind is NoticeKind.ROLLBACK)
    assert (rollback.contact, rollback.case) == (story.bolat.author, story.case)
    assert said(back, rollback).startswith("Bolat has entries signed by you that are not here.")
    result = passed(story.bolat, back, story.team, is_full=True)
    assert result.recovered == 1
    assert values(back, story.interview, "account") == ["lost here, not there"]
    assert back.record(story.interview) == lost
    assert NoticeKind.ROLLBACK not in {n.kind for n in back.trust.notices()}
    recovered = next(n for n in back.trust.notices() if n.kind is NoticeKind.RECOVERED)
    assert recovered.count == 1
    assert "came back with a bundle by Bolat" in said(back, recovered)
    # The journal goes on after what came back, and everybody ends in the same state.
    back.edit(story.interview, {"account": "and on"})
    (newest,) = back.history(story.interview)[-1:]
    passed(back, story.bolat, story.team)
    assert state(back) == state(story.bolat)
    assert newest.author == back.author
    assert values(story.bolat, story.interview, "account") == ["and on"]


def test_a_restored_notebook_that_lost_nothing_hears_of_no_rollback(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    back = story.restored(story.backup())
    story.bolat.add("note", story.case, {"title": "By Bolat"})
    result = passed(story.bolat, back, story.team)
    assert result.notices == ()


def test_what_was_lost_and_comes_in_the_same_bundle_is_recovered_without_a_rollback(
    story: Story,
) -> None:
    folder = story.backup()
    passed(story.aida, story.bolat, story.team)
    story.aida.edit(story.interview, {"account": "lost"})
    passed(story.aida, story.bolat, story.team)
    back = story.restored(folder)
    result = passed(story.bolat, back, story.team, is_full=True)
    assert result.recovered == 1
    assert {n.kind for n in result.notices} == {NoticeKind.RECOVERED}


# Put aside.


def test_a_notice_that_was_put_aside_stays_aside_until_something_else_happens(
    story: Story,
) -> None:
    story.team.sealed(story.aida, story.bolat)
    story.aida.edit(story.interview, {"account": "second"})
    passed(story.aida, story.bolat, story.team)
    notice = only(story.bolat, NoticeKind.BUNDLE_MISSING)
    story.bolat.trust.put_aside(notice.key)
    assert kinds(story.bolat) == []
    story.aida.edit(story.interview, {"account": "third"})
    assert passed(story.aida, story.bolat, story.team).notices == ()
    story.aida.edit(story.interview, {"account": "fourth"})
    story.team.sealed(story.aida, story.bolat)
    story.aida.edit(story.interview, {"account": "fifth"})
    (other,) = passed(story.aida, story.bolat, story.team).notices
    assert other.key != notice.key
    assert other.count == 2


def test_by_command_line_a_notice_is_put_aside_by_its_digits(story: Story) -> None:
    story.team.sealed(story.aida, story.bolat)
    story.aida.edit(story.interview, {"account": "second"})
    sealed = story.team.sealed(story.aida, story.bolat)
    folder = story.bolat.folder
    story.bolat.close()
    cli = command_line("aside")
    [told] = cli("open", folder, *sealed.files).json["notices"]
    [found] = [one for one in cli("verify", folder).json["findings"] if one["notice"]]
    assert found["notice"] == told["id"]
    shown = cli("verify", folder, is_json=False)
    assert told["id"] in shown.out
    # One that is not known keeps the others from being put aside, too.
    for wrong in ("0" * 32, told["id"][:5], "aida"):
        ran = cli("verify", folder, "--put-aside", told["id"], wrong)
        assert (ran.status, ran.json["error"]["code"]) == (1, "bad-input")
    assert [one for one in cli("verify", folder).json["findings"] if one["notice"]]
    ran = cli("verify", folder, "--put-aside", told["id"][:6].upper())
    assert [one for one in ran.json["findings"] if one["notice"]] == []
    assert cli("open", folder, *sealed.files).json["notices"] == []
    story.bolat = support.unlock(folder)
    story.team.notebooks[1] = story.bolat


def test_by_command_line_opening_says_what_it_has_shown(story: Story, tmp_path: Path) -> None:
    aida, bolat, case = story.aida, story.bolat, story.case
    hand, mine = Author(aida, case), Author(bolat, case)
    first = hand.note()
    twin = Author(aida, case, log=hand.log, seq=1, prev=first.id)
    far = Author(aida, case, seq=7, prev="ab" * 32)
    lost = {"have": {case: {"tips": {bolat.author: ["cd" * 32]}, "lacks": []}}}
    lines = {
        "fork": (log_of(first, hand.note(), twin.note()), None),
        "waits": (log_of(far.note()), None),
        "recovered": (log_of(mine.note()), None),
        "rollback": (log_of(hand.note()), lost),
        "forwarded": (log_of(hand.note()), {"to": ["ab" * 32]}),
    }
    files = {
        name: forged(aida, bolat, tmp_path / name, log, said=said)
        for name, (log, said) in lines.items()
    }
    folder = bolat.folder
    bolat.close()
    cli = command_line("opening")
    ran = cli("open", folder, files["fork"])
    told = {name: ran.json[name] for name in ("waiting", "forks", "rollback", "recovered")}
    assert told == {"waiting": 0, "forks": 1, "rollback": 0, "recovered": 0}
    assert (ran.json["forwarded"], ran.json["again"]) == ([], [])
    ran = cli("open", folder, *files.values())
    told = {name: ran.json[name] for name in ("waiting", "forks", "rollback", "recovered")}
    # What came back began where Bolat's journal had begun anew.
    assert told == {"waiting": 1, "forks": 2, "rollback": 1, "recovered": 1}
    assert ran.json["forwarded"] == [str(files["forwarded"])]
    assert ran.json["again"] == [str(files["fork"])]
    shown = {notice["code"] for notice in ran.json["notices"]}
    assert shown == {"gap", "fork", "copied", "rollback", "recovered"}
    story.bolat = story.team.notebooks[1] = support.unlock(folder)


# People.


def test_an_author_who_is_no_contact_is_named_by_who_passed_them_on(story: Story) -> None:
    chen = story.team.member("Chen")
    know(story.bolat, chen)
    know(chen, story.bolat)
    passed(story.aida, story.bolat, story.team)
    passed(story.bolat, chen, story.team)
    (line, *_rest) = chen.history(story.interview)
    assert (line.author, line.author_name, line.passed_on_by) == (story.aida.author, "", "Bolat")
    digits = f"{line.author[:4]} {line.author[4:8]}"
    assert chen.trust.people().name(line.author) == f"unknown author {digits}, passed on by Bolat"
    assert chen.trust.people().name(AuthorId("00" * 32)) == "unknown author 0000 0000"
    know(chen, story.aida)
    (line, *_rest) = chen.history(story.interview)
    assert (line.author_name, line.passed_on_by) == ("Aida", "")


def test_two_cases_that_claim_one_record_are_said(story: Story, tmp_path: Path) -> None:
    passed(story.aida, story.bolat, story.team)
    hand = Author(story.aida, CaseId("ab" * 16))
    bundle = forged(story.aida, story.bolat, tmp_path / "b", log_of(hand.note(story.interview)))
    opened(story.bolat, [bundle])
    notice = only(story.bolat, NoticeKind.TWINS)
    assert notice.record == story.interview
    assert "same record" in said(story.bolat, notice)


def test_a_bundle_for_others_that_was_passed_on_is_told_apart(story: Story, tmp_path: Path) -> None:
    hand = Author(story.aida, story.case)
    bundle = forged(
        story.aida, story.bolat, tmp_path / "b", log_of(hand.note()), said={"to": ["ab" * 32]}
    )
    with pytest.raises(NotebookError) as refused:
        opened(story.bolat, [bundle])
    assert refused.value.code is Code.FORWARDED
