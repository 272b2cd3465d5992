"""Writing a bundle into a notebook's own folder: `.part`, fsync, read back, and then its name.

The disk is the one that the notebook lies on, so no process apart is needed as it is for sticks.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from notebook import disk
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.progress import READ_BACK, Progress
from notebook.volumes import MAX_VOLUME_BYTES
from notebook.writer_child import fix_time

_READ_BYTES = 1024 * 1024


@dataclass(slots=True)
class LocalWriter:
    """Writes one bundle, in volumes small enough for a FAT32 stick; nothing is half there."""

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
                file = self._file if self._file is not None and self._left_bytes else self._begin()
                taken = view[: self._left_bytes]
                file.write(taken)
                self._left_bytes -= len(taken)
                view = view[len(taken) :]

    def _begin(self) -> BinaryIO:
        self._end()
        path = self.folder / f"{self.name}.{len(self._parts) + 1:03d}.part"
        self._file = disk.create(path)
        self._parts.append(path)
        self._left_bytes = self.max_bytes
        return self._file

    def _end(self) -> None:
        if self._file is not None:
            self._file.flush()
            fix_time(self._file.fileno())
            disk.sync(self._file)
            self._file.close()
            self._file = None

    def finish(self, sha256: bytes, progress: Progress) -> tuple[Path, ...]:
        """Sync, read everything back, compare, and only then give the names, the first one last."""
        with disk.disk_trouble():
            self._end()
            if hash_of(self._parts, progress) != sha256:
                raise NotebookError(
                    Code.DISK_ERROR,
                    _("What was written could not be read back as it was."),
                    _("It was not saved, and nothing of it was left there."),
                    _("This disk is failing. Copy the folder to another one."),
                )
            names = [
                self.folder / (self.name if len(self._parts) == 1 else f"{self.name}.{number:03d}")
                for number in range(1, len(self._parts) + 1)
            ]
            for part, path in reversed(list(zip(self._parts, names, strict=True))):
                # A disk that refuses to sync the name has it all the same.
                if not path.exists():
                    self._named.append(path)
                disk.publish(part, path)
        return tuple(names)

    def drop(self) -> None:
        """Remove what was written, also what has its name already; for every other way out."""
        if self._file is not None:
            # A full disk refuses once more what is still in the buffer.
            with suppress(OSError):
                self._file.close()
            self._file = None
        for path in (*self._parts, *self._named):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def hash_of(paths: list[Path], progress: Progress) -> bytes:
    """SHA-256 of files one after the other, read from the disk and not from memory."""
    digest = hashlib.sha256()
    total, done = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        with path.open("rb", buffering=0) as file:
            # A file that is synced can have its pages dropped, and is really read again.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := file.read(_READ_BYTES):
                digest.update(chunk)
                done += len(chunk)
                progress.step(done, total, READ_BACK)
    return digest.digest()
