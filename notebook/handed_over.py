"""What was handed over for a departure: sealed whole and read back, and not removed yet.

FORMATS, "Removing a whole case". It is remembered between two sessions, for a receipt takes its
time. Nothing is removed that changed since it was sealed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto.primitives import sha256
from notebook import handover, journal, listing, sealing, selection
from notebook.contacts import Contact
from notebook.environment import timestamp
from notebook.errors import Code, NotebookError
from notebook.forms import Forms
from notebook.handover import Notice, SealPlan, SealRequest
from notebook.i18n import _
from notebook.model import AuthorId, CaseId, EntryId, JsonValue, Kind, RecordId, Sha256
from notebook.payload import Sealer
from notebook.sealing import SealResult
from notebook.selection import BOOKKEEPING
from notebook.storage import affairs, entries, exchange, records, withdrawals
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

SETTING = "departure"
ENTRY_ID_DIGITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What would be handed over, and what stands against removing it afterwards."""

    plan: SealPlan
    cases: tuple[CaseId, ...]
    held: Mapping[CaseId, frozenset[str]]
    """What each case holds now (see `held_in`)."""
    obstacles: tuple[Notice, ...]
    """What would not be in the bundle, and would be lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Cases that were sealed whole and read back."""

    cases: tuple[CaseId, ...]
    readers: tuple[AuthorId, ...]
    at: str
    states: Mapping[CaseId, str]
    """A hash over what each case held when it was sealed."""
    tips: Mapping[CaseId, tuple[str, ...]]
    """The newest entries that were sealed; who holds them holds all before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a departure stands."""

    handed: HandedOver
    arrived: frozenset[AuthorId]
    """The readers who said in a later bundle that everything is there."""
    changed: tuple[CaseId, ...]
    """The cases that hold something else now."""


def look(db: Database, sealer: Sealer, request: SealRequest, readers: Sequence[Contact]) -> Leaving:
    """Look at what would be handed over. Raises as `handover.plan`."""
    plan = handover.plan(db, sealer, request, readers)
    return Leaving(
        plan=plan,
        cases=request.cases,
        held={case: held_in(db, sealer.forms, case) for case in request.cases},
        obstacles=_obstacles(db, plan),
    )


def request_of(
    cases: Sequence[CaseId], readers: Sequence[AuthorId], *, override: str = ""
) -> SealRequest:
    """Whole cases, with their files, for one's own organisation."""
    return SealRequest(to=tuple(readers), cases=tuple(cases), is_full=True, override=override)


def _obstacles(db: Database, plan: SealPlan) -> tuple[Notice, ...]:
    found = [*plan.refusals]
    waiting = {w.record for w in withdrawals.waiting(db)}
    for num in sorted(waiting):
        row = records.by_num(db, num)
        if row.case in plan.request.cases:
            found.append(
                Notice(
                    code="withdrawal-waits",
                    text=_("A withdrawal waits for your word, and until then it stays here."),
                    record=row.id,
                )
            )
    if not any(bundle.chosen.audience.is_team for bundle in plan.bundles):
        found.append(
            Notice(
                code="partial",
                text=_(
                    "None of these readers is of your own team, so that a part would stay here"
                    " and be lost."
                ),
            )
        )
    return tuple(dict.fromkeys(found))


def held_in(db: Database, forms: Forms, case: CaseId) -> frozenset[str]:
    """Names everything that a case holds, but for notes about an exchange."""
    linked = (id_ for id_, _prev, kind in exchange.linked(db, case) if kind not in BOOKKEEPING)
    waiting = (
        f"{each.author} {each.seq} {each.prev}"
        for each in exchange.all_waiting(db)
        if each.case == case
    )
    files = (
        f"file {sha}"
        for sha in listing.evidence_entries(db, forms, case)
        if affairs.evidence_object(db, sha) is not None
    )
    return frozenset((*linked, *waiting, *files))


def _digest(held: frozenset[str]) -> str:
    return sha256("\n".join(sorted(held)).encode()).hex()


def note(tx: Transaction, leaving: Leaving, result: SealResult) -> bool:
    """Note what was sealed and named; whether it may be removed, for nothing came meanwhile."""
    bundles = [sealed.bundle for sealed in result.bundles]
    now = {case: held_in(tx.db, tx.forms, case) for case in leaving.cases}
    for case, held in now.items():
        # That consent was overridden for this very bundle stands in the custody by now.
        if not all(_is_about(tx.db, new, bundles) for new in held - leaving.held[case]):
            return False
    stored: dict[str, JsonValue] = {
        "at": timestamp(tx.clock),
        "readers": [*leaving.plan.request.to],
        "cases": {
            case: {"state": _digest(held), "tips": [*_newest(tx.db, case, leaving.held[case])]}
            for case, held in now.items()
        },
    }
    affairs.set_setting(tx.db, SETTING, stored)
    tx.is_settings_changed = True
    return True


