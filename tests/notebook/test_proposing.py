"""A merge is proposed only from what is here and may be seen: the common base, and every head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from notebook import proposing, registers
from notebook.common_base import PARTS_MOST, common_base
from notebook.journal import WITHHELD, Entry, PartRef
from notebook.model import CaseId, FieldState, RecordId
from notebook.storage import records
from notebook.storage.database import DatabaseDamaged
from notebook.text_merge import Merged, Touching
from tests.notebook.support_replicas import AUTHORS, FORMS, Replica, Workshop

BASE = "He came at night. They took him. Nobody spoke. The bridge was closed. It snowed."
ONE = BASE.replace("at night", "at dawn")
OTHER = BASE.replace("It snowed", "It rained")
BOTH = "He came at dawn. They took him. Nobody spoke. The bridge was closed. It rained."
THIRD = BASE.replace("Nobody spoke", "Somebody spoke")


class Told:
    """Aida, Bolat and Chen, who all have one interview with an account."""

    def __init__(self, workshop: Workshop) -> None:
        self.aida, self.bolat, self.chen = (workshop.replica(author) for author in AUTHORS)
        self.case = CaseId(self.aida.add("case", None, {"title": "Case"}))
        self.record = self.aida.add("interview", self.case, {"title": "Talk", "account": BASE})
        self.bolat.take(self.aida.journal())
        self.chen.take(self.aida.journal())

    def heads(self, replica: Replica, field: str = "account") -> list[PartRef]:
        row = replica.row(self.record)
        return [head.ref for head in records.heads(replica.db, row.num).get(field, [])]

    def state(self, replica: Replica) -> FieldState:
        loaded = registers.load(replica.db, FORMS, replica.row(self.record))
        return loaded.fields["account"]

    def write(self, replica: Replica, text: str | None, over: Sequence[PartRef]) -> PartRef:
        entry = replica.write(self.record, self.case, {"account": text}, {"account": over})
        return PartRef(entry, 0)

    def proposal(self, replica: Replica) -> Merged | Touching | None:
        row = replica.row(self.record)
        return proposing.proposed(replica.db, row, "account", self.state(replica))

    def text(self, replica: Replica) -> str | None:
        found = self.proposal(replica)
        return found.text if isinstance(found, Merged) else None


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def told(workshop: Workshop) -> Told:
    return Told(workshop)


def without(entry: Entry, place: int, *, is_frame_kept: bool) -> Entry:
    """The entry with one part withheld, or with its value alone destroyed."""
    parts = list(entry.parts)
    parts[place] = parts[place].without_value() if is_frame_kept else WITHHELD
    return replace(entry, parts=tuple(parts))


def place_of(entry: Entry, field: str) -> int | None:
    frames = entry.frames()
    return next((at for at, f in enumerate(frames) if f is not None and f.field == field), None)


def test_two_edits_of_one_text_come_together_on_both_sides(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    told.aida.take(told.bolat.journal())
    told.bolat.take(told.aida.journal())
    assert told.text(told.aida) == told.text(told.bolat) == BOTH
    state = told.state(told.aida)
    found = told.proposal(told.aida)
    assert isinstance(found, Merged)
    for piece in found.pieces:
        for place in piece.by:
            assert piece.text in str(state.versions[place].value)


def test_the_base_is_what_both_started_from_however_often_each_wrote(told: Told) -> None:
    for text in ("Something else. ", "", ONE):
        told.aida.edit(told.record, {"account": text})
    told.bolat.edit(told.record, {"account": OTHER})
    told.aida.take(told.bolat.journal())
    assert told.text(told.aida) == BOTH


def test_a_settled_conflict_is_the_base_of_what_comes_after_it(told: Told) -> None:
    told.aida.edit(told.record, {"account": "One thing. " + BASE})
    told.bolat.edit(told.record, {"account": "Another thing. " + BASE})
    told.aida.take(told.bolat.journal())
    assert isinstance(told.proposal(told.aida), Touching)
    told.aida.edit(told.record, {"account": BASE})
    told.bolat.take(told.aida.journal())
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    told.bolat.take(told.aida.journal())
    assert told.text(told.bolat) == BOTH


def test_three_heads_come_together(told: Told) -> None:
    for replica, text in ((told.aida, ONE), (told.bolat, OTHER), (told.chen, THIRD)):
        replica.edit(told.record, {"account": text})
    told.chen.take(told.aida.journal())
    told.chen.take(told.bolat.journal())
    assert told.text(told.chen) == BOTH.replace("Nobody", "Somebody")


def test_equal_heads_are_one_version_and_all_count_for_the_base(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.chen.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    told.aida.take(told.chen.journal())
    told.aida.take(told.bolat.journal())
    assert len(told.state(told.aida).heads) == 3
    assert told.text(told.aida) == BOTH
    # A head that started from nothing that the others know.
    told.write(told.chen, OTHER, [])
    told.aida.take(told.chen.journal())
    assert told.proposal(told.aida) is None


def test_changes_that_touch_are_said_to(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": BASE.replace("at night", "at dusk")})
    told.aida.take(told.bolat.journal())
    assert isinstance(told.proposal(told.aida), Touching)


def test_two_who_settled_apart_have_no_one_base(told: Told) -> None:
    (base,) = told.heads(told.aida)
    told.write(told.aida, ONE, [base])
    told.write(told.bolat, OTHER, [base])
    told.aida.take(told.bolat.journal())
    told.bolat.take(told.aida.journal())
    told.write(told.aida, BOTH + " One.", told.heads(told.aida))
    told.write(told.bolat, "Another. " + BOTH, told.heads(told.bolat))
    told.aida.take(told.bolat.journal())
    assert len(told.state(told.aida).versions) == 2
    assert told.proposal(told.aida) is None


def test_two_who_wrote_without_a_base_have_none(told: Told) -> None:
    told.write(told.aida, ONE, [])
    assert len(told.state(told.aida).versions) == 2
    assert told.proposal(told.aida) is None


def test_a_field_that_somebody_cleared_is_not_merged(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": None})
    told.aida.take(told.bolat.journal())
    assert told.proposal(told.aida) is None


# What is not here, or may not be seen.


@pytest.mark.parametrize("is_frame_kept", [True, False])
def test_without_the_value_of_the_base_nothing_is_proposed_until_it_comes(
    told: Told, workshop: Workshop, is_frame_kept: bool
) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    (at,) = {
        (number, place)
        for number, entry in enumerate(told.aida.journal())
        if (place := place_of(entry, "account")) is not None
        if not (entry.frames()[place] or pytest.fail("no frame")).base
    }
    journal = told.aida.journal()
    reader = workshop.replica(AUTHORS[2])
    reader.take(
        without(entry, at[1], is_frame_kept=is_frame_kept) if number == at[0] else entry
        for number, entry in enumerate(journal)
    )
    mine = told.bolat.identity.card().author_id()
    reader.take(entry for entry in told.bolat.journal() if entry.header.author == mine)
    assert len(told.state(reader).versions) == 2
    assert told.proposal(reader) is None
    reader.take(journal)
    assert told.text(reader) == BOTH


def test_a_base_whose_consent_was_withdrawn_is_not_read(told: Told) -> None:
    (base,) = told.heads(told.aida)
    told.aida.withdraw(told.record, told.case, ["account"])
    told.bolat.take(told.aida.journal())
    told.write(told.aida, ONE, [base])
    told.write(told.bolat, OTHER, [base])
    told.aida.take(told.bolat.journal())
    assert len(told.state(told.aida).versions) == 2
    assert told.proposal(told.aida) is None


def test_what_somebody_elses_withdrawal_hides_is_not_proposed(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    told.aida.take(told.bolat.journal())
    shown = told.state(told.aida)
    told.bolat.withdraw(told.record, told.case, ["account"])
    told.aida.take(told.bolat.journal())
    row = told.aida.row(told.record)
    assert proposing.proposed(told.aida.db, row, "account", shown) is None


def test_a_head_without_its_value_is_not_left_out_of_account(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    told.chen.edit(told.record, {"account": THIRD})
    told.aida.take(told.bolat.journal())
    newest = told.chen.journal()[-1]
    told.aida.take([without(newest, 0, is_frame_kept=True)])
    assert len(told.state(told.aida).versions) == 2
    assert len(told.state(told.aida).heads) == 3
    assert told.proposal(told.aida) is None


def test_behind_a_part_that_is_not_here_a_nearer_base_may_hide(
    told: Told, workshop: Workshop
) -> None:
    (base,) = told.heads(told.aida)
    told.write(told.aida, ONE, [base])
    hidden = told.write(told.bolat, OTHER, [base])
    told.write(told.bolat, OTHER, [hidden, base])
    reader = workshop.replica(AUTHORS[2])
    reader.take(told.aida.journal())
    *before, middle, newest = told.bolat.journal()
    reader.take([*before, without(middle, 0, is_frame_kept=False), newest])
    assert len(told.state(reader).versions) == 2
    assert told.proposal(reader) is None
    reader.take([middle])
    assert told.text(reader) == BOTH


def test_a_base_that_is_another_field_is_none(told: Told) -> None:
    (title,) = told.heads(told.aida, "title")
    (base,) = told.heads(told.aida)
    told.write(told.aida, ONE, [title, base])
    told.write(told.aida, OTHER, [title])
    assert len(told.state(told.aida).versions) == 2
    assert told.proposal(told.aida) is None


def test_a_past_without_end_is_not_searched(told: Told) -> None:
    (base,) = told.heads(told.aida)
    unknown = [PartRef(base.entry, place) for place in range(100, 100 + 4000)]
    told.write(told.aida, ONE, [base])
    told.write(told.bolat, OTHER, [base, *unknown[:3990]])
    told.aida.take(told.bolat.journal())
    row = told.aida.row(told.record)
    heads = told.heads(told.aida)
    assert PARTS_MOST > 3990
    assert common_base(told.aida.db, row.num, "account", heads) is None
    assert common_base(told.aida.db, row.num, "account", []) is None


def test_a_damaged_frame_is_not_believed(told: Told) -> None:
    told.aida.edit(told.record, {"account": ONE})
    told.bolat.edit(told.record, {"account": OTHER})
    told.aida.take(told.bolat.journal())
    shown, row = told.state(told.aida), told.aida.row(told.record)
    for (name,) in told.aida.db.all(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'frame'"
    ):
        told.aida.db.run(f"DROP TRIGGER [{name}]")
    told.aida.db.run("UPDATE frame SET frame = zeroblob(length(frame))")
    with pytest.raises(DatabaseDamaged):
        proposing.proposed(told.aida.db, row, "account", shown)


def test_no_record_is_proposed_for_by_a_stranger_case(told: Told) -> None:
    other = CaseId(told.aida.add("case", None, {"title": "Other"}))
    told.aida.write(told.record, other, {"account": ONE})
    assert RecordId(told.record) in told.aida.known_records()
    assert not told.state(told.aida).is_conflict
    assert told.proposal(told.aida) is None
