"""The front door: one open notebook, its queries, and every change a person can make to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, TypeVar

from crypto.card import Card
from notebook import (
    checking,
    contacts,
    custody,
    editing,
    entrance,
    evidence,
    handover,
    history,
    intake,
    listing,
    losses,
    merge,
    missions,
    noting,
    owed,
    preview,
    proposing,
    registers,
    sealing,
    volume_order,
    withdrawing,
)
from notebook.checking import JournalSlice
from notebook.contacts import Contact
from notebook.copying import Copying
from notebook.core import Core, Extent, Status, at_the_door
from notebook.drafts import Drafts
from notebook.environment import Environment
from notebook.evidence import ObjectReader
from notebook.handover import SealPlan, SealRequest
from notebook.health import Finding
from notebook.intake import Examined, Intake
from notebook.merge import OpenResult
from notebook.mission_card import MissionCard
from notebook.model import (
    AuthorId,
    CaseId,
    Changes,
    FieldState,
    HistoryLine,
    JsonValue,
    Record,
    RecordId,
    Row,
    Sha256,
    Thumbnail,
)
from notebook.opening import Accepting, Inspection, Opener, Staged
from notebook.owed import Owed, Pending, Unseen
from notebook.payload import sealer_of
from notebook.preview import BundlePreview
from notebook.progress import Progress, Silent
from notebook.recordings import Recordings
from notebook.sealing import SealResult, Written
from notebook.storage import affairs, records
from notebook.storage.database import Database
from notebook.storage.withdrawals import EVERY_FIELD
from notebook.text_merge import Merged, Touching
from notebook.transaction import Transaction
from notebook.travel_door import Travel
from notebook.travel_drafts import drafts_of
from notebook.trust import Trust

T = TypeVar("T")


class Kdf(StrEnum):
    """How much work each guess at the passphrase costs."""

    STANDARD = "standard"
    LOW_MEMORY = "low-memory"
    TESTING = "testing"
    """Refused unless the environment is a test's."""


