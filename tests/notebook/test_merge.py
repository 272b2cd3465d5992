"""A bundle is merged whole or not at all, twice is once, and what it means is counted truly."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import merge
from notebook.errors import Code, NotebookError
from notebook.forms import load_forms
from notebook.model import Kind, RecordId
from notebook.notebook import Notebook
from notebook.opening import Accept
from notebook.progress import Cancelled, Silent
from notebook.storage import entries
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import (
    Stop,
    Team,
    database,
    dump,
    files_of,
    forged,
    log_of,
    opened,
    passed,
    state,
    values,
)
from tests.support import damaged


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


@pytest.fixture
def pair(team: Team) -> tuple[Notebook, Notebook, RecordId]:
    """Aida, who has an interview with a file, and Bolat, who has nothing."""
    one, other = team.members("Aida", "Bolat")
    talk = support.interview_in(one, support.case_in(one), account="told")
    one.attach(talk, io.BytesIO(b"file"), file_name="f")
    return one, other, talk


@pytest.mark.parametrize("error", [Cancelled(), MemoryError()], ids=["cancelled", "failed"])
def test_a_merge_that_does_not_end_leaves_nothing(
    error: BaseException, team: Team, pair: tuple[Notebook, Notebook, RecordId]
) -> None:
    one, other, _talk = pair
    bundle = team.sealed(one, other)
    before = dump(other)
    staged = other.stage(bundle.files, accept_unknown=False, progress=Silent())
    with pytest.raises(type(error)):
        other.merge(staged, Stop(1, error))
    assert dump(other) == before
    assert files_of(other) == []
    assert opened(other, bundle).new == 4
    assert state(other) == state(one)


def test_a_second_time_brings_nothing_and_says_so(
    team: Team, pair: tuple[Notebook, Notebook, RecordId]
) -> None:
    one, other, _talk = pair
    bundle = team.sealed(one, other)
    first, second = opened(other, bundle), opened(other, bundle)
    assert (first.is_again, first.new, first.present) == (False, 4, 0)
    assert (second.is_again, second.new, second.present) == (True, 0, 4)
    assert first.bundle == second.bundle


def test_a_bundle_that_brings_something_the_second_time_is_received_once(
    team: Team, pair: tuple[Notebook, Notebook, RecordId], tmp_path: Path
) -> None:
    reader, sealer, talk = pair
    case = reader.record(talk).case
    reader.withdraw([talk], "asked", fields=("account",))
    passed(reader, sealer, team)
    sealer.edit(talk, {"title": "Talk again"})
    sealer.edit(talk, {"account": "agreed anew"})
    db = database(sealer)
    written = [entries.load(db, num) for num, *_ in entries.chain(db, case, sealer.author)]
    late = forged(sealer, reader, tmp_path / "late", log_of(written[-1]))
    early = forged(sealer, reader, tmp_path / "early", log_of(*written[:-1]))
    # Of what waits nothing is kept that a withdrawal may cover; it is judged when it comes again.
    assert (opened(reader, [late]).new, opened(reader, [early]).new) == (1, 1)
    assert values(reader, talk, "account") == []
    again = opened(reader, [late])
    assert (again.is_again, again.new) == (True, 1)
    assert values(reader, talk, "account") == ["agreed anew"]
    received = [line for line in reader.history(RecordId(case)) if line.kind is Kind.RECEIVE]
    bundles = [line.details["bundle"] for line in received if line.author == reader.author]
    assert len(bundles) == len(set(bundles)) == 2


def test_receipts_are_counted_neither_as_new_nor_as_present(
    team: Team, pair: tuple[Notebook, Notebook, RecordId]
) -> None:
    one, other, talk = pair
    passed(one, other, team)
    other.edit(talk, {"account": "changed"})
    result = passed(other, one, team)
    assert (result.new, result.waiting, result.recovered) == (1, 0, 0)


def test_conflicts_are_counted_by_field_and_named_by_record(
    team: Team, pair: tuple[Notebook, Notebook, RecordId]
) -> None:
    one, other, talk = pair
    passed(one, other, team)
    for notebook in (one, other):
        name = notebook.author_name
        notebook.edit(talk, {"account": f"as {name} heard", "questions": f"of {name}"})
    result = passed(one, other, team)
    assert (result.conflicts, result.conflict_records) == (2, (talk,))
    case = other.record(talk).case
    assert merge.conflicts_in(database(other), load_forms(), (case,)) == [(talk, 2)]
    assert merge.conflicts_in(database(other), load_forms(), ()) == []
    other.edit(talk, {"account": "settled"})
    assert merge.conflicts_in(database(other), load_forms(), (case,)) == [(talk, 1)]


def test_a_stranger_who_is_accepted_is_pinned_as_not_compared_and_the_kept_copy_goes(
    team: Team,
) -> None:
    stranger, reader = team.member("Stranger"), team.member("Reader")
    stranger.add_contact(reader.my_card().encode())
    support.case_in(stranger)
    bundle = team.sealed(stranger, reader)
    with pytest.raises(NotebookError) as trouble:
        opened(reader, bundle)
    assert trouble.value.code is Code.UNKNOWN_SEALER
    assert len(files_of(reader)) > 0
    accepted = Accept(sealer=stranger.author)
    staged = reader.stage(bundle.files, accept_unknown=accepted, progress=Silent())
    reader.merge(staged)
    pinned = reader.contact(stranger.author)
    assert (pinned.how, pinned.is_compared) == ("accepted", False)
    assert files_of(reader) == []


def test_a_file_that_nothing_names_any_more_is_not_kept(
    team: Team, pair: tuple[Notebook, Notebook, RecordId]
) -> None:
    """Its record was withdrawn here before the bundle that brings it came."""
    one, other, _talk = pair
    bundle = team.sealed(one, other)
    opened(other, bundle)
    (evidence,) = (row.id for row in other.rows(type="evidence"))
    other.withdraw([evidence], "asked")
    assert files_of(other) == []
    opened(other, bundle)
    assert files_of(other) == []
    assert other.verify() == []


def test_a_damaged_file_is_mended_by_the_bundle_that_brings_it_again(
    team: Team, pair: tuple[Notebook, Notebook, RecordId]
) -> None:
    one, other, _talk = pair
    bundle = team.sealed(one, other)
    opened(other, bundle)
    stored = next(other.folder.glob("objects/??/*"))
    stored.write_bytes(damaged(stored.read_bytes()))
    assert "object-damaged" in [finding.code for finding in other.verify()]
    assert opened(other, bundle).new == 0
    assert other.verify() == []
    assert len(files_of(other)) == 1
