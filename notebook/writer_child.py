"""The process that writes a bundle to a disk or stick: it holds no key and sees ciphertext alone.

Started by `notebook.writing`, which says what it is told and what it answers, as
`python -I -m notebook.writer_child PARENT_PID`. A stick that never answers keeps this process in
the system and no other: the one that holds keys waits at a pipe, and can end at any time.
"""

import ctypes
import errno
import fcntl
import hashlib
import json
import mmap
import os
import re
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from notebook import process

FRAME: Final = struct.Struct(">cI")
MAX_FRAME_BYTES: Final = 8 * 1024 * 1024
STOP_SIGNAL: Final = signal.SIGUSR1
"""Passes over what still stands in the pipe, so that what was written is taken away soon."""
FILE_MODE = 0o600
FOLDER_MODE = 0o700
READ_BYTES = 1024 * 1024
WINDOW_BYTES = 32 * 1024 * 1024
"""So much may wait in the system's memory before it must go to the medium."""

FIXED_TIME_S: Final = 946_684_800
"""The time of every sealed file, 1 January 2000: where it is carried, it must not say when."""
LOOK_BYTES = 1024 * 1024 * 1024
_LEFTOVER = re.compile(
    r"(?P<name>[a-z2-7]{26}\.sealed\.age)\.((?P<number>[0-9]{3})(?P<part>\.part)?|sha256\.part)"
)
_SYNC_FILE_RANGE = 1 | 2
"""Wait for what is being written there, then begin to write what is not (sync_file_range(2))."""


def main() -> None:
    """Do what standard input says, until it ends."""
    process.harden()
    process.end_with_parent(int(sys.argv[1]), signal.SIGKILL)
    medium = Medium(sys.stdout.buffer)
    signal.signal(STOP_SIGNAL, lambda *_ignored: medium.stop())
    serve(sys.stdin.buffer, medium)


def serve(source: BinaryIO, medium: "Medium") -> None:
    """Do what comes from `source`, to its end."""
    while True:
        head = source.read(FRAME.size)
        if len(head) < FRAME.size:
            return
        kind, size_bytes = FRAME.unpack(head)
        body = source.read(min(size_bytes, MAX_FRAME_BYTES))
        # After a failure nothing is done any more but to take away what was written.
        if medium.is_stopped and kind != b"X":
            continue
        try:
            said = medium.doors[kind](body)
        except OSError as error:
            medium.stop()
            said = {"errno": error.errno or errno.EIO}
        if said is not None:
            medium.answer(said)


