"""What the verbs share: opening the notebook, reading files and standard input, naming things."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from notebook import editing
from notebook.cli import passphrase_input, safe_text
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call
from notebook.cli.output import TerminalProgress
from notebook.environment import Environment, real_environment
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import CaseId
from notebook.notebook import Notebook

STANDARD_INPUT = "-"


@contextmanager
def opened(call: Call, *, is_reading: bool = False) -> Iterator[Notebook]:
    """The notebook in FOLDER; with `is_reading` nothing in it is written. Raises as `unlock`."""
    with opened_at(Path(call.arguments.one("FOLDER")), call, is_reading=is_reading) as it:
        yield it


@contextmanager
def opened_at(folder: Path, call: Call, *, is_reading: bool = False) -> Iterator[Notebook]:
    """The notebook in a folder, closed at the end; what was found at opening is said."""
    passphrase = asker(call)(_("Passphrase:"))
    notebook = Notebook.unlock(
        folder, passphrase, environment=environment_of(call), is_reading=is_reading
    )
    try:
        for finding in notebook.status().findings:
            call.console.warn(f"{finding.what} {finding.next_step}")
        _warn_of_memory(notebook, call)
        yield notebook
    finally:
        notebook.close()


def _warn_of_memory(notebook: Notebook, call: Call) -> None:
    """Say what was overridden, each time."""
    if notebook.travel.mission is not None and call.arguments.has("--allow-swap"):
        call.console.warn(
            _("Warning: what this session holds in memory may be written to the disk in clear.")
        )


def environment_of(call: Call) -> Environment:
    """The world outside of this call."""
    environment = call.environment or real_environment()
    if call.arguments.has("--allow-swap"):
        return replace(environment, allows_unsafe_memory=True)
    return environment


def asker(call: Call) -> passphrase_input.Ask:
    """What gives the passphrase of this command line."""
    return passphrase_input.source(call.arguments.value("--passphrase-fd"), call.console.stdin)


@contextmanager
def progress(call: Call) -> Iterator[TerminalProgress]:
    """Progress on the terminal, taken away at the end."""
    shown = TerminalProgress(call.console.stderr)
    try:
        yield shown
    finally:
        shown.finish()


def case_of(notebook: Notebook, untrusted_id: str) -> CaseId:
    """The case with this id, or the beginning of one. Raises UNKNOWN_RECORD."""
    record = notebook.record(notebook.resolve(untrusted_id))
    if record.type != "case":
        raise editing.unknown_record()
    return record.case


def text_argument(untrusted_text: str) -> str:
    """Text from the command line. Raises `UsageError` when it is not UTF-8."""
    try:
        untrusted_text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(_("An argument is not UTF-8 text.")) from None
    return untrusted_text


def number_argument(option: str, untrusted_text: str, *, largest: int) -> int:
    """A whole number that is not negative. Raises `UsageError`."""
    if untrusted_text.isascii() and untrusted_text.isdigit() and len(untrusted_text) <= 18:
        number = int(untrusted_text)
        if number <= largest:
            return number
    raise UsageError(
        _("{option} needs a whole number up to {largest}.").format(option=option, largest=largest)
    )


def read_text(name: str, call: Call, *, max_bytes: int) -> str:
    """The UTF-8 text of a file, or of standard input for `-`. Raises UNREADABLE_FILE, BAD_INPUT."""
    return as_text(read_bytes(name, call, max_bytes=max_bytes))


def as_text(data: bytes) -> str:
    """Bytes that were read as UTF-8 text. Raises BAD_INPUT."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotebookError(
            Code.BAD_INPUT,
            _("What was read is not UTF-8 text."),
            _("Nothing was changed."),
        ) from None


def read_bytes(name: str, call: Call, *, max_bytes: int) -> bytes:
    """A file, or standard input for `-`, whole. Raises UNREADABLE_FILE, BAD_INPUT when too long."""
    try:
        if name == STANDARD_INPUT:
            data = call.console.stdin.read(max_bytes + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(max_bytes + 1)
    except (OSError, ValueError):
        raise unreadable(name) from None
    if len(data) > max_bytes:
        raise NotebookError(
            Code.BAD_INPUT,
            _("What was read is longer than {size} bytes.").format(size=max_bytes),
            _("Nothing was changed."),
        )
    return data


def new_file(name: str) -> Path:
    """The file that a verb is to make. Raises `UsageError` for `-`, which is standard input."""
    if name == STANDARD_INPUT:
        raise UsageError(_("OUT is a new file and cannot be “-”. A file called so is “./-”."))
    return Path(name)


def unreadable(name: str) -> NotebookError:
    """The trouble of a file that cannot be read."""
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("“{name}” cannot be read.").format(name=safe_text.one_line(name)),
        _("Nothing was changed."),
        _("Check that it is there and that you may read it."),
    )


def check_standard_input(names: Sequence[str]) -> None:
    """Raise `UsageError` when standard input is to be read more than once."""
    if list(names).count(STANDARD_INPUT) > 1:
        raise UsageError(_("Standard input can be read once: give one “-”."))


def warn_of_arguments(call: Call) -> None:
    """Say that other programs can read a command line."""
    call.console.warn(
        _(
            "Warning: other programs on this machine can read a command line, and the shell may"
            " keep it. “-” reads standard input instead."
        )
    )
