"""A notebook that travels: sealed at each save, unreadable after lock, whole at headquarters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from crypto.container import peek
from notebook import envelope, missions, outbox
from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.last_place import LastPlace
from notebook.model import AuthorId, CaseId, Changes, RecordId
from notebook.notebook import Notebook
from notebook.notices import NoticeKind
from notebook.progress import Silent
from notebook.storage import entries
from notebook.storage.database import Database
from notebook.travel_drafts import TravelDrafts
from tests.notebook import support_exchange as exchange
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling

PICTURE = b"not really a picture \x00\xff" * 5000


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Notebook]:
    """Headquarters with one mission."""
    made = travelling.headquarters(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def laptop(tmp_path: Path, home: Notebook) -> Path:
    """The folder of a notebook that travels, locked."""
    folder = tmp_path / "laptop"
    travelling.traveller(folder, home).close()
    return folder


def first_session(laptop: Path) -> tuple[CaseId, RecordId, RecordId]:
    """A case, an interview and a file, then the lock."""
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook, "The case")
    told = support.interview_in(notebook, case, title="Told", account="At the gate")
    shown = notebook.attach(told, BytesIO(PICTURE), file_name="gate.jpg")[0]
    notebook.close()
    return case, told, shown


def trouble(call: object) -> Code:
    with pytest.raises(NotebookError) as caught:
        call()  # type: ignore[operator]  # any call
    return caught.value.code


def test_headquarters_reads_what_a_session_wrote(laptop: Path, home: Notebook) -> None:
    case, told, shown = first_session(laptop)
    results = travelling.opened(home, travelling.bundles(laptop))
    assert [result.new for result in results] == [1, 1, 2]
    assert home.record(RecordId(case)).title == "The case"
    assert exchange.values(home, told, "account") == ["At the gate"]
    with home.evidence_content(shown) as reader:
        assert reader.read() == PICTURE
    assert {line.author_name for line in home.history(told)} == {"Aida, session of 5 March 2026"}


def test_that_a_picture_was_looked_at_makes_no_bundle(laptop: Path) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook, "The case")
    shown = notebook.attach(RecordId(case), BytesIO(PICTURE), file_name="gate.jpg")[0]
    before = travelling.bundles(laptop)
    assert notebook.note_viewed(shown) == Changes()
    assert travelling.bundles(laptop) == before
    notebook.close()


def test_the_next_session_shows_nothing_of_the_one_before(laptop: Path) -> None:
    case, told, _shown = first_session(laptop)
    notebook = travelling.session(laptop, "second")
    assert [(row.case, row.type) for row in notebook.rows()] == [(case, "case")]
    assert "The case" not in notebook.rows()[0].title
    assert case[:8].upper() in notebook.rows()[0].title
    assert notebook.find("gate") == []
    assert trouble(lambda: notebook.record(told)) is Code.UNKNOWN_RECORD
    notebook.close()


def test_an_earlier_case_takes_records_and_is_not_changed(laptop: Path, home: Notebook) -> None:
    case, _told, _shown = first_session(laptop)
    notebook = travelling.session(laptop, "second")
    added = support.interview_in(notebook, case, title="More", account="Later")
    assert trouble(lambda: notebook.edit(RecordId(case), {"title": "x"})) is Code.TRAVEL_MODE
    assert trouble(lambda: notebook.delete(RecordId(case))) is Code.TRAVEL_MODE
    both = [added, RecordId(case)]
    assert trouble(lambda: notebook.withdraw(both, "asked")) is Code.TRAVEL_MODE
    assert exchange.values(notebook, added, "account") == ["Later"]
    assert notebook.travel.sealed_in_session().records == 1
    notebook.close()
    travelling.opened(home, travelling.bundles(laptop))
    assert exchange.values(home, added, "account") == ["Later"]
    assert home.record(RecordId(case)).title == "The case"
    assert not [row for row in home.rows() if row.has_conflict]


def test_exported_keys_are_noted_in_cases_of_earlier_sessions_too(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    case, *_ = first_session(laptop)
    notebook = travelling.session(laptop, "second")
    notebook.export_identity(tmp_path / "keys")
    notebook.close()
    travelling.opened(home, travelling.bundles(laptop))
    noted = [dict(line.details).get("what") for line in home.history(RecordId(case))]
    assert noted.count("identity exported") == 1


def test_within_a_session_records_are_shown_found_and_changed(laptop: Path, home: Notebook) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    told = support.interview_in(notebook, case, account="At the gate")
    notebook.edit(told, {"account": "At the river"})
    assert [row.id for row in notebook.find("river")] == [told]
    assert exchange.values(notebook, told, "account") == ["At the river"]
    notebook.close()
    travelling.opened(home, travelling.bundles(laptop))
    assert exchange.values(home, told, "account") == ["At the river"]


def test_any_order_and_any_repetition_ends_the_same(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    case, *_ = first_session(laptop)
    second = travelling.session(laptop, "second")
    support.interview_in(second, case, title="More", account="Later")
    second.close()
    files = travelling.bundles(laptop)
    assert len(files) == 4
    card = second.my_card().encode()
    states = []
    for number, order in enumerate(itertools.permutations(files)):
        if number % 3:
            continue
        reader = support.create(tmp_path / f"reader{number}", seed=f"r{number}", author="Reader")
        reader.add_contact(card)
        with home.snapshot() as db:
            copy_missions(db, reader)
        travelling.opened(reader, [*order, order[0]])
        states.append(exchange.state(reader))
        assert reader.travel.session_gaps() == []
        reader.close()
    assert all(state == states[0] for state in states)
    assert len(states[0]) == 4


def copy_missions(db: Database, reader: Notebook) -> None:
    """Give a reader headquarters' missions."""
    from notebook.storage import travel  # noqa: PLC0415 - only this helper

    for number, text in enumerate(travel.missions(db)):
        key = AuthorId(f"{number:064x}")
        reader.transact(lambda tx, k=key, t=text: travel.add_mission(tx.db, k, t, "x"))  # type: ignore[misc]  # as a loop needs


