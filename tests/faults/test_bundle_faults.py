"""Bundles under damage, cancelling and kills: whole or absent, merged whole or not at all."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from notebook import noting, staging
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.notices import NoticeKind
from notebook.progress import WAITING, Cancelled, Silent
from notebook.volumes import VolumeWriter
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import (
    Stop,
    Team,
    dump,
    files_of,
    opened,
    state,
    values,
)
from tests.support import effort

REFUSALS = (Code.BUNDLE_DAMAGED, Code.NOT_FOR_YOU, Code.BUNDLE_REFUSED)
FILE = bytes(range(256)) * 700
EMBARGO = {"embargo": "2999-01-01", "use_partner": "yes"}
GO = {"override": "a court asked for it", "is_full": True, "purpose": "partner"}


@dataclass(slots=True)
class Pair:
    team: Team
    one: Notebook
    other: Notebook
    case: CaseId
    interview: RecordId

    def request(self) -> SealRequest:
        return SealRequest(to=(self.other.author,), is_full=True, checksums=True)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    team = Team(tmp_path)
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    interview = support.interview_in(one, case, account="told " * 300)
    one.attach(interview, io.BytesIO(FILE), file_name="f.bin")
    yield Pair(team, one, other, case, interview)
    team.close()


class Steps:
    """Progress that counts the steps of the work itself."""

    count = 0

    def step(self, done: int, total: int, what: str = "") -> None:
        # How often the writer is waited for is another number every time.
        if what != WAITING:
            self.count += 1
            self.at_step()

    def at_step(self) -> None:
        """Nothing but to count."""


def steps_of(job: Callable[[Steps], object]) -> int:
    """How many steps the job takes when nobody stops it."""
    watched = Steps()
    job(watched)
    return watched.count


def test_a_flipped_bit_in_each_4_kib_is_refused_and_nothing_is_merged(pair: Pair) -> None:
    path = pair.team.sealed(pair.one, pair.other).files[0]
    content = path.read_bytes()
    before, stored = dump(pair.other), files_of(pair.other)
    flipped = pair.team.folder / "flipped"
    ends = [0, 30, 200, len(content) - 1, len(content) - 70_000]
    step = max(4096 // effort(), 64)
    for place in [*range(1000, len(content), step), *ends]:
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        flipped.write_bytes(damaged)
        with pytest.raises(NotebookError) as refused:
            opened(pair.other, [flipped])
        assert refused.value.code in REFUSALS, place
        assert files_of(pair.other) == stored
    assert dump(pair.other) == before


def test_a_bundle_cut_short_or_with_more_behind_it_is_refused(pair: Pair) -> None:
    content = pair.team.sealed(pair.one, pair.other).files[0].read_bytes()
    before, stored = dump(pair.other), files_of(pair.other)
    cut = pair.team.folder / "cut"
    lengths = [0, 1, 21, 22, 100, 5000, 40_000, len(content) - 1, len(content) - 16]
    for changed in [*(content[:length] for length in lengths), content + b"\0", content * 2]:
        cut.write_bytes(changed)
        with pytest.raises(NotebookError) as refused:
            opened(pair.other, [cut])
        assert refused.value.code in (Code.BUNDLE_DAMAGED, Code.BUNDLE_REFUSED)
    assert (dump(pair.other), files_of(pair.other)) == (before, stored)


STRIDE = 17
"""Every so many-th byte in an ordinary run; `make soak` takes every one."""


@pytest.mark.parametrize("how", ["cut", "changed"])
def test_a_small_bundle_cut_or_changed_at_any_byte_is_refused_by_the_real_opening(
    how: str, tmp_path: Path
) -> None:
    team = Team(tmp_path)
    one, other = team.members("Aida", "Bolat")
    support.case_in(one)
    content = team.sealed(one, other).files[0].read_bytes()
    before, stored = dump(other), files_of(other)
    path = tmp_path / "bundle"
    # Of the part that everybody can read every line's ends, and of the sealed part every chunk's.
    payload = content.index(b"\n--- ") + 49
    lines = [place for place in range(payload) if content[place] == ord("\n")]
    ends = {*lines, *(place + 1 for place in lines), payload + 16, len(content) - 1}
    stride = max(1, STRIDE // effort())
    places = sorted({*range(how == "changed", len(content), stride), *ends})
    assert len(places) > len(content) // STRIDE
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(content[:place] if how == "cut" else changed)
        with pytest.raises(NotebookError) as refused:
            opened(other, [path])
        assert refused.value.code in REFUSALS, place
        assert files_of(other) == stored, place
    assert dump(other) == before
    path.write_bytes(content)
    assert opened(other, [path]).new > 0
    team.close()


def test_a_bundle_with_too_many_lines_is_neither_made_nor_opened(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = pair.team.sealed(pair.one, pair.other).files
    before, stored, sealer = dump(pair.other), files_of(pair.other), dump(pair.one)
    count = pair.other.inspect_bundle(files).entry_count
    monkeypatch.setattr(staging, "MAX_LINES", count - 1)
    with pytest.raises(NotebookError) as refused:
        opened(pair.other, files)
    assert refused.value.code is Code.BUNDLE_REFUSED
    assert (dump(pair.other), files_of(pair.other)) == (before, stored)
    out = pair.team.out()
    with pytest.raises(NotebookError) as refused:
        pair.one.seal(pair.one.plan_seal(pair.request()), out)
    assert refused.value.code is Code.BAD_INPUT
    assert "fewer cases" in refused.value.next_step
    assert (list(out.iterdir()), dump(pair.one)) == ([], sealer)
    monkeypatch.setattr(staging, "MAX_LINES", count)
    opened(pair.other, files)


def test_sealing_cancelled_at_any_step_leaves_nothing(pair: Pair) -> None:
    plan = pair.one.plan_seal(pair.request())
    before = dump(pair.one)
    step = 0
    while True:
        # How many there are depends on how often the writer is waited for.
        step += 1
        out = pair.team.out()
        try:
            sealed = pair.one.write_sealed(plan, out, Stop(step, Cancelled()))
        except Cancelled:
            assert list(out.iterdir()) == []
        else:
            sealed.drop()
            break
    assert step > 20
    assert dump(pair.one) == before


def test_opening_cancelled_at_any_step_leaves_nothing(pair: Pair) -> None:
    files = pair.team.sealed(pair.one, pair.other).files
    before, stored = dump(pair.other), files_of(pair.other)
    step = 0
    while True:
        step += 1
        stop = Stop(step, Cancelled())
        try:
            pair.other.open_bundle(files, accept_unknown=False, progress=stop)
        except Cancelled:
            assert files_of(pair.other) == stored
            assert dump(pair.other) == before
        else:
            break
    assert step > 4
    assert state(pair.other) == state(pair.one)


def test_a_merge_that_fails_for_any_reason_leaves_no_object(pair: Pair) -> None:
    files = pair.team.sealed(pair.one, pair.other).files
    before, stored = dump(pair.other), files_of(pair.other)
    staged = pair.other.stage(files, accept_unknown=False, progress=Stop(0, Cancelled()))
    assert len(files_of(pair.other)) == 1
    with pytest.raises(ZeroDivisionError):
        pair.other.merge(staged, Stop(1, ZeroDivisionError()))
    assert (dump(pair.other), files_of(pair.other)) == (before, stored)


def test_a_damaged_object_never_leaves_and_nothing_stays_of_the_bundle(pair: Pair) -> None:
    path = next(p for p in (pair.one.folder / "objects").rglob("*") if p.is_file())
    damaged = bytearray(path.read_bytes())
    damaged[100_000] ^= 1
    path.write_bytes(damaged)
    out = pair.team.out()
    with pytest.raises(NotebookError) as refused:
        pair.one.seal(pair.one.plan_seal(pair.request()), out)
    assert refused.value.code is Code.DAMAGED
    assert "No bundle was left" in refused.value.safe
    (evidence,) = pair.one.rows(type="evidence")
    assert refused.value.records == (evidence.id,)
    assert list(out.iterdir()) == []


class Killer(Steps):
    """Progress that kills its own process at the n-th step."""

    def __init__(self, at: int) -> None:
        self._at = at

    def at_step(self) -> None:
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(folder: Path, at: int, job: Callable[[Notebook, Killer], object]) -> bool:
    """Run the job on the notebook in a child that kills itself at a step; whether it was killed.

    The child is forked while no connection is open, and shares nothing but the folder.
    """
    child = os.fork()
    if child == 0:
        try:
            job(support.unlock(folder, seed=f"kill {at}"), Killer(at))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def points(count: int, kills: int) -> list[int]:
    """So many steps, spread over all."""
    return sorted({1 + place * (count - 1) // (kills - 1) for place in range(kills)})


def test_sealing_killed_at_its_steps_leaves_a_part_or_a_whole_bundle(pair: Pair) -> None:
    plan = pair.one.plan_seal(pair.request())
    count = steps_of(lambda steps: pair.one.write_sealed(plan, pair.team.out(), steps).drop())
    folder = pair.one.folder
    pair.team.notebooks.remove(pair.one)
    pair.one.close()
    for at in points(count, 20):
        out = pair.team.out()

        def job(notebook: Notebook, killer: Killer, out: Path = out) -> None:
            notebook.seal(notebook.plan_seal(pair.request()), out, killer)

        assert killed(folder, at, job)
        assert {path.suffix for path in out.iterdir()} <= {".part"}
        notebook = support.unlock(folder, seed=f"after {at}")
        assert [f.code for f in notebook.verify()] == []
        assert "seal" not in {line.kind for line in notebook.history(RecordId(pair.case))}
        notebook.close()


@pytest.mark.parametrize("moment", ["written", "noted", "named", "settled"])
def test_a_bundle_never_lies_anywhere_without_its_custody(moment: str, pair: Pair) -> None:
    """Killed between any two steps: a note without a bundle is told, and the rest cannot be."""
    pair.one.add("consent", pair.case, {"title": "Later", "covers": [pair.interview], **EMBARGO})
    folder, out = pair.one.folder, pair.team.out()
    pair.team.notebooks.remove(pair.one)
    pair.one.close()
    request = replace(pair.request(), **GO)  # type: ignore[arg-type]  # as the test means

    def job(notebook: Notebook, _killer: Killer) -> None:
        stops = iter(["written", "noted", "named", "settled"])

        def stop_here() -> None:
            if next(stops) == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        written = notebook.write_sealed(notebook.plan_seal(request), out, Silent())
        stop_here()
        notebook.note_sealed(written)
        stop_here()
        notebook.name_sealed(written, Silent())
        stop_here()
        notebook.note_named(written)
        stop_here()

    assert killed(folder, 0, job)
    notebook = support.unlock(folder, seed="after")
    pair.team.notebooks.append(notebook)
    is_there = list(out.glob("*.age")) != []
    custody = [line.details for line in notebook.history(pair.interview)]
    is_noted = any(
        (said.get("what"), said.get("reason")) == ("consent overridden", request.override)
        for said in custody
    )
    of_case = notebook.history(RecordId(pair.case))
    assert is_there == (moment in ("named", "settled"))
    assert is_noted == (moment != "written")
    assert is_noted or not is_there
    assert ("seal" in {line.kind for line in of_case}) == is_noted
    # What is not known is said, in the journal and to the person; what is known is not.
    notices = [n for n in notebook.trust.notices() if n.kind is NoticeKind.INTERRUPTED]
    unsure = [line for line in of_case if line.details.get("what") == noting.NOT_FINISHED]
    is_unsure = moment in ("noted", "named")
    assert [n.contact for n in notices] == [pair.other.author] * is_unsure
    assert len(unsure) == is_unsure
    assert [f.code for f in notebook.verify()] == ["seal-interrupted"] * is_unsure
    notebook.close()
    # It is said once in the journal, and to the person until all of it was sealed again.
    notebook = support.unlock(folder, seed="later")
    pair.team.notebooks.append(notebook)
    assert len(notebook.history(RecordId(pair.case))) == len(of_case)
    part = pair.team.sealed(notebook, pair.other, **GO, records=(RecordId(pair.case),))
    assert {n.key for n in notices} <= {n.key for n in notebook.trust.notices()}
    again = pair.team.sealed(notebook, pair.other, **GO)
    assert notebook.trust.notices() == []
    # Whatever became of this one, the next comes whole.
    for path in [*out.glob("*.age"), *part.files, *again.files]:
        opened(pair.other, [path])
    assert values(pair.other, pair.interview, "account") == ["told " * 300]
    assert pair.other.trust.notices() == []


def test_a_disk_that_fails_at_the_name_leaves_no_bundle_and_the_journal_says_so(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = pair.team.out()

    def taken(writer: VolumeWriter) -> tuple[Path, ...]:
        # Somebody else's file has the name.
        (writer.folder / writer.name).write_bytes(b"mine")
        return named(writer)

    named = VolumeWriter.publish
    with monkeypatch.context() as patched:
        patched.setattr(VolumeWriter, "publish", taken)
        with pytest.raises(NotebookError) as trouble:
            pair.one.seal(pair.one.plan_seal(pair.request()), out)
    assert trouble.value.code is Code.DISK_ERROR
    assert "says that it was not finished" in trouble.value.safe
    assert [path.read_bytes() for path in out.iterdir()] == [b"mine"]
    said = dict(pair.one.history(RecordId(pair.case))[-1].details)
    assert said | {"bundle": ""} == {"what": noting.NOT_FINISHED, "bundle": "", "left": "no"}
    assert pair.one.trust.notices() == []
    # No later bundle follows one that never was.
    opened(pair.other, pair.team.sealed(pair.one, pair.other))
    assert pair.other.trust.notices() == []


def test_opening_killed_at_its_steps_merges_all_or_nothing(pair: Pair) -> None:
    files = pair.team.sealed(pair.one, pair.other).files
    folder = pair.other.folder
    pair.team.notebooks.remove(pair.other)
    pair.other.close()

    def job(notebook: Notebook, killer: Killer) -> None:
        notebook.open_bundle(files, accept_unknown=False, progress=killer)

    at, was_killed = 0, True
    while was_killed:
        at += 1
        was_killed = killed(folder, at, job)
        notebook = support.unlock(folder, seed=f"after {at}")
        assert {f.code for f in notebook.verify()} <= {"stray-files"}
        rows = notebook.rows()
        assert rows == [] if was_killed else state(notebook) == state(pair.one)
        notebook.close()
    assert at > 4
