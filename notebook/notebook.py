"""The front door: one open notebook, its queries, and the one way in for every change."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Concatenate, ParamSpec, TypeVar

from crypto import keys, keyslots, strength
from crypto.card import Card
from crypto.errors import CryptoError
from crypto.head import HeadState, head_words
from crypto.identity import Identity
from crypto.keyslots import Passphrase
from crypto.passphrase import InsufficientMemory
from notebook import (
    contacts,
    disk,
    editing,
    evidence,
    folder,
    health,
    history,
    intake,
    listing,
    projection,
    registers,
)
from notebook.contacts import Contact
from notebook.drafts import Drafts
from notebook.environment import Environment, timestamp
from notebook.errors import Code, NotebookError
from notebook.evidence import ObjectReader, ObjectStore
from notebook.folder import Folder, Unlocked
from notebook.forms import Forms, load_forms
from notebook.health import Finding
from notebook.i18n import _
from notebook.intake import Examined, Intake
from notebook.journal import Frame
from notebook.model import (
    AuthorId,
    CaseId,
    Changes,
    HistoryLine,
    JsonValue,
    Kind,
    Record,
    RecordId,
    Row,
    Sha256,
)
from notebook.progress import Progress, Silent
from notebook.storage import affairs, entries, index, records, withdrawals
from notebook.storage.database import (
    Database,
    DatabaseDamaged,
    DiskFailed,
    DiskFull,
    SchemaTooNew,
)
from notebook.transaction import Logs, Transaction

SCHEMA = "schema"
T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S")


class Kdf(StrEnum):
    """How much work each guess at the passphrase costs."""

    STANDARD = "standard"
    LOW_MEMORY = "low-memory"
    TESTING = "testing"
    """Only for testing; no interface offers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A small picture: `width * height * 3` bytes of RGB."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the notebook was found when it was opened."""

    head_words: tuple[str, ...]
    last_opened: str | None
    findings: tuple[Finding, ...]


