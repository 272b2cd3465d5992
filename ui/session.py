"""The open notebook as the window sees it: questions, changes and drafts go through the runner.

No Qt. The `Notebook` itself is touched only inside functions that run in its lane.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from notebook.errors import NotebookError
from notebook.model import AuthorId, Changes, RecordId
from notebook.progress import Progress
from ui.runner import JobHandle, Lane, OnProgress, Runner

if TYPE_CHECKING:
    # Loading the notebook loads its cryptography and SQL, which the first window does not need.
    from notebook.drafts import Drafts
    from notebook.notebook import Notebook

T = TypeVar("T")
OnTrouble = Callable[[NotebookError], None]


class Session:
    """An open notebook, from unlock to lock."""

    def __init__(self, notebook: Notebook, runner: Runner, on_trouble: OnTrouble) -> None:
        self._notebook = notebook
        self._runner = runner
        self._on_trouble = on_trouble
        self._listeners: list[Callable[[Changes], None]] = []
        self.folder: Path = notebook.folder
        self.author: AuthorId = notebook.author
        self.author_name: str = notebook.author_name
        self.is_travelling: bool = notebook.travel.mission is not None

    def listen(self, listener: Callable[[Changes], None]) -> None:
        """Have `listener` called with the `Changes` of every write, in the window's thread."""
        self._listeners.append(listener)

    def ask(
        self,
        question: Callable[[Notebook], T],
        on_answer: Callable[[T], None],
        on_trouble: OnTrouble | None = None,
    ) -> Question[T]:
        """Read from the notebook; the answer of a cancelled question never comes."""
        asked = Question(on_answer)
        asked.handle = self._runner.run(
            Lane.NOTEBOOK,
            lambda _progress: question(self._notebook),
            asked.answer,
            on_trouble or self._on_trouble,
        )
        return asked

    def change(
        self,
        operation: Callable[[Notebook], Changes],
        on_done: Callable[[], None] | None = None,
        on_trouble: OnTrouble | None = None,
    ) -> JobHandle:
        """Write to the notebook; every listener hears the changes before `on_done`."""
        return self.change_and_get(
            lambda notebook: (None, operation(notebook)),
            lambda _nothing: on_done() if on_done else None,
            on_trouble,
        )

    def change_and_get(
        self,
        operation: Callable[[Notebook], tuple[T, Changes]],
        on_done: Callable[[T], None],
        on_trouble: OnTrouble | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> JobHandle:
        """Write to the notebook and bring back the operation's own result."""

        def tell(result: tuple[T, Changes]) -> None:
            value, changes = result
            self.announce(changes)
            on_done(value)

        return self._runner.run(
            Lane.NOTEBOOK,
            lambda _progress: operation(self._notebook),
            tell,
            on_trouble or self._on_trouble,
            on_progress=on_progress,
        )

    def view(self, evidence: RecordId, show: Callable[[], None]) -> None:
        """Note that somebody sees evidence, and `show` it then.

        A disk that is full takes the note, and not what somebody must see now.
        """

        def on_trouble(error: NotebookError) -> None:
            self._on_trouble(error)
            show()

        self.change(lambda notebook: notebook.note_viewed(evidence), show, on_trouble)

    def long_job(
        self,
        lane: Lane,
        job: Callable[[Notebook, Progress], T],
        on_done: Callable[[T], None],
        on_trouble: OnTrouble | None = None,
        *,
        on_progress: OnProgress | None = None,
        on_cancelled: Callable[[], None] | None = None,
    ) -> JobHandle:
        """Run a long job that tells how far it is and can be cancelled.

        In the files' lane only what the façade names for it may be called: `write_sealed`,
        `name_sealed`, `stage`, `check`, `check_journal`, and what `intake()` gave. A job that
        writes ends with `announce` in its `on_done`.
        """
        return self._runner.run(
            lane,
            lambda progress: job(self._notebook, progress),
            on_done,
            on_trouble or self._on_trouble,
            on_progress=on_progress,
            on_cancelled=on_cancelled,
        )

    def drafts(
        self,
        operation: Callable[[Drafts], T],
        on_done: Callable[[T], None] | None = None,
        on_trouble: OnTrouble | None = None,
    ) -> JobHandle:
        """Read or write drafts, in their own lane, whatever else is running."""
        return self._runner.run(
            Lane.DRAFTS,
            lambda _progress: operation(self._notebook.drafts),
            on_done or _nothing,
            on_trouble or self._on_trouble,
        )

    def halt(self) -> tuple[str, ...]:
        """For the lock: nothing is written from now on; the four words, as far as they are known.

        The one thing that is done outside the lane: it waits for nothing.
        """
        return self._notebook.halt()

    def announce(self, changes: Changes) -> None:
        """Tell every listener what was written."""
        for listener in tuple(self._listeners):
            listener(changes)


class Question(Generic[T]):
    """A question that was asked, and can be taken back."""

    def __init__(self, on_answer: Callable[[T], None]) -> None:
        self._on_answer: Callable[[T], None] | None = on_answer
        self.handle: JobHandle | None = None

    def answer(self, answer: T) -> None:
        """Pass the answer on, unless nobody wants it any more."""
        if self._on_answer:
            self._on_answer(answer)

    def cancel(self) -> None:
        """Take the question back; an answer that is under way is dropped."""
        self._on_answer = None
        if self.handle:
            self.handle.cancel()


def _nothing(result: object) -> None:
    """What follows when nobody waits for the result."""
