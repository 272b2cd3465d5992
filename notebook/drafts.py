"""Drafts: what is typed and not yet part of the journal, encrypted and kept as it grows.

A draft names the record it will change, or become. Locking flushes drafts and never makes an
entry. Beside them is kept where the person was (`notebook.last_place`). The connection is made at
the first use and belongs to the thread that made it: the drafts' lane.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crypto.keys import DatabaseKey
from crypto.primitives import sha256
from notebook import disk, journal, last_place, strict_json
from notebook.core import ambiguous_id, at_the_door
from notebook.journal import PartRef
from notebook.last_place import LastPlace
from notebook.model import CaseId, EntryId, JsonValue, RecordId, bare_id, id_in_case
from notebook.storage import drafts as table
from notebook.storage.database import Database, DatabaseDamaged

SCHEMA = "drafts_schema"
REVIEW = "_review"
"""The type under which a review of a case that was begun is kept; no record has it."""
_KEYS = ("type", "case", "is_new", "fields", "replaces", "kept_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person has typed about one record since it was last saved."""

    id: RecordId
    type: str
    case: CaseId
    is_new: bool
    fields: Mapping[str, JsonValue]
    replaces: Mapping[str, tuple[tuple[EntryId, int], ...]] = field(default_factory=dict)
    """For each field: the heads that were shown when typing began."""
    kept_at: str = ""


class Drafts:
    """The drafts of one notebook."""

    def __init__(self, path: Path, key: DatabaseKey) -> None:
        self._path = path
        self._key = key
        self._opened: Database | None = None

    @property
    def _db(self) -> Database:
        if self._opened is None:
            try:
                self._opened = self._connect()
            except DatabaseDamaged:
                # Typing must go on being kept; the damaged file stays for who can mend it.
                with disk.disk_trouble():
                    disk.put_aside(self._path)
                self._opened = self._connect()
        return self._opened

    def _connect(self) -> Database:
        # No write-ahead log: nothing like the head would notice that its end was lost.
        return Database(self._path, self._key, schema=SCHEMA, has_log=False)

    @at_the_door
    def keep(self, draft: Draft) -> None:
        """Insert or rewrite a draft; on disk when this returns.

        Raises AMBIGUOUS_ID where there is one of another case's record with the same id.
        """
        if draft.id != bare_id(draft.id):
            before = self.get(bare_id(draft.id))
            if before is not None and before.case != draft.case:
                both = [id_in_case(one.case, bare_id(one.id)) for one in (before, draft)]
                raise ambiguous_id(both)
        table.keep(self._db, bare_id(draft.id), _encode(draft))

    @at_the_door
    def get(self, id: RecordId) -> Draft | None:
        """The draft of a record, if there is one. Raises DAMAGED."""
        stored = table.body(self._db, bare_id(id))
        if stored is None:
            return None
        body, is_whole = stored
        if not is_whole:
            raise DatabaseDamaged("a draft does not fit its hash")
        draft = _decode(id, body)
        # Of two records with one id only one has a draft.
        return draft if id in (bare_id(id), id_in_case(draft.case, bare_id(id))) else None

    @at_the_door
    def all(self) -> list[Draft]:
        """Every draft that is whole; one that is not costs only itself, and a check reports it."""
        return [draft for draft in self._whole() if draft.type != REVIEW]

    def _whole(self) -> Iterator[Draft]:
        for draft, body, is_whole in table.all_bodies(self._db):
            if is_whole:
                yield _decode(RecordId(draft), body)

    @at_the_door
    def keep_review(self, case: CaseId, state: Mapping[str, JsonValue]) -> None:
        """Keep how far a person came with reading a case for a copy of it."""
        self.keep(
            Draft(id=review_id(case), type=REVIEW, case=case, is_new=False, fields=dict(state))
        )

    @at_the_door
    def review(self, case: CaseId) -> Mapping[str, JsonValue] | None:
        """What was kept of a review of this case. Raises DAMAGED."""
        draft = self.get(review_id(case))
        return draft.fields if draft is not None else None

    @at_the_door
    def drop_reviews(self, case: CaseId | None = None) -> None:
        """Forget the review of a case, or all: they hold words of the texts that were read."""
        for draft in list(self._whole()):
            if draft.type == REVIEW and case in (None, draft.case):
                self.drop(draft.id)

    @at_the_door
    def drop(self, id: RecordId) -> None:
        """Forget a draft: it was saved, or the person discarded it."""
        table.drop(self._db, bare_id(id))

    @at_the_door
    def keep_place(self, place: LastPlace) -> None:
        """Keep where the person is; one that is too long to be a place is not kept."""
        body = last_place.encode(place)
        if body is not None:
            table.keep_place(self._db, body)

    @at_the_door
    def place(self) -> LastPlace | None:
        """Where the person was, if that is known and can be read."""
        body = table.place(self._db)
        return None if body is None else last_place.decode(body)

    @at_the_door
    def forget_place(self) -> None:
        """Forget where the person was."""
        table.drop_place(self._db)

    def seal_if_due(self) -> None:
        """In a notebook that travels: seal what changed, if it is time. Here all is on disk."""

    def seal(self) -> None:
        """In a notebook that travels: seal what changed now. Here all is on disk."""

    def close(self) -> None:
        """Close the connection, if there is one; only in the thread that made it."""
        if self._opened is not None:
            self._opened.close()


def review_id(case: CaseId) -> RecordId:
    """Where the review of a case is kept: an id that no record has, and the same each time."""
    return RecordId(sha256(b"review" + bytes.fromhex(case))[:16].hex())


def is_review(body: bytes) -> bool:
    """Whether the bytes of a draft are those of a review; in a text the quotes are escaped."""
    return strict_json.dump({"type": REVIEW})[1:-1] in body


def as_json(draft: Draft) -> dict[str, JsonValue]:
    """A draft but for its id, as it is stored."""
    return {
        "type": draft.type,
        "case": draft.case,
        "is_new": draft.is_new,
        "fields": dict(draft.fields),
        "replaces": {
            name: [str(PartRef(entry, part)) for entry, part in heads]
            for name, heads in draft.replaces.items()
        },
        "kept_at": draft.kept_at,
    }


def _encode(draft: Draft) -> bytes:
    return strict_json.dump(as_json(draft))


def _decode(draft: RecordId, body: bytes) -> Draft:
    try:
        stored = strict_json.parse_object(body, _KEYS, max_bytes=64 * 1024 * 1024)
        fields, replaces = stored["fields"], stored["replaces"]
        if not isinstance(fields, dict) or not isinstance(replaces, dict):
            raise DatabaseDamaged("a draft cannot be read")
        return Draft(
            id=draft,
            type=str(stored["type"]),
            case=CaseId(str(stored["case"])),
            is_new=bool(stored["is_new"]),
            fields=fields,
            replaces={
                name: tuple(
                    (ref.entry, ref.part)
                    for ref in (
                        journal.parse_ref(head)
                        for head in (heads if isinstance(heads, list) else [])
                    )
                )
                for name, heads in replaces.items()
            },
            kept_at=str(stored["kept_at"]),
        )
    except (strict_json.BadJson, journal.BadEntry):
        raise DatabaseDamaged("a draft cannot be read") from None
