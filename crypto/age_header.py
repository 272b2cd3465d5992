"""The text that an age file begins with: stanzas that wrap the file key, and a MAC over them.

One form only (https://c2sp.org/age, section "Header"): what is read here and written again gives
the same bytes.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from crypto.errors import LimitExceeded, Malformed, Tampered
from crypto.lines import LineReader
from crypto.primitives import are_equal, hkdf, hmac_sha256
from crypto.stream import Source

MAX_HEADER_BYTES = 1 << 20
MAX_STANZAS = 64

_VERSION_LINE = b"age-encryption.org/v1\n"
_STANZA_START = b"-> "
_MAC_START = b"---"
_MAC_BYTES = 32
_BODY_COLUMNS = 64
_ARGUMENT = re.compile(rb"[\x21-\x7e]+")


class HeaderMalformed(Malformed):
    """The header, or a stanza that one of our identities has to read, breaks the format."""


class HeaderTooLarge(HeaderMalformed, LimitExceeded):
    """The header asks for more bytes, stanzas or work than this program accepts."""


class HeaderMacMismatch(Tampered):
    """The file key is right and the header is not the one that was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """One wrapping of the file key: its kind, the further arguments, and the body."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header as it was read; nothing in it is authentic before `check_mac`."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    size_bytes: int

    def check_mac(self, file_key: bytes) -> None:
        """Raise `HeaderMacMismatch` unless this is the header written under `file_key`."""
        if not are_equal(self.mac, _mac(file_key, _unfinished(self.stanzas))):
            raise HeaderMacMismatch("header MAC does not fit")


def header_bytes(stanzas: tuple[Stanza, ...], file_key: bytes) -> bytes:
    """The header that holds `stanzas` in their order, with its MAC."""
    unfinished = _unfinished(stanzas)
    return unfinished + b" " + encode_base64(_mac(file_key, unfinished)) + b"\n"


def read_header(source: Source) -> Header:
    """Read the header and no meaning into it. Raises `HeaderMalformed` or `HeaderTooLarge`.

    The source is read further than the header; give a `LineReader` to go on behind it.
    """
    lines = source if isinstance(source, LineReader) else LineReader(source)
    start_bytes = lines.position_bytes
    if _read_line(lines, start_bytes) != _VERSION_LINE:
        raise HeaderMalformed("not age, or not version 1 of it")
    stanzas: list[Stanza] = []
    while (line := _read_line(lines, start_bytes)).startswith(_STANZA_START):
        if len(stanzas) == MAX_STANZAS:
            raise HeaderTooLarge("too many stanzas")
        stanzas.append(_read_stanza(line, lines, start_bytes))
    if not stanzas:
        raise HeaderMalformed("no stanza")
    if not line.startswith(_MAC_START + b" "):
        raise HeaderMalformed("neither a stanza nor the MAC line")
    mac = decode_base64(line[len(_MAC_START) + 1 : -1])
    if len(mac) != _MAC_BYTES:
        raise HeaderMalformed("MAC length")
    return Header(stanzas=tuple(stanzas), mac=mac, size_bytes=lines.position_bytes - start_bytes)


def encode_base64(data: bytes) -> bytes:
    """Base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def decode_base64(untrusted_text: bytes) -> bytes:
    """The bytes of canonical base64 without padding. Raises `HeaderMalformed`."""
    try:
        data = base64.b64decode(untrusted_text + b"=" * (-len(untrusted_text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise HeaderMalformed("not base64") from None
    if encode_base64(data) != untrusted_text:
        raise HeaderMalformed("base64 is not canonical")
    return data


def _read_line(lines: LineReader, start_bytes: int) -> bytes:
    left_bytes = MAX_HEADER_BYTES - (lines.position_bytes - start_bytes)
    line = lines.read_line(left_bytes)
    if not line.endswith(b"\n"):
        if len(line) == left_bytes:
            raise HeaderTooLarge("header is too long")
        raise HeaderMalformed("header is cut short")
    return line


def _read_stanza(first_line: bytes, lines: LineReader, start_bytes: int) -> Stanza:
    arguments = first_line[len(_STANZA_START) : -1].split(b" ")
    if not all(_ARGUMENT.fullmatch(argument) for argument in arguments):
        raise HeaderMalformed("stanza argument")
    body: list[bytes] = []
    columns = _BODY_COLUMNS
    # A stanza ends with its first line that is not full, even if that is an empty one.
    while columns == _BODY_COLUMNS:
        text = _read_line(lines, start_bytes)[:-1]
        columns = len(text)
        if columns > _BODY_COLUMNS:
            raise HeaderMalformed("stanza line is too long")
        body.append(decode_base64(text))
    kind, *rest = (argument.decode("ascii") for argument in arguments)
    return Stanza(kind=kind, arguments=tuple(rest), body=b"".join(body))


def _unfinished(stanzas: tuple[Stanza, ...]) -> bytes:
    parts = [_VERSION_LINE]
    for stanza in stanzas:
        arguments = (stanza.kind, *stanza.arguments)
        parts.append(_STANZA_START + " ".join(arguments).encode("ascii") + b"\n")
        text = encode_base64(stanza.body)
        # One line more than is full, so that the last one is short or empty.
        starts = range(0, len(text) + 1, _BODY_COLUMNS)
        parts.extend(text[start : start + _BODY_COLUMNS] + b"\n" for start in starts)
    parts.append(_MAC_START)
    return b"".join(parts)


def _mac(file_key: bytes, unfinished: bytes) -> bytes:
    return hmac_sha256(hkdf(file_key, salt=b"", info=b"header"), unfinished)
