"""Reading a source by lines, with a bound, and then by bytes."""

from crypto.stream import Source

_BLOCK_BYTES = 4096


class LineReader:
    """A source that gives lines as long as lines are asked for, and the bytes after them.

    It reads ahead of the lines, so the source underneath is its own from then on.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ahead = b""
        self._position_bytes = 0

    @property
    def position_bytes(self) -> int:
        """How many bytes were given out."""
        return self._position_bytes

    def read_line(self, max_bytes: int) -> bytes:
        """The next line with its LF; without one at the end or when `max_bytes` hold none."""
        end = self._ahead.find(b"\n") + 1
        while not end and len(self._ahead) < max_bytes:
            block = self._source.read(_BLOCK_BYTES)
            if not block:
                break
            searched_bytes = len(self._ahead)
            self._ahead += block
            end = self._ahead.find(b"\n", searched_bytes) + 1
        return self._take(min(end or max_bytes, max_bytes))

    def read(self, max_bytes: int, /) -> bytes:
        """At most `max_bytes`, none only at the end."""
        if self._ahead:
            return self._take(max_bytes)
        data = self._source.read(max_bytes)
        self._position_bytes += len(data)
        return data

    def _take(self, size_bytes: int) -> bytes:
        data, self._ahead = self._ahead[:size_bytes], self._ahead[size_bytes:]
        self._position_bytes += len(data)
        return data
