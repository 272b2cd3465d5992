"""What others sealed for whom, as far as the journal says: `seal` entries that came with bundles.

A `seal` entry says which bundle was made and, to the case's steward alone, for whom; not what was
in it. So it counts for a record when its author had something of the record by then: rather one
reader too many is told of a withdrawal than one too few.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from notebook import strict_json
from notebook.model import AuthorId, CaseId, EntryId
from notebook.selection import READERS_FIELD
from notebook.storage import entries, sent
from notebook.storage.database import Database
from notebook.storage.sent import ForeignSeal

SEAL_FIELD = "_seal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A bundle that somebody else sealed."""

    entry: EntryId
    by: AuthorId
    bundle: str
    at: str
    """The claimed time, RFC 3339."""
    readers: tuple[AuthorId, ...] | None
    """None when only the case's steward is told."""


@dataclass(slots=True)
class Elsewhere:
    """The bundles of others, each case looked at once."""

    db: Database
    me: AuthorId
    _seals: dict[CaseId, list[Seal]] = field(default_factory=dict)
    _children: dict[CaseId, dict[str, list[str]]] = field(default_factory=dict)

    def after(self, case: CaseId, roots: Iterable[EntryId]) -> list[Seal]:
        """The bundles of a case whose sealers had seen one of these entries, oldest claim first."""
        seals = self._of(case)
        if not seals:
            return []
        below = self._below(case, set(roots))
        return [seal for seal in seals if seal.entry in below]

    def _of(self, case: CaseId) -> list[Seal]:
        if case not in self._seals:
            found = [_seal(self.db, seal) for seal in sent.seals_of_others(self.db, case, self.me)]
            self._seals[case] = sorted(found, key=lambda seal: (seal.at, seal.entry))
        return self._seals[case]

    def _below(self, case: CaseId, roots: set[EntryId]) -> set[str]:
        if case not in self._children:
            children: dict[str, list[str]] = {}
            for entry, parents in sent.parents(self.db, case):
                for parent in parents:
                    children.setdefault(parent, []).append(entry)
            self._children[case] = children
        found: set[str] = set()
        pending: list[str] = [*roots]
        while pending:
            current = pending.pop()
            if current not in found:
                found.add(current)
                pending += self._children[case].get(current, ())
        return found


def _seal(db: Database, seal: ForeignSeal) -> Seal:
    said: dict[str, object] = {}
    for part, name, has_value in entries.parts_from(db, seal.num, 2):
        stored = entries.value(db, part) if has_value else None
        value = strict_json.parse(stored) if stored is not None else None
        if name in (SEAL_FIELD, READERS_FIELD) and isinstance(value, Mapping):
            said |= value
    readers = said.get("readers")
    return Seal(
        entry=seal.entry,
        by=seal.author,
        bundle=str(said.get("bundle", "")),
        at=entries.writer_of(db, seal.num)[1],
        readers=(
            tuple(AuthorId(str(reader)) for reader in readers)
            if isinstance(readers, list)
            else None
        ),
    )
