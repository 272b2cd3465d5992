"""A recording while travelling: what was heard goes into the outbox at once. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import Changes
from ui.session import Session

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.recording_pieces import Piece, Pieces


class PieceSealer:
    """Seals the pieces of one recording, in their order."""

    def __init__(self, session: Session, pieces: Pieces, on_failing: Callable[[], None]) -> None:
        """`on_failing` hears once that a piece could not be sealed: no more should be recorded."""
        self._session = session
        self._pieces = pieces
        self._on_failing = on_failing
        self._left: list[Piece] = []
        self.trouble: NotebookError | None = None
        """Why a piece could not be sealed."""

    def seal_ready(self) -> None:
        """Seal what is ready."""
        while self._pieces.ready:
            piece = self._pieces.ready.popleft()
            self._session.change(
                partial(_seal, pieces=self._pieces, piece=piece),
                None,
                partial(self._on_unsealed, piece),
            )

    def finish(
        self,
        on_done: Callable[[], None],
        on_lost: Callable[[NotebookError], None],
        *,
        is_ended: bool,
    ) -> None:
        """Seal the rest, try again what could not be sealed, and say that it `is_ended`."""
        self.seal_ready()
        # When the notebook comes to this, it has tried every piece.
        self._session.ask(
            lambda _notebook: None, lambda _none: self._finish(on_done, on_lost, is_ended=is_ended)
        )

    def _finish(
        self,
        on_done: Callable[[], None],
        on_lost: Callable[[NotebookError], None],
        *,
        is_ended: bool,
    ) -> None:
        left, self._left = tuple(self._left), []
        self._session.change(
            partial(_seal_rest, pieces=self._pieces, left=left, is_ended=is_ended),
            on_done,
            lambda error: on_lost(_lost(error)),
        )

    def _on_unsealed(self, piece: Piece, error: NotebookError) -> None:
        self._left.append(piece)
        if self.trouble is None:
            self.trouble = error
            self._on_failing()


def _seal(notebook: Notebook, *, pieces: Pieces, piece: Piece) -> Changes:
    return notebook.recordings.seal_piece(pieces, piece)


def _seal_rest(
    notebook: Notebook, *, pieces: Pieces, left: tuple[Piece, ...], is_ended: bool
) -> Changes:
    changes = Changes()
    for piece in left:
        changes = changes.and_then(notebook.recordings.seal_piece(pieces, piece))
    return changes.and_then(notebook.recordings.end_pieces(pieces)) if is_ended else changes


def _lost(error: NotebookError) -> NotebookError:
    return NotebookError(
        error.code,
        error.what,
        _("The last seconds of the recording could not be sealed. What came before is sealed."),
        error.next_step,
    )
