"""Letter shortcuts under keyboard layouts that have no Latin letters, on a real X display."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.environment import real_environment
from notebook.notebook import Kdf, Notebook
from tests.journeys.screen import Program, Screen, Window, own_screen, program_on
from tests.support import oracle

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
    Notebook.create(
        folder,
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    ).close()
    screen.layout("us")
    with program_on(screen, tmp_path / "config", folder) as program:
        yield program


def unlocked(program: Program) -> Window:
    window = program.next_window()
    window.type_into("Passphrase", PASSPHRASE)
    program.screen.key("Return")
    window.see("Unlocked")
    program.screen.key("Return")
    window.await_focus("Interviews")
    return window


@pytest.mark.parametrize("layout", LAYOUTS)
def test_ctrl_k_opens_the_actions_and_ctrl_l_locks(program: Program, layout: str) -> None:
    window = unlocked(program)
    program.screen.layout(layout)
    program.screen.ctrl_place("K")
    window.see("Find an action")
    program.screen.key("Escape")
    program.screen.ctrl_place("L")
    following = program.next_window()
    following.see("Locked")
    assert following.pid != window.pid
