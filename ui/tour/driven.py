"""A window process as the tour holds it: started, driven over a socket, and gone after lock.

No Qt. This process plays the guard (`ui.guard`), so that it can see how the window process ends.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from notebook.model import JsonValue
from ui.parting import MAX_LINE_BYTES, End, Opened, Reason, Start, from_line, to_line

WAIT_S: Final = 60.0
"""How long something may take to appear."""

ANSWER_WAIT_S: Final = 10.0
"""How much longer the answer to a request may take; after that the window is stuck."""

ENDING_WAIT_S: Final = 20.0
SCREEN: Final = (1366, 768)


class Difference(Exception):
    """Something is not as it must be; the message says what, in one sentence."""


def screen_environment(folder: Path) -> dict[str, str]:
    """What a window process needs to run without a display, and to leave no trace outside `folder`.

    Writes the description of an invisible screen into `folder`.
    """
    width, height = SCREEN
    screen = {
        "name": "tour",
        "x": 0,
        "y": 0,
        "width": width,
        "height": height,
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    description = folder / "screen.json"
    description.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={description}",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }


class Conversation:
    """Requests to the driver of a window process, and its answers."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._incoming = line.makefile("rb")

    def close(self) -> None:
        """Hear nothing more."""
        self._incoming.close()

    def ask(self, do: str, *, wait_s: float = WAIT_S, **arguments: JsonValue) -> JsonValue:
        """Have something done, and bring back its answer; raises `Difference` if it cannot be."""
        request = {"do": do, "wait_s": wait_s, **arguments}
        self._line.settimeout(wait_s + ANSWER_WAIT_S)
        try:
            self._line.sendall(json.dumps(request).encode() + b"\n")
            untrusted_line = self._incoming.readline()
        except TimeoutError as error:
            raise Difference(f"the window does not answer to “{do}” any more") from error
        except OSError as error:
            raise Difference(f"the window ended before “{do}”") from error
        if not untrusted_line:
            raise Difference(f"the window ended at “{do}”")
        answer = json.loads(untrusted_line)
        if "missed" in answer:
            raise Difference(f"{_in_words(do, arguments)}: {answer['missed']}")
        value: JsonValue = answer["answer"]
        return value

    def tell(self, do: str, **arguments: JsonValue) -> None:
        """Have something done that ends the process; the answer is its end."""
        self._line.settimeout(ENDING_WAIT_S + ANSWER_WAIT_S)
        request = {"do": do, "wait_s": WAIT_S, **arguments}
        try:
            self._line.sendall(json.dumps(request).encode() + b"\n")
            untrusted_line = self._incoming.readline()
        except TimeoutError as error:
            raise Difference("the window did not end") from error
        except OSError:
            # It ended while it was told so.
            return
        if untrusted_line:
            raise Difference(f"{_in_words(do, arguments)} did not end the window")


