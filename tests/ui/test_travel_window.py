"""Travelling in a real window: a notebook made to travel with, missions, and a whole departure."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from notebook import card_codes, card_files
from notebook.mission_card import MissionCard
from notebook.model import CaseId
from notebook.travel_drafts import LEAST_PAUSE_S
from tests.ui.screens import found
from tests.ui.window_desk import PASSPHRASE, CheapGate, Desk
from ui.card_codes_view import CardCodes
from ui.codes_sheet import CodesSheet
from ui.departure_view import DepartureView
from ui.handover_view import HandoverView
from ui.mission_panel import MissionPanel
from ui.missions_view import MissionsView
from ui.parting import Reason, Start
from ui.rooms import Place
from ui.style.tokens import DRAFT_AFTER_MS
from ui.travel_strip import TravelStrip
from ui.travelling import TICK_MS
from ui.widgets.new_passphrase import NewPassphrase

LARGE_PX = 800
"""Room for codes."""


def test_a_power_cut_costs_a_traveller_no_more_than_five_seconds_of_text() -> None:
    # Typing is gathered, a seal may just have been made, and the clock looks now and then.
    assert DRAFT_AFTER_MS + LEAST_PAUSE_S * 1000 + TICK_MS <= 5000


def ticked(holder: QWidget) -> None:
    """Tick the first choice."""
    tick = holder.findChildren(QAbstractButton)[0]
    tick.click()


@pytest.fixture
def mission(tmp_path: Path, qtbot: QtBot) -> Path:
    """The card of a mission that headquarters made, with one case: a picture of its codes."""
    home = CheapGate().create(tmp_path / "home", PASSPHRASE, "Home", is_low_memory=True)
    case = CaseId(home.add("case", None, {"title": "Known at home"})[0])
    card, _changes = home.travel.new_mission()
    text = MissionCard.read(home.travel.mission_text(card.name, [case]))
    home.close()
    holder = QWidget()
    qtbot.addWidget(holder)
    codes = CardCodes(holder)
    codes.resize(LARGE_PX, LARGE_PX)
    codes.show_codes([card_codes.modules(said) for said in card_codes.texts(text.card, text.cases)])
    path = tmp_path / "photo.png"
    assert codes.grab().save(str(path))
    return path


def test_a_notebook_to_travel_with_is_made_by_its_page(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, mission: Path
) -> None:
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1))
    door = desk.app.door
    door.first.new_requested.emit()
    door.choose_new_folder(tmp_path / "laptop")
    page = door.new
    page._author.setText("K-7")
    page._travels.click()
    panel = found(page, MissionPanel)
    assert panel.isVisible()
    before = words_of(panel)
    assert "Each save goes at once, sealed for headquarters" in before
    assert "Once locked, neither this laptop nor you can open it, whatever is given up." in before
    panel.files_chosen.emit([mission])
    desk.until(lambda: panel.same.isVisible())
    passphrase = found(page, NewPassphrase)
    passphrase.show_passphrase(PASSPHRASE)
    page._create.click()
    assert "Compare the fingerprint" in page._trouble.accessibleName()
    panel.same.click()
    page._create.click()
    desk.until(lambda: desk.app.view)
    view = desk.app.view
    assert view is not None
    desk.keep(view)
    strip = found(view, TravelStrip)
    desk.until(strip.isVisible)
    during = "Once locked, this laptop cannot read what you write now."
    assert during in words_of(strip)
    assert during in strip.accessibleName()
    assert "Sealed in this session: 0 records, 0 files." in words_of(strip)
    [look] = [a for a in view.travel.findChildren(QAction) if a.text() == "What is seen…"]
    look.trigger()
    departure = found(view, DepartureView)
    desk.until(lambda: departure.remains.isVisible())
    departure.guide.back.click()
    desk.until(lambda: not departure.isVisible())
    laptop = desk.app._session
    assert laptop is not None
    told: list[MissionCard | None] = []
    laptop.ask(lambda notebook: notebook.travel.mission, told.append)
    desk.until(lambda: told)
    assert told[0] is not None
    assert told[0].is_compared
    titles: list[list[str]] = []
    laptop.ask(lambda notebook: [row.title for row in notebook.cases()], titles.append)
    desk.until(lambda: titles)
    assert titles[0][0].endswith("of headquarters")


def words_of(widget: QWidget) -> str:
    """What is shown in it."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_mission_is_made_and_its_card_saved_by_the_room(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "home"
    home = CheapGate().create(folder, PASSPHRASE, "Home", is_low_memory=True)
    case = CaseId(home.add("case", None, {"title": "Known at home"})[0])
    home.close()
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = desk.unlock()
    desk.app.go(Place(room="handover"))
    found(view, HandoverView).missions.click()
    missions = found(view, MissionsView)
    desk.until(lambda: missions.empty.button.isVisible())
    missions.empty.button.click()
    desk.until(lambda: missions.cases.isVisible())
    ticked(missions.cases)
    [save] = [b for b in missions.findChildren(QPushButton) if b.text() == "Save its card…"]
    out = tmp_path / "card.txt"
    missions.card_path_chosen.emit(str(save.property("which")), out)
    desk.until(out.exists)
    assert [one.case for one in MissionCard.read(out.read_text("utf-8")).cases] == [case]
    [codes] = [b for b in missions.findChildren(QPushButton) if b.text() == "Show it as codes…"]
    codes.click()
    desk.until(lambda: view.findChildren(CodesSheet))
    sheet = found(view, CodesSheet)
    photo = tmp_path / "photo.png"
    desk.until(lambda: sheet.codes.height() > 0 and sheet.codes.isVisible())
    assert sheet.codes.grab().save(str(photo))
    assert card_files.read([photo]) == out.read_text("utf-8")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    desk.until(lambda: not view.findChildren(CodesSheet))
    missions.back.click()
    assert found(view, HandoverView).isVisible()


