"""Volumes: cut to size, read back, named when whole, and nothing left when not."""

from __future__ import annotations

import hashlib
import os
import select
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from notebook import volumes
from notebook.errors import Code, NotebookError
from notebook.progress import Cancelled, Silent
from notebook.volumes import VolumeReader, VolumeWriter
from tests.notebook.support_exchange import Stop, finished
from tests.support import oracle

NAME = "a.sealed.age"
DATA = b"age-encryption.org/v1\n" + bytes(range(256)) * 10
BIG_BYTES = 3 * 1024 * 1024
DIGEST = hashlib.sha256(DATA).digest()


def written(folder: Path, *, max_bytes: int, piece_bytes: int = 700) -> tuple[Path, ...]:
    writer = VolumeWriter(folder, NAME, max_bytes=max_bytes)
    for start in range(0, len(DATA), piece_bytes):
        writer.write(DATA[start : start + piece_bytes])
    paths = finished(writer, DIGEST)
    writer.close()
    return paths


def read(paths: tuple[Path, ...]) -> bytes:
    reader = VolumeReader(volumes.in_order(paths), Silent())
    pieces = []
    while piece := reader.read(100):
        pieces.append(piece)
    reader.close()
    return b"".join(pieces)


@pytest.mark.parametrize("max_bytes", [1000, len(DATA) // 2, len(DATA), len(DATA) + 1, 2**31])
def test_what_was_written_reads_back_whatever_the_size_of_a_volume(
    tmp_path: Path, max_bytes: int
) -> None:
    paths = written(tmp_path, max_bytes=max_bytes)
    assert len(paths) == -(-len(DATA) // max_bytes)
    assert read(paths) == b"".join(path.read_bytes() for path in paths) == DATA
    assert {path.stat().st_size for path in paths[:-1]} <= {max_bytes}
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_one_volume_has_the_plain_name_and_several_have_numbers(tmp_path: Path) -> None:
    one, several = tmp_path / "one", tmp_path / "several"
    one.mkdir()
    several.mkdir()
    assert [path.name for path in written(one, max_bytes=10_000)] == [NAME]
    names = [f"{NAME}.{number:03d}" for number in (1, 2, 3)]
    assert [path.name for path in written(several, max_bytes=1000)] == names


@pytest.mark.parametrize("max_bytes", [10_000, 1000])
def test_a_sealed_file_does_not_say_when_it_was_sealed(tmp_path: Path, max_bytes: int) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=max_bytes)
    writer.write(DATA)
    paths = (*finished(writer, DIGEST), writer.write_checksums())
    writer.close()
    assert {path.stat().st_mtime for path in paths} == {946_684_800}


def test_sums_beside_the_volumes_are_what_sha256sum_expects(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000)
    writer.write(DATA)
    paths = finished(writer, DIGEST)
    sums = writer.write_checksums()
    writer.close()
    assert sums == tmp_path / (NAME + ".sha256")
    assert sums.stat().st_mode & 0o777 == 0o600
    subprocess.run([oracle("sha256sum"), "-c", "--strict", sums.name], cwd=tmp_path, check=True)
    paths[1].write_bytes(b"x")
    command = [oracle("sha256sum"), "-c", sums.name]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 1


# The order of volumes.


def test_volumes_in_any_order_are_put_in_order(tmp_path: Path) -> None:
    paths = written(tmp_path, max_bytes=1000)
    assert volumes.in_order(paths[::-1]) == paths
    assert read(paths[::-1]) == DATA


@pytest.mark.parametrize(("left", "number"), [((1, 2), "001"), ((0, 2), "002"), ((2,), "001")])
def test_a_missing_volume_is_named(tmp_path: Path, left: tuple[int, ...], number: str) -> None:
    paths = written(tmp_path, max_bytes=1000)
    with pytest.raises(NotebookError) as missing:
        volumes.in_order([paths[place] for place in left])
    assert missing.value.code is Code.MISSING_VOLUME
    assert number in missing.value.what


@pytest.mark.parametrize("name", ["b.sealed.age.003", "readme.txt", "other.002"])
def test_a_foreign_file_among_the_volumes_is_named(tmp_path: Path, name: str) -> None:
    paths = written(tmp_path, max_bytes=2000)
    foreign = tmp_path / name
    foreign.write_bytes(b"x")
    with pytest.raises(NotebookError) as refused:
        volumes.in_order([*paths, foreign])
    assert refused.value.code is Code.BAD_INPUT
    assert name in refused.value.what


def test_a_volume_given_twice_is_refused(tmp_path: Path) -> None:
    paths = written(tmp_path, max_bytes=1000)
    with pytest.raises(NotebookError) as refused:
        volumes.in_order([*paths, paths[0]])
    assert refused.value.code is Code.BAD_INPUT


@pytest.mark.parametrize("name", ["letter.007", "x", NAME, "photo.000"])
def test_a_whole_bundle_is_taken_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(DATA)
    assert volumes.in_order([path]) == (path,)


def test_number_zero_alone_is_no_first_volume(tmp_path: Path) -> None:
    path = tmp_path / "a.000"
    path.write_bytes(b"x")
    with pytest.raises(NotebookError) as refused:
        volumes.in_order([path])
    assert refused.value.code is Code.MISSING_VOLUME


def test_files_are_grouped_by_name_and_each_counts_once(tmp_path: Path) -> None:
    names = ["b.sealed.age.002", "a.sealed.age", "b.sealed.age.001", "a.sealed.age"]
    found = volumes.group([tmp_path / name for name in names])
    assert [[path.name for path in group] for group in found] == [
        ["b.sealed.age.001", "b.sealed.age.002"],
        ["a.sealed.age"],
    ]


@pytest.mark.parametrize("name", ["absent", "folder"])
def test_what_cannot_be_read_is_said_to_be_unreadable(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotebookError) as refused:
        read((tmp_path / name,))
    assert refused.value.code is Code.UNREADABLE_FILE


# Failures leave nothing. What the disk itself does stands in tests/faults/test_sticks.py.


def test_what_reads_back_otherwise_is_refused_and_dropped(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000)
    writer.write(DATA)
    with pytest.raises(NotebookError) as refused:
        finished(writer, hashlib.sha256(b"other").digest())
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_byte_that_changed_on_the_way_is_found_when_it_is_read_back(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000)
    writer.write(DATA)
    writer._open().ask(b"E")
    part = tmp_path / f"{NAME}.002.part"
    damaged = bytearray(part.read_bytes())
    damaged[500] ^= 1
    part.write_bytes(damaged)
    with pytest.raises(NotebookError) as refused:
        finished(writer, DIGEST)
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [1, 2, 3])
def test_cancelling_while_it_is_read_back_leaves_nothing(tmp_path: Path, step: int) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000, progress=Stop(step, Cancelled()))

    def work() -> None:
        writer.write(DATA)
        finished(writer, DIGEST)

    # A slow machine says before that it waits.
    with pytest.raises(Cancelled):
        work()
    writer.drop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [1, 20, 100])
