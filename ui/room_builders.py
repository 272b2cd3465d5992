"""The rooms: how each is built, and which lines of the rail lead to them (see `ui.app`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from notebook.model import RecordId
from ui.rail_view import RailEntry
from ui.rooms import Place, Room, Shell
from ui.session import Session
from ui.style.look import Look

RECORD_ID_BYTES: Final = 16


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


def _build_desk(needs: RoomNeeds) -> BuiltRoom:
    # It loads the forms and what reads dates, which the first window does not need.
    from notebook.environment import real_environment  # noqa: PLC0415 - see above
    from ui.desk_room import build_desk  # noqa: PLC0415 - see above

    environment = real_environment()
    view, presenter = build_desk(
        needs.look,
        needs.session,
        needs.shell,
        needs.parent,
        clock=environment.clock,
        new_id=lambda: RecordId(environment.random(RECORD_ID_BYTES).hex()),
    )
    return BuiltRoom(view=view, presenter=presenter)


def _build_handover(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("handover", needs)


def _build_contacts(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("contacts", needs)


def _build_seal(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("seal", needs)


def _build_open(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("open", needs)


def _build_quarantine(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("quarantine", needs)


def _build_withdrawals(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("withdrawals", needs)


def _build_exchange(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("exchange", needs)


def _build_departure(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("departure", needs)


def _build_missions(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("missions", needs)


def _build_redact(needs: RoomNeeds) -> BuiltRoom:
    return _handover_room("redact", needs)


def _handover_room(name: str, needs: RoomNeeds) -> BuiltRoom:
    # They load the notebook's cryptography, which the first window does not need.
    from ui import handover_rooms  # noqa: PLC0415 - see above

    builders = {
        "handover": handover_rooms.build_handover,
        "contacts": handover_rooms.build_contacts,
        "seal": handover_rooms.build_seal,
        "open": handover_rooms.build_open,
        "exchange": handover_rooms.build_exchange,
        "quarantine": handover_rooms.build_quarantine,
        "withdrawals": handover_rooms.build_withdrawals,
        "departure": handover_rooms.build_departure,
        "missions": handover_rooms.build_missions,
        "redact": handover_rooms.build_redact,
    }
    return builders[name](needs)


ROOMS: Final[Mapping[str, Callable[[RoomNeeds], BuiltRoom]]] = MappingProxyType(
    {
        "desk": _build_desk,
        "handover": _build_handover,
        "contacts": _build_contacts,
        "seal": _build_seal,
        "open": _build_open,
        "exchange": _build_exchange,
        "quarantine": _build_quarantine,
        "withdrawals": _build_withdrawals,
        "departure": _build_departure,
        "missions": _build_missions,
        "redact": _build_redact,
    }
)


def rail_lines(*, is_travelling: bool = False) -> tuple[tuple[RailEntry, Place], ...]:
    """The lines of the rail from top to bottom, and where each leads; the first is home.

    A notebook that travels hands nothing over but by its outbox.
    """
    records = (
        ("interview", _("Interviews")),
        ("person", _("People")),
        ("event", _("Events")),
        ("place", _("Places")),
        ("evidence", _("Evidence")),
        ("note", _("Notes")),
        ("consent", _("Consents")),
    )
    lines = (
        *(
            (RailEntry(name=type, words=words, icon=type), Place(room="desk", type=type))
            for type, words in records
        ),
        (
            RailEntry(name="timeline", words=_("Timeline"), icon="timeline"),
            Place(room="desk"),
        ),
    )
    handover = (
        (
            RailEntry(name="handover", words=_("Handover"), icon="handover", starts_group=True),
            Place(room="handover"),
        ),
        (
            RailEntry(name="contacts", words=_("Contacts"), icon="contact"),
            Place(room="contacts"),
        ),
    )
    return lines if is_travelling else lines + handover
