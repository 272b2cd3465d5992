"""The journal's tables: entries, their parts, what is linked and what waits for its parent."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crypto import primitives
from notebook import journal
from notebook.model import AuthorId, CaseId, EntryId, RecordId
from notebook.storage.database import Database, DatabaseDamaged

PARTS_PER_ENTRY = journal.MAX_PARTS

_INSERT_ENTRY = """
INSERT INTO entry (id, case_id, author, log, seq, prev, kind, header, signature)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_FRAME = "INSERT INTO frame (part, record, field, salt, frame) VALUES (?, ?, ?, ?, ?)"
_INSERT_CONTENT = "INSERT INTO content (part, commitment, salt, value) VALUES (?, ?, ?, ?)"
_SELECT_PARTS = """
SELECT f.part, f.salt, f.frame, c.salt, c.value
FROM frame f LEFT JOIN content c ON c.part = f.part
WHERE f.part >= ? AND f.part < ? ORDER BY f.part
"""
_SELECT_PARENT = """
SELECT e.seq, e.case_id, a.key, EXISTS (SELECT 1 FROM waiting w WHERE w.entry = e.num)
FROM entry e JOIN author a ON a.num = e.author WHERE e.id = ?
"""
_DELETE_TIP = "DELETE FROM tip WHERE case_id = ? AND entry = (SELECT num FROM entry WHERE id = ?)"
_SELECT_CASE = """
SELECT e.num, e.id, e.header, e.signature, e.prev, e.seq, a.key
FROM entry e JOIN author a ON a.num = e.author
WHERE e.case_id = ? ORDER BY a.key, e.seq, e.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The newest linked entry of one author in one case (more than one after a fork)."""

    num: int
    id: EntryId
    author: AuthorId
    seq: int
    is_seen: bool


def part_number(entry: int, place: int) -> int:
    """The one number of a part of an entry."""
    return entry * PARTS_PER_ENTRY + place


def split_part(part: int) -> tuple[int, int]:
    """An entry's number and the part's place in it."""
    return divmod(part, PARTS_PER_ENTRY)


def author_num(db: Database, author: AuthorId) -> int:
    """The number of an author, given one at first sight."""
    key = bytes.fromhex(author)
    row = db.find("SELECT num FROM author WHERE key = ?", (key,))
    return int(row[0]) if row else db.run("INSERT INTO author (key) VALUES (?)", (key,))


def entry_num(db: Database, entry: EntryId) -> int | None:
    """The number of an entry, if it is known."""
    row = db.find("SELECT num FROM entry WHERE id = ?", (bytes.fromhex(entry),))
    return int(row[0]) if row else None


def id_of(db: Database, num: int) -> EntryId:
    """The id of the entry with this number."""
    return EntryId(db.one("SELECT id FROM entry WHERE num = ?", (num,))[0].hex())


def insert(db: Database, entry: journal.Entry) -> int:
    """Store an entry without its parts; its number."""
    header = entry.header
    return db.run(
        _INSERT_ENTRY,
        (
            bytes.fromhex(entry.id),
            bytes.fromhex(header.case),
            author_num(db, header.author),
            bytes.fromhex(header.log),
            header.seq,
            bytes.fromhex(header.prev),
            header.kind,
            entry.header_bytes,
            entry.signature,
        ),
    )


FrameRow = tuple[int, int, str, journal.Part]
"""The number of a part, the record and the field that it writes, and the part."""
ContentRow = tuple[int, journal.Commitment, journal.Part]
"""The number of a part, what was committed to, and the part."""


def insert_frames(db: Database, rows: Iterable[FrameRow]) -> None:
    """Store which fields parts write."""
    db.run_each(
        _INSERT_FRAME,
        [(part, record, field, it.frame_salt, it.frame) for part, record, field, it in rows],
    )


def insert_contents(db: Database, rows: Iterable[ContentRow]) -> None:
    """Store the values of parts. A trigger refuses what a withdrawal has destroyed."""
    db.run_each(
        _INSERT_CONTENT,
        [
            (part, bytes.fromhex(commitment.value), it.value_salt, it.value)
            for part, commitment, it in rows
        ],
    )


def has_frame(db: Database, part: int) -> bool:
    """Whether it is known what the part writes."""
    return db.find("SELECT 1 FROM frame WHERE part = ?", (part,)) is not None