def at_the_door(
    method: Callable[Concatenate[S, P], T],
) -> Callable[Concatenate[S, P], T]:
    """Turn what storage raises into trouble, once, where the notebook is entered."""

    @functools.wraps(method)
    def guarded(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with translated():
            return method(self, *args, **kwargs)

    return guarded


@contextmanager
def translated() -> Iterator[None]:
    """Storage's own failures as trouble for a person."""
    try:
        yield
    except DiskFull:
        raise disk.no_space() from None
    except DiskFailed:
        raise disk.disk_error() from None
    except SchemaTooNew:
        raise folder.newer_version() from None
    except DatabaseDamaged:
        raise NotebookError(
            Code.DAMAGED,
            _("A part of the notebook is damaged."),
            _("Nothing wrong was shown, and nothing was deleted."),
            _("Check the notebook to see what is affected, and restore it from a backup."),
        ) from None


class Notebook:
    """An open notebook. It belongs to the thread that opened it, but for what says otherwise."""

    def __init__(
        self,
        place: Folder,
        unlocked: Unlocked,
        lock: BinaryIO,
        environment: Environment,
        *,
        identity: Identity | None = None,
    ) -> None:
        self._folder = place
        self._unlocked = unlocked
        self._lock = lock
        self._environment = environment
        self.forms: Forms = load_forms()
        self._notebook_key = unlocked.opened.notebook_key
        self._db = Database(place.database, keys.database_key(self._notebook_key), schema=SCHEMA)
        self._logs = Logs(environment.random)
        if identity is not None:
            self._begin(identity)
        self._identity = Identity.parse(str(affairs.setting(self._db, "identity")))
        self.author = AuthorId(self._identity.card().author_id())
        self.author_name = self._identity.name
        self.store = ObjectStore(place.objects, environment.random)
        self._status = self._arrive(is_new=identity is not None)
        self.drafts = Drafts(place.drafts, keys.drafts_key(self._notebook_key))

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: str,
        *,
        author_name: str,
        kdf: Kdf = Kdf.STANDARD,
        environment: Environment,
    ) -> "Notebook":
        """Make a notebook and open it. Raises FOLDER_EXISTS, WEAK_PASSPHRASE, NOT_ENOUGH_MEMORY."""
        check_passphrase(passphrase)
        try:
            identity = Identity.generate(author_name, environment.random)
        except CryptoError:
            raise NotebookError(
                Code.BAD_VALUE,
                _("The author name cannot be used."),
                _("Nothing was created."),
                _("Use up to 100 ordinary characters; a code instead of a name is fine."),
            ) from None
        unlocked = folder.create(path, passphrase, kdf, environment)
        place = Folder(path)
        lock = folder.lock(place)
        with translated():
            return cls(place, unlocked, lock, environment, identity=identity)

    @classmethod
    def unlock(cls, path: Path, passphrase: str, *, environment: Environment) -> "Notebook":
        """Open a notebook. Raises as `folder.unlock`, and ALREADY_OPEN or DAMAGED."""
        place = Folder(path)
        folder.choose_slots(place, allows_testing=environment.allows_testing)
        lock = folder.lock(place)
        try:
            unlocked = folder.unlock(place, passphrase, environment)
            with translated():
                return cls(place, unlocked, lock, environment)
        except BaseException:
            lock.close()
            raise

    @property
    def folder(self) -> Path:
        """Where the notebook lies."""
        return self._folder.path

    # Opening and closing.

    def _begin(self, identity: Identity) -> None:
        with self._db.write():
            affairs.set_setting(self._db, "identity", identity.encode())
            affairs.set_setting(self._db, "generation", 1)
            affairs.take_slot(
                self._db,
                self._unlocked.opened.slot_number,
                "passphrase",
                timestamp(self._environment.clock),
            )

    def _arrive(self, *, is_new: bool) -> Status:
        is_there = self._folder.head.exists()
        stored = folder.read_head(self._folder, self._notebook_key)
        findings = [] if is_new else health.check_head(stored, is_there, self._db)
        findings += [health.slots_finding(name) for name in self._unlocked.damaged_copies]
        last = affairs.setting(self._db, "last_opened")
        status = Status(
            head_words=head_words(self._head_state()),
            last_opened=last if isinstance(last, str) else None,
            findings=tuple(findings),
        )
        # While the head tells of lost entries it is left as it is: writing it anew would hide
        # the loss from the next opening.
        self._is_head_held = any(f.code == "entries-lost" for f in findings)
        self.set_setting("last_opened", timestamp(self._environment.clock))
        return status

    def _head_state(self) -> HeadState:
        count, newest = entries.count_and_newest(self._db)
        generation = affairs.setting(self._db, "generation")
        return HeadState(
            entry_count=count,
            newest_entry_id=newest,
            generation=generation if isinstance(generation, int) else 0,
        )

    def status(self) -> Status:
        """How the notebook was found when it was opened."""
        return self._status

    def head_words(self) -> tuple[str, ...]:
        """Four words for the state as it is now, to note down at lock."""
        return head_words(self._head_state())

    def close(self) -> None:
        """Close everything. The keys die with the process, not here."""
        self.drafts.close()
        self._db.close()
        self._lock.close()

    def interrupt(self) -> None:
        """Stop the running statement; may be called from another thread."""
        self._db.interrupt()

    @contextmanager
    def snapshot(self) -> Iterator[Database]:
        """A read-only connection of the calling thread on one unchanging state; any thread."""
        with translated():
            db = Database(
                self._folder.database,
                keys.database_key(self._notebook_key),
                schema=SCHEMA,
                is_read_only=True,
            )
            try:
                with db.snapshot():
                    yield db
            finally:
                db.close()

    # The one way in.

    @at_the_door
    def transact(
        self, operation: Callable[[Transaction], T], progress: Progress | None = None
    ) -> tuple[T, Changes]:
        """Run an operation in one transaction: all of it is kept and synced, or nothing."""
        tx = Transaction(
            db=self._db,
            forms=self.forms,
            identity=self._identity,
            author=self.author,
            clock=self._environment.clock,
            random=self._environment.random,
            logs=self._logs,
        )
        with self._db.write():
            result = operation(tx)
            changes = tx.settle(progress)
            generation = affairs.setting(self._db, "generation")
            affairs.set_setting(
                self._db, "generation", (generation if isinstance(generation, int) else 0) + 1
            )
        if not self._is_head_held:
            with disk.disk_trouble():
                folder.write_head(
                    self._folder, self._notebook_key, self._head_state(), self._environment
                )
        return result, changes

    def _change(self, operation: Callable[[Transaction], object]) -> Changes:
        return self.transact(operation)[1]

    # Reading.

    @at_the_door
    def cases(self) -> list[Row]:
        """Every case."""
        return listing.rows(self._db, type_="case")

    @at_the_door
    def rows(self, *, type: str | None = None, case: CaseId | None = None) -> list[Row]:  # noqa: A002
        """The visible records, newest first; with `type` and `case`, only those."""
        return listing.rows(self._db, type_=type, case=case)

    @at_the_door
    def find(
        self,
        query: str,
        *,
        type: str | None = None,  # noqa: A002 - the field's own word
        case: CaseId | None = None,
        limit: int = 50,
    ) -> list[Row]:
        """The records that hold all these words, best first, with snippets."""
        return listing.find(self._db, self.forms, query, type_=type, case=case, limit=limit)

    @at_the_door
    def record(self, id: RecordId) -> Record:  # noqa: A002
        """A whole record. Raises UNKNOWN_RECORD, DAMAGED."""
        return registers.load(self._db, self.forms, self._row(id))

    def _row(self, id: RecordId) -> records.RecordRow:  # noqa: A002
        row = records.find(self._db, id)
        if row is None or not row.type or row.parent is not None:
            raise editing.unknown_record()
        return row

    @at_the_door
    def resolve(self, untrusted_id: str) -> RecordId:
        """A record's id from a person: whole, or its first six or more digits if unambiguous."""
        text = untrusted_id.strip().lower()
        if 6 <= len(text) <= 32 and set(text) <= set("0123456789abcdef"):
            found = records.starting_with(self._db, text)
            if len(found) == 1:
                return found[0].id
        raise editing.unknown_record()

    @at_the_door
    def history(self, id: RecordId) -> list[HistoryLine]:  # noqa: A002
        """What happened to a record, oldest first."""
        return history.of_record(self._db, self._row(id), self._names())

    def _names(self) -> dict[AuthorId, str]:
        return {self.author: self.author_name} | {c.id: c.name for c in self.contacts()}

    @at_the_door
    def evidence_of(self, id: RecordId) -> list[Row]:  # noqa: A002
        """The evidence that is about a record."""
        found = [row for field, row in records.links_to(self._db, id) if field == "about"]
        return [
            listing.one(self._db, row)
            for row in found
            if row.type == "evidence" and not row.is_deleted and not row.is_withdrawn
        ]

    @at_the_door
    def links_to(self, id: RecordId) -> list[tuple[str, Row]]:  # noqa: A002
        """The visible records that name this one, and in which field."""
        return [
            (field, listing.one(self._db, row))
            for field, row in records.links_to(self._db, id)
            if not row.is_deleted and not row.is_withdrawn
        ]

    @at_the_door
    def thumbnail(self, id: RecordId) -> Thumbnail | None:  # noqa: A002
        """The thumbnail of an image, if there is one."""
        found = affairs.thumbnail(self._db, self.sha256_of(id))
        return Thumbnail(width=found[0], height=found[1], rgb=found[2]) if found else None

    def sha256_of(self, id: RecordId) -> Sha256:  # noqa: A002
        """The hash of an evidence record's content. Raises UNKNOWN_RECORD."""
        state = self.record(id).fields.get("sha256")
        if state is None or not isinstance(state.value, str):
            raise editing.unknown_record()
        return Sha256(state.value)

    @at_the_door
    def evidence_content(self, id: RecordId) -> ObjectReader:  # noqa: A002
        """The content of evidence as a file. Raises DAMAGED when it is damaged or not here."""
        row = affairs.evidence_object(self._db, self.sha256_of(id))
        if row is None:
            raise evidence.damaged_object()
        return self.store.open(row)

    @at_the_door
    def contacts(self) -> list[Contact]:
        """Every pinned contact."""
        return [contacts.from_row(row) for row in affairs.contacts(self._db)]

    def contact(self, untrusted_text: str) -> Contact:
        """A contact by id, unambiguous beginning of it, or name. Raises UNKNOWN_CONTACT."""
        known = self.contacts()
        found = [c for c in known if c.name == untrusted_text] or [
            c for c in known if len(untrusted_text) >= 6 and c.id.startswith(untrusted_text.lower())
        ]
        if len(found) != 1:
            raise contacts.unknown_contact()
        return found[0]

    def my_card(self) -> Card:
        """The card that introduces this notebook's author."""
        return self._identity.card()

    @at_the_door
    def setting(self, name: str, default: JsonValue = None) -> JsonValue:
        """A setting of this notebook."""
        value = affairs.setting(self._db, f"ui.{name}" if name != "last_opened" else name)
        return default if value is None else value

    # Writing.

    def add(
        self,
        type: str,  # noqa: A002
        case: CaseId | None,
        fields: Mapping[str, JsonValue],
        *,
        record: RecordId | None = None,
    ) -> tuple[RecordId, Changes]:
        """Add a record. Raises UNKNOWN_TYPE, UNKNOWN_FIELD, BAD_VALUE, UNKNOWN_RECORD."""
        return self.transact(lambda tx: editing.add(tx, type, case, fields, record=record))

    def edit(
        self,
        id: RecordId,  # noqa: A002
        fields: Mapping[str, JsonValue],
        *,
        replaces: editing.Replaces | None = None,
    ) -> Changes:
        """Change fields; `replaces` names the heads that the person was shown."""
        return self._change(lambda tx: editing.edit(tx, id, fields, replaces=replaces))

    def delete(self, id: RecordId) -> Changes:  # noqa: A002
        """Delete a record; `restore` brings it back."""
        return self._change(lambda tx: editing.delete(tx, id))

    def restore(self, id: RecordId) -> Changes:  # noqa: A002
        """Bring a deleted record back."""
        return self._change(lambda tx: editing.restore(tx, id))

    def intake(self) -> Intake:
        """What takes files in; may be used in another thread."""
        return Intake(self.store, self._environment.clock)

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
        is_new = False

        def operation(tx: Transaction) -> RecordId:
            nonlocal is_new
            is_new = intake.keep_object(tx, examined)
            target = editing.row_of(tx, about)
            return editing.add(
                tx,
                "evidence",
                target.case,
                intake.fields_of(examined, about, title),
                by_program=True,
            )

        added = self.transact(operation)
        if not is_new:
            # The same content lies here under another object already.
            self.store.destroy(examined.taken.row)
        return added

    def extract(self, id: RecordId, out: Path, progress: Progress | None = None) -> Changes:  # noqa: A002
        """Write evidence as a plaintext copy, whole or not at all, and note it in custody.

        Raises FILE_EXISTS, DAMAGED, NO_SPACE.
        """
        watch = progress or Silent()
        row = self._row(id)
        with self.evidence_content(id) as reader:
            disk.write_plain_copy(reader, out, reader.size_bytes, watch)
        return self._change(
            lambda tx: tx.custody(id, row.case, {"what": "extracted", "file": out.name})
        )

    @at_the_door
    def withdraw(self, ids: Sequence[RecordId], reason: str) -> Changes:
        """Destroy the content of records whose consent was withdrawn; it never comes back."""
        rows = [self._row(id_) for id_ in ids]

        def operation(tx: Transaction) -> None:
            for row in rows:
                frame = Frame(record=row.id, field=projection.WITHDRAW_FIELD)
                tx.append(
                    Kind.WITHDRAW,
                    row.case,
                    [(frame, {"fields": [withdrawals.EVERY_FIELD], "reason": reason})],
                )

        gone = {sha for sha in (self._sha256_if_any(row.id) for row in rows) if sha}
        changes = self._change(operation)
        self._destroy_objects(gone)
        self._compact()
        return changes

    def _sha256_if_any(self, id: RecordId) -> Sha256 | None:  # noqa: A002
        state = self.record(id).fields.get("sha256")
        return Sha256(str(state.value)) if state is not None else None

    def _destroy_objects(self, gone: set[Sha256]) -> None:
        """Destroy the objects that no living record names any more."""
        named = self.named_objects(self._db)
        for sha in gone - named:
            row = affairs.evidence_object(self._db, sha)
            if row is not None:
                self.transact(lambda tx, sha=sha: affairs.remove_object(tx.db, sha))  # type: ignore[misc]
                self.store.destroy(row)

    def named_objects(self, db: Database) -> frozenset[Sha256]:
        """The hashes that evidence records name."""
        return frozenset(
            Sha256(value)
            for row in records.visible(db, type_="evidence", case=None)
            for state in [registers.load(db, self.forms, row).fields.get("sha256")]
            if state is not None and isinstance(value := state.value, str)
        )

    def _compact(self) -> None:
        """After content was destroyed: index rebuilt, file rewritten, log emptied."""

        def reindex(tx: Transaction) -> None:
            index.clear(tx.db)
            tx.touched |= set(records.numbers(tx.db))

        self.transact(reindex)
        if not health.check_database(self._folder, self._notebook_key):
            self._db.compact()

    def add_contact(self, card_text: str, *, classic: bool = False) -> tuple[Contact, Changes]:
        """Pin a card. Raises BAD_CARD."""
        card = contacts.read_card(card_text)
        at = timestamp(self._environment.clock)
        author, changes = self.transact(
            lambda tx: contacts.pin(tx, card, is_classic=classic, how="added", at=at)
        )
        return self.contact(author), changes

    def mark_compared(self, author: AuthorId) -> Changes:
        """Record that the fingerprint was compared in person."""
        at = timestamp(self._environment.clock)
        return self._change(lambda tx: contacts.mark_compared(tx, author, at))

    def set_setting(self, name: str, value: JsonValue) -> Changes:
        """Set a setting of this notebook."""

        def operation(tx: Transaction) -> None:
            affairs.set_setting(tx.db, f"ui.{name}" if name != "last_opened" else name, value)
            tx.is_settings_changed = True

        return self._change(operation)

    @at_the_door
    def change_passphrase(self, old: str, new: str) -> None:
        """Replace the passphrase in its slot. Raises WRONG_PASSPHRASE, WEAK_PASSPHRASE."""
        check_passphrase(new)
        unlocked = folder.unlock(self._folder, old, self._environment)
        try:
            slots, opened = keyslots.replace(
                unlocked.slots,
                Passphrase(text=new),
                opened=unlocked.opened,
                number=unlocked.opened.slot_number,
                random=self._environment.random,
                available_bytes=self._environment.available_bytes(),
            )
        except InsufficientMemory:
            raise folder.not_enough_memory() from None
        with disk.disk_trouble():
            folder.write_slots(self._folder, slots)
        self._unlocked = Unlocked(slots=slots, opened=opened)

    # Checking.

    def verify(self, *, rebuild: bool = False, progress: Progress | None = None) -> list[Finding]:
        """Check everything, and with `rebuild` replay the journal first."""
        if rebuild:
            self._rebuild(progress or Silent())
        return list(self.check(progress or Silent()))

    def _rebuild(self, progress: Progress) -> None:
        def operation(tx: Transaction) -> None:
            projection.rebuild(tx.db, tx.forms, me=tx.author, progress=progress)

        self.transact(operation)

    def check(self, progress: Progress) -> Iterator[Finding]:
        """The findings of a full check as they come; may run in another thread."""
        yield from self._status.findings
        yield from health.check_slots(self._folder, allows_testing=self._environment.allows_testing)
        yield from health.check_database(self._folder, self._notebook_key)
        with self.snapshot() as db:
            yield from health.check_journal(db, progress)
            yield from health.check_objects(db, self.store, self.named_objects(db), progress)


def check_passphrase(passphrase: str) -> strength.Advice:
    """Advice on a passphrase. Raises WEAK_PASSPHRASE below 50 bits."""
    advice = strength.advise(passphrase)
    if not advice.is_accepted:
        raise NotebookError(
            Code.WEAK_PASSPHRASE,
            _("This passphrase could be guessed."),
            _("Nothing was changed."),
            _("Use six random words, or a longer sentence that nobody else has written."),
        )
    return advice
