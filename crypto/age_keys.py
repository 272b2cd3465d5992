"""age's native recipients and identities: hybrid (post-quantum), X25519 and passphrase.

A recipient wraps the file key in a stanza, its identity unwraps it (https://c2sp.org/age, section
"Native recipient types").
"""

import re
from dataclasses import dataclass, field
from typing import Self

from crypto import bech32
from crypto.age_header import (
    HeaderMalformed,
    HeaderTooLarge,
    Stanza,
    decode_base64,
    encode_base64,
)
from crypto.errors import Malformed, Tampered, WrongKey
from crypto.primitives import (
    HYBRID_SHARE_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    Aead,
    RandomBytes,
    check_hybrid_public,
    check_x25519_share,
    hkdf,
    hybrid_open,
    hybrid_public,
    hybrid_seal,
    scrypt,
    x25519,
    x25519_public,
)

FILE_KEY_BYTES = 16
WRAPPED_FILE_KEY_BYTES = FILE_KEY_BYTES + TAG_BYTES

DEFAULT_WORK_FACTOR = 18
MAX_WORK_FACTOR = 20
"""2**20 is one GiB of memory; a file that asks for more is refused before any is taken."""

_X25519_KIND = "X25519"
_HYBRID_KIND = "mlkem768x25519"
SCRYPT_KIND = "scrypt"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_SCRYPT_SALT_BYTES = 16
_X25519_RECIPIENT = "age"
_X25519_IDENTITY = "AGE-SECRET-KEY-"
_HYBRID_RECIPIENT = "age1pq"
_HYBRID_IDENTITY = "AGE-SECRET-KEY-PQ-"
# No sign, no leading zero, ASCII digits alone.
_WORK_FACTOR = re.compile(r"[1-9][0-9]*", re.ASCII)


