from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.notebook.support_exchange import opened
from tests.notebook.support_notebook import case_in, create, interview_in
from tests.ui.handover_support import FakeShell, Pair, WaitingRunner, make_pair, session
from ui.rooms import Place
from ui.seal_leaving import LeavingPage
from ui.seal_look_pages import LookPage
from ui.seal_pages import DonePage, WhatPage, WherePage, WhomPage, done_page
from ui.seal_presenter import SealPresenter

PLENTY_BYTES = 10 * 2**30


def ignore(_words: str) -> None:
    """Nobody cancels."""


class FakeScreen:
    def __init__(self) -> None:
        self.shown = ""
        self.what: WhatPage | None = None
        self.whom: WhomPage | None = None
        self.look: LookPage | None = None
        self.where: WherePage | None = None
        self.record: LeavingPage | None = None
        self.done: DonePage | None = None
        self.progress: list[tuple[int, int, str]] = []
        self.on_progress: Callable[[str], None] = ignore
        self.lack = ""
        self.trouble: NotebookError | None = None

    def show_what(self, page: WhatPage) -> None:
        self.shown, self.what = "what", page

    def show_whom(self, page: WhomPage) -> None:
        self.shown, self.whom = "whom", page

    def show_no_cases(self) -> None:
        self.shown = "no cases"

    def show_no_contacts(self) -> None:
        self.shown = "no contacts"

    def show_looking(self) -> None:
        self.shown = "looking"

    def show_look(self, page: LookPage) -> None:
        self.shown, self.look = "look", page

    def show_record(self, page: LeavingPage) -> None:
        self.record = page

    def show_where(self, page: WherePage) -> None:
        self.shown, self.where = "where", page

    def show_sealing(self) -> None:
        self.shown = "sealing"

    def show_progress(self, done: int, total: int, words: str) -> None:
        self.progress.append((done, total, words))
        self.on_progress(words)

    def show_finishing(self) -> None:
        self.shown = "finishing"

    def show_done(self, page: DonePage) -> None:
        self.shown, self.done = "done", page

    def show_lack(self, sentence: str) -> None:
        self.lack = sentence

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """Aida seals."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair = pair
        self.folder = folder
        self.free_bytes = PLENTY_BYTES
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        self.now_s = 0.0
        asked = session(pair.aida, self.runner)
        self.presenter = SealPresenter(
            asked,
            self.screen,
            self.shell,
            free_bytes=lambda _folder: self.free_bytes,
            now_s=self._now_s,
        )
        asked.listen(self.presenter.changed)

    def _now_s(self) -> float:
        self.now_s += 1.0
        return self.now_s

    def enter(self, case: CaseId | None = None) -> None:
        self.presenter.enter(Place(room="seal", case=case))
        self.settle()

    def settle(self) -> None:
        self.runner.go_on_to_the_end()

    def go_on(self) -> None:
        self.presenter.go_on()
        self.settle()

    def look(self) -> LookPage:
        """Go to the look, for Kairat."""
        self.enter()
        self.go_on()
        self.presenter.choose_reader(self.pair.kairat.author, True)
        self.go_on()
        return self.look_page()

    def look_page(self) -> LookPage:
        assert self.screen.shown == "look"
        assert self.screen.look is not None
        return self.screen.look

    def where(self) -> WherePage:
        """Go on to the folder, and choose it."""
        self.go_on()
        self.presenter.choose_folder(self.folder)
        self.settle()
        assert self.screen.where is not None
        return self.screen.where

    def seal(self) -> DonePage:
        """Seal what was looked at."""
        self.where()
        self.go_on()
        assert self.screen.shown == "done"
        assert self.screen.done is not None
        return self.screen.done

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    pair = make_pair(tmp_path)
    folder = tmp_path / "out"
    folder.mkdir()
    pair.introduce()
    yield Room(pair, folder)
    pair.aida.close()
    pair.kairat.close()


def say_no(room: Room) -> None:
    """A recorded no to giving the interview to one's own team."""
    room.pair.aida.add(
        "consent",
        room.pair.case,
        {"title": "No", "covers": [room.pair.interview], "use_team": "no"},
    )


