"""Primitives: the same answers as another path to them, and strict refusals."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import Malformed, Tampered
from crypto.primitives import (
    HYBRID_PUBLIC_BYTES,
    HYBRID_SHARE_BYTES,
    Aead,
    are_equal,
    check_ed25519_point,
    check_hybrid_public,
    check_x25519_share,
    ed25519_public,
    ed25519_sign,
    ed25519_verify,
    hkdf,
    hmac_sha256,
    hybrid_open,
    hybrid_public,
    hybrid_seal,
    scrypt,
    sha256,
    tagged_hash,
    x25519,
    x25519_public,
)
from tests.support import effort

P = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
SEED = bytes(range(32))
# u coordinates of low order on Curve25519 and its twist, two of them not reduced.
LOW_ORDER_U = [
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    P - 1,
    P,
    P + 1,
]


def small_order_ys() -> list[int]:
    """The y of the points of order 1, 2, 4 and 8 on edwards25519, from the curve's equation."""
    d = -121665 * pow(121666, -1, P) % P
    root_of_minus_one = pow(2, (P - 1) // 4, P)
    ys = [0, 1, P - 1]
    # A point of order 8 doubles to y = 0, which is x^2 = -y^2; in the equation of the curve
    # -x^2 + y^2 = 1 + d x^2 y^2 that leaves d y^4 + 2 y^2 - 1 = 0.
    for sign in (1, -1):
        root = square_root((1 + d) % P, root_of_minus_one)
        y_squared = (-1 + sign * root) * pow(d, -1, P) % P
        try:
            y = square_root(y_squared, root_of_minus_one)
        except ValueError:
            continue
        ys += [y, P - y]
    return ys


def square_root(square: int, root_of_minus_one: int) -> int:
    root = pow(square, (P + 3) // 8, P)
    for candidate in (root, root * root_of_minus_one % P):
        if candidate * candidate % P == square:
            return candidate
    raise ValueError("not a square")


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_hashes_cover_the_concatenation(left: bytes, right: bytes) -> None:
    assert sha256(left, right) == hashlib.sha256(left + right).digest()
    assert tagged_hash("fn/x/1", left, right) == sha256(b"fn/x/1\x00" + left + right)
    assert hmac_sha256(left, right) == hmac.new(left, right, "sha256").digest()
    assert are_equal(left, right) == (left == right)


@given(st.binary(min_size=1, max_size=40), st.binary(max_size=40), st.binary(max_size=40))
def test_hkdf_is_extract_and_expand(key: bytes, salt: bytes, info: bytes) -> None:
    extracted = hmac_sha256(salt or bytes(32), key)
    first = hmac_sha256(extracted, info + b"\x01")
    second = hmac_sha256(extracted, first + info + b"\x02")
    assert hkdf(key, salt=salt, info=info) == first
    assert hkdf(key, salt=salt, info=info, length=50) == (first + second)[:50]


def test_scrypt_is_the_one_of_the_standard_library() -> None:
    expected = hashlib.scrypt(b"stones", salt=b"s" * 44, n=2**5, r=8, p=1, dklen=32)
    assert scrypt(b"stones", salt=b"s" * 44, work_factor=5) == expected


@given(plaintext=st.binary(max_size=99), aad=st.binary(max_size=9))
def test_aead_opens_what_it_sealed_and_no_more(plaintext: bytes, aad: bytes) -> None:
    aead, nonce = Aead(SEED), bytes(12)
    sealed = aead.seal(nonce, plaintext, aad)
    assert len(sealed) == len(plaintext) + 16
    assert aead.open(nonce, sealed, aad) == plaintext
    refused = [
        (nonce, sealed[:-1], aad),
        (nonce, sealed[:-1] + bytes([sealed[-1] ^ 1]), aad),
        (nonce, sealed, aad + b"x"),
        (b"x" * 12, sealed, aad),
        (nonce, b"", aad),
    ]
    for other_nonce, ciphertext, other_aad in refused:
        with pytest.raises(Tampered):
            aead.open(other_nonce, ciphertext, other_aad)
    with pytest.raises(Tampered):
        Aead(bytes(32)).open(nonce, sealed, aad)


def test_x25519_agrees_from_both_ends() -> None:
    left, right = b"l" * 32, b"r" * 32
    assert x25519(left, x25519_public(right)) == x25519(right, x25519_public(left))
    check_x25519_share(x25519_public(left))


@pytest.mark.parametrize("u", LOW_ORDER_U)
@pytest.mark.parametrize("top_bit", [0, 1 << 255])
def test_low_order_shares_are_malformed(u: int, top_bit: int) -> None:
    share = (u | top_bit).to_bytes(32, "little")
    with pytest.raises(Malformed):
        x25519(SEED, share)
    with pytest.raises(Malformed):
        check_x25519_share(share)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_shares_of_another_length_are_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        check_x25519_share(b"\x09" * length)
    with pytest.raises(Malformed):
        x25519(SEED, b"\x09" * length)


def test_hybrid_opens_what_was_sealed_to_its_public_key() -> None:
    public = hybrid_public(SEED)
    assert len(public) == HYBRID_PUBLIC_BYTES
    share, ciphertext = hybrid_seal(public, b"a file key", info=b"test")
    assert len(share) == HYBRID_SHARE_BYTES
    assert hybrid_open(SEED, share, ciphertext, info=b"test") == b"a file key"
    assert hybrid_seal(public, b"a file key", info=b"test")[0] != share


def test_hybrid_refuses_all_else_as_tampered() -> None:
    share, ciphertext = hybrid_seal(hybrid_public(SEED), b"a file key", info=b"test")
    refused = [
        (bytes(32), share, ciphertext, b"test"),
        (SEED, share, ciphertext, b"best"),
        (SEED, bytes([share[0] ^ 1]) + share[1:], ciphertext, b"test"),
        (SEED, share[:-1] + bytes([share[-1] ^ 1]), ciphertext, b"test"),
        (SEED, share, ciphertext[:-1], b"test"),
        (SEED, share, b"", b"test"),
    ]
    for seed, other_share, other_ciphertext, info in refused:
        with pytest.raises(Tampered):
            hybrid_open(seed, other_share, other_ciphertext, info=info)


@pytest.mark.parametrize("u", LOW_ORDER_U)
def test_a_low_order_part_in_a_hybrid_share_or_key_is_malformed(u: int) -> None:
    low_order = u.to_bytes(32, "little")
    share, ciphertext = hybrid_seal(hybrid_public(SEED), b"a file key", info=b"test")
    with pytest.raises(Malformed):
        hybrid_open(SEED, share[:-32] + low_order, ciphertext, info=b"test")
    with pytest.raises(Malformed):
        check_hybrid_public(hybrid_public(SEED)[:-32] + low_order)


def test_hybrid_keys_and_shares_of_another_shape_are_malformed() -> None:
    public = hybrid_public(SEED)
    share, ciphertext = hybrid_seal(public, b"a file key", info=b"test")
    for bad_public in (public[:-1], public + b"\0", b"", b"\xff" * 3 + public[3:]):
        with pytest.raises(Malformed):
            hybrid_seal(bad_public, b"a file key", info=b"test")
    for bad_share in (share[:-1], share + b"\0", b""):
        with pytest.raises(Malformed):
            hybrid_open(SEED, bad_share, ciphertext, info=b"test")
    with pytest.raises(Malformed):
        hybrid_public(SEED[:-1])


@given(message=st.binary(max_size=99))
@settings(max_examples=20 * effort())
def test_a_signature_fits_its_message_and_key_alone(message: bytes) -> None:
    public, signature = ed25519_public(SEED), ed25519_sign(SEED, message)
    ed25519_verify(public, message, signature)
    with pytest.raises(Tampered):
        ed25519_verify(public, message + b"x", signature)
    with pytest.raises(Tampered):
        ed25519_verify(ed25519_public(bytes(32)), message, signature)


def test_every_flipped_bit_of_a_signature_is_refused() -> None:
    public, signature = ed25519_public(SEED), ed25519_sign(SEED, b"a line")
    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((Tampered, Malformed)):
            ed25519_verify(public, b"a line", bytes(changed))


def test_a_signature_has_no_twin_with_a_larger_scalar() -> None:
    public, signature = ed25519_public(SEED), ed25519_sign(SEED, b"a line")
    scalar = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    with pytest.raises(Malformed):
        ed25519_verify(public, b"a line", signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_another_length_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        ed25519_verify(ed25519_public(SEED), b"a line", bytes(length))


def test_points_of_small_order_are_refused_as_key_and_as_r() -> None:
    ys = small_order_ys()
    assert len(set(ys)) == 5
    signature = ed25519_sign(SEED, b"a line")
    for y in ys:
        for sign in (0, 1 << 255):
            point = (y | sign).to_bytes(32, "little")
            with pytest.raises(Malformed):
                check_ed25519_point(point)
            with pytest.raises(Malformed):
                ed25519_verify(point, b"a line", signature)
            with pytest.raises(Malformed):
                ed25519_verify(ed25519_public(SEED), b"a line", point + signature[32:])


@pytest.mark.parametrize("y", [P, P + 1, P + 18, 2**255 - 1])
def test_points_that_are_not_canonical_are_refused(y: int) -> None:
    for sign in (0, 1 << 255):
        with pytest.raises(Malformed):
            check_ed25519_point((y | sign).to_bytes(32, "little"))
    with pytest.raises(Malformed):
        check_ed25519_point(b"\x09" * 31)