class Driven:
    """One window process."""

    def __init__(
        self, environment: Mapping[str, str], start: Start, module: str = "ui.tour.window"
    ) -> None:
        """`module` is what the process runs; it takes what `ui.tour.window` takes."""
        ours, theirs = socket.socketpair()
        driver, its_driver = socket.socketpair()
        with theirs, its_driver:
            numbers = (theirs.fileno(), its_driver.fileno())
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *map(str, numbers)],
                pass_fds=numbers,
                env=dict(environment),
                stderr=subprocess.PIPE,
            )
        self._guard_line = ours
        self._guard_line.settimeout(ENDING_WAIT_S)
        self._guard_line.sendall(to_line(start))
        self._driver_line = driver
        self._talk = Conversation(driver)
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Whatever happened, no process stays."""
        self._process.kill()
        self._process.wait()
        self._talk.close()
        for end in (self._guard_line, self._driver_line):
            end.close()
        if self._process.stderr:
            self._process.stderr.close()

    # What a person does.

    def click(self, name: str, kind: str = "button", *, wait_s: float = WAIT_S) -> None:
        """Click what is called `name`."""
        self._talk.ask("click", kind=kind, name=name, wait_s=wait_s)

    def press(self, keys: str) -> None:
        """Press a key or a combination of keys."""
        self._talk.ask("press", keys=keys)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._talk.ask("type", text=text)

    def fill(self, name: str, text: str) -> None:
        """Type into a field instead of what stands there."""
        self._talk.ask("fill", name=name, text=text)

    def choose_row(self, name: str, words: str) -> None:
        """Click the row of a list that says `words`."""
        self._talk.ask("row", name=name, text=words)

    def pick(self, name: str, words: str) -> None:
        """Choose a value of a drop-down list."""
        self._talk.ask("pick", name=name, text=words)

    def choose_in_menu(self, words: str) -> None:
        """Click a line of the open menu."""
        self._talk.ask("menu", text=words)

    def choose_file(self, path: Path) -> None:
        """Name a file or folder in the open dialog."""
        self._talk.ask("file", path=str(path))

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self._talk.ask("size", width=width, height=height)

    # What a person sees.

    def see(self, words: str, *, wait_s: float = WAIT_S) -> str:
        """Wait until `words` stand on the screen; the whole text they stand in."""
        return str(self._talk.ask("see", text=words, wait_s=wait_s))

    def see_or(self, words: str, other: str) -> str:
        """Wait until one of these stands on the screen; the whole text it stands in."""
        return str(self._talk.ask("see", text=words, other=other))

    def see_gone(self, words: str) -> None:
        """Wait until `words` stand nowhere on the screen."""
        self._talk.ask("gone", text=words)

    def read(self, name: str) -> str:
        """What stands in a field."""
        return str(self._talk.ask("read", name=name))

    def see_in(self, name: str, text: str) -> None:
        """Wait until a field holds exactly this text."""
        self._talk.ask("holds", name=name, text=text)

    def rows(self, name: str) -> list[str]:
        """What the rows of a list say; none when there is no such list."""
        rows = self._talk.ask("rows", name=name)
        return [str(row) for row in rows] if isinstance(rows, list) else []

    def texts(self) -> list[str]:
        """Everything that stands on the screen."""
        texts = self._talk.ask("texts")
        return [str(text) for text in texts] if isinstance(texts, list) else []

    def shoot(self, path: Path) -> None:
        """Photograph the window; a character without a glyph is a `Difference`."""
        missing = self._talk.ask("shoot", path=str(path))
        if isinstance(missing, list) and missing:
            raise Difference(f"on “{path.stem}”, {missing[0]}")

    def look_for_complaints(self) -> None:
        """See whether Qt complained."""
        complaints = self._talk.ask("complaints")
        if isinstance(complaints, list) and complaints:
            raise Difference(f"Qt complained: {complaints[0]}")

    # How it ends.

    def lock(self, keys: str = "F12") -> End:
        """Lock by the keyboard; the process must be gone, and without a word of complaint."""
        self.look_for_complaints()
        self._talk.tell("press", keys=keys)
        return self.await_end()

    def close(self) -> End:
        """Close the window as its own key does."""
        self._talk.tell("press", keys="Ctrl+Q")
        return self.await_end(Reason.CLOSED)

    def await_end(self, reason: Reason = Reason.ASKED) -> End:
        """Wait for the process to be gone; what it told the guard last."""
        try:
            status = self._process.wait(ENDING_WAIT_S)
        except subprocess.TimeoutExpired as error:
            raise Difference("the window process lives on after lock") from error
        said = self._process.stderr.read().decode() if self._process.stderr else ""
        if said.strip():
            raise Difference(f"the window process complained: {said.strip().splitlines()[-1]}")
        if status != 0:
            raise Difference(f"the window process ended with status {status}")
        end = self._last_word()
        if end is None or end.reason is not reason:
            raise Difference("the window process did not say why it ended")
        if is_alive(self.pid):
            raise Difference("the window process is still there after lock")
        return end

    def _last_word(self) -> End | None:
        with self._guard_line.makefile("rb") as incoming:
            messages = [from_line(line) for line in incoming if len(line) <= MAX_LINE_BYTES]
        ends = [message for message in messages if isinstance(message, End)]
        if ends and not any(isinstance(message, Opened) for message in messages):
            raise Difference("the window process never said which notebook it opened")
        return ends[-1] if ends else None


def is_alive(pid: int) -> bool:
    """Whether a process of this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _in_words(do: str, arguments: Mapping[str, JsonValue]) -> str:
    return " ".join([do, *(f"“{value}”" for value in arguments.values())])