def test_without_a_case_there_is_nothing_to_seal_and_the_desk_is_one_step_away(
    tmp_path: Path,
) -> None:
    empty = create(tmp_path / "empty")
    screen, shell, runner = FakeScreen(), FakeShell(), WaitingRunner()
    presenter = SealPresenter(
        session(empty, runner), screen, shell, free_bytes=lambda _f: 0, now_s=lambda: 0.0
    )
    presenter.enter(Place(room="seal"))
    runner.go_on_to_the_end()
    assert screen.shown == "no cases"
    presenter.go_to_desk()
    assert shell.places == [Place(room="desk")]
    empty.close()


def test_without_a_contact_the_contacts_are_one_step_away(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    room = Room(pair, tmp_path)
    room.enter()
    room.go_on()
    assert room.screen.shown == "no contacts"
    room.presenter.go_to_contacts()
    assert room.shell.places == [Place(room="contacts")]
    pair.aida.close()
    pair.kairat.close()


def test_the_case_one_is_in_is_the_one_that_goes(room: Room) -> None:
    other = case_in(room.pair.aida, "Autumn")
    room.enter(other)
    assert room.screen.what is not None
    assert {case.title for case in room.screen.what.cases if case.is_chosen} == {"Autumn"}
    assert not room.screen.what.is_every


def test_one_goes_on_only_with_a_case_and_a_reader(room: Room) -> None:
    room.enter()
    room.presenter.choose_every(False)
    room.go_on()
    assert room.screen.shown == "what"
    assert room.screen.lack
    room.presenter.choose_case(room.pair.case, True)
    room.go_on()
    room.screen.lack = ""
    room.go_on()
    assert room.screen.shown == "whom"
    assert room.screen.lack


def test_taking_one_case_out_of_all_leaves_the_others(room: Room) -> None:
    case_in(room.pair.aida, "Autumn")
    room.enter()
    room.presenter.choose_case(room.pair.case, False)
    assert room.screen.what is not None
    assert {case.title for case in room.screen.what.cases if case.is_chosen} == {"Autumn"}


def test_a_reader_who_was_not_compared_is_warned_of_and_stops_nothing(room: Room) -> None:
    look = room.look()
    assert room.screen.whom is not None
    assert "Қайрат" in room.screen.whom.warning
    assert any("compared" in group.sentence for group in look.warnings)
    assert look.may_go_on


def test_a_compared_reader_is_not_warned_of(room: Room) -> None:
    room.pair.aida.mark_compared(room.pair.kairat.author)
    look = room.look()
    assert room.screen.whom is not None
    assert room.screen.whom.warning == ""
    assert not any("compared" in group.sentence for group in look.warnings)


def test_every_record_and_file_that_leaves_is_named(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"sound" * 100), file_name="talk.ogg")
    look = room.look()
    assert {"Spring", "Сұхбат", "talk.ogg"} <= {row.title for row in look.rows}
    assert "2 records" in look.summary
    assert "1 file" in look.summary


def test_a_missing_consent_is_a_warning_that_names_the_record(room: Room) -> None:
    look = room.look()
    named = {n.title for group in look.warnings for n in group.named}
    assert named == {"Сұхбат"}
    assert look.refusals == ()
    row = next(row for row in look.rows if row.title == "Сұхбат")
    assert "consent" in row.second


def test_a_thousand_warnings_are_one_sentence_with_a_few_names(room: Room) -> None:
    for number in range(20):
        interview_in(room.pair.aida, room.pair.case, title=f"Talk {number}")
    look = room.look()
    group = next(group for group in look.warnings if group.named)
    assert len(group.all) == 21
    assert len(group.named) < 10
    assert group.more


def test_a_recorded_no_stops_until_it_is_left_out_and_can_be_put_back(room: Room) -> None:
    say_no(room)
    look = room.look()
    assert [n.title for group in look.refusals for n in group.named] == ["Сұхбат"]
    assert not look.may_go_on
    room.go_on()
    assert room.screen.shown == "look"
    room.presenter.leave_out((room.pair.interview,))
    room.settle()
    look = room.look_page()
    assert look.may_go_on
    assert [named.title for named in look.left_out] == ["Сұхбат"]
    assert "Сұхбат" not in {row.title for row in look.rows}
    room.presenter.put_back(room.pair.interview)
    room.settle()
    assert not room.look_page().may_go_on
    assert room.look_page().left_out == ()


