"""How a notebook is made, unlocked, and given another passphrase."""

from pathlib import Path

from crypto import keyslots
from crypto.errors import CryptoError
from crypto.identity import Identity
from crypto.keyslots import Passphrase
from crypto.passphrase import InsufficientMemory
from notebook import departure, disk, folder, losses, quarantine, recordings, withdrawing
from notebook.core import Core, translated
from notebook.environment import Environment
from notebook.errors import Code, NotebookError
from notebook.evidence import ORPHANS_ARE_KEPT
from notebook.folder import Folder, Unlocked
from notebook.i18n import _
from notebook.mission_card import MissionCard
from notebook.passphrases import check_passphrase
from notebook.storage import affairs
from notebook.storage import recordings as recording_rows


def create(
    path: Path,
    passphrase: str,
    author_name: str,
    kdf: str,
    environment: Environment,
    *,
    mission: MissionCard | None = None,
) -> Core:
    """Make a notebook and open it. Raises FOLDER_EXISTS, WEAK_PASSPHRASE, NOT_ENOUGH_MEMORY."""
    check_passphrase(passphrase)
    try:
        identity = Identity.generate(author_name, environment.random)
    except CryptoError:
        raise NotebookError(
            Code.BAD_VALUE,
            _("The author name cannot be used."),
            _("Nothing was created."),
            _("Use up to 100 ordinary characters; a code instead of a name is fine."),
        ) from None
    unlocked = folder.create(path, passphrase, kdf, environment)
    place = Folder(path)
    try:
        lock = folder.lock(place)
        try:
            with translated():
                return Core(
                    place, unlocked, lock, environment, new_identity=identity, mission=mission
                )
        except BaseException:
            lock.close()
            raise
    except BaseException:
        # A disk that is full would else keep half a notebook, in the way of the next attempt.
        folder.unmake(place)
        raise


def unlock(path: Path, passphrase: str, environment: Environment, *, is_reading: bool) -> Core:
    """Open a notebook; with `is_reading` nothing on disk is changed.

    Raises as `folder.unlock`, and ALREADY_OPEN or DAMAGED.
    """
    place = Folder(path)
    # What is no notebook is told before a lock file is made in it.
    folder.choose_slots(place, allows_testing=environment.allows_testing)
    lock = folder.lock(place, is_reading=is_reading)
    try:
        unlocked = folder.unlock(place, passphrase, environment, is_reading=is_reading)
        if not is_reading:
            folder.close_to_others(place)
        with disk.full_is_said(path), translated():
            if unlocked.opened.previous_key is not None:
                # A case was being removed when the process was killed.
                unlocked = departure.finish(place, unlocked, environment)
            elif not is_reading:
                departure.forget_unfinished(place)
            core = Core(place, unlocked, lock, environment, is_reading=is_reading)
            if not is_reading and core.journey is None:
                withdrawing.finish(core)
                quarantine.sweep(place.staging)
                sweep_strays(core)
                recordings.finish_all(core)
            return core
    except BaseException:
        lock.close()
        raise


def sweep_strays(core: Core) -> int:
    """Remove what interrupted imports left more than 30 days ago; how many files went.

    Where anything is wrong, or was lost before, nothing is removed: a file may be named by an
    entry that is not here.
    """
    if core.status.findings or losses.is_any(core.db):
        return 0
    oldest_s = (core.environment.clock() - ORPHANS_ARE_KEPT).timestamp()
    known = frozenset(row.name for row in affairs.evidence_objects(core.db))
    recorded = frozenset(row.name for row in recording_rows.every(core.db))
    return core.store.sweep(known, lambda path: path.stat().st_mtime < oldest_s, recorded)


def change_passphrase(core: Core, old: str, new: str) -> None:
    """Replace the passphrase in its slot. Raises WRONG_PASSPHRASE, WEAK_PASSPHRASE."""
    check_passphrase(new)
    unlocked = folder.unlock(core.place, old, core.environment)
    try:
        slots, opened = keyslots.replace(
            unlocked.slots,
            Passphrase(text=new),
            opened=unlocked.opened,
            number=unlocked.opened.slot_number,
            random=core.environment.random,
            available_bytes=core.environment.available_bytes(),
        )
    except InsufficientMemory:
        raise folder.not_enough_memory() from None
    with disk.disk_trouble():
        folder.write_slots(core.place, slots)
    core.unlocked = Unlocked(slots=slots, opened=opened)
