"""A sealed bundle as files: one, or volumes small enough for a FAT32 stick."""

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from notebook import writing
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.progress import READ_BACK, WAITING, Progress, Silent
from notebook.writing import WriterProcess

MIB: Final = 1024 * 1024
MAX_VOLUME_BYTES = 2000 * MIB
"""Fits FAT32, which takes files below 4 GiB, with room to spare for programs that count badly."""
LEAST_VOLUME_BYTES: Final = MIB
GREATEST_VOLUME_BYTES: Final = 2**39
"""What the largest archive takes: all of it in one file."""
SUFFIX = ".sealed.age"
MAX_VOLUMES = 999
_VOLUME = re.compile(r"(?P<name>.+)\.(?P<number>[0-9]{3})", re.DOTALL)
_SIZE = re.compile(r"(?P<number>[0-9]{1,12})(?P<unit>(?:[KMGkmg](?:i?B|ib)?)?)")
_UNITS = {"": 1, "k": 1024, "m": MIB, "g": 1024 * MIB}
_AGE_MAGIC = b"age-encryption.org/"


class VolumeWriter:
    """Has a bundle written as `.part` files by a process apart, a new one when one is full.

    Raises NO_SPACE and DISK_ERROR, and what `progress` raises, also while the disk keeps us
    waiting. `drop` is for every way out but `publish`, and `close` for all.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        max_bytes: int = MAX_VOLUME_BYTES,
        progress: Progress | None = None,
        *,
        makes_folder: bool = False,
    ) -> None:
        self.folder = folder.absolute()
        self.name = name
        self.max_bytes = max_bytes
        self.leftover_count = 0
        """How many parts of interrupted bundles were taken away there."""
        self.is_from_medium = False
        """Whether it is sure that what was read back came from the medium and not from memory."""
        self.may_be_left = False
        """Whether something lies there although it was to be removed."""
        self.progress: Progress = progress or Silent()
        self._makes_folder = makes_folder
        self._writer: WriterProcess | None = None
        self._free_bytes: int | None = 0
        self._volume_count = 0
        self._left_bytes = 0
        self._done = (0, 0)
        self._trouble: NotebookError | None = None

    def reserve(self, total_bytes: int) -> None:
        """Refuse before the first byte what cannot fit there. Raises NO_SPACE, BAD_INPUT."""
        if total_bytes > MAX_VOLUMES * self.max_bytes:
            raise too_many()
        with self._disk():
            self._open()
        self._done = (0, total_bytes)
        if self._free_bytes is not None and total_bytes > self._free_bytes:
            raise NotebookError(
                Code.NO_SPACE,
                _("The bundle takes {needed} MiB, and {free} MiB are free there.").format(
                    needed=-(-total_bytes // MIB), free=self._free_bytes // MIB
                ),
                _("Nothing was written there, and the notebook is unchanged."),
                _("Free some space there, or choose another place, and seal again."),
            )

    def write(self, data: bytes | memoryview, /) -> None:
        """Take all of `data`."""
        view = memoryview(data)
        with self._disk():
            writer = self._open()
            while view:
                if self._left_bytes == 0:
                    if self._volume_count == MAX_VOLUMES:
                        raise too_many()
                    writer.tell(b"V")
                    self._volume_count += 1
                    self._left_bytes = self.max_bytes
                taken = view[: self._left_bytes]
                # A whole piece goes as it came: large bundles are not copied once more.
                if isinstance(data, bytes) and len(taken) == len(data):
                    writer.write(data)
                else:
                    writer.write(bytes(taken))
                self._left_bytes -= len(taken)
                self._done = (self._done[0] + len(taken), self._done[1])
                view = view[len(taken) :]

    def read_back(self, sha256: bytes) -> None:
        """Sync, read everything back from the medium, and compare."""
        with self._disk():
            writer = self._open()
            writer.ask(b"E")
            found = writer.ask(
                b"R", on_step=lambda done, total: self.progress.step(done, total, READ_BACK)
            )
            if found.get("sha256") != sha256.hex():
                raise NotebookError(
                    Code.DISK_ERROR,
                    _("What was written could not be read back as it was."),
                    _("No bundle was left there, and the notebook is unchanged."),
                    _("Use another disk or stick, and seal again."),
                )
            self.is_from_medium = found.get("medium") is True

    def publish(self) -> tuple[Path, ...]:
        """Give what was read back its names; only then it is a bundle.

        The first volume gets its name last: where it lies, the bundle is whole.
        """
        with self._disk():
            names = self._open().ask(b"N")["names"]
        assert isinstance(names, list)
        return tuple(self.folder / str(name) for name in names)

    def write_checksums(self) -> Path:
        """A file beside the bundle for `sha256sum -c`, of what was read back."""
        with self._disk():
            return self.folder / str(self._open().ask(b"C")["name"])

    def drop(self) -> None:
        """Remove what was written, also what has its name already.

        Trouble that was raised says so when that is not sure.
        """
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self.may_be_left = not writer.drop()
            if self.may_be_left and self._trouble is not None:
                writing.add_left_over(self._trouble)

    def close(self) -> None:
        """End the process apart."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self) -> WriterProcess:
        if self._writer is None:
            self._writer = WriterProcess(self._wait)
            if self._makes_folder:
                self._writer.ask(b"M", os.fsencode(self.folder))
            said = self._writer.ask(b"B", os.fsencode(self.folder) + b"\0" + os.fsencode(self.name))
            free, swept = said["free"], said["swept"]
            assert free is None or isinstance(free, int)
            assert isinstance(swept, int)
            self._free_bytes, self.leftover_count = free, swept
        return self._writer

    def _wait(self) -> None:
        self.progress.step(*self._done, WAITING)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except NotebookError as error:
            self._trouble = error
            raise


