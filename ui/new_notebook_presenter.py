"""Making a notebook: folder, author's name, passphrase, memory, and whether it travels. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.errors import Code, NotebookError
from notebook.i18n import _
from ui.door import Advise, Gate, folder_for_new
from ui.mission_choice import MissionChoice, MissionScreen
from ui.runner import JobHandle, Lane, Runner

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.passphrases import PassphraseAdvice


class NewNotebookScreen(MissionScreen, Protocol):
    """What the presenter asks of the view."""

    def show_folder(self, folder: str) -> None:
        """Show where the notebook will lie."""

    def show_advice(self, sentence: str, *, is_accepted: bool) -> None:
        """Show what is to be said about the passphrase."""

    def show_passphrase(self, passphrase: str) -> None:
        """Fill in a passphrase that was made, and show it plainly."""

    def show_lacks(self, sentence: str) -> None:
        """Show what is still missing; empty when nothing is."""

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that the notebook is being made."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble and let the person try again."""

    def offer_override(self) -> None:
        """Offer to make it although memory may be written to the disk."""


class NewNotebookPresenter:
    """Makes a notebook."""

    def __init__(
        self,
        screen: NewNotebookScreen,
        runner: Runner,
        gate: Gate,
        advise: Advise,
        on_opened: Callable[[Notebook], None],
    ) -> None:
        self._screen = screen
        self._runner = runner
        self._gate = gate
        self._advise = advise
        self._on_opened = on_opened
        self._folder: Path | None = None
        self._is_busy = False
        self._advising: JobHandle | None = None
        self._allows_unsafe_memory = False
        self.mission = MissionChoice(screen, runner, gate)

    def allow_unsafe_memory(self) -> None:
        """The person was told what that means, and makes it all the same."""
        self._allows_unsafe_memory = True

    def choose(self, folder: Path) -> None:
        """Make it in this folder, or inside it when there is something in it already."""
        self._folder = folder_for_new(folder)
        self._screen.show_folder(str(self._folder))

    def judge(self, passphrase: str) -> None:
        """Say how strong the passphrase is; asked at every keystroke."""
        # Estimating takes longer than a keystroke may, so it is done beside the window, and what
        # nobody waits for any more is taken back.
        if self._advising:
            self._advising.cancel()
        self._advising = self._runner.run(
            Lane.FILES,
            lambda _progress: self._advise.judge(passphrase),
            self._show_advice,
            self._screen.show_trouble,
        )

    def suggest(self) -> None:
        """Fill in six random words."""
        passphrase = self._advise.suggest()
        self._screen.show_passphrase(passphrase)
        self.judge(passphrase)

    def create(
        self, author_name: str, passphrase: str, repeated: str, *, is_low_memory: bool
    ) -> None:
        """Make the notebook, or say what is missing."""
        lack = self._lack(author_name, passphrase, repeated)
        self._screen.show_lacks(lack)
        folder = self._folder
        if lack or folder is None or self._is_busy:
            return
        self._is_busy = True
        self._screen.show_busy(is_busy=True)
        name, mission = author_name.strip(), self.mission.mission
        allows_unsafe_memory = self._allows_unsafe_memory

        def make() -> Notebook:
            if mission is None:
                return self._gate.create(folder, passphrase, name, is_low_memory=is_low_memory)
            return self._gate.create_travelling(
                folder,
                passphrase,
                name,
                mission,
                is_low_memory=is_low_memory,
                allows_unsafe_memory=allows_unsafe_memory,
            )

        self._runner.run(Lane.NOTEBOOK, lambda _progress: make(), self._on_opened, self._on_trouble)

    def _lack(self, author_name: str, passphrase: str, repeated: str) -> str:
        if self._folder is None:
            return _("Choose where the notebook will lie.")
        if not author_name.strip():
            return _("Give a name or a code for yourself.")
        if not passphrase:
            return _("Give a passphrase.")
        if passphrase != repeated:
            return _("The two passphrases differ.")
        return self.mission.lack()

    def _show_advice(self, advice: PassphraseAdvice) -> None:
        self._screen.show_advice(advice.sentence, is_accepted=advice.is_accepted)

    def _on_trouble(self, error: NotebookError) -> None:
        self._is_busy = False
        self._screen.show_busy(is_busy=False)
        self._screen.show_trouble(error)
        if error.code is Code.UNSAFE_MEMORY:
            self._screen.offer_override()