def _is_about(db: Database, held: str, bundles: Sequence[str]) -> bool:
    """Whether it is an entry of custody that names one of these bundles."""
    num = entries.entry_num(db, EntryId(held)) if len(held) == ENTRY_ID_DIGITS else None
    if num is None or entries.header_of(db, num).kind != Kind.CUSTODY:
        return False
    _kind, size = entries.kind_and_size(db, num)
    values = (entries.value(db, entries.part_number(num, place)) for place in range(size))
    return any(bundle.encode() in value for value in values if value for bundle in bundles)


def _newest(db: Database, case: CaseId, held: frozenset[str]) -> list[str]:
    """The entries of those that were sealed from which no other one of them goes on."""
    links = {id_: prev for id_, prev, _kind in exchange.linked(db, case) if id_ in held}
    return sorted(links.keys() - set(links.values()))


def of(db: Database) -> HandedOver | None:
    """What was handed over and not removed yet."""
    stored = affairs.setting(db, SETTING)
    if stored is None or is_over(stored):
        return None
    try:
        if not isinstance(stored, dict) or not isinstance(stored["cases"], dict):
            raise DatabaseDamaged("what was handed over cannot be read")
        cases: dict[CaseId, tuple[str, tuple[str, ...]]] = {}
        for case, told in stored["cases"].items():
            if not isinstance(told, dict) or not isinstance(told["tips"], list):
                raise DatabaseDamaged("what was handed over cannot be read")
            cases[CaseId(case)] = (str(told["state"]), tuple(map(str, told["tips"])))
        readers = stored["readers"]
        return HandedOver(
            cases=tuple(cases),
            readers=tuple(AuthorId(str(r)) for r in readers) if isinstance(readers, list) else (),
            at=str(stored["at"]),
            states={case: state for case, (state, _tips) in cases.items()},
            tips={case: tips for case, (_state, tips) in cases.items()},
        )
    except KeyError:
        raise DatabaseDamaged("what was handed over cannot be read") from None


def standing(db: Database, forms: Forms) -> Standing | None:
    """How the departure stands that was begun; None when none was."""
    handed = of(db)
    if handed is None:
        return None
    here = set(entries.case_ids(db))
    return Standing(
        handed=handed,
        arrived=frozenset(
            reader
            for reader in handed.readers
            if all(_has_all(db, reader, case, handed.tips[case]) for case in handed.cases)
        ),
        changed=tuple(
            case
            for case in handed.cases
            if case not in here or _digest(held_in(db, forms, case)) != handed.states[case]
        ),
    )


def _has_all(db: Database, reader: AuthorId, case: CaseId, tips: Sequence[str]) -> bool:
    row = affairs.holding(db, reader, case)
    if row is None or not set(tips) <= selection.ancestors(db, case, set(row.tips)):
        return False
    return not any(_is_here(db, ref) for ref in row.lacks)


def _is_here(db: Database, ref: str) -> bool:
    """Whether a file or a value that a reader lacks could be had here."""
    if ":" not in ref:
        return affairs.evidence_object(db, Sha256(ref)) is not None
    wanted = journal.parse_ref(ref)
    num = entries.entry_num(db, wanted.entry)
    return num is not None and entries.has_content(db, entries.part_number(num, wanted.part))


def forget(tx: Transaction) -> None:
    """Give the departure up, or end it: nothing more is remembered of it."""
    affairs.drop_setting(tx.db, SETTING)
    tx.is_settings_changed = True


def is_over(stored: JsonValue) -> bool:
    """Whether what is stored says that cases were removed, and what remains is to be looked at."""
    return isinstance(stored, dict) and stored.keys() == {"removed"}


OVER: JsonValue = {"removed": True}


def check(found: Standing | None, drafts: int) -> Standing:
    """Raise NOT_HANDED_OVER unless everything may be removed now."""
    if found is None:
        raise _refused(_("Nothing was handed over for a departure."), _("Seal the cases first."))
    if found.changed:
        raise _refused(
            _("Something came into these cases after they were sealed."),
            _("Seal them again: what is new would be lost."),
        )
    _check_drafts(drafts)
    return found


def check_obstacles(leaving: Leaving, drafts: int) -> None:
    """Raise NOT_HANDED_OVER, or CONSENT_REFUSED, when something would be in no bundle."""
    if leaving.plan.refusals:
        raise sealing.refused(leaving.plan.refusals)
    _check_drafts(drafts)
    for obstacle in leaving.obstacles:
        raise _refused(obstacle.text, _("Decide about it first."), obstacle.record)


def _check_drafts(drafts: int) -> None:
    if drafts:
        raise _refused(
            _("In these cases something was typed and not saved. No bundle holds it."),
            _("Save or discard it at the desk, then seal the cases again."),
        )


def _refused(what: str, then: str, record: RecordId | None = None) -> NotebookError:
    return NotebookError(
        Code.NOT_HANDED_OVER,
        what,
        _("Nothing was removed."),
        then,
        records=(record,) if record else (),
    )
