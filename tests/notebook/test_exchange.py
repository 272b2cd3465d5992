import json
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notebook import exchange
from notebook.environment import real_environment
from notebook.errors import Code, NotebookError
from notebook.exchange import Exchange, Find, Placing, State
from notebook.handover import SealRequest
from notebook.model import AuthorId, CaseId
from notebook.notebook import Kdf, Notebook
from notebook.progress import Silent
from tests.notebook.support_cli import command_line, new_folder
from tests.notebook.support_exchange import Team, know
from tests.notebook.support_notebook import PASSPHRASE, Ticking
from tests.notebook.support_process import PATIENCE_S, start


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


@pytest.fixture
def pair(team: Team) -> tuple[Notebook, Notebook]:
    one, other = team.members("Aida", "Berik")
    one.add("case", None, {"title": "A case"})
    return one, other


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def put(notebook: Notebook, folder: Path, *to: Notebook) -> list[tuple[AuthorId, list[str]]]:
    contacts = [notebook.contact(reader.author) for reader in to]
    placing = Placing(contacts=contacts, purpose="team")
    placed = placing.round(notebook, folder, Silent()).placed
    return [(author, sorted(path.name for path in result.files)) for author, result in placed]


def states(finds: list[Find]) -> list[State]:
    return sorted(find.state for find in finds)


def test_a_bundle_in_the_folder_is_opened_once(
    pair: tuple[Notebook, Notebook], shared: Path
) -> None:
    one, other = pair
    [(reader, [_name])] = put(one, shared, other)
    assert reader == other.author
    there = Exchange(shared)
    [find] = there.round(other, Silent())
    assert find.state is State.OPENED
    assert find.result is not None
    assert find.result.new == 1
    assert there.round(other, Silent()) == []
    # Another process, another day: it is there, and was opened before.
    assert states(Exchange(shared).round(other, Silent())) == [State.PRESENT]
    assert [row.title for row in other.cases()] == ["A case"]


def test_a_copy_of_a_bundle_beside_it_is_no_second_one(
    pair: tuple[Notebook, Notebook], shared: Path
) -> None:
    one, other = pair
    [(_reader, [name])] = put(one, shared, other)
    for copy in (name.replace(".", " (1).", 1), f"{'a' * 26}.sealed.age"):
        shutil.copy(shared / name, shared / copy)
    finds = Exchange(shared).round(other, Silent())
    assert states(finds) == [State.OPENED, State.PRESENT, State.PRESENT]
    assert len([line for line in other.history(other.cases()[0].id) if line.kind == "receive"]) == 1


def test_ones_own_bundles_are_others(pair: tuple[Notebook, Notebook], shared: Path) -> None:
    one, other = pair
    put(one, shared, other)
    assert states(Exchange(shared).round(one, Silent())) == [State.OTHERS]


def test_nothing_is_put_there_twice_before_an_answer(
    pair: tuple[Notebook, Notebook], shared: Path
) -> None:
    one, other = pair
    assert len(put(one, shared, other)) == 1
    assert put(one, shared, other) == []
    one.add("note", CaseId(one.cases()[0].case), {"title": "More"})
    assert len(put(one, shared, other)) == 1
    assert len(list(shared.iterdir())) == 2


def test_two_notebooks_end_in_silence(pair: tuple[Notebook, Notebook], shared: Path) -> None:
    one, other = pair
    exchanges = [(one, Exchange(shared)), (other, Exchange(shared))]
    for _round in range(5):
        put(one, shared, other)
        put(other, shared, one)
        for notebook, there in exchanges:
            there.round(notebook, Silent())
    before = sorted(path.name for path in shared.iterdir())
    put(one, shared, other)
    put(other, shared, one)
    assert sorted(path.name for path in shared.iterdir()) == before
    assert len(before) <= 3


