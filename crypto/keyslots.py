"""Key slots: one notebook key behind up to 32 secrets, none of which can be counted from outside.

A secret gives a root: Argon2id of a passphrase, HKDF of a recovery secret, both with the file's
salt. The root gives slot i the key HKDF-SHA256(root, label, i as u8).

A slot is 12 random bytes, new at every write, and under ChaCha20-Poly1305, with the file's
preamble and i as associated data: 32 zero bytes, the notebook key, the previous notebook key or
zeros, and 36 bytes of metadata (kind u8, then zeros). An unused slot is random bytes.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from enum import IntEnum

from crypto import labels
from crypto.errors import LimitExceeded, Tampered, Unsupported, WrongKey
from crypto.passphrase import Argon2Profile, stretch
from crypto.primitives import KEY_BYTES, NONCE_BYTES, Aead, RandomBytes, are_equal, hkdf
from crypto.slotsfile import SLOT_BYTES, SLOT_COUNT, SlotsFile, unused

# Why the content begins with zeros: ChaCha20-Poly1305 alone lets one ciphertext open under two
# keys of an attacker's choice, and the zeros bind it to one.
_COMMITMENT = bytes(32)
_NO_KEY = bytes(KEY_BYTES)
_METADATA_BYTES = 36


class SlotKind(IntEnum):
    """What kind of secret opens a slot; said only to one who has opened it."""

    PASSPHRASE = 1
    RECOVERY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Passphrase:
    """What a person types, and the SHA-256 of a key file if one is used."""

    text: str = field(repr=False)
    key_file_digest: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySecret:
    """32 random bytes, strong enough to need no stretching."""

    secret: bytes = field(repr=False)


Secret = Passphrase | RecoverySecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a secret gave access to.

    `previous_key` is there while a change of the notebook key is under way: the database is under
    one of the two keys, and `settle` ends the change once it is under `notebook_key`.
    """

    notebook_key: bytes = field(repr=False)
    previous_key: bytes | None = field(repr=False)
    slot_number: int
    kind: SlotKind
    slot_key: bytes = field(repr=False)


def create(
    secret: Secret,
    *,
    notebook_key: bytes,
    profile: Argon2Profile,
    random: RandomBytes,
    available_bytes: int,
) -> tuple[SlotsFile, Opened]:
    """A new file with one used slot. Raises `passphrase.InsufficientMemory`."""
    slots = unused(profile, generation=0, random=random)
    return _write_new_slot(
        slots,
        secret,
        number=_free_slot(frozenset(), random),
        notebook_key=notebook_key,
        previous_key=None,
        random=random,
        available_bytes=available_bytes,
    )


def unlock(slots: SlotsFile, secret: Secret, *, available_bytes: int) -> Opened:
    """Try a secret on every slot.

    Raises `WrongKey` when it opens none, `passphrase.InsufficientMemory` before trying.
    """
    root = _root(slots, secret, available_bytes)
    # All are tried even after one has opened, so that the time says nothing about which.
    found = [
        opened
        for number in range(SLOT_COUNT)
        if (opened := _open_slot(slots, number, _slot_key(root, number))) is not None
    ]
    if not found:
        raise WrongKey("no slot opens")
    return found[0]


def add(
    slots: SlotsFile,
    secret: Secret,
    *,
    opened: Opened,
    taken: AbstractSet[int],
    random: RandomBytes,
    available_bytes: int,
) -> tuple[SlotsFile, Opened]:
    """Let one more secret open the notebook, in a slot that is not in `taken`.

    Only the notebook's database knows which slots are taken. Raises `LimitExceeded` when all are.
    """
    return _write_new_slot(
        slots,
        secret,
        number=_free_slot(taken | {opened.slot_number}, random),
        notebook_key=opened.notebook_key,
        previous_key=opened.previous_key,
        random=random,
        available_bytes=available_bytes,
    )


def replace(
    slots: SlotsFile,
    secret: Secret,
    *,
    opened: Opened,
    number: int,
    random: RandomBytes,
    available_bytes: int,
) -> tuple[SlotsFile, Opened]:
    """Put another secret into slot `number`: a passphrase is changed."""
    return _write_new_slot(
        slots,
        secret,
        number=number,
        notebook_key=opened.notebook_key,
        previous_key=opened.previous_key,
        random=random,
        available_bytes=available_bytes,
    )


