"""Where people are named in a text: each span has one person, or nobody when it may be several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from notebook import analysis
from notebook.inflections import is_ending
from notebook.known_names import ChangedName, KnownName, KnownNames
from notebook.model import RecordId
from notebook.readings import readings

_REST = re.compile(r"[^\W_]*")
_BETWEEN = re.compile(r"\w{0,4}[ \u00a0\u00b7\u2022\u2027\u30fb-]+")
"""Between two words of one name: an ending, and a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A span of a text that names somebody; an ending behind the name is no part of it."""

    start: int
    end: int
    people: frozenset[RecordId]
    is_guess: bool
    """It may be another word."""

    @property
    def person(self) -> RecordId | None:
        """Who it is; None when it may be either of two people."""
        return next(iter(self.people)) if len(self.people) == 1 else None


def named_in(text: str, known: KnownNames) -> list[Named]:
    """Where people are named, from the left. The words of one name are one span."""
    found = _as_written(text, known)
    for reading in readings(text):
        for named in _as_written(reading.text, known):
            start, end = reading.span(named.start, named.end)
            if all(end <= other.start or start >= other.end for other in found):
                # Whether it was meant so a person has to say.
                found.append(replace(named, start=start, end=end, is_guess=True))
    return sorted(found, key=lambda each: each.start)


def _as_written(text: str, known: KnownNames) -> list[Named]:
    possible = known.possible_as_written(text)
    if not possible:
        # Most texts name nobody, and to find where takes much longer than to find that.
        return []
    found = _exact(text, possible)
    for changed in (*known.changed_in(text), *known.glued_in(text)):
        _add(found, changed)
    return _joined(text, sorted(found, key=lambda each: each.start))


def _exact(text: str, possible: Sequence[KnownName]) -> list[Named]:
    owners: dict[str, set[RecordId]] = {}
    certain: set[str] = set()
    for name in possible:
        owners.setdefault(name.name, set()).add(name.person)
        if not name.is_guess:
            certain.add(name.name)
    names = list(owners)
    return [
        Named(
            start=start,
            end=end,
            people=frozenset(owners[names[place]]),
            is_guess=names[place] not in certain or not _ends_well(text, end, names[place]),
        )
        for start, end, place in analysis.name_spans(text, names)
    ]


def _ends_well(text: str, end: int, name: str) -> bool:
    """Whether a name ends with its word, or with an ending that names take."""
    rest = _REST.match(text, end)
    return analysis.is_han(name[-1:]) or is_ending(name, rest[0] if rest else "")


def _add(found: list[Named], changed: ChangedName) -> None:
    """Take a guess in; where a name stands for certain, it may only say that it is not so sure."""
    people = frozenset({changed.name.person})
    over = [each for each in found if each.start < changed.word_end and changed.start < each.end]
    if not over:
        guess = Named(start=changed.start, end=changed.end, people=people, is_guess=True)
        found.append(guess)
    for each in over:
        goes_on = each.start == changed.start and each.end < changed.word_end
        if goes_on and not people <= each.people:
            found.remove(each)
            end = max(each.end, changed.end)
            found.append(replace(each, end=end, people=each.people | people))


def _joined(text: str, spans: Sequence[Named]) -> list[Named]:
    joined: list[Named] = []
    for span in spans:
        before = joined[-1] if joined else None
        if (
            before
            and before.people == span.people
            and _BETWEEN.fullmatch(text, before.end, span.start)
        ):
            is_guess = before.is_guess and span.is_guess
            joined[-1] = replace(before, end=span.end, is_guess=is_guess)
        else:
            joined.append(span)
    return joined
