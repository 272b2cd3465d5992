"""Bundles that brought removed cases: known again when one comes, and by nothing else.

An exchange folder may still hold them, and must not bring back what was removed. Kept are salted
hashes of their ids, among random ones: who has no such bundle learns neither which nor how many.
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


def note(old: Database, new: Database, bundles: Iterable[bytes], random: RandomBytes) -> None:
    """Keep marks of these bundles beside those that were kept before."""
    salt, before = _stored(old)
    salt = salt or random(SALT_BYTES)
    marks = before | {_mark(salt, bundle) for bundle in bundles}
    count = LEAST_MARKS
    while count < len(marks):
        count *= 2
    while len(marks) < count:
        marks = marks | {random(MARK_BYTES).hex()}
    told: list[JsonValue] = [*sorted(marks)]
    affairs.set_setting(new, SETTING, {"salt": salt.hex(), "marks": told})


def is_one(db: Database, bundle: str) -> bool:
    """Whether a bundle brought something that was removed at a departure."""
    salt, marks = _stored(db)
    return _mark(salt, bytes.fromhex(bundle)) in marks


def _mark(salt: bytes, bundle: bytes) -> str:
    return tagged_hash(labels.REMOVED_TAG, salt, bundle).hex()


def _stored(db: Database) -> tuple[bytes, frozenset[str]]:
    stored = affairs.setting(db, SETTING)
    if not isinstance(stored, dict) or not isinstance(stored.get("marks"), list):
        return b"", frozenset()
    marks = stored["marks"]
    return bytes.fromhex(str(stored["salt"])), frozenset(
        map(str, marks if isinstance(marks, list) else ())
    )
