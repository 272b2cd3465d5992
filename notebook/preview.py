"""The preview of a bundle: every record, field, text and file in it, what stays, and why.

It is made from the very parts that would leave, earlier versions included, because they leave too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from notebook import known_names, listing, owed, registers, selection, strict_json
from notebook.choosing import Because
from notebook.consent import Verdict
from notebook.contacts import Contact
from notebook.forms import FieldType, Forms
from notebook.handover import BundlePlan, SealPlan
from notebook.known_names import KnownNames
from notebook.model import CaseId, JsonValue, RecordId, Sha256
from notebook.payload import Sealer
from notebook.selection import FILE_FIELD, Selection, Stays
from notebook.storage import affairs, entries, records, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow

_CHOSEN_FROM_LISTS = frozenset(
    {FieldType.CHOICE, FieldType.CHOICES, FieldType.REFERENCE, FieldType.REFERENCES,
     FieldType.EDTF, FieldType.DATETIME, FieldType.NUMBER, FieldType.BOOLEAN}
)  # fmt: skip
"""Kinds of fields that no name can be written into."""
ANY_FIELD: Final = "title"
"""A field of every type: what covers the whole record covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One value that leaves."""

    value: JsonValue
    is_current: bool
    """False for an earlier version, which leaves with the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """A known name in a text that leaves."""

    field: str
    name: str
    person: RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingField:
    """A field, or a list, of which something leaves."""

    name: str
    texts: tuple[Text, ...]
    is_internal: bool
    is_identity: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingRecord:
    """A record of which something leaves."""

    id: RecordId
    case: CaseId
    type: str
    title: str
    because: Because | None
    """Why it goes, where records were chosen."""
    is_deleted: bool
    verdict: Verdict | None
    """What consent says; None for a withdrawn record, of which no content leaves."""
    fields: tuple[LeavingField, ...]
    stays: Mapping[str, Stays]
    """The fields of it that stay, and why."""
    names: tuple[FoundName, ...]
    files: tuple[tuple[Sha256, int], ...]
    """Hash and size in bytes of each file that goes with it."""
    later: tuple[tuple[Sha256, int], ...]
    """The files of it that are kept for later."""

    @property
    def internal(self) -> tuple[str, ...]:
        """The fields for one's own team that leave."""
        return tuple(field.name for field in self.fields if field.is_internal)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayingRecord:
    """A record of these cases of which nothing leaves."""

    id: RecordId
    case: CaseId
    type: str
    title: str
    """Empty where a withdrawal hides it, too."""
    why: Stays


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWithdrawal:
    """A withdrawal that leaves, with its reason."""

    record: RecordId | None
    """None when this notebook was not told itself which record it is about."""
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePreview:
    """All that one bundle holds, and what is kept back."""

    plan: BundlePlan
    records: tuple[LeavingRecord, ...]
    stays: tuple[StayingRecord, ...]
    withdrawals: tuple[ToldWithdrawal, ...]

    @property
    def readers(self) -> tuple[Contact, ...]:
        """For whom it is."""
        return self.plan.readers


def of_plan(db: Database, sealer: Sealer, plan: SealPlan) -> tuple[BundlePreview, ...]:
    """What each bundle of a plan would hold; with a large notebook it takes a while."""
    names = known_names.of_notebook(db, sealer.forms)
    return tuple(_of_bundle(db, sealer.forms, bundle, names) for bundle in plan.bundles)


def _of_bundle(db: Database, forms: Forms, plan: BundlePlan, names: KnownNames) -> BundlePreview:
    chosen = plan.chosen
    if plan.is_empty:
        return BundlePreview(plan=plan, records=(), stays=(), withdrawals=())
    leaving = frozenset(num for chain in chosen.chains for num in chain.nums)
    found = [
        _record(db, forms, plan, chosen, records.by_num(db, num), leaving, names)
        for num in chosen.records
    ]
    shown = tuple(record for record in found if record.fields or record.files or record.later)
    return BundlePreview(
        plan=plan,
        records=shown,
        stays=tuple(_stays(db, chosen, {record.id for record in shown})),
        withdrawals=tuple(_told(db, num) for num in chosen.told),
    )


