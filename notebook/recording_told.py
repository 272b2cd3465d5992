"""What a recording says of itself: when it began and ended, marks, pauses, and what is missing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from notebook import strict_json
from notebook.dates import readable
from notebook.environment import Environment
from notebook.i18n import _, ngettext
from notebook.model import JsonValue
from notebook.ogg import RATE_HZ

MADE_WITH: Final = "Field Notebook, Ogg Opus 48 kbit/s"


class Note(StrEnum):
    """What may have happened at a place in a recording."""

    BEGIN = "begin"
    MARK = "mark"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    """A person ended it: nothing follows."""


@dataclass(slots=True)
class Told:
    """What a recording says of itself."""

    begun: str
    samples: int = 0
    is_complete: bool = False
    lost: int = 0
    marks: list[int] = field(default_factory=list)
    pauses: list[tuple[int, str, str]] = field(default_factory=list)
    """Where, from when, until when (empty when it did not go on)."""
    _since: tuple[str, int] = ("", 0)

    def hear(self, untrusted_note: bytes) -> None:
        """Take a note; one that cannot be read says nothing."""
        try:
            note = strict_json.parse(untrusted_note)
        except strict_json.BadJson:
            return
        if not isinstance(note, dict):
            return
        what, at, samples = note.get("what"), note.get("at"), note.get("samples")
        if not isinstance(at, str) or not isinstance(samples, int):
            return
        match what:
            case Note.MARK:
                self.marks.append(samples)
            case Note.PAUSE:
                self.pauses.append((samples, at, ""))
            case Note.RESUME if self.pauses:
                self.pauses[-1] = (*self.pauses[-1][:2], at)
                self._since = (at, samples)
            case Note.BEGIN:
                self.begun = at
                self._since = (at, samples)

    def ended(self) -> str:
        """When the last sound was heard that is here."""
        at, samples = self._since
        try:
            since = datetime.fromisoformat(at or self.begun)
        except ValueError:
            return self.begun
        end = since + timedelta(seconds=(self.samples - samples) / RATE_HZ)
        return end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def as_json(self) -> dict[str, JsonValue]:
        """All of it, for the evidence's own description."""
        return {
            "begun": self.begun,
            "ended": self.ended(),
            "length": clock_words(self.samples),
            "marks": [clock_words(samples) for samples in self.marks],
            "pauses": [
                {"at": clock_words(samples), "from": since, "until": until}
                for samples, since, until in self.pauses
            ],
            "interrupted": not self.is_complete,
            "unreadable_records": self.lost,
        }


def words(told: Told, environment: Environment) -> str:
    """What a person who listens must know: where it breaks off, and what cannot be heard."""
    found = []
    if not told.is_complete:
        at = local(told.ended(), environment)
        found.append(
            _("Interrupted at {time}: up to two seconds before that are missing.").format(
                time=f"{at:%H:%M:%S}"
            )
        )
    if told.lost:
        found.append(
            ngettext(
                "{count} piece of at most one second was damaged and cannot be heard.",
                "{count} pieces of at most one second were damaged and cannot be heard.",
                told.lost,
            ).format(count=told.lost)
        )
    return " ".join(found)


def clock_words(samples: int) -> str:
    """A place in a recording: hours, minutes and seconds."""
    seconds = samples // RATE_HZ
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def day_words(at: datetime) -> str:
    """The day as people say it; a title keeps the words of the language it was recorded under."""
    return readable(f"{at:%Y-%m-%d}")


def local(at: str, environment: Environment) -> datetime:
    """A moment on the clock where the person is."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = environment.clock()
    return moment.astimezone(environment.zone)
