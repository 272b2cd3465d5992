"""Our signature files and ssh-keygen's are the same, and every other kind is refused."""

import base64
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.card import Card
from crypto.errors import CryptoError, LimitExceeded, Malformed, Tampered, Unsupported
from crypto.identity import Identity
from crypto.primitives import ed25519_public, ed25519_sign
from crypto.sshsig import (
    BUNDLE_NAMESPACE,
    MAX_FILE_BYTES,
    allowed_signers_line,
    openssh_public_key,
    sign,
    verify,
)
from tests.crypto.predictable import PredictableRandom
from tests.support import oracle

GOLDEN = Path(__file__).parent.parent / "golden" / "sshsig_v1.txt"

SEED = bytes(range(32))
PUBLIC = ed25519_public(SEED)
MESSAGE = b"0123  manifest-sha256.txt\n"
SIGNED = sign(SEED, MESSAGE, BUNDLE_NAMESPACE)
ORDER = 2**252 + 27742317777372353535851937790883648493


def unarmoured(file: bytes) -> bytes:
    return base64.b64decode(b"".join(file.splitlines()[1:-1]))


def armoured(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    begin, end = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
    return b"\n".join([begin, *lines, end, b""])


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The fields of a signature file, each open to forgery; a good one by default."""

    magic: bytes = b"SSHSIG"
    version: int = 1
    key_type: bytes = b"ssh-ed25519"
    key: bytes = PUBLIC
    namespace: bytes = BUNDLE_NAMESPACE.encode()
    reserved: bytes = b""
    hash_name: bytes = b"sha512"
    signature_type: bytes = b"ssh-ed25519"
    signature: bytes = unarmoured(SIGNED)[-64:]
    after_key: bytes = b""
    after_signature: bytes = b""
    after_all: bytes = b""

    def file(self) -> bytes:
        key = string(self.key_type) + string(self.key) + self.after_key
        signature = string(self.signature_type) + string(self.signature) + self.after_signature
        fields = (key, self.namespace, self.reserved, self.hash_name, signature)
        head = self.magic + self.version.to_bytes(4, "big")
        return armoured(head + b"".join(map(string, fields)) + self.after_all)


def run(*command: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=data, capture_output=True, check=False)


def made_by_ssh_keygen(
    folder: Path, key: tuple[str, ...], *options: str, namespace: str = BUNDLE_NAMESPACE
) -> tuple[bytes, bytes]:
    """A signature file by ssh-keygen, and the public key file of a new key of its own."""
    program = oracle("ssh-keygen")
    key_file, message_file = folder / "key", folder / "message"
    message_file.write_bytes(MESSAGE)
    made = run(program, "-q", *key, "-N", "", "-C", "", "-f", str(key_file))
    assert made.returncode == 0, made.stderr
    done = run(
        program,
        *("-q", "-Y", "sign", "-f", str(key_file), "-n", namespace, *options, str(message_file)),
    )
    assert done.returncode == 0, done.stderr
    return (folder / "message.sig").read_bytes(), (folder / "key.pub").read_bytes()


def verified_by_ssh_keygen(folder: Path, file: bytes, message: bytes, allowed: str) -> bool:
    signature_file, allowed_file = folder / "sig", folder / "allowed"
    signature_file.write_bytes(file)
    allowed_file.write_text(f"{allowed}\n")
    options = ("-f", str(allowed_file), "-n", BUNDLE_NAMESPACE, "-s", str(signature_file))
    principal = allowed.split(" ", maxsplit=1)[0]
    done = run(oracle("ssh-keygen"), "-Y", "verify", "-I", principal, *options, data=message)
    return done.returncode == 0


# With ssh-keygen.


def test_ssh_keygen_accepts_our_signature(tmp_path: Path) -> None:
    allowed = allowed_signers_line("author", PUBLIC, BUNDLE_NAMESPACE)
    assert verified_by_ssh_keygen(tmp_path, SIGNED, MESSAGE, allowed)
    assert not verified_by_ssh_keygen(tmp_path, SIGNED, MESSAGE + b"x", allowed)


def test_ssh_keygen_finds_nothing_wrong_with_our_signature_of_an_unknown_signer(
    tmp_path: Path,
) -> None:
    signature_file = tmp_path / "sig"
    signature_file.write_bytes(SIGNED)
    options = ("-n", BUNDLE_NAMESPACE, "-s", str(signature_file))
    done = run(oracle("ssh-keygen"), "-Y", "check-novalidate", *options, data=MESSAGE)
    assert done.returncode == 0, done.stderr


def test_ssh_keygen_verifies_by_the_line_that_a_card_gives(tmp_path: Path) -> None:
    identity = Identity.generate("Айгүл", PredictableRandom("sshsig"))
    file = sign(identity.signing_seed, MESSAGE, BUNDLE_NAMESPACE)
    card = Card.parse(identity.card().encode())
    assert verified_by_ssh_keygen(tmp_path, file, MESSAGE, card.allowed_signers_line())
    stranger = Identity.generate("Other", PredictableRandom("stranger")).card()
    assert not verified_by_ssh_keygen(tmp_path, file, MESSAGE, stranger.allowed_signers_line())


def test_the_allowed_signers_line_allows_our_namespace_alone(tmp_path: Path) -> None:
    other = allowed_signers_line("author", PUBLIC, "file")
    assert not verified_by_ssh_keygen(tmp_path, SIGNED, MESSAGE, other)


def test_we_accept_what_ssh_keygen_signs_with_ed25519(tmp_path: Path) -> None:
    file, public_file = made_by_ssh_keygen(tmp_path, ("-t", "ed25519"))
    signer = verify(file, MESSAGE, BUNDLE_NAMESPACE)
    assert openssh_public_key(signer) == public_file.decode().strip()
    with pytest.raises(Tampered):
        verify(file, MESSAGE + b"x", BUNDLE_NAMESPACE)


def test_our_signature_is_the_file_that_ssh_keygen_writes(tmp_path: Path) -> None:
    """Ed25519 is deterministic, so with the same key the files are the same bytes."""
    key_file, message_file = tmp_path / "key", tmp_path / "message"
    key_file.touch(mode=0o600)
    key_file.write_text(openssh_private_key(SEED))
    message_file.write_bytes(MESSAGE)
    options = ("-f", str(key_file), "-n", BUNDLE_NAMESPACE, str(message_file))
    done = run(oracle("ssh-keygen"), "-q", "-Y", "sign", *options)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "message.sig").read_bytes() == SIGNED


def openssh_private_key(seed: bytes) -> str:
    """OpenSSH's own format of a private key, without a passphrase (PROTOCOL.key)."""
    public_blob = string(b"ssh-ed25519") + string(PUBLIC)
    secret = bytes(8) + public_blob + string(seed + PUBLIC) + string(b"")
    secret += bytes(range(1, 1 + -len(secret) % 8))
    plain = string(b"none") + string(b"none") + string(b"")
    blob = b"openssh-key-v1\0" + plain + (1).to_bytes(4, "big")
    text = base64.encodebytes(blob + string(public_blob) + string(secret)).decode()
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{text}-----END OPENSSH PRIVATE KEY-----\n"


@pytest.mark.parametrize("kind", [("-t", "rsa", "-b", "2048"), ("-t", "ecdsa")])
def test_another_kind_of_key_is_unsupported(tmp_path: Path, kind: tuple[str, ...]) -> None:
    file, _ = made_by_ssh_keygen(tmp_path, kind)
    with pytest.raises(Unsupported):
        verify(file, MESSAGE, BUNDLE_NAMESPACE)


def test_another_hash_is_unsupported(tmp_path: Path) -> None:
    file, _ = made_by_ssh_keygen(tmp_path, ("-t", "ed25519"), "-O", "hashalg=sha256")
    with pytest.raises(Unsupported):
        verify(file, MESSAGE, BUNDLE_NAMESPACE)


@pytest.mark.parametrize("namespace", ["file", BUNDLE_NAMESPACE + "0", BUNDLE_NAMESPACE[:-1]])
def test_another_namespace_is_refused(tmp_path: Path, namespace: str) -> None:
    file, _ = made_by_ssh_keygen(tmp_path, ("-t", "ed25519"), namespace=namespace)
    with pytest.raises(Tampered):
        verify(file, MESSAGE, BUNDLE_NAMESPACE)


# Alone.


def test_the_golden_signature_is_written_and_accepted() -> None:
    assert GOLDEN.read_bytes() == SIGNED
    assert verify(SIGNED, MESSAGE, BUNDLE_NAMESPACE) == PUBLIC


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary())
def test_what_was_signed_is_accepted_and_names_its_signer(seed: bytes, message: bytes) -> None:
    file = sign(seed, message, BUNDLE_NAMESPACE)
    assert verify(file, message, BUNDLE_NAMESPACE) == ed25519_public(seed)
    with pytest.raises(Tampered):
        verify(file, message + b"\0", BUNDLE_NAMESPACE)


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_a_flip_in_any_byte_is_refused(mask: int) -> None:
    for position in range(len(SIGNED)):
        file = bytearray(SIGNED)
        file[position] ^= mask
        with pytest.raises(CryptoError):
            verify(bytes(file), MESSAGE, BUNDLE_NAMESPACE)


