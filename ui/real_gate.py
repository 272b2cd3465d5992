"""The door's way into the real notebook (see `ui.door`)."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Final

from notebook import card_files, journey, outbox
from notebook.environment import real_environment
from notebook.errors import NotebookError
from notebook.folder import Folder
from notebook.i18n import _
from notebook.mission_card import MissionCard
from notebook.notebook import Kdf, Notebook
from notebook.outbox import Contents
from notebook.passphrases import PassphraseAdvice, new_passphrase, passphrase_advice
from notebook.progress import Cancelled, Progress

SAMPLE_RECORDS: Final = 40
SAMPLE_SEED: Final = 1


class RealGate:
    """Opens and makes notebooks on this machine."""

    def unlock(
        self, folder: Path, passphrase: str, *, allows_unsafe_memory: bool = False
    ) -> Notebook:
        """Open the notebook in `folder`."""
        environment = replace(real_environment(), allows_unsafe_memory=allows_unsafe_memory)
        return Notebook.unlock(folder, passphrase, environment=environment)

    def outbox(self, folder: Path) -> Contents:
        """What lies in the outbox of a notebook, locked as it is."""
        return outbox.contents(Folder(folder))

    def create(
        self, folder: Path, passphrase: str, author_name: str, *, is_low_memory: bool
    ) -> Notebook:
        """Make a notebook in `folder`."""
        return Notebook.create(
            folder,
            passphrase,
            author_name=author_name,
            kdf=Kdf.LOW_MEMORY if is_low_memory else Kdf.STANDARD,
            environment=real_environment(),
        )

    def read_mission(self, paths: Sequence[Path]) -> MissionCard:
        """The mission card in a file, or in pictures of its codes."""
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
        """Make a notebook that travels; its first session begins at once."""
        environment = replace(real_environment(), allows_unsafe_memory=allows_unsafe_memory)
        journey.check_memory(environment)
        return Notebook.create(
            folder,
            passphrase,
            author_name=author_name,
            kdf=Kdf.LOW_MEMORY if is_low_memory else Kdf.STANDARD,
            environment=environment,
            mission=mission,
        )

    def make_sample(self, folder: Path, progress: Progress) -> tuple[Notebook, str]:
        """Make the invented notebook in `folder`; its passphrase is new as well.

        When it is cancelled or cannot be done, nothing of it is left.
        """
        # Only this button needs the sample and its media.
        from notebook.sample import make_sample  # noqa: PLC0415 - only this button needs it

        passphrase = new_passphrase(os.urandom)
        notebook = self.create(folder, passphrase, _("Sample"), is_low_memory=True)
        try:
            make_sample(notebook, records=SAMPLE_RECORDS, seed=SAMPLE_SEED, progress=progress)
        except (Cancelled, NotebookError):
            notebook.close()
            # All that is in it was invented a moment ago, in a folder that was empty before.
            rmtree(folder, ignore_errors=True)
            raise
        return notebook, passphrase


class RealAdvice:
    """Advice on passphrases."""

    def judge(self, passphrase: str) -> PassphraseAdvice:
        """How strong a passphrase is."""
        return passphrase_advice(passphrase)

    def suggest(self) -> str:
        """Six random words."""
        return new_passphrase(os.urandom)
