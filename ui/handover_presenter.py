"""The room of handover: the ways to seal, to open, and to those whom one exchanges with. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from notebook.i18n import _, ngettext, number
from notebook.model import CaseId, Changes
from ui.rooms import Place, Shell
from ui.session import Session

if TYPE_CHECKING:
    from notebook.contacts import Contact


class HandoverScreen(Protocol):
    """What the presenter asks of the view."""

    def show_contacts(self, words: str) -> None:
        """Say how many contacts there are, and how many are to be compared."""


class HandoverPresenter:
    """Leads on to sealing, opening and contacts."""

    def __init__(self, session: Session, screen: HandoverScreen, shell: Shell) -> None:
        self._session = session
        self._screen = screen
        self._shell = shell
        self._case: CaseId | None = None

    def enter(self, place: Place) -> None:
        """Show the ways; sealing begins with the case that the person is in."""
        self._case = place.case
        self._read()

    def changed(self, changes: Changes) -> None:
        """A contact may have come, or been compared."""
        if changes.contacts:
            self._read()

    def flush(self) -> None:
        """Nothing is typed here."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Sealing and opening can be begun anywhere; nothing else is done here."""
        return {}

    def go_to_seal(self) -> None:
        """Seal for somebody."""
        self._shell.go(Place(room="seal", case=self._case))

    def go_to_open(self) -> None:
        """Open a bundle."""
        self._shell.go(Place(room="open", case=self._case))

    def go_to_contacts(self) -> None:
        """Look at the contacts."""
        self._shell.go(Place(room="contacts", case=self._case))

    def go_to_exchange(self) -> None:
        """Look into the exchange folder."""
        self._shell.go(Place(room="exchange", case=self._case))

    def _read(self) -> None:
        self._session.ask(lambda notebook: notebook.contacts(), self._show)

    def _show(self, contacts: Sequence[Contact]) -> None:
        self._screen.show_contacts(contacts_words(contacts))


def contacts_words(contacts: Sequence[Contact]) -> str:
    """How many contacts there are, and how many of them were never compared."""
    if not contacts:
        return _("Nobody yet. Exchange cards with the people you work with.")
    count, alone = len(contacts), sum(not contact.is_compared for contact in contacts)
    known = ngettext("{count} contact", "{count} contacts", count).format(count=number(count))
    if not alone:
        return _("{contacts}, all of them compared.").format(contacts=known)
    return ngettext(
        "{contacts}, {count} of them not compared yet.",
        "{contacts}, {count} of them not compared yet.",
        alone,
    ).format(contacts=known, count=number(alone))
