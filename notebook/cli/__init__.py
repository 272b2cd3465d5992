"""The command line: a verb is read, its room is entered, and its answer is printed.

`main` is the process's entry; `run` is the same with streams as arguments and without touching
the process. Rooms are loaded when their verb is asked for, so that help and a mistyped line do
not wait for the database and the cryptography.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from notebook.cli import catalogue
from notebook.cli.arguments import UsageError, parse
from notebook.cli.call import Call, Room
from notebook.cli.output import (
    BUG_CODE,
    USAGE_CODE,
    Answer,
    Console,
    Exit,
    error_of,
    exit_of,
    standard_console,
)
from notebook.cli.safe_text import one_line
from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import JsonValue
from notebook.process import harden

if TYPE_CHECKING:
    from notebook.environment import Environment


def main(argv: Sequence[str]) -> int:
    """Run one command line as the process that was started for it; the exit status."""
    console = standard_console(is_json=_wants_json(argv))
    # Whatever is made, for whatever purpose, is for its owner alone.
    os.umask(0o077)
    try:
        harden()
    except OSError:
        console.warn(_("The system refuses to protect this process from other programs."))
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return run(argv, console)
    except Terminated:
        return Exit.TERMINATED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _abandon_standard_output()
        return Exit.NOBODY_READS
    except OSError:
        _abandon_standard_output()
        console.warn(_("The result could not be written. What was done stays done."))
        return Exit.TROUBLE


class Terminated(KeyboardInterrupt):
    """The system, or whoever started the program, wants it to end; it tidies up as for Ctrl+C."""


def _terminate(_signal: int, _frame: object) -> None:
    # Once: what tidies up is not to be stopped half way by somebody who asks again.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


def run(argv: Sequence[str], console: Console, environment: Environment | None = None) -> int:
    """Run one command line; the exit status. Raises `OSError` when standard output fails."""
    try:
        answer = _answer(argv, console, environment)
    except UsageError as error:
        console.failure({"code": USAGE_CODE, "message": str(error)})
        return Exit.USAGE
    except NotebookError as trouble:
        console.failure(error_of(trouble))
        return exit_of(trouble.code)
    except Exception as bug:  # noqa: BLE001 - a bug's own words may hold what was written down
        console.failure(_bug(bug))
        return Exit.TROUBLE
    console.result(answer)
    return answer.exit


def _answer(argv: Sequence[str], console: Console, environment: Environment | None) -> Answer:
    known = catalogue.verbs()
    name = argv[0] if argv else "--help"
    if name in ("--help", "-h", "help"):
        return Answer(value={"verbs": [*known]}, text=catalogue.help_text())
    if name not in known:
        raise UsageError(
            _("There is no verb “{verb}”. The verbs are: {verbs}.").format(
                verb=one_line(name[:40]), verbs=", ".join(known)
            )
        )
    verb = known[name]
    if _comes_before_dashes("--help", argv):
        return Answer(value={"verb": name}, text=catalogue.verb_help(verb))
    call = Call(arguments=parse(verb, argv[1:]), console=console, environment=environment)
    room: Room = import_module(f"notebook.cli.{verb.room}").VERBS[name]
    return room(call)


def _wants_json(argv: Sequence[str]) -> bool:
    """Also of a line that cannot be read: its error is JSON, too."""
    return _comes_before_dashes("--json", argv)


def _comes_before_dashes(option: str, argv: Sequence[str]) -> bool:
    words = list(argv)
    return option in (words[: words.index("--")] if "--" in words else words)


def _bug(bug: Exception) -> dict[str, JsonValue]:
    """Where a bug happened and of what kind it is, without its words."""
    frames = traceback.extract_tb(bug.__traceback__)[-6:]
    trace = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return {
        "code": BUG_CODE,
        "message": _("This is a mistake of the program: {kind} in {trace}").format(
            kind=type(bug).__name__, trace=trace
        ),
    }


def _abandon_standard_output() -> None:
    """Keep the interpreter from writing the rest at its end, which would fail once more."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
