"""The front door's room for trust: who is known, what exchange has shown, what a person decided."""

from notebook import contacts, holdings, notices
from notebook.contacts import People
from notebook.core import Core, at_the_door
from notebook.holdings import CaseHolding
from notebook.model import AuthorId, Changes
from notebook.notices import ExchangeNotice
from notebook.storage import exchange
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
