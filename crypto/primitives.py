"""The only door to `cryptography`: hashes, AEAD, key agreement, signatures.

Everything here takes and gives plain bytes. Failures are the classes of `crypto.errors`.
"""

import hashlib
import hmac as _hmac
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.errors import Malformed, Tampered

RandomBytes = Callable[[int], bytes]
"""A source of `n` random bytes; `os.urandom` outside tests."""

KEY_BYTES = 32
TAG_BYTES = 16
NONCE_BYTES = 12
SIGNATURE_BYTES = 64
HYBRID_PUBLIC_BYTES = 1184 + 32
HYBRID_SHARE_BYTES = 1088 + 32

_MLKEM768_SEED_BYTES = 64
_MLKEM768_CIPHERTEXT_BYTES = 1088
_HYBRID_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)

_P25519 = 2**255 - 19
_L25519 = 2**252 + 27742317777372353535851937790883648493

# The y coordinates of the eight points of small order on edwards25519 (there are five distinct
# values below p). A key or an R of small order makes signatures that fit more than one message.
_ORDER_8_Y = 55188659117513257062467267217118295137698188065244968500265048394206261417927
_SMALL_ORDER_Y = frozenset({0, 1, _P25519 - 1, _ORDER_8_Y, _P25519 - _ORDER_8_Y})


def sha256(*parts: bytes) -> bytes:
    """SHA-256 (FIPS 180-4) of the concatenated parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def tagged_hash(tag: str, *parts: bytes) -> bytes:
    """`H(tag, x) = SHA-256(tag, 0x00, x)`, x being the concatenated parts."""
    return sha256(tag.encode("ascii"), b"\x00", *parts)


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104)."""
    return _hmac.digest(key, message, "sha256")


