"""Recordings in progress: the key of each, and which record it is about."""

from dataclasses import dataclass, field

from notebook.model import CaseId, RecordId
from notebook.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """A recording that is no evidence yet."""

    name: bytes
    key: bytes = field(repr=False)
    record: RecordId
    """What it is about."""
    case: CaseId
    begun: str


def every(db: Database) -> list[RecordingRow]:
    """Every recording that is no evidence yet, oldest first."""
    rows = db.all("SELECT name, key, record, case_id, begun FROM recording ORDER BY begun, name")
    return [
        RecordingRow(
            name=row[0],
            key=row[1],
            record=RecordId(row[2].hex()),
            case=CaseId(row[3].hex()),
            begun=row[4],
        )
        for row in rows
    ]


def add(db: Database, row: RecordingRow) -> None:
    """Keep the key of a recording that begins."""
    db.run(
        "INSERT INTO recording (name, key, record, case_id, begun) VALUES (?, ?, ?, ?, ?)",
        (row.name, row.key, bytes.fromhex(row.record), bytes.fromhex(row.case), row.begun),
    )


def remove(db: Database, name: bytes) -> None:
    """Destroy the key of a recording."""
    db.run("DELETE FROM recording WHERE name = ?", (name,))
