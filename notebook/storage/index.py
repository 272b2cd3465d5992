"""The full-text index: one row of folded terms for each record (SQLite FTS5, contentless)."""

from notebook.model import CaseId
from notebook.storage.database import Database

_SEARCH = """
SELECT r.num FROM search s JOIN record r ON r.num = s.rowid
WHERE search MATCH ?1 AND r.is_deleted = 0 AND r.is_withdrawn = 0 AND r.type <> ''
  AND r.parent IS NULL
  AND (?2 IS NULL OR r.type = ?2) AND (?3 IS NULL OR r.case_id = ?3)
ORDER BY rank LIMIT ?4
"""


def replace(db: Database, record: int, terms: str) -> None:
    """Index a record under these terms, and no longer under those before."""
    if terms:
        db.run("REPLACE INTO search (rowid, terms) VALUES (?, ?)", (record, terms))
    else:
        remove(db, record)


def remove(db: Database, record: int) -> None:
    """Take a record out of the index."""
    db.run("DELETE FROM search WHERE rowid = ?", (record,))


def clear(db: Database) -> None:
    """Empty the index, so that no term of withdrawn text remains in its segments."""
    db.run("INSERT INTO search (search) VALUES ('delete-all')")


def search(
    db: Database, match: str, *, type_: str | None, case: CaseId | None, limit: int
) -> list[int]:
    """The numbers of matching records, best first; `match` comes from `analysis.parse_query`."""
    rows = db.all(_SEARCH, (match, type_, bytes.fromhex(case) if case else None, limit))
    return [int(row[0]) for row in rows]
