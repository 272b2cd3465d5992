"""Every way to lock, in everything that may be going on: it ends, says why, and keeps every word.

The real window with its real lanes; only the end of the process is not real. What is on the disk at
that moment is copied and opened: this is what the next window would find. How long it takes is
measured by `make bench`, on real processes.
"""

import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from notebook.handover import SealPlan, SealRequest
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.progress import Cancelled
from notebook.sealing_key import KeyChoice
from tests.ui.test_typing_ahead import commit
from tests.ui.window_desk import (
    PASSPHRASE,
    CheapGate,
    Desk,
    PatientLanes,
    cheap_environment,
    make_notebook,
)
from ui.desk_presenter import DeskPresenter
from ui.desk_view import DeskView
from ui.evidence_presenter import Offered
from ui.lock import Lanes, Lock
from ui.parting import End, Reason, Start
from ui.runner import Lane
from ui.settings_sheet import SettingsSheet
from ui.shell_view import ShellView

CTRL: Final = Qt.KeyboardModifier.ControlModifier
WAIT_S: Final = 60
WORDS: Final = "They came at night. 他在春天被带走。"

BY_KEY_F12: Final = "F12"
BY_CTRL_L: Final = "Ctrl+L"
BY_BUTTON: Final = "the button"
BY_IDLE: Final = "nobody there"
BY_SIGNAL: Final = "a signal"
BY_SLEEP: Final = "sleep"
BY_CLOSING: Final = "closing"
REASONS: Final = {
    BY_KEY_F12: End(reason=Reason.ASKED),
    BY_CTRL_L: End(reason=Reason.ASKED),
    BY_BUTTON: End(reason=Reason.ASKED),
    BY_IDLE: End(reason=Reason.IDLE, idle_minutes=5),
    BY_SIGNAL: End(reason=Reason.SYSTEM),
    BY_SLEEP: End(reason=Reason.SLEEP),
    # Last, because the window is gone then.
    BY_CLOSING: End(reason=Reason.CLOSED),
}
NOT_UNDER_A_DIALOG: Final = frozenset({BY_BUTTON, BY_CLOSING})
"""The system keeps the pointer, and the closing of the window, from a window under a dialog."""

NOT_AT_THE_DOOR: Final = frozenset({BY_BUTTON, BY_IDLE})
"""Before a notebook is open there is no rail, and no time that runs out."""


class Stuck:
    """Something that stands still at its first step until the test ends."""

    def __init__(self) -> None:
        self.is_reached = threading.Event()
        self._may_go_on = threading.Event()

    def __call__(self, *_anything: object) -> None:
        self.is_reached.set()
        assert self._may_go_on.wait(WAIT_S)

    def go_on(self) -> None:
        self._may_go_on.set()


class StuckFile(io.BytesIO):
    """A file on a stick that stops answering."""

    def __init__(self, stuck: Stuck) -> None:
        super().__init__(b"x" * 100)
        self._stuck = stuck

    def read(self, size: int | None = -1, /) -> bytes:
        self._stuck()
        return super().read(size)


class StuckOffer(Offered):
    """A file that was dropped, on such a stick."""

    stuck: Stuck

    def open(self) -> StuckFile:
        return StuckFile(self.stuck)


class StuckSeal:
    """The progress of a seal, whose first step is its last."""

    def __init__(self, stuck: Stuck) -> None:
        self._stuck = stuck

    def step(self, done: int, total: int, what: str = "") -> None:
        self._stuck()
        raise Cancelled


class StuckGate(CheapGate):
    """A key derivation that takes longer than anybody waits."""

    def __init__(self, stuck: Stuck) -> None:
        self._stuck = stuck

    def unlock(
        self, folder: Path, passphrase: str, *, allows_unsafe_memory: bool = False
    ) -> Notebook:
        self._stuck()
        return super().unlock(folder, passphrase, allows_unsafe_memory=allows_unsafe_memory)


