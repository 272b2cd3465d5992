"""Merging: a staged bundle becomes part of the notebook in one transaction, or not at all.

Merging the same bundle again changes nothing, and the order of bundles does not matter: entries
link by parent hash, fields are multi-value registers, and conflicts are kept for a person.
"""

from collections import Counter
from dataclasses import dataclass, replace

from notebook import contacts, disk, intake, registers, selection, withdrawing
from notebook.core import Core
from notebook.environment import timestamp
from notebook.forms import Forms
from notebook.handover import Notice
from notebook.journal import Frame
from notebook.model import AuthorId, CaseId, Changes, Kind, RecordId, Sha256
from notebook.opening import Staged
from notebook.progress import Progress
from notebook.projection import Outcome
from notebook.selection import BOOKKEEPING
from notebook.storage import affairs, entries, records
from notebook.storage.affairs import BundleRow, HoldingRow
from notebook.storage.database import Database
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
    for row in replaced:
        if row is not None:
            core.store.destroy(row)
    withdrawing.finish(core)
    # What no value names is not kept: nothing here needs it, or it was withdrawn.
    withdrawing.destroy_unnamed(core, {e.taken.row.sha256 for e in staged.objects})
    _forget_quarantined(core, staged.envelope.bundle)
    conflicts = conflicts_in(core.db, core.forms, staged.envelope.cases)
    return (
        replace(
            result,
            conflicts=sum(count for _, count in conflicts),
            conflict_records=tuple(record for record, _ in conflicts),
        ),
        changes,
    )


def _forget_quarantined(core: Core, bundle: str) -> None:
    """A bundle that was merged needs no sealed copy here any more."""
    for path in core.place.staging.glob(f"{bundle}.*"):
        with disk.disk_trouble():
            path.unlink(missing_ok=True)


def apply(tx: Transaction, staged: Staged, progress: Progress) -> OpenResult:
    """Store what was staged and count it, but for conflicts, which show only afterwards."""
    at = timestamp(tx.clock)
    pinned = {row.author for row in affairs.contacts(tx.db)}
    if staged.accepted_card is not None and staged.sealer not in pinned:
        contacts.pin(tx, staged.accepted_card, is_classic=False, how="accepted", at=at)
    counts: Counter[Outcome] = Counter()
    brought: Counter[CaseId] = Counter()
    for done, entry in enumerate(staged.lines.entries(), start=1):
        if done % 50 == 0 or done == len(staged.lines):
            progress.step(done, len(staged.lines), "merge")
        outcome = tx.store(entry)
        if entry.header.kind in BOOKKEEPING:
            continue
        counts[outcome] += 1
        if outcome is not Outcome.PRESENT:
            brought[entry.header.case] += 1
    for examined in staged.objects:
        # Staged is only what was not here, or not whole: the new object takes its place.
        affairs.replace_object(tx.db, examined.taken.row)
        intake.keep_object(tx, examined)
    for case, files in staged.envelope.belongs.items():
        for sha in files:
            affairs.bring_file(tx.db, Sha256(sha), CaseId(case))
    is_again = affairs.bundle_with_envelope(tx.db, staged.envelope_digest) is not None
    if not is_again:
        _note_holdings(tx, staged)
    affairs.add_bundle(
        tx.db,
        BundleRow(
            id=staged.envelope.bundle,
            direction="opened",
            peer=staged.sealer,
            envelope=staged.envelope_digest,
            previous=_previous(staged),
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
    )


def conflicts_in(db: Database, forms: Forms, cases: tuple[str, ...]) -> list[tuple[RecordId, int]]:
    """The records of these cases on which people disagree, and in how many fields."""
    return [
        (row.id, max(1, len(registers.load(db, forms, row).conflicts)))
        for case in cases
        for row in records.visible(db, type_=None, case=CaseId(case))
        if row.has_conflict
    ]


def _previous(staged: Staged) -> bytes:
    chain = staged.envelope.chain
    return next((bytes.fromhex(chain[tag]) for tag in staged.my_tags if tag in chain), b"")


def _note_holdings(tx: Transaction, staged: Staged) -> None:
    """Remember what the sealer says they hold; a newer envelope replaces, others intersect."""
    if staged.sealer == tx.author:
        return
    for case, have in staged.envelope.have.items():
        said = HoldingRow(envelope=staged.envelope_digest, tips=have.tips, lacks=have.lacks)
        known = affairs.holding(tx.db, staged.sealer, CaseId(case))
        if known is None or _is_after(tx, _previous(staged), known.envelope):
            affairs.set_holding(tx.db, staged.sealer, CaseId(case), said)
        elif known.envelope != staged.envelope_digest and not _is_after(
            tx, known.envelope, staged.envelope_digest
        ):
            # The latest to come is the one that later envelopes will follow: a bundle that was
            # lost on the way must not make all later ones doubtful.
            both = HoldingRow(
                envelope=staged.envelope_digest,
                tips=selection.held_by_both(tx.db, CaseId(case), known.tips, have.tips),
                lacks=tuple(sorted(set(known.lacks) | set(have.lacks))),
            )
            affairs.set_holding(tx.db, staged.sealer, CaseId(case), both)


def _is_after(tx: Transaction, newer: bytes, older: bytes) -> bool:
    """Whether the chain of envelopes leads from `newer` back to `older`."""
    visited: set[bytes] = set()
    current = newer
    while current and current not in visited:
        if current == older:
            return True
        visited.add(current)
        row = affairs.bundle_with_envelope(tx.db, current)
        current = row.previous if row else b""
    return False
