"""Words carry ten bits each, in order, and favour none."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from crypto.strength import MIN_BITS, advise
from crypto.words import BITS_PER_WORD, passphrase_words, words_of
from tests.crypto.predictable import PredictableRandom
from tests.support import effort


def number_of(words: tuple[str, ...]) -> int:
    number = 0
    for word in words:
        number = number << BITS_PER_WORD | WORD_INDEX_MAP[word]
    return number


def test_the_list_is_that_of_slip_0039() -> None:
    assert len(WORDLIST) == 1024
    assert sorted(WORDLIST) == WORDLIST
    assert len({word[:4] for word in WORDLIST}) == 1024
    # Pinned, because another list would change what every fingerprint reads as.
    digest = hashlib.sha256(" ".join(WORDLIST).encode()).hexdigest()
    assert digest == "b19efd8b03b0b388c8ffd0dbff50b468b3daeb454666bebbe20d5cc9006a3620"


def test_a_generated_passphrase_has_six_words_of_the_list() -> None:
    words = passphrase_words(PredictableRandom("words")).split(" ")
    assert len(words) == 6
    assert all(word in WORD_INDEX_MAP for word in words)


def test_each_pair_of_random_bytes_gives_the_word_of_its_low_ten_bits() -> None:
    pairs = [b"\x00\x00", b"\xfc\x00", b"\x03\xff", b"\xff\xff", b"\x00\x01", b"\x02\x00"]
    stream = iter(pairs)
    phrase = passphrase_words(lambda length: next(stream)[:length])
    assert phrase == "academic academic zero zero acid leader"


def test_every_generated_passphrase_is_accepted_by_our_own_advice() -> None:
    random = PredictableRandom("advice")
    for _ in range(50 * effort()):
        advice = advise(passphrase_words(random))
        assert advice.is_accepted
        assert advice.bits >= MIN_BITS


@given(digest=st.binary(min_size=10, max_size=64), count=st.integers(1, 8))
def test_words_are_the_first_bits_of_the_digest(digest: bytes, count: int) -> None:
    expected = int.from_bytes(digest, "big") >> (8 * len(digest) - BITS_PER_WORD * count)
    words = words_of(digest, count)
    assert len(words) == count
    assert number_of(words) == expected


def test_a_digest_too_short_for_the_words_is_a_bug_of_the_caller() -> None:
    assert len(words_of(bytes(5), 4)) == 4
    with pytest.raises(ValueError, match="too short"):
        words_of(bytes(4), 4)
