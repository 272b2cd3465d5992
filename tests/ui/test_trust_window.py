"""Quarantine, notices, receipts and what contacts hold, in the rooms of handover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from crypto.identity import Identity
from notebook import card_files
from notebook.errors import NotebookError
from notebook.handover import SealRequest
from notebook.holdings import CaseHolding
from notebook.model import CaseId
from notebook.notebook import Notebook
from notebook.notices import ExchangeNotice, NoticeKind
from tests.notebook.support_exchange import Author, forged, log_of
from tests.notebook.support_notebook import Seeded
from tests.ui.handover_support import (
    ARABIC_DIGITS,
    FakeShell,
    Pair,
    WaitingRunner,
    make_pair,
    session,
    speak_arabic_digits,
)
from ui.card_codes_view import CardCodes
from ui.contacts_cards import holding_words
from ui.contacts_view import ContactsView
from ui.handover_view import HandoverView
from ui.notice_words import notice_lines
from ui.open_view import OpenView
from ui.preferences import Direction, Preferences, ThemeChoice
from ui.quarantine_view import QuarantineView
from ui.room_builders import ROOMS, BuiltRoom, RoomNeeds
from ui.rooms import Place
from ui.style.look import Look


class Window:
    """One room of a notebook."""

    def __init__(self, qtbot: QtBot, look: Look, notebook: Notebook, place: Place) -> None:
        self.runner = WaitingRunner()
        self.shell = FakeShell()
        self.widget = QWidget()
        qtbot.addWidget(self.widget)
        self.widget.resize(1060, 760)
        asked = session(notebook, self.runner)
        self.room: BuiltRoom = ROOMS[place.room](
            RoomNeeds(look=look, session=asked, shell=self.shell, parent=self.widget)
        )
        asked.listen(self.room.presenter.changed)
        self.room.view.resize(self.widget.size())
        with qtbot.waitActive(self.widget):
            self.widget.show()
            self.widget.activateWindow()
        self.enter(place)

    def enter(self, place: Place) -> None:
        self.room.presenter.enter(place)
        self.settle()

    def settle(self) -> None:
        self.runner.go_on_to_the_end()
        QApplication.processEvents()

    def texts(self) -> str:
        found = self.room.view.findChildren(QLabel)
        joined = "\n".join(each.text() for each in found if each.isVisible())
        return joined.replace("\u2068", "").replace("\u2069", "").replace("\u2066", "")

    def buttons(self, words: str) -> list[QPushButton]:
        found = self.room.view.findChildren(QPushButton)
        return [b for b in found if b.isVisible() and b.text().startswith(words)]

    def click(self, words: str) -> None:
        (button,) = self.buttons(words)
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    made = Look(qapp, Preferences(theme=ThemeChoice.LIGHT))
    yield made
    made.apply(Preferences(theme=ThemeChoice.LIGHT))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = make_pair(tmp_path)
    yield made
    made.aida.close()
    made.kairat.close()


def sealed(pair: Pair, folder: Path, name: str = "out") -> list[Path]:
    """What Aida seals for Kairat."""
    out = folder / name
    out.mkdir()
    plan = pair.aida.plan_seal(SealRequest(to=(pair.kairat.author,), is_full=True))
    return list(pair.aida.seal(plan, out)[0].files)


@pytest.fixture
def stranger(pair: Pair, tmp_path: Path) -> list[Path]:
    """A bundle by Aida, whom Kairat does not know."""
    pair.aida.add_contact(pair.kairat.my_card().encode())
    return sealed(pair, tmp_path)


# Quarantine.


def test_what_is_kept_for_later_waits_in_quarantine_and_can_be_accepted(
    qtbot: QtBot, look: Look, pair: Pair, stranger: list[Path]
) -> None:
    opening = Window(qtbot, look, pair.kairat, Place(room="open"))
    view = opening.room.view
    assert isinstance(view, OpenView)
    view.files_chosen.emit(stranger)
    opening.settle()
    assert "You do not know who sealed this. They call themselves Aida." in opening.texts()
    opening.click("Keep it for later")
    assert opening.shell.said == ["It waits in quarantine, under Handover, until you decide."]
    assert pair.kairat.contacts() == []

    handover = Window(qtbot, look, pair.kairat, Place(room="handover"))
    assert "1 bundle by somebody you do not know waits" in handover.texts()
    handover.click("Look…")
    assert handover.shell.places == [Place(room="quarantine")]

    waiting = Window(qtbot, look, pair.kairat, Place(room="quarantine"))
    assert "Sealed by somebody who calls themselves Aida" in waiting.texts()
    assert pair.aida.my_card().fingerprint() in waiting.texts()
    assert "  ".join(pair.aida.my_card().fingerprint_words()) in waiting.texts()
    waiting.click("Look who it is…")
    (place,) = waiting.shell.places
    assert place.room == "open"

    opening.enter(place)
    opening.click("Accept and go on")
    opening.click("Check and merge")
    assert "Opened, checked and merged" in opening.texts()
    (contact,) = pair.kairat.contacts()
    assert (contact.id, contact.is_compared) == (pair.aida.author, False)
    waiting.enter(Place(room="quarantine"))
    assert "Nothing waits here." in waiting.texts()
    handover.enter(Place(room="handover"))
    assert "waits for your decision" not in handover.texts()


def test_in_quarantine_a_name_that_looks_like_a_contacts_is_said_to_be_anothers(
    qtbot: QtBot, look: Look, pair: Pair, stranger: list[Path]
) -> None:
    twin = Identity.generate("\u0410id\u0430", Seeded("twin")).card()
    pair.kairat.add_contact(twin.encode())
    with pytest.raises(NotebookError):
        pair.kairat.open_bundle(stranger, accept_unknown=False)
    waiting = Window(qtbot, look, pair.kairat, Place(room="quarantine"))
    doubt = f"The name looks like that of {twin.name}, whom you know. This is somebody else."
    assert doubt in waiting.texts()


def test_in_quarantine_a_fingerprint_stands_in_the_readers_digits(
    qtbot: QtBot, look: Look, pair: Pair, stranger: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pair.kairat.trust.keep(stranger)
    speak_arabic_digits(monkeypatch)
    waiting = Window(qtbot, look, pair.kairat, Place(room="quarantine"))
    assert pair.aida.my_card().fingerprint().translate(ARABIC_DIGITS) in waiting.texts()


def test_the_sealed_copy_can_be_deleted(
    qtbot: QtBot, look: Look, pair: Pair, stranger: list[Path]
) -> None:
    assert pair.kairat.trust.keep(stranger)
    waiting = Window(qtbot, look, pair.kairat, Place(room="quarantine"))
    waiting.click("Delete the sealed copy")
    assert pair.kairat.trust.quarantined() == []
    assert stranger[0].exists()
    assert "Nothing waits here." in waiting.texts()
    assert len(waiting.shell.said) == 1


def test_what_cannot_be_read_in_quarantine_says_so_and_can_be_deleted(
    qtbot: QtBot, look: Look, pair: Pair, stranger: list[Path]
) -> None:
    assert pair.kairat.trust.keep(stranger)
    (each,) = pair.kairat.trust.quarantined()
    each.paths[0].write_bytes(stranger[0].read_bytes()[:900])
    waiting = Window(qtbot, look, pair.kairat, Place(room="quarantine"))
    assert waiting.buttons("Look who it is…") == []
    waiting.click("Delete the sealed copy")
    assert pair.kairat.trust.quarantined() == []


def test_escape_leads_back_to_handover(qtbot: QtBot, look: Look, pair: Pair) -> None:
    waiting = Window(qtbot, look, pair.kairat, Place(room="quarantine"))
    view = waiting.room.view
    assert isinstance(view, QuarantineView)
    QTest.keyClick(view.back, Qt.Key.Key_Escape)
    assert waiting.shell.places == [Place(room="handover")]


# Notices.


def test_a_bundle_that_did_not_come_is_told_after_opening_and_in_handover_until_put_aside(
    qtbot: QtBot, look: Look, pair: Pair, tmp_path: Path
) -> None:
    pair.introduce()
    sealed(pair, tmp_path, "lost")
    second = sealed(pair, tmp_path, "came")
    opening = Window(qtbot, look, pair.kairat, Place(room="open"))
    view = opening.room.view
    assert isinstance(view, OpenView)
    view.files_chosen.emit(second)
    opening.settle()
    opening.click("Go on")
    opening.click("Check and merge")
    told = "1 earlier bundle by Aida has not been opened here."
    assert told in opening.texts()

    handover = Window(qtbot, look, pair.kairat, Place(room="handover"))
    assert told in handover.texts()
    handover.click("Show the contact")
    assert handover.shell.places == [Place(room="contacts", contact=pair.aida.author)]
    handover.click("Put aside")
    assert told not in handover.texts()
    assert "To know about" not in handover.texts()
    assert pair.kairat.trust.notices() == []


def test_putting_aside_after_opening_takes_the_notice_off_the_page(
    qtbot: QtBot, look: Look, pair: Pair, tmp_path: Path
) -> None:
    pair.introduce()
    sealed(pair, tmp_path, "lost")
    second = sealed(pair, tmp_path, "came")
    opening = Window(qtbot, look, pair.kairat, Place(room="open"))
    view = opening.room.view
    assert isinstance(view, OpenView)
    view.files_chosen.emit(second)
    opening.settle()
    opening.click("Go on")
    opening.click("Check and merge")
    opening.click("Put aside")
    assert "has not been opened here" not in opening.texts()
    assert "Opened, checked and merged" in opening.texts()


def test_serious_notices_stand_first(pair: Pair) -> None:
    people = pair.kairat.trust.people()
    mild = ExchangeNotice(key="a", kind=NoticeKind.COPIED, author=pair.aida.author, count=1)
    grave = ExchangeNotice(key="b", kind=NoticeKind.ROLLBACK, contact=pair.kairat.author)
    lines = notice_lines([mild, grave], pair.aida.author, people)
    assert [(line.key, line.is_serious) for line in lines] == [("b", True), ("a", False)]
    assert lines[1].what.startswith("This notebook was copied or restored")


# Receipts, and what contacts hold.


def test_a_receipt_is_offered_after_opening_and_tells_the_sealer(
    qtbot: QtBot, look: Look, pair: Pair, tmp_path: Path
) -> None:
    pair.introduce()
    first = sealed(pair, tmp_path)
    opening = Window(qtbot, look, pair.kairat, Place(room="open"))
    view = opening.room.view
    assert isinstance(view, OpenView)
    view.files_chosen.emit(first)
    opening.settle()
    opening.click("Go on")
    opening.click("Check and merge")
    assert opening.buttons("Seal a receipt for")
    out = tmp_path / "receipts"
    out.mkdir()
    # The system's chooser is Qt's own window; what it answers is given here.
    view.receipt_folder_chosen.emit(out)
    opening.settle()
    (receipt,) = out.iterdir()
    assert receipt.name in opening.shell.said[-1]

    contacts = Window(qtbot, look, pair.aida, Place(room="contacts", contact=pair.kairat.author))
    assert "They have not said yet what they have of it." in contacts.texts()
    answered = Window(qtbot, look, pair.aida, Place(room="open"))
    assert isinstance(answered.room.view, OpenView)
    answered.room.view.files_chosen.emit([receipt])
    answered.settle()
    answered.click("Go on")
    answered.click("Check and merge")
    assert "says what they hold" in answered.texts()
    assert answered.buttons("Seal a receipt for") == []
    contacts.enter(Place(room="contacts", contact=pair.kairat.author))
    assert "They have everything (said on" in contacts.texts()


def test_there_is_no_receipt_for_who_sealed_nothing(
    qtbot: QtBot, look: Look, pair: Pair, tmp_path: Path
) -> None:
    pair.introduce()
    window = Window(qtbot, look, pair.aida, Place(room="contacts", contact=pair.kairat.author))
    assert isinstance(window.room.view, ContactsView)
    window.room.view.receipt_folder_chosen.emit(tmp_path)
    window.settle()
    assert "never sealed anything for you" in window.shell.said[0]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ({}, "They have everything (said on 5 March 2026)."),
        (
            {"entries_lacking": 2, "files_lacking": 1},
            "They have it up to 4 March 2026 and lack 2 entries, 1 file (said on 5 March 2026).",
        ),
        (
            {"entries_lacking": 1, "up_to": ""},
            "They lack 1 entry (said on 5 March 2026).",
        ),
        (
            {"more_than_here": 1},
            "They have everything (said on 5 March 2026)."
            " They also have entries that are not here.",
        ),
        ({"said_on": ""}, "They have not said yet what they have of it."),
    ],
)
def test_what_a_contact_holds_is_said_in_a_sentence(held: dict[str, object], words: str) -> None:
    shown = CaseHolding(
        case=CaseId("ab" * 16),
        title="Spring",
        said_on="2026-03-05",
        up_to="2026-03-04T10:00:00Z",
        entries_lacking=0,
        files_lacking=0,
        more_than_here=0,
    )
    assert holding_words(replace(shown, **held)) == words  # type: ignore[arg-type]  # as the test means


def test_another_card_that_came_with_a_bundle_is_loud_on_the_contacts_page(
    qtbot: QtBot, look: Look, pair: Pair, tmp_path: Path
) -> None:
    pair.introduce()
    pair.kairat.mark_compared(pair.aida.author)
    identity, other = pair.aida._core.identity, pair.kairat._core.identity
    card = replace(identity, classic=other.classic, hybrid=other.hybrid).card()
    bundle = forged(
        pair.aida,
        pair.kairat,
        tmp_path / "b",
        log_of(Author(pair.aida, pair.case).note()),
        card=card.encode().encode(),
    )
    pair.kairat.open_bundle([bundle], accept_unknown=False)
    place = Place(room="contacts", contact=pair.aida.author)
    window = Window(qtbot, look, pair.kairat, place)
    assert "brought a card with other keys" in window.texts()
    assert "Compared in person on 5 March 2026, by Қайрат" in window.texts()
    window.click("Look at the other card…")
    assert "This card has other keys than the one you have for Aida." in window.texts()
    window.click("Take the new card, as not compared")
    contact = pair.kairat.contact(pair.aida.author)
    assert (contact.fingerprint, contact.is_compared) == (card.fingerprint(), False)
    assert "brought a card with other keys" not in window.texts()


def test_why_a_contact_is_sealed_for_in_the_older_way_is_shown(
    qtbot: QtBot, look: Look, pair: Pair
) -> None:
    pair.introduce()
    pair.aida.trust.set_profile(pair.kairat.author, is_classic=True, reason="their court asks")
    place = Place(room="contacts", contact=pair.kairat.author)
    window = Window(qtbot, look, pair.aida, place)
    assert "Because: their court asks." in window.texts()


# The card as codes.


@pytest.mark.parametrize("theme", [ThemeChoice.LIGHT, ThemeChoice.DARK])
@pytest.mark.parametrize("direction", [Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT])
def test_the_codes_on_the_screen_are_read_as_my_card(
    qtbot: QtBot,
    look: Look,
    pair: Pair,
    tmp_path: Path,
    theme: ThemeChoice,
    direction: Direction,
) -> None:
    look.apply(Preferences(theme=theme, direction=direction))
    window = Window(qtbot, look, pair.aida, Place(room="contacts"))
    (codes,) = window.room.view.findChildren(CardCodes)
    path = tmp_path / "screen.png"
    assert codes.grab().save(str(path))
    assert card_files.read([path]) == pair.aida.my_card().encode()
    other = Window(qtbot, look, pair.kairat, Place(room="contacts"))
    assert isinstance(other.room.view, ContactsView)
    other.room.view.files_chosen.emit([path])
    other.settle()
    (contact,) = pair.kairat.contacts()
    assert (contact.id, contact.is_compared) == (pair.aida.author, False)


# Every direction and size.


@pytest.mark.parametrize("direction", [Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT])
@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_is_wider_than_the_window(
    qtbot: QtBot,
    look: Look,
    pair: Pair,
    stranger: list[Path],
    direction: Direction,
    percent: int,
) -> None:
    assert pair.kairat.trust.keep(stranger)
    look.apply(Preferences(theme=ThemeChoice.DARK, direction=direction, text_scale_percent=percent))
    for room in ("handover", "quarantine"):
        window = Window(qtbot, look, pair.kairat, Place(room=room))
        assert isinstance(window.room.view, (HandoverView, QuarantineView))
        assert window.room.view.minimumSizeHint().width() <= 1060
