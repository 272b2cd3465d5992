"""The verb that makes a derivative case: proposed, looked at by a person, then made."""

from collections.abc import Mapping
from typing import Final

from notebook import derivative, strict_json
from notebook.cli import access, safe_text
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.derivative import PictureChoice, Proposal, Swap
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.media import MAX_REGIONS, Region
from notebook.model import JsonValue, RecordId

MAX_DECISIONS_BYTES: Final = 16 * 1024 * 1024
_KEYS: Final = frozenset({"title", "leave_out", "swaps", "pictures"})
_SHOWN: Final = frozenset({"case", "level", "records", "files"})
"""What a dry run says beside, so that its answer can be edited and given back as it is."""


def redact(call: Call) -> Answer:
    """Propose, or make. Raises UNKNOWN_RECORD, BAD_INPUT, DAMAGED, NO_SPACE."""
    level = call.arguments.value("--level") or derivative.PSEUDONYM
    is_dry = call.arguments.has("--dry-run")
    decided = _decisions(call)
    with access.opened(call, is_reading=is_dry) as notebook:
        case = access.case_of(notebook, call.arguments.one("CASE"))
        proposal = notebook.propose_derivative(case, level)
        if is_dry:
            return _proposed(proposal, level, notebook.record(RecordId(case)).title)
        left_out = frozenset(_ids(decided.get("leave_out", [])))
        kept = derivative.without(proposal, left_out)
        swaps = (
            [_swap(each) for each in _list(decided["swaps"])]
            if "swaps" in decided
            else list(kept.swaps)
        )
        title = decided.get("title", _("Derivative case"))
        if not isinstance(title, str) or not title.strip():
            raise _unfit()
        pictures = [_picture(each) for each in _list(decided.get("pictures", []))]
        made, _changes = notebook.make_derivative(
            kept, [swap for swap in swaps if swap.record not in left_out], title, pictures
        )
    return Answer(
        value={"case": made, "swaps": len(swaps), "pictures": len(pictures)},
        text=_("A derivative case was made: {case}").format(case=made) + "\n",
    )


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


def _proposed(proposal: Proposal, level: str, title: str) -> Answer:
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
        }
        for swap in proposal.swaps
    ]
    lines = [
        f"{swap.record[:8]} {swap.field}: …{swap.before}[{swap.text} → {swap.instead}]{swap.after}…"
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
            "level": level,
            "title": title,
            "records": [
                {"record": page.source, "type": page.type, "left_out": list(page.left_out)}
                for page in proposal.pages
            ],
            "files": [page.source for page in proposal.files],
            "swaps": swaps,
            "leave_out": [],
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


def _picture(untrusted: JsonValue) -> PictureChoice:
    if not isinstance(untrusted, dict) or not untrusted.keys() <= {
        "evidence",
        "regions",
        "keep_metadata",
    }:
        raise _unfit()
    named, keeps = untrusted.get("evidence"), untrusted.get("keep_metadata", False)
    regions = _list(untrusted.get("regions", []))
    if not isinstance(named, str) or not isinstance(keeps, bool) or len(regions) > MAX_REGIONS:
        raise _unfit()
    return PictureChoice(
        evidence=RecordId(named),
        regions=tuple(_region(each) for each in regions),
        keeps_metadata=keeps,
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
