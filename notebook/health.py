"""Checks that say what is damaged, how serious it is and what to do; nothing is ever deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from crypto.head import NO_ENTRY, HeadState
from crypto.keys import database_key, drafts_key
from notebook import disk, journal
from notebook import folder as folders
from notebook.errors import NotebookError
from notebook.evidence import ObjectStore
from notebook.folder import Folder
from notebook.i18n import _, ngettext
from notebook.model import EntryId, RecordId, Sha256
from notebook.progress import Progress
from notebook.storage import affairs, entries, recordings
from notebook.storage.database import Database, DatabaseDamaged, check_pages

JOURNAL: Final = "journal"
FILES: Final = "files"
"""What a check is at, as its progress names it."""
LOST: Final = "entries-lost"
"""The finding that stays until somebody says that they know (`notebook.losses`)."""
WAITING: Final = "entries-missing"
"""The code of entries that wait for earlier ones."""


class Severity(StrEnum):
    """How bad a finding is."""

    NOTICE = "notice"
    """Nothing is lost; it is good to know."""
    DAMAGE = "damage"
    """Something stored is damaged, missing or lost."""
    KNOWN = "known"
    """Something was lost, and somebody said that they know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found."""

    code: str
    severity: Severity
    what: str
    next_step: str
    record: RecordId | None = None
    notice: str | None = None
    """The key of a notice of exchange, by which it can be put aside."""


def check_head(stored: HeadState | None, db: Database) -> list[Finding]:
    """Compare the head with the database: commits that were acknowledged and are gone."""
    count, newest = entries.count_and_newest(db)
    found = affairs.generation(db)
    if stored is None:
        # Before the first entry a kill may leave a head of no bytes, or none.
        if count == 0:
            return []
        return [
            Finding(
                code="head-damaged",
                severity=Severity.DAMAGE,
                what=_("The note about the newest commit is missing or damaged."),
                next_step=_("Compare the four words you noted when you last locked."),
            )
        ]
    is_newest_here = stored.newest_entry_id == NO_ENTRY or entries.entry_num(
        db, EntryId(stored.newest_entry_id.hex())
    )
    # Numbers alone are caught up with by writing on; the id of a lost entry is not.
    if stored.generation > found or stored.entry_count > count or not is_newest_here:
        lost = max(stored.entry_count - count, 0)
        last = newest.hex()[:16] if newest != NO_ENTRY else "-"
        return [
            Finding(
                code=LOST,
                severity=Severity.DAMAGE,
                what=_lost_words(lost).format(lost=lost)
                + " "
                + _("The last one known here is {last}.").format(last=last),
                next_step=_(
                    "Do not write on. Restore the folder from a backup, or ask the people you"
                    " sealed bundles for to send what they have."
                ),
            )
        ]
    return []


def _lost_words(lost: int) -> str:
    if not lost:
        # Since then more was written, so the numbers no longer tell.
        return _("The notebook is in an older state than it was: entries are lost.")
    return ngettext(
        "The notebook is in an older state than it was: {lost} entry is lost.",
        "The notebook is in an older state than it was: {lost} entries are lost.",
        lost,
    )


def check_slots(folder: Folder, *, allows_testing: bool) -> list[Finding]:
    """Whether both copies of the key slots are whole and alike."""
    try:
        choice = folders.choose_slots(folder, allows_testing=allows_testing)
    except NotebookError as trouble:
        return [
            Finding(
                code="slots-damaged",
                severity=Severity.DAMAGE,
                what=trouble.what,
                next_step=trouble.next_step,
            )
        ]
    return [slots_finding(name) for name in choice.damaged]


def slots_finding(copy: str) -> Finding:
    """The finding of one damaged copy of the key slots."""
    return Finding(
        code="slots-copy-damaged",
        severity=Severity.DAMAGE,
        what=_("The copy “slots-{copy}” of the key slots is damaged.").format(copy=copy),
        next_step=_("The other copy is used, and this one is written anew at the next unlock."),
    )


def check_database(folder: Folder, notebook_key: bytes) -> list[Finding]:
    """The database's own checks, each on a fresh connection."""
    is_damaged = check_pages(folder.database, database_key(notebook_key))
    return [database_finding()] if is_damaged else []


def database_finding() -> Finding:
    """The finding of a database that cannot be read as a whole."""
    return Finding(
        code="database-damaged",
        severity=Severity.DAMAGE,
        what=_("The database is damaged."),
        next_step=_("Copy the folder as it is, then restore it from a backup."),
    )


