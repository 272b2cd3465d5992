"""Known names in free text: the names of the notebook's people, found however they are spelt.

Text and names are folded like the search index. The last word of a name may go on, as names do
in Kazakh, Uyghur and Russian; what changes inside a word is not found. It warns and never decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notebook import analysis, registers
from notebook.analysis import SHORTEST_STEM
from notebook.forms import Forms
from notebook.model import RecordId
from notebook.storage import records
from notebook.storage.database import Database

NAME_FIELDS = ("names", "aliases")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A name and the person it belongs to."""

    person: RecordId
    name: str
    terms: tuple[str, ...]


class KnownNames:
    """All known names, ready to be looked for in many texts."""

    def __init__(self, names: Sequence[KnownName]) -> None:
        self._by_first: dict[str, list[KnownName]] = {}
        for name in names:
            self._by_first.setdefault(name.terms[0], []).append(name)
        self._longest = max(map(len, self._by_first), default=0)

    def found_in(self, text: str) -> list[KnownName]:
        """The names that stand in a text, each once, in the order in which they come."""
        terms = analysis.index_text(text).split()
        found: dict[KnownName, None] = {}
        for place in range(len(terms)):
            for name in self._beginning_with(terms[place]):
                if _stands_at(name.terms, terms, place):
                    found[name] = None
        return list(found)

    def _beginning_with(self, term: str) -> Iterator[KnownName]:
        yield from self._by_first.get(term, ())
        for length in range(SHORTEST_STEM, min(len(term), self._longest + 1)):
            # With an ending behind it, so only names of one word.
            for name in self._by_first.get(term[:length], ()):
                if len(name.terms) == 1:
                    yield name


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
    return KnownNames(all_names(db, forms))


def with_their_words(names: Sequence[KnownName]) -> list[KnownName]:
    """The names, and each of their longer words for itself: endings come between words, too."""
    found = {(name.person, name.terms): name for name in names}
    for name in names:
        for word in name.name.split():
            terms = _terms(word)
            if len(analysis.fold(word)) >= SHORTEST_STEM and terms:
                found.setdefault(
                    (name.person, terms), KnownName(person=name.person, name=word, terms=terms)
                )
    return list(found.values())


def all_names(db: Database, forms: Forms) -> list[KnownName]:
    """Each name of the notebook's people, once for each of them."""
    found: dict[tuple[RecordId, tuple[str, ...]], KnownName] = {}
    for row in records.of_type(db, "person"):
        record = registers.load(db, forms, row)
        for field in NAME_FIELDS:
            state = record.fields.get(field)
            for version in state.versions if state else ():
                for name in version.value if isinstance(version.value, list) else [version.value]:
                    if isinstance(name, str) and (terms := _terms(name)):
                        found.setdefault(
                            (row.id, terms), KnownName(person=row.id, name=name, terms=terms)
                        )
    return list(found.values())


def _terms(name: str) -> tuple[str, ...]:
    """What stands in the index where the name stands in a text; empty for what is too short."""
    terms = analysis.name_terms(name)
    return terms if sum(map(len, terms)) > 1 else ()
