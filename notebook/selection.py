"""What goes into a bundle: the entries readers lack, the parts they may have, the files.

Along `prev` only: that somebody has seen an entry does not mean that they hold it. With several
readers the bundle begins at the lowest of what each is known to hold.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from notebook import field_kinds, journal, registers, strict_json
from notebook.choosing import Choice
from notebook.consent import TEAM
from notebook.custody_told import CUSTODY_FIELD, may_leave_team
from notebook.envelope import RECEIPT, Have
from notebook.field_kinds import FieldKinds
from notebook.forms import Forms
from notebook.journal import Entry, Part
from notebook.model import AuthorId, CaseId, EntryId, Kind, Sha256
from notebook.obeying import steward
from notebook.projection import EVENT_FIELDS, WITHDRAW_FIELD
from notebook.storage import affairs, entries, records, withdrawals
from notebook.storage.database import Database

BOOKKEEPING = frozenset({Kind.SEAL.value, Kind.RECEIVE.value, Kind.KEY.value})
"""Kinds that alone are nothing to send."""
UNSAID = frozenset({*BOOKKEEPING, Kind.CUSTODY.value})
"""Kinds that a person does not look at before they leave."""
READERS_FIELD = "_readers"
FILE_FIELD = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The entries of one author in one case that go into a bundle, in order."""

    case: CaseId
    author: AuthorId
    after: str
    """The entry before the first one; empty when the chain begins here."""
    nums: tuple[int, ...]
    last: EntryId


