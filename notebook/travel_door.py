"""The front door's room for travelling: missions at headquarters, sessions and the outbox."""

from collections.abc import Sequence
from pathlib import Path

from crypto.card import Card
from notebook import (
    contacts,
    departure,
    handed_over,
    mission_card,
    missions,
    outbox,
    remains,
    sealing_key,
    sessions,
)
from notebook.core import Core, at_the_door
from notebook.departure import Prepared
from notebook.errors import Code, NotebookError
from notebook.handed_over import Leaving, Standing
from notebook.i18n import _, number
from notebook.journey import Sealed
from notebook.mission_card import MissionCard
from notebook.missions import Mission, Unfinished
from notebook.model import AuthorId, CaseId, Changes, RecordId
from notebook.outbox import Contents, CopiedOut
from notebook.payload import sealer_of
from notebook.progress import Progress
from notebook.remains import Remains
from notebook.sealing import SealResult
from notebook.sealing_key import KeyChoice
from notebook.storage import affairs
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

    # Departing.

    @at_the_door
    def remains(self) -> Remains:
        """What is on this laptop, and what somebody who has the passphrase learns from it."""
        return remains.remains(self._core)

    @at_the_door
    def look_at_departure(
        self, cases: Sequence[CaseId], readers: Sequence[AuthorId], *, override: str = ""
    ) -> Leaving:
        """Look at what would be handed over, whole. Raises as `Notebook.plan_seal`."""
        known = contacts.every(self._core.db)
        to = [contacts.choose(known, author) for author in dict.fromkeys(readers)]
        request = handed_over.request_of(cases, readers, override=override)
        return handed_over.look(self._core.db, sealer_of(self._core), request, to)

    def note_handed_over(self, leaving: Leaving, result: SealResult) -> tuple[bool, Changes]:
        """Note what was sealed, read back and named; whether the cases hold nothing else now."""
        return self._core.transact(lambda tx: handed_over.note(tx, leaving, result))

    @at_the_door
    def departure(self) -> Standing | None:
        """How the departure stands that was begun; None when none was."""
        return handed_over.standing(self._core.db, self._core.forms)

    @at_the_door
    def is_departing(self) -> bool:
        """Whether cases were handed over and are still here."""
        return handed_over.of(self._core.db) is not None

    @at_the_door
    def has_departed(self) -> bool:
        """Whether cases were removed, and nobody has looked at what remains."""
        return handed_over.is_over(affairs.setting(self._core.db, handed_over.SETTING))

    def forget_departure(self) -> Changes:
        """Give a departure up, or end it: nothing is remembered of it."""
        return self._core.change(handed_over.forget)

    @at_the_door
    def drafts_in(self, cases: Sequence[CaseId]) -> int:
        """How many drafts there are in these cases; no bundle holds them."""
        return departure.drafts_in(self._core, cases)

    @at_the_door
    def depart(self, passphrase: str, key: KeyChoice, progress: Progress) -> bool:
        """Remove what was handed over from this laptop for good, and close the notebook.

        False when the disk failed at the end: the next unlock ends it. Raises NOT_HANDED_OVER,
        WRONG_PASSPHRASE, DAMAGED, NO_SPACE, DISK_ERROR or `Cancelled`; then nothing was removed.
        """
        core = self._core
        core.refuse_travelling()
        found = self.departure()
        drafts = departure.drafts_in(core, found.handed.cases) if found else 0
        cases = handed_over.check(found, drafts).handed.cases
        ready = departure.prepare(
            core, passphrase, cases, progress, key=key, remark=handed_over.OVER
        )
        return self._swapped(ready)

    @at_the_door
    def renew_database(self, passphrase: str, key: KeyChoice, progress: Progress) -> bool:
        """Rid the file of what is gone, such as earlier keys; otherwise as `depart`."""
        self._core.refuse_travelling()
        ready = departure.prepare(
            self._core, passphrase, (), progress, key=key, remark=handed_over.OVER
        )
        return self._swapped(ready)

    def _swapped(self, ready: Prepared) -> bool:
        try:
            departure.swap(self._core, ready)
        except NotebookError:
            return False
        return True

    @at_the_door
    def remove_cases(self, passphrase: str, cases: Sequence[CaseId], progress: Progress) -> None:
        """Remove cases from this laptop for good; the notebook is closed afterwards.

        Raises WRONG_PASSPHRASE, DAMAGED, NO_SPACE, DISK_ERROR. Call it only when the bundle with
        the cases was read back.
        """
        self._core.refuse_travelling()
        departure.swap(self._core, departure.prepare(self._core, passphrase, cases, progress))

    def renew_sealing_key(self) -> Card:
        """Make a new sealing key and keep the old one; the card to give to contacts."""
        self._core.refuse_travelling()
        return sealing_key.renew(self._core).card()

    def destroy_old_keys(self) -> int:
        """Forget earlier sealing keys; `remove_cases` then rids the file of them."""
        return sealing_key.destroy_old(self._core)

    # At headquarters.

    @at_the_door
    def missions(self) -> list[Mission]:
        """All missions and what came by each, oldest first."""
        return missions.every(self._core.db)

    @at_the_door
    def mission_card(self, untrusted_text: str) -> Card:
        """The card of one mission. Raises UNKNOWN_CONTACT."""
        return missions.choose(self._core.db, untrusted_text)

    @at_the_door
    def mission_text(self, untrusted_text: str, cases: Sequence[CaseId]) -> str:
        """The card of one mission, with the numbers of cases to add to.

        Raises UNKNOWN_CONTACT, and BAD_VALUE for more cases than a card may name.
        """
        card = missions.choose(self._core.db, untrusted_text)
        if len(cases) > mission_card.MOST_CASES:
            raise NotebookError(
                Code.BAD_VALUE,
                _("A mission card has room for {count} cases.").format(
                    count=number(mission_card.MOST_CASES)
                ),
                _("No card was made."),
                _("Choose the cases that this traveller adds to, and no others."),
            )
        return mission_card.text(card, missions.case_numbers(self._core.db, cases))

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
