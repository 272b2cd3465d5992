"""What of custody may leave one's own team: what was done with a thing, and nothing somebody wrote.

Why a consent was overridden, which copy with pseudonyms was made of what, and for whom a page was
written is between those who keep the notebook; the readers of a bundle may be the very people who
must not know.
"""

from collections.abc import Mapping
from typing import Final

from notebook import strict_json

CUSTODY_FIELD = "_custody"
_FOR_EVERYBODY: Final[Mapping[str, frozenset[str]]] = {
    "viewed": frozenset(),
    "extracted": frozenset(),
    "not extracted": frozenset(),
    "identity exported": frozenset(),
    "identity not exported": frozenset(),
    "sealing not finished": frozenset({"bundle", "left"}),
    "taken over from a draft": frozenset({"session", "author"}),
}
"""What was done, and what else such an entry says. Anything else, and anything more, stays."""


def may_leave_team(value: bytes) -> bool:
    """Whether readers outside the team may have this value of `_custody`."""
    try:
        told = strict_json.parse(value)
    except strict_json.BadJson:
        return False
    if not isinstance(told, dict):
        return False
    others = _FOR_EVERYBODY.get(str(told.get("what")))
    return others is not None and told.keys() <= others | {"what"}
