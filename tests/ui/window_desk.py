"""A real window on a real notebook, for tests: only the guard and the end of the process are not.

The notebook is made with the cheap key derivation; `Told` keeps what the guard would hear.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from notebook import card_files, outbox
from notebook.environment import Environment, real_environment
from notebook.folder import Folder
from notebook.mission_card import MissionCard
from notebook.notebook import Kdf, Notebook
from notebook.outbox import Contents
from notebook.passphrases import PassphraseAdvice, passphrase_advice
from notebook.progress import Progress
from ui.app import NO_BUSES, App
from ui.lock import Lanes, Lock
from ui.parting import End, Opened, Start
from ui.preferences import Preferences, save_preferences
from ui.runner import Lane
from ui.shell_view import ShellView
from ui.system_watch import Buses

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"

WAIT_S = 60

ROUNDS = 12
"""An answer may ask again; none asks more often in a row."""


def cheap_environment() -> Environment:
    """The real environment, in which the key derivation only for tests is allowed."""
    return replace(real_environment(), allows_testing=True)


class CheapGate:
    """The real notebook, with a key derivation that takes no time."""

    def outbox(self, folder: Path) -> Contents:
        return outbox.contents(Folder(folder))

    def unlock(
        self, folder: Path, passphrase: str, *, allows_unsafe_memory: bool = False
    ) -> Notebook:
        environment = replace(cheap_environment(), allows_unsafe_memory=allows_unsafe_memory)
        return Notebook.unlock(folder, passphrase, environment=environment)

    def create(
        self, folder: Path, passphrase: str, author_name: str, *, is_low_memory: bool
    ) -> Notebook:
        return Notebook.create(
            folder,
            passphrase,
            author_name=author_name,
            kdf=Kdf.TESTING,
            environment=cheap_environment(),
        )

    def read_mission(self, paths: Sequence[Path]) -> MissionCard:
        return MissionCard.read(card_files.read(paths))

    def create_travelling(
        self,
        folder: Path,
        passphrase: str,
        author_name: str,
        mission: MissionCard,
        *,
        is_low_memory: bool,
        allows_unsafe_memory: bool = False,
    ) -> Notebook:
        return Notebook.create(
            folder,
            passphrase,
            author_name=author_name,
            kdf=Kdf.TESTING,
            environment=cheap_environment(),
            mission=mission,
        )

    def make_sample(self, folder: Path, progress: Progress) -> tuple[Notebook, str]:
        return self.create(folder, PASSPHRASE, "Sample", is_low_memory=True), PASSPHRASE


class Advice:
    def judge(self, passphrase: str) -> PassphraseAdvice:
        return passphrase_advice(passphrase)

    def suggest(self) -> str:
        return PASSPHRASE


@dataclass
class Told:
    """What the window told its guard, and how often it ended."""

    messages: list[Opened | End] = field(default_factory=list)
    ends: int = 0

    def tell(self, message: Opened | End) -> None:
        self.messages.append(message)

    def end(self) -> None:
        self.ends += 1

    @property
    def ending(self) -> End | None:
        """Why it ended; the notebook's words are apart, as they are others each time."""
        return next((replace(said, words=()) for said in self._endings()), None)

    @property
    def words(self) -> tuple[str, ...]:
        return next(said.words for said in self._endings())

    def _endings(self) -> Iterator[End]:
        return (said for said in self.messages if isinstance(said, End))


def make_notebook(folder: Path) -> Path:
    """Make a notebook with a case and close it again."""
    gate = CheapGate()
    notebook = gate.create(folder, PASSPHRASE, "K-7", is_low_memory=True)
    notebook.add("case", None, {"title": "Spring interviews"})
    notebook.close()
    return folder


def roll_back(folder: Path) -> None:
    """Write one entry and set the database back to the day before it."""
    before = (folder / "notebook.db").read_bytes()
    notebook = CheapGate().unlock(folder, PASSPHRASE)
    notebook.add("case", None, {"title": "Lost"})
    notebook.close()
    (folder / "notebook.db").write_bytes(before)


class PatientLanes:
    """Lanes for a lock that waits for the last word on a machine of any speed.

    How long a real one waits is measured by the benches; a test that depended on it would fail on a
    busy machine.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def settle(self, lane: Lane, _wait_s: float) -> bool:
        return self._lanes.settle(lane, WAIT_S)


class Desk:
    """The window process's insides, in this process."""

    def __init__(
        self,
        qapp: QApplication,
        qtbot: QtBot,
        tmp_path: Path,
        *,
        start: Start,
        preferences: Preferences | None = None,
        buses: Buses = NO_BUSES,
    ) -> None:
        self.qtbot = qtbot
        self.told = Told()
        self.now_s = 0.0
        self.preferences_path = tmp_path / "config" / "preferences.json"
        save_preferences(self.preferences_path, preferences or Preferences())
        self.app = App(
            qapp,
            gate=CheapGate(),
            advise=Advice(),
            start=start,
            preferences_path=self.preferences_path,
            tell_opened=self.told.tell,
            make_lock=lambda jobs: Lock(
                lanes=PatientLanes(jobs),
                tell=self.told.tell,
                end=self.told.end,
                arm=lambda _wait_s: None,
            ),
            now_s=lambda: self.now_s,
            buses=buses,
        )
        # An unlocking that nobody waited for would come to its end in another test.
        qtbot.addWidget(self.app.door, before_close_func=lambda _door: self._settle())
        with qtbot.waitExposed(self.app.door):
            self.app.start()

    def until(self, question: Callable[[], object]) -> None:
        """Let the window work until something is true."""
        self.qtbot.waitUntil(lambda: bool(question()))

    def keep(self, view: ShellView) -> None:
        """Close the window after the test, once every answer under way has come."""
        self.qtbot.addWidget(view, before_close_func=self._rest)

    def _rest(self, view: QWidget) -> None:
        # Closing locks, and locking gives to the drafts: their answers come before the end, too.
        view.close()
        self._settle()

    def _settle(self) -> None:
        for _round in range(ROUNDS):
            for lane in Lane:
                assert self.app.jobs.settle(lane, WAIT_S)
            QApplication.processEvents()

    def unlock(self) -> ShellView:
        """Type the passphrase, dismiss the four words, and wait for the main window."""
        self.app.door.unlock.unlock_requested.emit(PASSPHRASE)
        # They go by themselves, too, when the machine stood still meanwhile.
        self.until(lambda: self.app.door.unlock.is_head_shown() or self.app.view)
        self.app.door.unlock.gone_on.emit()
        self.until(lambda: self.app.view)
        view = self.app.view
        assert view is not None
        self.keep(view)
        with self.qtbot.waitActive(view):
            view.activateWindow()
        return view
