"""The front door's room for travelling: missions at headquarters, sessions and the outbox."""

from collections.abc import Sequence
from pathlib import Path

from crypto.card import Card
from notebook import departure, missions, outbox, sealing_key, sessions
from notebook.core import Core, at_the_door
from notebook.departure import Remains
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.journey import Sealed
from notebook.mission_card import MissionCard
from notebook.missions import Unfinished
from notebook.model import CaseId, Changes, RecordId
from notebook.outbox import Contents, CopiedOut
from notebook.progress import Progress
from notebook.storage.travel import SessionRow
from notebook.transaction import Transaction


class Travel:
    """What travel mode needs on both sides. It belongs to the notebook's own thread."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # On the laptop that travels.

    @property
    def mission(self) -> MissionCard | None:
        """Whom this notebook seals to when it travels; None for any other notebook."""
        return self._core.journey.mission if self._core.journey is not None else None

    @at_the_door
    def sealed_in_session(self) -> Sealed:
        """How much this session has sealed. Only for a notebook that travels."""
        assert self._core.journey is not None
        return self._core.journey.sealed()

    def outbox(self) -> Contents:
        """What lies in the outbox; any thread."""
        return outbox.contents(self._core.place)

    def copy_outbox(self, out: Path, progress: Progress) -> CopiedOut:
        """Copy every bundle out and read it back; any thread."""
        return outbox.copy_locked(self._core.place, out, progress)

    @at_the_door
    def remains(self) -> Remains:
        """What is on this laptop, and what somebody who has the passphrase learns from it."""
        return departure.remains(self._core)

    @at_the_door
    def remove_cases(self, passphrase: str, cases: Sequence[CaseId], progress: Progress) -> None:
        """Remove cases from this laptop for good; the notebook is closed afterwards.

        Raises WRONG_PASSPHRASE, DAMAGED, NO_SPACE, DISK_ERROR. Call it only when the bundle with
        the cases was read back.
        """
        self._core.refuse_travelling()
        departure.remove_cases(self._core, passphrase, cases, progress)

    def renew_sealing_key(self) -> Card:
        """Make a new sealing key and keep the old one; the card to give to contacts."""
        self._core.refuse_travelling()
        return sealing_key.renew(self._core).card()

    def destroy_old_keys(self) -> int:
        """Forget earlier sealing keys; `remove_cases` then rids the file of them."""
        return sealing_key.destroy_old(self._core)

    # At headquarters.

    @at_the_door
    def missions(self) -> list[Card]:
        """The cards of all missions, oldest first."""
        return [identity.card() for identity in missions.identities(self._core.db)]

    @at_the_door
    def mission_card(self, untrusted_text: str) -> Card:
        """The card of one mission. Raises UNKNOWN_CONTACT."""
        return missions.choose(self._core.db, untrusted_text)

    def new_mission(self) -> tuple[Card, Changes]:
        """Make the keys of a mission."""
        self._core.refuse_travelling()
        at = self._core.now()
        return self._core.transact(lambda tx: missions.new(tx, at))

    @at_the_door
    def unfinished(self) -> list[Unfinished]:
        """What came from travel sessions and had not been saved there."""
        return missions.unfinished(self._core.db)

    def take_over(self, untrusted_record: str) -> tuple[RecordId, Changes]:
        """Make a record of a draft from a session. Raises UNKNOWN_RECORD, BAD_VALUE."""
        text = untrusted_record.lower()
        found = [
            draft
            for draft in self.unfinished()
            if len(text) >= 6 and draft.row.record.startswith(text)
        ]
        if len(found) != 1:
            raise NotebookError(
                Code.UNKNOWN_RECORD,
                _("There is no such draft from a session."),
                _("Nothing was changed."),
                _("They are listed by “mission FOLDER drafts”."),
            )

        def operation(tx: Transaction) -> RecordId:
            return missions.take_over(tx, found[0])

        return self._core.transact(operation)

    @at_the_door
    def session_gaps(self) -> Sequence[SessionRow]:
        """The sessions before which bundles are missing."""
        return sessions.gaps(self._core.db)
