"""A derivative case: a copy for readers who may not know who somebody is, made anew.

It has new ids, entries of its own and files of its own, so that nothing in it can be linked back by
an id, a hash or a header. What says who somebody is stays out; names known to the notebook are
replaced in every text, and a person looks at each replacement first. Where it came from is written
down in the notebook's own case alone, as custody of the records that were copied.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from notebook import analysis, editing, evidence, intake, known_names, media, registers, sniff
from notebook.core import Core
from notebook.errors import Code, NotebookError
from notebook.forms import FieldType, Forms
from notebook.forms.model import Field, Form
from notebook.i18n import _, ngettext
from notebook.intake import Examined
from notebook.known_names import KnownName, KnownNames
from notebook.media import Region
from notebook.model import CaseId, Changes, JsonValue, Record, RecordId, Sha256
from notebook.progress import Silent
from notebook.storage import affairs, records
from notebook.storage.database import Database
from notebook.transaction import Transaction

PSEUDONYM = "pseudonym"
NOBODY = "none"
"""Levels of identification, as the consent form has them."""
BLACKED_OUT = "▇▇▇"
"""In place of a span that is blacked out; the same length whatever stood there."""
COPIED = ("case", "person", "place", "event", "interview", "note", "consent")
"""The types that a derivative case copies, in an order in which most references look back."""
FILE_FIELDS = (
    "title", "about", "description", "captured", "captured_words", "captured_place", "languages",
    "sensitivity", "confidentiality",
)  # fmt: skip
"""What is copied of a piece of evidence; where it came from and what it was called is not."""
CONTEXT_SIGNS = 40
_BETWEEN = re.compile(r"\w{0,4}[ \u00a0-]+")
"""Between two words of one name: an ending, and a gap."""
_TEXTS = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A span of a text, and what stands there instead; an empty `instead` blacks it out."""

    record: RecordId
    field: str
    item: int
    """Which line of a list; 0 for a text."""
    start: int
    end: int
    instead: str
    person: RecordId | None = None
    text: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One record as it would be copied: its fields before the swaps, and what stays out."""

    source: RecordId
    type: str
    fields: Mapping[str, JsonValue] = field(repr=False)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a derivative case would hold, for a person to look at."""

    case: CaseId
    pages: tuple[Page, ...]
    swaps: tuple[Swap, ...]
    files: tuple[Page, ...]
    """Evidence of the case: none of it goes, unless a picture of it is made for the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureChoice:
    """A picture that goes: which parts of it are covered, and whether its metadata stays."""

    evidence: RecordId
    regions: tuple[Region, ...]
    keeps_metadata: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A picture that was made anew and taken in, and the choice behind it."""

    choice: PictureChoice
    examined: Examined = field(repr=False)


def propose(db: Database, forms: Forms, case: CaseId, level: str) -> Proposal:
    """What would be copied and replaced. Raises BAD_INPUT where people disagree about a field."""
    loaded = [
        registers.load(db, forms, row)
        for type_ in COPIED
        for row in records.visible(db, type_=type_, case=case)
    ]
    if not any(record.type == "case" for record in loaded):
        raise editing.unknown_record()
    disagreeing = tuple(record.id for record in loaded if record.conflicts)
    if disagreeing:
        raise NotebookError(
            Code.BAD_INPUT,
            _("People disagree about records of this case, and a copy has room for one version."),
            _("Nothing was made."),
            _("Settle the conflicts first."),
            records=disagreeing,
        )
    people = _called((record for record in loaded if record.type == "person"), level, {})
    # Names of the people of other cases may stand in these texts, too.
    others = (row for row in records.of_type(db, "person") if row.id not in people)
    everyone = _called((registers.load(db, forms, row) for row in others), level, people)
    known = KnownNames(known_names.with_their_words(known_names.all_names(db, forms)))
    pages = tuple(_page(forms[record.type], record, people, level) for record in loaded)
    files = tuple(
        _file_page(forms["evidence"], registers.load(db, forms, row))
        for row in records.visible(db, type_="evidence", case=case)
    )
    return Proposal(
        case=case,
        pages=pages,
        swaps=tuple(
            swap
            for page in (*pages, *files)
            for swap in _swaps(forms[page.type], page, known, everyone)
        ),
        files=files,
    )


def make(
    tx: Transaction,
    proposal: Proposal,
    swaps: Sequence[Swap],
    title: str,
    covered: Sequence[Covered] = (),
) -> RecordId:
    """Make the case: every page with these swaps, and these pictures.

    Raises BAD_INPUT for a swap that fits nowhere.
    """
    _check(proposal, swaps)
    pictures = {each.choice.evidence: each for each in covered}
    pages = (*proposal.pages, *(page for page in proposal.files if page.source in pictures))
    # The case comes first, and a case's id is the id of its record.
    new = {page.source: tx.new_record_id() for page in pages}
    home = CaseId(new[RecordId(proposal.case)])
    for page in pages:
        form = tx.forms[page.type]
        fields = dict(_swapped(page, [s for s in swaps if s.record == page.source]))
        if page.type == "case":
            fields["title"] = title
        linked = {name: _linked(form.field(name), value, new) for name, value in fields.items()}
        fields = {name: value for name, value in linked.items() if value not in (None, [])}
        picture = pictures.get(page.source)
        if picture is not None:
            fields |= _of_picture(tx, picture, home)
        case = None if page.type == "case" else home
        editing.add(
            tx, page.type, case, fields, record=new[page.source], by_program=picture is not None
        )
    for page in pages:
        tx.custody(
            page.source,
            proposal.case,
            {"what": "derived", "case": home, "record": new[page.source]},
        )
    return RecordId(home)


