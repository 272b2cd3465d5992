"""Copies with pseudonyms that this notebook made of its records: a withdrawal reaches them, too.

Only this notebook's own custody counts: somebody else who claims that a record is a copy must not
have it destroyed with another one.
"""

from collections.abc import Iterator

from notebook import registers, strict_json
from notebook.core import Core
from notebook.custody_told import CUSTODY_FIELD
from notebook.i18n import _
from notebook.journal import Frame
from notebook.model import AuthorId, CaseId, Changes, JsonValue, Kind, RecordId
from notebook.projection import COVERS, WITHDRAW_FIELD
from notebook.storage import entries, records, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.storage.withdrawals import EVERY_FIELD, Withdrawal
from notebook.transaction import Transaction

DERIVED = "derived"


def of_record(db: Database, row: RecordRow, me: AuthorId) -> list[RecordRow]:
    """The copies of a record, copies of these too, that are not withdrawn."""
    found: dict[int, RecordRow] = {}
    waiting = [row]
    while waiting:
        for copy in _direct(db, waiting.pop(), me):
            if copy.num not in found and copy.num != row.num:
                found[copy.num] = copy
                waiting.append(copy)
    return [copy for copy in found.values() if not copy.is_withdrawn]


def _direct(db: Database, row: RecordRow, me: AuthorId) -> Iterator[RecordRow]:
    for part, field in entries.parts_about(db, row.num):
        if field != CUSTODY_FIELD:
            continue
        num, _place = entries.split_part(part)
        value = entries.value(db, part)
        if value is None or entries.header_of(db, num).author != me:
            continue
        match strict_json.parse(value):
            case {"what": str(what), "case": str(case), "record": str(record)} if what == DERIVED:
                if copy := records.find_in_case(db, CaseId(case), RecordId(record)):
                    yield copy


def withdraw_with_originals(core: Core) -> Changes:
    """Withdraw every copy of what is withdrawn and obeyed here, for a reason that says nothing.

    A person's reason may name somebody, and readers of a copy are not to know who that is.
    """
    due = [
        (copy, withdrawal)
        for withdrawal in withdrawals.every(core.db)
        if withdrawal.is_confirmed
        for copy in of_record(core.db, records.by_num(core.db, withdrawal.record), core.author)
    ]
    if not due:
        return Changes()

    def operation(tx: Transaction) -> None:
        for copy, withdrawal in due:
            _withdraw(tx, copy, withdrawal)

    return core.change(operation)


def _withdraw(tx: Transaction, copy: RecordRow, withdrawal: Withdrawal) -> None:
    fields: list[JsonValue] = [EVERY_FIELD]
    if not withdrawal.is_whole:
        living = registers.load(tx.db, tx.forms, copy).fields
        fields = [name for name in withdrawal.fields if name in living]
    if not fields or _is_withdrawn(tx.db, copy, fields):
        return
    value: dict[str, JsonValue] = {
        "fields": fields,
        "reason": _("Withdrawn with the record that it was made from."),
    }
    if copy.type == "consent" and withdrawal.is_whole:
        links = records.links_from(tx.db, copy.num)
        value[COVERS] = [target for field, target in links if field == COVERS]
    tx.append(Kind.WITHDRAW, copy.case, [(Frame(record=copy.id, field=WITHDRAW_FIELD), value)])


def _is_withdrawn(db: Database, copy: RecordRow, fields: list[JsonValue]) -> bool:
    """Whether that was withdrawn already; in this transaction the row itself may not say so yet."""
    return any(
        one.is_whole or set(fields) <= set(one.fields)
        for one in withdrawals.of_record(db, copy.num)
    )
