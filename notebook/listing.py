"""Records as lists and search results show them."""

from collections.abc import Collection, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field

from notebook import analysis, registers, strict_json
from notebook.dates import sort_text
from notebook.forms import Forms
from notebook.model import CaseId, EntryId, JsonValue, RecordId, Row, Sha256, id_in_case
from notebook.storage import entries, index, records
from notebook.storage.database import Database, DatabaseDamaged
from notebook.storage.records import RecordRow, SeveralClaim

SNIPPET_CHARACTERS = 160


def rows(db: Database, *, type_: str | None = None, case: CaseId | None = None) -> list[Row]:
    """The visible records, newest date first, those without a date by their last change.

    Those of one day stand as they came here, the last one first: whoever saves a record finds it
    where it was.
    """
    found = records.visible(db, type_=type_, case=case)
    found.sort(key=lambda row: row.num, reverse=True)
    return sorted(_rows(db, found), key=_day, reverse=True)


def _day(row: Row) -> str:
    return sort_text(row.date) or row.changed[:10]


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
    texts = registers.texts(db, hit)
    return Row(
        **{name: getattr(row, name) for name in Row.__slots__ if name != "snippet"},
        snippet=analysis.snippet_of(texts, query, SNIPPET_CHARACTERS),
    )


def names_of(db: Database, found: Sequence[RecordRow]) -> dict[int, RecordId]:
    """How each of these records is named, by its number: with its case where two claim its id.

    A case is always named by its id alone.
    """
    twice = records.claimed_twice(db, {row.id for row in found})
    return {
        row.num: (
            id_in_case(row.case, row.id)
            if row.id in twice and row.id != RecordId(row.case)
            else row.id
        )
        for row in found
    }


def one(db: Database, row: RecordRow) -> Row:
    """One record as a list shows it."""
    return _rows(db, [row])[0]


def several(db: Database, found: Sequence[RecordRow]) -> list[Row]:
    """These records as a list shows them, in the same order."""
    return _rows(db, found)


def _rows(db: Database, found: Sequence[RecordRow]) -> list[Row]:
    around = _Around(
        names_of=names_of(db, found),
        consented=records.link_targets(db, "covers").keys(),
        media=records.link_targets(db, "about"),
    )
    return [_row(db, row, around) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What rows need to know of other records."""

    names_of: Mapping[int, RecordId]
    consented: Set[tuple[CaseId, RecordId]]
    media: Mapping[tuple[CaseId, RecordId], int]
    names: dict[tuple[CaseId, str], str] = field(default_factory=dict)


def _row(
    db: Database,
    row: RecordRow,
    around: _Around,
) -> Row:
    summary = summary_of(row)
    home = (row.case, RecordId(row.case))
    return Row(
        id=around.names_of[row.num],
        case=row.case,
        type=row.type,
        title=str(summary.get("title", "")),
        date=str(summary.get("date", "")),
        place=_named(db, row.case, str(summary.get("place", "")), around.names),
        who=_named(db, row.case, str(summary.get("who", "")), around.names),
        changed=row.changed,
        has_conflict=row.has_conflict,
        has_consent=(row.case, row.id) in around.consented or home in around.consented,
        media_count=around.media.get((row.case, row.id), 0),
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


def _named(db: Database, case: CaseId, text: str, names: dict[tuple[CaseId, str], str]) -> str:
    """The title of the record that `text` is the id of, first in this case; or the text itself."""
    if (case, text) not in names:
        row = records.find_in_case(db, case, RecordId(text))
        if row is None or not row.type:
            with suppress(SeveralClaim):
                row = records.find(db, RecordId(text))
        names[case, text] = str(summary_of(row).get("title", "")) if row is not None else text
    return names[case, text]


def evidence_hashes(db: Database, forms: Forms, case: CaseId | None) -> list[Sha256]:
    """The hashes that the living evidence records of a case, or of all, name."""
    return list(evidence_entries(db, forms, case))


def naming(db: Database, forms: Forms, sha: Sha256) -> list[RecordId]:
    """The living evidence records that name a file."""
    return [
        row.id
        for row in records.visible(db, type_="evidence", case=None)
        if (state := registers.load(db, forms, row).fields.get("sha256"))
        and sha in {version.value for version in state.versions}
    ]


def evidence_entries(db: Database, forms: Forms, case: CaseId | None) -> dict[Sha256, set[EntryId]]:
    """The hashes that living evidence names, and for each the entries that wrote it."""
    found: dict[Sha256, set[EntryId]] = {}
    for row in records.visible(db, type_="evidence", case=case):
        state = registers.load(db, forms, row).fields.get("sha256")
        for version in state.versions if state else ():
            if registers.is_sha256(version.value):
                found.setdefault(Sha256(str(version.value)), set()).add(version.entry)
    return found


def evidence_naming(db: Database, case: CaseId, files: Collection[Sha256]) -> list[RecordRow]:
    """The living evidence of a case of which a current version names one of these files."""
    found = []
    for row in records.visible(db, type_="evidence", case=case):
        heads = records.heads(db, row.num).get("sha256", ())
        stored = (entries.value(db, head.part) for head in heads)
        # Anybody may have written anything there.
        named = (strict_json.parse(value) for value in stored if value is not None)
        if any(isinstance(value, str) and value in files for value in named):
            found.append(row)
    return found