def test_a_missing_session_is_a_gap_that_closes(laptop: Path, home: Notebook) -> None:
    case, *_ = first_session(laptop)
    before = travelling.bundles(laptop)
    second = travelling.session(laptop, "second")
    support.interview_in(second, case, title="More")
    second.close()
    after = [path for path in travelling.bundles(laptop) if path not in before]
    travelling.opened(home, [*after, *before[:-1]])
    [gap] = home.travel.session_gaps()
    assert gap.case == case
    # Who believes no certificate learns by `seen` what the session came after.
    db = exchange.database(home)
    num = entries.chain(db, case, gap.key)[0][0]
    assert entries.header_of(db, num).seen == (gap.after,)
    [notice] = home.trust.notices()
    assert (notice.kind, notice.case) == (NoticeKind.SESSION_MISSING, case)
    assert (notice.author, notice.contact) == (gap.key, gap.author)
    [finding] = [found for found in home.verify() if found.code == "session-missing"]
    assert "session of" in finding.what
    assert gap.key not in finding.what
    travelling.opened(home, before[-1:])
    assert home.travel.session_gaps() == []
    assert home.trust.notices() == []


def test_a_missing_bundle_inside_a_session_waits(laptop: Path, home: Notebook) -> None:
    _case, told, _shown = first_session(laptop)
    one, two, three = travelling.bundles(laptop)
    results = travelling.opened(home, [one, three])
    assert results[-1].waiting == 2
    results = travelling.opened(home, [two])
    assert results[-1].waiting == 0
    assert home.record(told).title == "Told"


