"""The rooms: how each is built, and which lines of the rail lead to them (see `ui.app`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.blank_room import BlankPresenter, BlankView
from ui.rail_view import RailEntry
from ui.rooms import Place, Room, Shell
from ui.session import Session
from ui.style.look import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNeeds:
    """What a room is built with."""

    look: Look
    session: Session
    shell: Shell
    parent: QWidget


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRoom:
    """A room that can be shown."""

    view: QWidget
    presenter: Room


def _build_blank(needs: RoomNeeds) -> BuiltRoom:
    view = BlankView(needs.parent)
    return BuiltRoom(view=view, presenter=BlankPresenter(view))


ROOMS: Final[Mapping[str, Callable[[RoomNeeds], BuiltRoom]]] = MappingProxyType(
    {"desk": _build_blank, "handover": _build_blank, "contacts": _build_blank}
)


def rail_lines() -> tuple[tuple[RailEntry, Place], ...]:
    """The lines of the rail from top to bottom, and where each leads; the first is home."""
    records = (
        ("interview", _("Interviews")),
        ("person", _("People")),
        ("event", _("Events")),
        ("place", _("Places")),
        ("evidence", _("Evidence")),
        ("note", _("Notes")),
        ("consent", _("Consents")),
    )
    return (
        *(
            (RailEntry(name=type, words=words, icon=type), Place(room="desk", type=type))
            for type, words in records
        ),
        (
            RailEntry(name="handover", words=_("Handover"), icon="handover", starts_group=True),
            Place(room="handover"),
        ),
        (
            RailEntry(name="contacts", words=_("Contacts"), icon="contact"),
            Place(room="contacts"),
        ),
    )
