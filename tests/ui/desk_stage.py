"""A real notebook and stand-ins for what surrounds the presenters of the desk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

from notebook.environment import Environment, real_environment
from notebook.errors import Code, NotebookError
from notebook.forms import load_forms
from notebook.model import CaseId, JsonValue, RecordId
from notebook.notebook import Kdf, Notebook
from notebook.progress import Progress
from ui.list_items import Filter, ListItem
from ui.list_presenter import ListPresenter, Step
from ui.preferences import Preferences
from ui.record_presenter import RecordPresenter
from ui.record_sheet import RecordSheet, SaveState, Shown
from ui.rooms import Place
from ui.runner import InlineRunner, JobHandle, Lane, OnProgress
from ui.session import Session

T = TypeVar("T")

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


def environment() -> Environment:
    """The real environment, in which the cheap key derivation is allowed."""
    return replace(real_environment(), allows_testing=True)


def new_notebook(folder: Path, author: str = "Aida") -> Notebook:
    return Notebook.create(
        folder, PASSPHRASE, author_name=author, kdf=Kdf.TESTING, environment=environment()
    )


class LateRunner:
    """Keeps jobs until they are asked for, so that a test can do something in between."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

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
        inline = InlineRunner()
        job = LateJob()

        def work() -> None:
            if not job.is_cancelled:
                inline.run(
                    lane,
                    function,
                    on_done,
                    on_trouble,
                    on_progress=on_progress,
                    on_cancelled=on_cancelled,
                )

        self.waiting.append(work)
        return job

    def finish(self) -> None:
        """Do everything that waits, and what follows from it."""
        while self.waiting:
            self.waiting.pop(0)()


class LateJob:
    def __init__(self) -> None:
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class FailingRunner(InlineRunner):
    """Jobs of the notebook's lane, or others, fail as if the disk were full, while told so."""

    is_full = False
    full_for: tuple[Lane, ...] = (Lane.NOTEBOOK,)

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
        def full(_progress: Progress) -> T:
            raise NotebookError(Code.NO_SPACE, "The disk is full.")

        return super().run(
            lane,
            full if self.is_full and lane in self.full_for else function,
            on_done,
            on_trouble,
            on_progress=on_progress,
            on_cancelled=on_cancelled,
        )


@dataclass
class PretendShell:
    said: list[str] = field(default_factory=list)
    troubles: list[NotebookError] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    undo: Callable[[], None] | None = None

    def go(self, place: Place) -> None:
        self.places.append(place)

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        self.said.append(text)
        self.undo = undo

    def trouble(self, error: NotebookError) -> None:
        self.troubles.append(error)

    def refresh_actions(self) -> None:
        pass

    def copy(self, text: str) -> None:
        pass

    def preferences(self) -> Preferences:
        return Preferences()

    def set_preferences(self, preferences: Preferences) -> None:
        pass

    def record_sound(self, record: RecordId) -> None:
        pass

    def lock(self) -> None:
        pass

    def lock_departed(self) -> None:
        pass


@dataclass
class PaperRecord:
    """A record's view that holds values and nothing else."""

    sheet: RecordSheet | None = None
    values: dict[str, JsonValue] = field(default_factory=dict)
    state: Shown | None = None
    missing: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    sentence: str = ""
    focused: str = ""
    held: str = ""
    is_holding: bool = False
    """Whether letters wait for a record that is on its way."""

    def show_nothing(self, sentence: str) -> None:
        self.sheet, self.values, self.sentence = None, {}, sentence

    def show_record(self, sheet: RecordSheet) -> None:
        self.sheet, self.values = sheet, dict(sheet.values)
        self.conflicts = sheet.conflicts

    def show_value(self, name: str, value: JsonValue, names: Mapping[str, str]) -> None:
        self.values[name] = value

    def show_conflicts(self, names: tuple[str, ...]) -> None:
        self.conflicts = names

    def value(self, name: str) -> JsonValue:
        return self.values.get(name)

    def show_state(self, shown: Shown) -> None:
        self.state = shown

    def show_missing(self, words: str) -> None:
        self.missing = words

    def show_problems(self, problems: Mapping[str, str]) -> None:
        self.problems = problems

    def focus_field(self, name: str) -> None:
        self.focused = name

    def hold_keys(self, *, whole_window: bool) -> None:
        self.is_holding = True

    def held_text(self) -> str:
        return self.held

    def type_held_keys(self) -> None:
        self.drop_keys()

    def drop_keys(self) -> None:
        self.is_holding, self.held = False, ""

    def holds_keys(self) -> bool:
        return self.is_holding

    def is_empty(self) -> bool:
        return self.sheet is None

    def saving(self) -> SaveState | None:
        return self.state.state if self.state else None


@dataclass
class PaperList:
    """A list's view that holds rows and nothing else."""

    items: tuple[ListItem, ...] = ()
    empty: tuple[str, str, Step] | None = None
    heading: str = ""
    query: str = ""
    filters: frozenset[Filter] = frozenset()
    selected: RecordId | None = None
    times_shown: int = 0

    def show_heading(self, words: str, new_words: str, *, is_timeline: bool) -> None:
        self.heading = words

    def show_items(self, shown: Sequence[ListItem], count: str, *, is_search: bool) -> None:
        self.items, self.empty = tuple(shown), None
        self.times_shown += 1

    def show_empty(self, sentence: str, button: str, step: Step) -> None:
        self.empty = sentence, button, step

    def show_query(self, query: str) -> None:
        self.query = query

    def show_filters(self, chosen: frozenset[Filter], type_: str | None) -> None:
        self.filters = chosen

    def select(self, record: RecordId | None) -> None:
        self.selected = record

    def focus_search(self) -> None:
        pass

    def top(self) -> tuple[RecordId | None, int]:
        return None, 0

    def return_to(self, top: RecordId | None, hidden: int) -> None:
        pass

    @property
    def titles(self) -> list[str]:
        return [item.title for item in self.items]


class Stage:
    """The list and the record of one notebook, without a window."""

    def __init__(self, notebook: Notebook, runner: InlineRunner | LateRunner | None = None) -> None:
        self.notebook = notebook
        self.shell = PretendShell()
        self.session = Session(notebook, runner or InlineRunner(), self.shell.trouble)
        self.forms = load_forms()
        self.paper = PaperRecord()
        self.paper_list = PaperList()
        self.opened: list[RecordId | None] = []
        numbers = count(1)
        self.rows = ListPresenter(self.session, self.paper_list, self.forms)
        self.record = RecordPresenter(
            self.session,
            self.shell,
            self.paper,
            self.rows,
            self.forms,
            lambda: NOW,
            lambda: RecordId(f"{next(numbers):032x}"),
            self.opened.append,
        )
        self.session.listen(self.rows.changed)
        self.session.listen(self.record.changed)

    def type(self, name: str, value: JsonValue) -> None:
        """Type into a field."""
        self.paper.values[name] = value
        self.record.edited(name)

    def case(self, title: str = "Spring") -> CaseId:
        return CaseId(self.notebook.add("case", None, {"title": title})[0])

    def interview(self, case: CaseId, **fields: JsonValue) -> RecordId:
        return self.notebook.add("interview", case, {"title": "First talk", **fields})[0]

    def drafts(self) -> dict[RecordId, Mapping[str, JsonValue]]:
        return {draft.id: draft.fields for draft in self.notebook.drafts.all()}
