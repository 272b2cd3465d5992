"""The front door: one way in, what changed is said, and what is asked for is found."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.model import CaseId, Kind, RecordId
from notebook.notebook import Kdf, Notebook
from notebook.progress import Cancelled
from notebook.transaction import Transaction
from tests.notebook import support_notebook as support


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "notebook")
    yield made
    made.close()


def test_what_was_saved_is_there_after_unlocking(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    fields = {"title": "Сұхбат", "account": "访谈 مۇلاقات"}
    record, changes = notebook.add("interview", case, {**fields, "quotes": ["a", "b"]})
    assert record in changes.records
    assert changes.cases == {case}
    words = notebook.head_words()
    notebook.close()
    again = support.unlock(notebook.folder)
    shown = {name: state.value for name, state in again.record(record).fields.items()}
    assert shown == {**fields, "quotes": ["a", "b"]}
    assert again.status().head_words == words
    assert again.verify() == []
    again.close()


def test_the_words_change_with_every_entry(notebook: Notebook) -> None:
    seen = {notebook.head_words()}
    for turn in range(3):
        support.case_in(notebook, str(turn))
        seen.add(notebook.head_words())
    assert len(seen) == 4


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\x1bb", "a\u202eb"])
def test_an_author_name_that_hides_something_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotebookError) as trouble:
        support.create(tmp_path / "n", author=name)
    assert trouble.value.code is Code.BAD_VALUE
    assert not (tmp_path / "n").exists()


def test_a_weak_passphrase_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotebookError) as trouble:
        Notebook.create(
            tmp_path / "n",
            "password",
            author_name="Aida",
            kdf=Kdf.TESTING,
            environment=support.environment(),
        )
    assert trouble.value.code is Code.WEAK_PASSPHRASE
    assert not (tmp_path / "n").exists()


def test_a_transaction_is_all_or_nothing(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    before = (notebook.rows(), notebook.head_words())

    def half(tx: Transaction) -> None:
        tx.write_fields(tx.new_record_id(), case, {"_type": "note", "title": "half"})
        raise Cancelled

    with pytest.raises(Cancelled):
        notebook.transact(half)
    assert (notebook.rows(), notebook.head_words()) == before
    assert notebook.find("half") == []
    support.interview_in(notebook, case, title="whole")
    assert notebook.verify() == []


@pytest.mark.parametrize("text", ["", "abcde", "zzzzzz", "0" * 33, "../../x", "' OR 1=1"])
def test_what_is_no_id_is_not_resolved(text: str, notebook: Notebook) -> None:
    support.case_in(notebook)
    with pytest.raises(NotebookError) as trouble:
        notebook.resolve(text)
    assert trouble.value.code is Code.UNKNOWN_RECORD


@pytest.mark.parametrize("length", [6, 7, 31, 32])
def test_the_beginning_of_an_id_is_enough(length: int, notebook: Notebook) -> None:
    case = support.case_in(notebook)
    assert notebook.resolve(" " + case[:length].upper()) == RecordId(case)


def test_an_ambiguous_beginning_is_refused(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    for end in "01":
        record = RecordId("abcdef" + "0" * 25 + end)
        notebook.add("note", case, {"title": end}, record=record)
    with pytest.raises(NotebookError):
        notebook.resolve("abcdef")
    assert notebook.resolve("abcdef" + "0" * 25 + "1").endswith("1")


def test_search_finds_by_type_and_case_and_forgets_what_is_deleted(notebook: Notebook) -> None:
    first, second = support.case_in(notebook, "almond"), support.case_in(notebook, "other")
    record = support.interview_in(notebook, first, account="almond birch")
    other = support.interview_in(notebook, second, account="almond")
    assert {row.id for row in notebook.find("almond")} == {first, record, other}
    assert [row.id for row in notebook.find("almond", type="interview", case=first)] == [record]
    assert len(notebook.find("almond", limit=1)) == 1
    notebook.edit(record, {"account": "cedar"})
    assert {row.id for row in notebook.find("almond")} == {first, other}
    notebook.delete(other)
    assert [row.id for row in notebook.find("almond")] == [RecordId(first)]
    notebook.restore(other)
    assert {row.id for row in notebook.find("almond")} == {first, other}


@pytest.mark.parametrize(
    "query", ["", "  ", '"', "*", "a AND", "(", "NEAR(", "^", "-", "\x00", "col:x"]
)
def test_no_query_is_a_syntax_error(query: str, notebook: Notebook) -> None:
    support.case_in(notebook, "a col x")
    notebook.find(query)


def test_lists_say_what_is_linked_and_lacking(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    record = support.interview_in(notebook, case)
    evidence, _changes = notebook.attach(record, io.BytesIO(b"x"), file_name="a")
    consent, _changes = notebook.add("consent", case, {"title": "c", "covers": [record]})
    row = next(row for row in notebook.rows(type="interview"))
    assert (row.media_count, row.has_consent, row.is_incomplete) == (1, True, True)
    assert [found.id for found in notebook.evidence_of(record)] == [evidence]
    assert {found.id for _name, found in notebook.links_to(record)} == {evidence, consent}
    notebook.delete(evidence)
    assert notebook.evidence_of(record) == []
    assert next(row for row in notebook.rows(type="interview")).media_count == 0


def test_history_tells_every_entry_in_order_with_its_fields(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    record = support.interview_in(notebook, case)
    notebook.edit(record, {"account": "a", "quotes": ["q"]})
    notebook.delete(record)
    lines = notebook.history(record)
    assert [line.kind for line in lines] == [Kind.OP] * 4
    assert "title" in lines[0].fields
    assert lines[1].fields == ("account",)
    assert "quotes" in lines[2].fields
    assert {line.author_name for line in lines} == {"Aida"}
    assert [line.time for line in lines] == sorted(line.time for line in lines)


def test_the_newest_is_the_first_in_a_list(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    dates = ("2025-06-01", "2026-01-02", "2024")
    for date in dates:
        support.interview_in(notebook, case, title=date, date=date)
    assert [row.title for row in notebook.rows(type="interview")] == sorted(dates, reverse=True)


@pytest.mark.parametrize("verb", ["record", "history", "sha256_of", "evidence_content", "delete"])
def test_what_is_not_there_is_trouble_and_no_bug(verb: str, notebook: Notebook) -> None:
    with pytest.raises(NotebookError) as trouble:
        getattr(notebook, verb)(RecordId("00" * 16))
    assert trouble.value.code is Code.UNKNOWN_RECORD


def test_withdrawn_text_is_gone_from_every_page_of_the_file(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    kept = support.interview_in(notebook, case, account="kept almond")
    record = support.interview_in(notebook, case, title="canary", account="canary birch")
    notebook.edit(record, {"quotes": ["canary"], "account": "canary again"})
    notebook.withdraw([record], "asked for it")
    assert notebook.find("canary") == []
    assert [row.id for row in notebook.find("almond")] == [kept]
    assert notebook.record(record).fields == {}
    assert notebook.record(record).is_withdrawn
    assert record not in {row.id for row in notebook.rows()}
    with notebook.snapshot() as db:
        assert db.all("SELECT 1 FROM content WHERE instr(value, 'canary')") == []
        assert db.all("SELECT 1 FROM record WHERE instr(summary, 'canary')") == []
        assert db.all("SELECT 1 FROM search_data WHERE instr(block, 'canary')") == []
    assert notebook.history(record)[-1].details["reason"] == "asked for it"
    assert [f for f in notebook.verify() if f.code != "stray-files"] == []


def test_nothing_unknown_is_withdrawn(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    with pytest.raises(NotebookError):
        notebook.withdraw([RecordId(case), RecordId("00" * 16)], "asked")
    assert not notebook.record(RecordId(case)).is_withdrawn


def test_a_rebuild_changes_nothing_that_is_shown(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    made = [support.interview_in(notebook, case, account=f"word{turn}") for turn in range(3)]
    for turn, record in enumerate(made):
        notebook.edit(record, {"account": f"again{turn}", "quotes": ["a", "b"]})
        notebook.edit(record, {"quotes": ["b"]})
    notebook.delete(made[2])
    before = [notebook.rows(), [notebook.record(row.id) for row in notebook.rows()]]
    hits = [row.id for row in notebook.find("again1")]
    assert notebook.verify(rebuild=True) == []
    assert [notebook.rows(), [notebook.record(row.id) for row in notebook.rows()]] == before
    assert [row.id for row in notebook.find("again1")] == hits
    assert notebook.find("word1") == []


def test_settings_are_kept_and_have_a_default(notebook: Notebook) -> None:
    assert notebook.setting("idle", 5) == 5
    assert notebook.set_setting("idle", 10).settings
    assert notebook.setting("idle", 5) == 10
    # The program's own settings are not a person's.
    notebook.set_setting("identity", "x")
    notebook.close()
    support.unlock(notebook.folder).close()


def test_reading_alone_changes_no_byte(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    notebook.close()
    before = {p: p.read_bytes() for p in notebook.folder.rglob("*") if p.is_file()}
    reader = Notebook.unlock(
        notebook.folder, support.PASSPHRASE, environment=support.environment(), is_reading=True
    )
    assert [CaseId(row.id) for row in reader.cases()] == [case]
    reader.find("case")
    reader.close()
    after = {p: p.read_bytes() for p in notebook.folder.rglob("*") if p.is_file()}
    assert {p.name for p in after} - {p.name for p in before} <= {
        "notebook.db-wal",
        "notebook.db-shm",
    }
    assert {p: after[p] for p in before} == before


def test_old_strays_go_at_unlock_and_young_ones_stay(notebook: Notebook) -> None:
    old, young = (notebook.folder / "objects" / "ab" / (name * 16) for name in ("0a", "0b"))
    old.parent.mkdir()
    for path in (old, young):
        path.write_bytes(b"left by a kill")
    now_s = support.environment().clock().timestamp()
    os.utime(old, (now_s - 31 * 86_400, now_s - 31 * 86_400))
    os.utime(young, (now_s - 29 * 86_400, now_s - 29 * 86_400))
    notebook.close()
    support.unlock(notebook.folder).close()
    assert [old.exists(), young.exists()] == [False, True]


def test_nothing_is_swept_while_something_is_wrong(notebook: Notebook) -> None:
    support.case_in(notebook)
    stray = notebook.folder / "objects" / "ab" / ("0a" * 16)
    stray.parent.mkdir()
    stray.write_bytes(b"perhaps named by an entry that was lost")
    os.utime(stray, (0, 0))
    notebook.close()
    (notebook.folder / "head").unlink()
    support.unlock(notebook.folder).close()
    assert stray.exists()
