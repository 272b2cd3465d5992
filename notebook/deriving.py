"""A derivative case is made: its pictures first, then all of it in one transaction, or nothing.

Where it came from is written down in the notebook's own case alone, as custody of each original.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from notebook import copies, derivative, editing, evidence, intake, media, registers, sniff
from notebook.core import Core
from notebook.derivative import Left, Page, PictureChoice, Proposal, Swap
from notebook.errors import Code, NotebookError
from notebook.evidence import ObjectReader
from notebook.forms import FieldType
from notebook.forms.model import Field
from notebook.i18n import _, ngettext
from notebook.intake import Examined
from notebook.model import CaseId, Changes, JsonValue, RecordId, Sha256
from notebook.progress import Progress
from notebook.storage import affairs, records
from notebook.transaction import Transaction

PIECE_BYTES = 1024 * 1024
PARTS = 1000
"""How finely progress within a picture is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A file that goes and was taken in, and the choice behind it."""

    choice: PictureChoice
    examined: Examined = field(repr=False)


def make(
    tx: Transaction,
    proposal: Proposal,
    swaps: Sequence[Swap],
    title: str,
    covered: Sequence[Covered] = (),
    left: Sequence[Left] = (),
) -> RecordId:
    """Make the case: every page with these swaps, and these pictures.

    Raises BAD_INPUT for a swap that fits nowhere.
    """
    derivative.check(proposal, swaps)
    pictures = {each.choice.evidence: each for each in covered}
    pages = (*proposal.pages, *(page for page in proposal.files if page.source in pictures))
    # The case comes first, and a case's id is the id of its record.
    new = {page.source: tx.new_record_id() for page in pages}
    home = CaseId(new[RecordId(proposal.case)])
    for page in pages:
        form = tx.forms[page.type]
        fields = derivative.filled_in(page, swaps)
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
        made: dict[str, JsonValue] = {
            "what": copies.DERIVED,
            "case": home,
            "record": new[page.source],
        }
        made |= provenance(proposal, page, swaps, left)
        if picture := pictures.get(page.source):
            made |= _picture_provenance(picture.choice)
        tx.custody(page.source, proposal.case, made)
    return RecordId(home)


def provenance(
    proposal: Proposal, page: Page, swaps: Sequence[Swap], left: Sequence[Left]
) -> dict[str, JsonValue]:
    """How a page was changed: counts, and what a person left as it is, and why."""
    here = [swap for swap in swaps if swap.record == page.source]
    kept: list[JsonValue] = [
        {
            "field": each.field,
            "item": each.item,
            "start": each.start,
            "end": each.end,
            "why": each.why,
        }
        for each in left
        if each.record == page.source
    ]
    told: dict[str, JsonValue] = {
        "level": proposal.level,
        "replaced": sum(bool(swap.instead) for swap in here),
        "blacked_out": sum(not swap.instead for swap in here),
    }
    return told | ({"left": kept} if kept else {})


def _picture_provenance(choice: PictureChoice) -> dict[str, JsonValue]:
    if choice.is_unchanged:
        return {"file": "unchanged"}
    metadata = "kept" if choice.keeps_metadata else "removed"
    return {"file": "made anew", "covered": len(choice.regions), "metadata": metadata}


def _of_picture(tx: Transaction, picture: Covered, home: CaseId) -> dict[str, JsonValue]:
    """What is written about a picture that was made anew: all that leads back stays out."""
    intake.keep_object(tx, picture.examined)
    affairs.bring_file(tx.db, picture.examined.taken.row.sha256, home)
    made = intake.fields_of(picture.examined, RecordId(home), None)
    fields: dict[str, JsonValue] = {
        **{name: value for name, value in made.items() if name not in ("title", "about")},
        "file_name": "",
    }
    if picture.choice.is_unchanged:
        return fields
    count, keeps = len(picture.choice.regions), picture.choice.keeps_metadata
    return {
        **fields,
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


def _linked(known: Field, value: JsonValue, new: Mapping[RecordId, RecordId]) -> JsonValue:
    """A reference leads to the copy; what is not copied is not named."""
    if known.type is FieldType.REFERENCE:
        return new.get(RecordId(str(value)))
    if known.type is FieldType.REFERENCES and isinstance(value, list):
        return [new[RecordId(str(each))] for each in value if RecordId(str(each)) in new]
    return value


def carry_out(
    core: Core,
    proposal: Proposal,
    swaps: Sequence[Swap],
    title: str,
    pictures: Sequence[PictureChoice],
    left: Sequence[Left],
    progress: Progress,
) -> tuple[RecordId, Changes]:
    """Cover the pictures, then make the case in one transaction; or nothing of it is left."""
    # What fits nowhere is said before pictures take their time.
    derivative.check(proposal, swaps)
    derivative.check_title(proposal, title)
    covered: list[Covered] = []
    try:
        for done, choice in enumerate(pictures):
            within = _Within(progress, done, len(pictures) + 1)
            covered.append(_cover(core, proposal, choice, within))
        within = _Within(progress, len(pictures), len(pictures) + 1)
        within.go_on()
        made, changes = core.transact(
            lambda tx: make(tx, proposal, swaps, title, covered, left), within
        )
    except BaseException:
        for each in covered:
            core.store.destroy(each.examined.taken.row)
        raise
    for each in covered:
        row = each.examined.taken.row
        kept = affairs.evidence_object(core.db, row.sha256)
        if kept is not None and kept.name != row.name:
            # The same file is here already: a picture made before, or one that goes unchanged.
            core.store.destroy(row)
    return made, changes


@dataclass(slots=True)
class _Within:
    """Progress within one of several pictures: it never goes back, and can always be stopped."""

    whole: Progress
    before: int
    """How many are done."""
    total: int
    _here: int = 0

    def step(self, done: int, total: int, what: str = "") -> None:
        """Say how far all of them are; raises `Cancelled`."""
        self._here = max(self._here, PARTS * min(done, total) // total if total else 0)
        self.whole.step(self.before * PARTS + self._here, self.total * PARTS, what)

    def go_on(self) -> None:
        """As `step`, for what cannot say how far it is."""
        self.step(0, 1)


def _pieces(content: ObjectReader, total_bytes: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    while piece := content.read(PIECE_BYTES):
        yield piece
        done += len(piece)
        progress.step(done, total_bytes)


def _cover(core: Core, proposal: Proposal, choice: PictureChoice, within: _Within) -> Covered:
    within.go_on()
    page = next((page for page in proposal.files if page.source == choice.evidence), None)
    row = records.find_in_case(core.db, proposal.case, choice.evidence)
    if page is None or row is None:
        raise editing.unknown_record()
    state = registers.load(core.db, core.forms, row).fields.get("sha256")
    sha = state.value if state and registers.is_sha256(state.value) else ""
    known = affairs.evidence_object(core.db, Sha256(str(sha))) if sha else None
    if known is None:
        raise evidence.lacking_object()
    taking = intake.Intake(core.store, core.environment.clock, within.go_on)
    with core.store.open(known) as content:
        if choice.is_unchanged:
            examined = taking.take_in_chunks(
                _pieces(content, known.size_bytes, within), total_bytes=known.size_bytes
            )
            return Covered(choice=choice, examined=examined)
        media_type = sniff.media_type(content.read(sniff.SNIFF_BYTES))
        content.seek(0)
        made = media.cover(
            content,
            media_type,
            choice.regions,
            keeps_metadata=choice.keeps_metadata,
            drawn_on=choice.drawn_on,
            go_on=within.go_on,
        )
    if isinstance(made, media.Placeholder):
        if made.reason is media.Reason.OUTSIDE:
            raise NotebookError(
                Code.BAD_INPUT,
                _("A part to be covered lies outside the picture, so that it would cover nothing."),
                _("Nothing was made, and the original is untouched."),
                _("Give it in pixels of the upright picture: left, top, width, height."),
                records=(choice.evidence,),
            )
        raise NotebookError(
            Code.BAD_INPUT,
            _("This file is no picture that can be made anew."),
            _("Nothing was made, and the original is untouched."),
            _("Leave it out; JPEG, PNG and WebP pictures can be covered."),
            records=(choice.evidence,),
        )
    examined = taking.take_in(io.BytesIO(made), file_name="", progress=within)
    return Covered(choice=choice, examined=examined)
