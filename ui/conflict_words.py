"""Where versions of a text differ, word by word. No Qt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

# A run of letters and digits, a single sign of a script without spaces, or what stands between.
_TOKEN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U000323af]|\w+|\s+|[^\w\s]")

COMPARED_MOST: Final = 20_000
"""Texts of more words than this are shown without marks: comparing them would take too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of text, the same in all versions or not."""

    text: str
    differs: bool


def marked(texts: Sequence[str]) -> tuple[tuple[Span, ...], ...]:
    """For each text its pieces; what one of the other texts does not have in this place differs."""
    tokens = [_TOKEN.findall(text) for text in texts]
    if sum(map(len, tokens)) > COMPARED_MOST:
        return tuple((Span(text=text, differs=False),) if text else () for text in texts)
    return tuple(
        _spans(own, [other for at, other in enumerate(tokens) if at != place])
        for place, own in enumerate(tokens)
    )


def _spans(own: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    is_common = [True] * len(own)
    for other in others:
        found = [False] * len(own)
        matcher = SequenceMatcher(None, own, other, autojunk=False)
        for block in matcher.get_matching_blocks():
            for at in range(block.a, block.a + block.size):
                found[at] = True
        is_common = [one and two for one, two in zip(is_common, found, strict=True)]
    spans: list[Span] = []
    for token, common in zip(own, is_common, strict=True):
        if spans and spans[-1].differs is not common:
            spans[-1] = Span(text=spans[-1].text + token, differs=not common)
        else:
            spans.append(Span(text=token, differs=not common))
    return tuple(spans)
