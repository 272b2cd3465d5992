"""The slots file as bytes, and the choice between its two copies.

Layout, 5,212 bytes, all numbers big-endian: a preamble that never changes in a file's life
(magic `fnslots` and a line feed, version u16, Argon2id profile u8, lanes u8, passes u32, memory in
KiB u32, 32-byte salt), a generation (u64), 32 slots of 160 bytes, SHA-256 of all before it. Every
later version keeps the magic, the version after it and the hash at the end.

What is in a slot, and which are used, `crypto.keyslots` knows; from outside they are alike.
"""

import struct
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from typing import Self

from crypto.errors import Malformed, Tampered, Unsupported
from crypto.passphrase import SALT_BYTES, Argon2Profile, check_profile
from crypto.primitives import RandomBytes, are_equal, sha256

SLOT_COUNT = 32
SLOT_BYTES = 160

# Far above what a lifetime of changes can reach, and safe to add one to.
MAX_GENERATION = 2**53

_MAGIC = b"fnslots\n"
_VERSION = 1
_VERSION_END = len(_MAGIC) + 2
_PARAMETERS = struct.Struct(f">BBII{SALT_BYTES}s")
_PREAMBLE_BYTES = _VERSION_END + _PARAMETERS.size
_SLOTS_START = _PREAMBLE_BYTES + 8
_HASH_BYTES = 32

SLOTS_FILE_BYTES = _SLOTS_START + SLOT_COUNT * SLOT_BYTES + _HASH_BYTES

MAX_FILE_BYTES = 64 * 1024
"""How much to read of a file: a later version's may be longer, and is known only when whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsFile:
    """A slots file whose bytes are whole; nothing in it is authentic until a slot opens."""

    profile: Argon2Profile
    salt: bytes
    generation: int
    slots: tuple[bytes, ...] = field(repr=False)

    def preamble(self) -> bytes:
        """The part in clear that every slot is bound to."""
        profile = self.profile
        return (
            _MAGIC
            + _VERSION.to_bytes(2, "big")
            + _PARAMETERS.pack(
                profile.number, profile.lanes, profile.passes, profile.memory_kib, self.salt
            )
        )

    def encode(self) -> bytes:
        """The bytes of the file, always `SLOTS_FILE_BYTES`."""
        body = self.preamble() + self.generation.to_bytes(8, "big") + b"".join(self.slots)
        return body + sha256(body)

    def with_slot(self, number: int, slot: bytes) -> Self:
        """The next generation with one slot changed and the bytes of all others kept."""
        slots = (*self.slots[:number], slot, *self.slots[number + 1 :])
        return with_changes(self, generation=self.generation + 1, slots=slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The copy to go by; `damaged` names copies ("a", "b") that are missing or not whole."""

    slots: SlotsFile
    is_healing_needed: bool
    damaged: tuple[str, ...]


def unused(profile: Argon2Profile, *, generation: int, random: RandomBytes) -> SlotsFile:
    """A file with a new salt and no used slot."""
    return SlotsFile(
        profile=profile,
        salt=random(SALT_BYTES),
        generation=generation,
        slots=tuple(random(SLOT_BYTES) for _ in range(SLOT_COUNT)),
    )


def parse(untrusted: bytes, *, allow_testing: bool = False) -> SlotsFile:
    """Read a slots file.

    Raises `Malformed` when it is not ours, `Tampered` when it is damaged, `Unsupported` when a
    newer version made it, `LimitExceeded` when its key derivation costs too much.
    """
    if not untrusted.startswith(_MAGIC) or len(untrusted) > MAX_FILE_BYTES:
        raise Malformed("not a slots file")
    body, digest = untrusted[:-_HASH_BYTES], untrusted[-_HASH_BYTES:]
    if len(body) < _VERSION_END or not are_equal(sha256(body), digest):
        raise Tampered("slots file is damaged")
    # Only now, as one flipped bit in the version must not read as a newer program's file.
    if int.from_bytes(body[len(_MAGIC) : _VERSION_END], "big") != _VERSION:
        raise Unsupported("slots file version")
    if len(untrusted) != SLOTS_FILE_BYTES:
        raise Malformed("slots file length")
    number, lanes, passes, memory_kib, salt = _PARAMETERS.unpack(body[_VERSION_END:_PREAMBLE_BYTES])
    profile = Argon2Profile(number=number, memory_kib=memory_kib, passes=passes, lanes=lanes)
    check_profile(profile, allow_testing=allow_testing)
    generation = int.from_bytes(body[_PREAMBLE_BYTES:_SLOTS_START], "big")
    if generation > MAX_GENERATION:
        raise Malformed("slots file generation")
    return SlotsFile(
        profile=profile,
        salt=salt,
        generation=generation,
        slots=tuple(
            body[start : start + SLOT_BYTES] for start in range(_SLOTS_START, len(body), SLOT_BYTES)
        ),
    )


def choose(
    untrusted_a: bytes | None, untrusted_b: bytes | None, *, allow_testing: bool = False
) -> Choice:
    """Choose between the two copies: the newer one, or the older if the newer is damaged.

    A copy that is `None` is missing. Raises `Malformed` when neither is a slots file, `Tampered`
    when neither is whole. A whole copy made by a newer program decides alone, lest healing
    write over it: `Unsupported`, or `LimitExceeded`.
    """
    whole: list[SlotsFile] = []
    damaged: list[str] = []
    failures: list[Tampered | Malformed] = []
    for name, untrusted in (("a", untrusted_a), ("b", untrusted_b)):
        if untrusted is None:
            damaged.append(name)
            continue
        try:
            whole.append(parse(untrusted, allow_testing=allow_testing))
        except (Tampered, Malformed) as failure:
            damaged.append(name)
            failures.append(failure)
    if whole:
        return Choice(
            slots=max(whole, key=lambda slots: slots.generation),
            is_healing_needed=untrusted_a != untrusted_b,
            damaged=tuple(damaged),
        )
    if any(isinstance(failure, Tampered) for failure in failures):
        raise Tampered("both slots files are damaged")
    raise Malformed("not a slots file")
