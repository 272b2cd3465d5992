"""A withdrawal here: content, index, file and key go at once, or at the next unlock."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import core, health, withdrawing
from notebook.model import CaseId, Kind, RecordId
from notebook.notebook import Notebook
from notebook.obeying import CLEAN_UP_DUE
from notebook.storage import affairs
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, database, files_of, passed


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


@pytest.fixture
def notebook(team: Team) -> Notebook:
    return team.member("Aida")


@pytest.fixture
def case(notebook: Notebook) -> CaseId:
    return support.case_in(notebook)


def attached(notebook: Notebook, about: RecordId, content: bytes) -> RecordId:
    return notebook.attach(about, io.BytesIO(content), file_name="f")[0]


def pages(folder: Path) -> bytes:
    """The database as SQLite keeps it, without its encryption."""
    opened = support.unlock(folder)
    try:
        db = database(opened)
        plain = folder.parent / "plain.db"
        db.run(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
        db.one("SELECT sqlcipher_export('plain')")
        db.run("DETACH DATABASE plain")
        return plain.read_bytes()
    finally:
        opened.close()


def test_a_withdrawn_consent_says_what_it_covered_so_that_its_refusal_stays(
    notebook: Notebook, case: CaseId
) -> None:
    talk = support.interview_in(notebook, case)
    consent, _ = notebook.add("consent", case, {"title": "C", "covers": [talk]})
    notebook.withdraw([consent], "asked")
    (line,) = [line for line in notebook.history(consent) if line.kind is Kind.WITHDRAW]
    assert line.details["covers"] == [talk]
    assert line.details["reason"] == "asked"


def test_a_file_goes_with_the_last_record_that_names_it(notebook: Notebook, case: CaseId) -> None:
    talk = support.interview_in(notebook, case)
    first, second = (attached(notebook, talk, b"same") for _turn in range(2))
    other = attached(notebook, talk, b"other")
    notebook.withdraw([first], "asked")
    assert len(files_of(notebook)) == 2
    notebook.withdraw([second], "asked")
    assert len(files_of(notebook)) == 1
    with notebook.evidence_content(other) as content:
        assert content.read() == b"other"
    assert notebook.verify() == []


def test_a_file_that_a_deleted_record_names_stays(notebook: Notebook, case: CaseId) -> None:
    talk = support.interview_in(notebook, case)
    first, second = (attached(notebook, talk, b"same") for _turn in range(2))
    notebook.delete(second)
    notebook.withdraw([first], "asked")
    notebook.restore(second)
    with notebook.evidence_content(second) as content:
        assert content.read() == b"same"


def test_what_another_asked_for_is_confirmed_by_withdrawing_here(team: Team) -> None:
    one, other = team.members("One", "Other")
    case = support.case_in(one)
    talk = support.interview_in(one, case, account="secret")
    passed(one, other, team)
    other.withdraw([talk], "asked there")
    passed(other, one, team)
    content = "SELECT value FROM content"
    assert any(b"secret" in row[0] for row in database(one).all(content))
    one.withdraw([talk], "yes")
    assert not any(b"secret" in row[0] for row in database(one).all(content))


def test_a_clean_up_that_a_kill_prevented_is_done_at_the_next_unlock(
    notebook: Notebook, case: CaseId, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = attached(notebook, support.interview_in(notebook, case), b"content")

    def killed(_core: core.Core, _gone: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(withdrawing, "clean_up", killed)
        with pytest.raises(KeyboardInterrupt):
            notebook.withdraw([evidence], "asked")
    assert affairs.setting(database(notebook), CLEAN_UP_DUE) is True
    assert len(files_of(notebook)) == 1
    notebook.close()
    again = support.unlock(notebook.folder)
    assert affairs.setting(database(again), CLEAN_UP_DUE) is False
    assert files_of(again) == []
    assert again.verify() == []
    again.close()


def test_a_damaged_file_is_not_rewritten_and_asked_about_again(
    notebook: Notebook, case: CaseId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rewriting would copy the damage under clean checksums."""
    talk = support.interview_in(notebook, case, account="secret")
    found = health.database_finding()
    compacted: list[bool] = []
    with monkeypatch.context() as patched:
        patched.setattr(health, "check_database", lambda *_args: [found])
        patched.setattr(type(database(notebook)), "compact", lambda _db: compacted.append(True))
        notebook.withdraw([talk], "asked")
    assert compacted == []
    assert affairs.setting(database(notebook), CLEAN_UP_DUE) is True
    withdrawing.finish(notebook._core)
    assert affairs.setting(database(notebook), CLEAN_UP_DUE) is False


def test_the_file_is_rewritten_and_its_log_emptied(
    notebook: Notebook, case: CaseId, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "canaryword " * 20_000
    first, second = (support.interview_in(notebook, case, account=long) for _turn in range(2))
    db, log = database(notebook), notebook.folder / "notebook.db-wal"
    with monkeypatch.context() as patched:
        patched.setattr(type(db), "compact", lambda _db: None)
        notebook.withdraw([first], "asked")
    # What went left pages that nothing uses, and the log is as long as what was written.
    assert db.one("PRAGMA freelist_count")[0] > len(long) // 4096 // 2
    assert log.stat().st_size > len(long)
    notebook.withdraw([second], "asked")
    assert db.one("PRAGMA freelist_count")[0] == 0
    # Afterwards it is noted that it is done.
    assert log.stat().st_size < len(long) // 2


def test_no_page_of_the_file_keeps_a_word_of_it(notebook: Notebook, case: CaseId) -> None:
    talk = support.interview_in(notebook, case, account="canaryword " * 50)
    kept = support.interview_in(notebook, case, account="keptword")
    notebook.edit(talk, {"account": "canaryword again"})
    notebook.withdraw([talk], "asked")
    assert notebook.record(kept).fields["account"].value == "keptword"
    notebook.close()
    found = pages(notebook.folder)
    assert b"keptword" in found
    assert b"canaryword" not in found
