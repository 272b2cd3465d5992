"""Files on disk: none has its name before its bytes are there, nor is told before its name is."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebook import disk
from notebook.evidence import ObjectStore
from notebook.notebook import Notebook
from notebook.progress import Silent
from tests.notebook import support_notebook as support
from tests.notebook.support_notebook import PASSPHRASE, Seeded


@dataclass(slots=True)
class Watched:
    """What was synced and named, in the order in which it was."""

    synced: dict[Path, int] = field(default_factory=dict)
    """The size that each file had when it was synced last."""
    named: list[Path] = field(default_factory=list)
    loose: list[Path] = field(default_factory=list)
    """Names in folders that were not synced since."""
    hasty: list[Path] = field(default_factory=list)
    """Names that were given before all bytes were synced."""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    seen = Watched()
    fsync, rename = os.fsync, os.rename

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        seen.synced[path] = os.fstat(descriptor).st_size
        seen.loose = [name for name in seen.loose if name.parent != path]

    def watched_rename(old: Path, new: Path) -> None:
        if seen.synced.get(Path(old)) != Path(old).stat().st_size:
            seen.hasty.append(Path(new))
        rename(old, new)
        seen.named.append(Path(new))
        seen.loose.append(Path(new))

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "rename", watched_rename)
    return seen


def test_what_is_taken_in_is_on_disk_before_it_is_told(tmp_path: Path, watched: Watched) -> None:
    (tmp_path / "objects").mkdir(mode=0o700)
    store = ObjectStore(tmp_path / "objects", Seeded("objects"))
    taken = store.take_in(io.BytesIO(bytes(300_000)), file_name="a", progress=Silent())
    path = store.file_of(taken.row.name)
    assert watched.named == [path]
    assert (watched.hasty, watched.loose) == ([], [])
    # The folder of two digits is new, so the one that names it is synced, too.
    assert store.path in watched.synced


def test_of_the_slots_one_copy_is_on_disk_before_the_other_is_touched(
    tmp_path: Path, watched: Watched
) -> None:
    folder = tmp_path / "notebook"
    before = support.create(folder)
    watched.named.clear()
    loose_at: list[list[Path]] = []
    rename = os.rename

    def look_first(old: Path, new: Path) -> None:
        loose_at.append(list(watched.loose))
        rename(old, new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", look_first)
        before.change_passphrase(PASSPHRASE, f"{PASSPHRASE} again")
    assert watched.named == [folder / "slots-a", folder / "slots-b"]
    assert loose_at == [[], []]
    assert (watched.hasty, watched.loose) == ([], [])
    before.close()
    after = Notebook.unlock(folder, f"{PASSPHRASE} again", environment=support.environment("again"))
    after.close()


WRITERS: dict[str, Callable[[Path], None]] = {
    "replaced": lambda out: disk.replace(out, b"content"),
    "written in clear": lambda out: disk.write_plain_copy(
        io.BytesIO(b"content"), out, 7, Silent(), on_begun=lambda: None
    ),
}


@pytest.mark.parametrize("how", WRITERS)
def test_a_small_file_is_on_disk_before_it_has_its_name(
    how: str, tmp_path: Path, watched: Watched
) -> None:
    WRITERS[how](tmp_path / "file")
    assert watched.named == [tmp_path / "file"]
    assert (watched.hasty, watched.loose) == ([], [])
    assert (tmp_path / "file").read_bytes() == b"content"
