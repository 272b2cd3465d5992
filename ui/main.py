"""The entry point: window, tour, or the command line. Imports Qt for none of them.

field-notebook                  open the window
field-notebook window [FOLDER]  open the window at this notebook
field-notebook tour …           walk through the whole program
field-notebook VERB …           the command line
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from notebook.process import harden, hold_standard_streams

USAGE_STATUS = 2
SIGNAL_STATUS = 128
"""Added to a signal's number: the exit status of what it ended."""


def main(argv: list[str] | None = None) -> int:
    """Run the program with `argv`; the exit status for the system."""
    hold_standard_streams()
    arguments = sys.argv[1:] if argv is None else argv
    verb = arguments[0] if arguments else "window"
    if verb == "window":
        return _window(arguments[1:])
    # Only the module that is asked for is loaded: the command line must start without Qt, and the
    # guard without cryptography.
    with _quiet_ends():
        module = import_module("ui.tour" if verb == "tour" else "notebook.cli")
    return int(module.main(arguments[1:] if verb == "tour" else arguments))


@contextmanager
def _quiet_ends() -> Iterator[None]:
    """While nothing has begun, end at Ctrl+C or SIGTERM with their exit codes and no words.

    Whoever ignores them, as `nohup` does, goes on ignoring them.
    """
    ends = {
        number: signal.signal(number, _end)
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, before in ends.items():
            signal.signal(number, before)


def _end(number: int, _frame: object) -> None:
    os._exit(SIGNAL_STATUS + number)


def _window(arguments: list[str]) -> int:
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        sys.stderr.write("field-notebook window [FOLDER]\n")
        return USAGE_STATUS
    from ui.guard import Guard  # noqa: PLC0415 - the command line does not need it

    # It knows which folder, and no more; what it starts cannot leave a core from its first moment.
    harden()
    return Guard().run(arguments[0] if arguments else None)


if __name__ == "__main__":
    sys.exit(main())
