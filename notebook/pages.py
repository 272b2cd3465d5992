"""The records of a bundle as its own parts tell them, one at a time."""

from collections.abc import Iterator
from fractions import Fraction

from notebook import registers, strict_json
from notebook.journal import PartRef, parse_frame
from notebook.model import JsonValue, RecordId
from notebook.selection import Selection, lines
from notebook.storage import entries, records
from notebook.storage.database import Database
from notebook.views import Page, Said


def pages_of(db: Database, chosen: Selection) -> Iterator[Page]:
    """A page for each record that the bundle's parts say something about."""
    told = _Told(db, chosen)
    for num in chosen.records:
        row = records.by_num(db, num)
        fields = told.fields(num)
        type_ = _first(fields.pop(registers.TYPE, ())) or row.type
        for member in records.members(db, row.case, row.id):
            told.add_member(member, fields)
        shown = {name: said for name, said in fields.items() if not name.startswith("_")}
        if shown and not row.is_deleted:
            yield Page(id=RecordId(row.id), type=str(type_), fields=told.ordered(shown))


class _Told:
    """What a bundle's parts say, by record."""

    def __init__(self, db: Database, chosen: Selection) -> None:
        self._db = db
        self._orders: dict[str, list[tuple[Fraction, str, Said]]] = {}
        # Which parts of which entries go: one bit for each part of an entry.
        self._carried: dict[int, int] = {}
        for chain in chosen.chains:
            for num, (_, parts) in zip(chain.nums, lines(db, chosen, chain), strict=True):
                self._carried[num] = sum(
                    1 << place for place, part in enumerate(parts) if part.value is not None
                )

    def fields(self, num: int) -> dict[str, tuple[Said, ...]]:
        """The heads among the carried parts of one record."""
        said: dict[str, dict[str, Said]] = {}
        replaced: set[str] = set()
        for part, field in entries.parts_about(self._db, num):
            entry_num, place = entries.split_part(part)
            if not self._carried.get(entry_num, 0) >> place & 1:
                continue
            entry = entries.load(self._db, entry_num)
            carried = entry.parts[place]
            if carried.frame is None or carried.value is None:
                continue
            replaced |= {str(ref) for ref in parse_frame(carried.frame).base}
            said.setdefault(field, {})[str(PartRef(entry.id, place))] = Said(
                value=strict_json.parse(carried.value),
                author=entry.header.author,
                time=entry.header.time,
            )
        return {
            field: tuple(one for ref, one in sorted(found.items()) if ref not in replaced)
            for field, found in said.items()
        }

    def add_member(self, member: records.RecordRow, fields: dict[str, tuple[Said, ...]]) -> None:
        """Add a list's member to its field."""
        told = self.fields(member.num)
        if member.list is None or member.is_deleted or registers.MEMBER_VALUE not in told:
            return
        order = _first(told.get(registers.ORDER, ()))
        place = Fraction(order) if isinstance(order, str) and len(order) < 200 else Fraction(0)
        listed = self._orders.setdefault(member.list, [])
        listed += [(place, member.id, said) for said in told[registers.MEMBER_VALUE]]
        fields[member.list] = ()

    def ordered(self, fields: dict[str, tuple[Said, ...]]) -> dict[str, tuple[Said, ...]]:
        """The fields with their lists in order, ready for a page; forgets the lists."""
        for name, listed in self._orders.items():
            listed.sort(key=lambda item: item[:2])
            first = listed[0][2]
            values: list[JsonValue] = [said.value for _, _, said in listed]
            fields[name] = (Said(value=values, author=first.author, time=first.time),)
        self._orders = {}
        return fields


def _first(said: tuple[Said, ...]) -> JsonValue:
    return said[0].value if said else None
