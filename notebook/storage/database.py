"""One SQLCipher connection: how it is opened, checked, written and closed.

The opening order matters: log level and key before anything is read, then proof that the
cipher is really there, then the settings that keep plaintext out of temporary files.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from crypto.keys import DatabaseKey

Value = None | int | float | str | bytes
Row = tuple[Any, ...]

_PLAIN_MAGIC = b"SQLite format 3"
_CACHE_KIB = 16 * 1024
"""Larger, it makes searching a twentieth faster and every commit slower, which walks through it."""
_LOOKS = 4
"""A page that looks damaged is looked at so often, as it may just be written."""
_FULL = 13
_LOG_INDEX_BYTES = 32 * 1024
"""What SQLite needs beside the file before it can begin."""
_IO_ERRORS = frozenset({8, 10, 14})  # SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN
# SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM: nothing is damaged, so nothing may say so.
_PASSING = frozenset({5, 6, 7})


class DatabaseDamaged(Exception):
    """A page, an index or a stored hash does not fit: what was asked for is not served."""


class DiskFull(Exception):
    """There was no room for a write; the transaction was rolled back."""


class DiskFailed(Exception):
    """The disk refused a read or write; the transaction was rolled back."""


class SchemaTooNew(Exception):
    """The database was written by a newer version of this program."""


class Database:
    """A connection that belongs to the thread that made it."""

    def __init__(
        self,
        path: Path,
        key: DatabaseKey,
        *,
        schema: str,
        is_read_only: bool = False,
        is_still: bool = False,
        has_log: bool = True,
    ) -> None:
        """Open or create `path`. Raises `DatabaseDamaged` when the key does not open it.

        Without a log (`has_log`) every commit is in the file itself: slower, but one flipped bit
        cannot make commits vanish. `is_still` says that nobody writes while it is open to read:
        then nothing is made beside the file, and a full or write-protected disk is no hindrance.
        """
        is_new = not path.exists()
        if is_new:
            # The file is made by us first, so that no moment exists when others could read it.
            path.touch(mode=0o600)
        with _Translated():
            self._connection = dbapi2.connect(
                _still(path) if is_still and not _has_log(path) else str(path),
                isolation_level=None,
                check_same_thread=True,
                timeout=30.0,
                uri=is_still,
            )
        try:
            self._prepare(path, key, is_read_only=is_read_only, has_log=has_log)
            if not is_read_only:
                self._migrate(schema)
        except BaseException as error:
            self._connection.close()
            # A disk without room for the log's index reads as one that failed.
            if isinstance(error, DiskFailed) and _is_full(path):
                raise DiskFull from None
            raise

    @classmethod
    def in_memory(cls, schema: str) -> "Database":
        """A database without a file: it is gone with the process, or when it is closed."""
        made = cls.__new__(cls)
        with _Translated():
            made._connection = dbapi2.connect(  # noqa: SLF001 - it is made here
                ":memory:", isolation_level=None, check_same_thread=True
            )
        for setting in (
            "cipher_log_level = NONE",
            # What a sort or an index needs besides must not go to a file either.
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            "foreign_keys = ON",
            "recursive_triggers = ON",
        ):
            made.all(f"PRAGMA {setting}")
        made._migrate(schema)  # noqa: SLF001 - it is made here
        return made

    def _prepare(self, path: Path, key: DatabaseKey, *, is_read_only: bool, has_log: bool) -> None:
        with _Translated():
            run = self._connection.execute
            run("PRAGMA cipher_log_level = NONE").fetchall()
            run(f'PRAGMA key = "{key.raw_specification()}"').fetchall()
            if not run("PRAGMA cipher_version").fetchone():
                raise DatabaseDamaged("SQLCipher is not there")
            with path.open("rb") as file:
                if file.read(len(_PLAIN_MAGIC)) == _PLAIN_MAGIC:
                    raise DatabaseDamaged("the database is not encrypted")
            run("PRAGMA auto_vacuum = NONE")
            run("PRAGMA temp_store = MEMORY")
            run("PRAGMA secure_delete = ON").fetchall()
            run("PRAGMA trusted_schema = OFF")
            run("PRAGMA foreign_keys = ON")
            run("PRAGMA cell_size_check = ON")
            # Without it INSERT OR REPLACE deletes rows behind the back of the triggers.
            run("PRAGMA recursive_triggers = ON")
            # Every page that is not kept costs a decryption and an HMAC.
            run(f"PRAGMA cache_size = -{_CACHE_KIB}")
            run("SELECT count(*) FROM sqlite_master").fetchone()
            if is_read_only:
                run("PRAGMA query_only = ON")
            else:
                mode = "WAL" if has_log else "TRUNCATE"
                run(f"PRAGMA journal_mode = {mode}").fetchone()
                run("PRAGMA synchronous = FULL")

    def _migrate(self, schema: str) -> None:
        steps = _steps(schema)
        version = int(self.one("PRAGMA user_version")[0])
        if version > len(steps):
            raise SchemaTooNew
        for number, step in enumerate(steps[version:], start=version + 1):
            with self.write():
                for statement in _statements(step):
                    self.run(statement)
                self.run(f"PRAGMA user_version = {number}")

    def is_behind(self, schema: str) -> bool:
        """Whether steps of the schema are still to be taken."""
        return int(self.one("PRAGMA user_version")[0]) < len(_steps(schema))

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement; the number of the row it inserted last."""
        try:
            return int(self._connection.execute(sql, values).lastrowid or 0)
        except dbapi2.Error as error:
            _translate(error)
            raise

    def changes(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement; how many rows it changed."""
        with _Translated():
            return int(self._connection.execute(sql, values).rowcount)

    def run_each(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """Run one statement for each of these rows."""
        if rows:
            with _Translated():
                self._connection.executemany(sql, rows)

    def all(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Every row of a query."""
        try:
            return list(self._connection.execute(sql, values).fetchall())
        except dbapi2.Error as error:
            _translate(error)
            raise

    def each(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """The rows of a query as they come."""
        with _Translated():
            cursor = self._connection.execute(sql, values)
            while rows := cursor.fetchmany(500):
                yield from rows

    def find(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row of a query, if there is one."""
        try:
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row
        except dbapi2.Error as error:
            _translate(error)
            raise

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row:
        """The one row of a query that always has one. Raises `DatabaseDamaged` when not."""
        row = self.find(sql, values)
        if row is None:
            raise DatabaseDamaged("a row that must be there is missing")
        return row

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: all of it is committed and synced, or none."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one unchanging state of the database, whatever others write meanwhile."""
        self.run("BEGIN")
        try:
            # A deferred transaction takes its snapshot with its first read.
            self.find("SELECT 1 FROM sqlite_master")
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.rollback()

    def rekey(self, key: DatabaseKey) -> None:
        """Encrypt the whole database under another key."""
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self.run("PRAGMA journal_mode = DELETE")
        self.run(f'PRAGMA rekey = "{key.raw_specification()}"')
        self.run("PRAGMA journal_mode = WAL")

    def compact(self) -> None:
        """Rewrite the file without the pages that held deleted content, and empty the log."""
        self.run("VACUUM")
        self.one("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connection; the write-ahead log is merged by the last one."""
        self._connection.close()


def _has_log(path: Path) -> bool:
    """Whether something stands beside the file that has to be read with it, and merged."""
    beside = (path.with_name(path.name + end) for end in ("-wal", "-journal"))
    return any(log.exists() and log.stat().st_size > 0 for log in beside)


def _is_full(path: Path) -> bool:
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize < _LOG_INDEX_BYTES


def _still(path: Path) -> str:
    """The name of a file that does not change, for SQLite."""
    return path.absolute().as_uri() + "?immutable=1"


def check_pages(path: Path, key: DatabaseKey) -> list[str]:
    """What is wrong with the stored pages; it may be written to meanwhile.

    A page that is written this moment is neither the old nor the new one, so only what is found
    at every look is damage.
    """
    found = _complaints(path, key)
    for _look in range(1, _LOOKS):
        if not found:
            break
        again = _complaints(path, key)
        found = [complaint for complaint in found if complaint in again]
    return found


def _complaints(path: Path, key: DatabaseKey) -> list[str]:
    """What `cipher_integrity_check` and `integrity_check` say, each on a fresh connection.

    SQLCipher gives a damaged overflow page as zeros on the first read and remembers it, so a
    connection that has read anything is no witness.
    """
    _merge_log(path, key)
    found: list[str] = []
    with path.open("rb") as file:
        # The salt is derived with the key, so nothing else would ever notice that it changed.
        if file.read(len(key.salt)) != key.salt:
            found.append("the salt is not ours")
    for pragma in ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check"):
        try:
            database = Database(path, key, schema="", is_read_only=True)
        except DatabaseDamaged:
            return ["the database does not open"]
        try:
            found += [str(row[0]) for row in database.all(pragma) if row[0] != "ok"]
        except DatabaseDamaged:
            found.append("a page cannot be read")
        finally:
            database.close()
    return found


def _merge_log(path: Path, key: DatabaseKey) -> None:
    """Bring into the file what stands in the log alone.

    `cipher_integrity_check` reads the file past the log, and takes a page that is only in the log
    for a damaged one.
    """
    # What keeps the log from being merged, the look itself will tell.
    with suppress(DatabaseDamaged, DiskFailed, DiskFull):
        database = Database(path, key, schema="", is_read_only=True)
        try:
            database.all("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            database.close()


class _Translated:
    """SQLite's failures as the few that callers tell apart."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, dbapi2.Error):
            _translate(error)


def _translate(error: dbapi2.Error) -> None:
    """Raise what callers know the failure as; nothing for a mistake in a statement of ours."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == _FULL:
        raise DiskFull from None
    if code in _IO_ERRORS or code in _PASSING:
        raise DiskFailed from None
    if isinstance(error, (dbapi2.IntegrityError, dbapi2.ProgrammingError)) or code == 1:
        return
    raise DatabaseDamaged("the database cannot be read") from None


def _steps(schema: str) -> list[str]:
    """The numbered steps of a schema folder, in order."""
    if not schema:
        return []
    folder = resources.files("notebook.storage") / schema
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    for number, name in enumerate(names, start=1):
        if not name.startswith(f"{number:03d}_"):
            raise ValueError("the schema steps are not numbered without a gap")
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if dbapi2.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
