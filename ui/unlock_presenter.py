"""Unlocking: the folder, the passphrase, why it locked, and the four words afterwards. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from ui.door import Gate
from ui.parting import Reason, Start
from ui.runner import Lane, Runner
from ui.words import outbox_words

if TYPE_CHECKING:
    from notebook.core import Status
    from notebook.notebook import Notebook
    from notebook.outbox import Contents


class UnlockScreen(Protocol):
    """What the presenter asks of the unlock view."""

    def show_folder(self, name: str, where: str) -> None:
        """Show which notebook it is: its folder's name, and where that lies."""

    def show_reason(self, sentence: str) -> None:
        """Show why the last window locked; empty for nothing."""

    def show_words(self, words: Sequence[str]) -> None:
        """Show the notebook's four words as it locked; none for nothing."""

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that the passphrase is being tried."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble and let the person try again."""

    def show_outbox(self, words: str) -> None:
        """Show what waits in the outbox of a notebook that travels; empty for nothing."""

    def offer_override(self) -> None:
        """Offer to open it although memory may be written to the disk."""

    def show_head(self, words: Sequence[str], last_opened: str | None) -> None:
        """Show the four words of the journal and when it was last open (RFC 3339)."""


class UnlockPresenter:
    """Opens a notebook."""

    def __init__(
        self,
        screen: UnlockScreen,
        runner: Runner,
        gate: Gate,
        on_opened: Callable[[Notebook], None],
    ) -> None:
        """`on_opened` takes the notebook once the four words were seen."""
        self._screen = screen
        self._runner = runner
        self._gate = gate
        self._on_opened = on_opened
        self._folder: Path | None = None
        self._notebook: Notebook | None = None
        self._is_busy = False
        self._allows_unsafe_memory = False

    def start(self, start: Start) -> None:
        """Say why the last window locked."""
        self._screen.show_reason(locked_because(start))
        self._screen.show_words(start.words)

    def choose(self, folder: Path) -> None:
        """Unlock this notebook."""
        if self._folder not in (None, folder):
            # They are another notebook's.
            self._screen.show_words(())
        self._folder = folder
        self._allows_unsafe_memory = False
        self._screen.show_folder(folder.name, str(folder.parent))
        self._screen.show_outbox("")
        self._runner.run(
            Lane.NOTEBOOK,
            lambda _progress: self._gate.outbox(folder),
            self._show_outbox,
            # What cannot be counted, unlocking will say better.
            lambda _error: None,
        )

    def allow_unsafe_memory(self) -> None:
        """The person was told what that means, and opens it all the same."""
        self._allows_unsafe_memory = True

    def unlock(self, passphrase: str) -> None:
        """Try the passphrase; a second try waits for the first."""
        folder = self._folder
        if self._is_busy or folder is None or not passphrase:
            return
        self._is_busy = True
        self._screen.show_busy(is_busy=True)
        self._runner.run(
            Lane.NOTEBOOK,
            lambda _progress: _opened(
                self._gate, folder, passphrase, allows_unsafe_memory=self._allows_unsafe_memory
            ),
            self._on_unlocked,
            self._on_trouble,
        )

    def go_on(self) -> None:
        """The four words were seen, or nobody looked."""
        notebook, self._notebook = self._notebook, None
        if notebook:
            self._on_opened(notebook)

    def _on_unlocked(self, opened: tuple[Notebook, Status]) -> None:
        self._notebook, status = opened
        self._screen.show_head(status.head_words, status.last_opened)

    def _on_trouble(self, error: NotebookError) -> None:
        self._is_busy = False
        self._screen.show_busy(is_busy=False)
        self._screen.show_trouble(error)
        if error.code is Code.UNSAFE_MEMORY:
            self._screen.offer_override()

    def _show_outbox(self, contents: Contents) -> None:
        if contents.files:
            self._screen.show_outbox(locked_outbox_words(contents))


def locked_because(start: Start) -> str:
    """Why the last window locked, in one sentence; empty when there was none."""
    if start.reason is Reason.IDLE:
        minutes = start.idle_minutes
        return ngettext(
            "Locked: {minutes} minute without input",
            "Locked: {minutes} minutes without input",
            minutes,
        ).format(minutes=minutes)
    sentences = {
        Reason.ASKED: _("Locked: you locked it"),
        Reason.SYSTEM: _("Locked: the system asked for it"),
        Reason.SLEEP: _("Locked: the computer went to sleep"),
        Reason.LID: _("Locked: the lid was closed"),
        Reason.SCREEN: _("Locked: the screen was locked"),
        Reason.DEPARTED: _("Removed. Unlock, and look at what remains on this laptop."),
        Reason.STOPPED: _(
            "The program stopped by itself. What you typed is kept, but for the last two seconds."
        ),
    }
    return sentences.get(start.reason, "") if start.reason else ""


def locked_outbox_words(contents: Contents) -> str:
    """What a locked notebook that travels says of itself."""
    return (
        outbox_words(contents)
        + " "
        + _(
            "This laptop cannot open them. Unlocking begins a new session; earlier records cannot"
            " be shown."
        )
    )


def _opened(
    gate: Gate, folder: Path, passphrase: str, *, allows_unsafe_memory: bool
) -> tuple[Notebook, Status]:
    notebook = gate.unlock(folder, passphrase, allows_unsafe_memory=allows_unsafe_memory)
    return notebook, notebook.status()
