"""The page about the command line says what the program does, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from notebook.cli import catalogue
from notebook.cli.arguments import Verb
from notebook.cli.output import BUG_CODE, USAGE_CODE, Exit, exit_of
from notebook.errors import Code
from tests.notebook.support_cli import CommandLine, command_line, new_folder
from tests.notebook.support_notebook import PASSPHRASE
from tests.support import REPOSITORY

PAGE = (REPOSITORY / "docs" / "COMMAND-LINE.md").read_text("utf-8")
SECTIONS = {part.partition("\n")[0]: part.partition("\n")[2] for part in PAGE.split("\n### ")[1:]}
COMMON = {option.name for option in catalogue.common_options()}


def chapter(title: str) -> str:
    """The text of one chapter."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def examples(verb: str) -> list[Any]:
    """The JSON examples of a verb."""
    found = re.findall(r"```json\n(.+?)\n```", SECTIONS[verb], re.DOTALL)
    return [json.loads(text) for text in found]


def test_every_verb_has_its_section_and_every_section_a_verb() -> None:
    assert list(SECTIONS) == list(catalogue.verbs())


@pytest.mark.parametrize("verb", catalogue.verbs().values(), ids=lambda verb: verb.name)
def test_a_section_begins_with_all_that_the_verb_takes(verb: Verb) -> None:
    synopsis = SECTIONS[verb.name].strip().splitlines()[0]
    named = set(re.findall(r"--[a-z-]+", synopsis))
    assert named == {option.name for option in verb.options} - COMMON
    for option in verb.options:
        if option.name not in COMMON:
            assert option.name in SECTIONS[verb.name]
            assert all(choice in synopsis for choice in option.choices)
    for place in verb.places:
        words = place.choices or place.name.removesuffix("FIELD=VALUE").split("|")
        assert all(word in synopsis for word in words)


def test_the_options_of_every_verb_are_listed() -> None:
    listed = chapter("Options of every verb")
    assert set(re.findall(r"^- `(--[a-z-]+)", listed, re.MULTILINE)) == COMMON


def test_every_exit_code_is_explained() -> None:
    assert [int(row[0]) for row in rows(chapter("Exit codes"))] == [int(code) for code in Exit]


def test_every_error_code_is_explained_with_its_exit_code() -> None:
    listed = {row[0].strip("`"): int(row[1]) for row in rows(chapter("Trouble"))}
    expected = {code.value: int(exit_of(code)) for code in Code}
    assert listed == expected | {USAGE_CODE: Exit.USAGE, BUG_CODE: Exit.TROUBLE}


def keys(value: Any) -> Any:
    """The shape of a value: the names in it, not what they hold."""
    if isinstance(value, dict):
        return {name: keys(member) for name, member in value.items()}
    if isinstance(value, list):
        return [keys(value[0])] if value else []
    return None


def without(shape: Any, *names: str) -> Any:
    """A shape without what depends on the records."""
    return {name: member for name, member in shape.items() if name not in names}


