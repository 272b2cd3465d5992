"""A notebook's folder: what lies in it, who may write it, and how its key is reached.

FORMATS, "The notebook folder". The two slots files are written one after the other, so that one
is whole at any moment; `lock` is held by the one process that has the notebook open; `head`
tells what the newest commit was.
"""

import errno
import fcntl
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from crypto import head, keys, keyslots, slotsfile
from crypto.errors import CryptoError, LimitExceeded, Malformed, Tampered, Unsupported, WrongKey
from crypto.head import HeadState
from crypto.keyslots import Opened, Passphrase
from crypto.passphrase import LOW_MEMORY, STANDARD, TESTING, Argon2Profile, InsufficientMemory
from notebook import disk
from notebook.environment import Environment
from notebook.errors import Code, NotebookError
from notebook.i18n import _

_SLOTS = ("slots-a", "slots-b")
_SUBFOLDERS = ("objects", "staging", "outbox")
_OURS = ("notebook.db", "drafts.db", "head", "lock", *_SLOTS, *_SUBFOLDERS)
"""How the names of what lies in the folder begin."""
PROFILES: dict[str, Argon2Profile] = {
    "standard": STANDARD,
    "low-memory": LOW_MEMORY,
    # A passphrase behind it is guessed quickly; refused unless the environment is a test's.
    "testing": TESTING,
}


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the parts of a notebook lie."""

    path: Path

    @property
    def database(self) -> Path:
        """The notebook's database."""
        return self.path / "notebook.db"

    @property
    def drafts(self) -> Path:
        """The drafts' database."""
        return self.path / "drafts.db"

    @property
    def head(self) -> Path:
        """What the newest commit was."""
        return self.path / "head"

    @property
    def objects(self) -> Path:
        """Evidence objects."""
        return self.path / "objects"

    @property
    def staging(self) -> Path:
        """Bundles that wait for a decision."""
        return self.path / "staging"

    @property
    def outbox(self) -> Path:
        """What a travelling notebook sealed."""
        return self.path / "outbox"

    @property
    def slots(self) -> tuple[Path, Path]:
        """The two copies of the key slots."""
        return self.path / _SLOTS[0], self.path / _SLOTS[1]

    def refuse_inside(self, out: Path) -> None:
        """Raise BAD_INPUT for a place inside the folder, where files come and go by themselves."""
        if out.resolve().is_relative_to(self.path.resolve()):
            raise NotebookError(
                Code.BAD_INPUT,
                _("This place is the notebook’s own folder, or inside it."),
                _("Nothing was written there."),
                _("Choose another folder, or a stick."),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """What a right passphrase gave: the slots as they are, the opened slot, damaged copies."""

    slots: slotsfile.SlotsFile
    opened: Opened
    damaged_copies: tuple[str, ...] = ()


def create(path: Path, passphrase: str, kdf: str, environment: Environment) -> Unlocked:
    """Make the folder and its slots. Raises FOLDER_EXISTS, NOT_ENOUGH_MEMORY."""
    if kdf == "testing" and not environment.allows_testing:
        raise ValueError("this key derivation is only for testing")
    with disk.disk_trouble():
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise NotebookError(
                Code.FOLDER_EXISTS,
                _("There is already something in this folder."),
                _("It was not touched."),
                _("Choose a new or an empty folder."),
            )
        # The key is derived first: a machine with too little memory must not be left a folder.
        try:
            slots, opened = keyslots.create(
                Passphrase(text=passphrase),
                notebook_key=environment.random(32),
                profile=PROFILES[kdf],
                random=environment.random,
                available_bytes=environment.available_bytes(),
            )
        except InsufficientMemory:
            raise not_enough_memory() from None
        path.mkdir(mode=disk.FOLDER_MODE, parents=True, exist_ok=True)
        try:
            path.chmod(disk.FOLDER_MODE)
            for name in _SUBFOLDERS:
                disk.make_folder(path / name)
            write_slots(Folder(path), slots)
            disk.sync_folder(path.parent)
        except BaseException:
            unmake(Folder(path))
            raise
    return Unlocked(slots=slots, opened=opened)


def unmake(folder: Folder) -> None:
    """Take away what `create` and the first opening made, so that it can be tried again.

    Only what they make, and no folder with something else in it.
    """
    log = ("-wal", "-shm", "-journal")
    files = (folder.database, *(folder.path / f"{folder.database.name}{end}" for end in log))
    with suppress(OSError):
        for file in (*files, folder.head, folder.path / "lock", *folder.slots):
            file.unlink(missing_ok=True)
        for name in _SUBFOLDERS:
            (folder.path / name).rmdir()
        folder.path.rmdir()


def unlock(
    folder: Folder, passphrase: str, environment: Environment, *, is_reading: bool = False
) -> Unlocked:
    """Reach the notebook key, and heal a damaged copy of the slots, unless `is_reading`.

    Raises NOT_A_NOTEBOOK, DAMAGED, WRONG_PASSPHRASE, NEWER_VERSION or NOT_ENOUGH_MEMORY: five
    different answers, because each asks for something else.
    """
    choice = choose_slots(folder, allows_testing=environment.allows_testing)
    try:
        opened = keyslots.unlock(
            choice.slots,
            Passphrase(text=passphrase),
            available_bytes=environment.available_bytes(),
        )
    except WrongKey:
        raise NotebookError(
            Code.WRONG_PASSPHRASE,
            _("This passphrase does not open the notebook."),
            _("Nothing was changed."),
            _("Check the keyboard layout and capital letters, then try again."),
        ) from None
    except InsufficientMemory:
        raise not_enough_memory() from None
    except Unsupported:
        raise newer_version() from None
    with disk.disk_trouble():
        if choice.is_healing_needed and not is_reading:
            write_slots(folder, choice.slots)
    return Unlocked(slots=choice.slots, opened=opened, damaged_copies=choice.damaged)


def choose_slots(folder: Folder, *, allows_testing: bool) -> slotsfile.Choice:
    """The copy of the slots to go by, before any passphrase."""
    with disk.disk_trouble():
        if not folder.path.is_dir():
            raise not_a_notebook()
        copies = [disk.read_if_there(p, slotsfile.MAX_FILE_BYTES) for p in folder.slots]
    try:
        return slotsfile.choose(copies[0], copies[1], allow_testing=allows_testing)
    except Malformed:
        raise (not_a_notebook() if not folder.database.exists() else damaged_slots()) from None
    except Tampered:
        raise damaged_slots() from None
    except (Unsupported, LimitExceeded):
        raise newer_version() from None


def write_slots(folder: Folder, slots: slotsfile.SlotsFile) -> None:
    """Write both copies, the second only after the first is on disk."""
    for path in folder.slots:
        disk.replace(path, slots.encode())


def close_to_others(folder: Folder) -> None:
    """Leave nothing of the notebook to others that a copy or a backup may have left open to them.

    Where the disk knows no owners, as FAT, nothing can be done, and nothing is said.
    """
    with suppress(OSError):
        ours = [path for path in folder.path.iterdir() if path.name.startswith(_OURS)]
        for path in (folder.path, *ours):
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode) or not mode & 0o077:
                continue
            path.chmod(disk.FOLDER_MODE if stat.S_ISDIR(mode) else disk.FILE_MODE)


