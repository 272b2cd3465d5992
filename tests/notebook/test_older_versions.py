"""Notebooks of older versions open for ever; a kill on the way up to date loses nothing.

`tests/golden/notebook_stepN.tar` is the folder of an invented notebook, written when the schema
had N steps: two authors, a file, an edit, a withdrawal.
"""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path

import pytest

from notebook.health import Severity
from notebook.notebook import Notebook
from notebook.storage import affairs
from notebook.storage import database as storage_database
from notebook.storage.database import Database
from tests.notebook import support_notebook

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("notebook_step*.tar"))
PASSPHRASE = "an older notebook opens for ever"
STOPPED = 9


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "older"
    # By hand: Python 3.11.2, which Debian has, does not know how to unpack with care.
    with tarfile.open(request.param) as archive:
        for member in archive:
            path = folder / member.name
            if member.isdir():
                path.mkdir(mode=0o700)
            else:
                content = archive.extractfile(member)
                assert content is not None
                path.write_bytes(content.read())
                path.chmod(0o600)
    return folder


def unlock(folder: Path, *, is_reading: bool = False) -> Notebook:
    return Notebook.unlock(
        folder,
        PASSPHRASE,
        environment=support_notebook.environment("older"),
        is_reading=is_reading,
    )


def shown(notebook: Notebook) -> dict[str, list[str]]:
    """Titles of all records by type, and what their histories hold."""
    return {row.title: [line.kind for line in notebook.history(row.id)] for row in notebook.rows()}


def expect_whole(folder: Path) -> None:
    notebook = unlock(folder)
    try:
        assert notebook.status().findings == ()
        assert not [f for f in notebook.verify() if f.severity is not Severity.NOTICE]
        held = shown(notebook)
        assert set(held) == {
            "Invented case of an older version",
            "Invented interview, edited by A",
            "Note of A",
            "note.txt",
        }
        assert [row.title for row in notebook.find("сөз")] == ["Invented interview, edited by A"]
        assert notebook.find("gone") == []
        assert not [f for f in notebook.verify(rebuild=True) if f.severity is not Severity.NOTICE]
        assert shown(notebook) == held
    finally:
        notebook.close()


def test_there_is_a_folder_of_an_older_version() -> None:
    assert [int(re.sub(r"\D", "", path.stem)) for path in GOLDEN] == [6]


def test_it_opens_whole_and_is_written_on(older: Path) -> None:
    expect_whole(older)
    notebook = unlock(older)
    words = notebook.status().head_words
    case = next(row.case for row in notebook.cases())
    added = notebook.add("note", case, {"title": "Of today"})[0]
    notebook.close()
    again = unlock(older, is_reading=True)
    assert [line.kind for line in again.history(added)] == ["op"]
    assert again.status().head_words != words
    assert again.status().findings == ()
    again.close()


def test_what_was_counted_before_is_counted_on(older: Path) -> None:
    notebook = unlock(older, is_reading=True)
    before = affairs.generation(notebook._core.base)
    notebook.close()
    assert before > 1
    unlock(older).close()
    notebook = unlock(older, is_reading=True)
    assert affairs.generation(notebook._core.base) == before + 1
    notebook.close()


def test_a_kill_at_any_statement_of_the_way_up_loses_nothing(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = 0
    while (ended := _unlock_until(older, statement, monkeypatch)) == STOPPED:
        statement += 1
    assert ended == 0
    assert statement > 5
    expect_whole(older)


def _unlock_until(folder: Path, statement: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Unlock in a process that ends at a statement of the way up; 0 when it came through."""
    pid = os.fork()
    if pid == 0:
        try:
            _end_at(statement, monkeypatch)
            unlock(folder, is_reading=True)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _end_at(statement: int, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate, run, left = Database._migrate, Database.run, statement

    def counted(self: Database, sql: str, values: object = ()) -> int:
        nonlocal left
        if left == 0:
            os._exit(STOPPED)
        left -= 1
        return run(self, sql, values)  # type: ignore[arg-type]  # as they come

    def stopped(self: Database, schema: str) -> None:
        if len(storage_database._steps(schema)) > int(self.one("PRAGMA user_version")[0]):
            monkeypatch.setattr(Database, "run", counted)
        migrate(self, schema)
        monkeypatch.setattr(Database, "run", run)

    monkeypatch.setattr(Database, "_migrate", stopped)
