"""The records of a bundle as its own parts tell them, one at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from notebook import registers, strict_json
from notebook.journal import Entry, PartRef, parse_frame
from notebook.model import JsonValue, RecordId
from notebook.selection import Selection, lines
from notebook.storage import entries, records
from notebook.storage.database import Database
from notebook.views import Page, Said

Fields = dict[str, tuple[Said, ...]]


def told_by(db: Database, chosen: Selection) -> "Told":
    """What the parts of a bundle tell; reads all of them once."""
    carried: dict[int, int] = {}
    for chain in chosen.chains:
        for num, (_, parts) in zip(chain.nums, lines(db, chosen, chain), strict=True):
            carried[num] = sum(
                1 << place for place, part in enumerate(parts) if part.value is not None
            )
    return Told(db, carried)


@dataclass(frozen=True, slots=True)
class Told:
    """Which parts of which entries go: one bit for each part, by the number of the entry."""

    db: Database
    carried: Mapping[int, int]

    def page(self, num: int) -> Page | None:
        """The page of one record; None when the bundle says nothing about it."""
        row = records.by_num(self.db, num)
        if row.is_deleted:
            return None
        fields = self._fields(num)
        type_ = _first(fields.pop(registers.TYPE, ())) or row.type
        shown = {name: said for name, said in fields.items() if not name.startswith("_")}
        shown |= self._lists(row)
        if not shown:
            return None
        return Page(id=RecordId(row.id), type=registers.text_of(type_), fields=shown)

    def _fields(self, num: int) -> Fields:
        """The heads among the carried parts of one record."""
        said: dict[str, dict[str, Said]] = {}
        replaced: dict[str, set[str]] = {}
        for entry, place, field in self._parts(num):
            part = entry.parts[place]
            if part.frame is None or part.value is None:
                continue
            # Only parts of the same field can be replaced, whatever a frame claims.
            replaced.setdefault(field, set()).update(map(str, parse_frame(part.frame).base))
            said.setdefault(field, {})[str(PartRef(entry.id, place))] = Said(
                value=strict_json.parse(part.value),
                author=entry.header.author,
                time=entry.header.time,
            )
        return {
            field: tuple(one for ref, one in sorted(found.items()) if ref not in replaced[field])
            for field, found in said.items()
        }

    def _parts(self, num: int) -> Iterator[tuple[Entry, int, str]]:
        """The carried parts that write a record, each entry loaded once."""
        loaded: tuple[int, Entry] | None = None
        for part, field in entries.parts_about(self.db, num):
            entry_num, place = entries.split_part(part)
            if not self.carried.get(entry_num, 0) >> place & 1:
                continue
            if loaded is None or loaded[0] != entry_num:
                loaded = (entry_num, entries.load(self.db, entry_num))
            yield loaded[1], place, field

    def _lists(self, row: records.RecordRow) -> Fields:
        """The lists of a record, of those members that the bundle tells of."""
        listed: dict[str, list[tuple[Fraction, str, Said]]] = {}
        for member in records.members(self.db, row.case, row.id):
            if member.list is None or member.is_deleted:
                continue
            told = self._fields(member.num)
            place = registers.order_of(_first(told.get(registers.ORDER, ())))
            listed.setdefault(member.list, []).extend(
                (place, member.id, said) for said in told.get(registers.MEMBER_VALUE, ())
            )
        fields: Fields = {}
        for name, members in listed.items():
            if members:
                members.sort(key=lambda item: item[:2])
                values: list[JsonValue] = [said.value for _, _, said in members]
                newest = max((said for _, _, said in members), key=lambda said: said.time)
                fields[name] = (Said(value=values, author=newest.author, time=newest.time),)
        return fields


def _first(said: tuple[Said, ...]) -> JsonValue:
    return said[0].value if said else None
