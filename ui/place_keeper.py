"""Keeps where the person is, and takes them back there after an unlock. No Qt.

The place is kept with the drafts, inside the notebook. It is a comfort and no more: what goes wrong
with it is not worth a word, and what goes wrong with the disk is said by the drafts themselves.
"""

from collections.abc import Callable
from typing import Protocol

from notebook.errors import NotebookError
from notebook.last_place import LastPlace
from ui.session import Session


class Whereabouts(Protocol):
    """Who knows where the person is: the shell."""

    def last_place(self) -> LastPlace | None:
        """Where the person is."""

    def come_back(self, place: LastPlace) -> None:
        """Go where the person was, unless they went somewhere else since."""


class PlaceKeeper:
    """From unlock to lock."""

    def __init__(self, session: Session, whereabouts: Whereabouts) -> None:
        self._session = session
        self._whereabouts = whereabouts
        self._is_known = False
        self._kept: LastPlace | None = None

    def start(self) -> None:
        """Take the person back where they were."""
        self._session.drafts(lambda drafts: drafts.place(), self._on_place, self._on_trouble)

    def keep(self) -> None:
        """Keep where the person is now, if it is somewhere else than it was."""
        if self._whereabouts.last_place() != self._kept:
            self._keep()

    def flush(self, before: Callable[[], None]) -> None:
        """Give every unsaved word to the drafts, and only then where the person is."""
        before()
        # Always: a withdrawal may have made the notebook forget it.
        self._keep()

    def _keep(self) -> None:
        place = self._whereabouts.last_place()
        if place is None or not self._is_known:
            # What is kept has not been read yet, and must not be lost to where one begins.
            return
        self._kept = place
        self._session.drafts(lambda drafts: drafts.keep_place(place), on_trouble=self._on_trouble)

    def _on_place(self, place: LastPlace | None) -> None:
        self._is_known = True
        self._kept = place
        if place is not None:
            self._whereabouts.come_back(place)

    def _on_trouble(self, _error: NotebookError) -> None:
        self._is_known = True
