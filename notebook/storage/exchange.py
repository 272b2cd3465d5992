"""What exchange has shown: branches, what is waited for, named and passed on, and put aside."""

from collections.abc import Sequence
from dataclasses import dataclass

from notebook.model import AuthorId, CaseId, EntryId
from notebook.storage import removed
from notebook.storage.database import Database

_SELECT_BRANCHES = """
SELECT prev, log, seq, id FROM entry
WHERE case_id = ?1 AND author = (SELECT num FROM author WHERE key = ?2)
    AND num NOT IN (SELECT entry FROM waiting)
    AND seq IN (
        SELECT seq FROM entry
        WHERE case_id = ?1 AND author = (SELECT num FROM author WHERE key = ?2)
        GROUP BY seq HAVING count(*) > 1
    )
ORDER BY seq, id
"""
_SELECT_WAITING = """
SELECT e.case_id, a.key, e.seq, w.prev, p.num IS NULL
FROM waiting w JOIN entry e ON e.num = w.entry JOIN author a ON a.num = e.author
LEFT JOIN entry p ON p.id = w.prev
ORDER BY e.case_id, a.key, e.seq, e.id
"""
_SELECT_MISSING_BUNDLES = """
SELECT DISTINCT b.peer, b.previous FROM bundle b
WHERE b.direction = 'opened' AND length(b.previous) > 0 AND NOT EXISTS (
    SELECT 1 FROM bundle o WHERE o.envelope = b.previous AND o.direction = 'opened'
)
ORDER BY b.peer, b.previous
"""
_SELECT_TWINS = """
SELECT id FROM record WHERE parent IS NULL AND type <> ''
GROUP BY id HAVING count(*) > 1 ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branching:
    """A linked entry that shares its number with another one of its author."""

    prev: str
    log: str
    seq: int
    id: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An entry that waits."""

    case: CaseId
    author: AuthorId
    seq: int
    prev: str
    is_root: bool
    """Whether its parent is not here at all, rather than waiting too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTip:
    """An entry that a contact named as held."""

    contact: AuthorId
    entry: EntryId
    case: CaseId
    author: AuthorId | None
    is_counted_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Entries of one's own that came back with a bundle."""

    bundle: str
    case: CaseId
    contact: AuthorId
    count: int


def branched(db: Database) -> list[tuple[CaseId, AuthorId]]:
    """The authors with more than one tip in a case."""
    rows = db.all(
        "SELECT t.case_id, a.key FROM tip t JOIN author a ON a.num = t.author"
        " GROUP BY t.case_id, t.author HAVING count(*) > 1 ORDER BY t.case_id, a.key"
    )
    return [(CaseId(row[0].hex()), AuthorId(row[1].hex())) for row in rows]


def branches(db: Database, case: CaseId, author: AuthorId) -> list[Branching]:
    """The linked entries of an author that share their number with another one."""
    rows = db.all(_SELECT_BRANCHES, (bytes.fromhex(case), bytes.fromhex(author)))
    return [
        Branching(prev=row[0].hex(), log=row[1].hex(), seq=row[2], id=EntryId(row[3].hex()))
        for row in rows
    ]


def linked(db: Database, case: CaseId) -> list[tuple[EntryId, str, str]]:
    """Every linked entry of a case: id, prev and kind."""
    rows = db.all(
        "SELECT id, prev, kind FROM entry WHERE case_id = ?"
        " AND num NOT IN (SELECT entry FROM waiting) ORDER BY num",
        (bytes.fromhex(case),),
    )
    return [(EntryId(row[0].hex()), row[1].hex(), row[2]) for row in rows]


def all_waiting(db: Database) -> list[Waiting]:
    """Every entry that waits, by case, author and number."""
    return [
        Waiting(
            case=CaseId(row[0].hex()),
            author=AuthorId(row[1].hex()),
            seq=row[2],
            prev=row[3].hex(),
            is_root=bool(row[4]),
        )
        for row in db.all(_SELECT_WAITING)
    ]


def highest_before(db: Database, case: CaseId, author: AuthorId, below: int) -> int:
    """The highest number below `below` of an author's entries that are here; -1 when none is."""
    row = db.one(
        "SELECT coalesce(max(seq), -1) FROM entry WHERE case_id = ? AND seq < ? AND author ="
        " (SELECT num FROM author WHERE key = ?)",
        (bytes.fromhex(case), below, bytes.fromhex(author)),
    )
    return int(row[0])


def missing_bundles(db: Database) -> list[tuple[AuthorId, bytes]]:
    """Sealers, and the hashes of envelopes that they made before ones opened here."""
    rows = db.all(_SELECT_MISSING_BUNDLES)
    # What a departure removed was opened here, and is not missed.
    were_here = removed.among(db, [row[1] for row in rows])
    return [(AuthorId(row[0].hex()), row[1]) for row in rows if row[1] not in were_here]


