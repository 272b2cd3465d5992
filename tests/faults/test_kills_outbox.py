"""A travel session killed anywhere, or on a failing disk: what was acknowledged opens at
headquarters, what is there is whole, and nothing readable was left on the laptop.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.health import Severity
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.faults.support_solver import Solver
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.support import REPOSITORY, effort, oracle

MARK = "qwzvxjkh"
"""Stands in everything that is written."""
FILE = f"{MARK} heard\n".encode() * 9000
DRAFT = RecordId("cd" * 16)
SYNCS = "fsync,fdatasync"
RENAMES = "rename,renameat,renameat2"
UNLINKS = "unlink,unlinkat"

Done = dict[str, str]


def write(folder: Path) -> None:
    """What the child does: each step acknowledged, or the trouble said, and then the next one."""
    environment = replace(travelling.environment("child"), random=os.urandom)
    notebook = Notebook.unlock(folder, support.PASSPHRASE, environment=environment)
    made: dict[str, RecordId] = {}

    def step(kind: str, do: Callable[[], RecordId | None]) -> None:
        try:
            made[kind] = do() or RecordId("")
        except NotebookError as trouble:
            say({"kind": kind, "trouble": trouble.code.value})
        else:
            say({"kind": kind, "id": made[kind]})

    step("case", lambda: notebook.add("case", None, {"title": MARK})[0])
    if "case" in made:
        case = CaseId(made["case"])
        step("add", lambda: notebook.add("interview", case, {"title": MARK, "account": MARK})[0])
        step("draft", lambda: keep(notebook, case, "one"))
        if "add" in made:
            told = made["add"]
            step("edit", lambda: edit(notebook, told))
            step(
                "attach",
                lambda: notebook.attach(told, BytesIO(FILE), file_name=f"{MARK}.txt")[0],
            )
        step("drafts", lambda: keep(notebook, case, "two"))
        step("sealed", lambda: seal(notebook))
    say({"kind": "done"})
    os._exit(0)


def edit(notebook: Notebook, told: RecordId) -> None:
    """Change what was told."""
    notebook.edit(told, {"account": f"{MARK} changed"})


def keep(notebook: Notebook, case: CaseId, text: str) -> None:
    """Type something that is never saved."""
    fields = {"text": f"{MARK} {text}"}
    notebook.drafts.keep(Draft(id=DRAFT, type="note", case=case, is_new=True, fields=fields))


def seal(notebook: Notebook) -> None:
    """Lock: what is typed is sealed."""
    notebook.drafts.seal()


def say(done: Done) -> None:
    """By another call than files are written with: the fault is meant for them."""
    os.writev(1, [(json.dumps(done) + "\n").encode()])


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Headquarters and a laptop that never was used, both locked."""
    folder = tmp_path_factory.mktemp("before")
    home = travelling.headquarters(folder / "home")
    travelling.traveller(folder / "laptop", home).close()
    home.close()
    return folder


