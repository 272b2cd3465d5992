"""age's STREAM: a payload in authenticated chunks, sealed and opened in bounded memory.

A chunk is 64 KiB of plaintext under ChaCha20-Poly1305. Its nonce is an 11-byte big-endian counter
and one byte that is 1 for the last chunk only, so that chunks cannot be reordered, dropped, cut
off or added (https://c2sp.org/age, section "Payload").
"""

import io
from collections.abc import Iterator
from typing import Protocol

from crypto.errors import CryptoError, Malformed, Tampered
from crypto.primitives import TAG_BYTES, Aead

CHUNK_BYTES = 64 * 1024
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES


class PayloadCorrupt(Tampered):
    """A chunk's tag does not fit, or the chunks are not the ones that were sealed."""


class PayloadCut(PayloadCorrupt, Malformed):
    """The payload's length or end is impossible: cut short, something after it, an empty chunk."""


class Sink(Protocol):
    """Where bytes go. A `write` takes everything it is given, as buffered files do."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take all of `data`."""
        ...


class Source(Protocol):
    """Where bytes come from. A `read` gives at most `n` bytes, and none only at the end."""

    def read(self, n: int, /) -> bytes:
        """Give at most `n` bytes."""
        ...


class SeekableSource(Source, Protocol):
    """A source that can be read from anywhere."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move as a file's `seek` does."""
        ...


