"""A card has one text, one signature and one fingerprint, whatever mail and chat do to it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import sshsig
from crypto.age import HybridIdentity, HybridRecipient, X25519Identity, parse_recipient
from crypto.card import (
    MAX_CARD_CHARACTERS,
    MAX_NAME_CHARACTERS,
    Card,
    check_name,
    tidy_card,
    tidy_name,
)
from crypto.errors import CryptoError, LimitExceeded, Malformed, Tampered, Unsupported
from crypto.identity import Identity
from crypto.primitives import ed25519_sign
from tests.crypto.predictable import PredictableRandom

GOLDEN = Path(__file__).parent.parent / "golden" / "card_v1.txt"

IDENTITY = Identity.generate("Айгүл · ئايگۈل · 阿依古丽", PredictableRandom("card"))
CARD = IDENTITY.card()
TEXT = CARD.encode()


def signed(card: Card) -> Card:
    return replace(card, signature=ed25519_sign(IDENTITY.signing_seed, card.signed_bytes()))


def test_the_golden_card_is_written_and_read() -> None:
    golden = GOLDEN.read_bytes().decode()
    assert golden == TEXT
    assert Card.parse(golden) == CARD


def test_the_golden_fingerprint_stays_as_it_is() -> None:
    assert (
        CARD.fingerprint()
        == "17913 02893 35300 09855 62936 57405 21265 55342 99103 29899 17756 95676"
    )
    assert CARD.fingerprint_words() == (
        "fluff",
        "flea",
        "blessing",
        "unhappy",
        "visual",
        "genuine",
        "adult",
        "rescue",
        "activity",
        "headset",
        "romp",
        "papa",
    )


def test_a_card_shows_its_keys_as_stock_tools_take_them() -> None:
    lines = TEXT.splitlines()
    assert lines[0] == "-----BEGIN FIELD NOTEBOOK CARD-----"
    assert lines[2] == "name: Айгүл · ئايگۈل · 阿依古丽"
    assert f"age-classic: {IDENTITY.classic.recipient().encode()}" in lines
    folded = "".join(lines[lines.index("age-pq:") + 1 : lines.index("signature:")])
    assert parse_recipient(folded) == IDENTITY.hybrid.recipient()
    assert max(map(len, lines)) <= 80


def test_a_flip_in_any_byte_is_refused() -> None:
    raw = TEXT.encode()
    for position in range(len(raw)):
        flipped = bytearray(raw)
        flipped[position] ^= 0x01
        with pytest.raises(CryptoError):
            Card.parse(flipped.decode("utf-8", "surrogateescape"))


def test_a_card_cut_anywhere_is_refused() -> None:
    for length in range(len(TEXT)):
        with pytest.raises(CryptoError):
            Card.parse(TEXT[:length])


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("\n", "\r\n"),
        ("version: 1\n", "version:  1\n"),
        ("version: 1\n", "version: 1\nversion: 1\n"),
        ("version: 1\n", "version: 1\nnote: x\n"),
        ("version: 1\n", "\nversion: 1\n"),
        ("version: 1\n", "x\nversion: 1\n"),
        ("age-pq:\n", "age-pq: "),
        ("age-pq:\n", "age-pq:\n "),
        ("signing-key: ", "signing-key:\n"),
        ("name: ", "Name: "),
        ("-----END", "----END"),
        ("CARD-----\n", "CARD-----"),
    ],
)
def test_any_other_form_of_the_same_card_is_malformed(found: str, put: str) -> None:
    assert found in TEXT
    with pytest.raises((Malformed, Unsupported)):
        Card.parse(TEXT.replace(found, put))


def test_upper_case_keys_are_malformed() -> None:
    key = CARD.signing_key.hex()
    for other in (TEXT.replace(key, key.upper()), TEXT.replace(key, key + "  ")):
        with pytest.raises(Malformed):
            Card.parse(other)
    recipient = CARD.classic.encode()
    with pytest.raises(Malformed):
        Card.parse(TEXT.replace(recipient, recipient.upper()))


def test_fields_in_another_order_are_malformed() -> None:
    lines = TEXT.splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    with pytest.raises(Malformed):
        Card.parse("".join(lines))


@pytest.mark.parametrize("text", ["", "\n", "x", TEXT + "\n", TEXT + TEXT, "\n" + TEXT])
def test_what_is_not_one_card_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Card.parse(text)


def test_a_newer_card_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        Card.parse(TEXT.replace("version: 1", "version: 2"))


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitExceeded):
        Card.parse(TEXT + "x" * MAX_CARD_CHARACTERS)


def test_keys_of_another_kind_are_malformed() -> None:
    classic, hybrid = CARD.classic.encode(), CARD.hybrid.encode()
    lines = TEXT.splitlines(keepends=True)
    start, end = lines.index("age-pq:\n"), lines.index("signature:\n")
    two_classic = "".join([*lines[:start], f"age-pq: {classic}\n", *lines[end:]])
    with pytest.raises(Malformed):
        Card.parse(two_classic)
    with pytest.raises(Malformed):
        Card.parse(TEXT.replace(f"age-classic: {classic}", f"age-classic: {hybrid}"))


def test_a_signing_key_of_small_order_is_malformed() -> None:
    for key in (bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"):
        with pytest.raises(Malformed):
            Card.parse(TEXT.replace(CARD.signing_key.hex(), key.hex()))


def test_a_change_that_another_hand_made_is_tampered() -> None:
    other = Identity.generate("Other", PredictableRandom("other")).card()
    for forged in (
        replace(CARD, name="Other"),
        replace(CARD, signing_key=other.signing_key),
        replace(CARD, classic=other.classic),
        replace(CARD, hybrid=other.hybrid),
        replace(CARD, signature=other.signature),
    ):
        with pytest.raises(Tampered):
            Card.parse(forged.encode())


def test_the_signature_is_for_cards_alone() -> None:
    bare = CARD.signed_bytes().removeprefix(b"fn/card/1\0")
    forged = replace(CARD, signature=ed25519_sign(IDENTITY.signing_seed, bare))
    with pytest.raises(Tampered):
        Card.parse(forged.encode())


def test_a_pasted_card_is_found_and_tidied() -> None:
    pasted = "Hello,\r\nhere is it:\r\n\r\n" + TEXT.replace("\n", " \r\n\r\n  ") + "Bye\r\n"
    assert tidy_card(pasted) == TEXT
    assert tidy_card(TEXT) == TEXT


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "hello",
        TEXT + TEXT,
        TEXT.replace("-----END", ""),
        TEXT.replace("-----BEGIN", ""),
        TEXT.splitlines()[0] + "\n" + TEXT,
        TEXT + TEXT.splitlines()[-1],
    ],
)
def test_text_without_exactly_one_card_is_malformed(pasted: str) -> None:
    with pytest.raises(Malformed):
        tidy_card(pasted)


def test_a_card_whose_ends_are_swapped_is_malformed() -> None:
    lines = TEXT.splitlines(keepends=True)
    swapped = tidy_card("".join([lines[-1], *lines[1:-1], lines[0]]))
    with pytest.raises(Malformed):
        Card.parse(swapped)


@pytest.mark.parametrize(
    "name", ["A", "Иван Петров", "نۇرگۈل", "努尔古丽", "a: b", "x" * 100, "-----"]
)
def test_a_name_in_any_script_survives(name: str) -> None:
    card = signed(replace(CARD, name=name))
    assert Card.parse(card.encode()).name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " A",
        "A ",
        "A  B",
        "A\tB",
        "A\nB",
        "A\u00a0B",
        "A\u3000B",
        "A\u2028B",
        "A\u202eB",
        "A\u2066B",
        "A\u200fB",
        "A\u200bB",
        "A\u00adB",
        "A\ufeff",
        "A\x00",
        "A\x7f",
        "A\x85",
        "A\ue000",
        "A\ud800",
        "o\u0308",
        "\u212b",
    ],
)
def test_a_name_that_deceives_the_eye_is_malformed(name: str) -> None:
    with pytest.raises(Malformed):
        check_name(name)


def test_a_signed_card_with_a_deceiving_name_is_refused() -> None:
    for name in ("A\u202eB", "A  B", "o\u0308"):
        with pytest.raises(Malformed):
            Card.parse(signed(replace(CARD, name=name)).encode())


def test_a_long_name_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        check_name("x" * (MAX_NAME_CHARACTERS + 1))


def test_a_typed_name_is_tidied() -> None:
    assert tidy_name("  Ko\u0308k\u00a0  tau\n") == "K\u00f6k tau"


@given(st.text(max_size=110))
def test_a_tidied_name_is_one_that_a_card_may_carry(typed: str) -> None:
    try:
        name = tidy_name(typed)
    except (Malformed, LimitExceeded):
        return
    assert check_name(name) == name
    assert tidy_name(name) == name
    assert Card.parse(signed(replace(CARD, name=name)).encode()).name == name


def test_a_fingerprint_is_sixty_digits_in_twelve_groups() -> None:
    groups = CARD.fingerprint().split(" ")
    assert len(groups) == 12
    assert all(len(group) == 5 and group.isascii() and group.isdigit() for group in groups)
    assert len(CARD.fingerprint_words()) == 12


def test_a_fingerprint_covers_every_key_and_not_the_name() -> None:
    classic = X25519Identity.generate(PredictableRandom("1")).recipient()
    hybrid = HybridIdentity.generate(PredictableRandom("2")).recipient()
    same = replace(CARD, name="Another name")
    others = [
        replace(CARD, signing_key=bytes(32)),
        replace(CARD, classic=classic),
        replace(CARD, hybrid=hybrid),
    ]
    assert same.fingerprint() == CARD.fingerprint()
    assert same.fingerprint_words() == CARD.fingerprint_words()
    assert len({card.fingerprint() for card in (CARD, *others)}) == 4
    assert len({card.fingerprint_words() for card in (CARD, *others)}) == 4


def test_an_author_is_known_by_the_signing_key() -> None:
    assert CARD.author_id() == CARD.signing_key.hex()
    assert CARD.author_id() in CARD.allowed_signers_line()
    assert sshsig.BUNDLE_NAMESPACE in CARD.allowed_signers_line()


def test_a_hybrid_key_of_another_length_is_malformed() -> None:
    with pytest.raises(Malformed):
        HybridRecipient(public=CARD.hybrid.public[:-1])