def test_what_was_left_out_is_not_in_the_bundle(room: Room) -> None:
    say_no(room)
    room.look()
    room.presenter.leave_out((room.pair.interview,))
    room.settle()
    room.seal()
    room.pair.kairat.open_bundle(room.files(), accept_unknown=False)
    assert [row.title for row in room.pair.kairat.rows(type="interview")] != ["Сұхбат"]


def test_what_was_kept_back_stays_so_after_the_way_back_and_on_again(room: Room) -> None:
    title = next(row.title for row in room.look().rows if row.id == room.pair.interview)
    other, _ = room.pair.aida.add("interview", room.pair.case, {"title": "T", "account": "CANARY"})
    room.settle()
    room.presenter.leave_out((room.pair.interview,))
    room.settle()
    room.presenter.choose_field(other, "account", False)
    room.settle()
    # To look at the readers again, or at the cases, takes nothing of that back.
    for steps in (1, 2):
        for _step in range(steps):
            room.presenter.go_back()
            room.settle()
        for _step in range(steps):
            room.go_on()
        assert [named.title for named in room.look_page().left_out] == [title]
    room.seal()
    room.pair.kairat.open_bundle(room.files(), accept_unknown=False)
    assert [row.title for row in room.pair.kairat.rows(type="interview")] == ["T"]
    assert "account" not in room.pair.kairat.record(other).fields


def test_a_reason_is_for_those_readers_alone(room: Room) -> None:
    room.presenter.choose_purpose("partner")
    room.settle()
    assert not room.look().may_go_on
    room.presenter.give_reason("It is urgent.")
    room.settle()
    assert room.look_page().may_go_on
    room.presenter.go_back()
    room.go_on()
    assert room.look_page().may_go_on
    room.presenter.go_back()
    stranger = create(room.folder.parent / "third", "third", "Third")
    third = room.pair.aida.add_contact(stranger.my_card().encode())[0].id
    stranger.close()
    room.presenter.choose_reader(third, True)
    room.go_on()
    assert not room.look_page().may_go_on


def test_a_record_whose_consent_says_no_is_not_marked_as_good(room: Room) -> None:
    say_no(room)
    refused = next(row for row in room.look().rows if row.id == room.pair.interview)
    assert refused.marks == ()
    assert "says no" in refused.second


def test_a_damaged_file_is_named_and_can_be_left_out(room: Room) -> None:
    aida = room.pair.aida
    sound, _ = aida.attach(room.pair.interview, BytesIO(b"sound"), file_name="talk.ogg")
    (path,) = (path for path in aida.folder.joinpath("objects").rglob("*") if path.is_file())
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    room.look()
    room.where()
    room.go_on()
    assert room.screen.trouble is not None
    assert "talk.ogg" in room.screen.trouble.what
    assert "No bundle was left there" in room.screen.trouble.safe
    assert room.files() == []
    room.presenter.go_back()
    room.presenter.leave_out((sound,))
    room.settle()
    room.go_on()
    room.go_on()
    assert room.screen.shown == "done"
    assert room.screen.trouble is None


def test_a_file_that_goes_alone_says_so(room: Room, tmp_path: Path) -> None:
    aida, kairat = room.pair.aida, room.pair.kairat
    sound, _ = aida.attach(room.pair.interview, BytesIO(b"sound"), file_name="talk.ogg")

    def hand(sender: Notebook, reader: Notebook, *, without_media: bool) -> None:
        request = SealRequest(to=(reader.author,), without_media=without_media)
        files = sender.seal(sender.plan_seal(request), tmp_path)[0].files
        reader.open_bundle(list(files), accept_unknown=False)

    hand(aida, kairat, without_media=True)
    kairat.edit(RecordId(room.pair.case), {"summary": "Read."})
    hand(kairat, aida, without_media=False)
    row = next(row for row in room.look().rows if row.id == sound)
    assert "its file alone" in row.second
    page = opened_record(room, sound)
    assert page.fields == ()
    assert any(fact.startswith("Its file goes alone") for fact in page.facts)


def test_another_purpose_asks_for_another_consent(room: Room) -> None:
    assert room.look().may_go_on
    room.presenter.choose_purpose("court")
    room.settle()
    look = room.look_page()
    assert look.purpose == "court"
    assert not look.may_go_on
    assert dict(look.purposes)["court"]


