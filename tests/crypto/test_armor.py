"""Armour: one canonical form around the bytes, and nothing else."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.armor import ArmorMalformed, ArmorReader, ArmorWriter
from tests.support import effort


def armored(data: bytes, step: int = 1 << 20) -> bytes:
    sink = io.BytesIO()
    writer = ArmorWriter(sink)
    for start in range(0, len(data), step):
        writer.write(data[start : start + step])
    writer.finish()
    return sink.getvalue()


def opened(text: bytes, step: int = 1 << 16) -> bytes:
    reader = ArmorReader(io.BytesIO(text))
    return b"".join(iter(lambda: reader.read(step), b""))


@given(data=st.binary(max_size=400), step=st.integers(1, 100))
@settings(max_examples=60 * effort())
def test_bytes_come_back_however_they_are_written_and_read(data: bytes, step: int) -> None:
    assert armored(data, step) == armored(data)
    assert opened(armored(data), step) == data


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 96])
def test_crlf_and_white_space_around_are_let_pass(size: int) -> None:
    text = armored(bytes(size))
    assert opened(text.replace(b"\n", b"\r\n")) == bytes(size)
    assert opened(b" \r\n\t\n" + text + b"\n\n ") == bytes(size)
    assert opened(text.rstrip(b"\n")) == bytes(size)


@pytest.mark.parametrize("size", [0, 1, 48, 50])
def test_every_changed_character_is_refused_or_changes_the_bytes(size: int) -> None:
    text = armored(bytes(size))
    for index in range(len(text)):
        changed = text[:index] + bytes([text[index] ^ 1]) + text[index + 1 :]
        try:
            assert opened(changed) != bytes(size)
        except ArmorMalformed:
            continue


def test_every_cut_is_refused() -> None:
    text = armored(bytes(100)).rstrip(b"\n")
    for length in range(len(text)):
        with pytest.raises(ArmorMalformed):
            opened(text[:length])


@pytest.mark.parametrize("extra", [b"x", b"\n" * 2000, b"\n-----BEGIN AGE ENCRYPTED FILE-----"])
def test_something_before_or_after_is_refused(extra: bytes) -> None:
    text = armored(bytes(100))
    with pytest.raises(ArmorMalformed):
        opened(text + extra)
    with pytest.raises(ArmorMalformed):
        opened(extra + b"\n" + text)


def test_an_endless_line_is_given_up() -> None:
    class Endless:
        def __init__(self, data: bytes) -> None:
            self._data = data
            self.given_bytes = 0

        def read(self, n: int, /) -> bytes:
            self.given_bytes += n
            assert self.given_bytes < 1 << 20
            return self._data * n

    for data in (b"a", b" ", b"\n"):
        with pytest.raises(ArmorMalformed):
            ArmorReader(Endless(data)).read(1)
