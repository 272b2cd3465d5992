"""What the verbs share: opening the notebook, reading files and standard input, naming things."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from notebook import editing
from notebook.cli import passphrase_input
from notebook.cli.arguments import Arguments, UsageError
from notebook.cli.output import Console, TerminalProgress
from notebook.environment import real_environment
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import CaseId
from notebook.notebook import Notebook

STANDARD_INPUT = "-"


@contextmanager
def opened(
    arguments: Arguments, console: Console, *, is_reading: bool = False
) -> Iterator[Notebook]:
    """The notebook in FOLDER; with `is_reading` nothing in it is written. Raises as `unlock`."""
    with opened_at(Path(arguments.one("FOLDER")), arguments, console, is_reading=is_reading) as it:
        yield it


@contextmanager
def opened_at(
    folder: Path, arguments: Arguments, console: Console, *, is_reading: bool = False
) -> Iterator[Notebook]:
    """The notebook in a folder, closed at the end; what was found at opening is said."""
    passphrase = asker(arguments, console)(_("Passphrase:"))
    notebook = Notebook.unlock(
        folder, passphrase, environment=real_environment(), is_reading=is_reading
    )
    try:
        for finding in notebook.status().findings:
            console.warn(f"{finding.what} {finding.next_step}")
        yield notebook
    finally:
        notebook.close()


def asker(arguments: Arguments, console: Console) -> passphrase_input.Ask:
    """What gives the passphrase of this command line."""
    return passphrase_input.source(arguments.value("--passphrase-fd"), console.stdin)


@contextmanager
def progress(console: Console) -> Iterator[TerminalProgress]:
    """Progress on the terminal, taken away at the end."""
    shown = TerminalProgress(console.stderr)
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


def read_text(name: str, console: Console, *, max_bytes: int) -> str:
    """The UTF-8 text of a file, or of standard input for `-`. Raises UNREADABLE_FILE, BAD_INPUT."""
    data = read_bytes(name, console, max_bytes=max_bytes)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotebookError(
            Code.BAD_INPUT,
            _("What was read is not UTF-8 text."),
            _("Nothing was changed."),
        ) from None


def read_bytes(name: str, console: Console, *, max_bytes: int) -> bytes:
    """A file, or standard input for `-`, whole. Raises UNREADABLE_FILE, BAD_INPUT when too long."""
    try:
        if name == STANDARD_INPUT:
            data = console.stdin.read(max_bytes + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(max_bytes + 1)
    except (OSError, ValueError):
        raise unreadable() from None
    if len(data) > max_bytes:
        raise NotebookError(
            Code.BAD_INPUT,
            _("What was read is longer than {size} bytes.").format(size=max_bytes),
            _("Nothing was changed."),
        )
    return data


def unreadable() -> NotebookError:
    """The trouble of a file that cannot be read."""
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("A file cannot be read."),
        _("Nothing was changed."),
        _("Check that it is there and that you may read it."),
    )


def check_standard_input(names: Sequence[str]) -> None:
    """Raise `UsageError` when standard input is to be read more than once."""
    if list(names).count(STANDARD_INPUT) > 1:
        raise UsageError(_("Standard input can be read once: give one “-”."))


def warn_of_arguments(console: Console) -> None:
    """Say that other programs can read a command line."""
    console.warn(
        _(
            "Warning: other programs on this machine can read a command line, and the shell may"
            " keep it. “-” reads standard input instead."
        )
    )
