"""Headquarters' side of travel mode: keys for each mission, and what came unfinished from sessions.

FORMATS, travel mode. A mission is an identity of its own whose card names nobody; bundles of
laptops that travel are sealed to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from crypto.card import Card
from crypto.container import Identities, Member
from crypto.errors import CryptoError
from crypto.identity import Identity
from crypto.primitives import sha256
from notebook import editing, sealing_key, strict_json
from notebook.envelope import reader_tag
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.mission_card import CaseNumber
from notebook.model import AuthorId, CaseId, JsonValue, RecordId
from notebook.storage import entries, records, travel
from notebook.storage.database import Database, DatabaseDamaged
from notebook.storage.travel import UnfinishedRow
from notebook.transaction import Transaction

CODE_BYTES = 3
MAX_DRAFTS = 1000
MAX_DRAFTS_BYTES = 64 * 1024 * 1024
VERSION = 1
SAVED = b""
"""Stands in the place of what a draft said, when its session saved it."""
_KEYS = ("v", "session", "number", "drafts")
_DRAFT_KEYS = ("record", "type", "case", "is_new", "fields", "kept_at", "entries")


class BadDrafts(Exception):
    """What a bundle of drafts holds is not as it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """What somebody typed in a session and had not saved when it ended."""

    row: UnfinishedRow
    type: str
    is_new: bool
    fields: dict[str, JsonValue] = field(repr=False)
    kept_at: str


def identities(db: Database) -> list[Identity]:
    """The keys of every mission, oldest first."""
    try:
        return [Identity.parse(text) for text in travel.missions(db)]
    except CryptoError:
        raise DatabaseDamaged("the keys of a mission cannot be read") from None


