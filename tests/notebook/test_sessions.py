"""A session's certificate: one form for ever, and believed only when all of it fits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook import journal, sessions
from notebook.journal import Entry, Frame
from notebook.model import AuthorId, CaseId, EntryId, JsonValue, Kind, RecordId
from notebook.storage import travel
from notebook.storage.database import Database
from tests.notebook.support_notebook import Seeded
from tests.support import REPOSITORY

GOLDEN = REPOSITORY / "tests" / "golden" / "session_v1.jsonl"
CASE = CaseId("c1" * 16)
AFTER = "aa" * 32


def author(seed: str = "author") -> Identity:
    return Identity.generate("Aida", Seeded(seed))


def signer() -> Identity:
    return replace(author(), signing_seed=Seeded("session")(32))


def key_of(identity: Identity) -> AuthorId:
    return AuthorId(identity.card().author_id())


def certificate(**changed: str) -> dict[str, JsonValue]:
    return sessions.certificate(
        author(),
        AuthorId(changed.get("session", key_of(signer()))),
        CaseId(changed.get("case", CASE)),
        day=changed.get("day", "2026-03-05"),
        after=changed.get("after", AFTER),
        count=7,
    )


def entry(value: dict[str, JsonValue], *, kind: Kind = Kind.KEY, seq: int = 0) -> Entry:
    return journal.compose(
        case=CASE,
        log="10" * 16,
        seq=seq,
        prev="" if seq == 0 else "bb" * 32,
        seen=[EntryId(AFTER)],
        time="2026-03-05T09:00:00Z",
        kind=kind,
        parts=[(Frame(record=RecordId(CASE), field=sessions.FIELD), value)],
        signing_seed=signer().signing_seed,
        random=Seeded("salts"),
    )


def learnt(made: Entry) -> list[travel.SessionRow]:
    db = Database.in_memory("schema")
    with db.write():
        sessions.learn(db, made, made.parts[0])
    found = travel.sessions(db)
    db.close()
    return found


def test_the_form_never_changes() -> None:
    assert entry(certificate()).encode_line() == GOLDEN.read_bytes()


def test_a_certificate_of_this_version_is_read_for_ever() -> None:
    made = journal.parse_line(GOLDEN.read_bytes().rstrip(b"\n"))
    journal.check_signature(made)
    journal.check_parts(made)
    (row,) = learnt(made)
    assert row.key == key_of(signer())
    assert row.author == key_of(author())
    assert (row.case, row.day, row.after, row.count) == (CASE, "2026-03-05", AFTER, 7)


def test_a_first_session_follows_nothing() -> None:
    (row,) = learnt(entry(certificate(after="")))
    assert row.after == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"session": "ab" * 32},
        {"case": "c2" * 16},
        {"day": "2026-02-30"},
        {"day": "yesterday"},
        {"after": "xyz"},
    ],
)
def test_a_statement_about_something_else_proves_nothing(changed: dict[str, str]) -> None:
    assert learnt(entry(certificate(**changed))) == []


def test_a_statement_that_was_changed_proves_nothing() -> None:
    value = certificate()
    value["c"] = str(value["c"]).replace("2026-03-05", "2026-03-06")
    assert learnt(entry(value)) == []


def test_a_session_cannot_name_another_author() -> None:
    value = certificate()
    other = key_of(author("other"))
    value["c"] = str(value["c"]).replace(key_of(author()), other)
    assert learnt(entry(value)) == []


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"c": "{}", "s": "00" * 64},
        {"c": 1, "s": None},
        {"c": json.dumps({"v": 1}), "s": "zz"},
        {**certificate(), "x": 1},
    ],
)
def test_what_is_no_certificate_proves_nothing(value: dict[str, JsonValue]) -> None:
    assert learnt(entry(value)) == []


def test_only_the_first_entry_and_only_of_its_kind_certifies() -> None:
    assert learnt(entry(certificate(), seq=1)) == []
    assert learnt(entry(certificate(), kind=Kind.CUSTODY)) == []


def test_only_sessions_of_people_one_knows_get_a_name(tmp_path: Path) -> None:
    db = Database.in_memory("schema")
    made = entry(certificate())
    with db.write():
        sessions.learn(db, made, made.parts[0])
    assert sessions.names(db, {}) == {}
    known = {key_of(author()): "Aida"}
    assert sessions.names(db, known) == {key_of(signer()): "Aida, session of 5 March 2026"}
    assert [row.after for row in sessions.gaps(db)] == [AFTER]
    db.close()
