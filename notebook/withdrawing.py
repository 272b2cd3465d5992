"""Withdrawal of consent, here: content destroyed, objects and keys gone, index and file rewritten.

The journal keeps headers, frames and the withdrawal itself, so the chain still verifies and no
bundle in any order can bring the content back.
"""

from collections.abc import Sequence

from notebook import health, registers, strict_json
from notebook.core import Core
from notebook.journal import Frame
from notebook.model import Changes, JsonValue, Kind, Sha256
from notebook.obeying import CLEAN_UP_DUE
from notebook.projection import COVERS, WITHDRAW_FIELD
from notebook.storage import affairs, entries, index, records, withdrawals
from notebook.storage.records import RecordRow
from notebook.transaction import Transaction


def withdraw(core: Core, rows: Sequence[RecordRow], reason: str) -> Changes:
    """Withdraw whole records. What a withdrawn consent covered stays refused."""

    def operation(tx: Transaction) -> None:
        for row in rows:
            value: dict[str, JsonValue] = {"fields": [withdrawals.EVERY_FIELD], "reason": reason}
            if row.type == "consent":
                value[COVERS] = [
                    target
                    for field, target in records.links_from(tx.db, row.num)
                    if field == COVERS
                ]
            # Whoever withdraws here also confirms what others asked for before.
            for pending in withdrawals.of_record(tx.db, row.num):
                withdrawals.confirm(tx.db, pending)
            tx.append(
                Kind.WITHDRAW, row.case, [(Frame(record=row.id, field=WITHDRAW_FIELD), value)]
            )

    gone = {sha for row in rows for sha in hashes_of(core, row)}
    changes = core.change(operation)
    clean_up(core, gone)
    return changes


def hashes_of(core: Core, row: RecordRow) -> list[Sha256]:
    """The files that a record names."""
    state = registers.load(core.db, core.forms, row).fields.get("sha256")
    return [
        Sha256(version.value)
        for version in (state.versions if state else ())
        if isinstance(version.value, str)
    ]


def clean_up(core: Core, gone: set[Sha256]) -> None:
    """After content was destroyed: objects nobody names go, index and file are rewritten."""
    destroy_unnamed(core, gone)

    def reindex(tx: Transaction) -> None:
        index.clear(tx.db)
        tx.touched |= set(records.numbers(tx.db))

    core.transact(reindex)
    # A damaged file is never rewritten: VACUUM would copy the damage under clean checksums.
    if not health.check_database(core.place, core.notebook_key):
        core.db.compact()
        core.transact(lambda tx: affairs.set_setting(tx.db, CLEAN_UP_DUE, False))


def finish(core: Core) -> None:
    """Clean up after a withdrawal that a kill interrupted."""
    if affairs.setting(core.db, CLEAN_UP_DUE):
        clean_up(core, {row.sha256 for row in affairs.evidence_objects(core.db)})


def destroy_unnamed(core: Core, gone: set[Sha256]) -> None:
    """Destroy those of these objects that no value in the journal names any more.

    A deleted record can be brought back, and a withdrawal that is not obeyed destroys nothing.
    """
    for sha in gone - _named_anywhere(core):
        row = affairs.evidence_object(core.db, sha)
        if row is not None:
            _forget(core, sha)
            core.store.destroy(row)


def _named_anywhere(core: Core) -> set[Sha256]:
    stored = (entries.value(core.db, part) for part in entries.parts_of_field(core.db, "sha256"))
    values = (strict_json.parse(value) for value in stored if value is not None)
    return {Sha256(value) for value in values if isinstance(value, str)}


def _forget(core: Core, sha: Sha256) -> None:
    core.transact(lambda tx: affairs.remove_object(tx.db, sha))