def remove(slots: SlotsFile, *, number: int, random: RandomBytes) -> SlotsFile:
    """Fill slot `number` with random bytes. An older copy of the file still opens by it."""
    return slots.with_slot(number, random(SLOT_BYTES))


def rotate(
    slots: SlotsFile,
    secret: Secret,
    *,
    opened: Opened,
    new_notebook_key: bytes,
    profile: Argon2Profile,
    random: RandomBytes,
    available_bytes: int,
) -> tuple[SlotsFile, Opened]:
    """Begin a new notebook key: a new salt, one slot holding (new, old), all other secrets void.

    Write both copies, bring the database under the new key, then `settle`. A change that is
    already under way must be settled first.
    """
    if opened.previous_key is not None:
        raise ValueError("a change of the notebook key is under way")
    fresh = unused(profile, generation=slots.generation, random=random)
    return _write_new_slot(
        fresh,
        secret,
        number=_free_slot(frozenset(), random),
        notebook_key=new_notebook_key,
        previous_key=opened.notebook_key,
        random=random,
        available_bytes=available_bytes,
    )


def settle(slots: SlotsFile, *, opened: Opened, random: RandomBytes) -> tuple[SlotsFile, Opened]:
    """End a change of the notebook key: the slot forgets the previous one."""
    settled = with_changes(opened, previous_key=None)
    return _write_slot(slots, settled, random), settled


def _free_slot(taken: AbstractSet[int], random: RandomBytes) -> int:
    """A free slot at random, so that its place does not tell how many came before."""
    free = [number for number in range(SLOT_COUNT) if number not in taken]
    if not free:
        raise LimitExceeded("all slots are taken")
    return free[int.from_bytes(random(8), "big") % len(free)]


def _root(slots: SlotsFile, secret: Secret, available_bytes: int) -> bytes:
    if isinstance(secret, RecoverySecret):
        return hkdf(secret.secret, salt=slots.salt, info=labels.RECOVERY_ROOT)
    return stretch(
        secret.text,
        key_file_digest=secret.key_file_digest,
        salt=slots.salt,
        profile=slots.profile,
        available_bytes=available_bytes,
    )


def _slot_key(root: bytes, number: int) -> bytes:
    return hkdf(root, salt=b"", info=labels.SLOT_KEY + bytes([number]))


def _write_new_slot(
    slots: SlotsFile,
    secret: Secret,
    *,
    number: int,
    notebook_key: bytes,
    previous_key: bytes | None,
    random: RandomBytes,
    available_bytes: int,
) -> tuple[SlotsFile, Opened]:
    is_passphrase = isinstance(secret, Passphrase)
    opened = Opened(
        notebook_key=notebook_key,
        previous_key=previous_key,
        slot_number=number,
        kind=SlotKind.PASSPHRASE if is_passphrase else SlotKind.RECOVERY,
        slot_key=_slot_key(_root(slots, secret, available_bytes), number),
    )
    return _write_slot(slots, opened, random), opened


def _write_slot(slots: SlotsFile, opened: Opened, random: RandomBytes) -> SlotsFile:
    number = opened.slot_number
    nonce = random(NONCE_BYTES)
    content = (
        _COMMITMENT
        + opened.notebook_key
        + (opened.previous_key or _NO_KEY)
        + bytes([opened.kind]).ljust(_METADATA_BYTES, b"\0")
    )
    aad = slots.preamble() + bytes([number])
    return slots.with_slot(number, nonce + Aead(opened.slot_key).seal(nonce, content, aad))


def _open_slot(slots: SlotsFile, number: int, slot_key: bytes) -> Opened | None:
    """What is in a slot, or `None` when this key does not open it, as for most slots."""
    slot = slots.slots[number]
    aad = slots.preamble() + bytes([number])
    try:
        content = Aead(slot_key).open(slot[:NONCE_BYTES], slot[NONCE_BYTES:], aad)
    except Tampered:
        return None
    commitment, notebook_key, previous_key, metadata = (
        content[:32],
        content[32:64],
        content[64:96],
        content[96:],
    )
    if not are_equal(commitment, _COMMITMENT):
        return None
    return Opened(
        notebook_key=notebook_key,
        previous_key=None if previous_key == _NO_KEY else previous_key,
        slot_number=number,
        kind=_kind(metadata),
        slot_key=slot_key,
    )


def _kind(metadata: bytes) -> SlotKind:
    if any(metadata[1:]) or metadata[0] not in tuple(SlotKind):
        raise Unsupported("slot of a kind this program does not know")
    return SlotKind(metadata[0])
