"""The verb that looks into an exchange folder, once or until it is interrupted."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from notebook import exchange
from notebook.cli import access, safe_text, shapes
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer, Exit, error_of, exit_of
from notebook.consent import TEAM
from notebook.contacts import Contact
from notebook.errors import Code, NotebookError
from notebook.exchange import Exchange, Find, Placing, State
from notebook.i18n import _, ngettext
from notebook.model import AuthorId, JsonValue
from notebook.sealing import SealResult

_GONE: Final = frozenset({Code.UNREADABLE_FILE, Code.DISK_ERROR})
WAIT_S: Final = 2.0
"""Between two looks. Folders on other machines tell nobody that they have changed."""


def look(call: Call) -> Answer:
    """One look, or with `--watch` one after the other. Raises as `Exchange.round`, and as seal."""
    folder = Path(call.arguments.one("DIR"))
    purpose = call.arguments.value("--purpose") or TEAM
    with (
        access.opened(call) as notebook,
        access.progress(call) as progress,
    ):
        names = [access.text_argument(name) for name in call.arguments.values("--to")]
        contacts = list({c.id: c for c in (notebook.contact(name) for name in names)}.values())
        known = {contact.id: contact for contact in contacts}
        there, placing = Exchange(folder), Placing(contacts=contacts, purpose=purpose)
        if contacts:
            # Only now: where a stick was pulled out, what is made there later lies elsewhere.
            exchange.make(folder)

        def once() -> Answer:
            rounds = [placing.round(notebook, folder, progress)]
            finds = there.round(notebook, progress)
            if contacts and any(find.state is State.OPENED for find in finds):
                # What came may have to go on, and answers what they are known to have.
                rounds.append(placing.round(notebook, folder, progress))
            placed = [one for each in rounds for one in each.placed]
            went = {contact for contact, _result in placed}
            # What was refused before others came in, and goes now, is no trouble any more.
            refused = {
                contact: trouble
                for each in rounds
                for contact, trouble in each.refused
                if contact not in went
            }
            for notice in dict.fromkeys(n for _contact, result in placed for n in result.warnings):
                call.console.warn(f"{notice.text} {notice.record or ''}")
            return _answer(finds, placed, [(known[one], refused[one]) for one in refused])

        answer = once()
        while call.arguments.has("--watch"):
            if answer.text:
                call.console.result(answer)
            time.sleep(WAIT_S)
            answer = _patiently(once, folder, call)
        return answer


def _patiently(once: Callable[[], Answer], folder: Path, call: Call) -> Answer:
    """Look as soon as the folder is there; say once that it is gone, and that it is back."""
    was_gone = False
    while True:
        try:
            answer = once()
        except NotebookError as trouble:
            # A stick may be pulled out while it is written to: then it is the disk that says so.
            if trouble.code not in _GONE or not exchange.is_gone(folder):
                raise
            if not was_gone:
                call.console.warn(str(trouble))
            was_gone = True
            time.sleep(WAIT_S)
        else:
            if was_gone:
                call.console.warn(_("The exchange folder is there again."))
            return answer


def _answer(
    finds: Sequence[Find],
    placed: Sequence[tuple[AuthorId, SealResult]],
    not_placed: Sequence[tuple[Contact, NotebookError]],
) -> Answer:
    refused = [(f, f.trouble) for f in finds if f.state is State.REFUSED and f.trouble is not None]
    troubles = [trouble for _where, trouble in (*refused, *not_placed)]
    value: dict[str, JsonValue] = {
        "opened": [_opened(find) for find in finds if find.state is State.OPENED],
        "present": sum(find.state is State.PRESENT for find in finds),
        "others": sum(find.state is State.OTHERS for find in finds),
        "unfinished": [str(f.files[0]) for f in finds if f.state is State.UNFINISHED],
        "refused": [{"file": str(find.files[0]), **error_of(error)} for find, error in refused],
        "placed": [
            {"contact": contact, "files": [str(path) for path in result.files]}
            for contact, result in placed
        ],
        "not_placed": [{"contact": contact.id, **error_of(error)} for contact, error in not_placed],
    }
    lines = [*_lines(finds, placed), *(f"{c.name}: {error}" for c, error in not_placed)]
    return Answer(
        value={"error": error_of(troubles[0]), **value} if troubles else value,
        text="".join(safe_text.one_line(line) + "\n" for line in lines),
        exit=exit_of(troubles[0].code) if troubles else Exit.DONE,
    )


def _opened(find: Find) -> dict[str, JsonValue]:
    assert find.result is not None
    return {
        "file": str(find.files[0]),
        "sealer": find.result.sealer,
        "name": find.result.sealer_name,
        "new": find.result.new,
        "present": find.result.present,
        "waiting": find.result.waiting,
        "conflicts": find.result.conflicts,
        "files": find.result.files,
    }


def _lines(finds: Sequence[Find], placed: Sequence[tuple[AuthorId, SealResult]]) -> list[str]:
    lines = []
    for find in finds:
        name = find.files[0].name
        if find.state is State.OPENED and find.result is not None:
            lines.append(
                _("From {name}: {new} new, {present} already here, {waiting} waiting.").format(
                    name=find.result.sealer_name,
                    new=find.result.new,
                    present=find.result.present,
                    waiting=find.result.waiting,
                )
            )
            lines += shapes.missing_files(find.result.missing_files)
        elif find.state is State.UNFINISHED:
            lines.append(_("{file}: not whole, or not whole yet.").format(file=name))
        elif find.state is State.REFUSED:
            lines.append(f"{name}: {find.trouble}")
    for _contact, result in placed:
        lines.append(
            ngettext("Put there: {files}", "Put there: {files}", len(result.files)).format(
                files=" ".join(path.name for path in result.files)
            )
        )
    return lines


VERBS: Final[Mapping[str, Room]] = {"exchange": look}
