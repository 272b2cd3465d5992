"""The verb that makes a derivative case: proposed, looked at by a person, then made."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from notebook import consent, derivative, editing, strict_json
from notebook.cli import access, safe_text
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.derivative import Left, PictureChoice, Proposal, Swap
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.media import MAX_REGIONS, Region
from notebook.model import JsonValue, RecordId
from notebook.notebook import Notebook

MAX_DECISIONS_BYTES: Final = 16 * 1024 * 1024
MAX_WHY: Final = 1000
_KEYS: Final = frozenset({"title", "leave_out", "leave_out_fields", "swaps", "pictures", "left"})
_SHOWN: Final = frozenset({"case", "level", "records", "files"})
"""What a dry run says beside, so that its answer can be edited and given back as it is."""


def redact(call: Call) -> Answer:
    """Propose, make, or write a report. Raises UNKNOWN_RECORD, BAD_INPUT, CONSENT_REFUSED, …."""
    level = call.arguments.value("--level") or derivative.PSEUDONYM
    is_dry = call.arguments.has("--dry-run")
    named = call.arguments.value("--report")
    report = None if named is None else access.new_file(named)
    decided = _decisions(call)
    with access.opened(call, is_reading=is_dry) as notebook, access.progress(call) as progress:
        case = access.case_of(notebook, call.arguments.one("CASE"))
        whole = notebook.copying.propose(case, level, progress)
        proposal = derivative.without(
            whole, _left_out(call, notebook, whole, decided), _fields_left_out(decided)
        )
        if is_dry:
            gone = {record for record, _name in _places(whole) - _places(proposal)}
            gone -= {page.source for page in (*proposal.pages, *proposal.files)}
            return _proposed(proposal, gone)
        choice = _chosen(whole, proposal, decided)
        if report is not None:
            notebook.copying.write_report(
                proposal,
                choice.swaps,
                choice.title,
                report,
                purpose=call.arguments.value("--purpose") or consent.TEAM,
                left=choice.left,
                progress=progress,
            )
            return _reported(call, report, len(choice.swaps))
        made, _changes = notebook.copying.make(
            proposal, choice.swaps, choice.title, choice.pictures, choice.left, progress
        )
    return Answer(
        value={"case": made, "swaps": len(choice.swaps), "pictures": len(choice.pictures)},
        text=_("A derivative case was made: {case}").format(case=made) + "\n",
    )


def _reported(call: Call, report: Path, swap_count: int) -> Answer:
    call.console.warn(
        _("{file} is a plaintext copy: whoever holds this disk can read it.").format(
            file=report.name
        )
    )
    return Answer(
        value={"file": str(report), "swaps": swap_count},
        text=safe_text.one_line(str(report)) + "\n",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What was decided, or all that was proposed."""

    title: str
    swaps: list[Swap]
    pictures: list[PictureChoice]
    left: list[Left]


def _chosen(whole: Proposal, proposal: Proposal, decided: Mapping[str, JsonValue]) -> _Choice:
    title = decided.get("title", _called())
    if not isinstance(title, str) or not title.strip():
        raise _unfit()
    swaps = (
        [_swap(each) for each in _list(decided["swaps"])]
        if "swaps" in decided
        else list(proposal.swaps)
    )
    left = [_left(each) for each in _list(decided.get("left", []))]
    # Decisions about what stays out are done with; one about nothing at all is not passed over.
    gone = _places(whole) - _places(proposal)
    return _Choice(
        title=title,
        swaps=[swap for swap in swaps if (swap.record, swap.field) not in gone],
        pictures=[_picture(each) for each in _list(decided.get("pictures", []))],
        left=[each for each in left if (each.record, each.field) not in gone],
    )


def _called() -> str:
    """What a copy is called unless somebody decides: what the original is called may name them."""
    return _("Derivative case")


def _places(proposal: Proposal) -> set[tuple[RecordId, str]]:
    return {
        (page.source, name) for page in (*proposal.pages, *proposal.files) for name in page.fields
    }


def _left_out(
    call: Call, notebook: Notebook, proposal: Proposal, decided: Mapping[str, JsonValue]
) -> frozenset[RecordId]:
    """The records that stay: those decided on, and with “--records” all the others."""
    gone = set(_ids(decided.get("leave_out", [])))
    if chosen := call.arguments.values("--records"):
        ids = {notebook.resolve(each) for each in chosen}
        there = {page.source for page in (*proposal.pages, *proposal.files)}
        if not ids <= there:
            raise editing.unknown_record()
        gone |= there - ids
    return frozenset(gone)


def _fields_left_out(decided: Mapping[str, JsonValue]) -> frozenset[tuple[RecordId, str]]:
    found = set()
    for each in _list(decided.get("leave_out_fields", [])):
        if not isinstance(each, dict) or each.keys() != {"record", "field"}:
            raise _unfit()
        record, name = each["record"], each["field"]
        if not isinstance(record, str) or not isinstance(name, str):
            raise _unfit()
        found.add((RecordId(record), name))
    return frozenset(found)


