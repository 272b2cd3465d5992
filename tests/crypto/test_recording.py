"""A recording may end anywhere; what was changed in it costs itself alone, and is counted."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.primitives import TAG_BYTES, Aead, hkdf
from crypto.recording import (
    LENGTH_BYTES,
    MAX_RECORD_BYTES,
    RecordingOpener,
    RecordingSealer,
)
from crypto.stream import chunk_nonce
from tests.support import effort

GOLDEN = Path(__file__).parent.parent / "golden" / "recording_v1.hex"
KEY = bytes(range(32))
NAME = bytes(range(16))
SAID = [b"begun", b"one " * 40, b"two " * 40, b"", b"four " * 40, b"end"]


def sealed(
    said: list[bytes] = SAID, *, is_ended: bool = True, key: bytes = KEY, name: bytes = NAME
) -> list[bytes]:
    sealer = RecordingSealer(key, name)
    last = len(said) - 1
    return [sealer.seal(one, is_last=is_ended and at == last) for at, one in enumerate(said)]


def heard(file: bytes, key: bytes = KEY, name: bytes = NAME) -> tuple[list[bytes], bool, int]:
    """What can be read, whether its end is there, and how many records were lost."""
    opener = RecordingOpener.of(key, name, io.BytesIO(file), len(file))
    records = list(opener.records())
    return records, opener.is_complete, opener.lost


def test_the_golden_recording_is_written_and_read() -> None:
    golden = bytes.fromhex(GOLDEN.read_text())
    assert b"".join(sealed()) == golden
    assert heard(golden) == (SAID, True, 0)


def test_a_record_is_built_as_the_format_says() -> None:
    key = hkdf(KEY, salt=NAME, info=b"fn/recording/1")
    file = b""
    for at, one in enumerate(SAID):
        length = (len(one) + TAG_BYTES).to_bytes(4, "big")
        nonce = at.to_bytes(11, "big") + (b"\x01" if at == len(SAID) - 1 else b"\x00")
        file += length + Aead(key).seal(nonce, one, length)
    assert b"".join(sealed()) == file


@pytest.mark.parametrize("said", [[], [b""], [bytes(MAX_RECORD_BYTES)] * 2])
def test_what_is_not_ended_was_interrupted_and_is_no_damage(said: list[bytes]) -> None:
    assert heard(b"".join(sealed(said, is_ended=False))) == (said, False, 0)


def test_nothing_follows_the_end() -> None:
    sealer = RecordingSealer(KEY, NAME)
    sealer.seal(b"end", is_last=True)
    with pytest.raises(ValueError, match="finished"):
        sealer.seal(b"more")


def test_a_record_that_is_too_long_is_never_written() -> None:
    with pytest.raises(ValueError, match="too long"):
        RecordingSealer(KEY, NAME).seal(bytes(MAX_RECORD_BYTES + 1))


def test_cut_anywhere_it_gives_the_whole_records_before_and_is_no_damage() -> None:
    records = sealed()
    file = b"".join(records)
    for cut in range(len(file)):
        whole = 0
        while len(b"".join(records[: whole + 1])) <= cut:
            whole += 1
        assert heard(file[:cut]) == (SAID[:whole], False, 0), cut


def test_a_flip_anywhere_costs_the_record_it_is_in_and_nothing_else() -> None:
    records = sealed()
    file = b"".join(records)
    for at in range(len(file)):
        changed = bytearray(file)
        changed[at] ^= 0x41
        struck = next(n for n in range(len(records)) if at < len(b"".join(records[: n + 1])))
        said, is_complete, lost = heard(bytes(changed))
        assert said == SAID[:struck] + SAID[struck + 1 :], at
        if struck < len(SAID) - 1:
            assert (is_complete, lost) == (True, 1), at
        else:
            # Of a last record that was changed nobody can tell whether it was written in full.
            assert not is_complete
            assert lost <= 1


@pytest.mark.parametrize("struck", range(len(SAID)))
def test_without_a_record_it_says_that_one_is_missing(struck: int) -> None:
    records = sealed()
    said, is_complete, lost = heard(b"".join(records[:struck] + records[struck + 1 :]))
    assert said == SAID[:struck] + SAID[struck + 1 :]
    is_last = struck == len(SAID) - 1
    assert (is_complete, lost) == ((False, 0) if is_last else (True, 1))


def test_records_in_another_order_are_never_served_in_it() -> None:
    records = sealed()
    records[1], records[2] = records[2], records[1]
    said, is_complete, lost = heard(b"".join(records))
    assert (said, is_complete, lost) == ([SAID[0], SAID[2], *SAID[3:]], True, 2)


def test_a_record_twice_is_served_once() -> None:
    records = sealed()
    said, is_complete, lost = heard(b"".join([*records[:2], records[1], *records[2:]]))
    assert (said, is_complete, lost) == (SAID, True, 1)


def test_something_behind_the_end_is_told() -> None:
    assert heard(b"".join(sealed()) + b"more") == (SAID, False, 1)


@pytest.mark.parametrize(
    "other",
    [{"key": bytes(32)}, {"name": bytes(16)}, {"key": bytes(32), "name": bytes(16)}],
    ids=["key", "name", "both"],
)
def test_another_recording_does_not_open(other: dict[str, bytes]) -> None:
    said, is_complete, lost = heard(b"".join(sealed(**other)))  # type: ignore[arg-type]  # bytes alone are given
    assert said == []
    assert not is_complete
    assert lost >= 1


def test_a_record_of_another_recording_is_not_taken_in() -> None:
    mine, other = sealed(), sealed(name=bytes(16))
    said, _is_complete, lost = heard(b"".join([*mine[:2], other[2], *mine[3:]]))
    assert said == SAID[:2] + SAID[3:]
    assert lost == 1


@pytest.mark.parametrize("zeros", [1, 100, 4096, 100_000])
def test_a_length_without_its_bytes_is_a_power_cut(zeros: int) -> None:
    file = b"".join(sealed(is_ended=False))
    said, is_complete, lost = heard(file + bytes(zeros))
    assert (said, is_complete) == (SAID, False)
    # More than one record is no record that was being written.
    assert lost == (zeros > MAX_RECORD_BYTES)


def test_a_zeroed_page_costs_the_records_in_it() -> None:
    said = [bytes([at]) * 3000 for at in range(40)]
    file = bytearray(b"".join(sealed(said)))
    file[40_960:45_056] = bytes(4096)
    found, is_complete, lost = heard(bytes(file))
    assert is_complete
    assert lost in (2, 3)
    assert len(found) == len(said) - lost
    assert [one for one in said if one in found] == found


def test_an_end_in_the_middle_does_not_end_it() -> None:
    """The last flag is authenticated: a record that ends cannot be made of one that does not."""
    key = hkdf(KEY, salt=NAME, info=b"fn/recording/1")
    records = sealed()
    sealed_two = records[2][LENGTH_BYTES:]
    opened = Aead(key).open(chunk_nonce(2, is_last=False), sealed_two, records[2][:LENGTH_BYTES])
    assert opened == SAID[2]
    assert heard(b"".join(records[:3])) == (SAID[:3], False, 0)


def test_a_file_that_looks_like_records_everywhere_ends_the_search() -> None:
    """A disk that lies must not hold up the next unlock: 8 MiB of nothing but lengths."""
    file = b"".join(sealed(SAID[:2], is_ended=False)) + b"\x00\x00\x40\x00" * (2 * 1024 * 1024)
    said, is_complete, lost = heard(file)
    assert (said, is_complete) == (SAID[:2], False)
    assert lost >= 1


@settings(max_examples=100 * effort(), deadline=None)
@given(
    said=st.lists(st.binary(max_size=300), min_size=1, max_size=12),
    edits=st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=40)), max_size=4),
)
def test_whatever_is_written_over_it_nothing_is_served_that_was_not_said(
    said: list[bytes], edits: list[tuple[int, bytes]]
) -> None:
    file = bytearray(b"".join(sealed(said)))
    whole = bytes(file)
    for at, new in edits:
        file[at : at + len(new)] = new
    found, is_complete, lost = heard(bytes(file))
    rest = iter(said)
    assert all(any(one == known for known in rest) for one in found)
    if bytes(file) != whole:
        assert lost or not is_complete
