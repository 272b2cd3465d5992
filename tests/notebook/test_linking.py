"""An entry links behind its own author's entry before it, and names what its author newly knew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook import journal
from notebook.journal import Entry, Frame
from notebook.model import CaseId, Kind, RecordId
from notebook.projection import Outcome
from notebook.storage import entries, records
from tests.notebook.support_notebook import Seeded
from tests.notebook.support_replicas import AUTHORS, READER, Replica, Workshop

AIDA, BOLAT = AUTHORS[:2]
CASE, OTHER_CASE = CaseId("c1" * 16), CaseId("c2" * 16)
NOTE = RecordId("a1" * 16)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


def entry(text: str, *, seq: int, prev: str, author: Identity = AIDA, case: CaseId = CASE) -> Entry:
    return journal.compose(
        case=case,
        log="ab" * 16,
        seq=seq,
        prev=prev,
        seen=(),
        time="2026-03-05T09:00:00Z",
        kind=Kind.OP,
        parts=[
            (Frame(record=NOTE, field="_type"), "note"),
            (Frame(record=NOTE, field="title"), text),
        ],
        signing_seed=author.signing_seed,
        random=Seeded(text),
    )


FIRST = entry("first", seq=0, prev="")
UNFIT = {
    "a number too high": entry("child", seq=2, prev=FIRST.id),
    "a number too low": entry("child", seq=0, prev=FIRST.id),
    "another author's parent": entry("child", seq=1, prev=FIRST.id, author=BOLAT),
    "a parent in another case": entry("child", seq=1, prev=FIRST.id, case=OTHER_CASE),
    "no parent and a number": entry("child", seq=1, prev=""),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_does_not_follow_its_parent_waits_whichever_comes_first(
    workshop: Workshop, what: str
) -> None:
    child = UNFIT[what]
    for order in ([child, FIRST], [FIRST, child]):
        reader = workshop.replica(READER)
        outcomes = dict(zip((e.id for e in order), reader.take(order), strict=True))
        assert outcomes == {child.id: Outcome.WAITING, FIRST.id: Outcome.NEW}
        assert_waits(reader, child)
        reader.rebuild()
        assert_waits(reader, child)


def test_what_follows_its_parent_links_whichever_comes_first(workshop: Workshop) -> None:
    child = entry("child", seq=1, prev=FIRST.id)
    for order in ([child, FIRST], [FIRST, child]):
        reader = workshop.replica(READER)
        reader.take(order)
        assert entries.waiting_count(reader.db) == 0
        assert [tip.id for tip in entries.tips(reader.db, CASE)] == [child.id]
        assert {str(title) for title in reader.fields(NOTE)["title"]} == {"child", "first"}


def assert_waits(reader: Replica, child: Entry) -> None:
    """It is kept, and nothing of it is shown or counts as held."""
    num = entries.entry_num(reader.db, child.id)
    assert num is not None
    assert entries.is_waiting(reader.db, num)
    assert [tip.id for tip in entries.tips(reader.db, CASE)] == [FIRST.id]
    assert entries.tips(reader.db, OTHER_CASE) == []
    row = records.find_in_case(reader.db, CASE, NOTE)
    assert row is not None
    assert [str(head.ref.entry) for head in records.heads(reader.db, row.num)["title"]] == [
        FIRST.id
    ]


def test_an_entry_names_what_its_author_newly_knew_and_nothing_twice(workshop: Workshop) -> None:
    aida, bolat = workshop.replica(AIDA), workshop.replica(BOLAT)
    case = CaseId(aida.add("case", None, {"title": "Case"}))
    note = aida.add("note", case, {"title": "Note"})
    bolat.take(aida.journal())
    bolat.edit(note, {"text": "one"})
    bolat.edit(note, {"text": "two"})
    aida.edit(note, {"title": "Another"})
    bolat.take(aida.journal())
    bolat.edit(note, {"text": "three"})

    hers = [e.id for e in aida.journal()]
    his = [e.header.seen for e in bolat.journal() if e.id not in hers]
    assert his == [(hers[1],), (), (hers[2],)]


def test_a_header_that_was_signed_twice_is_one_entry(workshop: Workshop) -> None:
    # Whoever has the key can sign the same header in many ways.
    twice = replace(FIRST, signature=bytes(64))
    reader = workshop.replica(READER)
    assert reader.take([FIRST, twice]) == [Outcome.NEW, Outcome.PRESENT]
    assert [kept.signature for kept in reader.journal()] == [FIRST.signature]
    assert [tip.id for tip in entries.tips(reader.db, CASE)] == [FIRST.id]
