"""A text as its sentences and what stands between them; joined they are the text, to the letter.

Cut too finely is harmless here, for what depends on it asks `is_firm`: an abbreviation or a pause
cuts a sentence in two, but neither end is firm. What cannot be told counts as not firm.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_STOPS: Final = ".!?…．"
"""Stops that end a sentence only before a space: "3.5" is one number."""
_WIDE_STOPS: Final = "。！？｡؟۔؛"
"""Stops that end one wherever they stand: Chinese has no spaces."""
_QUOTES: Final = "\"'”’»›」』＂＇"
_BRACKETS: Final = ")]}）】〉》］"
_UNSEEN: Final = "\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Marks of direction and joining, which may follow a stop."""
_OPENING: Final = "\"'“„‘«‹「『《〈(（[［{【—–-"
_LINE_ENDS: Final = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_JOINING: Final = frozenset(",;:،；：，、—–-")
"""What goes on in the same sentence after a stop, as in: "Stop!" – he said."""

_RUN: Final = re.compile(
    rf"(?P<space>\s+)"
    rf"|(?P<stop>[{_STOPS}{_WIDE_STOPS}][{_STOPS}{_WIDE_STOPS}{re.escape(_QUOTES + _BRACKETS)}"
    rf"{_UNSEEN}]*)"
    rf"|[^\s{_STOPS}{_WIDE_STOPS}]+"
)
_PAUSE: Final = re.compile(r"…|\.\.")
_NUMBER_MOST: Final = 3
"""A number of so few digits before a full stop may be that of a page, a house or a list."""
_WORD_MOST: Final = 40
_CONSONANTS_MOST: Final = 5
_VOWELS: Final = frozenset("aeiouyıəœæøаеёиоуыэюяіїєәөүұў")
_SHORT: Final = (
    "be by do go he in it me my of on or so to up us we"
    " вы да до её ее их мы не ни он по ты ал ба бе де ек же иә ма ме па пе со"
)
_SHORT_WORDS: Final = frozenset(_SHORT.split())
"""Words of two letters that do end sentences; all others are taken for abbreviations."""
_BEFORE_NAMES: Final = (
    "adm approx apt art ave bldg blvd brig capt cmdr col corp dept dir dist doc etc ext fig gen gov"
    " hon inc inst lieut maj messrs mrs mss nos para pol pres prof ref reg rep rev sec sen sept"
    " sgt sir supt tel univ vol viz jan feb mar apr jun jul aug sep oct nov dec"
    " акад гор гос гра гражд дер дир доц зав зам изд инж инст исп каб кап кв кол ком кон корп лейт"
    " мин моб нар нач нед обл обр офиц пер подп пол полк пом пос прим прок просп проф разд рай ред"
    " рес респ рис руб сек сер серж соч ст стр табл тел тов тыс уч февр фев экз янв апр июн июл авг"
    " сент окт нояб ноя дек ауд көш мыс пәт сағ тең"
)
_ABBREVIATIONS: Final = frozenset(_BEFORE_NAMES.split())
"""Titles, places, months and measures: they stand before a name or a number, hardly at an end."""


@dataclass(frozen=True, slots=True)
class Token:
    """A sentence, or the space and line ends between two."""

    text: str
    is_sentence: bool
    is_firm: bool = False
    """Whether a sentence surely ends here."""


def tokens_of(text: str) -> list[Token]:
    """The sentences of a text and what stands between them, in linear time."""
    return [
        Token(text[start:end], is_sentence, is_sentence and _is_firm(text, start, stop, end))
        for start, stop, end, is_sentence in _cut(text)
    ]


def pieces_of(text: str) -> list[str]:
    """As `tokens_of`, for whoever need not know what is firm."""
    return [text[start:end] for start, _stop, end, _is_sentence in _cut(text)]


def _cut(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """Where each token begins, where its stop begins, where it ends, and what it is."""
    begin: int | None = None
    stop = 0
    for run in _RUN.finditer(text):
        at, end = run.span()
        is_last = end == len(text)
        if run["space"]:
            if begin is not None and (is_last or not _LINE_ENDS.isdisjoint(run["space"])):
                yield begin, at, at, True
                begin = None
            if begin is None:
                yield at, end, end, False
            continue
        begin = at if begin is None else begin
        stop = end
        if run["stop"]:
            is_wide = any(sign in _WIDE_STOPS for sign in run["stop"])
            if is_wide or is_last or text[end].isspace():
                yield begin, at, end, True
                begin = None
    if begin is not None:
        yield begin, stop, len(text), True


def _is_firm(text: str, start: int, stop: int, end: int) -> bool:
    after = end
    while after < len(text) and text[after].isspace():
        after += 1
    if after == len(text) or _has_empty_line(text[end:after]):
        return True
    sign = text[stop:end]
    if not sign or _PAUSE.search(sign) or not set(sign).isdisjoint(_QUOTES) or sign == "؛":
        return False
    follows = text[after : after + _WORD_MOST].lstrip(_OPENING + "\u200f\u200e")[:1]
    if text[after] in _JOINING:
        return False
    if sign[0] in _STOPS and (follows.islower() or follows.isdigit()):
        return False
    return sign[0] not in ".．" or _is_whole_word(text[max(start, stop - _WORD_MOST) : stop])


def _has_empty_line(space: str) -> bool:
    ends = space.replace("\r\n", "\n")
    return sum(sign in _LINE_ENDS for sign in ends) > 1


def _is_whole_word(before: str) -> bool:
    """Whether what stands before a full stop is a word and no abbreviation, as far as one knows."""
    chunk = before.rsplit(maxsplit=1)[-1] if before.strip() else ""
    word = chunk.strip(_OPENING + _QUOTES + _BRACKETS).casefold()
    if not word or "." in word:
        return False
    if word.isdigit():
        return len(word) > _NUMBER_MOST
    letters = [sign for sign in word if sign.isalpha()]
    if len(letters) < 2 or word in _ABBREVIATIONS:
        return False
    if not any(sign.upper() != sign for sign in letters):
        # Arabic and Chinese letters know neither these abbreviations nor these vowels.
        return True
    if len(letters) == 2:
        return word in _SHORT_WORDS
    signs = set(word) | set(unicodedata.normalize("NFD", word))
    return len(letters) > _CONSONANTS_MOST or not _VOWELS.isdisjoint(signs)
