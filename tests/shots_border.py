"""Pictures of a departure: `python -m tests.shots_border [DIR]`, or among others."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from crypto.identity import Identity
from notebook.drafts import Draft
from notebook.environment import real_environment
from notebook.mission_card import MissionCard
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook
from ui.parting import Reason
from ui.tour import people
from ui.tour.driven import SCREEN, Driven

if TYPE_CHECKING:
    from tests.shots import Studio

GOES = "The school by the bridge (invented)"
STAYS = "توقۇلما ئىش (invented)"
KEEPER = "Қайрат, archive (invented)"


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """Every step, with what stands in the way, and what remains after the next unlock."""
    _door(studio, variant)
    _missions(studio, variant, passphrase)
    name = f"departing-{variant}"
    _prepare(studio, name, variant)
    out = studio.work / f"stick-{variant}"
    out.mkdir(mode=0o700)
    with studio.window(variant, name) as window:
        _enter(window, passphrase)
        studio.shoot(window, "departure-what", variant)
        window.click("What would an officer learn from this laptop?")
        window.see("Whoever takes this laptop sees")
        studio.shoot(window, "departure-look", variant)
        window.click("Back")
        window.click(GOES, "words")
        window.click("Go on")
        window.see("Who is to open it?")
        window.click(KEEPER, "words")
        window.click("Look at what leaves")
        window.see("This would be in no bundle")
        studio.shoot(window, "departure-obstacles", variant)
    _clear_the_way(studio, name)
    with studio.window(variant, name) as window:
        _enter(window, passphrase)
        window.click(GOES, "words")
        window.click("Go on")
        window.click(KEEPER, "words")
        window.click("Look at what leaves")
        window.see("This is handed over")
        window.click("Choose a folder…")
        window.choose_file(out)
        window.see("are free there")
        studio.shoot(window, "departure-seal", variant)
        window.click("Seal and read back")
        window.see("Nothing was removed yet.")
        studio.shoot(window, "departure-receipt", variant)
        window.click("Go on without the receipt")
        window.see("What becomes of your sealing key?")
        studio.shoot(window, "departure-key", variant)
        window.click("A new key, and destroy the old one later, when all has come")
        window.click("Go on")
        window.see("This will be gone from this laptop")
        studio.shoot(window, "departure-remove", variant)
        window.fill("Passphrase of this notebook", "not the passphrase")
        window.click("Remove from this laptop")
        window.see("does not open")
        studio.shoot(window, "departure-error", variant)
        window.fill("Passphrase of this notebook", passphrase)
        window.click("Remove from this laptop")
        window.await_end(Reason.DEPARTED)
    with studio.window(variant, name, reason=Reason.DEPARTED) as window:
        window.see("Removed. Unlock")
        studio.shoot(window, "departure-unlock", variant)
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.see("Removed. See what remains")
        window.click("Departure…")
        window.see("Removed. This is what remains.")
        studio.shoot(window, "departure-end", variant)
        window.click("Finish")
        window.see("What leaves this notebook leaves sealed")
        window.click("Departure…")
        window.see("Destroy earlier keys")
        studio.shoot(window, "departure-old-keys", variant)


def _door(studio: Studio, variant: str) -> None:
    """A new notebook to travel with, its mission card chosen."""
    card = studio.work / f"mission-{variant}.txt"
    card.write_text(Identity.generate("mission-4f09c2", os.urandom).card().encode(), "utf-8")
    with studio.window(variant, None) as window:
        window.click("New notebook")
        window.click("To travel with")
        window.see("Before")
        studio.shoot(window, "new-travel", variant)
        window.click("Choose the mission card…")
        window.choose_file(card)
        window.see("I compared it")
        window.click("I compared it: it is the same")
        studio.shoot(window, "new-travel-card", variant)


def _missions(studio: Studio, variant: str, passphrase: str) -> None:
    """Headquarters: no mission, one, and what came by it."""
    name = f"missions-{variant}"
    home = studio.make(name)
    for title in (GOES, STAYS):
        home.add("case", None, {"title": title})
    home.close()
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.click("Missions…")
        window.see("Make a mission for one traveller")
        studio.shoot(window, "missions-empty", variant)
        window.click("Make a mission")
        window.see("Nothing has come by it yet.")
        window.click(GOES, "words")
        studio.shoot(window, "missions-made", variant)
        window.click("Show it as codes…")
        window.see("The number of 1 case goes with it.")
        studio.shoot(window, "missions-codes", variant)
    home = studio.reopen(name)
    environment = replace(real_environment(), allows_unsafe_memory=True)
    laptop = Notebook.create(
        studio.work / f"laptop-{variant}",
        passphrase,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=environment,
        mission=MissionCard(card=home.travel.missions()[0].card, is_compared=True),
    )
    home.add_contact(laptop.my_card().encode())
    case = CaseId(laptop.add("case", None, {"title": "On the way (invented)"})[0])
    laptop.drafts.keep(
        Draft(
            id=RecordId("ab" * 16),
            type="interview",
            case=case,
            is_new=True,
            fields={"title": "W-03 (invented)", "account": "Invented. She began to say that"},
            kept_at="2026-11-20T10:00:00Z",
        )
    )
    laptop.close()
    first = set(laptop.folder.joinpath("outbox").iterdir())
    again = Notebook.unlock(laptop.folder, passphrase, environment=environment)
    again.add("note", case, {"title": "Later (invented)"})
    again.close()
    kept = [path for path in laptop.folder.joinpath("outbox").iterdir() if path not in first]
    draft = max(first, key=lambda path: path.stat().st_ctime_ns)
    for path in (*kept, draft):
        home.open_bundle([path], accept_unknown=False)
    home.close()
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.see("typed on the way and never saved")
        studio.shoot(window, "handover-missions", variant)
        window.click("Missions…")
        window.see("Bundles are missing")
        studio.shoot(window, "missions", variant)


def _enter(window: Driven, passphrase: str) -> None:
    people.unlock(window, passphrase)
    window.resize(*SCREEN)
    window.click("Handover")
    window.click("Departure…")
    window.see("Which cases leave this laptop?")


def _prepare(studio: Studio, name: str, variant: str) -> None:
    """Two cases, one with evidence, a draft, and an interview whose consent says no."""
    laptop, keeper = studio.make(name), studio.make(f"keeper-{variant}")
    keeper.close()
    keeper = studio.make(f"archive-{variant}", author=KEEPER)
    laptop.add_contact(keeper.my_card().encode())
    keeper.add_contact(laptop.my_card().encode())
    for title in (GOES, STAYS):
        case = CaseId(laptop.add("case", None, {"title": title})[0])
        told, _ = laptop.add("interview", case, {"title": "W-01, told at night (invented)"})
        laptop.attach(told, BytesIO(b"invented" * 40_000), file_name="talk.bin")
        if title == GOES:
            laptop.add("consent", case, {"title": "C-01", "covers": [told], "use_team": "no"})
            laptop.drafts.keep(
                Draft(
                    id=told,
                    type="interview",
                    case=case,
                    is_new=False,
                    fields={"account": "Typed, and not saved."},
                )
            )
    keeper.close()
    laptop.close()


def _clear_the_way(studio: Studio, name: str) -> None:
    laptop = studio.reopen(name)
    for draft in laptop.drafts.all():
        laptop.drafts.drop(draft.id)
    for row in laptop.rows(type="consent"):
        laptop.edit(row.id, {"use_team": "yes"})
    laptop.close()


def main(argv: list[str]) -> int:
    """Photograph these screens alone."""
    from tests.shots_alone import alone  # noqa: PLC0415 - the studio takes these among its own

    return alone(argv, "build/shots-border", walk)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
