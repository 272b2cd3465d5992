"""The notebook's folder: five answers, one writer, nothing for other eyes."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from crypto import keyslots
from crypto.passphrase import Argon2Profile, InsufficientMemory
from crypto.primitives import sha256
from notebook import disk, folder
from notebook.errors import Code, NotebookError
from notebook.folder import Folder
from notebook.model import RecordId
from notebook.notebook import Kdf, Notebook
from tests.notebook import support_notebook as support


def code_of_unlock(path: Path, passphrase: str = support.PASSPHRASE) -> Code:
    with pytest.raises(NotebookError) as trouble:
        Notebook.unlock(path, passphrase, environment=support.environment())
    return trouble.value.code


@pytest.fixture
def place(tmp_path: Path) -> Path:
    support.create(tmp_path / "notebook").close()
    return tmp_path / "notebook"


def test_the_right_passphrase_opens(place: Path) -> None:
    notebook = support.unlock(place)
    assert notebook.status().findings == ()
    notebook.close()


def test_the_same_letters_in_another_composition_open(tmp_path: Path) -> None:
    composed, decomposed = (
        "crème granite orbit willow brûlée",
        "cre\u0300me granite orbit willow bru\u0302le\u0301e",
    )
    Notebook.create(
        tmp_path / "n",
        composed,
        author_name="Aida",
        kdf=Kdf.TESTING,
        environment=support.environment(),
    ).close()
    Notebook.unlock(tmp_path / "n", decomposed, environment=support.environment()).close()


def test_a_wrong_passphrase_changes_nothing(place: Path) -> None:
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert code_of_unlock(place, support.PASSPHRASE + "x") is Code.WRONG_PASSPHRASE
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_what_is_no_notebook_is_called_so(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "place"
    if kind == "empty":
        path.mkdir()
    elif kind == "file":
        path.write_bytes(b"text")
    assert code_of_unlock(path) is Code.NOT_A_NOTEBOOK
    assert not (path / "lock").exists()


def test_both_copies_missing_beside_a_database_is_damage(place: Path) -> None:
    for name in ("slots-a", "slots-b"):
        (place / name).unlink()
    assert code_of_unlock(place) is Code.DAMAGED


@pytest.mark.parametrize("name", ["slots-a", "slots-b"])
def test_one_copy_missing_is_reported_and_healed(name: str, place: Path) -> None:
    whole = (place / name).read_bytes()
    (place / name).unlink()
    notebook = support.unlock(place)
    assert [finding.code for finding in notebook.status().findings] == ["slots-copy-damaged"]
    notebook.close()
    assert (place / name).read_bytes() == whole


def test_slots_of_a_newer_program_are_not_written_over(place: Path) -> None:
    body = bytearray((place / "slots-a").read_bytes()[:-32])
    body[9] = 9
    newer = bytes(body) + sha256(bytes(body))
    (place / "slots-a").write_bytes(newer)
    assert code_of_unlock(place) is Code.NEWER_VERSION
    assert (place / "slots-a").read_bytes() == newer


def test_too_little_memory_is_not_a_wrong_passphrase(place: Path, tmp_path: Path) -> None:
    poor = replace(support.environment(), available_bytes=lambda: 1024)
    with pytest.raises(NotebookError) as trouble:
        Notebook.unlock(place, support.PASSPHRASE, environment=poor)
    assert trouble.value.code is Code.NOT_ENOUGH_MEMORY
    with pytest.raises(NotebookError) as trouble:
        Notebook.create(
            tmp_path / "new",
            support.PASSPHRASE,
            author_name="Aida",
            kdf=Kdf.TESTING,
            environment=poor,
        )
    assert trouble.value.code is Code.NOT_ENOUGH_MEMORY
    assert not (tmp_path / "new").exists()


def test_the_cheap_derivation_needs_an_environment_for_tests(place: Path) -> None:
    strict = replace(support.environment(), allows_testing=False)
    with pytest.raises(NotebookError):
        Notebook.unlock(place, support.PASSPHRASE, environment=strict)


def test_a_notebook_is_made_with_the_costly_derivation_unless_another_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int, int]] = []

    def refuse(_secret: object, *, profile: Argon2Profile, **_rest: object) -> None:
        asked.append((profile.memory_kib // 1024, profile.passes, profile.lanes))
        raise InsufficientMemory("enough seen")

    monkeypatch.setattr(keyslots, "create", refuse)
    outside = support.environment()
    for make in (partial(Notebook.create), partial(Notebook.create, kdf=Kdf.LOW_MEMORY)):
        with pytest.raises(NotebookError):
            make(tmp_path / "new", support.PASSPHRASE, author_name="A", environment=outside)
    assert asked == [(512, 4, 4), (64, 3, 4)]


@pytest.mark.parametrize("holds", ["a file", "a notebook"])
def test_a_folder_that_holds_something_is_not_touched(holds: str, place: Path) -> None:
    target = place
    if holds == "a file":
        target = place.with_name("other")
        target.mkdir()
        (target / "letter").write_text("mine")
    before = sorted(path.name for path in target.iterdir())
    with pytest.raises(NotebookError) as trouble:
        support.create(target)
    assert trouble.value.code is Code.FOLDER_EXISTS
    assert sorted(path.name for path in target.iterdir()) == before


def test_an_empty_folder_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    support.create(tmp_path / "open").close()
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o700


def test_only_its_owner_can_read_anything(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        notebook = support.create(tmp_path / "notebook")
        case = support.case_in(notebook)
        with (tmp_path / "source").open("w+b") as source:
            source.write(b"content")
            source.seek(0)
            notebook.attach(support.interview_in(notebook, case), source, file_name="a")
        assert notebook.drafts.all() == []
        for path in [tmp_path / "notebook", *(tmp_path / "notebook").rglob("*")]:
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path
        notebook.close()
    finally:
        os.umask(old)


def test_only_one_has_the_notebook_open(place: Path) -> None:
    first = support.unlock(place)
    assert code_of_unlock(place) is Code.ALREADY_OPEN
    first.close()
    support.unlock(place).close()


def test_the_lock_is_free_again_after_a_wrong_passphrase(place: Path) -> None:
    assert code_of_unlock(place, "wrong " * 8) is Code.WRONG_PASSPHRASE
    support.unlock(place).close()


def test_a_process_that_was_killed_leaves_no_lock(place: Path) -> None:
    child = os.fork()
    if child == 0:
        support.unlock(place)
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    support.unlock(place).close()


def test_a_copied_folder_opens_and_writes_a_log_of_its_own(place: Path, tmp_path: Path) -> None:
    first = support.unlock(place, seed="a")
    case = support.case_in(first)
    first.close()
    shutil.copytree(place, tmp_path / "copy")
    logs = set()
    for path, seed in ((place, "b"), (tmp_path / "copy", "c")):
        notebook = support.unlock(path, seed=seed)
        support.interview_in(notebook, case)
        with notebook.snapshot() as db:
            logs.add(db.one("SELECT log FROM entry ORDER BY num DESC LIMIT 1")[0])
        notebook.close()
    assert len(logs) == 2


def test_a_missing_head_is_reported_once_something_was_written(place: Path) -> None:
    notebook = support.unlock(place)
    support.case_in(notebook)
    notebook.close()
    (place / "head").unlink()
    notebook = support.unlock(place)
    assert [finding.code for finding in notebook.status().findings] == ["head-damaged"]
    notebook.close()


def test_the_head_of_another_notebook_is_not_believed(place: Path, tmp_path: Path) -> None:
    other = support.create(tmp_path / "other", seed="other")
    support.case_in(other)
    other.close()
    notebook = support.unlock(place)
    support.case_in(notebook)
    notebook.close()
    shutil.copy(tmp_path / "other" / "head", place / "head")
    notebook = support.unlock(place)
    assert [finding.code for finding in notebook.status().findings] == ["head-damaged"]
    notebook.close()


def test_the_passphrase_changes_and_the_old_one_is_void(place: Path) -> None:
    new = "copper lantern violet harbor thunder mosaic"
    notebook = support.unlock(place)
    case = support.case_in(notebook, "kept")
    notebook.change_passphrase(support.PASSPHRASE, new)
    notebook.close()
    assert code_of_unlock(place) is Code.WRONG_PASSPHRASE
    again = Notebook.unlock(place, new, environment=support.environment())
    assert [row.case for row in again.cases()] == [case]
    again.close()


def test_which_slot_is_taken_stands_in_the_database(place: Path) -> None:
    other = "copper lantern violet harbor thunder mosaic"
    with closing(support.unlock(place)) as notebook:
        number = notebook._core.unlocked.opened.slot_number
        taken = "SELECT number, purpose FROM slot"
        assert notebook._core.db.all(taken) == [(number, "passphrase")]
        notebook.change_passphrase(support.PASSPHRASE, other)
        assert notebook._core.db.all(taken) == [(number, "passphrase")]
    with closing(Notebook.unlock(place, other, environment=support.environment())) as notebook:
        assert notebook._core.unlocked.opened.slot_number == number


def test_a_wrong_old_or_a_weak_new_passphrase_changes_nothing(place: Path) -> None:
    notebook = support.unlock(place)
    for old, new, code in (
        ("wrong " * 8, "copper lantern violet harbor thunder", Code.WRONG_PASSPHRASE),
        (support.PASSPHRASE, "password1", Code.WEAK_PASSPHRASE),
    ):
        with pytest.raises(NotebookError) as trouble:
            notebook.change_passphrase(old, new)
        assert trouble.value.code is code
    notebook.close()
    support.unlock(place).close()


def test_the_older_copy_is_used_when_the_newer_is_damaged(place: Path) -> None:
    older = (place / "slots-b").read_bytes()
    notebook = support.unlock(place)
    notebook.change_passphrase(support.PASSPHRASE, "copper lantern violet harbor thunder mosaic")
    notebook.close()
    damaged = bytearray((place / "slots-a").read_bytes())
    damaged[100] ^= 1
    (place / "slots-a").write_bytes(damaged)
    (place / "slots-b").write_bytes(older)
    unlocked = folder.unlock(Folder(place), support.PASSPHRASE, support.environment())
    assert unlocked.damaged_copies == ("a",)
    assert (place / "slots-a").read_bytes() == older


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("step", ["write_slots", "lock", "write_head"])
def test_a_creation_that_fails_leaves_nothing_in_the_way_of_the_next(
    step: str, is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "notebook"
    if is_there:
        place.mkdir()

    def full(*_args: object, **_kwargs: object) -> None:
        raise disk.no_space()

    with monkeypatch.context() as patched:
        patched.setattr(folder, step, full)
        with pytest.raises(NotebookError) as trouble:
            support.create(place)
    assert trouble.value.code is Code.NO_SPACE
    assert not place.exists()
    support.create(place).close()


def test_a_creation_that_fails_takes_away_nothing_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "notebook"

    def full(*_args: object, **_kwargs: object) -> None:
        (place / "objects" / "mine").write_text("mine")
        raise disk.no_space()

    monkeypatch.setattr(folder, "lock", full)
    with pytest.raises(NotebookError):
        support.create(place)
    assert (place / "objects" / "mine").read_text() == "mine"


def protect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the notebook's disk refuse to be written to."""
    open_file = os.open

    def refuse(path: str | Path, flags: int, mode: int = 0o777, **options: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, "write-protected")
        return open_file(path, flags, mode, **options)

    monkeypatch.setattr(os, "open", refuse)


