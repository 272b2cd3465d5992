"""The window on a disk that is full: it says so, claims nothing, and keeps what is typed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit
from pytestqt.qtbot import QtBot

from notebook.notebook import Notebook
from tests.faults.support_traced import root_only
from tests.ui.test_typing_ahead import commit
from tests.ui.window_desk import PASSPHRASE, Desk, cheap_environment, make_notebook
from ui.desk_view import DeskView
from ui.parting import Start

CTRL = Qt.KeyboardModifier.ControlModifier
WORDS = "They came at night. 他在春天被带走。 " * 1000
"""More than the pages have room for that the databases have already."""
BLOCK_BYTES = 4096


class Disk:
    """A small disk, and a file of somebody else's that takes what is left of it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._ballast = place / "ballast"

    def fill(self) -> None:
        """Nothing more fits."""
        try:
            with self._ballast.open("ab", buffering=0) as file:
                while True:
                    file.write(bytes(BLOCK_BYTES))
        except OSError:
            return

    def free(self) -> None:
        """The other file is gone."""
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    root_only()
    place = tmp_path / "disk"
    place.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def account(shown: DeskView) -> QTextEdit:
    assert shown.record.form is not None
    editor = shown.record.form.frames["account"].text_editor()
    assert isinstance(editor, QTextEdit)
    return editor


def says(desk: Desk, words: str) -> bool:
    labels = desk.app.window_shown().findChildren(QLabel)
    return any(words in label.text() for label in labels if label.isVisible())


def test_a_full_disk_is_said_and_costs_no_word(
    disk: Disk, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = make_notebook(disk.place / "n")
    disk.fill()
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    desk.app.door.unlock.unlock_requested.emit(PASSPHRASE)
    desk.until(lambda: says(desk, "The disk is full."))
    assert says(desk, "Free some space")
    disk.free()
    view = desk.unlock()
    shown = view.findChild(DeskView)
    assert shown is not None
    desk.until(lambda: shown.list._empty_button.isVisible())
    QTest.keyClick(view.windowHandle(), Qt.Key.Key_N, CTRL)
    desk.until(shown.record.header.title.hasFocus)
    commit(shown.record.header.title, "First talk")
    desk.until(lambda: says(desk, "Draft kept"))
    disk.fill()
    commit(account(shown), WORDS)
    QTest.keyClick(view.windowHandle(), Qt.Key.Key_S, CTRL)
    desk.until(lambda: "The disk is full." in view._trouble.accessibleName())
    # Neither the journal nor the drafts have it, and nobody says that they do.
    desk.until(lambda: says(desk, "Not saved yet"))
    assert not says(desk, "Draft kept")
    assert account(shown).toPlainText() == WORDS
    # There is room again; nothing more is typed, and the window locks.
    disk.free()
    QTest.keyClick(view.windowHandle(), Qt.Key.Key_F12)
    assert desk.told.ends == 1
    # What is on the disk when the process ends.
    left = shutil.copytree(folder, tmp_path / "left")
    with closing(Notebook.unlock(left, PASSPHRASE, environment=cheap_environment())) as notebook:
        (draft,) = notebook.drafts.all()
    assert draft.fields["title"] == "First talk"
    assert draft.fields["account"] == WORDS
