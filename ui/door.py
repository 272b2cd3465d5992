"""The door: what stands before an open notebook. What its presenters share; no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.passphrases import PassphraseAdvice


class Gate(Protocol):
    """What opens and makes notebooks; every method runs in the notebook's lane."""

    def unlock(self, folder: Path, passphrase: str) -> Notebook:
        """Open the notebook in `folder`; raises `NotebookError`."""

    def create(
        self, folder: Path, passphrase: str, author_name: str, *, is_low_memory: bool
    ) -> Notebook:
        """Make a notebook in `folder`, which must not hold anything; raises `NotebookError`."""

    def make_sample(self, folder: Path) -> tuple[Notebook, str]:
        """Make the invented notebook in `folder`; it is open, and has a new passphrase."""


class Advise(Protocol):
    """What knows about passphrases."""

    def judge(self, passphrase: str) -> PassphraseAdvice:
        """How strong a passphrase is, in a sentence."""

    def suggest(self) -> str:
        """A new passphrase of six random words."""
