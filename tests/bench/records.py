"""Saving, editing, finding and opening at 10,000 interviews, against plain sqlite3 with FTS5."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import quantiles

# The same SQLite, without a key: the system's own may be too old for the same FTS5 table.
from sqlcipher3 import dbapi2 as sqlite3

from notebook import folder
from notebook.notebook import Notebook
from tests.bench import notebooks
from tests.bench.report import Line, amount, median_seconds, paired_medians, seconds

SAVES = 50
SEARCHES = 200


def run(folder: Path) -> list[Line]:
    """All comparisons about records."""
    count = amount("BENCH_RECORDS", 10_000)
    notebook = notebooks.make(folder / "records", "Bench")
    fill_s = seconds(lambda: notebooks.fill(notebook, count))
    print(f"filled with {count} interviews in {fill_s:.1f} s")
    plain = _plain(folder / "plain.db", count)
    lines = [*_saving(notebook, plain, count), *_search(notebook, count)]
    notebook.close()
    lines.append(_opening(folder / "records"))
    plain.close()
    return lines


def _plain(path: Path, count: int) -> sqlite3.Connection:
    db = sqlite3.connect(str(path), isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE interview (id INTEGER PRIMARY KEY, title TEXT, date TEXT, account TEXT)"
    )
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5 (terms, content = '', contentless_delete = 1,"
        " tokenize = 'unicode61 remove_diacritics 0')"
    )
    db.execute("BEGIN")
    for number in range(count):
        _insert(db, notebooks.fields(number))
    db.execute("COMMIT")
    return db


def _insert(db: sqlite3.Connection, values: dict[str, str]) -> None:
    cursor = db.execute(
        "INSERT INTO interview (title, date, account) VALUES (?, ?, ?)",
        (values["title"], values["date"], values["account"]),
    )
    db.execute(
        "INSERT INTO search (rowid, terms) VALUES (?, ?)",
        (cursor.lastrowid, values["title"] + " " + values["account"]),
    )


def _saving(notebook: Notebook, plain: sqlite3.Connection, count: int) -> list[Line]:
    case = next(row.case for row in notebook.cases())
    # Made before: to invent a text takes as long as to store it in plain.
    invented = iter([notebooks.fields(number) for number in range(count, count + 8 * SAVES)])
    edited = notebook.rows(type="interview")[count // 2].id

    def plain_save() -> None:
        with plain:
            plain.execute("BEGIN IMMEDIATE")
            _insert(plain, next(invented))

    def plain_edit() -> None:
        text = next(invented)["account"]
        with plain:
            plain.execute("BEGIN IMMEDIATE")
            plain.execute("UPDATE interview SET account = ? WHERE id = ?", (text, count // 2))
            plain.execute("DELETE FROM search WHERE rowid = ?", (count // 2,))
            plain.execute("INSERT INTO search (rowid, terms) VALUES (?, ?)", (count // 2, text))

    def save() -> None:
        notebook.add("interview", case, next(invented))

    def edit() -> None:
        notebook.edit(edited, {"account": next(invented)["account"]})

    return [
        *_saved("save a new interview (600 words)", save, plain_save),
        *_saved("save an edit of an interview", edit, plain_edit),
    ]


def _saved(name: str, ours: Callable[[], None], theirs: Callable[[], None]) -> Iterator[Line]:
    against = "sqlite3 + FTS5, synchronous=FULL"
    ours_s, theirs_s = paired_medians(ours, theirs, SAVES)
    yield Line(
        name=name, ours=1000 * ours_s, theirs=1000 * theirs_s, unit="ms", against=against, aim=4
    )
    ours_s, theirs_s = paired_medians(ours, theirs, SAVES, time.thread_time)
    yield Line(
        name="  its processor time",
        ours=1000 * ours_s,
        theirs=1000 * theirs_s,
        unit="ms",
        against="the same, without the wait for the disk",
    )


def _search(notebook: Notebook, count: int) -> list[Line]:
    words = [notebooks.account(number, 40).split()[number % 40] for number in range(SEARCHES)]
    times = [seconds(partial(notebook.find, word, limit=50)) for word in words]
    return [
        Line(
            name=f"search, p95 of {SEARCHES} words",
            ours=1000 * quantiles(times, n=20)[-1],
            unit="ms",
            against=f"{count} interviews",
            aim=30,
        )
    ]


def _opening(path: Path) -> Line:
    derivation_s = _derivation(path)
    whole_s = median_seconds(lambda: notebooks.reopen(path).close(), 5)
    return Line(
        name="open after key derivation",
        ours=1000 * max(whole_s - derivation_s, 0.0),
        unit="ms",
        against="aim in ms",
        aim=300,
    )


def _derivation(path: Path) -> float:

    place = folder.Folder(path)
    return median_seconds(
        lambda: folder.unlock(place, notebooks.PASSPHRASE, notebooks.environment()), 5
    )
