"""Bundles that brought removed cases: known again when one comes, and by nothing else.

An exchange folder may still hold them, and must not bring back what was removed; and who sealed
them names them in the next bundle as the one before, which is then not missing. Kept are salted
hashes of their ids and envelopes, among random ones: who has no such bundle learns neither which
nor how many.
"""

from collections.abc import Iterable

from crypto import labels
from crypto.primitives import RandomBytes, tagged_hash
from notebook.model import JsonValue
from notebook.storage import affairs
from notebook.storage.database import Database

SETTING = "removed_bundles"
LEAST_MARKS = 64
SALT_BYTES = 16
MARK_BYTES = 32


def note(old: Database, new: Database, names: Iterable[bytes], random: RandomBytes) -> None:
    """Keep marks of these ids and envelopes beside those that were kept before."""
    salt, before = _stored(old)
    salt = salt or random(SALT_BYTES)
    marks = before | {_mark(salt, name) for name in names}
    count = LEAST_MARKS
    while count < len(marks):
        count *= 2
    while len(marks) < count:
        marks = marks | {random(MARK_BYTES).hex()}
    told: list[JsonValue] = [*sorted(marks)]
    affairs.set_setting(new, SETTING, {"salt": salt.hex(), "marks": told})


def is_one(db: Database, bundle: str) -> bool:
    """Whether a bundle brought something that was removed at a departure."""
    name = bytes.fromhex(bundle)
    return name in among(db, [name])


def among(db: Database, names: Iterable[bytes]) -> frozenset[bytes]:
    """Those of these ids, or hashes of envelopes, whose bundle was removed."""
    salt, marks = _stored(db)
    return frozenset(name for name in names if _mark(salt, name) in marks)


def _mark(salt: bytes, name: bytes) -> str:
    return tagged_hash(labels.REMOVED_TAG, salt, name).hex()


def _stored(db: Database) -> tuple[bytes, frozenset[str]]:
    stored = affairs.setting(db, SETTING)
    if not isinstance(stored, dict) or not isinstance(stored.get("marks"), list):
        return b"", frozenset()
    marks = stored["marks"]
    return bytes.fromhex(str(stored["salt"])), frozenset(
        map(str, marks if isinstance(marks, list) else ())
    )
