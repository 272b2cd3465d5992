"""Letter shortcuts under keyboard layouts that have no Latin letters, on a real X display."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.environment import real_environment
from notebook.notebook import Kdf, Notebook
from tests.journeys.screen import Program, Screen, Window, own_screen, program_on
from tests.support import oracle
from ui.tour.driven import is_alive

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
LAYOUTS = ("us", "ru", "kz", "cn -variant ug")


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    oracle("setxkbmap")
    with own_screen() as screen:
        yield screen


@pytest.fixture
def program(screen: Screen, tmp_path: Path) -> Iterator[Program]:
    folder = tmp_path / "n"
    notebook = Notebook.create(
        folder,
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    )
    notebook.add("case", None, {"title": "Invented case"})
    notebook.close()
    screen.layout("us")
    with program_on(screen, tmp_path / "config", folder) as program:
        yield program


def unlocked(program: Program) -> Window:
    window = program.next_window()
    window.type_into("Passphrase", PASSPHRASE)
    program.screen.key("Return")
    window.await_focus("Unlocked")
    program.screen.key("Return")
    window.await_focus("New interview")
    return window


@pytest.mark.parametrize("layout", LAYOUTS)
def test_letters_of_the_keyboard_open_save_and_lock(program: Program, layout: str) -> None:
    window = unlocked(program)
    window.click("New interview")
    window.type_into("Title", "Invented interview")
    # A program reads a key by the layout of the moment in which it reads it.
    window.ask("holds", name="Title", text="Invented interview")
    program.screen.layout(layout)
    program.screen.ctrl_place("S")
    window.see("Saved")
    program.screen.ctrl_place("K")
    window.await_focus("Find an action")
    program.screen.key("Escape")
    window.ask("gone", text="Find an action")
    window.ask("active")
    program.screen.ctrl_place("L")
    following = program.next_window()
    following.see("Locked")
    assert not is_alive(window.pid)
