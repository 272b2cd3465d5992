"""What is typed and not yet saved: kept at once, read back as it was, never in clear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.keys import drafts_key
from notebook.drafts import Draft, Drafts
from notebook.errors import Code, NotebookError
from notebook.model import CaseId, EntryId, RecordId
from notebook.storage.database import Database

KEY = drafts_key(b"k" * 32)
DRAFT = Draft(
    id=RecordId("11" * 16),
    type="interview",
    case=CaseId("22" * 16),
    is_new=True,
    fields={"title": "canary", "account": "ал\nбұл", "quotes": ["a", "b"], "number": 1.5},
    replaces={"title": ((EntryId("ee" * 32), 0), (EntryId("ff" * 32), 4095))},
    kept_at="2026-03-05T09:00:00Z",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drafts.db"


@pytest.fixture
def drafts(path: Path) -> Iterator[Drafts]:
    made = Drafts(path, KEY)
    yield made
    made.close()


def broken(path: Path, statement: str) -> None:
    """Change a row behind the back of the program, as a damaged page would."""
    db = Database(path, KEY, schema="drafts_schema", has_log=False)
    db.run(statement)
    db.close()


def test_a_draft_comes_back_as_it_was(drafts: Drafts, path: Path) -> None:
    drafts.keep(DRAFT)
    assert drafts.get(DRAFT.id) == DRAFT
    drafts.close()
    again = Drafts(path, KEY)
    assert again.all() == [DRAFT]
    again.close()


def test_a_draft_kept_again_is_rewritten(drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    longer = replace(DRAFT, fields={"account": "x" * 3_000_000})
    drafts.keep(longer)
    assert drafts.all() == [longer]


def test_a_dropped_draft_is_gone_and_dropping_it_again_is_no_trouble(drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    other = replace(DRAFT, id=RecordId("33" * 16))
    drafts.keep(other)
    drafts.drop(DRAFT.id)
    drafts.drop(DRAFT.id)
    assert drafts.all() == [other]
    assert drafts.get(DRAFT.id) is None


def test_nothing_of_a_draft_is_in_clear_or_in_a_second_file(drafts: Drafts, path: Path) -> None:
    drafts.keep(DRAFT)
    assert b"canary" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    drafts.close()
    assert {file.name for file in path.parent.iterdir()} <= {"drafts.db", "drafts.db-journal"}


def test_one_damaged_draft_costs_only_itself(drafts: Drafts, path: Path) -> None:
    other = replace(DRAFT, id=RecordId("33" * 16))
    drafts.keep(DRAFT)
    drafts.keep(other)
    drafts.close()
    broken(path, "UPDATE draft SET body = zeroblob(length(body)) WHERE id = x'" + "11" * 16 + "'")
    again = Drafts(path, KEY)
    assert again.all() == [other]
    assert again.get(other.id) == other
    with pytest.raises(NotebookError) as trouble:
        again.get(DRAFT.id)
    assert trouble.value.code is Code.DAMAGED
    again.keep(DRAFT)
    assert again.get(DRAFT.id) == DRAFT
    again.close()


def test_drafts_of_another_notebook_are_put_aside_and_not_deleted(path: Path) -> None:
    first = Drafts(path, drafts_key(b"o" * 32))
    first.keep(DRAFT)
    first.close()
    before = path.read_bytes()
    second = Drafts(path, KEY)
    assert second.all() == []
    second.close()
    assert path.with_name("drafts.db.damaged-1").read_bytes() == before


def test_what_json_cannot_hold_is_not_kept(drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    with pytest.raises(ValueError, match="lone surrogate"):
        drafts.keep(replace(DRAFT, fields={"title": "\ud800"}))
    assert drafts.all() == [DRAFT]
