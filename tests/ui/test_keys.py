"""Keys reach their actions under every layout, before any widget, and nothing else does."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import actions
from ui.keys import Keys, latin_key
from ui.widgets.editors import LineEditor

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier

SCAN_CODE_OF_L = 46
SCAN_CODE_OF_A = 38
SCAN_CODE_OF_0 = 19


def key_event(
    key: int, modifiers: Qt.KeyboardModifier, text: str = "", scan_code: int = 0
) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan_code, 0, 0, text)


class Desk:
    """A window with an editor, and what was performed in it."""

    def __init__(self, qtbot: QtBot, possible: set[str]) -> None:
        self.performed: list[str] = []
        self.possible = possible
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.editor = LineEditor("editor", self.window)
        QVBoxLayout(self.window).addWidget(self.editor)
        self.keys = Keys(actions.table(), self._perform, self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.keys.watch(self.window.windowHandle())
        self.window.activateWindow()
        self.editor.setFocus()
        qtbot.waitUntil(lambda: QGuiApplication.focusObject() is self.editor)

    def _perform(self, name: str) -> bool:
        if name in self.possible:
            self.performed.append(name)
        return name in self.possible

    def press(self, event: QKeyEvent) -> None:
        QGuiApplication.sendEvent(self.window.windowHandle(), event)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot, {action.name for action in actions.table()})


@pytest.mark.parametrize(
    ("key", "modifiers", "name"),
    [
        (Qt.Key.Key_L, CTRL, "lock"),
        (Qt.Key.Key_F12, NONE, "lock"),
        (Qt.Key.Key_K, CTRL, "find-action"),
        (Qt.Key.Key_F1, NONE, "show-keys"),
        (Qt.Key.Key_Plus, CTRL, "larger-text"),
        (Qt.Key.Key_Plus, CTRL | SHIFT, "larger-text"),
        (Qt.Key.Key_Equal, CTRL, "larger-text"),
        (Qt.Key.Key_0, CTRL | Qt.KeyboardModifier.KeypadModifier, "ordinary-text"),
        (Qt.Key.Key_N, CTRL | SHIFT, "new-case"),
    ],
)
def test_a_key_does_its_action(
    desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier, name: str
) -> None:
    QTest.keyClick(desk.window.windowHandle(), key, modifiers)
    assert desk.performed == [name]


@pytest.mark.parametrize(
    ("letter", "layout"), [("Д", "ru"), ("д", "kz"), ("ل", "cn(ug)")], ids=["ru", "kz", "ug"]
)
def test_ctrl_l_locks_under_layouts_without_latin_letters(
    desk: Desk, letter: str, layout: str
) -> None:
    desk.press(key_event(ord(letter), CTRL, scan_code=SCAN_CODE_OF_L))
    assert desk.performed == ["lock"]


def test_a_latin_layout_decides_by_its_own_letters(desk: Desk) -> None:
    # On another Latin layout the key at the place of L may be N: the letter counts.
    desk.press(key_event(Qt.Key.Key_N, CTRL, scan_code=SCAN_CODE_OF_L))
    assert desk.performed == ["new-record"]


def test_typing_without_ctrl_is_typing(desk: Desk) -> None:
    desk.press(key_event(ord("Д"), NONE, "д", SCAN_CODE_OF_L))
    assert not desk.performed
    assert desk.editor.text() == "д"


def test_a_latin_command_reaches_the_editor_under_another_layout(desk: Desk) -> None:
    desk.editor.setText("сәлем")
    desk.press(key_event(ord("Ф"), CTRL, scan_code=SCAN_CODE_OF_A))
    assert desk.editor.selectedText() == "сәлем"
    assert not desk.performed


def test_an_action_that_cannot_be_done_leaves_its_key_to_the_editor(qtbot: QtBot) -> None:
    desk = Desk(qtbot, set())
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_F12)
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_A)
    assert not desk.performed
    assert desk.editor.text() == "a"


def test_a_key_held_down_does_its_action_once(desk: Desk) -> None:
    desk.press(key_event(Qt.Key.Key_N, CTRL))
    desk.press(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_N, CTRL, "", True, 5))
    assert desk.performed == ["new-record"]


def test_keys_work_in_a_dialog_too(desk: Desk, qtbot: QtBot) -> None:
    dialog = QDialog(desk.window)
    dialog.open()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is dialog.windowHandle())
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_F12)
    assert desk.performed == ["lock"]
    dialog.close()


def test_someone_who_types_or_points_is_there(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.keys.touched):
        QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_A)
    with qtbot.waitSignal(desk.keys.touched):
        QTest.mouseMove(desk.window.windowHandle())


def test_what_an_input_method_commits_shows_that_someone_is_there(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.keys.touched):
        desk.editor.insert("木")


def test_digits_are_known_by_place_where_the_row_carries_letters(qapp: QObject) -> None:
    assert latin_key(key_event(ord("Қ"), CTRL, scan_code=SCAN_CODE_OF_0)) == Qt.Key.Key_0


def test_a_key_of_unknown_place_stays_what_it_is(qapp: QObject) -> None:
    assert latin_key(key_event(ord("Д"), CTRL, scan_code=250)) == ord("Д")
