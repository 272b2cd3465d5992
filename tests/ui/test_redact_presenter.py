"""The room of a copy with pseudonyms: nothing is written before the person makes it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebook.copying import Copying
from notebook.errors import Code, NotebookError
from notebook.media import Region
from notebook.model import CaseId, Changes, RecordId
from tests.ui.handover_support import FakeShell, WaitingRunner, session
from tests.ui.test_redact_review import Story, make_story
from ui.redact_look import DonePage, LookPage
from ui.redact_pages import BarKind, BarPage, ReadPage, Step, Way
from ui.redact_picture_pages import PicturesPage
from ui.redact_presenter import RedactPresenter
from ui.redact_what import WhatPage
from ui.rooms import Place
from ui.session import Session


@dataclass
class FakeScreen:
    """Remembers what was shown last."""

    step: str = ""
    what: WhatPage | None = None
    read: ReadPage | None = None
    way: Way | None = None
    bar: BarPage | None = None
    pictures: PicturesPage | None = None
    look: LookPage | None = None
    done: DonePage | None = None
    lack: str = ""
    trouble: NotebookError | None = None
    progress: list[tuple[int, int]] = field(default_factory=list)
    seen: list[tuple[int, int]] = field(default_factory=list)

    def show_what(self, page: WhatPage) -> None:
        self.step, self.what = "what", page

    def show_no_cases(self) -> None:
        self.step = "no cases"

    def show_working(self, words: str, step: Step, *, can_cancel: bool) -> None:
        self.step = "working"

    def show_progress(self, done: int, total: int) -> None:
        self.progress.append((done, total))

    def show_read(self, page: ReadPage, way: Way) -> None:
        self.step, self.read, self.way = "read", page, way

    def show_bar(self, bar: BarPage) -> None:
        self.bar = bar

    def show_pictures(self, page: PicturesPage) -> None:
        self.step, self.pictures = "pictures", page

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        self.seen.append((width, height))

    def show_look(self, page: LookPage) -> None:
        self.step, self.look = "look", page

    def show_done(self, page: DonePage) -> None:
        self.step, self.done = "done", page

    def show_lack(self, sentence: str) -> None:
        self.lack = sentence

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """The room over a real notebook, whose jobs are done when the test says so."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.runner = WaitingRunner()
        self.session: Session = session(story.notebook, self.runner)
        self.screen, self.shell = FakeScreen(), FakeShell()
        self.presenter = RedactPresenter(self.session, self.screen, self.shell)
        self.session.listen(self.presenter.changed)

    def rest(self) -> None:
        self.runner.go_on_to_the_end()

    def enter(self, place: Place | None = None) -> None:
        self.presenter.enter(place or Place(room="redact", case=self.story.case))
        self.rest()

    def on(self) -> None:
        self.presenter.go_on()
        self.rest()

    def to_reading(self) -> None:
        self.enter()
        self.on()
        assert self.screen.step == "read"

    def to_look(self) -> None:
        self.to_reading()
        self.presenter.skip()
        self.rest()
        self.on()
        assert self.screen.step == "look", self.screen.step

    @property
    def cases(self) -> int:
        return len(self.story.notebook.cases())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    story = make_story(tmp_path)
    yield Room(story)
    story.notebook.close()


def test_from_the_case_to_the_copy_and_on_to_sealing(room: Room) -> None:
    room.to_reading()
    for _record in range(3):
        room.on()
    assert room.screen.step == "pictures"
    room.on()
    assert room.screen.step == "look"
    assert room.cases == 1
    room.presenter.set_title("For a partner")
    room.on()
    assert room.screen.step == "done"
    assert room.cases == 2
    room.on()
    [place] = room.shell.places
    assert place.room == "seal"
    assert room.story.notebook.record(RecordId(place.case or "")).title == "For a partner"


def test_nothing_is_written_to_the_journal_before_it_is_made(room: Room) -> None:
    notebook = room.story.notebook
    before = {row.id: len(notebook.history(row.id)) for row in notebook.rows()}
    room.to_look()
    assert {row.id: len(notebook.history(row.id)) for row in notebook.rows()} == before
    assert room.cases == 1