def check_drafts(folder: Folder, notebook_key: bytes) -> list[Finding]:
    """The drafts' database, and drafts that were damaged and set aside."""
    # One that is just being made is empty, and so is what is left of it when that was interrupted,
    # at the latest once it was looked at and what was begun is undone: nothing was in it.
    is_damaged = (
        _holds_anything(folder.drafts)
        and check_pages(folder.drafts, drafts_key(notebook_key)) != []
        and _holds_anything(folder.drafts)
    )
    if not is_damaged and not disk.put_aside_before(folder.drafts):
        return []
    return [
        Finding(
            code="drafts-damaged",
            severity=Severity.DAMAGE,
            what=_("What was typed and not yet saved is damaged, at least in part."),
            next_step=_("Look through your drafts. What was saved before is unaffected."),
        )
    ]


def _holds_anything(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def check_journal(db: Database, progress: Progress) -> Iterator[Finding]:
    """Every entry; progress is in entries of `JOURNAL`."""
    nums = entries.all_nums(db)
    for done, num in enumerate(nums, start=1):
        if done % 50 == 0 or done == len(nums):
            progress.step(done, len(nums), JOURNAL)
        yield from check_entry(db, num)


def check_entry(db: Database, num: int) -> list[Finding]:
    """An entry's id, signature and commitments."""
    try:
        journal.check_signature(entries.load(db, num))
    except (DatabaseDamaged, journal.BadEntry):
        return [
            Finding(
                code="entry-damaged",
                severity=Severity.DAMAGE,
                what=_("Entry {number} of the journal is damaged.").format(number=num),
                next_step=_("Restore the folder from a backup, or ask a contact for a bundle."),
                record=_record_of(db, num),
            )
        ]
    return []


def check_waiting(db: Database) -> list[Finding]:
    """Entries that wait for a parent that is not here."""
    waiting = entries.waiting_count(db)
    if not waiting:
        return []
    return [
        Finding(
            code=WAITING,
            severity=Severity.NOTICE,
            what=ngettext(
                "{count} entry waits for an earlier one that has not come yet.",
                "{count} entries wait for earlier ones that have not come yet.",
                waiting,
            ).format(count=waiting),
            next_step=_("Ask the sender for a full bundle."),
        )
    ]


def _record_of(db: Database, num: int) -> RecordId | None:
    try:
        found = entries.record_of_part(db, entries.part_number(num, 0))
    except DatabaseDamaged:
        return None
    return found[0] if found else None


def check_objects(
    db: Database, store: ObjectStore, named: frozenset[Sha256], progress: Progress
) -> Iterator[Finding]:
    """Read every evidence object to its end; one that is damaged costs only itself.

    Progress is in bytes of `FILES`.
    """
    rows = affairs.evidence_objects(db)
    done_bytes, total_bytes = 0, sum(row.size_bytes for row in rows)
    for row in rows:
        progress.step(done_bytes, total_bytes, FILES)
        try:
            store.check(row, _OneOfMany(progress, done_bytes, total_bytes))
        except NotebookError as trouble:
            yield Finding(
                code="object-damaged",
                severity=Severity.DAMAGE,
                what=trouble.what + " " + row.sha256,
                next_step=trouble.next_step,
            )
        done_bytes += row.size_bytes
    for missing in sorted(named - {row.sha256 for row in rows}):
        yield Finding(
            code="object-missing",
            severity=Severity.NOTICE,
            what=_("A file that the evidence names is not here.") + " " + missing,
            next_step=_("Ask the sender for a bundle with the files."),
        )
    recorded = frozenset(row.name for row in recordings.every(db))
    strays = store.strays(frozenset(row.name for row in rows), recorded)
    if strays:
        yield Finding(
            code="stray-files",
            severity=Severity.NOTICE,
            what=ngettext(
                "{count} file was left by an interrupted import.",
                "{count} files were left by an interrupted import.",
                len(strays),
            ).format(count=len(strays)),
            next_step=_("What is left is encrypted, and is removed after 30 days."),
        )


@dataclass(frozen=True, slots=True)
class _OneOfMany:
    """One file's progress as a part of all files', in bytes."""

    whole: Progress
    before_bytes: int
    total_bytes: int

    def step(self, done: int, total: int, what: str = "") -> None:
        self.whole.step(self.before_bytes + min(done, total), self.total_bytes, what or FILES)
