"""The last step of a departure in a real window: the process ends, and the cases are gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from notebook.model import CaseId
from tests.ui.screens import found
from tests.ui.window_desk import PASSPHRASE, CheapGate, Desk
from ui.departure_sheet import RemovingSheet
from ui.departure_view import DepartureView
from ui.parting import Reason, Start
from ui.preferences import Preferences
from ui.rooms import Place
from ui.style.look import Look
from ui.unlock_presenter import locked_because
from ui.widgets.editors import PassphraseEditor
from ui.widgets.in_sight import is_in_sight


def handed_over(folder: Path) -> Path:
    """A notebook of which one case was handed over."""
    mine = CheapGate().create(folder / "mine", PASSPHRASE, "K-7", is_low_memory=True)
    other = CheapGate().create(folder / "other", PASSPHRASE, "K-8", is_low_memory=True)
    mine.add_contact(other.my_card().encode())
    case = CaseId(mine.add("case", None, {"title": "Goes"})[0])
    mine.add("case", None, {"title": "Stays"})
    leaving = mine.travel.look_at_departure([case], [other.author])
    mine.travel.note_handed_over(leaving, mine.seal(leaving.plan, folder)[0])
    mine.close()
    other.close()
    return folder / "mine"


def test_when_the_case_is_gone_the_window_ends_and_says_why(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = handed_over(tmp_path)
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = desk.unlock()
    desk.app.go(Place(room="departure"))
    departure = found(view, DepartureView)
    desk.until(lambda: departure.receipt.isVisible())
    departure.guide.on.click()
    assert departure.guide.on.property("role") == "primary"
    departure.guide.on.click()
    assert departure.remove.isVisible()
    assert departure.guide.on.property("role") == "danger"
    departure.remove.passphrase.set_text(PASSPHRASE)
    departure.guide.on.click()
    assert departure.remove.passphrase.text() == ""
    # Nothing else can be typed until it is over.
    assert desk.app.has_sheet()
    assert desk.app.perform("new-note") is False
    desk.until(lambda: desk.told.ending)
    ending = desk.told.ending
    assert ending is not None
    assert ending.reason is Reason.DEPARTED
    assert "what remains" in locked_because(Start(guard_pid=1, reason=ending.reason))
    # Here the process does not end, and goes on holding the folder's lock.
    closed: list[None] = []
    assert desk.app._session is not None
    desk.app._session.drafts(lambda drafts: drafts.close(), closed.append)
    desk.app._session.ask(lambda notebook: notebook._core.close(), closed.append)
    desk.until(lambda: len(closed) == 2)
    after = CheapGate().unlock(folder, PASSPHRASE)
    assert [row.title for row in after.cases()] == ["Stays"]
    after.close()


def test_a_wrong_passphrase_puts_the_sheet_away(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = handed_over(tmp_path)
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = desk.unlock()
    desk.app.go(Place(room="departure"))
    departure = found(view, DepartureView)
    desk.until(lambda: departure.receipt.isVisible())
    departure.guide.on.click()
    departure.guide.on.click()
    departure.remove.passphrase.set_text("wrong")
    departure.guide.on.click()
    assert desk.app.has_sheet()
    desk.until(lambda: not desk.app.has_sheet())
    assert departure.remove.isVisible()
    assert desk.told.ending is None


@pytest.mark.parametrize("percent", [100, 200])
def test_the_passphrase_is_never_typed_where_nobody_sees_it(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, percent: int
) -> None:
    folder = handed_over(tmp_path)
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = desk.unlock()
    desk.app.set_preferences(Preferences(text_scale_percent=percent))
    view.resize(1366, 768)
    desk.app.go(Place(room="departure"))
    departure = found(view, DepartureView)
    desk.until(lambda: departure.receipt.isVisible())
    departure.guide.on.click()
    departure.guide.on.click()
    editor, on = found(departure.remove, PassphraseEditor), departure.guide.on
    # With large letters one reads first, and is not led past what will be gone.
    desk.until(lambda: (editor if percent == 100 else on).hasFocus())
    on.click()
    desk.until(lambda: editor.hasFocus() and is_in_sight(editor))
    assert "Give the passphrase" in departure.trouble.accessibleName()
    desk.app.set_preferences(Preferences())


def test_what_an_officer_would_learn_is_read_to_its_end_by_the_keyboard_alone(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = handed_over(tmp_path)
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = desk.unlock()
    desk.app.set_preferences(Preferences(text_scale_percent=200))
    desk.app.go(Place(room="departure"))
    departure = found(view, DepartureView)
    desk.until(lambda: departure.receipt.isVisible())
    departure.look_requested.emit()
    bar = departure.remains.verticalScrollBar()
    desk.until(lambda: departure.guide.back.hasFocus() and bar.maximum() > bar.pageStep())
    for key, there in (
        (Qt.Key.Key_PageDown, lambda: 0 < bar.value() < bar.maximum()),
        (Qt.Key.Key_End, lambda: bar.value() == bar.maximum()),
        (Qt.Key.Key_PageUp, lambda: 0 < bar.value() < bar.maximum()),
        (Qt.Key.Key_Home, lambda: bar.value() == 0),
    ):
        QTest.keyClick(departure.guide.back, key)
        desk.until(there)
    desk.app.set_preferences(Preferences())


def test_a_draft_in_the_way_of_a_departure_leads_to_the_desk(
    qapp: QApplication, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    departure = DepartureView(Look(qapp, Preferences()), window)
    with qtbot.waitSignal(departure.desk_requested):
        departure.leave.desk.click()


def test_to_close_the_sheet_is_to_cancel(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    sheet = RemovingSheet(Look(qapp, Preferences()), "Removing", window)
    sheet.open_sheet()
    for close in (sheet.close_sheet, lambda: QTest.keyClick(sheet, Qt.Key.Key_Escape)):
        with qtbot.waitSignal(sheet.cancelled):
            close()
        assert sheet.isVisible()
    with qtbot.waitSignal(sheet.closed):
        sheet.end()
    assert not sheet.isVisible()
