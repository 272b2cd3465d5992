"""A merge to be proposed where people changed one text: worked out, never decided.

There is none unless all that it would rest on is here and may be seen: the text that everybody
started from, and every head. Only a person's save makes anything of it.
"""

from notebook import registers
from notebook.common_base import common_base
from notebook.journal import PartRef
from notebook.model import FieldState
from notebook.storage import entries, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.text_merge import Merged, Touching, merge


def proposed(
    db: Database, row: RecordRow, field: str, state: FieldState
) -> Merged | Touching | None:
    """What the versions of a text come to, each of them named by its place in `state`.

    `Touching` when they changed what is too near to be merged; None when nothing can be said.
    Raises `DatabaseDamaged`.
    """
    texts = [version.value for version in state.versions if isinstance(version.value, str)]
    heads = [PartRef(entry, part) for entry, part in state.heads]
    if not state.is_conflict or len(texts) < len(state.versions) or not _are_here(db, heads):
        return None
    if any(w.covers(field) and not w.is_confirmed for w in withdrawals.of_record(db, row.num)):
        return None
    base = common_base(db, row.num, field, heads)
    stored = entries.value(db, base) if base is not None else None
    text = registers.parsed(stored) if stored is not None else None
    return merge(text, texts) if isinstance(text, str) else None


def _are_here(db: Database, heads: list[PartRef]) -> bool:
    """Whether no head is without its value: what it says would be replaced and never looked at."""
    numbers = [(entries.entry_num(db, head.entry), head.part) for head in heads]
    return all(
        num is not None and entries.has_content(db, entries.part_number(num, place))
        for num, place in numbers
    )