@pytest.mark.parametrize(
    "name",
    [
        ".syncthing.NAME.tmp",
        ".NAME",
        "NAME.part",
        "NAME.001.part",
        "NAME.partial",
        "NAME.4ca1b2d3.partial",
        "NAME.tmp",
        "STEM.sealed.sync-conflict-20260102-030405-ABCDEFG.age",
        "STEM.sync-conflict-20260102-030405-ABCDEFG.sealed.age",
        "STEM (conflicted copy 2026-01-02 030405).sealed.age",
        "~syncthing~NAME.tmp",
        "NAME.sha256",
        "NAME~",
    ],
)
def test_unfinished_files_and_copies_of_conflicts_are_not_looked_at(
    pair: tuple[Notebook, Notebook], shared: Path, name: str
) -> None:
    one, other = pair
    [(_reader, [bundle])] = put(one, shared, other)
    stem = bundle.removesuffix(".sealed.age")
    (shared / bundle).rename(shared / name.replace("NAME", bundle).replace("STEM", stem))
    assert Exchange(shared).round(other, Silent()) == []


def test_what_comes_in_pieces_is_opened_when_it_is_whole(
    pair: tuple[Notebook, Notebook], shared: Path, tmp_path: Path
) -> None:
    one, other = pair
    (away := tmp_path / "away").mkdir()
    [(_reader, [name])] = put(one, away, other)
    whole = (away / name).read_bytes()
    there = Exchange(shared)
    for size in (0, 10, 100, 3000, len(whole) - 1):
        (shared / name).write_bytes(whole[:size])
        assert states(there.round(other, Silent())) in ([State.UNFINISHED], [State.OTHERS]), size
        assert there.round(other, Silent()) == []
    (shared / name).write_bytes(whole)
    assert states(there.round(other, Silent())) == [State.OPENED]


def test_what_came_damaged_is_looked_at_again_though_it_has_the_same_size_and_time(
    pair: tuple[Notebook, Notebook], shared: Path
) -> None:
    one, other = pair
    [(_reader, [name])] = put(one, shared, other)
    bundle = shared / name
    whole, told = bundle.read_bytes(), bundle.stat()
    folder = Exchange(shared)
    damaged = whole[:-1] + bytes([whole[-1] ^ 1])
    for content, state in ((damaged, State.UNFINISHED), (whole, State.OPENED)):
        before = bundle.stat()
        # The clock of a file system goes in steps.
        while bundle.stat().st_ctime_ns == before.st_ctime_ns:
            with bundle.open("r+b") as file:
                file.write(content)
            os.utime(bundle, ns=(told.st_mtime_ns, told.st_mtime_ns))
        now = bundle.stat()
        assert (now.st_ino, now.st_size) == (told.st_ino, told.st_size)
        assert now.st_mtime_ns == told.st_mtime_ns
        assert states(folder.round(other, Silent())) == [state]


def test_volumes_wait_for_each_other(
    pair: tuple[Notebook, Notebook], shared: Path, tmp_path: Path
) -> None:
    one, other = pair
    (away := tmp_path / "away").mkdir()
    [(_reader, [name])] = put(one, away, other)
    whole = (away / name).read_bytes()
    half = len(whole) // 2
    there = Exchange(shared)
    (shared / f"{name}.002").write_bytes(whole[half:])
    assert states(there.round(other, Silent())) == [State.UNFINISHED]
    (shared / f"{name}.001").write_bytes(whole[:half])
    assert states(there.round(other, Silent())) == [State.OPENED]


def test_what_is_no_plain_file_is_never_opened(
    pair: tuple[Notebook, Notebook], shared: Path, tmp_path: Path
) -> None:
    one, other = pair
    (away := tmp_path / "away").mkdir()
    [(_reader, [name])] = put(one, away, other)
    os.mkfifo(shared / f"a{name}")
    (shared / f"b{name}").symlink_to(away / name)
    (shared / f"c{name}").mkdir()
    assert Exchange(shared).round(other, Silent()) == []


def test_one_bad_bundle_does_not_stop_the_others(
    team: Team, pair: tuple[Notebook, Notebook], shared: Path
) -> None:
    one, other = pair
    stranger = team.member("Stranger")
    know(stranger, other)
    stranger.add("case", None, {"title": "By a stranger"})
    put(stranger, shared, other)
    put(one, shared, other)
    put(other, shared, one)
    (shared / f"{'a' * 26}.sealed.age").write_bytes(b"age-encryption.org/v1\nnonsense")
    finds = Exchange(shared).round(other, Silent())
    assert State.OPENED in states(finds)
    refused = [find.trouble.code for find in finds if find.trouble and find.state is State.REFUSED]
    assert refused == [Code.UNKNOWN_SEALER]
    assert [row.title for row in other.cases()] == ["A case"]


