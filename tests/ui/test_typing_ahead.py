"""Who types faster than a record comes: the letters are the coming record's, not the old one's."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.model import CaseId, RecordId
from tests.ui.window_desk import PASSPHRASE, CheapGate, Desk, make_notebook
from ui.desk_view import DeskView
from ui.held_keys import MOST_HELD
from ui.parting import Start
from ui.record_header import RecordHeader
from ui.runner import Lane
from ui.sheets import ActionSheet
from ui.shell_view import ShellView
from ui.widgets.editors import AccountEditor, LineEditor

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


class Slow:
    """A window on a notebook with two interviews, whose answers can be held up."""

    def __init__(self, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
        self.folder = make_notebook(tmp_path / "n")
        notebook = CheapGate().unlock(self.folder, PASSPHRASE)
        case = CaseId(notebook.cases()[0].id)
        self.second = notebook.add("interview", case, {"title": "Two", "date": "2026-03-01"})[0]
        self.first = notebook.add(
            "interview", case, {"title": "One", "account": "As told.", "date": "2026-03-02"}
        )[0]
        notebook.close()
        start = Start(guard_pid=1, folder=str(self.folder))
        self.window = Desk(qapp, qtbot, tmp_path, start=start)
        self.shell: ShellView = self.window.unlock()
        found = self.shell.findChild(DeskView)
        assert found is not None
        self.view = found
        self.until(lambda: self.view.list.model.rowCount() == 2)
        self._may_answer = threading.Event()

    def until(self, question: Callable[[], object]) -> None:
        self.window.until(question)

    @property
    def header(self) -> RecordHeader:
        return self.view.record.header

    @property
    def account(self) -> AccountEditor:
        assert self.view.record.form is not None
        editor = self.view.record.form.frames["account"].text_editor()
        assert editor is not None
        return editor

    def open_first(self) -> None:
        """Open the first record, with the cursor in its text."""
        self.view.list.rows.choose_first()
        self.until(lambda: self.header.title.text() == "One")
        self.account.setFocus()
        self.until(self.account.hasFocus)

    def hold_up(self) -> None:
        """From now on the notebook does not answer."""
        self._may_answer.clear()
        self.window.app.jobs.run(
            Lane.NOTEBOOK,
            lambda _progress: self._may_answer.wait(60),
            lambda _is_set: None,
            self.window.app.trouble,
        )

    def go_on(self) -> None:
        """It answers again."""
        self._may_answer.set()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.shell.windowHandle(), key, modifiers)

    def type(self, letters: str) -> None:
        """Press letters where the keyboard enters the window."""
        window = self.shell.windowHandle()
        for letter in letters:
            key = Qt.Key(ord(letter.upper()))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(window, QKeyEvent(kind, key, NONE, letter))

    def stored(self, record: RecordId) -> tuple[str, object]:
        """Title and account, in the journal, once nothing is on its way."""
        for lane in Lane:
            assert self.window.app.jobs.settle(lane, 60)
        found: list[tuple[str, object]] = []
        session = self.window.app._session
        assert session is not None
        session.ask(
            lambda notebook: (
                notebook.record(record).title,
                notebook.record(record).fields["account"].value,
            ),
            found.append,
        )
        self.until(lambda: found)
        return found[0]

    def drafts(self) -> dict[RecordId, object]:
        found: list[list[Draft]] = []
        session = self.window.app._session
        assert session is not None
        session.drafts(lambda drafts: drafts.all(), found.append)
        self.until(lambda: found)
        return {draft.id: draft.fields for draft in found[0]}

    def first_is_untouched(self) -> bool:
        return self.stored(self.first) == ("One", "As told.") and self.first not in self.drafts()


@pytest.fixture
def slow(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Slow:
    return Slow(qapp, qtbot, tmp_path)


def commit(widget: QWidget, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def test_letters_typed_right_after_new_interview_are_its_title(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.press(Qt.Key.Key_N, CTRL)
    slow.type("night talx")
    slow.press(Qt.Key.Key_Backspace)
    slow.type("k")
    assert slow.account.toPlainText() == "As told."
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "night talk")
    slow.type("s")
    assert slow.header.title.text() == "night talks"
    assert slow.first_is_untouched()


def test_what_an_input_method_composes_meanwhile_is_the_new_title_too(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.press(Qt.Key.Key_N, CTRL)
    for sign in "弟弟":
        commit(slow.account, sign)
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "弟弟")
    assert slow.first_is_untouched()


def test_letters_from_the_search_field_and_the_rail_are_the_new_title_too(slow: Slow) -> None:
    slow.open_first()
    for elsewhere in (slow.view.list.search, slow.shell.rail._buttons["person"]):
        elsewhere.setFocus()
        slow.until(elsewhere.hasFocus)
        slow.hold_up()
        slow.press(Qt.Key.Key_N, CTRL)
        slow.type("a b")
        slow.go_on()
        slow.until(lambda: slow.header.title.text() == "a b" and slow.header.title.hasFocus())
        assert slow.view.list.search.text() == ""
        assert slow.view.list._heading.text() == "Interviews"


def test_letters_after_an_action_that_was_found_by_its_words_are_the_new_title(slow: Slow) -> None:
    slow.open_first()
    slow.press(Qt.Key.Key_K, CTRL)
    sheet = slow.shell.findChild(ActionSheet)
    assert sheet is not None
    slow.until(sheet.words.hasFocus)
    slow.type("new interview")
    slow.hold_up()
    slow.press(Qt.Key.Key_Return)
    slow.type("told")
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "told")
    assert slow.first_is_untouched()


def test_letters_typed_while_the_next_record_comes_are_not_the_last_ones(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    slow.type("x")
    assert slow.account.toPlainText() == "As told."
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "Two")
    slow.until(lambda: slow.account.toPlainText() == "x")
    assert slow.first_is_untouched()


def test_a_row_that_is_entered_takes_the_letters_that_follow(slow: Slow) -> None:
    slow.open_first()
    slow.view.list.focus_rows()
    slow.hold_up()
    slow.press(Qt.Key.Key_Down)
    slow.press(Qt.Key.Key_Return)
    # In a list, letters look for a row that begins with them.
    slow.type("o")
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "oTwo")
    assert slow.first_is_untouched()


def test_a_record_found_by_a_search_comes_without_letters_in_the_one_before(slow: Slow) -> None:
    slow.open_first()
    slow.press(Qt.Key.Key_F3)
    slow.type("two")
    slow.until(lambda: slow.view.list.model.rowCount() == 1)
    slow.hold_up()
    slow.press(Qt.Key.Key_Return)
    slow.account.setFocus()
    slow.type("y")
    assert slow.account.toPlainText() == "As told."
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "Two")
    assert slow.first_is_untouched()


def test_the_record_that_is_open_chosen_again_takes_letters_at_once(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.view.list.record_chosen.emit(slow.second)
    slow.view.list.record_chosen.emit(slow.first)
    slow.account.setFocus()
    slow.type("z")
    assert slow.account.toPlainText() == "zAs told."
    slow.go_on()
    slow.stored(slow.first)
    assert slow.header.title.text() == "One"


def test_a_lock_while_the_form_is_on_its_way_keeps_the_letters_in_a_draft(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.press(Qt.Key.Key_N, CTRL)
    slow.type("night")
    slow.press(Qt.Key.Key_F12)
    slow.until(lambda: slow.window.told.ends)
    slow.go_on()
    assert next(iter(slow.drafts().values())) == {"title": "night"}
    assert slow.stored(slow.first) == ("One", "As told.")


def test_a_record_that_cannot_be_read_leaves_the_open_one_to_be_typed_into(slow: Slow) -> None:
    slow.open_first()
    record = slow.window.app._session
    assert record is not None

    def fail(_question: object) -> None:
        raise NotebookError(Code.NO_SPACE, "The disk is gone.")

    original = record._notebook.record
    record._notebook.record = fail  # type: ignore[method-assign, assignment]  # the disk fails once
    slow.hold_up()
    slow.view.list.record_chosen.emit(slow.second)
    slow.type("lost")
    slow.go_on()
    slow.until(lambda: slow.shell._trouble.isVisible())
    record._notebook.record = original  # type: ignore[method-assign]  # and comes back
    assert slow.account.toPlainText() == "As told."
    slow.account.setFocus()
    slow.type("z")
    assert slow.account.toPlainText() == "zAs told."


def test_the_sheets_over_the_page_take_their_own_letters(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.press(Qt.Key.Key_N, CTRL)
    slow.press(Qt.Key.Key_K, CTRL)
    sheet = slow.shell.findChild(ActionSheet)
    assert sheet is not None
    slow.type("lock")
    assert sheet.words.text() == "lock"
    slow.press(Qt.Key.Key_Escape)
    slow.go_on()
    slow.until(lambda: slow.header.title.text() == "")


def test_no_more_is_held_than_anybody_types_unseen(slow: Slow) -> None:
    slow.open_first()
    slow.hold_up()
    slow.press(Qt.Key.Key_N, CTRL)
    for _time in range(MOST_HELD + 5):
        commit(slow.account, "a")
    assert slow.view.record.held_text() == "a" * MOST_HELD
    slow.go_on()
    title: LineEditor = slow.header.title
    slow.until(lambda: len(title.text()) == MOST_HELD)
