"""age's ASCII armour: a strict PEM block (RFC 7468, figure 3), read and written as a stream."""

import base64
import binascii

from crypto.errors import Malformed
from crypto.lines import LineReader
from crypto.stream import Sink, Source

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END = b"-----END AGE ENCRYPTED FILE-----"
_LINE_COLUMNS = 64
_LINE_BYTES = 48
_MAX_SPACE_BYTES = 1024
# A line is never longer than its text and CR LF; one byte more shows that it is too long.
_MAX_LINE_BYTES = _LINE_COLUMNS + 3


class ArmorMalformed(Malformed):
    """The armour is not the one canonical form, or something stands before or after it."""


class ArmorReader:
    """The bytes inside an armoured source; itself a source. Raises `ArmorMalformed`.

    White space before and after the block is let pass, and lines may end with CR LF; everything
    else has exactly one form, so that an armoured file cannot be changed and still open.
    """

    def __init__(self, source: Source) -> None:
        self._lines = LineReader(source)
        self._decoded = b""
        self._has_begun = False
        self._is_short = False
        self._is_ended = False

    def read(self, max_bytes: int, /) -> bytes:
        """At most `max_bytes`, none only after the end line was found."""
        while not self._decoded and not self._is_ended:
            self._decoded = self._read_line()
        data, self._decoded = self._decoded[:max_bytes], self._decoded[max_bytes:]
        return data

    def _read_line(self) -> bytes:
        if not self._has_begun:
            self._has_begun = True
            self._read_begin()
        line = _without_ending(self._lines.read_line(_MAX_LINE_BYTES))
        if line == _END:
            self._is_ended = True
            self._read_space_to_end()
            return b""
        if self._is_short:
            raise ArmorMalformed("a line after the last one")
        decoded = _decode_line(line)
        self._is_short = len(decoded) < _LINE_BYTES
        return decoded

    def _read_begin(self) -> None:
        space_bytes = 0
        while space_bytes <= _MAX_SPACE_BYTES:
            line = self._lines.read_line(_MAX_SPACE_BYTES)
            if not line or line.strip(b" \t\r\n"):
                if _without_ending(line) == _BEGIN:
                    return
                break
            space_bytes += len(line)
        raise ArmorMalformed("no begin line")

    def _read_space_to_end(self) -> None:
        space_bytes = 0
        while rest := self._lines.read(_MAX_SPACE_BYTES):
            space_bytes += len(rest)
            if rest.strip(b" \t\r\n") or space_bytes > _MAX_SPACE_BYTES:
                raise ArmorMalformed("something after the end line")


class ArmorWriter:
    """Writes what it is given into `sink` as an armoured block; itself a sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._pending = b""
        self._sink.write(_BEGIN + b"\n")

    def write(self, data: bytes | memoryview, /) -> int:
        """Take all of `data` and return its length in bytes."""
        joined = self._pending + bytes(data)
        whole_bytes = len(joined) // _LINE_BYTES * _LINE_BYTES
        lines = [
            base64.b64encode(joined[start : start + _LINE_BYTES]) + b"\n"
            for start in range(0, whole_bytes, _LINE_BYTES)
        ]
        self._sink.write(b"".join(lines))
        self._pending = joined[whole_bytes:]
        return len(data)

    def finish(self) -> None:
        """Write the last line and the end line; the sink stays open."""
        if self._pending:
            self._sink.write(base64.b64encode(self._pending) + b"\n")
            self._pending = b""
        self._sink.write(_END + b"\n")


def _without_ending(line: bytes) -> bytes:
    if line.endswith(b"\n"):
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]
    return line


def _decode_line(line: bytes) -> bytes:
    if not line or len(line) > _LINE_COLUMNS:
        raise ArmorMalformed("an empty line, a line that is too long, or no end line")
    try:
        decoded = base64.b64decode(line, validate=True)
    except binascii.Error:
        raise ArmorMalformed("a line is not base64") from None
    # Encoding again finds what the decoder lets pass: bits that are set in the padding.
    if base64.b64encode(decoded) != line:
        raise ArmorMalformed("base64 is not canonical")
    return decoded
