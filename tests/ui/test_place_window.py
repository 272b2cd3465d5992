"""After lock and unlock a person is where they were: room, record, field, cursor and scroll."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from notebook.i18n import ENGLISH, PSEUDO, set_language
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.ui.test_typing_ahead import commit
from tests.ui.window_desk import PASSPHRASE, ROUNDS, Desk, cheap_environment, make_notebook
from ui.desk_presenter import DeskPresenter
from ui.desk_view import DeskView
from ui.parting import Start
from ui.preferences import Direction, Preferences, ThemeChoice
from ui.runner import Lane
from ui.shell_view import ShellView
from ui.style.tokens import TEXT_SCALES_PERCENT
from ui.widgets.editors import AccountEditor

LINES = 200
LONG = (3, 12)
ACCOUNT = "".join(f"Line {number} of what was told. 他在春天被带走。\n" for number in range(LINES))
Records = list[RecordId]
MIDDLE = ACCOUNT.index("Line 100 ") + 5


class Unlocked:
    """One unlock of a notebook, from the passphrase to the lock."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.view: ShellView = desk.unlock()
        self.view.resize(1366, 768)
        desk.until(lambda: self.view.findChild(DeskView))
        shown = self.view.findChild(DeskView)
        assert shown is not None
        self.shown: DeskView = shown

    def rest(self) -> None:
        """Let everything that is under way come in."""
        for _round in range(ROUNDS):
            for lane in Lane:
                assert self.desk.app.jobs.settle(lane, 60)
            QApplication.processEvents()

    @property
    def presenter(self) -> DeskPresenter:
        presenter = self.desk.app._built["desk"].presenter
        assert isinstance(presenter, DeskPresenter)
        return presenter

    @property
    def record(self) -> RecordId | None:
        open_now = self.presenter.record.record
        return open_now.id if open_now else None

    @property
    def account(self) -> AccountEditor:
        assert self.shown.record.form is not None
        editor = self.shown.record.form.frames["account"].text_editor()
        assert editor is not None
        return editor

    def open(self, record: RecordId) -> None:
        self.presenter.open(record)
        self.desk.until(lambda: self.record == record)
        self.desk.until(lambda: self.account.document().characterCount() > len(ACCOUNT))
        # What stands above the fields and beside the record comes after them.
        self.rest()

    def put_cursor(self, at: int, *, select: int = 0) -> None:
        self.account.setFocus()
        cursor = self.account.textCursor()
        cursor.setPosition(at)
        cursor.setPosition(at + select, cursor.MoveMode.KeepAnchor)
        self.account.setTextCursor(cursor)
        # The page follows the cursor once the text is laid out as far as this.
        self.rest()

    def cursor_height(self) -> int:
        """How far below the top of the page the cursor stands."""
        area = self.shown.record.area
        at = self.account.viewport().mapTo(area.viewport(), self.account.cursorRect().center())
        return at.y()

    def where(self) -> tuple[object, ...]:
        cursor = self.account.textCursor()
        rows = self.shown.list.rows
        return (
            self.record,
            cursor.position(),
            cursor.anchor(),
            self.cursor_height(),
            self.shown.list.top(),
            self.shown.list.model.item(rows.currentIndex().row()).id,
        )

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.view.windowHandle(), key, modifiers)

    def lock(self) -> None:
        self.press(Qt.Key.Key_F12)
        self.desk.until(lambda: self.desk.told.ends)


class Cupboard:
    """A notebook that is unlocked again and again."""

    def __init__(
        self, qapp: QApplication, qtbot: QtBot, tmp_path: Path, shelf: tuple[Path, CaseId, Records]
    ) -> None:
        self._qapp, self._qtbot, self._tmp_path = qapp, qtbot, tmp_path
        self._times = 0
        made, self.case, self.records = shelf
        self.folder = shutil.copytree(made, tmp_path / "n")

    def reopen(self) -> Notebook:
        return reopened(self.folder)

    def unlock(
        self, preferences: Preferences | None = None, until: threading.Event | None = None
    ) -> Unlocked:
        """With `until` the drafts do not answer before that."""
        start = Start(guard_pid=1, folder=str(self.folder))
        self._times += 1
        desk = Desk(self._qapp, self._qtbot, self._tmp_path, start=start, preferences=preferences)
        if until:
            desk.app.jobs.run(Lane.DRAFTS, lambda _progress: until.wait(60), print, print)
        return Unlocked(desk)

    def left_behind(self, unlocked: Unlocked) -> None:
        """Lock; what is on the disk then is what is unlocked next: here the process lives on."""
        unlocked.lock()
        left = self._tmp_path / f"left-{self._times}"
        shutil.copytree(self.folder, left)
        self.folder = left


