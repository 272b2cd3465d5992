"""The head file opens to what was sealed, or says that it does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import CryptoError, Malformed, Tampered, Unsupported
from crypto.head import HEAD_BYTES, NO_ENTRY, HeadState, head_words, open_head, seal_head
from crypto.keys import database_key, drafts_key, head_key
from tests.crypto.predictable import PredictableRandom

GOLDEN = Path(__file__).parent.parent / "golden" / "head_v1.hex"

NOTEBOOK_KEY = bytes(range(32))
KEY = head_key(NOTEBOOK_KEY)
STATE = HeadState(entry_count=41, newest_entry_id=bytes(range(100, 132)), generation=7)

states = st.builds(
    HeadState,
    entry_count=st.integers(0, 2**64 - 1),
    newest_entry_id=st.binary(min_size=32, max_size=32),
    generation=st.integers(0, 2**64 - 1),
)


def sealed() -> bytes:
    return seal_head(KEY, STATE, PredictableRandom("head"))


def test_the_golden_head_is_written_and_read() -> None:
    golden = bytes.fromhex(GOLDEN.read_text())
    assert sealed() == golden
    assert open_head(KEY, golden) == STATE


@given(state=states)
def test_a_head_opens_to_what_was_sealed_in_a_fixed_size(state: HeadState) -> None:
    file = seal_head(KEY, state, PredictableRandom("any"))
    assert len(file) == HEAD_BYTES == 86
    assert open_head(KEY, file) == state


def test_a_head_before_the_first_entry_has_zeros_for_an_id() -> None:
    state = HeadState(entry_count=0, newest_entry_id=NO_ENTRY, generation=1)
    assert open_head(KEY, seal_head(KEY, state, PredictableRandom("none"))) == state


def test_the_same_state_is_never_sealed_to_the_same_bytes() -> None:
    random = PredictableRandom("twice")
    assert seal_head(KEY, STATE, random) != seal_head(KEY, STATE, random)


@pytest.mark.parametrize("position", range(HEAD_BYTES))
@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_flip_in_any_byte_is_refused(position: int, mask: int) -> None:
    file = bytearray(sealed())
    file[position] ^= mask
    with pytest.raises(CryptoError):
        open_head(KEY, bytes(file))


@pytest.mark.parametrize("length", [*range(HEAD_BYTES), HEAD_BYTES + 1])
def test_another_length_is_refused(length: int) -> None:
    file = (sealed() + b"\0")[:length]
    with pytest.raises((Malformed, Unsupported)):
        open_head(KEY, file)


def test_each_refusal_has_its_class() -> None:
    file = sealed()
    with pytest.raises(Malformed):
        open_head(KEY, b"X" + file[1:])
    with pytest.raises(Unsupported):
        open_head(KEY, file[:9] + b"\x02" + file[10:])
    with pytest.raises(Tampered):
        open_head(KEY, file[:-1] + bytes([file[-1] ^ 1]))
    with pytest.raises(Tampered):
        open_head(head_key(bytes(32)), file)


def test_an_id_of_another_length_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="entry id"):
        HeadState(entry_count=1, newest_entry_id=bytes(31), generation=1)


def test_four_words_stand_for_the_state() -> None:
    assert head_words(STATE) == ("depend", "emerald", "exotic", "buyer")


@given(left=states, right=states)
def test_another_state_has_other_words(left: HeadState, right: HeadState) -> None:
    assert (head_words(left) == head_words(right)) == (left == right)


def test_each_derived_key_is_for_one_purpose() -> None:
    database, drafts = database_key(NOTEBOOK_KEY), drafts_key(NOTEBOOK_KEY)
    values = {database.key, database.salt, drafts.key, drafts.salt, KEY, NOTEBOOK_KEY}
    assert len(values) == 6
    assert (len(database.key), len(database.salt), len(KEY)) == (32, 16, 32)


def test_derived_keys_are_those_of_the_format() -> None:
    assert database_key(NOTEBOOK_KEY).raw_specification() == (
        "x'e61364affdd8deff49b07ced31364fabe4f8cf3bfac7caea"
        "93b9d51780ef831a08b9c7a267826a7c974569a6d2094957'"
    )
    assert drafts_key(NOTEBOOK_KEY).raw_specification() == (
        "x'f5e353f29fc4e34a6ae9a7e6257042b9dfc2dfab9d649c22"
        "c7b7d7080b24c041b5ab6887b53ccb396013320234f0c7f3'"
    )
    assert KEY.hex() == "c1de1168236f8cbf3b1071fccd4dac65cfee7da62d08d604962d9508a0559b5a"


def test_a_key_is_not_shown_by_its_repr() -> None:
    key = database_key(NOTEBOOK_KEY)
    assert key.key.hex() not in repr(key)
    assert repr(key.key) not in repr(key)
