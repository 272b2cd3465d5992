"""Merging: a staged bundle becomes part of the notebook in one transaction, or not at all.

Merging the same bundle again changes nothing, and the order of bundles does not matter: entries
link by parent hash, fields are multi-value registers, and conflicts are kept for a person.
"""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from notebook import (
    contacts,
    holdings,
    intake,
    listing,
    missions,
    notices,
    quarantine,
    registers,
    withdrawing,
)
from notebook.core import Core
from notebook.environment import timestamp
from notebook.errors import NotebookError
from notebook.forms import Forms
from notebook.handover import Notice
from notebook.intake import Intake
from notebook.journal import Frame
from notebook.model import AuthorId, CaseId, Changes, Kind, RecordId, Sha256
from notebook.notices import ExchangeNotice
from notebook.opening import Opener, Staged
from notebook.payload import sealer_of
from notebook.progress import Progress, Silent
from notebook.projection import Outcome
from notebook.selection import BOOKKEEPING
from notebook.storage import affairs, entries, exchange, records
from notebook.storage.affairs import BundleRow
from notebook.storage.database import Database
from notebook.storage.exchange import Recovered
from notebook.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenResult:
    """What opening a bundle brought."""

    new: int
    """Entries that were not here, or not whole, without the bookkeeping of what was exchanged."""
    present: int
    waiting: int
    """Entries here that wait for earlier ones, after the merge."""
    conflicts: int
    conflict_records: tuple[RecordId, ...] = ()
    refused: tuple[Notice, ...] = ()
    sealer: AuthorId
    sealer_name: str
    bundle: str
    kind: str = "full"
    """What the envelope calls the bundle."""
    is_again: bool = False
    """Whether the bundle was opened before."""
    files: int = 0
    """Files that came with it and were not here, or not whole."""
    missing_files: int = 0
    """Those among them that evidence here named before."""
    filled: tuple[RecordId, ...] = ()
    """The evidence that has its file now and lacked it before."""
    later: int = 0
    """Files that the sealer kept for a later bundle, and that are not here."""
    withheld: int = 0
    """Values of new entries that are not for us, or not for now."""
    recovered: int = 0
    """Entries signed by this notebook's own author that were not here."""
    notices: tuple[ExchangeNotice, ...] = ()
    """What stands, after the merge, about these cases or this sealer."""


def merge(core: Core, staged: Staged, progress: Progress) -> tuple[OpenResult, Changes]:
    """Merge a staged bundle in one transaction, then finish withdrawals it brought.

    Nothing of it remains when it is cancelled or cannot be merged.
    """
    replaced = [affairs.evidence_object(core.db, e.taken.row.sha256) for e in staged.objects]
    try:
        result, changes = core.transact(lambda tx: apply(tx, staged, progress), progress)
    except BaseException:
        for examined in staged.objects:
            core.store.destroy(examined.taken.row)
        raise
    finally:
        staged.close()
    for examined, before in zip(staged.objects, replaced, strict=True):
        row = examined.taken.row
        kept = affairs.evidence_object(core.db, row.sha256)
        if kept is None or kept.name != row.name:
            core.store.destroy(row)
        elif before is not None:
            core.store.destroy(before)
    changes = changes.and_then(withdrawing.finish(core))
    _forget_quarantined(core, staged)
    conflicts = conflicts_in(core.db, core.forms, staged.envelope.cases)
    return (
        replace(
            result,
            conflicts=sum(count for _, count in conflicts),
            conflict_records=tuple(record for record, _ in conflicts),
            notices=tuple(
                notices.about(core.db, core.author, staged.envelope.cases, staged.sealer)
            ),
        ),
        changes,
    )


def _forget_quarantined(core: Core, staged: Staged) -> None:
    """A bundle that was merged needs no sealed copy here any more."""
    for waiting in quarantine.listed(core.place.staging):
        # What cannot be read stays for a person to drop.
        with suppress(NotebookError), core.snapshot() as db:
            files = Intake(core.store, core.environment.clock)
            seen = Opener(db, sealer_of(core), core.place, files).inspect(waiting.paths, Silent())
            if (seen.bundle, seen.sealer) == (staged.envelope.bundle, staged.sealer):
                quarantine.drop(waiting)


