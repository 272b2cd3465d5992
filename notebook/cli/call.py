"""One call of a verb: what was asked for, where to read and write, and the world outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook.cli.arguments import Arguments
from notebook.cli.output import Answer, Console

if TYPE_CHECKING:
    # Loading it loads the cryptography, which help and a mistyped line do not need.
    from notebook.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a verb gets."""

    arguments: Arguments
    console: Console
    environment: Environment | None = None
    """The machine's own when None."""


Room = Callable[[Call], Answer]
