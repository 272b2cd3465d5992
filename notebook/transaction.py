"""One transaction: entries appended, projections refreshed, and what changed said at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crypto.identity import Identity
from crypto.primitives import RandomBytes
from notebook import journal, projection, registers
from notebook.environment import timestamp
from notebook.errors import Code, NotebookError
from notebook.forms import Forms
from notebook.i18n import _
from notebook.journal import Frame, PartRef
from notebook.model import (
    AuthorId,
    CaseId,
    Changes,
    Clock,
    EntryId,
    JsonValue,
    Kind,
    RecordId,
)
from notebook.progress import Progress, Silent
from notebook.storage import entries
from notebook.storage.database import Database

RECORD_ID_BYTES = 16


@dataclass(slots=True)
class Logs:
    """The log ids of this session: chosen at the first entry in each case, never stored for reuse.

    A copied or restored notebook therefore starts a log of its own, and both branches are seen.
    """

    random: RandomBytes
    _of_case: dict[CaseId, str] = field(default_factory=dict)

    def of_case(self, case: CaseId) -> str:
        """The log id of this session in a case."""
        if case not in self._of_case:
            self._of_case[case] = self.random(16).hex()
        return self._of_case[case]


@dataclass(slots=True)
class Transaction:
    """What an operation may do while the transaction is open."""

    db: Database
    forms: Forms
    identity: Identity
    author: AuthorId
    clock: Clock
    random: RandomBytes
    logs: Logs
    touched: set[int] = field(default_factory=set)
    cases: set[CaseId] = field(default_factory=set)
    appended: list[EntryId] = field(default_factory=list)
    """Entries of ours, in order."""
    written: registers.Written = field(default_factory=registers.Written)
    certify: "Callable[[Transaction, CaseId], None] | None" = None
    """In a travel session: what its first entry in a case must be."""
    is_contacts_changed: bool = False
    is_settings_changed: bool = False

    def new_record_id(self) -> RecordId:
        """A fresh random id."""
        return RecordId(self.random(RECORD_ID_BYTES).hex())

    def append(
        self,
        kind: Kind,
        case: CaseId,
        parts: Sequence[tuple[Frame, JsonValue]],
        *,
        seen: Sequence[EntryId] = (),
    ) -> EntryId:
        """Sign and store one entry of ours.

        Raises `BadJson` for an impossible value, BAD_VALUE for more than a line in a bundle holds.
        """
        tips = entries.tips(self.db, case)
        own = next((tip for tip in tips if tip.author == self.author), None)
        if own is None and self.certify is not None and kind is not Kind.KEY:
            self.certify(self, case)
            return self.append(kind, case, parts, seen=seen)
        # After a fork the author's other branch is somebody else's work in this respect, too.
        unseen = [tip for tip in tips if tip != own and not tip.is_seen]
        entry = journal.compose(
            case=case,
            log=self.logs.of_case(case),
            seq=own.seq + 1 if own else 0,
            prev=own.id if own else "",
            seen=[*seen, *(tip.id for tip in unseen)],
            time=timestamp(self.clock),
            kind=kind,
            parts=parts,
            signing_seed=self.identity.signing_seed,
            author=self.author,
            random=self.random,
        )
        if not entry.fits_a_line:
            raise _too_long()
        entries.mark_seen(self.db, unseen)
        self.cases.add(case)
        projection.append(
            self.db,
            entry,
            [frame for frame, _ in parts],
            touched=self.touched,
            written=self.written,
        )
        self.appended.append(entry.id)
        return entry.id

    def store(self, entry: journal.Entry) -> projection.Outcome:
        """Store an entry whose signature and commitments were checked."""
        self.cases.add(entry.header.case)
        return projection.store(self.db, entry, touched=self.touched)

    def write_fields(
        self,
        record: RecordId,
        case: CaseId,
        fields: Mapping[str, JsonValue],
        *,
        bases: Mapping[str, Sequence[PartRef]] | None = None,
        kind: Kind = Kind.OP,
    ) -> EntryId:
        """One entry that writes fields of one record, each replacing the parts it names."""
        known = bases or {}
        return self.append(
            kind,
            case,
            [
                (Frame(record=record, field=name, base=tuple(known.get(name, ()))), value)
                for name, value in fields.items()
            ],
        )

    def custody(self, record: RecordId, case: CaseId, details: Mapping[str, JsonValue]) -> EntryId:
        """One entry that says what was done with a record."""
        return self.append(
            Kind.CUSTODY, case, [(Frame(record=record, field="_custody"), dict(details))]
        )

    def settle(self, progress: Progress | None = None) -> Changes:
        """Refresh what was touched; what changed, as screens want to know it."""
        changed = projection.refresh(
            self.db,
            self.forms,
            self.touched,
            me=self.author,
            progress=progress or Silent(),
            written=self.written,
        )
        return Changes(
            records=frozenset(changed),
            cases=frozenset(self.cases),
            contacts=self.is_contacts_changed,
            settings=self.is_settings_changed,
        )


def _too_long() -> NotebookError:
    """The trouble of an entry whose line no reader of a bundle would take."""
    return NotebookError(
        Code.BAD_VALUE,
        _("These are more words than one saving can hold: together they may take 16 MiB."),
        _("They were not saved."),
        _("Save some of the fields first, or put the longest text in as a file."),
    )