def test_making_can_be_cancelled(room: Room) -> None:
    room.to_look()
    room.presenter.go_on()
    room.presenter.go_back()
    room.rest()
    assert room.screen.step == "look"
    assert room.cases == 1
    assert room.shell.said == ["Cancelled. Nothing was made."]


def test_looking_for_names_can_be_cancelled(room: Room) -> None:
    room.enter()
    room.presenter.go_on()
    assert room.screen.step == "working"
    room.presenter.go_back()
    room.rest()
    assert room.screen.step == "what"


def test_a_mark_is_decided_by_keyboard_alone(room: Room) -> None:
    room.to_reading()
    room.presenter.reading.choose_record(room.story.interview)
    assert room.screen.bar
    assert room.screen.bar.words == "\u2068Павл…\u2069"
    room.presenter.reading.accept()
    assert room.screen.bar.words != "\u2068Павл…\u2069"
    actions = room.presenter.actions()
    actions["previous-mark"]()
    actions["black-out"]()
    assert room.screen.bar.instead == ""
    actions["next-record"]()
    assert room.screen.read
    assert room.screen.read.record == room.story.note
    actions["previous-record"]()
    assert room.screen.read.record == room.story.interview


def test_an_open_mark_is_left_only_with_a_reason(room: Room) -> None:
    room.to_reading()
    room.presenter.reading.choose_record(room.story.interview)
    room.presenter.reading.leave("  ", False)
    assert room.screen.bar
    assert "stays as it is" not in room.screen.bar.note
    room.presenter.reading.leave("a town", False)
    assert "a town" in room.screen.bar.note


def test_words_that_are_selected_are_replaced_everywhere(room: Room) -> None:
    room.to_reading()
    reading = room.presenter.reading
    reading.choose_record(room.story.note)
    reading.select("title", 0, 0, 5)
    assert room.screen.bar
    assert (room.screen.bar.kind, room.screen.bar.words) == (BarKind.WORDS, "\u2068Тимка\u2069")
    reading.take("Y", True)
    room.rest()
    assert room.screen.bar.kind is BarKind.MARK
    reading.choose_record(room.story.interview)
    assert room.screen.read
    assert sum(piece.text == "\u202f\u2068Y\u2069" for piece in room.screen.read.pieces) == 2
    # One's own mark goes without a reason.
    reading.choose_record(room.story.note)
    reading.choose_mark(0)
    reading.leave("", False)
    assert not any("Y" in piece.text for piece in room.screen.read.pieces)


def test_a_field_and_a_record_are_left_out(room: Room) -> None:
    room.to_reading()
    reading = room.presenter.reading
    reading.choose_record(room.story.interview)
    reading.choose_field("date")
    assert room.screen.bar
    assert room.screen.bar.kind is BarKind.FIELD
    reading.let_field_go(False)
    assert not room.screen.bar.goes
    reading.choose_record(room.story.note)
    reading.let_record_go(False)
    assert room.screen.read
    assert not room.screen.read.goes
    room.presenter.skip()
    room.on()
    assert room.screen.look
    stays = " ".join(room.screen.look.stays)
    assert "1 field that you leave out" in stays
    assert "1 record that you leave out" in stays


def test_the_look_warns_first(room: Room) -> None:
    room.to_look()
    assert room.screen.look
    warnings = [what for what, _more in room.screen.look.warnings]
    assert warnings[0] == "3 records were not read by you."
    assert any("in doubt" in what for what in warnings)
    assert any("speaks" in limit for limit in room.screen.look.limits)


def test_a_consent_that_lets_nobody_be_told_from_others_is_said(room: Room) -> None:
    answers = {"title": "C", "covers": [room.story.interview], "level_court": "none"}
    room.story.notebook.add("consent", room.story.case, answers)
    room.to_look()
    assert room.screen.look
    assert any("told from others" in what for what, _more in room.screen.look.warnings)


