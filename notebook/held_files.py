"""Files of a travel session: read to be hashed, held open, and read again to be sealed.

Nothing of them is written here. Once sealed they are let go, and nothing on this machine opens
what was sealed.
"""

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn

from crypto.objects import NAME_BYTES
from crypto.primitives import KEY_BYTES
from notebook import disk, sniff
from notebook.errors import Code, NotebookError
from notebook.evidence import READ_BYTES, ObjectReader, ObjectStore, TakenIn
from notebook.i18n import _
from notebook.model import Sha256
from notebook.progress import Progress
from notebook.storage.affairs import ObjectRow


@dataclass(frozen=True, slots=True)
class HeldFiles(ObjectStore):
    """In place of the folder of evidence objects: the files that were given, held open."""

    _held: dict[bytes, "_Held"] = field(default_factory=dict, repr=False)

    def take_in(
        self,
        source: BinaryIO,
        *,
        file_name: str,
        progress: Progress,
        total_bytes: int = 0,
    ) -> TakenIn:
        """Read `source` once and hold it. Raises UNREADABLE_FILE, or `Cancelled`."""
        held = _hold(source)
        digest, size_bytes, beginning = hashlib.sha256(), 0, b""
        try:
            while chunk := held.read_at(size_bytes, READ_BYTES):
                if not size_bytes:
                    beginning = chunk[: sniff.SNIFF_BYTES]
                digest.update(chunk)
                size_bytes += len(chunk)
                progress.step(size_bytes, max(total_bytes, size_bytes))
        except BaseException:
            held.close()
            raise
        held.size_bytes = size_bytes
        name = self.random(NAME_BYTES)
        self._held[name] = held
        return TakenIn(
            row=ObjectRow(
                sha256=Sha256(digest.hexdigest()),
                name=name,
                # No object is ever written, so this key opens nothing.
                key=self.random(KEY_BYTES),
                size_bytes=size_bytes,
            ),
            media_type=sniff.media_type(beginning),
            file_name=file_name,
        )

    def take_in_chunks(
        self,
        chunks: Iterator[bytes],  # noqa: ARG002 - refused whatever it is
        *,
        file_name: str,  # noqa: ARG002 - refused whatever it is
        progress: Progress,  # noqa: ARG002 - refused whatever it is
        total_bytes: int = 0,  # noqa: ARG002 - refused whatever it is
    ) -> TakenIn:
        """A travelling notebook takes nothing out of bundles."""
        raise sealed_away()

    def open(self, row: ObjectRow) -> ObjectReader:
        """The file as it is now. Raises TRAVEL_MODE once it was sealed."""
        held = self._held.get(row.name)
        if held is None:
            raise sealed_away()
        return ObjectReader(io.BytesIO(), _Reading(held))

    def check(
        self,
        row: ObjectRow,
        progress: Progress,  # noqa: ARG002 - there is nothing to read
    ) -> None:
        """Nothing is kept that could be damaged. Raises TRAVEL_MODE once the file was sealed."""
        if row.name not in self._held:
            raise sealed_away()

    def destroy(self, row: ObjectRow) -> None:
        """Let a file go."""
        held = self._held.pop(row.name, None)
        if held is not None:
            held.close()


@dataclass(slots=True)
class _Held:
    """A descriptor of one's own on a file that was given, or its bytes when it is in memory."""

    descriptor: int | None
    content: bytes = field(default=b"", repr=False)
    size_bytes: int = 0

    def read_at(self, offset: int, max_bytes: int) -> bytes:
        if self.descriptor is None:
            return self.content[offset : offset + max_bytes]
        try:
            return os.pread(self.descriptor, max_bytes, offset)
        except OSError:
            _unreadable()

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)


@dataclass(slots=True)
class _Reading:
    """One look at a held file, with a position of its own."""

    _held: _Held
    _position: int = 0

    @property
    def size_bytes(self) -> int:
        return self._held.size_bytes

    def read(self, max_bytes: int = -1, /) -> bytes:
        left = max(0, self._held.size_bytes - self._position)
        wanted = left if max_bytes < 0 else min(left, max_bytes)
        data = self._held.read_at(self._position, wanted) if wanted else b""
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._held.size_bytes}
        self._position = max(0, start[whence] + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def check_padding(self) -> None:
        """A file as it was given has no padding."""


def _hold(source: BinaryIO) -> _Held:
    """Keep what is given readable after the giver has closed it."""
    try:
        number = source.fileno()
    except (OSError, AttributeError):
        # Pasted, or otherwise in memory already.
        source.seek(0)
        return _Held(None, source.read())
    with disk.disk_trouble():
        # Only a file on a disk can be read twice.
        if not stat.S_ISREG(os.fstat(number).st_mode):
            _unreadable()
        return _Held(os.dup(number))


def sealed_away() -> NotebookError:
    """The trouble of what was sealed for headquarters and cannot be opened here."""
    return NotebookError(
        Code.TRAVEL_MODE,
        _("This file was sealed for headquarters, and this laptop cannot open it."),
        _("It lies in the outbox."),
        _("Headquarters can open it."),
    )


def changed() -> NotebookError:
    """The trouble of a file that was not the same when it was read again."""
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("The file changed while it was read."),
        _("Nothing of it was added, and the file itself was not touched."),
        _("Close it in other programs, then add it again."),
    )


def _unreadable() -> NoReturn:
    raise NotebookError(
        Code.UNREADABLE_FILE,
        _("The file could not be read to its end, or it is no file on a disk."),
        _("Nothing of it was added, and the file itself was not touched."),
        _("Check that it is still there and that you may read it."),
    )
