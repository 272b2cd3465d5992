"""Checks, the sample, the words and the limits in the real window, with its real lanes."""

from __future__ import annotations

import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from notebook.errors import Code, NotebookError
from notebook.model import Record, RecordId
from notebook.notebook import Notebook
from notebook.progress import Progress
from notebook.sample import INVENTED
from tests.support import damaged
from tests.ui.window_desk import (
    PASSPHRASE,
    CheapGate,
    Desk,
    make_notebook,
    roll_back,
)
from ui.about_sheet import AboutSheet, limits
from ui.check_sheet import CheckSheet
from ui.parting import Start
from ui.passphrase_sheet import PassphraseSheet
from ui.real_gate import SAMPLE_RECORDS, RealGate
from ui.runner import Lane
from ui.settings_sheet import SettingsSheet
from ui.sheets import KeysSheet
from ui.widgets.basics import Button
from ui.widgets.sheets import Sheet

CTRL = Qt.KeyboardModifier.ControlModifier
ROUNDS = 4
OTHER_PASSPHRASE = "copper lantern violet harbor thunder mosaic"
SheetKind = TypeVar("SheetKind", bound=Sheet)
OpenDoor = Callable[[Path | None], Desk]


@pytest.fixture
def door(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OpenDoor]:
    """Opens windows; answers that are still under way come before the windows go."""
    desks: list[Desk] = []

    def opened(folder: Path | None) -> Desk:
        start = Start(guard_pid=1, folder=str(folder) if folder else None)
        desks.append(Desk(qapp, qtbot, tmp_path, start=start))
        return desks[-1]

    yield opened
    for desk in desks:
        for _round in range(ROUNDS):
            for lane in Lane:
                assert desk.app.jobs.settle(lane, 60)
            QApplication.processEvents()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_notebook(tmp_path / "n")


def button(window: QWidget, words: str) -> Button:
    [found] = [
        each
        for each in window.findChildren(Button)
        if each.accessibleName() == words and each.isVisible()
    ]
    return found


def click(window: QWidget, words: str) -> None:
    QTest.mouseClick(button(window, words), Qt.MouseButton.LeftButton)


def sheet(view: QWidget, kind: type[SheetKind]) -> SheetKind:
    [found] = [each for each in view.findChildren(kind) if each.isVisible()]
    return found


def words_in(window: QWidget) -> list[str]:
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


def words_on_buttons(window: QWidget) -> list[str]:
    return [each.accessibleName() for each in window.findChildren(Button) if each.isVisible()]


def press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(window.windowHandle(), key, modifiers)


# The strip.