def test_a_file_that_goes_has_its_words_read_too(room: Room) -> None:
    room.to_reading()
    room.presenter.skip()
    room.rest()
    assert room.screen.pictures
    assert not room.screen.pictures.is_picture
    room.presenter.pictures.let_go(True)
    assert "same file" in room.screen.pictures.said
    room.on()
    assert room.screen.step == "read"
    assert room.screen.read
    assert room.screen.read.record == room.story.file
    room.presenter.skip()
    assert room.screen.step == "look"
    room.on()
    assert room.screen.step == "done"
    case = next(c.id for c in room.story.notebook.cases() if c.id != RecordId(room.story.case))
    assert len(room.story.notebook.rows(type="evidence", case=CaseId(case))) == 1


def test_a_review_that_was_interrupted_is_offered_again(room: Room) -> None:
    room.to_reading()
    room.presenter.reading.choose_record(room.story.interview)
    room.presenter.reading.take("Z", False)
    room.on()
    room.presenter.flush()
    room.rest()
    # The process ended; another one opens the room.
    again = Room(room.story)
    again.enter()
    assert again.screen.what
    assert again.screen.what.begun.endswith("1 record is read.")
    again.on()
    assert again.screen.step == "read"
    again.presenter.reading.choose_record(room.story.interview)
    assert again.screen.read
    assert any(piece.text == "\u202f\u2068Z\u2069" for piece in again.screen.read.pieces)


def test_back_at_the_first_step_nothing_that_was_decided_is_lost(room: Room) -> None:
    room.to_reading()
    room.presenter.reading.choose_record(room.story.interview)
    room.presenter.reading.take("Z", False)
    room.presenter.go_back()
    room.rest()
    room.presenter.choose_record(room.story.note, False)
    room.on()
    assert room.screen.read
    room.presenter.reading.choose_record(room.story.interview)
    assert any(piece.text == "\u202f\u2068Z\u2069" for piece in room.screen.read.pieces)
    assert any("left out" in row.second for row in room.screen.read.rows)
    # Called otherwise, people are to be read of anew.
    room.presenter.go_back()
    room.rest()
    room.presenter.choose_by_number(True)
    assert room.screen.what
    assert room.screen.what.begun == ""
    room.on()
    room.presenter.reading.choose_record(room.story.interview)
    assert not any("Z" in piece.text for piece in room.screen.read.pieces)
    assert any("Person 1" in piece.text for piece in room.screen.read.pieces)


def test_what_was_begun_is_forgotten_when_somebody_says_so_and_when_the_copy_is_made(
    room: Room,
) -> None:
    room.to_reading()
    room.presenter.flush()
    room.rest()
    again = Room(room.story)
    again.enter()
    again.presenter.drop_begun()
    again.rest()
    assert room.story.notebook.drafts.review(room.story.case) is None
    again.to_look()
    again.presenter.flush()
    again.rest()
    assert room.story.notebook.drafts.review(room.story.case) is not None
    again.on()
    assert again.screen.step == "done"
    again.presenter.flush()
    again.rest()
    assert room.story.notebook.drafts.review(room.story.case) is None


def test_what_is_written_meanwhile_is_proposed_anew_and_decisions_stay(room: Room) -> None:
    room.to_reading()
    reading = room.presenter.reading
    reading.choose_record(room.story.interview)
    reading.take("Z", False)
    room.session.change(lambda notebook: notebook.edit(room.story.note, {"text": "Павел и Павла"}))
    room.rest()
    assert room.screen.read
    assert room.screen.read.record == room.story.interview
    assert any(piece.text == "\u202f\u2068Z\u2069" for piece in room.screen.read.pieces)
    reading.choose_record(room.story.note)
    assert len([piece for piece in room.screen.read.pieces if piece.mark is not None]) > 3


def test_elsewhere_it_waits_until_the_person_comes_back(room: Room) -> None:
    room.to_reading()
    room.presenter.flush()
    room.rest()
    room.session.change(lambda notebook: notebook.edit(room.story.note, {"text": "Павла"}))
    room.rest()
    assert room.screen.step == "read"
    room.presenter.enter(Place(room="redact", case=room.story.case))
    assert room.screen.step == "working"
    room.rest()
    assert room.screen.step == "read"


