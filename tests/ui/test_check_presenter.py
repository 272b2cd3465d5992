"""Checking the notebook, in the background and when asked, without a window."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from notebook.errors import Code, NotebookError
from notebook.health import Finding, Severity
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.progress import Progress
from tests.support import damaged
from tests.ui.window_desk import PASSPHRASE, CheapGate, make_notebook, roll_back
from ui.check_presenter import CheckPresenter
from ui.check_words import Attention, FoundKind, attention, found_words, kinds_of, severity_words
from ui.runner import InlineJob, InlineRunner, JobHandle, Lane, OnProgress
from ui.session import Session
from ui.watch_presenter import Watch

T = TypeVar("T")


class Strip:
    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    def show_attention(self, attention: Attention) -> None:
        self.shown.append((attention.what, attention.more))


class Sheet:
    """What the sheet was told, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.kinds: Sequence[FoundKind] = ()
        self.records: Sequence[tuple[RecordId, str]] = ()
        self.progress: list[str] = []
        self.well: tuple[str, tuple[str, ...]] | None = None
        self.known: Sequence[FoundKind] = ()
        self.on_progress: Callable[[], None] = lambda: None

    def show_running(self) -> None:
        self.told.append("running")

    def show_progress(self, done: int, total: int, words: str) -> None:
        self.progress.append(words)
        self.on_progress()

    def show_stopped(self) -> None:
        self.told.append("stopped")

    def show_found(self, kinds: Sequence[FoundKind], *, is_whole: bool) -> None:
        self.told.append("found" if is_whole else "known")
        self.kinds = kinds

    def show_records(self, records: Sequence[tuple[RecordId, str]]) -> None:
        self.records = records

    def show_well(
        self, sentence: str, head_words: Sequence[str], known: Sequence[FoundKind]
    ) -> None:
        self.told.append("well")
        self.well = (sentence, tuple(head_words))
        self.known = known

    def show_trouble(self, error: NotebookError) -> None:
        self.told.append(error.code)


