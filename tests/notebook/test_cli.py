import hashlib
import json
import os
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.errors import Code
from notebook.model import CaseId, RecordId
from tests.notebook import support_notebook
from tests.notebook.support_cli import CommandLine, Ran, command_line, new_folder
from tests.support import damaged

NEW_PASSPHRASE = "lantern copper thistle harbor velvet acorn"
TOLD = {
    "kk": "Бауырымды көктемде алып кетті.",
    "ug": "ئاكامنى باھاردا ئېلىپ كەتتى.",
    "ru": "Брата увели весной.",
    "zh": "哥哥春天被带走了。",
    "en": "They took my brother in spring.",
}


@pytest.fixture
def cli() -> CommandLine:
    return command_line()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_folder(tmp_path / "notebook")


@pytest.fixture
def case(cli: CommandLine, folder: Path) -> str:
    return cli.add(folder, {"type": "case", "fields": {"title": "A case"}})


@pytest.fixture
def interview(cli: CommandLine, folder: Path, case: str) -> str:
    record = {
        "type": "interview",
        "case": case,
        "fields": {"title": "First talk", "account": TOLD["kk"], "languages": ["kk"]},
    }
    return cli.add(folder, record)


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder: its content and when it was written."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def trouble(ran: Ran, code: Code | str, status: int) -> None:
    assert (ran.code, ran.status) == (str(code), status), ran.out
    assert ran.json.keys() == {"error"}


# The notebook as a whole.


