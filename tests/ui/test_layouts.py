"""Real keys from a real X server: the lock works under every keyboard layout.

Needs Xvfb, xdotool and setxkbmap. The window process is the real one, with a real notebook.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.environment import real_environment
from notebook.notebook import Kdf, Notebook
from tests.support import oracle
from ui.parting import MAX_LINE_BYTES, End, Opened, Reason, Start, from_line, to_line

ROOT = Path(__file__).parents[2]
PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
WAIT_S = 60
CONTROL_KEY, KEY_OF_L = 37, 46
"""By place, as X numbers them."""


class Screen:
    """A virtual screen with its keyboard."""

    def __init__(self, tmp_path: Path) -> None:
        read, write = os.pipe()
        # Without -noreset the server begins anew each time its last client leaves. Without -r it
        # types a letter many times when the machine is slow to let the key go.
        self._server = subprocess.Popen(
            [
                oracle("Xvfb"),
                "-displayfd",
                str(write),
                "-screen",
                "0",
                "1366x768x24",
                "-noreset",
                "-r",
                "-nolisten",
                "tcp",
            ],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        # The server writes the number and the line's end one after the other, and would be killed
        # by a pipe that nobody reads any more.
        with os.fdopen(read) as number:
            self.display = f":{number.readline().strip()}"
        assert self.display != ":", "the X server does not start"

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [oracle(command[0]), *command[1:]],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=True,
            timeout=WAIT_S,
        )
        return done.stdout

    def focus_window(self, process: subprocess.Popen[bytes], after: str = "") -> str:
        """Wait until the program shows a window, another than `after`, and give it the keyboard."""
        while True:
            assert process.poll() is None, "the window process ended"
            shown = self._try("search", "--onlyvisible", "--name", "^Notebook$").stdout.split()
            for window in shown:
                if window != after and not self._try("windowfocus", window).returncode:
                    return window

    def _try(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [oracle("xdotool"), *words],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT_S,
        )

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(WAIT_S)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    for program in ("Xvfb", "xdotool", "setxkbmap"):
        oracle(program)
    screen = Screen(tmp_path)
    yield screen
    screen.close()


@pytest.mark.parametrize(
    "layout", [["us"], ["ru"], ["kz"], ["cn", "-variant", "ug"]], ids=["us", "ru", "kz", "ug"]
)
def test_ctrl_l_locks_under_the_layout(tmp_path: Path, screen: Screen, layout: list[str]) -> None:
    folder = tmp_path / "n"
    Notebook.create(
        folder,
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    ).close()
    ours, theirs = socket.socketpair()
    with theirs:
        window = subprocess.Popen(
            [sys.executable, "-P", "-m", "ui.window_process", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env={
                **{name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"},
                "HOME": str(tmp_path),
                "DISPLAY": screen.display,
                "PYTHONPATH": str(ROOT),
                "QT_QPA_PLATFORM": "xcb",
            },
        )
    incoming = ours.makefile("rb")
    try:
        ours.settimeout(WAIT_S)
        ours.sendall(to_line(Start(guard_pid=os.getpid(), folder=str(folder))))
        door = screen.focus_window(window)
        screen.run("xdotool", "type", PASSPHRASE)
        screen.run("xdotool", "key", "Return")
        assert from_line(incoming.readline(MAX_LINE_BYTES + 1)) == Opened(folder=str(folder))
        # The four words go by themselves, and with them the window that had the keyboard.
        screen.run("xdotool", "key", "Return")
        screen.focus_window(window, after=door)
        screen.run("setxkbmap", *layout)
        screen.run(
            "xdotool", "keydown", str(CONTROL_KEY), "key", str(KEY_OF_L), "keyup", str(CONTROL_KEY)
        )
        ending = from_line(incoming.readline(MAX_LINE_BYTES + 1))
        assert isinstance(ending, End)
        assert ending.reason is Reason.ASKED
        assert window.wait(WAIT_S) == 0
    finally:
        window.kill()
        window.wait()
        incoming.close()
        ours.close()
