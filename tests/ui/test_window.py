"""The real window on a real notebook, through widgets, keys and the mouse."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from notebook.errors import Code, NotebookError
from notebook.i18n import ENGLISH, set_language
from tests.ui.window_desk import PASSPHRASE, CheapGate, Desk, make_notebook
from ui import app, clipboard, door_window, unlock_view
from ui.list_view import ListView
from ui.parting import End, Opened, Reason, Start
from ui.preferences import Direction, Preferences, ThemeChoice, load_preferences
from ui.runner import Lane
from ui.settings_sheet import IDLE_MINUTES_SETTING, SettingsSheet
from ui.sheets import ActionSheet, BugSheet, KeysSheet, trace_without_content
from ui.shell_view import ShellView
from ui.title_line import TitleLine
from ui.widgets.basics import Button
from ui.widgets.sheets import Sheet

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    set_language(ENGLISH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_notebook(tmp_path / "n")


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path, folder: Path) -> Desk:
    return Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))


def press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    handle = window.windowHandle()
    QTest.keyClick(handle, key, modifiers or Qt.KeyboardModifier.NoModifier)


def type_text(window: QWidget, text: str) -> None:
    for letter in text:
        QTest.keyClick(window.windowHandle(), Qt.Key(ord(letter.upper())))


def button(window: QWidget, words: str) -> Button:
    [found] = [
        each
        for each in window.findChildren(Button)
        if each.accessibleName() == words and each.isVisible()
    ]
    return found


def sheet(view: QWidget, kind: type[Sheet]) -> Sheet:
    [found] = view.findChildren(kind)
    return found


def test_typing_the_passphrase_and_enter_unlocks(desk: Desk, folder: Path) -> None:
    door = desk.app.door
    door.activateWindow()
    desk.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    type_text(door, PASSPHRASE)
    press(door, Qt.Key.Key_Return)
    desk.until(door.unlock.is_head_shown)
    press(door, Qt.Key.Key_Return)
    desk.until(lambda: desk.app.view)
    assert desk.told.messages == [Opened(folder=str(folder))]
    assert not door.isVisible()


def test_the_keyboard_that_is_named_is_the_one_in_force(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = desk.app.door
    door.activateWindow()
    desk.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    layouts = iter(("US", "US", "RU"))
    monkeypatch.setattr(door_window, "layout_name", lambda: next(layouts))
    named = []
    for _letter in "abc":
        type_text(door, "a")
        named.append(
            [each.text() for each in door.unlock.findChildren(QLabel) if "Keyb" in each.text()]
        )
    assert named[:2] == 2 * [["Keyboard: US · Latin letters"]]
    assert named[2] == ["Keyboard: RU · Latin letters"]


def test_the_arrow_keys_go_through_the_list_from_the_first_moment_on(desk: Desk) -> None:
    view = desk.unlock()
    shown = view.findChild(ListView)
    assert shown is not None
    # The notebook has no record yet: the one button is what can be done.
    desk.until(shown._empty_button.hasFocus)
    press(view, Qt.Key.Key_Return)
    desk.until(lambda: isinstance(QApplication.focusWidget(), TitleLine))


def test_a_wrong_passphrase_says_what_to_do_and_keeps_the_door_shut(desk: Desk) -> None:
    door = desk.app.door
    door.unlock.unlock_requested.emit("wrong")

    def said() -> str:
        shown = [each for each in door.unlock.findChildren(QLabel) if each.isVisible()]
        return " ".join(each.text() for each in shown)

    desk.until(lambda: "This passphrase does not open the notebook." in said())
    assert "Nothing was changed." in said()
    assert "Check the keyboard layout" in said()
    assert button(door, "Unlock").isEnabled()
    assert not door.unlock.is_head_shown()
    assert not desk.told.messages


def test_what_keeps_the_door_shut_is_read_whole_with_the_largest_letters(desk: Desk) -> None:
    page = desk.app.door.unlock
    desk.app.set_preferences(Preferences(text_scale_percent=200))
    long = "This laptop may write memory to its disk in clear: /dev/nvme0n1p3, /swapfile."
    page.show_trouble(NotebookError(Code.UNSAFE_MEMORY, long, "Nothing was opened.", 3 * long))
    page.offer_override()

    def is_whole() -> bool:
        shown = [each for each in page.findChildren(QLabel) if each.isVisible() and each.text()]
        return all(each.height() >= each.heightForWidth(each.width()) for each in shown)

    desk.until(is_whole)
    assert page._passphrase.isVisible()
    desk.app.set_preferences(Preferences())


@pytest.mark.parametrize("percent", [100, 200])
def test_what_keeps_a_notebook_from_being_made_is_in_sight(desk: Desk, percent: int) -> None:
    desk.app.set_preferences(Preferences(text_scale_percent=percent))
    door = desk.app.door
    door.first.new_requested.emit()
    page = door.new
    page.show_travel(is_on=True)
    desk.until(page._choose.isVisible)
    page._create.setFocus()

    def is_in_sight(part: QWidget) -> bool:
        seen = part.visibleRegion().boundingRect()
        return part.isVisible() and seen.height() == min(part.height(), page.height())

    page.show_busy(is_busy=True)
    desk.until(lambda: is_in_sight(page._bar))
    page.show_busy(is_busy=False)
    page.show_trouble(NotebookError(Code.UNSAFE_MEMORY, "It may be read.", "Nothing was made."))
    page.offer_override()
    desk.until(lambda: is_in_sight(page._trouble) and is_in_sight(page._override))
    page._choose.setFocus()
    page.show_lacks("Give a passphrase.")
    desk.until(lambda: is_in_sight(page._trouble))
    desk.app.set_preferences(Preferences())


def test_the_refusal_and_its_way_on_are_in_sight_with_the_largest_letters(desk: Desk) -> None:
    desk.app.set_preferences(Preferences(text_scale_percent=200))
    page = desk.app.door.unlock
    page.show_trouble(NotebookError(Code.UNSAFE_MEMORY, "It may be read.", "Nothing was opened."))
    page.offer_override()
    desk.until(
        lambda: all(
            part.visibleRegion().boundingRect().height() == part.height()
            for part in (page._trouble, page._override)
        )
    )
    desk.app.set_preferences(Preferences())


def test_the_first_page_offers_three_ways_and_opening_asks_for_the_folder(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1))
    door = desk.app.door
    for way in ("New notebook", "Open a notebook", "Try the sample notebook"):
        assert button(door, way).isEnabled()
    other = make_notebook(tmp_path / "other")
    folders = iter((folder, other))
    monkeypatch.setattr(door._files, "folder", lambda _title, then: then(next(folders)))
    QTest.mouseClick(button(door, "Open a notebook"), Qt.MouseButton.LeftButton)
    assert door.unlock._name.text() == folder.name
    # From there one comes to another folder, and back to the first page.
    QTest.mouseClick(button(door, "Another folder"), Qt.MouseButton.LeftButton)
    assert door.unlock._name.text() == other.name
    QTest.mouseClick(button(door, "New notebook or sample…"), Qt.MouseButton.LeftButton)
    assert button(door, "New notebook").isVisible()
    monkeypatch.setattr(door._files, "folder", lambda _title, then: then(folder))
    QTest.mouseClick(button(door, "Open a notebook"), Qt.MouseButton.LeftButton)
    assert door.unlock._name.text() == folder.name


def test_the_unlock_page_says_why_it_locked_and_with_which_words(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, folder: Path
) -> None:
    start = Start(
        guard_pid=1,
        folder=str(folder),
        reason=Reason.IDLE,
        idle_minutes=5,
        words=("amber", "birch", "cedar", "delta"),
    )
    door = Desk(qapp, qtbot, tmp_path, start=start).app.door
    shown = {each.text() for each in door.unlock.findChildren(QLabel) if each.isVisible()}
    assert {"Locked: 5 minutes without input", "amber  birch  cedar  delta"} <= shown


def test_the_four_words_go_by_themselves(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unlock_view.HEAD_SHOWN_MS == 3_000
    monkeypatch.setattr(unlock_view, "HEAD_SHOWN_MS", 1)
    desk.app.door.unlock.unlock_requested.emit(PASSPHRASE)
    # Nobody presses anything.
    desk.until(lambda: desk.app.view)
    assert desk.told.messages == [Opened(folder=str(folder))]
    assert desk.app.view is not None
    desk.keep(desk.app.view)


def test_the_rail_offers_the_cases_of_the_notebook(desk: Desk) -> None:
    view = desk.unlock()
    desk.until(lambda: len(view.rail.cases()) == 2)
    assert view.rail.cases() == ["All cases", "Spring interviews"]


LOCKING: dict[str, Callable[[ShellView], None]] = {
    "F12": lambda view: press(view, Qt.Key.Key_F12),
    "Ctrl+L": lambda view: press(view, Qt.Key.Key_L, CTRL),
    "the button": lambda view: QTest.mouseClick(button(view, "Lock"), Qt.MouseButton.LeftButton),
}


@pytest.mark.parametrize("how", LOCKING)
def test_the_lock_ends_the_process(desk: Desk, how: str) -> None:
    LOCKING[how](desk.unlock())
    assert desk.told.ending == End(reason=Reason.ASKED)
    assert desk.told.ends == 1


def test_the_lock_works_while_a_sheet_is_open(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_F1)
    sheet(view, KeysSheet)
    lock = button(view, "Lock")
    # The pointer reaches the lock through the sheet.
    assert view.childAt(lock.mapTo(view, lock.rect().center())) is lock
    press(view, Qt.Key.Key_F12)
    assert desk.told.ends == 1


def test_the_lock_works_while_a_file_dialog_is_open(desk: Desk) -> None:
    view = desk.unlock()
    dialog = QFileDialog(view)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.open()
    desk.until(lambda: QGuiApplication.focusWindow() is dialog.windowHandle())
    press(dialog, Qt.Key.Key_F12)
    assert desk.told.ends == 1
    dialog.close()


def test_the_lock_works_while_the_notebook_is_busy(desk: Desk) -> None:
    view = desk.unlock()
    may_end = threading.Event()
    desk.app.jobs.run(
        Lane.NOTEBOOK, lambda _progress: may_end.wait(60), lambda _done: None, lambda _error: None
    )
    press(view, Qt.Key.Key_F12)
    may_end.set()
    assert desk.told.ends == 1


def test_closing_the_window_locks_and_asks_for_no_other(desk: Desk) -> None:
    desk.unlock().close()
    assert desk.told.ending == End(reason=Reason.CLOSED)


def test_closing_the_door_ends_the_program(desk: Desk) -> None:
    press(desk.app.door, Qt.Key.Key_Escape)
    assert desk.told.ending == End(reason=Reason.CLOSED)


def test_nobody_there_for_five_minutes_locks(desk: Desk) -> None:
    view = desk.unlock()
    desk.now_s = 299
    press(view, Qt.Key.Key_Shift)
    desk.now_s += 299
    desk.app.check_idle()
    assert desk.told.ending is None
    desk.now_s += 1
    desk.app.check_idle()
    assert desk.told.ending == End(reason=Reason.IDLE, idle_minutes=5)


def test_a_window_that_nobody_touches_locks_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "IDLE_CHECK_MS", 10)
    desk.unlock()

    def has_locked() -> bool:
        # A window that has just come may still be touched, as by a cursor that finds its place.
        desk.now_s += 301
        return desk.told.ending is not None

    desk.until(has_locked)
    assert desk.told.ending == End(reason=Reason.IDLE, idle_minutes=5)


def test_the_minutes_that_were_set_hold_at_the_next_unlock(desk: Desk, folder: Path) -> None:
    notebook = CheapGate().unlock(folder, PASSPHRASE)
    notebook.set_setting(IDLE_MINUTES_SETTING, 2)
    notebook.close()
    desk.unlock()
    desk.until(lambda: desk.app.idle_minutes == 2)
    desk.now_s += 120
    desk.app.check_idle()
    assert desk.told.ending == End(reason=Reason.IDLE, idle_minutes=2)


def test_the_minutes_are_a_setting_inside_the_notebook(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_Comma, CTRL)
    settings = sheet(view, SettingsSheet)
    assert isinstance(settings, SettingsSheet)
    settings.idle.setCurrentIndex(settings.idle.findData(2))
    settings.idle.activated.emit(settings.idle.currentIndex())
    desk.until(lambda: desk.app.idle_minutes == 2)
    assert "idle" not in desk.preferences_path.read_text(encoding="utf-8")


def test_any_action_is_found_and_done(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_K, CTRL)
    actions = sheet(view, ActionSheet)
    assert isinstance(actions, ActionSheet)
    desk.until(lambda: QApplication.focusWidget() is actions.words)
    type_text(view, "settin")
    press(view, Qt.Key.Key_Return)
    sheet(view, SettingsSheet)


def test_words_that_no_action_has_are_said_to_be_so(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_K, CTRL)
    actions = sheet(view, ActionSheet)
    assert isinstance(actions, ActionSheet)
    assert not actions.nothing.isVisible()
    actions.words.setText("zzzz")
    assert actions.nothing.isVisible()
    actions.words.setText("lock")
    assert not actions.nothing.isVisible()


def test_arrows_choose_among_the_actions(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_K, CTRL)
    actions = sheet(view, ActionSheet)
    assert isinstance(actions, ActionSheet)
    desk.until(lambda: QApplication.focusWidget() is actions.words)
    press(view, Qt.Key.Key_Down)
    assert actions.list.currentRow() == 1
    assert actions.words.text() == ""


def test_esc_closes_a_sheet_and_the_focus_returns(desk: Desk) -> None:
    view = desk.unlock()
    people = button(view, "People")
    people.setFocus()
    desk.until(people.hasFocus)
    press(view, Qt.Key.Key_F1)
    assert not people.hasFocus()
    press(view, Qt.Key.Key_Escape)
    assert people.hasFocus()
    assert not desk.app.has_sheet()


def test_tab_stays_inside_a_sheet(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_Comma, CTRL)
    settings = sheet(view, SettingsSheet)
    for _each in range(12):
        press(view, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert settings.isAncestorOf(focus)


def test_the_keys_of_a_screen_are_only_those_that_work_on_it(desk: Desk) -> None:
    door_keys = {action.name for action in desk.app.possible()}
    # A passphrase may stand there, and a key may be under way.
    assert "lock" in door_keys
    desk.unlock()
    assert {"lock", "go-person", "settings"} <= {action.name for action in desk.app.possible()}


def test_text_grows_and_shrinks_and_is_remembered(desk: Desk) -> None:
    view = desk.unlock()
    press(view, Qt.Key.Key_Plus, CTRL)
    press(view, Qt.Key.Key_Plus, CTRL)
    assert load_preferences(desk.preferences_path).text_scale_percent == 125
    press(view, Qt.Key.Key_Minus, CTRL)
    assert load_preferences(desk.preferences_path).text_scale_percent == 110
    press(view, Qt.Key.Key_0, CTRL)
    assert load_preferences(desk.preferences_path).text_scale_percent == 100


def test_the_folder_is_remembered_only_when_ticked(desk: Desk, folder: Path) -> None:
    assert load_preferences(desk.preferences_path).last_folder is None
    desk.app.door.unlock.remember_changed.emit(True)
    assert load_preferences(desk.preferences_path).last_folder == str(folder)
    desk.app.door.unlock.remember_changed.emit(False)
    assert load_preferences(desk.preferences_path).last_folder is None


def test_trouble_is_shown_in_three_sentences(desk: Desk) -> None:
    view = desk.unlock()
    desk.app.trouble(NotebookError(Code.NO_SPACE, "Full.", "All is kept.", "Make room."))
    assert "Full. All is kept. Make room." in {
        each.accessibleName() for each in view.findChildren(QWidget) if each.isVisible()
    }


def test_what_was_undone_is_undone_once(desk: Desk) -> None:
    view = desk.unlock()
    undone: list[str] = []
    desk.app.say("Deleted.", lambda: undone.append("undone"))
    QTest.mouseClick(button(view, "Undo"), Qt.MouseButton.LeftButton)
    assert undone == ["undone"]
    assert not [
        each
        for each in view.findChildren(Button)
        if each.isVisible() and each.accessibleName() == "Undo"
    ]


def test_a_bug_is_shown_without_a_word_of_what_was_worked_on(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    view = desk.unlock()
    try:
        raise ValueError("the witness said")
    except ValueError as bug:
        trace = trace_without_content(bug)
        desk.app.show_bug(bug)
    sheet(view, BugSheet)
    assert "witness" not in trace + capsys.readouterr().err
    assert "ValueError" in trace
    assert "ui/test_window.py" in trace


def test_copied_text_goes_again_at_the_lock(desk: Desk) -> None:
    view = desk.unlock()
    desk.app.copy("12345 67890")
    system = QGuiApplication.clipboard()
    assert system.text() == "12345 67890"
    assert system.mimeData().data("x-kde-passwordManagerHint").data() == b"secret"
    assert not system.mimeData().hasHtml()
    press(view, Qt.Key.Key_F12)
    assert system.text() == ""


def test_copied_text_goes_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert clipboard.KEPT_FOR_MS == 60_000
    monkeypatch.setattr(clipboard, "KEPT_FOR_MS", 1)
    system = QGuiApplication.clipboard()
    desk.app.copy("12345 67890")
    desk.until(lambda: system.text() == "")


def test_every_title_is_neutral(desk: Desk) -> None:
    view = desk.unlock()
    assert view.windowTitle() == "Notebook"
    assert desk.app.door.windowTitle() == "Notebook"


def _screens(desk: Desk) -> Iterator[QWidget]:
    yield desk.app.door
    view = desk.unlock()
    yield view
    for key, modifiers in (
        (Qt.Key.Key_K, CTRL),
        (Qt.Key.Key_F1, None),
        (Qt.Key.Key_Comma, CTRL),
    ):
        press(view, key, modifiers)
        yield view
        press(view, Qt.Key.Key_Escape)


def test_everything_that_takes_the_focus_has_a_name(desk: Desk) -> None:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QListWidget)
    for screen in _screens(desk):
        nameless = [
            type(widget).__name__
            for widget in screen.findChildren(QWidget)
            if isinstance(widget, kinds)
            and widget.isVisible()
            and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
            and not widget.accessibleName()
            and not (isinstance(widget, QAbstractButton) and widget.text())
        ]
        assert not nameless


def test_no_editor_lets_the_input_method_learn(desk: Desk) -> None:
    wanted = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
    for screen in _screens(desk):
        for kind in (QLineEdit, QPlainTextEdit, QTextEdit):
            for editor in screen.findChildren(kind):
                assert editor.inputMethodHints() & wanted == wanted


def test_every_target_is_large_enough(desk: Desk) -> None:
    view = desk.unlock()
    for each in view.findChildren(Button):
        if each.isVisible():
            assert each.height() >= 32, each.accessibleName()


@pytest.mark.parametrize("direction", [Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT])
def test_the_rail_stands_where_reading_begins(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, folder: Path, direction: Direction
) -> None:
    desk = Desk(
        qapp,
        qtbot,
        tmp_path,
        start=Start(guard_pid=1, folder=str(folder)),
        preferences=Preferences(direction=direction),
    )
    view = desk.unlock()
    is_right = view.rail.geometry().center().x() > view.width() / 2
    assert is_right == (direction is Direction.RIGHT_TO_LEFT)
    desk.app.set_preferences(Preferences())


def test_a_night_window_stays_a_night_window(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(
        qapp,
        qtbot,
        tmp_path,
        start=Start(guard_pid=1),
        preferences=Preferences(theme=ThemeChoice.DARK),
    )
    assert desk.app.door.grab().toImage().pixelColor(2, 2).lightness() < 64
    desk.app.set_preferences(Preferences(theme=ThemeChoice.LIGHT))
    assert desk.app.door.grab().toImage().pixelColor(2, 2).lightness() > 192


def test_a_new_notebook_is_made_and_opened(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1))
    door = desk.app.door
    QTest.mouseClick(button(door, "New notebook"), Qt.MouseButton.LeftButton)
    door.choose_new_folder(tmp_path / "fresh")
    [name] = [
        each
        for each in door.new.findChildren(QLineEdit)
        if each.accessibleName() == "Your name in this notebook"
    ]
    name.setText("K-7")
    QTest.mouseClick(button(door, "Six random words"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(door, "Make the notebook"), Qt.MouseButton.LeftButton)
    desk.until(lambda: desk.app.view)
    assert desk.told.messages == [Opened(folder=str(tmp_path / "fresh"))]
    view = desk.app.view
    assert view is not None
    desk.keep(view)
