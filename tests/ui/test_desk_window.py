"""The desk in the whole window: real lanes, and keys that enter where the keyboard enters."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from notebook.notebook import Notebook
from tests.ui.window_desk import PASSPHRASE, Desk, cheap_environment, make_notebook
from ui.contacts_view import ContactsView
from ui.desk_view import DeskView
from ui.handover_view import HandoverView
from ui.list_items import Mark
from ui.list_view import ListView
from ui.parting import Start
from ui.shell_view import ShellView
from ui.widgets.basics import Button, is_inside

CTRL = Qt.KeyboardModifier.ControlModifier
ACCOUNT = "ئاكامنى باھاردا ئېلىپ كەتتى. 他在春天被带走。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_notebook(tmp_path / "n")


def desk_of(view: ShellView) -> DeskView:
    found = view.findChild(DeskView)
    assert found is not None
    return found


def press(view: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(view.windowHandle(), key, modifiers)


def commit(widget: QWidget, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def write_an_interview(window: Desk, view: ShellView) -> DeskView:
    shown = desk_of(view)
    header = shown.record.header
    window.until(lambda: shown.list._empty_button.isVisible())
    press(view, Qt.Key.Key_N, CTRL)
    window.until(header.title.hasFocus)
    QTest.keyClicks(header.title, "First talk")
    assert shown.record.form is not None
    editor = shown.record.form.frames["account"].text_editor()
    assert editor is not None
    commit(editor, ACCOUNT)
    return shown


def left_behind(window: Desk, folder: Path) -> Path:
    """What is on the disk when the process is gone: here it lives on, and so does its lock."""
    window.until(lambda: window.told.ends)
    return Path(shutil.copytree(folder, folder.with_name("left-behind")))


def opened(folder: Path) -> Notebook:
    return Notebook.unlock(folder, PASSPHRASE, environment=cheap_environment())


def test_an_interview_is_written_saved_and_read_back_from_the_disk(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, folder: Path
) -> None:
    window = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = window.unlock()
    shown = write_an_interview(window, view)
    press(view, Qt.Key.Key_S, CTRL)
    window.until(lambda: shown.record.header._state.accessibleName().startswith("Saved "))
    window.until(lambda: shown.list.model.rowCount() == 1)
    assert shown.list.model.item(0).title == "First talk"
    press(view, Qt.Key.Key_L, CTRL)
    notebook = opened(left_behind(window, folder))
    (row,) = notebook.rows(type="interview")
    assert notebook.record(row.id).fields["account"].value == ACCOUNT
    assert notebook.drafts.all() == []
    notebook.close()


def test_what_was_typed_and_not_saved_is_a_draft_after_the_lock(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, folder: Path
) -> None:
    window = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = window.unlock()
    write_an_interview(window, view)
    press(view, Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier)
    left = left_behind(window, folder)
    notebook = opened(left)
    assert notebook.rows(type="interview") == []
    (draft,) = notebook.drafts.all()
    assert draft.fields == {"title": "First talk", "account": ACCOUNT}
    notebook.close()
    again = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(left)))
    shown = desk_of(again.unlock())
    again.until(lambda: shown.list.model.rowCount() == 1)
    assert shown.list.model.item(0).marks == (Mark.DRAFT,)
    shown.list.rows.choose_first()
    again.until(lambda: shown.record.header.title.text() == "First talk")
    assert shown.record.header._state.accessibleName().startswith("Draft kept ")


def test_who_goes_somewhere_by_a_key_goes_on_there_and_not_on_the_rail(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, folder: Path
) -> None:
    window = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = window.unlock()
    lock = next(each for each in view.rail.findChildren(Button) if each.text() == "Lock")

    def is_in(kind: type[QWidget]) -> bool:
        room = view.findChild(kind)
        return room is not None and is_inside(view.focusWidget(), room)

    for action, kind in (
        ("go-person", ListView),
        ("go-contacts", ContactsView),
        ("go-handover", HandoverView),
        ("go-interview", ListView),
        ("go-consent", ListView),
    ):
        lock.setFocus()
        assert window.app.perform(action)
        window.until(partial(is_in, kind))