def reopened(folder: Path) -> Notebook:
    return Notebook.unlock(folder, PASSPHRASE, environment=cheap_environment())


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CaseId, Records]:
    """A notebook that every test gets a copy of, and what is in it."""
    folder = make_notebook(tmp_path_factory.mktemp("shelf") / "n")
    with closing(reopened(folder)) as notebook:
        case = CaseId(notebook.cases()[0].id)
        records = [
            notebook.add(
                "interview",
                case,
                {
                    "title": f"Talk {number:02}",
                    "account": ACCOUNT if number in LONG else "Invented.",
                    "date": "2026-03",
                },
            )[0]
            for number in range(30)
        ]
    return folder, case, records


@pytest.fixture
def cupboard(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, shelf: tuple[Path, CaseId, Records]
) -> Iterator[Cupboard]:
    yield Cupboard(qapp, qtbot, tmp_path, shelf)
    set_language(ENGLISH)


def scrolled(unlocked: Unlocked) -> None:
    """Scroll both sides somewhere, with the cursor and the row still in sight."""
    unlocked.rest()
    for area, by in ((unlocked.shown.record.area, 130), (unlocked.shown.list.rows, 33)):
        bar = area.verticalScrollBar()
        bar.setValue(bar.value() + by)


def test_in_the_middle_of_a_long_account_with_something_typed(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[1]])
    first.put_cursor(MIDDLE)
    commit(first.account, "and then ")
    scrolled(first)
    before = first.where()
    assert first.shown.record.area.verticalScrollBar().value() > 1_000
    cupboard.left_behind(first)
    second = cupboard.unlock()
    second.desk.until(lambda: second.record == cupboard.records[LONG[1]])
    second.desk.until(lambda: second.where() == before)
    second.desk.until(second.account.hasFocus)
    # Who goes on typing goes on where they stopped.
    commit(second.account, "they came")
    at = second.account.toPlainText().index("and then they came")
    assert at == MIDDLE
    second.desk.until(lambda: second.where()[1] == MIDDLE + len("and then they came"))


