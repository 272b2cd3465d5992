"""Sealing straight to real media: file systems of their own, as root alone can mount them.

FAT32 is what sticks have: the kernel's, or a process that serves it. Ext2 stands beside it for any
medium that can be full, be pulled out, and be put in again.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.notebook import Notebook
from notebook.progress import READ_BACK
from notebook.volumes import MIB
from notebook.writing import WriterProcess
from tests.faults import support_media as media
from tests.faults.support_media import Medium
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, dump, opened, state

FILE = os.urandom(6 * MIB)


@pytest.fixture(params=media.SYSTEMS)
def medium(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Medium]:
    made, below = media.make(request.param, tmp_path)
    yield made
    media.unmake(made, below)


@dataclass(slots=True)
class Pair:
    team: Team
    one: Notebook
    other: Notebook

    def seal(self, folder: Path, progress: object = None, **request: object) -> list[Path]:
        """Seal everything for the other one, in small parts."""
        asked = SealRequest(to=(self.other.author,), volume_bytes=2 * MIB, **request)  # type: ignore[arg-type]  # as the test means
        result, _changes = self.one.seal(self.one.plan_seal(asked), folder, progress)  # type: ignore[arg-type]  # as the test means
        return list(result.files)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    team = Team(tmp_path)
    one, other = team.members("Aida", "Bolat")
    talk = support.interview_in(one, support.case_in(one), account="told")
    one.attach(talk, io.BytesIO(FILE), file_name="f.bin")
    yield Pair(team, one, other)
    team.close()


class At:
    """Progress that does something once, when so much is done."""

    def __init__(self, what: str, share: float, act: Callable[[], object]) -> None:
        self._what, self._share, self._act = what, share, act
        self.is_done = False

    def step(self, done: int, total: int, what: str = "") -> None:
        if not self.is_done and what == self._what and done > total * self._share:
            self.is_done = True
            self._act()


def test_what_was_sealed_to_it_is_there_when_it_is_put_in_again(medium: Medium, pair: Pair) -> None:
    files = pair.seal(medium.place, checksums=True)
    assert len(files) == 5
    medium.take_out()
    assert medium.names() == set()
    medium.put_in()
    sums = next(path for path in files if path.suffix == ".sha256")
    checked = subprocess.run(["sha256sum", "-c", sums.name], cwd=medium.place, check=False)
    assert checked.returncode == 0
    opened(pair.other, [path for path in files if path != sums])
    assert state(pair.other) == state(pair.one)


def test_a_medium_that_fills_up_in_between_is_said_to_be_full(medium: Medium, pair: Pair) -> None:
    before = dump(pair.one)
    # A process that serves FAT calls it a refusal, and does not say how much is free.
    codes = {Code.NO_SPACE} if medium.server is None else {Code.NO_SPACE, Code.DISK_ERROR}
    filling = At("seal", 0.3, medium.fill)
    with pytest.raises(NotebookError) as trouble:
        pair.seal(medium.place, filling)
    assert filling.is_done
    assert trouble.value.code in codes
    assert medium.names() == {"other"}
    assert dump(pair.one) == before
    # And one that is full from the beginning is not even begun.
    with pytest.raises(NotebookError) as trouble:
        pair.seal(medium.place)
    assert trouble.value.code in codes
    assert medium.names() == {"other"}
    (medium.place / "other").unlink()
    assert len(pair.seal(medium.place)) == 4


@pytest.mark.parametrize("how", ["writing", "reading"])
def test_a_medium_that_fails_in_between_is_said_and_the_notebook_stays_as_it_was(
    how: str, medium: Medium, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(pair.one)
    failing = At("seal", 0.1, medium.break_writing)
    if how == "reading":
        failing = At("", 0.0, medium.lose)
        ask = WriterProcess.ask

        def asked(writer: WriterProcess, kind: bytes, *rest: Any, **told: Any) -> object:
            # Another process reads, and may be through when the first of it is told here.
            if kind == b"R":
                failing.step(1, 1)
            return ask(writer, kind, *rest, **told)

        monkeypatch.setattr(WriterProcess, "ask", asked)
    with pytest.raises(NotebookError) as trouble:
        pair.seal(medium.place, failing)
    assert failing.is_done
    # Where a device has no room for what it promised, the system may say either.
    assert trouble.value.code in (Code.DISK_ERROR, Code.NO_SPACE)
    assert dump(pair.one) == before
    assert pair.one.verify() == []
    # Another place takes it.
    opened(pair.other, pair.seal(pair.team.out()))
    assert state(pair.other) == state(pair.one)


@pytest.mark.parametrize("moment", ["seal", READ_BACK])
def test_a_medium_that_is_pulled_out_keeps_parts_or_nothing_and_the_next_seal_takes_them_away(
    moment: str, medium: Medium, pair: Pair
) -> None:
    before = dump(pair.one)
    pulling = At(moment, 0.3, medium.pull_out)
    with pytest.raises(NotebookError) as trouble:
        pair.seal(medium.place, pulling)
    assert pulling.is_done
    assert trouble.value.code is Code.DISK_ERROR
    assert all((trouble.value.what, trouble.value.safe, trouble.value.next_step))
    assert dump(pair.one) == before
    assert pair.one.verify() == []
    medium.clear()
    # Nothing was written to the laptop in its place.
    assert medium.names() == set()
    medium.put_in()
    assert {Path(name).suffix for name in medium.names()} <= {".part"}
    files = pair.seal(medium.place)
    assert medium.names() == {path.name for path in files}
    opened(pair.other, files)
    assert state(pair.other) == state(pair.one)
