"""Travel mode by command line: from headquarters' card to the opened outbox."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from notebook import card_codes
from notebook.errors import NotebookError
from notebook.mission_card import MissionCard
from tests.notebook import support_travel as travelling
from tests.notebook.support_cli import CommandLine, new_folder
from tests.notebook.test_card_codes import picture as sheet


@pytest.fixture
def cli() -> CommandLine:
    """A machine that writes no memory to a disk."""
    return CommandLine(travelling.environment("travel by command line"))


@pytest.fixture
def home(tmp_path: Path, cli: CommandLine) -> Path:
    """Headquarters, with the card of a mission beside it."""
    folder = new_folder(tmp_path / "home", author="Headquarters")
    (tmp_path / "mission.card").write_text(cli("mission", folder, "new").json["card"])
    return folder


def digits(cli: CommandLine, home: Path) -> str:
    return str(cli("mission", home, "list").json[0]["fingerprint"])


def test_the_whole_way_by_command_line(cli: CommandLine, home: Path, tmp_path: Path) -> None:
    laptop, card = tmp_path / "laptop", tmp_path / "mission.card"
    made = cli(
        *("new", laptop, "--kdf=low-memory", "--author=Aida"),
        *("--travel", card, "--fingerprint", digits(cli, home)),
    )
    assert made.status == 0
    assert "not compared" not in made.err
    known = cli("contacts", home, "add", "-", stdin=cli("card", laptop).json["card"]).json
    # Who one is stays, whatever key a session signs with.
    assert (made.json["author"], made.json["fingerprint"]) == (known["id"], known["fingerprint"])

    case = cli.add(laptop, {"type": "case", "fields": {"title": "The case"}})
    told = cli.add(laptop, {"type": "interview", "case": case, "fields": {"title": "Told"}})
    (tmp_path / "photo").write_bytes(b"photo" * 1000)
    assert cli("attach", laptop, told, tmp_path / "photo").code == "unknown-record"
    shown = cli.ids("attach", laptop, case, tmp_path / "photo")[0]
    assert [row["id"] for row in cli("list", laptop).json] == [case]

    said = cli("outbox", laptop, passphrase=None).json
    assert said["bundles"] == 3
    out = tmp_path / "stick"
    copied = cli("outbox", laptop, "--out", out, "--remove", passphrase=None).json
    assert (copied["bundles"], copied["removed"], len(copied["files"])) == (0, 3, 3)
    opened = cli("open", home, *reversed(copied["files"]))
    assert opened.status == 0
    assert {row["id"] for row in cli("list", home).json} == {case, told, shown}
    assert cli("mission", home, "list").err == ""


def test_a_laptop_that_was_copied_on_the_way_is_recognised(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    laptop, copy = tmp_path / "laptop", tmp_path / "copy"
    cli(
        *("new", laptop, "--kdf=low-memory", "--author=Aida", "--travel"),
        *(tmp_path / "mission.card", "--fingerprint", digits(cli, home)),
    )
    known = cli("contacts", home, "add", "-", stdin=cli("card", laptop).json["card"]).json["id"]
    case = cli.add(laptop, {"type": "case", "fields": {"title": "The case"}})
    for title in ("One", "Two"):
        cli.add(laptop, {"type": "note", "case": case, "fields": {"title": title}})
    shutil.copytree(laptop, copy)
    cli.add(laptop, {"type": "note", "case": case, "fields": {"title": "By Aida"}})
    # Session after session goes on from the one before: nothing to tell.
    ran = cli("open", home, *(laptop / "outbox").iterdir())
    assert (ran.status, ran.json["forks"], ran.json["notices"]) == (0, 0, [])
    cli.add(
        copy, {"type": "note", "case": case, "fields": {"title": "By somebody with the laptop"}}
    )
    ran = cli("open", home, *(copy / "outbox").iterdir())
    assert ran.status == 0
    [notice] = ran.json["notices"]
    assert (notice["code"], notice["case"], notice["contact"]) == ("copied", case, known)
    assert ran.json["forks"] == 1
    assert "Two travel sessions of Aida" in notice["message"]
    # Both are kept, and once a person has seen to it, it is told no more.
    titles = {row["title"] for row in cli("list", home, "--type", "note").json}
    assert titles == {"One", "Two", "By Aida", "By somebody with the laptop"}
    assert cli("verify", home, "--put-aside", notice["id"][:6]).json["findings"] == []


def test_a_picture_of_the_codes_is_as_good_as_the_card(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    case = cli.add(home, {"type": "case", "fields": {"title": "The school"}})
    name = cli("mission", home, "list").json[0]["name"]
    text = str(cli("mission", home, "card", name, "--case", case).json["card"])
    mission = MissionCard.read(text)
    said = card_codes.texts(mission.card, mission.cases)
    sheet([card_codes.modules(one) for one in said]).save(tmp_path / "photo.png")
    sheet([card_codes.modules(one) for one in said[1:]]).save(tmp_path / "cut.png")
    laptop, given = tmp_path / "laptop", digits(cli, home)
    ran = cli("new", laptop, "--travel", tmp_path / "cut.png", "--fingerprint", given)
    assert ran.code == "bad-card"
    assert not laptop.exists()
    made = cli(
        *("new", laptop, "--kdf=low-memory", "--travel", tmp_path / "photo.png"),
        *("--fingerprint", given),
    )
    assert made.status == 0
    assert [row["id"] for row in cli("list", laptop).json] == [case]


def test_another_fingerprint_creates_nothing(cli: CommandLine, home: Path, tmp_path: Path) -> None:
    laptop = tmp_path / "laptop"
    wrong = "".join(str(9 - int(d)) if d.isdigit() else d for d in digits(cli, home))
    ran = cli("new", laptop, "--travel", tmp_path / "mission.card", "--fingerprint", wrong)
    assert ran.code == "bad-card"
    assert not laptop.exists()


@pytest.mark.parametrize("script", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"])
def test_the_fingerprint_may_be_given_in_the_digits_of_any_script(
    cli: CommandLine, home: Path, tmp_path: Path, script: str
) -> None:
    mission = MissionCard.read((tmp_path / "mission.card").read_text())
    given = digits(cli, home)
    theirs = str.maketrans("0123456789", script)
    mission.check_fingerprint(given.translate(theirs))
    last = str((int(given[-1]) + 1) % 10)
    for wrong in (given[:-1] + last, given[:-1] + "²", given[:-1], given + "0"):
        with pytest.raises(NotebookError):
            mission.check_fingerprint(wrong.translate(theirs))


def test_the_name_of_a_mission_says_nothing(cli: CommandLine, home: Path) -> None:
    cli("mission", home, "new")
    names = [row["name"] for row in cli("mission", home, "list").json]
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"mission-[0-9a-f]+", name) for name in names)


def test_a_script_that_compares_nothing_is_warned(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    ran = cli("new", tmp_path / "laptop", "--kdf=low-memory", "--travel", tmp_path / "mission.card")
    assert ran.status == 0
    assert digits(cli, home) in ran.err


def test_nothing_but_a_card_is_a_card(cli: CommandLine, tmp_path: Path) -> None:
    assert cli("new", tmp_path / "x", "--travel", "-", stdin="no card").code == "bad-card"
    assert cli("new", tmp_path / "x", "--fingerprint=1").status == 2
    assert not (tmp_path / "x").exists()


def test_what_a_travelling_notebook_does_not_do_is_said(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    laptop = tmp_path / "laptop"
    cli("new", laptop, "--kdf=low-memory", "--travel", tmp_path / "mission.card")
    case = cli.add(laptop, {"type": "case", "fields": {"title": "The case"}})
    (bundle,) = travelling.bundles(laptop)
    for line in (
        ("open", laptop, bundle),
        ("inspect", laptop, bundle),
        ("mission", laptop, "new"),
        ("contacts", laptop, "add", tmp_path / "mission.card"),
        ("edit", laptop, case, "title=x"),
    ):
        assert cli(*line).code == "travel-mode", line
    assert cli("verify", laptop).json["ok"]


def test_swap_in_clear_is_refused_and_said_when_it_is_allowed(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    laptop = tmp_path / "laptop"
    cli("new", laptop, "--kdf=low-memory", "--travel", tmp_path / "mission.card")
    unsafe = CommandLine(replace(cli.environment, unsafe_memory=lambda: ("/dev/sda2",)))
    record = json.dumps({"type": "case", "fields": {"title": "The case"}})
    assert unsafe("add", laptop, "-", stdin=record).code == "unsafe-memory"
    assert travelling.bundles(laptop) == []
    allowed = unsafe("add", laptop, "-", "--allow-swap", stdin=record)
    assert allowed.status == 0
    assert "in clear" in allowed.err
    # An ordinary notebook reads back what it wrote, swap or not; it opens as ever.
    assert unsafe("list", home).status == 0


def test_copies_are_never_made_over_another_file(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    laptop, out = tmp_path / "laptop", tmp_path / "stick"
    cli("new", laptop, "--kdf=low-memory", "--travel", tmp_path / "mission.card")
    cli.add(laptop, {"type": "case", "fields": {"title": "The case"}})
    (bundle,) = travelling.bundles(laptop)
    out.mkdir()
    (out / bundle.name).write_bytes(b"something else")
    ran = cli("outbox", laptop, "--out", out, "--remove", passphrase=None)
    assert ran.code == "file-exists"
    assert bundle.exists()
    (out / bundle.name).write_bytes(bundle.read_bytes())
    assert cli("outbox", laptop, "--out", out, "--remove", passphrase=None).json["removed"] == 1
    assert not bundle.exists()
    assert cli("outbox", laptop, "--remove", passphrase=None).status == 2
    assert cli("outbox", out, passphrase=None).code == "not-a-notebook"


def test_drafts_of_a_session_are_listed_and_taken_over(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    from tests.notebook.test_travel import draft  # noqa: PLC0415 - one helper

    laptop = tmp_path / "laptop"
    cli("new", laptop, "--kdf=low-memory", "--travel", tmp_path / "mission.card")
    cli("contacts", home, "add", "-", stdin=cli("card", laptop).json["card"])
    notebook = travelling.session(laptop, "typing")
    from tests.notebook.support_notebook import case_in  # noqa: PLC0415 - one helper

    case = case_in(notebook)
    notebook.drafts.keep(draft(case, account="Half a sent"))
    notebook.close()
    assert cli("open", home, *travelling.bundles(laptop)).status == 0
    (found,) = cli("mission", home, "drafts").json
    assert found["fields"] == {"account": "Half a sent"}
    taken = cli("mission", home, "take", found["record"][:8]).json["id"]
    assert cli("show", home, taken).json["fields"]["account"] == "Half a sent"
    assert cli("mission", home, "drafts").json == []
    assert cli("mission", home, "take", found["record"][:8]).code == "unknown-record"
    assert cli("mission", home, "take").status == 2
    assert cli("mission", home, "card", "nobody").code == "unknown-contact"