def test_a_flip_in_any_byte_under_the_armour_is_refused() -> None:
    blob = unarmoured(SIGNED)
    for position in range(len(blob)):
        flipped = blob[:position] + bytes([blob[position] ^ 1]) + blob[position + 1 :]
        with pytest.raises(CryptoError):
            verify(armoured(flipped), MESSAGE, BUNDLE_NAMESPACE)


def test_a_file_cut_anywhere_is_malformed() -> None:
    for length in range(len(SIGNED)):
        with pytest.raises(Malformed):
            verify(SIGNED[:length], MESSAGE, BUNDLE_NAMESPACE)
    blob = unarmoured(SIGNED)
    for length in range(len(blob)):
        with pytest.raises((Malformed, Unsupported)):
            verify(armoured(blob[:length]), MESSAGE, BUNDLE_NAMESPACE)


def test_the_forger_of_these_tests_makes_a_good_file_by_default() -> None:
    assert Parts().file() == SIGNED


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        (Parts(magic=b"SSHSIX"), Malformed),
        (Parts(version=0), Unsupported),
        (Parts(version=2), Unsupported),
        (Parts(key_type=b"ssh-rsa"), Unsupported),
        (Parts(key_type=b"sk-ssh-ed25519@openssh.com"), Unsupported),
        (Parts(signature_type=b"ssh-rsa"), Unsupported),
        (Parts(key=PUBLIC[:-1]), Malformed),
        (Parts(key=PUBLIC + b"\0"), Malformed),
        (Parts(signature=bytes(63)), Malformed),
        (Parts(signature=bytes(65)), Malformed),
        (Parts(namespace=b"file"), Tampered),
        (Parts(namespace=b""), Tampered),
        (Parts(reserved=b"\0"), Malformed),
        (Parts(hash_name=b"sha256"), Unsupported),
        (Parts(hash_name=b"SHA512"), Unsupported),
        (Parts(after_key=b"\0"), Malformed),
        (Parts(after_signature=b"\0"), Malformed),
        (Parts(after_all=b"\0"), Malformed),
    ],
)
def test_each_other_form_has_its_refusal(parts: Parts, refusal: type[CryptoError]) -> None:
    with pytest.raises(refusal):
        verify(parts.file(), MESSAGE, BUNDLE_NAMESPACE)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b"\n", b"\r\n"),
        (b"-----BEGIN", b" -----BEGIN"),
        (b"-----END", b"\n-----END"),
        (b"SIGNATURE-----\nU1", b"SIGNATURE-----\n U1"),
        (b"SIGNATURE-----\nU1", b"SIGNATURE-----\nComment: x\nU1"),
        (b"=\n-----END", b"\n-----END"),
        (b"=\n-----END", b"==\n-----END"),
        (b"SSH SIGNATURE", b"SSH SIGNATURES"),
    ],
)
def test_another_armour_is_malformed(found: bytes, put: bytes) -> None:
    assert found in SIGNED
    with pytest.raises(Malformed):
        verify(SIGNED.replace(found, put), MESSAGE, BUNDLE_NAMESPACE)


