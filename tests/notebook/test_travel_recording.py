"""A recording while travelling: sealed in pieces, nothing readable stays, and it is one again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import disk, sound
from notebook.errors import Code, NotebookError
from notebook.model import CaseId, Record, RecordId
from notebook.notebook import Notebook
from notebook.ogg import RATE_HZ, OpusPages
from notebook.recorder import Recorder
from notebook.recording_pieces import PIECE_S, Pieces
from notebook.recording_told import Note
from notebook.sound import Message
from tests.faults.support_solver import Solver
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.notebook.support_sound import PAGE_SAMPLES, Tone, decoded, loudness

PAGES_PER_PIECE = 3


class Spoken:
    """A microphone that tells pieces of a tone, as the child does."""

    def __init__(self, pieces: int, *, is_lost: bool = False) -> None:
        self._pieces = pieces
        self._is_lost = is_lost

    def messages(self) -> Iterator[Message | None]:
        before = 0
        for number in range(self._pieces):
            said = Tone(_pages=OpusPages(number))
            for page in range(PAGES_PER_PIECE):
                is_last = page == PAGES_PER_PIECE - 1
                told = said.page(is_last=is_last)
                yield Message(kind=sound.SOUND, samples=before + told.samples, pages=told.pages)
                if self._is_lost and number == self._pieces - 1:
                    yield Message(kind=sound.TROUBLE, reason=sound.Reason.NO_SERVER)
                    return
            before += said.samples
            yield Message(kind=sound.PIECE)
        yield Message(kind=sound.END)

    def pause(self) -> None:
        """Never asked for."""

    def resume(self) -> None:
        """Never asked for."""

    def stop(self) -> None:
        """Never asked for."""

    def kill(self) -> None:
        """There is no process."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Notebook]:
    made = travelling.headquarters(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def laptop(home: Notebook, tmp_path: Path) -> Iterator[Notebook]:
    made = travelling.traveller(tmp_path / "laptop", home)
    yield made
    made.close()


def interview(laptop: Notebook) -> RecordId:
    case, _changes = laptop.add("case", None, {"title": "On the way"})
    return laptop.add("interview", CaseId(case), {"title": "Told on the way"})[0]


def recorded(laptop: Notebook, about: RecordId, source: Spoken) -> Pieces:
    """Record, and seal whatever is ready."""
    pieces = laptop.recordings.begin_pieces(about)
    Recorder(source, pieces, lambda: 2**40).run()
    while pieces.ready:
        laptop.recordings.seal_piece(pieces, pieces.ready.popleft())
    return pieces


def parts(home: Notebook) -> list[tuple[dict[str, object], Record, bytes]]:
    """The parts at headquarters, in their order."""
    found = []
    for row in home.rows(type="evidence"):
        record = home.record(row.id)
        says = json.loads(str(record.fields["metadata"].value))
        with home.evidence_content(row.id) as reader:
            found.append((says, record, reader.read()))
    return sorted(found, key=lambda part: int(str(part[0]["part"])))


def test_headquarters_has_every_piece_and_together_they_are_one(
    home: Notebook, laptop: Notebook, tmp_path: Path
) -> None:
    about = interview(laptop)
    pieces = recorded(laptop, about, Spoken(3))
    laptop.recordings.end_pieces(pieces)
    for result in travelling.opened(home, travelling.bundles(tmp_path / "laptop")):
        assert result.refused == ()
    found = parts(home)
    assert [says["part"] for says, _record, _content in found] == [1, 2, 3]
    assert len({says["recording"] for says, _record, _content in found}) == 1
    assert [says["from"] for says, _record, _content in found] == ["0:00:00", "0:00:01", "0:00:03"]
    assert found[2][1].title.endswith("part 3")
    assert "ended here" in str(found[2][1].fields["description"].value)
    assert "description" not in found[0][1].fields
    assert {row.id for row in home.evidence_of(about)} == {record.id for _, record, _ in found}
    whole = decoded(b"".join(content for _says, _record, content in found), tmp_path)
    assert len(whole) > 3 * PAGES_PER_PIECE * PAGE_SAMPLES - 3 * 400
    assert loudness(whole) > 4000
    for _says, _record, content in found:
        assert len(decoded(content, tmp_path)) > PAGES_PER_PIECE * PAGE_SAMPLES - 400


def test_nothing_of_it_is_written_but_bundles_and_nobody_opens_them_here(
    home: Notebook, laptop: Notebook, tmp_path: Path
) -> None:
    about = interview(laptop)
    before = {path for path in (tmp_path / "laptop").rglob("*") if path.is_file()}
    recorded(laptop, about, Spoken(2))
    new = {path for path in (tmp_path / "laptop").rglob("*") if path.is_file()} - before
    assert {path.parent.name for path in new} == {"outbox"}
    laptop.close()
    again = travelling.session(tmp_path / "laptop", "again")
    said = Tone().page().pages
    marks = [b"OggS", b"OpusHead", said[400:440]]
    for found in Solver(tmp_path / "laptop", again).readable():
        assert not any(mark in found for mark in marks)
    assert again.rows(type="evidence") == []
    again.close()
    # The same look finds it where it may be read.
    travelling.opened(home, travelling.bundles(tmp_path / "laptop"))
    assert any(said[400:440] in content for _says, _record, content in parts(home))


def test_a_recording_of_its_own_kind_is_refused_while_travelling(laptop: Notebook) -> None:
    about = interview(laptop)
    with pytest.raises(NotebookError) as refused:
        laptop.recordings.begin(about)
    assert refused.value.code is Code.TRAVEL_MODE


def test_a_record_that_is_not_there_is_refused(laptop: Notebook) -> None:
    with pytest.raises(NotebookError) as refused:
        laptop.recordings.begin_pieces(RecordId("ab" * 16))
    assert refused.value.code is Code.UNKNOWN_RECORD


def test_what_a_lost_microphone_left_of_a_piece_is_sealed_and_has_no_end(
    home: Notebook, laptop: Notebook, tmp_path: Path
) -> None:
    about = interview(laptop)
    recorded(laptop, about, Spoken(2, is_lost=True))
    travelling.opened(home, travelling.bundles(tmp_path / "laptop"))
    found = parts(home)
    assert len(found) == 2
    assert len(decoded(found[1][2], tmp_path)) > PAGE_SAMPLES - 400
    assert all("description" not in record.fields for _says, record, _content in found)


def test_what_happened_stands_in_the_piece_it_happened_in(laptop: Notebook) -> None:
    pieces = laptop.recordings.begin_pieces(interview(laptop))
    said = Tone()
    for mark in (False, True):
        message = said.page()
        pieces.sound(message.samples, message.pages)
        if mark:
            pieces.note(Note.MARK, message.samples)
        pieces.piece()
    pieces.close()
    first, second = pieces.ready
    assert first.notes == ()
    assert [(what, samples) for what, _at, samples in second.notes] == [
        (Note.MARK, 2 * PAGE_SAMPLES)
    ]
    assert (first.first, first.last, second.first, second.last) == (
        0,
        PAGE_SAMPLES,
        PAGE_SAMPLES,
        2 * PAGE_SAMPLES,
    )


def test_a_piece_that_could_not_be_sealed_can_be_sealed_again(
    home: Notebook, laptop: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = interview(laptop)
    pieces = laptop.recordings.begin_pieces(about)
    Recorder(Spoken(1), pieces, lambda: 2**40).run()
    (piece,) = pieces.ready
    core = laptop._core
    assert core.journey is not None

    def full(*_args: object, **_named: object) -> None:
        raise disk.no_space()

    with monkeypatch.context() as patched:
        patched.setattr(type(core.journey.outbox), "seal", full)
        with pytest.raises(NotebookError):
            laptop.recordings.seal_piece(pieces, piece)
    assert laptop.rows(type="evidence") == []
    laptop.recordings.seal_piece(pieces, piece)
    travelling.opened(home, travelling.bundles(tmp_path / "laptop"))
    assert len(parts(home)) == 1


def test_a_piece_leaves_time_to_seal_it_within_ten_seconds() -> None:
    assert PIECE_S + sound.PAGE_S < 10
    assert PIECE_S * RATE_HZ % sound.LEVEL_SAMPLES == 0


def test_an_ordinary_notebook_can_begin_the_other_kind_alone(tmp_path: Path) -> None:
    made = support.create(tmp_path / "n")
    about = support.interview_in(made, support.case_in(made))
    file = made.recordings.begin(about)
    assert file.piece_s == 0
    file.close()
    made.close()
