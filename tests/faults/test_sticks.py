"""Sealing straight to a disk or stick that is full, fails, is pulled out, or never answers."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notebook import volumes, writer_child, writing
from notebook.errors import Code, NotebookError
from notebook.progress import WAITING, Cancelled
from notebook.volumes import VolumeWriter
from tests.faults.support_traced import root_only
from tests.notebook.support_exchange import Team, finished, know
from tests.notebook.test_volumes import wait_until_gone
from tests.support import REPOSITORY, oracle

NAME = "abcdefghijklmnopqrstuvwx23.sealed.age"
MIB = 1024 * 1024
PIECE = os.urandom(MIB)


def fill(writer: VolumeWriter, mib: int) -> tuple[Path, ...]:
    """Have so much written, and ended."""
    digest = hashlib.sha256()
    for _ in range(mib):
        writer.write(PIECE)
        digest.update(PIECE)
    return finished(writer, digest.digest())


def refused(work: Callable[[], object]) -> NotebookError:
    with pytest.raises(NotebookError) as trouble:
        work()
    return trouble.value


# A real file system that is full, and a real device that fails.


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts file systems, which are taken away at the end."""
    root_only()
    places: list[Path] = []

    def mount(*options: str) -> Path:
        place = tmp_path / f"medium{len(places)}"
        place.mkdir()
        done = subprocess.run(["mount", *options, str(place)], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"this machine mounts no such file system: {done.stderr.decode()}")
        places.append(place)
        return place

    yield mount
    for place in reversed(places):
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def test_a_full_medium_is_trouble_and_nothing_stays(mounted: Callable[..., Path]) -> None:
    medium = mounted("-t", "tmpfs", "-o", "size=5m", "tmpfs")
    writer = VolumeWriter(medium, NAME)
    trouble = refused(lambda: fill(writer, 20))
    writer.drop()
    assert trouble.code is Code.NO_SPACE
    assert "No bundle was left" in trouble.safe
    assert list(medium.iterdir()) == []


def test_what_does_not_fit_is_refused_before_anything_is_written(
    mounted: Callable[..., Path],
) -> None:
    medium = mounted("-t", "tmpfs", "-o", "size=5m", "tmpfs")
    writer = VolumeWriter(medium, NAME)
    trouble = refused(lambda: writer.reserve(6 * MIB))
    writer.drop()
    assert trouble.code is Code.NO_SPACE
    assert {"6", "5"} <= set(trouble.what.split())
    assert writing.free_bytes(medium) == 5 * MIB


def test_a_file_system_in_memory_is_not_said_to_be_read_from_the_medium(
    mounted: Callable[..., Path],
) -> None:
    medium = mounted("-t", "tmpfs", "-o", "size=5m", "tmpfs")
    writer = VolumeWriter(medium, NAME)
    assert fill(writer, 2) == (medium / NAME,)
    writer.close()
    assert not writer.is_from_medium


def test_a_device_that_dies_after_some_bytes_is_trouble(
    mounted: Callable[..., Path], tmp_path: Path
) -> None:
    """An image of 64 MiB in a file system of 12: what goes beyond is an error of the device."""
    small = mounted("-t", "tmpfs", "-o", "size=12m", "tmpfs")
    image = small / "image"
    with image.open("wb") as file:
        file.truncate(64 * MIB)
    subprocess.run(
        [oracle("mkfs.ext4"), "-q", "-O", "^has_journal", str(image)],
        check=True,
        capture_output=True,
    )
    medium = mounted("-o", "loop", str(image))
    writer = VolumeWriter(medium, NAME)
    trouble = refused(lambda: fill(writer, 30))
    writer.drop()
    # Which of the two it is the system says.
    assert trouble.code in (Code.DISK_ERROR, Code.NO_SPACE)
    assert not list(medium.glob("*.age"))


