"""A derivative case: a copy for readers who may not know who somebody is, made anew.

It has new ids, entries of its own and files of its own, so that nothing in it can be linked back by
an id, a hash or a header. What says who somebody is stays out; names known to the notebook are
replaced in every text, and a person looks at each replacement first. Where it came from is written
down in the notebook's own case alone, as custody of the records that were copied.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from notebook import editing, known_names, registers
from notebook.errors import Code, NotebookError
from notebook.forms import FieldType, Forms
from notebook.forms.model import Form
from notebook.i18n import _
from notebook.known_names import KnownName, KnownNames
from notebook.media import Region
from notebook.model import CaseId, JsonValue, Record, RecordId
from notebook.naming import named_in
from notebook.progress import Progress, Silent
from notebook.storage import records
from notebook.storage.database import Database

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
    is_guess: bool = False
    """It may be another word: the name changed inside, goes on as names do not, or has a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A span that was proposed and stays as it is, because a person said so, and why."""

    record: RecordId
    field: str
    item: int
    start: int
    end: int
    why: str


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
    level: str
    pages: tuple[Page, ...]
    swaps: tuple[Swap, ...]
    files: tuple[Page, ...]
    """Evidence of the case: none of it goes, unless a picture of it is made for the reader."""
    called: Mapping[RecordId, str] = field(default_factory=dict, repr=False)
    """What everybody in the notebook is called in the copy."""
    named: Mapping[RecordId, str] = field(default_factory=dict, repr=False)
    """A name of everybody who has one, for who reads the proposal."""
    known: KnownNames = field(default_factory=lambda: KnownNames(()), repr=False, compare=False)
    """All names that were looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureChoice:
    """A picture that goes: which parts of it are covered, and whether its metadata stays."""

    evidence: RecordId
    regions: tuple[Region, ...] = ()
    keeps_metadata: bool = False
    drawn_on: tuple[int, int] | None = None
    """The size of the smaller picture that regions were drawn on; None for the picture itself."""
    is_unchanged: bool = False
    """The file goes as it is, whatever it holds: everybody who has it can tell that it is it."""


def propose(
    db: Database, forms: Forms, case: CaseId, level: str, progress: Progress | None = None
) -> Proposal:
    """What would be copied and replaced. Raises BAD_INPUT where people disagree about a field."""
    watch = progress or Silent()
    # Names of the people of other cases may stand in these texts, too; each is loaded once.
    people = {record.id: record for record in known_names.people_of(db, forms)}
    loaded = [
        people.get(row.id) or registers.load(db, forms, row)
        for type_ in (*COPIED, "evidence")
        for row in records.visible(db, type_=type_, case=case)
    ]
    if not any(record.type == "case" for record in loaded):
        raise editing.unknown_record()
    disagreeing = tuple(record.id for record in loaded if record.conflicts)
    if disagreeing:
        raise _disagreement(disagreeing)
    here = [record for record in loaded if record.type == "person"]
    called = _called([*here, *(one for one in people.values() if one not in here)], level)
    names = known_names.names_of(people.values())
    said = known_names.with_their_words(names)
    if level == NOBODY:
        # Where nobody may be told from others, what they are called in other copies is a name, too.
        of_case = [name for one in here for name in _pseudonym(one)]
        taken = {name.terms for name in of_case}
        # Somebody of another case, or of an earlier copy, who is called the same is not meant.
        said += of_case
        said += [
            name
            for one in people.values()
            if one not in here
            for name in _pseudonym(one)
            if name.terms not in taken
        ]
    known = KnownNames(said)
    pages = [
        _file_page(forms["evidence"], record)
        if record.type == "evidence"
        else _page(forms[record.type], record, called, level)
        for record in loaded
    ]
    swaps: list[Swap] = []
    for done, page in enumerate(pages):
        watch.step(done, len(pages))
        swaps += _swaps(forms[page.type], page, known, called)
    return Proposal(
        case=case,
        level=level,
        pages=tuple(page for page in pages if page.type != "evidence"),
        swaps=tuple(swaps),
        files=tuple(page for page in pages if page.type == "evidence"),
        called=called,
        named={name.person: name.name for name in reversed(names)},
        known=known,
    )


def _pseudonym(person: Record) -> list[KnownName]:
    state = person.fields.get("pseudonym")
    return [
        name
        for version in (state.versions if state else ())
        for name in known_names.typed(str(version.value or ""), person.id)
    ]


def _disagreement(disagreeing: tuple[RecordId, ...]) -> NotebookError:
    return NotebookError(
        Code.BAD_INPUT,
        _("People disagree about records of this case, and a copy has room for one version."),
        _("Nothing was made."),
        _("Settle the conflicts first."),
        records=disagreeing,
    )


def _called(people: Iterable[Record], level: str) -> dict[RecordId, str]:
    """What people are called in the copy: two never the same, and nobody by their name."""
    found: dict[RecordId, str] = {}
    taken: set[str] = set()
    for record in people:
        state = record.fields.get("pseudonym") if level == PSEUDONYM else None
        name = str(state.value or "").strip() if state else ""
        own = known_names.with_their_words(known_names.names_of([record]))
        if named_in(name, KnownNames(own)):
            name = ""
        number = len(found) + 1
        while not name or name in taken:
            name = _("Person {number}").format(number=number)
            number += 1
        taken.add(name)
        found[record.id] = name
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