def twins(db: Database) -> list[str]:
    """Ids of records that more than one case claims."""
    return [row[0].hex() for row in db.all(_SELECT_TWINS)]


def name_tips(
    db: Database, contact: AuthorId, case: CaseId, tips: Sequence[NamedTip], *, me: AuthorId
) -> None:
    """Replace what a contact named in a case and is not here; what is mine stays until it comes."""
    db.run(
        "DELETE FROM named_tip WHERE contact = ? AND case_id = ? AND author <> ?",
        (bytes.fromhex(contact), bytes.fromhex(case), bytes.fromhex(me)),
    )
    for tip in tips:
        db.run(
            "INSERT OR REPLACE INTO named_tip (contact, entry, case_id, author, is_counted_on)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                bytes.fromhex(contact),
                bytes.fromhex(tip.entry),
                bytes.fromhex(case),
                bytes.fromhex(tip.author or ""),
                int(tip.is_counted_on),
            ),
        )


def forget_tips_that_came(db: Database) -> None:
    """Forget named entries that are here by now."""
    db.run("DELETE FROM named_tip WHERE entry IN (SELECT id FROM entry)")


def named_tips(db: Database) -> list[NamedTip]:
    """What contacts named as held and is still not here."""
    rows = db.all(
        "SELECT contact, entry, case_id, author, is_counted_on FROM named_tip n"
        " WHERE NOT EXISTS (SELECT 1 FROM entry WHERE id = n.entry)"
        " ORDER BY case_id, contact, author, entry"
    )
    return [
        NamedTip(
            contact=AuthorId(row[0].hex()),
            entry=EntryId(row[1].hex()),
            case=CaseId(row[2].hex()),
            author=AuthorId(row[3].hex()) if row[3] else None,
            is_counted_on=bool(row[4]),
        )
        for row in rows
    ]


def pass_on(db: Database, author: AuthorId, contact: AuthorId) -> None:
    """Remember who first brought entries by an author; later ones do not count."""
    db.run(
        "INSERT OR IGNORE INTO passed_on (author, contact) VALUES (?, ?)",
        (bytes.fromhex(author), bytes.fromhex(contact)),
    )


def passers(db: Database) -> dict[AuthorId, AuthorId]:
    """For each author who came through somebody: through whom first."""
    rows = db.all("SELECT author, contact FROM passed_on")
    return {AuthorId(row[0].hex()): AuthorId(row[1].hex()) for row in rows}


def add_recovered(db: Database, row: Recovered) -> None:
    """Remember that entries of one's own came back."""
    db.run(
        "INSERT OR IGNORE INTO recovered (bundle, case_id, contact, count) VALUES (?, ?, ?, ?)",
        (
            bytes.fromhex(row.bundle),
            bytes.fromhex(row.case),
            bytes.fromhex(row.contact),
            row.count,
        ),
    )


def all_recovered(db: Database) -> list[Recovered]:
    """What came back, by case and bundle."""
    rows = db.all("SELECT bundle, case_id, contact, count FROM recovered ORDER BY case_id, bundle")
    return [
        Recovered(
            bundle=row[0].hex(),
            case=CaseId(row[1].hex()),
            contact=AuthorId(row[2].hex()),
            count=row[3],
        )
        for row in rows
    ]


def offer_card(db: Database, author: AuthorId, card: str | None) -> None:
    """Keep a card that a contact's bundle brought and that is not the pinned one; None forgets."""
    if card is None:
        db.run("DELETE FROM offered_card WHERE author = ?", (bytes.fromhex(author),))
    else:
        db.run(
            "INSERT OR REPLACE INTO offered_card (author, card) VALUES (?, ?)",
            (bytes.fromhex(author), card),
        )


def offered_cards(db: Database) -> dict[AuthorId, str]:
    """The cards that contacts' bundles brought and that are not the pinned ones."""
    rows = db.all("SELECT author, card FROM offered_card ORDER BY author")
    return {AuthorId(row[0].hex()): row[1] for row in rows}


def put_aside(db: Database, notice: str, at: str) -> None:
    """Remember that a person has put a notice aside."""
    db.run("INSERT OR IGNORE INTO put_aside (notice, at) VALUES (?, ?)", (notice, at))


def take_back(db: Database, notice: str) -> None:
    """Forget that a notice was put aside."""
    db.run("DELETE FROM put_aside WHERE notice = ?", (notice,))


def all_put_aside(db: Database) -> frozenset[str]:
    """The notices that were put aside."""
    return frozenset(row[0] for row in db.all("SELECT notice FROM put_aside"))
