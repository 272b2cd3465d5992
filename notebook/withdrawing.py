"""Withdrawal of consent, here: content destroyed, objects and keys gone, index and file rewritten.

The journal keeps headers, frames and the withdrawal itself, so the chain still verifies and no
bundle in any order can bring the content back.
"""

from collections.abc import Sequence
from dataclasses import replace

from crypto import keys
from notebook import copies, earlier, health, registers, strict_json
from notebook.core import Core
from notebook.drafts import Drafts
from notebook.journal import Frame
from notebook.model import Changes, JsonValue, Kind, Sha256
from notebook.obeying import CLEAN_UP_DUE
from notebook.projection import COVERS, WITHDRAW_FIELD
from notebook.storage import affairs, entries, index, records, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.transaction import Transaction


def withdraw(
    core: Core,
    rows: Sequence[RecordRow],
    reason: str,
    fields: Sequence[str] = (withdrawals.EVERY_FIELD,),
) -> Changes:
    """Withdraw whole records, or fields of them. What a withdrawn consent covered stays refused."""

    def operation(tx: Transaction) -> None:
        for row in rows:
            earlier.refuse(tx.db, row)
            value: dict[str, JsonValue] = {"fields": list(fields), "reason": reason}
            if row.type == "consent" and not {withdrawals.EVERY_FIELD, COVERS}.isdisjoint(fields):
                value[COVERS] = [
                    target
                    for field, target in records.links_from(tx.db, row.num)
                    if field == COVERS
                ]
            # Whoever withdraws here also confirms what others asked for before, as far as it goes.
            for pending in withdrawals.of_record(tx.db, row.num):
                if withdrawals.EVERY_FIELD in fields or set(pending.fields) <= set(fields):
                    withdrawals.confirm(tx.db, pending)
            tx.append(
                Kind.WITHDRAW, row.case, [(Frame(record=row.id, field=WITHDRAW_FIELD), value)]
            )

    return core.change(operation).and_then(finish(core))


def clean_up(core: Core, gone: set[Sha256]) -> None:
    """After content was destroyed: objects nobody names go, drafts too, index and file are new."""
    destroy_unnamed(core, gone)
    _strip_drafts(core)

    def reindex(tx: Transaction) -> None:
        index.clear(tx.db)
        tx.touched |= set(records.numbers(tx.db))

    core.transact(reindex)
    # A damaged file is never rewritten: VACUUM would copy the damage under clean checksums.
    if not health.check_database(core.place, core.notebook_key):
        core.db.compact()
        core.transact(lambda tx: affairs.set_setting(tx.db, CLEAN_UP_DUE, False))


def finish(core: Core) -> Changes:
    """What follows a withdrawal, also one that a kill interrupted: copies go, then all traces."""
    if not affairs.setting(core.db, CLEAN_UP_DUE):
        return Changes()
    changes = copies.withdraw_with_originals(core)
    clean_up(core, {row.sha256 for row in affairs.evidence_objects(core.db)})
    return changes


def _strip_drafts(core: Core) -> None:
    """Take out of the drafts what a withdrawal covers, but for what was agreed to anew."""
    if not core.place.drafts.exists():
        return
    drafts = Drafts(core.place.drafts, keys.drafts_key(core.notebook_key))
    try:
        # It may name what is gone now, or say how long it was.
        drafts.forget_place()
        drafts.drop_reviews()
        for draft in drafts.all():
            row = records.find_in_case(core.db, draft.case, draft.id)
            obeyed = (
                [w for w in withdrawals.of_record(core.db, row.num) if w.is_confirmed]
                if row is not None
                else []
            )
            if row is None or not obeyed:
                continue
            living = registers.load(core.db, core.forms, row).fields
            kept = {
                name: value
                for name, value in draft.fields.items()
                if name in living or not any(w.covers(name) for w in obeyed)
            }
            if not kept:
                drafts.drop(draft.id)
            elif kept != draft.fields:
                drafts.keep(replace(draft, fields=kept))
    finally:
        drafts.close()


def destroy_unnamed(core: Core, gone: set[Sha256]) -> None:
    """Destroy those of these objects that no value in the journal names any more.

    A deleted record can be brought back, and a withdrawal that is not obeyed destroys nothing.
    """
    for sha in gone - named_files(core.db):
        row = affairs.evidence_object(core.db, sha)
        if row is not None:
            _forget(core, sha)
            core.store.destroy(row)


def named_files(db: Database) -> set[Sha256]:
    """The hashes that any value in the journal names, of waiting entries too."""
    stored = (entries.value(db, part) for part in entries.parts_of_field(db, "sha256"))
    values = (strict_json.parse(value) for value in stored if value is not None)
    return {Sha256(value) for value in values if isinstance(value, str)}


def _forget(core: Core, sha: Sha256) -> None:
    core.transact(lambda tx: affairs.remove_object(tx.db, sha))
