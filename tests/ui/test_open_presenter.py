from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.handover import Notice, SealRequest
from notebook.merge import OpenResult
from notebook.model import AuthorId, Changes, RecordId
from notebook.notebook import Notebook
from tests.notebook.support_notebook import create
from tests.ui.handover_support import FakeShell, Pair, WaitingRunner, make_pair, session
from ui.open_pages import FilesPage, MergedPage, WhatPage, WhoPage, merged_page
from ui.open_presenter import OpenPresenter
from ui.rooms import Place
from ui.words import isolated


def ignore(_words: str) -> None:
    """Nobody cancels."""


class FakeScreen:
    def __init__(self) -> None:
        self.shown = ""
        self.files: FilesPage | None = None
        self.who: WhoPage | None = None
        self.what: WhatPage | None = None
        self.merged: MergedPage | None = None
        self.progress: list[tuple[int, int, str]] = []
        self.on_progress: Callable[[str], None] = ignore
        self.trouble: NotebookError | None = None

    def show_files(self, page: FilesPage) -> None:
        self.shown, self.files = "files", page

    def show_reading(self) -> None:
        self.shown = "reading"

    def show_who(self, page: WhoPage) -> None:
        self.shown, self.who = "who", page

    def show_what(self, page: WhatPage) -> None:
        self.shown, self.what = "what", page

    def show_opening(self) -> None:
        self.shown = "opening"

    def show_progress(self, done: int, total: int, words: str) -> None:
        self.progress.append((done, total, words))
        self.on_progress(words)

    def show_merged(self, page: MergedPage) -> None:
        self.shown, self.merged = "merged", page

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error


