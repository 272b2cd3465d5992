"""What withdrawals cover: which fields of which records, and whether a person here confirmed."""

from dataclasses import dataclass

from notebook import strict_json
from notebook.model import AuthorId, EntryId
from notebook.storage.database import Database, DatabaseDamaged

EVERY_FIELD = "*"
_SELECT = """
SELECT w.entry, e.id, a.key, w.record, w.fields, w.is_confirmed, w.is_by_person
FROM withdrawal w JOIN entry e ON e.num = w.entry JOIN author a ON a.num = e.author
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One withdrawal of one record, or of some of its fields."""

    entry_num: int
    entry: EntryId
    author: AuthorId
    record: int
    fields: tuple[str, ...]
    is_confirmed: bool
    """Whether it is obeyed here: what it covers is destroyed. Else it is only hidden."""
    is_by_person: bool
    """Whether that is so because a person here said so."""

    def covers(self, field: str) -> bool:
        """Whether a field is among those withdrawn. A record's own bookkeeping stays."""
        return not field.startswith("_") and (EVERY_FIELD in self.fields or field in self.fields)

    @property
    def is_whole(self) -> bool:
        """Whether the whole record is withdrawn."""
        return EVERY_FIELD in self.fields


def add(db: Database, *, entry_num: int, record: int, fields: tuple[str, ...]) -> None:
    """Keep a withdrawal, for ever; it only hides until it is confirmed."""
    db.run(
        "INSERT OR IGNORE INTO withdrawal (entry, record, fields) VALUES (?, ?, ?)",
        (entry_num, record, strict_json.dump(list(fields)).decode()),
    )


def confirm(db: Database, withdrawal: Withdrawal) -> None:
    """A person here confirms the withdrawal, whoever wrote it."""
    db.run(
        "UPDATE withdrawal SET is_confirmed = 1, is_by_person = 1 WHERE entry = ?",
        (withdrawal.entry_num,),
    )


def set_confirmed(db: Database, withdrawal: Withdrawal, *, is_confirmed: bool) -> None:
    """Say whether the withdrawal is obeyed, as far as is known now."""
    if withdrawal.is_confirmed != is_confirmed:
        db.run(
            "UPDATE withdrawal SET is_confirmed = ? WHERE entry = ?",
            (int(is_confirmed), withdrawal.entry_num),
        )


def of_record(db: Database, record: int) -> list[Withdrawal]:
    """The withdrawals of a record."""
    if not exist(db):
        return []
    rows = db.all(_SELECT + "WHERE w.record = ? ORDER BY e.id", (record,))
    return [_withdrawal(row) for row in rows]


def every(db: Database) -> list[Withdrawal]:
    """Every withdrawal, in the order in which they were learnt."""
    return [_withdrawal(row) for row in db.all(_SELECT + "ORDER BY w.entry")]


def waiting(db: Database) -> list[Withdrawal]:
    """The withdrawals that are not obeyed yet, in the order in which they were learnt."""
    if not exist(db):
        return []
    rows = db.all(_SELECT + "WHERE w.is_confirmed = 0 ORDER BY w.entry")
    return [_withdrawal(row) for row in rows]


def exist(db: Database) -> bool:
    """Whether anything was ever withdrawn here: a save asks it first, and need not ask more."""
    return db.find("SELECT 1 FROM withdrawal") is not None


def _withdrawal(row: tuple[int, bytes, bytes, int, str, int, int]) -> Withdrawal:
    try:
        fields = strict_json.parse(row[4].encode())
    except strict_json.BadJson:
        raise DatabaseDamaged("a withdrawal cannot be read") from None
    if not isinstance(fields, list):
        raise DatabaseDamaged("a withdrawal cannot be read")
    return Withdrawal(
        entry_num=row[0],
        entry=EntryId(row[1].hex()),
        author=AuthorId(row[2].hex()),
        record=row[3],
        fields=tuple(str(field) for field in fields),
        is_confirmed=bool(row[5]),
        is_by_person=bool(row[6]),
    )
