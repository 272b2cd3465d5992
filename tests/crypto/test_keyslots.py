"""Any secret that was added opens the notebook, no other does, and each failure has its answer."""

import hashlib
from pathlib import Path

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import given
from hypothesis import strategies as st

from crypto import keyslots
from crypto.errors import LimitExceeded, Malformed, Tampered, Unsupported, WrongKey
from crypto.keyslots import (
    Opened,
    Passphrase,
    RecoverySecret,
    Secret,
    SlotKind,
    add,
    create,
    remove,
    replace,
    rotate,
    settle,
    unlock,
)
from crypto.passphrase import STANDARD, TESTING, InsufficientMemory
from crypto.primitives import Aead, hkdf
from crypto.slotsfile import SLOT_COUNT, SLOTS_FILE_BYTES, SlotsFile, parse
from tests.crypto.predictable import PredictableRandom

GOLDEN = Path(__file__).parent.parent / "golden" / "slots_v1.hex"

NOTEBOOK_KEY = bytes(range(32))
NEW_KEY = bytes(range(32, 64))
PLENTY = 2**40
FIRST = Passphrase(text="first passphrase")
SECOND = Passphrase(text="вторая фраза")
RECOVERY = RecoverySecret(secret=bytes(range(64, 96)))
WRONG = Passphrase(text="Second passphrase")


def created(seed: str = "slots") -> tuple[SlotsFile, Opened]:
    return create(
        FIRST,
        notebook_key=NOTEBOOK_KEY,
        profile=TESTING,
        random=PredictableRandom(seed),
        available_bytes=PLENTY,
    )


def open_with(slots: SlotsFile, secret: Secret) -> Opened:
    return unlock(slots, secret, available_bytes=PLENTY)


def added(
    slots: SlotsFile, secret: Secret, opened: Opened, taken: frozenset[int] = frozenset()
) -> tuple[SlotsFile, Opened]:
    return add(
        slots,
        secret,
        opened=opened,
        taken=taken,
        random=PredictableRandom("add"),
        available_bytes=PLENTY,
    )


def rotated(slots: SlotsFile, secret: Secret, opened: Opened) -> tuple[SlotsFile, Opened]:
    return rotate(
        slots,
        secret,
        opened=opened,
        new_notebook_key=NEW_KEY,
        profile=TESTING,
        random=PredictableRandom("rotate"),
        available_bytes=PLENTY,
    )


def changed_slots(before: SlotsFile, after: SlotsFile) -> set[int]:
    return {i for i in range(SLOT_COUNT) if before.slots[i] != after.slots[i]}


def with_slot_bytes(slots: SlotsFile, number: int, slot: bytes) -> SlotsFile:
    """What an attacker makes who repairs the hash after changing a slot."""
    return parse(slots.with_slot(number, slot).encode(), allow_testing=True)


def test_the_golden_slots_are_written_and_opened() -> None:
    golden = bytes.fromhex(GOLDEN.read_text())
    slots, opened = created("golden")
    slots, _ = added(slots, RECOVERY, opened)
    assert slots.encode() == golden
    read = parse(golden, allow_testing=True)
    assert open_with(read, FIRST).notebook_key == NOTEBOOK_KEY
    assert open_with(read, RECOVERY).notebook_key == NOTEBOOK_KEY


def test_a_slot_is_what_the_format_says() -> None:
    slots, opened = created()
    preamble = bytes.fromhex("666e736c6f74730a0001ff010000000100000400") + slots.salt
    assert slots.preamble() == preamble
    text = b"first passphrase"
    typed = hashlib.sha256(b"fn/pw/1\0" + len(text).to_bytes(4, "big") + text).digest()
    root = hash_secret_raw(
        typed, slots.salt, time_cost=1, memory_cost=1024, parallelism=1, hash_len=32, type=Type.ID
    )
    number = opened.slot_number
    slot_key = hkdf(root, salt=b"", info=b"fn/slot/1" + bytes([number]))
    slot = slots.slots[number]
    content = Aead(slot_key).open(slot[:12], slot[12:], preamble + bytes([number]))
    assert content == bytes(32) + NOTEBOOK_KEY + bytes(32) + b"\x01" + bytes(35)


