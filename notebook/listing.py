"""Records as lists and search results show them."""

from collections import Counter
from collections.abc import Sequence

from notebook import analysis, registers, strict_json
from notebook.dates import sort_text
from notebook.forms import Forms
from notebook.model import CaseId, EntryId, JsonValue, RecordId, Row, Sha256
from notebook.storage import index, records
from notebook.storage.database import Database, DatabaseDamaged
from notebook.storage.records import RecordRow

SNIPPET_CHARACTERS = 160


def rows(db: Database, *, type_: str | None = None, case: CaseId | None = None) -> list[Row]:
    """The visible records, newest date first, those without a date by their last change."""
    found = _rows(db, records.visible(db, type_=type_, case=case))
    return sorted(found, key=_newest_first, reverse=True)


def _newest_first(row: Row) -> tuple[str, str]:
    return sort_text(row.date) or row.changed[:10], row.id


def find(
    db: Database,
    query: str,
    *,
    type_: str | None = None,
    case: CaseId | None = None,
    limit: int,
) -> list[Row]:
    """The records that match, best first, each with the words around the hit."""
    match = analysis.parse_query(query)
    if not match:
        return []
    nums = index.search(db, match, type_=type_, case=case, limit=limit)
    hits = [records.by_num(db, num) for num in nums]
    return [
        _with_snippet(db, row, hit, query) for row, hit in zip(_rows(db, hits), hits, strict=True)
    ]


def _with_snippet(db: Database, row: Row, hit: RecordRow, query: str) -> Row:
    text = registers.words(db, hit)
    return Row(
        **{name: getattr(row, name) for name in Row.__slots__ if name != "snippet"},
        snippet=analysis.snippet(text, query, SNIPPET_CHARACTERS),
    )


def one(db: Database, row: RecordRow) -> Row:
    """One record as a list shows it."""
    return _rows(db, [row])[0]


def several(db: Database, found: Sequence[RecordRow]) -> list[Row]:
    """These records as a list shows them, in the same order."""
    return _rows(db, found)


def _rows(db: Database, found: Sequence[RecordRow]) -> list[Row]:
    consented = {target for target, _ in records.link_targets(db, "covers")}
    media = Counter(dict(records.link_targets(db, "about")))
    names: dict[str, str] = {}
    return [_row(db, row, consented, media, names) for row in found]


def _row(
    db: Database,
    row: RecordRow,
    consented: set[RecordId],
    media: "Counter[RecordId]",
    names: dict[str, str],
) -> Row:
    summary = summary_of(row)
    return Row(
        id=row.id,
        case=row.case,
        type=row.type,
        title=str(summary.get("title", "")),
        date=str(summary.get("date", "")),
        place=_named(db, str(summary.get("place", "")), names),
        who=_named(db, str(summary.get("who", "")), names),
        changed=row.changed,
        has_conflict=row.has_conflict,
        has_consent=row.id in consented or RecordId(row.case) in consented,
        media_count=media[row.id],
        is_incomplete=bool(summary.get("missing")),
        is_withdrawn=row.is_withdrawn,
    )


def summary_of(row: RecordRow) -> dict[str, JsonValue]:
    """What lists show of a record."""
    if not row.summary:
        return {}
    try:
        summary = strict_json.parse(row.summary)
    except strict_json.BadJson:
        raise DatabaseDamaged("a stored summary cannot be read") from None
    return summary if isinstance(summary, dict) else {}


def _named(db: Database, text: str, names: dict[str, str]) -> str:
    """The title of the record that `text` is the id of, or the text itself."""
    if text not in names:
        is_id = len(text) == 32 and set(text) <= set("0123456789abcdef")
        row = records.find(db, RecordId(text)) if is_id else None
        names[text] = str(summary_of(row).get("title", "")) if row is not None else text
    return names[text]


def evidence_hashes(db: Database, forms: Forms, case: CaseId | None) -> list[Sha256]:
    """The hashes that the living evidence records of a case, or of all, name."""
    return list(evidence_entries(db, forms, case))


def evidence_entries(db: Database, forms: Forms, case: CaseId | None) -> dict[Sha256, set[EntryId]]:
    """The hashes that living evidence names, and for each the entries that wrote it."""
    found: dict[Sha256, set[EntryId]] = {}
    for row in records.visible(db, type_="evidence", case=case):
        state = registers.load(db, forms, row).fields.get("sha256")
        for version in state.versions if state else ():
            if registers.is_sha256(version.value):
                found.setdefault(Sha256(str(version.value)), set()).add(version.entry)
    return found
