"""Whether a piece of an age file belongs at a place: its chunks say so, each by itself."""

from collections.abc import Sequence

from crypto.age import Identity, open_header
from crypto.errors import Tampered
from crypto.lines import LineReader
from crypto.primitives import TAG_BYTES, Aead
from crypto.stream import SEALED_CHUNK_BYTES, Source, chunk_nonce


class Probe:
    """Knows an age file by its beginning, and judges single chunks of it."""

    def __init__(self, beginning: Source, identities: Sequence[Identity]) -> None:
        """Read the header. Raises as `crypto.age.open_age`."""
        self.start_bytes, key = open_header(LineReader(beginning), identities)
        self._aead = Aead(key)

    def index_from(self, offset_bytes: int) -> int:
        """The number of the first chunk that begins at an offset of the file or after it."""
        return max(0, -(-(offset_bytes - self.start_bytes) // SEALED_CHUNK_BYTES))

    def offset_of(self, index: int) -> int:
        """Where a chunk begins in the file."""
        return self.start_bytes + index * SEALED_CHUNK_BYTES

    def fits(self, index: int, sealed: bytes, *, is_last: bool) -> bool:
        """Whether this is the chunk of this number."""
        if len(sealed) < TAG_BYTES:
            return False
        try:
            self._aead.open(chunk_nonce(index, is_last=is_last), sealed)
        except Tampered:
            return False
        return True
