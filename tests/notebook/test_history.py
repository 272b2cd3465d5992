"""A history is every entry as it was learnt here, whoever wrote it and whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import contacts, editing, history
from notebook.journal import Frame
from notebook.model import CaseId, HistoryLine, Kind, RecordId
from notebook.storage.database import DatabaseDamaged
from tests.notebook.support_replicas import AUTHORS, Replica, Workshop, author_id, withheld


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def aida(workshop: Workshop) -> Replica:
    return workshop.replica(AUTHORS[0])


@pytest.fixture
def case(aida: Replica) -> CaseId:
    return CaseId(aida.add("case", None, {"title": "Case"}))


def of(replica: Replica, record: RecordId) -> list[HistoryLine]:
    people = contacts.people(replica.db, author_id(replica.identity), "Me")
    return history.of_record(replica.db, replica.row(record), people)


def test_every_entry_stands_there_with_the_fields_it_wrote(aida: Replica, case: CaseId) -> None:
    talk = aida.add("interview", case, {"title": "T", "account": "a"})
    aida.edit(talk, {"account": "b"})
    aida.edit(talk, {"quotes": ["one", "two"]})
    aida.transact(lambda tx: editing.delete(tx, talk))
    aida.transact(lambda tx: editing.restore(tx, talk))
    lines = of(aida, talk)
    assert [set(line.fields) for line in lines] == [
        {"_type", "title", "account"},
        {"account"},
        {"quotes"},
        {"quotes"},
        {"_deleted"},
        {"_deleted"},
    ]
    assert {line.kind for line in lines} == {Kind.OP}
    assert {line.author_name for line in lines} == {"Me"}
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    assert all(line.details == {} for line in lines)


def test_of_another_record_nothing_is_told(aida: Replica, case: CaseId) -> None:
    one = aida.add("note", case, {"title": "One"})
    other = aida.add("note", case, {"title": "Other"})
    aida.edit(other, {"title": "Changed"})
    assert len(of(aida, one)) == 1


def test_custody_tells_what_was_done_and_writes_no_field(aida: Replica, case: CaseId) -> None:
    note = aida.add("note", case, {"title": "N"})
    aida.transact(lambda tx: tx.custody(note, case, {"what": "shown", "to": "a judge"}))
    line = of(aida, note)[-1]
    assert (line.kind, line.fields) == (Kind.CUSTODY, ())
    assert line.details == {"what": "shown", "to": "a judge"}


def test_who_is_no_contact_has_no_name_and_is_told_all_the_same(
    workshop: Workshop, aida: Replica, case: CaseId
) -> None:
    note = aida.add("note", case, {"title": "N"})
    bolat = workshop.replica(AUTHORS[1])
    bolat.take(aida.journal())
    bolat.edit(note, {"title": "By Bolat"})
    aida.take(bolat.journal())
    line = of(aida, note)[-1]
    assert (line.author, line.author_name) == (author_id(AUTHORS[1]), "")


def test_a_kind_of_a_newer_program_is_shown_as_a_change(aida: Replica, case: CaseId) -> None:
    note = aida.add("note", case, {"title": "N"})
    aida.transact(
        lambda tx: tx.append("oracle", case, [(Frame(record=note, field="_oracle"), {"x": 1})])  # type: ignore[arg-type]  # as a newer program would
    )
    line = of(aida, note)[-1]
    assert (line.kind, line.fields) == (Kind.OP, ("_oracle",))


def test_what_was_destroyed_or_withheld_is_told_without_its_words(
    workshop: Workshop, aida: Replica, case: CaseId
) -> None:
    note = aida.add("note", case, {"title": "secret", "text": "secret"})
    reader = workshop.replica(AUTHORS[1])
    reader.take([withheld(entry, [2]) for entry in aida.journal()])
    assert [line.entry for line in of(reader, note)] == [line.entry for line in of(aida, note)]
    aida.withdraw(note, case, ["*"])
    lines = of(aida, note)
    assert [line.kind for line in lines] == [Kind.OP, Kind.WITHDRAW]
    assert set(lines[0].fields) == {"_type", "title", "text"}
    assert lines[1].details["reason"] == "asked"
    assert "secret" not in repr(lines)


def test_what_is_no_object_in_an_event_tells_nothing_and_breaks_nothing(
    aida: Replica, case: CaseId
) -> None:
    note = aida.add("note", case, {"title": "N"})
    frame = Frame(record=note, field="_custody")
    aida.transact(lambda tx: tx.append(Kind.CUSTODY, case, [(frame, ["a", "list"])]))
    assert of(aida, note)[-1].details == {}


def test_a_damaged_entry_is_damage_and_not_left_out(aida: Replica, case: CaseId) -> None:
    note = aida.add("note", case, {"title": "N"})
    aida.db.run("DROP TRIGGER entry_refuses_update")
    aida.db.run("UPDATE entry SET header = zeroblob(9) WHERE num = 2")
    with pytest.raises(DatabaseDamaged):
        of(aida, note)
