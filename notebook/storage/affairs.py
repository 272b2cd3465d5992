"""This notebook's own affairs: settings, slots in use, contacts, bundles, object keys."""

from dataclasses import dataclass, field

from crypto.primitives import sha256
from notebook import strict_json
from notebook.model import AuthorId, CaseId, JsonValue, Sha256
from notebook.storage.database import Database, DatabaseDamaged

_SELECT_BUNDLE = "SELECT id, direction, peer, envelope, previous, at FROM bundle "
NO_BUNDLE = bytes(16)
"""Stands for a bundle of which a departure left the hash of its envelope alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A pinned card."""

    author: AuthorId
    card: str
    profile: str
    how: str
    pinned: str
    compared: str | None
    compared_by: str = ""
    """The name of the author of the notebook that says so."""
    reason: str = ""
    """Why bundles are sealed in the older way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """An evidence object: its name on disk, its key, and the length of its content."""

    sha256: Sha256
    name: bytes
    key: bytes = field(repr=False)
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRow:
    """What a contact said they hold of a case, in their newest envelope."""

    envelope: bytes
    tips: tuple[str, ...]
    lacks: tuple[str, ...]
    day: str
    """The day that the envelope claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """A bundle that was sealed or opened here."""

    id: str
    direction: str
    peer: AuthorId
    envelope: bytes
    """Hash of its envelope."""
    previous: bytes
    """Hash of the envelope before it for the same peer; empty for the first."""
    at: str


def setting(db: Database, name: str) -> JsonValue:
    """A setting; None when it was never set."""
    row = db.find("SELECT value FROM setting WHERE name = ?", (name,))
    try:
        return None if row is None else strict_json.parse(row[0])
    except strict_json.BadJson:
        raise DatabaseDamaged("a setting cannot be read") from None


def set_setting(db: Database, name: str, value: JsonValue) -> None:
    """Set a setting."""
    db.run(
        "INSERT INTO setting (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, strict_json.dump(value)),
    )


def generation(db: Database) -> int:
    """How many commits were counted."""
    return _counted(db) + _counted_before(db)


def count_commit(db: Database) -> int:
    """Count the commit that is being made; how many there are with it.

    The count stands in the first page of the file, which is written by most commits anyway: a row
    of its own would cost each of them one page more.
    """
    counted = _counted(db) + 1
    db.run(f"PRAGMA application_id = {counted:d}")
    return counted + _counted_before(db)


def _counted(db: Database) -> int:
    return int(db.one("PRAGMA application_id")[0])


def _counted_before(db: Database) -> int:
    """What versions before step 7 of the schema counted, in a row of its own."""
    before = setting(db, "generation")
    return before if isinstance(before, int) else 0


def drop_setting(db: Database, name: str) -> None:
    """Forget a setting."""
    db.run("DELETE FROM setting WHERE name = ?", (name,))


def take_slot(db: Database, number: int, purpose: str, at: str) -> None:
    """Remember that a key slot is in use, so that it is not overwritten by mistake."""
    db.run(
        "INSERT OR REPLACE INTO slot (number, purpose, made) VALUES (?, ?, ?)",
        (number, purpose, at),
    )


def contacts(db: Database) -> list[ContactRow]:
    """Every pinned contact in the order they were pinned."""
    rows = db.all(
        "SELECT author, card, profile, how, pinned, compared, compared_by, reason FROM contact"
        " ORDER BY pinned, author"
    )
    return [
        ContactRow(
            author=AuthorId(row[0].hex()),
            card=row[1],
            profile=row[2],
            how=row[3],
            pinned=row[4],
            compared=row[5],
            compared_by=row[6],
            reason=row[7],
        )
        for row in rows
    ]


def pin_contact(db: Database, contact: ContactRow) -> None:
    """Pin a card, or replace what is kept about its author."""
    db.run(
        "INSERT OR REPLACE INTO contact"
        " (author, card, profile, how, pinned, compared, compared_by, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(contact.author),
            contact.card,
            contact.profile,
            contact.how,
            contact.pinned,
            contact.compared,
            contact.compared_by,
            contact.reason,
        ),
    )


