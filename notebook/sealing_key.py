"""A new sealing key under the same signing key, and what becomes of the old one.

The author stays who they are; their card changes, and contacts see that. An old key that is kept
still opens what was sealed to it; one that is destroyed opens nothing any more, nor does anybody.
"""

from dataclasses import replace
from enum import StrEnum

from crypto.errors import CryptoError
from crypto.identity import Identity
from crypto.primitives import RandomBytes
from notebook.core import Core
from notebook.model import JsonValue
from notebook.storage import affairs
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

OLD = "old_identities"


class KeyChoice(StrEnum):
    """What becomes of the sealing keys when a database is filled anew."""

    KEEP = "keep"
    DESTROY_OLD = "destroy-old"
    """The present key stays; earlier ones go."""
    NEW = "new"
    """A new key; the one before is kept for what is still on its way."""
    NEW_ALONE = "new-alone"
    """A new key, and no other."""


def old_identities(db: Database) -> list[Identity]:
    """The author's earlier keys that are kept, oldest first."""
    stored = affairs.setting(db, OLD)
    texts = stored if isinstance(stored, list) else []
    try:
        return [Identity.parse(str(text)) for text in texts]
    except CryptoError:
        raise DatabaseDamaged("an earlier identity cannot be read") from None


def renew(core: Core) -> Identity:
    """Make a new sealing key; the old one is kept until `destroy_old`."""
    old = core.identity
    new = successor(old, core.environment.random)

    def operation(tx: Transaction) -> None:
        kept: list[JsonValue] = [each.encode() for each in old_identities(tx.db)]
        affairs.set_setting(tx.db, OLD, [*kept, old.encode()])
        affairs.set_setting(tx.db, "identity", new.encode())

    core.change(operation)
    core.identity = core.signer = new
    return new


def successor(old: Identity, random: RandomBytes) -> Identity:
    """A new sealing key under the same signing key."""
    return replace(Identity.generate(old.name, random), signing_seed=old.signing_seed)


def choose(db: Database, current: Identity, choice: KeyChoice, random: RandomBytes) -> None:
    """Make the choice true in a database that is being filled, and holds the keys as they were."""
    kept = [] if choice in (KeyChoice.DESTROY_OLD, KeyChoice.NEW_ALONE) else old_identities(db)
    if choice in (KeyChoice.NEW, KeyChoice.NEW_ALONE):
        affairs.set_setting(db, "identity", successor(current, random).encode())
    if choice is KeyChoice.NEW:
        kept = [*kept, current]
    if choice is not KeyChoice.KEEP:
        affairs.set_setting(db, OLD, [each.encode() for each in kept])


def destroy_old(core: Core) -> int:
    """Forget the earlier keys; how many. Only a new database rids the file of them."""
    count = len(old_identities(core.db))
    core.change(lambda tx: affairs.set_setting(tx.db, OLD, []))
    return count
