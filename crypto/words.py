"""Numbers as words people can say: new passphrases, fingerprints, the journal's head.

The list is that of SLIP-0039: 1,024 English words of four to eight letters that differ within
their first four, so a word carries 10 bits. It has not changed since 2018 and must not.
"""

from shamir_mnemonic.wordlist import WORDLIST

from crypto.primitives import RandomBytes

BITS_PER_WORD = 10
PASSPHRASE_WORDS = 6

_MASK = (1 << BITS_PER_WORD) - 1


def passphrase_words(random: RandomBytes, count: int = PASSPHRASE_WORDS) -> str:
    """A new passphrase of `count` random words, 10 bits each, with single spaces between."""
    # 1,024 divides 65,536, so cutting two random bytes to ten bits favours no word.
    numbers = (int.from_bytes(random(2), "big") & _MASK for _ in range(count))
    return " ".join(WORDLIST[number] for number in numbers)


def words_of(digest: bytes, count: int) -> tuple[str, ...]:
    """The first `count` * 10 bits of `digest`, most significant first, as words."""
    spare_bits = 8 * len(digest) - BITS_PER_WORD * count
    if spare_bits < 0:
        raise ValueError("the digest is too short for so many words")
    number = int.from_bytes(digest, "big") >> spare_bits
    shifts = range(BITS_PER_WORD * (count - 1), -1, -BITS_PER_WORD)
    return tuple(WORDLIST[number >> shift & _MASK] for shift in shifts)
