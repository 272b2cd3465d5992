"""The journal in slices covers what the full check covers, and a check's progress is one line."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.checking import SLICE_ENTRIES
from notebook.health import FILES, JOURNAL, Finding
from notebook.notebook import Notebook
from notebook.progress import Silent
from tests.notebook import support_notebook as support

ENTRIES = SLICE_ENTRIES + 30
PAGE_BYTES = 4096


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "notebook")
    yield made
    made.close()


def fill(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    for number in range(ENTRIES - 1):
        notebook.add("note", case, {"title": f"Note {number}"})


def damage_entry(notebook: Notebook, num: int) -> None:
    db = notebook._core.db
    with db.write():
        db.run("DROP TRIGGER IF EXISTS entry_refuses_update")
        db.run("UPDATE entry SET signature = zeroblob(64) WHERE num = ?", (num,))


def read_through(notebook: Notebook) -> tuple[list[Finding], list[int]]:
    findings: list[Finding] = []
    reached = [0]
    while True:
        read = notebook.check_journal(reached[-1])
        findings += read.findings
        reached.append(read.reached)
        if read.is_last:
            return findings, reached


def test_slices_together_read_every_entry_once(notebook: Notebook) -> None:
    fill(notebook)
    findings, reached = read_through(notebook)
    assert findings == []
    assert reached == [0, SLICE_ENTRIES, ENTRIES]


@pytest.mark.parametrize("num", [1, SLICE_ENTRIES, SLICE_ENTRIES + 1, ENTRIES])
def test_a_damaged_entry_is_found_in_whichever_slice_it_is(notebook: Notebook, num: int) -> None:
    fill(notebook)
    damage_entry(notebook, num)
    findings, _reached = read_through(notebook)
    assert [finding.code for finding in findings] == ["entry-damaged"]
    assert findings[0].record is not None
    assert findings == list(notebook.check(Silent()))


def test_what_is_written_between_two_slices_is_read_too(notebook: Notebook) -> None:
    fill(notebook)
    first = notebook.check_journal(0)
    support.case_in(notebook, "Later")
    assert notebook.check_journal(first.reached).reached == ENTRIES + 1


def test_an_empty_journal_is_one_slice(notebook: Notebook) -> None:
    read = notebook.check_journal(0)
    assert (read.findings, read.reached, read.is_last) == ((), 0, True)


def test_how_it_was_opened_is_said_with_the_first_slice_alone(notebook: Notebook) -> None:
    fill(notebook)
    (notebook.folder / "slots-a").write_bytes(b"")
    assert [finding.code for finding in notebook.check_journal(0).findings] == [
        "slots-copy-damaged"
    ]
    assert notebook.check_journal(SLICE_ENTRIES).findings == ()


def test_a_database_that_cannot_be_read_is_a_finding_and_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "notebook"
    made = support.create(folder)
    fill(made)
    made.close()
    opened = support.unlock(folder)
    # What is cached by the open connection does not help the one of the check.
    with (folder / "notebook.db").open("r+b") as database:
        database.seek(PAGE_BYTES)
        length = (folder / "notebook.db").stat().st_size - PAGE_BYTES
        database.write(bytes(length))
    read = opened.check_journal(0)
    assert [finding.code for finding in read.findings] == ["database-damaged"]
    assert read.is_last
    opened.close()


def leave_a_hole(notebook: Notebook) -> None:
    """Have a page of the file be empty while its content stands in the write-ahead log.

    A log is merged page by page: one whose newest content is younger than what somebody still
    reads is left out, and the file grows beyond it.
    """
    db = notebook._core.db
    fill(notebook)
    with notebook.snapshot():
        fill(notebook)
        db.one("PRAGMA wal_checkpoint(PASSIVE)")


def test_what_stands_in_the_log_still_is_no_damage(notebook: Notebook) -> None:
    leave_a_hole(notebook)
    assert list(notebook.check(Silent())) == []


def test_damage_is_found_although_the_log_is_merged(notebook: Notebook) -> None:
    leave_a_hole(notebook)
    notebook._core.db.one("PRAGMA wal_checkpoint(TRUNCATE)")
    with (notebook.folder / "notebook.db").open("r+b") as database:
        database.seek(-PAGE_BYTES // 2, os.SEEK_END)
        database.write(b"damage")
    assert "database-damaged" in [finding.code for finding in notebook.check(Silent())]


class Line:
    """Progress that remembers each phase."""

    def __init__(self) -> None:
        self.steps: dict[str, list[tuple[int, int]]] = {}

    def step(self, done: int, total: int, what: str = "") -> None:
        self.steps.setdefault(what, []).append((done, total))


def test_progress_names_its_phase_and_never_goes_back(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    record = support.interview_in(notebook, case)
    for content in (b"a" * 300_000, b"b" * 5, b"c" * 200_000):
        notebook.attach(record, io.BytesIO(content), file_name="f")
    line = Line()
    assert list(notebook.check(line)) == []
    assert list(line.steps) == [JOURNAL, FILES]
    for steps in line.steps.values():
        assert steps == sorted(steps)
        assert len({total for _done, total in steps}) == 1
        assert steps[-1][0] == steps[-1][1]
    assert line.steps[FILES][-1] == (500_005, 500_005)


def test_the_extent_counts_entries_and_files(notebook: Notebook) -> None:
    assert (notebook.extent().entry_count, notebook.extent().file_count) == (0, 0)
    case = support.case_in(notebook)
    record = support.interview_in(notebook, case)
    notebook.attach(record, io.BytesIO(b"content"), file_name="f")
    assert notebook.extent().file_count == 1
    assert notebook.extent().entry_count == len(notebook._core.db.all("SELECT num FROM entry"))