def has_content(db: Database, part: int) -> bool:
    """Whether the part's value is here."""
    return db.find("SELECT 1 FROM content WHERE part = ?", (part,)) is not None


def is_destroyed(db: Database, part: int) -> bool:
    """Whether a confirmed withdrawal has destroyed the part's value."""
    return db.find("SELECT 1 FROM destroyed WHERE part = ?", (part,)) is not None


def destroy(db: Database, parts: Iterable[int], withdrawal: EntryId) -> None:
    """Delete values for ever; frames and headers stay."""
    for part in parts:
        db.run(
            "INSERT OR IGNORE INTO destroyed (part, withdrawal) VALUES (?, ?)",
            (part, bytes.fromhex(withdrawal)),
        )
        db.run("DELETE FROM content WHERE part = ?", (part,))


def drop_undecided_content(db: Database, part: int) -> None:
    """Delete a value that is listed as lacking; it may be stored again once it can be judged."""
    db.run("DELETE FROM content WHERE part = ?", (part,))


def value(db: Database, part: int) -> bytes | None:
    """A part's value, its hash checked; None when it is not here.

    Raises `DatabaseDamaged` when the stored bytes are not those that were committed to.
    """
    row = db.find("SELECT commitment, salt, value FROM content WHERE part = ?", (part,))
    return None if row is None else _checked(row[0], row[1], row[2])


def _checked(commitment: bytes, salt: bytes, stored: bytes) -> bytes:
    if not primitives.are_equal(journal.value_commitment(salt, stored), commitment):
        raise DatabaseDamaged("a stored value does not fit its hash")
    return stored


def header_of(db: Database, num: int) -> journal.Header:
    """The header of an entry, checked against its id."""
    row = db.one("SELECT id, header FROM entry WHERE num = ?", (num,))
    return checked_header(row[0], row[1])


def kind_and_size(db: Database, num: int) -> tuple[str, int]:
    """The kind of an entry and how many parts it has, its header checked against its id."""
    row = db.one("SELECT id, header FROM entry WHERE num = ?", (num,))
    if journal.entry_id(row[1]) != row[0].hex():
        raise DatabaseDamaged("a stored header does not fit its hash")
    header = json.loads(row[1])
    return str(header["kind"]), len(header["parts"])


def writer_of(db: Database, num: int) -> tuple[AuthorId, str]:
    """Author and claimed time of an entry, its header checked against its id.

    The header was parsed strictly before it was stored; its hash says that it is still the same.
    """
    row = db.one("SELECT id, header FROM entry WHERE num = ?", (num,))
    if journal.entry_id(row[1]) != row[0].hex():
        raise DatabaseDamaged("a stored header does not fit its hash")
    header = json.loads(row[1])
    return AuthorId(header["dev"]), str(header["t"])


def checked_header(stored_id: bytes, header_bytes: bytes) -> journal.Header:
    """Read header bytes that must hash to `stored_id`. Raises `DatabaseDamaged`."""
    if journal.entry_id(header_bytes) != stored_id.hex():
        raise DatabaseDamaged("a stored header does not fit its hash")
    try:
        return journal.parse_header(header_bytes)
    except journal.BadEntry:
        raise DatabaseDamaged("a stored header cannot be read") from None


def parts_of(db: Database, num: int, count: int) -> tuple[journal.Part, ...]:
    """What is here of an entry's parts, values checked against their hashes."""
    parts = [journal.WITHHELD] * count
    low = part_number(num, 0)
    for part, frame_salt, frame, salt, stored in db.all(_SELECT_PARTS, (low, low + count)):
        parts[part - low] = journal.Part(
            frame_salt=frame_salt, frame=frame, value_salt=salt, value=stored
        )
    return tuple(parts)


def load(db: Database, num: int) -> journal.Entry:
    """An entry with all that is here of it. Raises `DatabaseDamaged`."""
    row = db.one("SELECT id, header, signature FROM entry WHERE num = ?", (num,))
    return _entry(db, num, row[0], row[1], row[2])


def _entry(
    db: Database, num: int, entry_id: bytes, header_bytes: bytes, signature: bytes
) -> journal.Entry:
    header = checked_header(entry_id, header_bytes)
    entry = journal.Entry(
        id=EntryId(entry_id.hex()),
        header_bytes=header_bytes,
        header=header,
        signature=signature,
        parts=parts_of(db, num, len(header.parts)),
    )
    try:
        journal.check_parts(entry)
    except journal.BadEntry:
        raise DatabaseDamaged("a stored part does not fit its hash") from None
    return entry


