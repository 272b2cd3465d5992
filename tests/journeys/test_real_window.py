"""The main job once, on a real X display, with the keys and the pointer of the X server alone.

The test looks into the window to know where things stand and what they say; a page is scrolled for
it. Everything else comes from outside: keys, clicks and the typing of five scripts.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.environment import real_environment
from notebook.notebook import Kdf, Notebook
from notebook.opening import Accept
from notebook.sample import FOLDER as SAMPLE
from tests.journeys.screen import Screen, Window, lock, own_screen, program_on, unlock
from tests.journeys.sentences import SENTENCES
from tests.support import oracle
from ui.tour.driven import is_alive

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
READER = "Berik"
TITLE = "Invented interview"
ACCOUNT = "".join(f"{sentence}\n" for sentence in SENTENCES.values())
SEARCHES = {
    "Kazakh": "қыста",
    "Uyghur": "مەكتەپتە",
    "Russian": "зимой",
    "Chinese": "弟弟",
    "English": "winter",
}
PICTURE = SAMPLE / "yard.jpg"


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    oracle("setxkbmap")
    with own_screen() as screen:
        screen.layout("us")
        yield screen


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Notebook]:
    notebook = Notebook.create(
        tmp_path / "reader",
        PASSPHRASE,
        author_name=READER,
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    )
    yield notebook
    notebook.close()


def choose(window: Window, path: Path) -> None:
    """Name a file or a folder in the open dialog."""
    window.await_focus("Look in:")
    window.screen.key("ctrl+a")
    window.screen.type(str(path))
    window.screen.key("Return")
    window.ask("gone", text="Look in:")


def create(window: Window, folder: Path) -> None:
    window.await_focus("New notebook")
    window.click("New notebook")
    window.click("Choose…")
    choose(window, folder)
    window.type_into("Your name in this notebook", "Alma")
    window.type_into("Passphrase", PASSPHRASE)
    window.type_into("The same once more", PASSPHRASE)
    window.click("Sparing: 64 MB, for an old computer")
    window.click("Make the notebook")
    window.await_focus("Handover")


def take_interview(window: Window) -> None:
    window.click("New case")
    window.type_into("Title", "Invented case")
    window.screen.key("ctrl+s")
    window.see("Saved")
    window.click("Interviews")
    window.click("New interview")
    window.type_into("Title", TITLE)
    window.click("Account", "field")
    window.ask("focused", name="Account")
    typed = ""
    for language, sentence in SENTENCES.items():
        window.type_in(language, sentence, into="Account", after=typed)
        window.screen.key("Return")
        typed += f"{sentence}\n"
    window.screen.key("ctrl+s")
    window.see("Saved")
    assert window.read("Account") == ACCOUNT
    window.screen.key("ctrl+shift+a")
    choose(window, PICTURE)
    window.see("1 file was taken in")


def search(window: Window, language: str, word: str) -> None:
    """Search for a word that stands nowhere, then for `word`: the interview must come back."""
    window.click("Interviews")
    window.screen.key("F3")
    window.ask("focused", name="Search")
    window.screen.key("ctrl+a")
    window.screen.type("nowhere")
    window.see("Nothing here has these words.")
    window.screen.key("ctrl+a")
    window.type_in(language, word, into="Search")
    window.ask("gone", text="Nothing here has these words.")
    window.await_row("Interviews", TITLE)


def add_contact(window: Window, card: Path) -> None:
    window.click("Contacts")
    window.click("Add a contact")
    window.click("Take the card from files…")
    choose(window, card)
    window.click("Mark as compared")
    window.see("Compared in person")


def seal(window: Window, out: Path) -> Path:
    window.click("Handover")
    window.click("Seal for…")
    window.see("Which cases go?")
    window.click("Go on")
    window.see("Who is to open it?")
    window.click(READER, "words")
    window.click("Look at what leaves")
    window.see("Everything that leaves")
    window.click("Go on")
    window.click("Choose a folder…")
    choose(window, out)
    window.click("Seal")
    window.see("Sealed, read back and whole")
    [bundle] = out.glob("*.sealed.age")
    return bundle


@pytest.mark.timeout(240)
def test_the_main_job_with_real_keys_and_a_real_pointer(
    screen: Screen, reader: Notebook, tmp_path: Path
) -> None:
    folder, out, card = tmp_path / "a", tmp_path / "out", tmp_path / "card.txt"
    for new in (folder, out):
        new.mkdir(mode=0o700)
    card.write_text(reader.my_card().encode(), encoding="utf-8")
    with program_on(screen, tmp_path / "config") as program:
        window = program.next_window()
        create(window, folder)
        take_interview(window)
        window = lock(program, window)
        unlock(window, PASSPHRASE)
        for language, word in SEARCHES.items():
            search(window, language, word)
        add_contact(window, card)
        bundle = seal(window, out)
        assert window.ask("complaints") == []
        window = lock(program, window)
        unlock(window, PASSPHRASE)
        screen.key("ctrl+q")
        # Closing the window locks, and opens none.
        assert program.guard.wait(30) == 0
        assert not is_alive(window.pid)
    accept = Accept(sealer=reader.inspect_bundle([bundle]).sealer)
    result, _changes = reader.open_bundle([bundle], accept_unknown=accept)
    assert result.conflicts == 0
    [row] = reader.rows(type="interview")
    assert reader.record(row.id).fields["account"].value == ACCOUNT
    [evidence] = reader.evidence_of(row.id)
    with reader.evidence_content(evidence.id) as content:
        assert content.read() == PICTURE.read_bytes()
