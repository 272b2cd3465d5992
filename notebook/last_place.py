"""Where a person was when the notebook locked: which room, which record, and where in it.

It names records, so it is kept with the drafts, encrypted, and nowhere else. Nothing depends on it:
one that is damaged, too long or not understood is as good as none.
"""

from dataclasses import dataclass
from typing import Final

from notebook import strict_json
from notebook.model import CaseId, JsonValue, RecordId

MAX_BYTES: Final = 1024
MAX_NUMBER: Final = 2**31 - 1
"""What a window can count to."""

_KEYS: Final = ("room", "type", "case", "top", "top_hidden", "spot")
_SPOT_KEYS: Final = ("record", "field", "cursor", "anchor", "seen", "seen_at", "below", "page")
_HEX_DIGITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a record: which field the cursor is in and where, and how far it is scrolled."""

    record: RecordId
    field: str = ""
    """Empty when the cursor was in none."""
    cursor: int = 0
    anchor: int = 0
    """Where a selection began; the same as `cursor` when nothing is selected."""
    seen: str = ""
    """The field by which the page is found again; empty for where the fields begin."""
    seen_at: int = 0
    """The place in its text."""
    below: int = 0
    """How far below the page's upper edge that stands, in pixels."""
    page: int = 0
    """How high the page in sight is, in the same pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPlace:
    """A room of the window, and what was shown there."""

    room: str
    type: str | None = None
    case: CaseId | None = None
    top: RecordId | None = None
    """The record whose row was the first in sight."""
    top_hidden: int = 0
    """How much of that row was out of sight, in pixels."""
    spot: Spot | None = None


def encode(place: LastPlace) -> bytes | None:
    """A place as it is stored; None when it is too long to be one."""
    spot = place.spot
    body = strict_json.dump(
        {
            "room": place.room,
            "type": place.type,
            "case": place.case,
            "top": place.top,
            "top_hidden": place.top_hidden,
            "spot": None
            if spot is None
            else {
                "record": spot.record,
                "field": spot.field,
                "cursor": spot.cursor,
                "anchor": spot.anchor,
                "seen": spot.seen,
                "seen_at": spot.seen_at,
                "below": spot.below,
                "page": spot.page,
            },
        }
    )
    return body if len(body) <= MAX_BYTES else None


def decode(untrusted: bytes) -> LastPlace | None:
    """The place that these bytes say, or None when they say none."""
    try:
        told = strict_json.parse_object(untrusted, _KEYS, max_bytes=MAX_BYTES)
        case, top = _id_or_none(told["case"]), _id_or_none(told["top"])
        return LastPlace(
            room=_text(told["room"]),
            type=None if told["type"] is None else _text(told["type"]),
            case=None if case is None else CaseId(case),
            top=None if top is None else RecordId(top),
            top_hidden=_count(told["top_hidden"]),
            spot=None if told["spot"] is None else _spot(told["spot"]),
        )
    except strict_json.BadJson:
        return None


def _spot(told: JsonValue) -> Spot:
    if not isinstance(told, dict) or told.keys() != set(_SPOT_KEYS):
        raise strict_json.BadJson("spot")
    return Spot(
        record=RecordId(_id(told["record"])),
        field=_text(told["field"]),
        cursor=_count(told["cursor"]),
        anchor=_count(told["anchor"]),
        seen=_text(told["seen"]),
        seen_at=_count(told["seen_at"]),
        below=_integer(told["below"]),
        page=_count(told["page"]),
    )


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise strict_json.BadJson("text")
    return value


def _integer(value: JsonValue) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_NUMBER:
        raise strict_json.BadJson("integer")
    return value


def _count(value: JsonValue) -> int:
    if _integer(value) < 0:
        raise strict_json.BadJson("count")
    return _integer(value)


def _id(value: JsonValue) -> str:
    if _id_or_none(value) is None:
        raise strict_json.BadJson("id")
    return _text(value)


def _id_or_none(value: JsonValue) -> str | None:
    if value is None:
        return None
    text = _text(value)
    if len(text) != _HEX_DIGITS or not set(text) <= set("0123456789abcdef"):
        raise strict_json.BadJson("id")
    return text