def test_lines_of_another_length_are_malformed() -> None:
    text = base64.b64encode(unarmoured(SIGNED))
    begin, end = SIGNED.splitlines(keepends=True)[0], SIGNED.splitlines(keepends=True)[-1]
    for length in (64, 76, len(text)):
        lines = [text[start : start + length] for start in range(0, len(text), length)]
        with pytest.raises(Malformed):
            verify(begin + b"\n".join([*lines, end]), MESSAGE, BUNDLE_NAMESPACE)


def test_what_stands_around_a_signature_is_malformed() -> None:
    for file in (b"\n" + SIGNED, SIGNED + b"\n", SIGNED + SIGNED, SIGNED[:-1], b""):
        with pytest.raises(Malformed):
            verify(file, MESSAGE, BUNDLE_NAMESPACE)


def test_a_long_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitExceeded):
        verify(SIGNED + b"\n" * MAX_FILE_BYTES, MESSAGE, BUNDLE_NAMESPACE)


def test_a_second_signature_by_adding_the_order_is_malformed() -> None:
    """The scalar plus the order of the group satisfies the equation and must not be accepted."""
    good = unarmoured(SIGNED)[-64:]
    scalar = int.from_bytes(good[32:], "little") + ORDER
    forged = Parts(signature=good[:32] + scalar.to_bytes(32, "little"))
    with pytest.raises(Malformed):
        verify(forged.file(), MESSAGE, BUNDLE_NAMESPACE)


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        b"\x01" + bytes(31),
        b"\x01" + bytes(30) + b"\x80",
        b"\xec" + b"\xff" * 30 + b"\x7f",
        b"\xed" + b"\xff" * 30 + b"\x7f",
        b"\xff" * 32,
    ],
)
def test_points_of_small_order_or_out_of_range_are_malformed(point: bytes) -> None:
    good = unarmoured(SIGNED)[-64:]
    with pytest.raises(Malformed):
        verify(Parts(key=point).file(), MESSAGE, BUNDLE_NAMESPACE)
    with pytest.raises(Malformed):
        verify(Parts(signature=point + good[32:]).file(), MESSAGE, BUNDLE_NAMESPACE)


