"""The end of sealing: noted in the journal, then named, and that noted, too. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from notebook.errors import NotebookError
from ui.runner import Lane
from ui.session import OnTrouble, Session

if TYPE_CHECKING:
    from notebook.sealing import SealResult, Written


def finish(
    session: Session,
    written: Written,
    on_done: Callable[[SealResult], None],
    on_trouble: OnTrouble,
) -> None:
    """Note what was written and read back, give it its names, and note that.

    There is nothing to cancel any more. The stick is waited for in the files' lane alone.
    """

    def name() -> None:
        session.long_job(
            Lane.FILES,
            lambda notebook, progress: notebook.name_sealed(written, progress),
            on_named,
            on_not_named,
        )

    def on_named(result: SealResult) -> None:
        session.change(
            lambda notebook: notebook.note_named(written), lambda: on_done(result), on_trouble
        )

    def on_not_named(error: NotebookError) -> None:
        session.change(
            lambda notebook: notebook.note_named(written, is_named=False),
            lambda: on_trouble(error),
            on_trouble,
        )

    session.change(lambda notebook: notebook.note_sealed(written), name, on_trouble)
