"""What goes: along `prev` from what every reader holds, and what they lack and may have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import selection
from notebook.choosing import Choice
from notebook.consent import TEAM
from notebook.journal import Frame
from notebook.model import AuthorId, CaseId, EntryId, Kind, RecordId, Sha256
from notebook.selection import Audience
from notebook.storage import affairs, entries
from notebook.storage.affairs import HoldingRow
from tests.notebook.support_replicas import (
    AUTHORS,
    FORMS,
    READER,
    Replica,
    Workshop,
    author_id,
    withheld,
)

AIDA, BOLAT, CHEN = (author_id(author) for author in AUTHORS)
SHA = Sha256("ab" * 32)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def aida(workshop: Workshop) -> Replica:
    """Aida's case of four entries of hers and two of Bolat's."""
    made, bolat = (workshop.replica(author) for author in AUTHORS[:2])
    case = made.add("case", None, {"title": "0"})
    for number in range(1, 4):
        made.edit(case, {"title": str(number)})
    bolat.take(made.journal())
    for number in range(2):
        bolat.edit(case, {"title": f"B{number}"})
    made.take(bolat.journal())
    return made


def case_of(replica: Replica) -> CaseId:
    return CaseId(RecordId(replica.journal()[0].header.case))


def ids(replica: Replica) -> list[EntryId]:
    return [entry.id for entry in replica.journal()]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ([3], [3], [3]),
        ([3], [1], [1]),
        ([3, 5], [3, 4], [3, 4]),
        ([3], [5], []),
        ([], [3], []),
        ([3, 5], [5], [5]),
    ],
)
def test_what_two_envelopes_agree_on_lies_behind_both(
    one: list[int], other: list[int], both: list[int], aida: Replica
) -> None:
    known = ids(aida)
    found = selection.held_by_both(
        aida.db, case_of(aida), [known[n] for n in one], [known[n] for n in other]
    )
    assert set(found) == {known[n] for n in both}


def test_a_tip_that_is_not_here_says_nothing_of_what_is_held(aida: Replica) -> None:
    known = ids(aida)
    found = selection.held_by_both(aida.db, case_of(aida), ["ee" * 32, known[1]], [known[3]])
    assert found == (known[1],)


def test_what_is_lacking_is_asked_for_and_what_was_destroyed_is_not(
    workshop: Workshop, aida: Replica
) -> None:
    case = case_of(aida)
    note = aida.add("note", case, {"title": "N", "text": "T"})
    reader = workshop.replica(READER)
    reader.take([withheld(entry, [2]) for entry in aida.journal()])
    made = next(entry for entry in aida.journal() if len(entry.parts) == 3)
    have = selection.have(reader.db, case, {SHA: False, Sha256("cd" * 32): True}, is_steward=False)
    assert have.lacks == (f"{made.id}:2", SHA)
    known = aida.journal()
    assert have.tips == {AIDA: (known[-1].id,), BOLAT: (known[5].id,)}
    aida.withdraw(note, case, ["*"])
    reader.take(aida.journal())
    assert selection.have(reader.db, case, {}, is_steward=False).lacks == ()


def test_who_was_sealed_for_is_asked_for_by_the_steward_alone(
    workshop: Workshop, aida: Replica
) -> None:
    case = case_of(aida)
    frame = selection.READERS_FIELD
    from_seal = aida.transact(
        lambda tx: tx.append(
            Kind.SEAL,
            case,
            [(journal_frame(case, "_seal"), {"b": 1}), (journal_frame(case, frame), {"r": []})],
        )
    )
    reader = workshop.replica(READER)
    reader.take([withheld(e, [1] if e.id == from_seal else []) for e in aida.journal()])
    assert selection.have(reader.db, case, {}, is_steward=False).lacks == ()
    assert selection.have(reader.db, case, {}, is_steward=True).lacks == (f"{from_seal}:1",)


def journal_frame(case: CaseId, field: str) -> Frame:
    return Frame(record=RecordId(case), field=field)


def test_of_a_waiting_entry_nothing_is_claimed_to_be_held(
    workshop: Workshop, aida: Replica
) -> None:
    reader = workshop.replica(READER)
    known = aida.journal()
    reader.take([known[0], *known[2:4]])
    have = selection.have(reader.db, case_of(aida), {}, is_steward=False)
    assert have.tips == {AIDA: (known[0].id,)}


def test_what_waits_for_an_earlier_entry_is_not_passed_on_before_that_came(
    workshop: Workshop, aida: Replica
) -> None:
    reader = workshop.replica(READER)
    known = aida.journal()
    reader.take([known[0], *known[2:4]])
    assert going(reader, case_of(aida)) == [known[0].id]
    reader.take([known[1]])
    assert going(reader, case_of(aida)) == [entry.id for entry in known[:4]]


def going(replica: Replica, case: CaseId, *readers: AuthorId) -> list[EntryId]:
    """The entries of a bundle for these of one's own team; without readers, of everything."""
    chosen = selection.select(
        replica.db,
        FORMS,
        cases=[case],
        audience=Audience(
            readers=frozenset(readers), purposes=(TEAM,), may_name=lambda _record: True
        ),
        choice=Choice(),
        is_full=not readers,
    )
    return [entries.id_of(replica.db, num) for chain in chosen.chains for num in chain.nums]


def test_to_have_seen_an_entry_is_not_to_hold_it(aida: Replica) -> None:
    case, known = case_of(aida), aida.journal()
    mine, his = known[:4], known[4:]
    assert his[0].header.seen == (mine[-1].id,)
    said = HoldingRow(envelope=b"e" * 32, tips=(his[-1].id,), lacks=(), day="2026-03-05")
    with aida.db.write():
        affairs.set_holding(aida.db, CHEN, case, said)
    assert going(aida, case, CHEN) == [entry.id for entry in mine]


def test_what_any_of_the_readers_lacks_goes_to_all_of_them(aida: Replica) -> None:
    case, known = case_of(aida), aida.journal()
    tips = tuple(tip.id for tip in entries.tips(aida.db, case))
    for reader, entry in zip((BOLAT, CHEN), (known[0], known[2]), strict=True):
        said = HoldingRow(envelope=b"e" * 32, tips=tips, lacks=(f"{entry.id}:0",), day="2026-03-05")
        with aida.db.write():
            affairs.set_holding(aida.db, reader, case, said)
    assert going(aida, case, BOLAT) == [known[0].id]
    assert going(aida, case, CHEN) == [known[2].id]
    assert going(aida, case, BOLAT, CHEN) == [known[0].id, known[2].id]
