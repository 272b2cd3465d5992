"""The verb about what strangers sealed for you: list it, accept its sealer, or drop it."""

from collections.abc import Mapping
from typing import Final

from notebook import quarantine as waiting_room
from notebook.cli import access, safe_text
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer, error_of
from notebook.cli.verbs_opening import opened_answer
from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import JsonValue
from notebook.notebook import Notebook
from notebook.opening import Accept, Inspection
from notebook.quarantine import Quarantined

SHORT_ID_DIGITS: Final = 8


def quarantine(call: Call) -> Answer:
    """List what waits, accept it or drop it."""
    action, named = call.arguments.one("ACTION"), call.arguments.many("ID")
    if call.arguments.has("--same-name") and action != "accept":
        raise UsageError(_("--same-name goes with “accept”."))
    if action == "list":
        if named:
            raise UsageError(_("“quarantine FOLDER list” takes nothing more."))
        return _list(call)
    if not named:
        raise UsageError(_("“quarantine FOLDER {action}” needs an ID.").format(action=action))
    return (_accept if action == "accept" else _drop)(call, named[0])


def _list(call: Call) -> Answer:
    with access.opened(call, is_reading=True) as notebook:
        found = [(each, _look(notebook, each)) for each in notebook.trust.quarantined()]
    return Answer(
        value=[_shape(each, seen) for each, seen in found],
        text=safe_text.columns(
            [
                (
                    each.id[:SHORT_ID_DIGITS],
                    each.kept_on[:10],
                    str(each.size_bytes),
                    *(
                        (seen.sealer_name, seen.fingerprint, _doubt(seen))
                        if isinstance(seen, Inspection)
                        else (str(seen), "", "")
                    ),
                )
                for each, seen in found
            ]
        ),
    )


def _look(notebook: Notebook, waiting: Quarantined) -> Inspection | NotebookError:
    try:
        return notebook.inspect_bundle(waiting.paths)
    except NotebookError as trouble:
        return trouble


def _shape(waiting: Quarantined, seen: Inspection | NotebookError) -> JsonValue:
    shape: dict[str, JsonValue] = {
        "id": waiting.id,
        "kept_on": waiting.kept_on,
        "size_bytes": waiting.size_bytes,
    }
    if isinstance(seen, NotebookError):
        return shape | {"error": error_of(seen)}
    return shape | {
        "sealer": seen.sealer,
        "name": seen.sealer_name,
        "namesake": seen.namesake,
        "own_name": seen.has_my_name,
        "known": seen.is_known,
        "fingerprint": seen.fingerprint,
        "words": list(seen.words),
        "day": seen.day,
        "kind": seen.kind,
        "for_me": seen.is_for_me,
    }


def _doubt(seen: Inspection) -> str:
    if not seen.namesake:
        return ""
    if seen.has_my_name:
        return _("has your own name, or one that looks like it, and is not you")
    return _("looks like your contact {name}, and is somebody else").format(name=seen.namesake)


def _accept(call: Call, name: str) -> Answer:
    """Pin the sealer that was shown, as not compared, and open the bundle."""
    with access.opened(call) as notebook, access.progress(call) as progress:
        waiting = notebook.trust.find_quarantined(name)
        waiting_room.check(waiting)
        seen = notebook.inspect_bundle(waiting.paths)
        accept = Accept(sealer=seen.sealer, may_share_name=call.arguments.has("--same-name"))
        result, _changes = notebook.open_bundle(
            waiting.paths, accept_unknown=accept, progress=progress
        )
        answer = opened_answer(call, notebook, [result])
    call.console.warn(
        _("Compare the fingerprint in person or by voice, then mark it with “verify”.")
    )
    return answer


def _drop(call: Call, name: str) -> Answer:
    with access.opened(call) as notebook:
        waiting = notebook.trust.find_quarantined(name)
        waiting_room.drop(waiting)
    return Answer(value={"id": waiting.id}, text="")


VERBS: Final[Mapping[str, Room]] = {"quarantine": quarantine}