def test_the_laptop_cannot_open_its_own_outbox(laptop: Path, tmp_path: Path) -> None:
    first_session(laptop)
    notebook = travelling.session(laptop, "second")
    paths = travelling.bundles(laptop)
    for path in paths:
        assert trouble(lambda p=path: notebook.inspect_bundle([p])) is Code.TRAVEL_MODE
    assert trouble(lambda: notebook.plan_seal(SealRequest(to=()))) is Code.TRAVEL_MODE
    assert trouble(lambda: notebook.add_contact("x")) is Code.TRAVEL_MODE
    assert trouble(notebook.travel.new_mission) is Code.TRAVEL_MODE
    notebook.close()
    # The author's identity in an ordinary notebook does not open it either.
    other = support.create(tmp_path / "other", seed="other")
    other._core.identity = notebook._core.identity
    assert trouble(lambda: other.inspect_bundle(paths[:1])) is Code.NOT_FOR_YOU
    other.close()


def test_nothing_is_left_but_what_the_format_names(laptop: Path) -> None:
    first_session(laptop)
    names = {path.relative_to(laptop).parts[0] for path in laptop.rglob("*") if path.is_file()}
    assert names == {"slots-a", "slots-b", "notebook.db", "head", "lock", "outbox"}
    assert all(path.name.endswith(".sealed.age") for path in travelling.bundles(laptop))


def test_a_file_is_not_opened_again_once_it_was_sealed(laptop: Path) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    shown = notebook.attach(RecordId(case), BytesIO(PICTURE), file_name="x")[0]
    assert trouble(lambda: notebook.evidence_content(shown)) is Code.TRAVEL_MODE
    again = notebook.attach(RecordId(case), BytesIO(PICTURE), file_name="y")[0]
    assert again != shown
    assert notebook.travel.sealed_in_session().files == 2
    notebook.close()


