"""Departure: a case is handed over, and only then removed from this laptop for good.

FORMATS, "Removing a whole case". What stays goes row by row, checked, into a new database under a
new notebook key; then files are swapped. A kill anywhere leaves the old or the new state, and the
next unlock ends what was begun.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crypto import keys, keyslots
from crypto.head import HeadState
from crypto.keys import DatabaseKey
from crypto.keyslots import Opened, Passphrase
from crypto.passphrase import InsufficientMemory
from crypto.slotsfile import SlotsFile
from notebook import disk, folder, handed_over, notices, noting, projection, sealing_key
from notebook.core import SCHEMA, Core
from notebook.drafts import SCHEMA as DRAFTS_SCHEMA
from notebook.drafts import is_review
from notebook.environment import Environment, timestamp
from notebook.errors import NotebookError
from notebook.evidence import RECORDING
from notebook.folder import Folder, Unlocked
from notebook.model import CaseId, JsonValue
from notebook.progress import Progress
from notebook.sealing_key import KeyChoice
from notebook.storage import affairs, drafts, entries, recordings, refill
from notebook.storage.database import Database, DatabaseDamaged, check_pages

NEXT = ".next"
_COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A new database beside the old one, and the slots that make it count."""

    slots: SlotsFile
    opened: Opened


def prepare(
    core: Core,
    passphrase: str,
    cases: Sequence[CaseId],
    progress: Progress,
    *,
    key: KeyChoice = KeyChoice.KEEP,
    remark: JsonValue = None,
) -> Prepared:
    """Make everything ready to remove cases from this laptop for good; nothing is removed yet.

    `remark` is what the new database is to remember of it. Raises WRONG_PASSPHRASE, DAMAGED,
    NO_SPACE, DISK_ERROR or `Cancelled`; the notebook is then as it was.
    """
    # The passphrase is tried before anything is written.
    unlocked = folder.unlock(core.place, passphrase, core.environment)
    new_key = core.environment.random(32)
    forget_unfinished(core.place)
    try:
        with disk.disk_trouble():
            _fill(core, new_key, frozenset(cases), progress, key=key, remark=remark)
        slots, opened = keyslots.rotate(
            unlocked.slots,
            Passphrase(text=passphrase),
            opened=unlocked.opened,
            new_notebook_key=new_key,
            profile=unlocked.slots.profile,
            random=core.environment.random,
            available_bytes=core.environment.available_bytes(),
        )
        new = _next(core.place.database)
        db = _open(new, keys.database_key(new_key), SCHEMA)
        with db.write():
            affairs.take_slot(
                db, opened.slot_number, "passphrase", timestamp(core.environment.clock)
            )
        db.close()
        if check_pages(new, keys.database_key(new_key)):
            raise DatabaseDamaged("the new database cannot be read back")
        _drop_companions(new)
        with disk.disk_trouble():
            # Last, for what is typed goes on being kept by another thread.
            _fill_drafts(core, new_key, frozenset(cases))
            disk.sync_folder(core.place.path)
    except InsufficientMemory:
        forget_unfinished(core.place)
        raise folder.not_enough_memory() from None
    except BaseException:
        # What is left half made goes at the next unlock at the latest.
        with suppress(NotebookError):
            forget_unfinished(core.place)
        raise
    return Prepared(slots=slots, opened=opened)


def swap(core: Core, prepared: Prepared) -> None:
    """Put the new database in the place of the old one, and close the notebook.

    All other passphrases and shares are void afterwards. Raises NO_SPACE or DISK_ERROR; the next
    unlock then ends it.
    """
    core.halt()
    # What stands there from now on has other words.
    core.settled = None
    core.db.close()
    with disk.disk_trouble():
        # From here on the next unlock goes on to the end.
        folder.write_slots(core.place, prepared.slots)
    unlocked = Unlocked(slots=prepared.slots, opened=prepared.opened)
    finish(core.place, unlocked, core.environment)


