"""A new database filled row by row from another one, without some cases.

Every table says here by what its rows belong to a case; a table that says nothing stops the
filling, so that nothing of a case is carried along unseen. Rows are numbered anew, for a gap would
tell how much is gone. The caller makes the index anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from crypto.primitives import RandomBytes
from notebook import journal
from notebook.model import CaseId
from notebook.progress import Progress
from notebook.storage import entries, refill_bundles, removed
from notebook.storage.database import Database, DatabaseDamaged, Row, Value

_BY_CASE = "case_id"
_BY_ENTRY = "entry"
_BY_PART = "part"
_BY_RECORD = "record"
_BY_FILE = "sha256"
_BY_NUMBER = "number of an author"
_BY_KEY = "key of an author"
_BY_NAME = "name of a setting"
_BY_BUNDLE = "bundle"
_BY_KNOWN = "known bundle"
_ALL = ""

# Filled in with names of tables and columns of our own schema alone.
_SELECT = "SELECT {names} FROM {table} ORDER BY {order}"
_INSERT = "INSERT INTO {table} ({names}) VALUES ({marks})"

# In the order in which rows may refer to each other.
TABLES: dict[str, tuple[str, str]] = {
    "author": (_BY_NUMBER, "num"),
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
    "recording": (_BY_CASE, "case_id"),
    "file_case": (_BY_CASE, "case_id"),
    "object": (_BY_FILE, "sha256"),
    "thumbnail": (_BY_FILE, "sha256"),
    "setting": (_BY_NAME, "name"),
    "contact": (_ALL, ""),
    "contact_role": (_ALL, ""),
    "passed_on": (_BY_KEY, "author"),
    "offered_card": (_ALL, ""),
    "put_aside": (_ALL, ""),
    "bundle": (_BY_BUNDLE, "num"),
    "came_by": (_BY_KNOWN, "bundle"),
    "mission": (_ALL, ""),
}
LEFT_OUT = frozenset({"slot", "search"})
"""The slots are new; the index is made anew."""

SETTINGS_LEFT_OUT = ("ui.exchange", "generation", *refill_bundles.NOTES)
"""Beginnings of names: what was exchanged, and how much was done here."""
HANDED_OVER = "departure"
"""The setting that says what was handed over: it goes when cases go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """What is kept, by its number in the old database, with its number in the new one."""

    authors: Mapping[int, int]
    entries: Mapping[int, int]
    records: Mapping[int, int]

    def renumbered(self, table: str, column: str, value: Value) -> Value:
        """A value as it stands in the new database."""
        if not isinstance(value, int):
            return value
        if column == "num":
            of_table = {"author": self.authors, "entry": self.entries, "record": self.records}
            return of_table[table][value] if table in of_table else value
        if column == "author":
            return self.authors[value]
        if column in ("entry", "withdrawal"):
            return self.entries[value]
        if column == "record":
            return self.records[value]
        if column == "part":
            num, place = entries.split_part(value)
            return entries.part_number(self.entries[num], place)
        return value


def fill(
    old: Database,
    new: Database,
    cases: frozenset[CaseId],
    progress: Progress,
    random: RandomBytes,
) -> None:
    """Copy everything but these cases, each entry checked. Raises `DatabaseDamaged`."""
    _check_tables(old)
    gone = {bytes.fromhex(case) for case in cases}
    numbers = _numbers(old, gone, progress)
    authors = {
        row[0] for row in old.each("SELECT key, num FROM author") if row[1] in numbers.authors
    }
    files = {
        row[0] for row in old.each("SELECT sha256, case_id FROM file_case") if row[1] not in gone
    }
    left_out = (*SETTINGS_LEFT_OUT, HANDED_OVER) if gone else SETTINGS_LEFT_OUT
    tests: dict[str, Callable[[object], bool]] = {
        _BY_CASE: lambda value: value not in gone,
        _BY_ENTRY: lambda value: value in numbers.entries,
        _BY_PART: lambda value: (
            isinstance(value, int) and entries.split_part(value)[0] in numbers.entries
        ),
        _BY_RECORD: lambda value: value in numbers.records,
        _BY_FILE: lambda value: value in files,
        _BY_NUMBER: lambda value: value in numbers.authors,
        _BY_KEY: lambda value: value in authors,
        _BY_NAME: lambda value: not str(value).startswith(left_out),
        _ALL: lambda _value: True,
    }
    dropped = refill_bundles.fill(old, new, gone)
    known = {row[0] for row in new.each("SELECT id FROM bundle")}
    tests[_BY_KNOWN] = lambda value: value in known
    for table, (how, column) in TABLES.items():
        if how == _BY_BUNDLE:
            continue
        for names, row in _rows(old, table):
            if how == _ALL or tests[how](row[names.index(column)]):
                marks = ", ".join("?" * len(names))
                new.run(
                    _INSERT.format(table=table, names=", ".join(names), marks=marks),
                    tuple(
                        numbers.renumbered(table, name, value)
                        for name, value in zip(names, row, strict=True)
                    ),
                )
    if gone:
        removed.note(old, new, dropped, random)


def _numbers(db: Database, gone: set[bytes], progress: Progress) -> _Numbers:
    kept = _kept_entries(db, gone, progress)
    writing = {row[0] for row in db.each("SELECT author, case_id FROM entry") if row[1] not in gone}
    return _Numbers(
        authors=_anew(sorted(writing)),
        entries=_anew(kept),
        records=_anew(
            row[0]
            for row in db.all("SELECT num, case_id FROM record ORDER BY num")
            if row[1] not in gone
        ),
    )


def _anew(nums: Iterable[int]) -> dict[int, int]:
    return {num: place for place, num in enumerate(nums, start=1)}


def _kept_entries(db: Database, gone: set[bytes], progress: Progress) -> list[int]:
    nums = [
        row[0]
        for row in db.all("SELECT num, case_id FROM entry ORDER BY num")
        if row[1] not in gone
    ]
    progress.step(0, len(nums), "check")
    for done, num in enumerate(nums, start=1):
        if done % 50 == 0 or done == len(nums):
            progress.step(done, len(nums), "check")
        entry = entries.load(db, num)
        try:
            journal.check_signature(entry)
        except journal.BadEntry:
            raise DatabaseDamaged("an entry is not its author's") from None
    return nums


def _rows(db: Database, table: str) -> Iterator[tuple[list[str], Row]]:
    columns = db.all(f"PRAGMA table_info({table})")
    names = [str(row[1]) for row in columns]
    # By its key, so that not even the order of rows tells of others between them.
    order = [str(row[1]) for row in columns if row[5]]
    select = _SELECT.format(names=", ".join(names), table=table, order=", ".join(order))
    for row in db.each(select):
        yield names, row


def _check_tables(db: Database) -> None:
    found = {str(row[0]) for row in db.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
    own = {name for name in found if not name.startswith(("search_", "sqlite_"))}
    if own != TABLES.keys() | LEFT_OUT:
        raise ValueError("a table does not say by what its rows belong to a case")