def test_a_file_that_changed_between_the_readings_is_refused(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    path = tmp_path / "growing"
    path.write_bytes(PICTURE)
    with path.open("rb") as source:
        examined = notebook.intake().take_in(
            source, file_name="x", progress=exchange.Stop(0, OSError())
        )
    path.write_bytes(PICTURE[:-1] + b"!")
    refused = trouble(lambda: notebook.add_evidence(RecordId(case), examined))
    assert refused is Code.UNREADABLE_FILE
    assert notebook.rows(type="evidence") == []
    told = support.interview_in(notebook, case)
    notebook.close()
    travelling.opened(home, travelling.bundles(laptop))
    assert {row.id for row in home.rows()} == {case, told}


def test_a_full_disk_keeps_the_save_out_of_the_session_too(
    laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    with monkeypatch.context() as patch:
        patch.setattr("notebook.disk.create", no_space)
        assert trouble(lambda: support.interview_in(notebook, case)) is Code.NO_SPACE
    assert [row.type for row in notebook.rows()] == ["case"]
    assert len(travelling.bundles(laptop)) == 1
    support.interview_in(notebook, case)
    notebook.close()


def no_space(_path: Path) -> None:
    raise OSError(28, "No space left on device")


def test_classic_missions_are_sealed_in_the_classic_way(tmp_path: Path, home: Notebook) -> None:
    folder = tmp_path / "classic"
    notebook = travelling.traveller(folder, home, is_classic=True)
    support.case_in(notebook)
    notebook.close()
    (path,) = travelling.bundles(folder)
    assert path.read_bytes().count(b"-> X25519 ") == 4
    travelling.opened(home, [path])
    assert len(home.cases()) == 1


def test_the_bundles_hold_four_stanzas_and_no_plain_word(laptop: Path) -> None:
    first_session(laptop)
    for path in travelling.bundles(laptop):
        content = path.read_bytes()
        assert content.count(b"-> mlkem768x25519 ") == 4
        assert b"At the gate" not in content
        assert b"gate.jpg" not in content


def test_a_sealed_file_does_not_say_when_it_was_sealed(laptop: Path, tmp_path: Path) -> None:
    first_session(laptop)
    found = travelling.bundles(laptop)
    assert {path.stat().st_mtime for path in found} == {946_684_800}
    copied = outbox.copy_out(laptop, tmp_path / "stick", Silent())
    assert {path.stat().st_mtime for path in copied.files} == {946_684_800}


@pytest.mark.parametrize("inside", ["outbox", "", "outbox/again", "elsewhere"])
def test_the_outbox_is_not_copied_into_the_notebook_itself(laptop: Path, inside: str) -> None:
    first_session(laptop)
    before = sorted(laptop.rglob("*"))
    with pytest.raises(NotebookError) as refused:
        outbox.copy_out(laptop, laptop / inside, Silent(), is_removing=True)
    assert refused.value.code is Code.BAD_INPUT
    assert sorted(laptop.rglob("*")) == before


def test_what_a_laptop_that_travels_seals_claims_to_hold_nothing_and_follows_nothing(
    laptop: Path, home: Notebook
) -> None:
    first_session(laptop)
    keys = missions.keys(exchange.database(home), home._core.identity)
    for path in travelling.bundles(laptop):
        with path.open("rb") as file:
            outside = envelope.parse(peek(file, keys).envelope)
        assert (outside.have, outside.chain) == ({}, {})
        assert outside.to == tuple(sorted(set(outside.to)))
        assert len(outside.to) == 4
    travelling.opened(home, travelling.bundles(laptop))
    tables = exchange.dump(home)
    assert tables["holding"] == []
    assert exchange.database(home).all("SELECT DISTINCT previous FROM bundle") == [(b"",)]


def test_sealing_into_the_outbox_is_no_entry(laptop: Path, home: Notebook) -> None:
    first_session(laptop)
    travelling.opened(home, travelling.bundles(laptop))
    rows = exchange.database(home).all("SELECT DISTINCT kind FROM entry")
    assert {row[0] for row in rows} == {"key", "op", "evidence", "receive"}


def test_a_laptop_that_writes_memory_to_its_disk_is_refused(laptop: Path) -> None:
    places = ("/dev/sda2", "/swapfile")
    unsafe = replace(travelling.environment("x"), unsafe_memory=lambda: places)
    with pytest.raises(NotebookError) as refused:
        Notebook.unlock(laptop, support.PASSPHRASE, environment=unsafe)
    assert refused.value.code is Code.UNSAFE_MEMORY
    assert "sda2, swapfile" in refused.value.what
    allowed = replace(unsafe, allows_unsafe_memory=True)
    Notebook.unlock(laptop, support.PASSPHRASE, environment=allowed).close()


def draft(case: CaseId, record: str = "ab" * 16, **fields: str) -> Draft:
    """Something typed about a new interview."""
    return Draft(
        id=RecordId(record),
        type="interview",
        case=case,
        is_new=True,
        fields=fields,
        kept_at="2026-03-05T10:00:00Z",
    )


def test_a_draft_reaches_headquarters_and_is_taken_over(laptop: Path, home: Notebook) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    notebook.drafts.keep(draft(case, account="Half a sent"))
    notebook.close()
    travelling.opened(home, travelling.bundles(laptop))
    (found,) = home.travel.unfinished()
    assert found.fields == {"account": "Half a sent"}
    record, _changes = home.travel.take_over("ab" * 4)
    assert exchange.values(home, record, "account") == ["Half a sent"]
    assert home.travel.unfinished() == []
    # The same bundle again does not bring it back as a draft.
    travelling.opened(home, travelling.bundles(laptop))
    assert home.travel.unfinished() == []


@pytest.mark.parametrize("is_draft_first", [True, False])
def test_a_saved_entry_supersedes_its_draft_in_any_order(
    laptop: Path, home: Notebook, tmp_path: Path, *, is_draft_first: bool
) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    (saved,) = travelling.bundles(laptop)
    notebook.drafts.keep(draft(case, account="Half a sent"))
    (kept,) = [path for path in travelling.bundles(laptop) if path != saved]
    copy = tmp_path / "copied.sealed.age"
    copy.write_bytes(kept.read_bytes())
    notebook.add("interview", case, {"title": "x", "account": "Whole"}, record=RecordId("ab" * 16))
    notebook.drafts.drop(RecordId("ab" * 16))
    assert not kept.exists()
    notebook.close()
    whole = travelling.bundles(laptop)
    assert len(whole) == 2
    travelling.opened(home, [copy, *whole] if is_draft_first else [*whole, copy])
    assert home.travel.unfinished() == []
    assert exchange.values(home, RecordId("ab" * 16), "account") == ["Whole"]


def test_of_two_draft_bundles_of_a_session_the_later_one_counts(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    notebook.drafts.keep(draft(case, account="One"))
    early = tmp_path / "early.sealed.age"
    early.write_bytes(travelling.bundles(laptop)[-1].read_bytes())
    notebook.drafts.keep(draft(case, account="One two"))
    assert len(travelling.bundles(laptop)) == 2
    notebook.close()
    assert len(travelling.bundles(laptop)) == 2
    travelling.opened(home, [*travelling.bundles(laptop), early])
    assert [found.fields["account"] for found in home.travel.unfinished()] == ["One two"]


def copies_of(laptop: Path, folder: Path, steps: Sequence[Sequence[Draft]]) -> list[list[Path]]:
    """The draft bundle of a session after each of these steps; a draft that ends is discarded."""
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    (saved,) = travelling.bundles(laptop)
    assert isinstance(notebook.drafts, TravelDrafts)
    found = [[saved]]
    for number, drafts in enumerate(steps):
        wanted = {one.id for one in drafts}
        for one in notebook.drafts.all():
            if one.id not in wanted:
                notebook.drafts.drop(one.id)
        for one in drafts:
            notebook.drafts.keep(replace(one, case=case))
        notebook.drafts.seal()
        (kept,) = [path for path in travelling.bundles(laptop) if path != saved]
        copy = folder / f"{number}.sealed.age"
        copy.write_bytes(kept.read_bytes())
        found.append([copy])
    notebook.close()
    return found


A, B = "ab" * 16, "cd" * 16


def drafts_of(home: Notebook) -> dict[str, object]:
    return {found.row.record[:2]: found.fields["account"] for found in home.travel.unfinished()}


def test_after_all_was_taken_over_an_older_bundle_of_the_session_brings_nothing_back(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    case = CaseId("00" * 16)
    first, early, late = copies_of(
        laptop,
        tmp_path,
        [
            [draft(case, A, account="One"), draft(case, B, account="Discarded")],
            [draft(case, A, account="One two")],
        ],
    )
    travelling.opened(home, [*first, *late])
    home.travel.take_over(A)
    travelling.opened(home, early)
    assert drafts_of(home) == {}
    assert exchange.values(home, RecordId(A), "account") == ["One two"]


def test_what_was_taken_over_does_not_come_again_with_a_newer_bundle_but_what_was_typed_on_does(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    case = CaseId("00" * 16)
    first, early, same, more = copies_of(
        laptop,
        tmp_path,
        [
            [draft(case, A, account="One")],
            [draft(case, A, account="One"), draft(case, B, account="New")],
            [draft(case, A, account="One two"), draft(case, B, account="New")],
        ],
    )
    travelling.opened(home, [*first, *early])
    home.travel.take_over(A)
    # When it was kept last says nothing.
    travelling.opened(home, same)
    assert drafts_of(home) == {"cd": "New"}
    home.travel.take_over(B)
    travelling.opened(home, more)
    assert drafts_of(home) == {"ab": "One two"}
    record, _changes = home.travel.take_over(A)
    assert exchange.values(home, record, "account") == ["One two"]
    assert len(home.rows(type="interview")) == 2
    # Whatever comes now of the earlier ones is older.
    travelling.opened(home, [*same, *early])
    assert drafts_of(home) == {}


def test_after_a_session_saved_what_it_typed_an_older_bundle_brings_nothing_else_back(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    before = set(travelling.bundles(laptop))
    assert isinstance(notebook.drafts, TravelDrafts)
    kept: list[Path] = []
    for wanted in ([A, B], [A]):
        for held in notebook.drafts.all():
            if held.id not in wanted:
                notebook.drafts.drop(held.id)
        for record in wanted:
            notebook.drafts.keep(draft(case, record, account=f"{len(kept)}"))
        notebook.drafts.seal()
        (path,) = set(travelling.bundles(laptop)) - before
        kept.append(tmp_path / f"{len(kept)}.sealed.age")
        kept[-1].write_bytes(path.read_bytes())
    notebook.add("interview", case, {"title": "x", "account": "Whole"}, record=RecordId(A))
    notebook.drafts.drop(RecordId(A))
    notebook.close()
    travelling.opened(home, [kept[1], *travelling.bundles(laptop)])
    assert drafts_of(home) == {}
    travelling.opened(home, [kept[0]])
    assert drafts_of(home) == {}


def test_of_a_draft_that_ended_nothing_that_was_typed_is_kept(
    laptop: Path, home: Notebook, tmp_path: Path
) -> None:
    first, one = copies_of(laptop, tmp_path, [[draft(CaseId("00" * 16), A, account="qvzhw")]])
    travelling.opened(home, [*first, *one])
    home.travel.take_over(A)
    home.withdraw([RecordId(A)], "asked")
    assert b"qvzhw" not in b"".join(
        bytes(row[7]) for row in exchange.database(home).all("SELECT * FROM unfinished")
    )


def test_a_session_keeps_no_place(laptop: Path) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    before = {path: path.read_bytes() for path in laptop.rglob("*") if path.is_file()}
    notebook.drafts.keep_place(LastPlace(room="desk", case=case))
    assert notebook.drafts.place() is None
    notebook.drafts.forget_place()
    assert {path: path.read_bytes() for path in laptop.rglob("*") if path.is_file()} == before
    notebook.close()
    assert not (laptop / "drafts.db").exists()


def test_drafts_are_sealed_every_three_seconds_and_not_more_often(laptop: Path) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    now = [100.0]
    assert notebook._core.journey is not None
    drafts = TravelDrafts(notebook._core.journey, lambda: now[0])
    names = set()
    for step in range(12):
        now[0] += 1
        drafts.keep(draft(case, account="x" * step))
        names |= {path.name for path in travelling.bundles(laptop)[1:]}
    assert len(names) == 4
    now[0] += 3
    drafts.seal_if_due()
    drafts.seal_if_due()
    drafts.close()
    assert len(travelling.bundles(laptop)) == 2
    notebook.close()


def test_the_draft_that_was_sealed_before_stays_until_the_next_one_is_whole(
    laptop: Path, home: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = travelling.session(laptop, "first")
    case = support.case_in(notebook)
    now = [100.0]
    assert notebook._core.journey is not None
    drafts = TravelDrafts(notebook._core.journey, lambda: now[0])
    drafts.keep(draft(case, account="First words"))
    sealed = set(travelling.bundles(laptop))
    now[0] += 10
    with monkeypatch.context() as patch:
        patch.setattr("notebook.disk.create", no_space)
        assert (
            trouble(lambda: drafts.keep(draft(case, account="First words and more")))
            is Code.NO_SPACE
        )
    assert set(travelling.bundles(laptop)) == sealed
    drafts.seal_if_due()
    assert len(travelling.bundles(laptop)) == len(sealed)
    assert set(travelling.bundles(laptop)) != sealed
    notebook.close()
    travelling.opened(home, travelling.bundles(laptop))
    (found,) = home.travel.unfinished()
    assert found.fields == {"account": "First words and more"}


def test_a_session_cannot_destroy_what_an_earlier_one_sealed(laptop: Path, home: Notebook) -> None:
    from notebook.journal import Frame  # noqa: PLC0415 - only this test
    from notebook.model import Kind  # noqa: PLC0415 - only this test

    case, told, _shown = first_session(laptop)
    seized = travelling.session(laptop, "seized")
    seized.transact(
        lambda tx: tx.append(
            Kind.WITHDRAW,
            case,
            [(Frame(record=told, field="_withdraw"), {"fields": ["*"], "reason": "x"})],
        )
    )
    seized.close()
    travelling.opened(home, travelling.bundles(laptop))
    with home.snapshot() as db:
        assert db.all("SELECT 1 FROM destroyed") == []
    [pending] = home.pending_withdrawals()
    assert (pending.record, "session of" in pending.name) == (told, True)
