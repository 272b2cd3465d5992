"""What anybody may have written is shown, or not, and never stops the notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from notebook import editing, history, journal, listing, projection, registers
from notebook.contacts import People
from notebook.journal import Frame
from notebook.model import CaseId, JsonValue, Kind, RecordId
from notebook.storage import index, records
from tests.notebook.support_notebook import Seeded
from tests.notebook.support_replicas import AUTHORS, FORMS, READER, Replica, Workshop
from tests.support import effort

CASE = CaseId("c1" * 16)
RECORDS = (*(RecordId(digit * 32) for digit in "123"), RecordId(CASE))
FIELDS = (
    *("_type", "_parent", "_list", "_order", "_deleted", "_withdraw", "_custody", "_seal"),
    *("_readers", "_receive", "_unknown", "value", "title", "account", "quotes", "victims"),
    *("witness", "place", "date", "sha256", "about", "covers", "size_bytes", "languages"),
)
NASTY: tuple[JsonValue, ...] = (
    None,
    True,
    -1,
    1.5e300,
    "",
    "x" * 32,
    "g" * 64,
    "1e999999999",
    "1/0",
    "-5",
    "9" * 3000,
    "\u202e\u0000\u2028",
    [],
    [None, [[]], {"a": 1}],
    ["z" * 32],
    {"fields": [1, None]},
    {"fields": "title"},
    {"fields": ["*"], "covers": ["x" * 32, 5]},
    {"text": {"deep": [1]}},
    *("interview", "case", "member", "evidence", "consent", "no such type", "quotes"),
    *RECORDS,
    [*RECORDS],
    [RECORDS[0] + ":0", "ee" * 32 + ":1"],
)

parts = st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(NASTY)), min_size=1, max_size=6)
hostile = st.lists(
    st.tuples(st.sampled_from(RECORDS), st.sampled_from([*Kind, "later"]), parts), max_size=12
)
Folders = pytest.TempPathFactory
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


@settings(max_examples=30 * effort(), phases=PHASES)
@given(written=hostile)
def test_no_value_of_a_hostile_author_stops_merging_or_reading(
    written: list[tuple[RecordId, str, list[tuple[str, JsonValue]]]], tmp_path_factory: Folders
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("hostile"))
    try:
        prev, log = "", "ab" * 16
        made = []
        for seq, (record, kind, fields) in enumerate(written):
            entry = journal.compose(
                case=CASE,
                log=log,
                seq=seq,
                prev=prev,
                seen=(),
                time="2026-03-05T09:00:00Z",
                kind=Kind.OP if kind == "later" else Kind(kind),
                parts=[(Frame(record=record, field=name), value) for name, value in fields],
                signing_seed=AUTHORS[1].signing_seed,
                random=Seeded(f"part {seq}"),
            )
            made.append(entry)
            prev = entry.id
        reader = workshop.replica(READER)
        reader.take(made)
        read_everything(reader)
        reader.rebuild()
        read_everything(reader)
    finally:
        workshop.close()


def read_everything(reader: Replica) -> None:
    listing.rows(reader.db)
    for word in ("interview", "a", "x"):
        listing.find(reader.db, word, limit=10)
    for num in records.numbers(reader.db):
        row = records.by_num(reader.db, num)
        loaded = registers.load(reader.db, FORMS, row)
        assert loaded.title is not None
        history.of_record(reader.db, row, People(names={}, passers={}))
    listing.evidence_hashes(reader.db, FORMS, None)


def test_a_value_that_comes_late_does_not_bring_back_what_was_replaced(workshop: Workshop) -> None:
    aida, bolat = (workshop.replica(author) for author in AUTHORS[:2])
    case = CaseId(aida.add("case", None, {"title": "Case"}))
    note = aida.add("note", case, {"title": "Note", "text": "old"})
    aida.edit(note, {"text": "new"})
    *before, made, edited = aida.journal()
    place = next(at for at, f in enumerate(made.frames()) if f is not None and f.field == "text")
    bare = tuple(p.without_value() if at == place else p for at, p in enumerate(made.parts))
    bolat.take([*before, replace(made, parts=bare), edited])
    assert bolat.fields(note)["text"] == ["new"]
    assert bolat.take([made]) == [projection.Outcome.FILLED]
    assert bolat.fields(note)["text"] == ["new"]
    bolat.rebuild()
    assert bolat.fields(note)["text"] == ["new"]


def forget_heads(replica: Replica) -> None:
    replica.db.run("DELETE FROM head")


def bring_back_what_was_replaced(replica: Replica) -> None:
    replica.db.run(
        "INSERT OR IGNORE INTO head (record, field, part)"
        " SELECT f.record, h.field, f.part FROM frame f JOIN head h ON h.record = f.record"
    )


def tell_another_title(replica: Replica) -> None:
    replica.db.run("UPDATE record SET summary = x'', changed = '', type = 'note'")


def forget_links(replica: Replica) -> None:
    replica.db.run("DELETE FROM link")


def forget_tips(replica: Replica) -> None:
    replica.db.run("DELETE FROM tip")


def delete_and_take_out_of_conflict(replica: Replica) -> None:
    replica.db.run("UPDATE record SET is_deleted = 1 - is_deleted, has_conflict = 1 - has_conflict")


def lose_the_index(replica: Replica) -> None:
    index.clear(replica.db)


DAMAGE = [
    forget_heads,
    bring_back_what_was_replaced,
    tell_another_title,
    forget_links,
    forget_tips,
    delete_and_take_out_of_conflict,
    lose_the_index,
]


def projected(replica: Replica, terms: tuple[str, ...]) -> object:
    """Every projected row as it is stored, and what is found."""
    tables = ("record", "head", "link", "tip")
    rows = [sorted(replica.db.all(f"SELECT * FROM {table}"), key=str) for table in tables]
    return rows, [replica.hits(term) for term in terms]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_every_projection_comes_back_from_the_journal(
    damage: Callable[[Replica], None], workshop: Workshop
) -> None:
    aida, bolat = (workshop.replica(author) for author in AUTHORS[:2])
    case = CaseId(aida.add("case", None, {"title": "Case"}))
    talk = aida.add("interview", case, {"title": "Talk", "account": "almond", "quotes": ["one"]})
    aida.add("note", case, {"title": "Note", "about": [talk], "text": "birch"})
    bolat.take(aida.journal())
    aida.edit(talk, {"account": "cedar"})
    bolat.edit(talk, {"account": "damson"})
    aida.take(bolat.journal())
    gone = aida.add("note", case, {"title": "Gone"})
    aida.transact(lambda tx: editing.delete(tx, gone))
    terms = ("almond", "birch", "cedar", "damson")
    before, rows_before = aida.state(terms), projected(aida, terms)
    assert {*map(str, aida.fields(talk)["account"])} == {"cedar", "damson"}
    with aida.db.write():
        damage(aida)
    assert projected(aida, terms) != rows_before
    aida.rebuild()
    assert aida.state(terms) == before
