"""A new database filled row by row from another one, without some cases.

Every table says here by what its rows belong to a case; a table that says nothing stops the
filling, so that nothing of a case is carried along unseen. The caller makes the index anew.
"""

from collections.abc import Callable, Iterator

from notebook import journal
from notebook.model import CaseId
from notebook.progress import Progress
from notebook.storage import entries
from notebook.storage.database import Database, DatabaseDamaged, Row

_BY_CASE = "case_id"
_BY_ENTRY = "entry"
_BY_PART = "part"
_BY_RECORD = "record"
_BY_FILE = "sha256"
_ALL = ""

# Filled in with names of tables and columns of our own schema alone.
_SELECT = "SELECT {names} FROM {table}"
_INSERT = "INSERT INTO {table} ({names}) VALUES ({marks})"

# In the order in which rows may refer to each other.
TABLES: dict[str, tuple[str, str]] = {
    "author": (_BY_ENTRY, "num"),
    "entry": (_BY_CASE, "case_id"),
    "record": (_BY_CASE, "case_id"),
    "frame": (_BY_PART, "part"),
    "content": (_BY_PART, "part"),
    "destroyed": (_BY_PART, "part"),
    "waiting": (_BY_ENTRY, "entry"),
    "lacking": (_BY_ENTRY, "entry"),
    "withdrawal": (_BY_ENTRY, "entry"),
    "told": (_BY_ENTRY, "withdrawal"),
    "tip": (_BY_CASE, "case_id"),
    "head": (_BY_RECORD, "record"),
    "replaced": (_BY_RECORD, "record"),
    "link": (_BY_RECORD, "record"),
    "sent": (_BY_RECORD, "record"),
    "holding": (_BY_CASE, "case_id"),
    "named_tip": (_BY_CASE, "case_id"),
    "recovered": (_BY_CASE, "case_id"),
    "carried": (_BY_CASE, "case_id"),
    "session": (_BY_CASE, "case_id"),
    "unfinished": (_BY_CASE, "case_id"),
    "file_case": (_BY_CASE, "case_id"),
    "object": (_BY_FILE, "sha256"),
    "thumbnail": (_BY_FILE, "sha256"),
    "setting": (_ALL, ""),
    "contact": (_ALL, ""),
    "contact_role": (_ALL, ""),
    "passed_on": (_ALL, ""),
    "offered_card": (_ALL, ""),
    "put_aside": (_ALL, ""),
    "bundle": (_ALL, ""),
    "mission": (_ALL, ""),
}
LEFT_OUT = frozenset({"slot", "search"})
"""The slots are new; the index is made anew."""


def fill(old: Database, new: Database, cases: frozenset[CaseId], progress: Progress) -> None:
    """Copy everything but these cases, each entry checked. Raises `DatabaseDamaged`."""
    _check_tables(old)
    gone = {bytes.fromhex(case) for case in cases}
    kept = _kept_entries(old, gone, progress)
    authors = {
        row[0] for row in old.each("SELECT author, case_id FROM entry") if row[1] not in gone
    }
    named = {row[0] for row in old.each("SELECT num, case_id FROM record") if row[1] not in gone}
    files = {
        row[0] for row in old.each("SELECT sha256, case_id FROM file_case") if row[1] not in gone
    }
    tests: dict[str, Callable[[object], bool]] = {
        _BY_CASE: lambda value: value not in gone,
        _BY_ENTRY: lambda value: value in kept,
        _BY_PART: lambda value: isinstance(value, int) and entries.split_part(value)[0] in kept,
        _BY_RECORD: lambda value: value in named,
        _BY_FILE: lambda value: value in files,
        _ALL: lambda _value: True,
    }
    for table, (how, column) in TABLES.items():
        is_kept = (lambda value: value in authors) if table == "author" else tests[how]
        for names, row in _rows(old, table):
            if how == _ALL or is_kept(row[names.index(column)]):
                marks = ", ".join("?" * len(names))
                new.run(_INSERT.format(table=table, names=", ".join(names), marks=marks), row)


def _kept_entries(db: Database, gone: set[bytes], progress: Progress) -> set[int]:
    nums = [
        row[0]
        for row in db.all("SELECT num, case_id FROM entry ORDER BY num")
        if row[1] not in gone
    ]
    for done, num in enumerate(nums, start=1):
        if done % 50 == 0 or done == len(nums):
            progress.step(done, len(nums), "check")
        entry = entries.load(db, num)
        try:
            journal.check_signature(entry)
        except journal.BadEntry:
            raise DatabaseDamaged("an entry is not its author's") from None
    return set(nums)


def _rows(db: Database, table: str) -> Iterator[tuple[list[str], Row]]:
    names = [str(row[1]) for row in db.all(f"PRAGMA table_info({table})")]
    for row in db.each(_SELECT.format(table=table, names=", ".join(names))):
        yield names, row


def _check_tables(db: Database) -> None:
    found = {str(row[0]) for row in db.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
    own = {name for name in found if not name.startswith(("search_", "sqlite_"))}
    if own != TABLES.keys() | LEFT_OUT:
        raise ValueError("a table does not say by what its rows belong to a case")
