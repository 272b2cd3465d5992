"""STREAM: what was sealed comes back, and nothing else does."""

import io
import os
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import Malformed, Tampered
from crypto.primitives import Aead
from crypto.stream import (
    CHUNK_BYTES,
    SEALED_CHUNK_BYTES,
    PayloadCorrupt,
    PayloadCut,
    SeekableOpener,
    StreamOpener,
    StreamSealer,
    plain_size,
    sealed_size,
)
from tests.support import effort

KEY = bytes(range(32))
BORDER_SIZES = [
    0,
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES - 1,
    2 * CHUNK_BYTES,
    2 * CHUNK_BYTES + 1,
]
near_borders = st.builds(
    lambda border, offset: max(0, border + offset),
    st.sampled_from(BORDER_SIZES),
    st.integers(-40, 40),
)


class Dribble:
    """A source that gives a few bytes at a time, as pipes do."""

    def __init__(self, data: bytes, step: int) -> None:
        self._file = io.BytesIO(data)
        self._step = step

    def read(self, n: int, /) -> bytes:
        return self._file.read(min(n, self._step))


def content(size: int) -> bytes:
    return (b"the well is behind the school; " * (size // 31 + 1))[:size]


def seal(plaintext: bytes, key: bytes = KEY, step: int = 1 << 20) -> bytes:
    sink = io.BytesIO()
    sealer = StreamSealer(key, sink)
    for start in range(0, len(plaintext), step):
        sealer.write(plaintext[start : start + step])
    sealer.finish()
    return sink.getvalue()


def open_all(sealed: bytes, key: bytes = KEY) -> bytes:
    return b"".join(StreamOpener(key, io.BytesIO(sealed)).chunks())


def seekable(sealed: bytes) -> SeekableOpener:
    return SeekableOpener(KEY, io.BytesIO(sealed), len(sealed))


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_what_was_sealed_comes_back_at_every_chunk_border(size: int) -> None:
    sealed = seal(content(size))
    assert len(sealed) == sealed_size(size)
    assert plain_size(len(sealed)) == size
    assert open_all(sealed) == content(size)
    assert seekable(sealed).read() == content(size)


@given(size=near_borders, step=st.integers(1000, 3 * CHUNK_BYTES))
@settings(max_examples=30 * effort())
def test_the_size_of_the_writes_changes_nothing(size: int, step: int) -> None:
    assert seal(content(size), step=step) == seal(content(size))


@pytest.mark.parametrize("step", [997, CHUNK_BYTES, SEALED_CHUNK_BYTES - 1])
def test_a_source_with_short_reads_is_read_to_its_end(step: int) -> None:
    plaintext = content(2 * CHUNK_BYTES + 5)
    opener = StreamOpener(KEY, Dribble(seal(plaintext), step))
    assert b"".join(opener.chunks()) == plaintext


@given(size=near_borders, reads=st.lists(st.integers(1, CHUNK_BYTES * 2), max_size=8))
@settings(max_examples=30 * effort())
def test_reads_of_any_size_give_the_plaintext_in_order(size: int, reads: list[int]) -> None:
    opener = StreamOpener(KEY, io.BytesIO(seal(content(size))))
    parts = [opener.read(n) for n in reads]
    assert all(len(part) <= n for part, n in zip(parts, reads, strict=True))
    assert b"".join([*parts, *opener.chunks()]) == content(size)
    assert opener.read(1) == b""


def test_reading_nothing_gives_nothing_and_skips_nothing() -> None:
    opener = StreamOpener(KEY, io.BytesIO(seal(b"abc")))
    assert opener.read(0) == b""
    assert opener.read(9) == b"abc"


def test_the_first_chunk_is_as_rfc_8439_says_under_a_zero_counter() -> None:
    # The nonce of a single chunk is eleven zeros and a one.
    assert seal(b"salt") == Aead(KEY).seal(bytes(11) + b"\x01", b"salt")


@given(
    size=st.sampled_from(BORDER_SIZES),
    place=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
)
@settings(max_examples=60 * effort())
def test_a_flipped_bit_anywhere_is_refused(size: int, place: float, bit: int) -> None:
    sealed = bytearray(seal(content(size)))
    index = int(place * len(sealed))
    sealed[index] ^= 1 << bit
    released = io.BytesIO()
    with pytest.raises(Tampered):
        released.writelines(StreamOpener(KEY, io.BytesIO(sealed)).chunks())
    assert content(size).startswith(released.getvalue())
    assert len(released.getvalue()) <= index // SEALED_CHUNK_BYTES * CHUNK_BYTES
    with pytest.raises(Tampered):
        seekable(bytes(sealed)).read()


def test_every_flipped_byte_of_a_short_payload_is_refused() -> None:
    sealed = seal(b"a name")
    for index in range(len(sealed)):
        changed = sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        with pytest.raises(PayloadCorrupt):
            open_all(changed)


@given(size=near_borders, place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=60 * effort())
def test_a_cut_anywhere_is_refused(size: int, place: float) -> None:
    sealed = seal(content(size))
    cut = sealed[: int(place * len(sealed))]
    with pytest.raises(PayloadCorrupt):
        open_all(cut)
    with pytest.raises(PayloadCorrupt):
        seekable(cut)


@pytest.mark.parametrize("chunks", [1, 2])
def test_a_cut_between_chunks_gives_what_is_authentic_and_then_fails(chunks: int) -> None:
    plaintext = content(3 * CHUNK_BYTES)
    opener = StreamOpener(KEY, io.BytesIO(seal(plaintext)[: chunks * SEALED_CHUNK_BYTES]))
    released = b"".join(opener.read(CHUNK_BYTES) for _ in range(chunks))
    assert released == plaintext[: chunks * CHUNK_BYTES]
    with pytest.raises(PayloadCut):
        opener.read(1)


def test_a_failure_is_never_followed_by_an_end() -> None:
    opener = StreamOpener(KEY, io.BytesIO(seal(content(100))[:-1]))
    for _ in range(3):
        with pytest.raises(PayloadCorrupt):
            opener.read(1)


@pytest.mark.parametrize("size", BORDER_SIZES)
@pytest.mark.parametrize("extra", [1, 16, 17, SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES + 1])
def test_anything_after_the_end_is_refused(size: int, extra: int) -> None:
    sealed = seal(content(size)) + bytes(extra)
    with pytest.raises(PayloadCorrupt):
        open_all(sealed)
    with pytest.raises(PayloadCorrupt):
        seekable(sealed)


def test_swapped_and_repeated_chunks_are_refused() -> None:
    sealed = seal(content(3 * CHUNK_BYTES))
    first, second, third = (
        sealed[i * SEALED_CHUNK_BYTES : (i + 1) * SEALED_CHUNK_BYTES] for i in range(3)
    )
    for order in ([second, first, third], [first, first, third], [first, third]):
        with pytest.raises(PayloadCorrupt):
            open_all(b"".join(order))


def test_an_empty_last_chunk_is_refused_unless_it_is_the_only_one() -> None:
    aead = Aead(KEY)
    middle = aead.seal(bytes(12), content(CHUNK_BYTES))
    empty_last = aead.seal(bytes(10) + b"\x01\x01", b"")
    with pytest.raises(PayloadCut):
        open_all(middle + empty_last)
    with pytest.raises(PayloadCut):
        seekable(middle + empty_last)
    assert open_all(seal(b"")) == b""


def test_another_key_opens_nothing() -> None:
    with pytest.raises(PayloadCorrupt):
        open_all(seal(b"a name"), key=bytes(32))


@pytest.mark.parametrize("size", [0, 1, 15, SEALED_CHUNK_BYTES + 1, SEALED_CHUNK_BYTES + 16])
def test_an_impossible_length_is_malformed(size: int) -> None:
    with pytest.raises(Malformed):
        plain_size(size)


def test_a_finished_stream_takes_nothing_more() -> None:
    sealer = StreamSealer(KEY, io.BytesIO())
    sealer.finish()
    with pytest.raises(ValueError, match="finished"):
        sealer.write(b"more")
    with pytest.raises(ValueError, match="finished"):
        sealer.finish()


@given(size=near_borders, offset=st.integers(0, 3 * CHUNK_BYTES), length=st.integers(0, 2**17))
@settings(max_examples=60 * effort())
def test_seeking_and_reading_is_slicing(size: int, offset: int, length: int) -> None:
    plaintext = content(size)
    opener = seekable(seal(plaintext))
    assert opener.seek(offset) == offset
    assert opener.read(length) == plaintext[offset : offset + length]
    assert opener.tell() == offset + len(plaintext[offset : offset + length])
    back = min(length, size)
    assert opener.seek(-back, io.SEEK_END) == size - back
    assert opener.read() == plaintext[size - back :]
    assert opener.seek(-back, io.SEEK_CUR) == size - back
    assert opener.size_bytes == size


def test_a_position_before_the_beginning_is_refused() -> None:
    opener = seekable(seal(b"abc"))
    with pytest.raises(ValueError, match="before"):
        opener.seek(-1)


def test_a_payload_may_begin_anywhere_in_its_file() -> None:
    plaintext = content(CHUNK_BYTES + 9)
    sealed = seal(plaintext)
    opener = SeekableOpener(KEY, io.BytesIO(b"before" + sealed), len(sealed), start_bytes=6)
    assert opener.read() == plaintext


def test_a_long_payload_passes_in_bounded_memory() -> None:
    class Nowhere:
        def write(self, data: bytes | memoryview, /) -> None: ...

    block = os.urandom(1 << 20)
    tracemalloc.start()
    try:
        sealer = StreamSealer(KEY, Nowhere())
        for _ in range(16):
            sealer.write(block)
        sealer.finish()
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 1 << 20