def holding(db: Database, contact: AuthorId, case: CaseId) -> HoldingRow | None:
    """What a contact is known to hold of a case."""
    row = db.find(
        "SELECT envelope, tips, lacks, day FROM holding WHERE contact = ? AND case_id = ?",
        (bytes.fromhex(contact), bytes.fromhex(case)),
    )
    if row is None:
        return None
    return HoldingRow(
        envelope=row[0], tips=tuple(row[1].split()), lacks=tuple(row[2].split()), day=row[3]
    )


def cases_held(db: Database, contact: AuthorId) -> frozenset[CaseId]:
    """The cases of which a contact said what they hold."""
    rows = db.all("SELECT case_id FROM holding WHERE contact = ?", (bytes.fromhex(contact),))
    return frozenset(CaseId(row[0].hex()) for row in rows)


def set_holding(db: Database, contact: AuthorId, case: CaseId, row: HoldingRow) -> None:
    """Remember what a contact says they hold of a case."""
    db.run(
        "INSERT OR REPLACE INTO holding (contact, case_id, envelope, tips, lacks, day)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(contact),
            bytes.fromhex(case),
            row.envelope,
            " ".join(row.tips),
            " ".join(row.lacks),
            row.day,
        ),
    )


def handover_state(db: Database, contact: AuthorId) -> str:
    """Says whether anything came here, or was heard from a contact, that may have to be sent.

    It changes with every entry but those that only tell of an exchange, and with every envelope.
    """
    newest = db.find(
        "SELECT num FROM entry WHERE kind NOT IN ('seal', 'receive') ORDER BY num DESC LIMIT 1"
    )
    heard = db.all(
        "SELECT envelope FROM holding WHERE contact = ? ORDER BY case_id", (bytes.fromhex(contact),)
    )
    told = sha256(b"".join(row[0] for row in heard)).hex() if heard else ""
    return f"{newest[0] if newest else 0} {told}"


def opened_bundle(db: Database, bundle_id: str) -> BundleRow | None:
    """A bundle that was opened here before."""
    row = db.find(
        _SELECT_BUNDLE + "WHERE id = ? AND direction = 'opened'", (bytes.fromhex(bundle_id),)
    )
    return _bundle(row) if row else None


def opened_bundles(db: Database) -> list[BundleRow]:
    """Every bundle that was opened here, oldest first."""
    rows = db.all(
        _SELECT_BUNDLE + "WHERE direction = 'opened' AND id <> ? ORDER BY num", (NO_BUNDLE,)
    )
    return [_bundle(row) for row in rows]


def sealed_bundles(db: Database) -> list[BundleRow]:
    """Every bundle that was sealed here, for each reader, oldest first."""
    rows = db.all(_SELECT_BUNDLE + "WHERE direction = 'sealed' ORDER BY num")
    return [_bundle(row) for row in rows]


def bundle_with_envelope(db: Database, envelope: bytes) -> BundleRow | None:
    """The opened bundle whose envelope has this hash."""
    row = db.find(_SELECT_BUNDLE + "WHERE envelope = ? AND direction = 'opened'", (envelope,))
    return _bundle(row) if row else None


def last_sealed(db: Database, peer: AuthorId) -> BundleRow | None:
    """The newest bundle that was sealed here for a contact."""
    row = db.find(
        _SELECT_BUNDLE + "WHERE peer = ? AND direction = 'sealed' ORDER BY num DESC LIMIT 1",
        (bytes.fromhex(peer),),
    )
    return _bundle(row) if row else None


def add_bundle(db: Database, row: BundleRow) -> None:
    """Remember a bundle."""
    db.run(
        "INSERT OR IGNORE INTO bundle (id, direction, peer, envelope, previous, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(row.id),
            row.direction,
            bytes.fromhex(row.peer),
            row.envelope,
            row.previous,
            row.at,
        ),
    )


