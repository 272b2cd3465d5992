"""The projection tables: records, the heads of their fields, and what links to what.

A row's summary is stored with a hash of its own and checked on reading, because a damaged page
may come back as zeros without an error.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.primitives import sha256
from notebook.journal import PartRef
from notebook.model import CaseId, EntryId, RecordId, id_in_case
from notebook.storage import entries
from notebook.storage.database import Database, DatabaseDamaged

ID_BYTES: Final = 16
_HEX_DIGITS: Final = frozenset("0123456789abcdef")
_DIGEST_BYTES = 16
_DELETE_HEAD = "DELETE FROM head WHERE record = ? AND field = ? AND part = ?"
_SELECT_ROW = """
SELECT num, id, case_id, type, parent, list, is_deleted, is_withdrawn, has_conflict, changed,
       summary
FROM record
"""

_COUNT_CLAIMS = "SELECT count(*) FROM record WHERE id = ? AND parent IS NULL AND type <> ''"
_FEW: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A row of the record table."""

    num: int
    id: RecordId
    case: CaseId
    type: str
    parent: RecordId | None
    """For a member of a list: the record it belongs to."""
    list: str | None
    """For a member of a list: the field it is a member of."""
    is_deleted: bool
    is_withdrawn: bool
    has_conflict: bool
    changed: str
    summary: bytes
    """Canonical JSON of what lists show; empty before the first refresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A part that no known part replaces."""

    part: int
    ref: PartRef


def record_num(db: Database, case: CaseId, record: RecordId, type_: str = "") -> int:
    """The number of a record, given one at first sight, when it is noted to be of this type."""
    key = (bytes.fromhex(record), bytes.fromhex(case))
    row = db.find("SELECT num FROM record WHERE id = ? AND case_id = ?", key)
    if row:
        return int(row[0])
    return db.run("INSERT INTO record (id, case_id, type) VALUES (?, ?, ?)", (*key, type_))


class SeveralClaim(Exception):
    """More than one case claims a record's id; none of them is meant by the id alone."""

    def __init__(self, claims: Iterable[RecordId]) -> None:
        super().__init__()
        self.claims = tuple(claims)
        """How each of them is named."""


def find(db: Database, record: RecordId) -> RecordRow | None:
    """The row of a record; of a case's id always the case itself.

    Raises `SeveralClaim` for any other id: whoever came first is no better than the other.
    """
    case, _slash, bare = record.rpartition("/")
    if case:
        return find_in_case(db, CaseId(case), RecordId(bare))
    if not is_id(record):
        return None
    rows = [_row(row) for row in db.all(_SELECT_ROW + "WHERE id = ?", (bytes.fromhex(record),))]
    # What has no type yet, or is a member of a list, is nothing that a person could mean.
    shown = [row for row in rows if row.type and row.parent is None]
    itself = [row for row in shown if RecordId(row.case) == row.id]
    if len(shown) > 1 and not itself:
        raise SeveralClaim(id_in_case(row.case, row.id) for row in shown)
    return next(iter(itself or shown or rows), None)


def is_id(text: str) -> bool:
    """Whether a text has the form of a record's id; what others write may name anything."""
    return len(text) == 2 * ID_BYTES and set(text) <= _HEX_DIGITS


def claimed_twice(db: Database, among: Collection[RecordId]) -> frozenset[RecordId]:
    """Those of these ids that more than one case claims for a record."""
    if len(among) < _FEW:
        # Asked for one by one they are found at once; many are cheaper counted all together.
        suspects = [bytes.fromhex(record) for record in among]
    else:
        rows = db.all("SELECT id FROM record GROUP BY id HAVING count(*) > 1")
        suspects = [row[0] for row in rows]
    return frozenset(
        RecordId(suspect.hex()) for suspect in suspects if db.one(_COUNT_CLAIMS, (suspect,))[0] > 1
    )


def find_in_case(db: Database, case: CaseId, record: RecordId) -> RecordRow | None:
    """The row of a record of this case."""
    if not is_id(case) or not is_id(record):
        return None
    row = db.find(
        _SELECT_ROW + "WHERE id = ? AND case_id = ?",
        (bytes.fromhex(record), bytes.fromhex(case)),
    )
    return _row(row) if row else None


def by_num(db: Database, num: int) -> RecordRow:
    """The row with this number."""
    return _row(db.one(_SELECT_ROW + "WHERE num = ?", (num,)))


