"""Checks find what is damaged, say it once, and delete nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.head import NO_ENTRY, HeadState
from notebook import health
from notebook.health import Severity
from notebook.notebook import Notebook
from notebook.progress import Cancelled
from tests.notebook import support_notebook as support
from tests.notebook.support_replicas import AUTHORS, READER, Replica, Workshop


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    workshop = Workshop(tmp_path)
    made = workshop.replica(AUTHORS[0])
    made.add("case", None, {"title": "Case"})
    made.add("case", None, {"title": "Other"})
    yield made
    workshop.close()


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "notebook")
    yield made
    made.close()


def newest(replica: Replica) -> bytes:
    return bytes.fromhex(replica.journal()[-1].id)


def head(count: int, newest_id: bytes, generation: int = 0) -> HeadState:
    return HeadState(entry_count=count, newest_entry_id=newest_id, generation=generation)


def codes(stored: HeadState | None, replica: Replica) -> list[str]:
    return [finding.code for finding in health.check_head(stored, replica.db)]


def test_a_head_that_fits_says_nothing(replica: Replica) -> None:
    assert codes(head(2, newest(replica)), replica) == []


def test_a_head_that_is_behind_says_nothing(replica: Replica) -> None:
    older = bytes.fromhex(replica.journal()[0].id)
    assert codes(head(1, older), replica) == []
    assert codes(head(0, NO_ENTRY), replica) == []


@pytest.mark.parametrize(
    ("count", "generation"), [(3, 0), (2, 1), (1, 0)], ids=["count", "generation", "id alone"]
)
def test_a_head_that_knows_more_tells_of_lost_entries(
    count: int, generation: int, replica: Replica
) -> None:
    unknown = b"\xee" * 32 if generation == 0 else newest(replica)
    assert codes(head(count, unknown, generation), replica) == ["entries-lost"]


def test_a_missing_head_matters_once_something_was_written(
    replica: Replica, tmp_path: Path
) -> None:
    assert codes(None, replica) == ["head-damaged"]
    empty = Workshop(tmp_path / "empty")
    (tmp_path / "empty").mkdir()
    assert codes(None, empty.replica(READER)) == []
    empty.close()


def test_a_whole_notebook_has_no_findings(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    record = support.interview_in(notebook, case)
    notebook.attach(record, io.BytesIO(b"content"), file_name="a")
    assert notebook.drafts.all() == []
    assert notebook.verify() == []


def test_a_stray_file_is_a_notice_and_stays(notebook: Notebook) -> None:
    support.case_in(notebook)
    stray = notebook.folder / "objects" / "ab" / ("ab" * 16 + ".part")
    stray.parent.mkdir(mode=0o700)
    stray.write_bytes(b"left by a crash")
    (finding,) = notebook.verify()
    assert (finding.code, finding.severity) == ("stray-files", Severity.NOTICE)
    assert stray.exists()


def test_entries_that_wait_are_a_notice(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    author, reader = workshop.replica(AUTHORS[0]), workshop.replica(READER)
    case = author.add("case", None, {"title": "Case"})
    author.edit(case, {"title": "Later"})
    reader.take(author.journal()[1:])
    (finding,) = health.check_waiting(reader.db)
    assert (finding.code, finding.severity) == ("entries-missing", Severity.NOTICE)
    reader.take(author.journal())
    assert list(health.check_journal(reader.db, Watching())) == []
    workshop.close()


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("entry", "UPDATE entry SET signature = zeroblob(64) WHERE num = 2"),
        ("entry", "UPDATE entry SET header = zeroblob(9) WHERE num = 2"),
        ("content", "UPDATE content SET value = zeroblob(9) WHERE part / 4096 = 2"),
        ("frame", "UPDATE frame SET frame = zeroblob(9) WHERE part / 4096 = 2"),
    ],
)
def test_a_damaged_entry_is_named_and_costs_only_itself(
    table: str, damage: str, replica: Replica
) -> None:
    replica.db.run(f"DROP TRIGGER {table}_refuses_update")
    replica.db.run(damage)
    findings = list(health.check_journal(replica.db, Watching()))
    assert [finding.code for finding in findings] == ["entry-damaged"]
    assert "2" in findings[0].what


class Watching:
    """Progress that counts, and cancels when it is told to."""

    def __init__(self, cancel_at: int = 10**9) -> None:
        self.steps = 0
        self._cancel_at = cancel_at

    def step(self, done: int, total: int, what: str = "") -> None:
        assert 0 <= done <= total
        self.steps += 1
        if self.steps >= self._cancel_at:
            raise Cancelled


def test_a_check_can_be_cancelled_and_the_notebook_goes_on(notebook: Notebook) -> None:
    support.case_in(notebook)
    with pytest.raises(Cancelled):
        notebook.verify(progress=Watching(cancel_at=1))
    with pytest.raises(Cancelled):
        notebook.verify(rebuild=True, progress=Watching(cancel_at=1))
    assert len(notebook.cases()) == 1
    assert notebook.verify() == []


def test_slots_that_were_damaged_since_the_unlock_are_found(notebook: Notebook) -> None:
    copies = [notebook.folder / name for name in ("slots-a", "slots-b")]
    whole = copies[0].read_bytes()
    damaged = bytes([*whole[:-1], whole[-1] ^ 1])
    for broken, code in (
        (copies[:1], "slots-copy-damaged"),
        (copies[1:], "slots-copy-damaged"),
        (copies, "slots-damaged"),
    ):
        for copy in copies:
            copy.write_bytes(damaged if copy in broken else whole)
        (found,) = notebook.verify()
        assert (found.code, found.severity) == (code, Severity.DAMAGE)
        # A check tells, and writes nothing anew.
        assert [copy.read_bytes() != whole for copy in copies] == [c in broken for c in copies]
    for copy in copies:
        copy.write_bytes(whole)
    assert notebook.verify() == []
