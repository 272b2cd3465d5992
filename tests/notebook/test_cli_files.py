"""Files on a command line that are none, or cannot be: said by name, never waited for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.notebook.support_cli import CommandLine, command_line, new_folder
from tests.notebook.support_notebook import PASSPHRASE


@pytest.fixture
def cli() -> CommandLine:
    return command_line()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_folder(tmp_path / "notebook")


@pytest.fixture
def note(cli: CommandLine, folder: Path) -> str:
    case = cli.add(folder, {"type": "case", "fields": {"title": "A case"}})
    return cli.add(folder, {"type": "note", "case": case, "fields": {"title": "A note"}})


@pytest.mark.parametrize("name", ["none.json", "folder"])
def test_the_file_that_cannot_be_read_is_named(
    name: str, cli: CommandLine, folder: Path, note: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "whole").write_bytes(b"whole")
    for argv in (
        ("add", folder, tmp_path / name),
        ("contacts", folder, "add", tmp_path / name),
        ("attach", folder, note, tmp_path / "whole", tmp_path / name),
    ):
        ran = cli(*argv)
        assert (ran.code, ran.status) == ("unreadable-file", 1)
        assert str(tmp_path / name) in ran.json["error"]["message"]
    assert cli("list", folder, "--type", "evidence").json == []


@pytest.mark.timeout(60)
def test_a_pipe_is_no_bundle_and_is_not_waited_for(
    cli: CommandLine, folder: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "a.sealed.age"
    os.mkfifo(pipe)
    for argv in (("open", folder, pipe), ("inspect", pipe), ("inspect", folder, pipe)):
        ran = cli(*argv, passphrase=None if len(argv) == 2 else PASSPHRASE)
        assert (ran.code, ran.status) == ("unreadable-file", 1), argv
    volumes = [tmp_path / "b.sealed.age.001", tmp_path / "b.sealed.age.002"]
    for volume in volumes:
        os.mkfifo(volume)
    assert cli("open", folder, *volumes).code == "unreadable-file"


def test_a_device_is_no_bundle(cli: CommandLine, folder: Path) -> None:
    assert cli("open", folder, "/dev/zero").code == "unreadable-file"


def test_a_pipe_is_taken_in_as_evidence(cli: CommandLine, folder: Path, note: str) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"from another program")
    os.close(writer)
    try:
        [evidence] = cli.ids("attach", folder, note, f"/dev/fd/{reader}")
    finally:
        os.close(reader)
    assert cli("show", folder, evidence).json["fields"]["size_bytes"] == 20


def test_nothing_is_written_where_no_folder_is(
    cli: CommandLine, folder: Path, note: str, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"one")
    [evidence] = cli.ids("attach", folder, note, tmp_path / "one")
    for argv in (
        ("extract", folder, evidence, tmp_path / "none" / "out"),
        ("identity", folder, "--export", tmp_path / "none" / "out"),
    ):
        ran = cli(*argv)
        assert (ran.code, ran.status) == ("disk-error", 1)
        assert "no such folder" in ran.json["error"]["message"]
    assert "custody" not in [line["kind"] for line in cli("history", folder, evidence).json]


def test_a_plain_copy_is_never_called_like_standard_input(
    cli: CommandLine, folder: Path, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_bytes(b"one")
    [evidence] = cli.ids("attach", folder, note, tmp_path / "one")
    monkeypatch.chdir(tmp_path)
    case = cli("show", folder, note).json["case"]
    for argv in (
        ("extract", folder, evidence, "-"),
        ("identity", folder, "--export=-"),
        ("redact", folder, case, "--report=-"),
    ):
        ran = cli(*argv)
        assert (ran.code, ran.status) == ("usage", 2), argv
    assert not Path("-").exists()
    assert cli("extract", folder, evidence, "./-").status == 0
    assert Path("-").read_bytes() == b"one"


def test_where_json_breaks_is_said_and_not_what_stands_there(
    cli: CommandLine, folder: Path
) -> None:
    ran = cli("add", folder, "-", stdin='{"type": "case",\n "fields": {"title": canary}}')
    assert ran.code == "bad-input"
    assert "line 2, column 22" in ran.json["error"]["message"]
    assert "canary" not in ran.out + ran.err
    ran = cli("add", folder, "-", stdin=b'{"type": "\xff"}')
    assert "UTF-8" in ran.json["error"]["message"]


def test_a_field_that_is_not_known_is_refused_with_those_that_are(
    cli: CommandLine, folder: Path
) -> None:
    record = {"type": "case", "fields": {"title": "A", "canary": "x"}}
    ran = cli("add", folder, "-", stdin=json.dumps(record))
    message = ran.json["error"]["message"]
    assert ran.code == "unknown-field"
    assert "“canary”" in message
    assert "title, " in message


def test_of_several_files_the_one_that_is_wrong_is_named(
    cli: CommandLine, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "whole.json").write_text('{"type": "case", "fields": {"title": "A"}}')
    for content in ("{broken", "3", '{"type": "case"}'):
        (tmp_path / "broken.json").write_text(content)
        ran = cli("add", folder, tmp_path / "whole.json", tmp_path / "broken.json")
        assert ran.code == "bad-input"
        assert "broken.json" in ran.json["error"]["message"]
        assert "whole.json" not in ran.json["error"]["message"]
    assert cli("list", folder).json == []


def test_a_record_without_a_file_is_said_to_have_none(
    cli: CommandLine, folder: Path, note: str, tmp_path: Path
) -> None:
    ran = cli("extract", folder, note, tmp_path / "out")
    assert (ran.code, ran.status) == ("unknown-record", 1)
    assert "No file" in ran.json["error"]["message"]
    assert not (tmp_path / "out").exists()
