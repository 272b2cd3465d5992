"""What the command line says: the result alone on standard output, all else on standard error.

The exit codes and the JSON shapes are a promise to scripts (docs/COMMAND-LINE.md).
"""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO, Final, TextIO

from notebook.cli import safe_text
from notebook.errors import Code, NotebookError
from notebook.model import JsonValue


class Exit(IntEnum):
    """The exit codes."""

    DONE = 0
    TROUBLE = 1
    USAGE = 2
    WRONG_PASSPHRASE = 3
    DAMAGED = 4
    NOT_FOR_YOU = 5
    UNKNOWN_SEALER = 6
    INTERRUPTED = 130
    """Ctrl+C, as shells say it: 128 and the number of the signal."""
    NOBODY_READS = 141
    """The reader of standard output went away."""


USAGE_CODE: Final = "usage"
BUG_CODE: Final = "bug"

_EXITS: Final[Mapping[Code, Exit]] = {
    Code.WRONG_PASSPHRASE: Exit.WRONG_PASSPHRASE,
    Code.DAMAGED: Exit.DAMAGED,
    Code.BUNDLE_DAMAGED: Exit.DAMAGED,
    Code.NOT_FOR_YOU: Exit.NOT_FOR_YOU,
    Code.FORWARDED: Exit.NOT_FOR_YOU,
    Code.UNKNOWN_SEALER: Exit.UNKNOWN_SEALER,
}
"""Every other code is plain trouble."""


def exit_of(code: Code) -> Exit:
    """The exit code of trouble."""
    return _EXITS.get(code, Exit.TROUBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a verb gives back: the same result for a script and for a person."""

    value: JsonValue = field(repr=False)
    text: str = field(repr=False)
    """For a person; ends with a line feed unless it is empty."""
    exit: Exit = Exit.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Where the command line reads and writes."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    is_json: bool = False

    def result(self, answer: Answer) -> None:
        """Write the result, all of it. Raises `OSError` when it cannot be written."""
        self.stdout.write(safe_text.json_line(answer.value) if self.is_json else answer.text)
        self.stdout.flush()

    def warn(self, sentence: str) -> None:
        """Say something on standard error that does not stop the work."""
        # Who closed standard error does not want to hear it; the work goes on.
        with suppress(OSError):
            self.stderr.write(safe_text.one_line(sentence) + "\n")
            self.stderr.flush()

    def failure(self, error: Mapping[str, JsonValue]) -> None:
        """Say why there is no result: JSON on standard output, or a sentence on standard error."""
        if self.is_json:
            self.stdout.write(safe_text.json_line({"error": dict(error)}))
            self.stdout.flush()
        else:
            self.warn(str(error["message"]))


def error_of(trouble: NotebookError) -> dict[str, JsonValue]:
    """Trouble as JSON: `code`, `message`, and `records` where it concerns some."""
    error: dict[str, JsonValue] = {"code": trouble.code.value, "message": str(trouble)}
    if trouble.records:
        error["records"] = list(trouble.records)
    return error


@dataclass(slots=True)
class TerminalProgress:
    """Progress in one line on standard error, when that is a terminal; else nothing."""

    stderr: TextIO
    _shown: str = ""

    def step(self, done: int, total: int, what: str = "") -> None:
        """Show how far the work is, once for each percent."""
        if not self.stderr.isatty():
            return
        share = min(100, done * 100 // total) if total else 100
        text = safe_text.one_line(f"{share:3d} % {what}")
        if text != self._shown:
            self._shown = text
            self.stderr.write(f"\r{text}\x1b[K")
            self.stderr.flush()

    def finish(self) -> None:
        """Take the line away."""
        if self._shown:
            self.stderr.write("\r\x1b[K")
            self.stderr.flush()


def standard_console(*, is_json: bool) -> Console:
    """The process's own streams, in UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return Console(stdin=sys.stdin.buffer, stdout=sys.stdout, stderr=sys.stderr, is_json=is_json)
