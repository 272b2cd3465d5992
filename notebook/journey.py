"""A session of a travelling notebook: everything in memory, and at each save into the outbox.

FORMATS, travel mode. The notebook's own database holds the author, the mission card and where
each case stands; what is written lies in a database without a file and is sealed before it is
acknowledged.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from crypto.identity import Identity
from crypto.primitives import KEY_BYTES
from notebook import earlier, mission_card, selection, sessions
from notebook.environment import Environment, timestamp
from notebook.errors import Code, NotebookError
from notebook.folder import Folder
from notebook.forms import Forms
from notebook.held_files import HeldFiles
from notebook.i18n import _
from notebook.journal import Frame
from notebook.mission_card import MissionCard
from notebook.model import AuthorId, CaseId, Kind, RecordId
from notebook.outbox import Outbox
from notebook.payload import Content, Sealer
from notebook.progress import Progress
from notebook.selection import Chain
from notebook.storage import affairs, entries, records, travel
from notebook.storage.database import Database
from notebook.storage.travel import CarriedRow
from notebook.transaction import Transaction

BUNDLE_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a session has sealed so far, for the person to see."""

    records: int
    files: int


@dataclass(slots=True, kw_only=True)
class Journey:
    """One session, from unlock to lock."""

    db: Database
    """All that this session wrote; it has no file."""
    mission: MissionCard
    identity: Identity
    """The author: certifies the session and signs its bundles."""
    signer: Identity
    """The session's own key, in the place of the author's; it is stored nowhere."""
    session: AuthorId
    outbox: Outbox
    forms: Forms
    store: HeldFiles
    environment: Environment
    _carried: dict[CaseId, CarriedRow] = field(default_factory=dict)
    _made: dict[CaseId, int] = field(default_factory=dict)
    _files: int = 0

    def sealed(self) -> Sealed:
        """How much this session has sealed."""
        stubs = {RecordId(row.case) for row in travel.carried(self.db)}
        shown = {row.id for row in records.visible(self.db, type_=None, case=None)}
        return Sealed(records=len(shown - stubs), files=self._files)

    def entries_made(self, case: CaseId) -> int:
        """How many entries the session has made in a case; any thread may ask."""
        return self._made.get(case, 0)

    def certify(self, tx: Transaction, case: CaseId) -> None:
        """The first entry of the session in a case: who certifies its key."""
        before = self._carried.get(case)
        value = sessions.certificate(
            self.identity,
            self.session,
            case,
            day=timestamp(tx.clock)[:10],
            after=before.entry if before else "",
            count=before.count if before else 0,
        )
        tx.append(
            Kind.KEY,
            case,
            [(Frame(record=RecordId(case), field=sessions.FIELD), value)],
            seen=[before.entry] if before else [],
        )

    def seal(self, tx: Transaction, progress: Progress) -> list[CarriedRow]:
        """Seal what a transaction appended before it is acknowledged; where its cases stand then.

        Raises as `Outbox.seal`; the transaction must then be rolled back.
        """
        chains = tuple(self._chain(case, nums) for case, nums in self._appended(tx).items())
        if not chains:
            return []
        chosen = selection.of_chains(tx.db, chains)
        sealer = Sealer(
            forms=self.forms,
            identity=self.identity,
            author=AuthorId(self.identity.card().author_id()),
            store=self.store,
            clock=self.environment.clock,
            random=self.environment.random,
        )
        work = Content(tx.db, sealer, chosen)
        bundle = self.environment.random(BUNDLE_BYTES).hex()
        outside = replace(work.envelope(bundle), kind="delta")
        self.outbox.seal(outside, work.payload(), progress)
        self._files += len(chosen.evidence)
        for sha in chosen.evidence:
            row = affairs.evidence_object(tx.db, sha)
            if row is not None:
                self.store.destroy(row)
        return [self._stands(chain) for chain in chains]

    def _appended(self, tx: Transaction) -> dict[CaseId, list[int]]:
        found: dict[CaseId, list[int]] = {}
        for entry in tx.appended:
            num = entries.entry_num(tx.db, entry)
            if num is not None:
                found.setdefault(entries.header_of(tx.db, num).case, []).append(num)
        return found

    def _chain(self, case: CaseId, nums: list[int]) -> Chain:
        first, last = entries.load(self.db, nums[0]), entries.load(self.db, nums[-1])
        return Chain(
            case=case,
            author=self.session,
            after=first.header.prev,
            nums=tuple(nums),
            last=last.id,
        )

    def _stands(self, chain: Chain) -> CarriedRow:
        before = self._carried.get(chain.case)
        count = (before.count if before else 0) + len(chain.nums)
        row = CarriedRow(case=chain.case, entry=chain.last, count=count)
        self._made[chain.case] = self._made.get(chain.case, 0) + len(chain.nums)
        # In the session's own eyes a case it made an entry in goes on along `prev` alone.
        self._carried[chain.case] = row
        return row


def begin(
    base: Database,
    place: Folder,
    identity: Identity,
    forms: Forms,
    environment: Environment,
    *,
    schema: str,
) -> Journey | None:
    """Begin a session when the notebook travels; None for any other notebook."""
    mission = mission_card.of(base)
    if mission is None:
        return None
    signer = replace(identity, signing_seed=environment.random(KEY_BYTES))
    db = Database.in_memory(schema)
    carried = travel.carried(base)
    with db.write():
        for row in carried:
            earlier.place(db, row)
    return Journey(
        db=db,
        mission=mission,
        identity=identity,
        signer=signer,
        session=AuthorId(signer.card().author_id()),
        outbox=Outbox(place=place, mission=mission, author=identity, random=environment.random),
        forms=forms,
        store=HeldFiles(place.objects, environment.random),
        environment=environment,
        _carried={row.case: row for row in carried},
    )


def check_memory(environment: Environment) -> None:
    """Raise UNSAFE_MEMORY when what a session holds could be written to a disk in clear."""
    places = () if environment.allows_unsafe_memory else environment.unsafe_memory()
    if places:
        raise NotebookError(
            Code.UNSAFE_MEMORY,
            _("This laptop may write memory to its disk in clear: {places}.").format(
                # A path would be broken where the line ends, and its end is what one looks for.
                places=", ".join(Path(place).name for place in places)
            ),
            _("Nothing was opened, and nothing was written."),
            _(
                "Turn swap and hibernation off, or encrypt them. If you go on all the same, what"
                " you write may be found on the disk."
            ),
        )


def refuse(journey: Journey | None) -> None:
    """Raise TRAVEL_MODE when the notebook travels: it seals to its mission and opens nothing."""
    if journey is not None:
        raise NotebookError(
            Code.TRAVEL_MODE,
            _("This notebook travels: it seals for its mission alone, and opens nothing."),
            _("Nothing was changed."),
            _("Do this at headquarters, or in another notebook."),
        )