def test_what_was_read_back_from_a_real_disk_is_known_to_come_from_there(
    mounted: Callable[..., Path], tmp_path: Path
) -> None:
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(64 * MIB)
    subprocess.run([oracle("mkfs.ext4"), "-q", str(image)], check=True, capture_output=True)
    medium = mounted("-o", "loop", str(image))
    writer = VolumeWriter(medium, NAME, max_bytes=3 * MIB)
    assert len(fill(writer, 8)) == 3
    writer.close()
    assert writer.is_from_medium


# A system that refuses one call.


def test_a_file_system_that_takes_no_large_files_says_that_smaller_parts_do(
    tmp_path: Path,
) -> None:
    writer = VolumeWriter(tmp_path, NAME)
    writer.reserve(9 * MIB)
    # What FAT32 does at 4 GiB.
    resource.prlimit(writer._open().pid, resource.RLIMIT_FSIZE, (3 * MIB, 3 * MIB))
    trouble = refused(lambda: fill(writer, 9))
    writer.drop()
    assert trouble.code is Code.DISK_ERROR
    assert "smaller parts" in trouble.next_step
    assert list(tmp_path.iterdir()) == []


class Faulty:
    """A watcher that has the system refuse calls of one process."""

    def __init__(self, pid: int, calls: str, fault: str) -> None:
        root_only()
        command = [oracle("strace"), "-f", "-e", f"trace={calls}", "-e", f"inject={calls}:{fault}"]
        self.watcher = subprocess.Popen([*command, "-p", str(pid)], stderr=subprocess.PIPE)
        self.await_words(b"attached")

    def await_words(self, words: bytes) -> None:
        assert self.watcher.stderr is not None
        # A call that stands still has no line's end yet.
        said = b""
        while words not in said:
            received = os.read(self.watcher.stderr.fileno(), 4096)
            assert received, "the watcher ended"
            said += received

    def __enter__(self) -> Faulty:
        return self

    def __exit__(self, *_error: object) -> None:
        self.watcher.kill()
        self.watcher.communicate()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, Code.NO_SPACE),
        (errno.EIO, Code.DISK_ERROR),
        (errno.ENODEV, Code.DISK_ERROR),
        (errno.EROFS, Code.DISK_ERROR),
    ],
)
@pytest.mark.parametrize(
    ("calls", "when"),
    [("openat", 2), ("fsync", 1), ("fsync", 3), ("rename", 1), ("rename", 3), ("ftruncate", 0)],
)
def test_a_call_that_the_medium_refuses_is_trouble_and_leaves_no_bundle(
    tmp_path: Path, calls: str, when: int, number: int, code: Code
) -> None:
    writer = VolumeWriter(tmp_path, NAME, max_bytes=2 * MIB)
    writer.reserve(5 * MIB)
    if not when:
        # Nothing is refused: the watcher itself does no harm.
        with Faulty(writer._open().pid, calls, f"error={errno.errorcode[number]}:when=1"):
            assert len(fill(writer, 5)) == 3
            writer.close()
        return
    with Faulty(writer._open().pid, calls, f"error={errno.errorcode[number]}:when={when}"):
        trouble = refused(lambda: fill(writer, 5))
        writer.drop()
    assert trouble.code is code
    assert all((trouble.what, trouble.safe, trouble.next_step))
    assert list(tmp_path.iterdir()) == []


def test_a_medium_that_was_pulled_out_leaves_a_part_and_the_trouble_says_so(
    tmp_path: Path,
) -> None:
    """Nothing can be removed any more either."""
    writer = VolumeWriter(tmp_path, NAME, max_bytes=2 * MIB)
    writer.reserve(5 * MIB)
    with Faulty(writer._open().pid, "fsync,unlink,unlinkat", "error=ENODEV"):
        trouble = refused(lambda: fill(writer, 5))
        writer.drop()
    assert trouble.code is Code.DISK_ERROR
    assert "“.part”" in trouble.safe
    assert {path.suffix for path in tmp_path.iterdir()} == {".part"}


# Killed while the parts get their names.


