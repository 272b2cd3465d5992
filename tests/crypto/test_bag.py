"""The texts of a bag in their one form."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import bag
from crypto.errors import CryptoError, LimitExceeded, Malformed

DIGEST = hashlib.sha256(b"").digest()
NAMES = st.from_regex(r"data(/[a-z0-9_-]{1,5}){1,3}", fullmatch=True)
LABELS = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
VALUES = st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True)


def test_bag_info_is_written_line_by_line_and_ends_with_the_size() -> None:
    text = bag.encode_bag_info([("Bagging-Date", "2026-01-01")], payload_bytes=12, payload_count=3)
    assert text == b"Bagging-Date: 2026-01-01\nPayload-Oxum: 12.3\n"
    assert bag.parse_bag_info(text) == ({"Bagging-Date": "2026-01-01"}, 12, 3)


def test_bag_info_may_say_nothing_but_the_size() -> None:
    text = bag.encode_bag_info([], payload_bytes=0, payload_count=1)
    assert text == b"Payload-Oxum: 0.1\n"
    assert bag.parse_bag_info(text) == ({}, 0, 1)


@given(
    pairs=st.lists(st.tuples(LABELS, VALUES), max_size=5, unique_by=lambda pair: pair[0].lower()),
    payload_bytes=st.integers(0, 2**39),
    payload_count=st.integers(1, 200_000),
)
def test_any_bag_info_is_read_as_it_was_written(
    pairs: list[tuple[str, str]], payload_bytes: int, payload_count: int
) -> None:
    if any(label.lower() == "payload-oxum" for label, _ in pairs):
        return
    text = bag.encode_bag_info(pairs, payload_bytes=payload_bytes, payload_count=payload_count)
    info, *oxum = bag.parse_bag_info(text)
    assert list(info.items()) == pairs
    assert oxum == [payload_bytes, payload_count]


def test_too_many_labels_are_refused() -> None:
    pairs = [(f"Label-{number}", "x") for number in range(bag.MAX_BAG_INFO_LINES)]
    assert bag.encode_bag_info(pairs[1:], payload_bytes=1, payload_count=1)
    with pytest.raises(LimitExceeded):
        bag.encode_bag_info(pairs, payload_bytes=1, payload_count=1)


def test_a_manifest_is_written_as_sha256sum_writes_it() -> None:
    text = bag.encode_manifest([("data/b", DIGEST), ("data/a", DIGEST)])
    assert text == f"{DIGEST.hex()}  data/b\n{DIGEST.hex()}  data/a\n".encode()
    assert list(bag.parse_manifest(text)) == ["data/b", "data/a"]


@given(digests=st.dictionaries(NAMES, st.binary(min_size=32, max_size=32), min_size=1, max_size=9))
def test_any_manifest_is_read_as_it_was_written_or_not_written(digests: dict[str, bytes]) -> None:
    folders = {name.rsplit("/", depth)[0] for name in digests for depth in (1, 2)}
    if folders.isdisjoint(digests):
        parsed = bag.parse_manifest(bag.encode_manifest(digests.items()))
        assert list(parsed.items()) == list(digests.items())
    else:
        with pytest.raises(Malformed):
            bag.encode_manifest(digests.items())


@pytest.mark.parametrize(
    "name", ["data/../a", "data//a", "data/a b", "data/a\nx", "data/con", "a", "data", ""]
)
def test_a_manifest_with_a_hostile_name_is_neither_written_nor_read(name: str) -> None:
    with pytest.raises(Malformed):
        bag.encode_manifest([(name, DIGEST)])
    with pytest.raises(Malformed):
        bag.parse_manifest(f"{DIGEST.hex()}  {name}\n".encode())


@pytest.mark.parametrize("second", [DIGEST, bytes(32)], ids=["one sum", "two sums"])
def test_a_manifest_names_each_file_once(second: bytes) -> None:
    with pytest.raises(Malformed):
        bag.encode_manifest([("data/a", DIGEST), ("data/a", second)])
    with pytest.raises(Malformed):
        bag.parse_manifest(f"{DIGEST.hex()}  data/a\n{second.hex()}  data/a\n".encode())


def test_a_manifest_has_at_most_two_hundred_thousand_lines() -> None:
    digest = bytes(32)
    most = bag.encode_manifest((f"data/{n}", digest) for n in range(200_000))
    assert len(bag.parse_manifest(most)) == 200_000
    more = most + f"{digest.hex()}  data/more\n".encode()
    with pytest.raises(LimitExceeded):
        bag.parse_manifest(more)
    with pytest.raises(LimitExceeded):
        bag.encode_manifest((f"data/{n}", digest) for n in range(200_001))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_sum_that_is_not_sha256_is_not_written(length: int) -> None:
    with pytest.raises(Malformed):
        bag.encode_manifest([("data/a", bytes(length))])


def test_a_tag_manifest_lists_the_tag_files_in_their_order() -> None:
    digests = dict.fromkeys(reversed(bag.LISTED_TAG_FILES), DIGEST)
    text = bag.encode_tag_manifest(digests)
    assert list(bag.parse_tag_manifest(text)) == list(bag.LISTED_TAG_FILES)
    for line in text.splitlines(keepends=True):
        with pytest.raises(Malformed):
            bag.parse_tag_manifest(text.replace(line, b""))


@given(text=st.binary(max_size=200))
def test_any_bytes_are_refused_as_crypto_errors(text: bytes) -> None:
    for parse in (bag.parse_bag_info, bag.parse_manifest, bag.parse_tag_manifest):
        with pytest.raises(CryptoError):
            parse(text)
