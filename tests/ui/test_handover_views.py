"""The rooms of handover as widgets on real notebooks: mouse, keyboard, names, directions, sizes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import Changes
from notebook.notebook import Notebook
from tests.notebook.support_notebook import create
from tests.ui.handover_support import (
    ARABIC_DIGITS,
    FakeShell,
    Pair,
    WaitingRunner,
    make_pair,
    session,
    speak_arabic_digits,
)
from ui.contacts_cards import Print
from ui.contacts_view import ContactsView
from ui.exchange_presenter import ExchangeLine, ExchangePage
from ui.exchange_view import MOST_SENTENCES, ExchangeView
from ui.handover_parts import CheckLine, Choice, PrintCard
from ui.handover_view import HandoverView
from ui.notice_words import NoticeLine
from ui.open_view import OpenView
from ui.preferences import Direction, Preferences, ThemeChoice
from ui.room_builders import ROOMS, BuiltRoom, RoomNeeds
from ui.rooms import Place
from ui.seal_view import SealView
from ui.side_room import SideRoom
from ui.style.look import Look
from ui.style.tokens import RAIL_WIDTH, WINDOW_LEAST
from ui.tour.driven import SCREEN
from ui.widgets.basics import is_inside

ROOM_NAMES = ("handover", "contacts", "seal", "open", "exchange", "withdrawals")
CAN_BE_USED = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)


class Window:
    """One room in a window of its own."""

    def __init__(self, qtbot: QtBot, look: Look, notebook: Notebook, room: str) -> None:
        self.runner = WaitingRunner()
        self.shell = FakeShell()
        self.widget = QWidget()
        qtbot.addWidget(self.widget)
        self.widget.resize(1060, 760)
        asked = session(notebook, self.runner)
        self.room: BuiltRoom = ROOMS[room](
            RoomNeeds(look=look, session=asked, shell=self.shell, parent=self.widget)
        )
        asked.listen(self.room.presenter.changed)
        self.room.view.resize(self.widget.size())
        with qtbot.waitActive(self.widget):
            self.widget.show()
            self.widget.activateWindow()
        self.room.presenter.enter(Place(room=room))
        self.settle()

    def settle(self) -> None:
        self.runner.go_on_to_the_end()
        QApplication.processEvents()

    def press(self, *keys: Qt.Key) -> None:
        """Press keys where the focus is."""
        for key in keys:
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, key)
            self.settle()

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def texts(self) -> str:
        """Everything that can be read."""
        return "\n".join(
            label.text() for label in self.room.view.findChildren(QLabel) if label.isVisible()
        )


Make = Callable[[Notebook, str], Window]


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    made = Look(qapp, Preferences(theme=ThemeChoice.LIGHT))
    yield made
    made.apply(Preferences(theme=ThemeChoice.LIGHT))


@pytest.fixture
def make(qtbot: QtBot, look: Look) -> Make:
    return lambda notebook, room: Window(qtbot, look, notebook, room)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = make_pair(tmp_path)
    made.introduce()
    yield made
    made.aida.close()
    made.kairat.close()


def seal_view(window: Window) -> SealView:
    assert isinstance(window.room.view, SealView)
    return window.room.view


def open_view(window: Window) -> OpenView:
    assert isinstance(window.room.view, OpenView)
    return window.room.view


def contacts_view(window: Window) -> ContactsView:
    assert isinstance(window.room.view, ContactsView)
    return window.room.view


def bundle(pair: Pair, folder: Path) -> Path:
    plan = pair.aida.plan_seal(SealRequest(to=(pair.kairat.author,), is_full=True))
    result, _changes = pair.aida.seal(plan, folder)
    return result.files[0]


def test_handover_leads_to_its_three_places(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "handover")
    view = window.room.view
    assert isinstance(view, HandoverView)
    for button in (view.seal, view.open, view.contacts):
        window.click(button)
    assert [place.room for place in window.shell.places] == ["seal", "open", "contacts"]
    assert "1 contact" in window.texts()


def test_every_way_of_handover_stands_on_the_screen_of_a_cheap_laptop(
    make: Make, pair: Pair
) -> None:
    window = make(pair.aida, "handover")
    view = window.room.view
    assert isinstance(view, HandoverView)
    width, height = SCREEN
    view.resize(width - RAIL_WIDTH, height)
    window.settle()
    shown = [
        *(view.seal, view.open, view.contacts, view.exchange),
        *(view.departure, view.withdrawals, view.copy, view.missions),
    ]
    assert all(button.visibleRegion().boundingRect() == button.rect() for button in shown)
    assert view._page.verticalScrollBar().maximum() == 0
    # Tab goes as one reads; the one most needed has the focus at first.
    seen = [QApplication.focusWidget()]
    for _turn in shown[1:]:
        window.press(Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == shown


@pytest.mark.parametrize("is_wide", [True, False])
def test_what_asks_for_attention_stands_beside_the_ways_where_there_is_room(
    make: Make, pair: Pair, is_wide: bool
) -> None:
    window = make(pair.aida, "handover")
    view = window.room.view
    assert isinstance(view, HandoverView)
    width, height = SCREEN if is_wide else WINDOW_LEAST
    view.resize(width - RAIL_WIDTH, height)
    window.settle()
    alone = view.seal.mapTo(view, QPoint())
    notice = NoticeLine(
        key="0",
        what="Sealing for Қайрат was interrupted at the very end.",
        next_step="Look where the bundle was to lie. " * 6,
        is_serious=False,
        contact=None,
    )
    view.show_quarantine("1 bundle by somebody you do not know waits for your decision.")
    view.show_notices([notice])
    window.settle()
    ways, asked = view.parts_in_order() if is_wide else view.parts_in_order()[::-1]
    assert ways.isAncestorOf(view.seal)
    assert asked.isAncestorOf(view.quarantine)
    if is_wide:
        assert view._page.verticalScrollBar().maximum() == 0
        assert view.seal.mapTo(view, QPoint()).y() == alone.y()
        assert asked.geometry().left() > ways.geometry().right()
    else:
        assert asked.geometry().bottom() < ways.geometry().top()
    view.show_quarantine("")
    view.show_notices([])
    window.settle()
    assert not asked.isVisible()
    assert view.seal.mapTo(view, QPoint()) == alone


def test_sealing_can_be_done_with_the_keyboard_alone(
    make: Make, pair: Pair, tmp_path: Path
) -> None:
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.press(Qt.Key.Key_Return)
    assert view.whom.isVisible()
    window.press(Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert view.look.isVisible()
    assert "Сұхбат" in window.texts()
    window.press(Qt.Key.Key_Return)
    assert view.where.isVisible()
    assert QApplication.focusWidget() is view.where.folder.choose
    # The system's chooser is Qt's own window; what it answers is given here.
    view.folder_chosen.emit(tmp_path)
    window.settle()
    window.press(Qt.Key.Key_Return)
    assert view.done.isVisible()
    assert list(tmp_path.glob("*.sealed.age"))
    assert "Қайрат" in window.texts()


def test_escape_steps_back(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.press(Qt.Key.Key_Return)
    assert view.whom.isVisible()
    window.press(Qt.Key.Key_Escape)
    assert view.what.isVisible()
    window.press(Qt.Key.Key_Escape)
    assert [place.room for place in window.shell.places] == ["handover"]


def test_a_refused_record_has_its_button_and_the_focus_is_on_it(make: Make, pair: Pair) -> None:
    pair.aida.add(
        "consent", pair.case, {"title": "No", "covers": [pair.interview], "use_team": "no"}
    )
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.press(Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert not view.guide.on.isEnabled()
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert "Сұхбат" in focus.accessibleName()
    window.press(Qt.Key.Key_Return)
    assert view.guide.on.isEnabled()
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "Put it back"
    window.press(Qt.Key.Key_Return)
    assert not view.guide.on.isEnabled()


def test_a_click_on_the_name_ticks_it_once(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.click(view.guide.on)
    tick = view.whom.readers.first()
    assert isinstance(tick, QAbstractButton)
    line = tick.parentWidget()
    assert line is not None
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert tick.isChecked()
    QTest.mouseClick(tick, Qt.MouseButton.LeftButton)
    assert not tick.isChecked()


def test_ticking_keeps_the_focus(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.click(view.guide.on)
    window.press(Qt.Key.Key_Space)
    assert QApplication.focusWidget() is view.whom.readers.first()


def test_while_it_seals_only_cancelling_is_offered(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "seal")
    view = seal_view(window)
    view.show_sealing()
    assert view.guide.back.text() == "Cancel"
    assert not view.guide.on.isVisible()
    view.show_finishing()
    assert not view.guide.back.isVisible()


def test_a_bundle_that_is_dropped_is_opened(make: Make, pair: Pair, tmp_path: Path) -> None:
    path = bundle(pair, tmp_path)
    window = make(pair.kairat, "open")
    view = open_view(window)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    view.files.dropEvent(event)
    window.settle()
    assert view.who.isVisible()
    assert "Aida" in window.texts()


def test_what_is_chosen_while_sealing_is_what_is_sealed(
    make: Make, pair: Pair, tmp_path: Path
) -> None:
    other, _changes = pair.aida.add("case", None, {"title": "Autumn"})
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.click(view.what.some)
    for case, line in view.what.cases._lines.items():
        if line.tick.isChecked() != (case == other):
            window.click(line.tick)
    window.click(view.what.full)
    window.click(view.guide.on)
    window.click(view.whom.readers._lines[pair.kairat.author].tick)
    window.click(view.guide.on)
    # The other case and nothing of the first one.
    assert "1 record." in window.texts()
    window.click(view.guide.on)
    view.folder_chosen.emit(tmp_path)
    window.settle()
    window.click(view.where.checksums._lines["checksums"].tick)
    window.click(view.guide.on)
    assert view.done.isVisible()
    (sealed,) = tmp_path.glob("*.sealed.age")
    assert list(tmp_path.glob("*.sha256"))
    result, _changes = pair.kairat.open_bundle([sealed], accept_unknown=False)
    assert result.kind == "full"
    assert [row.id for row in pair.kairat.cases()] == [other]
    window.click(view.done.copy)
    assert len(window.shell.copied) == 1


def test_my_card_is_saved_and_copied_by_its_buttons(
    make: Make, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    out = tmp_path / "card.txt"
    monkeypatch.setattr(view._files, "new_file", lambda _title, _name, then: then(out))
    window.click(view.mine.save)
    assert out.read_text("utf-8") == pair.aida.my_card().encode()
    window.click(view.mine.copy)
    assert window.shell.copied == [pair.aida.my_card().encode()]
    # Somebody's card out of a file, and their way of sealing, by the same hand.
    third = create(tmp_path / "third", "third", "Third")
    card = tmp_path / "third.txt"
    card.write_text(third.my_card().encode(), "utf-8")
    third.close()
    monkeypatch.setattr(view._files, "files", lambda _title, then, *_more: then([card]))
    window.click(view.add)
    window.click(view.adding.file)
    assert {contact.name for contact in pair.aida.contacts()} == {"Қайрат", "Third"}


def test_opening_goes_from_the_file_to_what_came_in(make: Make, pair: Pair, tmp_path: Path) -> None:
    window = make(pair.kairat, "open")
    view = open_view(window)
    view.files_chosen.emit([bundle(pair, tmp_path)])
    window.settle()
    # Who is not compared is not accepted by a slip of the finger.
    assert QApplication.focusWidget() is view.guide.back
    window.click(view.guide.on)
    assert view.what.isVisible()
    window.press(Qt.Key.Key_Return)
    assert view.merged.isVisible()
    assert "new" in window.texts()
    window.click(view.merged.show_new)
    assert window.shell.places == [Place(room="desk")]


def test_a_conflict_has_a_button_that_leads_there(make: Make, pair: Pair, tmp_path: Path) -> None:
    pair.kairat.open_bundle([bundle(pair, tmp_path)], accept_unknown=False)
    pair.aida.edit(pair.interview, {"title": "R & D"})
    pair.kairat.edit(pair.interview, {"title": "R & D & E"})
    folder = tmp_path / "second"
    folder.mkdir()
    window = make(pair.kairat, "open")
    view = open_view(window)
    view.files_chosen.emit([bundle(pair, folder)])
    window.settle()
    window.click(view.guide.on)
    window.click(view.guide.on)
    button = next(
        button
        for button in view.merged.findChildren(QPushButton)
        if button.isVisible() and button.property("record")
    )
    window.click(button)
    assert window.shell.places[-1].record == pair.interview


def test_a_file_that_arrived_has_a_button_that_leads_to_it(
    make: Make, pair: Pair, tmp_path: Path
) -> None:
    pair.kairat.open_bundle([bundle(pair, tmp_path)], accept_unknown=False)
    sound, _changes = pair.aida.attach(pair.interview, BytesIO(b"voice"), file_name="R & D")
    (first, second) = (tmp_path / name for name in ("first", "second"))
    for folder in (first, second):
        folder.mkdir()
    request = SealRequest(to=(pair.kairat.author,), without_media=True)
    text, _changes = pair.aida.seal(pair.aida.plan_seal(request), first)
    pair.kairat.open_bundle(text.files, accept_unknown=False)
    window = make(pair.kairat, "open")
    view = open_view(window)
    view.files_chosen.emit([bundle(pair, second)])
    window.settle()
    window.click(view.guide.on)
    window.click(view.guide.on)
    assert "1 file arrived that was missing" in window.texts()
    button = next(
        button
        for button in view.merged.findChildren(QPushButton)
        if button.isVisible() and button.property("record")
    )
    window.click(button)
    assert window.shell.places[-1] == Place(room="desk", type="evidence", record=sound)


def test_trouble_is_shown_and_goes_when_one_goes_on(make: Make, pair: Pair, tmp_path: Path) -> None:
    bad = tmp_path / "bad.sealed.age"
    bad.write_bytes(b"nothing")
    window = make(pair.kairat, "open")
    view = open_view(window)
    assert view.files.choose.property("role") == "primary"
    view.files_chosen.emit([bad])
    window.settle()
    assert "damaged" in window.texts()
    # One way on looks like it: to try again, when the file was copied anew.
    assert view.guide.on.isVisible()
    assert view.files.choose.property("role") == ""
    view.files_chosen.emit([bundle(pair, tmp_path)])
    window.settle()
    assert "damaged" not in window.texts()


def test_both_fingerprints_stand_side_by_side_and_comparing_is_one_button(
    make: Make, pair: Pair
) -> None:
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    view.rows.setFocus()
    window.press(Qt.Key.Key_Down)
    assert view.details.isVisible()
    shown = window.texts()
    for card in (pair.kairat.my_card(), pair.aida.my_card()):
        assert all(group in shown for group in card.fingerprint().split())
    window.click(view.details.compare)
    assert pair.aida.contacts()[0].is_compared
    assert not view.details.compare.isVisible()


def test_a_card_is_added_by_pasting_its_text(make: Make, pair: Pair, tmp_path: Path) -> None:
    third = create(tmp_path / "third", "third", "Third")
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    window.click(view.add)
    assert QApplication.focusWidget() is view.adding.text
    assert not view.adding.add.isEnabled()
    view.adding.text.setPlainText(third.my_card().encode())
    window.click(view.adding.add)
    assert view.details.isVisible()
    assert len(pair.aida.contacts()) == 2
    third.close()


def test_escape_leaves_adding_a_contact(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    window.click(view.add)
    window.press(Qt.Key.Key_Escape)
    assert view.mine.isVisible()


def test_where_it_is_narrow_the_look_is_one_page_with_the_list_at_its_end(
    make: Make, pair: Pair, look: Look, qtbot: QtBot
) -> None:
    for number in range(30):
        pair.aida.add("note", pair.case, {"title": f"Note {number:02}"})
    window = make(pair.aida, "seal")
    view = seal_view(window)
    window.click(view.guide.on)
    window.click(view.whom.readers.first())  # type: ignore[arg-type]  # there is one
    window.click(view.guide.on)
    shown = view.look
    assert shown.rows.count() > 30
    wide = shown.rows.height()
    shown.purpose.setFocus()
    look.apply(Preferences(theme=ThemeChoice.LIGHT, text_scale_percent=200))
    window.settle()
    assert is_inside(shown.rows, shown._scroll)
    assert is_inside(shown.purpose, shown._scroll)
    assert shown.purpose.hasFocus()
    # Scrolled to its end, the page is the list and its heading.
    bar = shown._scroll.verticalScrollBar()

    def is_whole_in_sight() -> bool:
        bar.setValue(bar.maximum())
        return shown.rows.visibleRegion().boundingRect().height() == shown.rows.height()

    qtbot.waitUntil(is_whole_in_sight)
    assert shown.rows.height() >= shown.rows.height_of(4)
    look.apply(Preferences(theme=ThemeChoice.LIGHT))
    window.settle()
    assert not is_inside(shown.rows, shown._scroll)
    assert shown.purpose.hasFocus()
    qtbot.waitUntil(lambda: shown.rows.height() == wide)


def test_where_there_is_room_for_one_of_them_only_the_card_takes_the_place_of_the_list(
    make: Make, pair: Pair, look: Look
) -> None:
    look.apply(Preferences(theme=ThemeChoice.LIGHT, text_scale_percent=200))
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    assert view.mine.isVisible()
    assert not view.rows.isVisible()
    window.click(view._back)
    assert not view.mine.isVisible()
    assert view.rows.hasFocus()
    assert view.rows.height() > view.height() // 2
    # One goes through the list undisturbed, and Enter opens.
    window.press(Qt.Key.Key_Down)
    assert view.rows.isVisible()
    window.press(Qt.Key.Key_Return)
    assert view.details.isVisible()
    assert not view.rows.isVisible()
    assert view._back.hasFocus()
    window.press(Qt.Key.Key_Escape)
    assert view.rows.hasFocus()
    # What others change brings no card over the list.
    window.room.presenter.changed(Changes(contacts=True))
    window.settle()
    assert view.rows.isVisible()
    window.click(view.add)
    assert view.adding.isVisible()
    assert QApplication.focusWidget() is view.adding.text
    look.apply(Preferences(theme=ThemeChoice.LIGHT))
    assert view.rows.isVisible()
    assert view.adding.isVisible()
    assert not view._back.isVisible()


def test_the_older_way_is_ticked_and_kept(make: Make, pair: Pair) -> None:
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    view.rows.setFocus()
    window.press(Qt.Key.Key_Down)
    view.details.classic_toggled.emit(True)
    window.settle()
    assert pair.aida.contacts()[0].profile == "classic"


@pytest.mark.parametrize("room", ROOM_NAMES)
def test_everything_that_can_be_used_has_a_name(make: Make, pair: Pair, room: str) -> None:
    window = make(pair.aida, room)
    nameless = [
        widget
        for kind in CAN_BE_USED
        for widget in window.room.view.findChildren(kind)
        if widget.isVisible() and not widget.accessibleName() and not getattr(widget, "text", str)()
    ]
    assert nameless == []


@pytest.mark.parametrize("room", ROOM_NAMES)
def test_at_twice_the_size_no_visible_word_is_wider_than_the_window(
    make: Make, look: Look, pair: Pair, room: str
) -> None:
    look.apply(Preferences(theme=ThemeChoice.DARK, text_scale_percent=200))
    window = make(pair.aida, room)
    window.widget.resize(1366 - 330, 720)
    window.room.view.resize(window.widget.size())
    QApplication.processEvents()
    assert window.room.view.minimumSizeHint().width() <= window.widget.width()
    cut = [
        label.text()
        for label in window.room.view.findChildren(QLabel)
        if label.isVisible() and label.text() and label.width() < label.minimumSizeHint().width()
    ]
    assert cut == []


@pytest.mark.parametrize("note", ["Case 2ADFD310", ""])
@pytest.mark.parametrize("percent", [100, 200])
def test_a_tick_stands_beside_the_middle_of_its_first_line(
    qtbot: QtBot, look: Look, percent: int, note: str
) -> None:
    look.apply(Preferences(theme=ThemeChoice.LIGHT, text_scale_percent=percent))
    window = QWidget()
    qtbot.addWidget(window)
    choice = Choice(key="k", name="The school by the bridge", note=note)
    line = CheckLine(choice, window)
    with qtbot.waitExposed(window):
        window.show()
    line.resize(400, line.sizeHint().height())
    QApplication.processEvents()
    name = line._name
    middle = name.geometry().center().y()
    # What stands below it stays near.
    box = line.layout()
    assert box is not None
    assert not box.expandingDirections() & Qt.Orientation.Vertical
    assert abs(line.tick.geometry().center().y() - middle) <= 2


def test_digits_keep_their_order_in_right_to_left(make: Make, look: Look, pair: Pair) -> None:
    look.apply(replace(Preferences(), direction=Direction.RIGHT_TO_LEFT))
    window = make(pair.aida, "contacts")
    view = contacts_view(window)
    groups = pair.aida.my_card().fingerprint().split()
    labels = {label.text(): label for label in view.mine.findChildren(QLabel) if label.text()}
    first, second = (labels[group] for group in groups[:2])
    assert first.x() < second.x()
    assert first.y() == second.y()


def test_a_fingerprint_is_shown_and_spoken_in_the_readers_digits(
    qtbot: QtBot, look: Look, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_arabic_digits(monkeypatch)
    card = pair.aida.my_card()
    window = QWidget()
    qtbot.addWidget(window)
    shown = PrintCard(look, window)
    shown.show_print(Print(whose="You", digits=card.fingerprint(), words=card.fingerprint_words()))
    local = card.fingerprint().translate(ARABIC_DIGITS)
    texts = [label.text() for label in shown.findChildren(QLabel)]
    assert set(local.split()) < set(texts)
    assert local in shown.accessibleName()
    assert not set("0123456789") & set("".join((*texts, shown.accessibleName())))


def test_a_thousand_results_are_rows_and_few_widgets(make: Make, pair: Pair) -> None:
    window = make(pair.kairat, "exchange")
    view = window.room.view
    assert isinstance(view, ExchangeView)
    bad = [ExchangeLine(file=f"bad {n}", words="Refused.", tone="caution") for n in range(60)]
    good = [ExchangeLine(file=f"good {n}", words="From Aida: 1 new.") for n in range(1_000)]
    before = len(view.findChildren(QWidget))
    view.show_exchange(
        ExchangePage(folder="/f", is_watching=False, summary="Many", lines=(*good, *bad))
    )
    window.settle()
    # Each widget costs more than ten milliseconds, in which nobody can lock.
    assert len(view.findChildren(QWidget)) - before < 200
    assert "bad 0" in window.texts()
    assert view.rows.count() == 1_060 - MOST_SENTENCES
    assert view.rows.height() <= view.height()


def test_the_exchange_folder_is_looked_into_and_esc_steps_back(
    make: Make, pair: Pair, tmp_path: Path
) -> None:
    pair.introduce()
    shared = tmp_path / "shared"
    shared.mkdir()
    pair.aida.seal(pair.aida.plan_seal(SealRequest(to=(pair.kairat.author,))), shared)
    window = make(pair.kairat, "exchange")
    view = window.room.view
    assert isinstance(view, ExchangeView)
    assert view.empty.button.isVisible()
    assert not view.look_now.isVisible()
    view.folder_chosen.emit(shared)
    window.settle()
    assert not view.empty.isVisible()
    assert str(shared) in window.texts()
    assert str(view.rows.model().index(0, 0).data()).startswith("From ")
    assert not view.strip.isVisible()
    view.ticked.emit()
    window.settle()
    view.look_now.setFocus()
    window.press(Qt.Key.Key_Escape)
    assert window.shell.places == [Place(room="handover")]


@pytest.mark.parametrize("room", ["exchange", "missions", "quarantine", "withdrawals"])
def test_every_room_of_one_page_steps_back_by_esc_and_by_its_button(
    make: Make, pair: Pair, room: str
) -> None:
    window = make(pair.aida, room)
    view = window.room.view
    assert isinstance(view, SideRoom)
    window.click(view.back)
    view.back.setFocus()
    window.press(Qt.Key.Key_Escape)
    assert window.shell.places == [Place(room="handover")] * 2


@pytest.mark.parametrize("room", ["exchange", "missions", "quarantine", "withdrawals"])
def test_trouble_in_a_room_of_one_page_is_shown_until_it_is_over(
    make: Make, pair: Pair, room: str
) -> None:
    window = make(pair.aida, room)
    view = window.room.view
    assert isinstance(view, SideRoom)
    view.show_trouble(NotebookError(Code.DISK_ERROR, "It broke.", "All is safe.", "Go on."))
    assert "It broke." in window.texts()
    assert "All is safe.\nGo on." in window.texts()
    view.show_trouble(None)
    assert "It broke." not in window.texts()
