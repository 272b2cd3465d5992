"""The verb of departure: cases handed over, then removed; and what remains."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from notebook import handed_over
from notebook.cli import access, safe_text
from notebook.cli.arguments import Arguments, UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.handed_over import Standing
from notebook.handover import SealRequest
from notebook.i18n import _, ngettext
from notebook.model import AuthorId, CaseId, JsonValue
from notebook.notebook import Notebook
from notebook.remains import Remains


def depart(call: Call) -> Answer:
    """Seal cases, and remove what has arrived; or tell what remains. Raises as `Notebook.seal`."""
    arguments = call.arguments
    _check_options(arguments)
    passphrase = access.asker(call)(_("Passphrase:"))
    folder = Path(arguments.one("FOLDER"))
    notebook = Notebook.unlock(folder, passphrase, environment=access.environment_of(call))
    files: list[str] = []
    is_there = False
    removed: tuple[CaseId, ...] = ()
    waiting: tuple[CaseId, ...] = ()
    card: str | None = None
    destroyed = 0
    try:
        cases = tuple(
            dict.fromkeys(access.case_of(notebook, text) for text in arguments.values("--case"))
        )
        readers = tuple(
            dict.fromkeys(notebook.contact(text).id for text in arguments.values("--to"))
        )
        if arguments.has("--give-up"):
            notebook.travel.forget_departure()
        if arguments.has("--go-on"):
            is_there = _has_arrived(notebook)
            cases = _begun(notebook).handed.cases
        elif cases:
            files, is_there = _handed_over(call, notebook, cases, readers)
        if cases:
            is_going = is_there or arguments.has("--without-receipt")
            removed, waiting = (cases, ()) if is_going else ((), cases)
        if arguments.has("--new-key"):
            card = notebook.travel.renew_sealing_key().encode()
        if arguments.has("--destroy-old-keys"):
            destroyed = notebook.travel.destroy_old_keys()
        if removed or destroyed:
            with access.progress(call) as progress:
                notebook.travel.remove_cases(passphrase, removed, progress)
            notebook.close()
            notebook = Notebook.unlock(folder, passphrase, environment=access.environment_of(call))
        left, begun = notebook.travel.remains(), notebook.travel.departure()
    finally:
        notebook.close()
    _say(call, removed, waiting)
    if destroyed:
        call.console.warn(
            _("Bundles sealed to your earlier keys and not opened yet can be opened by nobody now.")
        )
    return Answer(
        value={
            "files": [*files],
            "removed": [*removed],
            "waiting": [*waiting],
            "card": card,
            "keys_destroyed": destroyed,
            "handed_over": _standing(begun) if begun else None,
            "remains": _shape(left),
        },
        text="".join(safe_text.one_line(name) + "\n" for name in files)
        + (card or "")
        + _standing_text(begun)
        + _text(left),
    )


def _check_options(arguments: Arguments) -> None:
    named = ("--case", "--to", "--out")
    if arguments.has("--go-on") or arguments.has("--give-up"):
        if any(map(arguments.has, named)) or all(map(arguments.has, ("--go-on", "--give-up"))):
            raise UsageError(
                _("--go-on and --give-up are about what was handed over before, and stand alone.")
            )
        if not arguments.has("--go-on") and arguments.has("--without-receipt"):
            raise UsageError(_("--give-up removes nothing."))
        return
    if any(map(arguments.has, (*named, "--without-receipt"))) and not all(
        map(arguments.has, named)
    ):
        raise UsageError(_("--case, --to and --out go together."))


def _begun(notebook: Notebook) -> Standing:
    """What was handed over before, here or in the window. Raises NOT_HANDED_OVER."""
    found = notebook.travel.departure()
    drafts = notebook.travel.drafts_in(found.handed.cases) if found else 0
    return handed_over.check(found, drafts)


def _has_arrived(notebook: Notebook) -> bool:
    """Whether every reader has said that everything is there. Raises NOT_HANDED_OVER."""
    begun = _begun(notebook)
    return begun.arrived >= set(begun.handed.readers)


def _goes_on(begun: Standing | None, cases: Sequence[CaseId], readers: Sequence[AuthorId]) -> bool:
    """Whether the very same was handed over before, and holds nothing else since."""
    return (
        begun is not None
        and not begun.changed
        and set(begun.handed.cases) == set(cases)
        and set(begun.handed.readers) == set(readers)
    )


def _handed_over(
    call: Call, notebook: Notebook, cases: Sequence[CaseId], readers: tuple[AuthorId, ...]
) -> tuple[list[str], bool]:
    """The bundle, read back; or none, when it was handed over before; whether it has arrived."""
    begun = notebook.travel.departure()
    if _goes_on(begun, cases, readers) and not call.arguments.has("--again"):
        return [], _has_arrived(notebook)
    asked = SealRequest(to=readers, cases=tuple(cases))
    looked = notebook.travel.look_at_departure(cases, readers)
    handed_over.check_obstacles(looked, notebook.travel.drafts_in(cases))
    if notebook.plan_seal(asked).is_empty:
        return [], True
    out = Path(call.arguments.value("--out") or "")
    whole = SealRequest(to=readers, cases=tuple(cases), is_full=True, makes_folder=True)
    with access.progress(call) as progress:
        result, _changes = notebook.seal(notebook.plan_seal(whole), out, progress)
    notebook.travel.note_handed_over(looked, result)
    if begun is not None and set(begun.handed.cases) - set(cases):
        call.console.warn(
            _("What was handed over before is not waited for any more; nothing of it was removed.")
        )
    for notice in result.warnings:
        call.console.warn(f"{notice.text} {notice.record or ''}")
    return [str(path) for path in result.files], False


def _say(call: Call, removed: Sequence[CaseId], waiting: Sequence[CaseId]) -> None:
    if removed:
        call.console.warn(
            _(
                "Removed. Other passphrases are void now. An older copy of the folder, and flash"
                " memory, may still hold it: destroy the medium if that matters."
            )
        )
    if waiting:
        call.console.warn(
            _(
                "Sealed and read back; nothing was removed. When you have opened a bundle of the"
                " reader that says it arrived, run this again, or “depart FOLDER --go-on”."
            )
        )


def _standing(begun: Standing) -> dict[str, JsonValue]:
    """What was handed over and is still here."""
    return {
        "cases": [*begun.handed.cases],
        "to": [*begun.handed.readers],
        "at": begun.handed.at,
        "arrived": sorted(begun.arrived),
        "changed": [*begun.changed],
    }


def _standing_text(begun: Standing | None) -> str:
    if begun is None:
        return ""
    if begun.changed:
        said = _("Handed over on {day}, and something came in since: it must be sealed again.")
    elif begun.arrived >= set(begun.handed.readers):
        said = _("Handed over on {day}, and it has arrived: --go-on removes it.")
    else:
        said = _("Handed over on {day}; who has it has not said yet that it arrived.")
    return said.format(day=begun.handed.at[:10]) + "\n"


def _shape(left: Remains) -> dict[str, JsonValue]:
    return {
        "files": [
            {"name": file.name, "size_bytes": file.size_bytes, "changed": file.changed}
            for file in left.files
        ],
        "cases": left.cases,
        "entries": left.entries,
        "contacts": [*left.contacts],
        "openable": [
            {"bundle": row.id, "sealer": row.peer, "opened": row.at} for row in left.openable
        ],
    }


def _text(left: Remains) -> str:
    said = [
        _("Without the passphrase:"),
        safe_text.columns([(f.name, str(f.size_bytes), f.changed) for f in left.files]).rstrip(),
        _(
            "With the passphrase: {cases} cases, {entries} entries, and these contacts: {names}"
        ).format(cases=left.cases, entries=left.entries, names=", ".join(left.contacts) or "-"),
        ngettext(
            "{count} bundle that was sealed to this notebook opens with its keys, wherever it is.",
            "{count} bundles that were sealed to this notebook open with its keys, wherever they"
            " are.",
            len(left.openable),
        ).format(count=len(left.openable)),
    ]
    return "".join(safe_text.lines(line) + "\n" for line in said)


VERBS: Final[Mapping[str, Room]] = {"depart": depart}
