"""What recording says: the caution before it, the bar while it runs, and how it ended. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.ogg import RATE_HZ
from notebook.recording_told import clock_words
from notebook.sound import LOUDEST, Reason
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.model import RecordId
    from notebook.recorder import Ended, RecorderState

QUIET_AFTER_S: Final = 5
WAITED_AFTER_S: Final = 3.0
FAINTEST_DB: Final = 50
"""So far below the loudest the level begins."""
LEVEL_MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """What is to be thought of before somebody is recorded."""

    record: RecordId
    title: str
    consent: str
    tone: str
    """`ok`, `caution` or `danger`."""
    is_refused: bool
    keeps: str
    """What becomes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLine:
    """How a recording stands."""

    title: str
    words: str
    tone: str = "mute"
    level: int = 0
    """Of `LEVEL_MOST`."""
    is_paused: bool = False
    is_running: bool = True
    """Whether it can be paused, marked and stopped now."""


def caution(record: RecordId, title: str, permission: str, *, is_travelling: bool) -> Caution:
    """The caution; `permission` is what the consents say (`notebook.consent.Permission`)."""
    said = {
        "permitted": (_("The recorded consent says yes to sound."), "ok"),
        "consent-refused": (_("The recorded consent says no to sound."), "danger"),
        "consent-withdrawn": (_("The consent was withdrawn."), "danger"),
        "consent-expired": (_("The recorded consent has expired."), "danger"),
    }
    words, tone = said.get(
        permission,
        (
            _("No consent to sound is recorded yet. Let the answer be the first thing heard."),
            "caution",
        ),
    )
    return Caution(
        record=record,
        title=title,
        consent=words,
        tone=tone,
        is_refused=tone == "danger",
        keeps=(
            _(
                "Every few seconds are sealed for headquarters; this laptop cannot play them. F12"
                " locks and ends it; the last ten seconds may be lost."
            )
            if is_travelling
            else _(
                "It is encrypted as it comes. F12 locks and ends it; all but the last two seconds"
                " are kept."
            )
        ),
    )


def beginning() -> RecordingLine:
    """Until the first sound comes."""
    return RecordingLine(title=_("The recording begins…"), words="", is_running=False)


def ending() -> RecordingLine:
    """From Stop until it is evidence."""
    return RecordingLine(title=_("The recording is being kept…"), words="", is_running=False)


def line(state: RecorderState, title: str) -> RecordingLine:
    """The bar; `title` is that of the record it goes to."""
    time = clock_words(state.samples)
    if state.is_paused:
        return RecordingLine(
            title=_("Paused at {time}").format(time=time),
            words=_("The microphone is off."),
            is_paused=True,
        )
    words, tone = _words(state, title)
    if not state.has_begun:
        is_late = state.waited_s >= WAITED_AFTER_S
        return RecordingLine(
            title=_("The recording begins…"),
            words=words if is_late else "",
            tone=tone if is_late else "mute",
        )
    return RecordingLine(
        title=_("Recording {time}").format(time=time),
        words=words,
        tone=tone,
        level=level(state.level),
    )


def _words(state: RecorderState, title: str) -> tuple[str, str]:
    if state.waited_s >= WAITED_AFTER_S:
        return _("The microphone gives nothing. Check it, or stop and begin again."), "caution"
    if state.is_nearly_full:
        return _("The disk is nearly full: the recording will end by itself soon."), "caution"
    if state.quiet_samples >= QUIET_AFTER_S * RATE_HZ:
        return _("Nothing is heard. Is it the right microphone, and is it on?"), "caution"
    return (_("For {title}").format(title=isolated(title)) if title else ""), "mute"


def level(amplitude: int) -> int:
    """How far the level reaches: by decibels, as one hears."""
    if amplitude <= 0:
        return 0
    below_db = -20 * math.log10(amplitude / LOUDEST)
    return max(0, min(LEVEL_MOST, round(LEVEL_MOST * (1 - below_db / FAINTEST_DB))))


def ended_trouble(ended: Ended) -> NotebookError | None:
    """Why a recording ended by itself; None when somebody ended it."""
    safe = (
        _("What was recorded until {time} is kept.").format(time=clock_words(ended.samples))
        if ended.samples
        else _("Nothing was recorded, and nothing else is affected.")
    )
    if ended.trouble is not None:
        return NotebookError(ended.trouble.code, ended.trouble.what, safe, ended.trouble.next_step)
    if ended.reason is None:
        return None
    reasons = {
        Reason.NO_LIBRARY: (
            _("This computer lacks what recording needs."),
            _("Install the system packages libpulse0 and libopus0, then record again."),
        ),
        Reason.NO_SERVER: (
            _("The sound system of this computer does not answer."),
            _("Look at the sound settings of the computer, then record again."),
        ),
        Reason.NO_MICROPHONE: (
            _("No microphone was found."),
            _("Connect one or switch it on, then record again."),
        ),
        Reason.STOPPED: (
            _("The microphone went away."),
            _("Check it, then record again."),
        ),
    }
    what, next_step = reasons.get(ended.reason, reasons[Reason.STOPPED])
    return NotebookError(Code.NO_MICROPHONE, what, safe, next_step)
