"""How long locking takes: from the signal to the end of the process, by what goes on."""

import os
import select
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from notebook.environment import real_environment
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook
from tests.bench.notebooks import PASSPHRASE, account
from tests.bench.report import Line, amount
from tests.notebook.support_sound import room
from ui.parting import Start
from ui.tour import people
from ui.tour.driven import Driven, screen_environment

ROUNDS = 3
AIM_MS = 300
BLOCK = 1024 * 1024
TITLE = "Invented interview"
READER = "Reader"
State = Callable[[Driven], None]


def run(folder: Path) -> list[Line]:
    """The longest lock in each state."""
    with room() as there:
        bench = _Bench(folder, there.environment)
        states: dict[str, State] = {
            "something typed": bench.type,
            "settings are open": bench.open_settings,
            "a file dialog is open": bench.open_dialog,
            "a key is derived": bench.derive,
            "a file is taken in": bench.take_in,
            "a bundle is sealed": bench.seal,
            "somebody is recorded": bench.record,
        }
        return [bench.longest(words, reach) for words, reach in states.items()]


class _Bench:
    """A notebook, and windows on it."""

    def __init__(self, folder: Path, sound: Mapping[str, str]) -> None:
        """`sound` says where the room with a microphone is."""
        mib = amount("BENCH_LOCK_MIB", 256)
        self.notebook, self.slow = folder / "notebook", folder / "slow"
        self._folder = folder
        self._environment = {**screen_environment(folder), **sound}
        self._out = folder / "out"
        self._out.mkdir()
        self._evidence = folder / "evidence.bin"
        with self._evidence.open("wb") as file:
            for _ in range(mib):
                file.write(os.urandom(BLOCK))
        reader = self._make(folder / "reader", READER, Kdf.LOW_MEMORY)
        made = self._make(self.notebook, "K-7", Kdf.LOW_MEMORY)
        made.add_contact(reader.my_card().encode())
        reader.close()
        case, _ = made.add("case", None, {"title": "Invented"})
        fields = {"title": TITLE, "account": account(1)}
        made.add("interview", CaseId(case), fields)
        with self._evidence.open("rb") as source:
            made.attach(RecordId(case), source, file_name="evidence.bin")
        made.close()
        self._make(self.slow, "K-7", Kdf.STANDARD).close()

    def _make(self, folder: Path, name: str, kdf: Kdf) -> Notebook:
        return Notebook.create(
            folder, PASSPHRASE, author_name=name, kdf=kdf, environment=real_environment()
        )

    def longest(self, words: str, reach: State) -> Line:
        """Come to a state and lock, some times."""
        folder = self.slow if reach == self.derive else self.notebook
        took = 0.0
        for _round in range(ROUNDS):
            start = Start(guard_pid=os.getpid(), folder=str(folder))
            with Driven(self._environment, start) as window:
                reach(window)
                took = max(took, _lock(window.pid))
        return Line(
            name=f"lock while {words}",
            ours=1000 * took,
            unit="ms",
            against=f"aim in ms; longest of {ROUNDS}",
            aim=AIM_MS,
        )

    def type(self, window: Driven) -> None:
        people.unlock(window, PASSPHRASE)
        people.open_record(window, "Interviews", TITLE)
        people.change_field(window, "Account", f"They came at night. {time.monotonic_ns()}")

    def open_settings(self, window: Driven) -> None:
        people.unlock(window, PASSPHRASE)
        window.press("Ctrl+,")
        window.see("Lock without input after")

    def open_dialog(self, window: Driven) -> None:
        people.unlock(window, PASSPHRASE)
        people.open_record(window, "Interviews", TITLE)
        window.press("Ctrl+Shift+A")
        window.see("Look in:")

    def derive(self, window: Driven) -> None:
        window.fill("Passphrase", PASSPHRASE)
        window.press("Return")
        window.see("Unlocking…")

    def take_in(self, window: Driven) -> None:
        self.open_dialog(window)
        window.choose_file(self._evidence)
        window.see("Taking in")

    def seal(self, window: Driven) -> None:
        people.unlock(window, PASSPHRASE)
        people.begin_sealing(window, READER)
        window.click("Go on")
        window.click("Choose a folder…")
        window.choose_file(self._out)
        window.click("Seal")
        window.see("Sealing")

    def record(self, window: Driven) -> None:
        people.unlock(window, PASSPHRASE)
        people.open_record(window, "Interviews", TITLE)
        window.press("Ctrl+Shift+R")
        window.see("No consent to sound")
        window.press("Return")
        window.see("Recording 0:00:02")


def _lock(pid: int) -> float:
    """Seconds from the signal to the end."""
    process = os.pidfd_open(pid)
    try:
        begun = time.perf_counter()
        os.kill(pid, signal.SIGTERM)
        select.select([process], [], [])
        return time.perf_counter() - begun
    finally:
        os.close(process)
