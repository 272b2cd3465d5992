"""Without the program: stock tools open, unpack and verify a bundle, and notice damage."""

import subprocess
from pathlib import Path

import pytest

from crypto import sshsig
from crypto.primitives import ed25519_public
from tests.crypto.container_samples import BAG_INFO, FILES, SEED, bundle, classic, hybrid
from tests.support import REPOSITORY, node_oracles, oracle

SIGNER = "author@example.org"


def run(
    *command: str, cwd: Path, stdin: bytes = b"", fails: bool = False
) -> subprocess.CompletedProcess[bytes]:
    result = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False)
    assert (result.returncode != 0) == fails, result.stderr.decode(errors="replace")
    return result


def decrypted_by_age(sealed: bytes, folder: Path) -> bytes:
    key = folder / "key.txt"
    key.write_text(classic(1).encode() + "\n")
    return run(oracle("age"), "-d", "-i", str(key), cwd=folder, stdin=sealed).stdout


def decrypted_by_npm(sealed: bytes) -> bytes:
    script = (REPOSITORY / "tests" / "oracles" / "hybrid.mjs").read_text()
    command = (oracle("node"), "--input-type=module", "--eval", script, "decrypt")
    return run(*command, hybrid(1).encode(), cwd=node_oracles(), stdin=sealed).stdout


def unpack(archive: bytes, folder: Path) -> Path:
    run(oracle("tar"), "-x", cwd=folder, stdin=archive)
    return folder / "bag"


def verify_signature(bag: Path, *, fails: bool = False) -> None:
    signers = bag.parent / "allowed-signers"
    public = ed25519_public(SEED)
    line = sshsig.allowed_signers_line(SIGNER, public, sshsig.BUNDLE_NAMESPACE)
    signers.write_text(line + "\n")
    options = ("-f", str(signers), "-I", SIGNER, "-n", sshsig.BUNDLE_NAMESPACE)
    run(
        *(oracle("ssh-keygen"), "-Y", "verify", *options, "-s", "tagmanifest-sha256.txt.sig"),
        cwd=bag,
        stdin=(bag / "tagmanifest-sha256.txt").read_bytes(),
        fails=fails,
    )


def verify_everything(bag: Path) -> None:
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        run(oracle("sha256sum"), "--strict", "-c", name, cwd=bag)
    run(oracle("bagit.py"), "--validate", str(bag), cwd=bag.parent)
    verify_signature(bag)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    sealed, _ = bundle([classic(1).recipient(), classic(2).recipient()])
    return unpack(decrypted_by_age(sealed, tmp_path), tmp_path)


def test_a_classic_bundle_opens_with_debian_age_and_verifies(unpacked: Path) -> None:
    for name, content in FILES.items():
        assert (unpacked / name).read_bytes() == content
        assert (unpacked / name).stat().st_mode & 0o777 == 0o600
    # The bag is made of these alone: bag-info has what the caller gave, and the payload's size.
    oxum = ("Payload-Oxum", f"{sum(map(len, FILES.values()))}.{len(FILES)}")
    expected = "".join(f"{label}: {value}\n" for label, value in (*BAG_INFO, oxum))
    assert (unpacked / "bag-info.txt").read_text() == expected
    verify_everything(unpacked)


def test_a_hybrid_bundle_opens_with_npm_age_encryption_and_verifies(tmp_path: Path) -> None:
    sealed, _ = bundle([hybrid(1).recipient()])
    unpacked = unpack(decrypted_by_npm(sealed), tmp_path)
    for name, content in FILES.items():
        assert (unpacked / name).read_bytes() == content
    verify_everything(unpacked)


def test_stock_tools_notice_changed_payload(unpacked: Path) -> None:
    (unpacked / "data/readme.txt").write_bytes(b"changed")
    run(oracle("sha256sum"), "-c", "manifest-sha256.txt", cwd=unpacked, fails=True)
    run(oracle("bagit.py"), "--validate", str(unpacked), cwd=unpacked.parent, fails=True)


def test_stock_tools_notice_a_changed_envelope(unpacked: Path) -> None:
    (unpacked / "envelope.json").write_bytes(b"{}")
    run(oracle("sha256sum"), "-c", "tagmanifest-sha256.txt", cwd=unpacked, fails=True)
    run(oracle("bagit.py"), "--validate", str(unpacked), cwd=unpacked.parent, fails=True)


def test_stock_tools_notice_a_tag_manifest_that_was_not_signed(unpacked: Path) -> None:
    path = unpacked / "tagmanifest-sha256.txt"
    path.write_bytes(path.read_bytes().replace(b"envelope.json", b"envelope.jsom"))
    verify_signature(unpacked, fails=True)


def test_volumes_joined_by_concatenation_open(tmp_path: Path) -> None:
    sealed, _ = bundle([classic(1).recipient()])
    for index, start in enumerate(range(0, len(sealed), 9000), start=1):
        (tmp_path / f"n.sealed.age.{index:03d}").write_bytes(sealed[start : start + 9000])
    (tmp_path / "key.txt").write_text(classic(1).encode() + "\n")
    age, tar = oracle("age"), oracle("tar")
    joined = f"cat n.sealed.age.[0-9]* | {age} -d -i key.txt | {tar} x"
    run("sh", "-c", joined, cwd=tmp_path)
    verify_everything(tmp_path / "bag")
