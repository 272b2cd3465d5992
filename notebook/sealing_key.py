"""A new sealing key under the same signing key, and what becomes of the old one.

The author stays who they are; their card changes, and contacts see that. An old key that is kept
still opens what was sealed to it; one that is destroyed opens nothing any more, nor does anybody.
"""

from dataclasses import replace

from crypto.errors import CryptoError
from crypto.identity import Identity
from notebook.core import Core
from notebook.model import JsonValue
from notebook.storage import affairs
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

OLD = "old_identities"


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
    new = replace(
        Identity.generate(old.name, core.environment.random), signing_seed=old.signing_seed
    )

    def operation(tx: Transaction) -> None:
        kept: list[JsonValue] = [each.encode() for each in old_identities(tx.db)]
        affairs.set_setting(tx.db, OLD, [*kept, old.encode()])
        affairs.set_setting(tx.db, "identity", new.encode())

    core.change(operation)
    core.identity = core.signer = new
    return new


def destroy_old(core: Core) -> int:
    """Forget the earlier keys; how many. Only a new database rids the file of them."""
    count = len(old_identities(core.db))
    core.change(lambda tx: affairs.set_setting(tx.db, OLD, []))
    return count