def test_a_new_notebook_opens_with_its_passphrase_alone(cli: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    made = cli("new", folder, "--kdf", "low-memory", "--author", "Aida")
    assert made.status == 0
    assert made.json["folder"] == str(folder)
    assert made.json["name"] == "Aida"
    assert cli("list", folder).json == []
    trouble(cli("list", folder, passphrase="wrong"), Code.WRONG_PASSPHRASE, 3)


def test_two_notebooks_without_a_name_are_told_apart(cli: CommandLine, tmp_path: Path) -> None:
    names = {cli("new", tmp_path / x, "--kdf=low-memory").json["name"] for x in ("a", "b")}
    assert len(names) == 2


def test_a_weak_passphrase_makes_no_notebook(cli: CommandLine, tmp_path: Path) -> None:
    ran = cli("new", tmp_path / "new", "--kdf=low-memory", passphrase="password1")
    trouble(ran, Code.WEAK_PASSPHRASE, 1)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    trouble(cli("new", tmp_path, "--kdf=low-memory"), Code.FOLDER_EXISTS, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_no_interface_offers_the_cheap_key_derivation(cli: CommandLine, tmp_path: Path) -> None:
    trouble(cli("new", tmp_path / "new", "--kdf", "testing"), "usage", 2)


def test_the_passphrase_is_replaced(cli: CommandLine, folder: Path) -> None:
    both = f"{support_notebook.PASSPHRASE}\n{NEW_PASSPHRASE}\n"
    assert cli("passphrase", folder, passphrase=both).status == 0
    trouble(cli("list", folder), Code.WRONG_PASSPHRASE, 3)
    assert cli("list", folder, passphrase=NEW_PASSPHRASE).status == 0


def test_a_passphrase_is_not_replaced_by_nothing(cli: CommandLine, folder: Path) -> None:
    trouble(cli("passphrase", folder), "usage", 2)
    weak = f"{support_notebook.PASSPHRASE}\nweak\n"
    trouble(cli("passphrase", folder, passphrase=weak), Code.WEAK_PASSPHRASE, 1)
    wrong = f"wrong\n{NEW_PASSPHRASE}\n"
    trouble(cli("passphrase", folder, passphrase=wrong), Code.WRONG_PASSPHRASE, 3)
    assert cli("list", folder).status == 0


def test_without_a_terminal_nothing_is_asked(cli: CommandLine, folder: Path) -> None:
    ran = cli("list", folder, passphrase=None)
    trouble(ran, "usage", 2)
    assert "--passphrase-fd" in ran.json["error"]["message"]


def test_a_folder_without_a_notebook_is_named_so(cli: CommandLine, tmp_path: Path) -> None:
    trouble(cli("list", tmp_path), Code.NOT_A_NOTEBOOK, 1)


def test_an_open_notebook_is_not_opened_twice(cli: CommandLine, folder: Path) -> None:
    notebook = support_notebook.unlock(folder)
    try:
        trouble(cli("list", folder), Code.ALREADY_OPEN, 1)
    finally:
        notebook.close()


def test_trouble_for_a_person_goes_to_standard_error(cli: CommandLine, folder: Path) -> None:
    ran = cli("list", folder, passphrase="wrong", is_json=False)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("This passphrase does not open the notebook.")


# What cannot be read.


def test_usage_is_json_too(cli: CommandLine, folder: Path) -> None:
    trouble(cli("nonsense"), "usage", 2)
    trouble(cli("list"), "usage", 2)
    trouble(cli("list", folder, "--nonsense"), "usage", 2)


def test_without_a_verb_or_with_help_all_verbs_are_named(cli: CommandLine) -> None:
    for argv in ([], ["--help"], ["help"]):
        ran = cli(*argv, passphrase=None, is_json=False)
        assert ran.status == 0
        assert "  withdraw  " in ran.out


def test_help_for_a_verb_needs_nothing_else(cli: CommandLine) -> None:
    ran = cli("seal", "--help", passphrase=None, is_json=False)
    assert ran.status == 0
    assert ran.out.startswith("field-notebook seal FOLDER --to CONTACT… ")


def test_a_bug_is_said_without_its_words(
    cli: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError(TOLD["en"])

    monkeypatch.setattr("notebook.notebook.Notebook.rows", broken)
    ran = cli("list", folder)
    trouble(ran, "bug", 1)
    assert "KeyError" in ran.json["error"]["message"]
    assert "brother" not in ran.out + ran.err


# Adding.


def test_a_record_comes_back_as_it_was_given(
    cli: CommandLine, folder: Path, case: str, interview: str
) -> None:
    shown = cli("show", folder, interview).json
    assert shown == {
        "id": interview,
        "type": "interview",
        "case": case,
        "fields": {"title": "First talk", "account": TOLD["kk"], "languages": ["kk"]},
    }


def test_a_record_without_much_in_it_is_taken_and_shown_as_incomplete(
    cli: CommandLine, folder: Path, case: str
) -> None:
    bare = cli.add(folder, {"type": "place", "case": case, "fields": {"title": "The bridge"}})
    full = {
        "title": "The mill",
        "as_told": "at the mill",
        "kind": "workplace",
        "precision": "exact",
    }
    whole = cli.add(folder, {"type": "place", "case": case, "fields": full})
    rows = {row["id"]: row["incomplete"] for row in cli("list", folder, "--type=place").json}
    assert rows == {bare: True, whole: False}
    told = cli("show", folder, bare, is_json=False).out
    assert "Still empty: as_told, kind, precision." in told
    assert "Still empty" not in cli("show", folder, whole, is_json=False).out


def test_the_id_of_a_case_is_its_record_id(cli: CommandLine, folder: Path, case: str) -> None:
    assert cli("show", folder, case).json["case"] == case


@pytest.mark.parametrize("language", TOLD)
def test_text_in_every_language_survives_and_is_found(
    cli: CommandLine, folder: Path, case: str, language: str
) -> None:
    fields = {"title": "Talk", "account": TOLD[language]}
    added = cli.add(folder, {"type": "interview", "case": case, "fields": fields})
    assert cli("show", folder, added).json["fields"]["account"] == TOLD[language]
    word = TOLD[language][:2] if language == "zh" else TOLD[language].split()[0]
    hits = cli("find", folder, "-", stdin=word).json
    assert [hit["id"] for hit in hits] == [added]
    assert TOLD[language][:6] in hits[0]["snippet"]


def test_a_list_is_added_in_order_and_may_refer_to_its_own_case(
    cli: CommandLine, folder: Path
) -> None:
    home = "0123456789abcdef" * 2
    records = [
        {"id": home, "type": "case", "fields": {"title": "New case"}},
        {"type": "note", "case": home, "fields": {"title": "One"}},
        {"type": "note", "case": home, "fields": {"title": "Two"}},
    ]
    ids = cli.ids("add", folder, "-", stdin=json.dumps(records))
    assert ids[0] == home
    assert [cli("show", folder, i).json["fields"]["title"] for i in ids[1:]] == ["One", "Two"]


def test_all_records_of_a_command_are_added_or_none(
    cli: CommandLine, folder: Path, case: str
) -> None:
    records = [
        {"type": "note", "case": case, "fields": {"title": "One"}},
        {"type": "note", "case": case, "fields": {"titel": "Two"}},
    ]
    ran = cli("add", folder, "-", stdin=json.dumps(records))
    trouble(ran, Code.UNKNOWN_FIELD, 1)
    assert "Record 2" in ran.json["error"]["message"]
    assert "titel" in ran.json["error"]["message"]
    assert [row["id"] for row in cli("list", folder).json] == [case]


def test_files_are_added_together_and_said_to_lie_in_clear(
    cli: CommandLine, folder: Path, case: str, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        note = {"type": "note", "case": case, "fields": {"title": name}}
        (tmp_path / f"{name}.json").write_text(json.dumps(note))
    ran = cli("add", folder, tmp_path / "one.json", tmp_path / "two.json")
    assert len(ran.json["ids"]) == 2
    assert ran.err.count("in clear") == 1


def test_what_comes_from_standard_input_warns_of_nothing(cli: CommandLine, folder: Path) -> None:
    ran = cli("add", folder, "-", stdin='{"type": "case", "fields": {"title": "A case"}}')
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "[1]",
        '"text"',
        '{"type": "case"}',
        '{"type": 1, "fields": {}}',
        '{"type": "case", "fields": []}',
        '{"type": "case", "fields": {"title": "A"}, "more": 1}',
        '{"type": "case", "fields": {"title": "A", "title": "B"}}',
        '{"type": "case", "fields": {"title": NaN}}',
        '{"type": "case", "id": "abc", "fields": {"title": "A"}}',
        '{"type": "note", "case": 5, "fields": {"title": "A"}}',
        '{"type": "note", "fields": {"title": "A"}}',
        "[" * 40 + "]" * 40,
    ],
)
def test_input_that_is_no_record_is_refused(cli: CommandLine, folder: Path, text: str) -> None:
    trouble(cli("add", folder, "-", stdin=text), Code.BAD_INPUT, 1)
    assert cli("list", folder).json == []


def test_a_key_that_records_do_not_have_is_named(cli: CommandLine, folder: Path) -> None:
    ran = cli("add", folder, "-", stdin='{"type": "case", "fields": {}, "colour": 1}')
    assert "colour" in ran.json["error"]["message"]


def test_input_that_is_not_utf_8_is_refused(cli: CommandLine, folder: Path) -> None:
    trouble(cli("add", folder, "-", stdin=b'{"type": "\xff"}'), Code.BAD_INPUT, 1)


def test_an_id_that_is_taken_is_refused(cli: CommandLine, folder: Path, case: str) -> None:
    record = {"id": case, "type": "case", "fields": {"title": "Again"}}
    trouble(cli("add", folder, "-", stdin=json.dumps(record)), Code.BAD_INPUT, 1)


def test_a_case_that_is_not_here_is_refused(cli: CommandLine, folder: Path) -> None:
    record = {"type": "note", "case": "ab" * 16, "fields": {"title": "A"}}
    trouble(cli("add", folder, "-", stdin=json.dumps(record)), Code.UNKNOWN_RECORD, 1)


def test_a_file_that_is_not_there_is_refused(cli: CommandLine, folder: Path) -> None:
    trouble(cli("add", folder, folder / "none.json"), Code.UNREADABLE_FILE, 1)
    trouble(cli("add", folder, folder), Code.UNREADABLE_FILE, 1)


def test_standard_input_is_read_once(cli: CommandLine, folder: Path) -> None:
    trouble(cli("add", folder, "-", "-"), "usage", 2)


# Reading.


def test_a_list_is_filtered_by_type_and_case(
    cli: CommandLine, folder: Path, case: str, interview: str
) -> None:
    other = cli.add(folder, {"type": "case", "fields": {"title": "Other"}})
    note = cli.add(folder, {"type": "note", "case": other, "fields": {"title": "N"}})

    def ids(*argv: str) -> set[str]:
        return {row["id"] for row in cli("list", folder, *argv).json}

    assert ids() == {case, interview, other, note}
    assert ids("--type", "case") == {case, other}
    assert ids("--case", case) == {case, interview}
    assert ids("--case", other[:8], case, "--type", "note") == {note}
    assert ids("--case", case, "--case", other) == {case, interview, other, note}


def test_a_filter_that_means_nothing_is_refused(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    trouble(cli("list", folder, "--type", "nonsense"), Code.UNKNOWN_TYPE, 1)
    trouble(cli("list", folder, "--case", "ab" * 16), Code.UNKNOWN_RECORD, 1)
    trouble(cli("list", folder, "--case", interview), Code.UNKNOWN_RECORD, 1)


def test_a_search_is_limited(cli: CommandLine, folder: Path, case: str) -> None:
    notes = [{"type": "note", "case": case, "fields": {"title": f"Apple {n}"}} for n in range(5)]
    cli.ids("add", folder, "-", stdin=json.dumps(notes))
    assert len(cli("find", folder, "-", "--limit", "3", stdin="apple").json) == 3
    assert len(cli("find", folder, "-", "--case", case, stdin="apple").json) == 5
    assert cli("find", folder, "-", "--type", "interview", stdin="apple").json == []
    other = cli.add(folder, {"type": "case", "fields": {"title": "Apples elsewhere"}})
    among = ("--case", case, other, "--limit", "3")
    assert len(cli("find", folder, "-", *among, stdin="apple").json) == 3
    trouble(cli("find", folder, "-", "--limit", "many", stdin="apple"), "usage", 2)


def test_words_in_arguments_are_searched_with_a_warning(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    ran = cli("find", folder, "First", "talk")
    assert [hit["id"] for hit in ran.json] == [interview]
    assert ran.err.count("Warning") == 1
    assert "First" not in ran.err


def test_an_argument_that_is_not_utf_8_is_refused(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    trouble(cli("find", folder, "\udcff"), "usage", 2)
    trouble(cli("edit", folder, interview, "title=\udcff"), "usage", 2)


def test_nothing_is_written_by_the_verbs_that_read(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    before = state(folder)
    for argv in (
        ("list", folder),
        ("find", folder, "talk"),
        ("show", folder, interview),
        ("history", folder, interview),
        ("contacts", folder, "list"),
        ("card", folder),
    ):
        assert cli(*argv).status == 0
    assert state(folder) == before


def test_whoever_only_reads_leaves_damage_to_be_told_by_the_check(
    cli: CommandLine, folder: Path, case: str
) -> None:
    content = (folder / "slots-b").read_bytes()
    damaged = content[:2000] + bytes([content[2000] ^ 1]) + content[2001:]
    (folder / "slots-b").write_bytes(damaged)
    for _turn in range(2):
        assert "slots-b" in cli("list", folder).err
    assert (folder / "slots-b").read_bytes() == damaged
    ran = cli("verify", folder)
    assert (ran.status, [f["code"] for f in ran.json["findings"]]) == (4, ["slots-copy-damaged"])
    assert cli("verify", folder).json == {"ok": True, "findings": []}


def test_the_beginning_of_an_id_is_enough(cli: CommandLine, folder: Path, interview: str) -> None:
    assert cli("show", folder, interview[:6]).json["id"] == interview
    for wrong in (interview[:5], "zzzzzz", "ab" * 16):
        trouble(cli("show", folder, wrong), Code.UNKNOWN_RECORD, 1)
    trouble(cli("show", folder, ""), "usage", 2)


def test_for_a_person_text_is_in_the_clear_and_cannot_steer(
    cli: CommandLine, folder: Path, case: str
) -> None:
    title = "Talk \x1b[2J\u202egnol"
    record = {"type": "interview", "case": case, "fields": {"title": title, "account": "a\nb"}}
    added = cli.add(folder, record)
    for argv in (("show", folder, added), ("list", folder)):
        out = cli(*argv, is_json=False).out
        assert "Talk �[2J�gnol" in out
    assert "account:\n  a\n  b\n" in cli("show", folder, added, is_json=False).out
    assert cli("show", folder, added).json["fields"]["title"] == title
    assert "\u202e" not in cli("show", folder, added).out


def test_a_history_tells_who_did_what(cli: CommandLine, folder: Path, interview: str) -> None:
    cli("edit", folder, interview, "-", stdin='{"account": "More."}')
    lines = cli("history", folder, interview).json
    assert [line["kind"] for line in lines] == ["op", "op"]
    assert lines[1]["fields"] == ["account"]
    assert {line["name"] for line in lines} == {"Aida"}
    assert "More" not in cli("history", folder, interview).out


# Changing.


def test_an_edit_from_standard_input_changes_and_clears(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    ran = cli("edit", folder, interview, "-", stdin='{"account": null, "quotes": ["a", "b"]}')
    assert (ran.json, ran.err) == ({"id": interview}, "")
    fields = cli("show", folder, interview).json["fields"]
    assert "account" not in fields
    assert fields["quotes"] == ["a", "b"]


def test_typed_values_are_text_or_json_as_the_form_says(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    ran = cli(
        "edit",
        folder,
        interview,
        "title=42",
        "account=a=b",
        "date=2026-03",
        "mode=phone",
        'languages=["ug","ru"]',
        'quotes=["One"]',
    )
    assert ran.status == 0, ran.out
    assert ran.err.count("Warning") == 1
    fields = cli("show", folder, interview).json["fields"]
    assert (fields["title"], fields["account"], fields["date"]) == ("42", "a=b", "2026-03")
    assert (fields["mode"], fields["languages"]) == ("phone", ["ug", "ru"])
    assert fields["quotes"] == ["One"]
    assert cli("edit", folder, interview, "quotes=", "mode=").status == 0
    assert not {"quotes", "mode"} & cli("show", folder, interview).json["fields"].keys()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("colour=red", Code.UNKNOWN_FIELD),
        ("languages=ug", Code.BAD_VALUE),
        ("mode=nonsense", Code.BAD_VALUE),
        ("title=", Code.BAD_VALUE),
        ("date=spring", Code.BAD_VALUE),
    ],
)
def test_a_change_that_does_not_fit_is_refused(
    cli: CommandLine, folder: Path, interview: str, change: str, code: Code
) -> None:
    ran = cli("edit", folder, interview, "account=changed", change)
    trouble(ran, code, 1)
    assert change.partition("=")[0] in ran.json["error"]["message"]
    assert cli("show", folder, interview).json["fields"]["account"] == TOLD["kk"]


def test_changes_that_are_no_changes_are_usage(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    trouble(cli("edit", folder, interview, "account"), "usage", 2)
    trouble(cli("edit", folder, interview, "title=a", "title=b"), "usage", 2)
    trouble(cli("edit", folder, interview, "-", "title=b"), "usage", 2)
    trouble(cli("edit", folder, interview, "-", stdin="[]"), Code.BAD_INPUT, 1)


def test_what_was_withdrawn_is_gone_everywhere(
    cli: CommandLine, folder: Path, case: str, interview: str
) -> None:
    ran = cli("withdraw", folder, interview, "--reason", "-", stdin="Asked for it.\n")
    assert ran.json == {"ids": [interview], "copies": [], "stays": [], "owed": []}
    assert "Warning" not in ran.err
    shown = cli("show", folder, interview).json
    assert shown["withdrawn"] is True
    assert shown["fields"] == {}
    assert cli("find", folder, "-", stdin="Бауырымды").json == []
    assert cli("verify", folder).json == {"ok": True, "findings": []}
    assert "Asked for it." in cli("history", folder, interview).out


def test_what_stays_beside_a_withdrawal_is_named(
    cli: CommandLine, folder: Path, case: str, interview: str, tmp_path: Path
) -> None:
    (tmp_path / "talk").write_bytes(b"a voice")
    [sound] = cli.ids("attach", folder, interview, tmp_path / "talk")
    fields = {"title": "Consent", "covers": [interview, case]}
    consent = cli.add(folder, {"type": "consent", "case": case, "fields": fields})
    talk = {"type": "interview", "case": case, "fields": {"title": "Another talk"}}
    another = cli.add(folder, talk)
    cli.add(folder, {"type": "case", "fields": {"title": "Elsewhere"}})
    ran = cli("withdraw", folder, consent, "--reason", "-", stdin="Asked for it.\n")
    # It held for the whole case.
    assert ran.json["stays"][0] == interview
    assert {*ran.json["stays"]} == {interview, sound, another}
    assert interview in ran.err
    # Only some fields of it: that says nothing about files.
    ran = cli("withdraw", folder, interview, "--reason=x", "--fields", "account")
    assert ran.json["stays"] == []
    assert ran.err.count("Warning") == 1
    assert cli("withdraw", folder, interview, "--reason=x").json["stays"] == [sound]
    assert cli("withdraw", folder, interview, sound, "--reason=x").json["stays"] == []


def test_what_was_typed_on_a_withdrawn_record_goes_with_it(
    cli: CommandLine, folder: Path, case: str, interview: str
) -> None:
    notebook = support_notebook.unlock(folder)
    for record in (interview, case):
        notebook.drafts.keep(
            Draft(
                id=RecordId(record),
                type="interview",
                case=CaseId(RecordId(case)),
                is_new=False,
                fields={"account": "typed on"},
            )
        )
    notebook.close()
    assert cli("withdraw", folder, interview, "--reason", "-", stdin="asked").status == 0
    notebook = support_notebook.unlock(folder)
    assert [draft.id for draft in notebook.drafts.all()] == [case]
    notebook.close()


def test_a_withdrawal_needs_a_reason_and_known_records(
    cli: CommandLine, folder: Path, interview: str
) -> None:
    trouble(cli("withdraw", folder, interview, "--reason", " "), "usage", 2)
    trouble(cli("withdraw", folder, interview, "ab" * 16, "--reason=x"), Code.UNKNOWN_RECORD, 1)
    assert cli("show", folder, interview).json["fields"]["account"] == TOLD["kk"]


# Evidence.


def test_evidence_comes_out_as_it_went_in(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    contents = {"one.bin": bytes(range(256)) * 999, "two.txt": TOLD["ug"].encode(), "none": b""}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    taken = cli("attach", folder, interview, *(tmp_path / name for name in contents))
    assert "deleting them does not erase a flash drive" in taken.err
    ids = taken.json["ids"]
    for id_, (name, content) in zip(ids, contents.items(), strict=True):
        out = tmp_path / f"{name}.out"
        ran = cli("extract", folder, id_, out)
        assert ran.json == {"file": str(out), "sha256": hashlib.sha256(content).hexdigest()}
        assert out.read_bytes() == content
        assert out.stat().st_mode & 0o777 == 0o600
        assert "plaintext" in ran.err
        assert cli("show", folder, id_).json["fields"]["about"] == [interview]
        assert [line["kind"] for line in cli("history", folder, id_).json][-1] == "custody"
        trouble(cli("extract", folder, id_, out), Code.FILE_EXISTS, 1)


@pytest.mark.parametrize("out", [".", "/", "..", "x" * 300, "x" * 5000])
def test_a_name_that_no_file_can_have_is_trouble_and_no_bug(
    out: str, cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one")
    evidence = cli.ids("attach", folder, interview, tmp_path / "one")[0]
    codes = {"file-exists", "disk-error", "unreadable-file", "not-a-notebook"}
    for argv in (
        ("extract", folder, evidence, out),
        ("identity", folder, "--export", out),
        ("attach", folder, interview, out),
        ("list", "x" * len(out) if len(out) > 2 else folder / "objects"),
        ("inspect", folder, out),
        ("open", folder, out),
    ):
        ran = cli(*argv)
        assert (ran.status, ran.code in codes) == (1, True), (argv[0], ran.out)


def test_keys_are_never_written_over_a_file_of_somebodys_own(
    cli: CommandLine, folder: Path, tmp_path: Path
) -> None:
    for suffix in ("", ".pq", ".signers", ".part", ".pq.part"):
        own = tmp_path / f"key{suffix}"
        own.write_text("mine")
        trouble(cli("identity", folder, "--export", tmp_path / "key"), Code.FILE_EXISTS, 1)
        assert [path.read_text() for path in tmp_path.glob("key*")] == ["mine"]
        own.unlink()


def test_whoever_writes_out_keys_is_told_what_they_open(
    cli: CommandLine, folder: Path, case: str, tmp_path: Path
) -> None:
    ran = cli("identity", folder, "--export", tmp_path / "key")
    assert ran.json["files"] == [
        str(tmp_path / f"key{suffix}") for suffix in ("", ".pq", ".signers")
    ]
    assert "open every bundle ever sealed to you, without a passphrase" in ran.err
    assert [line["kind"] for line in cli("history", folder, case).json][-1] == "custody"


def test_files_are_taken_in_together_or_not_at_all(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one")
    ran = cli("attach", folder, interview, tmp_path / "one", tmp_path / "missing")
    trouble(ran, Code.UNREADABLE_FILE, 1)
    assert cli("list", folder, "--type", "evidence").json == []
    assert cli("verify", folder).json == {"ok": True, "findings": []}


def test_what_was_taken_in_before_a_failure_is_destroyed(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one")
    # A folder opens and cannot be read.
    ran = cli("attach", folder, interview, tmp_path / "one", "/proc/self/mem")
    trouble(ran, Code.UNREADABLE_FILE, 1)
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []


def test_the_same_content_twice_is_two_records_and_one_object(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"the same")
    ids = cli.ids("attach", folder, interview, tmp_path / "one", tmp_path / "two")
    assert len(set(ids)) == 2
    assert len([path for path in (folder / "objects").rglob("*") if path.is_file()]) == 1
    assert cli("extract", folder, ids[1], tmp_path / "out").status == 0
    assert (tmp_path / "out").read_bytes() == b"the same"
    assert cli("verify", folder).json == {"ok": True, "findings": []}


def test_evidence_may_come_through_a_pipe(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"from a pipe")
    os.close(writer)
    evidence = cli.ids("attach", folder, interview, f"/proc/self/fd/{reader}")[0]
    os.close(reader)
    assert cli("extract", folder, evidence, tmp_path / "out").status == 0
    assert (tmp_path / "out").read_bytes() == b"from a pipe"


def test_evidence_is_about_a_record_that_is_here(
    cli: CommandLine, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one")
    trouble(cli("attach", folder, "ab" * 16, tmp_path / "one"), Code.UNKNOWN_RECORD, 1)
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []


def test_only_evidence_is_extracted(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    trouble(cli("extract", folder, interview, tmp_path / "out"), Code.UNKNOWN_RECORD, 1)
    assert not (tmp_path / "out").exists()


# Checking.


def test_a_whole_notebook_verifies(cli: CommandLine, folder: Path, interview: str) -> None:
    assert cli("verify", folder).json == {"ok": True, "findings": []}
    assert cli("verify", folder, "--rebuild").json == {"ok": True, "findings": []}
    assert "whole" in cli("verify", folder, is_json=False).out


def test_a_damaged_file_is_reported_and_never_served(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one" * 100)
    evidence = cli.ids("attach", folder, interview, tmp_path / "one")[0]
    stored = next(path for path in (folder / "objects").rglob("*") if path.is_file())
    content = bytearray(stored.read_bytes())
    content[40] ^= 1
    stored.write_bytes(content)
    ran = cli("verify", folder)
    assert ran.status == 4
    assert ran.json["ok"] is False
    assert ran.json["findings"][0]["severity"] == "damage"
    trouble(cli("extract", folder, evidence, tmp_path / "out"), Code.DAMAGED, 4)
    assert not (tmp_path / "out").exists()
    assert cli("show", folder, interview).status == 0


def test_a_file_nobody_names_is_a_notice_and_no_damage(
    cli: CommandLine, folder: Path, case: str
) -> None:
    (folder / "objects" / "ab").mkdir(mode=0o700)
    (folder / "objects" / "ab" / ("ab" * 16)).write_bytes(b"left over")
    ran = cli("verify", folder)
    assert (ran.status, ran.json["ok"]) == (0, True)
    assert [finding["code"] for finding in ran.json["findings"]] == ["stray-files"]


def test_lost_entries_are_told_until_somebody_says_that_they_know(
    cli: CommandLine, folder: Path, case: str
) -> None:
    before = (folder / "notebook.db").read_bytes()
    cli.add(folder, {"type": "case", "fields": {"title": "Lost"}})
    (folder / "notebook.db").write_bytes(before)
    for ran in (cli("verify", folder), cli("verify", folder)):
        assert (ran.status, ran.json["ok"]) == (4, False)
        assert [finding["code"] for finding in ran.json["findings"]] == ["entries-lost"]
    assert "lost" in cli("list", folder).err
    for ran in (cli("verify", folder, "--acknowledge"), cli("verify", folder)):
        assert (ran.status, ran.json["ok"]) == (0, True)
        (finding,) = ran.json["findings"]
        assert (finding["code"], finding["severity"]) == ("entries-lost-before", "known")
    assert cli("list", folder).err == ""
    assert "known" in cli("verify", folder, is_json=False).out


def test_to_acknowledge_a_loss_hides_no_other_damage(
    cli: CommandLine, folder: Path, interview: str, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one" * 100)
    cli.ids("attach", folder, interview, tmp_path / "one")
    stored = next(path for path in (folder / "objects").rglob("*") if path.is_file())
    stored.write_bytes(damaged(stored.read_bytes()))
    ran = cli("verify", folder, "--acknowledge")
    assert (ran.status, [f["code"] for f in ran.json["findings"]]) == (4, ["object-damaged"])


def test_a_damaged_database_is_said_to_be_damaged(cli: CommandLine, folder: Path) -> None:
    content = bytearray((folder / "notebook.db").read_bytes())
    content[100] ^= 1
    (folder / "notebook.db").write_bytes(content)
    trouble(cli("list", folder), Code.DAMAGED, 4)