def test_nothing_leaves_for_a_purpose_that_was_not_looked_at(room: Room) -> None:
    room.look()
    room.presenter.choose_purpose("court")
    room.presenter.go_on()
    room.settle()
    assert room.look_page().purpose == "court"
    assert not room.look_page().may_go_on


def test_drafts_of_these_cases_are_counted_as_left_behind(room: Room) -> None:
    other = case_in(room.pair.aida, "Autumn")
    for number, case in enumerate((room.pair.case, room.pair.case, other)):
        room.pair.aida.drafts.keep(
            Draft(
                id=RecordId(f"{number:032x}"),
                type="note",
                case=case,
                is_new=True,
                fields={"title": "kept"},
                kept_at="2026-03-05T09:00:00Z",
            )
        )
    room.enter(room.pair.case)
    room.go_on()
    room.presenter.choose_reader(room.pair.kairat.author, True)
    room.go_on()
    assert room.look_page().drafts.startswith("2 drafts")


def test_without_drafts_nothing_is_said_of_them(room: Room) -> None:
    assert room.look().drafts == ""


def test_a_folder_without_room_is_not_sealed_into(room: Room) -> None:
    room.look()
    room.free_bytes = 1000
    where = room.where()
    assert not where.may_seal
    assert where.lack
    room.go_on()
    assert room.screen.shown == "where"
    assert room.files() == []


def test_a_folder_that_one_comes_with_is_asked_for_its_room_as_well(room: Room) -> None:
    room.free_bytes = 1000
    room.presenter.enter(Place(room="seal", folder=room.folder))
    room.settle()
    room.look()
    room.go_on()
    assert room.screen.where is not None
    assert room.screen.where.folder == str(room.folder)
    assert room.screen.where.lack
    assert not room.screen.where.may_seal


def test_before_a_folder_is_chosen_nothing_can_be_sealed(room: Room) -> None:
    room.look()
    room.go_on()
    assert room.screen.where is not None
    assert not room.screen.where.may_seal


def test_sealing_writes_one_file_that_the_reader_opens(room: Room) -> None:
    room.look()
    done = room.seal()
    assert [path.name for path in room.files()] == list(done.files)
    assert "Қайрат" in done.readers
    result, _changes = room.pair.kairat.open_bundle(room.files(), accept_unknown=False)
    assert result.new > 0
    assert room.pair.kairat.record(room.pair.interview).title == "Сұхбат"


def test_the_hash_that_is_shown_is_the_files(room: Room) -> None:
    room.look()
    done = room.seal()
    assert done.whole_sha256 == sha256(room.files()[0].read_bytes()).hexdigest()
    room.presenter.copy_hash()
    assert room.shell.copied == [done.whole_sha256]


def test_progress_says_first_sealing_then_reading_back(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 3_000_000), file_name="talk.ogg")
    room.look()
    room.seal()
    words = [words for _done, _total, words in room.screen.progress]
    reading = [text.startswith("Reading it back") for text in words]
    assert not reading[0]
    assert reading[-1]
    assert reading == sorted(reading)
    assert "MB" in words[-1]


def test_what_was_sealed_stands_in_the_journal(room: Room) -> None:
    room.look()
    room.seal()
    kinds = [line.kind for line in room.pair.aida.history(RecordId(room.pair.case))]
    assert "seal" in kinds


def test_a_list_of_checksums_is_written_when_asked_for(room: Room) -> None:
    room.look()
    room.presenter.choose_checksums(True)
    done = room.seal()
    assert any(name.endswith(".sha256") for name in done.files)
    assert len(room.files()) == 2


def test_cancelling_leaves_nothing_and_one_can_seal_again(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 3_000_000), file_name="talk.ogg")
    room.look()
    room.where()
    room.screen.on_progress = lambda _words: room.presenter.cancel()
    room.go_on()
    assert room.files() == []
    assert room.screen.shown == "where"
    assert room.shell.said
    room.screen.on_progress = ignore
    room.go_on()
    assert room.screen.shown == "done"


def test_cancelling_while_it_is_read_back_leaves_nothing(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 3_000_000), file_name="talk.ogg")
    room.look()
    room.where()

    def cancel_late(words: str) -> None:
        if words.startswith("Reading"):
            room.presenter.go_back()

    room.screen.on_progress = cancel_late
    room.go_on()
    assert room.files() == []
    assert room.screen.shown == "where"


