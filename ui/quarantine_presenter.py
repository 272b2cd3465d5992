"""Quarantine: what strangers sealed for this notebook, and the ways to decide about it. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook import quarantine
from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import Changes
from notebook.progress import Progress
from ui.handover_words import day_words
from ui.rooms import Place, Shell
from ui.runner import Lane
from ui.session import Session
from ui.words import isolated, size_words

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.quarantine import Quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """One bundle that waits."""

    id: str
    title: str
    digits: str
    """The sealer's fingerprint; empty when the bundle cannot be read."""
    words: tuple[str, ...] = ()
    """The same in words."""
    note: str
    doubt: str = ""
    """For whom a person might take the sealer, in a sentence; empty: for nobody."""
    can_be_opened: bool
    paths: tuple[Path, ...]


class QuarantineScreen(Protocol):
    """What the presenter asks of the view."""

    def show_waiting(self, lines: Sequence[WaitingLine]) -> None:
        """Show what waits."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


class QuarantinePresenter:
    """Shows what waits, leads to opening it, or drops it."""

    def __init__(self, session: Session, screen: QuarantineScreen, shell: Shell) -> None:
        self._session = session
        self._screen = screen
        self._shell = shell
        self._lines: tuple[WaitingLine, ...] = ()

    def enter(self, place: Place) -> None:
        """Show what waits."""
        self._screen.show_trouble(None)
        self._read()

    def changed(self, changes: Changes) -> None:
        """A bundle may have been opened meanwhile."""
        if changes.contacts or changes.cases:
            self._read()

    def flush(self) -> None:
        """Nothing is typed here."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside the buttons."""
        return {}

    def look_at(self, which: str) -> None:
        """See who sealed it, and decide there."""
        self._shell.go(Place(room="open", bundle=self._line(which).paths))

    def drop(self, which: str) -> None:
        """Delete the sealed copy."""
        self._screen.show_trouble(None)

        def operation(notebook: Notebook, _progress: Progress) -> None:
            quarantine.drop(notebook.trust.find_quarantined(which))

        self._session.long_job(
            Lane.FILES, operation, lambda _nothing: self._on_dropped(), self._screen.show_trouble
        )

    def go_back(self) -> None:
        """Back to handover."""
        self._shell.go(Place(room="handover"))

    def _on_dropped(self) -> None:
        self._shell.say(_("The sealed copy was deleted. The file it came from is where it was."))
        self._read()

    def _line(self, which: str) -> WaitingLine:
        return next(line for line in self._lines if line.id == which)

    def _read(self) -> None:
        self._session.long_job(Lane.FILES, _read_waiting, self._on_read, self._screen.show_trouble)

    def _on_read(self, lines: tuple[WaitingLine, ...]) -> None:
        self._lines = lines
        self._screen.show_waiting(lines)


def _read_waiting(notebook: Notebook, progress: Progress) -> tuple[WaitingLine, ...]:
    return tuple(_line_of(notebook, each, progress) for each in notebook.trust.quarantined())


def _line_of(notebook: Notebook, waiting: Quarantined, progress: Progress) -> WaitingLine:
    kept = _("kept on {day}").format(day=day_words(waiting.kept_on))
    size = size_words(waiting.size_bytes)
    try:
        seen = notebook.inspect_bundle(waiting.paths, progress)
    except NotebookError as trouble:
        return WaitingLine(
            id=waiting.id,
            title=trouble.what,
            digits="",
            note=" · ".join((size, kept)),
            can_be_opened=False,
            paths=waiting.paths,
        )
    title = (
        _("Sealed by {name}, who is a contact by now")
        if seen.is_known
        else _("Sealed by somebody who calls themselves {name}")
    )
    sealed = _("sealed on {day}").format(day=day_words(seen.day))
    doubt = (
        _("The name is your own, or looks like it. This is not you.")
        if seen.has_my_name
        else _("The name looks like that of {name}, whom you know. This is somebody else.").format(
            name=isolated(seen.namesake)
        )
        if seen.namesake and not seen.is_known
        else ""
    )
    mine = "" if seen.is_for_me else _("made out to somebody else")
    return WaitingLine(
        id=waiting.id,
        title=title.format(name=isolated(seen.sealer_name)),
        doubt=doubt,
        digits=seen.fingerprint,
        words=seen.words,
        note=" · ".join(part for part in (size, sealed, kept, mine) if part),
        can_be_opened=seen.is_for_me,
        paths=waiting.paths,
    )
