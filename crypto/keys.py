"""From one notebook key to the keys of what lies in the folder, each for one purpose."""

from dataclasses import dataclass, field
from typing import Self

from crypto import labels
from crypto.primitives import KEY_BYTES, hkdf

DATABASE_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseKey:
    """SQLCipher's raw key and salt for one database file."""

    key: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    @classmethod
    def derive(cls, notebook_key: bytes, label: bytes) -> Self:
        """Bind key and salt to the database that `label` names."""
        both = hkdf(notebook_key, salt=b"", info=label, length=KEY_BYTES + DATABASE_SALT_BYTES)
        return cls(key=both[:KEY_BYTES], salt=both[KEY_BYTES:])

    def raw_specification(self) -> str:
        """What stands in `PRAGMA key`: `x'…'` with 96 hexadecimal digits, nothing to escape."""
        return f"x'{self.key.hex()}{self.salt.hex()}'"


def database_key(notebook_key: bytes) -> DatabaseKey:
    """The key of `notebook.db`."""
    return DatabaseKey.derive(notebook_key, labels.DATABASE_KEY)


def drafts_key(notebook_key: bytes) -> DatabaseKey:
    """The key of `drafts.db`."""
    return DatabaseKey.derive(notebook_key, labels.DRAFTS_KEY)


def head_key(notebook_key: bytes) -> bytes:
    """The 32-byte key of the head file."""
    return hkdf(notebook_key, salt=b"", info=labels.HEAD_KEY)
