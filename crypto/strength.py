"""How strong a passphrase is at least, and why one is refused: codes, not sentences.

A module of its own, as importing `zxcvbn` with its dictionaries takes 66 ms.
"""

import math
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from zxcvbn import zxcvbn

MIN_BITS = 50

# zxcvbn refuses longer text; what follows is not counted.
SCORED_CHARACTERS = 72

# zxcvbn takes every letter outside its dictionaries for one of ten, log2(10) = 3.3 bits. A Han
# character or a Hangul syllable is one of thousands; five bits is still what they carry in
# ordinary prose. Kana is spelt like letters and is left as it is.
_BITS_OF_OTHER_LETTER = math.log2(10)
_BITS_OF_SYLLABLE = 5.0
_SYLLABLE_NAMES = ("CJK UNIFIED IDEOGRAPH", "HANGUL SYLLABLE")

# A Russian keyboard's letters by the Latin keys they share, so that its rows are seen as rows and
# its letters that spell an English password are seen as that password.
_RUSSIAN_ROWS = "йцукенгшщзхъфывапролджэячсмитьбю"
_LATIN_ROWS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_LATIN_KEYS = str.maketrans(_RUSSIAN_ROWS + _RUSSIAN_ROWS.upper(), _LATIN_ROWS * 2)


class Reason(StrEnum):
    """Why a passphrase was accepted or refused."""

    STRONG = "strong"
    EMPTY = "empty"
    SHORT = "short"
    COMMON = "common"
    KEYBOARD = "keyboard"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    DATE = "date"


_REASON_OF_PATTERN = {
    "dictionary": Reason.COMMON,
    "spatial": Reason.KEYBOARD,
    "repeat": Reason.REPEATED,
    "sequence": Reason.SEQUENCE,
    "date": Reason.DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A lower estimate in bits, whether it is enough, and the reason in one code."""

    bits: float
    is_accepted: bool
    reason: Reason


def advise(passphrase: str) -> Advice:
    """Judge the first 72 characters of a passphrase by zxcvbn; under 50 bits is refused.

    zxcvbn knows common passwords, English words, names, keyboard rows, repeats, sequences and
    dates. It under-counts Han and Hangul, which is made up for, and it knows no words of other
    languages, so it over-counts those: the generator of six words is the safer advice.
    """
    text = unicodedata.normalize("NFKC", passphrase)[:SCORED_CHARACTERS]
    if not text:
        return Advice(bits=0.0, is_accepted=False, reason=Reason.EMPTY)
    # One text, not two, where nothing is Cyrillic: a score may take 40 ms.
    bits, pattern = min(_score(keys) for keys in {text, text.translate(_LATIN_KEYS)})
    if bits >= MIN_BITS:
        return Advice(bits=bits, is_accepted=True, reason=Reason.STRONG)
    reason = _REASON_OF_PATTERN.get(pattern, Reason.SHORT)
    return Advice(bits=bits, is_accepted=False, reason=reason)


def _score(text: str) -> tuple[float, str]:
    """Bits, and the pattern that covers most of the text."""
    result = zxcvbn(text, max_length=SCORED_CHARACTERS)
    parts = [(match["pattern"], match["token"]) for match in result["sequence"]]
    # Only what was taken for unknown letters: a repeated character stays as cheap as it is.
    syllables = sum(
        unicodedata.name(character, "").startswith(_SYLLABLE_NAMES)
        for pattern, token in parts
        if pattern == "bruteforce"
        for character in token
    )
    bits = math.log2(result["guesses"]) + syllables * (_BITS_OF_SYLLABLE - _BITS_OF_OTHER_LETTER)
    return bits, max(parts, key=lambda part: len(part[1]))[0]