def _fill(
    core: Core,
    new_key: bytes,
    cases: frozenset[CaseId],
    progress: Progress,
    *,
    key: KeyChoice,
    remark: JsonValue,
) -> None:
    path = _next(core.place.database)
    new = _open(path, keys.database_key(new_key), SCHEMA)
    try:
        with core.snapshot() as old, new.write():
            refill.fill(old, new, cases, progress, core.environment.random)
            noting.forget_cases(new, cases)
            notices.forget_gone(new, core.author)
            projection.reindex(new, core.forms, me=core.author, progress=progress)
            affairs.count_commit(new)
            sealing_key.choose(new, core.identity, key, core.environment.random)
            if remark is not None:
                affairs.set_setting(new, handed_over.SETTING, remark)
    finally:
        new.close()
    _drop_companions(path)


def drafts_in(core: Core, cases: Collection[CaseId] | None = None) -> int:
    """How many drafts there are in these cases, or in all.

    A reading that was begun for a copy of a case goes with it; there is nothing to save in it.
    """
    if not core.place.drafts.exists():
        return 0
    db = _old_drafts(core)
    try:
        return sum(
            cases is None or (not is_review(body) and any(case.encode() in body for case in cases))
            for _draft, body, _is_whole in drafts.all_bodies(db)
        )
    finally:
        db.close()


def _old_drafts(core: Core) -> Database:
    key = keys.drafts_key(core.notebook_key)
    return Database(core.place.drafts, key, schema=DRAFTS_SCHEMA, has_log=False)


def _fill_drafts(core: Core, new_key: bytes, cases: frozenset[CaseId]) -> None:
    if not core.place.drafts.exists():
        return
    old = _old_drafts(core)
    path = _next(core.place.drafts)
    new = _open(path, keys.drafts_key(new_key), DRAFTS_SCHEMA)
    try:
        for draft, body, is_whole in drafts.all_bodies(old):
            # The case of a draft stands in it as it stands in the journal.
            if is_whole and not any(case.encode() in body for case in cases):
                drafts.keep(new, draft, body)
    finally:
        old.close()
        new.close()
    _drop_companions(path)


def finish(place: Folder, unlocked: Unlocked, environment: Environment) -> Unlocked:
    """End a change of the notebook key that was begun; the slots as they are then."""
    opened = unlocked.opened
    with disk.disk_trouble():
        for path in (place.drafts, place.database):
            if _next(path).exists():
                # What stands in the old log belongs to the old database alone.
                _drop_companions(path)
                _next(path).rename(path)
                disk.sync_folder(place.path)
        key = keys.database_key(opened.notebook_key)
        db = Database(place.database, key, schema=SCHEMA)
        try:
            count, newest = entries.count_and_newest(db)
            state = HeadState(
                entry_count=count, newest_entry_id=newest, generation=affairs.generation(db)
            )
            known = {row.name.hex() for row in affairs.evidence_objects(db)}
            known |= {row.name.hex() + RECORDING for row in recordings.every(db)}
        finally:
            db.close()
        place.head.unlink(missing_ok=True)
        folder.write_head(place, opened.notebook_key, state, environment)
        for path in place.objects.glob("??/*"):
            # Their keys are gone with the old database; now the files go, too.
            if path.name not in known:
                path.unlink()
        slots, settled = keyslots.settle(unlocked.slots, opened=opened, random=environment.random)
        folder.write_slots(place, slots)
    return Unlocked(slots=slots, opened=settled, damaged_copies=unlocked.damaged_copies)


def forget_unfinished(place: Folder) -> None:
    """Remove what was prepared and never began."""
    with disk.disk_trouble():
        for path in (place.drafts, place.database):
            _drop_companions(_next(path))
            _next(path).unlink(missing_ok=True)


def _open(path: Path, key: DatabaseKey, schema: str) -> Database:
    return Database(path, key, schema=schema, has_log=False)


def _next(path: Path) -> Path:
    return path.with_name(path.name + NEXT)


def _drop_companions(path: Path) -> None:
    for suffix in _COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
