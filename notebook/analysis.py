"""Text into search terms: one folding for what is stored and for what is asked.

Case, diacritics, Arabic-script spelling and digits are folded, so that a name is found however it
was typed. A word is a run of letters and digits; Han has no spaces, so a run of it is indexed as
overlapping pairs and its last sign alone, and any piece of the run is found. The full-text table
sees only folded terms with single spaces between them; any tokenizer that splits at spaces fits.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, normalize

MAX_TERMS = 16
"""Terms of a query that are looked for; the rest of a longer one is left out."""

SHORTEST_STEM = 4
"""A shorter word is a name only as a whole; longer ones may have an ending behind them."""

MARK_START = "\x02"
MARK_END = "\x03"
"""Around a hit in a snippet: control characters, which no text on screen may hold."""

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_NO_LETTER_BEFORE = rf"(?<![^\W_{_HAN}])"
_NO_LETTER_AFTER = rf"(?![^\W_{_HAN}])"
_LETTER = re.compile(rf"[^\W_{_HAN}]")

_HAMZA_CARRIER = "\u0626"
_HAMZA_ON_YEH = "\u064a\u0654"
"""The same sign, taken apart."""
_DROPPED = re.compile(
    # Marks over and under letters: Latin and Cyrillic, Hebrew, Arabic; then those of symbols.
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f\ufe00-\ufe0f"
    # The lengthening stroke and the high hamza of Kazakh in Arabic script.
    "\u0640\u0674"
    # Signs that are not seen: joiners, directions, soft hyphen.
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    # Apostrophes stand inside transliterated names, and people leave them out.
    "'`\u2018\u2019\u02b9-\u02bf\uff07]+"
)
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ٱ": "ا",
        "ک": "ك",
        "ڪ": "ك",
        # Yeh in its three spellings; keyboards and fonts mix them.
        "ى": "ي",
        "ی": "ي",
        # Heh, the vowel of Uyghur and Kazakh that looks like it, and the feminine ending.
        "ھ": "ه",
        "ہ": "ه",
        "ە": "ه",
        "ة": "ه",
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)

# What `_RUN` takes for a gap, for texts in which it is enough to know the 128 signs of ASCII.
_ASCII_SEPARATORS = str.maketrans({code: " " for code in range(128) if not chr(code).isalnum()})

_NOTHING = re.compile(r"(?!)")
_QUOTES = re.compile('["“”„«»「」『』]')
# A piece of text to look at in one go, never cut inside a word.
_PIECE = re.compile(r".{1,256}\w*", re.DOTALL)
_LARGE_PIECE = re.compile(r".{1,4096}\w*", re.DOTALL)
_SPACE = re.compile(r"\s+")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def fold(text: str) -> str:
    """The text without case, diacritics and differences of spelling that are not heard."""
    if text.isascii():
        # Of what is dropped, ASCII has these two.
        return text.lower().replace("'", "").replace("`", "")
    folded = normalize("NFKD", text).casefold()
    if not folded.isascii():
        # Uyghur writes this sign before a vowel at the start of a word; it has no sound.
        folded = folded.replace(_HAMZA_ON_YEH, "").translate(_LETTERS)
    return _DROPPED.sub("", folded)


def index_text(text: str) -> str:
    """The search terms of a text, in its order, with single spaces between them."""
    folded = fold(text)
    if folded.isascii():
        return " ".join(folded.translate(_ASCII_SEPARATORS).split())
    runs = _RUN.findall(folded)
    if not _IS_HAN.search(folded):
        return " ".join(runs)
    return " ".join(term for run in runs for term in _terms(run))


def name_terms(name: str) -> tuple[str, ...]:
    """The terms that follow one another in the index wherever the name stands in a text.

    The last sign of a run of Han is left out: in a text the run may go on.
    """
    runs = _RUN.findall(fold(name))
    return tuple(
        term for run in runs for term in (_terms(run)[:-1] if _IS_HAN.match(run) else ()) or [run]
    )


def parse_query(query: str) -> str:
    """An FTS5 MATCH expression that is never a syntax error; empty: nothing to search for.

    All words must be there; words in quotation marks stand together; the last word may go on,
    unless it is quoted.
    """
    expressions = []
    left = MAX_TERMS
    for phrase in _phrases(query):
        terms = _phrase_terms(phrase)
        if len(terms) > left:
            break
        left -= len(terms)
        # A single sign of Han is found through the pairs that begin with it.
        is_sign = len(terms[-1]) == 1 and bool(_IS_HAN.match(terms[-1]))
        star = " *" if phrase.goes_on or is_sign else ""
        # Folded terms hold letters and digits alone, so that nothing needs to be escaped.
        expressions.append('"' + " ".join(terms) + '"' + star)
    return " AND ".join(expressions)


def snippet_of(texts: Sequence[str], query: str, width: int) -> str:
    """About `width` characters around the first hit in the longest text that has one, in one line.

    Each text is a field's: a code of another one beside the hit would say nothing. Every hit stands
    between `MARK_START` and `MARK_END`. Isolates, embeddings and control characters are taken out,
    so that a text can forge no mark and turn no line around. Without a hit: how the texts begin.
    """
    needle = _needle(query)
    for text in sorted(texts, key=len, reverse=True) if needle else ():
        hit = _first_hit(text, needle)
        if hit is not None:
            return _around(text, hit, needle, width)
    return _around("\n".join(texts), 0, needle, width)


def _around(text: str, hit: int, needle: "_Needle", width: int) -> str:
    start = _word_start(text, max(0, hit - width // 3))
    window = text[start : start + width]
    shown = _marked(window, needle) if needle else _plain(window)
    before = "…" if start > 0 else ""
    after = "…" if start + width < len(text) else ""
    return before + shown.strip(" ") + after


def name_spans(text: str, names: Sequence[str]) -> list[tuple[int, int, int]]:
    """Where these names stand in a text: start, end, and which name, from the left.

    Folded like the index. A name's last word of four signs or more may go on with an ending, which
    is no part of the span. Where two names lie over one another, the longer one counts.
    """
    folded, origins = _fold_by_character(text)
    found: list[tuple[int, int, int]] = []
    for number in sorted(range(len(names)), key=lambda each: len(names[each]), reverse=True):
        for hit in _name_needle(names[number]).finditer(folded):
            start, end = origins[hit.start()], origins[hit.end() - 1] + 1
            start -= start > 0 and text[start - 1] == _HAMZA_CARRIER
            while end < len(text) and combining(text[end]):
                end += 1
            if all(end <= other[0] or start >= other[1] for other in found):
                found.append((start, end, number))
    return sorted(found)


def words_of(text: str) -> Iterator[tuple[str, int, int, Sequence[int]]]:
    """The words of a text but for Han: folded, start, end, and where each folded sign comes from.

    The last list has one more item than the word has signs: the end of the word.
    """
    folded, origins = _fold_by_character(text)
    for run in _RUN.finditer(folded):
        if _IS_HAN.match(run[0]):
            continue
        start, end = origins[run.start()], origins[run.end() - 1] + 1
        start -= start > 0 and text[start - 1] == _HAMZA_CARRIER
        while end < len(text) and combining(text[end]):
            end += 1
        yield run[0], start, end, [*origins[run.start() : run.end()], end]


def is_han(text: str) -> bool:
    """Whether a text begins with a sign of Han."""
    return bool(_IS_HAN.match(text))


@lru_cache(maxsize=4096)
def _name_needle(name: str) -> re.Pattern[str]:
    runs = _RUN.findall(fold(name))
    if not runs:
        return _NOTHING
    words = [run if _IS_HAN.match(run) else f"{_NO_LETTER_BEFORE}{run}" for run in runs]
    is_open = _IS_HAN.match(runs[-1]) or len(runs[-1]) >= SHORTEST_STEM
    return re.compile(r"[\W_]*".join(words) + ("" if is_open else _NO_LETTER_AFTER))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """Runs that stand together in this order; the last one may be the beginning of a word."""

    runs: tuple[str, ...]
    goes_on: bool


def _phrases(query: str) -> list[_Phrase]:
    phrases = []
    parts = _QUOTES.split(query)
    for number, part in enumerate(parts):
        # What follows the last quotation mark, or stands after one that is not closed yet.
        is_last_part = number == len(parts) - 1
        runs = _RUN.findall(fold(part))
        if number % 2 == 1 and runs:
            phrases.append(_Phrase(runs=tuple(runs), goes_on=is_last_part))
        elif runs:
            phrases += [_Phrase(runs=(run,), goes_on=False) for run in runs[:-1]]
            phrases.append(_Phrase(runs=(runs[-1],), goes_on=is_last_part))
    return phrases


def _terms(run: str) -> list[str]:
    """The terms of a whole run: itself, or for Han every pair and the last sign."""
    if not _IS_HAN.match(run):
        return [run]
    return [run[position : position + 2] for position in range(len(run))]


def _phrase_terms(phrase: _Phrase) -> list[str]:
    *whole, last = phrase.runs
    terms = [term for run in whole for term in _terms(run)]
    # In the text the last run may go on, and then its last sign does not stand alone.
    return terms + (_terms(last)[:-1] or _terms(last))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word to find in folded text, and where no letter may stand beside it."""

    run: str
    begins: bool
    ends: bool

    def hits(self, folded: str) -> Iterator[tuple[int, int]]:
        """Start and end of every hit, from the first to the last."""
        start = folded.find(self.run)
        while start >= 0:
            end = start + len(self.run)
            is_inside = (self.begins and start > 0 and _LETTER.match(folded, start - 1)) or (
                self.ends and _LETTER.match(folded, end)
            )
            if not is_inside:
                yield start, end
            start = folded.find(self.run, start + 1)


