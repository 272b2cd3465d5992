"""What a person does to a record is what is there afterwards, and what they had not seen stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook import editing, registers
from notebook.errors import Code, NotebookError
from notebook.model import CaseId, RecordId
from notebook.storage import entries
from notebook.transaction import Transaction
from tests.notebook.support_replicas import AUTHORS, FORMS, Replica, Workshop
from tests.support import effort


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


def began(workshop: Workshop) -> tuple[Replica, CaseId, RecordId]:
    aida = workshop.replica(AUTHORS[0])
    case = CaseId(aida.add("case", None, {"title": "Case"}))
    return aida, case, aida.add("interview", case, {"title": "Talk"})


def entry_count(replica: Replica) -> int:
    return len(entries.all_nums(replica.db))


def trouble_of(replica: Replica, type_: str, case: CaseId | None, fields: dict[str, str]) -> Code:
    before = entry_count(replica)
    with pytest.raises(NotebookError) as trouble:
        replica.add(type_, case, fields)
    assert entry_count(replica) == before
    return trouble.value.code


lists = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6)


@settings(max_examples=25 * effort())
@given(wanted=st.lists(lists, min_size=1, max_size=8))
def test_a_list_becomes_what_was_asked_for_duplicates_and_moves_included(
    wanted: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("lists"))
    try:
        aida, _case, record = began(workshop)
        for values in wanted:
            aida.edit(record, {"quotes": values})
            assert aida.fields(record).get("quotes", [[]]) == [values]
    finally:
        workshop.close()


def test_putting_before_the_first_again_and_again_keeps_the_order(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    values: list[str] = []
    for turn in range(60):
        values.insert(0, str(turn))
        aida.edit(record, {"quotes": values})
    assert aida.fields(record)["quotes"] == [values]


def test_two_people_add_to_a_list_at_once_and_both_are_there(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    bolat = workshop.replica(AUTHORS[1])
    aida.edit(record, {"quotes": ["first"]})
    bolat.take(aida.journal())
    aida.edit(record, {"quotes": ["first", "by Aida"]})
    bolat.edit(record, {"quotes": ["first", "by Bolat"]})
    aida.take(bolat.journal())
    bolat.take(aida.journal())
    shown = aida.fields(record)["quotes"]
    assert shown == bolat.fields(record)["quotes"]
    assert sorted(shown[0]) == ["by Aida", "by Bolat", "first"]  # type: ignore[arg-type, type-var]  # texts by construction


def test_a_member_that_was_not_shown_is_not_taken_away(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    aida.edit(record, {"quotes": ["one"]})
    shown = registers.load(aida.db, FORMS, aida.row(record)).fields["quotes"].heads
    aida.edit(record, {"quotes": ["one", "two"]})
    aida.transact(lambda tx: editing.edit(tx, record, {"quotes": []}, replaces={"quotes": shown}))
    assert aida.fields(record)["quotes"] == [["two"]]


def test_what_did_not_change_is_not_written(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    aida.edit(record, {"account": "told", "quotes": ["q"]})
    before = entry_count(aida)
    aida.edit(record, {"account": "told", "title": "Talk", "quotes": ["q"], "questions": None})
    assert entry_count(aida) == before


def test_two_writes_that_knew_nothing_of_each_other_are_both_shown(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    bolat = workshop.replica(AUTHORS[1])
    bolat.take(aida.journal())
    aida.edit(record, {"account": "06:30"})
    bolat.edit(record, {"account": "05:45"})
    aida.take(bolat.journal())
    assert sorted(map(str, aida.fields(record)["account"])) == ["05:45", "06:30"]
    assert aida.row(record).has_conflict
    assert aida.hits("06") == aida.hits("05") == {record}


def test_equal_writes_are_no_conflict(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    bolat = workshop.replica(AUTHORS[1])
    bolat.take(aida.journal())
    aida.edit(record, {"account": "same"})
    bolat.edit(record, {"account": "same"})
    aida.take(bolat.journal())
    assert aida.fields(record)["account"] == ["same"]
    assert not aida.row(record).has_conflict


def test_saving_ends_a_conflict_that_was_shown(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    bolat = workshop.replica(AUTHORS[1])
    bolat.take(aida.journal())
    aida.edit(record, {"account": "one"})
    bolat.edit(record, {"account": "two"})
    aida.take(bolat.journal())
    aida.edit(record, {"account": "one and two"})
    bolat.take(aida.journal())
    assert bolat.fields(record)["account"] == ["one and two"]


def test_a_save_never_replaces_what_came_while_the_person_was_typing(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    bolat = workshop.replica(AUTHORS[1])
    aida.edit(record, {"account": "old"})
    bolat.take(aida.journal())
    shown = registers.load(aida.db, FORMS, aida.row(record)).fields["account"].heads
    bolat.edit(record, {"account": "by Bolat"})
    aida.take(bolat.journal())
    aida.transact(
        lambda tx: editing.edit(tx, record, {"account": "mine"}, replaces={"account": shown})
    )
    assert sorted(map(str, aida.fields(record)["account"])) == ["by Bolat", "mine"]


def test_a_deleted_record_comes_back_whole(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    aida.edit(record, {"quotes": ["q"]})
    before = aida.fields(record)
    aida.transact(lambda tx: editing.delete(tx, record))
    assert aida.row(record).is_deleted
    assert aida.hits("talk") == set()
    aida.transact(lambda tx: editing.restore(tx, record))
    assert not aida.row(record).is_deleted
    assert aida.fields(record) == before
    assert aida.hits("talk") == {record}


def test_a_deletion_never_hides_what_its_author_had_not_seen(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    bolat = workshop.replica(AUTHORS[1])
    bolat.take(aida.journal())
    aida.transact(lambda tx: editing.delete(tx, record))
    bolat.edit(record, {"quotes": ["new"]})
    aida.take(bolat.journal())
    assert not aida.row(record).is_deleted
    assert aida.row(record).has_conflict


def test_a_case_that_holds_records_is_not_deleted(workshop: Workshop) -> None:
    aida, case, record = began(workshop)
    with pytest.raises(NotebookError) as trouble:
        aida.transact(lambda tx: editing.delete(tx, RecordId(case)))
    assert trouble.value.code is Code.BAD_INPUT
    aida.transact(lambda tx: editing.delete(tx, record))
    aida.transact(lambda tx: editing.delete(tx, RecordId(case)))
    assert aida.row(RecordId(case)).is_deleted


def test_an_unknown_type_is_refused(workshop: Workshop) -> None:
    aida, case, _record = began(workshop)
    assert trouble_of(aida, "diary", case, {"title": "x"}) is Code.UNKNOWN_TYPE


def test_an_unknown_field_is_refused(workshop: Workshop) -> None:
    aida, case, _record = began(workshop)
    assert trouble_of(aida, "interview", case, {"title": "x", "mood": "y"}) is Code.UNKNOWN_FIELD


def test_bookkeeping_is_no_field_that_a_person_writes(workshop: Workshop) -> None:
    aida, case, _record = began(workshop)
    fields = {"title": "x", "_deleted": "y"}
    assert trouble_of(aida, "interview", case, fields) is Code.UNKNOWN_FIELD


def test_a_record_without_a_title_is_refused(workshop: Workshop) -> None:
    aida, case, _record = began(workshop)
    assert trouble_of(aida, "interview", case, {"account": "x"}) is Code.BAD_VALUE


def test_a_record_without_a_case_or_in_an_unknown_one_is_refused(workshop: Workshop) -> None:
    aida, case, record = began(workshop)
    fields = {"title": "x"}
    assert trouble_of(aida, "interview", None, fields) is Code.BAD_INPUT
    assert trouble_of(aida, "interview", CaseId("00" * 16), fields) is Code.UNKNOWN_RECORD
    assert trouble_of(aida, "interview", CaseId(record), fields) is Code.UNKNOWN_RECORD
    assert trouble_of(aida, "case", case, fields) is Code.BAD_INPUT


def test_an_id_that_is_taken_is_refused(workshop: Workshop) -> None:
    aida, case, record = began(workshop)
    with pytest.raises(NotebookError) as trouble:
        aida.transact(
            lambda tx: editing.add(tx, "interview", case, {"title": "again"}, record=record)
        )
    assert trouble.value.code is Code.BAD_INPUT
    assert aida.fields(record)["title"] == ["Talk"]


VERBS: dict[str, Callable[[Transaction, RecordId], None]] = {
    "edit": lambda tx, record: editing.edit(tx, record, {"title": "x"}),
    "delete": editing.delete,
    "restore": editing.restore,
}


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_done_to_a_record_that_is_not_there(verb: str, workshop: Workshop) -> None:
    aida, _case, _record = began(workshop)
    with pytest.raises(NotebookError) as trouble:
        aida.transact(lambda tx: VERBS[verb](tx, RecordId("00" * 16)))
    assert trouble.value.code is Code.UNKNOWN_RECORD


def test_a_member_of_a_list_is_no_record(workshop: Workshop) -> None:
    aida, _case, record = began(workshop)
    aida.edit(record, {"quotes": ["q"]})
    member = registers.members(aida.db, aida.row(record))["quotes"][0].row.id
    with pytest.raises(NotebookError) as trouble:
        aida.edit(member, {"title": "x"})
    assert trouble.value.code is Code.UNKNOWN_RECORD
    assert member not in aida.known_records()


def test_a_reference_to_a_record_of_another_type_is_refused(workshop: Workshop) -> None:
    aida, case, talk = began(workshop)
    before = entry_count(aida)
    for write in (
        lambda: aida.edit(talk, {"witness": talk}),
        lambda: aida.edit(talk, {"victims": [case]}),
        lambda: aida.add("consent", case, {"title": "Consent", "given_by": talk}),
    ):
        with pytest.raises(NotebookError) as trouble:
            write()
        assert trouble.value.code is Code.BAD_VALUE
        assert "person" in trouble.value.next_step
    assert entry_count(aida) == before


def test_a_reference_to_what_is_of_the_type_or_has_not_come_is_kept(workshop: Workshop) -> None:
    aida, case, talk = began(workshop)
    person = aida.add("person", case, {"title": "Person"})
    aida.edit(talk, {"witness": person, "victims": ["ab" * 16, person]})
    aida.add("consent", case, {"title": "Consent", "covers": [talk, case, person]})
    state = registers.load(aida.db, FORMS, editing.row_in(aida.db, talk))
    assert state.fields["witness"].value == person
    assert state.fields["victims"].value == ["ab" * 16, person]


def test_what_others_put_there_does_not_keep_a_record_from_being_saved(workshop: Workshop) -> None:
    aida, case, talk = began(workshop)
    wrong = {"witness": case, "victims": [talk]}
    aida.transact(lambda tx: editing.edit(tx, talk, wrong, by_program=True))
    aida.edit(talk, {**wrong, "title": "Saved"})
    with pytest.raises(NotebookError):
        aida.edit(talk, {"witness": talk})