def test_with_words_selected_and_nothing_typed(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    first.put_cursor(MIDDLE, select=40)
    scrolled(first)
    before = first.where()
    cupboard.left_behind(first)
    second = cupboard.unlock()
    second.desk.until(lambda: second.record == cupboard.records[LONG[0]])
    second.desk.until(lambda: second.where() == before)
    assert second.account.textCursor().hasSelection()


@pytest.mark.parametrize(
    "changed",
    [
        Preferences(text_scale_percent=TEXT_SCALES_PERCENT[2]),
        Preferences(language=PSEUDO, direction=Direction.RIGHT_TO_LEFT, theme=ThemeChoice.DARK),
    ],
    ids=["letters", "language"],
)
def test_what_was_changed_in_the_settings_moves_nobody(
    cupboard: Cupboard, changed: Preferences
) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    first.put_cursor(MIDDLE)
    cupboard.left_behind(first)
    second = cupboard.unlock(changed)
    second.desk.until(lambda: second.record == cupboard.records[LONG[0]])
    page = second.shown.record.area.viewport()
    second.desk.until(lambda: second.account.textCursor().position() == MIDDLE)
    second.desk.until(lambda: 0 < second.cursor_height() < page.height())
    second.desk.app.set_preferences(Preferences())


def test_in_the_title(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    title = first.shown.record.header.title
    title.setFocus()
    title.setCursorPosition(4)
    cupboard.left_behind(first)
    second = cupboard.unlock()
    second.desk.until(second.shown.record.header.title.hasFocus)
    second.desk.until(lambda: second.record == cupboard.records[LONG[0]])
    second.desk.until(lambda: second.shown.record.header.title.cursorPosition() == 4)


def test_the_lock_button_takes_the_cursor_from_nobody(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    first.put_cursor(MIDDLE)
    lock = first.view.rail._lock
    lock.setFocus()
    assert not first.account.hasFocus()
    cupboard.left_behind(first)
    second = cupboard.unlock()
    second.desk.until(lambda: second.record == cupboard.records[LONG[0]])
    second.desk.until(second.account.hasFocus)
    second.desk.until(lambda: second.account.textCursor().position() == MIDDLE)


def test_whoever_walked_the_list_walks_on(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.desk.until(lambda: first.shown.list.model.rowCount() == 30)
    first.shown.list.focus_rows()
    first.desk.until(first.shown.list.rows.hasFocus)
    for _step in range(3):
        first.press(Qt.Key.Key_Down)
    wanted = first.shown.list.model.item(2).id
    first.desk.until(lambda: first.record == wanted)
    cupboard.left_behind(first)
    second = cupboard.unlock()
    second.desk.until(lambda: second.record == wanted)
    second.desk.until(second.shown.list.rows.hasFocus)
    second.press(Qt.Key.Key_Down)
    second.desk.until(lambda: second.record == second.shown.list.model.item(3).id)


def test_in_another_room_and_in_a_case(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.rest()
    first.desk.app.choose_entry("timeline")
    first.desk.app._on_case(cupboard.case)
    cupboard.left_behind(first)
    second = cupboard.unlock()
    second.desk.until(lambda: second.presenter.rows.case == cupboard.case)
    assert second.presenter.rows.type is None
    second.desk.app.choose_entry("contacts")
    cupboard.left_behind(second)
    third = cupboard.unlock()
    third.desk.until(lambda: "contacts" in third.desk.app._built)
    contacts = third.desk.app._built["contacts"].view
    third.desk.until(contacts.isVisible)


@pytest.fixture
def left(cupboard: Cupboard) -> RecordId:
    """The record in which the notebook was locked."""
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    first.put_cursor(MIDDLE)
    cupboard.left_behind(first)
    return cupboard.records[LONG[0]]


@pytest.fixture
def late(cupboard: Cupboard, left: RecordId) -> Iterator[tuple[Unlocked, threading.Event]]:
    """The next unlock, before it is known where the person was."""
    is_over = threading.Event()
    second = cupboard.unlock(until=is_over)
    second.desk.until(second.shown.list.rows.hasFocus)
    second.desk.until(lambda: second.shown.list.model.rowCount() == 30)
    yield second, is_over
    is_over.set()


def test_whoever_began_to_search_goes_on_searching(
    late: tuple[Unlocked, threading.Event], left: RecordId
) -> None:
    second, is_over = late
    second.shown.list.focus_search()
    is_over.set()
    second.desk.until(lambda: second.record == left)
    second.rest()
    assert second.shown.list.search.hasFocus()


def test_whoever_chose_another_record_gets_that_one(
    late: tuple[Unlocked, threading.Event], left: RecordId
) -> None:
    second, is_over = late
    second.press(Qt.Key.Key_Down)
    is_over.set()
    second.desk.until(lambda: second.record)
    second.rest()
    assert second.record == second.shown.list.model.item(0).id != left
    assert second.shown.list.rows.hasFocus()


def test_whoever_began_a_new_record_goes_on_with_it(
    late: tuple[Unlocked, threading.Event], left: RecordId
) -> None:
    second, is_over = late
    second.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    second.desk.until(second.shown.record.header.title.hasFocus)
    is_over.set()
    second.rest()
    assert second.record not in {None, left}
    assert second.shown.record.header.title.hasFocus()


def test_whoever_went_to_another_room_stays_there(
    late: tuple[Unlocked, threading.Event],
) -> None:
    second, is_over = late
    second.desk.app.choose_entry("person")
    is_over.set()
    second.rest()
    assert second.presenter.rows.type == "person"
    assert second.record is None


def test_a_record_that_was_deleted_is_not_come_back_to(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    cupboard.left_behind(first)
    with closing(cupboard.reopen()) as notebook:
        notebook.delete(cupboard.records[LONG[0]])
    second = cupboard.unlock()
    second.desk.until(lambda: second.shown.record.nothing._sentence.text() == "It was deleted.")
    assert second.record is None


def test_a_record_withdrawn_elsewhere_is_forgotten(cupboard: Cupboard) -> None:
    first = cupboard.unlock()
    first.open(cupboard.records[LONG[0]])
    cupboard.left_behind(first)
    with closing(cupboard.reopen()) as notebook:
        assert notebook.drafts.place() is not None
        notebook.withdraw([cupboard.records[LONG[0]]], "asked")
        assert notebook.drafts.place() is None
