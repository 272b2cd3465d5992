"""Lost commits are told until a person says that they know, and are kept in mind for good."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.head import HeadState, head_words
from notebook import folder, losses
from notebook.errors import Code, NotebookError
from notebook.evidence import ORPHANS_ARE_KEPT
from notebook.health import Severity
from notebook.model import Changes
from notebook.notebook import Notebook
from notebook.storage import affairs
from tests.notebook import support_notebook as support

LOST, KNOWN = "entries-lost", "entries-lost-before"


def lose(place: Path, count: int) -> HeadState:
    """Write entries, and put the database back to the state before them; the head of then."""
    kept = place.parent / "kept.db"
    shutil.copy(place / "notebook.db", kept)
    notebook = support.unlock(place, seed=f"lost {count} {kept.stat().st_mtime_ns}")
    for number in range(count):
        support.case_in(notebook, f"Lost {number}")
    key = notebook._core.notebook_key
    notebook.close()
    shutil.copy(kept, place / "notebook.db")
    lost = folder.read_head(folder.Folder(place), key)
    assert lost is not None
    return lost


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A notebook that was closed well."""
    made = support.create(tmp_path / "notebook")
    support.case_in(made, "Kept")
    made.close()
    return tmp_path / "notebook"


def told(notebook: Notebook) -> list[str]:
    """What is told at opening, and so in the window's strip."""
    return [finding.code for finding in notebook.status().findings]


def found(notebook: Notebook) -> list[tuple[str, Severity]]:
    """What a full check finds."""
    return [(finding.code, finding.severity) for finding in notebook.verify()]


def test_a_loss_is_told_until_somebody_says_that_they_know(place: Path) -> None:
    lost = lose(place, 2)
    for _time in range(2):
        notebook = support.unlock(place)
        assert told(notebook) == [LOST]
        assert found(notebook) == [(LOST, Severity.DAMAGE)]
        notebook.close()
    notebook = support.unlock(place)
    assert notebook.acknowledge_loss() == Changes(settings=True)
    for turn in range(2):
        assert told(notebook) == []
        assert notebook.check_journal(0).findings == ()
        (finding,) = notebook.verify(rebuild=True)
        assert (finding.code, finding.severity) == (KNOWN, Severity.KNOWN)
        assert finding.what.startswith("2 entries were lost")
        assert " ".join(head_words(lost)) in finding.what
        assert "2026-03-05" in finding.what
        support.case_in(notebook, "Written after")
        notebook.close()
        notebook = support.unlock(place, seed=f"turn {turn}")
    notebook.close()


def test_where_nothing_was_lost_there_is_nothing_to_know(place: Path) -> None:
    notebook = support.unlock(place)
    words = notebook.head_words()
    assert notebook.acknowledge_loss() == Changes()
    assert notebook.head_words() == words
    assert found(notebook) == []
    notebook.close()


def test_a_second_loss_is_told_anew_and_both_are_kept_in_mind(place: Path) -> None:
    lose(place, 1)
    notebook = support.unlock(place, seed="first")
    notebook.acknowledge_loss()
    notebook.close()
    lose(place, 3)
    notebook = support.unlock(place, seed="second")
    assert told(notebook) == [LOST]
    assert found(notebook) == [(LOST, Severity.DAMAGE), (KNOWN, Severity.KNOWN)]
    notebook.acknowledge_loss()
    assert found(notebook) == [(KNOWN, Severity.KNOWN)] * 2
    notebook.close()


def test_killed_between_note_and_head_it_is_told_again_and_noted_once(place: Path) -> None:
    lose(place, 1)
    head = (place / "head").read_bytes()
    notebook = support.unlock(place)
    notebook.acknowledge_loss()
    notebook.close()
    (place / "head").write_bytes(head)
    notebook = support.unlock(place)
    assert told(notebook) == [LOST]
    notebook.acknowledge_loss()
    assert found(notebook) == [(KNOWN, Severity.KNOWN)]
    notebook.close()
    notebook = support.unlock(place)
    assert told(notebook) == []
    notebook.close()


def test_a_head_that_cannot_be_written_leaves_the_loss_told(place: Path) -> None:
    lose(place, 1)
    notebook = support.unlock(place)
    (place / "head").rename(place.parent / "head")
    (place / "head").mkdir()
    with pytest.raises(NotebookError) as trouble:
        notebook.acknowledge_loss()
    assert trouble.value.code is Code.DISK_ERROR
    assert told(notebook) == [LOST]
    (place / "head").rmdir()
    notebook.acknowledge_loss()
    assert told(notebook) == []
    notebook.close()


def test_how_much_is_lost_is_not_made_up_once_more_was_written(place: Path) -> None:
    lose(place, 1)
    notebook = support.unlock(place)
    support.case_in(notebook, "Written on")
    support.case_in(notebook, "and on")
    notebook.close()
    notebook = support.unlock(place)
    (finding,) = notebook.status().findings
    assert not any(digit in finding.what.split(" The last one")[0] for digit in "0123456789")
    notebook.acknowledge_loss()
    (finding,) = notebook.verify()
    assert finding.what.startswith("Entries were lost")
    notebook.close()


def test_files_of_an_interrupted_import_stay_where_entries_were_lost(place: Path) -> None:
    """An entry that was lost may come back with a backup, and name one of them."""
    lose(place, 1)
    notebook = support.unlock(place)
    notebook.acknowledge_loss()
    notebook.close()
    stray = place / "objects" / "ab" / ("ab" * 16)
    stray.parent.mkdir(mode=0o700)
    stray.write_bytes(b"of a lost entry")
    old_s = (support.STARTED - ORPHANS_ARE_KEPT - timedelta(days=1)).timestamp()
    os.utime(stray, (old_s, old_s))
    support.unlock(place).close()
    assert stray.exists()


def test_a_note_of_a_loss_that_cannot_be_read_is_damage(place: Path) -> None:
    notebook = support.unlock(place)
    db = notebook._core.db
    with db.write():
        affairs.set_setting(db, losses.SETTING, [{"words": "x"}])
    assert [code for code, _severity in found(notebook)] == ["database-damaged"]
    notebook.close()