@pytest.mark.parametrize("has_lock_file", [True, False])
def test_a_write_protected_notebook_can_be_read_and_not_written(
    place: Path, monkeypatch: pytest.MonkeyPatch, has_lock_file: bool
) -> None:
    if not has_lock_file:
        (place / "lock").unlink()
    protect(monkeypatch)
    notebook = Notebook.unlock(
        place, support.PASSPHRASE, environment=support.environment(), is_reading=True
    )
    assert notebook.rows() == []
    with pytest.raises(NotebookError) as second:
        Notebook.unlock(
            place, support.PASSPHRASE, environment=support.environment(), is_reading=True
        )
    assert second.value.code is Code.ALREADY_OPEN
    notebook.close()
    with pytest.raises(NotebookError) as refused:
        Notebook.unlock(place, support.PASSPHRASE, environment=support.environment())
    assert refused.value.code is Code.DISK_ERROR
    assert "write-protected" in refused.value.what


def test_a_copy_that_others_could_read_is_closed_at_the_next_unlock(tmp_path: Path) -> None:
    # As a stick with FAT, or an archive unpacked carelessly, leaves it.
    folder = support.create(tmp_path / "n")
    folder.close()
    place = tmp_path / "n"
    mine = place / "list of mine.txt"
    mine.touch()
    for path in (place, *place.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    outside.chmod(0o755)
    (place / "outbox").rmdir()
    (place / "outbox").symlink_to(outside)
    support.unlock(place).close()
    found = [place, *(path for path in place.rglob("*") if path != mine and not path.is_symlink())]
    assert {oct(path.stat().st_mode & 0o777) for path in found if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in found if path.is_file()} == {"0o600"}
    # What is not ours stays as it is.
    assert mine.stat().st_mode & 0o777 == 0o666
    assert outside.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["slots-a", "slots-b", "head"])
def test_a_pipe_in_place_of_a_file_is_damage_and_nothing_waits_for_it(
    name: str, tmp_path: Path
) -> None:
    notebook = support.create(tmp_path / "n")
    before = support.case_in(notebook)
    notebook.close()
    (tmp_path / "n" / name).unlink()
    os.mkfifo(tmp_path / "n" / name)
    notebook = support.unlock(tmp_path / "n")
    assert [found.code for found in notebook.status().findings] != []
    since = support.case_in(notebook)
    notebook.close()
    notebook = support.unlock(tmp_path / "n")
    assert {row.id for row in notebook.cases()} == {RecordId(before), RecordId(since)}
    notebook.close()
