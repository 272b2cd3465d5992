"""Points of small order on edwards25519, and what they do to signatures, by its equation alone."""

import hashlib

import pytest

from crypto.errors import Malformed, Tampered
from crypto.primitives import _SMALL_ORDER_Y, check_ed25519_point, ed25519_verify

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL = (0, 1)

Point = tuple[int, int]


def root(square: int) -> int | None:
    """A square root modulo p, if there is one (p is 5 modulo 8; RFC 8032, 5.1.3)."""
    candidate = pow(square, (P + 3) // 8, P)
    for value in (candidate, candidate * pow(2, (P - 1) // 4, P) % P):
        if value * value % P == square % P:
            return value
    return None


def plus(left: Point, right: Point) -> Point:
    """Addition on -x² + y² = 1 + d·x²·y²."""
    (x1, y1), (x2, y2) = left, right
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def times(factor: int, point: Point) -> Point:
    total = NEUTRAL
    while factor:
        if factor & 1:
            total = plus(total, point)
        point = plus(point, point)
        factor >>= 1
    return total


def points_of_small_order() -> set[Point]:
    """The multiples of a point of order eight, which any point times the large order gives."""
    for y in range(2, 1000):
        x = root((y * y - 1) * pow(D * y * y + 1, -1, P))
        if x is None:
            continue
        torsion = times(ORDER, (x, y))
        multiples = {times(factor, torsion) for factor in range(8)}
        if len(multiples) == 8:
            return multiples
    raise AssertionError("no point of order eight was found")


def test_the_refused_values_are_exactly_those_of_small_order() -> None:
    points = points_of_small_order()
    assert all(times(8, point) == NEUTRAL for point in points)
    assert {y for _, y in points} == _SMALL_ORDER_Y
    assert len(_SMALL_ORDER_Y) == 5


def test_every_encoding_of_a_small_order_point_is_refused() -> None:
    for _, y in points_of_small_order():
        # Values below 19 have a second encoding of 255 bits, not reduced modulo p.
        for value in (y, y + P) if y < 19 else (y,):
            for sign in (0, 1):
                with pytest.raises(Malformed):
                    check_ed25519_point((value | sign << 255).to_bytes(32, "little"))


def test_an_ordinary_point_is_accepted() -> None:
    base_y = 4 * pow(5, -1, P) % P
    check_ed25519_point(base_y.to_bytes(32, "little"))
    x = root((base_y * base_y - 1) * pow(D * base_y * base_y + 1, -1, P))
    assert x is not None
    assert times(ORDER, (x, base_y)) == NEUTRAL
    assert times(8, (x, base_y)) != NEUTRAL


def base_point() -> Point:
    y = 4 * pow(5, -1, P) % P
    x = root((y * y - 1) * pow(D * y * y + 1, -1, P))
    assert x is not None
    return (x if x % 2 == 0 else P - x), y


def encoded(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def signed(message: bytes, *, in_key: Point, in_r: Point) -> tuple[bytes, bytes]:
    """A key and a signature (RFC 8032, 5.1.6), each with a point of small order added to it."""
    secret, nonce = 0x1234567, 0x7654321
    public = encoded(plus(times(secret, base_point()), in_key))
    r = encoded(plus(times(nonce, base_point()), in_r))
    digest = hashlib.sha512(r + public + message).digest()
    scalar = (nonce + int.from_bytes(digest, "little") * secret) % ORDER
    return public, r + scalar.to_bytes(32, "little")


def test_a_signature_that_fits_only_times_eight_is_refused() -> None:
    message = b"a line"
    ed25519_verify(*with_message(signed(message, in_key=NEUTRAL, in_r=NEUTRAL), message))
    torsion = points_of_small_order() - {NEUTRAL}
    for point in torsion:
        with pytest.raises(Tampered):
            ed25519_verify(*with_message(signed(message, in_key=NEUTRAL, in_r=point), message))
    # Of a key with such a part some messages may fit; then both equations hold.
    fitting = 0
    for point in torsion:
        public, signature = signed(message, in_key=point, in_r=NEUTRAL)
        digest = hashlib.sha512(signature[:32] + public + message).digest()
        if times(int.from_bytes(digest, "little") % 8, point) == NEUTRAL:
            fitting += 1
            continue
        with pytest.raises(Tampered):
            ed25519_verify(public, message, signature)
    assert fitting < len(torsion)


def with_message(made: tuple[bytes, bytes], message: bytes) -> tuple[bytes, bytes, bytes]:
    public, signature = made
    return public, message, signature
