"""The guard opens a fresh window after every lock, and none after closing."""

import json
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ui.guard import ENDING_MOMENTS, ENDING_SIGNALS, Guard

WINDOW = """
import json, os, signal, socket, sys, time
from pathlib import Path
line = socket.socket(fileno=int(sys.argv[1]))
start = json.loads(line.makefile("rb").readline())
log = Path(sys.argv[2])
number = len(log.read_text().splitlines()) if log.exists() else 0
with log.open("a") as file:
    told = {key: start[key] for key in ("folder", "reason", "idle_minutes")}
    file.write(json.dumps(told) + chr(10))
assert start["guard_pid"] == os.getppid()
def say(**message):
    line.sendall(json.dumps(message).encode() + bytes([10]))
def opened(folder):
    say(kind="opened", folder=folder)
def end(reason, minutes=0):
    say(kind="end", reason=reason, idle_minutes=minutes, words=[])
    os._exit(0)
"""


@pytest.fixture(autouse=True)
def _keep_signal_handlers() -> object:
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Run:
    """A guard whose window processes follow a script; `windows` is what each was told."""

    def __init__(self, tmp_path: Path, script: str) -> None:
        self._program = tmp_path / "window.py"
        self._program.write_text(WINDOW + textwrap.dedent(script), encoding="utf-8")
        self._log = tmp_path / "log"

    def command(self, line: int) -> list[str]:
        return [sys.executable, str(self._program), str(line), str(self._log)]

    def guard(self, folder: str | None = None) -> int:
        return Guard(self.command).run(folder)

    @property
    def windows(self) -> list[tuple[str | None, str | None, int]]:
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [tuple(json.loads(line).values()) for line in lines]


def test_a_closed_window_ends_the_program(tmp_path: Path) -> None:
    run = Run(tmp_path, "opened('/n'); end('closed')")
    assert run.guard("/n") == 0
    assert run.windows == [("/n", None, 0)]


def test_a_locked_window_is_followed_by_a_fresh_one_that_knows_why(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        """
        if number == 0:
            opened("/first"); opened("/chosen"); end("idle", 5)
        if number == 1:
            end("asked")
        end("closed")
        """,
    )
    assert run.guard() == 0
    assert run.windows == [(None, None, 0), ("/chosen", "idle", 5), ("/chosen", "asked", 0)]


@pytest.mark.parametrize(
    "death",
    [
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os._exit(3)",
        "line.sendall(b'nonsense' + bytes([10])); time.sleep(60)",
    ],
)
def test_a_window_that_dies_with_a_notebook_open_is_followed_by_one_that_says_so(
    tmp_path: Path, death: str
) -> None:
    run = Run(tmp_path, f"if number == 0:\n    opened('/n'); {death}\nend('closed')")
    assert run.guard("/n") == 0
    assert run.windows == [("/n", None, 0), ("/n", "stopped", 0)]


def test_a_window_that_dies_before_it_opens_anything_is_not_tried_again(tmp_path: Path) -> None:
    run = Run(tmp_path, "os._exit(3)")
    assert run.guard() == 3
    assert len(run.windows) == 1


def test_a_window_that_does_not_end_when_it_said_so_is_killed(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        """
        say(kind="end", reason="closed", idle_minutes=0, words=[])
        time.sleep(60)
        """,
    )
    assert run.guard() == 0


class Ending:
    """A window process that is still there for so many moments, however long they take."""

    def __init__(self, moments: int) -> None:
        self._moments = moments
        self.is_killed = False

    def wait(self, wait_s: float | None = None) -> int:
        if self._moments and wait_s is not None:
            assert wait_s <= 0.01
            self._moments -= 1
            raise subprocess.TimeoutExpired("window", wait_s)
        return 0

    def kill(self) -> None:
        self.is_killed = True


@pytest.mark.parametrize(("moments", "is_killed"), [(0, False), (24, False), (25, True)])
def test_how_long_a_window_may_take_to_end_is_no_matter_of_the_clock(
    moments: int, *, is_killed: bool
) -> None:
    ending = Ending(moments)
    guard = Guard()
    assert guard._wait(ending, ENDING_MOMENTS) == 0  # type: ignore[arg-type]  # as much as is asked
    assert ending.is_killed is is_killed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_guard_that_is_asked_to_end_has_the_window_lock_first(
    tmp_path: Path, number: signal.Signals
) -> None:
    run = Run(
        tmp_path,
        """
        signal.signal(signal.SIGTERM, lambda *_: (log.with_name("locked").touch(), end("system")))
        log.with_name("ready").touch()
        time.sleep(60)
        """,
    )
    guard = started(run, tmp_path)
    guard.send_signal(number)
    assert guard.wait(60) == 0
    assert (tmp_path / "locked").exists()
    assert len(run.windows) == 1


def test_a_window_that_hangs_is_killed_when_the_guard_is_asked_to_end(tmp_path: Path) -> None:
    # It hears nothing any more, as one that waits in the system for a display that is gone.
    run = Run(
        tmp_path,
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        opened("/n")
        log.with_name("ready").touch()
        time.sleep(600)
        """,
    )
    guard = started(run, tmp_path)
    window = Path(f"/proc/{guard.pid}/task/{guard.pid}/children").read_text().split()
    guard.terminate()
    assert guard.wait(60) == 0
    assert [pid for pid in window if Path(f"/proc/{pid}").exists()] == []
    assert len(run.windows) == 1


def started(run: Run, tmp_path: Path) -> subprocess.Popen[bytes]:
    """A guard of its own, once its window says that it is ready."""
    program = (
        "import sys; from ui.guard import Guard; "
        f"sys.exit(Guard(lambda line: {run.command(0)[:2]!r} + [str(line), {run.command(0)[3]!r}])"
        ".run(None))"
    )
    root = Path(__file__).parents[2]
    guard = subprocess.Popen([sys.executable, "-c", program], cwd=root)
    ready = tmp_path / "ready"
    while not ready.exists():
        assert guard.poll() is None
        time.sleep(0.005)
    return guard