def test_a_bundle_that_went_and_came_back_is_present(
    pair: tuple[Notebook, Notebook], shared: Path, tmp_path: Path
) -> None:
    one, other = pair
    [(_reader, [name])] = put(one, shared, other)
    there = Exchange(shared)
    assert states(there.round(other, Silent())) == [State.OPENED]
    shutil.move(shared / name, tmp_path / name)
    assert there.round(other, Silent()) == []
    shutil.copy(tmp_path / name, shared / name)
    assert states(there.round(other, Silent())) == [State.PRESENT]


def test_a_folder_that_is_gone_is_said(pair: tuple[Notebook, Notebook], tmp_path: Path) -> None:
    with pytest.raises(NotebookError) as caught:
        Exchange(tmp_path / "gone").round(pair[0], Silent())
    assert caught.value.code is Code.UNREADABLE_FILE


def test_a_folder_with_too_many_files_is_refused(
    pair: tuple[Notebook, Notebook], shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_NAMES", 3)
    for number in range(4):
        (shared / str(number)).touch()
    with pytest.raises(NotebookError) as caught:
        Exchange(shared).round(pair[0], Silent())
    assert caught.value.code is Code.BAD_INPUT


def test_the_command_line_opens_and_puts(tmp_path: Path) -> None:
    cli = command_line()
    folders = {name: new_folder(tmp_path / name, name, name) for name in ("Aida", "Berik")}
    for one, other in (("Aida", "Berik"), ("Berik", "Aida")):
        card = tmp_path / f"{other}.card"
        card.write_text(cli("card", folders[other]).json["card"])
        assert cli("contacts", folders[one], "add", card).status == 0
    cli.add(folders["Aida"], {"type": "case", "fields": {"title": "A case"}})
    shared = tmp_path / "shared"
    ran = cli("exchange", folders["Aida"], shared, "--to", "Berik")
    assert ran.status == 0
    [placed] = ran.json["placed"]
    assert [Path(file).parent for file in placed["files"]] == [shared]
    assert ran.json["opened"] == []
    assert ran.json["others"] == 1
    # Nothing is put there twice.
    assert cli("exchange", folders["Aida"], shared, "--to", "Berik").json["placed"] == []
    ran = cli("exchange", folders["Berik"], shared)
    assert ran.status == 0
    [opened] = ran.json["opened"]
    assert (opened["name"], opened["new"], opened["conflicts"]) == ("Aida", 1, 0)
    assert cli("exchange", folders["Berik"], shared).json == {
        "opened": [],
        "present": 1,
        "others": 0,
        "unfinished": [],
        "refused": [],
        "placed": [],
        "not_placed": [],
    }


def test_the_command_line_says_what_was_refused(tmp_path: Path) -> None:
    cli = command_line()
    folders = {name: new_folder(tmp_path / name, name, name) for name in ("Aida", "Berik")}
    card = tmp_path / "card"
    card.write_text(cli("card", folders["Berik"]).json["card"])
    assert cli("contacts", folders["Aida"], "add", card).status == 0
    cli.add(folders["Aida"], {"type": "case", "fields": {"title": "A case"}})
    shared = tmp_path / "shared"
    assert cli("exchange", folders["Aida"], shared, "--to", "Berik").status == 0
    ran = cli("exchange", folders["Berik"], shared)
    assert ran.status == 6
    assert [each["code"] for each in ran.json["refused"]] == ["unknown-sealer"]
    assert ran.code == "unknown-sealer"
    assert cli("exchange", folders["Berik"], tmp_path / "none").code == "unreadable-file"


def test_what_consent_keeps_from_one_contact_stops_nothing_else(tmp_path: Path) -> None:
    cli = command_line()
    names = ("Aida", "Berik", "Camille")
    folders = {name: new_folder(tmp_path / name, name, name) for name in names}
    ids = {}
    for one in names:
        for other in names:
            if one != other:
                card = cli("card", folders[other]).json["card"]
                ids[other] = cli("contacts", folders[one], "add", "-", stdin=card).json["id"]
    cli("contacts", folders["Aida"], "role", "Camille", "--as", "journalist")
    case = cli.add(folders["Aida"], {"type": "case", "fields": {"title": "A case"}})
    talk = {"type": "interview", "case": case, "fields": {"title": "Talk"}}
    told = cli.add(folders["Aida"], talk)
    shared = tmp_path / "shared"
    shared.mkdir()
    cli.add(folders["Berik"], {"type": "case", "fields": {"title": "From Berik"}})
    assert cli("seal", folders["Berik"], "--to", "Aida", "--out", shared).status == 0
    asked = ("exchange", folders["Aida"], shared, "--to", "Camille", "Berik")
    ran = cli(*asked)
    assert (ran.status, ran.code) == (1, "consent-refused")
    # What came was opened, and who may have it has it.
    assert [each["name"] for each in ran.json["opened"]] == ["Berik"]
    assert {each["contact"] for each in ran.json["placed"]} == {ids["Berik"]}
    [refused] = ran.json["not_placed"]
    assert (refused["contact"], refused["code"]) == (ids["Camille"], "consent-refused")
    assert refused["records"] == [told]
    assert "No consent" in ran.err
    consent = {"title": "Yes", "covers": [case], "use_journalist": "yes"}
    cli.add(folders["Aida"], {"type": "consent", "case": case, "fields": consent})
    ran = cli(*asked)
    assert (ran.status, ran.json["not_placed"]) == (0, [])
    assert ids["Camille"] in [each["contact"] for each in ran.json["placed"]]


def test_what_is_refused_is_told_once_and_tried_again_when_a_day_may_have_come(
    pair: tuple[Notebook, Notebook], shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_PASSED_OVER", 2)
    one, other = pair
    case = CaseId(one.cases()[0].case)
    one.add("interview", case, {"title": "Talk"})
    consent, _ = one.add("consent", case, {"title": "No", "covers": [case], "use_team": "no"})
    placing = Placing(contacts=[one.contact(other.author)], purpose="team")
    rounds = [placing.round(one, shared, Silent()) for _look in range(7)]
    assert [len(each.refused) for each in rounds] == [1, 0, 0, 0, 0, 0, 0]
    one.edit(consent, {"use_team": "yes"})
    [placed] = placing.round(one, shared, Silent()).placed
    assert placed[0] == other.author
    assert placing.round(one, shared, Silent()).placed == ()


def test_an_embargo_that_ends_is_noticed_though_nothing_is_written(
    pair: tuple[Notebook, Notebook], shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_PASSED_OVER", 2)
    one, other = pair
    case = CaseId(one.cases()[0].case)
    one.add("interview", case, {"title": "Talk"})
    said = {"title": "Later", "covers": [case], "use_partner": "yes", "embargo": "2026-03-06"}
    one.add("consent", case, said)
    placing = Placing(contacts=[one.contact(other.author)], purpose="partner")
    assert len(placing.round(one, shared, Silent()).refused) == 1
    clock = one._core.environment.clock
    assert isinstance(clock, Ticking)
    clock.now += timedelta(days=1)
    rounds = [placing.round(one, shared, Silent()) for _look in range(3)]
    assert [len(each.placed) for each in rounds] == [0, 0, 1]


@pytest.mark.parametrize("inside", ["", "objects", "objects/ab", "staging", "new/folder"])
def test_nothing_is_sealed_into_the_notebooks_own_folder(
    pair: tuple[Notebook, Notebook], tmp_path: Path, inside: str
) -> None:
    one, other = pair
    link = tmp_path / "link"
    link.symlink_to(one.folder)
    before = sorted(one.folder.rglob("*"))
    for out in (one.folder / inside, link / inside):
        with pytest.raises(NotebookError) as refused:
            one.seal(one.plan_seal(SealRequest(to=(other.author,))), out)
        assert refused.value.code is Code.BAD_INPUT
    assert sorted(one.folder.rglob("*")) == before


@pytest.mark.parametrize("below", ["", "folder"])
def test_a_file_in_place_of_the_folder_is_said_and_not_touched(
    pair: tuple[Notebook, Notebook], tmp_path: Path, below: str
) -> None:
    one, other = pair
    file = tmp_path / "file"
    file.write_bytes(b"mine")
    with pytest.raises(NotebookError) as refused:
        one.seal(one.plan_seal(SealRequest(to=(other.author,))), file / below)
    assert "A file is in the way" in refused.value.what
    assert "another folder" in refused.value.next_step
    assert file.read_bytes() == b"mine"


def test_nothing_is_put_where_the_folder_is_gone(
    pair: tuple[Notebook, Notebook], tmp_path: Path
) -> None:
    """Where a stick was pulled out, a folder made anew would lie on another disk."""
    one, other = pair
    with pytest.raises(NotebookError) as caught:
        put(one, tmp_path / "gone", other)
    assert caught.value.code is Code.UNREADABLE_FILE
    assert not (tmp_path / "gone").exists()


# Watching, as a process.


class Watching:
    """`exchange … --watch` in a process of its own."""

    def __init__(self, folder: Path, shared: Path, *more: str) -> None:
        options = ("--watch", "--json", "--passphrase-fd", "0", *more)
        self.process = start("exchange", folder, shared, *options)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdin.write(f"{PASSPHRASE}\n".encode())
        self.process.stdin.flush()

    def found(self) -> dict[str, list[object]]:
        """The next value that it prints."""
        assert self.process.stdout is not None
        found: dict[str, list[object]] = json.loads(self.process.stdout.readline())
        return found

    def said(self) -> str:
        """The next sentence on standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().decode()

    def ended(self, how: signal.Signals) -> int:
        """Its exit code when it is sent this signal."""
        self.process.send_signal(how)
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """The folders of two notebooks that know each other; the first has a case."""
    cli = command_line()
    one, other = tmp_path / "Aida", tmp_path / "Berik"
    for place in (one, other):
        # The real program refuses the derivation of tests.
        kdf, world = Kdf.LOW_MEMORY, real_environment()
        Notebook.create(
            place, PASSPHRASE, author_name=place.name, kdf=kdf, environment=world
        ).close()
    for here, there in ((one, other), (other, one)):
        card = tmp_path / "card"
        card.write_text(cli("card", there).json["card"])
        assert cli("contacts", here, "add", card).status == 0
    cli.add(one, {"type": "case", "fields": {"title": "A case"}})
    return one, other


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_watching_ends_cleanly_when_it_is_told_to(
    how: signal.Signals, code: int, two: tuple[Path, Path], shared: Path
) -> None:
    watching = Watching(two[0], shared, "--to", "Berik")
    assert len(watching.found()["placed"]) == 1
    before = sorted(path.name for path in shared.iterdir())
    assert watching.ended(how) == code
    assert sorted(path.name for path in shared.iterdir()) == before
    # The notebook is free, whole, and knows what it did.
    cli = command_line("later")
    assert cli("verify", two[0]).json == {"ok": True, "findings": []}
    assert cli("exchange", two[0], shared, "--to", "Berik").json["placed"] == []


def test_watching_waits_for_a_folder_that_goes_and_comes_back(
    two: tuple[Path, Path], shared: Path, tmp_path: Path
) -> None:
    cli = command_line("filling")
    assert cli("exchange", two[0], shared, "--to", "Berik").status == 0
    watching = Watching(two[1], shared, "--to", "Aida")
    assert len(watching.found()["opened"]) == 1
    away = tmp_path / "away"
    shared.rename(away)
    assert "exchange folder cannot be read" in watching.said()
    cli.add(two[0], {"type": "case", "fields": {"title": "Another case"}})
    assert cli("exchange", two[0], away, "--to", "Berik").status == 0
    # It was not made anew where it had been.
    assert not shared.exists()
    away.rename(shared)
    assert "there again" in watching.said()
    while not (found := watching.found())["opened"]:
        continue
    assert len(found["opened"]) == 1
    assert watching.ended(signal.SIGTERM) == 143