def test_a_recovery_slot_is_what_the_format_says() -> None:
    slots, opened = created()
    slots, recovery = added(slots, RECOVERY, opened)
    root = hkdf(RECOVERY.secret, salt=slots.salt, info=b"fn/recovery/1")
    number = recovery.slot_number
    assert recovery.slot_key == hkdf(root, salt=b"", info=b"fn/slot/1" + bytes([number]))


def test_the_passphrase_that_made_a_notebook_opens_it() -> None:
    slots, opened = created()
    assert opened.notebook_key == NOTEBOOK_KEY
    assert opened.previous_key is None
    assert opened.kind is SlotKind.PASSPHRASE
    assert open_with(slots, FIRST) == opened


def test_a_key_file_must_be_there_when_it_was_used() -> None:
    digest = hashlib.sha256(b"key file").digest()
    both = Passphrase(text="first passphrase", key_file_digest=digest)
    slots, opened = created()
    slots = replace(
        slots,
        both,
        opened=opened,
        number=opened.slot_number,
        random=PredictableRandom("key file"),
        available_bytes=PLENTY,
    )[0]
    assert open_with(slots, both).notebook_key == NOTEBOOK_KEY
    with pytest.raises(WrongKey):
        open_with(slots, FIRST)


def test_another_passphrase_is_a_wrong_key() -> None:
    slots, _ = created()
    for wrong in (WRONG, RECOVERY, Passphrase(text=""), Passphrase(text="first passphrase ")):
        with pytest.raises(WrongKey):
            open_with(slots, wrong)


def test_too_little_memory_is_not_a_wrong_key() -> None:
    slots, _ = created()
    for secret in (FIRST, WRONG):
        with pytest.raises(InsufficientMemory):
            unlock(slots, secret, available_bytes=TESTING.memory_bytes - 1)


def test_a_recovery_secret_opens_without_the_memory_of_a_derivation() -> None:
    slots, opened = created()
    slots, _ = added(slots, RECOVERY, opened)
    recovered = unlock(slots, RECOVERY, available_bytes=0)
    assert recovered.notebook_key == NOTEBOOK_KEY
    assert recovered.kind is SlotKind.RECOVERY


def test_adding_a_secret_changes_one_free_slot_and_keeps_the_others() -> None:
    slots, opened = created()
    more, second = added(slots, SECOND, opened)
    assert changed_slots(slots, more) == {second.slot_number} != {opened.slot_number}
    assert more.generation == slots.generation + 1
    assert more.preamble() == slots.preamble()
    assert open_with(more, FIRST) == opened
    assert open_with(more, SECOND) == second


def test_a_taken_slot_is_never_given_away() -> None:
    slots, opened = created()
    for free in range(SLOT_COUNT):
        if free == opened.slot_number:
            continue
        taken = frozenset(range(SLOT_COUNT)) - {free, opened.slot_number}
        assert added(slots, RECOVERY, opened, taken)[1].slot_number == free


def test_a_full_file_takes_no_more_secrets() -> None:
    slots, opened = created()
    with pytest.raises(LimitExceeded):
        added(slots, SECOND, opened, frozenset(range(SLOT_COUNT)) - {opened.slot_number})


def test_all_slots_can_be_used_and_each_secret_opens_its_own() -> None:
    slots, opened = created()
    numbers = {opened.slot_number}
    secrets: list[Secret] = [RecoverySecret(secret=bytes([i]) * 32) for i in range(SLOT_COUNT - 1)]
    for secret in secrets:
        slots, new = added(slots, secret, opened, frozenset(numbers))
        numbers.add(new.slot_number)
    assert numbers == set(range(SLOT_COUNT))
    assert {open_with(slots, secret).slot_number for secret in [FIRST, *secrets]} == numbers


def test_trying_goes_on_after_a_slot_has_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    slots, opened = created()
    tried: list[int] = []
    open_slot = keyslots._open_slot

    def noted(among: SlotsFile, number: int, slot_key: bytes) -> Opened | None:
        tried.append(number)
        return open_slot(among, number, slot_key)

    monkeypatch.setattr(keyslots, "_open_slot", noted)
    assert open_with(slots, FIRST).slot_number == opened.slot_number
    assert tried == [*range(32)]


