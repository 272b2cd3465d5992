"""P14: laptop, all passphrases and full cooperation do not open what was sealed before the lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook.drafts import Draft
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.storage import travel
from tests.faults.support_canaries import (
    FILE_MARK,
    MARKS,
    PASSPHRASE,
    TESTIMONY,
    Canaries,
    files_under,
    found_in,
    leaks_under,
    needles,
)
from tests.faults.support_session import Session, picture, private_environment
from tests.faults.support_solver import Solver
from tests.faults.support_traced import calls, foreign_sockets, root_only
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling

CONTENT = "qwxzjvkh"
WANTED = TESTIMONY | needles({"content": CONTENT, "file name": FILE_MARK})


def write(notebook: Notebook) -> None:
    """Everything a session can write, each with a canary."""
    canaries = Canaries()
    word = canaries.word
    case = CaseId(notebook.add("case", None, {"title": word("Russian")})[0])
    told = notebook.add(
        "interview",
        case,
        {"title": word("English"), "account": word("Kazakh"), "quotes": [word("Chinese")]},
    )[0]
    notebook.edit(told, {"account": word("Uyghur")})
    notebook.attach(told, BytesIO(f"{CONTENT}\n".encode() * 9000), file_name=f"{FILE_MARK}.txt")
    assert notebook.find(word("English")) == []
    notebook.drafts.keep(
        Draft(
            id=RecordId("cd" * 16),
            type="note",
            case=case,
            is_new=True,
            fields={"text": word("Kazakh")},
        )
    )


@dataclass(frozen=True, slots=True)
class Locked:
    """A laptop after its lock, and headquarters."""

    folder: Path
    home: Notebook


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Locked]:
    home = travelling.headquarters(tmp_path / "home")
    notebook = travelling.traveller(tmp_path / "laptop", home)
    notebook.close()
    notebook = travelling.session(tmp_path / "laptop", "written in")
    write(notebook)
    assert set(WANTED) <= set().union(*(found_in(one, WANTED) for one in session_of(notebook)))
    notebook.close()
    yield Locked(tmp_path / "laptop", home)
    home.close()


def session_of(notebook: Notebook) -> Iterator[bytes]:
    """What the open session holds."""
    for row in notebook.rows():
        yield str(notebook.record(row.id)).encode()
    yield str(notebook.drafts.all()).encode()
    # The file itself was let go when it was sealed; its content is known to the test.
    yield CONTENT.encode()


def solved(folder: Path, *identities: Identity) -> set[str]:
    """The canaries that somebody finds who has everything."""
    notebook = travelling.session(folder, "seized")
    try:
        solver = Solver(folder, notebook, list(identities))
        return set().union(*(found_in(data, WANTED) for data in solver.readable()))
    finally:
        notebook.close()


def test_whoever_has_everything_finds_nothing(locked: Locked, tmp_path: Path) -> None:
    notebook = travelling.session(locked.folder, "exporting")
    out = tmp_path / "exported"
    notebook.export_identity(out)
    notebook.close()
    assert out.exists()
    assert solved(locked.folder) == set()


def test_with_the_mission_key_everything_is_found(locked: Locked) -> None:
    with locked.home.snapshot() as db:
        missions = [Identity.parse(text) for text in travel.missions(db)]
    assert solved(locked.folder, *missions) == set(WANTED)


def test_headquarters_opens_it_as_any_bundle(locked: Locked) -> None:
    travelling.opened(locked.home, travelling.bundles(locked.folder))
    found = {name for row in locked.home.rows() for name in marks(locked.home, row.id)}
    found |= found_in(
        str([draft.fields for draft in locked.home.travel.unfinished()]).encode(), WANTED
    )
    assert set(MARKS) <= found


def marks(notebook: Notebook, record: RecordId) -> set[str]:
    return found_in(str(notebook.record(record)).encode(), WANTED) | found_in(
        str(notebook.history(record)).encode(), WANTED
    )


def test_of_an_ordinary_notebook_the_same_hand_finds_everything(tmp_path: Path) -> None:
    notebook = support.create(tmp_path / "ordinary")
    write(notebook)
    notebook.close()
    assert solved(tmp_path / "ordinary") == set(WANTED)


def test_every_page_of_a_database_is_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "ordinary"
    notebook = support.create(folder)
    support.case_in(notebook, f"{MARKS['English']} told")
    notebook.close()
    key = travelling.session(folder, "look")
    from crypto import keys  # noqa: PLC0415 - only this control
    from tests.faults.support_solver import pages  # noqa: PLC0415 - only this control

    database = keys.database_key(key._core.notebook_key).key
    key.close()
    content = (folder / "notebook.db").read_bytes()
    assert any(b"told" in found for found in pages(content, database))


# The same from outside: every process of a session by command line, watched.


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Session:
    root_only()
    root = tmp_path_factory.mktemp("travel")
    base, sources, traces = root / "base", root / "sources", root / "traces"
    for folder in (base, sources, traces):
        folder.mkdir(mode=0o700)
    session = Session(base=base, traces=traces, environment=private_environment(base / "home"))
    run, word = session.run, session.canaries.word
    # Headquarters is elsewhere, and nobody watches it.
    home = travelling.headquarters(root / "home")
    card = sources / "mission.card"
    card.write_text(home.travel.missions()[0].card.encode(), encoding="ascii")
    home.close()
    laptop = base / "laptop"
    made = run("new", laptop, "--kdf", "low-memory", "--travel", card)
    assert "folder" in made, made
    # A machine that swaps in clear would refuse, and that is not what is looked at here.
    allowed = "--allow-swap"
    case = f"{int(FILE_MARK, 36):032x}"
    import json  # noqa: PLC0415 - only this fixture

    records = [
        {"id": case, "type": "case", "fields": {"title": word("Russian")}},
        {"type": "note", "case": case, "fields": {"title": word("Kazakh"), "text": word()}},
    ]
    added = run("add", laptop, "-", allowed, stdin=json.dumps(records, ensure_ascii=False))
    assert len(added["ids"]) == 2
    document = sources / f"{FILE_MARK}.txt"
    document.write_text(f"{word('Uyghur')} {word('Chinese')}\n" * 400, encoding="utf-8")
    photograph = picture(sources / f"{FILE_MARK}.jpg")
    attached = run("attach", laptop, case, document, photograph, allowed)
    assert len(attached["ids"]) == 2, attached
    assert run("find", laptop, "-", allowed, stdin=word("English")) == []
    assert run("verify", laptop, allowed)["ok"]
    assert run("outbox", laptop, "--out", base / "stick")["bundles"] == 2
    return session


def test_nothing_of_a_session_leaves_its_processes_in_clear(watched: Session) -> None:
    for verb, call in watched.calls():
        if call.is_leaving and not call.descriptor[1].startswith("pipe:"):
            assert found_in(call.given) == set(), (verb, call.name, call.descriptor)


def test_a_session_writes_to_the_files_that_the_format_names_and_to_no_other(
    watched: Session,
) -> None:
    laptop = watched.base / "laptop"
    written = set()
    for _verb, call in watched.calls():
        place = call.descriptor[1]
        if call.name in ("write", "pwrite64", "writev", "pwritev") and place.startswith(
            str(laptop)
        ):
            written.add(Path(place).relative_to(laptop).parts)
    names = {parts[0] for parts in written}
    assert "outbox" in names
    database = {f"notebook.db{suffix}" for suffix in ("", "-journal", "-wal", "-shm")}
    assert names <= database | {"head", "outbox", "slots-a.part", "slots-b.part"}


def test_no_page_that_was_ever_written_holds_a_word(watched: Session) -> None:
    from crypto import keys  # noqa: PLC0415 - only this look
    from tests.faults.support_solver import page  # noqa: PLC0415 - only this look

    laptop = watched.base / "laptop"
    notebook = Notebook.unlock(laptop, PASSPHRASE, environment=travelling.environment("look"))
    key = keys.database_key(notebook._core.notebook_key).key
    notebook.close()
    seen = 0
    for trace in sorted(watched.traces.iterdir()):
        for call in calls(trace):
            if call.name == "pwrite64" and len(call.given) == 4096:
                seen += 1
                for salt_bytes in (0, 16):
                    assert found_in(page(call.given, key, salt_bytes=salt_bytes)) == set()
    assert seen > 10


def test_nothing_of_a_session_lies_on_the_disk_in_clear(watched: Session) -> None:
    assert leaks_under([watched.base]) == {}
    assert {path.stat().st_mode & 0o777 for path in files_under([watched.base])} == {0o600}
    assert foreign_sockets(watched.traces.iterdir()) == set()


def test_what_was_watched_is_opened_by_nobody_who_has_the_laptop(watched: Session) -> None:
    laptop = watched.base / "laptop"
    notebook = Notebook.unlock(laptop, PASSPHRASE, environment=travelling.environment("seized"))
    solver = Solver(laptop, notebook)
    assert set().union(*(found_in(data, WANTED) for data in solver.readable())) == set()
    notebook.close()
