"""Whoever has everything: a folder's image, every passphrase, all that a fresh unlock gives.

What they can open, they search for canaries. It is as good as we can make it: pages of the database
are deciphered one by one, free ones and those of the log too, and every secret of 32 bytes that can
be had is tried as a key of whatever might be a key's.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import (
    Cipher,
    algorithms,
    modes,
)

from crypto import keys
from crypto.age import HybridIdentity, X25519Identity, open_age
from crypto.errors import CryptoError
from crypto.identity import Identity
from crypto.keyslots import Opened
from crypto.objects import ObjectOpener
from crypto.primitives import hkdf
from crypto.stream import StreamOpener
from notebook.notebook import Notebook
from notebook.storage.database import Database

PAGE_BYTES = 4096
RESERVED_BYTES = 80
IV_BYTES = 16
WAL_HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24


@dataclass(slots=True)
class Solver:
    """What somebody knows who was told everything, and what they can read with it."""

    folder: Path
    notebook: Notebook
    """Unlocked anew with the passphrase: what the program itself gives."""
    identities: list[Identity] = field(default_factory=list)
    """Identities that were exported or found."""

    def readable(self) -> Iterator[bytes]:
        """Everything that can be read in any way."""
        core = self.notebook._core
        self.identities.append(core.identity)
        self.identities.append(core.signer)
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield path.name.encode()
                yield path.read_bytes()
        for db in dict.fromkeys((core.base, core.db)):
            yield from rows(db)
        yield "\n".join(map(str, self.notebook.drafts.all())).encode()
        yield "\n".join(self.program_tells()).encode()
        for name, key in (
            ("notebook.db", keys.database_key(core.notebook_key)),
            ("drafts.db", keys.drafts_key(core.notebook_key)),
        ):
            for suffix in ("", "-wal", "-journal"):
                path = self.folder / f"{name}{suffix}"
                if path.exists():
                    yield from pages(path.read_bytes(), key.key)
        yield from self.objects()
        for path in sorted((self.folder / "outbox").glob("*")):
            yield from self.opened(path.read_bytes())

    def program_tells(self) -> Iterator[str]:
        """What the program shows to who has unlocked it."""
        for row in self.notebook.rows():
            yield str(row)
            yield str(self.notebook.record(row.id))
            yield str(self.notebook.history(row.id))

    def objects(self) -> Iterator[bytes]:
        """Every file under `objects/` with every key that can be had."""
        for path in self.folder.glob("objects/??/*"):
            content = path.read_bytes()
            for secret in self.secrets():
                try:
                    name = bytes.fromhex(path.name)
                    yield ObjectOpener(secret, name, io.BytesIO(content), len(content)).read()
                except (CryptoError, ValueError):
                    continue

    def opened(self, bundle: bytes) -> Iterator[bytes]:
        """What can be read of a bundle with any identity, or with any secret taken for one."""
        tried: list[HybridIdentity | X25519Identity] = []
        for identity in self.identities:
            tried += [identity.hybrid, identity.classic]
        for secret in self.secrets():
            tried += [X25519Identity(secret=secret), HybridIdentity(secret=secret)]
        for key in tried:
            try:
                yield everything(open_age(io.BytesIO(bundle), [key]))
            except CryptoError:
                continue
        # A payload key, or a file key, would open it without any stanza.
        end = bundle.find(b"\n--- ")
        start = bundle.find(b"\n", end + 1) + 1
        nonce, payload = bundle[start : start + 16], bundle[start + 16 :]
        for secret in self.secrets():
            for payload_key in (
                secret,
                hkdf(secret, salt=nonce, info=b"payload"),
                hkdf(secret[:16], salt=nonce, info=b"payload"),
            ):
                try:
                    yield StreamOpener(payload_key, io.BytesIO(payload)).read(65536)
                except CryptoError:
                    continue

    def secrets(self) -> list[bytes]:
        """Every 32 bytes that are stored or can be derived: each is tried as every kind of key."""
        core = self.notebook._core
        found = {core.notebook_key, *slot_secrets(core.unlocked.opened)}
        for identity in self.identities:
            found |= {identity.signing_seed}
        for derived in (
            keys.database_key(core.notebook_key),
            keys.drafts_key(core.notebook_key),
        ):
            found.add(derived.key)
        found.add(keys.head_key(core.notebook_key))
        for db in dict.fromkeys((core.base, core.db)):
            for name in tables(db):
                for row in db.all(f"SELECT * FROM [{name}]"):
                    found |= {v for v in row if isinstance(v, bytes) and len(v) == 32}
        return sorted(found)


def everything(source: StreamOpener) -> bytes:
    """All that a stream holds."""
    pieces = []
    while piece := source.read(65536):
        pieces.append(piece)
    return b"".join(pieces)


def slot_secrets(opened: Opened) -> set[bytes]:
    return {opened.slot_key, opened.notebook_key}


def tables(db: Database) -> list[str]:
    return [
        row[0]
        for row in db.all("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not row[0].startswith("search")
    ]


def rows(db: Database) -> Iterator[bytes]:
    """Every value of every table."""
    for name in tables(db):
        for row in db.all(f"SELECT * FROM [{name}]"):
            yield b"\n".join(_bytes(value) for value in row)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def pages(content: bytes, key: bytes) -> Iterator[bytes]:
    """The plaintext of each page of a database file, or of its log, also of those that are free."""
    if content[:4] in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
        step = FRAME_HEADER_BYTES + PAGE_BYTES
        starts = range(WAL_HEADER_BYTES + FRAME_HEADER_BYTES, len(content), step)
    else:
        starts = range(0, len(content), PAGE_BYTES)
    for start in starts:
        yield page(content[start : start + PAGE_BYTES], key)
        # The first page begins with the salt, in the clear.
        yield page(content[start : start + PAGE_BYTES], key, salt_bytes=16)


def page(content: bytes, key: bytes, *, salt_bytes: int = 0) -> bytes:
    """The plaintext of one page, whether its checksum fits or not."""
    sealed = content[salt_bytes : PAGE_BYTES - RESERVED_BYTES]
    iv = content[PAGE_BYTES - RESERVED_BYTES :][:IV_BYTES]
    if len(iv) < IV_BYTES:
        return b""
    opener = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return opener.update(sealed[: len(sealed) // 16 * 16])