_Needle = Sequence[_Word]


def _needle(query: str) -> _Needle:
    """The words of the query; none when it has none."""
    words = []
    for phrase in _phrases(query)[:MAX_TERMS]:
        for position, run in enumerate(phrase.runs, start=1):
            # A letter beside a sign of Han does not make it another word.
            is_word = not _IS_HAN.match(run)
            goes_on = phrase.goes_on and position == len(phrase.runs)
            words.append(_Word(run=run, begins=is_word, ends=is_word and not goes_on))
    return tuple(words)


def _hits(needle: _Needle, folded: str) -> Iterator[tuple[int, int]]:
    """Start and end of the hits of any word, none over another; the first, and longest, goes."""
    done = 0
    for start, end in heapq.merge(*(word.hits(folded) for word in needle), key=_by_start):
        if start >= done:
            yield start, end
            done = end


def _by_start(hit: tuple[int, int]) -> tuple[int, int]:
    return hit[0], -hit[1]


def _first_hit(text: str, needle: _Needle) -> int | None:
    """Where the first hit stands in the text, in characters."""
    if text.isascii() and len(folded := fold(text)) == len(text):
        # Nothing is dropped, and nothing of ASCII becomes two.
        return next((start for start, _ in _hits(needle, folded)), None)
    # The quick folding of a whole piece looks first; few pieces need the slow one.
    for large in _LARGE_PIECE.finditer(text):
        if not any(_hits(needle, fold(large[0]))):
            continue
        for piece in _PIECE.finditer(text, large.start(), large.end()):
            if any(_hits(needle, fold(piece[0]))):
                folded, origins = _fold_by_character(piece[0])
                for start, _ in _hits(needle, folded):
                    return piece.start() + origins[start]
    return None