class Matrix:
    """One window, locked again and again; between the locks it is as if nothing had been."""

    def __init__(self, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
        self.folder = make_notebook(tmp_path / "n")
        self._copies = tmp_path / "copies"
        self._copies.mkdir()
        other = CheapGate().create(tmp_path / "other", PASSPHRASE, "Reader", is_low_memory=True)
        self.card = other.my_card().encode()
        other.close()
        start = Start(guard_pid=1, folder=str(self.folder))
        self.desk = Desk(qapp, qtbot, tmp_path, start=start)
        self.lanes: Lanes | None = None
        """What a lock waits for, if it is to wait no longer than a real one."""
        self.armed: list[float] = []
        self.view: ShellView | None = None
        self.record: RecordId | None = None

    def type_words(self) -> None:
        """Unlock, begin an interview, and type without saving."""
        self.view = self.desk.unlock()
        shown = self.view.findChild(DeskView)
        assert shown is not None
        self.desk.until(lambda: shown.list._empty_button.isVisible())
        self.press(Qt.Key.Key_N, CTRL)
        self.desk.until(shown.record.header.title.hasFocus)
        commit(shown.record.header.title, "First talk")
        self.record = self.presenter.record.record.id  # type: ignore[union-attr]  # it is open
        self.type_more("")

    def type_more(self, words: str) -> None:
        shown = self.view.findChild(DeskView)  # type: ignore[union-attr]  # it is unlocked
        assert shown is not None
        assert shown.record.form is not None
        editor = shown.record.form.frames["account"].text_editor()
        assert editor is not None
        commit(editor, words)

    @property
    def presenter(self) -> DeskPresenter:
        presenter = self.desk.app._built["desk"].presenter
        assert isinstance(presenter, DeskPresenter)
        return presenter

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, on: QWidget | None = None) -> None:
        window = on or self.desk.app.window_shown()
        QTest.keyClick(window.windowHandle(), key, modifiers)

    def lock(self, how: str, over: QWidget | None = None) -> Path:
        """Lock; what is on the disk when the process ends."""
        app = self.desk.app
        copy = self._copies / how
        ends: list[str] = []

        def end() -> None:
            ends.append(how)
            shutil.copytree(self.folder, copy)

        self.desk.told.messages.clear()
        fresh = Lock(
            lanes=self.lanes or PatientLanes(app.jobs),
            tell=self.desk.told.tell,
            end=end,
            arm=self.armed.append,
        )
        fresh.flush, fresh.clear = app.locking.flush, app.locking.clear
        app.locking = fresh
        self._do(how, over)
        # Nothing of it waits for the event loop.
        assert ends == [how]
        # Once it is open the state goes along in four words, which no test knows.
        said = self.desk.told.messages[-1]
        assert isinstance(said, End)
        assert len(said.words) in (0, 4)
        assert replace(said, words=()) == REASONS[how]
        assert self.armed.pop() <= 5
        return copy

    def _do(self, how: str, over: QWidget | None) -> None:
        app = self.desk.app
        if how == BY_KEY_F12:
            self.press(Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier, over)
        elif how == BY_CTRL_L:
            self.press(Qt.Key.Key_L, CTRL, over)
        elif how == BY_BUTTON:
            assert self.view is not None
            button = self.view.rail._lock
            # Where the pointer is, the lock is what it meets, whatever lies over the page.
            at = button.mapTo(self.view, button.rect().center())
            window = self.view.windowHandle()
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            QTest.mouseClick(window, left, none, at)
        elif how == BY_IDLE:
            self.desk.now_s += 301
            app.check_idle()
        elif how == BY_SIGNAL:
            app.end_for_system()
        elif how == BY_SLEEP:
            app.system.on_sleep(True)
        else:
            app.window_shown().close()

    def kept(self, copy: Path) -> object:
        """The words in the drafts of a copied notebook."""
        with closing(Notebook.unlock(copy, PASSPHRASE, environment=cheap_environment())) as left:
            drafts = left.drafts.all()
        assert [draft.id for draft in drafts] == [self.record]
        assert drafts[0].fields["title"] == "First talk"
        return drafts[0].fields["account"]

    def lock_in_every_way(
        self, over: QWidget | None = None, without: frozenset[str] = frozenset()
    ) -> None:
        """Lock in every way, with something typed before each; it must be in the drafts."""
        typed = ""
        for how in REASONS:
            if how not in without:
                self.type_more(WORDS)
                typed += WORDS
                assert self.kept(self.lock(how, over)) == typed