def test_a_case_in_which_people_disagree_is_said_so(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.enter()

    def refuse(*_args: object) -> None:
        raise NotebookError(
            Code.BAD_INPUT,
            "They disagree.",
            "Nothing was made.",
            "Settle it.",
            records=(room.story.interview,),
        )

    monkeypatch.setattr(Copying, "propose", refuse)
    room.on()
    assert room.screen.step == "what"
    assert room.screen.trouble
    assert room.screen.trouble.what == "They disagree."
    assert room.screen.trouble.next_step == "Settle it. It is about: \u2068Talk\u2069."


def test_a_case_and_a_record_must_be_chosen(room: Room) -> None:
    room.story.notebook.add("case", None, {"title": "Another"})
    room.enter(Place(room="redact"))
    room.on()
    assert room.screen.lack == "Choose a case."
    room.presenter.choose_case(room.story.case)
    room.rest()
    room.presenter.choose_every(False)
    room.on()
    assert room.screen.lack == "Choose at least one record."
    room.presenter.choose_record(room.story.note, True)
    room.on()
    assert room.screen.step == "read"
    assert room.screen.read
    assert [row.id for row in room.screen.read.rows if "left out" not in row.second] == [
        RecordId(room.story.case),
        room.story.note,
    ]


def test_from_a_record_it_goes_with_whom_it_names(room: Room) -> None:
    consent = room.story.notebook.add(
        "consent", room.story.case, {"title": "C", "covers": [room.story.interview]}
    )[0]
    place = Place(room="redact", case=room.story.case, record=room.story.interview)
    room.enter(place)
    assert room.screen.what
    chosen = {line.id for line in room.screen.what.records if line.is_chosen}
    assert chosen == {room.story.interview, room.story.person, consent}


def test_without_a_case_it_teaches_the_next_step(tmp_path: Path) -> None:
    story = make_story(tmp_path)
    story.notebook.cases = list  # type: ignore[method-assign]  # none yet
    room = Room(story)
    room.enter(Place(room="redact"))
    assert room.screen.step == "no cases"
    room.presenter.go_to_desk()
    assert room.shell.places[-1].room == "desk"
    story.notebook.close()


def test_a_page_in_clear_is_written_and_said(room: Room, tmp_path: Path) -> None:
    room.to_look()
    out = tmp_path / "page.html"
    room.presenter.write_page(out)
    room.rest()
    assert "W-01" in out.read_text("utf-8")
    assert "Павел" not in out.read_text("utf-8")
    assert room.screen.step == "look"
    assert "Anyone can read it" in room.shell.said[-1]
    assert room.cases == 1
    room.presenter.choose_purpose("court")
    room.presenter.write_page(tmp_path / "second.html")
    room.rest()
    assert room.screen.trouble
    assert room.screen.trouble.code is Code.CONSENT_REFUSED
    # By its title, and not by its id.
    assert "\u2068Тимка\u2069" in room.screen.trouble.what
    assert room.story.interview not in room.screen.trouble.what
    assert not (tmp_path / "second.html").exists()


def test_a_copy_needs_a_name(room: Room) -> None:
    room.to_look()
    room.presenter.set_title("  ")
    room.on()
    assert room.screen.lack == "Give the copy a name."
    assert room.cases == 1


def test_a_copy_whose_name_names_somebody_is_not_made_and_nothing_is_lost(
    room: Room, tmp_path: Path
) -> None:
    room.to_look()
    assert room.screen.look
    room.presenter.set_title("What Павел said")
    for attempt in (room.on, lambda: room.presenter.write_page(tmp_path / "page.html")):
        attempt()
        room.rest()
        assert room.screen.step == "look"
        assert room.screen.trouble is not None
        assert room.screen.trouble.code is Code.BAD_INPUT
        assert room.screen.look.title == "What Павел said"
    assert not (tmp_path / "page.html").exists()
    room.presenter.set_title("What was said")
    room.on()
    assert room.screen.step == "done"


def test_regions_need_a_picture_that_was_seen(room: Room) -> None:
    room.to_reading()
    room.presenter.skip()
    room.rest()
    room.presenter.pictures.add_region(Region(x=0, y=0, width=1, height=1))
    assert room.screen.pictures
    assert not room.screen.pictures.goes


def test_a_new_visit_after_a_copy_begins_anew(room: Room) -> None:
    room.to_look()
    room.on()
    assert room.screen.step == "done"
    room.enter()
    assert room.screen.step == "what"
    room.presenter.changed(Changes())
