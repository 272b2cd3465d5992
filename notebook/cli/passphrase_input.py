"""Where a passphrase comes from: a prompt on a terminal, or a descriptor; nowhere else.

Arguments and environment stand in `/proc` for others to read. A descriptor is read byte by byte
up to the line feed, so that what follows on standard input is left for the data.
"""

import getpass
import os
import warnings
from collections.abc import Callable
from typing import BinaryIO

from notebook.cli.arguments import UsageError
from notebook.i18n import _

MAX_PASSPHRASE_BYTES = 4096

Ask = Callable[[str], str]
"""Gives the passphrase for a prompt. Raises `UsageError`."""


def source(descriptor: str | None, stdin: BinaryIO) -> Ask:
    """What to ask for a passphrase. Raises `UsageError` when there is nobody to ask."""
    if descriptor is not None:
        if not descriptor.isascii() or not descriptor.isdigit() or len(descriptor) > 9:
            raise UsageError(_("--passphrase-fd needs the number of an open descriptor."))
        number = int(descriptor)
        return lambda _prompt: _read_line(number)
    if not stdin.isatty():
        raise UsageError(
            _("No passphrase: standard input is not a terminal and --passphrase-fd was not given.")
        )
    return _prompted


def ask_new(ask: Ask, *, is_prompted: bool, first: str, again: str) -> str:
    """A new passphrase; at a prompt it is asked for twice. Raises `UsageError` when they differ."""
    passphrase = ask(first)
    if is_prompted and ask(again) != passphrase:
        raise UsageError(_("The two passphrases are not the same. Nothing was changed."))
    return passphrase


def _read_line(descriptor: int) -> str:
    line = bytearray()
    try:
        while not line.endswith(b"\n") and len(line) <= MAX_PASSPHRASE_BYTES:
            byte = os.read(descriptor, 1)
            if not byte:
                break
            line += byte
    except OSError:
        raise UsageError(_("The descriptor of --passphrase-fd cannot be read.")) from None
    if not line:
        raise UsageError(_("The descriptor of --passphrase-fd gave no passphrase."))
    if len(line) > MAX_PASSPHRASE_BYTES:
        raise UsageError(_("The passphrase is longer than 4096 bytes."))
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(_("The passphrase is not UTF-8 text.")) from None
    return text.removesuffix("\n").removesuffix("\r")


def _prompted(prompt: str) -> str:
    try:
        with warnings.catch_warnings():
            # Without it the passphrase would be shown as it is typed.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt + " ")
    except (getpass.GetPassWarning, EOFError):
        raise UsageError(_("No passphrase was typed, or the terminal would show it.")) from None
    except UnicodeDecodeError:
        raise UsageError(_("The passphrase is not UTF-8 text.")) from None
