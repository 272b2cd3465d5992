"""What leaves in clear is whole or absent, its owner's alone, and in custody; else nothing is."""

from __future__ import annotations

import errno
import io
import itertools
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from notebook import disk
from notebook.errors import Code, NotebookError
from notebook.model import AuthorId, Changes, JsonValue, Kind, RecordId
from notebook.notebook import Notebook
from notebook.progress import Cancelled
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Stop, Team, passed
from tests.support import damaged


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def custody_of(notebook: Notebook, record: RecordId) -> list[tuple[AuthorId, dict[str, JsonValue]]]:
    """What custody says of a record, oldest first."""
    return [
        (line.author, dict(line.details))
        for line in notebook.history(record)
        if line.kind is Kind.CUSTODY
    ]


def attached(notebook: Notebook, content: bytes) -> RecordId:
    about = support.interview_in(notebook, support.case_in(notebook))
    return notebook.attach(about, io.BytesIO(content), file_name="f")[0]


def test_a_plain_copy_is_noted_each_time_it_is_made(team: Team, tmp_path: Path) -> None:
    notebook = team.member("Aida")
    evidence = attached(notebook, b"content")
    for turn in range(2):
        changes = notebook.extract(evidence, tmp_path / f"copy{turn}")
        assert evidence in changes.records
    assert custody_of(notebook, evidence) == [(notebook.author, {"what": "extracted"})] * 2
    assert notebook.verify() == []


def test_what_is_looked_at_is_noted_once_a_session(tmp_path: Path) -> None:
    folder = tmp_path / "n"
    notebook = support.create(folder)
    evidence = attached(notebook, b"content")
    assert notebook.note_viewed(evidence) == Changes(viewed=frozenset({evidence}))
    assert notebook.note_viewed(evidence) == Changes()
    viewed = (notebook.author, {"what": "viewed"})
    assert custody_of(notebook, evidence) == [viewed]
    notebook.close()
    again = support.unlock(folder)
    again.note_viewed(evidence)
    assert custody_of(again, evidence) == [viewed] * 2
    assert again.verify() == []
    again.close()


def test_who_looked_at_it_goes_with_it(team: Team) -> None:
    aida, bolat = team.members("Aida", "Bolat")
    evidence = attached(aida, b"content")
    aida.note_viewed(evidence)
    passed(aida, bolat, team)
    bolat.note_viewed(evidence)
    passed(bolat, aida, team)
    looked = {"what": "viewed"}
    assert custody_of(aida, evidence) == [(aida.author, looked), (bolat.author, looked)]


@pytest.mark.parametrize("what", ["there", "no folder", "cancelled", "damaged"])
def test_of_a_copy_that_was_not_finished_custody_says_so(
    what: str, team: Team, tmp_path: Path
) -> None:
    notebook = team.member("Aida")
    evidence = attached(notebook, b"content" * 1000)
    out = tmp_path / "copy"
    progress = None
    if what == "there":
        out.write_bytes(b"mine")
    elif what == "no folder":
        out = tmp_path / "nowhere" / "copy"
    elif what == "cancelled":
        progress = Stop(1, Cancelled())
    else:
        stored = next(path for path in notebook.folder.glob("objects/??/*"))
        stored.write_bytes(damaged(stored.read_bytes()))
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises((NotebookError, Cancelled)):
        notebook.extract(evidence, out, progress)
    said = [details["what"] for _author, details in custody_of(notebook, evidence)]
    # Where no file was made no byte was near one.
    assert said == (["extracted", "not extracted"] if what == "cancelled" else [])
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert what != "there" or out.read_bytes() == b"mine"


def test_exported_keys_are_in_the_custody_of_every_case(team: Team, tmp_path: Path) -> None:
    one, other = team.members("Aida", "Bolat")
    cases = [support.case_in(one, "First"), support.case_in(one, "Second")]
    one.export_identity(tmp_path / "key")
    for case in cases:
        assert custody_of(one, RecordId(case)) == [(one.author, {"what": "identity exported"})]
    written = {path.name: path for path in tmp_path.glob("key*")}
    assert set(written) == {"key", "key.pq", "key.signers"}
    assert {path.stat().st_mode & 0o777 for path in written.values()} == {0o600}
    assert written["key"].read_text().startswith("AGE-SECRET-KEY-1")
    assert written["key.pq"].read_text().startswith("AGE-SECRET-KEY-PQ-1")
    signers = written["key.signers"].read_text()
    assert [line.split()[0] for line in signers.splitlines()] == [one.author, other.author]
    assert "SECRET" not in signers


