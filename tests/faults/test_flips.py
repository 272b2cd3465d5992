"""One flipped bit anywhere in a notebook's folder: reported, never served (promises P7, P8)."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from notebook import folder
from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.folder import Folder
from notebook.health import Finding, Severity
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.support import effort

PAGE_BYTES = 4096
REGION_BYTES = 64


@dataclass(frozen=True, slots=True)
class Pristine:
    """A folder that is whole, and what is to be read in it."""

    path: Path
    expected: dict[str, object]


def long_text(word: str) -> str:
    """Text that fills several overflow pages, different in every line."""
    return "\n".join(f"{word} line {number} of a long account" for number in range(400))


def fill(notebook: Notebook) -> None:
    """Some of everything."""
    case = support.case_in(notebook)
    for word in ("almond", "birch", "cedar"):
        record = support.interview_in(notebook, case, title=word, account=long_text(word))
        notebook.edit(record, {"quotes": [f"{word} one", f"{word} two"], "questions": word})
        notebook.attach(record, io.BytesIO(word.encode() * 30_000), file_name=f"{word}.bin")
        notebook.drafts.keep(
            Draft(
                id=record,
                type="interview",
                case=case,
                is_new=False,
                fields={"account": long_text("draft " + word)},
            )
        )
    notebook.set_setting("note", long_text("setting"))
    other = support.create(notebook.folder.with_name("other"), seed="other", author="Bolat")
    notebook.add_contact(other.my_card().encode())
    other.close()
    shutil.rmtree(other.folder)


Reading = Callable[[], object]


def readings(notebook: Notebook, ids: dict[str, str]) -> Iterator[tuple[str, Reading]]:
    """Every way of reading through the front door, by name."""
    yield "cases", notebook.cases
    yield "rows", notebook.rows
    yield "contacts", notebook.contacts
    yield "setting", lambda: notebook.setting("note")
    yield "drafts", lambda: sorted(notebook.drafts.all(), key=lambda draft: draft.id)
    for word in ("almond", "birch", "cedar"):
        yield f"find {word}", partial(found_ids, notebook, word)
    for id_, type_ in ids.items():
        record = RecordId(id_)
        yield f"record {id_}", partial(notebook.record, record)
        yield f"history {id_}", partial(notebook.history, record)
        yield f"evidence {id_}", partial(notebook.evidence_of, record)
        if type_ == "evidence":
            yield f"content {id_}", partial(content, notebook, record)


def found_ids(notebook: Notebook, word: str) -> set[RecordId]:
    return {row.id for row in notebook.find(word)}


def content(notebook: Notebook, record: RecordId) -> str:
    with notebook.evidence_content(record) as reader:
        return hashlib.sha256(reader.read()).hexdigest()


def read_all(notebook: Notebook, ids: dict[str, str]) -> dict[str, object]:
    """What every reading gives: the content, or trouble. Anything else fails the test."""
    found: dict[str, object] = {}
    for name, reading in readings(notebook, ids):
        try:
            found[name] = reading()
        except NotebookError as trouble:
            found[name] = trouble.code
    return found


def ids_of(notebook: Notebook) -> dict[str, str]:
    return {row.id: row.type for row in notebook.rows()}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Pristine:
    """A notebook that was closed in order: nothing is left in the write-ahead log."""
    path = tmp_path_factory.mktemp("flips") / "notebook"
    notebook = support.create(path)
    fill(notebook)
    expected = read_all(notebook, ids_of(notebook))
    notebook.close()
    return Pristine(path, expected)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Pristine:
    """The folder of a process that was killed: the last commits are in the log alone."""
    home = tmp_path_factory.mktemp("killed")
    notebook = support.create(home / "open")
    fill(notebook)
    expected = read_all(notebook, ids_of(notebook))
    shutil.copytree(home / "open", home / "notebook", ignore=shutil.ignore_patterns("*-shm"))
    notebook.close()
    assert (home / "notebook" / "notebook.db-wal").stat().st_size > PAGE_BYTES
    return Pristine(home / "notebook", expected)


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Pristine], Path]:
    """Makes a fresh copy in the place of the one before."""

    def make(pristine: Pristine) -> Path:
        place = tmp_path / "copy"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(pristine.path, place)
        return place

    return make


def flip(path: Path, offset: int, bit: int = 0) -> int:
    """Turn one bit around; the byte as it is now."""
    with path.open("r+b") as file:
        file.seek(offset)
        changed = file.read(1)[0] ^ (1 << bit)
        file.seek(offset)
        file.write(bytes([changed]))
    return changed


def offsets(size_bytes: int, step_bytes: int) -> list[int]:
    """A place in each region of the file, more of them with more effort."""
    return [
        place
        for start in range(0, size_bytes, step_bytes)
        for turn in range(effort())
        if (place := start + (start // step_bytes * 1031 + turn * 977 + 129) % step_bytes)
        < size_bytes
    ]


def ids_expected(pristine: Pristine) -> dict[str, str]:
    rows = pristine.expected["rows"]
    assert isinstance(rows, list)
    return {row.id: row.type for row in rows}


def damage(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.severity is Severity.DAMAGE}


def unlocked_or_damaged(place: Path) -> Notebook | None:
    """The notebook; None when it says that it is damaged. Any other answer fails the test."""
    try:
        return support.unlock(place)
    except NotebookError as trouble:
        if trouble.code is not Code.DAMAGED:
            raise
        return None


def check_flipped(pristine: Pristine, place: Path, file: Path, offset: int) -> None:
    """Every reading is right or refused, and the damage is reported."""
    changed = flip(file, offset, bit=offset % 8)
    where = f"{file.name} at {offset}"
    notebook = unlocked_or_damaged(place)
    if notebook is None:
        return
    try:
        found = read_all(notebook, ids_expected(pristine))
        is_lost = "entries-lost" in damage(list(notebook.status().findings))
        findings = damage(notebook.verify())
    finally:
        notebook.close()
    if not is_lost:
        for name, value in found.items():
            expected = pristine.expected[name]
            if name == "drafts" and isinstance(value, list) and isinstance(expected, list):
                # One damaged draft costs only itself, and the check says so.
                assert all(draft in expected for draft in value), where
                assert value == expected or "drafts-damaged" in findings, where
            else:
                assert value in (expected, Code.DAMAGED), f"{name}: {where}"
    if not findings and file.exists():
        # A page that was free and is written anew is no damage any more.
        assert found == pristine.expected, where
        with file.open("rb") as reopened:
            reopened.seek(offset)
            assert reopened.read(1) != bytes([changed]), f"not reported: {where}"


Copies = Callable[[Pristine], Path]


def test_an_undamaged_copy_reads_back_and_has_no_damage(closed: Pristine, copy: Copies) -> None:
    notebook = support.unlock(copy(closed))
    assert read_all(notebook, ids_expected(closed)) == closed.expected
    assert notebook.verify() == []
    notebook.close()


@pytest.mark.parametrize("name", ["notebook.db", "drafts.db"])
def test_a_flipped_bit_in_a_database_is_never_served(
    name: str, closed: Pristine, copy: Copies
) -> None:
    for offset in [3, *offsets((closed.path / name).stat().st_size, PAGE_BYTES)]:
        place = copy(closed)
        check_flipped(closed, place, place / name, offset)


def test_a_flipped_bit_in_the_write_ahead_log_loses_nothing_in_silence(
    killed: Pristine, copy: Copies
) -> None:
    name = "notebook.db-wal"
    size_bytes = (killed.path / name).stat().st_size
    for offset in offsets(size_bytes, PAGE_BYTES * max(1, size_bytes // (40 * PAGE_BYTES))):
        place = copy(killed)
        check_flipped(killed, place, place / name, offset)


def test_a_write_ahead_log_cut_short_is_reported(killed: Pristine, copy: Copies) -> None:
    log = killed.path / "notebook.db-wal"
    size_bytes = log.stat().st_size
    for left_bytes in (0, 31, PAGE_BYTES, size_bytes // 2, size_bytes - 1):
        place = copy(killed)
        (place / log.name).write_bytes(log.read_bytes()[:left_bytes])
        notebook = unlocked_or_damaged(place)
        if notebook is None:
            continue
        assert "entries-lost" in damage(notebook.verify())
        notebook.close()


def test_lost_entries_are_reported_again_however_much_is_written_after(
    killed: Pristine, copy: Copies
) -> None:
    place = copy(killed)
    log = place / "notebook.db-wal"
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size * 3 // 4)
    for turn in range(3):
        notebook = support.unlock(place, seed=f"turn {turn}")
        assert "entries-lost" in damage(notebook.verify())
        for number in range(20):
            case = support.case_in(notebook, f"Case {number}")
            support.interview_in(notebook, case)
        notebook.close()


def test_an_older_database_put_back_is_reported(
    closed: Pristine, copy: Copies, tmp_path: Path
) -> None:
    place = copy(closed)
    older = (place / "notebook.db").read_bytes()
    notebook = support.unlock(place)
    support.case_in(notebook, "newer")
    notebook.close()
    (place / "notebook.db").write_bytes(older)
    notebook = support.unlock(place)
    assert "entries-lost" in damage(list(notebook.status().findings))
    notebook.close()


def test_a_flipped_bit_in_an_object_costs_only_that_object(closed: Pristine, copy: Copies) -> None:
    objects = sorted(path.relative_to(closed.path) for path in closed.path.glob("objects/??/*"))
    assert len(objects) == 3
    target = objects[0]
    place = copy(closed)
    notebook = support.unlock(place)
    for offset in offsets((closed.path / target).stat().st_size, PAGE_BYTES):
        flip(place / target, offset, bit=offset % 8)
        found = read_all(notebook, ids_expected(closed))
        flip(place / target, offset, bit=offset % 8)
        differing = {name for name in found if found[name] != closed.expected[name]}
        assert len(differing) == 1, offset
        assert differing.pop().startswith("content "), offset
        assert Code.DAMAGED in found.values(), offset
    notebook.close()


@pytest.mark.parametrize("how", ["cut", "longer", "missing", "zeroed", "swapped"])
def test_an_object_that_is_not_the_one_written_is_reported(
    how: str, closed: Pristine, copy: Copies
) -> None:
    place = copy(closed)
    first, second, _third = sorted(place.glob("objects/??/*"))
    whole = first.read_bytes()
    match how:
        case "cut":
            first.write_bytes(whole[:-1])
        case "longer":
            first.write_bytes(whole + b"\0")
        case "missing":
            first.unlink()
        case "zeroed":
            first.write_bytes(bytes(len(whole)))
        case "swapped":
            first.write_bytes(second.read_bytes())
            second.write_bytes(whole)
    notebook = support.unlock(place)
    found = read_all(notebook, ids_expected(closed))
    count = 2 if how == "swapped" else 1
    assert list(found.values()).count(Code.DAMAGED) == count
    findings = [finding.code for finding in notebook.verify()]
    notebook.close()
    assert findings == ["object-damaged"] * count
    assert {name for name in found if found[name] != closed.expected[name]} == {
        name for name in found if found[name] == Code.DAMAGED
    }


def test_a_flipped_bit_in_the_head_is_reported(closed: Pristine, copy: Copies) -> None:
    place = copy(closed)
    whole = (place / "head").read_bytes()
    core = support.environment()
    for offset in range(0, len(whole), max(1, 4 // effort())):
        (place / "head").write_bytes(whole)
        flip(place / "head", offset)
        unlocked = folder.unlock(Folder(place), support.PASSPHRASE, core)
        assert folder.read_head(Folder(place), unlocked.opened.notebook_key) is None
    notebook = support.unlock(place)
    assert damage(list(notebook.status().findings)) == {"head-damaged"}
    notebook.close()


@pytest.mark.parametrize("which", ["a", "b", "both"])
def test_a_flipped_bit_in_the_slots_never_reads_as_a_wrong_passphrase(
    which: str, closed: Pristine, copy: Copies
) -> None:
    place = copy(closed)
    names = ["slots-a", "slots-b"] if which == "both" else [f"slots-{which}"]
    whole = (place / "slots-a").read_bytes()
    for offset in offsets(len(whole), REGION_BYTES):
        for name in ("slots-a", "slots-b"):
            (place / name).write_bytes(whole)
        for name in names:
            flip(place / name, offset, bit=offset % 8)
        if which == "both":
            with pytest.raises(NotebookError) as trouble:
                folder.unlock(Folder(place), support.PASSPHRASE, support.environment())
            assert trouble.value.code is Code.DAMAGED, offset
            assert (place / "slots-a").read_bytes() != whole
        else:
            unlocked = folder.unlock(Folder(place), support.PASSPHRASE, support.environment())
            assert unlocked.damaged_copies == (which,), offset
            for name in ("slots-a", "slots-b"):
                assert (place / name).read_bytes() == whole, offset


def test_a_flipped_magic_in_both_slots_is_damage_and_not_another_kind_of_folder(
    closed: Pristine, copy: Copies
) -> None:
    place = copy(closed)
    for name in ("slots-a", "slots-b"):
        flip(place / name, 0)
    with pytest.raises(NotebookError) as trouble:
        support.unlock(place)
    assert trouble.value.code is Code.DAMAGED


def test_a_folder_whose_database_is_missing_is_not_opened_as_an_empty_one(
    closed: Pristine, copy: Copies
) -> None:
    place = copy(closed)
    (place / "notebook.db").unlink()
    before = sorted(path.name for path in place.iterdir())
    with pytest.raises(NotebookError) as trouble:
        support.unlock(place)
    assert trouble.value.code is Code.DAMAGED
    assert sorted(path.name for path in place.iterdir()) == before


@pytest.mark.parametrize("left_bytes", [0, 1, 4095, 4096, 40960])
def test_a_database_cut_short_is_refused_or_reported(
    left_bytes: int, closed: Pristine, copy: Copies
) -> None:
    place = copy(closed)
    database = place / "notebook.db"
    database.write_bytes(database.read_bytes()[:left_bytes])
    notebook = unlocked_or_damaged(place)
    if notebook is None:
        return
    assert damage(notebook.verify())
    notebook.close()


def test_zeroed_pages_are_refused_or_reported(closed: Pristine, copy: Copies) -> None:
    size_bytes = (closed.path / "notebook.db").stat().st_size
    step = max(1, size_bytes // PAGE_BYTES // (25 * effort()))
    for page in range(0, size_bytes // PAGE_BYTES, step):
        place = copy(closed)
        with (place / "notebook.db").open("r+b") as file:
            file.seek(page * PAGE_BYTES)
            file.write(bytes(PAGE_BYTES))
        check_zeroed(closed, place, page)


def check_zeroed(pristine: Pristine, place: Path, page: int) -> None:
    notebook = unlocked_or_damaged(place)
    if notebook is None:
        return
    found = read_all(notebook, ids_expected(pristine))
    findings = damage(notebook.verify())
    notebook.close()
    for name, value in found.items():
        assert value in (pristine.expected[name], Code.DAMAGED), f"{name}: page {page}"
    assert findings or found == pristine.expected, page


def test_a_damaged_drafts_database_is_put_aside_and_typing_is_kept(
    closed: Pristine, copy: Copies
) -> None:
    place = copy(closed)
    flip(place / "drafts.db", 200)
    damaged = (place / "drafts.db").read_bytes()
    notebook = support.unlock(place)
    assert notebook.drafts.all() == []
    draft = Draft(
        id=RecordId("11" * 16),
        type="note",
        case=CaseId("22" * 16),
        is_new=True,
        fields={"title": "typed after"},
    )
    notebook.drafts.keep(draft)
    assert notebook.drafts.all() == [draft]
    assert damage(notebook.verify()) == {"drafts-damaged"}
    notebook.close()
    assert (place / "drafts.db.damaged-1").read_bytes() == damaged