class FilesWait(InlineRunner):
    """The files' lane goes on only when it is told to, one job at a time, as a lane does."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], JobHandle]] = []

    def run(
        self,
        lane: Lane,
        function: Callable[[Progress], T],
        on_done: Callable[[T], None],
        on_trouble: Callable[[NotebookError], None],
        *,
        on_progress: OnProgress | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> JobHandle:
        inline = super().run

        def go() -> JobHandle:
            return inline(
                lane,
                function,
                on_done,
                on_trouble,
                on_progress=on_progress,
                on_cancelled=on_cancelled,
            )

        if lane is not Lane.FILES:
            return go()
        self.waiting.append(go)
        return InlineJob(None)

    def next(self) -> None:
        self.waiting.pop(0)()


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = CheapGate().create(tmp_path / "n", PASSPHRASE, "K-7", is_low_memory=True)
    case, _changes = made.add("case", None, {"title": "Spring"})
    made.attach(case, io.BytesIO(b"content" * 999), file_name="f")
    yield made
    made.close()


@pytest.fixture
def strip() -> Strip:
    return Strip()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


def session_of(notebook: Notebook, runner: InlineRunner | None = None) -> Session:
    def raised(error: NotebookError) -> None:
        raise error

    return Session(notebook, runner or InlineRunner(), raised)


def checker(session: Session, sheet: Sheet, strip: Strip) -> CheckPresenter:
    return CheckPresenter(session, sheet, Watch(session, strip), lambda: 0.0)


def damage_files(notebook: Notebook) -> None:
    for path in (notebook.folder / "objects").glob("??/*"):
        path.write_bytes(damaged(path.read_bytes()))


def damage_entries(notebook: Notebook) -> None:
    db = notebook._core.db
    with db.write():
        db.run("DROP TRIGGER IF EXISTS entry_refuses_update")
        db.run("UPDATE entry SET signature = zeroblob(64)")


def finding(code: str, severity: Severity = Severity.DAMAGE, what: str = "") -> Finding:
    return Finding(code=code, severity=severity, what=what or code, next_step=f"do {code}")


# Words.


def test_findings_of_a_kind_are_told_together_and_damage_comes_first() -> None:
    findings = [
        finding("stray", Severity.NOTICE),
        *[finding("entry", what=f"entry {number}") for number in range(9)],
        finding("entry", what="entry 0"),
    ]
    entry, stray = kinds_of(findings)
    assert (entry.is_damage, stray.is_damage) == (True, False)
    assert entry.sentences == ("entry 0", "entry 1", "entry 2", "entry 3")
    assert entry.more_count == 5
    assert entry.next_step == "do entry"


def test_one_finding_is_said_itself_and_more_are_counted() -> None:
    assert attention(kinds_of([])) == Attention()
    lost = Attention(what="lost", more="do lost", is_damage=True)
    assert attention(kinds_of([finding("lost")])) == lost
    both = attention(kinds_of([finding("stray", Severity.NOTICE), finding("lost")]))
    assert both.what == "2 things need attention."
    assert both.more == "lost do lost"
    assert both.is_damage


def test_what_is_good_to_know_is_no_warning() -> None:
    said = attention(kinds_of([finding("recording-interrupted", Severity.NOTICE)]))
    assert (said.what, said.is_damage) == ("recording-interrupted", False)


def test_what_is_known_calls_for_nothing_and_is_not_counted() -> None:
    known = finding("lost before", Severity.KNOWN)
    assert attention(kinds_of([known])) == Attention()
    assert attention(kinds_of([known, finding("lost")])).what == "lost"
    assert found_words(kinds_of([known, finding("lost")])).startswith("1 thing needs")
    assert severity_words(kinds_of([known])[0]).startswith("Known")


def test_lost_entries_alone_can_be_acknowledged() -> None:
    kinds = kinds_of([finding("entries-lost"), finding("entry-damaged")])
    assert [kind.may_acknowledge for kind in kinds] == [True, False]


# In the background.


def test_a_whole_notebook_is_read_through_and_nothing_is_said(
    notebook: Notebook, strip: Strip
) -> None:
    Watch(session_of(notebook), strip).start()
    assert strip.shown == []


def test_what_unlocking_found_is_shown_with_its_next_step_before_the_journal_is_read(
    tmp_path: Path, strip: Strip
) -> None:
    folder = make_notebook(tmp_path / "n")
    roll_back(folder)
    opened = CheapGate().unlock(folder, PASSPHRASE)
    runner = FilesWait()
    Watch(session_of(opened, runner), strip).start()
    [(what, more)] = strip.shown
    assert "1 entry is lost" in what
    assert more.startswith("Do not write on.")
    while runner.waiting:
        runner.next()
    assert len(strip.shown) == 1
    opened.close()


def test_the_journal_is_read_in_slices_that_let_others_go_first(
    notebook: Notebook, strip: Strip
) -> None:
    for _number in range(150):
        notebook.add("case", None, {"title": "Another"})
    runner = FilesWait()
    session = session_of(notebook, runner)
    Watch(session, strip).start()
    order: list[str] = []
    session.long_job(Lane.FILES, lambda _notebook, _progress: order.append("mine"), lambda _: None)
    assert len(runner.waiting) == 2
    runner.next()
    runner.next()
    assert order == ["mine"]
    assert len(runner.waiting) == 1
    runner.next()
    assert not runner.waiting


def test_damage_in_the_journal_is_shown_as_one_kind(notebook: Notebook, strip: Strip) -> None:
    damage_entries(notebook)
    watch = Watch(session_of(notebook), strip)
    watch.start()
    assert strip.shown[-1][0] == "1 thing needs attention."
    assert "Entry 1 of the journal is damaged." in strip.shown[-1][1]
    assert len(watch.kinds) == 1


def test_what_the_room_of_handover_tells_is_not_said_over_it_once_more(
    notebook: Notebook, strip: Strip
) -> None:
    watch = Watch(session_of(notebook), strip)
    waits = replace(finding("gap", Severity.NOTICE), notice="0" * 32)
    watch.replace([waits])
    watch.entered("handover")
    watch.entered("desk")
    assert strip.shown == [("gap", "do gap"), ("", ""), ("gap", "do gap")]
    watch.replace([waits, finding("lost")])
    watch.entered("handover")
    assert strip.shown[-2:] == [("2 things need attention.", "lost do lost"), ("lost", "do lost")]


# When asked.


def test_all_is_well_says_how_much_there_is_and_the_words_to_note(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    checker(session_of(notebook), sheet, strip).check()
    assert sheet.told == ["running", "well"]
    count = notebook.extent().entry_count
    assert sheet.well == (f"All is well: {count} entries, 1 file.", notebook.head_words())
    assert any("entries" in words for words in sheet.progress)
    assert any(words.startswith("Reading the files") for words in sheet.progress)


def test_a_damaged_file_is_found_said_and_kept(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    damage_files(notebook)
    there = sorted((notebook.folder / "objects").glob("??/*"))
    checker(session_of(notebook), sheet, strip).check()
    assert sheet.told == ["running", "found"]
    assert [kind.is_damage for kind in sheet.kinds] == [True]
    assert "Ask a contact" in sheet.kinds[0].next_step
    assert sorted((notebook.folder / "objects").glob("??/*")) == there
    assert "damaged" in strip.shown[-1][0]


def test_what_the_background_found_is_shown_without_a_check(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    damage_entries(notebook)
    session = session_of(notebook)
    watch = Watch(session, strip)
    watch.start()
    CheckPresenter(session, sheet, watch, lambda: 0.0).show_known()
    assert sheet.told == ["known"]


def test_with_nothing_known_everything_is_checked(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    checker(session_of(notebook), sheet, strip).show_known()
    assert sheet.told == ["running", "well"]


def test_a_person_who_knows_of_a_loss_is_told_of_it_only_when_they_ask(
    tmp_path: Path, sheet: Sheet, strip: Strip
) -> None:
    folder = make_notebook(tmp_path / "n")
    roll_back(folder)
    opened = CheapGate().unlock(folder, PASSPHRASE)
    session = session_of(opened)
    watch = Watch(session, strip)
    watch.start()
    presenter = CheckPresenter(session, sheet, watch, lambda: 0.0)
    presenter.show_known()
    assert [kind.may_acknowledge for kind in sheet.kinds] == [True]
    presenter.acknowledge()
    assert sheet.told == ["known", "running", "well"]
    assert ["lost" in kind.sentences[0] for kind in sheet.known] == [True]
    assert strip.shown[-1] == ("", "")
    opened.close()
    opened = CheapGate().unlock(folder, PASSPHRASE)
    again = Strip()
    Watch(session_of(opened), again).start()
    assert again.shown == []
    opened.close()


def test_a_loss_that_cannot_be_acknowledged_is_still_told(
    tmp_path: Path, sheet: Sheet, strip: Strip
) -> None:
    folder = make_notebook(tmp_path / "n")
    roll_back(folder)
    opened = CheapGate().unlock(folder, PASSPHRASE)
    (folder / "head").unlink()
    (folder / "head").mkdir()
    session = session_of(opened)
    watch = Watch(session, strip)
    watch.start()
    CheckPresenter(session, sheet, watch, lambda: 0.0).acknowledge()
    assert sheet.told == [Code.DISK_ERROR]
    assert "lost" in strip.shown[-1][0]
    opened.close()


def test_records_that_are_touched_are_named_where_they_can_be_read(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    record = notebook.rows(type="case")[0].id
    damage_entries(notebook)
    checker(session_of(notebook), sheet, strip).check()
    assert (record, "Spring") in sheet.records


class Cancelling(InlineRunner):
    """Cancels a job of the files' lane at its first step."""

    def run(
        self,
        lane: Lane,
        function: Callable[[Progress], T],
        on_done: Callable[[T], None],
        on_trouble: Callable[[NotebookError], None],
        *,
        on_progress: OnProgress | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> JobHandle:
        job = InlineJob(on_progress)
        if lane is Lane.FILES:
            job.cancel()
        return super().run(
            lane,
            lambda _progress: function(job),
            on_done,
            on_trouble,
            on_cancelled=on_cancelled,
        )


def test_a_check_that_was_stopped_can_be_begun_again(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    presenter = checker(session_of(notebook, Cancelling()), sheet, strip)
    presenter.check()
    presenter.check()
    assert sheet.told == ["running", "stopped", "running", "stopped"]
    assert strip.shown == []


def test_a_sheet_that_was_closed_hears_nothing_more(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    runner = FilesWait()
    presenter = checker(session_of(notebook, runner), sheet, strip)
    presenter.check()
    presenter.check()
    assert len(runner.waiting) == 1
    presenter.leave()
    runner.next()
    assert sheet.told == ["running"]
    presenter.check()
    assert not runner.waiting


def test_trouble_is_said_and_the_check_can_be_tried_again(
    notebook: Notebook, sheet: Sheet, strip: Strip
) -> None:
    session = session_of(notebook)
    presenter = checker(session, sheet, strip)

    def failing() -> None:
        raise NotebookError(Code.DISK_ERROR, "The disk does not answer.")

    sheet.on_progress = failing
    presenter.check()
    sheet.on_progress = lambda: None
    presenter.check()
    assert sheet.told == ["running", Code.DISK_ERROR, "running", "well"]
