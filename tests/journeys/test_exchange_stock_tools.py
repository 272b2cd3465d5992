"""Without the program: a notebook's bundle opens and verifies with programs that everybody has."""

from __future__ import annotations

import hashlib
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import sshsig
from notebook import volumes
from notebook.errors import Code, NotebookError
from notebook.notebook import Notebook
from notebook.sealing import SealResult
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, finished, know
from tests.support import REPOSITORY, node_oracles, oracle

FILE = b"%PDF-1.4 " + bytes(range(256)) * 500


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def run(*command: str, cwd: Path, stdin: bytes = b"") -> bytes:
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def sealed(team: Team, *, classic: bool) -> tuple[Notebook, Notebook, SealResult]:
    sender, reader = team.member("Aida"), team.member("Archive")
    know(sender, reader, classic=classic)
    know(reader, sender)
    case = support.case_in(sender, "Қазақстан")
    interview = support.interview_in(sender, case, account="维吾尔 ئۇيغۇر рассказ")
    sender.attach(interview, io.BytesIO(FILE), file_name="paper.pdf")
    return sender, reader, team.sealed(sender, reader, checksums=True)


def verify(bag: Path, sender: Notebook, signers: Path) -> None:
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        run(oracle("sha256sum"), "--strict", "-c", name, cwd=bag)
    run(oracle("bagit.py"), "--validate", str(bag), cwd=bag.parent)
    signed = (bag / "tagmanifest-sha256.txt").read_bytes()
    names = run(
        *(oracle("ssh-keygen"), "-Y", "find-principals", "-f", str(signers)),
        *("-s", "tagmanifest-sha256.txt.sig"),
        cwd=bag,
        stdin=signed,
    )
    run(
        *(oracle("ssh-keygen"), "-Y", "verify", "-f", str(signers), "-I", names.decode().strip()),
        *("-n", sshsig.BUNDLE_NAMESPACE, "-s", "tagmanifest-sha256.txt.sig"),
        cwd=bag,
        stdin=signed,
    )
    sha = hashlib.sha256(FILE).hexdigest()
    assert (bag / "data" / "evidence" / f"{sha}.pdf").read_bytes() == FILE
    pages = "".join(path.read_text() for path in (bag / "data" / "view").glob("*.html"))
    assert "ئۇيغۇر" in pages
    assert sender.author in (bag / "envelope.json").read_text()


def test_a_classic_bundle_opens_with_debian_age_and_verifies(team: Team, tmp_path: Path) -> None:
    sender, reader, result = sealed(team, classic=True)
    reader.export_identity(tmp_path / "key.txt")
    bundle, sums = result.files
    run(oracle("sha256sum"), "-c", sums.name, cwd=sums.parent)
    archive = run(oracle("age"), "-d", "-i", str(tmp_path / "key.txt"), str(bundle), cwd=tmp_path)
    run(oracle("tar"), "x", cwd=tmp_path, stdin=archive)
    verify(tmp_path / "bag", sender, tmp_path / "key.txt.signers")


def test_volumes_of_a_classic_bundle_are_joined_with_cat(team: Team, tmp_path: Path) -> None:
    sender, reader, result = sealed(team, classic=True)
    reader.export_identity(tmp_path / "key.txt")
    content = result.files[0].read_bytes()
    writer = volumes.VolumeWriter(tmp_path, "n.sealed.age", max_bytes=50_000)
    writer.write(content)
    paths = finished(writer, hashlib.sha256(content).digest())
    writer.close()
    assert len(paths) > 1
    joined = f"cat n.sealed.age.[0-9]* | {oracle('age')} -d -i key.txt | {oracle('tar')} x"
    run("sh", "-c", joined, cwd=tmp_path)
    verify(tmp_path / "bag", sender, tmp_path / "key.txt.signers")
    assert reader.open_bundle(paths, accept_unknown=False)[0].new > 0


def test_a_hybrid_bundle_opens_with_npm_age_encryption_and_verifies(
    team: Team, tmp_path: Path
) -> None:
    sender, reader, result = sealed(team, classic=False)
    reader.export_identity(tmp_path / "key.txt")
    script = (REPOSITORY / "tests" / "oracles" / "hybrid.mjs").read_text()
    secret = (tmp_path / "key.txt.pq").read_text().strip()
    archive = run(
        *(oracle("node"), "--input-type=module", "--eval", script, "decrypt", secret),
        cwd=node_oracles(),
        stdin=result.files[0].read_bytes(),
    )
    run(oracle("tar"), "x", cwd=tmp_path, stdin=archive)
    verify(tmp_path / "bag", sender, tmp_path / "key.txt.signers")


def test_the_exported_identity_is_private_noted_and_never_overwritten(
    team: Team, tmp_path: Path
) -> None:
    notebook = team.member("Aida")
    case = support.case_in(notebook)
    out = tmp_path / "key.txt"
    notebook.export_identity(out)
    made = sorted(tmp_path.glob("key.txt*"))
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert "custody" in {line.kind for line in notebook.history(case)}  # type: ignore[arg-type]  # as the test means
    before = [path.read_bytes() for path in made]
    for path in made:
        others = [other for other in made if other != path]
        for other in others:
            other.unlink()
        with pytest.raises(NotebookError) as refused:
            notebook.export_identity(out)
        assert refused.value.code is Code.FILE_EXISTS
        assert list(tmp_path.glob("key.txt*")) == [path]
        for other in others:
            other.write_bytes(before[made.index(other)])
