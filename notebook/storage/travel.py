"""The tables of travel mode: missions and what came by them, cases, sessions, unfinished drafts."""

from dataclasses import dataclass, field

from crypto.primitives import sha256
from notebook.model import AuthorId, CaseId, EntryId, RecordId
from notebook.storage.database import Database, DatabaseDamaged


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedRow:
    """What a laptop keeps of a case between sessions."""

    case: CaseId
    entry: EntryId
    """The newest entry of any session here."""
    count: int
    """How many entries the sessions here have made in the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session's key in one case, certified by its author."""

    key: AuthorId
    case: CaseId
    author: AuthorId
    day: str
    after: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedRow:
    """A draft that a session sealed and did not save."""

    session: AuthorId
    record: RecordId
    number: int
    author: AuthorId
    case: CaseId
    entries: int
    body: bytes = field(repr=False)


def missions(db: Database) -> list[str]:
    """The identity of every mission, oldest first; secret."""
    return [str(row[0]) for row in db.all("SELECT identity FROM mission ORDER BY made, author")]


def add_mission(db: Database, author: AuthorId, identity: str, at: str) -> None:
    """Keep the identity of a mission."""
    db.run(
        "INSERT INTO mission (author, identity, made) VALUES (?, ?, ?)",
        (bytes.fromhex(author), identity, at),
    )


def note_came_by(db: Database, bundle: str, mission: AuthorId) -> None:
    """Remember by which mission a bundle came."""
    db.run(
        "INSERT OR IGNORE INTO came_by (bundle, mission) VALUES (?, ?)",
        (bytes.fromhex(bundle), bytes.fromhex(mission)),
    )


def came_by(db: Database) -> list[tuple[AuthorId, AuthorId, str]]:
    """For each bundle that came by a mission: the mission, who sealed it, when it was opened."""
    rows = db.all(
        "SELECT c.mission, b.peer, b.at FROM came_by c"
        " JOIN bundle b ON b.id = c.bundle AND b.direction = 'opened' ORDER BY b.num"
    )
    return [(AuthorId(row[0].hex()), AuthorId(row[1].hex()), row[2]) for row in rows]


def carried(db: Database) -> list[CarriedRow]:
    """Every case that travels."""
    rows = db.all("SELECT case_id, entry, entries FROM carried ORDER BY case_id")
    return [
        CarriedRow(case=CaseId(row[0].hex()), entry=EntryId(row[1].hex()), count=row[2])
        for row in rows
    ]


def is_carried(db: Database, case: CaseId) -> bool:
    """Whether the case is known from an earlier session alone."""
    found = db.find("SELECT 1 FROM carried WHERE case_id = ?", (bytes.fromhex(case),))
    return found is not None


def carry(db: Database, row: CarriedRow) -> None:
    """Remember where a case stands."""
    db.run(
        "INSERT OR REPLACE INTO carried (case_id, entry, entries) VALUES (?, ?, ?)",
        (bytes.fromhex(row.case), bytes.fromhex(row.entry), row.count),
    )


def learn_session(db: Database, row: SessionRow) -> None:
    """Remember a certified session."""
    db.run(
        "INSERT OR IGNORE INTO session (key, case_id, author, day, after, entries)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(row.key),
            bytes.fromhex(row.case),
            bytes.fromhex(row.author),
            row.day,
            bytes.fromhex(row.after),
            row.count,
        ),
    )


def sessions(db: Database) -> list[SessionRow]:
    """Every certified session."""
    rows = db.all(
        "SELECT key, case_id, author, day, after, entries FROM session ORDER BY day, key, case_id"
    )
    return [
        SessionRow(
            key=AuthorId(row[0].hex()),
            case=CaseId(row[1].hex()),
            author=AuthorId(row[2].hex()),
            day=row[3],
            after=row[4].hex(),
            count=row[5],
        )
        for row in rows
    ]


def unfinished(db: Database) -> list[UnfinishedRow]:
    """Every draft that came from a session and waits. Raises `DatabaseDamaged`."""
    rows = db.all(
        "SELECT session, record, number, author, case_id, entries, digest, body FROM unfinished"
        " WHERE length(body) > 0 ORDER BY session, record"
    )
    found = []
    for row in rows:
        if sha256(row[7]) != row[6]:
            raise DatabaseDamaged("a draft from a session does not fit its hash")
        found.append(
            UnfinishedRow(
                session=AuthorId(row[0].hex()),
                record=RecordId(row[1].hex()),
                number=row[2],
                author=AuthorId(row[3].hex()),
                case=CaseId(row[4].hex()),
                entries=row[5],
                body=row[7],
            )
        )
    return found


def add_unfinished(db: Database, row: UnfinishedRow) -> None:
    """Keep a draft from a session."""
    db.run(
        "INSERT OR REPLACE INTO unfinished"
        " (session, record, number, author, case_id, entries, digest, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(row.session),
            bytes.fromhex(row.record),
            row.number,
            bytes.fromhex(row.author),
            bytes.fromhex(row.case),
            row.entries,
            sha256(row.body),
            row.body,
        ),
    )


def drop_unfinished(db: Database, session: AuthorId, record: RecordId) -> None:
    """Forget one draft of a session."""
    db.run(
        "DELETE FROM unfinished WHERE session = ? AND record = ?",
        (bytes.fromhex(session), bytes.fromhex(record)),
    )


def end_unfinished(db: Database, session: AuthorId, record: RecordId, digest: bytes) -> None:
    """A draft waits no more: it was saved in its session, or taken over here.

    Kept are the number of its bundle, for an older one must not bring it back, and `digest`, which
    says what it was that was taken over; nothing of what was typed.
    """
    db.run(
        "UPDATE unfinished SET body = x'', digest = ? WHERE session = ? AND record = ?",
        (digest, bytes.fromhex(session), bytes.fromhex(record)),
    )


def has_ended(db: Database, session: AuthorId, record: RecordId, digest: bytes) -> bool:
    """Whether the very same draft was taken over here."""
    row = db.find(
        "SELECT 1 FROM unfinished"
        " WHERE session = ? AND record = ? AND length(body) = 0 AND digest = ?",
        (bytes.fromhex(session), bytes.fromhex(record), digest),
    )
    return row is not None


def note_number(db: Database, session: AuthorId, number: int) -> None:
    """Remember with what ended that a newer draft bundle of the session came."""
    db.run(
        "UPDATE unfinished SET number = ? WHERE session = ? AND length(body) = 0",
        (number, bytes.fromhex(session)),
    )


def newest_number(db: Database, session: AuthorId) -> int:
    """The number of the newest draft bundle of a session that brought drafts here; 0 for none."""
    row = db.one("SELECT max(number) FROM unfinished WHERE session = ?", (bytes.fromhex(session),))
    return int(row[0] or 0)


def newest_seq_about(db: Database, session: AuthorId, case: CaseId, record: RecordId) -> int:
    """The number of the newest entry of a session about a record; -1 when there is none."""
    row = db.one(
        "SELECT max(e.seq) FROM entry e JOIN author a ON a.num = e.author"
        " JOIN frame f ON f.part / 4096 = e.num JOIN record r ON r.num = f.record"
        " WHERE a.key = ? AND e.case_id = ? AND (r.id = ? OR r.parent = ?)",
        (
            bytes.fromhex(session),
            bytes.fromhex(case),
            bytes.fromhex(record),
            bytes.fromhex(record),
        ),
    )
    return -1 if row[0] is None else int(row[0])