def apply(tx: Transaction, staged: Staged, progress: Progress) -> OpenResult:
    """Store what was staged and count it, but for conflicts, which show only afterwards."""
    at = timestamp(tx.clock)
    pinned = {row.author for row in affairs.contacts(tx.db)}
    if staged.accepted_card is not None and staged.sealer not in pinned:
        contacts.pin(
            tx,
            staged.accepted_card,
            is_classic=False,
            how="accepted",
            at=at,
            # It was asked about when the bundle was staged.
            may_share_name=True,
        )
    counts: Counter[Outcome] = Counter()
    brought: Counter[CaseId] = Counter()
    came_back: Counter[CaseId] = Counter()
    authors: set[AuthorId] = set()
    withheld = 0
    missed = withdrawing.named_files(tx.db) if staged.objects else set()
    for done, entry in enumerate(staged.lines.entries(), start=1):
        if done % 50 == 0 or done == len(staged.lines):
            progress.step(done, len(staged.lines), "merge")
        outcome = tx.store(entry)
        authors.add(entry.header.author)
        if entry.header.kind in BOOKKEEPING:
            continue
        if entry.header.author == tx.author and outcome in (Outcome.NEW, Outcome.WAITING):
            came_back[entry.header.case] += 1
        counts[outcome] += 1
        if outcome is not Outcome.PRESENT:
            brought[entry.header.case] += 1
            withheld += sum(part.frame is None for part in entry.parts)
    named = withdrawing.named_files(tx.db) if staged.objects else set()
    came = {examined.taken.row.sha256 for examined in staged.objects} & named
    missed &= came
    for examined in staged.objects:
        # What no value names is not even noted: nothing here needs it, or it was withdrawn.
        if examined.taken.row.sha256 in came:
            # Staged is only what was not here, or not whole: the new object takes its place.
            affairs.replace_object(tx.db, examined.taken.row)
            intake.keep_object(tx, examined)
    for case, files in staged.envelope.belongs.items():
        for sha in files:
            affairs.bring_file(tx.db, Sha256(sha), CaseId(case))
    missions.note_arrival(tx, staged.envelope.bundle, staged.my_tags)
    is_again = affairs.bundle_with_envelope(tx.db, staged.envelope_digest) is not None
    if not is_again:
        # What was taken over from it does not come back as a draft.
        missions.keep_drafts(tx, staged.drafts)
    missions.drop_superseded(tx)
    if not is_again:
        holdings.note(tx.db, staged, me=tx.author)
        _note_people(tx, staged, authors)
    _note_recovered(tx, staged, came_back)
    exchange.forget_tips_that_came(tx.db)
    affairs.add_bundle(
        tx.db,
        BundleRow(
            id=staged.envelope.bundle,
            direction="opened",
            peer=staged.sealer,
            envelope=staged.envelope_digest,
            previous=holdings.previous_of(staged),
            at=at,
        ),
    )
    if not is_again:
        for case, count in sorted(brought.items()):
            tx.append(
                Kind.RECEIVE,
                case,
                [
                    (
                        Frame(record=RecordId(case), field="_receive"),
                        {
                            "bundle": staged.envelope.bundle,
                            "sealer": staged.sealer,
                            "entries": count,
                        },
                    )
                ],
            )
    return OpenResult(
        new=counts[Outcome.NEW] + counts[Outcome.WAITING] + counts[Outcome.FILLED],
        present=counts[Outcome.PRESENT],
        waiting=entries.waiting_count(tx.db),
        conflicts=0,
        sealer=staged.sealer,
        sealer_name=staged.sealer_name,
        bundle=staged.envelope.bundle,
        kind=staged.envelope.kind,
        is_again=is_again,
        files=len(came),
        missing_files=len(missed),
        filled=_filled(tx.db, staged, missed),
        recovered=came_back.total(),
        later=sum(
            affairs.evidence_object(tx.db, Sha256(sha)) is None for sha in staged.envelope.omitted
        ),
        withheld=withheld,
    )


def _filled(db: Database, staged: Staged, files: Collection[Sha256]) -> tuple[RecordId, ...]:
    """The evidence of these cases that names one of these files."""
    cases = staged.envelope.cases if files else ()
    rows = [row for case in cases for row in listing.evidence_naming(db, CaseId(case), files)]
    names = listing.names_of(db, rows)
    return tuple(names[row.num] for row in rows)


def _note_people(tx: Transaction, staged: Staged, authors: set[AuthorId]) -> None:
    """Remember who passed on whom, and a card that is not the pinned one."""
    pinned = {row.author: row for row in affairs.contacts(tx.db)}
    if staged.sealer in pinned:
        for author in sorted(authors - pinned.keys() - {tx.author}):
            exchange.pass_on(tx.db, author, staged.sealer)
        known = contacts.from_row(pinned[staged.sealer])
        is_other = staged.card.fingerprint() != known.fingerprint
        exchange.offer_card(tx.db, staged.sealer, staged.card.encode() if is_other else None)


def _note_recovered(tx: Transaction, staged: Staged, came_back: "Counter[CaseId]") -> None:
    """Remember how many entries of one's own came back, and from whom."""
    for case, count in came_back.items():
        exchange.add_recovered(
            tx.db,
            Recovered(bundle=staged.envelope.bundle, case=case, contact=staged.sealer, count=count),
        )


def conflicts_in(db: Database, forms: Forms, cases: tuple[str, ...]) -> list[tuple[RecordId, int]]:
    """The records of these cases on which people disagree, and in how many fields."""
    found = [row for case in cases for row in records.disputed(db, CaseId(case))]
    names = listing.names_of(db, found)
    return [
        (names[row.num], max(1, len(registers.load(db, forms, row).conflicts))) for row in found
    ]