def _decisions(call: Call) -> Mapping[str, JsonValue]:
    name = call.arguments.value("--decisions")
    if name is None:
        return {}
    text = access.read_text(name, call, max_bytes=MAX_DECISIONS_BYTES)
    try:
        decided = strict_json.parse(text.encode(), max_bytes=MAX_DECISIONS_BYTES)
    except strict_json.BadJson:
        raise _unfit() from None
    if not isinstance(decided, dict) or not decided.keys() <= _KEYS | _SHOWN:
        raise _unfit()
    return decided


def _proposed(proposal: Proposal, left_out: set[RecordId]) -> Answer:
    swaps: list[JsonValue] = [
        {
            "record": swap.record,
            "field": swap.field,
            "item": swap.item,
            "start": swap.start,
            "end": swap.end,
            "instead": swap.instead,
            "person": swap.person,
            "text": swap.text,
            "before": swap.before,
            "after": swap.after,
            "guess": swap.is_guess,
        }
        for swap in proposal.swaps
    ]
    lines = [
        f"{swap.record[:8]} {swap.field}: …{swap.before}[{swap.text} →"
        f" {swap.instead or derivative.BLACKED_OUT}{'?' if swap.is_guess else ''}]{swap.after}…"
        for swap in proposal.swaps
    ]
    files = len(proposal.files)
    lines.append(
        ngettext(
            "{count} file stays out unless a picture of it is decided on.",
            "{count} files stay out unless pictures of them are decided on.",
            files,
        ).format(count=files)
    )
    return Answer(
        value={
            "case": proposal.case,
            "level": proposal.level,
            "title": _called(),
            "records": [
                {"record": page.source, "type": page.type, "left_out": list(page.left_out)}
                for page in proposal.pages
            ],
            "files": [page.source for page in proposal.files],
            "swaps": swaps,
            "leave_out": sorted(left_out),
            "leave_out_fields": [],
            "left": [],
            "pictures": [],
        },
        text="".join(safe_text.one_line(line) + "\n" for line in lines),
    )


def _swap(untrusted: JsonValue) -> Swap:
    if not isinstance(untrusted, dict):
        raise _unfit()
    record, name, instead = (untrusted.get(key) for key in ("record", "field", "instead"))
    item, start, end = (_number(untrusted.get(key, 0)) for key in ("item", "start", "end"))
    if not isinstance(record, str) or not isinstance(name, str) or not isinstance(instead, str):
        raise _unfit()
    return Swap(
        record=RecordId(record), field=name, item=item, start=start, end=end, instead=instead
    )


def _left(untrusted: JsonValue) -> Left:
    if not isinstance(untrusted, dict):
        raise _unfit()
    record, name, why = (untrusted.get(key) for key in ("record", "field", "why"))
    item, start, end = (_number(untrusted.get(key, 0)) for key in ("item", "start", "end"))
    if not isinstance(record, str) or not isinstance(name, str) or not isinstance(why, str):
        raise _unfit()
    if not why.strip() or len(why) > MAX_WHY:
        raise _unfit()
    return Left(record=RecordId(record), field=name, item=item, start=start, end=end, why=why)


def _picture(untrusted: JsonValue) -> PictureChoice:
    if not isinstance(untrusted, dict) or not untrusted.keys() <= {
        "evidence",
        "regions",
        "keep_metadata",
        "unchanged",
    }:
        raise _unfit()
    named, keeps = untrusted.get("evidence"), untrusted.get("keep_metadata", False)
    is_unchanged = untrusted.get("unchanged", False)
    regions = _list(untrusted.get("regions", []))
    if not isinstance(named, str) or not isinstance(keeps, bool) or len(regions) > MAX_REGIONS:
        raise _unfit()
    if not isinstance(is_unchanged, bool) or (is_unchanged and (regions or keeps)):
        raise _unfit()
    return PictureChoice(
        evidence=RecordId(named),
        regions=tuple(_region(each) for each in regions),
        keeps_metadata=keeps,
        is_unchanged=is_unchanged,
    )


def _region(untrusted: JsonValue) -> Region:
    sides = [_number(each) for each in _list(untrusted)]
    if len(sides) != 4 or min(sides[2:]) < 1:
        raise _unfit()
    x, y, width, height = sides
    return Region(x=x, y=y, width=width, height=height)


def _ids(untrusted: JsonValue) -> list[RecordId]:
    named = _list(untrusted)
    if not all(isinstance(each, str) for each in named):
        raise _unfit()
    return [RecordId(str(each)) for each in named]


def _list(untrusted: JsonValue) -> list[JsonValue]:
    if not isinstance(untrusted, list):
        raise _unfit()
    return untrusted


def _number(untrusted: JsonValue) -> int:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or untrusted < 0:
        raise _unfit()
    return untrusted


def _unfit() -> NotebookError:
    return NotebookError(
        Code.BAD_INPUT,
        _("The decisions are not as they should be."),
        _("Nothing was made."),
        _("Take what “redact --dry-run --json” says, and change it."),
    )


VERBS: Final[Mapping[str, Room]] = {"redact": redact}