def test_a_signature_that_fits_any_message_is_malformed() -> None:
    """With the neutral point as key and as R and a zero scalar the bare equation always holds."""
    neutral = b"\x01" + bytes(31)
    forged = Parts(key=neutral, signature=neutral + bytes(32))
    with pytest.raises(Malformed):
        verify(forged.file(), MESSAGE, BUNDLE_NAMESPACE)


def test_a_signature_of_the_bare_message_is_tampered() -> None:
    forged = Parts(signature=ed25519_sign(SEED, MESSAGE))
    with pytest.raises(Tampered):
        verify(forged.file(), MESSAGE, BUNDLE_NAMESPACE)


def test_a_signature_under_another_key_is_tampered() -> None:
    with pytest.raises(Tampered):
        verify(Parts(key=ed25519_public(bytes(32))).file(), MESSAGE, BUNDLE_NAMESPACE)


@pytest.mark.parametrize("principal", ["", "a b", "a,b", "*", "!a", 'a"', "#a", "a\n", "а"])
def test_a_principal_with_a_meaning_in_the_line_is_a_bug_of_the_caller(principal: str) -> None:
    with pytest.raises(ValueError, match="principal"):
        allowed_signers_line(principal, PUBLIC, BUNDLE_NAMESPACE)


@given(st.binary(max_size=400))
def test_any_bytes_in_armour_are_refused(blob: bytes) -> None:
    with pytest.raises(CryptoError):
        verify(armoured(blob), MESSAGE, BUNDLE_NAMESPACE)