def keys(db: Database, own: Identity) -> Identities:
    """All that bundles for this notebook may be sealed to: its own keys first."""
    known = (own, *sealing_key.old_identities(db), *identities(db))
    return [key for one in known for key in (one.hybrid, one.classic)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came by a mission from one traveller."""

    traveller: AuthorId
    bundles: int
    last: str
    """When the newest one was opened here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """A mission: its card, and what came by it."""

    card: Card
    came: tuple[Came, ...]

    @property
    def bundles(self) -> int:
        """How many came in all."""
        return sum(one.bundles for one in self.came)


def every(db: Database) -> list[Mission]:
    """Every mission, oldest first."""
    found: dict[AuthorId, dict[AuthorId, list[str]]] = {}
    for mission, traveller, at in travel.came_by(db):
        found.setdefault(mission, {}).setdefault(traveller, []).append(at)
    cards = [identity.card() for identity in identities(db)]
    return [
        Mission(
            card=card,
            came=tuple(
                Came(traveller=traveller, bundles=len(times), last=max(times))
                for traveller, times in found.get(AuthorId(card.author_id()), {}).items()
            ),
        )
        for card in cards
    ]


def note_arrival(tx: Transaction, bundle: str, tags: Collection[str]) -> None:
    """Remember by which mission a bundle came; `tags` are those of it that are this notebook's."""
    for identity in identities(tx.db):
        recipients = (key.recipient().encode() for key in (identity.hybrid, identity.classic))
        if any(reader_tag(bundle, recipient) in tags for recipient in recipients):
            travel.note_came_by(tx.db, bundle, AuthorId(identity.card().author_id()))


def new(tx: Transaction, at: str) -> Card:
    """Make the keys of a mission; its card, whose name says nothing."""
    identity = Identity.generate("mission-" + tx.random(CODE_BYTES).hex(), tx.random)
    card = identity.card()
    travel.add_mission(tx.db, AuthorId(card.author_id()), identity.encode(), at)
    return card


def choose(db: Database, untrusted_text: str) -> Card:
    """The card of a mission by name, or by the beginning of its id. Raises UNKNOWN_CONTACT."""
    cards = [identity.card() for identity in identities(db)]
    found = [
        card
        for card in cards
        if card.name == untrusted_text
        or (len(untrusted_text) >= 6 and card.author_id().startswith(untrusted_text.lower()))
    ]
    if len(found) != 1:
        raise NotebookError(
            Code.UNKNOWN_CONTACT,
            _("There is no such mission."),
            _("Nothing was changed."),
            _("Missions are listed by “mission FOLDER list”."),
        )
    return found[0]


def case_numbers(db: Database, cases: Sequence[CaseId]) -> list[CaseNumber]:
    """What a traveller is told of these cases: their numbers, and an entry that is here."""
    newest = {case: entries.tips(db, case) for case in dict.fromkeys(cases)}
    return [CaseNumber(case=case, entry=tips[-1].id) for case, tips in newest.items() if tips]


def drafts_in(member: Member, author: AuthorId, cases: Sequence[str]) -> tuple[UnfinishedRow, ...]:
    """The drafts in a bundle whose envelope names these cases. Raises `BadDrafts`."""
    if member.size_bytes > MAX_DRAFTS_BYTES:
        raise BadDrafts("size")
    rows = read_drafts(b"".join(member.chunks()), author)
    if not {row.case for row in rows} <= set(cases):
        raise BadDrafts("a case that the envelope does not name")
    return rows


def read_drafts(untrusted: bytes, author: AuthorId) -> tuple[UnfinishedRow, ...]:
    """What a bundle of drafts holds. Raises `BadDrafts`."""
    try:
        told = strict_json.parse_object(untrusted, _KEYS, max_bytes=MAX_DRAFTS_BYTES)
    except strict_json.BadJson:
        raise BadDrafts("not JSON as allowed") from None
    number, drafts = told["number"], told["drafts"]
    if told["v"] != VERSION or not isinstance(drafts, list) or len(drafts) > MAX_DRAFTS:
        raise BadDrafts("version or drafts")
    session = _hex(told["session"], 64)
    return tuple(_row(one, session, _count(number), author) for one in drafts)


def _row(untrusted: JsonValue, session: str, number: int, author: AuthorId) -> UnfinishedRow:
    if not isinstance(untrusted, dict) or untrusted.keys() != set(_DRAFT_KEYS):
        raise BadDrafts("keys of a draft")
    told = untrusted
    if not isinstance(told["fields"], dict) or not isinstance(told["is_new"], bool):
        raise BadDrafts("fields of a draft")
    if not all(isinstance(told[key], str) for key in ("type", "kept_at")):
        raise BadDrafts("words of a draft")
    return UnfinishedRow(
        session=AuthorId(session),
        record=RecordId(_hex(told["record"], 32)),
        number=number,
        author=author,
        case=CaseId(_hex(told["case"], 32)),
        entries=_count(told["entries"]),
        body=strict_json.dump({k: told[k] for k in ("type", "is_new", "fields", "kept_at")}),
    )


def keep_drafts(tx: Transaction, rows: tuple[UnfinishedRow, ...]) -> None:
    """Keep the drafts of a bundle, unless a newer bundle of the same session was here before."""
    for session in sorted({row.session for row in rows}):
        of_session = [row for row in rows if row.session == session]
        if travel.newest_number(tx.db, session) > of_session[0].number:
            continue
        for old in travel.unfinished(tx.db):
            if old.session == session:
                travel.drop_unfinished(tx.db, session, old.record)
        travel.note_number(tx.db, session, of_session[0].number)
        for row in of_session:
            # What was taken over does not come again, but what was typed on does.
            if not travel.has_ended(tx.db, session, row.record, _said(row)):
                travel.add_unfinished(tx.db, row)


def _said(row: UnfinishedRow) -> bytes:
    """A hash over what a draft says, whenever it was kept."""
    told = strict_json.parse(row.body)
    said = {k: v for k, v in told.items() if k != "kept_at"} if isinstance(told, dict) else {}
    return sha256(strict_json.dump(said))


def drop_superseded(tx: Transaction) -> None:
    """Forget drafts whose entry has come, before or after them."""
    for row in travel.unfinished(tx.db):
        seq = travel.newest_seq_about(tx.db, row.session, row.case, row.record)
        if seq >= row.entries:
            travel.end_unfinished(tx.db, row.session, row.record, SAVED)


def unfinished(db: Database) -> list[Unfinished]:
    """What came unfinished and was neither saved in its session nor taken over here."""
    found = []
    for row in travel.unfinished(db):
        try:
            told = strict_json.parse_object(
                row.body, ("type", "is_new", "fields", "kept_at"), max_bytes=MAX_DRAFTS_BYTES
            )
        except strict_json.BadJson:
            raise DatabaseDamaged("a draft from a session cannot be read") from None
        fields = told["fields"]
        found.append(
            Unfinished(
                row=row,
                type=str(told["type"]),
                is_new=bool(told["is_new"]),
                fields=dict(fields) if isinstance(fields, dict) else {},
                kept_at=str(told["kept_at"]),
            )
        )
    return found


def take_over(tx: Transaction, draft: Unfinished) -> RecordId:
    """Make a record of a draft, or change the record that it was to change; then forget it.

    Raises UNKNOWN_TYPE, UNKNOWN_FIELD, BAD_VALUE, or UNKNOWN_RECORD when its case is not here.
    """
    row = draft.row
    fields = dict(draft.fields)
    known = records.find_in_case(tx.db, row.case, row.record)
    # What was typed on after an earlier bundle of the session was taken over goes into that record.
    if draft.is_new and not (known and known.type):
        if not fields.get("title"):
            fields["title"] = _("Unfinished, {day}").format(day=draft.kept_at[:10])
        editing.add(
            tx,
            draft.type,
            None if draft.type == "case" else row.case,
            fields,
            record=row.record,
        )
    else:
        editing.edit(tx, row.record, fields)
    tx.custody(
        row.record,
        row.case,
        {"what": "taken over from a draft", "session": row.session, "author": row.author},
    )
    travel.end_unfinished(tx.db, row.session, row.record, _said(row))
    return row.record


def _count(untrusted: JsonValue) -> int:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or untrusted < 0:
        raise BadDrafts("count")
    return untrusted


def _hex(untrusted: JsonValue, digits: int) -> str:
    if (
        not isinstance(untrusted, str)
        or len(untrusted) != digits
        or not set(untrusted) <= set("0123456789abcdef")
    ):
        raise BadDrafts("hex")
    return untrusted
