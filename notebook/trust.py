"""The front door's room for trust: who is known, what exchange has shown, what a person decided."""

from collections.abc import Sequence
from pathlib import Path

from notebook import contacts, holdings, missions, notices, quarantine, volume_order
from notebook.contacts import Contact, People
from notebook.core import Core, at_the_door
from notebook.holdings import CaseHolding
from notebook.model import AuthorId, Changes
from notebook.notices import ExchangeNotice
from notebook.quarantine import Quarantined
from notebook.storage import affairs, exchange
from notebook.transaction import Transaction


class Trust:
    """Contacts, bundles and what they have shown. It belongs to the notebook's own thread."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @at_the_door
    def people(self) -> People:
        """Who can be named: oneself, contacts, and whom they passed on."""
        return contacts.people(self._core.db, self._core.author, self._core.identity.name)

    @at_the_door
    def notices(self) -> list[ExchangeNotice]:
        """Gaps, copies, forks, rollbacks and the like, as far as nobody put them aside."""
        return notices.standing(self._core.db, self._core.author)

    def put_aside(self, notice: str) -> Changes:
        """Put a notice aside by its key; a new one about something else is shown again."""
        at = self._core.now()

        def operation(tx: Transaction) -> None:
            exchange.put_aside(tx.db, notice, at)
            tx.is_contacts_changed = True

        return self._core.change(operation)

    @at_the_door
    def holdings(self, contact: AuthorId) -> list[CaseHolding]:
        """What a contact is known to hold of every case."""
        return holdings.of_contact(self._core.db, self._core.forms, contact)

    def add_contact(
        self,
        card_text: str,
        *,
        is_classic: bool = False,
        reason: str = "",
        may_replace: bool = False,
        may_share_name: bool = False,
    ) -> tuple[Contact, Changes]:
        """Pin a card. Raises BAD_CARD, CHANGED_KEYS, KNOWN_NAME, as `contacts.pin`."""
        self._core.refuse_travelling()
        card, at = contacts.read_card(card_text), self._core.now()
        author, changes = self._core.transact(
            lambda tx: contacts.pin(
                tx,
                card,
                is_classic=is_classic,
                how="added",
                at=at,
                reason=reason,
                may_replace=may_replace,
                may_share_name=may_share_name,
            )
        )
        known = [contacts.from_row(row) for row in affairs.contacts(self._core.db)]
        return contacts.choose(known, author), changes

    def set_profile(self, contact: AuthorId, *, is_classic: bool, reason: str = "") -> Changes:
        """Seal for a contact in the older way, or in the newer one. Raises UNKNOWN_CONTACT."""
        return self._core.change(
            lambda tx: contacts.set_profile(tx, contact, is_classic=is_classic, reason=reason)
        )

    def set_role(self, contact: AuthorId, role: str) -> Changes:
        """Say who a contact is, as a use that a consent names; empty takes it back."""
        return self._core.change(lambda tx: contacts.set_role(tx, contact, role))

    @at_the_door
    def offered_card(self, contact: AuthorId) -> str | None:
        """A card with other keys that a bundle signed by the contact brought."""
        return exchange.offered_cards(self._core.db).get(contact)

    def quarantined(self) -> list[Quarantined]:
        """The sealed bundles that wait for a decision."""
        return quarantine.listed(self._core.place.staging)

    def keep(self, paths: Sequence[Path]) -> bool:
        """Keep sealed files in quarantine; False when there is no room. In any thread."""
        with self._core.snapshot() as db:
            ordered = volume_order.in_order(paths, missions.keys(db, self._core.identity))
        return quarantine.keep(ordered, self._core.place.staging)

    def find_quarantined(self, untrusted_id: str) -> Quarantined:
        """A bundle in quarantine by its id. Raises BAD_INPUT."""
        return quarantine.found(self._core.place.staging, untrusted_id)