class Medium:
    """One bundle in one folder: its parts, from the first byte to their names."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self.is_stopped = False
        self._folder = Path()
        self._made: list[Path] = []
        self._name = ""
        self._parts: list[Path] = []
        self._named: list[Path] = []
        self._sums: list[str] = []
        self._file: int | None = None
        self._size_bytes = 0
        self._begun_bytes = 0
        self._lock: int | None = None
        self.doors: dict[bytes, Callable[[bytes], dict[str, object] | None]] = {
            b"F": self.look,
            b"M": self.make,
            b"B": self.begin,
            b"V": self.volume,
            b"D": self.write,
            b"E": self.end,
            b"R": self.read_back,
            b"N": self.name,
            b"C": self.write_sums,
            b"X": self.drop,
        }

    def answer(self, said: dict[str, object]) -> None:
        """Say something."""
        self._sink.write(json.dumps(said).encode() + b"\n")
        self._sink.flush()

    def stop(self) -> None:
        """Do nothing any more but drop."""
        self.is_stopped = True

    def look(self, folder: bytes) -> dict[str, object]:
        """How much room there is where a folder lies, or will lie; nothing if it does not say."""
        path = Path(os.fsdecode(folder))
        while not path.exists() and path != path.parent:
            path = path.parent
        found = os.statvfs(path)
        # Some file systems that are programs say of themselves that they have no blocks at all.
        return {"free": found.f_bavail * found.f_frsize if found.f_blocks else None}

    def make(self, folder: bytes) -> dict[str, object]:
        """Make a folder that only its owner can enter, should it not be there."""
        path = Path(os.fsdecode(folder))
        self._made = [each for each in (path, *path.parents) if not each.exists()]
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        return {}

    def begin(self, said: bytes) -> dict[str, object]:
        """Go to the folder, and take away what nobody writes there any more.

        `said` is the folder, NUL, and the name of the bundle.
        """
        folder, _, name = said.partition(b"\0")
        self._folder, self._name = Path(os.fsdecode(folder)), os.fsdecode(name)
        swept = sweep(self._folder)
        return {"swept": swept} | self.look(folder)

    def volume(self, _nothing: bytes) -> None:
        """End the volume before and begin the next one."""
        self._sync()
        path = self._folder / f"{self._name}.{len(self._parts) + 1:03d}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.open(path, flags, FILE_MODE)
        self._parts.append(path)
        self._size_bytes = self._begun_bytes = 0
        if self._lock is None:
            # For as long as the first part is locked no other process takes the parts away.
            self._lock = os.dup(self._file)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, data: bytes) -> None:
        """Write to the volume."""
        if self._file is None:
            raise OSError(errno.EBADF, "no volume was begun")
        view = memoryview(data)
        while view:
            written = os.write(self._file, view)
            self._size_bytes += written
            view = view[written:]
        if self._size_bytes - self._begun_bytes >= WINDOW_BYTES:
            # Else all of it waits in memory, progress is a lie, and the last sync takes minutes.
            _push_out(self._file, max(0, self._begun_bytes - WINDOW_BYTES))
            self._begun_bytes = self._size_bytes

    def end(self, _nothing: bytes) -> dict[str, object]:
        """Wait until all of it is on the medium."""
        self._sync()
        _sync_folder(self._folder)
        return {}

    def _sync(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            try:
                fix_time(file)
                os.fsync(file)
            finally:
                os.close(file)

    def read_back(self, _nothing: bytes) -> dict[str, object] | None:
        """Read all parts from the medium; says how far it is, and ends when it is stopped."""
        whole = hashlib.sha256()
        total, done, is_from_medium = sum(p.stat().st_size for p in self._parts), 0, True
        self._sums = []
        for path in self._parts:
            one = hashlib.sha256()
            with path.open("rb", buffering=0) as file:
                is_from_medium &= forget(file.fileno())
                while chunk := file.read(READ_BYTES):
                    if self.is_stopped:
                        return None
                    whole.update(chunk)
                    if len(self._parts) > 1:
                        one.update(chunk)
                    done += len(chunk)
                    self.answer({"done": done, "total": total})
            self._sums.append((one if len(self._parts) > 1 else whole).hexdigest())
        return {"sha256": whole.hexdigest(), "medium": is_from_medium}

    def name(self, _nothing: bytes) -> dict[str, object]:
        """Give the parts their names, the first one last: where it lies, the bundle is whole."""
        names = [
            self._name if len(self._parts) == 1 else f"{self._name}.{number:03d}"
            for number in range(1, len(self._parts) + 1)
        ]
        for part, name in reversed(list(zip(self._parts, names, strict=True))):
            path = self._folder / name
            _publish(part, path)
            self._named.append(path)
        return {"names": names}

    def write_sums(self, _nothing: bytes) -> dict[str, object]:
        """A file beside the bundle for `sha256sum -c`, of what was read back."""
        names = sorted(path.name for path in self._named)
        sums = zip(self._sums, names, strict=True)
        out = self._folder / f"{self._name}.sha256"
        part = out.with_name(out.name + ".part")
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        self._parts.append(part)
        with os.fdopen(file, "wb") as text:
            text.write("".join(f"{digest}  {name}\n" for digest, name in sums).encode())
            text.flush()
            fix_time(text.fileno())
            os.fsync(text.fileno())
        _publish(part, out)
        self._named.append(out)
        return {"name": out.name}

    def drop(self, _nothing: bytes) -> dict[str, object]:
        """Remove what was written or made, also what has its name already; how many files stay."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        left = 0
        for path in (*self._parts, *self._named):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                left += 1
        for folder in self._made:
            with suppress(OSError):
                # Only while nothing lies in it.
                folder.rmdir()
        return {"left": left}


