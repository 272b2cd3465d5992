"""The head file: what the newest commit was, so that lost entries are noticed and counted.

Layout, 86 bytes: magic `fn-head` and a line feed, version (u16), 12 random bytes new at every
write, then under ChaCha20-Poly1305 generation (u64), entry count (u64) and newest entry id
(32 bytes, zeros before the first). All numbers are big-endian; magic and version are
associated data.
"""

import struct
from dataclasses import dataclass

from crypto import labels
from crypto.errors import Malformed, Unsupported
from crypto.primitives import NONCE_BYTES, TAG_BYTES, Aead, RandomBytes, tagged_hash
from crypto.words import words_of

ENTRY_ID_BYTES = 32
NO_ENTRY = bytes(ENTRY_ID_BYTES)
HEAD_WORDS = 4

_MAGIC = b"fn-head\n"
_VERSION = 1
_PREAMBLE = _MAGIC + _VERSION.to_bytes(2, "big")
_STATE = struct.Struct(f">QQ{ENTRY_ID_BYTES}s")

HEAD_BYTES = len(_PREAMBLE) + NONCE_BYTES + _STATE.size + TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadState:
    """What the newest commit left behind."""

    entry_count: int
    newest_entry_id: bytes
    generation: int

    def __post_init__(self) -> None:
        """Refuse an id that `struct` would silently cut or fill up."""
        if len(self.newest_entry_id) != ENTRY_ID_BYTES:
            raise ValueError("length of the newest entry id")


def seal_head(key: bytes, state: HeadState, random: RandomBytes) -> bytes:
    """The `HEAD_BYTES` of the head file under `crypto.keys.head_key`."""
    nonce = random(NONCE_BYTES)
    return _PREAMBLE + nonce + Aead(key).seal(nonce, _pack(state), _PREAMBLE)


def open_head(key: bytes, untrusted: bytes) -> HeadState:
    """The state in a head file.

    Raises `Malformed` when it is none, `Unsupported` for a newer version, `Tampered` when it
    was changed or belongs to another key.
    """
    if not untrusted.startswith(_MAGIC):
        raise Malformed("not a head file")
    if not untrusted.startswith(_PREAMBLE):
        raise Unsupported("head file version")
    if len(untrusted) != HEAD_BYTES:
        raise Malformed("head file length")
    nonce = untrusted[len(_PREAMBLE) :][:NONCE_BYTES]
    sealed = untrusted[len(_PREAMBLE) + NONCE_BYTES :]
    plaintext = Aead(key).open(nonce, sealed, _PREAMBLE)
    generation, entry_count, newest_entry_id = _STATE.unpack(plaintext)
    return HeadState(
        entry_count=entry_count, newest_entry_id=newest_entry_id, generation=generation
    )


def head_words(state: HeadState) -> tuple[str, ...]:
    """Four words (40 bits) to note down at lock and compare at unlock."""
    return words_of(tagged_hash(labels.HEAD_WORDS_TAG, _pack(state)), HEAD_WORDS)


def _pack(state: HeadState) -> bytes:
    return _STATE.pack(state.generation, state.entry_count, state.newest_entry_id)
