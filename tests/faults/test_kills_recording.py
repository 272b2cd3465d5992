"""Killed while recording, at any moment: what is left plays, and at most two seconds are lost."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

import pytest

from notebook import sound
from notebook.errors import Code
from notebook.health import Severity
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.ogg import RATE_HZ, OpusPages
from notebook.progress import Silent
from notebook.recorder import Recorder
from notebook.recording_pieces import PIECE_S, Pieces
from notebook.sound import Message, SoundProcess
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.notebook.support_sound import PAGE_SAMPLES, Tone, decoded, loudness, room
from tests.support import REPOSITORY, effort, oracle

LOST_AT_MOST = 2 * RATE_HZ
KILLS = 12
KILLS_IN_A_ROOM = 3
KILLS_ON_THE_WAY = 6
LOST_ON_THE_WAY = 10 * RATE_HZ
SYNCS = "fsync,fdatasync"


class Heard:
    """Tells on a pipe how much sound has come, before anything is done with it."""

    def __init__(
        self,
        source: SoundProcess | None,
        say: Callable[[int], None],
        piece_s: int = 0,
        *,
        ends: bool = False,
    ) -> None:
        self._source = source
        self._ends = ends
        self._say = say
        self._piece_samples = piece_s * RATE_HZ
        self._samples = 0

    def messages(self) -> Iterator[Message | None]:
        for message in self._told():
            if message is not None and message.kind == sound.LEVEL:
                self._samples += sound.LEVEL_SAMPLES
                self._say(self._samples)
            yield message

    def _told(self) -> Iterator[Message | None]:
        if self._source is not None:
            yield from self._source.messages()
            return
        before, said = 0, Tone()
        for number in range(400):
            is_last = said.samples + PAGE_SAMPLES == self._piece_samples
            page = said.page(is_last=is_last)
            samples = before + page.samples
            # Sound is heard before it fills a page.
            for _level in range((samples - self._samples) // sound.LEVEL_SAMPLES):
                yield Message(kind=sound.LEVEL, level=8000)
            yield Message(kind=sound.SOUND, samples=samples, pages=page.pages)
            if is_last:
                yield Message(kind=sound.PIECE)
                before, said = samples, Tone(_pages=OpusPages(number))
        if not self._ends:
            # Whoever is to kill it may be late.
            signal.pause()
        yield Message(kind=sound.END)

    def pause(self) -> None:
        """Never asked for."""

    def resume(self) -> None:
        """Never asked for."""

    def stop(self) -> None:
        """Never asked for."""

    def kill(self) -> None:
        if self._source is not None:
            self._source.kill()


def record(
    folder: Path, say: Callable[[int], None], *, in_room: bool, ends: bool = False
) -> Code | None:
    """What the child does: record until it is killed, or until it ends or cannot go on."""
    notebook = support.unlock(folder, seed=str(os.getpid()))
    about = notebook.rows(type="interview")[0].id
    file = notebook.recordings.begin(about)
    source = Heard(SoundProcess() if in_room else None, say, ends=ends)
    ended = Recorder(source, file, lambda: 2**40).run()
    notebook.recordings.attach(notebook.recordings.take_in(file.row, Silent()))
    notebook.close()
    return ended.trouble.code if ended.trouble else None


def record_travelling(folder: Path, say: Callable[[int], None]) -> None:
    """The same in a session that travels: each piece is sealed as soon as it is one."""
    notebook = travelling.session(folder, str(os.getpid()))
    case, _changes = notebook.add("case", None, {"title": "On the way"})
    about, _changes = notebook.add("interview", CaseId(case), {"title": "Told on the way"})
    pieces = notebook.recordings.begin_pieces(about)
    keep = pieces.piece

    def piece() -> None:
        keep()
        while pieces.ready:
            notebook.recordings.seal_piece(pieces, pieces.ready.popleft())

    target = Sealed(pieces, piece)
    Recorder(Heard(None, say, PIECE_S), target, lambda: 2**40).run()


class Sealed:
    """Pieces that are sealed at once."""

    def __init__(self, pieces: Pieces, piece: Callable[[], None]) -> None:
        self.sound, self.note, self.close = pieces.sound, pieces.note, pieces.close
        self.piece = piece


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notebook = support.create(tmp_path / "notebook")
    support.interview_in(notebook, support.case_in(notebook))
    notebook.close()
    return tmp_path / "notebook"


Work = Callable[[Callable[[int], None]], object]


@contextmanager
def recording(work: Work) -> Iterator[tuple[int, int]]:
    """A child that records: its id, and where it says how much it heard."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(lambda heard: _say(writing, heard))
        finally:
            os._exit(1)
    os.close(writing)
    try:
        yield child, reading
    finally:
        os.close(reading)


def _say(writing: int, heard: int) -> None:
    os.write(writing, f"{heard}\n".encode())


