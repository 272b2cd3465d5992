from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.exchange import Find, State
from notebook.handover import SealRequest
from notebook.merge import OpenResult
from notebook.model import AuthorId
from tests.notebook.support_notebook import create
from tests.ui.handover_support import FakeShell, Pair, WaitingRunner, make_pair, session
from ui.exchange_presenter import MOST_LINES, ExchangePage, ExchangePresenter
from ui.rooms import Place


class FakeScreen:
    def __init__(self) -> None:
        self.page: ExchangePage | None = None
        self.trouble: NotebookError | None = None
        self.trouble_count = 0
        self.progress: list[str] = []

    def show_exchange(self, page: ExchangePage) -> None:
        self.page = page

    def show_progress(self, done: int, total: int, words: str) -> None:
        self.progress.append(words)

    def show_rest(self) -> None:
        self.progress.clear()

    def show_trouble(self, error: NotebookError | None) -> None:
        self.trouble = error
        self.trouble_count += 1


class Room:
    """The room over the notebook of Kairat, to whom Aida seals."""

    def __init__(self, pair: Pair) -> None:
        self.runner = WaitingRunner()
        self.screen = FakeScreen()
        self.shell = FakeShell()
        asked = session(pair.kairat, self.runner)
        self.presenter = ExchangePresenter(asked, self.screen, self.shell, now_s=float)
        asked.listen(self.presenter.changed)
        self.presenter.enter(Place(room="exchange"))
        self.settle()

    def settle(self) -> None:
        self.runner.go_on_to_the_end()

    @property
    def page(self) -> ExchangePage:
        assert self.screen.page is not None
        return self.screen.page

    def said(self) -> list[str]:
        return [line.words for line in self.page.lines]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = make_pair(tmp_path)
    made.introduce()
    yield made
    made.aida.close()
    made.kairat.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir()
    return made


def seal(pair: Pair, folder: Path) -> Path:
    plan = pair.aida.plan_seal(SealRequest(to=(pair.kairat.author,), is_full=True))
    return pair.aida.seal(plan, folder)[0].files[0]


def test_without_a_folder_the_room_is_empty(pair: Pair) -> None:
    room = Room(pair)
    assert (room.page.folder, room.page.lines, room.page.summary) == ("", (), "")
    room.presenter.look()
    room.settle()
    assert room.screen.trouble is None


def test_a_chosen_folder_is_looked_into_at_once_and_kept(pair: Pair, folder: Path) -> None:
    seal(pair, folder)
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    [said] = room.said()
    assert "Aida" in said
    assert [row.title for row in pair.kairat.cases()] == ["Spring"]
    # Another day: the folder is known, the bundle was opened before.
    later = Room(pair)
    assert later.page.folder == str(folder)
    later.presenter.look()
    later.settle()
    assert later.said() == []
    assert later.page.summary == "Nothing new is in the folder."


def test_it_looks_by_itself_only_when_it_was_asked_to(pair: Pair, folder: Path) -> None:
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    seal(pair, folder)
    room.presenter.tick()
    room.settle()
    assert room.said() == []
    room.presenter.watch(is_on=True)
    room.settle()
    assert len(room.said()) == 1
    seal(pair, folder)
    room.presenter.tick()
    # A second tick while it is looking starts nothing.
    room.presenter.tick()
    room.settle()
    assert len(room.said()) == 2
    assert Room(pair).page.is_watching


def test_one_bad_bundle_is_said_and_the_others_are_opened(
    pair: Pair, folder: Path, tmp_path: Path
) -> None:
    stranger = create(tmp_path / "stranger", "stranger", "Stranger")
    stranger.add("case", None, {"title": "Unknown"})
    stranger.add_contact(pair.kairat.my_card().encode())
    stranger.seal(stranger.plan_seal(SealRequest(to=(pair.kairat.author,))), folder)
    cut = seal(pair, folder)
    cut.write_bytes(cut.read_bytes()[:-1])
    seal(pair, folder)
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    assert sorted(line.tone for line in room.page.lines) == ["caution", "mute", "ok"]
    # Once the stranger is a contact, what was refused is looked at again.
    card = stranger.my_card().encode()
    stranger.close()
    room.presenter._session.change(lambda notebook: notebook.add_contact(card)[1])
    room.settle()
    room.presenter.look()
    room.settle()
    assert sorted(line.tone for line in room.page.lines) == ["mute", "ok", "ok"]


