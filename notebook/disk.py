"""Writing files so that they are whole or absent, readable by nobody else, and really on disk."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.progress import Progress

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_COPY_BYTES = 1024 * 1024
_LEAST_FREE_BYTES = 256 * 1024
"""With less a database cannot be opened."""
# What file systems say that cannot make a file without a name: FAT, and some that are mounted.
_NO_NAMELESS_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL})


class Readable(Protocol):
    """What can be read in pieces."""

    def read(self, max_bytes: int, /) -> bytes:
        """Up to `max_bytes`; nothing at the end."""


@contextmanager
def disk_trouble() -> Iterator[None]:
    """Turn what the operating system says of a disk into trouble that a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space() from None
        if error.errno == errno.EROFS:
            raise _write_protected() from None
        raise disk_error() from None


def no_space() -> NotebookError:
    """The trouble of a full disk."""
    return NotebookError(
        Code.NO_SPACE,
        _("The disk is full."),
        _("What was saved before is whole, and what you typed is kept as a draft if it fits."),
        _("Free some space, then do it again."),
    )


def _write_protected() -> NotebookError:
    return NotebookError(
        Code.DISK_ERROR,
        _("The disk is write-protected."),
        _("Nothing was changed."),
        _("Remove the protection, or use another disk; a notebook moves with its whole folder."),
    )


def disk_error() -> NotebookError:
    """The trouble of a disk that refuses to read or write."""
    return NotebookError(
        Code.DISK_ERROR,
        _("The disk refused to read or write."),
        _("What was saved before is whole."),
        _("Check that the disk is connected and can be written to, then do it again."),
    )


@contextmanager
def full_is_said(folder: Path) -> Iterator[None]:
    """Where SQLite says "I/O error" of a disk that is full, say what it is."""
    try:
        yield
    except NotebookError as error:
        if error.code is Code.DISK_ERROR and _is_full(folder):
            raise no_space() from error
        raise


def _is_full(folder: Path) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _LEAST_FREE_BYTES


def make_folder(path: Path) -> None:
    """Make a folder that only its owner can enter."""
    path.mkdir(mode=FOLDER_MODE, parents=False, exist_ok=True)


def create(path: Path) -> BinaryIO:
    """A new file for writing that only its owner can read; fails when it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    return os.fdopen(descriptor, "wb")


def nameless(folder: Path, random: Callable[[int], bytes]) -> BinaryIO:
    """A new file for writing and reading that has no name, and goes when it is closed."""
    make_folder(folder)
    try:
        # No moment exists when it could be left behind.
        descriptor = os.open(folder, os.O_RDWR | os.O_TMPFILE | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        if error.errno not in _NO_NAMELESS_FILES:
            raise
        path = folder / f"{random(16).hex()}.part"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(path, flags, FILE_MODE)
        path.unlink()
    return os.fdopen(descriptor, "w+b")


def sync(file: BinaryIO) -> None:
    """Wait until the file's bytes are on disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the folder's entries are on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> None:
    """Replace a small file as a whole: new file, fsync, rename, fsync folder."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with create(part) as file:
            file.write(content)
            sync(file)
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def publish(part: Path, path: Path) -> None:
    """Give a finished and synced file its name; never over another one."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, "file exists")
    part.rename(path)
    sync_folder(path.parent)


def read_if_there(path: Path, max_bytes: int) -> bytes | None:
    """A small file's bytes, at most one more than `max_bytes`; None when there is no such file."""
    try:
        # A pipe in its place is empty, and is not waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError:
        return None


def put_aside(path: Path) -> None:
    """Give a damaged file another name, beside what was put aside before; nothing is deleted."""
    number = len(put_aside_before(path)) + 1
    path.rename(path.with_name(f"{path.name}.damaged-{number}"))
    sync_folder(path.parent)


def put_aside_before(path: Path) -> list[Path]:
    """The damaged files that had this name."""
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))


def check_free(path: Path) -> None:
    """Raise FILE_EXISTS where a new file, or its `.part`, would stand on somebody's own.

    Raises DISK_ERROR where there is no folder for it.
    """
    # Only folders that are there have a path without a name: `.`, `/`.
    with disk_trouble():
        is_taken = not path.name or path.exists() or path.with_name(path.name + ".part").exists()
    if is_taken:
        raise NotebookError(
            Code.FILE_EXISTS,
            _("There is already a file with this name."),
            _("It was not touched."),
            _("Choose another name."),
        )
    if not path.parent.is_dir():
        raise NotebookError(
            Code.DISK_ERROR,
            _("There is no such folder to write into."),
            _("Nothing was written."),
            _("Make the folder first, or choose another one."),
        )


def write_plain_copy(
    source: Readable,
    out: Path,
    total_bytes: int,
    progress: Progress,
    *,
    on_begun: Callable[[], object],
) -> None:
    """Write what a person asked for in clear: a new file, whole or not at all.

    `on_begun` is called when the file is there and before its first byte. Raises FILE_EXISTS,
    NO_SPACE, DISK_ERROR, or what reading the source raises.
    """
    check_free(out)
    part = out.with_name(out.name + ".part")
    with disk_trouble():
        file = create(part)
    try:
        with file:
            on_begun()
            done = 0
            while chunk := source.read(_COPY_BYTES):
                with disk_trouble():
                    file.write(chunk)
                done += len(chunk)
                progress.step(done, total_bytes)
            with disk_trouble():
                sync(file)
        with disk_trouble():
            publish(part, out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