# Fifty snippets on a page fold the same few letters ten thousand times.
@lru_cache(maxsize=4096)
def _fold_sign(character: str) -> str:
    return fold(character)


def _fold_by_character(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the index of the one it comes from."""
    signs = [_fold_sign(character) for character in text]
    folded = "".join(signs)
    if len(folded) == len(text) and all(signs):
        # The usual case: none is dropped and none becomes two.
        return folded, range(len(text))
    return folded, [index for index, sign in enumerate(signs) for _ in sign]


def _word_start(text: str, index: int) -> int:
    """The start of the next word when it is near, so that no word is cut; else the index."""
    space = _SPACE.search(text, index, index + 24) if index else None
    return space.end() if space else index


def _marked(window: str, needle: _Needle) -> str:
    folded, origins = _fold_by_character(window)
    shown = []
    done = 0
    for first, behind in _hits(needle, folded):
        start, end = origins[first], origins[behind - 1] + 1
        # What the folding dropped belongs to the hit: a carrier before, marks behind.
        start -= start > done and window[start - 1] == _HAMZA_CARRIER
        while end < len(window) and combining(window[end]):
            end += 1
        if start >= done:
            shown += [_plain(window[done:start]), MARK_START, _plain(window[start:end]), MARK_END]
            done = end
    return "".join([*shown, _plain(window[done:])])


def _plain(text: str) -> str:
    return _CONTROLS.sub(" ", _TURNS.sub("", text))
