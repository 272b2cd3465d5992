"""The real guard and its real windows, watched from the first call to the last."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from notebook.model import JsonValue
from tests.journeys.screen import PEER
from tests.processes import await_end, children_of
from tests.support import REPOSITORY
from ui.tour.driven import Conversation

WAIT_S: Final = 60.0
NUMBERS: Final = count()


@dataclass(kw_only=True)
class Hands:
    """One window process, and the hands that work in it."""

    pid: int
    talk: Conversation

    def do(self, what: str, **arguments: JsonValue) -> JsonValue:
        """Have one thing done in the window."""
        return self.talk.ask(what, wait_s=WAIT_S, **arguments)

    def click(self, *names: str) -> None:
        """Click buttons, one after another."""
        for name in names:
            self.do("click", kind="button", name=name)

    def fill(self, name: str, text: str) -> None:
        """Type into a field instead of what stands there."""
        self.do("fill", name=name, text=text)

    def press(self, keys: str) -> None:
        """Press a combination of keys."""
        self.do("press", keys=keys)

    def see(self, words: str) -> None:
        """Wait until these words stand on the screen."""
        self.do("see", text=words)

    def begin_record(self, title: str) -> None:
        """Wait for the empty form of a new record, and give it a title."""
        self.see("Title, safe to read aloud")
        self.fill("Title", title)

    def choose(self, path: Path) -> None:
        """Name a file or a folder in the open dialog."""
        self.do("file", path=str(path))

    def end(self, keys: str) -> None:
        """Press what ends the window, and wait until its process is gone."""
        self.talk.tell("press", keys=keys)
        await_end(self.pid)


@dataclass(kw_only=True)
class Guarded:
    """The guard as a process, and window after window."""

    process: "subprocess.Popen[bytes]"
    listener: socket.socket
    is_watched: bool
    _lines: list[socket.socket] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """The guard itself, not who watches it."""
        return children_of(self.process.pid)[0] if self.is_watched else self.process.pid

    def next_window(self) -> Hands:
        """The window process that comes up next."""
        line, _address = self.listener.accept()
        self._lines.append(line)
        credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
        pid, _user, _group = PEER.unpack(credentials)
        return Hands(pid=pid, talk=Conversation(line))

    def close(self) -> None:
        """No process stays, whatever happened."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for line in (*self._lines, self.listener):
            line.close()


@contextmanager
def guarded(
    environment: dict[str, str],
    folder: Path | None = None,
    watch: Sequence[str] = (),
    umask: int = -1,
    *,
    is_patient: bool = True,
) -> Iterator[Guarded]:
    """The real guard, at a notebook or at the beginning, perhaps watched.

    One that is patient waits at a lock for whatever is to be written.
    """
    name = f"field-notebook-promise-{os.getpid()}-{next(NUMBERS)}"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0{name}")
    listener.listen()
    listener.settimeout(WAIT_S)
    module, how = "tests.journeys.watched_window", "patient" if is_patient else "strict"
    command = [sys.executable, "-P", "-m", module, "guard", how, name]
    process = subprocess.Popen(
        [*watch, *command, *([str(folder)] if folder else [])],
        env=environment,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        umask=umask,
    )
    running = Guarded(process=process, listener=listener, is_watched=bool(watch))
    try:
        yield running
    finally:
        running.close()
