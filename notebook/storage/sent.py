"""What was sealed for whom: which records, and which withdrawals; and who each contact is."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notebook import journal
from notebook.model import AuthorId, CaseId, EntryId
from notebook.storage.database import Database, DatabaseDamaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """That something was sealed for a contact, and when."""

    contact: AuthorId
    bundle: str
    at: str


def note_sent(db: Database, sent: Sent, records: Iterable[int]) -> None:
    """Remember of which records something was sealed for a contact."""
    for record in records:
        db.run(
            "INSERT INTO sent (contact, record, bundle, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (contact, record) DO UPDATE SET bundle = excluded.bundle,"
            " at = excluded.at",
            (bytes.fromhex(sent.contact), record, bytes.fromhex(sent.bundle), sent.at),
        )


def note_told(db: Database, sent: Sent, withdrawals: Iterable[int]) -> None:
    """Remember which withdrawals, by the numbers of their entries, were sealed for a contact."""
    for withdrawal in withdrawals:
        db.run(
            "INSERT OR IGNORE INTO told (contact, withdrawal, bundle, at) VALUES (?, ?, ?, ?)",
            (bytes.fromhex(sent.contact), withdrawal, bytes.fromhex(sent.bundle), sent.at),
        )


def who_has(db: Database, record: int) -> list[Sent]:
    """The contacts for whom something of a record was sealed here."""
    rows = db.all(
        "SELECT contact, bundle, at FROM sent WHERE record = ? ORDER BY at, contact", (record,)
    )
    return [_sent(row) for row in rows]


def who_was_told(db: Database, withdrawal: int) -> list[Sent]:
    """The contacts for whom a withdrawal was sealed here."""
    rows = db.all(
        "SELECT contact, bundle, at FROM told WHERE withdrawal = ? ORDER BY at, contact",
        (withdrawal,),
    )
    return [_sent(row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignSeal:
    """A linked entry in which somebody else says that they sealed a bundle."""

    num: int
    entry: EntryId
    author: AuthorId


def seals_of_others(db: Database, case: CaseId, me: AuthorId) -> list[ForeignSeal]:
    """What others say that they sealed of a case."""
    rows = db.all(
        "SELECT e.num, e.id, a.key FROM entry e JOIN author a ON a.num = e.author"
        " WHERE e.case_id = ? AND e.kind = 'seal' AND a.key <> ?"
        " AND e.num NOT IN (SELECT entry FROM waiting) ORDER BY e.num",
        (bytes.fromhex(case), bytes.fromhex(me)),
    )
    return [
        ForeignSeal(num=row[0], entry=EntryId(row[1].hex()), author=AuthorId(row[2].hex()))
        for row in rows
    ]


def parents(db: Database, case: CaseId) -> Iterator[tuple[EntryId, tuple[str, ...]]]:
    """Every entry of a case and what its author had seen right before it."""
    rows = db.each("SELECT id, header FROM entry WHERE case_id = ?", (bytes.fromhex(case),))
    for stored_id, header in rows:
        if journal.entry_id(header) != stored_id.hex():
            raise DatabaseDamaged("a stored header does not fit its hash")
        # It was parsed strictly before it was stored; its hash says that it is still the same.
        said = json.loads(header)
        yield EntryId(stored_id.hex()), (said["prev"], *said["seen"])


def roles(db: Database) -> dict[AuthorId, str]:
    """Who each contact is, where that was said."""
    return {
        AuthorId(row[0].hex()): str(row[1])
        for row in db.all("SELECT author, role FROM contact_role")
    }


def set_role(db: Database, contact: AuthorId, role: str) -> None:
    """Say who a contact is; an empty role takes it back."""
    db.run("DELETE FROM contact_role WHERE author = ?", (bytes.fromhex(contact),))
    if role:
        db.run(
            "INSERT INTO contact_role (author, role) VALUES (?, ?)",
            (bytes.fromhex(contact), role),
        )


def _sent(row: tuple[bytes, bytes, str]) -> Sent:
    return Sent(contact=AuthorId(row[0].hex()), bundle=row[1].hex(), at=row[2])
