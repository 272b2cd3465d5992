"""Words of the window that are made from data: directions of text, times, sizes. No Qt."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from unicodedata import bidirectional

from notebook.dates import readable
from notebook.i18n import _, ngettext

if TYPE_CHECKING:
    from notebook.outbox import Contents

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"
RTL_CLASSES: Final = frozenset({"R", "AL"})

UNIT_STEP: Final = 1024


def isolated(untrusted_text: str) -> str:
    """Text that keeps its own direction, and cannot turn the words around it."""
    return f"{FIRST_STRONG_ISOLATE}{untrusted_text}{POP_ISOLATE}"


def at_the_start(words: str) -> str:
    """Words as they stand at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def on_button(untrusted_text: str) -> str:
    """Text from a record on a button, where an ampersand would underline the next letter."""
    return isolated(untrusted_text.replace("&", "&&"))


def is_rtl(text: str) -> bool | None:
    """Whether the first letter with a direction runs right to left; None when there is none."""
    for sign in text:
        kind = bidirectional(sign)
        if kind in RTL_CLASSES:
            return True
        if kind == "L":
            return False
    return None


def time_of_day(moment: str) -> str:
    """The time of an RFC 3339 moment on this computer's clock ("14:02"); empty when unreadable."""
    parsed = _parsed(moment)
    return f"{parsed.astimezone():%H:%M}" if parsed else ""


def moment_words(moment: str) -> str:
    """An RFC 3339 moment with its zone ("3 May 2026, 14:02 UTC"); as it stands when unreadable."""
    parsed = _parsed(moment)
    if parsed is None:
        return moment
    at = parsed.astimezone(UTC)
    return _("{date}, {time} UTC").format(date=readable(f"{at:%Y-%m-%d}"), time=f"{at:%H:%M}")


def now_text(clock: Callable[[], datetime]) -> str:
    """The present moment as RFC 3339 with this computer's zone, to the minute."""
    return clock().astimezone().isoformat(timespec="minutes")


def size_words(size_bytes: int) -> str:
    """A size that a person can compare ("3.4 MB")."""
    size: float = size_bytes
    for unit in (_("bytes"), _("KB"), _("MB"), _("GB")):
        if size < UNIT_STEP or unit == _("GB"):
            break
        size /= UNIT_STEP
    shown = f"{size:.0f}" if size >= 10 or size == size_bytes else f"{size:.1f}"
    return _("{size} {unit}").format(size=shown, unit=unit)


def _parsed(moment: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None


def outbox_words(outbox: "Contents") -> str:
    """What lies in an outbox."""
    count = len(outbox.files)
    return ngettext(
        "In the outbox: {count} bundle, {size}.", "In the outbox: {count} bundles, {size}.", count
    ).format(count=count, size=size_words(outbox.size_bytes))