def test_cancelling_while_much_is_said_of_the_reading_leaves_nothing(
    tmp_path: Path, step: int
) -> None:
    # Many small parts: when it is cancelled, the process has said more than was heard.
    data = bytes(800)
    writer = VolumeWriter(tmp_path, NAME, max_bytes=2, progress=Stop(step, Cancelled()))
    writer.write(data)
    with pytest.raises(Cancelled):
        finished(writer, hashlib.sha256(data).digest())
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def test_dropping_in_the_middle_of_much_leaves_nothing(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=BIG_BYTES)
    writer.write(os.urandom(2 * BIG_BYTES + 100))
    writer.drop()
    writer.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_name_that_is_taken_is_not_overwritten_and_no_half_bundle_stays(
    tmp_path: Path, number: int
) -> None:
    taken = tmp_path / f"{NAME}.{number:03d}"
    taken.write_bytes(b"somebody else's")
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000)
    writer.write(DATA)
    with pytest.raises(NotebookError) as refused:
        finished(writer, DIGEST)
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()
    assert list(tmp_path.iterdir()) == [taken]
    assert taken.read_bytes() == b"somebody else's"


def test_more_volumes_than_three_digits_can_number_are_refused(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1)
    with pytest.raises(NotebookError) as refused:
        writer.write(DATA[:1000])
    assert refused.value.code is Code.BAD_INPUT
    writer.drop()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotebookError) as refused:
        VolumeWriter(tmp_path, NAME, max_bytes=1).reserve(1000)
    assert refused.value.code is Code.BAD_INPUT


