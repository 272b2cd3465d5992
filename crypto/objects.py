"""Evidence objects: one STREAM each, padded so that a file's length says little.

The plaintext is the content, zeros, and the content's length as a big-endian u64; together they
are as long as Padmé makes content and length (formats, "Objects").
"""

import io

from crypto import labels
from crypto.errors import Malformed
from crypto.primitives import hkdf
from crypto.stream import (
    CHUNK_BYTES,
    SeekableOpener,
    SeekableSource,
    Sink,
    StreamSealer,
    plain_size,
)

NAME_BYTES = 16
_LENGTH_BYTES = 8
_ZEROS = bytes(CHUNK_BYTES)


def padme(length: int) -> int:
    """The Padmé length for `length` (Nikitin et al. 2019): at most 12 % more, few lengths left."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    # The mantissa may take as many bits as the exponent needs; the bits below it are rounded up.
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


class ObjectSealer:
    """Seals one object's content into `sink`. An object key is used once, under one name."""

    def __init__(self, object_key: bytes, name: bytes, sink: Sink) -> None:
        self._stream = StreamSealer(_payload_key(object_key, name), sink)
        self._size_bytes = 0

    def write(self, data: bytes | memoryview, /) -> int:
        """Take all of `data` and return its length in bytes."""
        written_bytes = self._stream.write(data)
        self._size_bytes += written_bytes
        return written_bytes

    def finish(self) -> None:
        """Write padding, length and the last chunk; the sink stays open."""
        left = _padding_size(self._size_bytes)
        while left:
            left -= self._stream.write(memoryview(_ZEROS)[: min(left, CHUNK_BYTES)])
        self._stream.write(self._size_bytes.to_bytes(_LENGTH_BYTES, "big"))
        self._stream.finish()


class ObjectOpener:
    """An object's content as a read-only file that can be read from anywhere.

    Opening verifies the last chunk and the length; raises `Tampered` or `Malformed` when they do
    not fit. The padding is verified by `check_padding`, which reads all of it.
    """

    def __init__(
        self, object_key: bytes, name: bytes, source: SeekableSource, sealed_bytes: int
    ) -> None:
        self._plain_bytes = plain_size(sealed_bytes)
        if self._plain_bytes < _LENGTH_BYTES:
            raise Malformed("object is too short for its length")
        self._stream = SeekableOpener(_payload_key(object_key, name), source, sealed_bytes)
        self._stream.seek(-_LENGTH_BYTES, io.SEEK_END)
        self._size_bytes = int.from_bytes(self._stream.read(_LENGTH_BYTES), "big")
        if padme(self._size_bytes + _LENGTH_BYTES) != self._plain_bytes:
            raise Malformed("object length does not fit its padding")
        self._stream.seek(0)

    @property
    def size_bytes(self) -> int:
        """The length of the content."""
        return self._size_bytes

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to `offset` from the beginning, the position or the end; return the position."""
        if whence == io.SEEK_END:
            return self._stream.seek(self._size_bytes + offset)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """The position in the content, in bytes."""
        return self._stream.tell()

    def read(self, max_bytes: int = -1, /) -> bytes:
        """`max_bytes` from the position on, fewer only at the end; all that is left when < 0."""
        left = max(0, self._size_bytes - self._stream.tell())
        return self._stream.read(left if max_bytes < 0 else min(max_bytes, left))

    def check_padding(self) -> None:
        """Raise `Malformed` unless all padding is zeros; the position stays where it was."""
        position = self._stream.tell()
        self._stream.seek(self._size_bytes)
        left = _padding_size(self._size_bytes)
        try:
            while left:
                padding = self._stream.read(min(left, CHUNK_BYTES))
                if padding.count(0) != len(padding):
                    raise Malformed("object padding is not zero")
                left -= len(padding)
        finally:
            self._stream.seek(position)


def _padding_size(content_bytes: int) -> int:
    return padme(content_bytes + _LENGTH_BYTES) - _LENGTH_BYTES - content_bytes


def _payload_key(object_key: bytes, name: bytes) -> bytes:
    if len(name) != NAME_BYTES:
        raise ValueError("an object's name is 16 bytes")
    return hkdf(object_key, salt=name, info=labels.OBJECT_KEY)
