"""Volumes: cut to size, read back, named when whole, and nothing left when not."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
from pathlib import Path

import pytest

from notebook import disk, volumes
from notebook.errors import Code, NotebookError
from notebook.progress import Cancelled, Silent
from notebook.volumes import VolumeReader, VolumeWriter
from tests.notebook.support_exchange import Stop
from tests.support import oracle

NAME = "a.sealed.age"
DATA = b"age-encryption.org/v1\n" + bytes(range(256)) * 10
DIGEST = hashlib.sha256(DATA).digest()


def written(folder: Path, *, max_bytes: int, piece_bytes: int = 700) -> tuple[Path, ...]:
    writer = VolumeWriter(folder, NAME, max_bytes=max_bytes)
    for start in range(0, len(DATA), piece_bytes):
        writer.write(DATA[start : start + piece_bytes])
    return writer.finish(DIGEST, Silent())


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


def test_sums_beside_the_volumes_are_what_sha256sum_expects(tmp_path: Path) -> None:
    paths = written(tmp_path, max_bytes=1000)
    sums = volumes.write_checksums(paths)
    assert sums.name == NAME + ".sha256"
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


# Failures leave nothing.


class FullDisk(io.RawIOBase):
    """A file on a disk that takes so many bytes and no more."""

    def __init__(self, path: Path, room_bytes: int, number: int = errno.ENOSPC) -> None:
        self._file = path.open("xb", buffering=0)
        self._room_bytes = room_bytes
        self._number = number

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()

    def write(self, data: object, /) -> int:
        assert isinstance(data, (bytes, memoryview, bytearray))
        taken = memoryview(data)[: self._room_bytes]
        if not taken:
            raise OSError(self._number, os.strerror(self._number))
        self._room_bytes -= len(taken)
        return self._file.write(taken) or 0


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, Code.NO_SPACE), (errno.EIO, Code.DISK_ERROR), (errno.EDQUOT, Code.NO_SPACE)],
)
@pytest.mark.parametrize("room_bytes", [0, 1, 999, 1500])
def test_a_full_disk_is_trouble_and_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: Code,
    room_bytes: int,
) -> None:
    monkeypatch.setattr(
        disk, "create", lambda path: io.BufferedWriter(FullDisk(path, room_bytes, number))
    )
    writer = VolumeWriter(tmp_path, NAME)

    def write_all() -> None:
        writer.write(DATA[:900])
        writer.write(DATA[900:])
        writer.finish(DIGEST, Silent())

    with pytest.raises(NotebookError) as full:
        write_all()
    assert full.value.code is code
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def test_what_reads_back_otherwise_is_refused_and_dropped(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000)
    writer.write(DATA)
    part = tmp_path / f"{NAME}.002.part"
    damaged = bytearray(part.read_bytes())
    damaged[500] ^= 1
    part.write_bytes(damaged)
    with pytest.raises(NotebookError) as refused:
        writer.finish(DIGEST, Silent())
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()
    assert list(tmp_path.iterdir()) == []


def test_cancelling_while_it_is_read_back_leaves_nothing(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=1000)
    writer.write(DATA)
    with pytest.raises(Cancelled):
        writer.finish(DIGEST, Stop(2, Cancelled()))
    writer.drop()
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
        writer.finish(DIGEST, Silent())
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


def test_a_folder_that_is_gone_is_trouble(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path / "gone", NAME)
    with pytest.raises(NotebookError) as refused:
        writer.write(DATA)
    assert refused.value.code is Code.DISK_ERROR
    writer.drop()
