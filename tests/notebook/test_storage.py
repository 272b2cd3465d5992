"""The database underneath: what it refuses, what it keeps, and what stays encrypted."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from crypto.keys import database_key
from notebook.model import Sha256
from notebook.notebook import Notebook
from notebook.storage import affairs, entries
from notebook.storage import database as storage_database
from notebook.storage.database import (
    Database,
    DatabaseDamaged,
    DiskFailed,
    DiskFull,
    SchemaTooNew,
    check_pages,
)
from tests.notebook import support_notebook
from tests.notebook.support_replicas import AUTHORS, Replica, Workshop

KEY = database_key(b"k" * 32)
OTHER_KEY = database_key(b"o" * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notebook.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    database = Database(path, KEY, schema="schema")
    yield database
    database.close()


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    workshop = Workshop(tmp_path)
    made = workshop.replica(AUTHORS[0])
    made.add("case", None, {"title": "Case"})
    yield made
    workshop.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("auto_vacuum", 0),
        ("temp_store", 2),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("foreign_keys", 1),
        ("cell_size_check", 1),
        ("recursive_triggers", 1),
        ("journal_mode", "wal"),
        ("synchronous", 2),
    ],
)
def test_the_settings_that_keep_content_safe_are_on(
    pragma: str, value: object, db: Database
) -> None:
    assert db.one(f"PRAGMA {pragma}")[0] == value


class Heard:
    """A connection whose every statement is heard before it is run."""

    def __init__(self, connection: Any, said: list[str]) -> None:
        self._connection = connection
        self._said = said

    def execute(self, sql: str, *values: Any) -> Any:
        self._said.append(sql)
        return self._connection.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.mark.parametrize("is_there", [False, True])
def test_it_is_opened_in_the_one_order_that_leaves_nothing_in_clear(
    is_there: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_there:
        Database(path, KEY, schema="schema").close()
    said: list[str] = []
    connect = dbapi2.connect
    monkeypatch.setattr(dbapi2, "connect", lambda *a, **k: Heard(connect(*a, **k), said))
    Database(path, KEY, schema="schema").close()
    order = [
        "PRAGMA cipher_log_level = NONE",
        f'PRAGMA key = "{KEY.raw_specification()}"',
        "PRAGMA cipher_version",
        "PRAGMA auto_vacuum = NONE",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA secure_delete = ON",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA foreign_keys = ON",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
    ]
    # Nothing is asked before log level and key; nothing is read before what keeps it in memory.
    assert said[:3] == order[:3]
    assert [sql for sql in said if sql in order] == order
    assert said.index(order[7]) < said.index("SELECT count(*) FROM sqlite_master")


def test_a_library_without_the_cipher_writes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbapi2, "connect", sqlite3.connect)
    with pytest.raises(DatabaseDamaged, match="SQLCipher is not there"):
        Database(path, KEY, schema="schema")
    assert path.read_bytes() == b""


def test_without_a_log_every_commit_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "drafts.db"
    database = Database(path, KEY, schema="drafts_schema", has_log=False)
    assert database.one("PRAGMA journal_mode")[0] == "truncate"
    assert database.one("PRAGMA synchronous")[0] == 2
    database.close()
    assert not path.with_name("drafts.db-wal").exists()


def test_nothing_of_the_content_or_the_schema_is_in_clear(db: Database, path: Path) -> None:
    with db.write():
        affairs.set_setting(db, "canary", "canary in the file")
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    for secret in (b"canary", b"SQLite format", b"CREATE TABLE", b"journal is append-only"):
        assert secret not in written


def test_the_files_are_for_their_owner_alone(db: Database, path: Path) -> None:
    old = os.umask(0)
    try:
        with db.write():
            affairs.set_setting(db, "a", 1)
    finally:
        os.umask(old)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_another_key_does_not_open_it(db: Database, path: Path) -> None:
    db.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseDamaged):
        Database(path, OTHER_KEY, schema="schema")
    assert path.read_bytes() == before


def test_a_plain_database_is_refused(tmp_path: Path) -> None:
    plain = tmp_path / "plain.db"
    connection = dbapi2.connect(str(plain))
    connection.execute("CREATE TABLE a (b)")
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseDamaged, match="the database is not encrypted"):
        Database(plain, KEY, schema="schema")


def test_a_database_of_a_newer_program_is_refused_and_left_alone(db: Database, path: Path) -> None:
    db.run("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(SchemaTooNew):
        Database(path, KEY, schema="schema")


def test_the_schema_is_made_once(db: Database, path: Path) -> None:
    tables = db.all("SELECT name, sql FROM sqlite_master ORDER BY name")
    version = db.one("PRAGMA user_version")[0]
    db.close()
    again = Database(path, KEY, schema="schema")
    assert again.all("SELECT name, sql FROM sqlite_master ORDER BY name") == tables
    assert again.one("PRAGMA user_version")[0] == version >= 1
    again.close()


def test_a_failed_operation_leaves_nothing(db: Database) -> None:
    def operation() -> None:
        with db.write():
            affairs.set_setting(db, "half", 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        operation()
    assert affairs.setting(db, "half") is None
    with db.write():
        affairs.set_setting(db, "half", 2)
    assert affairs.setting(db, "half") == 2


def test_a_snapshot_does_not_see_what_is_written_meanwhile(db: Database, path: Path) -> None:
    reader = Database(path, KEY, schema="schema", is_read_only=True)
    with reader.snapshot():
        with db.write():
            affairs.set_setting(db, "later", 1)
        assert affairs.setting(reader, "later") is None
    assert affairs.setting(reader, "later") == 1
    reader.close()


def test_a_reading_connection_does_not_write(db: Database, path: Path) -> None:
    reader = Database(path, KEY, schema="schema", is_read_only=True)
    with pytest.raises(DiskFailed):
        reader.run("DELETE FROM setting")
    reader.close()


def test_a_new_key_opens_and_the_old_does_not(db: Database, path: Path) -> None:
    with db.write():
        affairs.set_setting(db, "kept", "yes")
    db.rekey(OTHER_KEY)
    db.close()
    with pytest.raises(DatabaseDamaged):
        Database(path, KEY, schema="schema")
    again = Database(path, OTHER_KEY, schema="schema")
    assert affairs.setting(again, "kept") == "yes"
    again.close()


JOURNAL_CHANGES = [
    "UPDATE entry SET kind = 'seal'",
    "DELETE FROM entry",
    "UPDATE frame SET field = 'x'",
    "DELETE FROM frame",
    "UPDATE content SET value = x'00'",
    "DELETE FROM content",
    "INSERT OR REPLACE INTO entry SELECT * FROM entry",
]


@pytest.mark.parametrize("statement", JOURNAL_CHANGES)
def test_the_journal_refuses_to_be_changed(statement: str, replica: Replica) -> None:
    before = replica.state()
    with pytest.raises(dbapi2.Error):
        replica.db.run(statement)
    assert replica.state() == before
    assert len(replica.journal()) == 1


def test_content_goes_under_a_tombstone_alone_and_never_comes_back(replica: Replica) -> None:
    part = entries.part_number(1, 1)
    row = replica.db.one("SELECT commitment, salt, value FROM content WHERE part = ?", (part,))
    entries.destroy(replica.db, [part], entries.load(replica.db, 1).id)
    assert entries.value(replica.db, part) is None
    with pytest.raises(dbapi2.IntegrityError):
        replica.db.run("INSERT INTO content VALUES (?, ?, ?, ?)", (part, *row))
    with pytest.raises(dbapi2.IntegrityError):
        replica.db.run("DELETE FROM destroyed")


def test_content_that_is_to_be_judged_anew_goes_when_it_is_listed_and_may_come_back(
    replica: Replica,
) -> None:
    part = entries.part_number(1, 1)
    row = replica.db.one("SELECT commitment, salt, value FROM content WHERE part = ?", (part,))
    with pytest.raises(dbapi2.IntegrityError):
        entries.drop_undecided_content(replica.db, part)
    entries.set_lacking(replica.db, 1, 0, is_lacking=True)
    with pytest.raises(dbapi2.IntegrityError):
        entries.drop_undecided_content(replica.db, part)
    entries.set_lacking(replica.db, 1, 1, is_lacking=True)
    entries.drop_undecided_content(replica.db, part)
    assert entries.value(replica.db, part) is None
    replica.db.run("INSERT INTO content VALUES (?, ?, ?, ?)", (part, *row))
    assert entries.value(replica.db, part) == row[2]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE content SET value = zeroblob(length(value))",
        "UPDATE content SET salt = zeroblob(32)",
        "UPDATE frame SET frame = zeroblob(length(frame))",
        "UPDATE frame SET salt = zeroblob(32)",
        "UPDATE entry SET header = zeroblob(length(header))",
        "UPDATE entry SET header = CAST(replace(header, '2026', '2027') AS BLOB)",
        "UPDATE entry SET id = zeroblob(32)",
    ],
)
def test_what_a_damaged_page_would_give_is_not_served(damage: str, replica: Replica) -> None:
    kinds = ("content", "frame", "entry")
    for table in kinds:
        replica.db.run(f"DROP TRIGGER {table}_refuses_update")
    replica.db.run(damage)
    with pytest.raises(DatabaseDamaged):
        entries.load(replica.db, 1)


def test_checking_pages_finds_nothing_in_a_whole_file_and_something_in_a_changed_one(
    db: Database, path: Path
) -> None:
    db.close()
    assert check_pages(path, KEY) == []
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert check_pages(path, KEY) != []


def test_a_changed_salt_is_found(db: Database, path: Path) -> None:
    db.close()
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    assert check_pages(path, KEY) != []


@pytest.mark.parametrize("value", [None, True, 0, "text", ["a", {"b": 1.5}]])
def test_a_setting_comes_back_as_it_was(value: object, db: Database) -> None:
    affairs.set_setting(db, "name", value)  # type: ignore[arg-type]  # any JSON value
    assert affairs.setting(db, "name") == value


def test_a_damaged_setting_is_not_served(db: Database) -> None:
    affairs.set_setting(db, "name", "value")
    db.run("UPDATE setting SET value = zeroblob(7)")
    with pytest.raises(DatabaseDamaged):
        affairs.setting(db, "name")


def test_a_damaged_thumbnail_is_not_served(db: Database) -> None:
    sha = Sha256("ab" * 32)
    affairs.set_thumbnail(db, sha, 1, 1, b"rgb")
    assert affairs.thumbnail(db, sha) == (1, 1, b"rgb")
    db.run("UPDATE thumbnail SET pixels = zeroblob(3)")
    with pytest.raises(DatabaseDamaged):
        affairs.thumbnail(db, sha)


def test_a_notebook_of_an_older_version_is_brought_up_to_date_also_for_a_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = storage_database._steps
    with monkeypatch.context() as older:
        older.setattr(storage_database, "_steps", lambda schema: steps(schema)[:1])
        support_notebook.create(tmp_path / "notebook").close()
    for _ in range(2):
        notebook = Notebook.unlock(
            tmp_path / "notebook",
            support_notebook.PASSPHRASE,
            environment=support_notebook.environment("reader"),
            is_reading=True,
        )
        assert notebook.contacts() == []
        assert notebook.trust.notices() == []
        notebook.close()


def test_a_reader_that_is_alone_makes_nothing_beside_the_file(path: Path) -> None:
    Database(path, KEY, schema="schema").close()
    before = sorted(path.parent.iterdir())
    reader = Database(path, KEY, schema="schema", is_read_only=True, is_still=True)
    try:
        assert reader.one("SELECT count(*) FROM entry") == (0,)
        assert sorted(path.parent.iterdir()) == before
        with pytest.raises(DiskFailed):
            reader.run("PRAGMA user_version = 99")
    finally:
        reader.close()


def test_a_reader_that_is_alone_reads_what_a_crash_left_in_the_log(
    db: Database, path: Path, tmp_path: Path
) -> None:
    with db.write():
        affairs.set_setting(db, "canary", "in the log alone")
    crashed = tmp_path / "a folder? with #signs%" / path.name
    crashed.parent.mkdir()
    for end in ("", "-wal"):
        copy = crashed.with_name(crashed.name + end)
        copy.write_bytes(path.with_name(path.name + end).read_bytes())
    assert crashed.with_name(crashed.name + "-wal").stat().st_size > 0
    for _merged in range(2):
        reader = Database(crashed, KEY, schema="schema", is_read_only=True, is_still=True)
        try:
            assert affairs.setting(reader, "canary") == "in the log alone"
        finally:
            reader.close()


def test_a_disk_without_room_for_the_index_of_the_log_is_full_and_not_broken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database(path, KEY, schema="schema").close()

    def fail(*_arguments: object, **_options: object) -> None:
        raise DiskFailed

    monkeypatch.setattr(Database, "_prepare", fail)
    with pytest.raises(DiskFailed):
        Database(path, KEY, schema="schema")
    sizes = os.statvfs(path)
    full = os.statvfs_result((*sizes[:3], 0, 0, *sizes[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    with pytest.raises(DiskFull):
        Database(path, KEY, schema="schema")
