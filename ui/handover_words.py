"""Sentences that sealing, opening and contacts share: who, how long still, which hash. No Qt."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from notebook.dates import readable
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from ui.words import POP_ISOLATE, isolated, size_words

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.model import Row

LEAST_SHARE_FOR_ESTIMATE: Final = 0.02
"""Before this much is done nobody can say how long the rest takes."""

MINUTE_S: Final = 60
HOUR_S: Final = 60 * MINUTE_S
HASH_GROUP: Final = 4
LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"


def by_name(contact: "Contact") -> tuple[str, str]:
    """The order in which people look for somebody."""
    return contact.name.casefold(), contact.id


def names_words(names: Sequence[str]) -> str:
    """Names in one line, each in its own direction."""
    return _(", ").join(isolated(name) for name in names)


def nameless_words(kind: str, record: str) -> str:
    """A record whose title is not shown here: what it is, and how its id begins."""
    return _("{type} {number}").format(type=kind, number=isolated(record[:8]))


def naming(error: NotebookError, rows: "Sequence[Row]") -> NotebookError:
    """The trouble with a damaged file, with the titles of the records that it belongs to."""
    titles = [row.title for row in rows if row.id in error.records]
    if error.code is not Code.DAMAGED or not titles:
        return error
    what = _("The file of {titles} is damaged or missing.").format(titles=names_words(titles))
    return NotebookError(error.code, what, error.safe, error.next_step, records=error.records)


def day_words(moment: str) -> str:
    """The day of an RFC 3339 moment or of an ISO date ("3 May 2026")."""
    return readable(moment[:10])


def left_to_right(text: str) -> str:
    """Groups of digits or letters that keep their order between right-to-left words."""
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}"


def grouped_hash(hexadecimal: str) -> str:
    """A hash in groups of four, so that two people can compare it."""
    starts = range(0, len(hexadecimal), HASH_GROUP)
    groups = " ".join(hexadecimal[start : start + HASH_GROUP] for start in starts)
    # Between right-to-left words the groups would change places.
    return f"{LEFT_TO_RIGHT_ISOLATE}{groups}{POP_ISOLATE}"


def time_left_words(done: int, total: int, elapsed_s: float) -> str:
    """About how long the rest takes; empty while that cannot be said."""
    if total <= 0 or done >= total or done < total * LEAST_SHARE_FOR_ESTIMATE:
        return ""
    left_s = elapsed_s * (total - done) / done
    if left_s < MINUTE_S:
        return _("less than a minute left")
    if left_s < HOUR_S:
        minutes = round(left_s / MINUTE_S)
        return ngettext("about {count} minute left", "about {count} minutes left", minutes).format(
            count=minutes
        )
    hours = round(left_s / HOUR_S)
    return ngettext("about {count} hour left", "about {count} hours left", hours).format(
        count=hours
    )


class Pace:
    """Measures how fast a job goes, phase by phase."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s` is a clock that never goes back."""
        self._now_s = now_s
        self._what = ""
        self._started_s = 0.0

    def words(self, what: str, done: int, total: int) -> str:
        """What is being done, how far it is, and how long still."""
        if what != self._what:
            self._what = what
            self._started_s = self._now_s()
        return progress_words(what, done, total, self._now_s() - self._started_s)


def progress_words(what: str, done: int, total: int, elapsed_s: float) -> str:
    """What is being done, how far it is, and how long still."""
    if total <= 0:
        return what
    far = _("{done} of {total}").format(done=size_words(done), total=size_words(total))
    return " · ".join(part for part in (what, far, time_left_words(done, total, elapsed_s)) if part)