def test_a_folder_that_is_gone_is_trouble_and_the_step_stays(room: Room) -> None:
    room.look()
    room.where()
    room.folder.rmdir()
    room.go_on()
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.DISK_ERROR
    assert room.screen.shown == "where"


def test_nothing_to_send_is_a_calm_sentence(room: Room) -> None:
    room.look()
    room.seal()
    room.pair.kairat.open_bundle(room.files(), accept_unknown=False)
    # Kairat's answer tells what Kairat holds.
    room.pair.kairat.add("note", room.pair.case, {"title": "Read"})
    answer = room.folder.parent / "answer"
    answer.mkdir()
    plan = room.pair.kairat.plan_seal(SealRequest(to=(room.pair.aida.author,)))
    result, _changes = room.pair.kairat.seal(plan, answer)
    room.pair.aida.open_bundle(result.files, accept_unknown=False)
    room.go_on()
    look = room.look()
    assert look.empty
    assert "choose “Everything”" in look.empty_advice
    assert look.warnings == ()
    assert not look.may_go_on


def test_a_change_elsewhere_is_looked_at_before_it_leaves(room: Room) -> None:
    room.look()
    room.where()
    _id, changes = room.pair.aida.add("note", room.pair.case, {"title": "Afterthought"})
    room.presenter.changed(changes)
    room.settle()
    assert "Afterthought" in {row.title for row in room.look_page().rows}


def test_the_way_back_leads_through_the_steps_to_handover(room: Room) -> None:
    room.look()
    room.go_on()
    for step in ("look", "whom", "what"):
        room.presenter.go_back()
        room.settle()
        assert room.screen.shown == step
    room.presenter.go_back()
    assert room.shell.places == [Place(room="handover")]


def test_a_look_that_is_not_wanted_any_more_does_not_come_back(room: Room) -> None:
    room.enter()
    room.go_on()
    room.presenter.choose_reader(room.pair.kairat.author, True)
    room.presenter.go_on()
    assert room.screen.shown == "looking"
    room.presenter.go_back()
    room.settle()
    assert room.screen.shown == "whom"


def test_what_was_sealed_while_one_was_elsewhere_is_still_shown_on_return(room: Room) -> None:
    room.look()
    room.where()
    room.presenter.go_on()
    room.presenter.flush()
    room.settle()
    assert room.shell.said
    room.enter()
    assert room.screen.shown == "done"
    room.presenter.flush()
    room.enter()
    assert room.screen.shown == "what"


def test_after_done_one_begins_anew(room: Room) -> None:
    room.look()
    room.seal()
    room.go_on()
    assert room.screen.shown == "what"


def test_readers_of_two_kinds_get_a_bundle_each_and_it_is_said(room: Room, tmp_path: Path) -> None:
    third = create(tmp_path / "third", "third", "Archive")
    room.pair.aida.add_contact(third.my_card().encode(), classic=True)
    room.enter()
    room.go_on()
    room.presenter.choose_reader(room.pair.kairat.author, True)
    room.presenter.choose_reader(third.author, True)
    room.go_on()
    assert "2 bundles" in room.look_page().summary
    done = room.seal()
    assert "2 bundles" in done.title
    assert len(done.files) == 2
    assert {"Archive" in line for line in done.files} == {True, False}
    third.close()


# The preview.


def opened_record(room: Room, record: RecordId) -> LeavingPage:
    room.presenter.open_record(record)
    room.settle()
    assert room.screen.record is not None
    return room.screen.record


def test_a_record_opens_with_its_fields_and_the_versions_before_them(room: Room) -> None:
    room.pair.aida.edit(room.pair.interview, {"account": "First words."})
    room.pair.aida.edit(room.pair.interview, {"account": "Second words.", "mode": "in-person"})
    when = {"date": "2026-03", "started": "2026-03-05T14:05+05:00"}
    room.pair.aida.edit(room.pair.interview, when)
    room.look()
    page = opened_record(room, room.pair.interview)
    fields = {field.name: field for field in page.fields}
    assert fields["date"].text == "March 2026"
    assert fields["started"].text == "5 March 2026, 09:05 UTC"
    assert page.title == "Сұхбат"
    assert "Second words." in fields["account"].text
    assert "First words." in fields["account"].text
    assert "earlier version" in fields["account"].text.lower()
    assert "No consent is recorded for this use." in page.facts


