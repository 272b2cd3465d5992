"""Several edits of one text, by sentences: what they come to when no two of them touch.

Two people's changes touch when no whole untouched sentence stands between them, counted by its
firm end and that of the one before it: so they never meet inside one true sentence. They touch,
too, when one takes a sentence out that another writes elsewhere. What touches is never merged.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from notebook.sentences import Token, pieces_of, tokens_of

CHARACTERS_MOST: Final = 1 << 20
"""Longer texts are not merged."""
HEADS_MOST: Final = 8

Owners = frozenset[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the merged text, and whose it is."""

    text: str
    by: Owners = frozenset()
    """Which of the edits wrote it, by their places; nobody's when nobody changed it."""
    instead_of: str = ""
    """What stood here before."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What the edits come to together."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(piece.text for piece in self.pieces)


class Touching:
    """The edits touch: nothing can be proposed."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What edits put in the place of the base's tokens from `low` to before `high`."""

    low: int
    high: int
    new: tuple[str, ...]
    by: Owners


def merge(base: str, edits: Sequence[str]) -> Merged | Touching | None:
    """Merge edits of a text; None when there are too many or too long ones. Linear in length."""
    if len(edits) > HEADS_MOST or any(len(text) > CHARACTERS_MOST for text in (base, *edits)):
        return None
    tokens = tokens_of(base)
    before = [token.text for token in tokens]
    found: dict[tuple[int, int, tuple[str, ...]], set[int]] = {}
    for place, text in enumerate(edits):
        for key in _differences(before, pieces_of(text)):
            found.setdefault(key, set()).add(place)
    changes = sorted(
        (_Change(low, high, new, frozenset(by)) for (low, high, new), by in found.items()),
        key=lambda change: (change.low, change.high),
    )
    if _do_meet(tokens, changes) or _is_moved(before, changes):
        return Touching()
    return Merged(tuple(_pieces(before, changes)))


def _pieces(before: Sequence[str], changes: Sequence[_Change]) -> Iterator[Piece]:
    at = 0
    for change in changes:
        if change.low > at:
            yield Piece("".join(before[at : change.low]))
        yield Piece("".join(change.new), change.by, "".join(before[change.low : change.high]))
        at = change.high
    if at < len(before):
        yield Piece("".join(before[at:]))


def _do_meet(tokens: Sequence[Token], changes: Sequence[_Change]) -> bool:
    """Whether changes of different people stand too near one another."""
    is_touched = [False] * len(tokens)
    for change in changes:
        is_touched[change.low : change.high] = [True] * (change.high - change.low)
    untouched = [
        0,
        *accumulate(t.is_sentence and not x for t, x in zip(tokens, is_touched, strict=True)),
    ]
    firm = [0, *accumulate(t.is_firm and not x for t, x in zip(tokens, is_touched, strict=True))]
    # How the last sentence before each token ends; a text begins as firmly as a sentence ends.
    ends = [True]
    for token in tokens:
        ends.append(token.is_firm if token.is_sentence else ends[-1])
    last: dict[Owners, int] = {}
    reached = 0
    for change in changes:
        if change.low < reached:
            return True
        for owners, high in last.items():
            if owners.isdisjoint(change.by) and (
                untouched[change.low] == untouched[high]
                or firm[change.low] - firm[high] + ends[high] < 2
            ):
                return True
        last[change.by] = reached = change.high
    return False


def _is_moved(before: Sequence[str], changes: Sequence[_Change]) -> bool:
    """Whether somebody took out a sentence that somebody else put elsewhere."""
    gone: dict[str, set[Owners]] = {}
    come: dict[str, set[Owners]] = {}
    for change in changes:
        old, new = Counter(before[change.low : change.high]), Counter(change.new)
        for text in old - new:
            gone.setdefault(text, set()).add(change.by)
        for text in new - old:
            come.setdefault(text, set()).add(change.by)
    return any(
        takers - writers
        for text in gone.keys() & come.keys()
        if not text.isspace()
        for takers in gone[text]
        for writers in come[text]
    )


def _differences(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """What stands where in `new` instead of in `old`, found by the tokens that each has once.

    Coarser than the least difference may be, which only makes more of it touch.
    """
    start, low = 0, 0
    for one, other in (*_anchors(old, new), (len(old), len(new))):
        left, right = one, other
        while start < left and low < right and old[start] == new[low]:
            start, low = start + 1, low + 1
        while start < left and low < right and old[left - 1] == new[right - 1]:
            left, right = left - 1, right - 1
        if start < left or low < right:
            yield start, left, tuple(new[low:right])
        start, low = one + 1, other + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places of equal tokens that each text has once, rising in both: the most of them."""
    once = {text for text, count in Counter(old).items() if count == 1 and not text.isspace()}
    counts = Counter(new)
    places = {text: at for at, text in enumerate(new) if text in once and counts[text] == 1}
    pairs = [(at, places[text]) for at, text in enumerate(old) if text in places]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs that rises in its second number (patience sorting)."""
    tops: list[int] = []
    top_pairs: list[int] = []
    before: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tops, place)
        before.append(top_pairs[at - 1] if at else None)
        tops[at : at + 1] = [place]
        top_pairs[at : at + 1] = [number]
    run: list[tuple[int, int]] = []
    current = top_pairs[-1] if top_pairs else None
    while current is not None:
        run.append(pairs[current])
        current = before[current]
    return run[::-1]
