"""Evidence objects: content hashed and encrypted in one pass, whole on disk before it is named.

The object's key and hash reach the database in the transaction of the entry that names it. What
a crash leaves before that is an orphan: a file nobody names, reported and swept after 30 days.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from crypto.errors import CryptoError
from crypto.objects import NAME_BYTES, ObjectOpener, ObjectSealer
from crypto.primitives import KEY_BYTES, RandomBytes
from notebook import disk, sniff
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import Sha256
from notebook.progress import Progress
from notebook.storage.affairs import ObjectRow

READ_BYTES = 1024 * 1024
RECORDING = ".rec"
"""Ends the name of a recording that is no object yet (`notebook.recordings`)."""
ORPHANS_ARE_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """Content that lies encrypted in the folder and that no entry names yet."""

    row: ObjectRow
    media_type: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """The folder of evidence objects."""

    path: Path
    random: RandomBytes

    def file_of(self, name: bytes) -> Path:
        """Where an object lies."""
        text = name.hex()
        return self.path / text[:2] / text

    def recording_of(self, name: bytes) -> Path:
        """Where a recording lies that is no object yet."""
        path = self.file_of(name)
        return path.with_name(path.name + RECORDING)

    def take_in(
        self,
        source: BinaryIO,
        *,
        file_name: str,
        progress: Progress,
        total_bytes: int = 0,
    ) -> TakenIn:
        """Read `source` once: hash it, encrypt it, and put it on disk as a new object.

        Raises NO_SPACE, DISK_ERROR or UNREADABLE_FILE, or `Cancelled`; nothing of it remains.
        """

        def chunks() -> Iterator[bytes]:
            while chunk := _read(source):
                yield chunk

        return self.take_in_chunks(
            chunks(), file_name=file_name, progress=progress, total_bytes=total_bytes
        )

    def take_in_chunks(
        self,
        chunks: Iterator[bytes],
        *,
        file_name: str,
        progress: Progress,
        total_bytes: int = 0,
    ) -> TakenIn:
        """As `take_in`, from chunks as they come."""
        name, key = self.random(NAME_BYTES), self.random(KEY_BYTES)
        path = self.file_of(name)
        part = path.with_name(path.name + ".part")
        digest, size_bytes, beginning = hashlib.sha256(), 0, b""
        with disk.disk_trouble():
            disk.make_folder(path.parent)
            file = disk.create(part)
        try:
            with file:
                sealer = ObjectSealer(key, name, file)
                for chunk in chunks:
                    if len(beginning) < sniff.SNIFF_BYTES:
                        beginning += chunk[: sniff.SNIFF_BYTES - len(beginning)]
                    digest.update(chunk)
                    with disk.disk_trouble():
                        sealer.write(chunk)
                    size_bytes += len(chunk)
                    progress.step(size_bytes, max(total_bytes, size_bytes))
                with disk.disk_trouble():
                    sealer.finish()
                    disk.sync(file)
            with disk.disk_trouble():
                disk.publish(part, path)
                disk.sync_folder(self.path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return TakenIn(
            row=ObjectRow(
                sha256=Sha256(digest.hexdigest()), name=name, key=key, size_bytes=size_bytes
            ),
            media_type=sniff.media_type(beginning),
            file_name=file_name,
        )

    def open(self, row: ObjectRow) -> "ObjectReader":
        """The content of an object as a file. Raises DAMAGED when it is not whole."""
        try:
            file = self.file_of(row.name).open("rb")
        except OSError:
            raise damaged_object() from None
        try:
            opener = ObjectOpener(row.key, row.name, file, self.file_of(row.name).stat().st_size)
            if opener.size_bytes != row.size_bytes:
                raise damaged_object()
        except (CryptoError, OSError):
            file.close()
            raise damaged_object() from None
        except BaseException:
            file.close()
            raise
        return ObjectReader(file, opener)

    def check(self, row: ObjectRow, progress: Progress) -> None:
        """Read all of an object. Raises DAMAGED unless content, hash and padding are right."""
        digest, done = hashlib.sha256(), 0
        with self.open(row) as reader:
            while chunk := reader.read(READ_BYTES):
                digest.update(chunk)
                done += len(chunk)
                progress.step(done, row.size_bytes)
            reader.check_padding()
        if digest.hexdigest() != row.sha256:
            raise damaged_object()

    def destroy(self, row: ObjectRow) -> None:
        """Remove an object's file. Its key, removed from the database, was the only one."""
        with disk.disk_trouble():
            self.file_of(row.name).unlink(missing_ok=True)

    def strays(
        self, known_names: frozenset[bytes], recordings: frozenset[bytes] = frozenset()
    ) -> list[Path]:
        """Files in the folder that no object and no recording of the database accounts for."""
        known = {name.hex() for name in known_names}
        known |= {name.hex() + RECORDING for name in recordings}
        return sorted(p for p in self.path.glob("??/*") if p.name not in known)

    def sweep(
        self,
        known_names: frozenset[bytes],
        is_old: Callable[[Path], bool],
        recordings: frozenset[bytes] = frozenset(),
    ) -> int:
        """Remove strays that are old enough; how many went."""
        old = [path for path in self.strays(known_names, recordings) if is_old(path)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


class Content(Protocol):
    """Content that can be read from anywhere."""

    @property
    def size_bytes(self) -> int:
        """The length of the content."""

    def read(self, max_bytes: int = -1, /) -> bytes:
        """Up to `max_bytes` of content."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to a place in the content."""

    def tell(self) -> int:
        """The place in the content."""

    def check_padding(self) -> None:
        """Raise unless what follows the content is as it must be."""


@dataclass(slots=True)
class ObjectReader:
    """An object's content as a read-only file that can be read from anywhere."""

    _file: BinaryIO = field(repr=False)
    _opener: Content = field(repr=False)

    def __enter__(self) -> "ObjectReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size_bytes(self) -> int:
        """The length of the content."""
        return self._opener.size_bytes

    def read(self, max_bytes: int = -1, /) -> bytes:
        """Up to `max_bytes` of content. Raises DAMAGED; never gives a byte that was changed."""
        with _damage():
            return self._opener.read(max_bytes)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to a place in the content."""
        return self._opener.seek(offset, whence)

    def tell(self) -> int:
        """The place in the content."""
        return self._opener.tell()

    def check_padding(self) -> None:
        """Raise DAMAGED unless the padding is zeros."""
        with _damage():
            self._opener.check_padding()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _damage:  # noqa: N801 - used as a statement, like the context managers of the library
    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is not None and issubclass(kind, (CryptoError, OSError)):
            raise damaged_object() from None


def damaged_object() -> NotebookError:
    """The trouble of an evidence object that is not whole."""
    return NotebookError(
        Code.DAMAGED,
        _("A file of the evidence is damaged or missing."),
        _("Nothing of it was shown, and everything else is unaffected."),
        _("Ask a contact who has it for a bundle, or restore it from a backup."),
    )


def lacking_object() -> NotebookError:
    """The trouble of evidence whose file never came: it was kept for later, or not sent."""
    return NotebookError(
        Code.FILE_LACKING,
        _("The file of this evidence has not come yet."),
        _("Nothing is damaged: what is said of it came without it."),
        _("Seal an answer for whoever sealed it; their next bundle then brings the file."),
    )


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(READ_BYTES)
    except OSError:
        raise NotebookError(
            Code.UNREADABLE_FILE,
            _("The file could not be read to its end."),
            _("Nothing of it was added, and the file itself was not touched."),
            _("Check that it is still there and that you may read it."),
        ) from None
