"""A file goes only with the cases it came for: who names its hash is not sent it."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from notebook import journal
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import (
    Author,
    Team,
    database,
    dump,
    forged,
    log_of,
    opened,
    passed,
    unpacked,
)

SECRET = b"a photograph from the other case"
SHA256 = hashlib.sha256(SECRET).hexdigest()


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def attach(notebook: Notebook, case: CaseId, content: bytes = SECRET) -> RecordId:
    """A file about a new interview of the case."""
    about = support.interview_in(notebook, case)
    return notebook.attach(about, io.BytesIO(content), file_name="photo.bin")[0]


def shared_and_own(team: Team) -> tuple[Notebook, Notebook, CaseId, CaseId]:
    """Aida shares one case with Mallory; in another lies the file."""
    aida, mallory = team.members("Aida", "Mallory")
    shared, own = support.case_in(aida, "Shared"), support.case_in(aida, "Own")
    passed(aida, mallory, team, cases=(shared,))
    attach(aida, own)
    return aida, mallory, shared, own


def claims(mallory: Notebook, case: CaseId) -> dict[str, bytes]:
    """Evidence by Mallory that names the hash of a file she never had."""
    said = {"_type": "evidence", "title": "Mine", "sha256": SHA256}
    entry = Author(mallory, case).write(RecordId(os.urandom(16).hex()), said, kind="evidence")
    return log_of(entry)


def tip_of(files: Mapping[str, bytes]) -> str:
    (line,) = files.values()
    return journal.parse_line(line.strip()).id


def has_file(reader: Notebook, files: tuple[Path, ...]) -> bool:
    return any(name.startswith(f"data/evidence/{SHA256}") for name in unpacked(reader, files))


@pytest.mark.parametrize("asks", [False, True], ids=["names it", "and asks for it"])
@pytest.mark.parametrize("is_full", [False, True])
def test_naming_a_hash_does_not_bring_the_file_of_another_case(
    team: Team, is_full: bool, asks: bool
) -> None:
    aida, mallory, shared, _own = shared_and_own(team)
    files = claims(mallory, shared)
    # She says that she holds her own entry, so that nothing but her asking could bring the file.
    held = {shared: {"tips": {mallory.author: [tip_of(files)]}, "lacks": [SHA256]}}
    said = {"have": held} if asks else {}
    opened(aida, [forged(mallory, aida, team.folder / "claim", files, said=said)])
    assert [row.title for row in aida.rows(type="evidence", case=shared)] == ["Mine"]
    plan = aida.plan_seal(
        SealRequest(to=(mallory.author,), cases=(shared,), is_full=is_full, purpose="team")
    )
    assert plan.size_bytes == 0
    result = team.sealed(aida, mallory, cases=(shared,), is_full=is_full)
    assert not has_file(mallory, result.files)
    # Nor is it betrayed that the file is here.
    envelope = unpacked(mallory, result.files)["envelope.json"]
    assert SHA256.encode() in envelope


def test_a_claimed_hash_is_not_passed_on_over_others_either(team: Team) -> None:
    aida, mallory, shared, _own = shared_and_own(team)
    carol = team.member("Carol")
    for one, other in ((aida, carol), (carol, aida), (carol, mallory), (mallory, carol)):
        one.add_contact(other.my_card().encode())
    opened(aida, [forged(mallory, aida, team.folder / "claim", claims(mallory, shared))])
    # One bundle with both cases: the file is in it, for Aida's own one.
    both = team.sealed(aida, carol)
    assert has_file(carol, both.files)
    opened(carol, both)
    result = team.sealed(carol, mallory, cases=(shared,))
    assert not has_file(mallory, result.files)


def test_what_came_for_a_case_is_passed_on_with_it(team: Team) -> None:
    aida, bolat, carol = team.members("Aida", "Bolat", "Carol")
    case = support.case_in(aida)
    evidence = attach(aida, case)
    passed(aida, bolat, team)
    passed(bolat, carol, team)
    with carol.evidence_content(evidence) as content:
        assert content.read() == SECRET


def test_a_file_taken_in_for_two_cases_goes_with_either(team: Team) -> None:
    aida, bolat = team.members("Aida", "Bolat")
    cases = [support.case_in(aida, name) for name in ("One", "Two")]
    for case in cases:
        attach(aida, case)
    for case in cases:
        result = team.sealed(aida, bolat, cases=(case,))
        assert has_file(bolat, result.files)


def test_whoever_sends_the_file_may_name_it_in_a_case_of_ours(team: Team) -> None:
    aida, mallory, shared, _own = shared_and_own(team)
    files = {**claims(mallory, shared), f"data/evidence/{SHA256}.bin": SECRET}
    bundle = forged(mallory, aida, team.folder / "sent", files, evidence={SHA256: len(SECRET)})
    opened(aida, [bundle])
    # Nothing is betrayed by giving Mallory what Mallory gave.
    result = team.sealed(aida, mallory, cases=(shared,))
    assert has_file(mallory, result.files)


def test_other_content_under_the_hash_proves_nothing(team: Team) -> None:
    aida, mallory, shared, _own = shared_and_own(team)
    other = b"x" * len(SECRET)
    files = {**claims(mallory, shared), f"data/evidence/{SHA256}.bin": other}
    bundle = forged(mallory, aida, team.folder / "lie", files, evidence={SHA256: len(SECRET)})
    with pytest.raises(NotebookError) as refused:
        opened(aida, [bundle])
    assert refused.value.code is Code.BUNDLE_DAMAGED
    assert not has_file(mallory, team.sealed(aida, mallory, cases=(shared,)).files)


def test_the_key_of_a_file_stands_in_its_table_alone_and_in_no_bundle(team: Team) -> None:
    aida, bolat = team.members("Aida", "Bolat")
    attach(aida, support.case_in(aida))
    [(key,)] = database(aida).all("SELECT key FROM object")
    shapes = (key, key.hex().encode(), base64.b64encode(key))
    tables = dump(aida)
    assert [row for row in tables["object"] if key in row]
    for name in tables.keys() - {"object"}:
        assert not any(shape in as_bytes(row) for row in tables[name] for shape in shapes), name
    bundle = team.sealed(aida, bolat).files
    inside = unpacked(bolat, bundle)
    assert SECRET in inside.values()
    assert not any(shape in content for content in inside.values() for shape in shapes)
    opened(bolat, bundle)
    assert database(bolat).all("SELECT key FROM object") != [(key,)]


def as_bytes(row: Iterable[object]) -> bytes:
    return b"\0".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