def _called(
    people: Iterable[Record], level: str, before: Mapping[RecordId, str]
) -> dict[RecordId, str]:
    """What people are called in the copy, after those before; two are never called the same."""
    found = dict(before)
    for record in people:
        state = record.fields.get("pseudonym") if level == PSEUDONYM else None
        chosen = state.value if state else None
        is_free = isinstance(chosen, str) and chosen.strip() and chosen not in found.values()
        found[record.id] = (
            str(chosen) if is_free else _("Person {number}").format(number=len(found) + 1)
        )
    return found


def _page(form: Form, record: Record, people: Mapping[RecordId, str], level: str) -> Page:
    kept: dict[str, JsonValue] = {}
    left_out: list[str] = []
    for name, state in record.fields.items():
        known = next((each for each in form.fields if each.name == name), None)
        # What the form does not know may say anything.
        if known is None or known.is_identity or known.is_internal or known.is_readonly:
            left_out.append(name)
        elif state.value not in (None, "", []):
            kept[name] = state.value
    if record.type == "person":
        kept["title"] = people[record.id]
        kept.pop("pseudonym", None)
        if level == PSEUDONYM:
            kept["pseudonym"] = people[record.id]
    return Page(source=record.id, type=record.type, fields=kept, left_out=tuple(left_out))


def _file_page(form: Form, record: Record) -> Page:
    kept = {
        name: state.value
        for name, state in record.fields.items()
        if name in FILE_FIELDS and state.value not in (None, "", [])
    }
    left_out = tuple(name for name in record.fields if name not in kept)
    called = record.fields.get("file_name")
    if called and kept.get("title") == called.value:
        # Intake calls a file by its name, and names of files say much.
        kept["title"] = _("Picture")
    return Page(source=record.id, type=form.type, fields=kept, left_out=left_out)


def _of_picture(tx: Transaction, picture: Covered, home: CaseId) -> dict[str, JsonValue]:
    """What is written about a picture that was made anew: all that leads back stays out."""
    intake.keep_object(tx, picture.examined)
    affairs.bring_file(tx.db, picture.examined.taken.row.sha256, home)
    made = intake.fields_of(picture.examined, RecordId(home), None)
    count, keeps = len(picture.choice.regions), picture.choice.keeps_metadata
    return {
        **{name: value for name, value in made.items() if name not in ("title", "about")},
        "file_name": "",
        "copy_kind": "derivative",
        "derivation": " ".join(
            (
                ngettext("{count} part covered.", "{count} parts covered.", count).format(
                    count=count
                ),
                _("Metadata kept.") if keeps else _("Metadata removed."),
            )
        ),
    }


def _texts(form: Form, page: Page) -> Iterator[tuple[str, int, str]]:
    """Every text of a page: field, line of the list, words."""
    for name, value in page.fields.items():
        if form.field(name).type not in _TEXTS or (
            page.type == "person" and name in ("title", "pseudonym")
        ):
            continue
        for item, text in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(text, str):
                yield name, item, text


def _swaps(
    form: Form, page: Page, known: KnownNames, everyone: Mapping[RecordId, str]
) -> Iterator[Swap]:
    for name, item, text in _texts(form, page):
        for start, end, person in _spans(text, known.found_in(text)):
            yield Swap(
                record=page.source,
                field=name,
                item=item,
                start=start,
                end=end,
                instead=everyone[person] if person else "",
                person=person,
                text=text[start:end],
                before=text[max(0, start - CONTEXT_SIGNS) : start],
                after=text[end : end + CONTEXT_SIGNS],
            )


def _spans(text: str, names: Sequence[KnownName]) -> list[tuple[int, int, RecordId | None]]:
    """Where people are named. The words of one name are one span, whatever endings they have.

    What may be either of two people is nobody's, and is blacked out unless somebody decides.
    """
    owners: dict[str, set[RecordId]] = {}
    for name in names:
        owners.setdefault(name.name, set()).add(name.person)
    ordered = list(owners)
    found: list[tuple[int, int, RecordId | None]] = []
    for start, end, place in analysis.name_spans(text, ordered):
        people = owners[ordered[place]]
        person = next(iter(people)) if len(people) == 1 else None
        before = found[-1] if found else None
        if before and before[2] == person and _BETWEEN.fullmatch(text, before[1], start):
            found[-1] = (before[0], end, person)
        else:
            found.append((start, end, person))
    return found


