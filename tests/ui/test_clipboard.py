"""What was copied goes by itself: what the program put there, and what a person copied or cut."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ui import clipboard
from ui.clipboard import NOT_TO_BE_KEPT, Clipboard, discreet


@pytest.fixture
def system(qapp: QApplication) -> Iterator[QClipboard]:
    found = QGuiApplication.clipboard()
    yield found
    found.clear()


@pytest.fixture
def kept(system: QClipboard, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clipboard]:
    # The platform of the tests cannot tell whose it is: nobody else is here.
    monkeypatch.setattr(clipboard, "is_ours", lambda _clipboard: True)
    holder = QObject()
    yield Clipboard(holder)
    holder.deleteLater()


def test_what_a_line_of_text_copies_is_marked_and_goes_by_itself(
    kept: Clipboard, system: QClipboard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "MOVED_FOR_MS", 1)
    line = QLineEdit("W-01 at the bridge")
    qtbot.addWidget(line)
    line.selectAll()
    line.copy()
    assert system.text() == "W-01 at the bridge"
    assert all(system.mimeData().hasFormat(form) for form in NOT_TO_BE_KEPT)
    qtbot.waitUntil(lambda: system.text() == "")


def test_what_a_person_moves_has_more_time_than_what_is_carried_at_once(
    kept: Clipboard, system: QClipboard
) -> None:
    system.setMimeData(discreet("cut out"))
    assert kept._timer.interval() == clipboard.MOVED_FOR_MS
    kept.put("12345 67890")
    assert kept._timer.interval() == clipboard.KEPT_FOR_MS
    assert clipboard.KEPT_FOR_MS < clipboard.MOVED_FOR_MS == 300_000
    # The same words once more do not go later than what was first there.
    system.setMimeData(discreet("12345 67890"))
    assert kept._timer.interval() == clipboard.KEPT_FOR_MS


def test_what_others_put_there_stays(
    kept: Clipboard, system: QClipboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.put("12345 67890")
    monkeypatch.setattr(clipboard, "is_ours", lambda _clipboard: False)
    theirs = QMimeData()
    theirs.setText("theirs")
    system.setMimeData(theirs)
    assert not kept._timer.isActive()
    assert not system.mimeData().hasFormat(next(iter(NOT_TO_BE_KEPT)))
    kept.clear()
    assert system.text() == "theirs"
