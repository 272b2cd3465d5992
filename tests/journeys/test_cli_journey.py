"""The main job on the command line: taken, found, sealed, opened elsewhere, changed by both."""

import hashlib
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from notebook.errors import Code
from tests.notebook.support_cli import CommandLine, Ran, command_line, new_folder
from tests.support import oracle

ACCOUNT = "Ол менің бауырымды көктемде алып кетті. ئاكام ھازىرغىچە قايتىپ كەلمىدى. 他再没有消息。"
RECORDING = bytes(range(256)) * 700


@dataclass(slots=True)
class Person:
    """Somebody with a notebook and a terminal."""

    folder: Path
    terminal: CommandLine

    def __call__(self, verb: str, *argv: str | Path, **more: Any) -> Ran:
        return self.terminal(verb, self.folder, *argv, **more)

    def add(self, record: object) -> str:
        return self.terminal.add(self.folder, record)

    def knows(self, other: "Person") -> str:
        """Add the other's card and compare it; their id."""
        card = other("card", is_json=False).out
        contact: str = self("contacts", "add", "-", stdin=card).json["id"]
        assert self("contacts", "verify", contact[:8]).json["verified"] is True
        return contact

    def seals(self, out: Path, *argv: str) -> list[Path]:
        """The files of a bundle for somebody."""
        ran = self("seal", *argv, "--out", out)
        assert ran.status == 0, ran.out
        return [Path(name) for name in ran.json["files"]]

    def opens(self, *files: Path) -> Any:
        """The totals of opening."""
        ran = self("open", *files)
        assert ran.status == 0, ran.out
        return ran.json


def person(tmp_path: Path, name: str) -> Person:
    return Person(new_folder(tmp_path / name, name, name), command_line(name))


@pytest.fixture
def aida(tmp_path: Path) -> Person:
    return person(tmp_path, "Aida")


@pytest.fixture
def bota(tmp_path: Path) -> Person:
    return person(tmp_path, "Bota")


@pytest.fixture
def case(aida: Person) -> str:
    return aida.add({"type": "case", "fields": {"title": "A case"}})


@pytest.fixture
def interview(aida: Person, case: str) -> str:
    fields = {"title": "First talk", "account": ACCOUNT, "quotes": ["One", "Two"]}
    return aida.add({"type": "interview", "case": case, "fields": fields})


def trouble(ran: Ran, code: Code | str, status: int) -> None:
    assert (ran.code, ran.status) == (str(code), status), ran.out


def shown(someone: Person, record: str) -> Any:
    return someone("show", record).json["fields"]


def test_an_interview_reaches_a_colleague_and_both_go_on_writing(
    aida: Person, bota: Person, case: str, interview: str, tmp_path: Path
) -> None:
    # Evidence, and a search in three scripts.
    (tmp_path / "talk.bin").write_bytes(RECORDING)
    evidence = aida("attach", interview, tmp_path / "talk.bin").json["ids"][0]
    for word in ("бауырымды", "ئاكام", "消息"):
        assert [hit["id"] for hit in aida("find", "-", stdin=word).json] == [interview]

    # Sealed for a colleague, and nothing but the bundle is written.
    bota_id, aida_id = aida.knows(bota), bota.knows(aida)
    sent = tmp_path / "sent"
    ran = aida("seal", "--to", "Bota", "--out", sent)
    files = [Path(name) for name in ran.json["files"]]
    warned = [(warning["code"], warning["record"]) for warning in ran.json["warnings"]]
    assert ("consent-missing", interview) in warned
    assert interview in ran.err
    assert list(sent.iterdir()) == files
    assert re.fullmatch(r"[a-z2-7]{26}\.sealed\.age", files[0].name)

    # What is known of it before it is merged.
    seen = bota.terminal("inspect", bota.folder, files[0])
    assert seen.json["sealer"] == aida_id
    assert seen.json["verified"] is True
    assert seen.json["for_me"] is True
    assert seen.json["already_opened"] is False
    assert bota("list").json == []

    # Opened, whatever it is called; again brings nothing.
    renamed = files[0].rename(tmp_path / "photo.jpg")
    first = bota.opens(renamed)
    assert first["new"] > 0
    assert (first["waiting"], first["conflicts"], first["refused"]) == (0, 0, [])
    assert bota("show", interview).json == aida("show", interview).json
    out = tmp_path / "talk.out"
    assert bota("extract", evidence, out).status == 0
    assert hashlib.sha256(out.read_bytes()).digest() == hashlib.sha256(RECORDING).digest()
    again = bota.opens(renamed)
    assert (again["new"], again["present"]) == (0, first["new"])
    assert bota.terminal("inspect", bota.folder, renamed).json["already_opened"] is True

    # Both write; both see both.
    for someone, text in ((aida, "As Aida heard it."), (bota, "As Bota heard it.")):
        change = json.dumps({"account": text, "title": "First talk, checked"})
        assert someone("edit", interview, "-", stdin=change).status == 0
    back = bota.seals(sent, "--to", aida_id)
    assert aida.opens(*back)["conflicts"] == 1
    there = aida.seals(sent, "--to", bota_id)
    assert bota.opens(*there)["conflicts"] == 1
    for someone in (aida, bota):
        fields = shown(someone, interview)
        assert fields["title"] == "First talk, checked"
        versions = fields["account"]["conflict"]
        assert {v["value"] for v in versions} == {"As Aida heard it.", "As Bota heard it."}
        # In the order of their entries, which is the same in every notebook.
        told = someone("history", interview).json
        entries = {line["author"]: line["entry"] for line in told if "account" in line["fields"]}
        assert entries.keys() == {aida_id, bota_id}
        assert [v["author"] for v in versions] == sorted(entries, key=entries.__getitem__)
        text = someone("show", interview, is_json=False).out
        assert "account: in conflict" in text
        assert "Aida, 2026" in text
    assert shown(aida, interview) == shown(bota, interview)

    # One of them decides, and the other follows.
    decided = json.dumps({"account": "As both agree."})
    assert bota("edit", interview, "-", stdin=decided).status == 0
    result = aida.opens(*bota.seals(sent, "--to", aida_id))
    assert result["conflicts"] == 0
    assert shown(aida, interview)["account"] == "As both agree."

    # Nothing more to send; everything is whole.
    aida.opens(*bota.seals(sent, "--to", aida_id))
    before = sorted(sent.iterdir())
    ran = aida("seal", "--to", bota_id, "--out", sent)
    assert (ran.status, ran.json["files"]) == (0, [])
    assert sorted(sent.iterdir()) == before
    for someone in (aida, bota):
        assert someone("verify", "--rebuild").json == {"ok": True, "findings": []}


