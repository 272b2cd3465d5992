"""The tables of drafts and of the last place, apart so that an import never holds up typing."""

from crypto.primitives import sha256
from notebook.storage.database import Database


def keep(db: Database, draft: str, body: bytes) -> None:
    """Insert or rewrite a draft."""
    with db.write():
        db.run(
            "INSERT INTO draft (id, digest, body) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, body = excluded.body",
            (bytes.fromhex(draft), sha256(body), body),
        )


def drop(db: Database, draft: str) -> None:
    """Delete a draft."""
    with db.write():
        db.run("DELETE FROM draft WHERE id = ?", (bytes.fromhex(draft),))


def body(db: Database, draft: str) -> tuple[bytes, bool] | None:
    """A draft's bytes, and whether they fit their hash."""
    row = db.find("SELECT digest, body FROM draft WHERE id = ?", (bytes.fromhex(draft),))
    return None if row is None else (row[1], sha256(row[1]) == row[0])


def all_bodies(db: Database) -> list[tuple[str, bytes, bool]]:
    """Every draft: its id, its bytes, and whether they fit their hash."""
    rows = db.all("SELECT id, digest, body FROM draft ORDER BY id")
    return [(row[0].hex(), row[2], sha256(row[2]) == row[1]) for row in rows]


def keep_place(db: Database, body: bytes) -> None:
    """Rewrite the one place that is kept."""
    with db.write():
        db.run(
            "INSERT INTO place (only, digest, body) VALUES (1, ?, ?)"
            " ON CONFLICT (only) DO UPDATE SET digest = excluded.digest, body = excluded.body",
            (sha256(body), body),
        )


def place(db: Database) -> bytes | None:
    """The bytes of the place, if there is one and they fit their hash."""
    row = db.find("SELECT digest, body FROM place")
    return row[1] if row is not None and sha256(row[1]) == row[0] else None


def drop_place(db: Database) -> None:
    """Forget the place."""
    with db.write():
        db.run("DELETE FROM place")