def group(paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """Files given together, volumes of one bundle in one group. Raises MISSING_VOLUME later.

    A name says only which volumes belong together; what a file holds its content says.
    """
    groups: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(paths):
        match = _VOLUME.fullmatch(path.name)
        groups.setdefault(path.with_name(match["name"]) if match else path, []).append(path)
    return [tuple(sorted(found)) for found in groups.values()]


def in_order(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The volumes of one bundle, first to last.

    One file is taken as it is when its content begins like a bundle, whatever its name. Raises
    MISSING_VOLUME when a number is missing, and BAD_INPUT for a file that is none of the bundle's.
    """
    if len(paths) == 1 and is_beginning(paths[0]):
        return tuple(paths)
    numbered: dict[int, Path] = {}
    for path in paths:
        match = _VOLUME.fullmatch(path.name)
        if match is None:
            if len(paths) == 1:
                return tuple(paths)
            raise foreign(path)
        first = next(iter(numbered.values()), path)
        if first.name[:-3] != path.name[:-3] or int(match["number"]) in numbered:
            raise foreign(path)
        numbered[int(match["number"])] = path
    missing = next((n for n in range(1, max(numbered, default=0) + 1) if n not in numbered), None)
    if missing is not None or 0 in numbered:
        raise missing_volume(missing or 1, next(iter(numbered.values())))
    return tuple(numbered[number] for number in sorted(numbered))


def number_of(path: Path) -> int | None:
    """The number that a file's name says it has among volumes."""
    match = _VOLUME.fullmatch(path.name)
    return int(match["number"]) if match else None


def missing_volume(number: int, one: Path) -> NotebookError:
    """The trouble of a volume that was not given, told by one that was."""
    match = _VOLUME.fullmatch(one.name)
    return NotebookError(
        Code.MISSING_VOLUME,
        _("Part {number} of “{name}” is missing.").format(
            number=f"{number:03d}", name=match["name"] if match else one.name
        ),
        _("Nothing was opened."),
        _("Give all parts of the bundle together."),
    )


def is_beginning(path: Path) -> bool:
    """Whether a file begins like a bundle. Raises UNREADABLE_FILE."""
    with reading(), open_file(path) as file:
        return file.read(len(_AGE_MAGIC)) == _AGE_MAGIC


def open_file(path: Path) -> BinaryIO:
    """A file for reading. Raises `OSError` for a pipe, which may never come, and for a device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file")
    return os.fdopen(descriptor, "rb")


@contextmanager
def reading() -> Iterator[None]:
    """Turn what the system says of a file that is read into UNREADABLE_FILE."""
    try:
        yield
    except OSError:
        raise unreadable() from None


def foreign(path: Path) -> NotebookError:
    """The trouble of a file that is none of the bundle's, or given twice."""
    return NotebookError(
        Code.BAD_INPUT,
        _("“{name}” is no part of the same bundle.").format(name=path.name),
        _("Nothing was opened."),
        _("Give the parts of one bundle, each once."),
    )


class VolumeReader:
    """Files read one after the other as one source."""

    def __init__(self, paths: Sequence[Path], progress: Progress) -> None:
        self._left = list(paths)
        self._file: BinaryIO | None = None
        self._progress = progress
        self._done = 0
        try:
            self.total_bytes = sum(path.stat().st_size for path in paths)
        except OSError:
            raise unreadable() from None

    def read(self, max_bytes: int, /) -> bytes:
        """Up to `max_bytes`; nothing at the end of the last file. Raises UNREADABLE_FILE."""
        while True:
            if self._file is None:
                if not self._left:
                    return b""
                try:
                    self._file = open_file(self._left.pop(0))
                except OSError:
                    raise unreadable() from None
            try:
                data = self._file.read(max_bytes)
            except OSError:
                raise unreadable() from None
            if data:
                self._done += len(data)
                self._progress.step(self._done, self.total_bytes)
                return data
            self.close()

    def close(self) -> None:
        """Close the file that is open."""
        if self._file is not None:
            self._file.close()
            self._file = None


def parse_size(untrusted_text: str) -> int | None:
    """The size of a part as people write it: bytes, or `700M`, `2000MiB`, `4G`; None for others.

    M and G are 1024 times 1024 and 1024 times that, as with `split` and `dd`.
    """
    match = _SIZE.fullmatch(untrusted_text)
    if match is None:
        return None
    size_bytes = int(match["number"]) * _UNITS[match["unit"].lower()[:1]]
    return size_bytes if LEAST_VOLUME_BYTES <= size_bytes <= GREATEST_VOLUME_BYTES else None


def too_many() -> NotebookError:
    """The trouble of a bundle in more volumes than three digits can number."""
    return NotebookError(
        Code.BAD_INPUT,
        _("The bundle would have too many parts."),
        _("No bundle was left there, and the notebook is unchanged."),
        _("Seal with larger parts, or fewer cases at once."),
    )


def unreadable() -> NotebookError:
    """The trouble of a file that cannot be read."""
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("The file cannot be read."),
        _("Nothing was changed."),
        _("Check that it is there, that it is a file, and that you may read it."),
    )
