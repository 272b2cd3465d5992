"""The checks of an open notebook: all of it when asked, its journal in slices in the background."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from notebook import contacts, health, listing, losses, notices, projection
from notebook.core import Core
from notebook.errors import Code, NotebookError
from notebook.health import WAITING, Finding, Severity
from notebook.progress import Progress
from notebook.storage import entries
from notebook.storage.database import Database

SLICE_ENTRIES: Final = 100
"""Entries in one slice: a moment's work, so that whoever waits for the lane waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSlice:
    """What a look at some entries of the journal found."""

    findings: tuple[Finding, ...]
    reached: int
    """The number of the last entry that was looked at; the next slice begins after it."""
    is_last: bool


def check(core: Core, progress: Progress) -> Iterator[Finding]:
    """The findings as they come; on a snapshot of its own, so in any thread."""
    yield from _check_opening(core)
    yield from health.check_database(core.place, core.notebook_key)
    yield from health.check_drafts(core.place, core.notebook_key)
    try:
        with core.snapshot() as db:
            yield from losses.findings(db)
            yield from health.check_journal(db, progress)
            yield from _exchange_findings(core, db)
            named = frozenset(listing.evidence_hashes(db, core.forms, None))
            yield from health.check_objects(db, core.store, named, progress)
    except NotebookError as trouble:
        yield _as_finding(trouble)


def check_slice(core: Core, after: int) -> JournalSlice:
    """The next entries of the journal; before the first (`after` 0) also how it was opened.

    On a snapshot of its own, so in any thread. Entries are only ever added, so slices of
    different moments make up the whole journal.
    """
    findings = list(_check_opening(core)) if after == 0 else []
    try:
        with core.snapshot() as db:
            nums = entries.nums_after(db, after, SLICE_ENTRIES)
            for num in nums:
                findings += health.check_entry(db, num)
            is_last = len(nums) < SLICE_ENTRIES
            if is_last:
                findings += health.check_waiting(db)
    except NotebookError as trouble:
        findings.append(_as_finding(trouble))
        return JournalSlice(findings=tuple(findings), reached=after, is_last=True)
    return JournalSlice(
        findings=tuple(findings), reached=nums[-1] if nums else after, is_last=is_last
    )


def _exchange_findings(core: Core, db: Database) -> Iterator[Finding]:
    """What exchange has shown, as far as it was not put aside."""
    people = contacts.people(db, core.author, core.identity.name)
    for notice in notices.standing(db, core.author):
        what, next_step = notices.words(notice, core.author, people.name)
        yield Finding(
            code=WAITING if notice.waiting else notice.kind.value,
            severity=Severity.NOTICE,
            what=what,
            next_step=next_step,
            record=notice.record,
            notice=notice.key,
        )


def _check_opening(core: Core) -> Iterator[Finding]:
    allows_testing = core.environment.allows_testing
    yield from core.status.findings
    yield from health.check_slots(core.place, allows_testing=allows_testing)


def _as_finding(trouble: NotebookError) -> Finding:
    """Damage as a finding: a check says how far it came, it does not fall over what it seeks."""
    if trouble.code is not Code.DAMAGED:
        raise trouble
    return health.database_finding()


def rebuild(core: Core, progress: Progress) -> None:
    """Forget every projection and replay the journal, in one transaction."""
    me = core.author
    core.transact(lambda tx: projection.rebuild(tx.db, tx.forms, me=me, progress=progress))