def lock(folder: Folder, *, is_reading: bool = False) -> BinaryIO:
    """Become the one process that has the notebook open. Raises ALREADY_OPEN.

    The kernel gives the lock back when the process ends, however it ends. On a disk that is
    write-protected a reader locks a file that is there anyway.
    """
    path = folder.path / "lock"
    with disk.disk_trouble():
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, disk.FILE_MODE)
        except OSError as error:
            if not is_reading or error.errno != errno.EROFS:
                raise
            there = path if path.exists() else folder.database
            descriptor = os.open(there, os.O_RDONLY | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise NotebookError(
            Code.ALREADY_OPEN,
            _("This notebook is open in another window or program."),
            _("Nothing was changed."),
            _("Lock it there first."),
        ) from None
    return file


# Every save writes a head; a process opens one notebook.
_head_key = lru_cache(maxsize=1)(keys.head_key)


def write_head(folder: Folder, key: bytes, state: HeadState, environment: Environment) -> None:
    """Say what the newest commit was; not synced, as it only has to be newer than the database."""
    content = head.seal_head(_head_key(key), state, environment.random)
    # A pipe in its place is refused, and is not waited for.
    flags = os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(folder.head, flags, disk.FILE_MODE)
    try:
        os.pwrite(descriptor, content, 0)
    finally:
        os.close(descriptor)


def read_head(folder: Folder, key: bytes) -> HeadState | None:
    """What the head says; None when it is missing or damaged, which is reported by the caller."""
    try:
        content = disk.read_if_there(folder.head, head.HEAD_BYTES)
        return None if content is None else head.open_head(_head_key(key), content)
    except (CryptoError, OSError):
        return None


def not_a_notebook() -> NotebookError:
    """The trouble of a folder that holds no notebook."""
    return NotebookError(
        Code.NOT_A_NOTEBOOK,
        _("There is no notebook in this folder."),
        _("Nothing was changed."),
        _("Choose the folder that you gave when you created the notebook."),
    )


def damaged_slots() -> NotebookError:
    """The trouble of key slots that are damaged in both copies."""
    return NotebookError(
        Code.DAMAGED,
        _("The key slots of this notebook are damaged, in both copies."),
        _("The rest of the folder was not touched."),
        _("Copy slots-a and slots-b back from a backup of this folder."),
    )


def missing_database() -> NotebookError:
    """The trouble of a folder whose key slots are there and whose database is not."""
    return NotebookError(
        Code.DAMAGED,
        _("The notebook in this folder was never finished, or its database is missing."),
        _("Nothing was changed."),
        _("Restore notebook.db from a backup, or create a notebook in another folder."),
    )


def newer_version() -> NotebookError:
    """The trouble of a notebook made by a newer version of the program."""
    return NotebookError(
        Code.NEWER_VERSION,
        _("This notebook was made by a newer version of the program."),
        _("Nothing was changed."),
        _("Open it with the newer version."),
    )


def not_enough_memory() -> NotebookError:
    """The trouble of too little memory for the key derivation; not a wrong passphrase."""
    return NotebookError(
        Code.NOT_ENOUGH_MEMORY,
        _("There is not enough free memory to work out the key."),
        _("The passphrase was not tried, and nothing was changed."),
        _("Close other programs and try again."),
    )
