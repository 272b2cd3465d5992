"""verify-bundle: what people outside learn from a bundle and keys, without any notebook."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.errors import Code
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import CommandLine, Ran, command_line
from tests.notebook.support_exchange import Author, Team, forged, know, log_of, opened
from tests.notebook.test_opening_hostile import MANGLED, Scene, holding, line_of

FILE = os.urandom(300_000)


class Court:
    """Somebody with bundles and keys and no notebook."""

    def __init__(self, folder: Path, *, is_classic: bool = False) -> None:
        self.folder = folder
        self.team = Team(folder)
        self.sender, self.reader = self.team.member("Aida"), self.team.member("Archive")
        know(self.sender, self.reader, classic=is_classic)
        know(self.reader, self.sender)
        self.case = support.case_in(self.sender)
        interview = support.interview_in(self.sender, self.case, account="It was dawn.")
        self.sender.attach(interview, io.BytesIO(FILE), file_name="a.bin")
        self.reader.export_identity(folder / "key.txt")
        (folder / "card").write_text(self.sender.my_card().encode())
        self.cli: CommandLine = command_line("court")

    def __call__(self, *argv: str | Path) -> Ran:
        return self.cli("verify-bundle", *argv, passphrase=None)

    @property
    def keys(self) -> tuple[str, Path, Path]:
        return ("--identity", self.folder / "key.txt", self.folder / "key.txt.pq")


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Court]:
    made = Court(tmp_path)
    yield made
    made.team.close()


def trouble(ran: Ran, code: Code | str, status: int) -> None:
    assert (ran.code, ran.status) == (str(code), status), ran.out
    assert ran.json.keys() == {"error"}


def everything(folder: Path) -> dict[str, str]:
    """Every file and the hash of its content."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_bundle_is_whole_and_by_the_person_whose_card_was_given(court: Court) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    before = everything(court.folder)
    found = court(bundle, *court.keys, "--sealer", court.folder / "card").json
    assert found["whole"] is True
    assert found["sealer"] == court.sender.author
    assert found["fingerprint"] == court.sender.my_card().fingerprint()
    assert found["sealer_compared"] is True
    assert found["made_out_to_you"] is True
    assert found["cases"] == [court.case]
    assert (found["files"], found["file_bytes"]) == (1, len(FILE))
    assert found["entries"] == opened(court.reader, [bundle]).new
    assert (found["gaps"], found["follow_earlier"]) == (0, 0)
    assert everything(court.folder).keys() >= before.keys()


def test_it_writes_nothing_at_all(court: Court) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    court.team.close()
    court.team.notebooks.clear()
    before = everything(court.folder)
    assert court(bundle, *court.keys).status == 0
    assert everything(court.folder) == before


def test_without_a_card_it_says_that_nobody_compared(court: Court) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    assert court(bundle, *court.keys).json["sealer_compared"] is False
    ran = court.cli("verify-bundle", bundle, *court.keys, passphrase=None, is_json=False)
    assert court.sender.my_card().fingerprint() in ran.out
    assert "--sealer CARD" in ran.out


@pytest.mark.parametrize(("is_classic", "key"), [(True, "key.txt"), (False, "key.txt.pq")])
def test_each_profile_opens_with_its_own_key_and_not_with_the_other(
    tmp_path: Path, is_classic: bool, key: str
) -> None:
    court = Court(tmp_path, is_classic=is_classic)
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    assert court(bundle, "--identity", tmp_path / key).status == 0
    (other,) = {"key.txt", "key.txt.pq"} - {key}
    trouble(court(bundle, "--identity", tmp_path / other), Code.NOT_FOR_YOU, 5)
    court.team.close()


def test_a_second_bundle_says_how_many_entries_follow_the_first(court: Court) -> None:
    opened(court.reader, court.team.sealed(court.sender, court.reader))
    # What the archive writes tells the sender what it has.
    support.interview_in(court.reader, court.case, account="Read.")
    opened(court.sender, court.team.sealed(court.reader, court.sender))
    support.interview_in(court.sender, court.case, account="It was dusk.")
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    found = court(bundle, *court.keys).json
    assert found["kind"] == "delta"
    assert (found["follow_earlier"], found["gaps"]) == (1, 0)


def test_the_card_of_somebody_else_is_exit_6(court: Court) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    other = court.folder / "other"
    other.write_text(court.reader.my_card().encode())
    trouble(court(bundle, *court.keys, "--sealer", other), Code.UNKNOWN_SEALER, 6)


def test_parts_in_any_order_and_a_missing_one(court: Court) -> None:
    files = court.team.sealed(court.sender, court.reader, volume_bytes=100_000).files
    assert len(files) > 3
    assert court(*files[::-1], *court.keys).status == 0
    trouble(court(*files[:1], *files[2:], *court.keys), Code.MISSING_VOLUME, 1)


