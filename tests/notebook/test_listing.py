"""Lists show each record by a few words of its own, in one order, and nothing that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notebook import editing, listing
from notebook.model import CaseId, RecordId
from notebook.storage import records
from notebook.storage.database import DatabaseDamaged
from tests.notebook.support_replicas import AUTHORS, FORMS, READER, Replica, Workshop

SHA = "ab" * 32


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


def titles(replica: Replica, type_: str) -> list[str]:
    return [row.title for row in listing.rows(replica.db, type_=type_)]


def test_the_newest_date_stands_first_by_the_latest_day_it_may_mean(
    aida: Replica, case: CaseId
) -> None:
    for title, date in (("old", "2018-04~"), ("new", "2024"), ("open", "201X"), ("mid", "2020?")):
        aida.add("event", case, {"title": title, FORMS["event"].list_date or "": date})
    assert titles(aida, "event") == ["new", "mid", "open", "old"]


def test_what_has_no_date_stands_by_its_last_change(aida: Replica, case: CaseId) -> None:
    aida.add("event", case, {"title": "before", FORMS["event"].list_date or "": "2020"})
    aida.add("event", case, {"title": "after", FORMS["event"].list_date or "": "2030"})
    aida.add("event", case, {"title": "undated"})
    assert titles(aida, "event") == ["after", "undated", "before"]


def test_those_of_one_day_stand_as_they_came_and_stay_there(aida: Replica, case: CaseId) -> None:
    made = [aida.add("note", case, {"title": f"{number:02}"}) for number in range(12)]
    assert titles(aida, "note") == [f"{number:02}" for number in reversed(range(12))]
    aida.edit(made[3], {"title": "touched"})
    expected = [f"{number:02}" for number in reversed(range(12))]
    expected[-4] = "touched"
    assert titles(aida, "note") == expected
    aida.rebuild()
    assert titles(aida, "note") == expected


def test_what_was_looked_at_or_handed_on_was_not_changed(aida: Replica, case: CaseId) -> None:
    seen = aida.add("note", case, {"title": "seen"})
    aida.add("note", case, {"title": "written"})
    before = listing.rows(aida.db)
    aida.transact(lambda tx: tx.custody(seen, case, {"what": "viewed"}))
    aida.transact(lambda tx: tx.custody(RecordId(case), case, {"what": "identity exported"}))
    assert listing.rows(aida.db) == before
    aida.rebuild()
    assert listing.rows(aida.db) == before


def test_people_and_places_are_shown_by_title_and_never_by_id(aida: Replica, case: CaseId) -> None:
    place = aida.add("place", case, {"title": "The bridge"})
    form = FORMS["event"]
    assert form.list_place is not None
    event = aida.add("event", case, {"title": "E", form.list_place: place})
    (row,) = listing.rows(aida.db, type_="event")
    assert (row.id, row.place) == (event, "The bridge")


def test_what_was_deleted_or_withdrawn_is_not_listed_and_not_found(
    aida: Replica, case: CaseId
) -> None:
    kept, deleted, withdrawn = (
        aida.add("note", case, {"title": title, "text": "almond"}) for title in ("K", "D", "W")
    )
    aida.transact(lambda tx: editing.delete(tx, deleted))
    aida.withdraw(withdrawn, case, ["*"])
    assert [row.id for row in listing.rows(aida.db, type_="note")] == [kept]
    assert [row.id for row in listing.find(aida.db, "almond", limit=10)] == [kept]


def test_a_search_shows_the_words_around_the_hit_and_no_more_than_asked_for(
    aida: Replica, case: CaseId
) -> None:
    for number in range(3):
        text = "before " * 100 + f"almond {number} " + "after " * 100
        aida.add("note", case, {"title": str(number), "text": text})
    hits = listing.find(aida.db, "almond", limit=2)
    assert len(hits) == 2
    for row in hits:
        assert "almond" in row.snippet.replace("\x02", "").replace("\x03", "")
        assert len(row.snippet) < 2 * listing.SNIPPET_CHARACTERS
    assert listing.find(aida.db, "  ", limit=2) == []
    assert listing.find(aida.db, "almond", limit=0) == []


def test_marks_say_what_is_linked_and_what_is_missing(aida: Replica, case: CaseId) -> None:
    talk = aida.add("interview", case, {"title": "T"})
    (bare,) = listing.rows(aida.db, type_="interview")
    assert (bare.has_consent, bare.media_count, bare.is_incomplete) == (False, 0, True)
    aida.add("consent", case, {"title": "C", "covers": [talk]})
    (row,) = listing.rows(aida.db, type_="interview")
    assert row.has_consent


def test_a_summary_that_cannot_be_read_is_damage_and_no_empty_row(
    aida: Replica, case: CaseId
) -> None:
    row = records.find(aida.db, RecordId(case))
    assert row is not None
    assert listing.summary_of(row)["title"] == "Case"
    for summary in (b"{", b"\xff", b'{"title": "x"'):
        with pytest.raises(DatabaseDamaged):
            listing.summary_of(_with_summary(row, summary))


def _with_summary(row: records.RecordRow, summary: bytes) -> records.RecordRow:
    return replace(row, summary=summary)


def test_files_in_conflict_are_all_named(workshop: Workshop, aida: Replica, case: CaseId) -> None:
    """What another says of the hash does not hide what was said here."""
    record = aida.transact(lambda tx: tx.new_record_id())
    aida.write(record, case, {"_type": "evidence", "title": "E", "sha256": SHA})
    other = workshop.replica(READER)
    other.take(aida.journal())
    heads = records.heads(aida.db, aida.row(record).num)["sha256"]
    for replica, sha in ((aida, "cd" * 32), (other, "ef" * 32)):
        base = {"sha256": [head.ref for head in heads]}
        replica.write(record, case, {"sha256": sha}, base)
    aida.take(other.journal())
    assert sorted(listing.evidence_hashes(aida.db, FORMS, None)) == ["cd" * 32, "ef" * 32]
    both = records.heads(aida.db, aida.row(record).num)["sha256"]
    aida.write(record, case, {"sha256": "no hash"}, {"sha256": [head.ref for head in both]})
    assert listing.evidence_hashes(aida.db, FORMS, None) == []
