"""The preview tells all that leaves, from the very parts that leave, and writes nothing at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from notebook.errors import Code
from notebook.handover import SealRequest
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.preview import BundlePreview
from notebook.selection import Stays
from tests.notebook.support_cli import CommandLine, command_line, new_folder
from tests.notebook.support_exchange import Team, passed
from tests.notebook.support_notebook import case_in, interview_in, unlock
from tests.notebook.test_cli_page import examples


@dataclass(slots=True)
class Desk:
    """Aida's notebook on the command line, with a contact, a person and an interview."""

    cli: CommandLine
    folder: Path
    out: Path
    bota: str
    case: str
    person: str
    talk: str
    sound: str

    def looks(self, *argv: str, stdin: str = "") -> Any:
        """The one bundle of a preview."""
        ran = self.cli("seal", self.folder, "--to", "Bota", "--dry-run", *argv, stdin=stdin)
        assert ran.status == 0, ran.out
        assert ran.json["files"] == []
        return ran.json["bundles"][0]

    def record(self, record: str, *argv: str) -> Any:
        return next(one for one in self.looks(*argv)["records"] if one["id"] == record)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    cli, other = command_line("desk"), new_folder(tmp_path / "other", "bota", "Bota")
    folder = new_folder(tmp_path / "aida", "aida", "Aida")
    card = command_line("bota")("card", other).json["card"]
    bota = cli("contacts", folder, "add", "-", stdin=card).json["id"]
    case, person, talk = (digit * 32 for digit in "abc")
    records = [
        {"id": case, "type": "case", "fields": {"title": "Case"}},
        {
            "id": person,
            "type": "person",
            "case": case,
            "fields": {"title": "P1", "names": ["Гүлнар"]},
        },
        {
            "id": talk,
            "type": "interview",
            "case": case,
            "fields": {
                "title": "Talk",
                "account": "First words.",
                "interviewer_comment": "Was afraid.",
            },
        },
    ]
    cli("add", folder, "-", stdin=json.dumps(records))
    (tmp_path / "Гүлнар.bin").write_bytes(b"sound")
    sound = cli("attach", folder, talk, tmp_path / "Гүлнар.bin").json["ids"][0]
    return Desk(cli, folder, tmp_path / "out", bota, case, person, talk, sound)


