"""An open notebook's inside: its database, identity and lock, and the one way in for changes."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import BinaryIO, Concatenate, ParamSpec, TypeVar

from crypto import keys
from crypto.errors import CryptoError
from crypto.head import HeadState, head_words
from crypto.identity import Identity
from notebook import disk, folder, health, journey, mission_card, noting
from notebook.environment import Environment, timestamp
from notebook.errors import Code, NotebookError
from notebook.evidence import ObjectStore
from notebook.folder import Folder, Unlocked
from notebook.forms import Forms, load_forms
from notebook.health import Finding
from notebook.i18n import _
from notebook.journey import Journey
from notebook.mission_card import MissionCard
from notebook.model import AuthorId, Changes, RecordId
from notebook.progress import Cancelled, Progress, Silent
from notebook.storage import affairs, entries, travel
from notebook.storage.database import (
    Database,
    DatabaseDamaged,
    DiskFailed,
    DiskFull,
    SchemaTooNew,
)
from notebook.storage.records import SeveralClaim
from notebook.storage.travel import CarriedRow
from notebook.transaction import Logs, Transaction

SCHEMA = "schema"
T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the notebook was found when it was opened."""

    head_words: tuple[str, ...]
    last_opened: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much a notebook holds."""

    entry_count: int
    file_count: int


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
    except SeveralClaim as several:
        raise ambiguous_id(several.claims) from None
    except DatabaseDamaged:
        raise NotebookError(
            Code.DAMAGED,
            _("A part of the notebook is damaged."),
            _("Nothing wrong was shown, and nothing was deleted."),
            _("Check the notebook to see what is affected, and restore it from a backup."),
        ) from None


def ambiguous_id(claims: Sequence[RecordId]) -> NotebookError:
    """The trouble of an id that more than one case claims."""
    return NotebookError(
        Code.AMBIGUOUS_ID,
        _("More than one case claims this record, and one of them may be a forgery: {ids}.").format(
            ids=", ".join(claims)
        ),
        _("Nothing was changed."),
        _("Choose one of them in a list, or name it as CASE/RECORD."),
        records=tuple(claims),
    )


class Core:
    """What an open notebook is made of. It belongs to the thread that opened it."""

    def __init__(
        self,
        place: Folder,
        unlocked: Unlocked,
        lock: BinaryIO,
        environment: Environment,
        *,
        new_identity: Identity | None = None,
        mission: MissionCard | None = None,
        is_reading: bool = False,
    ) -> None:
        """Open the database. With `is_reading` nothing on disk is changed.

        A new notebook with a `mission` travels. Raises UNSAFE_MEMORY for one that does.
        """
        self.place = place
        self.unlocked = unlocked
        self.environment = environment
        self.forms: Forms = load_forms()
        self.notebook_key = unlocked.opened.notebook_key
        self._lock = lock
        self._logs = Logs(environment.random)
        if new_identity is None and not place.database.exists():
            # SQLite would make an empty one, and everything would look gone.
            raise folder.missing_database()
        self.db = self._connect(is_read_only=is_reading)
        if is_reading and self.db.is_behind(SCHEMA):
            # What an older version wrote is brought up to date once, also for a reader.
            self.db.close()
            self._connect(is_read_only=False).close()
            self.db = self._connect(is_read_only=True)
        self.base = self.db
        if new_identity is not None:
            self._begin(new_identity, mission)
        self.identity = self._own_identity()
        self.author = AuthorId(self.identity.card().author_id())
        if new_identity is None and not is_reading:
            self._check_memory()
        self.signer = self.identity
        self.store = ObjectStore(place.objects, environment.random)
        self.lost_head: HeadState | None = None
        """The head that tells of lost entries, until somebody said that they know.

        It is left as it is: writing it anew would hide the loss from the next opening.
        """
        self.settled: HeadState | None = None
        """What the newest commit left behind; None while another is being made."""
        self._is_halted = False
        self.journey: Journey | None = None
        self.viewed: set[RecordId] = set()
        """The evidence that was looked at since the unlock."""
        self.status = self._arrive(is_new=new_identity is not None)
        if not is_reading:
            self.transact(self._note_opening)
        self._set_out(is_reading=is_reading)

    def _check_memory(self) -> None:
        if mission_card.of(self.base) is not None:
            try:
                journey.check_memory(self.environment)
            except NotebookError:
                self.base.close()
                raise

    def _set_out(self, *, is_reading: bool) -> None:
        """In a notebook that travels: from here on nothing but memory and the outbox."""
        self.journey = journey.begin(
            self.base, self.place, self.identity, self.forms, self.environment, schema=SCHEMA
        )
        if self.journey is None:
            return
        if not is_reading:
            self.journey.outbox.sweep()
        self.db = self.journey.db
        self.signer, self.author = self.journey.signer, self.journey.session
        self.store = self.journey.store

    def _connect(self, *, is_read_only: bool) -> Database:
        return Database(
            self.place.database,
            keys.database_key(self.notebook_key),
            schema=SCHEMA,
            is_read_only=is_read_only,
            # Whoever has the lock and writes nothing is alone with the file.
            is_still=is_read_only,
        )

    def _own_identity(self) -> Identity:
        stored = affairs.setting(self.db, "identity")
        if not isinstance(stored, str):
            self.db.close()
            raise folder.missing_database()
        try:
            return Identity.parse(stored)
        except CryptoError:
            raise DatabaseDamaged("the identity cannot be read") from None

    def _begin(self, identity: Identity, mission: MissionCard | None) -> None:
        with self.db.write():
            if mission is not None:
                affairs.set_setting(self.db, mission_card.SETTING, mission.stored())
                for one in mission.cases:
                    travel.carry(self.db, CarriedRow(case=one.case, entry=one.entry, count=0))
            affairs.set_setting(self.db, "identity", identity.encode())
            affairs.count_commit(self.db)
            affairs.take_slot(self.db, self.unlocked.opened.slot_number, "passphrase", self.now())

    def _arrive(self, *, is_new: bool) -> Status:
        stored = folder.read_head(self.place, self.notebook_key)
        findings = [] if is_new else health.check_head(stored, self.db)
        if any(finding.code == health.LOST for finding in findings):
            self.lost_head = stored
        findings += [health.slots_finding(name) for name in self.unlocked.damaged_copies]
        last = affairs.setting(self.db, "last_opened")
        return Status(
            head_words=self.head_words(),
            last_opened=last if isinstance(last, str) else None,
            findings=tuple(findings),
        )

    def _note_opening(self, tx: Transaction) -> None:
        affairs.set_setting(tx.db, "last_opened", self.now())
        noting.settle(tx)

    def refuse_travelling(self) -> None:
        """Raise TRAVEL_MODE when the notebook travels: it seals for its mission alone."""
        journey.refuse(self.journey)

    def now(self) -> str:
        """The current time as RFC 3339."""
        return timestamp(self.environment.clock)

    def head_words(self) -> tuple[str, ...]:
        """Four words for the state as it is now."""
        return head_words(self._head_state())

    def extent(self) -> Extent:
        """How much there is."""
        count, _newest = entries.count_and_newest(self.db)
        return Extent(entry_count=count, file_count=len(affairs.evidence_objects(self.db)))

    def _head_state(self, generation: int | None = None) -> HeadState:
        count, newest = entries.count_and_newest(self.base)
        return HeadState(
            entry_count=count,
            newest_entry_id=newest,
            generation=affairs.generation(self.base) if generation is None else generation,
        )

    @at_the_door
    def transact(
        self, operation: Callable[[Transaction], T], progress: Progress | None = None
    ) -> tuple[T, Changes]:
        """Run an operation in one transaction: all of it is kept and synced, or nothing."""
        tx = Transaction(
            db=self.db,
            forms=self.forms,
            identity=self.signer,
            author=self.author,
            clock=self.environment.clock,
            random=self.environment.random,
            logs=self._logs,
            certify=self.journey.certify if self.journey is not None else None,
        )
        carried: list[CarriedRow] = []
        head: HeadState | None = None
        before, self.settled = self.settled, None
        try:
            with self.db.write():
                result = operation(tx)
                changes = tx.settle(progress)
                self._go_on()
                if self.journey is None:
                    head = self._note_commit()
                    self._go_on()
                else:
                    carried = self.journey.seal(tx, progress or Silent())
        except (Cancelled, NotebookError):
            self.settled = before
            raise
        if carried:
            head = self._carry(carried)
        if head is not None:
            self._renew_head(head)
        self.settled = head or before
        return result, changes

    def halt(self) -> tuple[str, ...]:
        """From any thread, for the lock: no commit is made from now on.

        The four words of the newest one; none while one is being made, for it may still count.
        """
        self._is_halted = True
        settled = self.settled
        return () if settled is None else head_words(settled)

    def _go_on(self) -> None:
        if self._is_halted:
            raise Cancelled

    def _carry(self, carried: list[CarriedRow]) -> HeadState | None:
        """Note in the notebook on disk where the cases that travel stand; what it left behind."""
        # What was written is sealed already. A note that cannot be made now costs only that the
        # next session knows less.
        head: HeadState | None = None
        with suppress(DiskFull, DiskFailed):
            with self.base.write():
                for row in carried:
                    travel.carry(self.base, row)
                noted = self._note_commit()
            head = noted
        return head

    def _note_commit(self) -> HeadState:
        """Count the commit, within it; what the head is to say once it stands."""
        return self._head_state(affairs.count_commit(self.base))

    def _renew_head(self, state: HeadState) -> None:
        if self.lost_head is None:
            # The commit stands whatever becomes of the head: an older one only notices less.
            with suppress(OSError):
                self._write_head(state)

    def _write_head(self, state: HeadState) -> None:
        folder.write_head(self.place, self.notebook_key, state, self.environment)

    def release_head(self) -> None:
        """Write the head anew although it told of a loss. Raises DISK_ERROR, NO_SPACE."""
        with disk.disk_trouble():
            self._write_head(self._head_state())
        self.lost_head = None
        others = tuple(found for found in self.status.findings if found.code != health.LOST)
        self.status = replace(self.status, findings=others)

    def change(self, operation: Callable[[Transaction], object]) -> Changes:
        """Run an operation of which only the changes matter."""
        return self.transact(operation)[1]

    @contextmanager
    def snapshot(self) -> Iterator[Database]:
        """A read-only connection of the calling thread on one unchanging state; any thread."""
        with translated():
            db = self._connect(is_read_only=True)
            try:
                with db.snapshot():
                    yield db
            finally:
                db.close()

    def close(self) -> None:
        """Close the database and give up the lock. The keys die with the process, not here."""
        self.db.close()
        self.base.close()
        self._lock.close()