def volumes_of(name: str, parts: int, named: int, folder: Path, *, size: int = 100) -> list[Path]:
    """So many parts without a name, and then volumes that have one; the last one is shorter."""
    paths = [
        folder / f"{name}.{number:03d}{'.part' if number <= parts else ''}"
        for number in range(1, parts + named + 1)
    ]
    for path in paths:
        path.write_bytes(b"x" * (size if path != paths[-1] else size // 2))
    return paths


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("named", range(4))
def test_a_kill_while_the_parts_get_their_names_leaves_nothing_after_the_next_seal(
    named: int, tmp_path: Path
) -> None:
    root_only()
    writer = VolumeWriter(tmp_path, NAME, max_bytes=2 * MIB)
    writer.write(PIECE * 7)
    writer.read_back(hashlib.sha256(PIECE * 7).digest())
    calls = "rename,renameat,renameat2"
    with Faulty(writer._open().pid, calls, f"signal=KILL:when={named + 1}"):
        trouble = refused(writer.publish)
        writer.drop()
        writer.close()
    assert trouble.code is Code.DISK_ERROR
    # From the last to the first they got their names.
    suffixes = ["" if number > 4 - named else ".part" for number in range(1, 5)]
    left = {f"{NAME}.{number:03d}{suffix}" for number, suffix in enumerate(suffixes, start=1)}
    assert names_in(tmp_path) == left
    other = "a" * 26 + ".sealed.age"
    following = VolumeWriter(tmp_path, other, max_bytes=2 * MIB)
    files = fill(following, 1)
    following.close()
    assert names_in(tmp_path) == {path.name for path in files}
    assert following.leftover_count == 4


def test_volumes_on_their_way_are_never_taken_away(tmp_path: Path) -> None:
    names = iter("bcdefgh")

    def lies_there(parts: int, named: int) -> list[Path]:
        return volumes_of(next(names) * 26 + ".sealed.age", parts, named, tmp_path)

    # Volumes of which the first is elsewhere; a part that has a volume of its own number; a gap.
    without_first = lies_there(1, 3)
    without_first[0].unlink()
    twice = lies_there(1, 2)
    (tmp_path / twice[0].name.removesuffix(".part")).write_bytes(b"x" * 100)
    gap = lies_there(1, 3)
    gap[1].unlink()
    # A part that is shorter than the volumes after it: a copy that is still being made.
    begun = lies_there(1, 3)
    begun[0].write_bytes(b"x")
    # A last volume that is longer than the others is no volume of that bundle.
    longer = lies_there(2, 1)
    longer[2].write_bytes(b"x" * 200)
    whole = lies_there(0, 3)
    kept = {path.name for path in tmp_path.iterdir() if path.suffix != ".part"}
    assert writer_child.sweep(tmp_path) == 5
    assert names_in(tmp_path) == kept
    assert {path.name for path in whole} <= kept


def test_what_another_process_still_names_is_left_alone(tmp_path: Path) -> None:
    paths = volumes_of(NAME, 1, 2, tmp_path)
    sums = tmp_path / f"{NAME}.sha256.part"
    sums.write_bytes(b"")
    with paths[0].open("rb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        assert writer_child.sweep(tmp_path) == 0
        # The lock goes on with the name; then only the checksums are not ready.
        paths[0].rename(tmp_path / f"{NAME}.001")
        assert writer_child.sweep(tmp_path) == 0
    assert writer_child.sweep(tmp_path) == 1
    assert names_in(tmp_path) == {f"{NAME}.001", f"{NAME}.002", f"{NAME}.003"}


# A medium that never answers.


class CancelWhenWaiting:
    """Progress that is cancelled once it says that it waits, from when it is told to."""

    is_ready = False

    def step(self, done: int, total: int, what: str = "") -> None:
        # A slow machine waits a little for the writer to begin.
        if what == WAITING and self.is_ready:
            raise Cancelled


def test_waiting_for_a_medium_that_never_answers_can_be_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_DROP_S", 0.1)
    progress = CancelWhenWaiting()
    writer = VolumeWriter(tmp_path, NAME, progress=progress)
    child = writer._open().pid
    progress.is_ready = True
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(Cancelled):
        fill(writer, 20)
    writer.drop()
    # Killed and buried: no process stays behind.
    assert not Path(f"/proc/{child}").exists()


def test_a_cancellation_in_the_middle_of_a_piece_still_cleans_up(tmp_path: Path) -> None:
    progress = CancelWhenWaiting()
    writer = VolumeWriter(tmp_path, NAME, progress=progress)
    child = writer._open().pid
    writer.write(PIECE)
    os.kill(child, signal.SIGSTOP)
    progress.is_ready = True
    with pytest.raises(Cancelled):
        fill(writer, 20)
    os.kill(child, signal.SIGCONT)
    writer.drop()
    assert list(tmp_path.iterdir()) == []


SEALING = """
import os, signal, sys
from pathlib import Path
from notebook.handover import SealRequest
from tests.notebook import support_notebook as support

class StopTheWriter:
    def step(self, done, total, what=""):
        if what == "seal":
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGSTOP)
            print(children[0], flush=True)

notebook = support.unlock(Path(sys.argv[1]), seed="stalled")
reader, = notebook.contacts()
notebook.seal(notebook.plan_seal(SealRequest(to=(reader.id,))), Path(sys.argv[2]), StopTheWriter())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_with_keys_ends_at_once_while_its_stick_stalls_and_the_writer_dies_with_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    team = Team(tmp_path)
    sender, _reader = team.members("Sender", "Reader")
    sender.add("case", None, {"title": "Invented"})
    team.close()
    out = tmp_path / "stick"
    out.mkdir()
    command = [sys.executable, "-c", SEALING, str(sender.folder), str(out)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        writer = int(process.stdout.readline())
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait() == -number
    wait_until_gone(writer)
    assert not list(out.glob("*.age"))


def test_a_process_with_keys_ends_while_its_writer_is_held_in_a_sync(tmp_path: Path) -> None:
    told, tell = os.pipe()
    parent = os.fork()
    if parent == 0:
        try:
            writer = VolumeWriter(tmp_path, NAME)
            writer.reserve(MIB)
            os.write(tell, str(writer._open().pid).encode())
            while not (tmp_path / "go").exists():
                time.sleep(0.005)
            fill(writer, 1)
        finally:
            os._exit(0)
    os.close(tell)
    child = int(os.read(told, 20))
    with Faulty(child, "fsync", "delay_enter=600000000") as stalled:
        (tmp_path / "go").write_bytes(b"")
        stalled.await_words(b"fsync(")
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
    wait_until_gone(child)
    assert [path.name for path in tmp_path.glob("*.age*")] == [NAME + ".001.part"]


def test_the_writer_holds_no_key_and_loads_no_cryptography(tmp_path: Path) -> None:
    writer = VolumeWriter(tmp_path, NAME)
    writer.reserve(100)
    maps = ""
    if os.geteuid() == 0:
        maps = Path(f"/proc/{writer._open().pid}/maps").read_text()
    assert "cryptography" not in maps
    assert "sqlcipher" not in maps
    assert "PySide6" not in maps
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", "import sys, notebook.writer_child; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert not {"crypto", "cryptography", "sqlcipher3", "notebook.core"} & set(loaded)
    writer.drop()


def test_two_who_know_each_other_can_hand_over_by_parts_of_one_mebibyte(tmp_path: Path) -> None:
    team = Team(tmp_path)
    sender, reader = team.member("Sender"), team.member("Reader")
    know(sender, reader)
    know(reader, sender)
    case, _ = sender.add("case", None, {"title": "Invented"})
    with (tmp_path / "film").open("w+b") as film:
        film.write(PIECE * 3)
        film.seek(0)
        sender.attach(sender.record(case).id, film, file_name="film.bin")
    result = team.sealed(sender, reader, volume_bytes=MIB)
    assert len(result.files) > 3
    assert {path.stat().st_size for path in result.files[:-1]} == {MIB}
    assert volumes.in_order(result.files) == result.files
    assert reader.open_bundle(result.files[::-1], accept_unknown=False)[0].new > 0
    team.close()
