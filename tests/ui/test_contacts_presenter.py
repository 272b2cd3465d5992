from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook.errors import Code, NotebookError
from notebook.model import AuthorId
from notebook.notebook import Notebook
from tests.notebook.support_notebook import Seeded, create
from tests.ui.handover_support import FakeShell, Pair, WaitingRunner, make_pair, session
from ui.contacts_cards import ContactLine, ContactPage, DoubtPage
from ui.contacts_presenter import ContactsPresenter, MyCard
from ui.rooms import Place


class FakeScreen:
    def __init__(self) -> None:
        self.lines: tuple[ContactLine, ...] = ()
        self.chosen: AuthorId | None = None
        self.page: MyCard | ContactPage | DoubtPage | str = ""
        self.trouble: NotebookError | None = None

    def show_contacts(self, lines: Sequence[ContactLine], chosen: AuthorId | None) -> None:
        self.lines, self.chosen = tuple(lines), chosen

    def show_me(self, card: MyCard) -> None:
        self.page = card

    def show_contact(self, page: ContactPage) -> None:
        self.page = page

    def show_adding(self) -> None:
        self.page = "adding"

    def show_doubt(self, page: DoubtPage) -> None:
        self.page = page

    def ask_where_to_save(self) -> None:
        self.page = "saving"

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """Aida's contacts."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        asked = session(pair.aida, self.runner)
        self.presenter = ContactsPresenter(asked, self.screen, self.shell)
        asked.listen(self.presenter.changed)
        self.presenter.enter(Place(room="contacts"))
        self.settle()

    def settle(self) -> None:
        self.runner.go_on_to_the_end()

    def add(self, card: str) -> None:
        self.presenter.ask_to_add()
        self.presenter.add_text(card)
        self.settle()

    def contact_page(self) -> ContactPage:
        assert isinstance(self.screen.page, ContactPage)
        return self.screen.page

    def doubt_page(self) -> DoubtPage:
        assert isinstance(self.screen.page, DoubtPage)
        return self.screen.page


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    pair = make_pair(tmp_path)
    yield Room(pair)
    pair.aida.close()
    pair.kairat.close()


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Notebook]:
    notebook = create(tmp_path / "stranger", "stranger", "Қайрат")
    yield notebook
    notebook.close()


def test_my_card_is_shown_first(room: Room) -> None:
    page = room.screen.page
    assert isinstance(page, MyCard)
    assert page.text == room.pair.aida.my_card().encode()
    assert page.print.digits == room.pair.aida.my_card().fingerprint()
    assert room.screen.lines == ()


def test_contacts_stand_in_the_order_of_their_names(room: Room, tmp_path: Path) -> None:
    for name in ("Зере", "berik", "Alma"):
        other = create(tmp_path / name, name, name)
        room.add(other.my_card().encode())
        other.close()
    assert [line.name for line in room.screen.lines] == ["Alma", "berik", "Зере"]


def test_a_card_that_was_added_is_shown_with_both_fingerprints_and_not_compared(
    room: Room,
) -> None:
    room.add(room.pair.kairat.my_card().encode())
    page = room.contact_page()
    assert page.theirs.digits == room.pair.kairat.my_card().fingerprint()
    assert page.mine.digits == room.pair.aida.my_card().fingerprint()
    assert not page.is_compared
    assert [line.is_compared for line in room.screen.lines] == [False]
    assert room.screen.chosen == room.pair.kairat.author


def test_a_card_may_come_with_the_words_of_a_mail_around_it(room: Room) -> None:
    room.add(f"Hello,\n\n{room.pair.kairat.my_card().encode()}\n\nYours")
    assert room.contact_page().id == room.pair.kairat.author


def test_what_is_no_card_adds_nobody_and_the_text_stays(room: Room) -> None:
    room.add("not a card")
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.BAD_CARD
    assert room.screen.page == "adding"
    assert room.pair.aida.contacts() == []


def test_ones_own_card_is_not_a_contact(room: Room) -> None:
    room.add(room.pair.aida.my_card().encode())
    assert room.screen.trouble is not None
    assert room.pair.aida.contacts() == []


def test_comparing_is_recorded_and_shown(room: Room) -> None:
    room.add(room.pair.kairat.my_card().encode())
    room.presenter.mark_compared()
    room.settle()
    assert room.contact_page().is_compared
    assert room.screen.lines[0].is_compared
    assert room.pair.aida.contacts()[0].is_compared


def test_the_same_card_again_keeps_what_was_compared_and_the_older_way(room: Room) -> None:
    card = room.pair.kairat.my_card().encode()
    room.add(card)
    room.presenter.mark_compared()
    room.settle()
    room.presenter.set_classic(True)
    room.settle()
    room.add(card)
    assert room.contact_page().is_compared
    assert room.contact_page().is_classic
    assert room.shell.said


def test_the_older_way_is_a_choice_that_can_be_taken_back(room: Room) -> None:
    room.add(room.pair.kairat.my_card().encode())
    room.presenter.set_classic(True)
    room.settle()
    assert room.contact_page().is_classic
    assert room.pair.aida.contacts()[0].profile == "classic"
    room.presenter.set_classic(False)
    room.settle()
    assert room.pair.aida.contacts()[0].profile == "pq"


def test_another_key_under_a_known_name_stops_before_anything_is_pinned(
    room: Room, stranger: Notebook
) -> None:
    room.add(room.pair.kairat.my_card().encode())
    room.add(stranger.my_card().encode())
    page = room.doubt_page()
    assert page.before.digits == room.pair.kairat.my_card().fingerprint()
    assert page.now.digits == stranger.my_card().fingerprint()
    assert len(room.pair.aida.contacts()) == 1


def test_leaving_everything_as_it_is_shows_the_known_contact(
    room: Room, stranger: Notebook
) -> None:
    room.add(room.pair.kairat.my_card().encode())
    room.add(stranger.my_card().encode())
    room.presenter.keep_known()
    room.settle()
    assert room.contact_page().id == room.pair.kairat.author
    assert len(room.pair.aida.contacts()) == 1


def test_a_namesake_can_be_added_all_the_same(room: Room, stranger: Notebook) -> None:
    room.add(room.pair.kairat.my_card().encode())
    room.add(stranger.my_card().encode())
    room.presenter.take_doubtful()
    room.settle()
    assert room.contact_page().id == stranger.author
    assert len(room.pair.aida.contacts()) == 2


def test_somebody_elses_card_with_ones_own_name_stops_before_anything_is_pinned(
    room: Room, tmp_path: Path
) -> None:
    twin = create(tmp_path / "twin", "twin", room.pair.aida.author_name)
    card = twin.my_card()
    twin.close()
    room.presenter.enter(Place(room="contacts"))
    room.settle()
    room.add(card.encode())
    page = room.doubt_page()
    assert "your own name" in page.what
    assert page.before.digits == room.pair.aida.my_card().fingerprint()
    assert page.now.digits == card.fingerprint()
    assert room.pair.aida.contacts() == []
    room.presenter.keep_known()
    room.settle()
    assert room.pair.aida.contacts() == []
    room.add(card.encode())
    room.presenter.take_doubtful()
    room.settle()
    assert room.contact_page().id == card.author_id()


def test_a_changed_card_stops_and_taken_it_is_not_compared_any_more(room: Room) -> None:
    room.add(room.pair.kairat.my_card().encode())
    room.presenter.mark_compared()
    room.settle()
    room.add(changed_card(room.pair.kairat))
    page = room.doubt_page()
    assert page.before.digits != page.now.digits
    assert room.pair.aida.contacts()[0].is_compared
    room.presenter.take_doubtful()
    room.settle()
    assert not room.contact_page().is_compared
    assert len(room.pair.aida.contacts()) == 1


def changed_card(notebook: Notebook) -> str:
    """A card by the same signing key with another sealing key, as after a move to a new device."""
    own = notebook._core.identity
    other = Identity.generate(own.name, Seeded("another"))
    return replace(own, hybrid=other.hybrid).card().encode()


def test_a_card_is_read_from_a_file(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "card.txt"
    path.write_text(room.pair.kairat.my_card().encode(), "utf-8")
    room.presenter.add_files([path])
    room.settle()
    assert room.contact_page().id == room.pair.kairat.author


def test_a_file_that_is_no_text_is_no_card(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "card.txt"
    path.write_bytes(b"\xff\xfe\x00" * 100)
    room.presenter.add_files([path])
    room.settle()
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.BAD_CARD


def test_my_card_is_saved_for_its_owner_alone_and_copied(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "card.txt"
    room.presenter.save_card(path)
    room.presenter.copy_card()
    room.settle()
    assert path.read_text("utf-8") == room.pair.aida.my_card().encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert room.shell.copied == [room.pair.aida.my_card().encode()]


def test_what_is_being_added_stays_when_a_contact_comes_from_elsewhere(room: Room) -> None:
    room.presenter.ask_to_add()
    _contact, changes = room.pair.aida.add_contact(room.pair.kairat.my_card().encode())
    room.presenter.changed(changes)
    room.settle()
    assert room.screen.page == "adding"
    assert len(room.screen.lines) == 1


def test_the_room_offers_its_two_actions(room: Room) -> None:
    actions = room.presenter.actions()
    assert set(actions) == {"add-contact", "save-card"}
    actions["save-card"]()
    assert room.screen.page == "saving"


def test_who_a_contact_is_can_be_said_and_taken_back(room: Room) -> None:
    room.pair.introduce()
    room.presenter.enter(Place(room="contacts", contact=room.pair.kairat.author))
    room.settle()
    page = room.contact_page()
    assert page.role == ""
    assert dict(page.roles)["court"]
    room.presenter.set_role("court")
    room.settle()
    assert room.contact_page().role == "court"
    assert room.pair.aida.contact("Қайрат").role == "court"
    room.presenter.set_role("")
    room.settle()
    assert room.contact_page().role == ""
