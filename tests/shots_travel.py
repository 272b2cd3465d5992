"""Pictures of a notebook that travels: `python -m tests.shots_travel [DIR]`, or among others."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from notebook.environment import real_environment
from notebook.mission_card import MissionCard
from notebook.model import CaseId
from notebook.notebook import Kdf, Notebook
from ui.tour import people
from ui.tour.driven import SCREEN

if TYPE_CHECKING:
    from tests.shots import Studio

ACCOUNT = (
    "Invented. She said that the road was closed at the bridge, and that they waited until it was"
    " light. توقۇلما سۆھبەت."
)


def prepare(work: Path, passphrase: str, names: list[str]) -> None:
    """Headquarters with a mission, and laptops that have been written on in one session."""
    # What swaps here is no matter: all of it is invented.
    environment = replace(real_environment(), allows_unsafe_memory=True)
    home = Notebook.create(
        work / "headquarters",
        passphrase,
        author_name="Headquarters",
        kdf=Kdf.LOW_MEMORY,
        environment=environment,
    )
    card, _changes = home.travel.new_mission()
    home.close()
    for name in names:
        laptop = Notebook.create(
            work / name,
            passphrase,
            author_name="K-7",
            kdf=Kdf.LOW_MEMORY,
            environment=environment,
            mission=MissionCard(card=card, is_compared=True),
        )
        case, _changes = laptop.add("case", None, {"title": "Invented case"})
        laptop.add("interview", CaseId(case), {"title": "Invented", "account": ACCOUNT})
        laptop.close()


def walk(studio: Studio, variant: str, passphrase: str, size: tuple[int, int]) -> None:
    """Locked, open with nothing in it, and with a record of this session."""
    name = f"travel-{variant}"
    with studio.window(variant, name) as window:
        window.see("In the outbox")
        studio.shoot(window, "travel-unlock", variant)
        window.fill(people.PASSPHRASE_FIELD, passphrase)
        window.press("Return")
        window.see("Unlocked")
        window.press("Return")
        window.resize(*size)
        window.see("Travel mode")
        window.see("Earlier sessions were sealed")
        studio.shoot(window, "travel-empty", variant)
        window.click("New interview")
        window.see("Title, safe to read aloud")
        window.fill("Title", "Told at the bridge (invented)")
        window.fill("Account", ACCOUNT)
        window.press("Ctrl+S")
        window.see("Saved")
        window.see("Sealed in this session: 1 record")
        studio.shoot(window, "travel-record", variant)
        window.click("On the way")
        window.choose_in_menu("What is seen…")
        window.see("Numbers of cases")
        studio.shoot(window, "travel-look", variant)


def main(argv: list[str]) -> int:
    """Photograph these screens alone."""
    from tests import shots  # noqa: PLC0415 - it takes these pictures among its own

    out = Path(argv[0] if argv else "build/shots-travel").resolve()
    shutil.rmtree(out, ignore_errors=True)
    studio = object.__new__(shots.Studio)
    studio.out, studio.work, studio.missed = out, out / "notebooks", []
    studio.work.mkdir(parents=True, mode=0o700)
    try:
        prepare(studio.work, shots.PASSPHRASE, [f"travel-{v}" for v in shots.VARIANTS])
        for variant in shots.VARIANTS:
            with studio.scene(f"travel--{variant}"):
                walk(studio, variant, shots.PASSPHRASE, SCREEN)
    finally:
        shutil.rmtree(studio.work)
    print(*studio.missed, sep="\n")
    return 1 if studio.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