def test_what_turned_out_to_need_nothing_is_said_no_more(pair: Pair, folder: Path) -> None:
    bundle, room = seal(pair, folder), Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    [opened] = room.said()
    # A copy of it, and something for somebody else, come in pieces.
    plan = pair.kairat.plan_seal(SealRequest(to=(pair.aida.author,), is_full=True))
    (away := folder.parent / "away").mkdir()
    others = pair.kairat.seal(plan, away)[0].files[0]
    whole = {"copy.sealed.age": bundle.read_bytes(), "others.sealed.age": others.read_bytes()}
    for name, content in whole.items():
        (folder / name).write_bytes(content[:10])
    room.presenter.look()
    room.settle()
    assert len([words for words in room.said() if "Not whole" in words]) == 2
    for name, content in whole.items():
        (folder / name).write_bytes(content)
    room.presenter.look()
    room.settle()
    assert room.said() == [opened]


def test_files_that_arrive_and_were_missing_are_said(pair: Pair, folder: Path) -> None:
    sound, _changes = pair.aida.attach(pair.interview, BytesIO(b"a voice"), file_name="v")
    request = SealRequest(to=(pair.kairat.author,), without_media=True)
    text, _changes = pair.aida.seal(pair.aida.plan_seal(request), folder)
    pair.kairat.open_bundle(text.files, accept_unknown=False)
    (folder / "later").mkdir()
    later = seal(pair, folder / "later")
    later.rename(folder / later.name)
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    assert [words for words in room.said() if "1 file that was missing" in words]
    with pair.kairat.evidence_content(sound) as content:
        assert content.read() == b"a voice"


def test_cancelling_leaves_the_rest_for_the_next_look(pair: Pair, folder: Path) -> None:
    seal(pair, folder)
    seal(pair, folder)
    room = Room(pair)
    room.presenter.choose_folder(folder)
    while not room.screen.progress:
        room.runner.go_on()
    room.presenter.cancel()
    room.settle()
    before = len(room.said())
    assert before < 2
    room.presenter.look()
    room.settle()
    assert len(room.said()) == 2


def test_a_folder_that_is_gone_is_said_and_looked_for_again(pair: Pair, folder: Path) -> None:
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    folder.rmdir()
    room.presenter.look()
    room.settle()
    assert room.screen.trouble is not None
    assert room.screen.trouble.code is Code.UNREADABLE_FILE
    # A folder that stays away is told of once.
    shown = room.screen.trouble_count
    room.presenter.look()
    room.settle()
    assert room.screen.trouble_count == shown
    folder.mkdir()
    seal(pair, folder)
    room.presenter.look()
    room.settle()
    assert len(room.said()) == 1
    assert str(room.screen.trouble) == "None"


def test_sealing_begins_with_this_folder(pair: Pair, folder: Path) -> None:
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    room.presenter.go_to_seal()
    room.presenter.go_back()
    assert room.shell.places == [Place(room="seal", folder=folder), Place(room="handover")]


def opened(name: str) -> Find:
    result = OpenResult(
        new=1,
        present=0,
        waiting=0,
        conflicts=0,
        sealer=AuthorId("ab" * 32),
        sealer_name="Aida",
        bundle="cd" * 16,
    )
    return Find(files=(Path(name),), state=State.OPENED, result=result)


def refused(name: str) -> Find:
    trouble = NotebookError(Code.BUNDLE_DAMAGED, "It is damaged.")
    return Find(files=(Path(name),), state=State.REFUSED, trouble=trouble)


def test_of_a_thousand_bundles_the_last_are_listed_and_all_that_need_attention(
    pair: Pair, folder: Path
) -> None:
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    finds = [refused("first"), *(opened(f"{number}") for number in range(1_000))]
    room.presenter._on_seen((finds, []))
    room.settle()
    lines = room.page.lines
    assert len(lines) == MOST_LINES
    assert lines[0].file == "999"
    assert [line.file for line in lines if line.tone == "caution"] == ["first"]
    assert room.page.summary.startswith("1,001 bundles since you unlocked; ")
    assert f"the last {MOST_LINES}" in room.page.summary
    # The same bundle again is still one bundle.
    room.presenter._on_seen(([opened("999")], []))
    room.settle()
    assert room.page.summary.startswith("1,001 bundles")


def test_if_more_need_attention_than_are_listed_the_newest_of_them_are(
    pair: Pair, folder: Path
) -> None:
    room = Room(pair)
    room.presenter.choose_folder(folder)
    room.settle()
    room.presenter._on_seen(([refused(f"{n}") for n in range(MOST_LINES + 5)], []))
    room.settle()
    files = [line.file for line in room.page.lines]
    assert files == [str(n) for n in range(MOST_LINES + 4, 4, -1)]
