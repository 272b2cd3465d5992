"""Keys of travel sessions: made at unlock, certified by their author, gone at lock.

FORMATS, travel mode. A certificate says who wrote; it gives no right over what other sessions
wrote.
"""

from collections.abc import Mapping
from datetime import date

from crypto import labels
from crypto.errors import CryptoError
from crypto.identity import Identity
from crypto.primitives import ed25519_sign, ed25519_verify
from notebook import strict_json
from notebook.dates import readable
from notebook.i18n import _
from notebook.journal import Entry, Part
from notebook.model import AuthorId, CaseId, EntryId, JsonValue, Kind
from notebook.storage import entries, travel
from notebook.storage.database import Database
from notebook.storage.travel import SessionRow

FIELD = "_session"
_VERSION = 1
_KEYS = ("v", "author", "session", "case", "day", "after", "count")


def certificate(
    author: Identity, session: AuthorId, case: CaseId, *, day: str, after: str, count: int
) -> dict[str, JsonValue]:
    """What the first entry of a session in a case holds."""
    statement = strict_json.dump(
        {
            "v": _VERSION,
            "author": author.card().author_id(),
            "session": session,
            "case": case,
            "day": day,
            "after": after,
            "count": count,
        }
    )
    signature = ed25519_sign(author.signing_seed, _signed(statement))
    return {"c": statement.decode("utf-8"), "s": signature.hex()}


def learn(db: Database, entry: Entry, part: Part) -> None:
    """Remember the session that an entry certifies; what proves nothing is passed over."""
    row = _read(entry, part)
    if row is not None:
        travel.learn_session(db, row)


def _read(entry: Entry, part: Part) -> SessionRow | None:
    header = entry.header
    if header.kind != Kind.KEY or header.seq != 0 or part.value is None:
        return None
    try:
        value = strict_json.parse_object(part.value, ("c", "s"))
        statement = str(value["c"]).encode("utf-8")
        said = strict_json.parse_object(statement, _KEYS)
        author, day, after, count = (said[key] for key in ("author", "day", "after", "count"))
        if said["v"] != _VERSION or said["session"] != header.author or said["case"] != header.case:
            return None
        if not _is_hex(author) or not (after == "" or _is_hex(after)):
            return None
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count < 2**53:
            return None
        day = date.fromisoformat(str(day)).isoformat()
        signature = bytes.fromhex(str(value["s"]))
        ed25519_verify(bytes.fromhex(str(author)), _signed(statement), signature)
    except (strict_json.BadJson, CryptoError, ValueError):
        return None
    return SessionRow(
        key=header.author,
        case=header.case,
        author=AuthorId(str(author)),
        day=day,
        after=str(after),
        count=count,
    )


def names(db: Database, known: Mapping[AuthorId, str]) -> dict[AuthorId, str]:
    """What people see for the authors that are sessions of these: “NAME, session of DAY”."""
    return {
        row.key: _("{name}, session of {day}").format(name=known[row.author], day=readable(row.day))
        for row in travel.sessions(db)
        if row.author in known
    }


def gaps(db: Database) -> list[SessionRow]:
    """The sessions that began after an entry which is not here: bundles before them are missing."""
    return [
        row
        for row in travel.sessions(db)
        if row.after and entries.entry_num(db, EntryId(row.after)) is None
    ]


def doubled(db: Database) -> dict[tuple[CaseId, AuthorId], list[str]]:
    """After which entries of a case two sessions of one author began: one of them knew no other."""
    began: dict[tuple[CaseId, AuthorId], list[str]] = {}
    for row in travel.sessions(db):
        if row.after:
            began.setdefault((row.case, row.author), []).append(row.after)
    twice = {
        whose: sorted({after for after in entries_ if entries_.count(after) > 1})
        for whose, entries_ in began.items()
    }
    return {whose: points for whose, points in twice.items() if points}


def _signed(statement: bytes) -> bytes:
    return labels.SESSION_SIGNATURE + b"\0" + statement


def _is_hex(value: JsonValue) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
