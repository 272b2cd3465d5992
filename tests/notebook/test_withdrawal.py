"""Withdrawal: what is covered goes, in any order of arrival, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import editing, registers, selection
from notebook.journal import Entry
from notebook.model import CaseId, RecordId
from tests.notebook.support_replicas import AUTHORS, READER, Replica, Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


def began(workshop: Workshop) -> tuple[Replica, Replica, CaseId, RecordId]:
    """Aida with a case and an interview in it, and Bolat, who has both."""
    aida, bolat = (workshop.replica(author) for author in AUTHORS[:2])
    case = CaseId(aida.add("case", None, {"title": "Case"}))
    record = aida.add("interview", case, {"title": "Talk", "account": "secret", "quotes": ["q"]})
    bolat.take(aida.journal())
    return aida, bolat, case, record


def written_by(author: Replica, journal: list[Entry]) -> list[Entry]:
    me = author.identity.card().author_id()
    return [entry for entry in journal if entry.header.author == me]


def lacking(replica: Replica, case: CaseId) -> tuple[str, ...]:
    """What the next envelope would ask for."""
    return selection.have(replica.db, case, {}, is_steward=False).lacks


def secrets(replica: Replica) -> list[bytes]:
    return [row[0] for row in replica.db.all("SELECT value FROM content") if b"secret" in row[0]]


def test_a_whole_record_withdrawn_by_its_author_is_gone_and_not_shown(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    aida.withdraw(record, case, ["*"])
    bolat.take(aida.journal())
    for replica in (aida, bolat):
        assert replica.row(record).is_withdrawn
        assert replica.fields(record) == {}
        assert secrets(replica) == []
        assert replica.hits("secret") == set()


def test_a_field_withdrawn_leaves_the_others(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    aida.withdraw(record, case, ["account"])
    bolat.take(aida.journal())
    assert bolat.fields(record) == {"title": ["Talk"], "quotes": [["q"]]}
    assert not bolat.row(record).is_withdrawn
    assert secrets(bolat) == []


def test_a_list_withdrawn_loses_its_members(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    aida.edit(record, {"quotes": ["secret one", "secret two"]})
    aida.edit(record, {"account": "plain"})
    aida.withdraw(record, case, ["quotes", "account"])
    bolat.take(aida.journal())
    assert bolat.fields(record) == {"title": ["Talk"]}
    assert secrets(bolat) == secrets(aida) == []


def test_a_withdrawal_by_somebody_else_hides_at_once_and_destroys_nothing(
    workshop: Workshop,
) -> None:
    aida, bolat, case, record = began(workshop)
    bolat.withdraw(record, case, ["*"])
    aida.take(bolat.journal())
    assert aida.row(record).is_withdrawn
    assert aida.fields(record) == {}
    assert aida.hits("secret") == set()
    assert len(secrets(aida)) == 1


def test_a_list_field_withdrawn_by_somebody_else_is_hidden_too(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    aida.edit(record, {"quotes": ["secretly"]})
    bolat.take(aida.journal())
    bolat.withdraw(record, case, ["quotes"])
    aida.take(bolat.journal())
    assert aida.fields(record) == {"title": ["Talk"], "account": ["secret"]}
    assert aida.hits("secretly") == set()


def test_what_was_written_after_the_withdrawal_stays(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    aida.withdraw(record, case, ["account"])
    aida.edit(record, {"account": "agreed anew"})
    bolat.take(aida.journal())
    assert bolat.fields(record)["account"] == ["agreed anew"]


def test_what_somebody_else_wrote_without_knowing_of_it_goes(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    bolat.edit(record, {"account": "another secret"})
    aida.withdraw(record, case, ["account"])
    for replica, other in ((aida, bolat), (bolat, aida)):
        replica.take(other.journal())
        assert secrets(replica) == []
        assert "account" not in replica.fields(record)


def test_a_value_that_waits_for_its_ancestry_is_not_destroyed_for_ever(
    workshop: Workshop,
) -> None:
    aida, bolat, case, record = began(workshop)
    reader = workshop.replica(READER)
    reader.take(aida.journal())
    aida.withdraw(record, case, ["account"])
    bolat.take(aida.journal())
    bolat.edit(record, {"title": "Bolat saw the withdrawal"})
    bolat.edit(record, {"account": "agreed anew"})
    first, second = written_by(bolat, bolat.journal())
    reader.take([second])
    assert reader.contents() >= {f"{second.id}:0"}
    reader.take(aida.journal())
    # Whether it was written after the withdrawal is not known: neither shown nor kept.
    assert f"{second.id}:0" not in reader.contents()
    assert lacking(reader, case) == (f"{second.id}:0",)
    reader.take([first])
    assert "account" not in reader.fields(record)
    assert lacking(reader, case) == (f"{second.id}:0",)
    reader.take([second])
    assert reader.fields(record)["account"] == ["agreed anew"]
    assert lacking(reader, case) == ()


@pytest.mark.parametrize("is_agreed_anew", [False, True])
def test_a_value_of_which_something_seen_is_not_here_is_asked_for_until_it_is_known(
    workshop: Workshop, *, is_agreed_anew: bool
) -> None:
    aida, bolat, case, record = began(workshop)
    chen, reader = workshop.replica(AUTHORS[2]), workshop.replica(READER)
    chen.take(aida.journal())
    reader.take(aida.journal())
    if is_agreed_anew:
        aida.withdraw(record, case, ["account"])
        chen.take(aida.journal())
    chen.edit(record, {"title": "Chen"})
    bolat.take(written_by(chen, chen.journal()))
    bolat.edit(record, {"account": "secret again"})
    if not is_agreed_anew:
        aida.withdraw(record, case, ["account"])
    (written,) = written_by(bolat, bolat.journal())
    # It links at once, but what Chen wrote before it is not here.
    reader.take([written])
    assert f"{written.id}:0" in reader.contents()
    reader.take(aida.journal())
    assert secrets(reader) == []
    assert lacking(reader, case) == (f"{written.id}:0",)
    reader.take([*chen.journal(), written])
    assert lacking(reader, case) == ()
    assert reader.fields(record).get("account") == (["secret again"] if is_agreed_anew else None)
    assert bool(secrets(reader)) == is_agreed_anew


def test_a_waiting_value_that_turns_out_covered_never_comes_back(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    reader = workshop.replica(READER)
    reader.take(aida.journal())
    bolat.edit(record, {"title": "Bolat"})
    bolat.edit(record, {"account": "secret too"})
    aida.withdraw(record, case, ["account"])
    first, second = written_by(bolat, bolat.journal())
    reader.take([second, aida.journal()[-1], first, second])
    assert secrets(reader) == []
    reader.take([second])
    assert secrets(reader) == []
    assert reader.db.all("SELECT 1 FROM lacking") == []


def test_a_member_changed_in_the_bundle_that_brings_it_is_covered(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    reader = workshop.replica(READER)
    bolat.edit(record, {"quotes": ["q", "secret"]})
    members = registers.members(bolat.db, bolat.row(record))["quotes"]
    added = next(member for member in members if member.state.value == "secret")
    bolat.write(added.row.id, case, {registers.MEMBER_VALUE: "secret, corrected"})
    aida.withdraw(record, case, ["*"])
    reader.take(aida.journal())
    reader.take(bolat.journal())
    assert secrets(reader) == []


def test_a_withdrawal_learnt_first_covers_the_record_learnt_later(workshop: Workshop) -> None:
    aida, _bolat, case, record = began(workshop)
    aida.withdraw(record, case, ["*"])
    reader = workshop.replica(READER)
    for entry in reversed(aida.journal()):
        reader.take([entry])
    reader.take(aida.journal())
    assert reader.row(record).is_withdrawn
    assert secrets(reader) == []


def test_a_rebuild_brings_nothing_back(workshop: Workshop) -> None:
    aida, _bolat, case, record = began(workshop)
    aida.withdraw(record, case, ["account"])
    before = aida.state(["secret"])
    aida.rebuild()
    assert aida.state(["secret"]) == before


def test_withdrawing_a_deleted_record_destroys_it_too(workshop: Workshop) -> None:
    aida, _bolat, case, record = began(workshop)
    aida.transact(lambda tx: editing.delete(tx, record))
    aida.withdraw(record, case, ["*"])
    assert secrets(aida) == []


def test_nobody_becomes_the_steward_by_using_the_id_of_the_case(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    # In a case of his own Bolat makes a record that has the id of Aida's case.
    own = CaseId(bolat.add("case", None, {"title": "Own"}))
    bolat.write(RecordId(case), own, {registers.TYPE: "case", "title": "Stolen"})
    bolat.withdraw(record, case, ["*"])
    reader = workshop.replica(READER)
    reader.take(written_by(bolat, bolat.journal()))
    reader.take(aida.journal())
    assert len(secrets(reader)) == 1


def test_nobody_becomes_the_author_by_writing_the_type_again(workshop: Workshop) -> None:
    aida, bolat, case, record = began(workshop)
    bolat.write(record, case, {registers.TYPE: "interview"})
    bolat.withdraw(record, case, ["*"])
    reader = workshop.replica(READER)
    reader.take(written_by(bolat, bolat.journal()))
    reader.take(aida.journal())
    assert len(secrets(reader)) == 1