class NoMatch(WrongKey):
    """None of the identities opens any of the stanzas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class X25519Recipient:
    """Whom a file is sealed to: `age1…`. Raises `Malformed` for a key of low order."""

    public: bytes

    def __post_init__(self) -> None:
        check_x25519_share(self.public)

    def encode(self) -> str:
        """The public text of this recipient."""
        return bech32.encode(_X25519_RECIPIENT, self.public)

    def wrap(self, file_key: bytes, random: RandomBytes) -> Stanza:
        """A stanza that only this recipient opens."""
        ephemeral = random(KEY_BYTES)
        share = x25519_public(ephemeral)
        shared_secret = x25519(ephemeral, self.public)
        return Stanza(
            kind=_X25519_KIND,
            arguments=(_to_text(share),),
            body=_seal_once(_x25519_wrap_key(shared_secret, share, self.public), file_key),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridRecipient:
    """Whom a file is sealed to, also against a quantum computer: `age1pq1…`.

    Raises `Malformed` for a key that is not canonical or has a part of low order.
    """

    public: bytes

    def __post_init__(self) -> None:
        check_hybrid_public(self.public)

    def encode(self) -> str:
        """The public text of this recipient, about 1960 characters."""
        return bech32.encode(_HYBRID_RECIPIENT, self.public)

    def wrap(self, file_key: bytes, random: RandomBytes) -> Stanza:  # noqa: ARG002 - see below
        """A stanza that only this recipient opens.

        `random` is not used: HPKE's share takes its randomness from the system.
        """
        share, body = hybrid_seal(self.public, file_key, info=_HYBRID_INFO)
        return Stanza(kind=_HYBRID_KIND, arguments=(_to_text(share),), body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScryptRecipient:
    """A passphrase to seal to. `work_factor` is the base-two logarithm of scrypt's N."""

    passphrase: bytes = field(repr=False)
    work_factor: int = DEFAULT_WORK_FACTOR

    def wrap(self, file_key: bytes, random: RandomBytes) -> Stanza:
        """A stanza that opens with the passphrase."""
        salt = random(_SCRYPT_SALT_BYTES)
        key = scrypt(self.passphrase, salt=_SCRYPT_LABEL + salt, work_factor=self.work_factor)
        return Stanza(
            kind=SCRYPT_KIND,
            arguments=(_to_text(salt), str(self.work_factor)),
            body=_seal_once(key, file_key),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class X25519Identity:
    """The secret that opens what was sealed to its recipient: `AGE-SECRET-KEY-1…`."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_secret(self.secret)

    @classmethod
    def generate(cls, random: RandomBytes) -> Self:
        """A new identity."""
        return cls(secret=random(KEY_BYTES))

    def recipient(self) -> X25519Recipient:
        """What others seal to."""
        return X25519Recipient(public=x25519_public(self.secret))

    def encode(self) -> str:
        """The secret text of this identity."""
        return bech32.encode(_X25519_IDENTITY, self.secret)

    def unwrap(self, stanza: Stanza) -> bytes:
        """The file key. Raises `NoMatch`, or `HeaderMalformed` for a stanza we cannot accept."""
        _check_stanza(stanza, _X25519_KIND, argument_count=1)
        share = _decode_argument(stanza.arguments[0], KEY_BYTES)
        shared_secret = x25519(self.secret, share)
        key = _x25519_wrap_key(shared_secret, share, x25519_public(self.secret))
        return _open_once(key, stanza.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridIdentity:
    """The secret that opens what was sealed to its recipient: `AGE-SECRET-KEY-PQ-1…`."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_secret(self.secret)

    @classmethod
    def generate(cls, random: RandomBytes) -> Self:
        """A new identity."""
        return cls(secret=random(KEY_BYTES))

    def recipient(self) -> HybridRecipient:
        """What others seal to."""
        return HybridRecipient(public=hybrid_public(self.secret))

    def encode(self) -> str:
        """The secret text of this identity."""
        return bech32.encode(_HYBRID_IDENTITY, self.secret)

    def unwrap(self, stanza: Stanza) -> bytes:
        """The file key. Raises `NoMatch`, or `HeaderMalformed` for a stanza we cannot accept."""
        _check_stanza(stanza, _HYBRID_KIND, argument_count=1)
        share = _decode_argument(stanza.arguments[0], HYBRID_SHARE_BYTES)
        try:
            return hybrid_open(self.secret, share, stanza.body, info=_HYBRID_INFO)
        except Tampered:
            raise NoMatch("stanza is for another identity") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScryptIdentity:
    """A passphrase to open with; files that ask for more work than the maximum are refused."""

    passphrase: bytes = field(repr=False)
    max_work_factor: int = MAX_WORK_FACTOR

    def unwrap(self, stanza: Stanza) -> bytes:
        """The file key. Raises `NoMatch`, or `HeaderMalformed` for a stanza we cannot accept."""
        _check_stanza(stanza, SCRYPT_KIND, argument_count=2)
        salt = _decode_argument(stanza.arguments[0], _SCRYPT_SALT_BYTES)
        untrusted_work_factor = stanza.arguments[1]
        if not _WORK_FACTOR.fullmatch(untrusted_work_factor):
            raise HeaderMalformed("scrypt work factor")
        # Two digits hold every limit; a longer number is not even read as one.
        work_factor = int(untrusted_work_factor[:3])
        if work_factor > self.max_work_factor:
            raise HeaderTooLarge("scrypt work factor is above the limit")
        key = scrypt(self.passphrase, salt=_SCRYPT_LABEL + salt, work_factor=work_factor)
        return _open_once(key, stanza.body)


Recipient = X25519Recipient | HybridRecipient | ScryptRecipient
Identity = X25519Identity | HybridIdentity | ScryptIdentity


def parse_recipient(untrusted_text: str) -> X25519Recipient | HybridRecipient:
    """The recipient of `age1…` or `age1pq1…`. Raises `Malformed`."""
    prefix, data = bech32.decode(untrusted_text)
    if prefix == _X25519_RECIPIENT:
        return X25519Recipient(public=data)
    if prefix == _HYBRID_RECIPIENT:
        return HybridRecipient(public=data)
    raise Malformed("not a recipient of a kind we know")


def parse_identity(untrusted_text: str) -> X25519Identity | HybridIdentity:
    """The identity of `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`. Raises `Malformed`."""
    prefix, data = bech32.decode(untrusted_text)
    if prefix == _X25519_IDENTITY:
        return X25519Identity(secret=data)
    if prefix == _HYBRID_IDENTITY:
        return HybridIdentity(secret=data)
    raise Malformed("not an identity of a kind we know")


def _check_secret(secret: bytes) -> None:
    if len(secret) != KEY_BYTES:
        raise Malformed("identity length")


def _check_stanza(stanza: Stanza, kind: str, *, argument_count: int) -> None:
    if stanza.kind != kind:
        raise NoMatch("stanza is of another kind")
    if len(stanza.arguments) != argument_count:
        raise HeaderMalformed("stanza argument count")
    # Checked before any key is tried: a body of another length could fit several keys at once.
    if len(stanza.body) != WRAPPED_FILE_KEY_BYTES:
        raise HeaderMalformed("stanza body length")


def _decode_argument(untrusted_text: str, size_bytes: int) -> bytes:
    data = decode_base64(untrusted_text.encode("ascii"))
    if len(data) != size_bytes:
        raise HeaderMalformed("stanza argument length")
    return data


def _to_text(data: bytes) -> str:
    return encode_base64(data).decode("ascii")


def _x25519_wrap_key(shared_secret: bytes, share: bytes, public: bytes) -> bytes:
    return hkdf(shared_secret, salt=share + public, info=_X25519_INFO)


def _seal_once(key: bytes, file_key: bytes) -> bytes:
    # The key is new with every stanza, so the nonce may be fixed.
    return Aead(key).seal(bytes(NONCE_BYTES), file_key)


def _open_once(key: bytes, body: bytes) -> bytes:
    try:
        return Aead(key).open(bytes(NONCE_BYTES), body)
    except Tampered:
        raise NoMatch("stanza is for another identity") from None
