"""The slots file tells whole, damaged, foreign and newer apart, and two copies heal each other."""

import hashlib

import pytest

from crypto.errors import LimitExceeded, Malformed, Tampered, Unsupported
from crypto.passphrase import TESTING
from crypto.slotsfile import (
    MAX_FILE_BYTES,
    MAX_GENERATION,
    SLOTS_FILE_BYTES,
    Choice,
    SlotsFile,
    choose,
    parse,
    unused,
)
from tests.crypto.predictable import PredictableRandom

OLDER = unused(TESTING, generation=6, random=PredictableRandom("file"))
NEWER = unused(TESTING, generation=7, random=PredictableRandom("file"))
OLD, NEW = OLDER.encode(), NEWER.encode()
DAMAGED = NEW[:-1] + bytes([NEW[-1] ^ 1])
FOREIGN = b"SQLite format 3\0" + bytes(SLOTS_FILE_BYTES)


def resealed(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()


def edited(position: int, replacement: bytes) -> bytes:
    """A file with other bytes at a place, whose hash fits."""
    body = NEW[:-32]
    return resealed(body[:position] + replacement + body[position + len(replacement) :])


NEWER_VERSION = edited(8, b"\x00\x02")


def chosen(copy_a: bytes | None, copy_b: bytes | None) -> Choice:
    return choose(copy_a, copy_b, allow_testing=True)


def choice(slots: SlotsFile, *, is_healing_needed: bool, damaged: tuple[str, ...] = ()) -> Choice:
    return Choice(slots=slots, is_healing_needed=is_healing_needed, damaged=damaged)


def test_a_file_reads_back_as_written() -> None:
    assert parse(NEW, allow_testing=True) == NEWER
    assert len(NEW) == SLOTS_FILE_BYTES


def test_a_flip_in_any_byte_is_refused() -> None:
    for position in range(len(NEW)):
        for mask in (0x01, 0x80):
            file = bytearray(NEW)
            file[position] ^= mask
            expected = Malformed if position < 8 else Tampered
            with pytest.raises(expected):
                parse(bytes(file), allow_testing=True)


def test_a_file_cut_anywhere_is_refused() -> None:
    for length in range(len(NEW)):
        expected = Malformed if length < 8 else Tampered
        with pytest.raises(expected):
            parse(NEW[:length], allow_testing=True)


def test_a_file_longer_than_any_version_may_be_is_not_ours() -> None:
    longest = resealed(NEW[:8] + b"\x00\x02" + bytes(MAX_FILE_BYTES - 42))
    with pytest.raises(Unsupported):
        parse(longest, allow_testing=True)
    with pytest.raises(Malformed):
        parse(longest + b"\0", allow_testing=True)


def test_a_byte_more_is_damage() -> None:
    with pytest.raises(Tampered):
        parse(NEW + b"\0", allow_testing=True)


@pytest.mark.parametrize("size", [0, 1, 41, SLOTS_FILE_BYTES])
def test_other_files_are_not_slots_files(size: int) -> None:
    for filler in (b"\0", b"x"):
        with pytest.raises(Malformed):
            parse(filler * size, allow_testing=True)


@pytest.mark.parametrize("version", [b"\x00\x00", b"\x00\x02", b"\x01\x01", b"\xff\xff"])
def test_a_whole_file_of_another_version_is_unsupported_whatever_its_length(version: bytes) -> None:
    with pytest.raises(Unsupported):
        parse(edited(8, version), allow_testing=True)
    with pytest.raises(Unsupported):
        parse(resealed(b"fnslots\n" + version), allow_testing=True)
    with pytest.raises(Unsupported):
        parse(resealed(NEW[:8] + version + bytes(9000)), allow_testing=True)


@pytest.mark.parametrize("length", [10, 52, SLOTS_FILE_BYTES - 33, SLOTS_FILE_BYTES - 31])
def test_a_whole_file_of_another_length_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        parse(resealed((NEW[:-32] + b"\0")[:length]), allow_testing=True)


def test_a_costly_derivation_is_refused_before_it_is_obeyed() -> None:
    for costly in (edited(12, b"\xff" * 4), edited(16, b"\xff" * 4), edited(11, b"\xff")):
        with pytest.raises(LimitExceeded):
            parse(costly, allow_testing=True)


def test_a_cheap_derivation_is_refused() -> None:
    for cheap in (edited(16, b"\0\0\0\x08"), edited(10, b"\x01"), edited(10, b"\x07")):
        with pytest.raises(Malformed):
            parse(cheap, allow_testing=True)


def test_the_derivation_for_tests_is_refused_unless_allowed() -> None:
    with pytest.raises(Unsupported):
        parse(NEW)
    with pytest.raises(Unsupported):
        choose(NEW, NEW)


def test_an_impossible_generation_is_refused() -> None:
    highest = MAX_GENERATION.to_bytes(8, "big")
    assert parse(edited(52, highest), allow_testing=True).generation == MAX_GENERATION
    for generation in (MAX_GENERATION + 1, 2**64 - 1):
        with pytest.raises(Malformed):
            parse(edited(52, generation.to_bytes(8, "big")), allow_testing=True)


def test_two_equal_copies_need_no_healing() -> None:
    assert chosen(NEW, NEW) == choice(NEWER, is_healing_needed=False)


def test_the_newer_of_two_whole_copies_is_used() -> None:
    assert chosen(NEW, OLD) == choice(NEWER, is_healing_needed=True)
    assert chosen(OLD, NEW) == choice(NEWER, is_healing_needed=True)


@pytest.mark.parametrize("bad", [DAMAGED, FOREIGN, b"", None, NEW[:100]])
def test_the_other_copy_is_used_when_one_is_damaged_or_missing(bad: bytes | None) -> None:
    assert chosen(bad, OLD) == choice(OLDER, is_healing_needed=True, damaged=("a",))
    assert chosen(OLD, bad) == choice(OLDER, is_healing_needed=True, damaged=("b",))


@pytest.mark.parametrize("bad", [DAMAGED, FOREIGN, None])
def test_two_copies_that_are_not_whole_are_damage(bad: bytes | None) -> None:
    for copies in ((DAMAGED, bad), (bad, DAMAGED)):
        with pytest.raises(Tampered):
            chosen(*copies)


@pytest.mark.parametrize("bad", [FOREIGN, b"", None])
def test_two_foreign_copies_are_not_a_notebook(bad: bytes | None) -> None:
    for copies in ((FOREIGN, bad), (bad, FOREIGN), (bad, bad)):
        with pytest.raises(Malformed):
            chosen(*copies)


@pytest.mark.parametrize("other", [NEW, DAMAGED, FOREIGN, None])
def test_a_copy_of_a_newer_program_decides_lest_healing_write_over_it(other: bytes | None) -> None:
    for copies in ((NEWER_VERSION, other), (other, NEWER_VERSION)):
        with pytest.raises(Unsupported):
            chosen(*copies)
