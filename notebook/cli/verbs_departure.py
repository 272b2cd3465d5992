"""The verb of departure: cases handed over, then removed; and what remains."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from notebook import handed_over
from notebook.cli import access, safe_text
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.handover import SealRequest
from notebook.i18n import _, ngettext
from notebook.model import AuthorId, CaseId, JsonValue
from notebook.notebook import Notebook
from notebook.remains import Remains


def depart(call: Call) -> Answer:
    """Seal cases, and remove what has arrived; or tell what remains. Raises as `Notebook.seal`."""
    arguments = call.arguments
    needed = ("--case", "--to", "--out")
    if any(map(arguments.has, (*needed, "--without-receipt"))) and not all(
        map(arguments.has, needed)
    ):
        raise UsageError(_("--case, --to and --out go together."))
    passphrase = access.asker(call)(_("Passphrase:"))
    folder = Path(arguments.one("FOLDER"))
    notebook = Notebook.unlock(folder, passphrase, environment=access.environment_of(call))
    files: list[str] = []
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
        if cases:
            files, is_there = _handed_over(call, notebook, cases, readers)
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
        left = notebook.travel.remains()
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
            "remains": _shape(left),
        },
        text="".join(safe_text.one_line(name) + "\n" for name in files)
        + (card or "")
        + _text(left),
    )


def _handed_over(
    call: Call, notebook: Notebook, cases: Sequence[CaseId], readers: tuple[AuthorId, ...]
) -> tuple[list[str], bool]:
    """The bundle, read back; or none, when every reader has said that everything is there."""
    asked = SealRequest(to=readers, cases=tuple(cases))
    looked = notebook.travel.look_at_departure(cases, readers)
    handed_over.check_obstacles(looked, notebook.travel.drafts_in(cases))
    if notebook.plan_seal(asked).is_empty:
        return [], True
    out = Path(call.arguments.value("--out") or "")
    whole = SealRequest(to=readers, cases=tuple(cases), is_full=True, makes_folder=True)
    with access.progress(call) as progress:
        result, _changes = notebook.seal(notebook.plan_seal(whole), out, progress)
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
                " reader that says it arrived, run this again."
            )
        )


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