def test_a_whole_departure_by_its_buttons(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    folder, stick = tmp_path / "mine", tmp_path / "stick"
    stick.mkdir()
    mine = CheapGate().create(folder, PASSPHRASE, "K-7", is_low_memory=True)
    other = CheapGate().create(tmp_path / "other", PASSPHRASE, "K-8", is_low_memory=True)
    mine.add_contact(other.my_card().encode())
    case = CaseId(mine.add("case", None, {"title": "Goes"})[0])
    mine.add("note", case, {"title": "Inside"})
    other.add_contact(mine.my_card().encode())
    mine.close()
    other.close()
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    view = desk.unlock()
    desk.app.go(Place(room="handover"))
    found(view, HandoverView).departure.click()
    departure = found(view, DepartureView)
    go_on = departure.guide.on
    desk.until(lambda: departure.going.cases.isVisible())
    go_on.click()
    assert "Choose at least one case" in departure.trouble.accessibleName()
    departure.going.look_alone.click()
    desk.until(lambda: departure.remains.isVisible())
    departure.guide.back.click()
    desk.until(lambda: departure.going.isVisible())
    ticked(departure.going.cases)
    go_on.click()
    desk.until(lambda: departure.whom.isVisible())
    ticked(departure.whom.readers)
    go_on.click()
    desk.until(lambda: departure.leave.isVisible())
    assert not go_on.isEnabled()
    departure.folder_chosen.emit(stick)
    desk.until(go_on.isEnabled)
    go_on.click()
    desk.until(lambda: departure.receipt.isVisible())
    [bundle] = stick.glob("*.sealed.age")
    assert "Go on without the receipt" in go_on.text()
    go_on.click()
    assert departure.key.isVisible()
    departure.key.alone.click()
    go_on.click()
    departure.remove.passphrase.set_text(PASSPHRASE)
    departure.remove.passphrase.entered.emit()
    desk.until(lambda: desk.told.ending)
    assert desk.told.ending is not None
    assert desk.told.ending.reason is Reason.DEPARTED
    closed: list[None] = []
    assert desk.app._session is not None
    desk.app._session.drafts(lambda drafts: drafts.close(), closed.append)
    desk.app._session.ask(lambda notebook: notebook._core.close(), closed.append)
    desk.until(lambda: len(closed) == 2)
    reader = CheapGate().unlock(tmp_path / "other", PASSPHRASE)
    result, _changes = reader.open_bundle([bundle], accept_unknown=False)
    assert result.refused == ()
    assert {row.title for row in reader.rows()} == {"Goes", "Inside"}
    reader.close()
    after = CheapGate().unlock(folder, PASSPHRASE)
    assert after.cases() == []
    assert after.travel.remains().old_keys == 0
    after.close()
