"""A sealed bundle as files: one, or volumes small enough for a FAT32 stick."""

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from notebook import disk
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.progress import Progress

MAX_VOLUME_BYTES = 2000 * 1024 * 1024
SUFFIX = ".sealed.age"
MAX_VOLUMES = 999
_VOLUME = re.compile(r"(?P<name>.+)\.(?P<number>[0-9]{3})", re.DOTALL)
_AGE_MAGIC = b"age-encryption.org/"
_READ_BYTES = 1024 * 1024


@dataclass(slots=True)
class VolumeWriter:
    """Writes `<name>.part`-files, begins a new one when one is full, and names them at the end."""

    folder: Path
    name: str
    max_bytes: int = MAX_VOLUME_BYTES
    _parts: list[Path] = field(default_factory=list)
    _named: list[Path] = field(default_factory=list)
    _file: BinaryIO | None = None
    _left_bytes: int = 0

    def write(self, data: bytes | memoryview, /) -> None:
        """Take all of `data`. Raises NO_SPACE or DISK_ERROR."""
        view = memoryview(data)
        with disk.disk_trouble():
            while view:
                if self._left_bytes == 0:
                    self._begin()
                assert self._file is not None
                taken = view[: self._left_bytes]
                self._file.write(taken)
                self._left_bytes -= len(taken)
                view = view[len(taken) :]

    def _begin(self) -> None:
        self._end()
        if len(self._parts) == MAX_VOLUMES:
            raise too_many()
        path = self.folder / f"{self.name}.{len(self._parts) + 1:03d}.part"
        self._file = disk.create(path)
        self._parts.append(path)
        self._left_bytes = self.max_bytes

    def _end(self) -> None:
        if self._file is not None:
            disk.sync(self._file)
            self._file.close()
            self._file = None

    def finish(self, sha256: bytes, progress: Progress) -> tuple[Path, ...]:
        """Sync, read everything back from the medium, compare, and only then give the names.

        The first volume gets its name last: where it lies, the bundle is whole.
        """
        with disk.disk_trouble():
            self._end()
            if read_back(self._parts, progress) != sha256:
                raise NotebookError(
                    Code.DISK_ERROR,
                    _("What was written could not be read back as it was."),
                    _("No bundle was left there, and the notebook is unchanged."),
                    _("Use another disk or stick, and seal again."),
                )
            names = [
                self.folder / (self.name if len(self._parts) == 1 else f"{self.name}.{number:03d}")
                for number in range(1, len(self._parts) + 1)
            ]
            for part, path in reversed(list(zip(self._parts, names, strict=True))):
                disk.publish(part, path)
                self._named.append(path)
        return tuple(names)

    def drop(self) -> None:
        """Remove what was written, also what has its name already; for every other way out."""
        if self._file is not None:
            # A full disk refuses once more what is still in the buffer.
            with suppress(OSError):
                self._file.close()
            self._file = None
        for path in (*self._parts, *self._named):
            # A stick that was pulled out has nothing left to remove.
            with suppress(OSError):
                path.unlink(missing_ok=True)


def read_back(paths: Sequence[Path], progress: Progress) -> bytes:
    """SHA-256 of files one after the other, read from the medium and not from memory."""
    digest = hashlib.sha256()
    total, done = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        with path.open("rb", buffering=0) as file:
            # The file is synced, so its pages can be dropped and are really read again.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := file.read(_READ_BYTES):
                digest.update(chunk)
                done += len(chunk)
                progress.step(done, total, "read back")
    return digest.digest()


def write_checksums(paths: Sequence[Path]) -> Path:
    """A file beside the bundle for `sha256sum -c`."""
    bundle = paths[0].with_name(paths[0].name.removesuffix(".001"))
    out = bundle.with_name(bundle.name + ".sha256")
    lines = []
    with disk.disk_trouble():
        for path in paths:
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
        disk.replace(out, "".join(lines).encode())
    return out


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
    if len(paths) == 1 and _is_beginning(paths[0]):
        return tuple(paths)
    numbered: dict[int, Path] = {}
    for path in paths:
        match = _VOLUME.fullmatch(path.name)
        if match is None:
            if len(paths) == 1:
                return tuple(paths)
            raise _foreign(path)
        first = next(iter(numbered.values()), path)
        if first.name[:-3] != path.name[:-3] or int(match["number"]) in numbered:
            raise _foreign(path)
        numbered[int(match["number"])] = path
    missing = next((n for n in range(1, max(numbered, default=0) + 1) if n not in numbered), None)
    if missing is not None or 0 in numbered:
        raise NotebookError(
            Code.MISSING_VOLUME,
            _("Part {number} of the bundle is missing.").format(number=f"{missing or 1:03d}"),
            _("Nothing was opened."),
            _("Give all parts of the bundle together."),
        )
    return tuple(numbered[number] for number in sorted(numbered))


def _is_beginning(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_AGE_MAGIC)) == _AGE_MAGIC
    except OSError:
        raise unreadable() from None


def _foreign(path: Path) -> NotebookError:
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
                    self._file = self._left.pop(0).open("rb")
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
        _("Check that it is there and that you may read it."),
    )