def are_equal(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return _hmac.compare_digest(left, right)


def hkdf(key: bytes, *, salt: bytes, info: bytes, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA-256 (RFC 5869): `length` bytes bound to `info`."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(key)


class Aead:
    """ChaCha20-Poly1305 (RFC 8439) under one 32-byte key; the nonce is the caller's duty."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, nonce: bytes, plaintext: bytes | memoryview, aad: bytes = b"") -> bytes:
        """Ciphertext followed by its 16-byte tag."""
        return self._cipher.encrypt(nonce, plaintext, aad or None)

    def open(self, nonce: bytes, ciphertext: bytes | memoryview, aad: bytes = b"") -> bytes:
        """The plaintext. Raises `Tampered` when the tag does not fit."""
        try:
            return self._cipher.decrypt(nonce, ciphertext, aad or None)
        except InvalidTag:
            raise Tampered("authentication tag does not fit") from None


def x25519_public(secret: bytes) -> bytes:
    """The 32-byte public key of a 32-byte X25519 secret (RFC 7748)."""
    public = X25519PrivateKey.from_private_bytes(secret).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def x25519(secret: bytes, public: bytes) -> bytes:
    """The shared secret. Raises `Malformed` for a share of low order or another length."""
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(
            X25519PublicKey.from_public_bytes(public)
        )
    except ValueError:
        raise Malformed("X25519 share length or order") from None


def ed25519_public(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte Ed25519 seed (RFC 8032)."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte Ed25519 signature of `message`."""
    return _signing_key(seed).sign(message)


@lru_cache(maxsize=2)
def _signing_key(seed: bytes) -> Ed25519PrivateKey:
    """Who signs, signs often: to make the key anew would take as long as to sign."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Check a signature strictly: canonical, no small order, cofactorless.

    Raises `Malformed` when key or signature are not canonical, `Tampered` when it does not fit.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise Malformed("signature length")
    check_ed25519_point(public)
    check_ed25519_point(signature[:32])
    if int.from_bytes(signature[32:], "little") >= _L25519:
        raise Malformed("signature scalar is not canonical")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Tampered("signature does not fit") from None


def check_ed25519_point(encoded: bytes) -> None:
    """Raise `Malformed` unless `encoded` is a canonical point that is not of small order."""
    if len(encoded) != KEY_BYTES:
        raise Malformed("point length")
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if y >= _P25519:
        raise Malformed("point is not canonical")
    if y in _SMALL_ORDER_Y:
        raise Malformed("point of small order")


def check_x25519_share(public: bytes) -> None:
    """Raise `Malformed` unless `public` is 32 bytes and not a point of low order."""
    if len(public) != KEY_BYTES:
        raise Malformed("X25519 share length")
    # Every X25519 secret is a multiple of eight, so any of them takes such a point to zero.
    x25519(bytes(KEY_BYTES), public)


def scrypt(passphrase: bytes, *, salt: bytes, work_factor: int) -> bytes:
    """The 32-byte scrypt key (RFC 7914) for N = 2**work_factor, r = 8, p = 1.

    It takes 2**(work_factor + 10) bytes of memory.
    """
    kdf = Scrypt(salt=salt, length=KEY_BYTES, n=1 << work_factor, r=8, p=1)
    return kdf.derive(passphrase)


def hybrid_public(seed: bytes) -> bytes:
    """The 1216-byte MLKEM768-X25519 public key of a 32-byte seed (draft-ietf-hpke-pq-03)."""
    mlkem_secret, x25519_secret = _expand_hybrid_seed(seed)
    mlkem_key = MLKEM768PrivateKey.from_seed_bytes(mlkem_secret)
    return mlkem_key.public_key().public_bytes_raw() + x25519_public(x25519_secret)


def check_hybrid_public(public: bytes) -> None:
    """Raise `Malformed` unless `public` is canonical and its X25519 part not of low order."""
    _load_hybrid_public(public)


def hybrid_seal(public: bytes, plaintext: bytes, *, info: bytes) -> tuple[bytes, bytes]:
    """HPKE SealBase (RFC 9180) under MLKEM768-X25519: the 1120-byte share and the ciphertext.

    The library takes the share's randomness from the system. Raises `Malformed` for a bad key.
    """
    sealed = _HYBRID_SUITE.encrypt(plaintext, _load_hybrid_public(public), info)
    return sealed[:HYBRID_SHARE_BYTES], sealed[HYBRID_SHARE_BYTES:]


def hybrid_open(seed: bytes, share: bytes, ciphertext: bytes, *, info: bytes) -> bytes:
    """HPKE OpenBase (RFC 9180): the plaintext that was sealed to `hybrid_public(seed)`.

    Raises `Malformed` for a share of the wrong length or a low-order X25519 part, `Tampered` when
    the ciphertext does not fit.
    """
    if len(share) != HYBRID_SHARE_BYTES:
        raise Malformed("hybrid share length")
    # The library answers a low-order part as it answers a wrong key; to us it is a malformed share.
    check_x25519_share(share[_MLKEM768_CIPHERTEXT_BYTES:])
    mlkem_secret, x25519_secret = _expand_hybrid_seed(seed)
    key = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(mlkem_secret),
        X25519PrivateKey.from_private_bytes(x25519_secret),
    )
    try:
        return _HYBRID_SUITE.decrypt(share + ciphertext, key, info)
    except InvalidTag:
        raise Tampered("authentication tag does not fit") from None


def _expand_hybrid_seed(seed: bytes) -> tuple[bytes, bytes]:
    if len(seed) != KEY_BYTES:
        raise Malformed("hybrid seed length")
    expanded = hashlib.shake_256(seed).digest(_MLKEM768_SEED_BYTES + KEY_BYTES)
    return expanded[:_MLKEM768_SEED_BYTES], expanded[_MLKEM768_SEED_BYTES:]


def _load_hybrid_public(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != HYBRID_PUBLIC_BYTES:
        raise Malformed("hybrid public key length")
    mlkem_part, x25519_part = public[:-KEY_BYTES], public[-KEY_BYTES:]
    check_x25519_share(x25519_part)
    try:
        mlkem_key = MLKEM768PublicKey.from_public_bytes(mlkem_part)
    except ValueError:
        raise Malformed("ML-KEM public key is not canonical") from None
    return MLKEM768X25519PublicKey(mlkem_key, X25519PublicKey.from_public_bytes(x25519_part))
