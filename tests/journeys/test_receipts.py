"""Receipts: what is held is said, nothing is brought, and nothing is sent for them alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook import envelope
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import (
    Team,
    database,
    dump,
    know,
    opened,
    passed,
    unpacked,
    values,
)


@dataclass(slots=True)
class Story:
    team: Team
    aida: Notebook
    bolat: Notebook
    case: CaseId
    interview: RecordId


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida, "Spring")
    interview = support.interview_in(aida, case)
    aida.attach(interview, io.BytesIO(b"what was recorded"), file_name="record.bin")
    yield Story(team, aida, bolat, case, interview)
    team.close()


def lacking(notebook: Notebook, contact: Notebook) -> tuple[int, int]:
    (held,) = notebook.trust.holdings(contact.author)
    return held.entries_lacking, held.files_lacking


def test_what_a_contact_holds_is_known_from_their_receipt(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    (held,) = story.aida.trust.holdings(story.bolat.author)
    assert (held.title, held.said_on, held.up_to) == ("Spring", "", "")
    # Case, interview, evidence and its custody.
    assert lacking(story.aida, story.bolat) == (4, 1)
    # Having received alone is nothing to send.
    asked = SealRequest(to=(story.aida.author,))
    assert story.bolat.plan_seal(asked).is_empty
    receipt = story.team.sealed(story.bolat, story.aida, is_receipt=True)
    before = dump(story.aida)["entry"]
    result = opened(story.aida, receipt)
    assert (result.kind, result.new, result.present, result.notices) == ("receipt", 0, 0, ())
    assert dump(story.aida)["entry"] == before
    (held,) = story.aida.trust.holdings(story.bolat.author)
    assert held.said_on == "2026-03-05"
    assert held.up_to
    assert lacking(story.aida, story.bolat) == (0, 0)
    assert story.aida.plan_seal(SealRequest(to=(story.bolat.author,))).is_empty
    story.aida.edit(story.interview, {"account": "more"})
    assert lacking(story.aida, story.bolat) == (1, 0)
    assert story.team.sealed(story.aida, story.bolat).bundles[0].kind == "delta"


def test_a_receipt_brings_nothing_and_says_nothing_in_the_journal(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    before = dump(story.bolat)["entry"]
    receipt = story.team.sealed(story.bolat, story.aida, is_receipt=True)
    assert dump(story.bolat)["entry"] == before
    names = unpacked(story.aida, receipt.files)
    assert not [name for name in names if name.startswith(("data/log/", "data/evidence/"))]
    text = b"".join(names.values())
    assert b"Spring" not in text
    assert story.aida.author.encode() in names["envelope.json"]


def test_a_receipt_speaks_of_shared_cases_only_and_to_each_of_their_own(story: Story) -> None:
    chen = story.team.member("Chen")
    know(story.bolat, chen)
    know(chen, story.bolat)
    other = support.case_in(chen, "Autumn")
    passed(story.aida, story.bolat, story.team)
    passed(chen, story.bolat, story.team)
    secret = support.case_in(story.bolat, "Nobody else's")
    result = story.team.sealed(story.bolat, story.aida, chen, is_receipt=True)
    assert [bundle.readers for bundle in result.bundles] == [(story.aida.author,), (chen.author,)]
    for bundle, reader, case in zip(
        result.bundles, (story.aida, chen), (story.case, other), strict=True
    ):
        seen = reader.inspect_bundle(bundle.files)
        assert (seen.kind, seen.cases) == ("receipt", (case,))
    asked = {"is_receipt": True, "cases": (secret,)}
    named = story.team.sealed(story.bolat, story.aida, **asked)
    assert story.aida.inspect_bundle(named.files).cases == (secret,)


def test_there_is_no_receipt_for_who_never_sealed_anything(story: Story) -> None:
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author,), is_receipt=True))
    assert plan.is_empty
    assert story.team.sealed(story.aida, story.bolat, is_receipt=True).files == ()


def test_what_a_receipt_lacks_is_sent_with_the_next_bundle(story: Story) -> None:
    passed(story.aida, story.bolat, story.team, without_media=True)
    opened(story.aida, story.team.sealed(story.bolat, story.aida, is_receipt=True))
    assert lacking(story.aida, story.bolat) == (0, 1)
    assert passed(story.aida, story.bolat, story.team).kind == "delta"
    opened(story.aida, story.team.sealed(story.bolat, story.aida, is_receipt=True))
    assert lacking(story.aida, story.bolat) == (0, 0)


def test_news_that_a_receipt_speaks_of_are_no_alarm(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    support.interview_in(story.bolat, story.case)
    result = opened(story.aida, story.team.sealed(story.bolat, story.aida, is_receipt=True))
    assert result.notices == ()
    (held,) = story.aida.trust.holdings(story.bolat.author)
    assert held.more_than_here == 1


def test_a_receipt_names_what_a_rolled_back_notebook_has_lost(story: Story, tmp_path: Path) -> None:
    folder = story.aida.folder
    story.team.notebooks.remove(story.aida)
    story.aida.close()
    old = story.team.copy(folder, "old")
    new = story.team.copy(folder, "new")
    new.edit(story.interview, {"account": "lost"})
    passed(new, story.bolat, story.team)
    result = opened(old, story.team.sealed(story.bolat, old, is_receipt=True))
    assert [notice.kind.value for notice in result.notices] == ["rollback"]


@pytest.mark.parametrize("is_late_last", [True, False])
def test_of_two_receipts_that_do_not_follow_each_other_only_what_both_say_counts(
    story: Story, *, is_late_last: bool
) -> None:
    """Bolat goes on with a backup; a receipt that he sealed before the loss is on its way."""
    passed(story.aida, story.bolat, story.team)
    passed(story.bolat, story.aida, story.team, is_receipt=True)
    folder = story.bolat.folder
    story.team.notebooks.remove(story.bolat)
    story.bolat.close()
    backup = story.team.copy(folder, "backup")
    now = story.team.copy(folder, "now")
    story.aida.edit(story.interview, {"account": "before the loss"})
    story.aida.attach(story.interview, io.BytesIO(b"second"), file_name="second.bin")
    passed(story.aida, now, story.team)
    late = story.team.sealed(now, story.aida, is_receipt=True)
    # The backup lost a file, and says so.
    lost = next(row for row in backup.rows(type="evidence"))
    database(backup).run(
        "DELETE FROM object WHERE sha256 = ?", (bytes.fromhex(backup.sha256_of(lost.id)),)
    )
    after = story.team.sealed(backup, story.aida, is_receipt=True)
    for receipt in (after, late) if is_late_last else (late, after):
        opened(story.aida, receipt)
    passed(story.aida, backup, story.team)
    assert values(backup, story.interview, "account") == ["before the loss"]
    for row in backup.rows(type="evidence"):
        with backup.evidence_content(row.id) as file:
            assert file.read() in (b"what was recorded", b"second")
    assert len(backup.rows(type="evidence")) == 2


def test_an_older_receipt_that_comes_late_changes_nothing_of_what_is_known(story: Story) -> None:
    passed(story.aida, story.bolat, story.team)
    first = story.team.sealed(story.bolat, story.aida, is_receipt=True)
    story.aida.edit(story.interview, {"account": "more"})
    passed(story.aida, story.bolat, story.team)
    opened(story.aida, story.team.sealed(story.bolat, story.aida, is_receipt=True))
    known = dump(story.aida)["holding"]
    opened(story.aida, first)
    assert dump(story.aida)["holding"] == known
    assert lacking(story.aida, story.bolat) == (0, 0)


def test_what_an_envelope_said_is_not_read_again_when_it_comes_again(story: Story) -> None:
    chen = story.team.member("Chen")
    know(story.bolat, chen)
    know(chen, story.bolat)
    passed(story.aida, story.bolat, story.team)
    passed(story.bolat, chen, story.team)
    chen.edit(story.interview, {"account": "by Chen"})
    passed(chen, story.bolat, story.team)
    first = story.team.sealed(story.bolat, story.aida, is_receipt=True)
    opened(story.aida, first)
    chen.edit(story.interview, {"account": "by Chen again"})
    passed(chen, story.bolat, story.team)
    opened(story.aida, story.team.sealed(story.bolat, story.aida, is_receipt=True))
    named = dump(story.aida)["named_tip"]
    assert named
    assert opened(story.aida, first).is_again
    assert dump(story.aida)["named_tip"] == named


def test_a_bundle_whose_envelope_would_be_too_long_to_be_read_says_less_or_is_not_made(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed(story.aida, story.bolat, story.team)
    support.interview_in(story.bolat, story.case, title="News")
    usual = story.team.sealed(story.bolat, story.aida)
    size = len(unpacked(story.aida, usual.files)["envelope.json"])
    monkeypatch.setattr(envelope, "MAX_BYTES", size - 1)
    entries, files = lacking(story.aida, story.bolat)
    assert passed(story.bolat, story.aida, story.team).new == 1
    # Nothing is known of what they hold, not even of what they sent: all of it would go again.
    assert lacking(story.aida, story.bolat) == (entries + 1, files)
    monkeypatch.setattr(envelope, "MAX_BYTES", 100)
    for is_receipt in (False, True):
        with pytest.raises(NotebookError) as trouble:
            story.team.sealed(story.bolat, story.aida, is_full=True, is_receipt=is_receipt)
        assert trouble.value.code is Code.BAD_INPUT
        assert list((story.team.folder).glob("out*/*.part")) == []


def test_a_receipt_by_command_line(story: Story, tmp_path: Path) -> None:
    passed(story.aida, story.bolat, story.team)
    folder = story.bolat.folder
    story.team.notebooks.remove(story.bolat)
    story.bolat.close()
    cli = command_line("receipt")
    ran = cli("seal", folder, "--to", "Aida", "--receipt", "--out", tmp_path / "out")
    (bundle,) = ran.json["bundles"]
    assert (ran.status, bundle["kind"], len(bundle["files"])) == (0, "receipt", 1)
    assert cli("seal", folder, "--to", "Aida", "--receipt", "--full", "--out", "x").status == 2
    opened(story.aida, [Path(name) for name in bundle["files"]])
    assert lacking(story.aida, story.bolat) == (0, 0)
