"""A recording in progress: short records, each sealed by itself, so that a kill costs the last one.

A record is `u32 sealed length ‖ AEAD(payload key, counter ‖ last flag, plaintext)`, with the length
as associated data (formats, "Recordings"). Unlike an object it may end anywhere: what lacks its
end was interrupted, and is no damage. What was changed, cut out, moved or brought from elsewhere
does not open, costs itself alone, and is counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crypto import labels
from crypto.errors import Tampered
from crypto.objects import NAME_BYTES
from crypto.primitives import TAG_BYTES, Aead, hkdf
from crypto.stream import SeekableSource, chunk_nonce, read_fully

LENGTH_BYTES = 4
MAX_SEALED_BYTES = 65_535
MAX_RECORD_BYTES = MAX_SEALED_BYTES - TAG_BYTES
"""Of plaintext: far more than a second of sound takes."""

_SCAN_BYTES = 256 * 1024
_MOST_SCANNED_BYTES = 8 * 1024 * 1024
"""So much in one piece may be damaged and the rest is still found."""
_MOST_TRIES = 20_000
"""In one recording: a file made to look like records everywhere ends the search alone."""
_MOST_SKIPPED = 1024

# A length as a record has it: below 65,536, and no less than a tag. Matches may overlap.
_LENGTH = re.compile(rb"(?=\x00\x00(?:[\x01-\xff].|\x00[\x10-\xff]))", re.DOTALL)


class RecordingSealer:
    """Seals the records of one recording, in order. A key serves one recording, once."""

    def __init__(self, recording_key: bytes, name: bytes) -> None:
        self._aead = Aead(_payload_key(recording_key, name))
        self._counter = 0
        self._is_finished = False

    def seal(self, plaintext: bytes, *, is_last: bool = False) -> bytes:
        """The next record, to be appended to the file as it is."""
        if self._is_finished:
            raise ValueError("the recording is finished")
        if len(plaintext) > MAX_RECORD_BYTES:
            raise ValueError("a record is too long")
        length = (len(plaintext) + TAG_BYTES).to_bytes(LENGTH_BYTES, "big")
        sealed = self._aead.seal(chunk_nonce(self._counter, is_last=is_last), plaintext, length)
        self._counter += 1
        self._is_finished = is_last
        return length + sealed


@dataclass(slots=True)
class RecordingOpener:
    """Reads the records of a recording that can be read, and says afterwards what was missing."""

    _source: SeekableSource = field(repr=False)
    _size_bytes: int
    _aead: Aead = field(repr=False)
    is_complete: bool = False
    """Whether the last record was there and nothing followed it."""
    lost: int = 0
    """How many records were there and could not be read; at least so many."""
    _tries_left: int = _MOST_TRIES

    @classmethod
    def of(
        cls, recording_key: bytes, name: bytes, source: SeekableSource, size_bytes: int
    ) -> "RecordingOpener":
        """Open the `size_bytes` of `source` that are there now."""
        return cls(source, size_bytes, Aead(_payload_key(recording_key, name)))

    def records(self) -> Iterator[bytes]:
        """Every record that can be read, in order."""
        at, counter = 0, 0
        while at < self._size_bytes:
            found = self._record(at, counter)
            if found is None:
                resumed = self._resumed(at, counter)
                if resumed is None:
                    self.lost += not self._is_torn(at)
                    return
                # Where nothing is missing, something was put in: damage, too.
                self.lost += max(1, resumed[1] - counter)
                at, counter = resumed
                continue
            plaintext, is_last, at = found
            yield plaintext
            counter += 1
            if is_last:
                self.is_complete = at == self._size_bytes
                self.lost += at != self._size_bytes
                return

    def _record(self, at: int, counter: int) -> tuple[bytes, bool, int] | None:
        """The record with this number at this place: plaintext, whether it is the last, and end."""
        length = self._read(at, LENGTH_BYTES)
        size = int.from_bytes(length, "big")
        end = at + LENGTH_BYTES + size
        if not TAG_BYTES <= size <= MAX_SEALED_BYTES or end > self._size_bytes:
            return None
        sealed = self._read(at + LENGTH_BYTES, size)
        for is_last in (False, True):
            try:
                nonce = chunk_nonce(counter, is_last=is_last)
                return self._aead.open(nonce, sealed, length), is_last, end
            except Tampered:
                continue
        return None

    def _resumed(self, at: int, counter: int) -> tuple[int, int] | None:
        """Where records go on behind one that cannot be read, and with which number."""
        end = min(self._size_bytes, at + _MOST_SCANNED_BYTES)
        # A length that is whole leads to the next record at once.
        size = int.from_bytes(self._read(at, LENGTH_BYTES), "big")
        follows = at + LENGTH_BYTES + size
        if size <= MAX_SEALED_BYTES and self._record(follows, counter + 1):
            return follows, counter + 1
        for start in range(at, end, _SCAN_BYTES):
            block = self._read(start, min(_SCAN_BYTES, end - start) + LENGTH_BYTES - 1)
            for match in _LENGTH.finditer(block):
                place = start + match.start()
                # No record is shorter than its length and its tag. Where records were cut out,
                # the next one stands here, whatever its number is.
                most = (place - at) // (LENGTH_BYTES + TAG_BYTES) + 1
                if place == at:
                    most = _MOST_SKIPPED
                for skipped in range(min(most, _MOST_SKIPPED) + 1):
                    if not self._tries_left:
                        return None
                    self._tries_left -= 1
                    if self._record(place, counter + skipped):
                        return place, counter + skipped
        return None

    def _is_torn(self, at: int) -> bool:
        """Whether what is left is a record that was being written when everything stopped."""
        left = self._size_bytes - at
        size = int.from_bytes(self._read(at, LENGTH_BYTES), "big")
        is_length = TAG_BYTES <= size <= MAX_SEALED_BYTES
        if left < LENGTH_BYTES or (is_length and left < LENGTH_BYTES + size):
            return True
        # A file may have its length before its bytes when the power goes.
        rest = self._read(at, MAX_SEALED_BYTES + LENGTH_BYTES + 1)
        return left <= MAX_SEALED_BYTES + LENGTH_BYTES and not rest.strip(b"\0")

    def _read(self, at: int, size_bytes: int) -> bytes:
        self._source.seek(at)
        return read_fully(self._source, max(0, min(size_bytes, self._size_bytes - at)))


def _payload_key(recording_key: bytes, name: bytes) -> bytes:
    if len(name) != NAME_BYTES:
        raise ValueError("a recording's name is 16 bytes")
    return hkdf(recording_key, salt=name, info=labels.RECORDING_KEY)
