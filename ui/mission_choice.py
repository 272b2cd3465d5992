"""Whether a new notebook travels, and for which mission: its card, read and compared. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.contacts_cards import Print
from ui.door import Gate
from ui.runner import Lane, Runner
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.mission_card import MissionCard


class MissionScreen(Protocol):
    """What the choice asks of the page of a new notebook."""

    def show_travel(self, *, is_on: bool) -> None:
        """Show what a notebook that travels needs, or hide it."""

    def show_mission(self, shown: Print | None, *, is_compared: bool) -> None:
        """Show the fingerprint of the mission card; None for no card."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble and let the person try again."""


class MissionChoice:
    """What was chosen so far."""

    def __init__(self, screen: MissionScreen, runner: Runner, gate: Gate) -> None:
        self._screen = screen
        self._runner = runner
        self._gate = gate
        self._is_on = False
        self._card: MissionCard | None = None

    @property
    def mission(self) -> MissionCard | None:
        """The mission of the new notebook; None when it does not travel."""
        return self._card if self._is_on else None

    def lack(self) -> str:
        """What is missing; empty when nothing is."""
        if not self._is_on:
            return ""
        if self._card is None:
            return _("Choose the mission card that headquarters gave you.")
        if not self._card.is_compared:
            return _("Compare the fingerprint of the mission card, and say that it is the same.")
        return ""

    def turn(self, is_on: bool) -> None:
        """It travels, or it does not."""
        self._is_on = is_on
        self._screen.show_travel(is_on=is_on)

    def read(self, paths: Sequence[Path]) -> None:
        """Read the card from a file, or from pictures of its codes."""
        self._runner.run(
            Lane.FILES,
            lambda _progress: self._gate.read_mission(paths),
            self._on_card,
            self._on_no_card,
        )

    def compare(self, is_same: bool) -> None:
        """The person compared the fingerprint: it is the same, or not any more."""
        if self._card:
            self._card = replace(self._card, is_compared=is_same)

    def _on_card(self, card: MissionCard) -> None:
        self._card = card
        self._screen.show_mission(
            Print(
                whose=isolated(card.card.name),
                digits=card.card.fingerprint(),
                words=card.card.fingerprint_words(),
            ),
            is_compared=False,
        )

    def _on_no_card(self, error: NotebookError) -> None:
        self._card = None
        self._screen.show_mission(None, is_compared=False)
        self._screen.show_trouble(error)
