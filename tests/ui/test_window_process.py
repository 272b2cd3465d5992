"""The real window process, alone and under the real guard, offscreen."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ui.parting import MAX_LINE_BYTES, End, Message, Reason, Start, from_line, to_line

ROOT = Path(__file__).parents[2]
WAIT_S = 60
PR_GET_DUMPABLE = 3


def _environment(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "EFFORT") if name in os.environ}
    return {
        **keep,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_RUNTIME_DIR": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }


class Window:
    """A window process, and the guard's end of its line."""

    def __init__(self, tmp_path: Path, program: list[str], start: Start) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", *program, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                env=_environment(tmp_path),
                stderr=subprocess.PIPE,
            )
        ours.settimeout(WAIT_S)
        self._line = ours
        self._incoming = ours.makefile("rb")
        ours.sendall(to_line(start))

    def said(self) -> Message:
        return from_line(self._incoming.readline(MAX_LINE_BYTES + 1))

    def end(self) -> tuple[int, str]:
        _out, error = self.process.communicate(timeout=WAIT_S)
        self._incoming.close()
        self._line.close()
        return self.process.returncode, error.decode()


def in_window(*lines: str) -> list[str]:
    """A window process that runs these lines once its window is shown, then goes on."""
    program = f"""
import sys
from PySide6.QtCore import QTimer
from ui import app, window_process
original = app.App.start
def start(self):
    original(self)
    QTimer.singleShot(0, lambda: act(self))
def act(self):
    import os, resource, signal
    {"; ".join(lines)}
app.App.start = start
sys.exit(window_process.main(["window", sys.argv[1]]))
"""
    return ["-c", program]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_locks_even_while_the_event_loop_sleeps(
    tmp_path: Path, number: signal.Signals
) -> None:
    window = Window(tmp_path, in_window("os.write(2, b'shown\\n')"), Start(guard_pid=os.getpid()))
    assert window.process.stderr is not None
    assert window.process.stderr.readline() == b"shown\n"
    window.process.send_signal(number)
    assert window.said() == End(reason=Reason.SYSTEM)
    assert window.end() == (0, "")


def test_the_process_is_protected_before_the_window_is_shown(tmp_path: Path) -> None:
    window = Window(
        tmp_path,
        in_window(
            "limits = resource.getrlimit(resource.RLIMIT_CORE)",
            "import ctypes",
            f"dumpable = ctypes.CDLL(None).prctl({PR_GET_DUMPABLE}, 0, 0, 0, 0)",
            "os.write(2, f'{limits} {dumpable}'.encode())",
            "self.close()",
        ),
        Start(guard_pid=os.getpid()),
    )
    assert window.said() == End(reason=Reason.CLOSED)
    assert window.end() == (0, "(0, 0) 0")
    # The negative control: this very process is not protected.
    assert ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1


def test_a_bug_in_a_slot_is_written_without_content(tmp_path: Path) -> None:
    window = Window(
        tmp_path,
        in_window(
            "from PySide6.QtCore import QTimer",
            "QTimer.singleShot(50, self.close)",
            "raise ValueError('the witness said')",
        ),
        Start(guard_pid=os.getpid()),
    )
    assert window.said() == End(reason=Reason.CLOSED)
    status, error = window.end()
    assert status == 0
    assert "ValueError" in error
    assert "witness" not in error


def test_a_window_whose_guard_is_another_process_does_not_start(tmp_path: Path) -> None:
    window = Window(tmp_path, ["-m", "ui.window_process"], Start(guard_pid=1))
    status, error = window.end()
    assert status == 1
    assert "the parent process has ended" in error


def test_the_system_ends_a_process_that_hangs_while_locking(tmp_path: Path) -> None:
    window = Window(
        tmp_path,
        in_window(
            "import time",
            "self.locking.flush = lambda: time.sleep(600)",
            "self.close()",
        ),
        Start(guard_pid=os.getpid()),
    )
    assert window.said() == End(reason=Reason.CLOSED)
    status, _error = window.end()
    assert status == -signal.SIGALRM


def test_a_machine_that_stands_still_while_it_locks_costs_no_word(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    window = Window(
        tmp_path,
        in_window(
            "from pathlib import Path",
            "stop = lambda: os.kill(os.getpid(), signal.SIGSTOP)",
            f"self.locking.flush = lambda: (stop(), Path({str(kept)!r}).touch())",
            "self.close()",
        ),
        Start(guard_pid=os.getpid()),
    )
    assert window.said() == End(reason=Reason.CLOSED)
    os.waitid(os.P_PID, window.process.pid, os.WSTOPPED | os.WNOWAIT)
    # Longer than a lock may ever take.
    time.sleep(0.5)
    while window.process.poll() is None:
        window.process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    assert window.end() == (0, "")
    assert kept.exists()


def test_the_file_dialog_leaves_no_history(tmp_path: Path) -> None:
    home = tmp_path / "home"
    window = Window(
        tmp_path,
        in_window(
            "from PySide6.QtWidgets import QFileDialog",
            f"dialog = QFileDialog(self.door, 'x', {str(tmp_path)!r})",
            "dialog.setOption(QFileDialog.Option.DontUseNativeDialog)",
            "dialog.show()",
            "dialog.accept()",
            "dialog.deleteLater()",
            "from PySide6.QtCore import QTimer",
            "QTimer.singleShot(100, self.close)",
        ),
        Start(guard_pid=os.getpid()),
    )
    window.end()
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_without_our_care_the_file_dialog_would_leave_a_history(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    program = (
        "from PySide6.QtWidgets import QApplication, QFileDialog\n"
        "application = QApplication([])\n"
        "dialog = QFileDialog(None, 'x', '/')\n"
        "dialog.setOption(QFileDialog.Option.DontUseNativeDialog)\n"
        "dialog.show(); dialog.accept(); del dialog\n"
    )
    subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True
    )
    assert [path.name for path in (tmp_path / "home").rglob("*.conf")] == ["QtProject.conf"]


def core_limit(pid: int | str) -> list[str]:
    """How large a core of this process may be: softly, and at all."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line.split()[4:6] for line in lines if line.startswith("Max core file size"))


def test_the_guard_shows_a_real_window_and_ends_with_it(tmp_path: Path) -> None:
    guard = subprocess.Popen(
        [sys.executable, "-P", "-m", "ui.main", "window"],
        env=_environment(tmp_path),
        stderr=subprocess.PIPE,
    )
    children = Path(f"/proc/{guard.pid}/task/{guard.pid}/children")
    while not (child := children.read_text().split()):
        assert guard.poll() is None
        time.sleep(0.005)
    mapped = Path(f"/proc/{guard.pid}/maps").read_text()
    assert "libQt6" not in mapped
    assert "_rust.abi3" not in mapped
    # It leaves no core, and what it starts could not from its first moment.
    for pid in (guard.pid, child[0]):
        assert core_limit(pid) == ["0", "0"]
    guard.terminate()
    _out, error = guard.communicate(timeout=WAIT_S)
    assert guard.returncode == 0, error
    assert not Path(f"/proc/{child[0]}").exists()