def test_each_bundle_is_judged_by_itself(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    good = aida.seals(tmp_path / "good", "--to", "Bota", "--full")[0]
    broken = tmp_path / "broken"
    content = bytearray(good.read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes(content)
    foreign = tmp_path / "foreign"
    aida.knows(person(tmp_path, "Chingiz"))
    foreign.write_bytes(aida.seals(tmp_path / "x", "--to", "Chingiz", "--full")[0].read_bytes())
    nothing = tmp_path / "nothing"
    nothing.write_bytes(b"no bundle")

    # Nobody knows the sealer yet.
    ran = bota("open", good)
    trouble(ran, Code.UNKNOWN_SEALER, 6)
    assert [refusal["code"] for refusal in ran.json["refused"]] == ["unknown-sealer"]
    assert bota("list").json == []

    # Of damage, what is for others, and what is no bundle, nothing keeps the good one out.
    bota.knows(aida)
    ran = bota("open", foreign, broken, nothing, good)
    assert ran.status == 4
    assert ran.json["new"] > 0
    assert [(Path(r["file"]), r["code"]) for r in ran.json["refused"]] == [
        (foreign, "not-for-you"),
        (broken, "bundle-damaged"),
        (nothing, "bundle-damaged"),
    ]
    assert "not-for-you" not in ran.json["error"]["code"]
    assert shown(bota, interview)["account"] == ACCOUNT

    # 5 only when nothing was for us.
    trouble(bota("open", foreign), Code.NOT_FOR_YOU, 5)
    assert bota("open", foreign, good).status == 0
    trouble(bota("open", foreign, broken), Code.BUNDLE_DAMAGED, 4)
    # Else the first failure counts.
    trouble(bota("open", broken, tmp_path / "missing"), Code.BUNDLE_DAMAGED, 4)
    trouble(bota("open", tmp_path / "missing", broken), Code.UNREADABLE_FILE, 1)
    trouble(bota("open", tmp_path / "missing"), Code.UNREADABLE_FILE, 1)


def test_an_unknown_sealer_is_accepted_when_asked_for_in_so_many_words(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    bundle = aida.seals(tmp_path / "out", "--to", "Bota")[0]
    assert bota("open", bundle, "--accept-unknown").status == 0
    seen = bota.terminal("inspect", bota.folder, bundle).json
    assert (seen["known"], seen["verified"]) == (True, False)
    accepted = bota("contacts", "list").json[0]
    assert (accepted["name"], accepted["verified"], accepted["how"]) == ("Aida", False, "accepted")
    assert shown(bota, interview)["account"] == ACCOUNT
    ran = bota("seal", "--to", "Aida", "--full", "--out", tmp_path / "back")
    assert "not-compared" in {warning["code"] for warning in ran.json["warnings"]}
    assert "compared" in ran.err


def test_consent_holds_a_record_back_by_name(
    aida: Person, bota: Person, case: str, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    ran = aida("seal", "--to", "Bota", "--purpose", "court", "--out", tmp_path / "out")
    trouble(ran, Code.CONSENT_REFUSED, 1)
    assert interview in ran.json["error"]["records"]
    assert interview in ran.json["error"]["message"]
    trouble(
        aida("seal", "--to", "Bota", "--purpose", "nonsense", "--out", tmp_path / "out"),
        Code.BAD_VALUE,
        1,
    )
    assert not (tmp_path / "out").exists()


def test_what_is_sealed_is_chosen_by_case(
    aida: Person, bota: Person, case: str, interview: str, tmp_path: Path
) -> None:
    other = aida.add({"type": "case", "fields": {"title": "Other"}})
    aida.knows(bota)
    bota.knows(aida)
    bota.opens(*aida.seals(tmp_path / "out", "--to", "Bota", "--case", other))
    assert [row["id"] for row in bota("list").json] == [other]
    bota.opens(*aida.seals(tmp_path / "out", "--case", other, case, "--to", "Bota"))
    assert {row["id"] for row in bota("list").json} == {other, case, interview}


def test_sealing_refuses_what_it_cannot_do(
    aida: Person, case: str, interview: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    trouble(aida("seal", "--to", "Nobody", "--out", out), Code.UNKNOWN_CONTACT, 1)
    trouble(aida("seal", "--to", "x", "--out", out, "--full", "--delta"), "usage", 2)
    trouble(aida("seal", "--to", "x", "--out", out, "--case", interview), Code.UNKNOWN_CONTACT, 1)
    assert not out.exists()


def test_checksums_are_written_when_asked_for(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    files = aida.seals(tmp_path / "out", "--to", "Bota", "--checksums")
    assert [file.name.removeprefix(files[0].name) for file in files] == ["", ".sha256"]
    subprocess.run(["sha256sum", "-c", files[1].name], cwd=tmp_path / "out", check=True)


def test_volumes_given_together_are_one_bundle(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    bota.knows(aida)
    whole = aida.seals(tmp_path / "out", "--to", "Bota")[0].read_bytes()
    half = len(whole) // 2
    volumes = [tmp_path / f"any name.{number:03d}" for number in (1, 2)]
    volumes[0].write_bytes(whole[:half])
    volumes[1].write_bytes(whole[half:])
    trouble(bota("open", volumes[1]), Code.MISSING_VOLUME, 1)
    trouble(bota("open", volumes[0]), Code.MISSING_VOLUME, 1)
    assert bota.opens(volumes[1], volumes[0])["new"] > 0
    outside = bota.terminal("inspect", *volumes, passphrase=None).json
    assert outside["size_bytes"] == len(whole)


def test_a_bundle_in_parts_of_a_chosen_size_is_opened_in_any_order(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    bota.knows(aida)
    sent, film = tmp_path / "out", tmp_path / "film.bin"
    film.write_bytes(os.urandom(3 * 2**20))
    assert aida("attach", interview, film).status == 0
    ran = aida("seal", "--to", "Bota", "--out", sent, "--volume-size", "1M")
    assert ran.status == 0
    files = [Path(name) for name in ran.json["files"]]
    assert [path.name[-4:] for path in files] == [f".{n:03d}" for n in range(1, len(files) + 1)]
    assert {path.stat().st_size for path in files[:-1]} == {2**20}
    assert ran.json["read_back"] in {"medium", "unknown"}
    assert bota("open", *reversed(files)).json["new"] > 0


@pytest.mark.parametrize("size", ["0", "1", "12parsecs", "1T"])
def test_a_size_of_parts_that_is_none_is_usage(
    aida: Person, bota: Person, tmp_path: Path, size: str
) -> None:
    sent = tmp_path / "out"
    aida.knows(bota)
    ran = aida("seal", "--to", "Bota", "--out", sent, "--volume-size", size)
    assert (ran.status, ran.code) == (2, "usage")
    assert not sent.exists()


def test_parts_that_an_interrupted_bundle_left_are_removed_and_said(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    sent = tmp_path / "out"
    sent.mkdir()
    left = sent / "abcdefghijklmnopqrstuvwx23.sealed.age.001.part"
    left.write_bytes(b"half")
    ran = aida("seal", "--to", "Bota", "--out", sent)
    assert "leftovers-removed" in {warning["code"] for warning in ran.json["warnings"]}
    assert not left.exists()


def test_everybody_sees_of_a_bundle_only_how_it_is_sealed(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    bundle = aida.seals(tmp_path / "out", "--to", "Bota")[0]
    seen = aida.terminal("inspect", bundle, passphrase=None)
    assert seen.status == 0
    assert seen.json == {
        "files": [str(bundle)],
        "size_bytes": bundle.stat().st_size,
        "profile": "pq",
        "readers_at_most": 4,
    }
    (tmp_path / "nothing").write_bytes(b"no bundle")
    ran = aida.terminal("inspect", tmp_path / "nothing", passphrase=None)
    trouble(ran, Code.BUNDLE_DAMAGED, 4)
    ran = aida.terminal("inspect", tmp_path / "missing", passphrase=None)
    trouble(ran, Code.UNREADABLE_FILE, 1)
    trouble(aida("inspect"), "usage", 2)


def test_inspecting_with_a_notebook_writes_nothing_and_says_who_it_is_for(
    aida: Person, bota: Person, interview: str, tmp_path: Path
) -> None:
    aida.knows(bota)
    bundle = aida.seals(tmp_path / "out", "--to", "Bota")[0]
    before = {path: path.read_bytes() for path in bota.folder.rglob("*") if path.is_file()}
    seen = bota("inspect", bundle).json
    assert (seen["known"], seen["name"], seen["for_me"]) == (False, "Aida", True)
    assert {p: p.read_bytes() for p in bota.folder.rglob("*") if p.is_file()} == before
    trouble(person(tmp_path, "Chingiz")("inspect", bundle), Code.NOT_FOR_YOU, 5)


def test_contacts_are_others_and_compared_by_hand(
    aida: Person, bota: Person, tmp_path: Path
) -> None:
    (tmp_path / "bota.card").write_text(bota("card", is_json=False).out)
    ran = aida("contacts", "add", tmp_path / "bota.card")
    assert (ran.json["name"], ran.json["verified"]) == ("Bota", False)
    assert "ompare" in ran.err
    assert aida("contacts", "list").json == [ran.json]
    verified = aida("contacts", "verify", "Bota").json
    assert verified["verified"] is True
    assert aida("contacts", "list").json == [verified]
    assert verified["fingerprint"] in aida("contacts", "verify", "Bota", is_json=False).out
    trouble(aida("contacts", "verify", "Nobody"), Code.UNKNOWN_CONTACT, 1)
    trouble(aida("contacts", "add", "-", stdin="no card"), Code.BAD_CARD, 1)
    trouble(aida("contacts", "add", "-", stdin=aida("card").json["card"]), Code.BAD_CARD, 1)


@pytest.mark.parametrize(
    "argv",
    [
        ("add",),
        ("verify",),
        ("list", "more"),
        ("list", "--classic"),
        ("verify", "x", "--classic"),
    ],
)
def test_contacts_refuses_what_makes_no_sense(aida: Person, argv: tuple[str, ...]) -> None:
    trouble(aida("contacts", *argv), "usage", 2)


def test_a_bundle_for_an_archive_opens_with_stock_tools(
    aida: Person, bota: Person, case: str, interview: str, tmp_path: Path
) -> None:
    card = bota("card", is_json=False).out
    assert aida("contacts", "add", "-", "--classic", stdin=card).json["profile"] == "classic"
    bota.knows(aida)
    bundle = aida.seals(tmp_path / "out", "--to", "Bota")[0]
    bota.opens(bundle)
    ran = bota("identity", "--export", tmp_path / "key")
    assert "without a passphrase" in ran.err
    key, hybrid, signers = (Path(name) for name in ran.json["files"])
    assert {path.stat().st_mode & 0o777 for path in (key, hybrid, signers)} == {0o600}
    assert hybrid.read_text().startswith("AGE-SECRET-KEY-PQ-1")
    assert bota("history", case).json[-1]["kind"] == "custody"
    trouble(bota("identity", "--export", key), Code.FILE_EXISTS, 1)

    opened = subprocess.run(
        [oracle("age"), "-d", "-i", key, bundle], check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "x"], input=opened, cwd=tmp_path, check=True)
    bag = tmp_path / "bag"
    subprocess.run(["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], cwd=bag, check=True)
    sealer = bota("contacts", "list").json[0]["id"]
    subprocess.run(
        [
            oracle("ssh-keygen"),
            *("-Y", "verify", "-n", "field-notebook-bundle-1"),
            *("-f", signers, "-I", sealer),
            *("-s", bag / "tagmanifest-sha256.txt.sig"),
        ],
        input=(bag / "tagmanifest-sha256.txt").read_bytes(),
        check=True,
        capture_output=True,
    )


def test_a_card_is_its_text_alone(aida: Person) -> None:
    ran = aida("card", is_json=False)
    assert (ran.status, ran.err) == (0, "")
    assert aida("card").json == {"card": ran.out}
