"""What gets a name is on the disk before, and its name is on the disk before anybody relies on it.

A kill shows nothing of this, as the system's memory outlives it; only a power cut does. So what is
asked of the system is watched, in its order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from notebook import disk, folder, recordings
from notebook.local_writer import LocalWriter
from notebook.model import RecordId
from notebook.progress import Silent
from notebook.storage import entries
from notebook.writer_child import Medium
from tests.notebook.support_notebook import case_in, create, interview_in

NAME = "bundle.sealed.age"
DATA = bytes(range(256)) * 20


@dataclass(slots=True)
class Asked:
    """What was asked of the system, in order: `sync NAME`, `name NAME`, `entry`."""

    steps: list[str] = field(default_factory=list)
    synced: dict[str, int] = field(default_factory=dict)
    """How long each file was when it was last synced."""

    def sync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        self.synced[str(path)] = os.fstat(descriptor).st_size
        self.steps.append(f"sync {path.name}")

    def name(self, old: Path, new: Path) -> None:
        """A file gets its name: all of it must have been synced."""
        assert self.synced.get(str(old.absolute())) == old.stat().st_size, f"{old.name}: not whole"
        self.steps.append(f"name {new.name}")


@contextmanager
def watched() -> Iterator[Asked]:
    asked = Asked()
    fsync, fdatasync, rename, insert = os.fsync, os.fdatasync, Path.rename, entries.insert

    def note_sync(file: int) -> None:
        asked.sync(file)
        fsync(file)

    def note_data_sync(file: int) -> None:
        asked.sync(file)
        fdatasync(file)

    def note_rename(old: Path, new: Path) -> Path:
        asked.name(old, Path(new))
        return rename(old, new)

    def note_insert(*args: object) -> int:
        asked.steps.append("entry")
        return insert(*args)  # type: ignore[arg-type]  # as they come

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", note_sync)
        patched.setattr(os, "fdatasync", note_data_sync)
        patched.setattr(Path, "rename", note_rename)
        patched.setattr(entries, "insert", note_insert)
        yield asked


def test_a_small_file_is_replaced_by_one_that_is_on_the_disk(tmp_path: Path) -> None:
    with watched() as asked:
        disk.replace(tmp_path / "small", DATA)
    assert asked.steps == ["sync small.part", "name small", f"sync {tmp_path.name}"]


def test_the_second_copy_of_the_slots_is_written_when_the_first_is_on_the_disk(
    tmp_path: Path,
) -> None:
    place = tmp_path / "notebook"
    create(place).close()
    slots = folder.choose_slots(folder.Folder(place), allows_testing=True).slots
    with watched() as asked:
        folder.write_slots(folder.Folder(place), slots)
    assert asked.steps == [
        *("sync slots-a.part", "name slots-a", "sync notebook"),
        *("sync slots-b.part", "name slots-b", "sync notebook"),
    ]


def test_evidence_is_on_the_disk_before_its_name_and_its_name_before_an_entry(
    tmp_path: Path,
) -> None:
    notebook = create(tmp_path / "notebook")
    case = case_in(notebook)
    with watched() as asked:
        notebook.attach(RecordId(case), BytesIO(DATA), file_name="a.bin")
    notebook.close()
    part, named, inner, outer, *then = asked.steps
    name = named.removeprefix("name ")
    assert (part, inner, outer) == (f"sync {name}.part", f"sync {name[:2]}", "sync objects")
    assert "entry" in then
    assert not [step for step in then if step.startswith("name")]


@pytest.mark.parametrize("max_bytes", [len(DATA), 2000])
def test_parts_in_the_outbox_are_on_the_disk_before_the_first_has_its_name(
    tmp_path: Path, max_bytes: int
) -> None:
    with watched() as asked:
        writer = LocalWriter(tmp_path, NAME, max_bytes)
        writer.write(DATA)
        writer.finish(sha256(DATA).digest(), Silent())
    assert_last_to_first(asked.steps, -(-len(DATA) // max_bytes), tmp_path)


@pytest.mark.parametrize("volumes", [1, 3])
def test_parts_on_a_stick_are_on_it_before_the_first_has_its_name(
    tmp_path: Path, volumes: int
) -> None:
    medium = Medium(BytesIO())
    with watched() as asked:
        medium.begin(os.fsencode(tmp_path) + b"\0" + NAME.encode())
        for _ in range(volumes):
            medium.volume(b"")
            medium.write(DATA)
        medium.end(b"")
        medium.read_back(b"")
        medium.name(b"")
    # Their names as parts are on the medium, too, before they are read back.
    assert asked.steps[volumes] == f"sync {tmp_path.name}"
    assert_last_to_first([*asked.steps[:volumes], *asked.steps[volumes + 1 :]], volumes, tmp_path)


def assert_last_to_first(steps: Sequence[str], volumes: int, place: Path) -> None:
    names = [NAME] if volumes == 1 else [f"{NAME}.{number:03d}" for number in range(1, volumes + 1)]
    parts = [f"sync {NAME}.{number:03d}.part" for number in range(1, volumes + 1)]
    named = [step for name in reversed(names) for step in (f"name {name}", f"sync {place.name}")]
    assert list(steps) == [*parts, *named]


def test_a_plain_copy_is_on_the_disk_before_its_name(tmp_path: Path) -> None:
    with watched() as asked:
        disk.write_plain_copy(
            BytesIO(DATA), tmp_path / "copy", len(DATA), Silent(), on_begun=lambda: None
        )
    assert asked.steps == ["sync copy.part", "name copy", f"sync {tmp_path.name}"]


def test_each_record_of_a_recording_is_on_the_disk_when_it_was_acknowledged(tmp_path: Path) -> None:
    notebook = create(tmp_path / "notebook")
    about = interview_in(notebook, case_in(notebook))
    with watched() as asked:
        file = recordings.begin(notebook._core, about)
        # The name of the file, and that of its folder.
        assert asked.steps[:2] == [f"sync {file.path.parent.name}", "sync objects"]
        sizes = []
        for second in range(3):
            file.sound(second, DATA)
            assert asked.synced[str(file.path)] == file.path.stat().st_size
            sizes.append(file.path.stat().st_size)
        assert sizes == sorted(set(sizes))
        file.close()
    notebook.close()
