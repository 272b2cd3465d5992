"""Killed at any moment, or with no room left: what was acknowledged is there, nothing is half."""

from __future__ import annotations

import hashlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random

import pytest

from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.health import Severity
from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.faults.killed_child import NEW_PASSPHRASE, attachment, work
from tests.notebook import support_notebook as support
from tests.support import REPOSITORY, effort, oracle

Done = dict[str, object]

KILLS = {"save": 14, "intake": 13, "draft": 6, "seal": 13, "open": 14}
"""In an ordinary run; `make soak` strikes so many times as often."""
LONGEST_S = 0.15
"""A child is killed at most so long after it has begun."""
BEGUN_S = 120.0
"""It has begun at the latest then, or it never does."""
BUNDLES = 6
"""That wait to be opened, each with everything of those before it."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a notebook in it."""
    notebook = support.create(tmp_path / "notebook")
    case = support.case_in(notebook)
    support.interview_in(notebook, case, title="First", account="First")
    notebook.close()
    return tmp_path


@pytest.fixture
def exchange(home: Path) -> Path:
    """The same with a contact, bundles from that contact, and a place for one's own."""
    notebook = support.unlock(home / "notebook")
    other = support.create(home / "other", seed="other", author="Bolat")
    other.add_contact(notebook.my_card().encode())
    notebook.add_contact(other.my_card().encode())
    (home / "in").mkdir()
    (home / "out").mkdir()
    case = support.case_in(other, "Elsewhere")
    for turn in range(BUNDLES):
        told = support.interview_in(other, case, title=f"Told {turn}", account=f"Told {turn}")
        other.attach(told, BytesIO(attachment(turn)), file_name=f"Told {turn}")
        request = SealRequest(to=(notebook.author,), is_full=True)
        other.seal(other.plan_seal(request), home / "in")
    other.close()
    notebook.close()
    return home


