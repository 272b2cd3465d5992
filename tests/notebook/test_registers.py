"""Heads, lists and deletion as values, without a person."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from notebook import registers
from notebook.journal import PartRef
from notebook.model import AuthorId, EntryId, FieldState, JsonValue, Version
from notebook.registers import Written
from notebook.storage import records
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, database, passed, values

AUTHOR = AuthorId("aa" * 32)


def state(*values: JsonValue) -> FieldState:
    return FieldState(
        versions=tuple(
            Version(
                value=value,
                author=AUTHOR,
                time="2026-03-05T09:00:00Z",
                entry=EntryId(f"{number:064x}"),
                part=0,
            )
            for number, value in enumerate(values)
        )
    )


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("1", Fraction(1)),
        ("3/2", Fraction(3, 2)),
        ("1e9", Fraction(0)),
        ("1e999999999", Fraction(0)),
        ("1/0", Fraction(0)),
        ("-1", Fraction(0)),
        ("1.5", Fraction(0)),
        ("1_0", Fraction(0)),
        (" 1", Fraction(0)),
        ("1\n", Fraction(0)),
        ("٣", Fraction(0)),
        ("", Fraction(0)),
        ("9" * 5000, Fraction(0)),
        (5, Fraction(0)),
        (None, Fraction(0)),
    ],
)
def test_an_order_is_a_plain_fraction_and_anything_else_is_the_first(
    text: JsonValue, order: Fraction
) -> None:
    assert registers.order_of(text) == order


class Unused:
    """A database that nothing is asked of."""


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        (1, 1.0, True),
        (0, -0.0, True),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (1, True, False),
        (0, False, False),
        (0, None, False),
        ("1", 1, False),
        (1.5, 1, False),
        (1e300, 2e300, False),
        ([1, 2], [2, 1], False),
        ("a", "a ", False),
    ],
)
def test_values_that_are_equal_as_json_are_one_version(
    one: JsonValue, other: JsonValue, *, are_equal: bool
) -> None:
    heads = [records.Head(part=n * 4096, ref=PartRef(EntryId(f"{n:064x}"), 0)) for n in (1, 2)]
    written = Written(
        values={1 * 4096: json.dumps(one).encode(), 2 * 4096: json.dumps(other).encode()},
        writers=dict.fromkeys((1, 2), (AUTHOR, "2026-03-05T09:00:00Z")),
    )
    found = registers.field_state(Unused(), heads, written=written)  # type: ignore[arg-type]  # all is in `written`
    assert len(found.versions) == (1 if are_equal else 2)
    assert len(found.heads) == 2


def test_members_of_one_order_stand_by_their_ids_whoever_looks(tmp_path: Path) -> None:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida)
    talk = support.interview_in(aida, case)
    passed(aida, bolat, team)
    for notebook in (aida, bolat):
        notebook.edit(talk, {"quotes": [f"{notebook.author_name} {n}" for n in range(4)]})
    passed(bolat, aida, team)
    passed(aida, bolat, team)
    (seen,), (by_bolat,) = values(aida, talk, "quotes"), values(bolat, talk, "quotes")
    assert seen == by_bolat
    home = records.find_in_case(database(aida), case, talk)
    assert home is not None
    listed = registers.members(database(aida), home)["quotes"]
    places = [(member.order, member.row.id) for member in listed]
    # Both began a list, so that every order is there twice.
    assert len(places) == 2 * len({order for order, _id in places})
    assert places == sorted(places)
    team.close()


def test_a_member_without_an_order_comes_first() -> None:
    assert registers.order_of(None) == Fraction(0)


def test_there_is_always_an_order_between_two_others() -> None:
    low, high = Fraction(1), Fraction(2)
    for _turn in range(300):
        middle = registers.between(low, high)
        assert low < middle < high
        assert registers.order_of(str(middle)) == middle
        low = middle
    assert registers.between(None, None) == 1
    assert 0 < registers.between(None, Fraction(1, 8)) < Fraction(1, 8)
    assert registers.between(Fraction(7), None) > 7


HEADS = frozenset({"aa:0", "bb:1"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (False, False)),
        ([["aa:0", "bb:1"]], (True, False)),
        ([["aa:0", "bb:1", "cc:2"]], (True, False)),
        ([["aa:0"]], (False, True)),
        ([["aa:0"], ["bb:1"]], (True, False)),
        ([False], (False, False)),
        ([["aa:0", "bb:1"], False], (False, True)),
        ([True], (False, False)),
        (["aa:0"], (False, False)),
        ([[1, None, {"a": 1}]], (False, True)),
    ],
)
def test_a_record_is_deleted_only_while_every_head_was_seen(
    values: list[JsonValue], expected: tuple[bool, bool]
) -> None:
    states = {registers.DELETED: state(*values)} if values else {}
    assert registers.deletion(states, HEADS) == expected


@pytest.mark.parametrize(
    ("value", "is_id"),
    [
        ("ab" * 16, True),
        ("AB" * 16, False),
        ("ab" * 15, False),
        ("zz" * 16, False),
        ("ab" * 16 + "\n", False),
        (None, False),
        (5, False),
        ([], False),
    ],
)
def test_only_32_digits_are_a_records_id(value: JsonValue, is_id: bool) -> None:
    assert registers.is_record_id(value) is is_id


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (["a", ["b", None]], "a\nb\n"),
        (None, ""),
        (True, ""),
        (1.5, "1.5"),
    ],
)
def test_values_become_words(value: JsonValue, text: str) -> None:
    assert registers.text_of(value) == text


def test_several_versions_are_a_conflict_and_one_is_none() -> None:
    assert state("a", "b").is_conflict
    assert not state("a").is_conflict