def test_a_changed_passphrase_closes_the_notebook_to_the_old_one() -> None:
    slots, opened = created()
    slots, recovery = added(slots, RECOVERY, opened)
    changed, second = replace(
        slots,
        SECOND,
        opened=opened,
        number=opened.slot_number,
        random=PredictableRandom("replace"),
        available_bytes=PLENTY,
    )
    assert changed_slots(slots, changed) == {opened.slot_number}
    assert open_with(changed, SECOND) == second
    assert open_with(changed, RECOVERY) == recovery
    with pytest.raises(WrongKey):
        open_with(changed, FIRST)


def test_a_slot_is_never_written_twice_with_the_same_bytes() -> None:
    slots, opened = created()
    random = PredictableRandom("again")
    seen = {slots.slots[opened.slot_number]}
    for _ in range(5):
        slots, opened = replace(
            slots,
            FIRST,
            opened=opened,
            number=opened.slot_number,
            random=random,
            available_bytes=PLENTY,
        )
        seen.add(slots.slots[opened.slot_number])
    assert len(seen) == len({slot[:12] for slot in seen}) == 6


def test_a_removed_secret_opens_nothing() -> None:
    slots, opened = created()
    slots, second = added(slots, SECOND, opened)
    fewer = remove(slots, number=second.slot_number, random=PredictableRandom("remove"))
    assert changed_slots(slots, fewer) == {second.slot_number}
    assert open_with(fewer, FIRST) == opened
    with pytest.raises(WrongKey):
        open_with(fewer, SECOND)


def test_a_new_notebook_key_comes_with_the_old_one_until_it_is_settled() -> None:
    slots, opened = created()
    slots, _ = added(slots, RECOVERY, opened)
    under_way, both = rotated(slots, SECOND, opened)
    assert under_way.salt != slots.salt
    assert under_way.generation > slots.generation
    assert open_with(under_way, SECOND) == both
    assert (both.notebook_key, both.previous_key) == (NEW_KEY, NOTEBOOK_KEY)

    settled, new = settle(under_way, opened=both, random=PredictableRandom("settle"))
    assert changed_slots(under_way, settled) == {both.slot_number}
    assert settled.generation > under_way.generation
    assert open_with(settled, SECOND) == new
    assert (new.notebook_key, new.previous_key) == (NEW_KEY, None)


def test_a_new_notebook_key_voids_every_other_secret() -> None:
    slots, opened = created()
    slots, _ = added(slots, RECOVERY, opened)
    under_way, _ = rotated(slots, SECOND, opened)
    assert changed_slots(slots, under_way) == set(range(SLOT_COUNT))
    for void in (FIRST, RECOVERY):
        with pytest.raises(WrongKey):
            open_with(under_way, void)


def test_an_old_slot_put_into_a_file_with_a_new_key_opens_nothing() -> None:
    slots, opened = created()
    under_way, _ = rotated(slots, SECOND, opened)
    number = opened.slot_number
    forged = with_slot_bytes(under_way, number, slots.slots[number])
    with pytest.raises(WrongKey):
        open_with(forged, FIRST)


def test_a_secret_added_during_a_change_of_key_knows_both_keys() -> None:
    slots, opened = created()
    under_way, both = rotated(slots, FIRST, opened)
    slots, recovery = added(under_way, RECOVERY, both)
    assert open_with(slots, RECOVERY) == recovery
    assert (recovery.notebook_key, recovery.previous_key) == (NEW_KEY, NOTEBOOK_KEY)


def test_a_second_change_of_key_waits_for_the_first() -> None:
    slots, opened = created()
    under_way, both = rotated(slots, FIRST, opened)
    with pytest.raises(ValueError, match="under way"):
        rotated(under_way, FIRST, both)


def test_a_used_slot_moved_to_another_place_opens_nothing() -> None:
    slots, opened = created()
    moved_to = (opened.slot_number + 1) % SLOT_COUNT
    moved = with_slot_bytes(slots, moved_to, slots.slots[opened.slot_number])
    moved = remove(moved, number=opened.slot_number, random=PredictableRandom("move"))
    with pytest.raises(WrongKey):
        open_with(moved, FIRST)


def test_a_flip_in_any_byte_of_a_used_slot_closes_it_and_no_other() -> None:
    slots, opened = created()
    slots, recovery = added(slots, RECOVERY, opened)
    number = recovery.slot_number
    slot = slots.slots[number]
    for position in range(len(slot)):
        flipped = slot[:position] + bytes([slot[position] ^ 1]) + slot[position + 1 :]
        forged = with_slot_bytes(slots, number, flipped)
        with pytest.raises(WrongKey):
            open_with(forged, RECOVERY)
        assert open_with(forged, FIRST) == opened