def members(db: Database, case: CaseId, parent: RecordId) -> list[RecordRow]:
    """The members of all lists of a record."""
    rows = db.all(
        _SELECT_ROW + "WHERE parent = ? AND case_id = ? ORDER BY num",
        (bytes.fromhex(parent), bytes.fromhex(case)),
    )
    return [_row(row) for row in rows]


def visible(db: Database, *, type_: str | None, case: CaseId | None) -> list[RecordRow]:
    """Records that lists show: with a type, not members, neither deleted nor withdrawn."""
    rows = db.all(
        _SELECT_ROW + "WHERE parent IS NULL AND type <> '' AND is_deleted = 0"
        " AND is_withdrawn = 0 AND (?1 IS NULL OR type = ?1) AND (?2 IS NULL OR case_id = ?2)",
        (type_, bytes.fromhex(case) if case else None),
    )
    return [_row(row) for row in rows]


def disputed(db: Database, case: CaseId) -> list[RecordRow]:
    """The records of a case that lists show and that hold a conflict."""
    rows = db.all(
        _SELECT_ROW + "WHERE parent IS NULL AND type <> '' AND is_deleted = 0"
        " AND is_withdrawn = 0 AND has_conflict = 1 AND case_id = ?",
        (bytes.fromhex(case),),
    )
    return [_row(row) for row in rows]


def of_type(db: Database, type_: str) -> list[RecordRow]:
    """Every record of a type that is not withdrawn, deleted ones too."""
    rows = db.all(
        _SELECT_ROW + "WHERE type = ? AND parent IS NULL AND is_withdrawn = 0 ORDER BY num",
        (type_,),
    )
    return [_row(row) for row in rows]


def starting_with(db: Database, prefix: str) -> list[RecordRow]:
    """Up to two records whose id begins with these hex digits (1 to 32 of them)."""
    rows = db.all(
        _SELECT_ROW + "WHERE id BETWEEN ? AND ? AND parent IS NULL AND type <> '' LIMIT 2",
        (bytes.fromhex(prefix.ljust(32, "0")), bytes.fromhex(prefix.ljust(32, "f"))),
    )
    return [_row(row) for row in rows]


def link_targets(db: Database, field: str) -> dict[tuple[CaseId, RecordId], int]:
    """For every record named in this field by visible records of its case: how many name it."""
    rows = db.all(
        "SELECT r.case_id, l.target, count(*) FROM link l JOIN record r ON r.num = l.record"
        " WHERE l.field = ? AND r.is_deleted = 0 AND r.is_withdrawn = 0"
        " GROUP BY r.case_id, l.target",
        (field,),
    )
    return {(CaseId(row[0].hex()), RecordId(row[1].hex())): row[2] for row in rows}


def numbers(db: Database) -> list[int]:
    """The number of every record and member."""
    return [int(row[0]) for row in db.all("SELECT num FROM record ORDER BY num")]


def place_member(db: Database, num: int, parent: RecordId | None, field: str | None) -> None:
    """Say which list of which record this record is a member of."""
    db.run(
        "UPDATE record SET parent = ?, list = ? WHERE num = ?",
        (bytes.fromhex(parent) if parent else None, field, num),
    )


def set_type(db: Database, num: int, type_: str) -> None:
    """Say what type the record is of."""
    # To write the same again would rewrite a page of the index over types.
    db.run("UPDATE record SET type = ?1 WHERE num = ?2 AND type <> ?1", (type_, num))


def note_change(db: Database, num: int, time: str) -> None:
    """Keep the latest claimed time of what was written, in whatever order it arrives."""
    db.run("UPDATE record SET changed = max(changed, ?) WHERE num = ?", (time, num))


def store_projection(
    db: Database,
    num: int,
    *,
    is_deleted: bool,
    is_withdrawn: bool,
    has_conflict: bool,
    changed: str,
    summary: bytes,
) -> None:
    """Rewrite what lists show of a record."""
    db.run(
        "UPDATE record SET is_deleted = ?, is_withdrawn = ?, has_conflict = ?, changed = ?,"
        " summary = ? WHERE num = ?",
        (
            int(is_deleted),
            int(is_withdrawn),
            int(has_conflict),
            changed,
            sha256(summary)[:_DIGEST_BYTES] + summary,
            num,
        ),
    )


def awaits_replaced(db: Database, record: int) -> bool:
    """Whether parts of the record were replaced before they were here or linked: hardly ever."""
    return db.find("SELECT 1 FROM replaced WHERE record = ? LIMIT 1", (record,)) is not None


def is_replaced(db: Database, record: int, field: str, ref: PartRef) -> bool:
    """Whether a part that was here before this one replaces it."""
    return (
        db.find(
            "SELECT 1 FROM replaced WHERE record = ? AND field = ? AND entry = ? AND place = ?",
            (record, field, bytes.fromhex(ref.entry), ref.part),
        )
        is not None
    )