def sealed_size(plain_bytes: int) -> int:
    """How many bytes `plain_bytes` of plaintext take when sealed."""
    return plain_bytes + TAG_BYTES * max(1, -(-plain_bytes // CHUNK_BYTES))


def plain_size(sealed_bytes: int) -> int:
    """How many bytes of plaintext are in `sealed_bytes`. Raises `PayloadCut` when impossible."""
    chunks = _chunk_count(sealed_bytes)
    last = sealed_bytes - (chunks - 1) * SEALED_CHUNK_BYTES
    if last < TAG_BYTES or (last == TAG_BYTES and chunks > 1):
        raise PayloadCut("payload length is impossible")
    return sealed_bytes - chunks * TAG_BYTES


def read_fully(source: Source, size_bytes: int) -> bytes:
    """Read `size_bytes` through short reads; fewer only at the end of the source."""
    data = source.read(size_bytes)
    if len(data) == size_bytes or not data:
        return data
    parts = [data]
    missing = size_bytes - len(data)
    while missing and (data := source.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


class StreamSealer:
    """Seals what is written to it into `sink`. The key must never have sealed anything before."""

    def __init__(self, key: bytes, sink: Sink) -> None:
        self._aead = Aead(key)
        self._sink = sink
        self._pending = bytearray()
        self._index = 0
        self._is_finished = False

    def write(self, data: bytes | memoryview) -> int:
        """Take all of `data` and return its length in bytes."""
        if self._is_finished:
            raise ValueError("the stream is finished")
        view = memoryview(data).cast("B")
        start = 0
        if self._pending:
            start = min(CHUNK_BYTES - len(self._pending), len(view))
            self._pending += view[:start]
        # A chunk leaves only when more is known to follow, for a last chunk is marked as such
        # and is never empty unless the whole payload is.
        if start < len(view) and self._pending:
            self._seal_pending(is_last=False)
        while len(view) - start > CHUNK_BYTES:
            self._seal_chunk(view[start : start + CHUNK_BYTES], is_last=False)
            start += CHUNK_BYTES
        self._pending += view[start:]
        return len(view)

    def finish(self) -> None:
        """Write the last chunk. Without it the payload is cut short; the sink stays open."""
        if self._is_finished:
            raise ValueError("the stream is finished")
        self._is_finished = True
        self._seal_pending(is_last=True)

    def _seal_pending(self, *, is_last: bool) -> None:
        with memoryview(self._pending) as plaintext:
            self._seal_chunk(plaintext, is_last=is_last)
        self._pending.clear()

    def _seal_chunk(self, plaintext: memoryview, *, is_last: bool) -> None:
        self._sink.write(self._aead.seal(chunk_nonce(self._index, is_last=is_last), plaintext))
        self._index += 1


class StreamOpener:
    """Opens a payload from its beginning to its end; nothing leaves before its tag fits.

    What was given out before an error is authentic, but is not the whole. Errors are
    `PayloadCorrupt`, and `PayloadCut` where the end is missing or is not the end; after an error
    every further read raises it again, so that a failure cannot be taken for the end.
    """

    def __init__(self, key: bytes, source: Source) -> None:
        self._aead = Aead(key)
        self._source = source
        self._index = 0
        self._following: bytes | None = None
        self._is_ended = False
        self._failure: CryptoError | None = None
        self._chunk = b""
        self._position = 0

    def chunks(self) -> Iterator[bytes]:
        """The rest of the plaintext, chunk by chunk."""
        while data := self.read(CHUNK_BYTES):
            yield data

    def read(self, max_bytes: int, /) -> bytes:
        """At most `max_bytes` of plaintext; nothing at the end, once the end was verified."""
        if max_bytes <= 0:
            return b""
        while self._position == len(self._chunk):
            if self._failure is not None:
                raise self._failure
            if self._is_ended:
                return b""
            self._chunk, self._position = b"", 0
            try:
                self._chunk = self._next_chunk()
            except CryptoError as error:
                self._failure = error
                raise
        end = self._position + max_bytes
        data = self._chunk[self._position : end]
        self._position += len(data)
        return data

    def _next_chunk(self) -> bytes:
        # One chunk is read ahead, for a chunk is the last one when nothing follows it.
        sealed = self._following
        if sealed is None:
            sealed = read_fully(self._source, SEALED_CHUNK_BYTES)
        self._following = read_fully(self._source, SEALED_CHUNK_BYTES)
        index = self._index
        self._index += 1
        is_last = not self._following
        self._is_ended = is_last
        if is_last and (len(sealed) < TAG_BYTES or (len(sealed) == TAG_BYTES and index > 0)):
            raise PayloadCut("payload ends in the middle of a chunk")
        try:
            return _open_chunk(self._aead, sealed, index, is_last=is_last)
        except PayloadCorrupt:
            if len(sealed) < SEALED_CHUNK_BYTES:
                raise
        # A full chunk may be a middle one whose followers are missing, or the last one with
        # something after it. It is authentic, so it is given out as it would have been before
        # the end was seen; the failure follows it.
        plaintext = _open_chunk(self._aead, sealed, index, is_last=not is_last)
        self._failure = PayloadCut("payload is cut short or goes on after its end")
        return plaintext


class SeekableOpener:
    """A sealed payload as a read-only file that can be read from anywhere.

    The payload is `sealed_bytes` long and begins at `start_bytes` of `source`. The last chunk is
    verified at once, so a payload that was cut short raises `PayloadCorrupt` here already.
    """

    def __init__(
        self, key: bytes, source: SeekableSource, sealed_bytes: int, *, start_bytes: int = 0
    ) -> None:
        self._aead = Aead(key)
        self._source = source
        self._start_bytes = start_bytes
        self._size_bytes = plain_size(sealed_bytes)
        self._last_index = _chunk_count(sealed_bytes) - 1
        self._position = 0
        self._cached_index = self._last_index
        self._cached = self._open_chunk(self._last_index)

    @property
    def size_bytes(self) -> int:
        """The length of the plaintext."""
        return self._size_bytes

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to `offset` from the beginning, the position or the end; return the position."""
        origins = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        position = origins[whence] + offset
        if position < 0:
            raise ValueError("a position before the beginning")
        self._position = position
        return position

    def tell(self) -> int:
        """The position in the plaintext, in bytes."""
        return self._position

    def read(self, max_bytes: int = -1, /) -> bytes:
        """`max_bytes` from the position on, fewer only at the end; all that is left when < 0."""
        left = max(0, self._size_bytes - self._position)
        wanted = left if max_bytes < 0 else min(max_bytes, left)
        parts = []
        position = self._position
        while wanted:
            index, offset = divmod(position, CHUNK_BYTES)
            if index != self._cached_index:
                self._cached = self._open_chunk(index)
                self._cached_index = index
            part = self._cached[offset : offset + wanted]
            parts.append(part)
            position += len(part)
            wanted -= len(part)
        self._position = position
        return b"".join(parts)

    def _open_chunk(self, index: int) -> bytes:
        is_last = index == self._last_index
        plain_bytes = self._size_bytes - index * CHUNK_BYTES if is_last else CHUNK_BYTES
        self._source.seek(self._start_bytes + index * SEALED_CHUNK_BYTES)
        sealed = read_fully(self._source, plain_bytes + TAG_BYTES)
        return _open_chunk(self._aead, sealed, index, is_last=is_last)


def _open_chunk(aead: Aead, sealed: bytes, index: int, *, is_last: bool) -> bytes:
    try:
        return aead.open(chunk_nonce(index, is_last=is_last), sealed)
    except Tampered:
        raise PayloadCorrupt("chunk does not fit") from None


def _chunk_count(sealed_bytes: int) -> int:
    return max(1, -(-sealed_bytes // SEALED_CHUNK_BYTES))


def chunk_nonce(index: int, *, is_last: bool) -> bytes:
    """The nonce of a chunk."""
    return index.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")
