"""What the command line says: the result alone on standard output, all else on standard error.

The exit codes and the JSON shapes are a promise to scripts (docs/COMMAND-LINE.md).
"""

import io
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO, Final, TextIO

from notebook.cli import safe_text
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.model import JsonValue
from notebook.progress import READ_BACK, WAITING


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
    TERMINATED = 143
    """SIGTERM, said in the same way."""


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


ENCODING: Final = "utf-8"
ERRORS: Final = "backslashreplace"

LEAST_BYTES: Final = 10_000_000
"""Work of at least so many units is counted in bytes; records are never so many."""
LEAST_PERCENT: Final = 2
LEAST_S: Final = 2.0
"""Before so much is done, and so much time has passed, nobody can say how long the rest takes."""


@dataclass(slots=True)
class TerminalProgress:
    """Progress in one line on standard error, when that is a terminal; else nothing."""

    stderr: TextIO
    now_s: Callable[[], float] = time.monotonic
    """A clock that never goes back."""
    _shown: tuple[int, str] | None = None
    _what: str | None = None
    _began_s: float = 0.0

    def step(self, done: int, total: int, what: str = "") -> None:
        """Show what is done, how far it is and how long still, once for each percent."""
        if not self.stderr.isatty():
            return
        share = min(100, done * 100 // total) if total else 100
        if self._shown == (share, what):
            return
        if what != self._what and what != WAITING:
            self._what, self._began_s = what, self.now_s()
        self._shown = share, what
        said = [f"{share:3d} % {_work_words(what)}", _far_words(done, total)]
        if what != WAITING:
            said.append(self._left_words(done, total, share))
        text = safe_text.one_line(", ".join(part for part in said if part))
        self.stderr.write(f"\r{text}\x1b[K")
        self.stderr.flush()

    def _left_words(self, done: int, total: int, share: int) -> str:
        spent_s = self.now_s() - self._began_s
        if not LEAST_PERCENT <= share < 100 or spent_s < LEAST_S:
            return ""
        minutes = round(spent_s * (total - done) / done / 60)
        if minutes < 1:
            return _("less than a minute left")
        return ngettext("about {count} minute left", "about {count} minutes left", minutes).format(
            count=minutes
        )

    def finish(self) -> None:
        """Take the line away."""
        if self._shown is not None:
            self.stderr.write("\r\x1b[K")
            self.stderr.flush()


def _work_words(what: str) -> str:
    return {
        "seal": _("sealing"),
        "merge": _("merging"),
        READ_BACK: _("reading back"),
        WAITING: _("waiting for the disk or stick"),
    }.get(what, what)


def _far_words(done: int, total: int) -> str:
    if total < LEAST_BYTES:
        return ""
    return _("{done} of {total} MB").format(done=done // 1_000_000, total=total // 1_000_000)


def standard_console(*, is_json: bool) -> Console:
    """The process's own streams, in UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=ENCODING, errors=ERRORS)
    return Console(
        stdin=sys.stdin.buffer, stdout=_whole(sys.stdout), stderr=sys.stderr, is_json=is_json
    )


def _whole(stream: TextIO) -> TextIO:
    """A stream that writes all of a text or fails.

    With PYTHONUNBUFFERED, which containers like to set, Python writes once and forgets what did not
    fit: a result would be cut without a word.
    """
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.FileIO):
        return stream
    same = io.FileIO(raw.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(same), encoding=ENCODING, errors=ERRORS)