def test_what_the_verbs_give_has_the_shapes_of_the_page(tmp_path: Path) -> None:
    cli, colleague = command_line("page"), command_line("colleague")
    folder = tmp_path / "new"
    given = {"new": cli("new", folder, "--kdf=low-memory", "--author=Aida")}
    record = {"type": "case", "fields": {"title": "A case"}}
    given["add"] = cli("add", folder, "-", stdin=json.dumps(record))
    case = given["add"].json["ids"][0]
    (tmp_path / "file").write_bytes(b"file")
    given["attach"] = cli("attach", folder, case, tmp_path / "file")
    evidence = given["attach"].json["ids"][0]
    given["list"] = cli("list", folder)
    given["find"] = cli("find", folder, "-", stdin="case")
    given["show"] = cli("show", folder, case)
    given["edit"] = cli("edit", folder, case, "-", stdin='{"title": "The case"}')
    given["extract"] = cli("extract", folder, evidence, tmp_path / "out")
    given["card"] = cli("card", folder)
    given["identity"] = cli("identity", folder, "--export", tmp_path / "key")
    other = new_folder(tmp_path / "other", "colleague", "Bota")
    card = colleague("card", other).json["card"]
    cli("contacts", folder, "add", "-", stdin=card)
    given["contacts"] = cli("contacts", folder, "list")
    shown = cli("contacts", folder, "show", "Bota").json
    assert shown.keys() == examples("contacts")[1].keys()
    assert keys(shown["cases"]) == keys(examples("contacts")[1]["cases"])
    given["seal"] = cli("seal", folder, "--to", "Bota", "--out", tmp_path / "sealed")
    bundle = Path(given["seal"].json["files"][0])
    given["inspect"] = colleague("inspect", other, bundle)
    colleague("identity", other, "--export", tmp_path / "theirs")
    given["verify-bundle"] = colleague(
        "verify-bundle", bundle, "--identity", tmp_path / "theirs.pq", passphrase=None
    )
    given["open"] = colleague("open", other, bundle, folder)
    proposed, made, page = examples("redact")
    assert cli("redact", folder, case, "--dry-run").json.keys() == proposed.keys()
    decided = json.dumps({"pictures": [{"evidence": evidence, "unchanged": True}]})
    ran = cli("redact", folder, case, "--decisions", "-", stdin=decided)
    assert keys(ran.json) == keys(made)
    ran = cli("redact", folder, case, "--report", tmp_path / "page.html")
    assert keys(ran.json) == keys(page)
    given["withdraw"] = cli("withdraw", folder, evidence, "--reason=x")
    given["withdrawals"] = cli("withdrawals", folder)
    given["history"] = cli("history", folder, case)
    given["verify"] = cli("verify", folder)
    given["outbox"] = cli("outbox", folder, passphrase=None)
    given["depart"] = cli("depart", folder)
    given["mission"] = cli("mission", folder, "new")
    changed = f"{PASSPHRASE}\n{PASSPHRASE} again\n"
    given["passphrase"] = cli("passphrase", folder, passphrase=changed)
    failed = cli("list", folder, passphrase="wrong")
    assert keys(failed.json) == keys(json.loads(re.findall(r"```json\n(.+?)\n", PAGE)[0]))

    outside = cli("inspect", bundle, passphrase=None)
    assert keys(outside.json) == keys(examples("inspect")[0])
    assert keys(given["inspect"].json) == keys(examples("inspect")[1])
    lists = ("again", "forwarded", "notices")
    shown, promised = given["open"].json, examples("open")[0]
    assert shown.keys() - {"error"} == promised.keys()
    assert without(keys(shown), "error", *lists) == without(keys(promised), *lists)
    assert keys(given["history"].json)[0].keys() == keys(examples("history")[0])[0].keys()
    assert given["show"].json.keys() == examples("show")[0].keys()
    assert given["verify"].json.keys() == examples("verify")[0].keys()
    assert given["depart"].json.keys() == examples("depart")[0].keys()
    assert given["depart"].json["remains"].keys() == examples("depart")[0]["remains"].keys()
    assert given["outbox"].json.keys() == examples("outbox")[0].keys()
    gone, promised = given["withdraw"].json, examples("withdraw")[0]
    assert without(keys(gone), "stays") == without(keys(promised), "stays")
    assert gone["stays"] == []
    (page,) = examples("withdrawals")
    assert given["withdrawals"].json.keys() == page.keys()
    assert given["withdrawals"].json["owed"][0].keys() == page["owed"][0].keys()
    for verb in set(given) - {
        "inspect",
        "open",
        "history",
        "depart",
        "outbox",
        "show",
        "verify",
        "withdraw",
        "withdrawals",
    }:
        assert keys(given[verb].json) == keys(examples(verb)[0]), verb


def test_a_finding_has_the_shape_of_the_page(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "notebook")
    (folder / "objects" / "ab").mkdir(mode=0o700)
    (folder / "objects" / "ab" / ("ab" * 16)).write_bytes(b"left over")
    assert keys(command_line()("verify", folder).json) == keys(examples("verify")[0])


def test_the_sample_has_the_shape_of_the_page(tmp_path: Path) -> None:
    cli: CommandLine = command_line("sample")
    ran = cli("sample", tmp_path / "sample", "--records", "30", "--seed", "2")
    assert keys(ran.json) == keys(examples("sample")[0])
    assert ran.json["records"] == len(cli("list", tmp_path / "sample").json) == 30
