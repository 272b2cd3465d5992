"""The door: what stands before an open notebook. What its presenters share; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.progress import Progress

if TYPE_CHECKING:
    from notebook.mission_card import MissionCard
    from notebook.notebook import Notebook
    from notebook.outbox import Contents
    from notebook.passphrases import PassphraseAdvice

FOLDER_NAME = "notebook"
"""Says nothing about what the work is."""


class Gate(Protocol):
    """What opens and makes notebooks; every method runs in the notebook's lane."""

    def unlock(
        self, folder: Path, passphrase: str, *, allows_unsafe_memory: bool = False
    ) -> Notebook:
        """Open the notebook in `folder`; raises `NotebookError`."""

    def outbox(self, folder: Path) -> Contents:
        """What lies in the outbox of a notebook, locked as it is."""

    def create(
        self, folder: Path, passphrase: str, author_name: str, *, is_low_memory: bool
    ) -> Notebook:
        """Make a notebook in `folder`, which must not hold anything; raises `NotebookError`."""

    def read_mission(self, paths: Sequence[Path]) -> MissionCard:
        """The mission card in a file, or in pictures of its codes; raises `NotebookError`."""

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
        """Make a notebook that travels; also raises UNSAFE_MEMORY, and then makes none."""

    def make_sample(self, folder: Path, progress: Progress) -> tuple[Notebook, str]:
        """Make the invented notebook in `folder`; it is open, and has a new passphrase.

        When it is cancelled or cannot be done, nothing of it is left.
        """


class Advise(Protocol):
    """What knows about passphrases."""

    def judge(self, passphrase: str) -> PassphraseAdvice:
        """How strong a passphrase is, in a sentence."""

    def suggest(self) -> str:
        """A new passphrase of six random words."""


def folder_for_new(chosen: Path) -> Path:
    """Where a new notebook goes: the chosen folder if it is empty, else a new one inside it."""
    try:
        is_free = not chosen.exists() or not any(chosen.iterdir())
        if is_free:
            return chosen
        taken = {entry.name for entry in chosen.iterdir()}
    except OSError:
        # Making the notebook will say what is wrong with the folder.
        return chosen
    names = (FOLDER_NAME if n == 1 else f"{FOLDER_NAME} {n}" for n in count(1))
    return chosen / next(name for name in names if name not in taken)
