"""Which bundles a new database still knows of, when some cases are gone.

A row says for whom or from whom a bundle was, and when. One that spoke of gone cases alone goes
with them. The journal says of which cases a bundle brought or took something; a bundle of which it
says nothing, such as a receipt, stays only with a peer with whom something else stays.
"""

from contextlib import suppress

from notebook import strict_json
from notebook.storage import affairs, entries
from notebook.storage.affairs import NO_BUNDLE
from notebook.storage.database import Database, Row

NOTES = ("seals_unnamed", "seals_interrupted")
"""Settings that name bundles of which nobody knows whether they are there."""

_FIELDS = ("_seal", "_receive")
_SELECT = "SELECT id, direction, peer, envelope, previous, at FROM bundle ORDER BY num"
_INSERT = (
    "INSERT INTO bundle (id, direction, peer, envelope, previous, at) VALUES (?, ?, ?, ?, ?, ?)"
)
_SELECT_HELD = """
SELECT contact, case_id FROM holding
UNION SELECT s.contact, r.case_id FROM sent s JOIN record r ON r.num = s.record
"""
_SELECT_CASE = "SELECT case_id FROM entry WHERE num = ?"


def fill(old: Database, new: Database, gone: set[bytes]) -> list[bytes]:
    """Copy what may be known of bundles, numbered anew.

    Returns ids and hashes of envelopes of opened ones of which nothing but a mark may be kept.
    """
    rows = old.all(_SELECT)
    told = _cases_told(old)
    close = {row[0] for row in old.all(_SELECT_HELD) if row[1] not in gone}
    close |= {peer for id_, _dir, peer, *_rest in rows if told.get(id_, set()) - gone}

    def stays(row: Row) -> bool:
        if row[0] == NO_BUNDLE:
            return False
        cases = told.get(row[0])
        return not _is_gone(cases, gone) if cases else row[2] in close

    # What a peer seals next names the envelope before it. Without its hash that one would be
    # missed; it is all that is kept of it.
    newest = {row[2]: row for row in rows if row[1] == "opened" and row[2] in close}
    marks = [row for row in newest.values() if not stays(row)]
    before = {(row[2], row[3]): row[4] for row in rows if not stays(row) and row not in marks}
    for row in rows:
        id_, direction, peer, envelope, _previous, at = row
        if row in marks:
            id_, at = NO_BUNDLE, ""
        elif not stays(row):
            continue
        new.run(_INSERT, (id_, direction, peer, envelope, _last_kept(row, before), at))
    _fill_notes(old, new, told, gone)
    dropped = [row for row in rows if row[1] == "opened" and not stays(row)]
    return [name for row in dropped for name in (row[0], row[3]) if name != NO_BUNDLE]


def _fill_notes(
    old: Database, new: Database, told: dict[bytes, set[bytes]], gone: set[bytes]
) -> None:
    """Copy what is noted of bundles that were interrupted, but for those of gone cases alone."""
    for name in NOTES:
        notes = affairs.setting(old, name)
        if isinstance(notes, list):
            kept = [
                note
                for note in notes
                if isinstance(note, dict)
                and not _is_gone(told.get(bytes.fromhex(str(note.get("bundle"))), set()), gone)
            ]
            affairs.set_setting(new, name, [*kept])


def _is_gone(cases: set[bytes], gone: set[bytes]) -> bool:
    return bool(cases) and cases <= gone


def _last_kept(row: Row, before: dict[tuple[bytes, bytes], bytes]) -> bytes:
    """The envelope before this one of which something is kept; empty for none."""
    peer, previous = row[2], row[4]
    seen: set[bytes] = set()
    while (peer, previous) in before and previous not in seen:
        seen.add(previous)
        previous = before[peer, previous]
    return bytes(previous)


def _cases_told(db: Database) -> dict[bytes, set[bytes]]:
    """For each bundle that the journal names: the cases of which something was in it."""
    found: dict[bytes, set[bytes]] = {}
    for name in _FIELDS:
        for part in entries.parts_of_field(db, name):
            stored = entries.value(db, part)
            # Anybody may have written anything there: what names no bundle says nothing.
            with suppress(strict_json.BadJson, ValueError):
                said = strict_json.parse(stored) if stored is not None else None
                if isinstance(said, dict) and isinstance(said.get("bundle"), str):
                    bundle = bytes.fromhex(str(said["bundle"]))
                    case = db.one(_SELECT_CASE, (entries.split_part(part)[0],))[0]
                    found.setdefault(bundle, set()).add(case)
    return found