def test_a_slot_without_its_key_commitment_opens_nothing() -> None:
    slots, opened = created()
    number = opened.slot_number
    content = b"\x01" + bytes(31) + NOTEBOOK_KEY + bytes(32) + b"\x01" + bytes(35)
    aad = slots.preamble() + bytes([number])
    slot = bytes(12) + Aead(opened.slot_key).seal(bytes(12), content, aad)
    with pytest.raises(WrongKey):
        open_with(with_slot_bytes(slots, number, slot), FIRST)


@pytest.mark.parametrize(
    "metadata", [bytes(36), b"\x03" + bytes(35), b"\x01" + bytes(34) + b"\x01"]
)
def test_a_slot_of_an_unknown_kind_says_so(metadata: bytes) -> None:
    slots, opened = created()
    number = opened.slot_number
    aad = slots.preamble() + bytes([number])
    content = bytes(32) + NOTEBOOK_KEY + bytes(32) + metadata
    slot = bytes(12) + Aead(opened.slot_key).seal(bytes(12), content, aad)
    with pytest.raises(Unsupported):
        open_with(with_slot_bytes(slots, number, slot), FIRST)


def test_another_derivation_in_the_preamble_opens_nothing() -> None:
    slots, _ = created()
    body = slots.encode()[:-32]
    for position in range(20, 52):  # The salt.
        forged = bytearray(body)
        forged[position] ^= 1
        whole = bytes(forged) + hashlib.sha256(forged).digest()
        with pytest.raises(WrongKey):
            open_with(parse(whole, allow_testing=True), FIRST)


def test_every_free_slot_is_as_likely_as_any_other_to_be_used() -> None:
    random = PredictableRandom("places")
    numbers = [
        create(
            RECOVERY, notebook_key=NOTEBOOK_KEY, profile=STANDARD, random=random, available_bytes=0
        )[1].slot_number
        for _ in range(1000)
    ]
    # 31 each on average; a fair choice leaves this range about once in a billion.
    assert all(5 <= numbers.count(number) <= 75 for number in range(SLOT_COUNT))


def test_used_and_unused_slots_look_alike() -> None:
    """Bits at each place of a used slot are even over many files, as random ones are."""
    random = PredictableRandom("uniform")
    rounds = 400
    ones = [0] * 160 * 8
    for _ in range(rounds):
        slots, opened = create(
            RECOVERY, notebook_key=NOTEBOOK_KEY, profile=STANDARD, random=random, available_bytes=0
        )
        bits = int.from_bytes(slots.slots[opened.slot_number], "big")
        for place in range(160 * 8):
            ones[place] += bits >> place & 1
    # Mean 200, standard deviation 10: eight of them are never left by 1,280 fair places.
    assert all(120 <= count <= 280 for count in ones)


@given(secret=st.binary(min_size=32, max_size=32), key=st.binary(min_size=32, max_size=32))
def test_what_went_in_comes_out(secret: bytes, key: bytes) -> None:
    slots, opened = create(
        RecoverySecret(secret=secret),
        notebook_key=key,
        profile=STANDARD,
        random=PredictableRandom("property"),
        available_bytes=0,
    )
    read = parse(slots.encode())
    assert read == slots
    assert unlock(read, RecoverySecret(secret=secret), available_bytes=0) == opened
    assert opened.notebook_key == key


def test_no_secret_is_shown_by_a_repr() -> None:
    slots, opened = created()
    shown = repr((slots, opened, FIRST, RECOVERY))
    for secret in (NOTEBOOK_KEY, opened.slot_key, RECOVERY.secret):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
    assert "first passphrase" not in shown
    assert len(slots.encode()) == SLOTS_FILE_BYTES == 5212


def test_malformed_text_as_a_passphrase_is_not_a_wrong_key() -> None:
    slots, _ = created()
    with pytest.raises(Malformed):
        open_with(slots, Passphrase(text="\udc80"))


def test_the_file_written_is_refused_as_soon_as_it_is_damaged() -> None:
    slots, _ = created()
    with pytest.raises(Tampered):
        parse(slots.encode()[:-1], allow_testing=True)