def fix_time(file: int) -> None:
    """Give an open file the time that every sealed file has, where the medium lets us."""
    with suppress(OSError):
        os.utime(file, (FIXED_TIME_S, FIXED_TIME_S))


def forget(file: int) -> bool:
    """Have the system forget a synced file's pages; whether it has, so that they are read anew.

    Some file systems live in memory, and some keep what they have: then nobody can know.
    """
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    size_bytes = os.fstat(file).st_size
    try:
        return all(
            not _is_in_memory(file, start, min(LOOK_BYTES, size_bytes - start))
            for start in range(0, size_bytes, LOOK_BYTES)
        )
    except (OSError, ValueError):
        return False


def _is_in_memory(file: int, start: int, size_bytes: int) -> bool:
    """Whether any page of a stretch of the file is in the system's memory (mincore(2))."""
    pages = ctypes.create_string_buffer(-(-size_bytes // mmap.PAGESIZE))
    access = mmap.PROT_READ | mmap.PROT_WRITE
    with mmap.mmap(file, size_bytes, mmap.MAP_PRIVATE, access, offset=start) as stretch:
        here = (ctypes.c_char * size_bytes).from_buffer(stretch)
        library = ctypes.CDLL(None, use_errno=True)
        result = library.mincore(ctypes.byref(here), ctypes.c_size_t(size_bytes), pages)
        del here
    if result != 0:
        raise OSError(ctypes.get_errno(), "the system does not say")
    return any(page[0] & 1 for page in pages)


def sweep(folder: Path) -> int:
    """Remove what is left of bundles that no process writes any more; how many files that were."""
    bundles: dict[str, list[re.Match[str]]] = {}
    for path in folder.iterdir():
        if match := _LEFTOVER.fullmatch(path.name):
            bundles.setdefault(match["name"], []).append(match)
    swept = 0
    for name, found in bundles.items():
        # The lock stays on the first part when it gets its name.
        firsts = (f"{name}.001.part", f"{name}.001", name)
        if not any(_is_written(folder / first) for first in firsts):
            for leftover in _left(folder, found):
                (folder / leftover).unlink(missing_ok=True)
                swept += 1
    return swept


def _left(folder: Path, found: list[re.Match[str]]) -> list[str]:
    """What of one bundle can be nothing but left over; the first part last, as all else needs it.

    That is every part without its name. A volume that has one may be anybody's, who carries it
    apart from the others; it is left over where every volume before it is a part without a name,
    and all are of one size: then the names were being given, from the last to the first.
    """
    parts = {int(match["number"]): match.string for match in found if match["part"]}
    named = {int(m["number"]): m.string for m in found if m["number"] and not m["part"]}
    sums = [match.string for match in found if not match["number"]]
    if parts and named and not _was_being_named(folder, parts, named):
        named = {}
    volumes = parts | named if parts else {}
    return [*sums, *(volumes[number] for number in sorted(volumes, reverse=True))]


def _was_being_named(folder: Path, parts: dict[int, str], named: dict[int, str]) -> bool:
    numbers = [*sorted(parts), *sorted(named)]
    if numbers != [*range(1, len(numbers) + 1)]:
        return False
    try:
        *sizes, last = (
            (folder / name).lstat().st_size for _number, name in sorted((parts | named).items())
        )
    except FileNotFoundError:
        return False
    return len(set(sizes)) == 1 and last <= sizes[0]


def _is_written(first: Path) -> bool:
    try:
        file = os.open(first, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        # It is not there, or nothing that we wrote.
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _push_out(file: int, start: int) -> None:
    """Begin to write to the medium what is in memory from here on; wait for what began before."""
    offset = ctypes.c_int64(start)
    library = ctypes.CDLL(None, use_errno=True)
    # Where the system has no such call the sync at the end does it all.
    if push := getattr(library, "sync_file_range", None):
        push(file, offset, ctypes.c_int64(0), ctypes.c_uint(_SYNC_FILE_RANGE))


def _publish(part: Path, path: Path) -> None:
    if path.exists():
        raise OSError(errno.EEXIST, "file exists")
    part.rename(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


if __name__ == "__main__":
    main()