def all_nums(db: Database) -> list[int]:
    """The numbers of all entries in the order they arrived."""
    return [int(row[0]) for row in db.all("SELECT num FROM entry ORDER BY num")]


def nums_after(db: Database, after: int, most: int) -> list[int]:
    """The numbers of at most `most` entries that arrived after the one with number `after`."""
    rows = db.all("SELECT num FROM entry WHERE num > ? ORDER BY num LIMIT ?", (after, most))
    return [int(row[0]) for row in rows]


def chain(db: Database, case: CaseId, author: AuthorId) -> list[tuple[int, EntryId, str, int]]:
    """An author's entries in a case by sequence: number, id, prev and seq."""
    rows = db.all(
        "SELECT num, id, prev, seq FROM entry WHERE case_id = ? AND author ="
        " (SELECT num FROM author WHERE key = ?) ORDER BY seq, id",
        (bytes.fromhex(case), bytes.fromhex(author)),
    )
    return [(row[0], EntryId(row[1].hex()), row[2].hex(), row[3]) for row in rows]


def count_and_newest(db: Database) -> tuple[int, bytes]:
    """How many entries there are, and the id of the newest (32 zero bytes when none)."""
    # Entries are never deleted, so the highest number is the count.
    row = db.find("SELECT num, id FROM entry ORDER BY num DESC LIMIT 1")
    return (int(row[0]), row[1]) if row else (0, bytes(32))


def link_state(db: Database, entry: journal.Entry) -> bool:
    """Whether the entry's parent is known, linked, of the same author and next in number."""
    if not entry.header.prev:
        return entry.header.seq == 0
    row = db.find(_SELECT_PARENT, (bytes.fromhex(entry.header.prev),))
    return (
        row is not None
        and row[0] + 1 == entry.header.seq
        and row[1].hex() == entry.header.case
        and row[2].hex() == entry.header.author
        and not row[3]
    )


def is_waiting(db: Database, num: int) -> bool:
    """Whether the entry waits for a parent."""
    return db.find("SELECT 1 FROM waiting WHERE entry = ?", (num,)) is not None


def all_waiting(db: Database) -> frozenset[int]:
    """The numbers of all entries that wait for a parent."""
    return frozenset(row[0] for row in db.all("SELECT entry FROM waiting"))


def wait(db: Database, num: int, prev: str) -> None:
    """Let an entry wait for its parent."""
    db.run("INSERT INTO waiting (entry, prev) VALUES (?, ?)", (num, bytes.fromhex(prev)))


def wait_all(db: Database) -> None:
    """Let every entry wait for its parent, before a replay."""
    db.run("INSERT INTO waiting (entry, prev) SELECT num, prev FROM entry")


def waiting_for(db: Database, entry: EntryId) -> list[int]:
    """Entries that wait for this one."""
    rows = db.all("SELECT entry FROM waiting WHERE prev = ?", (bytes.fromhex(entry),))
    return [int(row[0]) for row in rows]


def stop_waiting(db: Database, num: int) -> None:
    """The entry's parent has come."""
    db.run("DELETE FROM waiting WHERE entry = ?", (num,))


def waiting_count(db: Database) -> int:
    """How many entries wait for a parent."""
    return int(db.one("SELECT count(*) FROM waiting")[0])


def advance_tip(db: Database, num: int, entry: journal.Entry) -> None:
    """Make a linked entry its author's tip in place of its parent; none of ours has named it."""
    if entry.header.prev:
        db.run(_DELETE_TIP, (bytes.fromhex(entry.header.case), bytes.fromhex(entry.header.prev)))
    db.run(
        "INSERT INTO tip (case_id, author, entry) SELECT case_id, author, num FROM entry"
        " WHERE num = ?",
        (num,),
    )


def tips(db: Database, case: CaseId) -> list[Tip]:
    """The tips of every author in a case, highest sequence first, ties by id."""
    rows = db.all(
        "SELECT t.entry, e.id, a.key, e.seq, t.is_seen FROM tip t"
        " JOIN entry e ON e.num = t.entry JOIN author a ON a.num = t.author"
        " WHERE t.case_id = ? ORDER BY e.seq DESC, e.id",
        (bytes.fromhex(case),),
    )
    return [
        Tip(
            num=row[0],
            id=EntryId(row[1].hex()),
            author=AuthorId(row[2].hex()),
            seq=row[3],
            is_seen=bool(row[4]),
        )
        for row in rows
    ]


