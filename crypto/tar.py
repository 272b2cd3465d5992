"""The one kind of tar archive that a bundle may be: plain files, named plainly, in one form.

POSIX ustar (IEEE Std 1003.1, "pax") with mode 0600 and all ids, times and owner names empty, so
a header follows from the member's name and size alone. The reader encodes those two again and
takes no other header: links, devices, folders, prefixes, sparse files and every dialect are
refused by that one comparison. A size of 8 GiB or more does not fit the size field; it is said
in a pax header that holds nothing else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crypto.errors import LimitExceeded, Malformed, Tampered
from crypto.stream import CHUNK_BYTES, Sink, Source, read_fully

BLOCK_BYTES = 512
END_BYTES = 2 * BLOCK_BYTES
MAX_TAR_BYTES = 2**39
"""The longest archive that is written or read: 512 GiB."""

ROOT = "bag/"
"""What every name begins with."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,94}")
# Windows opens a device for these, whatever the extension, and drops a dot at the end.
_DEVICE_NAME = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_FIRST_PAX_SIZE_BYTES = 8**11
_SIZE = re.compile(rb"[0-7]{11}")
_PAX_RECORD = re.compile(rb"[0-9]{2} size=([0-9]{10,12})\n\x00*")
_FILE = b"0"
_PAX = b"x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of an archive: its name without `bag/`, and its size in bytes."""

    name: str
    size_bytes: int


def check_name(untrusted_name: str) -> str:
    """Return the name, without `bag/`, when it may stand in an archive; else `Malformed`."""
    if not _NAME.fullmatch(untrusted_name):
        raise Malformed("name of a member")
    for component in untrusted_name.split("/"):
        if component.startswith(".") or component.endswith(".") or not component:
            raise Malformed("part of a member's name")
        if _DEVICE_NAME.fullmatch(component):
            raise Malformed("member is named like a device")
    return untrusted_name


def padded_size(size_bytes: int) -> int:
    """How many bytes content of `size_bytes` takes in the archive, without its header."""
    return -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES


def entry_size(size_bytes: int) -> int:
    """How many bytes a member with `size_bytes` of content takes, headers included."""
    headers = 1 if size_bytes < _FIRST_PAX_SIZE_BYTES else 3
    return headers * BLOCK_BYTES + padded_size(size_bytes)


class TarWriter:
    """Writes an archive into `sink`, member by member."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def add(self, entry: Entry, content: Iterable[bytes]) -> None:
        """Write one member. Raises `Tampered` when `content` is not of the size announced."""
        self._sink.write(_headers(entry))
        missing = entry.size_bytes
        for chunk in content:
            missing -= len(chunk)
            if missing < 0:
                break
            self._sink.write(chunk)
        if missing:
            raise Tampered("content is not of the size announced")
        self._sink.write(bytes(padded_size(entry.size_bytes) - entry.size_bytes))

    def finish(self) -> None:
        """Write the end of the archive. The sink stays open."""
        self._sink.write(bytes(END_BYTES))


class TarReader:
    """Reads an archive from `source`, member by member, and believes nothing.

    Raises `Malformed` for anything that `TarWriter` does not write and `LimitExceeded` beyond
    `MAX_TAR_BYTES`, besides whatever `source` raises. After an error it must not be used.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position_bytes = 0
        self._content_bytes = 0
        self._filler_bytes = 0

    @property
    def position_bytes(self) -> int:
        """How much of the archive has been read."""
        return self._position_bytes

    def next(self) -> Entry | None:
        """Pass over what is left of this member, to the next; `None` at the archive's end."""
        while self.read(CHUNK_BYTES):
            pass
        if any(self._take(self._filler_bytes)):
            raise Malformed("filler behind a member is not zero")
        self._filler_bytes = 0
        block = self._take(BLOCK_BYTES)
        if not any(block):
            self._read_end()
            return None
        entry = self._read_entry(block)
        if self._position_bytes + padded_size(entry.size_bytes) > MAX_TAR_BYTES:
            raise LimitExceeded("archive is too long")
        self._content_bytes = entry.size_bytes
        self._filler_bytes = padded_size(entry.size_bytes) - entry.size_bytes
        return entry

    def read(self, max_bytes: int, /) -> bytes:
        """At most `max_bytes` of this member's content; nothing at its end."""
        wanted = min(max_bytes, self._content_bytes)
        if wanted <= 0:
            return b""
        data = self._source.read(wanted)
        if not data:
            raise Malformed("archive is cut short")
        self._content_bytes -= len(data)
        self._position_bytes += len(data)
        return data

    def _take(self, size_bytes: int) -> bytes:
        data = read_fully(self._source, size_bytes)
        if len(data) != size_bytes:
            raise Malformed("archive is cut short")
        self._position_bytes += size_bytes
        return data

    def _read_entry(self, untrusted_block: bytes) -> Entry:
        name, size_bytes, kind = _parse_header(untrusted_block)
        blocks = untrusted_block
        if kind == _PAX:
            # The record is of one length for all sizes it may say, and shorter than a block.
            untrusted_record = self._take(BLOCK_BYTES)
            size_bytes = _parse_pax_record(untrusted_record)
            blocks += untrusted_record + self._take(BLOCK_BYTES)
        entry = Entry(name=check_name(name), size_bytes=size_bytes)
        if _headers(entry) != blocks:
            raise Malformed("header of a member is not in its one form")
        return entry

    def _read_end(self) -> None:
        if any(self._take(BLOCK_BYTES)):
            raise Malformed("end of the archive")
        if self._source.read(1):
            raise Malformed("bytes behind the end of the archive")


