"""Sealing straight to real media: file systems of their own on loop devices, as root alone can.

FAT32 is what sticks have; where the kernel has none those tests are skipped, and ext2 stands in for
any medium that can be full, be pulled out, and be put in again.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.notebook import Notebook
from notebook.progress import READ_BACK
from notebook.volumes import MIB
from tests.faults.support_traced import root_only
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, dump, opened, state

FILE = os.urandom(6 * MIB)
SYSTEMS = {"vfat": ("mkfs.vfat", "-F", "32", "-C"), "ext2": ("mkfs.ext2", "-q", "-F")}
MEDIUM_MIB = 40
"""The least that is FAT32 and not an older FAT."""


def _run(*command: str | Path) -> str:
    """Run it; what it says when it fails."""
    try:
        done = subprocess.run(
            [*map(str, command)], check=False, stdin=subprocess.DEVNULL, capture_output=True
        )
    except FileNotFoundError as error:
        return str(error)
    return done.stderr.decode() if done.returncode else ""


@dataclass(slots=True)
class Medium:
    """A stick: an image that is mounted, pulled out and put in again."""

    image: Path
    place: Path
    system: str

    def format(self) -> None:
        """Make the file system, or skip with the reason."""
        command, *options = SYSTEMS[self.system]
        size = str(MEDIUM_MIB * 1024)
        if why := _run(command, *options, self.image, size):
            pytest.skip(f"no {self.system} can be made here: {why.strip()}")

    def put_in(self) -> None:
        """Mount it, or skip with the reason."""
        if why := _run("mount", "-t", self.system, "-o", "loop", self.image, self.place):
            pytest.skip(f"no {self.system} can be mounted here: {why.splitlines()[0]}")

    def take_out(self) -> None:
        """Unmount it, so that only what is really on it is there the next time."""
        assert _run("umount", self.place) == ""

    def fill(self) -> None:
        """Leave no room on it."""
        _fill(self.place / "other")

    def break_writing(self) -> None:
        """From now on the device answers with an error where it never wrote before."""
        # What the image lies in has no room any more for what is still to be written of it.
        _fill(self.image.with_name("other"))

    def lose(self) -> None:
        """From now on the device gives back zeros in place of what was written."""
        with self.image.open("r+b") as file:
            file.seek(2 * MIB)
            file.write(bytes((MEDIUM_MIB - 2) * MIB))


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(MIB // 4))
        except OSError:
            return


@pytest.fixture(params=SYSTEMS)
def medium(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Medium]:
    root_only()
    below = tmp_path / "below"
    below.mkdir()
    if why := _run("mount", "-t", "tmpfs", "-o", f"size={MEDIUM_MIB + 2}m", "tmpfs", below):
        pytest.skip(f"nothing can be mounted here: {why}")
    made = Medium(image=below / "image", place=tmp_path / "stick", system=request.param)
    made.place.mkdir()
    try:
        made.format()
        made.put_in()
        yield made
    finally:
        for place in (made.place, below):
            _run("umount", "-l", place)


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
    assert list(medium.place.iterdir()) == []
    medium.put_in()
    sums = next(path for path in files if path.suffix == ".sha256")
    checked = subprocess.run(["sha256sum", "-c", sums.name], cwd=medium.place, check=False)
    assert checked.returncode == 0
    opened(pair.other, [path for path in files if path != sums])
    assert state(pair.other) == state(pair.one)


def test_a_medium_that_fills_up_in_between_is_said_to_be_full(medium: Medium, pair: Pair) -> None:
    before = dump(pair.one)
    filling = At("seal", 0.3, medium.fill)
    with pytest.raises(NotebookError) as trouble:
        pair.seal(medium.place, filling)
    assert filling.is_done
    assert trouble.value.code is Code.NO_SPACE
    assert [path.name for path in medium.place.iterdir() if path.name != "lost+found"] == ["other"]
    assert dump(pair.one) == before
    # And one that is full from the beginning is not even begun.
    with pytest.raises(NotebookError) as trouble:
        pair.seal(medium.place)
    assert trouble.value.code is Code.NO_SPACE
    (medium.place / "other").unlink()
    assert len(pair.seal(medium.place)) == 4


@pytest.mark.parametrize("how", ["writing", "reading"])
def test_a_medium_that_fails_in_between_is_said_and_the_notebook_stays_as_it_was(
    how: str, medium: Medium, pair: Pair
) -> None:
    before = dump(pair.one)
    failing = (
        At("seal", 0.1, medium.break_writing)
        if how == "writing"
        else At(READ_BACK, 0.1, medium.lose)
    )
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