def killed(
    folder: Path, kinds: list[str], chance: Random, longest_s: float = LONGEST_S
) -> list[Done]:
    """Fork a child that works, kill it at a random moment; what it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(folder, kinds, lambda done: _say(writing, done))
        finally:
            os._exit(1)
    os.close(writing)
    said = b""
    is_working = False
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        until = None
        while until is None or time.monotonic() < until:
            wait_s = BEGUN_S if until is None else max(0.0, until - time.monotonic())
            if not select.select([pipe], [], [], wait_s)[0]:
                break
            chunk = pipe.read(65536)
            if not chunk:
                break
            said += chunk
            if until is None:
                is_working = True
                until = time.monotonic() + chance.uniform(0.0, longest_s)
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        said += pipe.read() or b""
    assert is_working
    assert os.WIFSIGNALED(status), "the child ended by itself"
    lines = said.decode().split("\n")
    # The last line may have been cut: it was not acknowledged.
    return [json.loads(line) for line in lines[:-1]][1:]


def _say(writing: int, done: Done) -> None:
    os.write(writing, (json.dumps(done) + "\n").encode())


def check(folder: Path, done: list[Done], passphrase: str = support.PASSPHRASE) -> None:
    """Everything acknowledged is there, nothing is half, and nothing is damaged."""
    notebook = Notebook.unlock(folder, passphrase, environment=support.environment("check"))
    try:
        assert notebook.status().findings == ()
        damage = [f for f in notebook.verify() if f.severity is Severity.DAMAGE]
        assert damage == []
        for step in done:
            check_step(notebook, step)
        for row in notebook.rows(type="interview"):
            check_whole(notebook, row.id)
        for row in notebook.rows(type="evidence"):
            assert content_hash(notebook, row.id) == notebook.sha256_of(row.id)
        for draft in notebook.drafts.all():
            assert draft.fields["text"] == str(draft.fields["title"]) * 2000
    finally:
        notebook.close()


def check_step(notebook: Notebook, step: Done) -> None:
    kind, record = step["kind"], RecordId(str(step.get("id", "")))
    if kind == "add":
        assert notebook.record(record).title == step["word"]
        assert record in {row.id for row in notebook.find(str(step["word"]), limit=1000)}
    elif kind == "edit":
        current = str(notebook.record(record).fields["questions"].value)
        assert turn_of(current) >= turn_of(str(step["word"]))
    elif kind == "attach":
        assert content_hash(notebook, record) == step["sha256"]
    elif kind == "draft":
        kept = notebook.drafts.get(record)
        assert kept is not None
        # A later draft may have been kept, and not acknowledged.
        assert turn_of(str(kept.fields["title"])) >= turn_of(str(step["word"]))
    elif kind == "seal":
        files = step["files"]
        assert isinstance(files, list)
        assert files
        noted = notebook.history(RecordId(notebook.cases()[0].case))
        bundles = step["bundles"]
        assert isinstance(bundles, list)
        assert set(bundles) <= {line.details.get("bundle") for line in noted}
    elif kind == "open":
        told = int(str(step["told"]))
        expected = {f"Told {number}" for number in range(told + 1)}
        assert expected <= {row.title for row in notebook.rows(type="interview")}
        assert expected <= {row.title for row in notebook.rows(type="evidence")}


def turn_of(word: str) -> int:
    return int(word.removeprefix("word"))


def check_whole(notebook: Notebook, record: RecordId) -> None:
    """A save is all there or not at all."""
    fields = {name: state.value for name, state in notebook.record(record).fields.items()}
    title = str(fields["title"])
    assert fields["account"] == title
    if title.startswith("word"):
        assert fields["quotes"] == [title, title + "b"]
    if "contradictions" in fields:
        assert fields["questions"] == fields["contradictions"]


def content_hash(notebook: Notebook, record: RecordId) -> str:
    with notebook.evidence_content(record) as reader:
        return hashlib.sha256(reader.read()).hexdigest()


def test_an_ordinary_run_strikes_fifty_times_and_nothing_is_left_out() -> None:
    struck = [KILLS[kind] for kind in ("save", "intake", "seal", "open")]
    assert sum(struck) >= 50
    assert min(struck) >= 12


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("save", ["add", "edit"]), ("intake", ["attach"]), ("draft", ["draft", "add"])],
)
def test_what_was_acknowledged_survives_a_kill(name: str, kinds: list[str], home: Path) -> None:
    chance = Random(name)
    for _turn in range(KILLS[name] * effort()):
        check(home / "notebook", killed(home / "notebook", kinds, chance))


def test_the_first_draft_of_all_killed_anywhere_damages_nothing(home: Path) -> None:
    """The file of the drafts is made with it."""
    folder = home / "notebook"
    assert not (folder / "drafts.db").exists()
    sizes = set()
    # The syncs while the file is made: before, the notebook is unlocked; then the draft is kept.
    for moment in range(4, 14, max(1, 3 // effort())):
        place = home / f"at {moment}"
        shutil.copytree(folder, place)
        said = traced(f"{SYNCS}:signal=SIGKILL:when={moment}", "work", place, "draft")
        assert not is_done(said)
        sizes.add((place / "drafts.db").stat().st_size)
        check(place, [step for step in said if step["kind"] == "draft"])
        shutil.rmtree(place)
    # An empty file, a half one and a whole one were among them.
    assert len(sizes) > 2
    assert 0 in sizes


def test_a_seal_killed_at_any_moment_is_whole_or_absent(exchange: Path) -> None:
    chance = Random("seal")
    for _turn in range(KILLS["seal"] * effort()):
        done = killed(exchange / "notebook", ["seal"], chance)
        check(exchange / "notebook", done)
        sealed = {str(path) for path in (exchange / "out").glob("*.age")}
        assert {file for step in done for file in step["files"]} <= sealed  # type: ignore[attr-defined]  # a list, as the child says
        # What has its final name is whole, acknowledged or not.
        other = support.unlock(exchange / "other")
        bundles = {
            other.open_bundle([Path(name)], accept_unknown=False)[0].bundle for name in sealed
        }
        other.close()
        # And the notebook knows of it.
        notebook = support.unlock(exchange / "notebook")
        noted = notebook.history(RecordId(notebook.cases()[0].case))
        assert bundles <= {line.details.get("bundle") for line in noted}
        notebook.close()
        for path in (exchange / "out").iterdir():
            path.unlink()


def test_an_opening_killed_at_any_moment_is_whole_or_absent(exchange: Path) -> None:
    """Each time in a notebook that knows none of the bundles, else nothing would be merged."""
    chance = Random("open")
    merged = set[int]()
    longest_s = LONGEST_S
    for turn in count():
        if turn >= KILLS["open"] * effort() and len(merged) > 1:
            break
        place = exchange / f"turn {turn}"
        shutil.copytree(exchange / "notebook", place)
        done = killed(place, ["open"], chance, longest_s)
        check(place, done)
        merged.add(len(done))
        if not done:
            # A slow machine is given longer and more turns, else it never came to the end of one.
            longest_s *= 1.2
        shutil.rmtree(place)


def test_a_withdrawal_killed_anywhere_is_finished_at_the_next_unlock(home: Path) -> None:
    folder = home / "notebook"
    for moment in moments(3):
        notebook = support.unlock(folder, seed=f"turn {moment}")
        about = notebook.rows(type="interview")[0].id
        evidence, _changes = notebook.attach(about, BytesIO(b"canary"), file_name="canary")
        notebook.close()
        said = traced(f"{SYNCS}:signal=SIGKILL:when={moment}", "withdraw", folder, evidence)
        notebook = support.unlock(folder, seed=f"look {moment}")
        is_withdrawn = notebook.record(evidence).is_withdrawn
        if is_withdrawn:
            # A file may be left, but its only key is gone.
            with notebook.snapshot() as db:
                assert db.all("SELECT 1 FROM object") == []
        else:
            assert content_hash(notebook, evidence) == notebook.sha256_of(evidence)
            notebook.withdraw([evidence], "for the next turn")
        assert {finding.code for finding in notebook.verify()} <= {"stray-files"}
        notebook.close()
        if is_done(said):
            assert is_withdrawn
            break
    else:
        pytest.fail("it was never finished")


def traced(inject: str, verb: str, folder: Path, *kinds: str) -> list[Done]:
    """Run the child under strace with one fault; what it said before it ended."""
    calls = inject.partition(":")[0]
    command = [
        *(oracle("strace"), "-f", "-qqq", "-o", "/dev/null"),
        *("-e", f"trace={calls}", "-e", f"inject={inject}"),
        *(sys.executable, "-B", "-m", "tests.faults.killed_child", verb, str(folder), *kinds),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    # Only what ends in a line feed was said in full.
    return [json.loads(line) for line in run.stdout.decode().split("\n")[:-1]]


def is_done(said: list[Done]) -> bool:
    return bool(said) and said[-1]["kind"] == "done"


SYNCS = "fsync,fdatasync"
RENAMES = "rename,renameat,renameat2"


def moments(stride: int) -> range:
    """Every n-th system call to strike at; every one with enough effort."""
    return range(1, 200, max(1, stride // effort()))


@pytest.mark.parametrize(("calls", "stride"), [(SYNCS, 5), (RENAMES, 1)])
def test_a_creation_killed_anywhere_is_openable_or_says_that_it_never_was(
    calls: str, stride: int, tmp_path: Path
) -> None:
    for moment in moments(stride):
        folder = tmp_path / f"notebook-{moment}"
        said = traced(f"{calls}:signal=SIGKILL:when={moment}", "create", folder)
        if is_done(said):
            check(folder, [])
            assert moment > 2
            break
        assert said == []
        try:
            notebook = support.unlock(folder)
        except NotebookError as trouble:
            assert trouble.code in (Code.NOT_A_NOTEBOOK, Code.DAMAGED), moment  # noqa: PT017 - no error at all is fine too
        else:
            assert [f for f in notebook.verify() if f.severity is Severity.DAMAGE] == []
            notebook.close()
    else:
        pytest.fail("it was never finished")


@pytest.mark.parametrize("calls", [SYNCS, RENAMES])
def test_a_change_of_passphrase_killed_anywhere_leaves_one_that_opens(
    calls: str, home: Path
) -> None:
    folder = home / "notebook"
    for moment in moments(2):
        said = traced(f"{calls}:signal=SIGKILL:when={moment}", "passphrase", folder)
        if is_done(said):
            check(folder, [], NEW_PASSPHRASE)
            break
        opened = []
        for passphrase in (support.PASSPHRASE, NEW_PASSPHRASE):
            try:
                check(folder, [], passphrase)
                opened.append(passphrase)
            except NotebookError as trouble:
                assert trouble.code is Code.WRONG_PASSPHRASE  # noqa: PT017 - no error at all is fine too
        assert len(opened) == 1
        if opened == [NEW_PASSPHRASE]:
            notebook = Notebook.unlock(folder, NEW_PASSPHRASE, environment=support.environment())
            notebook.change_passphrase(NEW_PASSPHRASE, support.PASSPHRASE)
            notebook.close()
    else:
        pytest.fail("it was never finished")


FAULTS = {"ENOSPC": Code.NO_SPACE, "EIO": Code.DISK_ERROR}


@pytest.mark.parametrize("error", FAULTS)
@pytest.mark.parametrize(
    ("calls", "kind", "stride", "last"),
    [("pwrite64", "add", 23, 70), (SYNCS, "add", 1, 2), ("write", "attach", 1, 4)],
    ids=["save", "sync", "intake"],
)
def test_a_disk_that_refuses_leaves_what_was_there(
    calls: str, kind: str, stride: int, last: int, error: str, home: Path
) -> None:
    folder = home / "notebook"
    codes = set()
    for moment in range(1 if kind == "add" else 2, last, max(1, stride // effort())):
        # A full disk stays full; the writes of the program's own words are spared.
        until = "" if calls == "write" else "+"
        said = traced(f"{calls}:error={error}:when={moment}{until}", "work", folder, kind, "edit")
        done = [step for step in said if step["kind"] in ("add", "edit", "attach")]
        codes |= {step["code"] for step in said if step["kind"] == "trouble"}
        check(folder, done)
    # SQLite says "I/O error" of a sync and of its shared memory, whatever the system said.
    assert codes <= {FAULTS[error].value, Code.DISK_ERROR.value}
    assert FAULTS[error].value in codes or calls == SYNCS