def _parse_header(untrusted_block: bytes) -> tuple[str, int, bytes]:
    """Name, size and type; `_read_entry` checks everything else by encoding them again."""
    # The name is cut at its first NUL; its field is wider than any name allowed.
    name, _, _ = untrusted_block[:100].partition(b"\x00")
    size = untrusted_block[124:135]
    kind = untrusted_block[156:157]
    if kind not in (_FILE, _PAX) or not _SIZE.fullmatch(size):
        raise Malformed("header of a member")
    if not name.startswith(ROOT.encode()):
        raise Malformed("member is outside the root")
    try:
        return name[len(ROOT) :].decode("ascii"), int(size, 8), kind
    except UnicodeDecodeError:
        raise Malformed("name of a member") from None


def _parse_pax_record(untrusted_record: bytes) -> int:
    match = _PAX_RECORD.fullmatch(untrusted_record)
    if not match:
        raise Malformed("pax header says more than a size")
    return int(match[1])


def _headers(entry: Entry) -> bytes:
    """The block, or the three blocks, in front of a member's content."""
    if entry.size_bytes < _FIRST_PAX_SIZE_BYTES:
        return _header(entry.name, entry.size_bytes, _FILE)
    # A record begins with its own length, which has two digits for all sizes below 10^89.
    body = f" size={entry.size_bytes}\n"
    record = f"{len(body) + 2}{body}".encode()
    # A program that does not know pax headers would unpack this one over the name it belongs to,
    # and the member itself over that.
    return (
        _header(entry.name, len(record), _PAX)
        + record.ljust(BLOCK_BYTES, b"\x00")
        + _header(entry.name, 0, _FILE)
    )


def _header(name: str, size_bytes: int, kind: bytes) -> bytes:
    front = b"".join(
        (
            (ROOT + name).encode().ljust(100, b"\x00"),
            b"0000600\x00",  # mode
            b"0000000\x00",  # user id
            b"0000000\x00",  # group id
            b"%011o\x00" % size_bytes,
            b"00000000000\x00",  # time
        )
    )
    back = b"".join(
        (
            kind,
            bytes(100),  # name of a link
            b"ustar\x0000",
            bytes(64),  # names of user and group
            b"0000000\x00" * 2,  # device numbers
            bytes(167),  # prefix of the name, and filler
        )
    )
    # The sum is taken with its own field read as eight spaces.
    checksum = sum(front) + sum(back) + 8 * ord(" ")
    return front + b"%06o\x00 " % checksum + back