def shape(value: Any) -> Any:
    """The names in a value, at every depth."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_dry_run_writes_nothing_at_all(desk: Desk) -> None:
    before = files_of(desk.folder.parent)
    desk.looks()
    desk.looks("--out", str(desk.out))
    assert files_of(desk.folder.parent) == before
    assert not desk.out.exists()


def test_the_preview_has_the_shape_of_the_page(desk: Desk) -> None:
    desk.cli("edit", desk.folder, desk.talk, "-", stdin='{"account": "Гүлнарға айттым."}')
    ran = desk.cli("seal", desk.folder, "--to", "Bota", "--dry-run", "--leave-out", desk.sound)
    given, said = ran.json, examples("seal")[1]
    assert given.keys() == said.keys()
    (bundle,), (page,) = given["bundles"], said["bundles"]
    assert bundle.keys() == page.keys()
    for listed in ("records", "stays"):
        assert bundle[listed][0].keys() == page[listed][0].keys()
    talk = next(record for record in bundle["records"] if record["id"] == desk.talk)
    assert shape(talk["fields"][0]).keys() == page["records"][0]["fields"][0].keys()
    assert talk["names"][0].keys() == page["records"][0]["names"][0].keys()
    assert talk["consent"].keys() == page["records"][0]["consent"].keys()


def test_every_field_is_shown_with_the_versions_before_it(desk: Desk) -> None:
    desk.cli("edit", desk.folder, desk.talk, "-", stdin='{"account": "Second words."}')
    fields = {field["name"]: field for field in desk.record(desk.talk)["fields"]}
    assert fields["account"]["values"] == ["Second words."]
    assert fields["account"]["earlier"] == ["First words."]
    assert fields["interviewer_comment"]["internal"]
    names = {field["name"]: field for field in desk.record(desk.person)["fields"]}["names"]
    assert (names["values"], names["identity"]) == (["Гүлнар"], True)


def test_known_names_in_free_text_are_flagged_with_record_field_and_person(desk: Desk) -> None:
    desk.cli("edit", desk.folder, desk.talk, "-", stdin='{"account": "Гүлнарға айттым."}')
    desk.cli("edit", desk.folder, desk.talk, "-", stdin='{"account": "P1 has told it."}')
    # Also in an earlier version, and in the name of a file.
    found = {"field": "account", "name": "Гүлнар", "person": desk.person}
    assert desk.record(desk.talk)["names"] == [found]
    assert "file_name" in {name["field"] for name in desk.record(desk.sound)["names"]}
    assert desk.record(desk.person)["names"] == []


def test_files_are_shown_with_their_size_and_those_for_later_apart(desk: Desk) -> None:
    sound = desk.record(desk.sound)
    assert [file["size_bytes"] for file in sound["files"]] == [5]
    later = desk.record(desk.sound, "--without-media")
    assert (later["files"], later["later"]) == ([], sound["files"])
    bundle = desk.looks("--without-media")
    assert (bundle["size_bytes"], bundle["later_bytes"]) == (0, 5)


def test_a_deleted_record_is_shown_as_it_leaves_with_the_journal(desk: Desk) -> None:
    desk.cli("edit", desk.folder, desk.talk, "-", stdin='{"account": null}')
    notebook = unlock(desk.folder)
    notebook.delete(RecordId(desk.talk))
    notebook.close()
    talk = desk.record(desk.talk)
    assert talk["deleted"]
    assert "First words." in [v for field in talk["fields"] for v in field["earlier"]]


def test_for_others_the_refusals_name_the_record_and_internal_fields_stay(desk: Desk) -> None:
    bundle = desk.looks("--purpose", "court")
    assert {refusal["record"] for refusal in bundle["refusals"]} == {
        desk.person,
        desk.talk,
        desk.sound,
    }
    talk = next(record for record in bundle["records"] if record["id"] == desk.talk)
    assert talk["stays"] == {"interviewer_comment": "internal"}
    assert talk["consent"] == {
        "verdict": "consent-missing",
        "purpose": "court",
        "record": None,
        "may_leave": False,
    }


def test_an_override_is_previewed_and_then_done(desk: Desk) -> None:
    assert desk.looks("--purpose=court", "--override-consent=-", stdin="Urgent.")["refusals"] == []
    argv = ("seal", desk.folder, "--to", "Bota", "--purpose=court", "--out", desk.out)
    assert desk.cli(*argv).code == Code.CONSENT_REFUSED.value
    ran = desk.cli(*argv, "--override-consent=-", stdin="Urgent.")
    assert ran.status == 0
    assert "consent-missing" in {warning["code"] for warning in ran.json["warnings"]}
    history = desk.cli("history", desk.folder, desk.talk).json
    assert history[-1]["details"]["reason"] == "Urgent."


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_an_override_needs_a_reason(desk: Desk, reason: str) -> None:
    argv = ("seal", desk.folder, "--to", "Bota", "--dry-run", "--override-consent", "-")
    assert desk.cli(*argv, stdin=reason).status == 2


def test_a_reason_without_end_is_refused(desk: Desk) -> None:
    argv = ("seal", desk.folder, "--to", "Bota", "--dry-run", "--override-consent", "-")
    assert desk.cli(*argv, stdin="x" * 5000).code == Code.BAD_VALUE.value


def test_chosen_records_and_fields_are_named_on_the_command_line(desk: Desk) -> None:
    bundle = desk.looks("--records", f"{desk.talk[:8]}:title,account")
    assert {one["id"]: one["because"] for one in bundle["records"]} == {
        desk.case: "case",
        desk.talk: "chosen",
        desk.sound: "evidence",
    }
    talk = desk.record(desk.talk, "--records", f"{desk.talk}:title")
    assert [field["name"] for field in talk["fields"]] == ["title"]
    assert talk["stays"]["account"] == "not-chosen"
    bundle = desk.looks("--records", desk.talk, "--leave-out", desk.sound, f"{desk.talk}:account")
    assert [one["id"] for one in bundle["stays"] if one["why"] == "left-out"] == [desk.sound]
    # The whole record was named too.
    talk = desk.record(desk.talk, "--records", f"{desk.talk}:title", desk.talk)
    assert "account" in {field["name"] for field in talk["fields"]}


@pytest.mark.parametrize(
    ("argument", "code"),
    [("ffffffff", Code.UNKNOWN_RECORD), ("cccccccc:nonsense", Code.UNKNOWN_FIELD)],
)
@pytest.mark.parametrize("option", ["--records", "--leave-out"])
def test_what_is_not_there_cannot_be_chosen(
    desk: Desk, option: str, argument: str, code: Code
) -> None:
    ran = desk.cli("seal", desk.folder, "--to", "Bota", "--dry-run", option, argument)
    assert ran.code == code.value


def test_without_a_folder_only_a_dry_run_is_possible(desk: Desk) -> None:
    ran = desk.cli("seal", desk.folder, "--to", "Bota")
    assert ran.status == 2
    assert "--out is missing" in ran.json["error"]["message"]


def test_for_people_it_is_a_few_lines(desk: Desk) -> None:
    desk.cli("edit", desk.folder, desk.talk, "-", stdin='{"account": "Гүлнарға айттым."}')
    ran = desk.cli("seal", desk.folder, "--to", "Bota", "--dry-run", is_json=False)
    assert ran.status == 0
    assert "the name Гүлнар stands in account" in ran.out
    assert desk.talk in ran.out


def test_who_a_contact_is_can_be_said_and_taken_back(desk: Desk) -> None:
    argv = ("contacts", desk.folder, "role", "Bota")
    assert desk.cli(*argv, "--as", "court").json["role"] == "court"
    assert desk.looks()["purposes"] == ["court"]
    assert desk.cli(*argv, "--as=-").json["role"] == ""
    assert desk.cli(*argv, "--as", "friend").code == Code.BAD_VALUE.value
    assert desk.cli(*argv).status == 2
    assert desk.cli("contacts", desk.folder, "list", "--as", "court").status == 2


def test_what_waits_for_a_word_after_a_withdrawal_stays_and_is_listed(tmp_path: Path) -> None:
    team = Team(tmp_path)
    aida, bolat, chiara = team.members("Aida", "Bolat", "Chiara")
    case = case_in(aida)
    talk, other = interview_in(aida, case, title="Gone"), interview_in(aida, case, title="Other")
    passed(aida, bolat, team)
    bolat.withdraw([talk], "asked")
    passed(bolat, aida, team)

    def looked(reader: Notebook, **asked: Any) -> BundlePreview:
        [shown] = aida.preview_seal(aida.plan_seal(SealRequest(to=(reader.author,), **asked)))
        return shown

    shown = looked(chiara)
    [kept] = shown.stays
    # Its title is hidden like the rest of it.
    assert (kept.id, kept.case, kept.type, kept.title) == (talk, case, "interview", "")
    assert kept.why is Stays.WITHDRAWAL_WAITS
    assert {one.id for one in shown.records} == {case, other}
    left_out = looked(chiara, leave_out=frozenset({talk, other}))
    assert {one.id: one.why for one in left_out.stays} == {
        talk: Stays.LEFT_OUT,
        other: Stays.LEFT_OUT,
    }
    # Once it is destroyed nothing of it is left that could stay.
    aida.withdraw([talk], "asked")
    assert looked(chiara).stays == ()
    team.close()
