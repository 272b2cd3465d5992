"""The records of a bundle as its own parts tell them, one at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from notebook import projection, registers, strict_json
from notebook.journal import Entry, PartRef, parse_frame
from notebook.model import JsonValue, RecordId
from notebook.selection import READERS_FIELD, Selection, lines
from notebook.storage import entries, records
from notebook.storage.database import Database
from notebook.views import Event, Page, Said

Fields = dict[str, tuple[Said, ...]]


def told_by(db: Database, chosen: Selection) -> "Told":
    """What the parts of a bundle tell; reads all of them once."""
    carried: dict[int, int] = {}
    destroyed: dict[int, int] = {}
    withheld_count = 0
    for chain in chosen.chains:
        for num, (_, parts) in zip(chain.nums, lines(db, chosen, chain), strict=True):
            bits = [1 << place for place in range(len(parts))]
            carried[num] = sum(b for b, p in zip(bits, parts, strict=True) if p.value is not None)
            gone = sum(
                b
                for b, p in zip(bits, parts, strict=True)
                if p.frame is not None and p.value is None
            )
            if gone:
                destroyed[num] = gone
            withheld_count += sum(part.frame is None for part in parts)
    return Told(db, carried, destroyed, withheld_count)


@dataclass(frozen=True, slots=True)
class Told:
    """Which parts of which entries go: one bit for each part, by the number of the entry."""

    db: Database
    carried: Mapping[int, int]
    destroyed: Mapping[int, int]
    """Those of which the frame goes and the value is no more."""
    withheld_count: int
    """How many parts go without either; nobody outside can tell what they are about."""

    def page(self, num: int) -> Page | None:
        """The page of one record; None when the bundle says nothing about it."""
        row = records.by_num(self.db, num)
        if row.is_deleted:
            return None
        fields = self._fields(num)
        type_ = _first(fields.pop(registers.TYPE, ())) or row.type
        shown = {name: said for name, said in fields.items() if not name.startswith("_")}
        shown |= self._lists(row)
        destroyed = tuple(sorted(self._destroyed_fields(row) - shown.keys()))
        if not shown and not destroyed:
            return None
        return Page(
            id=RecordId(row.id),
            type=registers.text_of(type_),
            fields=shown,
            destroyed=destroyed,
            events=tuple(self._events(num)),
        )

    def _destroyed_fields(self, row: records.RecordRow) -> set[str]:
        """Fields and lists of which this bundle carries that there was a value, and it is gone."""
        found = set()
        for about in (row, *records.members(self.db, row.case, row.id)):
            for part, field in entries.parts_about(self.db, about.num):
                entry_num, place = entries.split_part(part)
                if self.destroyed.get(entry_num, 0) >> place & 1 and not field.startswith("_"):
                    found.add(about.list or field)
        return found

    def _events(self, num: int) -> Iterator[Event]:
        """What happened to the record, as far as the bundle tells of it."""
        for entry, place, field in self._parts(num):
            value = entry.parts[place].value
            if field in projection.EVENT_FIELDS and field != READERS_FIELD and value is not None:
                details = strict_json.parse(value)
                yield Event(
                    kind=entry.header.kind,
                    author=entry.header.author,
                    time=entry.header.time,
                    details=details if isinstance(details, Mapping) else {},
                )

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