def texts(form: Form, page: Page) -> Iterator[tuple[str, int, str]]:
    """Every text of a page: field, line of the list, words. What a person is called is none."""
    for name, value in page.fields.items():
        if form.field(name).type not in _TEXTS or (
            page.type == "person" and name in ("title", "pseudonym")
        ):
            continue
        for item, text in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(text, str):
                yield name, item, text


def _swaps(
    form: Form, page: Page, known: KnownNames, called: Mapping[RecordId, str]
) -> Iterator[Swap]:
    for name, item, text in texts(form, page):
        for span in named_in(text, known):
            yield swap_at(
                page.source,
                name,
                item,
                text,
                span.start,
                span.end,
                called[span.person] if span.person else "",
                person=span.person,
                is_guess=span.is_guess,
            )


def swap_at(
    record: RecordId,
    name: str,
    item: int,
    text: str,
    start: int,
    end: int,
    instead: str,
    *,
    person: RecordId | None = None,
    is_guess: bool = False,
) -> Swap:
    """A swap of a span, with the words around it."""
    return Swap(
        record=record,
        field=name,
        item=item,
        start=start,
        end=end,
        instead=instead,
        person=person,
        text=text[start:end],
        before=text[max(0, start - CONTEXT_SIGNS) : start],
        after=text[end : end + CONTEXT_SIGNS],
        is_guess=is_guess,
    )


def found_everywhere(
    proposal: Proposal, forms: Forms, name: str, instead: str, taken: Sequence[Swap]
) -> list[Swap]:
    """Where else a name stands that nobody had written down, however it is spelt or declined.

    What lies over a span of `taken` is left to it.
    """
    known = KnownNames(known_names.with_their_words(known_names.typed(name, RecordId(""))))
    spans: dict[tuple[RecordId, str, int], list[Swap]] = {}
    for swap in taken:
        spans.setdefault((swap.record, swap.field, swap.item), []).append(swap)
    return [
        swap_at(page.source, name_of, item, text, span.start, span.end, instead)
        for page in (*proposal.pages, *proposal.files)
        for name_of, item, text in texts(forms[page.type], page)
        for span in named_in(text, known)
        if all(
            span.end <= other.start or span.start >= other.end
            for other in spans.get((page.source, name_of, item), ())
        )
    ]


def without(
    proposal: Proposal,
    left_out: frozenset[RecordId],
    fields_left_out: frozenset[tuple[RecordId, str]] = frozenset(),
) -> Proposal:
    """The proposal without some records, or fields of them. The case itself cannot be left out."""
    kept = tuple(
        _without_fields(page, fields_left_out)
        for page in (*proposal.pages, *proposal.files)
        if page.source not in left_out or page.type == "case"
    )
    there = {(page.source, name) for page in kept for name in page.fields}
    return replace(
        proposal,
        pages=tuple(page for page in kept if page.type != "evidence"),
        files=tuple(page for page in kept if page.type == "evidence"),
        swaps=tuple(swap for swap in proposal.swaps if (swap.record, swap.field) in there),
    )


def _without_fields(page: Page, left_out: frozenset[tuple[RecordId, str]]) -> Page:
    gone = {name for record, name in left_out if record == page.source} & (
        page.fields.keys() - {"title"}
    )
    if not gone:
        return page
    return replace(
        page,
        fields={name: value for name, value in page.fields.items() if name not in gone},
        left_out=(*page.left_out, *sorted(gone)),
    )


def filled_in(page: Page, swaps: Sequence[Swap]) -> dict[str, JsonValue]:
    """The fields of a page with its swaps done."""
    mine = [swap for swap in swaps if swap.record == page.source]
    return {
        name: [
            _with(item, [s for s in mine if s.field == name and s.item == place])
            for place, item in enumerate(value)
        ]
        if isinstance(value, list)
        else _with(value, [s for s in mine if s.field == name])
        for name, value in page.fields.items()
    }


def _with(value: JsonValue, swaps: Sequence[Swap]) -> JsonValue:
    if not isinstance(value, str):
        return value
    for swap in sorted(swaps, key=lambda each: each.start, reverse=True):
        instead = swap.instead or BLACKED_OUT
        value = value[: swap.start] + instead + value[swap.end :]
    return value


def check(proposal: Proposal, swaps: Sequence[Swap]) -> None:
    """Raises BAD_INPUT for a swap that fits nowhere, or lies over another one."""
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


def check_title(proposal: Proposal, title: str) -> None:
    """Raises BAD_INPUT for a copy's title that names somebody, perhaps: it is a text like any."""
    if named_in(title, proposal.known):
        raise NotebookError(
            Code.BAD_INPUT,
            _("The title of the copy names somebody, or seems to."),
            _("Nothing was made."),
            _("Give it another title."),
        )
