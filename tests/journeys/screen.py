"""A real X display, real keys and a real pointer; and the program on it, as a person starts it."""

import os
import select
import shlex
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from notebook.model import JsonValue
from tests.support import REPOSITORY, oracle
from ui.tour.driven import Conversation, Difference, is_alive

SIZE: Final = "1366x768x24"
WAIT_S: Final = 30.0
TYPE_DELAY_MS: Final = "12"
CLICK_WAIT_S: Final = 10.0
MOST_TRIES: Final = 5
"""So often a click that hit something else is done again."""

ONCE: Final = ("-noreset", "-r")
"""It does not begin anew when its first client leaves, and a key that is let go late is one key."""

LAYOUTS: Final = {"Kazakh": "kz", "Uyghur": "cn -variant ug", "Russian": "ru", "English": "us"}
"""The keyboard on which each language is written."""

LETTER_KEYS: Final = (
    *(f"AD{number:02}" for number in range(1, 13)),
    *(f"AC{number:02}" for number in range(1, 12)),
    *(f"AB{number:02}" for number in range(1, 11)),
)
"""The three rows of letters, as XKB names them."""

KEYBOARD: Final = """xkb_keymap {{
xkb_keycodes {{ include "evdev+aliases(qwerty)" }};
xkb_types {{ include "complete" }};
xkb_compat {{ include "complete" }};
xkb_symbols {{ include "pc+us+inet(evdev)"
{keys}
}};
}};
"""

PEER: Final = struct.Struct("iII")
"""SO_PEERCRED: process, user, group."""

NUMBERS = count()

KEYCODES: Final = {"L": 46, "S": 39, "K": 45, "A": 38, "N": 57}
"""Places on the keyboard, as X numbers them, by what a Latin keyboard has there."""


@dataclass(kw_only=True)
class Screen:
    """A display of our own."""

    display: str
    environment: dict[str, str]
    xdotool: str = field(default_factory=lambda: oracle("xdotool"))

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=60)

    def layout(self, words: str) -> None:
        """Choose a keyboard layout: `ru`, `cn -variant ug`."""
        self._run(oracle("setxkbmap"), *shlex.split(words))

    def key(self, keys: str) -> None:
        """Press a key by the name of its sign: `F12`, `ctrl+s`."""
        self._run(self.xdotool, "key", keys)

    def ctrl_place(self, letter: str) -> None:
        """Press Ctrl and the key where a Latin keyboard has `letter`, whatever the layout."""
        self._run(self.xdotool, "key", f"ctrl+{KEYCODES[letter]}")

    def keyboard_for(self, language: str, text: str) -> None:
        """Lay out the keys as people who write that language have them.

        Han has no keys. The signs of `text` get some, as if an input method had composed them.
        """
        if language in LAYOUTS:
            self.layout(LAYOUTS[language])
            return
        signs = zip(LETTER_KEYS, dict.fromkeys(text), strict=False)
        keys = "\n".join(f"key <{key}> {{ [ U{ord(sign):04X} ] }};" for key, sign in signs)
        subprocess.run(
            [oracle("xkbcomp"), "-w", "0", "-", self.display],
            input=KEYBOARD.format(keys=keys).encode(),
            env=self.environment,
            check=True,
            capture_output=True,
            timeout=60,
        )

    def type(self, text: str) -> None:
        """Type a text that the layout in force has keys for."""
        self._run(self.xdotool, "type", "--delay", TYPE_DELAY_MS, "--", text)

    def click(self, x: int, y: int) -> None:
        """Move the pointer and click."""
        self._run(self.xdotool, "mousemove", str(x), str(y), "click", "1")

    def hold(self, x: int, y: int) -> None:
        """Move the pointer there and hold its button down."""
        self._run(self.xdotool, "mousemove", str(x), str(y), "mousedown", "1")

    def move(self, x: int, y: int) -> None:
        """Move the pointer."""
        self._run(self.xdotool, "mousemove", str(x), str(y))

    def let_go(self) -> None:
        """Let the pointer's button go."""
        self._run(self.xdotool, "mouseup", "1")


@contextmanager
def own_screen() -> Iterator[Screen]:
    """An X server with a number that nobody else has, and a window manager."""
    server, manager = oracle("Xvfb"), oracle("openbox")
    with ExitStack() as stack:
        read, write = os.pipe()
        display = _started(
            stack,
            [server, "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp", *ONCE],
            dict(os.environ),
            pass_fds=(write,),
        )
        os.close(write)
        with os.fdopen(read) as number:
            name = f":{number.readline().strip()}"
        assert display.poll() is None
        environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        _started(stack, [manager], environment)
        yield Screen(display=name, environment=environment)


