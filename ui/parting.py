"""The words between the guard and its window process: three messages, one JSON line each.

The guard says how to begin (`Start`); the window says which notebook it opened (`Opened`) and, last
of all, why it ends (`End`). Anything else on the line is refused with `ValueError`. No Qt.
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Final

_WORD: Final = re.compile(r"[a-z]{1,16}")
MAX_LINE_BYTES: Final = 16 * 1024
"""Longer than any path; a longer line is refused."""


class Reason(StrEnum):
    """Why a window process ended."""

    CLOSED = "closed"
    """The person closed the window: no other one opens."""
    ASKED = "asked"
    IDLE = "idle"
    SYSTEM = "system"
    SLEEP = "sleep"
    LID = "lid"
    SCREEN = "screen"
    DEPARTED = "departed"
    """Cases or keys were removed from the notebook."""
    STOPPED = "stopped"
    """It ended without a word; only the guard says this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a window process begins."""

    guard_pid: int
    folder: str | None = None
    reason: Reason | None = None
    """Why the window before this one locked."""
    idle_minutes: int = 0
    words: tuple[str, ...] = ()
    """The notebook's four words as it locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The window process opened the notebook in `folder`."""

    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The window process is about to end."""

    reason: Reason
    idle_minutes: int = 0
    """With `Reason.IDLE`: after how many minutes without input."""
    words: tuple[str, ...] = ()
    """The notebook's four words (`crypto.head`), where they are known for certain."""


Message = Start | Opened | End

_KINDS: Final[dict[str, type[Message]]] = {"start": Start, "opened": Opened, "end": End}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "guard_pid": (int,),
    "folder": (str, type(None)),
    "reason": (str, type(None)),
    "idle_minutes": (int,),
    "words": (list,),
}


def to_line(message: Message) -> bytes:
    """The message as one line."""
    kind = next(kind for kind, cls in _KINDS.items() if isinstance(message, cls))
    line = json.dumps({"kind": kind, **asdict(message)}).encode() + b"\n"
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("the message is too long")
    return line


def from_line(untrusted_line: bytes) -> Message:
    """The message in a line; raises `ValueError` for anything that is none."""
    if len(untrusted_line) > MAX_LINE_BYTES or not untrusted_line.endswith(b"\n"):
        raise ValueError("the line is too long or cut short")
    untrusted = json.loads(untrusted_line)
    if not isinstance(untrusted, dict):
        raise ValueError("the line holds no message")
    cls = _KINDS.get(str(untrusted.pop("kind", "")))
    if cls is None or set(untrusted) != {field.name for field in fields(cls)}:
        raise ValueError("the line holds another message")
    for name, value in untrusted.items():
        if type(value) not in _TYPES[name]:
            raise ValueError("the message holds a value of another type")
    if "words" in untrusted:
        untrusted["words"] = _words(untrusted["words"])
    if untrusted.get("reason") is not None:
        untrusted["reason"] = Reason(untrusted["reason"])
    elif cls is End or (cls is Opened and untrusted["folder"] is None):
        raise ValueError("the message lacks a value")
    return cls(**untrusted)


def _words(untrusted: list[object]) -> tuple[str, ...]:
    words = tuple(word for word in untrusted if isinstance(word, str) and _WORD.fullmatch(word))
    if len(words) != len(untrusted) or len(words) not in (0, 4):
        raise ValueError("the message holds other words")
    return words