def test_a_field_can_be_kept_back_and_let_go_again(room: Room) -> None:
    room.pair.aida.edit(room.pair.interview, {"account": "Secret words."})
    room.look()
    room.presenter.choose_field(room.pair.interview, "account", False)
    room.settle()
    page = opened_record(room, room.pair.interview)
    assert [f.name for f in page.fields if not f.goes and f.may_change] == ["account"]
    room.seal()
    room.pair.kairat.open_bundle(room.files(), accept_unknown=False)
    assert "account" not in room.pair.kairat.record(room.pair.interview).fields


def test_what_consent_does_not_cover_goes_with_a_reason_and_not_without(room: Room) -> None:
    room.look()
    room.presenter.choose_purpose("court")
    room.settle()
    assert room.look_page().may_override
    room.presenter.give_reason("  She asked me. ")
    room.settle()
    look = room.look_page()
    assert look.may_go_on
    assert look.override == "She asked me."
    room.presenter.give_reason("")
    room.settle()
    assert not room.look_page().may_go_on
    room.presenter.give_reason("She asked me.")
    room.settle()
    room.seal()
    history = room.pair.aida.history(room.pair.interview)
    assert history[-1].details["reason"] == "She asked me."


def test_a_reason_is_one_for_this_use_alone(room: Room) -> None:
    room.look()
    room.presenter.choose_purpose("court")
    room.presenter.give_reason("She asked me.")
    room.presenter.choose_purpose("journalist")
    room.settle()
    assert not room.look_page().may_go_on
    assert room.look_page().override == ""


def test_a_no_cannot_be_passed_over(room: Room) -> None:
    say_no(room)
    assert not room.look().may_override
    room.presenter.give_reason("I want to.")
    room.settle()
    assert not room.look_page().may_go_on


def test_text_first_keeps_the_files_for_later(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 2_000_000), file_name="talk.ogg")
    assert "MB" in room.look().media
    room.presenter.choose_without_media(True)
    room.settle()
    look = room.look_page()
    assert look.is_without_media
    assert "MB" in look.media
    room.seal()
    assert room.files()[0].stat().st_size < 1_000_000


def test_without_files_nothing_is_said_of_keeping_them(room: Room) -> None:
    assert room.look().media == ""


def test_known_names_and_notes_for_the_team_are_said(room: Room) -> None:
    aida, case = room.pair.aida, room.pair.case
    aida.add("person", case, {"title": "P1", "names": ["Гүлнар"]})
    told = {"account": "Гүлнарға айттым.", "interviewer_comment": "Afraid."}
    aida.edit(room.pair.interview, told)
    look = room.look()
    assert any("Notes for the team" in group.sentence for group in look.warnings)
    row = next(row for row in look.rows if row.title == "Сұхбат")
    assert "Гүлнар" in row.second
    page = opened_record(room, room.pair.interview)
    assert any("Гүлнар" in fact for fact in page.facts)
    room.presenter.choose_purpose("court")
    room.settle()
    assert any("A known name" in group.sentence for group in room.look_page().warnings)
    page = opened_record(room, room.pair.interview)
    stays = {field.name: field for field in page.fields if not field.goes}
    assert not stays["interviewer_comment"].may_change


def test_a_withdrawal_that_is_told_with_it_is_said(room: Room) -> None:
    room.look()
    room.seal()
    room.go_on()
    room.pair.aida.withdraw([room.pair.interview], "asked")
    look = room.look()
    (told,) = (group for group in look.warnings if "withdrawal is told" in group.sentence)
    assert told.is_to_know
    assert not any(group.is_to_know for group in look.warnings if group is not told)


def withdrawn_by_kairat(room: Room, records: list[RecordId]) -> None:
    """What Kairat withdraws and did not make: it waits for Aida's word."""
    room.look()
    room.seal()
    opened(room.pair.kairat, room.files())
    room.pair.kairat.withdraw(records, "asked")
    back = room.folder / "back"
    back.mkdir()
    plan = room.pair.kairat.plan_seal(SealRequest(to=(room.pair.aida.author,)))
    answer, _changes = room.pair.kairat.seal(plan, back)
    opened(room.pair.aida, answer)


