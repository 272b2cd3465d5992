"""Known names in free text: the names of the notebook's people, found however they are spelt.

Text and names are folded like the search index. The last word of a name may go on, as names do in
Kazakh, Uyghur and Russian; what changes inside a word is guessed (see `notebook.inflections`). It
warns and never decides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from notebook import analysis, registers
from notebook.analysis import SHORTEST_STEM
from notebook.forms import Forms
from notebook.inflections import SHORTEST_CHANGED, changed_forms, han_forms
from notebook.model import Record, RecordId
from notebook.readings import readings
from notebook.storage import records
from notebook.storage.database import Database

NAME_FIELDS = ("names", "aliases")
_BETWEEN_WORDS = re.compile(r"[\s\u00b7\u2022\u2027\u30fb-]+")
_SEAM = re.compile(
    "[a-z\u00df-\u00ff\u0430-\u045fәғқңөұүһі][A-Z\u00c0-\u00de\u0400-\u042fӘҒҚҢӨҰҮҺІ]|\\d[^\\W\\d_]"
)
"""A capital behind a small letter, or a letter behind a digit."""
_NO_NAMES = frozenset(
    map(
        analysis.fold,
        ("оглы", "оғлы", "улы", "ұлы", "уулу", "кызы", "қызы", "ибн", "бин", "бинт", "uly", "ulı",
         "qyzy", "kyzy", "qizi", "ogly", "oglu", "oghli", "oghlu", "bin", "ben", "ibn", "bint",
         "abu", "van", "von", "der", "den", "del", "des", "dos", "the", "ئوغلى", "قىزى", "ۇلى"),
    )
)  # fmt: skip
"""Words inside names that name nobody: son of, daughter of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A name and the person it belongs to."""

    person: RecordId
    name: str
    terms: tuple[str, ...]
    is_guess: bool = False
    """Made from a name, and perhaps something else: a title with a surname."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedName:
    """Where a name stands in a text, as far as anybody can guess, that changed inside."""

    start: int
    end: int
    """Behind the stem; its ending is no part of it."""
    word_end: int
    name: KnownName


class KnownNames:
    """All known names, ready to be looked for in many texts."""

    def __init__(self, names: Sequence[KnownName]) -> None:
        self._by_first: dict[str, list[KnownName]] = {}
        self._changed: dict[str, list[tuple[KnownName, frozenset[str]]]] = {}
        for name in names:
            self._by_first.setdefault(name.terms[0], []).append(name)
            if len(name.terms) == 1 and not name.is_guess:
                for form in changed_forms(name.name):
                    self._changed.setdefault(form.stem, []).append((name, form.endings))
        self._longest = max(map(len, self._by_first), default=0)
        self._longest_changed = max(map(len, self._changed), default=0)

    def found_in(self, text: str) -> list[KnownName]:
        """The names that stand in a text, each once, in the order in which they come.

        A guess counts for somebody whom the text does not name for certain.
        """
        found = self.possible_in(text)
        certain = {name.person for name in found if not name.is_guess}
        return [name for name in found if not name.is_guess or name.person not in certain]

    def possible_in(self, text: str) -> list[KnownName]:
        """As `found_in`, and every guess beside."""
        found = dict.fromkeys(self.possible_as_written(text))
        for reading in readings(text):
            found |= dict.fromkeys(self.possible_as_written(reading.text))
        return list(found)

    def possible_as_written(self, text: str) -> list[KnownName]:
        """As `possible_in`, read in the one way in which it is written."""
        terms = analysis.index_text(text).split()
        found: dict[KnownName, None] = {}
        for place, term in enumerate(terms):
            for name in self._beginning_with(term):
                if _stands_at(name.terms, terms, place):
                    found[name] = None
            for name, _length in self._changed_at(term):
                found.setdefault(name, None)
        if _SEAM.search(text) or self._has_two_names(terms):
            for glued in self.glued_in(text):
                found.setdefault(glued.name, None)
        return list(found)

    def glued_in(self, text: str) -> list[ChangedName]:
        """Names of one word that stand inside a longer one: «#FreeErbol», «АскарНурлан1980»."""
        return [
            ChangedName(start=inside[at], end=inside[at + length], word_end=end, name=name)
            for word, _start, end, inside in analysis.words_of(text)
            for at in self._seams(text, word, inside)
            for length in range(SHORTEST_STEM, min(len(word) - at, self._longest) + 1)
            for name in self._by_first.get(word[at : at + length], ())
            if len(name.terms) == 1
        ]

    def _has_two_names(self, terms: Sequence[str]) -> bool:
        """Whether a word begins with a name behind which there is room for another one."""
        return any(
            term[:at] in self._by_first
            for term in terms
            if len(term) >= 2 * SHORTEST_STEM
            for at in range(SHORTEST_STEM, len(term) - SHORTEST_STEM + 1)
        )

    def _seams(self, text: str, word: str, inside: Sequence[int]) -> Iterator[int]:
        """Where in a word another may begin: at a capital, behind a number, behind a name."""
        for at in range(1, len(word)):
            if inside[at] == inside[at - 1]:
                # The second half of a letter that the folding made two of.
                continue
            before, here = text[inside[at] - 1], text[inside[at]]
            is_seam = (here.isupper() and before.islower()) or (here.isalpha() and before.isdigit())
            if is_seam or (at >= SHORTEST_STEM and word[:at] in self._by_first):
                yield at

    def changed_in(self, text: str) -> list[ChangedName]:
        """Every word of a text that may be a name which changed inside, from the left."""
        if not self._changed:
            return []
        return [
            ChangedName(start=start, end=inside[length], word_end=end, name=name)
            for word, start, end, inside in analysis.words_of(text)
            for name, length in self._changed_at(word)
        ]

    def _beginning_with(self, term: str) -> Iterator[KnownName]:
        yield from self._by_first.get(term, ())
        for length in range(SHORTEST_STEM, min(len(term), self._longest + 1)):
            # With an ending behind it, so only names of one word.
            for name in self._by_first.get(term[:length], ()):
                if len(name.terms) == 1:
                    yield name

    def _changed_at(self, term: str) -> Iterator[tuple[KnownName, int]]:
        """The names of which a word may be a form, and how long the stem is in it."""
        for length in range(SHORTEST_CHANGED - 1, min(len(term) - 1, self._longest_changed) + 1):
            for name, endings in self._changed.get(term[:length], ()):
                if term[length:] in endings:
                    yield name, length