@pytest.fixture
def matrix(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Matrix:
    return Matrix(qapp, qtbot, tmp_path)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    stuck = Stuck()
    yield stuck
    stuck.go_on()


@contextmanager
def going_on(stuck: Stuck) -> Iterator[None]:
    """While something stands still; it goes on before the window is closed."""
    try:
        assert stuck.is_reached.wait(WAIT_S)
        yield
    finally:
        stuck.go_on()


def test_at_rest(matrix: Matrix) -> None:
    matrix.type_words()
    matrix.lock_in_every_way()


def test_while_a_sheet_is_open(matrix: Matrix) -> None:
    matrix.type_words()
    matrix.press(Qt.Key.Key_Comma, CTRL)
    assert matrix.view is not None
    assert matrix.view.findChild(SettingsSheet) is not None
    matrix.lock_in_every_way()


def test_while_a_file_dialog_is_open(matrix: Matrix) -> None:
    matrix.type_words()
    dialog = QFileDialog(matrix.view)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.open()
    matrix.desk.until(lambda: QGuiApplication.focusWindow() is dialog.windowHandle())
    matrix.lock_in_every_way(over=dialog, without=NOT_UNDER_A_DIALOG)
    dialog.close()


def test_while_a_key_is_derived(matrix: Matrix, stuck: Stuck) -> None:
    app = matrix.desk.app
    app.door._unlock._gate = StuckGate(stuck)
    app.door.unlock.unlock_requested.emit(PASSPHRASE)
    with going_on(stuck):
        for how in REASONS:
            if how not in NOT_AT_THE_DOOR:
                matrix.lock(how)


def test_while_the_four_words_are_shown(matrix: Matrix) -> None:
    matrix.desk.app.door.unlock.unlock_requested.emit(PASSPHRASE)
    matrix.desk.until(matrix.desk.app.door.unlock.is_head_shown)
    matrix.desk.app.door.unlock._timer.stop()
    for how in REASONS:
        if how not in NOT_AT_THE_DOOR:
            matrix.lock(how)


def test_while_a_file_is_taken_in(matrix: Matrix, stuck: Stuck) -> None:
    matrix.type_words()
    offer = StuckOffer(name="yard.jpg")
    StuckOffer.stuck = stuck
    assert matrix.record is not None
    matrix.presenter.evidence.take_in(matrix.record, [offer])
    with going_on(stuck):
        matrix.lock_in_every_way()


def test_while_a_bundle_is_sealed(matrix: Matrix, stuck: Stuck, tmp_path: Path) -> None:
    matrix.type_words()
    (out := tmp_path / "out").mkdir()
    session = matrix.desk.app._session
    assert session is not None
    session.change_and_get(lambda nb: nb.add_contact(matrix.card), lambda _contact: None)

    plans: list[SealPlan] = []
    session.ask(
        lambda notebook: notebook.plan_seal(SealRequest(to=(notebook.contacts()[0].id,))),
        plans.append,
    )
    matrix.desk.until(lambda: plans)
    session.long_job(
        Lane.FILES,
        lambda notebook, _progress: notebook.write_sealed(plans[0], out, StuckSeal(stuck)),
        lambda _result: None,
    )
    with going_on(stuck):
        matrix.lock_in_every_way()
    matrix.desk.app.jobs.settle(Lane.FILES, WAIT_S)
    assert list(out.glob("*.sealed.age")) == []


def test_while_the_database_is_written_anew_for_a_departure(matrix: Matrix, stuck: Stuck) -> None:
    matrix.type_words()
    session = matrix.desk.app._session
    assert session is not None
    session.long_job(
        Lane.NOTEBOOK,
        lambda notebook, _progress: notebook.travel.renew_database(
            PASSPHRASE, KeyChoice.NEW_ALONE, StuckSeal(stuck)
        ),
        lambda _is_whole: None,
    )
    with going_on(stuck):
        matrix.lock_in_every_way()


def test_while_a_write_of_the_notebook_stalls(matrix: Matrix, stuck: Stuck) -> None:
    matrix.type_words()
    session = matrix.desk.app._session
    assert session is not None
    session.change(lambda notebook: notebook.transact(stuck)[1])
    with going_on(stuck):
        matrix.lock_in_every_way()


def test_while_the_drafts_themselves_stall_it_ends_all_the_same(
    matrix: Matrix, stuck: Stuck
) -> None:
    matrix.type_words()
    session = matrix.desk.app._session
    assert session is not None
    session.drafts(stuck)
    matrix.lanes = matrix.desk.app.jobs
    with going_on(stuck):
        for how in REASONS:
            matrix.type_more(WORDS)
            matrix.lock(how)


def test_a_matrix_without_a_lock_would_fail(matrix: Matrix) -> None:
    matrix.type_words()
    matrix.desk.app.end_for_system = lambda: None  # type: ignore[method-assign]  # it does nothing
    with pytest.raises(AssertionError):
        matrix.lock(BY_SIGNAL)


def test_words_that_are_not_given_to_the_drafts_would_be_missed(matrix: Matrix) -> None:
    matrix.type_words()
    matrix.desk.app.locking.flush = lambda: None
    with pytest.raises(AssertionError):
        assert matrix.kept(matrix.lock(BY_KEY_F12)) == WORDS
