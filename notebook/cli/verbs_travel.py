"""The verbs of travel mode: outbox on the laptop, mission at headquarters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crypto.card import Card
from notebook import folder, outbox
from notebook.cli import access, safe_text
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.folder import Folder
from notebook.i18n import _, ngettext
from notebook.missions import Unfinished
from notebook.model import JsonValue

SHORT_ID_DIGITS: Final = 8


def show_outbox(call: Call) -> Answer:
    """What lies in an outbox; with --out, copies. Raises as `outbox.copy_out`."""
    place = Folder(Path(call.arguments.one("FOLDER")))
    out = call.arguments.value("--out")
    if call.arguments.has("--remove") and out is None:
        raise UsageError(_("--remove goes with --out: nothing is removed that was not copied."))
    if not place.outbox.is_dir():
        raise folder.not_a_notebook()
    files: list[str] = []
    removed = 0
    if out is not None:
        with access.progress(call) as progress:
            copied = outbox.copy_out(
                place.path, Path(out), progress, is_removing=call.arguments.has("--remove")
            )
        files, removed = [str(path) for path in copied.files], copied.removed
    left = outbox.contents(place)
    count = len(left.files)
    lines = [safe_text.one_line(name) for name in files]
    lines.append(
        ngettext(
            "{count} bundle in the outbox, {size} bytes.",
            "{count} bundles in the outbox, {size} bytes.",
            count,
        ).format(count=count, size=left.size_bytes)
    )
    return Answer(
        value={
            "bundles": count,
            "size_bytes": left.size_bytes,
            "files": [*files],
            "removed": removed,
        },
        text="".join(line + "\n" for line in lines),
    )


def mission(call: Call) -> Answer:
    """Make, list or show missions; list or take over what came unfinished."""
    action, named = call.arguments.one("ACTION"), call.arguments.many("MISSION|DRAFT")
    if action in ("card", "take") and not named:
        raise UsageError(
            _("“mission FOLDER card” needs a MISSION, a name or an id.")
            if action == "card"
            else _("“mission FOLDER take” needs a DRAFT, the beginning of its record's id.")
        )
    if action not in ("card", "take") and named:
        raise UsageError(_("“mission FOLDER {action}” takes nothing more.").format(action=action))
    if action != "card" and call.arguments.has("--case"):
        raise UsageError(_("--case goes with “mission FOLDER card”."))
    return {"new": _new, "list": _list, "card": _card, "drafts": _drafts, "take": _take}[action](
        call
    )


def _new(call: Call) -> Answer:
    with access.opened(call) as notebook:
        card, _changes = notebook.travel.new_mission()
    call.console.warn(
        _(
            "Give this card to one traveller, with its fingerprint on paper or by voice. Only this"
            " notebook can open what is sealed to it: keep a backup."
        )
    )
    return _one(card)


def _card(call: Call) -> Answer:
    with access.opened(call, is_reading=True) as notebook:
        named = access.text_argument(call.arguments.many("MISSION|DRAFT")[0])
        cases = [access.case_of(notebook, text) for text in call.arguments.values("--case")]
        card = notebook.travel.mission_card(named)
        text = notebook.travel.mission_text(named, cases)
    return _one(card, text)


def _one(card: Card, text: str = "") -> Answer:
    """A card's text alone, so that it can be written to a file."""
    given = text or card.encode()
    return Answer(value={**_shape(card), "card": given}, text=given)


def _list(call: Call) -> Answer:
    with access.opened(call, is_reading=True) as notebook:
        found = notebook.travel.missions()
        gaps = notebook.travel.session_gaps()
        names = notebook.trust.people().names
    for gap in gaps:
        call.console.warn(
            _(
                "Bundles are missing: {name} wrote in case {case} before the session of {day}."
                " Ask for the outbox again."
            ).format(name=names.get(gap.author, gap.author[:16]), case=gap.case, day=gap.day)
        )
    return Answer(
        value=[{**_shape(one.card), "bundles": one.bundles} for one in found],
        text=safe_text.columns(
            [
                (
                    one.card.author_id()[:SHORT_ID_DIGITS],
                    one.card.name,
                    one.card.fingerprint(),
                    str(one.bundles),
                )
                for one in found
            ]
        ),
    )


def _shape(card: Card) -> dict[str, JsonValue]:
    return {
        "id": card.author_id(),
        "name": card.name,
        "fingerprint": card.fingerprint(),
        "words": list(card.fingerprint_words()),
    }


def _drafts(call: Call) -> Answer:
    with access.opened(call, is_reading=True) as notebook:
        found = notebook.travel.unfinished()
        names = notebook.trust.people().names
    return Answer(
        value=[
            {
                "record": draft.row.record,
                "type": draft.type,
                "case": draft.row.case,
                "fields": draft.fields,
                "author": draft.row.author,
                "kept_at": draft.kept_at,
            }
            for draft in found
        ],
        text=safe_text.columns(
            [
                (
                    draft.row.record[:SHORT_ID_DIGITS],
                    draft.type,
                    draft.kept_at,
                    names.get(draft.row.author, ""),
                    _beginning(draft),
                )
                for draft in found
            ]
        ),
    )


def _beginning(draft: Unfinished) -> str:
    words = [value for value in draft.fields.values() if isinstance(value, str)]
    return " · ".join(words)[:60]


def _take(call: Call) -> Answer:
    with access.opened(call) as notebook:
        record, _changes = notebook.travel.take_over(call.arguments.many("MISSION|DRAFT")[0])
    return Answer(value={"id": record}, text=f"{record}\n")


VERBS: Final[Mapping[str, Room]] = {"outbox": show_outbox, "mission": mission}