def test_what_waits_for_a_word_after_a_withdrawal_is_said_to_stay(room: Room) -> None:
    aida, case = room.pair.aida, room.pair.case
    more = [interview_in(aida, case, title=f"Talk {place}") for place in range(7)]
    withdrawn_by_kairat(room, [room.pair.interview, *more])
    third = create(room.folder.parent / "third", "third", "Third")
    reader = third.author
    aida.add_contact(third.my_card().encode())
    third.close()
    room.enter()
    room.go_on()
    room.presenter.choose_reader(reader, True)
    room.go_on()
    look = room.look_page()
    [group] = [one for one in look.warnings if "waits for your word under" in one.sentence]
    assert set(group.all) == {room.pair.interview, *more}
    # Not by its title, which is hidden with the rest.
    assert all(named.title.startswith("Interview") for named in group.named)
    assert not any("Talk" in named.title for named in group.named)
    assert group.more == "and 2 more"


def test_only_a_large_bundle_asks_for_the_size_of_its_files(room: Room) -> None:
    room.look()
    assert room.where().is_in_parts is None
    plan = room.presenter._plan
    assert plan is not None
    room.presenter._plan = replace(plan, size_bytes=3 * 2**30)
    assert room.presenter._where(room.presenter._plan).is_in_parts is True
    room.presenter.choose_parts(False)
    assert room.presenter._where(room.presenter._plan).is_in_parts is False


def test_what_was_perhaps_read_from_memory_is_not_said_to_come_from_the_stick(room: Room) -> None:
    room.look()
    plan = room.presenter._plan
    assert plan is not None
    written, _changes = room.pair.aida.seal(plan, room.folder)
    for is_known in (True, False):
        page = done_page(plan, replace(written, is_from_medium=is_known))
        said = any("memory" in step for step in page.next_steps)
        assert said is not is_known


# Choosing records.


def test_records_are_found_by_their_words_and_chosen_with_what_they_depend_on(room: Room) -> None:
    aida, case = room.pair.aida, room.pair.case
    person = aida.add("person", case, {"title": "P1"})[0]
    aida.edit(room.pair.interview, {"witness": person, "account": "The bridge was closed."})
    interview_in(aida, case, title="Another talk")
    room.enter()
    room.presenter.choose_by_record(True)
    room.settle()
    assert room.screen.what is not None
    offered = {choice.title for choice in room.screen.what.records.choices}
    assert offered == {"Сұхбат", "P1", "Another talk"}
    room.presenter.records.find("bridge")
    room.settle()
    assert [choice.title for choice in room.screen.what.records.choices] == ["Сұхбат"]
    room.presenter.records.choose(room.pair.interview, True)
    room.presenter.records.find("nothing has this")
    room.settle()
    # What is chosen stays in sight.
    (chosen,) = room.screen.what.records.choices
    assert chosen.is_chosen
    assert "go its case" in room.screen.what.records.said
    room.go_on()
    room.presenter.choose_reader(room.pair.kairat.author, True)
    room.go_on()
    rows = {row.title: row.second for row in room.look_page().rows}
    assert rows.keys() == {"Spring", "Сұхбат", "P1"}
    assert "named by what you chose" in rows["P1"]
    room.seal()
    room.pair.kairat.open_bundle(room.files(), accept_unknown=False)
    assert [row.title for row in room.pair.kairat.rows(type="interview")] == ["Сұхбат"]


def test_one_goes_on_only_with_a_record(room: Room) -> None:
    room.enter()
    room.presenter.choose_by_record(True)
    room.settle()
    room.go_on()
    assert room.screen.shown == "what"
    assert "record" in room.screen.lack
    room.presenter.records.choose(room.pair.interview, True)
    room.presenter.records.choose(room.pair.interview, False)
    room.go_on()
    assert room.screen.shown == "what"


def test_whole_cases_go_again_when_that_is_chosen_after_all(room: Room) -> None:
    interview_in(room.pair.aida, room.pair.case, title="Another talk")
    room.enter()
    room.presenter.choose_by_record(True)
    room.settle()
    room.presenter.records.choose(room.pair.interview, True)
    room.presenter.choose_every(True)
    room.go_on()
    room.presenter.choose_reader(room.pair.kairat.author, True)
    room.go_on()
    assert "Another talk" in {row.title for row in room.look_page().rows}
