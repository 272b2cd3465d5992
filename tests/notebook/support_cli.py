"""The command line for tests: in this process, with a passphrase from a real descriptor."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notebook.cli import run
from notebook.cli.output import Console
from notebook.environment import Environment
from tests.notebook import support_notebook
from tests.notebook.support_notebook import PASSPHRASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one command gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        assert self.out.endswith("\n")
        assert "\n" not in self.out[:-1]
        return json.loads(self.out)

    @property
    def code(self) -> str:
        """The error's code."""
        return str(self.json["error"]["code"])


@dataclass(slots=True)
class CommandLine:
    """A person's terminal; every command sees the same clock and randomness."""

    environment: Environment

    def __call__(
        self,
        *argv: str | Path,
        passphrase: str | bytes | None = PASSPHRASE,
        stdin: str | bytes = b"",
        is_json: bool = True,
    ) -> Ran:
        """Run one command; the passphrase goes through a pipe."""
        words = [str(word) for word in argv]
        descriptor = None
        if passphrase is not None:
            descriptor, writer = os.pipe()
            os.write(writer, passphrase.encode() if isinstance(passphrase, str) else passphrase)
            os.close(writer)
            words += ["--passphrase-fd", str(descriptor)]
        if is_json:
            words.append("--json")
        out, err = io.StringIO(), io.StringIO()
        console = Console(
            stdin=io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin),
            stdout=out,
            stderr=err,
            is_json=is_json,
        )
        try:
            status = run(words, console, self.environment)
        finally:
            if descriptor is not None:
                os.close(descriptor)
        return Ran(status=int(status), out=out.getvalue(), err=err.getvalue())

    def ids(self, *argv: str | Path, stdin: str = "") -> list[str]:
        """The ids that a command gave."""
        ran = self(*argv, stdin=stdin)
        assert ran.status == 0, ran.out + ran.err
        return list(ran.json["ids"])

    def add(self, folder: Path, record: object) -> str:
        """The id of one record, added from standard input."""
        return self.ids("add", folder, "-", stdin=json.dumps(record))[0]


def command_line(seed: str = "command line") -> CommandLine:
    """A terminal whose world repeats itself."""
    return CommandLine(support_notebook.environment(seed))


def new_folder(folder: Path, seed: str = "test", author: str = "Aida") -> Path:
    """The folder of a new notebook, closed."""
    support_notebook.create(folder, seed, author).close()
    return folder