def _stands_at(name: Sequence[str], terms: Sequence[str], place: int) -> bool:
    *whole, last = name
    if not whole:
        return True
    here = terms[place : place + len(name)]
    return len(here) == len(name) and here[:-1] == whole and _goes_on(here[-1], last)


def _goes_on(term: str, stem: str) -> bool:
    return term == stem or (len(stem) >= SHORTEST_STEM and term.startswith(stem))


def of_notebook(db: Database, forms: Forms) -> KnownNames:
    """The names and other names of every person who is not withdrawn, also of deleted ones."""
    return KnownNames(with_their_words(names_of(people_of(db, forms))))


def people_of(db: Database, forms: Forms) -> list[Record]:
    """Every person who is not withdrawn; also deleted ones, whose names stand in texts still."""
    return [registers.load(db, forms, row) for row in records.of_type(db, "person")]


def with_their_words(names: Sequence[KnownName]) -> list[KnownName]:
    """The names, and what else they are said as: their longer words, a surname with a title."""
    found = {(name.person, name.terms): name for name in names}
    for name in names:
        for said, is_guess in _also_said(name.name):
            if terms := _terms(said):
                found.setdefault(
                    (name.person, terms),
                    KnownName(person=name.person, name=said, terms=terms, is_guess=is_guess),
                )
    return list(found.values())


def _also_said(name: str) -> Iterator[tuple[str, bool]]:
    words = _BETWEEN_WORDS.split(name)
    for word in words:
        folded = analysis.fold(word)
        # Two signs of Han are a name; of other letters it takes three.
        shortest = 2 if analysis.is_han(word) else SHORTEST_CHANGED
        if len(folded) >= shortest and folded not in _NO_NAMES:
            yield word, False
        for said in han_forms(word):
            yield said, True


def names_of(people: Iterable[Record]) -> list[KnownName]:
    """Each name of these people, once for each of them."""
    found: dict[tuple[RecordId, tuple[str, ...]], KnownName] = {}
    for record in people:
        for field in NAME_FIELDS:
            state = record.fields.get(field)
            for version in state.versions if state else ():
                for name in version.value if isinstance(version.value, list) else [version.value]:
                    if isinstance(name, str) and (terms := _terms(name)):
                        found.setdefault(
                            (record.id, terms), KnownName(person=record.id, name=name, terms=terms)
                        )
    return list(found.values())


def typed(name: str, person: RecordId) -> list[KnownName]:
    """A name that somebody typed, to be looked for like any other; none for what is too short."""
    terms = _terms(name)
    return [KnownName(person=person, name=name, terms=terms)] if terms else []


def _terms(name: str) -> tuple[str, ...]:
    """What stands in the index where the name stands in a text; empty for what is too short."""
    terms = analysis.name_terms(name)
    return terms if sum(map(len, terms)) > 1 else ()
