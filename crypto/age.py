"""age v1: files sealed to recipients and opened by identities (https://c2sp.org/age).

Each recipient gets a stanza that wraps the file key; the payload is a STREAM under a key derived
from it.
"""

import io
from collections.abc import Sequence

from crypto.age_header import (
    Header,
    HeaderMacMismatch,
    HeaderMalformed,
    HeaderTooLarge,
    Stanza,
    header_bytes,
    read_header,
)
from crypto.age_keys import (
    FILE_KEY_BYTES,
    SCRYPT_KIND,
    HybridIdentity,
    HybridRecipient,
    Identity,
    NoMatch,
    Recipient,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    X25519Recipient,
    parse_identity,
    parse_recipient,
)
from crypto.errors import Malformed
from crypto.lines import LineReader
from crypto.primitives import RandomBytes, hkdf
from crypto.stream import (
    PayloadCorrupt,
    PayloadCut,
    SeekableOpener,
    SeekableSource,
    Sink,
    Source,
    StreamOpener,
    StreamSealer,
    read_fully,
)

# This module is the door to age; the rooms behind it are an arrangement.
__all__ = [
    "AgeSealer",
    "Header",
    "HeaderMacMismatch",
    "HeaderMalformed",
    "HeaderTooLarge",
    "HybridIdentity",
    "HybridRecipient",
    "Identity",
    "NoMatch",
    "PayloadCorrupt",
    "PayloadCut",
    "Recipient",
    "ScryptIdentity",
    "ScryptRecipient",
    "Stanza",
    "X25519Identity",
    "X25519Recipient",
    "open_age",
    "open_age_seekable",
    "open_header",
    "parse_identity",
    "parse_recipient",
    "read_header",
    "seal_header",
]

PAYLOAD_NONCE_BYTES = 16


def seal_header(recipients: Sequence[Recipient], *, random: RandomBytes) -> tuple[bytes, bytes]:
    """All that stands before the payload, and the payload key; one stanza each, in their order.

    Raises `ValueError` for no recipient, for a passphrase beside anything else, and for hybrid
    beside X25519: a file is only as strong as its weakest stanza.
    """
    kinds = {type(recipient) for recipient in recipients}
    if len(kinds) != 1 or (ScryptRecipient in kinds and len(recipients) > 1):
        raise ValueError("recipients must be of one kind, and a passphrase alone")
    file_key = random(FILE_KEY_BYTES)
    stanzas = tuple(recipient.wrap(file_key, random) for recipient in recipients)
    nonce = random(PAYLOAD_NONCE_BYTES)
    return header_bytes(stanzas, file_key) + nonce, _payload_key(file_key, nonce)


class AgeSealer:
    """Seals what is written to it into `sink` as one age file for `recipients`."""

    def __init__(self, sink: Sink, recipients: Sequence[Recipient], random: RandomBytes) -> None:
        beginning, payload_key = seal_header(recipients, random=random)
        sink.write(beginning)
        self._stream = StreamSealer(payload_key, sink)

    def write(self, data: bytes | memoryview, /) -> int:
        """Take all of `data` and return its length in bytes."""
        return self._stream.write(data)

    def finish(self) -> None:
        """Write the last chunk. Without it the file is cut short; the sink stays open."""
        self._stream.finish()


def open_age(source: Source, identities: Sequence[Identity]) -> StreamOpener:
    """The plaintext as a stream. An armoured file is given through `ArmorReader`.

    Raises `NoMatch`, `HeaderMalformed`, `HeaderTooLarge` or `HeaderMacMismatch`; what comes out
    raises `PayloadCorrupt`.
    """
    lines = LineReader(source)
    _, payload_key = open_header(lines, identities)
    return StreamOpener(payload_key, lines)


def open_age_seekable(source: SeekableSource, identities: Sequence[Identity]) -> SeekableOpener:
    """The plaintext as a file that can be read from anywhere; the source begins at offset 0.

    Raises as `open_age`, and `PayloadCorrupt` at once when the end is missing.
    """
    size_bytes = source.seek(0, io.SEEK_END)
    source.seek(0)
    start_bytes, payload_key = open_header(LineReader(source), identities)
    return SeekableOpener(payload_key, source, size_bytes - start_bytes, start_bytes=start_bytes)


def open_header(lines: LineReader, identities: Sequence[Identity]) -> tuple[int, bytes]:
    """Where the payload starts, in bytes, and its key. Raises as `open_age`."""
    header = read_header(lines)
    file_key = _unwrap(header.stanzas, identities)
    header.check_mac(file_key)
    nonce = read_fully(lines, PAYLOAD_NONCE_BYTES)
    if len(nonce) < PAYLOAD_NONCE_BYTES:
        raise HeaderMalformed("payload nonce is cut short")
    return lines.position_bytes, _payload_key(file_key, nonce)


def _unwrap(stanzas: Sequence[Stanza], identities: Sequence[Identity]) -> bytes:
    # A passphrase says who may have written the file; beside another stanza it would not.
    if len(stanzas) > 1 and any(stanza.kind == SCRYPT_KIND for stanza in stanzas):
        raise HeaderMalformed("a passphrase stanza is not alone")
    for identity in identities:
        for stanza in stanzas:
            try:
                return identity.unwrap(stanza)
            except NoMatch:
                continue
            except HeaderMalformed:
                raise
            except Malformed:
                raise HeaderMalformed("stanza share cannot be used") from None
    raise NoMatch("no identity opens any stanza")


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return hkdf(file_key, salt=nonce, info=b"payload")