HeadRow = tuple[int, str, int]
"""A record, a field, and the number of a part that is a head of it."""


def replace_heads(db: Database, record: int, field: str, base: Iterable[PartRef]) -> None:
    """What a linked part replaces is no head, and becomes none when it comes later."""
    for replaced in base:
        known = entries.entry_num(db, replaced.entry)
        if known is not None:
            number = entries.part_number(known, replaced.part)
            if db.changes(_DELETE_HEAD, (record, field, number)):
                # It was a head, so it is known and linked: nothing is to be remembered.
                continue
        # A base that is known may still wait for its parent, so it is remembered in any case.
        if known is None or not _is_applied(db, known, replaced.part):
            db.run(
                "INSERT OR IGNORE INTO replaced (record, field, entry, place) VALUES (?, ?, ?, ?)",
                (record, field, bytes.fromhex(replaced.entry), replaced.part),
            )


def insert_heads(db: Database, rows: Sequence[HeadRow]) -> None:
    """Parts that are linked and that nothing known replaces."""
    db.run_each("INSERT OR IGNORE INTO head (record, field, part) VALUES (?, ?, ?)", rows)


def _is_applied(db: Database, num: int, place: int) -> bool:
    return not entries.is_waiting(db, num) and entries.has_frame(
        db, entries.part_number(num, place)
    )


Heads = dict[str, list[Head]]
"""The heads of each field."""


def heads(db: Database, record: int) -> Heads:
    """The heads of every field of a record, each list sorted by entry id."""
    found: dict[str, list[Head]] = {}
    for field, part, entry_id in db.all(
        "SELECT h.field, h.part, e.id FROM head h JOIN entry e ON e.num = h.part / 4096"
        " WHERE h.record = ? ORDER BY h.field, e.id, h.part",
        (record,),
    ):
        ref = PartRef(EntryId(entry_id.hex()), part % entries.PARTS_PER_ENTRY)
        found.setdefault(field, []).append(Head(part=part, ref=ref))
    return found


def replace_links(db: Database, record: int, targets: Iterable[tuple[str, RecordId]]) -> None:
    """Say which records this record names, as (field, target)."""
    db.run("DELETE FROM link WHERE record = ?", (record,))
    for field, target in targets:
        db.run(
            "INSERT OR IGNORE INTO link (target, field, record) VALUES (?, ?, ?)",
            (bytes.fromhex(target), field, record),
        )


def links_to(db: Database, target: RecordId) -> list[tuple[str, RecordRow]]:
    """The records that name this one, and in which field."""
    rows = db.all(
        "SELECT field, record FROM link WHERE target = ? ORDER BY record",
        (bytes.fromhex(target),),
    )
    return [(row[0], by_num(db, row[1])) for row in rows]


def links_from(db: Database, record: int) -> list[tuple[str, RecordId]]:
    """The records that this one names, and in which field."""
    rows = db.all("SELECT field, target FROM link WHERE record = ? ORDER BY field", (record,))
    return [(row[0], RecordId(row[1].hex())) for row in rows]


def reset(db: Database) -> None:
    """Forget every projection; numbers stay, because frames refer to them."""
    db.run("DELETE FROM tip")
    db.run("DELETE FROM head")
    db.run("DELETE FROM replaced")
    db.run("DELETE FROM link")
    db.run("DELETE FROM waiting")
    db.run(
        "UPDATE record SET type = '', parent = NULL, list = NULL, is_deleted = 0,"
        " is_withdrawn = 0, has_conflict = 0, changed = '', summary = x''"
    )


def _row(row: tuple[object, ...]) -> RecordRow:
    num, record, case, type_, parent, list_, deleted, withdrawn, conflict, changed, stored = row
    assert isinstance(stored, bytes)
    digest, summary = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    if stored and sha256(summary)[:_DIGEST_BYTES] != digest:
        raise DatabaseDamaged("a stored summary does not fit its hash")
    return RecordRow(
        num=int(str(num)),
        id=RecordId(_hex(record)),
        case=CaseId(_hex(case)),
        type=str(type_),
        parent=None if parent is None else RecordId(_hex(parent)),
        list=None if list_ is None else str(list_),
        is_deleted=bool(deleted),
        is_withdrawn=bool(withdrawn),
        has_conflict=bool(conflict),
        changed=str(changed),
        summary=summary,
    )


def _hex(value: object) -> str:
    assert isinstance(value, bytes)
    return value.hex()
