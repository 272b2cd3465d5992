"""What a room of the window is, and what the window offers to it. No Qt.

A room is one view and one presenter; `ui.app` says how to add one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, runtime_checkable

from notebook.errors import NotebookError
from notebook.last_place import LastPlace
from notebook.model import AuthorId, CaseId, Changes, RecordId
from ui.preferences import Preferences

WITHIN: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(
        (
            "seal",
            "open",
            "exchange",
            "quarantine",
            "withdrawals",
            "departure",
            "missions",
            "redact",
        ),
        "handover",
    )
)
"""Rooms without a line in the rail, and the room whose line stands for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere in the window: a room, and what it is to show there."""

    room: str
    type: str | None = None
    """Records of this type only."""
    case: CaseId | None = None
    """None for all cases."""
    record: RecordId | None = None
    is_conflict: bool = False
    """Go straight to what people disagree about in `record`."""
    folder: Path | None = None
    """Where a bundle is to lie, for the room of sealing."""
    bundle: tuple[Path, ...] = ()
    """The files of a bundle to look at, for the room of opening."""
    contact: AuthorId | None = None
    """Whose page to show, for the room of contacts; for whom it is, for that of sealing."""
    back: LastPlace | None = None
    """How the person left this place, to be shown as it was."""


class Room(Protocol):
    """The presenter of a room."""

    def enter(self, place: Place) -> None:
        """Show `place`; called whenever the person goes here, also when here already."""

    def changed(self, changes: Changes) -> None:
        """Something was written, here or elsewhere; called only after the first `enter`."""

    def flush(self) -> None:
        """Give every unsaved word to the drafts, at once and without waiting for anything.

        Called before locking and before the person leaves the room.
        """

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """What can be done here now: names of `ui.actions` and what they do."""


@runtime_checkable
class RoomToLeave(Protocol):
    """A room that has something to finish when the person goes to another one."""

    def leave(self) -> None:
        """Save what can be saved; locking never asks for this."""


@runtime_checkable
class RoomToReturnTo(Protocol):
    """A room in which a person finds the place where they were."""

    def last_place(self) -> LastPlace:
        """Where the person is in this room; `enter` takes it back as `Place.back`."""

    def is_taken(self) -> bool:
        """Whether something is open here, or on its way: then nobody is brought elsewhere."""


class Shell(Protocol):
    """What the window does for its rooms."""

    def go(self, place: Place) -> None:
        """Take the person to another place."""

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say one sentence at the foot of the window, with Undo when it can be undone."""

    def trouble(self, error: NotebookError) -> None:
        """Say what happened, what is safe and what to do next."""

    def refresh_actions(self) -> None:
        """The answer of `Room.actions` has changed."""

    def copy(self, text: str) -> None:
        """Put text on the clipboard, from where it goes again after a while and at lock."""

    def preferences(self) -> Preferences:
        """The preferences in force."""

    def set_preferences(self, preferences: Preferences) -> None:
        """Put preferences into force and keep them."""

    def record_sound(self, record: RecordId) -> None:
        """Record for this record, once what is to be thought of was said."""

    def lock(self) -> None:
        """Lock now."""

    def lock_departed(self) -> None:
        """Lock, for what was removed is seen only after the next unlock."""