@pytest.mark.parametrize("place", [0, 30, 900, 40_000, 200_000, -1])
def test_a_changed_byte_is_exit_4_wherever_it_is(court: Court, place: int) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    damaged = bytearray(bundle.read_bytes())
    damaged[place] ^= 1
    bundle.write_bytes(damaged)
    ran = court(bundle, *court.keys)
    # In the stanza that is ours, nobody can tell it from one that is for others.
    is_in_header = 0 <= place < 10_000
    assert ran.status in ({4, 5} if is_in_header else {4}), ran.out


@pytest.mark.parametrize(
    "text", ["", "# only words\n", "AGE-SECRET-KEY-1QQ\n", "age1qqq\n", "\x00", "x" * 100_000]
)
def test_what_is_no_key_is_said_and_never_repeated(court: Court, text: str) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    key = court.folder / "junk"
    key.write_text(text)
    ran = court(bundle, "--identity", key)
    trouble(ran, Code.BAD_INPUT, 1)
    assert "QQ" not in ran.out


def test_comments_and_both_keys_may_stand_in_one_file(court: Court) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    both = court.folder / "both"
    texts = [(court.folder / name).read_text() for name in ("key.txt", "key.txt.pq")]
    both.write_text("# created: some day\n\n" + "".join(texts))
    assert court(bundle, "--identity", both).status == 0
    assert (
        court.cli(
            "verify-bundle", bundle, "--identity", "-", passphrase=None, stdin=both.read_text()
        ).status
        == 0
    )


def test_files_that_are_not_there_are_said(court: Court) -> None:
    (bundle,) = court.team.sealed(court.sender, court.reader).files
    trouble(court(bundle, "--identity", court.folder / "none"), Code.UNREADABLE_FILE, 1)
    trouble(court(court.folder / "none", *court.keys), Code.UNREADABLE_FILE, 1)
    trouble(court(bundle, *court.keys, "--sealer", bundle), Code.BAD_INPUT, 1)
    trouble(court(bundle), "usage", 2)


# By a signer who is who they say and hostile all the same.


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    made.reader.export_identity(tmp_path / "key.txt")
    yield made
    made.team.close()


def verified(scene: Scene, files: dict[str, bytes], **how: object) -> Ran:
    path = forged(scene.sealer, scene.reader, scene.folder / "bundle", files, **how)  # type: ignore[arg-type]  # as the test means
    keys = (scene.folder / "key.txt", scene.folder / "key.txt.pq")
    return command_line("court")("verify-bundle", path, "--identity", *keys, passphrase=None)


def test_a_forged_bundle_in_order_is_whole_and_a_gap_is_counted(scene: Scene) -> None:
    first, _second, third = (scene.author.note() for _ in range(3))
    found = verified(scene, log_of(first, third)).json
    assert (found["entries"], found["gaps"], found["follow_earlier"]) == (2, 1, 0)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_bundle_with_other_lines_than_announced_is_found(scene: Scene, count: int) -> None:
    log = log_of(scene.author.note(), scene.author.note())
    assert verified(scene, log, said=holding(scene, 2)).status == 0
    trouble(verified(scene, log, said=holding(scene, count)), Code.BUNDLE_DAMAGED, 4)


@pytest.mark.parametrize("name", MANGLED)
def test_a_mangled_line_is_found(scene: Scene, name: str) -> None:
    good = Author(scene.sealer, scene.case).note()
    content = MANGLED[name](scene, line_of(scene.author.note()))
    files = {**log_of(good, name="good"), f"data/log/{scene.case}/a.jsonl": content}
    count = 1 + sum(1 for _ in content.splitlines())
    trouble(verified(scene, files, said=holding(scene, count)), Code.BUNDLE_DAMAGED, 4)


def test_evidence_that_is_not_what_is_announced_is_found(scene: Scene) -> None:
    sha = hashlib.sha256(b"one").hexdigest()
    named = {f"data/evidence/{sha}.bin": b"one"}
    log = log_of(scene.author.note())
    assert verified(scene, log | named, evidence={sha: 3}).status == 0
    for files, evidence in [
        (log | named, {}),
        (log, {sha: 3}),
        (log | named, {sha: 4}),
        (log | {f"data/evidence/{sha}.bin": b"two"}, {sha: 3}),
        (log | named | {f"data/evidence/{sha}.txt": b"one"}, {sha: 3}),
    ]:
        trouble(verified(scene, files, evidence=evidence), Code.BUNDLE_DAMAGED, 4)


def test_a_bundle_that_was_passed_on_says_so(scene: Scene) -> None:
    found = verified(scene, log_of(scene.author.note()), said={"to": []}).json
    assert found["made_out_to_you"] is False


def test_an_envelope_of_tomorrow_is_refused(scene: Scene) -> None:
    ran = verified(scene, log_of(scene.author.note()), said={"critical": ["x"]})
    trouble(ran, Code.BUNDLE_REFUSED, 1)


def test_a_parent_of_another_number_is_found(scene: Scene) -> None:
    first = scene.author.note()
    second = scene.author.write(scene.record, {"title": "Mine"}, seq=5)
    trouble(verified(scene, log_of(first, second)), Code.BUNDLE_DAMAGED, 4)
