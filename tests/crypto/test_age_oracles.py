"""Other people's age programs open what we seal, and we open what they seal."""

import io
import os
import pty
import subprocess
from pathlib import Path

import pyrage
import pytest

from crypto.age import (
    AgeSealer,
    HybridIdentity,
    Identity,
    NoMatch,
    Recipient,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    open_age,
    parse_identity,
    parse_recipient,
)
from crypto.armor import ArmorReader, ArmorWriter
from crypto.stream import CHUNK_BYTES, Source
from tests.support import REPOSITORY, node_oracles, oracle

PASSPHRASE = "ten small stones under the bridge"
SIZES = [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 17]


def content(size: int) -> bytes:
    return (b"what she saw at the station. " * (size // 29 + 1))[:size]


def seal(plaintext: bytes, *recipients: Recipient) -> bytes:
    sink = io.BytesIO()
    sealer = AgeSealer(sink, recipients, os.urandom)
    sealer.write(plaintext)
    sealer.finish()
    return sink.getvalue()


def armored(sealed: bytes) -> bytes:
    sink = io.BytesIO()
    writer = ArmorWriter(sink)
    writer.write(sealed)
    writer.finish()
    return sink.getvalue()


def opened(source: Source, *identities: Identity) -> bytes:
    return b"".join(open_age(source, identities).chunks())


def run(*command: str, stdin: bytes = b"", cwd: Path | None = None) -> bytes:
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def run_with_passphrase(*command: str, prompts: int) -> None:
    """Run a program that reads its passphrase from a terminal, which is a pseudo one here."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            ("setsid", "--ctty", "--wait", *command),
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
        )
        os.close(theirs)
        seen = b""
        for _ in range(prompts):
            while b"passphrase" not in seen or not seen.rstrip().endswith(b":"):
                seen += os.read(ours, 1024)
            os.write(ours, PASSPHRASE.encode() + b"\n")
            seen = b""
        assert process.wait() == 0
    finally:
        os.close(ours)


def node(*arguments: str, stdin: bytes = b"") -> bytes:
    folder = node_oracles()
    script = (REPOSITORY / "tests" / "oracles" / "hybrid.mjs").read_text()
    command = (oracle("node"), "--input-type=module", "--eval", script, *arguments)
    return run(*command, stdin=stdin, cwd=folder)


@pytest.fixture
def identity_file(tmp_path: Path) -> Path:
    path = tmp_path / "identity.txt"
    path.write_text(X25519Identity.generate(os.urandom).encode() + "\n")
    return path


def identity_in(path: Path) -> X25519Identity | HybridIdentity:
    return parse_identity(path.read_text().strip())


@pytest.mark.parametrize("size", SIZES)
def test_debian_age_opens_what_we_seal_to_x25519(size: int, identity_file: Path) -> None:
    other = X25519Identity.generate(os.urandom)
    sealed = seal(content(size), other.recipient(), identity_in(identity_file).recipient())
    command = (oracle("age"), "-d", "-i", str(identity_file))
    assert run(*command, stdin=sealed) == content(size)
    assert run(*command, stdin=armored(sealed)) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_debian_age_seals_to_x25519(size: int) -> None:
    identity = X25519Identity.generate(os.urandom)
    other = X25519Identity.generate(os.urandom)
    command = (oracle("age"), "-r", other.recipient().encode(), "-r", identity.recipient().encode())
    assert opened(io.BytesIO(run(*command, stdin=content(size))), identity) == content(size)
    sealed = run(*command, "--armor", stdin=content(size))
    assert opened(ArmorReader(io.BytesIO(sealed)), identity) == content(size)
    with pytest.raises(NoMatch):
        opened(ArmorReader(io.BytesIO(sealed)), X25519Identity.generate(os.urandom))


def test_keys_of_age_keygen_are_ours_and_ours_are_theirs() -> None:
    text = run(oracle("age-keygen")).decode()
    (secret,) = [line for line in text.splitlines() if line.startswith("AGE-SECRET-KEY-")]
    identity = parse_identity(secret)
    assert identity.encode() == secret
    assert f"# public key: {identity.recipient().encode()}\n" in text
    ours = X25519Identity.generate(os.urandom)
    public = run(oracle("age-keygen"), "-y", stdin=ours.encode().encode() + b"\n")
    assert public.decode().strip() == ours.recipient().encode()


def test_debian_age_opens_what_we_seal_to_a_passphrase(tmp_path: Path) -> None:
    sealed, plain = tmp_path / "sealed.age", tmp_path / "plain"
    sealed.write_bytes(
        seal(content(99), ScryptRecipient(passphrase=PASSPHRASE.encode(), work_factor=12))
    )
    run_with_passphrase(oracle("age"), "-d", "-o", str(plain), str(sealed), prompts=1)
    assert plain.read_bytes() == content(99)


def test_we_open_what_debian_age_seals_to_a_passphrase(tmp_path: Path) -> None:
    sealed, plain = tmp_path / "sealed.age", tmp_path / "plain"
    plain.write_bytes(content(99))
    run_with_passphrase(oracle("age"), "-p", "-o", str(sealed), str(plain), prompts=2)
    identity = ScryptIdentity(passphrase=PASSPHRASE.encode())
    assert opened(io.BytesIO(sealed.read_bytes()), identity) == content(99)
    with pytest.raises(NoMatch):
        opened(io.BytesIO(sealed.read_bytes()), ScryptIdentity(passphrase=b"another"))


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_opens_what_we_seal_to_x25519(size: int) -> None:
    identity = X25519Identity.generate(os.urandom)
    theirs = pyrage.x25519.Identity.from_str(identity.encode())
    assert pyrage.decrypt(seal(content(size), identity.recipient()), [theirs]) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_pyrage_seals_to_x25519(size: int) -> None:
    theirs = pyrage.x25519.Identity.generate()
    identity = parse_identity(str(theirs))
    assert identity.recipient().encode() == str(theirs.to_public())
    sealed = pyrage.encrypt(content(size), [theirs.to_public()])
    assert opened(io.BytesIO(sealed), identity) == content(size)
    sealed = pyrage.encrypt(content(size), [theirs.to_public()], armored=True)
    assert opened(ArmorReader(io.BytesIO(sealed)), identity) == content(size)


def test_pyrage_and_we_open_each_others_passphrases() -> None:
    recipient = ScryptRecipient(passphrase=PASSPHRASE.encode(), work_factor=12)
    assert pyrage.passphrase.decrypt(seal(content(99), recipient), PASSPHRASE) == content(99)
    sealed = pyrage.passphrase.encrypt(content(99), PASSPHRASE)
    # pyrage chooses the work by this machine's speed, so a fast one may go above our limit.
    identity = ScryptIdentity(passphrase=PASSPHRASE.encode(), max_work_factor=22)
    assert opened(io.BytesIO(sealed), identity) == content(99)


@pytest.mark.parametrize("size", SIZES)
def test_age_encryption_opens_what_we_seal_to_hybrid_recipients(size: int) -> None:
    identity = HybridIdentity.generate(os.urandom)
    other = HybridIdentity.generate(os.urandom)
    sealed = seal(content(size), other.recipient(), identity.recipient())
    assert node("decrypt", identity.encode(), stdin=sealed) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_age_encryption_seals_to_hybrid_recipients(size: int) -> None:
    identity = HybridIdentity.generate(os.urandom)
    sealed = node("encrypt", identity.recipient().encode(), stdin=content(size))
    assert opened(io.BytesIO(sealed), identity) == content(size)
    with pytest.raises(NoMatch):
        opened(io.BytesIO(sealed), HybridIdentity.generate(os.urandom))


def test_hybrid_keys_of_age_encryption_are_ours() -> None:
    secret, public = node("identity").decode().split()
    identity = parse_identity(secret)
    assert identity.encode() == secret
    assert identity.recipient().encode() == public
    assert parse_recipient(public) == identity.recipient()
