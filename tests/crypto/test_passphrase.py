"""A passphrase gives one key under one profile, and refuses to try without memory."""

import hashlib
import subprocess
import sys
import unicodedata

import pytest
from argon2.low_level import Type, hash_secret_raw
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import CryptoError, LimitExceeded, Malformed, Unsupported
from crypto.passphrase import (
    LOW_MEMORY,
    MAX_LANES,
    MAX_MEMORY_KIB,
    MAX_PASSES,
    STANDARD,
    TESTING,
    Argon2Profile,
    InsufficientMemory,
    check_profile,
    stretch,
)

SALT = bytes(range(32))
PLENTY = 2**40


def derive(passphrase: str, key_file_digest: bytes | None = None, salt: bytes = SALT) -> bytes:
    return stretch(
        passphrase,
        key_file_digest=key_file_digest,
        salt=salt,
        profile=TESTING,
        available_bytes=PLENTY,
    )


def test_the_key_is_argon2id_of_the_labelled_hash_in_the_format() -> None:
    text = "парол 密码".encode()
    secret = hashlib.sha256(b"fn/pw/1\x00" + len(text).to_bytes(4, "big") + text).digest()
    expected = hash_secret_raw(
        secret, SALT, time_cost=1, memory_cost=1024, parallelism=1, hash_len=32, type=Type.ID
    )
    assert derive("парол 密码") == expected


def test_a_known_passphrase_gives_a_known_key() -> None:
    assert derive("correct horse").hex() == (
        "5eadb7740d7454c3afee982b78eb7e790b0563ee508ac298a2fb505acc81529e"
    )


def test_the_named_profiles_are_those_of_the_format() -> None:
    assert (STANDARD.memory_bytes, STANDARD.passes, STANDARD.lanes) == (512 * 2**20, 4, 4)
    assert (LOW_MEMORY.memory_bytes, LOW_MEMORY.passes, LOW_MEMORY.lanes) == (64 * 2**20, 3, 4)
    assert (STANDARD.number, LOW_MEMORY.number, TESTING.number) == (1, 2, 255)


def test_the_low_memory_profile_derives_a_key() -> None:
    key = stretch(
        "x", key_file_digest=None, salt=SALT, profile=LOW_MEMORY, available_bytes=64 * 2**20
    )
    assert len(key) == 32
    assert key != derive("x")


def test_the_same_text_typed_on_another_keyboard_gives_the_same_key() -> None:
    assert derive("Ko\u0308k") == derive("K\u00f6k")
    # Full-width digits, as a Chinese input method may give them.
    assert derive("\uff11\uff12") == derive("12")
    assert derive("a") != derive("A")


def test_a_key_file_changes_the_key_and_cannot_be_typed_instead() -> None:
    digest = hashlib.sha256(b"key file").digest()
    typed = "x" + "a" * 32
    assert derive("x", digest) != derive("x")
    assert derive("x", b"a" * 32) != derive(typed)


def test_another_salt_gives_another_key() -> None:
    assert derive("x") != derive("x", salt=bytes(32))


@given(left=st.text(max_size=20), right=st.text(max_size=20))
def test_different_text_gives_different_keys(left: str, right: str) -> None:
    is_same = unicodedata.normalize("NFKC", left) == unicodedata.normalize("NFKC", right)
    assert (derive(left) == derive(right)) == is_same


def test_a_passphrase_that_is_not_unicode_is_refused_without_naming_it() -> None:
    with pytest.raises(Malformed) as failure:
        derive("secret\ud800")
    assert "secret" not in str(failure.value)
    # Not even a chained exception may carry the text.
    assert failure.value.__context__ is None


def test_too_little_memory_is_said_before_any_is_taken() -> None:
    with pytest.raises(InsufficientMemory):
        stretch(
            "x",
            key_file_digest=None,
            salt=SALT,
            profile=STANDARD,
            available_bytes=STANDARD.memory_bytes - 1,
        )


def test_memory_that_the_system_refuses_is_not_a_wrong_passphrase() -> None:
    # A process of its own, as its address space is limited for good.
    script = (
        "import resource\n"
        "from crypto.passphrase import STANDARD, InsufficientMemory, stretch\n"
        "resource.setrlimit(resource.RLIMIT_AS, (400 * 2**20, 400 * 2**20))\n"
        "try:\n"
        "    stretch('x', key_file_digest=None, salt=bytes(32), profile=STANDARD,\n"
        "            available_bytes=2**40)\n"
        "except InsufficientMemory:\n"
        "    print('said so')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout == "said so\n"


def test_the_named_profiles_are_obeyed() -> None:
    check_profile(STANDARD)
    check_profile(LOW_MEMORY)
    check_profile(TESTING, allow_testing=True)


def test_a_profile_of_a_later_program_is_obeyed_within_the_caps() -> None:
    check_profile(
        Argon2Profile(number=3, memory_kib=MAX_MEMORY_KIB, passes=MAX_PASSES, lanes=MAX_LANES)
    )
    check_profile(Argon2Profile(number=3, memory_kib=64 * 1024, passes=3, lanes=1))


def test_the_testing_profile_is_refused_unless_allowed() -> None:
    with pytest.raises(Unsupported):
        check_profile(TESTING)


@pytest.mark.parametrize(
    ("number", "memory_kib", "passes", "lanes", "refusal"),
    [
        (3, MAX_MEMORY_KIB + 1, 3, 4, LimitExceeded),
        (3, 65536, MAX_PASSES + 1, 4, LimitExceeded),
        (3, 65536, 3, MAX_LANES + 1, LimitExceeded),
        (255, 2**32 - 1, 2**32 - 1, 255, LimitExceeded),
        (1, 65536, 3, 4, Malformed),
        (2, 65536, 4, 4, Malformed),
        (3, 65535, 3, 4, Malformed),
        (3, 65536, 2, 4, Malformed),
        (3, 65536, 3, 0, Malformed),
        (0, 0, 0, 0, Malformed),
        (3, 1024, 1, 1, Malformed),
    ],
)
def test_other_parameters_are_refused_before_they_are_obeyed(
    number: int, memory_kib: int, passes: int, lanes: int, refusal: type[CryptoError]
) -> None:
    profile = Argon2Profile(number=number, memory_kib=memory_kib, passes=passes, lanes=lanes)
    with pytest.raises(refusal):
        check_profile(profile)


def test_the_testing_number_with_other_parameters_is_refused_even_in_tests() -> None:
    profile = Argon2Profile(number=255, memory_kib=8, passes=1, lanes=1)
    with pytest.raises(Malformed):
        check_profile(profile, allow_testing=True)
