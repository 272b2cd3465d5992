"""What a hand does to a notebook on a real X display, and where it finds itself after an unlock.

Keys and pointer are those of the X server; what is dragged and pasted comes from another program.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from notebook.environment import real_environment
from notebook.model import CaseId, JsonValue
from notebook.notebook import Kdf, Notebook
from notebook.sample import FOLDER as SAMPLE
from tests.journeys.screen import (
    Screen,
    Window,
    lock,
    other_program_on,
    own_screen,
    program_on,
    unlock,
)
from tests.support import oracle

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
LINES = 300
ACCOUNT = "".join(f"Line {number} of what was told (invented).\n" for number in range(LINES))
WANTED = "Line 217"
TYPED = " and then"
PICTURE = SAMPLE / "yard.jpg"


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    oracle("setxkbmap")
    with own_screen() as screen:
        screen.layout("us")
        yield screen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Notebook.create(
        tmp_path / "n",
        PASSPHRASE,
        author_name="Alma",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    )
    with closing(made):
        case = CaseId(made.add("case", None, {"title": "Invented case"})[0])
        for number in range(40):
            made.add("interview", case, {"title": f"Talk {number:02}", "account": "Invented."})
        made.add("interview", case, {"title": "The long talk", "date": "2099", "account": ACCOUNT})
    return tmp_path / "n"


def open_first(window: Window) -> None:
    """Open the first record of the list by the keyboard alone."""
    window.ask("focused", name="Interviews")
    window.screen.key("Down")
    window.ask("holds", name="Title", text="The long talk")


def find(window: Window, words: str) -> None:
    """Find words in the account and go there."""
    window.screen.key("ctrl+f")
    window.ask("focused", name="Find in this text")
    window.screen.type(words)
    window.see("1 of ")
    window.screen.key("Escape")
    window.ask("focused", name="Account")


def caret(window: Window) -> list[JsonValue]:
    told = window.ask("caret")
    assert isinstance(told, list)
    return told


@pytest.mark.timeout(240)
def test_a_new_process_finds_the_record_the_field_the_cursor_and_the_scroll(
    screen: Screen, folder: Path, tmp_path: Path
) -> None:
    with program_on(screen, tmp_path / "config", folder) as program:
        window = program.next_window()
        window.await_focus("Passphrase")
        unlock(window, PASSPHRASE)
        open_first(window)
        find(window, WANTED)
        screen.key("Right")
        screen.type(TYPED)
        whole = ACCOUNT.replace(f"{WANTED} ", f"{WANTED}{TYPED} ")
        window.ask("holds", name="Account", text=whole)
        before = caret(window)
        assert before[:2] == ["Account", whole.index(TYPED) + len(TYPED)]
        window = lock(program, window)
        unlock(window, PASSPHRASE)
        window.ask("holds", name="Account", text=whole)
        window.ask("focused", name="Account")
        window.ask("caret_at", caret=before)
        # Larger and smaller letters: the same place in the text, and in sight.
        screen.key("ctrl+plus")
        screen.key("ctrl+plus")
        window.ask("caret_size", more_than=before[3])
        assert caret(window)[:2] == before[:2]
        screen.key("ctrl+minus")
        screen.key("ctrl+minus")
        window.ask("caret_at", caret=before)
        # Who goes on typing goes on where they stopped.
        screen.type(" again")
        window.ask("holds", name="Account", text=whole.replace(TYPED, f"{TYPED} again"))
        screen.key("ctrl+s")
        window.see("Saved")
        assert window.ask("complaints") == []
        screen.key("ctrl+q")
        assert program.guard.wait(30) == 0
    with closing(Notebook.unlock(folder, PASSPHRASE, environment=real_environment())) as notebook:
        record = next(row.id for row in notebook.rows(type="interview"))
        fields = notebook.record(record).fields
        assert fields["account"].value == whole.replace(TYPED, f"{TYPED} again")


@pytest.mark.timeout(240)
def test_evidence_by_drop_and_paste_and_undo_after_a_deletion(
    screen: Screen, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "dropped.jpg"
    file.write_bytes(PICTURE.read_bytes())
    with ExitStack() as stack:
        program = stack.enter_context(program_on(screen, tmp_path / "config", folder))
        window = program.next_window()
        window.await_focus("Passphrase")
        unlock(window, PASSPHRASE)
        open_first(window)
        place = window.ask("place", kind="field", name="Account")
        assert isinstance(place, list)
        # What comes up last lies over what was there.
        other = stack.enter_context(other_program_on(screen, file, 0, 0))
        other.drag_to(*(int(str(each)) for each in place))
        window.see("1 file was taken in")
        window.see("dropped.jpg")
        window.click("Account", "field")
        window.ask("focused", name="Account")
        screen.key("ctrl+v")
        # Its name stands there first while it is taken in.
        window.see("pasted.jpg")
        window.ask("gone", text="Taking in")
        window.see("pasted.jpg")
        screen.key("ctrl+shift+Delete")
        window.see("Deleted: ")
        window.click("Undo")
        window.ask("holds", name="Title", text="The long talk")
        window.await_row("Interviews", "The long talk")
        assert window.ask("complaints") == []
        screen.key("ctrl+q")
        assert program.guard.wait(30) == 0
    assert file.exists()
    with closing(Notebook.unlock(folder, PASSPHRASE, environment=real_environment())) as notebook:
        record = next(row.id for row in notebook.rows(type="interview"))
        found = notebook.evidence_of(record)
        assert {row.title for row in found} == {"dropped.jpg", "pasted.jpg"}
        for row in found:
            with notebook.evidence_content(row.id) as content:
                assert content.read() == PICTURE.read_bytes()