def _check(proposal: Proposal, swaps: Sequence[Swap]) -> None:
    pages = {page.source: page for page in (*proposal.pages, *proposal.files)}
    taken: dict[tuple[RecordId, str, int], list[Swap]] = {}
    for swap in swaps:
        page = pages.get(swap.record)
        value = page.fields.get(swap.field) if page else None
        lines = value if isinstance(value, list) else [value]
        text = lines[swap.item] if 0 <= swap.item < len(lines) else None
        others = taken.setdefault((swap.record, swap.field, swap.item), [])
        is_apart = all(swap.end <= other.start or swap.start >= other.end for other in others)
        if not isinstance(text, str) or not 0 <= swap.start < swap.end <= len(text) or not is_apart:
            raise NotebookError(
                Code.BAD_INPUT,
                _("A replacement does not fit its text."),
                _("Nothing was made."),
                _("Look at the proposal again; the record may have changed."),
                records=(swap.record,),
            )
        others.append(swap)


def _swapped(page: Page, swaps: Sequence[Swap]) -> Iterator[tuple[str, JsonValue]]:
    for name, value in page.fields.items():
        here = [swap for swap in swaps if swap.field == name]
        if isinstance(value, list):
            yield (
                name,
                [
                    _with(item, [s for s in here if s.item == place])
                    for place, item in enumerate(value)
                ],
            )
        else:
            yield name, _with(value, here)


def _with(value: JsonValue, swaps: Sequence[Swap]) -> JsonValue:
    if not isinstance(value, str):
        return value
    for swap in sorted(swaps, key=lambda each: each.start, reverse=True):
        instead = swap.instead or BLACKED_OUT
        value = value[: swap.start] + instead + value[swap.end :]
    return value


def _linked(known: Field, value: JsonValue, new: Mapping[RecordId, RecordId]) -> JsonValue:
    """A reference leads to the copy; what is not copied is not named."""
    if known.type is FieldType.REFERENCE:
        return new.get(RecordId(str(value)))
    if known.type is FieldType.REFERENCES and isinstance(value, list):
        return [new[RecordId(str(each))] for each in value if RecordId(str(each)) in new]
    return value


def without(proposal: Proposal, records_left_out: frozenset[RecordId]) -> Proposal:
    """The proposal without some records. The case itself cannot be left out."""
    kept = tuple(
        page
        for page in proposal.pages
        if page.source not in records_left_out or page.type == "case"
    )
    files = tuple(page for page in proposal.files if page.source not in records_left_out)
    sources = {page.source for page in (*kept, *files)}
    return replace(
        proposal,
        pages=kept,
        files=files,
        swaps=tuple(swap for swap in proposal.swaps if swap.record in sources),
    )


def carry_out(
    core: Core,
    proposal: Proposal,
    swaps: Sequence[Swap],
    title: str,
    pictures: Sequence[PictureChoice],
) -> tuple[RecordId, Changes]:
    """Cover the pictures, then make the case in one transaction; or nothing of it is left."""
    covered: list[Covered] = []
    try:
        for choice in pictures:
            # Kept one by one, so that those before one that fails are destroyed.
            covered.append(_cover(core, proposal, choice))  # noqa: PERF401 - see above
        made, changes = core.transact(lambda tx: make(tx, proposal, swaps, title, covered))
    except BaseException:
        for each in covered:
            core.store.destroy(each.examined.taken.row)
        raise
    for each in covered:
        row = each.examined.taken.row
        kept = affairs.evidence_object(core.db, row.sha256)
        if kept is not None and kept.name != row.name:
            # The same picture was made before.
            core.store.destroy(row)
    return made, changes


def _cover(core: Core, proposal: Proposal, choice: PictureChoice) -> Covered:
    page = next((page for page in proposal.files if page.source == choice.evidence), None)
    row = records.find_in_case(core.db, proposal.case, choice.evidence)
    if page is None or row is None:
        raise editing.unknown_record()
    state = registers.load(core.db, core.forms, row).fields.get("sha256")
    sha = state.value if state and registers.is_sha256(state.value) else ""
    known = affairs.evidence_object(core.db, Sha256(str(sha))) if sha else None
    if known is None:
        raise evidence.damaged_object()
    with core.store.open(known) as content:
        media_type = sniff.media_type(content.read(sniff.SNIFF_BYTES))
        content.seek(0)
        made = media.cover(
            content, media_type, choice.regions, keeps_metadata=choice.keeps_metadata
        )
    if isinstance(made, media.Placeholder):
        raise NotebookError(
            Code.BAD_INPUT,
            _("This file is no picture that can be made anew."),
            _("Nothing was made, and the original is untouched."),
            _("Leave it out; JPEG, PNG and WebP pictures can be covered."),
            records=(choice.evidence,),
        )
    taking = intake.Intake(core.store, core.environment.clock)
    examined = taking.take_in(io.BytesIO(made), file_name="", progress=Silent())
    return Covered(choice=choice, examined=examined)