def _bundle(row: tuple[bytes, str, bytes, bytes, bytes, str]) -> BundleRow:
    return BundleRow(
        id=row[0].hex(),
        direction=row[1],
        peer=AuthorId(row[2].hex()),
        envelope=row[3],
        previous=row[4],
        at=row[5],
    )


def evidence_object(db: Database, sha256_hex: Sha256) -> ObjectRow | None:
    """The object that holds content with this hash."""
    row = db.find(
        "SELECT sha256, name, key, size_bytes FROM object WHERE sha256 = ?",
        (bytes.fromhex(sha256_hex),),
    )
    return _object(row) if row else None


def evidence_objects(db: Database) -> list[ObjectRow]:
    """Every evidence object."""
    rows = db.all("SELECT sha256, name, key, size_bytes FROM object ORDER BY sha256")
    return [_object(row) for row in rows]


def add_object(db: Database, row: ObjectRow) -> None:
    """Keep the key of an evidence object."""
    db.run(
        "INSERT OR IGNORE INTO object (sha256, name, key, size_bytes) VALUES (?, ?, ?, ?)",
        (bytes.fromhex(row.sha256), row.name, row.key, row.size_bytes),
    )


def replace_object(db: Database, row: ObjectRow) -> None:
    """Keep another object for the same content, in place of one that is damaged."""
    db.run(
        "UPDATE object SET name = ?, key = ?, size_bytes = ? WHERE sha256 = ?",
        (row.name, row.key, row.size_bytes, bytes.fromhex(row.sha256)),
    )


def bring_file(db: Database, sha256_hex: Sha256, case: CaseId) -> None:
    """Remember that a file was taken in for a case, or that a bundle brought it for that case."""
    db.run(
        "INSERT OR IGNORE INTO file_case (sha256, case_id) VALUES (?, ?)",
        (bytes.fromhex(sha256_hex), bytes.fromhex(case)),
    )


def is_file_of(db: Database, sha256_hex: Sha256, case: CaseId) -> bool:
    """Whether a file is here and came for this case; that somebody names its hash says nothing."""
    row = db.find(
        "SELECT 1 FROM file_case f JOIN object o ON o.sha256 = f.sha256"
        " WHERE f.sha256 = ? AND f.case_id = ?",
        (bytes.fromhex(sha256_hex), bytes.fromhex(case)),
    )
    return row is not None


def remove_object(db: Database, sha256_hex: Sha256) -> None:
    """Destroy the key of an evidence object and its thumbnail."""
    db.run("DELETE FROM file_case WHERE sha256 = ?", (bytes.fromhex(sha256_hex),))
    db.run("DELETE FROM object WHERE sha256 = ?", (bytes.fromhex(sha256_hex),))
    db.run("DELETE FROM thumbnail WHERE sha256 = ?", (bytes.fromhex(sha256_hex),))


def _object(row: tuple[bytes, bytes, bytes, int]) -> ObjectRow:
    return ObjectRow(sha256=Sha256(row[0].hex()), name=row[1], key=row[2], size_bytes=row[3])


def thumbnail(db: Database, sha256_hex: Sha256) -> tuple[int, int, bytes] | None:
    """Width, height and RGB pixels of an image's thumbnail."""
    row = db.find(
        "SELECT width, height, digest, pixels FROM thumbnail WHERE sha256 = ?",
        (bytes.fromhex(sha256_hex),),
    )
    if row is None:
        return None
    if sha256(row[3]) != row[2]:
        raise DatabaseDamaged("a thumbnail does not fit its hash")
    return row[0], row[1], row[3]


def set_thumbnail(db: Database, sha256_hex: Sha256, width: int, height: int, pixels: bytes) -> None:
    """Keep an image's thumbnail; it lives nowhere but here."""
    db.run(
        "INSERT OR REPLACE INTO thumbnail (sha256, width, height, digest, pixels)"
        " VALUES (?, ?, ?, ?, ?)",
        (bytes.fromhex(sha256_hex), width, height, sha256(pixels), pixels),
    )
