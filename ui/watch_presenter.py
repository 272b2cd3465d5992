"""The background check: after unlock the journal is read, slice by slice. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from notebook.health import Finding
from ui.check_words import Attention, FoundKind, attention, kinds_of
from ui.runner import Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.checking import JournalSlice


TELLS_OF_EXCHANGE: Final = "handover"
"""The room whose page shows the notices of exchange."""


class WatchScreen(Protocol):
    """What the presenter asks of the window."""

    def show_attention(self, attention: Attention) -> None:
        """Show that something needs attention; empty for nothing."""


class Watch:
    """Knows what was found wrong with the open notebook, and says so once."""

    def __init__(self, session: Session, screen: WatchScreen) -> None:
        self._session = session
        self._screen = screen
        self._findings: dict[Finding, None] = {}
        self._room = ""

    @property
    def kinds(self) -> tuple[FoundKind, ...]:
        """What is known to need attention."""
        return kinds_of(self._findings)

    def start(self) -> None:
        """Show how the notebook was found, then read its journal, behind whatever was asked."""
        self._session.ask(lambda notebook: notebook.status().findings, self._on_status)

    def replace(self, findings: Sequence[Finding]) -> None:
        """A full check knows better than what was found before."""
        self._findings = dict.fromkeys(findings)
        self._show()

    def entered(self, room: str) -> None:
        """A person is in this room now; what stands in it is not said over it once more."""
        self._room = room
        self._show()

    def _show(self) -> None:
        is_told_here = self._room == TELLS_OF_EXCHANGE
        kinds = [kind for kind in self.kinds if not (is_told_here and kind.is_of_exchange)]
        self._screen.show_attention(attention(kinds))

    def _on_status(self, findings: Sequence[Finding]) -> None:
        self._add(findings)
        self._read_on(0)

    def _read_on(self, after: int) -> None:
        # One slice at a time stands in the lane, so a person's own work never waits for more.
        self._session.long_job(
            Lane.FILES,
            lambda notebook, _progress: notebook.check_journal(after),
            self._on_slice,
        )

    def _on_slice(self, read: JournalSlice) -> None:
        self._add(read.findings)
        if not read.is_last:
            self._read_on(read.reached)

    def _add(self, findings: Sequence[Finding]) -> None:
        new = [finding for finding in findings if finding not in self._findings]
        if new:
            self.replace([*self._findings, *new])
