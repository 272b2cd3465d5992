"""Where the person was: kept encrypted with the drafts, bounded, forgotten when it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from crypto.keys import drafts_key
from notebook import last_place
from notebook.drafts import Drafts
from notebook.last_place import LastPlace, Spot
from notebook.model import CaseId, JsonValue, RecordId
from notebook.notebook import Notebook
from notebook.progress import Silent
from notebook.storage.database import Database
from tests.notebook import support_notebook as support

KEY = drafts_key(b"k" * 32)
PLACE = LastPlace(
    room="desk",
    type="interview",
    case=CaseId("22" * 16),
    top=RecordId("33" * 16),
    top_hidden=11,
    spot=Spot(
        record=RecordId("11" * 16),
        field="account",
        cursor=1_042,
        anchor=1_040,
        seen="summary",
        seen_at=311,
        below=-12,
        page=580,
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drafts.db"


@pytest.fixture
def drafts(path: Path) -> Iterator[Drafts]:
    made = Drafts(path, KEY)
    yield made
    made.close()


def told(**changes: JsonValue) -> bytes:
    """The stored place with something else in it."""
    body = last_place.encode(PLACE)
    assert body is not None
    return json.dumps({**json.loads(body), **changes}).encode()


def told_spot(**changes: JsonValue) -> bytes:
    body = last_place.encode(PLACE)
    assert body is not None
    return told(spot={**json.loads(body)["spot"], **changes})


def test_a_place_comes_back_as_it_was_and_there_is_only_one(drafts: Drafts, path: Path) -> None:
    assert drafts.place() is None
    drafts.keep_place(PLACE)
    drafts.keep_place(replace(PLACE, spot=None))
    assert drafts.place() == replace(PLACE, spot=None)
    drafts.keep_place(PLACE)
    drafts.close()
    again = Drafts(path, KEY)
    assert again.place() == PLACE
    assert again.all() == []
    again.forget_place()
    assert again.place() is None
    again.close()


def test_nothing_of_a_place_is_in_clear(drafts: Drafts, path: Path) -> None:
    drafts.keep_place(PLACE)
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    for word in (b"account", b"11" * 16, b"\x11" * 16):
        assert word not in content


def test_what_is_too_long_to_be_a_place_is_not_kept(drafts: Drafts) -> None:
    drafts.keep_place(PLACE)
    drafts.keep_place(replace(PLACE, room="x" * last_place.MAX_BYTES))
    assert drafts.place() == PLACE


def test_a_damaged_place_is_none_and_the_drafts_are_unharmed(drafts: Drafts, path: Path) -> None:
    drafts.keep_place(PLACE)
    drafts.close()
    db = Database(path, KEY, schema="drafts_schema", has_log=False)
    db.run("UPDATE place SET body = zeroblob(length(body))")
    db.close()
    again = Drafts(path, KEY)
    assert again.place() is None
    again.keep_place(PLACE)
    assert again.place() == PLACE
    again.close()


def test_drafts_of_an_earlier_version_learn_to_keep_a_place(path: Path) -> None:
    db = Database(path, KEY, schema="drafts_schema", has_log=False)
    with db.write():
        db.run("DROP TABLE place")
        db.run("PRAGMA user_version = 1")
    db.close()
    again = Drafts(path, KEY)
    again.keep_place(PLACE)
    assert again.place() == PLACE
    again.close()


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        b"[]",
        b"{}",
        told()[:-1],
        told(more=1),
        told(room=None),
        told(type=3),
        told(case="22"),
        told(case="GG" * 16),
        told(top=""),
        told(top_hidden=-1),
        told(top_hidden=True),
        told(spot=[]),
        told(spot={}),
        told_spot(record=None),
        told_spot(field=None),
        told_spot(cursor=-1),
        told_spot(cursor=2**31),
        told_spot(anchor=1.5),
        told_spot(seen=7),
        told_spot(seen_at=-1),
        told_spot(below="1"),
        told_spot(page=-1),
        told(room="x" * last_place.MAX_BYTES),
    ],
)
def test_what_is_no_place_is_none(untrusted: bytes) -> None:
    assert last_place.decode(told()) == PLACE
    assert last_place.decode(untrusted) is None


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "n")
    yield made
    made.close()


def test_a_withdrawal_forgets_it(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    talk = support.interview_in(notebook, case)
    notebook.drafts.keep_place(replace(PLACE, spot=Spot(record=talk)))
    notebook.edit(talk, {"title": "An edit forgets nothing"})
    assert notebook.drafts.place() is not None
    notebook.withdraw([talk], "asked")
    assert notebook.drafts.place() is None


def test_removing_a_case_forgets_it(tmp_path: Path) -> None:
    notebook = support.create(tmp_path / "leaving")
    case = support.case_in(notebook)
    talk = support.interview_in(notebook, case)
    notebook.attach(talk, BytesIO(b"told"), file_name="f")
    notebook.drafts.keep_place(replace(PLACE, spot=Spot(record=talk)))
    notebook.travel.remove_cases(support.PASSPHRASE, [case], Silent())
    notebook.close()
    after = support.unlock(tmp_path / "leaving", seed="after")
    assert after.drafts.place() is None
    after.close()
