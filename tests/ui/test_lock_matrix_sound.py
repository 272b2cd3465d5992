"""Every way to lock while somebody is recorded or heard: it ends, and keeps words and sound.

What records is pretended, so that it can hang as long as the test wants; that the real processes
are gone after the lock is tested on the real window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import ui.desk_room
import ui.recording_place
from notebook import sound
from notebook.listening import Source
from notebook.model import Changes, RecordId
from notebook.notebook import Notebook
from notebook.recorder import Recorder
from notebook.recordings import RecordingFile
from notebook.sound import Message, Reason
from tests.notebook.support_sound import Tone
from tests.ui.test_lock_matrix import REASONS, WAIT_S, Matrix
from tests.ui.window_desk import PASSPHRASE, cheap_environment
from ui.desk_view import DeskView
from ui.recording_view import CautionSheet
from ui.rooms import Place

ENOUGH_BYTES = 64 * 1024 * 1024 * 1024
HEARD_BYTES = 500
"""Less than what the first page holds."""


class Microphone:
    """Says one page and then what it is told to; it never ends before the test does."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._is_paused = threading.Event()
        self.is_stopped = threading.Event()

    def messages(self) -> Iterator[Message | None]:
        yield Tone().page()
        while not self.is_over.wait(0.02):
            if self._is_paused.is_set():
                self._is_paused.clear()
                yield Message(kind=sound.PAUSED)
            yield None

    def pause(self) -> None:
        self._is_paused.set()

    def resume(self) -> None:
        """Nothing is resumed here."""

    def stop(self) -> None:
        """It hangs: nothing comes of it."""
        self.is_stopped.set()

    def kill(self) -> None:
        """The lane asks for it at the end."""


class Player:
    """Plays for ever, whatever it is told."""

    is_over = threading.Event()
    is_playing = threading.Event()

    def run(self, _source: Source, on_position: Callable[[int], None]) -> Reason | None:
        on_position(0)
        self.is_playing.set()
        assert self.is_over.wait(WAIT_S)
        return None

    def stop(self) -> None:
        """It hangs."""


class SoundMatrix(Matrix):
    """The same, and with each word goes the sound."""

    def kept(self, copy: Path) -> object:
        with closing(Notebook.unlock(copy, PASSPHRASE, environment=cheap_environment())) as left:
            (draft,) = left.drafts.all()
            (evidence,) = left.rows(type="evidence")
            with left.evidence_content(evidence.id) as reader:
                assert len(reader.read()) > HEARD_BYTES
        assert draft.id == self.record
        return draft.fields["account"]


@pytest.fixture
def matrix(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> SoundMatrix:
    return SoundMatrix(qapp, qtbot, tmp_path)


@pytest.fixture
def microphone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Microphone]:
    made = Microphone()

    def open_microphone(target: RecordingFile) -> Recorder:
        return Recorder(made, target, lambda: ENOUGH_BYTES)

    monkeypatch.setattr(ui.recording_place, "open_microphone", open_microphone)
    yield made
    made.is_over.set()


@contextmanager
def recording(matrix: SoundMatrix, microphone: Microphone) -> Iterator[None]:
    """While the case is recorded and an interview is typed."""
    matrix.type_words()
    view = matrix.view
    assert view is not None
    session = matrix.desk.app._session
    assert session is not None
    found: list[RecordId] = []
    session.ask(lambda notebook: RecordId(notebook.cases()[0].id), found.append)
    matrix.desk.until(lambda: found)
    matrix.desk.app.record_sound(found[0])
    matrix.desk.until(lambda: view.findChild(CautionSheet))
    sheet = view.findChild(CautionSheet)
    assert sheet is not None
    sheet.begin.click()
    try:
        matrix.desk.until(lambda: "Recording 0:00:00" in view.recording.accessibleName())
        matrix.desk.until(lambda: "mark-time" in {one.name for one in matrix.desk.app.possible()})
        yield
    finally:
        # The lane ends before the window is closed.
        microphone.is_over.set()


def test_while_somebody_is_recorded(matrix: SoundMatrix, microphone: Microphone) -> None:
    with recording(matrix, microphone):
        matrix.lock_in_every_way()


def test_while_a_recording_is_paused(matrix: SoundMatrix, microphone: Microphone) -> None:
    with recording(matrix, microphone):
        assert matrix.view is not None
        bar = matrix.view.recording
        bar.pause_requested.emit()
        matrix.desk.until(lambda: "The microphone is off" in bar.accessibleName())
        matrix.lock_in_every_way()


def test_while_a_recording_is_stopped_and_the_sound_system_hangs(
    matrix: SoundMatrix, microphone: Microphone
) -> None:
    with recording(matrix, microphone):
        assert matrix.view is not None
        matrix.view.recording.stop_requested.emit()
        assert microphone.is_stopped.wait(WAIT_S)
        matrix.lock_in_every_way()


def test_while_a_recording_is_heard(matrix: SoundMatrix, monkeypatch: pytest.MonkeyPatch) -> None:
    Player.is_over.clear()
    Player.is_playing.clear()
    monkeypatch.setattr(ui.desk_room, "Listening", Player)
    matrix.type_words()
    session = matrix.desk.app._session
    assert session is not None
    about = matrix.record
    assert about is not None
    found: list[RecordId] = []

    def add(notebook: Notebook) -> tuple[RecordId, Changes]:
        case = RecordId(notebook.cases()[0].id)
        return notebook.attach(case, BytesIO(Tone().page().pages), file_name="told.ogg")

    session.change_and_get(add, found.append)
    matrix.desk.until(lambda: found)
    try:
        matrix.desk.app.go(Place(room="desk", type="evidence", record=found[0]))
        assert matrix.view is not None
        shown = matrix.view.findChild(DeskView)
        assert shown is not None
        listen = shown.record.preview.listen
        matrix.desk.until(listen.isVisible)
        listen.click()
        matrix.desk.until(Player.is_playing.is_set)
        for how in REASONS:
            matrix.lock(how)
    finally:
        Player.is_over.set()
