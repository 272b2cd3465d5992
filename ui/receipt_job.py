"""A receipt for a contact: looked at, written and noted, with one word at the end. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from notebook.errors import NotebookError
from notebook.handover import SealPlan, SealRequest
from notebook.i18n import _
from notebook.model import AuthorId
from ui import seal_end
from ui.rooms import Shell
from ui.runner import Lane
from ui.session import Session
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.progress import Progress
    from notebook.sealing import SealResult, Written


class ReceiptJob:
    """Writes a receipt for one contact into a folder."""

    def __init__(
        self, session: Session, shell: Shell, on_trouble: Callable[[NotebookError], None]
    ) -> None:
        self._session = session
        self._shell = shell
        self._on_trouble = on_trouble

    def start(self, contact: AuthorId, folder: Path) -> None:
        """Seal what is held of the cases that the contact shares."""
        self._session.ask(
            lambda notebook: notebook.plan_seal(SealRequest(to=(contact,), is_receipt=True)),
            lambda plan: self._write(plan, folder),
            self._on_trouble,
        )

    def _write(self, plan: SealPlan, folder: Path) -> None:
        name = isolated(plan.readers[0].name)
        if plan.is_empty:
            self._shell.say(
                _("There is nothing to say: {name} never sealed anything for you.").format(
                    name=name
                )
            )
            return

        def write(notebook: Notebook, progress: Progress) -> Written:
            return notebook.write_sealed(plan, folder, progress)

        def finish(written: Written) -> None:
            seal_end.finish(self._session, written, say, self._on_trouble)

        def say(result: SealResult) -> None:
            self._shell.say(
                _("The receipt for {name} is sealed: {file}").format(
                    name=name, file=isolated(result.files[0].name)
                )
            )

        self._session.long_job(Lane.FILES, write, finish, self._on_trouble)
