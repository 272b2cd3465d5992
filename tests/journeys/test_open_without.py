"""The chapter “Open a bundle without this program”: its commands, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, know
from tests.support import REPOSITORY, node_oracles, oracle, skip_without

PAGE = (REPOSITORY / "docs" / "OPEN-WITHOUT.md").read_text()
BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: (?P<tag>\w+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
FILE = b"%PDF-1.4 " + bytes(range(256)) * 5000
ACCOUNT = "Ол көктемде алып кетті. ئۇيغۇر. 他再没有消息。"
OUTSIDE = ("age", "tar", "sha256sum", "ssh-keygen", "bagit.py")


def blocks(*tags: str) -> str:
    """The commands of the page in their order: those for everybody, and those with these tags."""
    found = [match for match in BLOCK.finditer(PAGE) if match["language"] == "sh"]
    assert {match["tag"] for match in found} == {None, "parts", "classic", "pq", "node"}
    return "".join(match["text"] for match in found if match["tag"] in (None, *tags))


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def handed_over(team: Team, folder: Path, *, is_classic: bool, **request: object) -> Notebook:
    """Put the four files of the page into a folder; who sealed."""
    sender, reader = team.member("Aida"), team.member("Archive")
    know(sender, reader, classic=is_classic)
    know(reader, sender)
    case = support.case_in(sender, "A case")
    interview = support.interview_in(sender, case, account=ACCOUNT)
    sender.attach(interview, BytesIO(FILE), file_name="paper.pdf")
    folder.mkdir()
    for path in team.sealed(sender, reader, **request).files:
        path.rename(folder / re.sub(r"^[a-z2-7]{26}", "bundle", path.name))
    reader.export_identity(folder / "key.txt")
    return sender


def run(script: str, folder: Path, *, fails: bool = False) -> str:
    """What the commands print, run by a plain shell with the programs of the page on its path."""
    programs = {str(Path(oracle(name)).parent) for name in OUTSIDE}
    environment = {"PATH": ":".join([*programs, "/usr/bin", "/bin"]), "HOME": str(folder)}
    if "node" in script:
        environment["PATH"] += ":" + str(Path(oracle("node")).parent)
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert (done.returncode != 0) == fails, said
    return said


def check(said: str, folder: Path, sender: Notebook) -> None:
    assert f'Good "field-notebook-bundle-1" signature for {sender.author}' in said
    log = next((folder / "bag" / "data" / "log").glob("*/*.jsonl"))
    assert "көктемде" in log.read_text()
    (file,) = (folder / "bag" / "data" / "evidence").iterdir()
    assert file.read_bytes() == FILE
    pages = "".join(page.read_text() for page in (folder / "bag" / "data" / "view").iterdir())
    assert "ئۇيغۇر" in pages


def test_a_classic_bundle(team: Team, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    sender = handed_over(team, folder, is_classic=True)
    said = run(blocks("classic"), folder)
    assert said.startswith("-> X25519\n")
    check(said, folder, sender)


def test_a_classic_bundle_in_parts(team: Team, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    sender = handed_over(team, folder, is_classic=True, volume_bytes=1024 * 1024)
    assert (folder / "bundle.sealed.age.002").exists()
    check(run(blocks("parts", "classic"), folder), folder, sender)


def test_a_post_quantum_bundle_with_node(team: Team, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    sender = handed_over(team, folder, is_classic=False)
    (script,) = (match["text"] for match in BLOCK.finditer(PAGE) if match["language"] == "js")
    (folder / "decrypt.mjs").write_text(script)
    (folder / "node_modules").symlink_to(node_oracles() / "node_modules")
    said = run(blocks("node"), folder)
    assert said.startswith("-> mlkem768x25519\n")
    check(said, folder, sender)


def test_a_post_quantum_bundle_with_age(team: Team, tmp_path: Path) -> None:
    version = run("age --version", tmp_path).strip().lstrip("v")
    if not re.match(r"(1\.([3-9]|\d\d)|[2-9])", version):
        if os.environ.get("CI") == "true":
            pytest.skip("Debian's age is older than 1.3, which pq needs; npm's judges instead")
        skip_without("age 1.3 or newer")
    folder = tmp_path / "outside"
    sender = handed_over(team, folder, is_classic=False)
    check(run(blocks("pq"), folder), folder, sender)


ALTERED = {
    "a file": "printf x >> data/readme.txt",
    "the envelope": "printf x >> envelope.json",
    "the list of lists": "printf x >> tagmanifest-sha256.txt",
    "a file that is in no list": "printf x > data/more.txt",
    "a file that is gone": "rm data/view/index.html",
    "another signer": ": > ../key.txt.signers",
}


@pytest.mark.parametrize("what", ALTERED)
def test_the_commands_find_what_was_altered(team: Team, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "outside"
    handed_over(team, folder, is_classic=True)
    run(blocks("classic").replace("\nls\n", f"\n{ALTERED[what]}\n", 1), folder, fails=True)
