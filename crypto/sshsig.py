"""Signatures of files that `ssh-keygen -Y verify` accepts: SSHSIG, Ed25519 with SHA-512 only.

Follows OpenSSH's PROTOCOL.sshsig, and RFC 8709 for keys and signatures. One message, key and
namespace have one possible signature file: whatever is not that file byte for byte is refused.
"""

import base64
import binascii
import hashlib

from crypto.errors import LimitExceeded, Malformed, Tampered, Unsupported
from crypto.primitives import (
    check_ed25519_point,
    ed25519_public,
    ed25519_sign,
    ed25519_verify,
)

BUNDLE_NAMESPACE = "field-notebook-bundle-1"

MAX_FILE_BYTES = 4096

_MAGIC = b"SSHSIG"
_VERSION = 1
_KEY_TYPE = b"ssh-ed25519"
_HASH = b"sha512"
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_LINE_CHARACTERS = 70


def sign(seed: bytes, message: bytes, namespace: str) -> bytes:
    """The armoured signature file of `message`, as `ssh-keygen -Y sign` would write it."""
    signature = ed25519_sign(seed, _signed_bytes(message, namespace))
    return _encode(ed25519_public(seed), namespace, signature)


def verify(untrusted_file: bytes, message: bytes, namespace: str) -> bytes:
    """Check a signature file and return the signer's 32-byte Ed25519 key.

    Whether that signer may be believed is the caller's question. Raises `Unsupported` for
    another kind of key or hash, `Tampered` when the file was made for another message or
    namespace, `LimitExceeded` when it is too long, `Malformed` for everything else.
    """
    public, untrusted_namespace, signature = _decode(untrusted_file)
    if untrusted_namespace != namespace.encode("ascii"):
        raise Tampered("signature was made for another purpose")
    # Whitespace, other line lengths, spare base64 bits and bytes at the end all show here.
    if _encode(public, namespace, signature) != untrusted_file:
        raise Malformed("signature file is not in its one form")
    ed25519_verify(public, _signed_bytes(message, namespace), signature)
    return public


def openssh_public_key(public: bytes) -> str:
    """A 32-byte Ed25519 key as OpenSSH writes it in `.pub` files, without a comment."""
    return f"{_KEY_TYPE.decode()} {base64.b64encode(_key_blob(public)).decode()}"


def allowed_signers_line(principal: str, public: bytes, namespace: str) -> str:
    """The line, without its end, for the allowed-signers file of `ssh-keygen -Y verify`.

    `principal` must be plain (letters, digits and `._@-`), as the line's syntax has
    wildcards, lists and quotes.
    """
    if not principal or not all(c.isascii() and (c.isalnum() or c in "._@-") for c in principal):
        raise ValueError("principal of an allowed-signers line")
    check_ed25519_point(public)
    return f'{principal} namespaces="{namespace}" {openssh_public_key(public)}'


def _string(data: bytes) -> bytes:
    """The `string` of RFC 4251: a length of four bytes, then the bytes."""
    return len(data).to_bytes(4, "big") + data


def _key_blob(public: bytes) -> bytes:
    return _string(_KEY_TYPE) + _string(public)


def _signed_bytes(message: bytes, namespace: str) -> bytes:
    digest = hashlib.sha512(message).digest()
    parts = (namespace.encode("ascii"), b"", _HASH, digest)
    return _MAGIC + b"".join(map(_string, parts))


def _encode(public: bytes, namespace: str, signature: bytes) -> bytes:
    parts = (
        _key_blob(public),
        namespace.encode("ascii"),
        b"",  # reserved
        _HASH,
        _string(_KEY_TYPE) + _string(signature),
    )
    blob = _MAGIC + _VERSION.to_bytes(4, "big") + b"".join(map(_string, parts))
    text = base64.b64encode(blob)
    starts = range(0, len(text), _LINE_CHARACTERS)
    lines = [text[start : start + _LINE_CHARACTERS] + b"\n" for start in starts]
    return _BEGIN + b"".join(lines) + _END


def _decode(untrusted_file: bytes) -> tuple[bytes, bytes, bytes]:
    """Public key, namespace and signature; `verify` checks the form by encoding them again."""
    if len(untrusted_file) > MAX_FILE_BYTES:
        raise LimitExceeded("signature file is too long")
    if not (untrusted_file.startswith(_BEGIN) and untrusted_file.endswith(_END)):
        raise Malformed("signature armour")
    try:
        blob = base64.b64decode(untrusted_file[len(_BEGIN) : -len(_END)])
    except binascii.Error:
        raise Malformed("signature armour") from None
    if not blob.startswith(_MAGIC):
        raise Malformed("signature magic")
    version, rest = _cut(blob[len(_MAGIC) :], 4)
    if int.from_bytes(version, "big") != _VERSION:
        raise Unsupported("signature version")
    key, rest = _take_string(rest)
    namespace, rest = _take_string(rest)
    _, rest = _take_string(rest)
    hash_name, rest = _take_string(rest)
    signature, _ = _take_string(rest)
    if hash_name != _HASH:
        raise Unsupported("signature hash")
    return _take_ed25519(key), namespace, _take_ed25519(signature)


def _take_ed25519(blob: bytes) -> bytes:
    key_type, rest = _take_string(blob)
    if key_type != _KEY_TYPE:
        raise Unsupported("signature key type")
    value, _ = _take_string(rest)
    return value


def _take_string(data: bytes) -> tuple[bytes, bytes]:
    length, rest = _cut(data, 4)
    return _cut(rest, int.from_bytes(length, "big"))


def _cut(data: bytes, length: int) -> tuple[bytes, bytes]:
    if length > len(data):
        raise Malformed("signature field is cut short")
    return data[:length], data[length:]