def test_what_cannot_fit_is_refused_before_the_first_byte_with_both_sizes(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=2**39)
    free_mib = shutil.disk_usage(tmp_path).free // 2**20
    with pytest.raises(NotebookError) as refused:
        writer.reserve(2**48)
    assert refused.value.code is Code.NO_SPACE
    assert str(2**28) in refused.value.what
    said = max(
        int(word) for word in refused.value.what.split() if word.isdigit() and word != str(2**28)
    )
    # Others write to the same disk meanwhile.
    assert abs(said - free_mib) < max(free_mib // 4, 4096)
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path / "new" / "deep", NAME, makes_folder=True)
    writer.write(DATA)
    (path,) = finished(writer, DIGEST)
    writer.close()
    assert path.read_bytes() == DATA
    assert (tmp_path / "new" / "deep").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_that_was_made_goes_with_what_was_not_sealed(
    tmp_path: Path, is_there: bool
) -> None:
    deep = tmp_path / "new" / "deep"
    if is_there:
        deep.parent.mkdir()
    writer = VolumeWriter(deep, NAME, makes_folder=True)
    writer.write(DATA)
    writer.read_back(DIGEST)
    writer.drop()
    assert list(tmp_path.rglob("*")) == ([deep.parent] if is_there else [])


def test_a_folder_that_was_made_stays_with_what_others_laid_there(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path / "new" / "deep", NAME, makes_folder=True)
    writer.write(DATA)
    writer.read_back(DIGEST)
    (tmp_path / "new" / "theirs").write_bytes(b"theirs")
    writer.drop()
    assert {path.name for path in tmp_path.rglob("*")} == {"new", "theirs"}


def test_a_folder_that_is_gone_is_trouble_and_is_not_made(tmp_path: Path) -> None:
    """A stick that was pulled out leaves its place behind, or nothing."""
    writer = VolumeWriter(tmp_path / "gone", NAME)
    with pytest.raises(NotebookError) as refused:
        writer.write(DATA)
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    writer = VolumeWriter(tmp_path / "file" / "gone", NAME, makes_folder=True)
    with pytest.raises(NotebookError) as refused:
        writer.write(DATA)
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()


# What an interrupted bundle left.

LEFT = "abcdefghijklmnopqrstuvwx23.sealed.age"


def test_parts_that_nobody_writes_any_more_are_removed_by_the_next_bundle(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{LEFT}.{number:03d}.part").write_bytes(b"x")
    others = [
        tmp_path / name for name in (LEFT, LEFT + ".001", "letter.part", "a.sealed.age.001.part")
    ]
    for other in others:
        other.write_bytes(b"not ours to remove")
    writer = VolumeWriter(tmp_path, "b.sealed.age")
    writer.write(DATA)
    paths = finished(writer, DIGEST)
    writer.close()
    assert writer.leftover_count == 2
    assert sorted(tmp_path.iterdir()) == sorted([*others, *paths])


def test_parts_that_another_process_writes_stay(tmp_path: Path) -> None:
    first = VolumeWriter(tmp_path, LEFT, max_bytes=1000)
    first.write(DATA)
    second = VolumeWriter(tmp_path, NAME)
    # What the first was told is done once it answers; until then its parts may not be there.
    first._open().ask(b"E")
    second.write(DATA)
    assert finished(second, DIGEST)
    assert second.leftover_count == 0
    second.close()
    assert len(finished(first, DIGEST)) == 3
    first.close()


def test_the_writer_dies_with_its_parent_and_what_it_left_is_removed_next_time(
    tmp_path: Path,
) -> None:
    told, tell = os.pipe()
    parent = os.fork()
    if parent == 0:
        try:
            writer = VolumeWriter(tmp_path, LEFT, max_bytes=1000)
            writer.write(DATA)
            writer._open().ask(b"E")
            os.write(tell, str(writer._open().pid).encode())
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(parent, 0)
    child = int(os.read(told, 20))
    os.close(told)
    wait_until_gone(child)
    assert len(list(tmp_path.glob("*.part"))) == 3
    writer = VolumeWriter(tmp_path, NAME)
    writer.reserve(100)
    assert writer.leftover_count == 3
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def wait_until_gone(pid: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            ready, _, _ = select.select([handle], [], [], 60)
        finally:
            os.close(handle)
        assert ready


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("1048576", 2**20),
        ("700M", 700 * 2**20),
        ("2000MiB", 2000 * 2**20),
        ("2000mib", 2000 * 2**20),
        ("4G", 2**32),
        ("512G", 2**39),
        ("1024K", 2**20),
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, size_bytes: int) -> None:
    assert volumes.parse_size(text) == size_bytes


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1048575", "1.5G", "513G", "M", "7 M", "٧M", "700MM", "1e9", "9" * 13]
)
def test_another_size_is_refused(text: str) -> None:
    assert volumes.parse_size(text) is None