def _record(
    db: Database,
    forms: Forms,
    plan: BundlePlan,
    chosen: Selection,
    row: RecordRow,
    leaving: frozenset[int],
    names: KnownNames,
) -> LeavingRecord:
    texts: dict[str, list[Text]] = {}
    stays: dict[str, Stays] = {}
    files: dict[Sha256, int] = {}
    for about in (row, *records.members(db, row.case, row.id)):
        heads = {head.part for found in records.heads(db, about.num).values() for head in found}
        for part, field in entries.parts_about(db, about.num):
            name = about.list or field
            is_word = field == registers.MEMBER_VALUE if about.list else field[:1] != "_"
            # A file that readers ask for leaves although the entry that names it went before.
            leaves = entries.split_part(part)[0] in leaving
            if not is_word or not (leaves or (name == FILE_FIELD and part in heads)):
                continue
            stored = entries.value(db, part)
            why = selection.why_it_stays(db, chosen, row, name)
            if stored is None or (why is not None and not leaves):
                continue
            if why is not None:
                stays.setdefault(name, why)
                continue
            value = strict_json.parse(stored)
            is_current = part in heads and not about.is_deleted
            if value is not None and leaves:
                texts.setdefault(name, []).append(Text(value=value, is_current=is_current))
            if name == FILE_FIELD and registers.is_sha256(value):
                size = affairs.evidence_object(db, Sha256(str(value)))
                files[Sha256(str(value))] = size.size_bytes if size else 0
    form = forms.by_type.get(row.type)
    order = {field.name: place for place, field in enumerate(form.fields)} if form else {}
    fields = tuple(
        LeavingField(
            name=name,
            texts=tuple(texts[name]),
            is_internal=chosen.kinds.is_internal(row.type, name),
            is_identity=chosen.kinds.may_say_who(row.type, name),
        )
        for name in sorted(texts, key=lambda name: (order.get(name, len(order)), name))
    )
    here = chosen.files.get(row.case, frozenset())
    because = chosen.choice.because
    return LeavingRecord(
        id=listing.names_of(db, [row])[row.num],
        case=row.case,
        type=row.type,
        title=title_of(row),
        because=because.get(row.num) if because is not None else None,
        is_deleted=row.is_deleted,
        verdict=plan.verdicts.get(row.num),
        fields=fields,
        stays=stays,
        names=_names_in(forms, row, fields, names),
        files=tuple((sha, size) for sha, size in files.items() if sha in here),
        later=tuple((sha, size) for sha, size in files.items() if sha in chosen.omitted),
    )


def _names_in(
    forms: Forms, row: RecordRow, fields: Sequence[LeavingField], names: KnownNames
) -> tuple[FoundName, ...]:
    """The known names in texts; a person's own names are no news in the fields made for them."""
    form = forms.by_type.get(row.type)
    types = {field.name: field.type for field in form.fields} if form else {}
    found: dict[FoundName, None] = {}
    for field in fields:
        is_for_names = row.type == "person" and field.name in known_names.NAME_FIELDS
        if is_for_names or types.get(field.name) in _CHOSEN_FROM_LISTS:
            continue
        for text in field.texts:
            for name in names.found_in(registers.text_of(text.value)):
                found[FoundName(field=field.name, name=name.name, person=name.person)] = None
    return tuple(found)


def _stays(db: Database, chosen: Selection, leaving: set[RecordId]) -> list[StayingRecord]:
    """The records of these cases that are kept back on purpose; not what was sent before."""
    found = []
    for case in sorted({chain.case for chain in chosen.chains}):
        visible = records.visible(db, type_=None, case=case)
        hidden = _hidden(db, chosen, case)
        called = listing.names_of(db, [*visible, *hidden])
        for row, name in (
            *((r, registers.TYPE) for r in visible),
            *((r, ANY_FIELD) for r in hidden),
        ):
            why = selection.why_it_stays(db, chosen, row, name)
            if why is not None and called[row.num] not in leaving:
                found.append(
                    StayingRecord(
                        id=called[row.num],
                        case=row.case,
                        type=row.type,
                        title=title_of(row),
                        why=why,
                    )
                )
    return found


def _hidden(db: Database, chosen: Selection, case: CaseId) -> list[RecordRow]:
    """The records of a case that a withdrawal hides as a whole until a person says their word."""
    rows = (records.by_num(db, num) for num in sorted(chosen.hidden))
    return [
        row
        for row in rows
        if row.case == case
        and row.type
        and row.parent is None
        and row.is_withdrawn
        and not any(w.is_whole and w.is_confirmed for w in withdrawals.of_record(db, row.num))
    ]


def _told(db: Database, num: int) -> ToldWithdrawal:
    said = owed.said(db, num)
    fields = said.get("fields")
    first = entries.parts_from(db, num, 1)
    return ToldWithdrawal(
        record=records.by_num(db, entries.record_num_of(db, first[0][0])).id if first else None,
        fields=tuple(map(str, fields)) if isinstance(fields, list) else (),
        reason=registers.text_of(said.get("reason")),
    )


def title_of(row: RecordRow) -> str:
    """The title that lists show."""
    return str(listing.summary_of(row).get("title", ""))
