"""Which withdrawals are obeyed here, what they cover, and how it goes for ever.

Whatever arrives is judged again in the transaction that brought it, so that the end does not
depend on the order of arrival: neither what is destroyed nor who was entitled to ask for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from notebook import registers
from notebook.journal import Entry, Header
from notebook.model import AuthorId, CaseId, EntryId, RecordId
from notebook.storage import affairs, entries, records, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.storage.withdrawals import Withdrawal

CLEAN_UP_DUE = "clean_up_due"


def must_wait(
    db: Database, entry: Entry, record: int, name: str, parent: RecordId | None, *, is_linked: bool
) -> bool:
    """Whether a value may not be stored before its entry's ancestry is known.

    Whether it was written after the withdrawal cannot be told yet; it is asked for again.
    """
    covering = [w for w in withdrawals.of_record(db, record) if w.covers(name)]
    row = records.by_num(db, record)
    owner = row.parent or parent
    if owner is not None and not name.startswith("_"):
        covering += [
            w
            for w in withdrawals.of_record(db, records.record_num(db, entry.header.case, owner))
            if w.is_whole or row.list is None or w.covers(row.list)
        ]
    obeyed = [w for w in covering if w.is_confirmed]
    if not is_linked:
        return bool(obeyed)
    header = entry.header
    return any(_Ancestry(db, w.entry).is_above(header) is None for w in obeyed)


def enforce(db: Database, num: int, me: AuthorId) -> None:
    """Obey the withdrawals of a record: by its author, the case's steward, me, or as confirmed.

    Also what one of these knew of and withdrew as much as: else what is agreed to anew after that
    would stay hidden wherever nobody confirms the first one.
    """
    found = withdrawals.of_record(db, num)
    if not found:
        return
    row = records.by_num(db, num)
    trusted = {me, author_of(db, num), steward(db, row.case)}
    obeyed = [w for w in found if w.is_by_person or w.author in trusted]
    obeyed += [w for w in found if w not in obeyed and _is_settled(db, w, obeyed)]
    for withdrawal in found:
        is_obeyed = withdrawal in obeyed
        withdrawals.set_confirmed(db, withdrawal, is_confirmed=is_obeyed)
        if is_obeyed:
            _destroy_covered(db, row, withdrawal)


def settled_now(db: Database) -> set[int]:
    """The records of withdrawals that still wait and need not any more: an entry between came."""
    return {
        w.record
        for w in withdrawals.waiting(db)
        if _is_settled(db, w, [o for o in withdrawals.of_record(db, w.record) if o.is_confirmed])
    }


def _is_settled(db: Database, withdrawal: Withdrawal, obeyed: Sequence[Withdrawal]) -> bool:
    ancestry = _Ancestry(db, withdrawal.entry)
    return any(
        (later.is_whole or set(withdrawal.fields) <= set(later.fields))
        and ancestry.is_above(entries.header_of(db, later.entry_num)) is True
        for later in obeyed
    )


def author_of(db: Database, num: int) -> AuthorId | None:
    """Who made a record; None when several say so, as nobody becomes its author by claiming it."""
    authors: set[AuthorId] = set()
    for part, name in entries.parts_about(db, num):
        entry = entries.split_part(part)[0]
        if name == registers.TYPE and not entries.is_waiting(db, entry):
            authors.add(entries.header_of(db, entry).author)
    return authors.pop() if len(authors) == 1 else None


def steward(db: Database, case: CaseId) -> AuthorId | None:
    """Who answers for a case: the author who made it."""
    row = records.find_in_case(db, case, RecordId(case))
    return author_of(db, row.num) if row is not None else None


def _destroy_covered(db: Database, row: RecordRow, withdrawal: Withdrawal) -> None:
    """Destroy every value that a withdrawal covers and that was not written after it."""
    ancestry = _Ancestry(db, withdrawal.entry)
    covered = [p for p, name in entries.parts_about(db, row.num) if withdrawal.covers(name)]
    for member in records.members(db, row.case, row.id):
        if member.list is not None and withdrawal.covers(member.list):
            covered += [p for p, n in entries.parts_about(db, member.num) if not n.startswith("_")]
    for part in covered:
        if entries.is_destroyed(db, part):
            continue
        num, place = entries.split_part(part)
        is_above = (
            None if entries.is_waiting(db, num) else ancestry.is_above(entries.header_of(db, num))
        )
        if is_above is None:
            if entries.has_content(db, part):
                affairs.set_setting(db, CLEAN_UP_DUE, True)
            entries.set_lacking(db, num, place, is_lacking=True)
            entries.drop_undecided_content(db, part)
        elif not is_above:
            entries.destroy(db, [part], withdrawal.entry)
            entries.set_lacking(db, num, place, is_lacking=False)
            # Kept with the destruction itself: a kill before the end is made up for at unlock.
            affairs.set_setting(db, CLEAN_UP_DUE, True)


@dataclass(slots=True)
class _Ancestry:
    """Whether one entry is among what the authors of others had seen (`prev`, `seen`)."""

    db: Database
    entry: EntryId
    _not_below: set[str] = field(default_factory=set)

    def is_above(self, header: Header) -> bool | None:
        """Whether the entry is an ancestor of the one with this header.

        None while that cannot be told, because something that its author had seen is not here.
        """
        pending = [header.prev, *header.seen]
        visited: set[str] = set()
        is_whole = True
        while pending:
            current = pending.pop()
            if current == self.entry:
                return True
            if not current or current in visited or current in self._not_below:
                continue
            visited.add(current)
            known = entries.entry_num(self.db, EntryId(current))
            if known is None:
                is_whole = False
            else:
                header = entries.header_of(self.db, known)
                pending += [header.prev, *header.seen]
        if not is_whole:
            return None
        self._not_below |= visited
        return False