@dataclass(kw_only=True)
class Window:
    """What a test sees of a window process; what it does, it does with keys and the pointer."""

    screen: Screen
    pid: int
    talk: Conversation

    def see(self, words: str) -> str:
        """Wait until `words` stand on the screen."""
        return str(self.talk.ask("see", text=words))

    def await_focus(self, words: str) -> None:
        """Wait until the window that shows `words` has the keyboard."""
        self.see(words)
        self.talk.ask("active")

    def await_row(self, name: str, words: str) -> None:
        """Wait until a row of a list says `words`."""
        until_s = time.monotonic() + WAIT_S
        while words not in str(rows := self.ask("rows", name=name)):
            assert time.monotonic() < until_s, rows
            time.sleep(0.05)

    def read(self, name: str) -> str:
        """What stands in a field."""
        return str(self.talk.ask("read", name=name))

    def ask(self, do: str, **arguments: JsonValue) -> JsonValue:
        """Look at something else."""
        return self.talk.ask(do, wait_s=WAIT_S, **arguments)

    def click(self, name: str, kind: str = "button") -> None:
        """Click with the real pointer what is called `name`, once it stands still; it arrived.

        Who sees that it moved away under the pointer clicks again.
        """
        for _try in range(MOST_TRIES):
            x, y = self._place(name, kind)
            clicks = self.ask("aim", kind=kind, name=name)
            self.screen.click(x, y)
            # The window manager may be late with it, and keys would overtake it. Where it has
            # only just moved the window, the click went beside it.
            with suppress(Difference):
                if self.talk.ask("clicked", wait_s=CLICK_WAIT_S, beyond=clicks):
                    return
        raise Difference(f"“{name}” moved away under the pointer, {MOST_TRIES} times")

    def _place(self, name: str, kind: str) -> tuple[int, int]:
        before: JsonValue = None
        place = self.ask("place", kind=kind, name=name)
        while place != before:
            before, place = place, self.ask("place", kind=kind, name=name)
        assert isinstance(place, list)
        x, y = (int(str(each)) for each in place)
        return x, y

    def type_in(self, language: str, text: str, *, into: str, after: str = "") -> None:
        """Type as people who write that language do, and go back to Latin letters.

        The field `into` has the focus and holds what stands in `after`.
        """
        self.screen.keyboard_for(language, text)
        self.screen.type(text)
        # A program reads a key by the layout of the moment in which it reads it.
        self.ask("holds", name=into, text=after + text)
        self.screen.layout("us")

    def type_into(self, name: str, text: str) -> None:
        """Click a field and type with the real keyboard."""
        self.click(name, "field")
        self.talk.ask("focused", name=name)
        self.screen.type(text)


@dataclass(kw_only=True)
class Program:
    """The program as it was started: a guard, and window after window."""

    screen: Screen
    guard: subprocess.Popen[bytes]
    listener: socket.socket
    stack: ExitStack

    def next_window(self) -> Window:
        """The window process that comes up next."""
        line, _address = self.listener.accept()
        self.stack.enter_context(line)
        credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
        pid, _user, _group = PEER.unpack(credentials)
        return Window(screen=self.screen, pid=pid, talk=Conversation(line))


@dataclass(kw_only=True)
class OtherProgram:
    """Another program, from which one drags (`tests.journeys.other_program`)."""

    screen: Screen
    process: subprocess.Popen[bytes]
    x: int
    y: int

    def says(self, wait_s: float = WAIT_S) -> str:
        """Its next line; nothing, when none comes in time."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], wait_s)
        return self.process.stdout.readline().decode().strip() if ready else ""

    def drag_to(self, x: int, y: int) -> None:
        """Drag its file there, as a hand does, and drop it once it may be dropped."""
        self.screen.hold(self.x, self.y)
        assert self.says() == "dragging"
        until_s = time.monotonic() + WAIT_S
        while time.monotonic() < until_s:
            # A pointer that stands still says nothing.
            x += 1
            self.screen.move(x, y)
            # On its way it may come over what takes nothing.
            if self.says(0.2) == "over CopyAction":
                break
        self.screen.let_go()
        while (said := self.says()).startswith("over "):
            continue
        assert said == "dropped CopyAction"


@contextmanager
def other_program_on(screen: Screen, file: Path, x: int, y: int) -> Iterator[OtherProgram]:
    """Another program that has `file`, with its handle at a place of the screen."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.journeys.other_program", str(file), str(x), str(y)],
        env={**screen.environment, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    try:
        other = OtherProgram(screen=screen, process=process, x=x + 9, y=y + 9)
        assert other.says() == "shown"
        yield other
    finally:
        process.kill()
        process.communicate()


@contextmanager
def program_on(screen: Screen, config: Path, folder: Path | None = None) -> Iterator[Program]:
    """The real guard and its real windows on `screen`."""
    name = f"field-notebook-test-{os.getpid()}-{next(NUMBERS)}"
    environment = {
        **screen.environment,
        "XDG_CONFIG_HOME": str(config),
        "PYTHONPATH": str(REPOSITORY),
    }
    module = "tests.journeys.watched_window"
    command = [sys.executable, "-P", "-m", module, "guard", "patient", name]
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(f"\0{name}")
        listener.listen()
        listener.settimeout(WAIT_S)
        guard = _started(stack, [*command, *([str(folder)] if folder else [])], environment)
        yield Program(screen=screen, guard=guard, listener=listener, stack=stack)


def unlock(window: Window, passphrase: str) -> None:
    """Unlock, and put the head words away."""
    window.type_into("Passphrase", passphrase)
    window.screen.key("Return")
    window.await_focus("Unlocked")
    window.screen.key("Return")
    window.await_focus("Handover")


def lock(program: Program, window: Window) -> Window:
    """Lock; the window that comes up next, in a new process."""
    window.ask("active")
    program.screen.key("F12")
    following = program.next_window()
    assert not is_alive(window.pid)
    assert program.guard.poll() is None
    following.await_focus("Locked: you locked it")
    return following


def _started(
    stack: ExitStack,
    command: list[str],
    environment: dict[str, str],
    pass_fds: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command,
        env=environment,
        pass_fds=pass_fds,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def end() -> None:
        process.kill()
        process.wait()

    stack.callback(end)
    return process