def mark_seen(db: Database, tips_seen: Sequence[Tip]) -> None:
    """Remember that an entry of ours has named these tips."""
    for tip in tips_seen:
        db.run(
            "UPDATE tip SET is_seen = 1"
            " WHERE entry = ?1 AND case_id = (SELECT case_id FROM entry WHERE num = ?1)",
            (tip.num,),
        )


def case_ids(db: Database) -> list[CaseId]:
    """Every case that has an entry."""
    return [CaseId(row[0].hex()) for row in db.all("SELECT DISTINCT case_id FROM entry")]


def parts_about(db: Database, record: int) -> list[tuple[int, str]]:
    """Every known part that writes the record: its number and field, oldest arrival first."""
    rows = db.all("SELECT part, field FROM frame WHERE record = ? ORDER BY part", (record,))
    return [(row[0], row[1]) for row in rows]


def record_of_part(db: Database, part: int) -> tuple[RecordId, str] | None:
    """The record and field that a part writes, if known."""
    row = db.find(
        "SELECT r.id, f.field FROM frame f JOIN record r ON r.num = f.record WHERE f.part = ?",
        (part,),
    )
    return (RecordId(row[0].hex()), row[1]) if row else None


def parts_of_field(db: Database, field: str) -> list[int]:
    """Every part that writes a field of this name, in whatever record."""
    return [int(row[0]) for row in db.all("SELECT part FROM frame WHERE field = ?", (field,))]


def parts_from(db: Database, num: int, count: int) -> list[tuple[int, str, bool]]:
    """The known parts of an entry: number, field, and whether the value is here."""
    low = part_number(num, 0)
    rows = db.all(
        "SELECT f.part, f.field, c.part IS NOT NULL FROM frame f"
        " LEFT JOIN content c ON c.part = f.part WHERE f.part >= ? AND f.part < ? ORDER BY f.part",
        (low, low + count),
    )
    return [(row[0], row[1], bool(row[2])) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameOf:
    """Which record and field a part writes, what it replaces, and what kind its entry is of."""

    record: int
    frame: journal.Frame
    kind: str


def frame_of(db: Database, part: int) -> FrameOf | None:
    """The frame of a part, its hash checked; None when it is not here. Raises `DatabaseDamaged`."""
    row = db.find("SELECT record, salt, frame FROM frame WHERE part = ?", (part,))
    if row is None:
        return None
    num, place = split_part(part)
    header = header_of(db, num)
    commitment = bytes.fromhex(header.parts[place].frame) if place < len(header.parts) else b""
    if not primitives.are_equal(journal.frame_commitment(row[1], row[2]), commitment):
        raise DatabaseDamaged("a stored frame does not fit its hash")
    try:
        return FrameOf(record=row[0], frame=journal.parse_frame(row[2]), kind=header.kind)
    except journal.BadEntry:
        raise DatabaseDamaged("a stored frame cannot be read") from None


def record_num_of(db: Database, part: int) -> int:
    """The number of the record that a known part writes."""
    return int(db.one("SELECT record FROM frame WHERE part = ?", (part,))[0])


def lacking_parts(db: Database, case: CaseId, *, but_kinds: Sequence[str] = ()) -> list[str]:
    """`entry:part` for every part that was withheld or is not here yet, but for some kinds."""
    return [
        f"{row[0].hex()}:{row[1]}"
        for row in db.all(
            "SELECT e.id, l.place, e.kind FROM lacking l JOIN entry e ON e.num = l.entry"
            " WHERE e.case_id = ? ORDER BY e.id, l.place",
            (bytes.fromhex(case),),
        )
        if row[2] not in but_kinds
    ]


def set_lacking(db: Database, num: int, place: int, *, is_lacking: bool) -> None:
    """Remember that a part's value is not here, or that it has come."""
    if is_lacking:
        db.run("INSERT OR IGNORE INTO lacking (entry, place) VALUES (?, ?)", (num, place))
    else:
        db.run("DELETE FROM lacking WHERE entry = ? AND place = ?", (num, place))
