"""What all heads of a field replaced: the newest part that each of them was written over.

Found by what the frames say, never by a clock. When that cannot be told for certain, because a
frame on the way is not here, or two parts are equally near, there is none.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from notebook.journal import PartRef
from notebook.projection import WRITING_KINDS
from notebook.storage import entries
from notebook.storage.database import Database

PARTS_MOST: Final = 4096
"""A longer past is not searched."""


def common_base(db: Database, record: int, field: str, heads: Sequence[PartRef]) -> int | None:
    """The number of the part that all heads of this field replaced, if there is just one.

    Its value may be here or not. Raises `DatabaseDamaged`.
    """
    past = _Past(db, record, field)
    behind = [past.behind(past.replaced_by(head) or ()) for head in heads]
    if past.is_too_long or not behind:
        return None
    shared = set.intersection(*behind)
    # What is behind a shared part is shared, so the nearest are those that no shared one replaced.
    nearest = shared.difference(*(past.replaced_by(ref) or () for ref in shared))
    if len(nearest) != 1:
        return None
    base = nearest.pop()
    settled = past.behind([base])
    # Behind what is not here, a nearer one may hide.
    on_the_way = set(heads).union(*behind) - settled | {base}
    if any(past.replaced_by(ref) is None for ref in on_the_way):
        return None
    known = entries.entry_num(db, base.entry)
    return None if known is None else entries.part_number(known, base.part)


class _Past:
    """The parts of one field and what each of them replaced, read as far as it is asked for."""

    def __init__(self, db: Database, record: int, field: str) -> None:
        self._db = db
        self._record = record
        self._field = field
        self._replaced: dict[PartRef, tuple[PartRef, ...] | None] = {}

    @property
    def is_too_long(self) -> bool:
        """Whether it was not searched to its end."""
        return len(self._replaced) >= PARTS_MOST

    def replaced_by(self, ref: PartRef) -> tuple[PartRef, ...] | None:
        """What a part of this field replaced; None when that is not known here."""
        if ref not in self._replaced:
            self._replaced[ref] = None if self.is_too_long else self._read(ref)
        return self._replaced[ref]

    def behind(self, refs: Iterable[PartRef]) -> set[PartRef]:
        """These parts and all that they replaced, as far as it is known."""
        found: set[PartRef] = set()
        pending = list(refs)
        while pending and not self.is_too_long:
            ref = pending.pop()
            if ref not in found:
                found.add(ref)
                pending += self.replaced_by(ref) or ()
        return found

    def _read(self, ref: PartRef) -> tuple[PartRef, ...] | None:
        num = entries.entry_num(self._db, ref.entry)
        if num is None or entries.is_waiting(self._db, num):
            return None
        found = entries.frame_of(self._db, entries.part_number(num, ref.part))
        if found is None or found.kind not in WRITING_KINDS:
            return None
        # Only parts of the same field can be replaced, whatever a frame claims.
        is_same = found.record == self._record and found.frame.field == self._field
        return found.frame.base if is_same else None