def struck(before: Path, place: Path, fault: str) -> list[Done]:
    """The child's work with one fault, on a copy; what it said in full."""
    shutil.copytree(before, place)
    command = [
        *(oracle("strace"), "-f", "-qqq", "-o", "/dev/null"),
        *("-e", f"trace={fault.partition(':')[0]}", "-e", f"inject={fault}"),
        *(sys.executable, "-B", "-m", "tests.faults.test_kills_outbox", str(place / "laptop")),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    return [json.loads(line) for line in run.stdout.decode().split("\n")[:-1]]


def check(place: Path, said: list[Done]) -> None:
    """After the next unlock: all that was acknowledged is at headquarters, and nothing is here."""
    laptop = travelling.session(place / "laptop", "after")
    try:
        assert not [*(place / "laptop").rglob("*.part")]
        assert laptop.status().findings == ()
        assert [f for f in laptop.verify() if f.severity is Severity.DAMAGE] == []
        assert laptop.rows(type="interview") == []
        for found in Solver(place / "laptop", laptop).readable():
            assert MARK.encode() not in found
    finally:
        laptop.close()
    home = support.unlock(place / "home", seed="after")
    try:
        for result in travelling.opened(home, travelling.bundles(place / "laptop")):
            assert result.refused == ()
        arrived(home, {step["kind"]: step.get("id", "") for step in said if "trouble" not in step})
        refused(home, {step["kind"] for step in said if "trouble" in step})
        assert [f for f in home.verify() if f.severity is Severity.DAMAGE] == []
        assert home.travel.session_gaps() == []
    finally:
        home.close()


def arrived(home: Notebook, done: dict[str, str]) -> None:
    """What was acknowledged is there, and what is there is whole."""
    for kind in ("case", "add"):
        if kind in done:
            assert home.record(RecordId(done[kind])).title == MARK
    if "add" in done:
        [account] = home.record(RecordId(done["add"])).fields["account"].versions
        assert account.value == (f"{MARK} changed" if "edit" in done else account.value)
    for row in home.rows(type="evidence"):
        with home.evidence_content(row.id) as reader:
            assert reader.read() == FILE
    assert "attach" not in done or RecordId(done["attach"]) in {
        row.id for row in home.rows(type="evidence")
    }
    kept = [str(draft.fields["text"]) for draft in home.travel.unfinished()]
    if "sealed" in done:
        assert kept == [f"{MARK} two"]
    elif "draft" in done:
        # Both lie there between the writing of the newer one and the removal of the older one.
        assert set(kept) <= {f"{MARK} one", f"{MARK} two"}
        assert kept


def refused(home: Notebook, kinds: set[str]) -> None:
    """What the laptop said was not saved is not at headquarters either."""
    if "add" in kinds:
        assert home.rows(type="interview") == []
    if "attach" in kinds:
        assert home.rows(type="evidence") == []


def moments(before: Path, place: Path, calls: str, stride: int) -> Iterator[int]:
    """Every n-th of the system calls of a whole run to strike at; every one with enough effort."""
    shutil.copytree(before, place)
    trace = place / "trace"
    command = [
        *(oracle("strace"), "-f", "-qqq", "-o", str(trace), "-e", f"trace={calls}"),
        *(sys.executable, "-B", "-m", "tests.faults.test_kills_outbox", str(place / "laptop")),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True)
    said = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert said[-1]["kind"] == "done"
    count = len(trace.read_bytes().splitlines())
    trace.unlink()
    check(place, said)
    yield from range(1, count + 1, max(1, stride // effort()))


def test_the_same_look_finds_it_where_it_may_be_read(before: Path, tmp_path: Path) -> None:
    place = tmp_path / "at home"
    said = struck(before, place, "fsync:signal=SIGKILL:when=10000")
    check(place, said)
    home = support.unlock(place / "home", seed="looked at")
    try:
        assert any(MARK.encode() in found for found in Solver(place / "home", home).readable())
    finally:
        home.close()


@pytest.mark.parametrize(("calls", "stride"), [(SYNCS, 7), (RENAMES, 3), (UNLINKS, 1)])
def test_a_session_killed_anywhere_has_sealed_what_it_acknowledged(
    calls: str, stride: int, before: Path, tmp_path: Path
) -> None:
    acknowledged = set()
    for moment in range(1, 1000, max(1, stride // effort())):
        place = tmp_path / f"at {moment}"
        said = struck(before, place, f"{calls}:signal=SIGKILL:when={moment}")
        check(place, said)
        shutil.rmtree(place)
        acknowledged.add(len(said))
        if said and said[-1]["kind"] == "done":
            break
    else:
        pytest.fail("it was never finished")
    assert len(acknowledged) > 1


@pytest.mark.parametrize(
    ("error", "calls", "stride"),
    [("ENOSPC", "write", 3), ("ENOSPC", SYNCS, 11), ("EIO", "write", 5), ("EIO", RENAMES, 5)],
)
def test_on_a_disk_that_refuses_once_the_rest_of_the_session_is_sealed_all_the_same(
    error: str, calls: str, stride: int, before: Path, tmp_path: Path
) -> None:
    codes = set()
    for moment in moments(before, tmp_path / "whole", calls, stride):
        place = tmp_path / f"at {moment}"
        said = struck(before, place, f"{calls}:error={error}:when={moment}")
        # A fault on the way in ends the child before its first word.
        assert not said or said[-1]["kind"] == "done"
        codes |= {step["trouble"] for step in said if "trouble" in step}
        check(place, said)
        shutil.rmtree(place)
    assert codes <= {Code.NO_SPACE.value, Code.DISK_ERROR.value}
    assert codes


if __name__ == "__main__":
    write(Path(sys.argv[1]))
