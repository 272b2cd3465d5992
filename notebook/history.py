"""What happened to a record, read from the journal: edits, custody, bundles, withdrawal."""

from notebook import projection, strict_json
from notebook.contacts import People
from notebook.model import HistoryLine, JsonValue, Kind
from notebook.storage import entries, records
from notebook.storage.database import Database, DatabaseDamaged
from notebook.storage.records import RecordRow


def of_record(db: Database, row: RecordRow, people: People) -> list[HistoryLine]:
    """Every entry about a record or a member of its lists, in the order it was learnt here."""
    parts: dict[int, list[tuple[int, str, str | None]]] = {}
    for about in (row, *records.members(db, row.case, row.id)):
        for part, field in entries.parts_about(db, about.num):
            num, place = entries.split_part(part)
            parts.setdefault(num, []).append((place, field, about.list))
    return [_line(db, num, parts[num], people) for num in sorted(parts)]


def _line(
    db: Database,
    num: int,
    parts: list[tuple[int, str, str | None]],
    people: People,
) -> HistoryLine:
    entry = entries.load(db, num)
    details: dict[str, JsonValue] = {}
    for place, field, _ in parts:
        value = entry.parts[place].value
        if field in projection.EVENT_FIELDS and value is not None:
            details |= _object(value)
    known = {kind.value for kind in Kind}
    return HistoryLine(
        entry=entry.id,
        kind=Kind(entry.header.kind) if entry.header.kind in known else Kind.OP,
        author=entry.header.author,
        author_name=people.names.get(entry.header.author, ""),
        passed_on_by=people.passed_on_by(entry.header.author),
        time=entry.header.time,
        fields=tuple(
            dict.fromkeys(
                listed or field
                for _, field, listed in parts
                if listed or field not in projection.EVENT_FIELDS
            )
        ),
        details=details,
    )


def _object(value: bytes) -> dict[str, JsonValue]:
    try:
        parsed = strict_json.parse(value)
    except strict_json.BadJson:
        raise DatabaseDamaged("a stored value cannot be read") from None
    return dict(parsed) if isinstance(parsed, dict) else {}