def test_keys_that_were_not_written_are_not_noted(team: Team, tmp_path: Path) -> None:
    notebook = team.member("Aida")
    case = support.case_in(notebook)
    with pytest.raises(NotebookError) as trouble:
        notebook.export_identity(tmp_path / "nowhere" / "key")
    assert trouble.value.code is Code.DISK_ERROR
    (tmp_path / "key.pq").write_text("mine")
    with pytest.raises(NotebookError) as trouble:
        notebook.export_identity(tmp_path / "key")
    assert trouble.value.code is Code.FILE_EXISTS
    assert custody_of(notebook, RecordId(case)) == []
    assert [path.name for path in tmp_path.glob("key*")] == ["key.pq"]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_disk_that_fails_in_between_leaves_no_key_and_custody_says_so(
    at: int, team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = team.member("Aida")
    case = support.case_in(notebook)
    replace, calls = disk.replace, itertools.count(1)

    def failing(path: Path, content: bytes) -> None:
        if next(calls) == at:
            raise OSError(errno.EIO, "failed")
        replace(path, content)

    monkeypatch.setattr(disk, "replace", failing)
    with pytest.raises(NotebookError) as trouble:
        notebook.export_identity(tmp_path / "key")
    assert trouble.value.code is Code.DISK_ERROR
    assert list(tmp_path.glob("key*")) == []
    said = [details["what"] for _author, details in custody_of(notebook, RecordId(case))]
    assert said == ["identity exported", "identity not exported"]


@pytest.mark.parametrize("what", ["evidence", "keys"])
def test_no_readable_byte_is_written_before_custody_says_so(
    what: str, team: Team, tmp_path: Path
) -> None:
    """Killed at the first thing that is readable, the note is there; without it, no byte is."""
    notebook = team.member("Aida")
    evidence = attached(notebook, b"content" * 1000)
    about = RecordId(notebook.cases()[0].case) if what == "keys" else evidence
    team.notebooks.remove(notebook)
    notebook.close()
    out = tmp_path / "copy"
    child = os.fork()
    if child == 0:
        try:
            opened = support.unlock(notebook.folder)
            killed = pytest.MonkeyPatch()
            killed.setattr(disk, "sync", lambda _file: os.kill(os.getpid(), signal.SIGKILL))
            if what == "keys":
                opened.export_identity(out)
            else:
                opened.extract(evidence, out)
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = support.unlock(notebook.folder, seed="after")
    team.notebooks.append(left)
    said = [details["what"] for _author, details in custody_of(left, about)]
    assert said == ["identity exported" if what == "keys" else "extracted"]
    assert not out.exists()


def test_a_disk_that_turned_read_only_is_told_as_such(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There even what is not there cannot be removed."""
    notebook = team.member("Aida")

    def refused(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as patched:
        patched.setattr(disk, "replace", refused)
        patched.setattr(Path, "unlink", refused)
        with pytest.raises(NotebookError) as trouble:
            notebook.export_identity(tmp_path / "key")
    assert trouble.value.code is Code.DISK_ERROR


@pytest.mark.parametrize("inside", ["copy", "objects/copy", "objects/ab/copy"])
def test_nothing_is_written_in_clear_into_the_notebooks_own_folder(team: Team, inside: str) -> None:
    notebook = team.member("Aida")
    evidence = attached(notebook, b"a voice")
    before = sorted(notebook.folder.rglob("*"))
    noted = custody_of(notebook, evidence)
    for write in (partial(notebook.extract, evidence), notebook.export_identity):
        with pytest.raises(NotebookError) as refused:
            write(notebook.folder / inside)
        assert refused.value.code is Code.BAD_INPUT
    assert sorted(notebook.folder.rglob("*")) == before
    assert custody_of(notebook, evidence) == noted