class Notebook:
    """An open notebook. It belongs to the thread that opened it, but for what says otherwise."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._drafts: Drafts | None = None
        self.forms = core.forms
        self.author = core.author
        self.author_name = core.identity.name
        self.store = core.store

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: str,
        *,
        author_name: str,
        kdf: Kdf = Kdf.STANDARD,
        environment: Environment,
        mission: MissionCard | None = None,
    ) -> "Notebook":
        """Make a notebook and open it. Raises FOLDER_EXISTS, WEAK_PASSPHRASE, NOT_ENOUGH_MEMORY."""
        made = entrance.create(path, passphrase, author_name, kdf, environment, mission=mission)
        return cls(made)

    @classmethod
    def unlock(
        cls, path: Path, passphrase: str, *, environment: Environment, is_reading: bool = False
    ) -> "Notebook":
        """Open a notebook; with `is_reading` nothing on disk is changed.

        Raises as `folder.unlock`, and ALREADY_OPEN or DAMAGED.
        """
        return cls(entrance.unlock(path, passphrase, environment, is_reading=is_reading))

    @property
    def folder(self) -> Path:
        """Where the notebook lies."""
        return self._core.place.path

    @property
    def drafts(self) -> Drafts:
        """The drafts, in a database of their own: theirs is the thread that asks first."""
        if self._drafts is None:
            self._drafts = drafts_of(self._core)
        return self._drafts

    def status(self) -> Status:
        """How the notebook was found when it was opened."""
        return self._core.status

    @at_the_door
    def extent(self) -> Extent:
        """How much there is."""
        return self._core.extent()

    @at_the_door
    def head_words(self) -> tuple[str, ...]:
        """Four words for the state as it is now, to note down at lock."""
        return self._core.head_words()

    def halt(self) -> tuple[str, ...]:
        """From any thread, for the lock: no commit is made from now on.

        The four words of the newest one, as `head_words`; none while one is being made.
        """
        return self._core.halt()

    def close(self) -> None:
        """Close everything. The keys die with the process, not here."""
        if self._drafts is not None:
            self._drafts.close()
        self._core.close()

    def snapshot(self) -> AbstractContextManager[Database]:
        """A read-only connection of the calling thread on one unchanging state; any thread."""
        return self._core.snapshot()

    def transact(
        self, operation: Callable[[Transaction], T], progress: Progress | None = None
    ) -> tuple[T, Changes]:
        """The one way in: run an operation in one transaction; all of it is kept, or nothing."""
        return self._core.transact(operation, progress)

    # Reading.

    @at_the_door
    def cases(self) -> list[Row]:
        """Every case."""
        return listing.rows(self._core.db, type_="case")

    @at_the_door
    def rows(self, *, type: str | None = None, case: CaseId | None = None) -> list[Row]:
        """The visible records, newest first; with `type` and `case`, only those."""
        return listing.rows(self._core.db, type_=type, case=case)

    @at_the_door
    def find(
        self,
        query: str,
        *,
        type: str | None = None,
        case: CaseId | None = None,
        limit: int = 50,
    ) -> list[Row]:
        """The records that hold all these words, best first, with snippets."""
        return listing.find(self._core.db, query, type_=type, case=case, limit=limit)

    @at_the_door
    def record(self, id: RecordId) -> Record:
        """A whole record. Raises UNKNOWN_RECORD, DAMAGED."""
        # The id stays as it was asked for, so that what is done with it means the same record.
        return replace(registers.load(self._core.db, self.forms, self._row(id)), id=id)

    def _row(self, id: RecordId) -> records.RecordRow:
        return editing.row_in(self._core.db, id)

    @at_the_door
    def resolve(self, untrusted_id: str) -> RecordId:
        """A record's id from a person: whole, or its first six or more digits if unambiguous."""
        return editing.resolve(self._core.db, untrusted_id)

    @at_the_door
    def history(self, id: RecordId) -> list[HistoryLine]:
        """What happened to a record, oldest first."""
        return history.of_record(self._core.db, self._row(id), self.trust.people())

    @at_the_door
    def proposed_merge(
        self, id: RecordId, field: str, state: FieldState
    ) -> Merged | Touching | None:
        """What the versions of a text that people changed may come to: a proposal, no more.

        `state` is what the person is shown. None when nothing can be said. Raises DAMAGED.
        """
        return proposing.proposed(self._core.db, self._row(id), field, state)

    @at_the_door
    def evidence_of(self, id: RecordId) -> list[Row]:
        """The evidence that is about a record."""
        home = self._row(id).case
        return [
            row
            for name, row in self.links_to(id)
            # What another case says about it is no evidence of it.
            if name == "about" and row.type == "evidence" and row.case == home
        ]

    @at_the_door
    def links_to(self, id: RecordId) -> list[tuple[str, Row]]:
        """The visible records that name this one, and in which field."""
        named = self._row(id)
        return [
            (field, listing.one(self._core.db, row))
            for field, row in records.links_to(self._core.db, named.id)
            # Named as of its case, it is one of several that others may mean.
            if id == named.id or row.case == named.case
            if not row.is_deleted and not row.is_withdrawn
        ]

    @at_the_door
    def thumbnail(self, id: RecordId) -> Thumbnail | None:
        """The thumbnail of an image, if there is one."""
        found = affairs.thumbnail(self._core.db, self.sha256_of(id))
        return Thumbnail(width=found[0], height=found[1], rgb=found[2]) if found else None

    def sha256_of(self, id: RecordId) -> Sha256:
        """The hash of an evidence record's content. Raises UNKNOWN_RECORD."""
        state = self.record(id).fields.get("sha256")
        if state is None or not registers.is_sha256(state.value):
            raise editing.no_file()
        return Sha256(str(state.value))

    @at_the_door
    def evidence_content(self, id: RecordId) -> ObjectReader:
        """The content of evidence as a file. Raises DAMAGED, or FILE_LACKING when it never came."""
        row = affairs.evidence_object(self._core.db, self.sha256_of(id))
        if row is None:
            raise evidence.lacking_object()
        return self.store.open(row)

    @at_the_door
    def contacts(self) -> list[Contact]:
        """Every pinned contact."""
        return contacts.every(self._core.db)

    @property
    def trust(self) -> Trust:
        """What exchange with others has shown, and what a person decides about it."""
        return Trust(self._core)

    @property
    def copying(self) -> Copying:
        """Copies of a case for readers who may not know who is who."""
        return Copying(self._core)

    @property
    def recordings(self) -> Recordings:
        """Recordings: begun, written as they come, and made evidence."""
        return Recordings(self._core)

    @property
    def travel(self) -> Travel:
        """Missions, sessions and the outbox."""
        return Travel(self._core)

    def contact(self, untrusted_text: str) -> Contact:
        """A contact by id, unambiguous beginning of it, or name. Raises UNKNOWN_CONTACT."""
        return contacts.choose(self.contacts(), untrusted_text)

    def my_card(self) -> Card:
        """The card that introduces this notebook's author."""
        return self._core.identity.card()

    @at_the_door
    def setting(self, name: str, default: JsonValue = None) -> JsonValue:
        """A setting of this notebook."""
        value = affairs.setting(self._core.db, f"ui.{name}")
        return default if value is None else value

    # Writing.

    def add(
        self,
        type: str,
        case: CaseId | None,
        fields: Mapping[str, JsonValue],
        *,
        record: RecordId | None = None,
    ) -> tuple[RecordId, Changes]:
        """Add a record. Raises UNKNOWN_TYPE, UNKNOWN_FIELD, BAD_VALUE, UNKNOWN_RECORD."""
        return self.transact(lambda tx: editing.add(tx, type, case, fields, record=record))

    def edit(
        self,
        id: RecordId,
        fields: Mapping[str, JsonValue],
        *,
        replaces: editing.Replaces | None = None,
    ) -> Changes:
        """Change fields; `replaces` names the heads that the person was shown."""
        return self._core.change(lambda tx: editing.edit(tx, id, fields, replaces=replaces))

    def delete(self, id: RecordId) -> Changes:
        """Delete a record; `restore` brings it back."""
        return self._core.change(lambda tx: editing.delete(tx, id))

    def restore(self, id: RecordId) -> Changes:
        """Bring a deleted record back."""
        return self._core.change(lambda tx: editing.restore(tx, id))

    def intake(self) -> Intake:
        """What takes files in; may be used in another thread."""
        return Intake(self.store, self._core.environment.clock)

    def attach(
        self,
        about: RecordId,
        source: BinaryIO,
        *,
        file_name: str,
        progress: Progress | None = None,
    ) -> tuple[RecordId, Changes]:
        """Take a file in as evidence about a record."""
        self._row(about)
        examined = self.intake().take_in(source, file_name=file_name, progress=progress or Silent())
        return self.add_evidence(about, examined)

    def add_evidence(
        self, about: RecordId, examined: Examined, *, title: str | None = None
    ) -> tuple[RecordId, Changes]:
        """Add the evidence record of a file that was taken in."""
        intake.mend(self._core, examined)
        (added, is_new), changes = self.transact(
            lambda tx: intake.add_record(tx, about, examined, title)
        )
        if not is_new:
            # The same content lies here under another object already.
            self.store.destroy(examined.taken.row)
        return added, changes

    @at_the_door
    def note_viewed(self, id: RecordId) -> Changes:
        """Note that evidence is about to be seen; the second time in a session changes nothing."""
        return custody.note_viewed(self._core, self._row(id))

    def extract(self, id: RecordId, out: Path, progress: Progress | None = None) -> Changes:
        """Write a plaintext copy of evidence and note it. Raises FILE_EXISTS, DAMAGED, NO_SPACE."""
        with self.evidence_content(id) as reader:
            return custody.extract(self._core, self._row(id), reader, out, progress or Silent())

    @at_the_door
    def export_identity(self, out: Path) -> Changes:
        """Write the secret age identities for stock tools, and note it. Raises FILE_EXISTS."""
        return custody.export_identity(self._core, out)

    @at_the_door
    def withdraw(
        self, ids: Sequence[RecordId], reason: str, fields: Sequence[str] = (EVERY_FIELD,)
    ) -> Changes:
        """Destroy the content of records whose consent was withdrawn; it never comes back.

        With `fields` only of these. Copies with pseudonyms that were made of them here go with
        them. It also confirms what others asked for before. Raises
        UNKNOWN_RECORD, UNKNOWN_FIELD, TRAVEL_MODE.
        """
        rows = [self._row(id_) for id_ in ids]
        for name in fields:
            for row in rows if name != EVERY_FIELD else ():
                self.forms[row.type].field(name)
        return withdrawing.withdraw(self._core, rows, reason, fields)

    @at_the_door
    def owed(self) -> list[Owed]:
        """Everybody who must be told of a withdrawal, or was told."""
        known = {contact.id: contact for contact in self.contacts()}
        return owed.owed(self._core.db, self.author, known, self.trust.people())

    @at_the_door
    def unseen_readers(self) -> list[Unseen]:
        """What others sealed of what was withdrawn, for readers whom only the steward is told."""
        return owed.unseen(self._core.db, self.author, self.trust.people())

    @at_the_door
    def pending_withdrawals(self) -> list[Pending]:
        """What others withdrew, and what is hidden until a person here says so too."""
        return owed.pending(self._core.db, self.trust.people().names)

    def add_contact(self, card_text: str, *, classic: bool = False) -> tuple[Contact, Changes]:
        """Pin a card. Raises BAD_CARD, CHANGED_KEYS, KNOWN_NAME; see `Trust.add_contact`."""
        return self.trust.add_contact(card_text, is_classic=classic)

    def mark_compared(self, contact: AuthorId) -> Changes:
        """Record that the fingerprint was compared in person, by this notebook's author."""
        at, by = self._core.now(), self.author_name
        return self._core.change(lambda tx: contacts.mark_compared(tx, contact, at, by))

    def set_setting(self, name: str, value: JsonValue) -> Changes:
        """Set a setting of this notebook."""

        def operation(tx: Transaction) -> None:
            affairs.set_setting(tx.db, f"ui.{name}", value)
            tx.is_settings_changed = True

        return self._core.change(operation)

    @at_the_door
    def change_passphrase(self, old: str, new: str) -> None:
        """Replace the passphrase in its slot. Raises WRONG_PASSPHRASE, WEAK_PASSPHRASE."""
        entrance.change_passphrase(self._core, old, new)

    # Handover.

    @at_the_door
    def plan_seal(self, request: SealRequest) -> SealPlan:
        """Look at what would leave. Raises UNKNOWN_CONTACT, UNKNOWN_RECORD, BAD_VALUE."""
        known = self.contacts()
        readers = [contacts.choose(known, author) for author in dict.fromkeys(request.to)]
        return handover.plan(self._core.db, sealer_of(self._core), request, readers)

    @at_the_door
    def preview_seal(self, plan: SealPlan) -> tuple[BundlePreview, ...]:
        """Every record, field, text and file that each bundle of a plan would hold."""
        return preview.of_plan(self._core.db, sealer_of(self._core), plan)

    def seal(
        self, plan: SealPlan, out: Path, progress: Progress | None = None
    ) -> tuple[SealResult, Changes]:
        """Seal: `write_sealed`, `note_sealed`, `name_sealed`, `note_named`."""
        watch = progress or Silent()
        written = self.write_sealed(plan, out, watch)
        noted = self.note_sealed(written)
        try:
            result = self.name_sealed(written, watch)
        except BaseException:
            self.note_named(written, is_named=False)
            raise
        return result, noted.and_then(self.note_named(written))

    @at_the_door
    def write_sealed(self, plan: SealPlan, out: Path, progress: Progress) -> Written:
        """Write the bundles as parts and read them back; may run in another thread.

        Raises CONSENT_REFUSED, BAD_INPUT, NO_SPACE, DISK_ERROR, DAMAGED, or `Cancelled`.
        """
        self._core.place.refuse_inside(out)
        with self.snapshot() as db:
            return sealing.write(db, sealer_of(self._core), plan, out, progress)

    def note_sealed(self, written: Written) -> Changes:
        """Note in the journal what leaves for whom; when that fails, nothing is left there."""
        if not written.bundles:
            return Changes()
        try:
            return self._core.change(lambda tx: noting.note(tx, written))
        except BaseException:
            written.drop()
            raise

    @at_the_door
    def name_sealed(self, written: Written, progress: Progress) -> SealResult:
        """Give what was noted its names; may run in another thread. `note_named` comes after it.

        Raises NO_SPACE, DISK_ERROR, or `Cancelled`.
        """
        return written.name(progress)

    def note_named(self, written: Written, *, is_named: bool = True) -> Changes:
        """Note how naming went; what was not finished is told."""
        if not written.bundles:
            return Changes()
        if is_named:
            return self._core.change(lambda tx: noting.note_named(tx, written))
        return self._core.change(lambda tx: noting.note_not_named(tx, written))

    @at_the_door
    def handover_state(self, contact: AuthorId) -> str:
        """Stays the same while nothing new could be sealed for a contact."""
        return affairs.handover_state(self._core.db, contact)

    @at_the_door
    def inspect_bundle(self, paths: Sequence[Path], progress: Progress | None = None) -> Inspection:
        """Who sealed a bundle and what it claims to bring; may run in another thread."""
        with self.snapshot() as db:
            return self._opener(db).inspect(paths, progress or Silent())

    @at_the_door
    def bundles_among(self, paths: Sequence[Path]) -> list[tuple[Path, ...]]:
        """Files given together, each bundle's in one group; may run in another thread."""
        with self.snapshot() as db:
            return volume_order.group(paths, missions.keys(db, self._core.identity))

    def _opener(self, db: Database) -> Opener:
        return Opener(db, sealer_of(self._core), self._core.place, self.intake())

    @at_the_door
    def stage(
        self, paths: Sequence[Path], *, accept_unknown: Accepting, progress: Progress
    ) -> Staged:
        """Verify all of a bundle; may run in another thread. Raises as `Opener.stage`."""
        with self.snapshot() as db:
            return self._opener(db).stage(paths, accept_unknown=accept_unknown, progress=progress)

    @at_the_door
    def merge(self, staged: Staged, progress: Progress | None = None) -> tuple[OpenResult, Changes]:
        """Merge a verified bundle in one transaction."""
        return merge.merge(self._core, staged, progress or Silent())

    def open_bundle(
        self, paths: Sequence[Path], *, accept_unknown: Accepting, progress: Progress | None = None
    ) -> tuple[OpenResult, Changes]:
        """Verify and merge a bundle: `stage`, then `merge`."""
        watch = progress or Silent()
        return self.merge(self.stage(paths, accept_unknown=accept_unknown, progress=watch), watch)

    # Checking.

    def verify(self, *, rebuild: bool = False, progress: Progress | None = None) -> list[Finding]:
        """Check everything, and with `rebuild` replay the journal first."""
        watch = progress or Silent()
        if rebuild:
            checking.rebuild(self._core, watch)
        return list(self.check(watch))

    @at_the_door
    def acknowledge_loss(self) -> Changes:
        """Say that a person knows of lost entries: told no more at opening, never forgotten."""
        return losses.acknowledge(self._core)

    def check(self, progress: Progress) -> Iterator[Finding]:
        """The findings of a full check as they come; may run in another thread."""
        yield from checking.check(self._core, progress)

    def check_journal(self, after: int = 0) -> JournalSlice:
        """Look at the next entries after a number, without the evidence; in any thread."""
        return checking.check_slice(self._core, after)
