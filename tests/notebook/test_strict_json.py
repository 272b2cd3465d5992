"""JSON with one meaning: what is refused, and what comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook import strict_json
from notebook.model import JsonValue
from notebook.strict_json import BadJson

scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_dumped_is_parsed_as_it_was(value: JsonValue) -> None:
    dumped = strict_json.dump(value)
    assert strict_json.parse(dumped) == value
    assert strict_json.dump(strict_json.parse(dumped)) == dumped


def test_dumped_keys_are_sorted_and_nothing_is_escaped_that_need_not_be() -> None:
    assert strict_json.dump({"ұ": 1, "a": [True, None]}) == '{"a":[true,null],"ұ":1}'.encode()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b"{'a':1}",
        b"01",
        b"+1",
        b"1 2",
        b"nul",
        b'"\n"',
        b'"\x00"',
        b'"\\x41"',
        b"\xef\xbb\xbf1",
        b"\xff",
        b'"\xc0\x80"',
        b"\x00" * 40,
        b"// comment\n1",
    ],
)
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(BadJson):
        strict_json.parse(text)


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[-1e999]"])
def test_what_is_no_number_is_refused(text: bytes) -> None:
    with pytest.raises(BadJson):
        strict_json.parse(text)


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":1}', b'[{"b":{"a":1,"a":2}}]', b'{"a":1,"\\u0061":2}']
)
def test_a_key_that_stands_twice_is_refused(text: bytes) -> None:
    with pytest.raises(BadJson):
        strict_json.parse(text)


@pytest.mark.parametrize("number", [2**53, -(2**53)])
def test_the_largest_integers_are_accepted(number: int) -> None:
    assert strict_json.parse(str(number).encode()) == number


@pytest.mark.parametrize(
    "digits", [str(2**53 + 1), str(-(2**53) - 1), "1" + "0" * 30, "-1" + "0" * 5000]
)
def test_larger_integers_are_refused(digits: str) -> None:
    with pytest.raises(BadJson):
        strict_json.parse(digits.encode())


@pytest.mark.parametrize("text", [b'"\\ud800"', b'{"\\udfff":1}', b'["\\ude00\\ud83d"]'])
def test_half_a_character_is_refused(text: bytes) -> None:
    with pytest.raises(BadJson):
        strict_json.parse(text)


def test_an_escaped_pair_is_one_character() -> None:
    assert strict_json.parse(b'"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("inside", ["", "1"])
def test_sixteen_levels_are_accepted_and_one_more_is_refused(
    opening: str, closing: str, inside: str
) -> None:
    if opening != "[":
        inside = inside or "1"
    strict_json.parse((opening * 16 + inside + closing * 16).encode())
    with pytest.raises(BadJson):
        strict_json.parse((opening * 17 + inside + closing * 17).encode())


def test_very_deep_nesting_is_refused_and_does_not_exhaust_the_stack() -> None:
    with pytest.raises(BadJson):
        strict_json.parse(b"[" * 1_000_000)


def test_a_text_that_is_too_long_is_refused() -> None:
    strict_json.parse(b'"aaaa"', max_bytes=6)
    with pytest.raises(BadJson):
        strict_json.parse(b'"aaaaa"', max_bytes=6)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53 + 1, "\ud800", {"\ud800": 1}])
def test_what_could_not_be_parsed_is_not_dumped(value: JsonValue) -> None:
    with pytest.raises(BadJson):
        strict_json.dump(value)


def test_an_object_has_exactly_the_keys_that_it_must_have() -> None:
    assert strict_json.parse_object(b'{"b":1,"a":2}', ("a", "b")) == {"a": 2, "b": 1}


@pytest.mark.parametrize("text", [b'{"a":1}', b'{"a":1,"b":2,"c":3}', b"[]", b"null", b'"ab"'])
def test_an_object_with_other_keys_is_refused(text: bytes) -> None:
    with pytest.raises(BadJson):
        strict_json.parse_object(text, ("a", "b"))
