"""What the journal says of sealed bundles: that they are made, before they get their names.

So no bundle lies anywhere that the notebook does not know of. A kill between the note and the name
leaves the other thing, a note of a bundle that may not be there; it is told at the next unlock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from notebook.environment import timestamp
from notebook.journal import Frame
from notebook.model import AuthorId, CaseId, JsonValue, Kind, RecordId
from notebook.sealing import SealedBundle, Written
from notebook.selection import READERS_FIELD
from notebook.storage import affairs, sent
from notebook.storage.affairs import BundleRow
from notebook.storage.database import Database, DatabaseDamaged
from notebook.storage.sent import Sent
from notebook.transaction import Transaction

UNNAMED: Final = "seals_unnamed"
"""Bundles that are noted and not known to have their names yet."""
INTERRUPTED: Final = "seals_interrupted"
"""Those of which nobody will know any more."""
NOT_FINISHED: Final = "sealing not finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnamed:
    """A bundle that was noted, and may or may not have got its name."""

    bundle: str
    readers: tuple[AuthorId, ...]
    cases: tuple[CaseId, ...]


def note(tx: Transaction, written: Written) -> None:
    """Note in the journal of every case what leaves; its readers only its steward learns."""
    for sealed in written.bundles:
        _note_one(tx, sealed)
    unnamed = [
        Unnamed(bundle=sealed.bundle, readers=sealed.readers, cases=sealed.cases)
        for sealed in written.bundles
        # A receipt brings nothing.
        if sealed.cases
    ]
    _keep(tx.db, UNNAMED, [*_kept(tx.db, UNNAMED), *unnamed])


def _note_one(tx: Transaction, sealed: SealedBundle) -> None:
    for override in sealed.overrides:
        tx.custody(
            override.record,
            override.case,
            {
                "what": "consent overridden",
                "bundle": sealed.bundle,
                "purpose": override.verdict.purpose,
                "verdict": override.verdict.permission.value,
                "reason": sealed.reason,
            },
        )
    for case in sealed.cases:
        home = RecordId(case)
        tx.append(
            Kind.SEAL,
            case,
            [
                (
                    Frame(record=home, field="_seal"),
                    {"bundle": sealed.bundle, "kind": sealed.kind, "sha256": sealed.sha256},
                ),
                (Frame(record=home, field=READERS_FIELD), {"readers": list(sealed.readers)}),
            ],
        )
    # Should it never get its name, one too many is known to have it, and never one too few.
    for reader in sealed.readers:
        sent.note_sent(tx.db, _sent(tx, sealed, reader), sealed.records)


def note_named(tx: Transaction, written: Written) -> None:
    """Note that the bundles have their names: later ones come after them, and who reads is told."""
    for sealed in written.bundles:
        for reader, (digest, previous) in sealed.envelopes.items():
            handed = _sent(tx, sealed, reader)
            affairs.add_bundle(
                tx.db,
                BundleRow(
                    id=sealed.bundle,
                    direction="sealed",
                    peer=reader,
                    envelope=digest,
                    previous=previous,
                    at=handed.at,
                ),
            )
            sent.note_told(tx.db, handed, sealed.told)
    _forget(tx.db, {sealed.bundle for sealed in written.bundles})
    _supersede(tx, written)


def note_not_named(tx: Transaction, written: Written) -> None:
    """Note that the bundles were not finished, and whether it is sure that none is there."""
    bundles = {sealed.bundle for sealed in written.bundles}
    left = [one for one in _kept(tx.db, UNNAMED) if one.bundle in bundles]
    _tell(tx, left, is_gone=not written.may_be_left)


def settle(tx: Transaction) -> None:
    """At unlock: what was noted and has no end by now was interrupted."""
    if left := _kept(tx.db, UNNAMED):
        _tell(tx, left, is_gone=False)


def interrupted(db: Database) -> list[Unnamed]:
    """The bundles of which nobody knows whether they are there."""
    return _kept(db, INTERRUPTED)


def forget_cases(db: Database, cases: Collection[CaseId]) -> None:
    """Say nothing of cases that are removed."""
    left = [
        replace(one, cases=tuple(case for case in one.cases if case not in cases))
        for one in _kept(db, INTERRUPTED)
    ]
    _keep(db, INTERRUPTED, [one for one in left if one.cases])


def _supersede(tx: Transaction, written: Written) -> None:
    """Whoever was sealed the same cases since has all that an interrupted bundle would bring."""
    known = _kept(tx.db, INTERRUPTED)
    left = [
        replace(
            one,
            readers=tuple(
                reader
                for reader in one.readers
                if not any(
                    sealed.is_whole
                    and reader in sealed.readers
                    and set(one.cases) <= set(sealed.cases)
                    for sealed in written.bundles
                )
            ),
        )
        for one in known
    ]
    if left != known:
        _keep(tx.db, INTERRUPTED, [one for one in left if one.readers])
        tx.is_contacts_changed = True


def _tell(tx: Transaction, unnamed: Iterable[Unnamed], *, is_gone: bool) -> None:
    told = list(unnamed)
    for one in told:
        for case in one.cases:
            details: Mapping[str, JsonValue] = {
                "what": NOT_FINISHED,
                "bundle": one.bundle,
                "left": "no" if is_gone else "unknown",
            }
            tx.custody(RecordId(case), case, details)
    if not is_gone:
        _keep(tx.db, INTERRUPTED, [*_kept(tx.db, INTERRUPTED), *told])
        tx.is_contacts_changed = True
    _forget(tx.db, {one.bundle for one in told})


def _sent(tx: Transaction, sealed: SealedBundle, reader: AuthorId) -> Sent:
    return Sent(contact=reader, bundle=sealed.bundle, at=timestamp(tx.clock))


def _forget(db: Database, bundles: set[str]) -> None:
    _keep(db, UNNAMED, [one for one in _kept(db, UNNAMED) if one.bundle not in bundles])


def _keep(db: Database, name: str, unnamed: Iterable[Unnamed]) -> None:
    rows: list[JsonValue] = [
        {"bundle": one.bundle, "readers": list(one.readers), "cases": list(one.cases)}
        for one in unnamed
    ]
    if rows or affairs.setting(db, name) is not None:
        affairs.set_setting(db, name, rows)


def _kept(db: Database, name: str) -> list[Unnamed]:
    stored = affairs.setting(db, name)
    rows = stored if isinstance(stored, list) else [] if stored is None else [stored]
    return [_unnamed(row) for row in rows]


def _unnamed(row: JsonValue) -> Unnamed:
    if not isinstance(row, Mapping):
        raise DatabaseDamaged("a note of a bundle cannot be read")
    bundle, readers, cases = (row.get(key) for key in ("bundle", "readers", "cases"))
    if not isinstance(bundle, str) or not isinstance(readers, list) or not isinstance(cases, list):
        raise DatabaseDamaged("a note of a bundle cannot be read")
    return Unnamed(
        bundle=bundle,
        readers=tuple(AuthorId(str(reader)) for reader in readers),
        cases=tuple(CaseId(str(case)) for case in cases),
    )
