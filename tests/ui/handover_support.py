"""For tests of handover: real notebooks, a shell that remembers, a runner that waits."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest

from notebook import i18n
from notebook.errors import NotebookError
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.progress import Cancelled, Progress
from tests.notebook.support_notebook import case_in, create, interview_in
from ui.preferences import Preferences
from ui.rooms import Place
from ui.runner import InlineJob, JobHandle, Lane, OnProgress
from ui.session import Session

T = TypeVar("T")


@dataclass
class FakeShell:
    """Remembers where a room wanted to go and what it said."""

    places: list[Place] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    has_departed: bool = False

    def go(self, place: Place) -> None:
        self.places.append(place)

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        self.said.append(text)

    def trouble(self, error: NotebookError) -> None:
        raise error

    def refresh_actions(self) -> None:
        pass

    def copy(self, text: str) -> None:
        self.copied.append(text)

    def preferences(self) -> Preferences:
        return Preferences()

    def set_preferences(self, preferences: Preferences) -> None:
        pass

    def record_sound(self, record: RecordId) -> None:
        pass

    def lock(self) -> None:
        pass

    def lock_departed(self) -> None:
        self.has_departed = True


class WaitingRunner:
    """Runs nothing until it is told to: for tests of what happens while a job is under way."""

    def __init__(self) -> None:
        self._jobs: list[tuple[Lane, Callable[[], None]]] = []

    def run(
        self,
        lane: Lane,
        function: Callable[[Progress], T],
        on_done: Callable[[T], None],
        on_trouble: Callable[[NotebookError], None],
        *,
        on_progress: OnProgress | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> JobHandle:
        job = InlineJob(on_progress)

        def work() -> None:
            try:
                result = function(job)
            except Cancelled:
                if on_cancelled:
                    on_cancelled()
            except NotebookError as error:
                on_trouble(error)
            else:
                on_done(result)

        self._jobs.append((lane, work))
        return job

    def go_on(self) -> None:
        """Do the job that has waited longest, and only that one."""
        _lane, work = self._jobs.pop(0)
        work()

    def go_on_to_the_end(self) -> None:
        """Do every job, and those that they ask for."""
        while self._jobs:
            self.go_on()


def session(notebook: Notebook, runner: WaitingRunner) -> Session:
    """The notebook as the window sees it; trouble that nobody waits for fails the test."""

    def fail(error: NotebookError) -> None:
        raise error

    return Session(notebook, runner, fail)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two notebooks: Aida's with a case and an interview, and Kairat's, empty."""

    aida: Notebook
    kairat: Notebook
    case: CaseId
    interview: RecordId

    def introduce(self) -> None:
        """Each gets the other's card."""
        self.aida.add_contact(self.kairat.my_card().encode())
        self.kairat.add_contact(self.aida.my_card().encode())


def make_pair(folder: Path) -> Pair:
    """Two notebooks that do not know each other yet."""
    aida = create(folder / "aida", "aida", "Aida")
    kairat = create(folder / "kairat", "kairat", "Қайрат")
    case = case_in(aida, "Spring")
    return Pair(aida, kairat, case, interview_in(aida, case, title="Сұхбат"))


ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def speak_arabic_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program in English, by a translator who writes numbers in another way."""
    number = "1,234,567,890"

    def one(sentence: str) -> str:
        return number.translate(ARABIC_DIGITS) if sentence == number else sentence

    monkeypatch.setattr(i18n, "_translator", replace(i18n._translator, one=one))
