"""The window: from start to the unlock window, and how long the event loop ever stands still."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from notebook.errors import NotebookError
from notebook.handover import SealRequest
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.progress import Progress
from notebook.sealing import SealResult
from tests.bench import notebooks
from tests.bench.report import Line, amount, median_seconds
from tests.support import oracle
from ui.delivery import Delivery
from ui.jobs import Jobs
from ui.runner import Lane

TICK_MS = 2
BLOCK = 1024 * 1024
STARTS = 5
_BARE_WINDOW = (
    "from PySide6.QtWidgets import QApplication, QLabel;"
    "a = QApplication([]); w = QLabel('x'); w.setWindowTitle('Notebook'); w.show(); a.exec()"
)


def run(folder: Path) -> list[Line]:
    """All figures about the window."""
    return [_freeze(folder), _start(folder)]


class _Sealing(QObject):
    """Seals in the files lane while a timer beats; the longest gap is what a person would feel."""

    def __init__(self, application: QApplication, notebook: Notebook, out: Path) -> None:
        super().__init__(application)
        self.longest_s = 0.0
        self.result: SealResult | None = None
        self._application = application
        self._notebook = notebook
        self._out = out
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._beat)
        self._delivery = Delivery(self)
        self._jobs = Jobs(self._delivery.deliver, self._bug)

    def start(self) -> None:
        """Begin to seal everything for the first contact."""
        request = SealRequest(to=(self._notebook.contacts()[0].id,))
        plan = self._notebook.plan_seal(request)

        def write(progress: Progress) -> SealResult:
            written = self._notebook.write_sealed(plan, self._out, progress)
            return self._notebook.name_sealed(written, progress)

        self._timer.start()
        self._last = time.perf_counter()
        self._jobs.run(Lane.FILES, write, self._done, self._trouble, on_progress=self._progress)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now

    def _done(self, result: SealResult) -> None:
        self.result = result
        self._application.quit()

    def _progress(self, done: int, total: int, what: str) -> None:
        """Be told, as the window is."""

    def _trouble(self, error: NotebookError) -> None:
        raise error

    def _bug(self, error: BaseException) -> None:
        raise error


def _freeze(folder: Path) -> Line:
    mib = amount("BENCH_MIB", 1024)
    sender, reader = (notebooks.make(folder / name, name) for name in ("sealing", "reading"))
    sender.add_contact(reader.my_card().encode())
    case, _ = sender.add("case", None, {"title": "Invented"})
    evidence = folder / "evidence.bin"
    with evidence.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(BLOCK))
    with evidence.open("rb") as source:
        sender.attach(RecordId(case), source, file_name="evidence.bin")
    evidence.unlink()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    sealing = _Sealing(application, sender, folder)
    QTimer.singleShot(0, sealing.start)
    application.exec()
    assert sealing.result is not None
    return Line(
        name=f"longest freeze while sealing {mib} MiB",
        ours=1000 * sealing.longest_s,
        unit="ms",
        against="aim in ms",
        aim=50,
    )


def _start(folder: Path) -> Line:
    make = notebooks.make(folder / "shown", "Shown")
    make.close()
    program = Path(sys.executable).with_name("field-notebook")
    with _display() as display:
        ours = median_seconds(
            lambda: _until_shown([program, "window", folder / "shown"], display), STARTS
        )
        bare = median_seconds(
            lambda: _until_shown([sys.executable, "-c", _BARE_WINDOW], display), STARTS
        )
    return Line(
        name="start to the unlock window", ours=ours, theirs=bare, against="an empty PySide6 window"
    )


@contextmanager
def _display() -> Iterator[str]:
    """A screen of our own; gives its name."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        [oracle("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1366x768x24"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing)
        with os.fdopen(reading) as said:
            display = ":" + said.readline().strip()
        try:
            yield display
        finally:
            server.terminate()


def _until_shown(command: Sequence[str | Path], display: str) -> None:
    env = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as program:
        search = [oracle("xdotool"), "search", "--sync", "--onlyvisible", "--name", "^Notebook$"]
        subprocess.run(search, env=env, check=True, capture_output=True, timeout=60)
        program.terminate()
