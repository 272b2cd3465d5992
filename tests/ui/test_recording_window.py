"""The real window in a room where somebody speaks: recorded, stopped, and heard again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from notebook import swap
from notebook.environment import real_environment
from notebook.mission_card import MissionCard
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook
from notebook.ogg import RATE_HZ
from notebook.recording_pieces import PIECE_S
from tests.notebook import support_travel as travelling
from tests.notebook.support_sound import Room, decoded, loudness, room
from tests.processes import await_end, children_of
from tests.ui.support_recording import seconds_in, wait_until_recorded, wait_until_sealed
from tests.ui.window_desk import PASSPHRASE, CheapGate, Desk
from ui.parting import Reason, Start
from ui.recording_view import CautionSheet
from ui.rooms import Place
from ui.shell_view import ShellView
from ui.tour import people
from ui.tour.driven import Driven, screen_environment

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
TITLE = "Told at the spring"


@pytest.fixture(scope="module")
def spoken() -> Iterator[Room]:
    with room(has_tone=False) as made:
        yield made


@pytest.fixture
def there(spoken: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    for name, value in spoken.environment.items():
        monkeypatch.setenv(name, value)
    spoken.speak()
    return spoken


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notebook = CheapGate().create(tmp_path / "n", PASSPHRASE, "K-7", is_low_memory=True)
    case, _changes = notebook.add("case", None, {"title": "Spring"})
    notebook.add("interview", CaseId(case), {"title": TITLE})
    notebook.close()
    return tmp_path / "n"


@pytest.fixture
def desk(folder: Path, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Desk:
    start = Start(guard_pid=1, folder=str(folder), reason=Reason.ASKED)
    return Desk(qapp, qtbot, tmp_path, start=start)


def press(view: ShellView, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(view.windowHandle(), key, modifiers)


def sheet_of(view: ShellView) -> CautionSheet | None:
    return next((one for one in view.findChildren(CautionSheet) if one.isVisible()), None)


def open_interview(desk: Desk) -> ShellView:
    view = desk.unlock()
    found: list[RecordId] = []
    session = desk.app._session
    assert session is not None
    session.ask(lambda notebook: notebook.rows(type="interview")[0].id, found.append)
    desk.until(lambda: found)
    desk.app.go(Place(room="desk", type="interview", record=found[0]))
    desk.until(lambda: "record-sound" in {one.name for one in desk.app.possible()})
    return view


def recorded(notebook: Notebook) -> list[tuple[dict[str, object], bytes]]:
    """What every recording says of itself, and its content."""
    found = []
    for row in notebook.rows(type="evidence"):
        says = json.loads(str(notebook.record(row.id).fields["metadata"].value))
        with notebook.evidence_content(row.id) as reader:
            found.append((says, reader.read()))
    return found


def test_what_somebody_says_is_recorded_and_can_be_heard(
    desk: Desk, there: Room, tmp_path: Path
) -> None:
    view = open_interview(desk)
    bar = view.recording
    press(view, Qt.Key.Key_R, CTRL_SHIFT)
    desk.until(lambda: sheet_of(view))
    sheet = sheet_of(view)
    assert sheet is not None
    assert bar.isHidden()
    there.await_listeners(0)
    assert sheet.begin.hasFocus()
    QTest.keyClick(sheet.begin, Qt.Key.Key_Return)
    desk.until(lambda: seconds_in(bar.accessibleName()) >= 3)
    assert bar.isVisible()
    assert bar.mark.isEnabled()
    # It belongs to the window: whatever the person does meanwhile, it stays.
    desk.app.go(Place(room="handover"))
    desk.until(lambda: seconds_in(bar.accessibleName()) >= 4)
    press(view, Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier)
    press(view, Qt.Key.Key_P, CTRL_SHIFT)
    desk.until(lambda: "The microphone is off" in bar.accessibleName())
    there.await_listeners(0)
    press(view, Qt.Key.Key_P, CTRL_SHIFT)
    desk.until(lambda: seconds_in(bar.accessibleName()) >= 5)
    press(view, Qt.Key.Key_E, CTRL_SHIFT)
    desk.until(bar.isHidden)
    there.await_listeners(0)
    session = desk.app._session
    assert session is not None
    found: list[list[tuple[dict[str, object], bytes]]] = []
    session.ask(recorded, found.append)
    desk.until(lambda: found)
    ((says, content),) = found[0]
    assert says["interrupted"] is False
    assert len(str(says["marks"])) > 4
    heard = decoded(content, tmp_path)
    assert len(heard) >= 5 * RATE_HZ
    assert loudness(heard) > 200


def test_without_a_sound_system_it_says_so_and_nothing_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/socket")
    view = open_interview(desk)
    press(view, Qt.Key.Key_R, CTRL_SHIFT)
    desk.until(lambda: sheet_of(view))
    sheet = sheet_of(view)
    assert sheet is not None
    sheet.begin.click()
    desk.until(lambda: "does not answer" in view._trouble.accessibleName())
    assert view.recording.isHidden()
    assert "stop-recording" not in {one.name for one in desk.app.possible()}


def test_the_caution_can_be_left_and_nothing_is_recorded(desk: Desk, there: Room) -> None:
    view = open_interview(desk)
    press(view, Qt.Key.Key_R, CTRL_SHIFT)
    desk.until(lambda: sheet_of(view))
    press(view, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    desk.until(lambda: sheet_of(view) is None)
    assert view.recording.isHidden()
    there.await_listeners(0)


@pytest.mark.parametrize("how", ["F12", "Ctrl+Q", "killed", "F12, and what records hangs"])
def test_whatever_ends_the_process_ends_the_recording_and_keeps_it(
    how: str, there: Room, tmp_path: Path
) -> None:
    # The real process knows no cheap key derivation.
    (tmp_path / "home").mkdir()
    folder = tmp_path / "real"
    environment = {**screen_environment(tmp_path / "home"), **there.environment}
    notebook = Notebook.create(
        folder,
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    )
    case, _changes = notebook.add("case", None, {"title": "Spring"})
    notebook.add("interview", CaseId(case), {"title": TITLE})
    notebook.close()
    start = Start(guard_pid=os.getpid(), folder=str(folder), reason=Reason.ASKED)
    with Driven(environment, start) as window:
        people.unlock(window, PASSPHRASE)
        people.open_record(window, "Interviews", TITLE)
        window.press("Ctrl+Shift+R")
        window.see("No consent to sound")
        window.press("Return")
        wait_until_recorded(window, 3)
        if how == "F12":
            window.lock()
        elif how == "Ctrl+Q":
            window.close()
        elif how != "killed":
            (recorder,) = children_of(window.pid)
            # A sound system that hangs would end it after a while; this hears nothing any more.
            os.kill(recorder, signal.SIGSTOP)
            try:
                window.lock()
                await_end(recorder)
            finally:
                with suppress(ProcessLookupError):
                    os.kill(recorder, signal.SIGKILL)
    with Driven(environment, start) as window:
        people.unlock(window, PASSPHRASE)
        window.see("A recording was interrupted")
        window.lock()
    there.await_listeners(0)
    notebook = Notebook.unlock(folder, PASSPHRASE, environment=real_environment())
    ((says, content),) = recorded(notebook)
    notebook.close()
    assert says["interrupted"] is True
    heard = decoded(content, tmp_path)
    # What the bar had said was recorded is there.
    assert len(heard) >= 3 * RATE_HZ - RATE_HZ // 100
    assert loudness(heard) > 200


def test_while_travelling_what_was_sealed_before_the_lock_is_at_headquarters(
    there: Room, tmp_path: Path
) -> None:
    real = replace(real_environment(), allows_unsafe_memory=True)
    home = travelling.headquarters(tmp_path / "headquarters")
    card = home.travel.missions()[-1].card.encode()
    folder = tmp_path / "laptop"
    laptop = Notebook.create(
        folder,
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real,
        mission=replace(MissionCard.read(card), is_compared=True),
    )
    laptop.add("case", None, {"title": "On the way"})
    home.add_contact(laptop.my_card().encode())
    laptop.close()
    (tmp_path / "home").mkdir()
    environment = {**screen_environment(tmp_path / "home"), **there.environment}
    start = Start(guard_pid=os.getpid(), folder=str(folder), reason=Reason.ASKED)
    with Driven(environment, start) as window:
        window.fill(people.PASSPHRASE_FIELD, PASSPHRASE)
        window.press("Return")
        if swap.unsafe():
            # This machine swaps in clear; nothing of this is true.
            window.click("Open it all the same")
        window.see("Unlocked")
        window.press("Return")
        window.see("Travel mode")
        window.click("New interview")
        window.see("Title, safe to read aloud")
        window.fill("Title", TITLE)
        window.press("Ctrl+S")
        window.see("Saved")
        window.press("Ctrl+Shift+R")
        window.see("sealed for headquarters")
        window.press("Return")
        wait_until_recorded(window, PIECE_S)
        wait_until_sealed(window)
        window.lock()
    there.await_listeners(0)
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []
    for result in travelling.opened(home, travelling.bundles(folder)):
        assert result.refused == ()
    found = sorted(recorded(home), key=lambda part: int(str(part[0]["part"])))
    assert [says["part"] for says, _content in found] == list(range(1, len(found) + 1))
    heard = decoded(found[0][1], tmp_path)
    assert len(heard) == PIECE_S * RATE_HZ
    assert loudness(heard) > 200
    home.close()