class Stays(StrEnum):
    """Why a field stays here."""

    NOT_CHOSEN = "not-chosen"
    LEFT_OUT = "left-out"
    CONSENT = "consent"
    """No consent lets it go, and it is only custody."""
    INTERNAL = "internal"
    """For one's own team alone."""
    IDENTITY = "identity"
    """No consent says that the person may be named to these readers."""
    WITHDRAWAL_WAITS = "withdrawal-waits"
    """Somebody withdrew it, and nobody here has confirmed that yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """For whom, and what they may have by who they are."""

    readers: frozenset[AuthorId]
    purposes: tuple[str, ...]
    may_name: Callable[[records.RecordRow], bool] = field(repr=False)
    """Whether a record's identity fields may leave to them."""

    @property
    def is_team(self) -> bool:
        """Whether it stays within one's own team."""
        return set(self.purposes) <= {TEAM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """All that a bundle for some readers holds of some cases."""

    audience: Audience
    choice: Choice
    chains: tuple[Chain, ...] = ()
    records: tuple[int, ...] = ()
    """Numbers of the records (not members) of which something goes."""
    with_content: frozenset[int] = frozenset()
    """Those among them of which a value goes that somebody wrote."""
    with_events: frozenset[int] = frozenset()
    """Those of which only custody goes."""
    told: tuple[int, ...] = ()
    """Numbers of the entries among them that are withdrawals."""
    seen: frozenset[int] = field(default=frozenset(), repr=False)
    """Numbers of the entries that a person looks at before they leave."""
    hidden: frozenset[int] = field(default=frozenset(), repr=False)
    """Numbers of the records of which a withdrawal waits for a person's word."""
    files: Mapping[CaseId, frozenset[Sha256]] = field(default_factory=dict)
    """The evidence files that go, by the case that they go with."""
    omitted: frozenset[Sha256] = frozenset()
    """The files that would go and that the person keeps for later."""
    is_empty: bool = True
    is_delta: bool = False
    """Whether something is left out because every reader is known to hold it."""
    is_withdrawal: bool = False
    """Whether withdrawals are all that is new."""
    receipt_of: tuple[CaseId, ...] = ()
    """The cases of which only what is held is said."""
    kinds: FieldKinds = field(default=FieldKinds(), repr=False)

    @property
    def evidence(self) -> tuple[Sha256, ...]:
        """Every file that goes, once."""
        return tuple(sorted({sha for files in self.files.values() for sha in files}))

    @property
    def cases(self) -> tuple[CaseId, ...]:
        """Every case that the bundle speaks of."""
        return tuple(sorted({*self.receipt_of, *(chain.case for chain in self.chains)}))

    @property
    def kind(self) -> str:
        """What the envelope calls the bundle."""
        if self.receipt_of:
            return RECEIPT
        if self.is_withdrawal:
            return "withdrawal"
        return "delta" if self.is_delta else "full"


def select(
    db: Database,
    forms: Forms,
    *,
    cases: Sequence[CaseId],
    audience: Audience,
    choice: Choice,
    is_full: bool,
) -> Selection:
    """What these readers lack of these cases, as far as they may have it."""
    empty = Selection(
        audience=audience,
        choice=choice,
        kinds=field_kinds.of(forms),
        hidden=frozenset(w.record for w in withdrawals.waiting(db)),
    )
    chains: list[Chain] = []
    asked = _Asked()
    is_delta = False
    for case in cases:
        if is_full:
            chains += _chains(db, case, set(), set())
            continue
        held, lacks = _held_by_all(db, case, audience.readers)
        is_delta = is_delta or bool(held)
        given = {ref for ref in lacks if ":" in ref and _can_give(db, empty, ref)}
        asked.has_parts = asked.has_parts or bool(given)
        asked.files[case] = _asked_files(db, empty, case, {r for r in lacks if ":" not in r})
        chains += _chains(db, case, held, given)
    return _with_content(db, replace(empty, chains=tuple(chains), is_delta=is_delta), asked)


def of_chains(db: Database, chains: tuple[Chain, ...]) -> Selection:
    """Exactly these entries, whole, for one's own organisation."""
    return _with_content(
        db,
        Selection(
            audience=Audience(readers=frozenset(), purposes=(TEAM,), may_name=lambda _record: True),
            choice=Choice(),
            chains=chains,
        ),
        _Asked(),
    )


@dataclass(slots=True)
class _Asked:
    """What readers say they lack, as far as it is here and may be theirs."""

    has_parts: bool = False
    files: dict[CaseId, dict[Sha256, list[int]]] = field(default_factory=dict)
    """By case and hash the records that name the file: their consent is asked like any other."""


def _can_give(db: Database, selection: Selection, ref: str) -> bool:
    """Whether the part that a reader lacks is here and may be had by them."""
    wanted = journal.parse_ref(ref)
    num = entries.entry_num(db, wanted.entry)
    if num is None or not entries.has_content(db, entries.part_number(num, wanted.part)):
        return False
    entry = entries.load(db, num)
    is_steward = selection.audience.readers == {steward(db, entry.header.case)}
    return _may_have(db, selection, entry, entry.parts[wanted.part], is_steward=is_steward)


def _asked_files(
    db: Database, selection: Selection, case: CaseId, lacks: set[str]
) -> dict[Sha256, list[int]]:
    """The files among `lacks` that living evidence of this very case names.

    A reader must not get a file of another case, or one that was left out, by asking for its hash,
    or by writing evidence that names it.
    """
    found: dict[Sha256, list[int]] = {}
    for row in records.visible(db, type_="evidence", case=case) if lacks else []:
        if why_it_stays(db, selection, row, FILE_FIELD) is not None:
            continue
        for head in records.heads(db, row.num).get(FILE_FIELD, []):
            sha = _hash_in(db, head.part)
            if sha is not None and sha in lacks and affairs.is_file_of(db, sha, case):
                found.setdefault(sha, []).append(row.num)
    return found


def _hash_in(db: Database, part: int) -> Sha256 | None:
    """The hash that a part's value is, if it is one; anybody may have written anything."""
    stored = entries.value(db, part)
    value = strict_json.parse(stored) if stored is not None else None
    return Sha256(str(value)) if registers.is_sha256(value) else None


def _held_by_all(
    db: Database, case: CaseId, readers: frozenset[AuthorId]
) -> tuple[set[str], set[str]]:
    """Tips that every reader holds something of, and what any of them lacks."""
    tips: list[set[str]] = []
    lacks: set[str] = set()
    for reader in readers:
        row = affairs.holding(db, reader, case)
        tips.append(set(row.tips) if row else set())
        lacks |= set(row.lacks) if row else set()
    held = [ancestors(db, case, reader_tips) for reader_tips in tips]
    return (set.intersection(*held) if held else set()), lacks


def held_by_both(
    db: Database, case: CaseId, one: Sequence[str], other: Sequence[str]
) -> tuple[str, ...]:
    """The tips of what lies behind both these tips and those, as far as it is here."""
    held = ancestors(db, case, set(one)) & ancestors(db, case, set(other))
    inner = {
        prev
        for author in _authors(db, case)
        for _, entry, prev, _ in entries.chain(db, case, author)
        if entry in held
    }
    return tuple(sorted(held - inner))


def ancestors(db: Database, case: CaseId, tips: set[str]) -> set[str]:
    """The tips and everything before them along `prev`."""
    held: set[str] = set()
    for author in _authors(db, case):
        links = {entry: prev for _, entry, prev, _ in entries.chain(db, case, author)}
        for tip in tips & links.keys():
            current: str = tip
            while current and current not in held:
                held.add(current)
                current = links.get(EntryId(current), "")
    return held


def _authors(db: Database, case: CaseId) -> list[AuthorId]:
    return sorted({tip.author for tip in entries.tips(db, case)})


def _chains(db: Database, case: CaseId, held: set[str], given: set[str]) -> Iterator[Chain]:
    wanted = {ref.partition(":")[0] for ref in given}
    waiting = entries.all_waiting(db)
    for author in _authors(db, case):
        chain = [link for link in entries.chain(db, case, author) if link[0] not in waiting]
        new = [link for link in chain if link[1] not in held or link[1] in wanted]
        if new:
            yield Chain(
                case=case,
                author=author,
                after=new[0][2],
                nums=tuple(link[0] for link in new),
                last=new[-1][1],
            )


def _with_content(db: Database, draft: Selection, asked: _Asked) -> Selection:
    """Fill in which records and files the entries bring, and whether there is anything to send."""
    owners: dict[int, records.RecordRow] = {}
    goes: dict[tuple[int, str], bool] = {}
    touched: dict[int, set[str]] = {}
    told: list[int] = []
    seen: list[int] = []
    files: dict[CaseId, set[Sha256]] = {}
    kinds: set[str] = set()
    for chain in draft.chains:
        for num in chain.nums:
            kind, size = entries.kind_and_size(db, num)
            is_told = kind == Kind.WITHDRAW
            if kind not in UNSAID:
                seen.append(num)
            has_part = False
            for part, name, has_value in entries.parts_from(db, num, size):
                record = entries.record_num_of(db, part)
                if record not in owners:
                    owners[record] = _owner(db, records.by_num(db, record))
                owner = owners[record]
                if is_told and name == WITHDRAW_FIELD:
                    continue
                if (record, name) not in goes:
                    listed = name if owner.num == record else records.by_num(db, record).list
                    goes[record, name] = why_it_stays(db, draft, owner, listed or name) is None
                if not goes[record, name] or (
                    name == CUSTODY_FIELD
                    and not draft.audience.is_team
                    and not _is_told(entries.value(db, part))
                ):
                    continue
                has_part = True
                touched.setdefault(owner.num, set()).add(name if has_value else "")
                if (
                    name == FILE_FIELD
                    and owner.type == "evidence"
                    and not owner.is_withdrawn
                    and not owner.is_deleted
                    and (sha := _hash_in(db, part)) is not None
                    and affairs.is_file_of(db, sha, chain.case)
                ):
                    files.setdefault(chain.case, set()).add(sha)
            if is_told:
                told.append(num)
            # Lines of which the readers get nothing are no reason to send, if the person chose so.
            if has_part or is_told or draft.choice.is_everything:
                kinds.add(kind)
    for case, asked_here in asked.files.items():
        for sha, naming in sorted(asked_here.items()):
            files.setdefault(case, set()).add(sha)
            for owner_num in naming:
                touched.setdefault(owner_num, set()).add(FILE_FIELD)
    omitted: frozenset[Sha256] = frozenset()
    if draft.choice.without_media:
        omitted = frozenset(sha for found in files.values() for sha in found)
        files = {}
    has_asked = asked.has_parts or (any(asked.files.values()) and bool(files))
    news = kinds - BOOKKEEPING
    return replace(
        draft,
        records=tuple(touched),
        with_content=frozenset(
            num for num, names in touched.items() if any(n and n[0] != "_" for n in names)
        ),
        with_events=frozenset(num for num, names in touched.items() if names <= EVENT_FIELDS),
        told=tuple(told),
        seen=frozenset(seen),
        files={case: frozenset(found) for case, found in files.items()},
        omitted=omitted,
        is_empty=not (news or has_asked),
        is_withdrawal=draft.is_delta and not has_asked and news == {Kind.WITHDRAW.value},
    )


def _owner(db: Database, row: records.RecordRow) -> records.RecordRow:
    """The record that a member of a list belongs to, in the same case; else the record itself."""
    owner = records.find_in_case(db, row.case, row.parent) if row.parent is not None else None
    return owner or row


def lines(db: Database, selection: Selection, chain: Chain) -> Iterator[tuple[Entry, list[Part]]]:
    """The entries of a chain with the parts that these readers may have, hashes checked."""
    case_steward = steward(db, chain.case)
    only_steward = selection.audience.readers == {case_steward}
    for num in chain.nums:
        entry = entries.load(db, num)
        journal.check_parts(entry)
        yield (
            entry,
            [
                part
                if _may_have(db, selection, entry, part, is_steward=only_steward)
                else journal.WITHHELD
                for part in entry.parts
            ],
        )


def _may_have(
    db: Database, selection: Selection, entry: Entry, part: Part, *, is_steward: bool
) -> bool:
    if part.frame is None:
        return False
    frame = journal.parse_frame(part.frame)
    if frame.field == READERS_FIELD:
        return is_steward
    if frame.field == WITHDRAW_FIELD and entry.header.kind == Kind.WITHDRAW:
        # A withdrawal reaches everybody: also those who had the record by another way.
        return True
    row = records.find_in_case(db, entry.header.case, frame.record)
    if row is None:
        return False
    if frame.field == CUSTODY_FIELD and not (selection.audience.is_team or _is_told(part.value)):
        return False
    return why_it_stays(db, selection, _owner(db, row), row.list or frame.field) is None


def _is_told(custody: bytes | None) -> bool:
    return custody is None or may_leave_team(custody)


def why_it_stays(
    db: Database, selection: Selection, owner: records.RecordRow, name: str
) -> Stays | None:
    """Why a field, or a list, of a record does not go to these readers; None when it goes."""
    choice, is_team = selection.choice, selection.audience.is_team
    if not choice.is_chosen(owner, name):
        return Stays.NOT_CHOSEN
    if choice.is_left_out(owner.id, name):
        return Stays.LEFT_OUT
    if owner.num in choice.refused:
        return Stays.CONSENT
    if not is_team and selection.kinds.is_internal(owner.type, name):
        return Stays.INTERNAL
    if (
        not is_team
        and selection.kinds.may_say_who(owner.type, name)
        and not selection.audience.may_name(owner)
    ):
        return Stays.IDENTITY
    is_hidden = owner.num in selection.hidden and not _is_open(db, owner.num, name)
    return Stays.WITHDRAWAL_WAITS if is_hidden else None


def _is_open(db: Database, owner: int, name: str) -> bool:
    """Whether no withdrawal that waits for a person's word covers the field."""
    return not any(w.covers(name) and not w.is_confirmed for w in withdrawals.of_record(db, owner))


def have(db: Database, case: CaseId, named: Mapping[Sha256, bool], *, is_steward: bool) -> Have:
    """What this notebook holds of a case, for its next readers; `named` says which files are here.

    Lacking are values that are neither here nor destroyed, and evidence that is named and absent.
    Who was sealed for is the steward's to know: nobody else asks for it.
    """
    hidden_kinds = () if is_steward else (Kind.SEAL,)
    tips: dict[str, tuple[str, ...]] = {}
    for author, tip in sorted((tip.author, tip.id) for tip in entries.tips(db, case)):
        tips[author] = (*tips.get(author, ()), tip)
    return Have(
        tips=tips,
        lacks=(
            *entries.lacking_parts(db, case, but_kinds=hidden_kinds),
            *sorted(sha for sha, is_here in named.items() if not is_here),
        ),
    )