def killed(work: Work, chance: Random, longest_s: float) -> int:
    """Kill a child once it has heard a random amount, at any moment then; how much it had heard."""
    wanted = chance.uniform(0.0, longest_s) * RATE_HZ
    said = b""
    with recording(work) as (child, reading):
        while heard_of(said) < wanted:
            assert select.select([reading], [], [], 120)[0], "it heard no more"
            more = os.read(reading, 65536)
            assert more, "the child ended by itself"
            said += more
        time.sleep(chance.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        while more := os.read(reading, 65536):
            said += more
    assert os.WIFSIGNALED(status), "the child ended by itself"
    return heard_of(said)


def heard_of(said: bytes) -> int:
    """How much a child says that it heard; its last line may be cut."""
    lines = said.decode().split("\n")[:-1]
    return int(lines[-1]) if lines else 0


def left(folder: Path, tmp_path: Path, known: set[RecordId]) -> array[int]:
    """What of the newest recording can be heard after the next unlock."""
    # Names of objects are random, and never the same.
    notebook = support.unlock(folder, seed=os.urandom(8).hex())
    try:
        new = {row.id for row in notebook.rows(type="evidence")} - known
        known |= new
        assert len(new) <= 1
        codes = {found.code for found in notebook.verify()}
        # Before its key was committed, a recording is an empty file that nobody knows.
        assert codes <= ({"recording-interrupted"} if new else {"stray-files"})
        for evidence in new:
            record = notebook.record(evidence)
            assert json.loads(str(record.fields["metadata"].value))["interrupted"] is True
            with notebook.evidence_content(evidence) as reader:
                return decoded(reader.read(), tmp_path)
        return array("h")
    finally:
        notebook.close()


def test_killed_at_any_moment_it_keeps_all_but_two_seconds(folder: Path, tmp_path: Path) -> None:
    chance, known = Random("recording"), set[RecordId]()
    lengths = set()
    for _turn in range(KILLS * effort()):
        heard = killed(partial(record, folder, in_room=False), chance, 30.0)
        values = left(folder, tmp_path, known)
        assert len(values) >= heard - LOST_AT_MOST
        lengths.add(len(values))
        if values:
            assert loudness(values) > 4000
    assert len(lengths) > 1


def test_killed_while_somebody_speaks_it_keeps_all_but_two_seconds(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, known = Random("room"), set[RecordId]()
    with room(has_tone=False) as spoken:
        for name, value in spoken.environment.items():
            monkeypatch.setenv(name, value)
        spoken.speak()
        for _turn in range(KILLS_IN_A_ROOM * effort()):
            heard = killed(partial(record, folder, in_room=True), chance, 4.0)
            values = left(folder, tmp_path, known)
            assert len(values) >= heard - LOST_AT_MOST


def test_killed_while_travelling_it_has_sealed_all_but_ten_seconds(tmp_path: Path) -> None:
    chance, sealed = Random("travelling"), set()
    for turn in range(KILLS_ON_THE_WAY * effort()):
        place = tmp_path / f"turn {turn}"
        place.mkdir()
        home = travelling.headquarters(place / "home")
        travelling.traveller(place / "laptop", home).close()
        heard = killed(partial(record_travelling, place / "laptop"), chance, 40.0)
        again = travelling.session(place / "laptop", "again")
        assert again.status().findings == ()
        assert again.rows(type="evidence") == []
        again.close()
        assert list((place / "laptop" / "objects").rglob("*")) == []
        for result in travelling.opened(home, travelling.bundles(place / "laptop")):
            assert result.refused == ()
        kept = 0
        for row in home.rows(type="evidence"):
            with home.evidence_content(row.id) as reader:
                values = decoded(reader.read(), tmp_path)
            assert loudness(values) > 4000
            kept += len(values)
        # Each piece begins with what its decoder gives before the first sample.
        assert kept >= heard - LOST_ON_THE_WAY - len(home.rows(type="evidence")) * 400
        assert [f for f in home.verify() if f.severity is Severity.DAMAGE] == []
        sealed.add(len(home.rows(type="evidence")))
        home.close()
    assert len(sealed) > 1


def traced(inject: str, folder: Path) -> dict[str, str | int]:
    """A child under strace with one fault; what it said last."""
    command = [
        *(oracle("strace"), "-f", "-qqq", "-o", "/dev/null"),
        *("-e", f"trace={inject.partition(':')[0]}", "-e", f"inject={inject}"),
        *(sys.executable, "-B", "-m", "tests.faults.test_kills_recording", str(folder)),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    said: dict[str, str | int] = {"heard": 0, "ended": ""}
    for line in run.stdout.decode().split("\n")[:-1]:
        said |= json.loads(line)
    return said


@pytest.mark.parametrize("moment", range(1, 30, max(1, 4 // effort())))
def test_killed_at_a_sync_it_keeps_all_but_two_seconds(
    moment: int, folder: Path, tmp_path: Path
) -> None:
    said = traced(f"{SYNCS}:signal=SIGKILL:when={moment}", folder)
    assert said["ended"] == ""
    assert len(left(folder, tmp_path, set())) >= int(said["heard"]) - LOST_AT_MOST


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("calls", ["write", "fdatasync"])
def test_a_disk_that_refuses_ends_it_and_keeps_what_was_there(
    calls: str, error: str, folder: Path, tmp_path: Path
) -> None:
    said = traced(f"{calls}:error={error}:when=12", folder)
    assert said["ended"] == {"ENOSPC": Code.NO_SPACE, "EIO": Code.DISK_ERROR}[error].value
    values = left(folder, tmp_path, set())
    assert len(values) >= int(said["heard"]) - LOST_AT_MOST
    assert loudness(values) > 4000


def test_locked_or_closed_at_any_place_the_process_waits_for_nothing(folder: Path) -> None:
    """The process ends as the lock ends it; the child that listens goes with it."""
    with recording(partial(record, folder, in_room=False)) as (child, reading):
        assert select.select([reading], [], [], 120)[0]
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
    notebook = Notebook.unlock(folder, support.PASSPHRASE, environment=support.environment())
    assert {f.code for f in notebook.status().findings} <= {"recording-interrupted"}
    notebook.close()


def main() -> None:
    """Record in the folder, and say on standard output how far it is."""

    def say(heard: int) -> None:
        # By another call than files are written with: the fault is meant for them.
        os.writev(1, [(json.dumps({"heard": heard}) + "\n").encode()])

    code = record(Path(sys.argv[1]), say, in_room=False, ends=True)
    os.writev(1, [(json.dumps({"ended": code.value if code else "done"}) + "\n").encode()])


if __name__ == "__main__":
    main()
