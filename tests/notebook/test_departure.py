"""Departure: nothing goes before it was handed over, and what stays is whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from crypto import keyslots
from notebook import departure
from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.folder import Folder, choose_slots
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.notices import NoticeKind
from notebook.progress import Silent
from notebook.storage import refill
from tests.faults.support_solver import Solver
from tests.notebook import support_exchange as exchange
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import CommandLine, Ran, command_line, new_folder

WORD = "qvzhwxjktold"


def fill(notebook: Notebook) -> tuple[CaseId, CaseId, RecordId]:
    """A case that goes and one that stays, each with text, a file and a draft."""
    goes, stays = support.case_in(notebook, WORD), support.case_in(notebook, "Stays")
    told = RecordId("")
    for case, word in ((goes, WORD), (stays, "harmless")):
        told = support.interview_in(notebook, case, title=word, account=word * 300)
        notebook.attach(told, BytesIO(word.encode() * 3000), file_name=f"{word}.txt")
        notebook.drafts.keep(
            Draft(
                id=RecordId(case),
                type="case",
                case=case,
                is_new=False,
                fields={"title": word},
            )
        )
    return goes, stays, told


def found_by_solver(folder: Path) -> bool:
    """Whether whoever has everything finds the word."""
    notebook = support.unlock(folder, seed="seized")
    try:
        return any(WORD.encode() in data for data in Solver(folder, notebook).readable())
    finally:
        notebook.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "notebook"


def test_a_removed_case_is_nowhere_and_the_rest_is_whole(folder: Path) -> None:
    notebook = support.create(folder)
    goes, stays, told = fill(notebook)
    before, old_key = exchange.state(notebook), notebook._core.notebook_key
    notebook.close()
    assert found_by_solver(folder)
    notebook = support.unlock(folder)
    notebook.travel.remove_cases(support.PASSPHRASE, [goes], Silent())
    notebook.close()
    assert not found_by_solver(folder)
    slots = choose_slots(Folder(folder), allows_testing=True).slots
    opened = keyslots.unlock(
        slots, keyslots.Passphrase(text=support.PASSPHRASE), available_bytes=2**30
    )
    # The old key, which opens old copies of what was removed, lies nowhere any more.
    assert (opened.notebook_key != old_key, opened.previous_key) == (True, None)
    notebook = support.unlock(folder, seed="after")
    assert exchange.database(notebook).all("SELECT number FROM slot") == [(opened.slot_number,)]
    after = exchange.state(notebook)
    assert after == {id_: shown for id_, shown in before.items() if shown[1] == stays}  # type: ignore[index]  # a tuple
    assert {finding.code for finding in notebook.verify()} == set()
    assert notebook.status().findings == ()
    assert [row.id for row in notebook.find("harmless", type="interview")] == [told]
    assert [draft.case for draft in notebook.drafts.all()] == [stays]
    assert len([*(folder / "objects").glob("??/*")]) == 1
    support.interview_in(notebook, stays, title="Goes on")
    assert not [*folder.glob("*.next*")]
    notebook.close()


def test_of_a_bundle_that_was_interrupted_only_cases_that_stay_are_remembered(
    tmp_path: Path,
) -> None:
    team = exchange.Team(tmp_path)
    one, other = team.members("Aida", "Bolat")
    goes, stays = support.case_in(one), support.case_in(one)
    for cases in ((goes,), (goes, stays)):
        plan = one.plan_seal(SealRequest(to=(other.author,), cases=cases, is_full=True))
        written = one.write_sealed(plan, team.out(), Silent())
        one.note_sealed(written)
        written.drop()
    one.close()
    one = support.unlock(one.folder, seed="after")
    notices = one.trust.notices()
    assert [notice.kind for notice in notices] == [NoticeKind.INTERRUPTED] * 2
    assert {notice.case for notice in notices} == {goes, None}
    one.travel.remove_cases(support.PASSPHRASE, [goes], Silent())
    one.close()
    one = support.unlock(one.folder, seed="later")
    team.notebooks.append(one)
    (left,) = one.trust.notices()
    assert left.case == stays
    rows = exchange.database(one).all("SELECT value FROM setting")
    assert not any(goes.encode() in row[0] for row in rows)
    team.close()


def test_what_was_destroyed_stays_destroyed(folder: Path) -> None:
    notebook = support.create(folder)
    goes, stays = support.case_in(notebook), support.case_in(notebook)
    told = support.interview_in(notebook, stays, title=WORD)
    notebook.withdraw([told], "asked to")
    notebook.travel.remove_cases(support.PASSPHRASE, [goes], Silent())
    notebook.close()
    notebook = support.unlock(folder, seed="after")
    assert notebook.record(told).is_withdrawn
    with notebook.snapshot() as db:
        assert db.all("SELECT count(*) FROM destroyed") != [(0,)]
    notebook.close()


def test_a_wrong_passphrase_removes_nothing(folder: Path) -> None:
    notebook = support.create(folder)
    case = support.case_in(notebook)
    with pytest.raises(NotebookError) as caught:
        notebook.travel.remove_cases("wrong", [case], Silent())
    assert caught.value.code is Code.WRONG_PASSPHRASE
    assert len(notebook.cases()) == 1
    notebook.close()


DAMAGE = {
    "entry": "UPDATE entry SET signature = zeroblob(64) WHERE num = ?",
    "frame": "UPDATE frame SET salt = zeroblob(32) WHERE part = 4096 * ?",
    # Of the place that nothing shows.
    "content": "UPDATE content SET salt = zeroblob(32) WHERE part = 4096 * ? + 1",
}


@pytest.mark.parametrize("table", DAMAGE)
def test_a_damaged_entry_stops_it_and_nothing_is_lost(folder: Path, table: str) -> None:
    notebook = support.create(folder)
    goes, stays = support.case_in(notebook), support.case_in(notebook)
    notebook.close()
    notebook = support.unlock(folder)
    db = exchange.database(notebook)
    (num,) = db.one("SELECT max(num) FROM entry WHERE case_id = ?", (bytes.fromhex(stays),))
    db.run(f"DROP TRIGGER {table}_refuses_update")
    assert db.changes(DAMAGE[table], (num,)) == 1
    with pytest.raises(NotebookError) as caught:
        notebook.travel.remove_cases(support.PASSPHRASE, [goes], Silent())
    assert caught.value.code is Code.DAMAGED
    notebook.close()
    notebook = support.unlock(folder, seed="after")
    assert len(notebook.cases()) == 2
    assert not [*folder.glob("*.next*")]
    notebook.close()


def test_a_new_database_that_cannot_be_read_back_takes_nobodys_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = support.create(folder)
    goes = support.case_in(notebook)
    key = notebook._core.notebook_key
    monkeypatch.setattr(departure, "check_pages", lambda _path, _key: True)
    with pytest.raises(NotebookError) as caught:
        notebook.travel.remove_cases(support.PASSPHRASE, [goes], Silent())
    assert caught.value.code is Code.DAMAGED
    notebook.close()
    notebook = support.unlock(folder, seed="after")
    assert notebook._core.notebook_key == key
    assert [CaseId(case.id) for case in notebook.cases()] == [goes]
    assert not [*folder.glob("*.next*")]
    notebook.close()


def test_every_table_says_by_what_its_rows_belong_to_a_case(folder: Path) -> None:
    notebook = support.create(folder)
    tables = set(exchange.dump(notebook))
    notebook.close()
    own = {name for name in tables if not name.startswith(("search", "sqlite_"))}
    assert own == refill.TABLES.keys() | (refill.LEFT_OUT - {"search"})


def test_by_command_line_a_case_goes_when_its_receipt_is_there(tmp_path: Path) -> None:
    cli: CommandLine = command_line("departure")
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, name in ((here, "Aida"), (there, "Bota")):
        cli("new", folder, "--kdf=low-memory", f"--author={name}")
    for one, other in ((here, there), (there, here)):
        cli("contacts", one, "add", "-", stdin=cli("card", other).json["card"])
    case = cli.add(here, {"type": "case", "fields": {"title": "Goes"}})
    stays = cli.add(here, {"type": "case", "fields": {"title": "Stays"}})
    assert cli("depart", here, "--case", case).status == 2
    line = ("depart", here, "--case", case, "--to", "Bota", "--out", tmp_path / "out")
    first = cli(*line).json
    assert (first["removed"], first["waiting"]) == ([], [case])
    assert cli("open", there, *first["files"]).status == 0
    told = first["handed_over"]
    assert (told["cases"], told["arrived"], told["changed"]) == ([case], [], [])
    # It is remembered: until the receipt is here nothing is sealed again, nor removed.
    second = cli(*line).json
    assert (second["files"], second["removed"], second["waiting"]) == ([], [], [case])
    assert cli("depart", here, "--go-on").json["waiting"] == [case]
    note = {"type": "note", "case": case, "fields": {"title": "Seen"}}
    cli("add", there, "-", stdin=json.dumps(note))
    receipt = cli("seal", there, "--to", "Aida", "--out", tmp_path / "back").json["files"]
    assert cli("open", here, *receipt).status == 0
    # What the reader wrote is new here; before the case goes it is handed over, too.
    assert cli("depart", here).json["handed_over"]["changed"] == [case]
    assert cli("depart", here, "--go-on").code == "not-handed-over"
    done = cli(*line).json
    assert (done["files"], done["removed"]) == ([], [case])
    assert [row["id"] for row in cli("list", here).json] == [stays]
    assert done["remains"]["contacts"] == ["Bota"]
    # The bundle that said so spoke of the removed case alone, and nothing is known of it.
    assert done["remains"]["openable"] == []
    assert cli("verify", here).json["ok"]


@dataclass(frozen=True, slots=True)
class Border:
    """Aida hands a case over to Bota, by command line, with a receipt that brings nothing else."""

    cli: CommandLine
    here: Path
    there: Path
    case: str

    def departs(self, *options: str | Path) -> Ran:
        return self.cli("depart", self.here, *options)

    def named(self) -> tuple[str | Path, ...]:
        return ("--case", self.case, "--to", "Bota", "--out", self.here.parent / "out")

    def arrives(self, files: list[str]) -> None:
        assert self.cli("open", self.there, *files).status == 0
        back = self.here.parent / "back"
        receipt = self.cli("seal", self.there, "--to", "Aida", "--receipt", "--out", back).json
        assert self.cli("open", self.here, *receipt["files"]).status == 0

    def cases(self) -> list[str]:
        return [row["id"] for row in self.cli("list", self.here, "--type", "case").json]


@pytest.fixture
def border(tmp_path: Path) -> Border:
    cli: CommandLine = command_line("border")
    here, there = (
        new_folder(tmp_path / "here", "a", "Aida"),
        new_folder(tmp_path / "t", "b", "Bota"),
    )
    for one, other in ((here, there), (there, here)):
        cli("contacts", one, "add", "-", stdin=cli("card", other).json["card"])
    case = cli.add(here, {"type": "case", "fields": {"title": "Goes"}})
    return Border(cli, here, there, case)


def test_a_departure_by_command_line_goes_on_over_sessions_without_naming_it_again(
    border: Border,
) -> None:
    first = border.departs(*border.named()).json
    border.arrives(first["files"])
    told = border.departs().json["handed_over"]
    assert (told["arrived"], told["changed"]) == (told["to"], [])
    done = border.departs("--go-on").json
    assert (done["files"], done["removed"], done["handed_over"]) == ([], [border.case], None)
    assert border.cases() == []
    assert border.departs("--go-on").code == "not-handed-over"


def test_a_departure_begun_in_the_window_is_ended_by_command_line(border: Border) -> None:
    aida = support.unlock(border.here)
    bota = aida.contacts()[0].id
    leaving = aida.travel.look_at_departure([CaseId(border.case)], [bota])
    sealed, _changes = aida.seal(leaving.plan, border.here.parent)
    assert aida.travel.note_handed_over(leaving, sealed)[0]
    aida.close()
    assert border.departs("--go-on").json["waiting"] == [border.case]
    border.arrives([str(path) for path in sealed.files])
    # The very same, named, is not sealed again either.
    done = border.departs(*border.named()).json
    assert (done["files"], done["removed"]) == ([], [border.case])


def test_without_a_receipt_what_was_handed_over_before_is_removed_and_not_sealed_again(
    border: Border,
) -> None:
    border.departs(*border.named())
    done = border.departs("--go-on", "--without-receipt").json
    assert (done["files"], done["removed"]) == ([], [border.case])


def test_what_came_in_since_is_sealed_again_before_anything_goes(border: Border) -> None:
    border.departs(*border.named())
    border.cli.add(border.here, {"type": "note", "case": border.case, "fields": {"title": "New"}})
    assert border.departs("--go-on", "--without-receipt").code == "not-handed-over"
    assert border.cases() == [border.case]
    second = border.departs(*border.named()).json
    assert len(second["files"]) == 1
    assert second["handed_over"]["changed"] == []


def test_a_departure_by_command_line_is_sealed_again_when_asked_and_given_up(
    border: Border,
) -> None:
    first = border.departs(*border.named()).json["files"]
    again = border.departs(*border.named(), "--again").json
    assert len(again["files"]) == 1
    assert again["files"] != first
    given_up = border.departs("--give-up").json
    assert (given_up["removed"], given_up["handed_over"]) == ([], None)
    assert border.cases() == [border.case]
    assert border.departs("--go-on").code == "not-handed-over"


def test_what_was_handed_over_is_remembered_while_old_keys_are_destroyed(border: Border) -> None:
    border.departs(*border.named())
    border.departs("--new-key")
    done = border.departs("--destroy-old-keys").json
    assert done["keys_destroyed"] == 1
    assert (done["handed_over"]["cases"], done["handed_over"]["changed"]) == ([border.case], [])
    assert border.departs("--go-on", "--without-receipt").json["removed"] == [border.case]


def test_what_is_typed_in_it_stops_a_departure_that_goes_on(border: Border) -> None:
    border.departs(*border.named())
    aida = support.unlock(border.here)
    case = CaseId(border.case)
    aida.drafts.keep(
        Draft(id=RecordId(case), type="case", case=case, is_new=False, fields={"title": "Typed"})
    )
    aida.close()
    assert border.departs("--go-on", "--without-receipt").code == "not-handed-over"
    assert border.cases() == [border.case]


@pytest.mark.parametrize(
    "options",
    [
        ("--go-on", "--give-up"),
        ("--go-on", "--case", "aaaaaa"),
        ("--give-up", "--out", "out"),
        ("--give-up", "--without-receipt"),
        ("--without-receipt",),
    ],
)
def test_options_of_a_departure_that_contradict_each_other_are_refused(
    border: Border, options: tuple[str, ...]
) -> None:
    assert border.departs(*options).status == 2


def test_nothing_is_removed_when_the_bundle_cannot_be_written(tmp_path: Path) -> None:
    cli: CommandLine = command_line("departure")
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        cli("new", folder, "--kdf=low-memory", f"--author={folder.name}")
    cli("contacts", here, "add", "-", stdin=cli("card", there).json["card"])
    case = cli.add(here, {"type": "case", "fields": {"title": "Goes"}})
    (tmp_path / "file").write_bytes(b"in the way")
    line = ("--case", case, "--to", "there", "--out", tmp_path / "file", "--without-receipt")
    assert "error" in cli("depart", here, *line).json
    assert [row["id"] for row in cli("list", here).json] == [case]


def test_an_old_sealing_key_opens_until_it_is_destroyed(tmp_path: Path) -> None:
    cli: CommandLine = command_line("departure")
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        cli("new", folder, "--kdf=low-memory", f"--author={folder.name}")
    old_card = cli("card", here).json["card"]
    cli("contacts", there, "add", "-", stdin=old_card)
    cli("contacts", here, "add", "-", stdin=cli("card", there).json["card"])
    case = cli.add(there, {"type": "case", "fields": {"title": "Comes"}})
    seal = ("seal", there, "--to", "here", "--full", "--out", tmp_path / "out")
    first, second = (cli(*seal).json["files"] for _turn in range(2))
    renewed = cli("depart", here, "--new-key").json
    assert renewed["card"] == cli("card", here).json["card"]
    assert renewed["card"] != old_card
    assert cli("open", here, *first).json["new"] > 0
    assert cli("depart", here, "--destroy-old-keys").json["keys_destroyed"] == 1
    assert cli("open", here, *second).status == 5
    assert [row["id"] for row in cli("list", here).json] == [case]
    # With the new card it goes on, and the author is the same one.
    assert cli("contacts", there, "add", "-", stdin=renewed["card"]).code == "changed-keys"
    cli("contacts", there, "add", "-", "--replace", stdin=renewed["card"])
    assert len(cli("contacts", there, "list").json) == 1
    assert cli("open", here, *cli(*seal).json["files"]).status == 0
    assert cli("verify", here).json["ok"]
