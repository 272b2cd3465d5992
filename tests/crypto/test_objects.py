"""Evidence objects: content under padding, found whole or refused."""

import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import CryptoError, Malformed, Tampered
from crypto.objects import ObjectOpener, ObjectSealer, padme
from crypto.primitives import hkdf
from crypto.stream import CHUNK_BYTES, StreamSealer, sealed_size
from tests.support import REPOSITORY, effort

KEY = bytes(range(32))
NAME = bytes(range(16))
SIZES = [0, 1, 9, 1000, CHUNK_BYTES - 8, CHUNK_BYTES, 3 * CHUNK_BYTES + 1]


def content(size: int) -> bytes:
    return (b"photograph of the gate; " * (size // 24 + 1))[:size]


def seal(data: bytes, name: bytes = NAME) -> bytes:
    sink = io.BytesIO()
    sealer = ObjectSealer(KEY, name, sink)
    sealer.write(data)
    sealer.finish()
    return sink.getvalue()


def seal_raw(plaintext: bytes) -> bytes:
    """An object whose plaintext is all ours to get wrong."""
    sink = io.BytesIO()
    sealer = StreamSealer(hkdf(KEY, salt=NAME, info=b"fn/object/1"), sink)
    sealer.write(plaintext)
    sealer.finish()
    return sink.getvalue()


def opened(sealed: bytes, key: bytes = KEY, name: bytes = NAME) -> ObjectOpener:
    return ObjectOpener(key, name, io.BytesIO(sealed), len(sealed))


@pytest.mark.parametrize("size", SIZES)
def test_content_comes_back_and_the_file_has_a_padme_length(size: int) -> None:
    sealed = seal(content(size))
    assert len(sealed) == sealed_size(padme(size + 8))
    opener = opened(sealed)
    opener.check_padding()
    assert opener.size_bytes == size
    assert opener.read() == content(size)
    assert opener.read(1) == b""


def test_an_object_is_built_as_the_format_says() -> None:
    data = content(1000)
    padding = bytes(padme(1008) - 1008)
    assert padding
    assert seal(data) == seal_raw(data + padding + (1000).to_bytes(8, "big"))


def test_an_object_of_version_1_opens_for_ever() -> None:
    golden = (REPOSITORY / "tests" / "golden" / "object_v1.sealed").read_bytes()
    opener = opened(golden)
    opener.check_padding()
    assert opener.read() == content(1000)
    assert seal(content(1000)) == golden


@given(size=st.integers(0, 200_000), offset=st.integers(0, 250_000), length=st.integers(0, 99_999))
@settings(max_examples=40 * effort())
def test_seeking_and_reading_is_slicing(size: int, offset: int, length: int) -> None:
    data = content(size)
    opener = opened(seal(data))
    assert opener.seek(offset) == offset
    assert opener.read(length) == data[offset : offset + length]
    back = min(size, length)
    assert opener.seek(-back, io.SEEK_END) == size - back
    opener.check_padding()
    assert opener.tell() == size - back
    assert opener.read() == data[size - back :]


@given(size=st.sampled_from(SIZES), place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=60 * effort())
def test_a_changed_byte_anywhere_is_refused(size: int, place: float) -> None:
    sealed = bytearray(seal(content(size)))
    sealed[int(place * len(sealed))] ^= 0x20
    with pytest.raises(Tampered):
        read_all(bytes(sealed))


@given(size=st.sampled_from(SIZES), place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=60 * effort())
def test_a_cut_anywhere_is_refused_when_opened(size: int, place: float) -> None:
    sealed = seal(content(size))
    with pytest.raises(CryptoError):
        opened(sealed[: int(place * len(sealed))])


def read_all(sealed: bytes) -> bytes:
    opener = opened(sealed)
    opener.check_padding()
    return opener.read()


def test_two_objects_cannot_be_swapped() -> None:
    with pytest.raises(Tampered):
        opened(seal(b"a", name=bytes(16)))
    with pytest.raises(Tampered):
        opened(seal(b"a"), key=bytes(32))


def test_padding_that_is_not_zero_is_refused() -> None:
    data = content(1000)
    padding = bytearray(padme(1008) - 1008)
    padding[-1] = 1
    opener = opened(seal_raw(data + padding + (1000).to_bytes(8, "big")))
    assert opener.read() == data
    with pytest.raises(Malformed):
        opener.check_padding()


@pytest.mark.parametrize("length", [999, 0, 1016, 2**64 - 1])
def test_a_length_that_does_not_fit_the_padding_is_refused(length: int) -> None:
    plaintext = bytes(1000) + length.to_bytes(8, "big")
    with pytest.raises(Malformed):
        opened(seal_raw(plaintext))


@pytest.mark.parametrize("size", [0, 1, 7])
def test_an_object_too_short_for_a_length_is_refused(size: int) -> None:
    with pytest.raises(Malformed):
        opened(seal_raw(bytes(size)))


def test_a_name_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        ObjectSealer(KEY, b"short", io.BytesIO())


@pytest.mark.parametrize(
    ("length", "padded"), [(0, 0), (1, 1), (2, 2), (8, 8), (9, 10), (100, 104), (1008, 1024)]
)
def test_padme_of_small_lengths(length: int, padded: int) -> None:
    assert padme(length) == padded


@given(st.integers(2, 2**45))
def test_padme_is_the_function_of_the_paper(length: int) -> None:
    padded = padme(length)
    exponent = length.bit_length() - 1
    low_bits = exponent - (math.floor(math.log2(exponent)) + 1 if exponent else 0)
    assert padded % 2 ** max(0, low_bits) == 0
    assert length <= padded < length + 2 ** max(0, low_bits)
    assert padded <= length * 1.12
    assert padme(padded) == padded
