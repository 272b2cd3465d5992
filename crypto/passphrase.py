"""A passphrase becomes a key: Argon2id (RFC 9106) in named profiles, with caps and a memory check.

The only importer of `argon2`.
"""

import unicodedata
from dataclasses import dataclass

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw

from crypto import labels
from crypto.errors import LimitExceeded, Malformed, Unsupported
from crypto.primitives import KEY_BYTES, tagged_hash

SALT_BYTES = 32

MAX_MEMORY_KIB = 4 * 1024 * 1024
MAX_PASSES = 64
MAX_LANES = 16


class InsufficientMemory(LimitExceeded):
    """The derivation needs more memory than there is. It says nothing about the passphrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Profile:
    """Parameters of Argon2id under the number they have in a slots file."""

    number: int
    memory_kib: int
    passes: int
    lanes: int

    @property
    def memory_bytes(self) -> int:
        """What one derivation occupies."""
        return self.memory_kib * 1024


STANDARD = Argon2Profile(number=1, memory_kib=512 * 1024, passes=4, lanes=4)
"""The default: about 1.3 s on a small laptop; above RFC 9106's second choice in memory."""

LOW_MEMORY = Argon2Profile(number=2, memory_kib=64 * 1024, passes=3, lanes=4)
"""RFC 9106's second recommended option, for machines that cannot spare 512 MiB."""

TESTING = Argon2Profile(number=255, memory_kib=1024, passes=1, lanes=1)
"""Only for testing: protects nothing, and is refused on reading unless that is allowed."""

_NAMED = {profile.number: profile for profile in (STANDARD, LOW_MEMORY, TESTING)}


def check_profile(profile: Argon2Profile, *, allow_testing: bool = False) -> None:
    """Judge parameters read from a file before any of them is obeyed.

    A number that this program does not know may carry any parameters between those of
    `LOW_MEMORY` and the caps. Raises `LimitExceeded` above the caps, `Unsupported` for
    `TESTING` unless allowed, `Malformed` for the rest.
    """
    if (
        profile.memory_kib > MAX_MEMORY_KIB
        or profile.passes > MAX_PASSES
        or profile.lanes > MAX_LANES
    ):
        raise LimitExceeded("key derivation cost")
    if profile.number == TESTING.number and not allow_testing:
        raise Unsupported("key derivation profile is only for testing")
    if profile != _NAMED.get(profile.number, profile):
        raise Malformed("key derivation profile has other parameters than its name says")
    if profile != TESTING and (
        profile.memory_kib < LOW_MEMORY.memory_kib
        or profile.passes < LOW_MEMORY.passes
        or profile.lanes < 1
    ):
        raise Malformed("key derivation is weaker than any profile")


def stretch(
    passphrase: str,
    *,
    key_file_digest: bytes | None,
    salt: bytes,
    profile: Argon2Profile,
    available_bytes: int,
) -> bytes:
    """32 bytes derived from a passphrase and, if used, the SHA-256 of a key file.

    The passphrase is normalised to NFKC, so that it may be typed on any keyboard. Memory is
    checked against `available_bytes` first: too little must never read as a wrong passphrase.
    Raises `InsufficientMemory`, and `Malformed` for text that has no UTF-8 form.
    """
    if profile.memory_bytes > available_bytes:
        raise InsufficientMemory("key derivation needs more memory than is available")
    text = _encoded(unicodedata.normalize("NFKC", passphrase))
    length = len(text).to_bytes(4, "big")
    secret = tagged_hash(labels.PASSPHRASE_TAG, length, text, key_file_digest or b"")
    try:
        return hash_secret_raw(
            secret,
            salt,
            time_cost=profile.passes,
            memory_cost=profile.memory_kib,
            parallelism=profile.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
    except HashingError:
        # The parameters are within what Argon2 accepts; only memory and threads can run out.
        raise InsufficientMemory("key derivation could not get its memory or threads") from None


def _encoded(text: str) -> bytes:
    """UTF-8, looked at first because a codec's own exception would carry the passphrase along."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Malformed("passphrase is not Unicode text")
    return text.encode("utf-8")
