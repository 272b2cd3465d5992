"""Pictures of recording: `python -m tests.shots_recording [DIR]`, or among others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from notebook.model import CaseId
from tests import shots_travel
from tests.notebook.support_sound import room
from tests.ui.support_recording import wait_until_recorded, wait_until_sealed
from ui.parting import Reason
from ui.tour import people
from ui.tour.driven import SCREEN, Driven

if TYPE_CHECKING:
    from tests.shots import Studio

INTERVIEW = "Told at the spring (invented)"
REFUSED = "Told without sound (invented)"
NO_SERVER = "unix:/nonexistent/socket"


def prepare(studio: Studio, name: str) -> None:
    """An interview whose consent says yes to sound, and one whose consent says no."""
    notebook = studio.make(name)
    case, _changes = notebook.add("case", None, {"title": "Invented case"})
    for title, answer in ((INTERVIEW, "yes"), (REFUSED, "no")):
        told, _changes = notebook.add("interview", CaseId(case), {"title": title})
        consent = {"title": f"Consent, {title}", "covers": [told], "use_audio": answer}
        notebook.add("consent", CaseId(case), consent)
    notebook.close()


@contextmanager
def heard(environment: dict[str, str]) -> Iterator[None]:
    """Windows that are started now find this sound system."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """The caution, the bar in its states, what was interrupted, and no microphone."""
    name = f"recording-{variant}"
    prepare(studio, name)
    with room(has_tone=False) as spoken, heard(spoken.environment):
        spoken.speak()
        with studio.window(variant, name) as window:
            people.unlock(window, passphrase)
            window.resize(*SCREEN)
            _open(window, REFUSED)
            window.press("Ctrl+Shift+R")
            window.see("says no to sound")
            studio.shoot(window, "record-refused", variant)
            window.press("Escape")
            _open(window, INTERVIEW)
            window.click("Evidence and links")
            studio.shoot(window, "record-button", variant)
            window.press("Ctrl+Shift+R")
            window.see("says yes to sound")
            studio.shoot(window, "record-caution", variant)
            window.press("Return")
            wait_until_recorded(window, 3)
            studio.shoot(window, "recording", variant)
            window.press("F8")
            window.press("Ctrl+Shift+P")
            window.see("The microphone is off.")
            studio.shoot(window, "recording-paused", variant)
            window.press("Ctrl+Shift+P")
            wait_until_recorded(window, 5)
            window.press("Ctrl+Shift+E")
            window.see("It is evidence now.")
            studio.shoot(window, "recorded", variant)
            window.press("Ctrl+Shift+R")
            window.see("says yes to sound")
            window.press("Return")
            wait_until_recorded(window, 2)
            window.lock()
        with studio.window(variant, name, Reason.ASKED) as window:
            people.unlock(window, passphrase)
            window.resize(*SCREEN)
            window.see("A recording was interrupted")
            studio.shoot(window, "recording-interrupted", variant)
            window.click("Evidence")
            window.choose_row("Evidence", "Recording of")
            window.see("What can be seen or heard")
            studio.shoot(window, "interrupted-evidence", variant)
    with (
        room(has_tone=False) as silent,
        heard(silent.environment),
        studio.window(variant, name) as window,
    ):
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        _record(window)
        window.see("Nothing is heard")
        studio.shoot(window, "recording-silent", variant)
    _travel(studio, variant, passphrase)
    with heard({"PULSE_SERVER": NO_SERVER}), studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        _record(window)
        window.see("does not answer")
        studio.shoot(window, "recording-no-microphone", variant)


def _travel(studio: Studio, variant: str, passphrase: str) -> None:
    """The caution and the bar of a notebook that travels."""
    folder = studio.work / f"recording-travels-{variant}"
    folder.mkdir(mode=0o700)
    shots_travel.prepare(folder, passphrase, ["laptop"])
    with room(has_tone=False) as spoken, heard(spoken.environment):
        spoken.speak()
        with studio.window(variant, f"{folder.name}/laptop") as window:
            window.fill(people.PASSPHRASE_FIELD, passphrase)
            window.press("Return")
            window.see("Unlocked")
            window.press("Return")
            window.resize(*SCREEN)
            window.see("Travel mode")
            window.click("New interview")
            window.see("Title, safe to read aloud")
            window.fill("Title", INTERVIEW)
            window.press("Ctrl+S")
            window.see("Saved")
            window.press("Ctrl+Shift+R")
            window.see("sealed for headquarters")
            studio.shoot(window, "record-travel", variant)
            window.press("Return")
            wait_until_recorded(window, 9)
            wait_until_sealed(window)
            studio.shoot(window, "recording-travel", variant)
            window.press("Ctrl+Shift+E")
            window.see("It is sealed for headquarters.")
            studio.shoot(window, "recorded-travel", variant)


def _open(window: Driven, title: str) -> None:
    window.click("Interviews")
    window.choose_row("Interviews", title)
    window.see_in("Title", title)


def _record(window: Driven) -> None:
    _open(window, INTERVIEW)
    window.press("Ctrl+Shift+R")
    window.see("says yes to sound")
    window.press("Return")


def main(argv: list[str]) -> int:
    """Photograph these screens alone."""
    from tests import shots_alone  # noqa: PLC0415 - it takes these pictures among its own

    return shots_alone.alone(argv, "build/shots-recording", walk)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
