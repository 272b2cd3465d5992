"""Who is obeyed when a record is to go: its author, the steward, the person here; nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import obeying
from notebook.model import CaseId, RecordId
from notebook.storage import affairs, withdrawals
from tests.notebook.support_replicas import AUTHORS, READER, Replica, Workshop, author_id

AIDA, BOLAT, _CHEN = (author_id(author) for author in AUTHORS)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def people(workshop: Workshop) -> list[Replica]:
    """Aida, whose case it is, Bolat and Chen, and a reader; all have the case."""
    made = [workshop.replica(author) for author in (*AUTHORS, READER)]
    made[0].add("case", None, {"title": "Case"})
    share(made)
    return made


def share(people: list[Replica]) -> None:
    for _round in range(2):
        for one in people:
            for other in people:
                if other is not one:
                    other.take(one.journal())


def case_of(replica: Replica) -> CaseId:
    (case,) = (id_ for id_ in replica.known_records() if replica.row(id_).type == "case")
    return CaseId(case)


def is_obeyed(replica: Replica, record: RecordId) -> list[bool]:
    found = withdrawals.of_record(replica.db, replica.row(record).num)
    return [withdrawal.is_confirmed for withdrawal in found]


@pytest.mark.parametrize(
    ("who", "obeyed"), [(1, True), (0, True), (2, False)], ids=["author", "steward", "somebody"]
)
def test_a_withdrawal_is_obeyed_for_who_wrote_it(
    who: int, obeyed: bool, people: list[Replica]
) -> None:
    case, reader = case_of(people[0]), people[-1]
    note = people[1].add("note", case, {"title": "secret"})
    share(people)
    people[who].withdraw(note, case, ["*"])
    reader.take(people[who].journal())
    assert is_obeyed(reader, note) == [obeyed]
    assert reader.row(note).is_withdrawn
    is_there = any(b"secret" in row[0] for row in reader.db.all("SELECT value FROM content"))
    assert is_there is not obeyed


def test_the_person_here_is_always_obeyed_here_and_only_here(people: list[Replica]) -> None:
    case, chen, reader = case_of(people[0]), people[2], people[-1]
    note = people[1].add("note", case, {"title": "secret"})
    share(people)
    chen.withdraw(note, case, ["*"])
    reader.take(chen.journal())
    assert is_obeyed(chen, note) == [True]
    assert is_obeyed(reader, note) == [False]


def test_what_the_steward_withdrew_too_waits_for_nobody_and_may_be_agreed_to_anew(
    people: list[Replica],
) -> None:
    aida, bolat, _chen, reader = people
    case = case_of(aida)
    note = aida.add("note", case, {"title": "secret"})
    share(people)
    bolat.withdraw(note, case, ["*"])
    reader.take(bolat.journal())
    assert is_obeyed(reader, note) == [False]
    # Who did not know of it has not decided about it.
    aida.withdraw(note, case, ["*"])
    reader.take(aida.journal())
    assert sorted(is_obeyed(reader, note)) == [False, True]
    aida.take(bolat.journal())
    aida.withdraw(note, case, ["text"])
    reader.take(aida.journal())
    assert sorted(is_obeyed(reader, note)) == [False, True, True]
    aida.withdraw(note, case, ["*"])
    reader.take(aida.journal())
    assert is_obeyed(reader, note) == [True] * 4
    aida.write(note, case, {"title": "agreed anew"})
    reader.take(aida.journal())
    assert not reader.row(note).is_withdrawn
    assert reader.fields(note)["title"] == ["agreed anew"]


def test_what_is_settled_is_so_whatever_comes_last(people: list[Replica]) -> None:
    aida, bolat, _chen, reader = people
    case = case_of(aida)
    note = aida.add("note", case, {"title": "secret"})
    share(people)
    bolat.withdraw(note, case, ["*"])
    other = bolat.add("note", case, {"title": "afterwards"})
    aida.take(bolat.journal())
    aida.withdraw(note, case, ["*"])
    # What Aida had seen last by Bolat comes last: only then it is clear that she knew.
    last = [e for e in bolat.journal() if e.header.author == BOLAT][-1]
    reader.take([entry for entry in aida.journal() if entry.id != last.id])
    assert sorted(is_obeyed(reader, note)) == [False, True]
    reader.take([last])
    assert reader.row(other)
    assert is_obeyed(reader, note) == [True, True]


def test_the_author_is_the_one_who_made_it_and_nobody_once_two_say_so(
    people: list[Replica],
) -> None:
    case, bolat, chen = case_of(people[0]), people[1], people[2]
    note = bolat.add("note", case, {"title": "N"})
    assert obeying.author_of(bolat.db, bolat.row(note).num) == BOLAT
    assert obeying.steward(bolat.db, case) == AIDA
    share(people)
    chen.write(note, case, {"_type": "note"})
    bolat.take(chen.journal())
    assert obeying.author_of(bolat.db, bolat.row(note).num) is None
    assert obeying.steward(bolat.db, case) == AIDA


def test_a_case_that_is_not_here_has_no_steward(people: list[Replica]) -> None:
    assert obeying.steward(people[0].db, CaseId(RecordId("0" * 32))) is None


def test_to_destroy_leaves_a_note_that_the_file_is_to_be_rewritten(people: list[Replica]) -> None:
    aida = people[0]
    case = case_of(aida)
    note = aida.add("note", case, {"title": "secret"})
    assert affairs.setting(aida.db, obeying.CLEAN_UP_DUE) is None
    aida.withdraw(note, case, ["text"])
    assert affairs.setting(aida.db, obeying.CLEAN_UP_DUE) is None
    aida.withdraw(note, case, ["*"])
    assert affairs.setting(aida.db, obeying.CLEAN_UP_DUE) is True


def test_a_value_whose_ancestry_is_not_known_waits_outside_where_something_was_withdrawn(
    people: list[Replica], workshop: Workshop
) -> None:
    """It may have been written after the withdrawal; until that is known it is not stored."""
    aida, bolat = people[0], people[1]
    case = case_of(aida)
    note, other = (aida.add("note", case, {"title": title}) for title in ("N", "Other"))
    bolat.take(aida.journal())
    bolat.edit(other, {"text": "first"})
    bolat.edit(note, {"text": "late words"})
    bolat.edit(other, {"text": "late elsewhere"})
    aida.withdraw(note, case, ["*"])
    late = bolat.journal()[-2:]
    reader = workshop.replica(READER)
    reader.take(aida.journal())
    reader.take(late)
    stored = [row[0] for row in reader.db.all("SELECT value FROM content")]
    assert not any(b"late words" in value for value in stored)
    assert any(b"late elsewhere" in value for value in stored)
    reader.take(bolat.journal())
    assert reader.fields(note) == {}
    assert reader.fields(other)["text"] == ["late elsewhere"]


def test_what_was_written_after_a_withdrawal_survives_coming_before_what_its_author_had_seen(
    people: list[Replica], workshop: Workshop
) -> None:
    aida, bolat = people[0], people[1]
    case = case_of(aida)
    note = aida.add("note", case, {"title": "before"})
    bolat.take(aida.journal())
    aida.withdraw(note, case, ["title"])
    until_withdrawn = aida.journal()
    aida.edit(RecordId(case), {"title": "Later"})
    bolat.take(aida.journal())
    bolat.edit(note, {"title": "after"})
    written = bolat.journal()[-1]
    reader = workshop.replica(READER)
    for batch in (until_withdrawn, [written], aida.journal(), [written]):
        reader.take(batch)
    assert reader.fields(note) == {"title": ["after"]}
