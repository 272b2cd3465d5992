"""The look before sealing: which bundles would leave for whom, and what stands against it.

Nothing is written here. Readers who differ in who they are, or in the kind of key they need, get
bundles of their own; readers alike share one, which begins at the lowest of what each holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crypto import container
from notebook import choosing, consent, listing, selection, volumes
from notebook.choosing import Choice
from notebook.consent import Verdict
from notebook.contacts import Contact, Profile
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import AuthorId, CaseId, RecordId, Row, Sha256, bare_id
from notebook.payload import Sealer
from notebook.selection import Audience, Selection
from notebook.storage import affairs, entries, records
from notebook.storage.database import Database
from notebook.storage.records import RecordRow

MAX_REASON_LENGTH = 2000
"""Characters of the reason for an override; it stays in custody for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRequest:
    """What a person asks for."""

    to: tuple[AuthorId, ...]
    cases: tuple[CaseId, ...] = ()
    """Empty: all cases, or those of the chosen records."""
    is_full: bool = False
    is_receipt: bool = False
    """Only what is held here, of the cases that each reader shares; nothing is brought."""
    purpose: str = consent.TEAM
    checksums: bool = False
    volume_bytes: int = volumes.MAX_VOLUME_BYTES
    makes_folder: bool = False
    """Else a folder that is gone, as with a stick that was pulled out, is trouble."""
    records: tuple[RecordId, ...] = ()
    """Only these, with what they depend on; empty: every record."""
    fields: Mapping[RecordId, frozenset[str]] = field(default_factory=dict)
    """Of these records only these fields."""
    leave_out: frozenset[RecordId] = frozenset()
    leave_out_fields: frozenset[tuple[RecordId, str]] = frozenset()
    without_media: bool = False
    """Text first: files stay here until they are asked for."""
    override: str = ""
    """Why records go that no consent lets go; it enters their custody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know before, or after, something leaves or comes in."""

    code: str
    text: str
    record: RecordId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A record that goes although no consent lets it go."""

    record: RecordId
    case: CaseId
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePlan:
    """One bundle that would leave, for readers alike."""

    readers: tuple[Contact, ...]
    purposes: tuple[str, ...]
    profile: Profile
    kind: str
    records: tuple[Row, ...]
    files: tuple[Row, ...]
    warnings: tuple[Notice, ...]
    refusals: tuple[Notice, ...]
    overrides: tuple[Override, ...]
    verdicts: Mapping[int, Verdict] = field(repr=False)
    """By the numbers of the records."""
    entry_count: int
    size_bytes: int
    """Evidence in bytes; the text adds little."""
    omitted: tuple[Sha256, ...]
    omitted_bytes: int
    is_empty: bool
    chosen: Selection = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPlan:
    """What would leave, and what stands against it; sums over the bundles."""

    request: SealRequest
    readers: tuple[Contact, ...]
    bundles: tuple[BundlePlan, ...]
    records: tuple[Row, ...]
    files: tuple[Row, ...]
    warnings: tuple[Notice, ...]
    refusals: tuple[Notice, ...]
    entry_count: int
    size_bytes: int
    omitted_bytes: int
    """Files kept for later."""
    is_empty: bool


def plan(
    db: Database, sealer: Sealer, request: SealRequest, readers: Sequence[Contact]
) -> SealPlan:
    """Look at what would leave.

    Raises BAD_INPUT, BAD_VALUE for a purpose there is not, UNKNOWN_RECORD for a case or a record
    that is not here.
    """
    bundles = tuple(look for look, _chosen in look_at(db, sealer, request, readers))
    return SealPlan(
        request=request,
        readers=tuple(readers),
        bundles=bundles,
        records=_once(row for bundle in bundles for row in bundle.records),
        files=_once(row for bundle in bundles for row in bundle.files),
        warnings=tuple(dict.fromkeys(n for bundle in bundles for n in bundle.warnings)),
        refusals=tuple(dict.fromkeys(n for bundle in bundles for n in bundle.refusals)),
        entry_count=sum(bundle.entry_count for bundle in bundles),
        size_bytes=sum(bundle.size_bytes for bundle in bundles),
        omitted_bytes=sum(bundle.omitted_bytes for bundle in bundles),
        is_empty=all(bundle.is_empty for bundle in bundles),
    )


def _once(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple({(row.case, row.id): row for row in rows}.values())


def look_at(
    db: Database, sealer: Sealer, request: SealRequest, readers: Sequence[Contact]
) -> list[tuple[BundlePlan, Selection]]:
    """Every bundle that would leave, and what it holds. Raises as `plan`."""
    _check(sealer, request, readers)
    chosen_rows = [_chosen_row(db, record) for record in request.records]
    # In the journal ids stand alone; what is left out of one claimant is left out of every one.
    fields: dict[RecordId, frozenset[str]] = {}
    for record, names in request.fields.items():
        fields[bare_id(record)] = fields.get(bare_id(record), names) & names
    choice = Choice(
        because=choosing.with_dependants(db, chosen_rows) if chosen_rows else None,
        fields=fields,
        leave_out=frozenset(bare_id(record) for record in request.leave_out),
        leave_out_fields=frozenset((bare_id(r), name) for r, name in request.leave_out_fields),
        without_media=request.without_media,
    )
    cases = _cases(db, request, chosen_rows)
    return [_look(db, sealer, request, group, cases, choice) for group in alike(request, readers)]


def alike(request: SealRequest, readers: Sequence[Contact]) -> list[tuple[Contact, ...]]:
    """The readers in groups that may share a bundle, in the order in which they were named."""
    if request.is_receipt:
        # What they share differs, and is nobody else's to know.
        return [(reader,) for reader in readers]
    groups: dict[tuple[Profile, tuple[str, ...]], list[Contact]] = {}
    for reader in readers:
        key = (reader.profile, consent.asked_for(request.purpose, reader.role))
        groups.setdefault(key, []).append(reader)
    return [tuple(group) for group in groups.values()]


def _look(
    db: Database,
    sealer: Sealer,
    request: SealRequest,
    readers: tuple[Contact, ...],
    cases: Sequence[CaseId],
    choice: Choice,
) -> tuple[BundlePlan, Selection]:
    purposes = consent.asked_for(request.purpose, readers[0].role)
    judge = consent.Judge(db, sealer.forms, purposes, sealer.local_day())
    audience = Audience(
        readers=frozenset(reader.id for reader in readers),
        purposes=purposes,
        may_name=judge.may_name,
    )

    if request.is_receipt:
        shared = affairs.cases_held(db, readers[0].id)
        of = tuple(case for case in cases if case in shared or case in request.cases)
        chosen = Selection(audience=audience, choice=choice, receipt_of=of, is_empty=not of)
        return _described(db, request, readers, judge, chosen), chosen

    def select(choice: Choice) -> Selection:
        return selection.select(
            db,
            sealer.forms,
            cases=cases,
            audience=audience,
            choice=choice,
            is_full=request.is_full,
        )

    chosen = select(choice)
    # A record of which only custody is new stops nobody: its custody stays with it.
    quiet = frozenset(
        row.num
        for row in (records.by_num(db, num) for num in chosen.with_events)
        if not row.is_withdrawn and not judge.verdict(row).may_leave
    )
    if quiet:
        chosen = select(replace(choice, refused=quiet))
    return _described(db, request, readers, judge, chosen), chosen


def _described(
    db: Database,
    request: SealRequest,
    readers: tuple[Contact, ...],
    judge: consent.Judge,
    chosen: Selection,
) -> BundlePlan:
    rows = [records.by_num(db, num) for num in chosen.records]
    # What is not shown in lists leaves all the same with the journal, so it is judged like the
    # rest. Withdrawn is what has no content, or none that leaves.
    judged = [row for row in rows if not row.is_withdrawn]
    shown = [row for row in judged if row.type and not row.is_deleted]
    # By number, for two cases may claim one id: neither is judged by the other's consents.
    verdicts = {row.num: judge.verdict(row) for row in judged}
    names = listing.names_of(db, judged)
    warnings, refusals, overrides = _notices(
        request, judged, {row.num for row in shown}, verdicts, names
    )
    warnings += [
        Notice(
            code="not-compared",
            text=_("You have not compared the fingerprint of {name} in person.").format(
                name=reader.name
            ),
        )
        for reader in readers
        if not reader.is_compared
    ]
    listed = listing.several(db, shown)
    return BundlePlan(
        readers=readers,
        purposes=chosen.audience.purposes,
        profile=readers[0].profile,
        kind=chosen.kind,
        records=tuple(listed),
        files=tuple(row for row in listed if row.type == "evidence"),
        warnings=tuple(warnings),
        refusals=tuple(refusals),
        overrides=tuple(overrides),
        verdicts=verdicts,
        entry_count=sum(len(chain.nums) for chain in chosen.chains),
        size_bytes=_bytes_of(db, chosen.evidence),
        omitted=tuple(sorted(chosen.omitted)),
        omitted_bytes=_bytes_of(db, chosen.omitted),
        is_empty=chosen.is_empty,
        chosen=chosen,
    )


def _bytes_of(db: Database, files: Iterable[Sha256]) -> int:
    found = (affairs.evidence_object(db, sha) for sha in files)
    return sum(row.size_bytes for row in found if row is not None)


def _check(sealer: Sealer, request: SealRequest, readers: Sequence[Contact]) -> None:
    if not readers:
        raise NotebookError(
            Code.BAD_INPUT,
            _("It is not said for whom the bundle is."),
            _("Nothing was sealed."),
            _("Choose at least one contact."),
        )
    known = consent.purposes(sealer.forms)
    if request.purpose not in known:
        raise NotebookError(
            Code.BAD_VALUE,
            _("There is no such purpose."),
            _("Nothing was sealed."),
            _("Purposes are: {purposes}.").format(purposes=", ".join(known)),
        )
    if len({reader.recipient().encode() for reader in readers}) < len(readers):
        raise NotebookError(
            Code.BAD_INPUT,
            _("Two of these contacts have the same key, so one of them is not who they say."),
            _("Nothing was sealed."),
            _("Compare their fingerprints in person, and seal for one of them."),
        )
    if any(len(group) > container.STANZA_COUNTS[-1] for group in alike(request, readers)):
        raise NotebookError(
            Code.BAD_INPUT,
            _("These are more readers than one bundle can have."),
            _("Nothing was sealed."),
            _("Seal for some of them at a time, up to {count}.").format(
                count=container.STANZA_COUNTS[-1]
            ),
        )
    if len(request.override) > MAX_REASON_LENGTH:
        raise NotebookError(
            Code.BAD_VALUE,
            _("The reason is too long."),
            _("Nothing was sealed."),
            _("Say it in up to {count} characters.").format(count=MAX_REASON_LENGTH),
        )


def _chosen_row(db: Database, record: RecordId) -> RecordRow:
    row = records.find(db, record)
    if row is None or not row.type or row.parent is not None:
        raise NotebookError(
            Code.UNKNOWN_RECORD,
            _("There is no such record."),
            _("Nothing was sealed."),
            records=(record,),
        )
    return row


def _cases(db: Database, request: SealRequest, chosen: Sequence[RecordRow]) -> list[CaseId]:
    known = entries.case_ids(db)
    if any(case not in known for case in request.cases):
        raise NotebookError(
            Code.UNKNOWN_RECORD,
            _("There is no such case."),
            _("Nothing was sealed."),
            _("Cases are listed by “list --type case”."),
        )
    of_chosen = {row.case for row in chosen}
    if request.cases and not of_chosen <= set(request.cases):
        raise NotebookError(
            Code.BAD_INPUT,
            _("A chosen record is in none of the chosen cases."),
            _("Nothing was sealed."),
        )
    return sorted(of_chosen or request.cases or known)


def _notices(
    request: SealRequest,
    rows: Sequence[RecordRow],
    shown: set[int],
    verdicts: Mapping[int, Verdict],
    names: Mapping[int, RecordId],
) -> tuple[list[Notice], list[Notice], list[Override]]:
    """Warnings, refusals and overrides of consent, each with the record it is about.

    A warning is about what a person can see; a refusal is about all that would leave.
    """
    warnings: list[Notice] = []
    refusals: list[Notice] = []
    overrides: list[Override] = []
    for row in rows:
        verdict = verdicts[row.num]
        if verdict.permission in (consent.Permission.PERMITTED, consent.Permission.NOT_NEEDED):
            continue
        notice = Notice(
            code=verdict.permission, text=consent_words(verdict.permission), record=names[row.num]
        )
        if verdict.may_leave:
            warnings += [notice] if row.num in shown else []
        elif request.override and verdict.permission in consent.OVERRIDABLE:
            overrides.append(Override(record=row.id, case=row.case, verdict=verdict))
            warnings.append(notice)
        else:
            refusals.append(notice)
    return warnings, refusals, overrides


def consent_words(permission: consent.Permission) -> str:
    """What consent says, in a sentence."""
    return {
        consent.Permission.PERMITTED: _("The consent allows it."),
        consent.Permission.NOT_NEEDED: _("No consent is needed."),
        consent.Permission.MISSING: _("No consent is recorded for this use."),
        consent.Permission.REFUSED: _("The consent says no to this use."),
        consent.Permission.WITHDRAWN: _("The consent was withdrawn."),
        consent.Permission.EXPIRED: _("The consent has expired."),
        consent.Permission.EMBARGOED: _("The consent holds it back until a later date."),
    }[permission]
