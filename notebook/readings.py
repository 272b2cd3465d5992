"""Other ways to read a text in which a name may hide: broken at a line's end, or in mixed letters.

A page that was scanned breaks words with a hyphen; two keyboards put a Russian «о» into a Latin
word. A person reads over both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_BROKEN: Final = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ac\u00ad][ \t]*\r?\n[ \t]*(?=[^\W\d_])")
_MIXED: Final = re.compile(r"[A-Za-z][\u0400-\u052f]|[\u0400-\u052f][A-Za-z]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = "ABCEHKMOPTXYaceopxyiIjJsSh"
_CYRILLIC: Final = "АВСЕНКМОРТХУасеорхуіІјЈѕЅһ"
_TO_LATIN: Final = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC: Final = str.maketrans(_LATIN, _CYRILLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as it may be read."""

    text: str = field(repr=False)
    places: Sequence[int] = field(repr=False)
    """Where each of its signs stands in the text as it is written."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of this reading, which is not empty, stands in the text."""
        return self.places[start], self.places[end - 1] + 1


def readings(text: str) -> list[Reading]:
    """How else a text may be read; most texts are read in one way alone, and give none."""
    is_broken, is_mixed = _BROKEN.search(text) is not None, _MIXED.search(text) is not None
    if not is_broken and not is_mixed:
        return []
    whole = _joined(text)
    found = [whole] if is_broken else []
    if _MIXED.search(whole.text):
        found += [
            Reading(text=_in_one_script(whole.text, table), places=whole.places)
            for table in (_TO_LATIN, _TO_CYRILLIC)
        ]
    return found


def _joined(text: str) -> Reading:
    places: list[int] = []
    after = 0
    for gap in _BROKEN.finditer(text):
        places += range(after, gap.start())
        after = gap.end()
    places += range(after, len(text))
    return Reading(text=_BROKEN.sub("", text), places=places)


def _in_one_script(text: str, table: dict[int, int]) -> str:
    """The text with every word of two scripts in one, as far as their letters look alike."""
    return _WORD.sub(
        lambda word: word[0].translate(table) if _MIXED.search(word[0]) else word[0], text
    )