class Room:
    """Kairat opens what Aida sealed."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair = pair
        self.folder = folder
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        asked = session(pair.kairat, self.runner)
        self.presenter = OpenPresenter(asked, self.screen, self.shell, now_s=lambda: 0.0)
        asked.listen(self.presenter.changed)
        self.heard: list[Changes] = []
        asked.listen(self.heard.append)
        self.presenter.enter(Place(room="open"))

    def settle(self) -> None:
        self.runner.go_on_to_the_end()

    def choose(self, *paths: Path) -> None:
        self.presenter.choose_files(paths)
        self.settle()

    def go_on(self) -> None:
        self.presenter.go_on()
        self.settle()

    def open(self, *paths: Path) -> MergedPage:
        """Choose, accept whoever it is, merge."""
        self.choose(*paths)
        self.go_on()
        self.go_on()
        assert self.screen.shown == "merged"
        assert self.screen.merged is not None
        return self.screen.merged

    def who_page(self) -> WhoPage:
        assert self.screen.shown == "who"
        assert self.screen.who is not None
        return self.screen.who

    def sealed(self, *, by: Notebook | None = None, to: AuthorId | None = None) -> Path:
        """A bundle by Aida for Kairat, or by and for somebody else."""
        sealer = by or self.pair.aida
        plan = sealer.plan_seal(SealRequest(to=(to or self.pair.kairat.author,), is_full=True))
        result, _changes = sealer.seal(plan, self.folder)
        return result.files[0]

    def code(self) -> Code:
        assert self.screen.trouble is not None
        return self.screen.trouble.code


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    pair = make_pair(tmp_path)
    pair.aida.add_contact(pair.kairat.my_card().encode())
    folder = tmp_path / "out"
    folder.mkdir()
    yield Room(pair, folder)
    pair.aida.close()
    pair.kairat.close()


def know(room: Room) -> None:
    room.pair.kairat.add_contact(room.pair.aida.my_card().encode())


def objects(notebook: Notebook) -> list[Path]:
    return [path for path in (notebook.folder / "objects").rglob("*") if path.is_file()]


def test_the_first_step_asks_for_a_file(room: Room) -> None:
    assert room.screen.shown == "files"
    assert room.screen.files == FilesPage(names=(), waiting="", on="")


def test_a_bundle_by_somebody_unknown_is_said_to_be_so_with_the_fingerprint(room: Room) -> None:
    room.choose(room.sealed())
    page = room.who_page()
    assert page.tone == "caution"
    assert page.theirs is not None
    assert page.theirs.digits == room.pair.aida.my_card().fingerprint()
    assert page.mine.digits == room.pair.kairat.my_card().fingerprint()
    assert "Aida" in page.sentence


def test_leaving_a_bundle_by_somebody_unknown_changes_nothing(room: Room) -> None:
    room.choose(room.sealed())
    room.presenter.go_back()
    room.settle()
    assert room.screen.shown == "files"
    assert room.pair.kairat.contacts() == []
    assert room.pair.kairat.cases() == []


def test_accepting_pins_the_sealer_as_not_compared_and_merges(room: Room) -> None:
    page = room.open(room.sealed())
    assert page.has_news
    (contact,) = room.pair.kairat.contacts()
    assert contact.id == room.pair.aida.author
    assert contact.how == "accepted"
    assert not contact.is_compared
    assert room.pair.kairat.record(room.pair.interview).title == "Сұхбат"


def test_nothing_is_accepted_before_the_person_goes_on_from_both_pages(room: Room) -> None:
    room.choose(room.sealed())
    room.go_on()
    assert room.screen.shown == "what"
    assert room.pair.kairat.contacts() == []
    assert room.pair.kairat.cases() == []


def test_a_known_sealer_who_was_not_compared_is_shown_for_comparing(room: Room) -> None:
    know(room)
    room.choose(room.sealed())
    page = room.who_page()
    assert page.tone == "caution"
    assert page.theirs is not None


def test_comparing_meanwhile_changes_the_page(room: Room) -> None:
    know(room)
    room.choose(room.sealed())
    room.presenter.changed(room.pair.kairat.mark_compared(room.pair.aida.author))
    room.settle()
    assert room.who_page().tone == "ok"


def test_a_compared_sealer_needs_no_numbers(room: Room) -> None:
    know(room)
    room.pair.kairat.mark_compared(room.pair.aida.author)
    room.choose(room.sealed())
    page = room.who_page()
    assert page.tone == "ok"
    assert page.theirs is None


def test_another_key_under_a_known_name_is_loud(room: Room, tmp_path: Path) -> None:
    know(room)
    impostor = create(tmp_path / "impostor", "impostor", "Aida")
    impostor.add("case", None, {"title": "Spring"})
    impostor.add_contact(room.pair.kairat.my_card().encode())
    room.choose(room.sealed(by=impostor))
    assert room.who_page().tone == "danger"
    impostor.close()


def test_a_name_that_only_looks_like_a_known_one_is_loud_and_names_whom(
    room: Room, tmp_path: Path
) -> None:
    know(room)
    impostor = create(tmp_path / "impostor", "impostor", "\u0410id\u0430")
    impostor.add("case", None, {"title": "Spring"})
    impostor.add_contact(room.pair.kairat.my_card().encode())
    room.choose(room.sealed(by=impostor))
    page = room.who_page()
    assert page.tone == "danger"
    assert isolated("Aida") in page.sentence
    assert isolated("\u0410id\u0430") in page.sentence
    impostor.close()


def test_what_it_brings_is_told_before_it_is_merged(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"sound"), file_name="talk.ogg")
    room.choose(room.sealed())
    room.go_on()
    page = room.screen.what
    assert page is not None
    assert page.day == "5 March 2026"
    assert "1 file" in page.holds
    assert "new here" in page.cases
    assert page.again == ""


def test_a_case_that_is_here_is_named(room: Room) -> None:
    room.open(room.sealed())
    room.go_on()
    room.choose(room.sealed())
    room.go_on()
    assert room.screen.what is not None
    assert "Spring" in room.screen.what.cases


def test_a_bundle_opened_again_says_so_and_brings_nothing(room: Room) -> None:
    path = room.sealed()
    room.open(path)
    room.go_on()
    room.choose(path)
    room.go_on()
    assert room.screen.what is not None
    assert room.screen.what.again
    room.go_on()
    assert room.screen.merged is not None
    assert not room.screen.merged.has_news
    assert room.screen.merged.present


def test_conflicts_are_counted_named_and_lead_to_both_versions(room: Room) -> None:
    room.open(room.sealed())
    room.pair.aida.edit(room.pair.interview, {"title": "One"})
    room.pair.kairat.edit(room.pair.interview, {"title": "Another"})
    room.go_on()
    page = room.open(room.sealed())
    assert page.conflicts.startswith("In 1 record")
    (line,) = page.conflict_lines
    room.presenter.go_to_record(line.id)
    assert room.shell.places[-1] == Place(
        room="desk", type="interview", record=room.pair.interview, is_conflict=True
    )


def media_later(room: Room) -> tuple[RecordId, Path]:
    """Text went first; a bundle with nothing but the file."""
    aida, kairat = room.pair.aida, room.pair.kairat
    sound, _changes = aida.attach(room.pair.interview, BytesIO(b"a voice"), file_name="v")
    request = SealRequest(to=(kairat.author,), without_media=True)
    first, _changes = aida.seal(aida.plan_seal(request), room.folder)
    room.open(*first.files)
    receipt = SealRequest(to=(aida.author,), is_receipt=True)
    answer, _changes = kairat.seal(kairat.plan_seal(receipt), room.folder)
    aida.open_bundle(answer.files, accept_unknown=False)
    plan = aida.plan_seal(SealRequest(to=(kairat.author,)))
    assert plan.size_bytes > 0
    later, _changes = aida.seal(plan, room.folder)
    room.go_on()
    return sound, later.files[0]


def test_a_file_that_was_missing_is_told_and_leads_to_its_evidence(room: Room) -> None:
    sound, later = media_later(room)
    page = room.open(later)
    assert page.new == "No entry in it was new."
    assert page.files == "1 file arrived that was missing or damaged."
    (line,) = page.filled
    assert (line.id, page.more_filled) == (sound, "")
    room.presenter.go_to_evidence(line.id)
    assert room.shell.places[-1] == Place(room="desk", type="evidence", record=sound)


def test_where_no_file_was_missing_nothing_is_said_of_files(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"a voice"), file_name="v")
    page = room.open(room.sealed())
    assert (page.files, page.filled, page.more_filled) == ("", (), "")


def test_many_files_that_were_missing_are_counted(room: Room) -> None:
    aida = room.pair.aida
    for number in range(8):
        aida.attach(room.pair.interview, BytesIO(b"%d" % number), file_name=f"{number}")
    _sound, later = media_later(room)
    page = room.open(later)
    assert page.files.startswith("9 files arrived")
    assert len(page.filled) == 6
    assert page.more_filled == "and 3 more, under Evidence"


def test_without_a_conflict_nothing_is_said_of_any(room: Room) -> None:
    page = room.open(room.sealed())
    assert page.conflicts == ""
    assert page.conflict_lines == ()
    assert page.waiting == ""
    assert page.refused == ()


def test_entries_that_wait_are_said_with_what_to_ask_for() -> None:
    result = OpenResult(
        new=3,
        present=0,
        waiting=2,
        conflicts=0,
        refused=(Notice(code="fork", text="A notebook was copied."),),
        sealer=AuthorId("ab" * 32),
        sealer_name="Aida",
        bundle="cd" * 16,
    )
    page = merged_page(result, (), 0)
    assert page.waiting.startswith("2 entries wait")
    assert "Aida" in page.waiting_advice
    assert page.refused == ("A notebook was copied.",)


def test_what_comes_later_and_what_is_not_for_us_is_counted() -> None:
    result = OpenResult(
        new=3,
        present=0,
        waiting=0,
        conflicts=0,
        later=3,
        withheld=1,
        sealer=AuthorId("ab" * 32),
        sealer_name="Aida",
        bundle="cd" * 16,
    )
    later = merged_page(result, (), 0).later
    assert later.startswith("3 files come later")
    assert later.endswith("1 value in it is not for you.")
    assert merged_page(replace(result, later=0, withheld=0), (), 0).later == ""


def test_a_bundle_for_somebody_else_is_not_for_you(room: Room, tmp_path: Path) -> None:
    third = create(tmp_path / "third", "third", "Third")
    room.pair.aida.add_contact(third.my_card().encode())
    room.choose(room.sealed(to=third.author))
    assert room.code() is Code.NOT_FOR_YOU
    assert room.screen.shown == "files"
    third.close()


@pytest.mark.parametrize("place", [0.0, 0.3, 0.95])
def test_a_changed_file_is_refused_and_nothing_of_it_stays(room: Room, place: float) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"sound" * 9000), file_name="talk.ogg")
    path = room.sealed()
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)
    room.choose(path)
    while room.screen.trouble is None:
        room.go_on()
    assert room.code() in {Code.BUNDLE_DAMAGED, Code.NOT_FOR_YOU, Code.BUNDLE_REFUSED}
    assert room.screen.shown == "files"
    assert room.pair.kairat.cases() == []
    assert objects(room.pair.kairat) == []


def test_after_trouble_one_can_try_again_or_take_another_file(room: Room) -> None:
    path = room.folder / "not.sealed.age"
    path.write_bytes(b"not a bundle")
    room.choose(path)
    assert room.screen.files is not None
    assert room.screen.files.on == "Try again"
    path.write_bytes(room.sealed().read_bytes())
    room.go_on()
    assert room.screen.shown == "who"


def test_a_missing_volume_is_named(room: Room) -> None:
    path = room.folder / "x.sealed.age.002"
    path.write_bytes(b"second part")
    room.choose(path)
    assert room.code() is Code.MISSING_VOLUME


def test_a_file_that_is_gone_is_trouble(room: Room) -> None:
    room.choose(room.folder / "gone.sealed.age")
    assert room.code() is Code.UNREADABLE_FILE


def test_volumes_given_in_any_order_are_one_bundle(room: Room) -> None:
    path = room.sealed()
    content = path.read_bytes()
    parts = [path.with_name(f"{path.name}.{number:03d}") for number in (1, 2)]
    parts[0].write_bytes(content[:5000])
    parts[1].write_bytes(content[5000:])
    page = room.open(parts[1], parts[0])
    assert page.has_news


def test_several_bundles_are_opened_one_after_the_other(room: Room) -> None:
    first = room.sealed()
    room.pair.aida.add("note", room.pair.case, {"title": "Later"})
    second = room.sealed()
    page = room.open(first, second)
    assert "1 left" in page.on
    room.go_on()
    assert room.screen.shown == "who"
    room.go_on()
    room.go_on()
    assert room.screen.merged is not None
    assert room.screen.merged.has_news
    assert [row.title for row in room.pair.kairat.rows(type="note")] == ["Later"]
    room.go_on()
    assert room.shell.places == [Place(room="desk")]


def test_a_damaged_bundle_does_not_stand_in_the_way_of_the_next(room: Room) -> None:
    bad = room.folder / "bad.sealed.age"
    bad.write_bytes(b"nothing")
    good = room.sealed()
    room.choose(bad, good)
    assert room.code() is Code.BUNDLE_DAMAGED
    assert room.screen.files is not None
    assert room.screen.files.names == (good.name,)
    room.go_on()
    assert room.screen.shown == "who"


def test_cancelling_while_it_is_checked_leaves_nothing(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 3_000_000), file_name="talk.ogg")
    room.choose(room.sealed())
    room.go_on()
    cancel_when(room, "Checking")
    room.go_on()
    assert room.screen.shown == "what"
    assert room.shell.said
    assert room.pair.kairat.cases() == []
    assert objects(room.pair.kairat) == []


def test_cancelling_while_it_is_merged_leaves_nothing_and_one_can_open_it_after_all(
    room: Room,
) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 300_000), file_name="talk.ogg")
    room.choose(room.sealed())
    room.go_on()
    cancel_when(room, "Merging")
    room.go_on()
    assert room.screen.shown == "what"
    assert room.pair.kairat.cases() == []
    assert room.pair.kairat.contacts() == []
    assert objects(room.pair.kairat) == []
    room.screen.on_progress = ignore
    room.go_on()
    assert room.screen.shown == "merged"
    assert len(objects(room.pair.kairat)) == 1


def test_cancelling_between_checking_and_merging_leaves_nothing(room: Room) -> None:
    room.pair.aida.attach(room.pair.interview, BytesIO(b"x" * 300_000), file_name="talk.ogg")
    room.choose(room.sealed())
    room.go_on()
    room.presenter.go_on()
    room.runner.go_on()
    room.presenter.go_back()
    room.settle()
    assert room.screen.shown == "what"
    assert room.pair.kairat.cases() == []
    assert objects(room.pair.kairat) == []


def cancel_when(room: Room, wanted: str) -> None:
    """Cancel as soon as progress says this."""

    def watch(words: str) -> None:
        if words.startswith(wanted):
            room.presenter.go_back()

    room.screen.on_progress = watch


def test_ones_own_bundle_is_recognised(room: Room, tmp_path: Path) -> None:
    know(room)
    room.open(room.sealed())
    room.pair.kairat.add("note", room.pair.case, {"title": "Mine"})
    room.pair.aida.add_contact(room.pair.kairat.my_card().encode())
    path = room.sealed(by=room.pair.kairat, to=room.pair.aida.author)
    room.go_on()
    room.choose(path)
    assert room.code() is Code.NOT_FOR_YOU


def test_what_is_kept_for_later_is_told_to_whoever_is_in_another_room_by_then(room: Room) -> None:
    room.choose(room.sealed())
    room.presenter.go_back()
    room.settle()
    assert len(room.pair.kairat.trust.quarantined()) == 1
    assert any(changes.contacts for changes in room.heard)


def test_the_way_back_from_the_first_step_leads_to_handover(room: Room) -> None:
    room.presenter.go_back()
    assert room.shell.places == [Place(room="handover")]


def test_what_came_in_while_one_was_elsewhere_is_still_shown_on_return(room: Room) -> None:
    room.choose(room.sealed())
    room.go_on()
    room.presenter.go_on()
    room.presenter.flush()
    room.settle()
    assert room.shell.said
    room.presenter.enter(Place(room="open"))
    assert room.screen.shown == "merged"
    room.presenter.flush()
    room.presenter.enter(Place(room="open"))
    assert room.screen.shown == "files"


def test_coming_back_after_merging_begins_anew(room: Room) -> None:
    room.open(room.sealed())
    room.presenter.enter(Place(room="open"))
    assert room.screen.shown == "files"
    assert room.screen.files is not None
    assert room.screen.files.names == ()
