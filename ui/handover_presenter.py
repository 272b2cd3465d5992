"""The room of handover: the ways to seal, to open, and to those whom one exchanges with. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from notebook.i18n import _, ngettext, number
from notebook.model import AuthorId, CaseId, Changes
from notebook.owed import State
from ui.notice_words import NoticeLine, notice_lines
from ui.rooms import Place, Shell
from ui.session import Session

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.notebook import Notebook


class HandoverScreen(Protocol):
    """What the presenter asks of the view."""

    def show_contacts(self, words: str) -> None:
        """Say how many contacts there are, and how many are to be compared."""

    def show_withdrawals(self, words: str) -> None:
        """Say whether somebody must be told of a withdrawal."""

    def show_quarantine(self, words: str) -> None:
        """Say how many bundles of strangers wait; empty when none does."""

    def show_departure(self, words: str) -> None:
        """Say how a departure stands, or what one is for."""

    def show_missions(self, words: str) -> None:
        """Say how missions stand, or what one is for."""

    def show_notices(self, lines: Sequence[NoticeLine]) -> None:
        """Show what exchange has shown and nobody put aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the room tells about."""

    contacts: Sequence[Contact]
    waiting_count: int
    notices: tuple[NoticeLine, ...]
    withdrawals: str
    departure: str
    missions: str


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
        """A contact may have come, or been compared; or somebody was told."""
        if changes.contacts or changes.cases or changes.settings:
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

    def go_to_copy(self) -> None:
        """Make a copy with pseudonyms."""
        self._shell.go(Place(room="redact", case=self._case))

    def go_to_exchange(self) -> None:
        """Look into the exchange folder."""
        self._shell.go(Place(room="exchange", case=self._case))

    def go_to_departure(self) -> None:
        """Hand cases over and remove them, or only look at what remains."""
        self._shell.go(Place(room="departure", case=self._case))

    def go_to_missions(self) -> None:
        """Make missions, and see what came by them."""
        self._shell.go(Place(room="missions"))

    def go_to_quarantine(self) -> None:
        """Look at what strangers sealed."""
        self._shell.go(Place(room="quarantine"))

    def go_to_withdrawals(self) -> None:
        """See who must be told, and what waits for a word here."""
        self._shell.go(Place(room="withdrawals"))

    def go_to_contact(self, contact: str) -> None:
        """Look at the contact whom a notice is about."""
        self._shell.go(Place(room="contacts", contact=AuthorId(contact)))

    def put_aside(self, notice: str) -> None:
        """Show a notice no more, until it is about something else."""
        self._session.change(lambda notebook: notebook.trust.put_aside(notice))

    def _read(self) -> None:
        self._session.ask(_read_standing, self._show)

    def _show(self, found: _Standing) -> None:
        self._screen.show_contacts(contacts_words(found.contacts))
        self._screen.show_quarantine(waiting_words(found.waiting_count))
        self._screen.show_notices(found.notices)
        self._screen.show_withdrawals(found.withdrawals)
        self._screen.show_departure(found.departure)
        self._screen.show_missions(found.missions)


def _read_standing(notebook: Notebook) -> _Standing:
    trust = notebook.trust
    return _Standing(
        contacts=notebook.contacts(),
        waiting_count=len(trust.quarantined()),
        notices=notice_lines(trust.notices(), notebook.author, trust.people()),
        withdrawals=_withdrawals_words(notebook),
        departure=departure_words(
            has_departed=notebook.travel.has_departed(),
            is_handed_over=notebook.travel.is_departing(),
        ),
        missions=missions_words(len(notebook.travel.missions()), len(notebook.travel.unfinished())),
    )


def missions_words(missions: int, drafts: int) -> str:
    """How missions stand; else what one is for."""
    if not missions:
        return _("For notebooks that cannot be read on the way. What they seal opens here alone.")
    made = ngettext("{count} mission.", "{count} missions.", missions).format(
        count=number(missions)
    )
    if not drafts:
        return made
    unfinished = ngettext(
        "{count} draft was typed on the way and never saved.",
        "{count} drafts were typed on the way and never saved.",
        drafts,
    ).format(count=number(drafts))
    return f"{made} {unfinished}"


def departure_words(*, has_departed: bool, is_handed_over: bool) -> str:
    """How a departure stands; else what it is for."""
    if has_departed:
        return _("Removed. See what remains on this laptop.")
    if is_handed_over:
        return _("Cases were handed over, and are still here until you remove them.")
    return _("What an officer would learn; cases handed over and removed from here.")


def waiting_words(count: int) -> str:
    """How many bundles of strangers wait; empty when none does."""
    if not count:
        return ""
    return ngettext(
        "{count} bundle by somebody you do not know waits for your decision.",
        "{count} bundles by people you do not know wait for your decision.",
        count,
    ).format(count=number(count))


def _withdrawals_words(notebook: Notebook) -> str:
    """How many must be told, and how many withdrawals wait; runs in the notebook's lane."""
    left = [one for one in notebook.owed() if one.state is State.OWED]
    owed = {one.contact for one in left if one.is_contact}
    is_passed_on = any(not one.is_contact for one in left) or bool(notebook.unseen_readers())
    waiting = notebook.pending_withdrawals()
    parts = []
    if waiting:
        parts.append(
            ngettext(
                "{count} waits for your word.", "{count} wait for your word.", len(waiting)
            ).format(count=number(len(waiting)))
        )
    if owed:
        parts.append(
            ngettext(
                "{count} contact must be told.", "{count} contacts must be told.", len(owed)
            ).format(count=number(len(owed)))
        )
    if is_passed_on:
        parts.append(_("Others passed it on to people you do not know."))
    return " ".join(parts) or _("Nobody must be told, and nothing waits.")


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
