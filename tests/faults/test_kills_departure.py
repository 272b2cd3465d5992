"""A departure killed anywhere leaves the old state or the new one, and both open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from notebook.health import Severity
from notebook.model import CaseId
from notebook.notebook import Notebook
from notebook.progress import Silent
from notebook.sealing_key import KeyChoice
from tests.notebook import support_notebook as support
from tests.notebook.test_departure import fill, found_by_solver
from tests.support import REPOSITORY, effort, oracle

HANDED_OVER = "what was handed over"


def depart(folder: Path, case: str) -> None:
    """What the child does: by hand, or what was handed over, with a new key and no other."""
    notebook = support.unlock(folder, seed="departing")
    if case == HANDED_OVER:
        notebook.travel.depart(support.PASSPHRASE, KeyChoice.NEW_ALONE, Silent())
    else:
        notebook.travel.remove_cases(support.PASSPHRASE, [CaseId(case)], Silent())
    notebook.close()
    os.write(1, b"done\n")


def killed(folder: Path, case: str, calls: str, moment: int) -> bool:
    """Run the child and kill it at one call; whether it came to its end before."""
    inject = f"inject={calls}:signal=SIGKILL:when={moment}"
    command = [
        *(oracle("strace"), "-f", "-qqq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject),
        *(sys.executable, "-B", "-m", "tests.faults.test_kills_departure", str(folder), case),
    ]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    return ran.stdout == b"done\n"


def is_gone(folder: Path, goes: CaseId, stays: CaseId) -> bool:
    """Whether the case is gone; whichever, everything else is whole."""
    notebook: Notebook = support.unlock(folder, seed="look")
    try:
        assert notebook.status().findings == ()
        assert [f for f in notebook.verify() if f.severity is Severity.DAMAGE] == []
        cases = {CaseId(row.id) for row in notebook.cases()}
        assert stays in cases
        assert cases <= {goes, stays}
        for row in notebook.rows(type="evidence"):
            with notebook.evidence_content(row.id) as reader:
                assert len(reader.read()) > 3000
        assert len(notebook.drafts.all()) == len(cases)
        assert not [*folder.glob("*.next*")]
        return goes not in cases
    finally:
        notebook.close()


@pytest.mark.parametrize(
    ("calls", "stride"),
    [("fsync,fdatasync", 13), ("rename,renameat,renameat2", 1), ("unlink,unlinkat", 13)],
)
def test_a_departure_killed_anywhere_is_the_old_state_or_the_new_one(
    calls: str, stride: int, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    notebook = support.create(first)
    goes, stays, _told = fill(notebook)
    notebook.close()
    seen = set()
    for moment in range(1, 200, max(1, stride // effort())):
        folder = tmp_path / "notebook"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(first, folder)
        is_done = killed(folder, goes, calls, moment)
        gone = is_gone(folder, goes, stays)
        seen.add(gone)
        if gone:
            assert not found_by_solver(folder)
        if is_done:
            assert gone
            break
    else:
        pytest.fail("it was never finished")
    assert seen == {True, False}


def hand_over(folder: Path, place: Path) -> tuple[CaseId, CaseId, str]:
    """The notebook of which one case was handed over, and its card's fingerprint."""
    friend = support.create(place / "friend", seed="friend", author="Friend")
    notebook = support.create(folder)
    notebook.add_contact(friend.my_card().encode())
    friend.close()
    goes, stays, _told = fill(notebook)
    for draft in notebook.drafts.all():
        if draft.case == goes:
            notebook.drafts.drop(draft.id)
    leaving = notebook.travel.look_at_departure([goes], [notebook.contacts()[0].id])
    result, _changes = notebook.seal(leaving.plan, place)
    assert notebook.travel.note_handed_over(leaving, result)[0]
    fingerprint = notebook.my_card().fingerprint()
    notebook.close()
    return goes, stays, fingerprint


@pytest.mark.parametrize(("calls", "stride"), [("fsync,fdatasync", 13), ("rename,renameat", 1)])
def test_a_handover_killed_while_it_is_removed_has_the_old_key_or_the_new_one(
    calls: str, stride: int, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    goes, stays, fingerprint = hand_over(first, tmp_path)
    seen = set()
    for moment in range(1, 200, max(1, stride // effort())):
        folder = tmp_path / "notebook"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(first, folder)
        is_done = killed(folder, HANDED_OVER, calls, moment)
        notebook = support.unlock(folder, seed="look")
        cases = {row.case for row in notebook.cases()}
        gone = goes not in cases
        assert stays in cases
        assert notebook.travel.has_departed() is gone
        assert (notebook.travel.departure() is None) is gone
        assert (notebook.my_card().fingerprint() != fingerprint) is gone
        assert notebook.status().findings == ()
        assert [f for f in notebook.verify() if f.severity is Severity.DAMAGE] == []
        notebook.close()
        seen.add(gone)
        if is_done:
            assert gone
            break
    else:
        pytest.fail("it was never finished")
    assert seen == {True, False}


if __name__ == "__main__":
    depart(Path(sys.argv[1]), sys.argv[2])