def test_a_whole_notebook_shows_no_strip(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    for lane in (Lane.NOTEBOOK, Lane.FILES, Lane.FILES):
        assert desk.app.jobs.settle(lane, 60)
        QApplication.processEvents()
    assert not view.attention.isVisible()


def test_lost_entries_are_said_over_the_desk_with_what_to_do(door: OpenDoor, folder: Path) -> None:
    roll_back(folder)
    desk = door(folder)
    view = desk.unlock()
    desk.until(view.attention.isVisible)
    said = view.attention.accessibleName()
    assert "entry is lost" in said
    assert "Do not write on." in said
    click(view.attention, "Show")
    found = sheet(view, CheckSheet)
    desk.until(
        lambda: any("Restore the folder from a backup" in words for words in words_in(found))
    )
    assert button(found, "Check everything").hasFocus()
    press(view, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    # It stays until it is dismissed, also when one goes elsewhere.
    view.rail.entry_chosen.emit("contacts")
    assert view.attention.isVisible()
    click(view.attention, "Dismiss")
    assert not view.attention.isVisible()


def test_who_knows_of_the_loss_is_told_no_more(door: OpenDoor, folder: Path) -> None:
    roll_back(folder)
    desk = door(folder)
    view = desk.unlock()
    desk.until(view.attention.isVisible)
    click(view.attention, "Show")
    found = sheet(view, CheckSheet)
    desk.until(lambda: "Damage" in words_in(found))
    # Nothing is cut off where there is room for all of it.
    desk.until(lambda: not found._scroll.verticalScrollBar().isVisible())
    # What nothing but the window holds would be gone by now.
    gc.collect()
    click(found, "I know of this")
    desk.until(lambda: any("1 entry was lost" in words for words in words_in(found)))
    assert found.result_words().startswith("All is well")
    assert not view.attention.isVisible()


def test_what_was_found_leads_on_to_the_whole_check(door: OpenDoor, folder: Path) -> None:
    roll_back(folder)
    desk = door(folder)
    view = desk.unlock()
    desk.until(view.attention.isVisible)
    click(view.attention, "Show")
    found = sheet(view, CheckSheet)
    gc.collect()
    click(found, "Check everything")
    desk.until(lambda: "Check again" in words_on_buttons(found))


# The check.


def test_the_check_is_found_by_name_and_says_that_all_is_well(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    desk.app.perform("check")
    found = sheet(view, CheckSheet)
    desk.until(found.result_words)
    assert found.result_words().startswith("All is well: ")
    head_words: list[str] = []
    session = desk.app._session
    assert session is not None
    session.ask(lambda notebook: notebook.head_words(), head_words.extend)
    desk.until(lambda: head_words)
    desk.until(lambda: "  ".join(head_words) in words_in(found))


def test_a_check_can_be_stopped_in_the_window(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    release = hold_files(desk)
    desk.app.perform("check")
    found = sheet(view, CheckSheet)
    click(found, "Cancel")
    release()
    desk.until(lambda: "The check was stopped." in words_in(found))
    click(found, "Check everything")
    desk.until(lambda: found.result_words().startswith("All is well"))


def hold_files(desk: Desk) -> Callable[[], None]:
    """Keep the files' lane busy until the answer is called."""
    may_go = threading.Event()
    desk.app.jobs.run(
        Lane.FILES, lambda _progress: may_go.wait(60), lambda _done: None, lambda _error: None
    )
    return may_go.set


def test_the_lock_works_while_a_check_runs(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    release = hold_files(desk)
    desk.app.perform("check")
    press(view, Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier)
    assert desk.told.ends == 1
    release()


def test_a_damaged_file_is_shown_with_what_to_do(door: OpenDoor, tmp_path: Path) -> None:
    folder = make_notebook(tmp_path / "n")
    notebook = CheapGate().unlock(folder, PASSPHRASE)
    with (tmp_path / "f").open("w+b") as source:
        source.write(b"content")
        source.seek(0)
        notebook.attach(RecordId(notebook.cases()[0].id), source, file_name="f")
    notebook.close()
    [stored] = (folder / "objects").glob("??/*")
    stored.write_bytes(damaged(stored.read_bytes()))
    desk = door(folder)
    view = desk.unlock()
    desk.app.perform("check")
    found = sheet(view, CheckSheet)
    desk.until(lambda: "A file of the evidence is damaged" in " ".join(words_in(found)))
    assert "Nothing was changed or deleted." in " ".join(words_in(found))
    assert stored.exists()
    assert view.attention.isVisible()


# Another passphrase.


def test_the_passphrase_is_changed_in_the_window(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    press(view, Qt.Key.Key_Comma, CTRL)
    click(sheet(view, SettingsSheet), "Change the passphrase…")
    found = sheet(view, PassphraseSheet)
    gc.collect()
    click(found, "Change it")
    assert "Give the passphrase that opens the notebook now." in words_in(found)
    found.old.set_text(PASSPHRASE)
    for edit in found.new.findChildren(QLineEdit):
        edit.setText(OTHER_PASSPHRASE)
    click(found, "Change it")
    desk.until(lambda: "The new passphrase opens the notebook from now on." in words_in(found))
    assert _opens(folder, OTHER_PASSPHRASE)
    assert not _opens(folder, PASSPHRASE)


def _opens(folder: Path, passphrase: str) -> bool:
    left = folder.with_name("left")
    shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(folder, left, ignore=shutil.ignore_patterns("lock"))
    try:
        CheapGate().unlock(left, passphrase).close()
    except NotebookError as trouble:
        assert trouble.code is Code.WRONG_PASSPHRASE  # noqa: PT017 - no error at all is fine too
        return False
    return True


# Words to note, and limits.


def test_the_words_in_the_settings_are_those_of_the_next_unlocking(
    door: OpenDoor, tmp_path: Path, folder: Path
) -> None:
    desk = door(folder)
    view = desk.unlock()
    press(view, Qt.Key.Key_Comma, CTRL)
    settings = sheet(view, SettingsSheet)
    desk.until(lambda: settings.head_words.words())
    noted = settings.head_words.words()
    # What is on the disk when the process is gone: here it lives on, and so does its lock.
    left = shutil.copytree(folder, tmp_path / "left", ignore=shutil.ignore_patterns("lock"))
    again = CheapGate().unlock(left, PASSPHRASE)
    assert "  ".join(again.status().head_words) == noted
    again.close()


def test_settings_lead_to_the_check_and_the_focus_comes_back(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    people = button(view, "People")
    people.setFocus()
    desk.until(people.hasFocus)
    press(view, Qt.Key.Key_Comma, CTRL)
    click(view, "Check the notebook…")
    found = sheet(view, CheckSheet)
    desk.until(lambda: found.result_words())
    press(view, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert people.hasFocus()
    assert not desk.app.has_sheet()


@pytest.mark.parametrize("is_open", [False, True])
def test_the_limits_are_reached_from_help(door: OpenDoor, folder: Path, is_open: bool) -> None:
    desk = door(folder)
    window: QWidget = desk.unlock() if is_open else desk.app.door
    press(window, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    click(sheet(window, KeysSheet), "About, and what is not promised")
    about = sheet(window, AboutSheet)
    said = words_in(about)
    for name, words in limits():
        assert name in said
        assert words in said
    assert any("GNU General Public License" in words for words in said)


def test_the_first_page_leads_to_the_limits(door: OpenDoor) -> None:
    desk = door(None)
    click(desk.app.door.first, "About, and what is not promised")
    assert sheet(desk.app.door, AboutSheet)


# The sample, with the real gate: real derivation, real media.


@dataclass
class Half:
    """The progress of a sample that stays half made until the test lets it go on."""

    progress: Progress
    may_go_on: threading.Event

    def step(self, done: int, total: int, what: str = "") -> None:
        self.progress.step(done, total, what)
        # What is told too soon after something else is not shown, so it is told again.
        while done and not self.may_go_on.wait(0.1):
            self.progress.step(done, total, what)


@pytest.fixture
def may_go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A sample is made half until this is set."""
    may = threading.Event()

    def make_sample(folder: Path, progress: Progress) -> tuple[Notebook, str]:
        return RealGate().make_sample(folder, Half(progress, may))

    monkeypatch.setattr(CheapGate, "make_sample", staticmethod(make_sample))
    yield may
    may.set()


@pytest.fixture
def sample_desk(door: OpenDoor, may_go_on: threading.Event) -> Desk:
    return door(None)


def ask_for_sample(desk: Desk, folder: Path) -> None:
    """Press the button, and give the dialog this folder."""
    first = desk.app.door.first
    click(first, "Try the sample notebook")
    desk.until(lambda: desk.app.door.findChildren(QFileDialog))
    [dialog] = desk.app.door.findChildren(QFileDialog)
    dialog.setDirectory(str(folder))
    line = dialog.findChild(QLineEdit)
    assert line is not None
    line.setText(str(folder))
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.app.door.activateWindow()
    desk.until(desk.app.door.isActiveWindow)


def test_the_sample_is_made_shown_and_opened(
    sample_desk: Desk, may_go_on: threading.Event, tmp_path: Path
) -> None:
    folder = tmp_path / "try"
    folder.mkdir()
    desk, first = sample_desk, sample_desk.app.door.first
    ask_for_sample(desk, folder)
    desk.until(lambda: first._bar.isVisible() and first._bar.thousandths() > 0)
    assert button(first, "Cancel").isEnabled()
    may_go_on.set()
    desk.until(lambda: first._made.isVisible())
    assert any("is invented" in words for words in words_in(first))
    assert button(first, "Open the sample").hasFocus()
    passphrase = first._words.text()
    click(first, "Copy the passphrase")
    assert QGuiApplication.clipboard().text() == passphrase
    click(first, "Open the sample")
    desk.until(lambda: desk.app.view)
    view = desk.app.view
    assert view is not None
    desk.qtbot.addWidget(view)
    records: list[Record] = []
    session = desk.app._session
    assert session is not None
    session.ask(_everything, records.extend)
    desk.until(lambda: records)
    assert len(records) == SAMPLE_RECORDS
    for record in records:
        assert any(INVENTED in str(state.value) for state in record.fields.values()) or (
            "invented" in record.title.lower()
        )
    QGuiApplication.clipboard().clear()


def _everything(notebook: Notebook) -> list[Record]:
    return [notebook.record(row.id) for row in notebook.rows()]


def test_a_sample_that_was_stopped_leaves_nothing_and_can_be_made_again(
    sample_desk: Desk, may_go_on: threading.Event, tmp_path: Path
) -> None:
    folder = tmp_path / "try"
    folder.mkdir()
    desk, first = sample_desk, sample_desk.app.door.first
    ask_for_sample(desk, folder)
    desk.until(lambda: first._bar.isVisible() and first._bar.thousandths() > 0)
    click(first, "Cancel")
    may_go_on.set()
    desk.until(lambda: button(first, "Try the sample notebook").isEnabled())
    assert not first._bar.isVisible()
    assert not first._made.isVisible()
    assert not folder.exists() or not any(folder.iterdir())
    assert button(first, "Try the sample notebook").hasFocus()


def test_before_the_cases_are_read_the_rail_says_all_cases(door: OpenDoor, folder: Path) -> None:
    desk = door(folder)
    view = desk.unlock()
    assert view.rail._case_button.text() == "All cases"
    desk.until(lambda: len(view.rail.cases()) == 2)
    assert view.rail._case_button.accessibleName() == "Case: All cases"
