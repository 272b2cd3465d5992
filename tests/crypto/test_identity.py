"""An identity is stored in one form, never shown, and its card belongs to its keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.card import Card
from crypto.errors import CryptoError, LimitExceeded, Malformed, Unsupported
from crypto.identity import Identity
from crypto.primitives import ed25519_public
from tests.crypto.predictable import PredictableRandom

IDENTITY = Identity.generate("Нұрлан", PredictableRandom("identity"))
STORED = IDENTITY.encode()


def test_an_identity_reads_back_as_stored() -> None:
    assert Identity.parse(STORED) == IDENTITY


def test_the_stored_form_is_that_of_the_format() -> None:
    assert (
        "field-notebook-identity: 1\n"
        "name: Нұрлан\n"
        f"signing-seed: {IDENTITY.signing_seed.hex()}\n"
        f"age-classic: {IDENTITY.classic.encode()}\n"
        f"age-pq: {IDENTITY.hybrid.encode()}\n"
    ) == STORED


def test_three_secrets_are_drawn_apart() -> None:
    secrets = {IDENTITY.signing_seed, IDENTITY.classic.secret, IDENTITY.hybrid.secret}
    assert len(secrets) == 3
    assert {len(secret) for secret in secrets} == {32}


def test_two_identities_of_one_name_share_no_key() -> None:
    random = PredictableRandom("twins")
    left, right = (Identity.generate("Same", random).card() for _ in range(2))
    assert left.signing_key != right.signing_key
    assert left.classic != right.classic
    assert left.hybrid != right.hybrid


def test_a_card_introduces_the_keys_of_its_identity() -> None:
    card = Card.parse(IDENTITY.card().encode())
    assert card.name == "Нұрлан"
    assert card.signing_key == ed25519_public(IDENTITY.signing_seed)
    assert card.classic == IDENTITY.classic.recipient()
    assert card.hybrid == IDENTITY.hybrid.recipient()


def test_a_card_shows_no_secret() -> None:
    text = IDENTITY.card().encode()
    assert IDENTITY.signing_seed.hex() not in text
    assert IDENTITY.classic.encode().lower()[15:-6] not in text
    assert "SECRET" not in text


def test_an_identity_is_not_shown_by_its_repr() -> None:
    shown = repr(IDENTITY)
    assert shown == "Identity(name='Нұрлан')"


def test_a_typed_name_is_tidied_and_a_bad_one_refused() -> None:
    random = PredictableRandom("names")
    assert Identity.generate(" Ko\u0308k  tau ", random).name == "K\u00f6k tau"
    with pytest.raises(Malformed):
        Identity.generate("", random)
    with pytest.raises(Malformed):
        Identity.generate("A\u202eB", random)
    with pytest.raises(LimitExceeded):
        Identity.generate("x" * 101, random)


def test_a_flip_in_any_byte_of_form_or_sealing_keys_is_refused() -> None:
    """The seed has no redundancy of its own: the database authenticates it."""
    raw = STORED.encode()
    seed_at = raw.index(IDENTITY.signing_seed.hex().encode())
    name_at = raw.index("Нұрлан".encode())
    free = {*range(seed_at, seed_at + 64), *range(name_at, name_at + 12)}
    for position in sorted(set(range(len(raw))) - free):
        for mask in (0x01, 0x20):
            flipped = bytearray(raw)
            flipped[position] ^= mask
            with pytest.raises(CryptoError):
                Identity.parse(flipped.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("\n", "\r\n"),
        ("identity: 1", "identity:  1"),
        ("name: ", "name:  "),
        ("signing-seed: ", "signing-seed: 00"),
        ("signing-seed: ", "signing-seed: zz"),
        ("signing-seed: ", "signing-seed: \u0661"),
        ("AGE-SECRET-KEY-1", "age-secret-key-1"),
        ("age-pq: ", "age-pq: x\nage-pq: "),
        ("age-classic: ", "note: x\nage-classic: "),
    ],
)
def test_any_other_form_is_malformed(found: str, put: str) -> None:
    assert found in STORED
    with pytest.raises((Malformed, Unsupported)):
        Identity.parse(STORED.replace(found, put))


@pytest.mark.parametrize("text", ["", "\n", "x", STORED[:-1], STORED + "\n", STORED + STORED])
def test_what_is_not_one_identity_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Identity.parse(text)


def test_swapped_sealing_keys_are_malformed() -> None:
    classic, hybrid = IDENTITY.classic.encode(), IDENTITY.hybrid.encode()
    swapped = STORED.replace(classic, "@").replace(hybrid, classic).replace("@", hybrid)
    with pytest.raises(Malformed):
        Identity.parse(swapped)


def test_a_newer_form_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        Identity.parse(STORED.replace("identity: 1", "identity: 2"))


@given(seed=st.text(min_size=1))
def test_every_identity_survives_storage(seed: str) -> None:
    identity = Identity.generate("N", PredictableRandom(repr(seed)))
    assert Identity.parse(identity.encode()) == identity
    assert Card.parse(identity.card().encode()) == identity.card()
