"""Pictures of what is seldom seen: `python -m tests.shots_states [DIR [VARIANT…]]`.

They are taken among the others, too: the words after a lock, the refusal of swap, looks with
nothing in them or much against them, a file that goes alone, and sessions that are missing.
"""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from notebook.environment import Environment, real_environment
from notebook.handover import SealRequest
from notebook.mission_card import MissionCard
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook
from tests.window_with_swap import PROC
from ui.parting import Reason
from ui.tour import people
from ui.tour.driven import SCREEN, Driven

if TYPE_CHECKING:
    from tests.shots import Studio

WITH_SWAP = "tests.window_with_swap"
SWAPS = (
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    "/dev/sda2                               partition\t8388604\t\t0\t\t-2\n"
)
READER = "Қайрат, archive (invented)"
FROM_HOME = "The school by the bridge (invented)"
SOUND = b"invented" * 40_000


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """Photograph each in one variant."""
    with studio.scene(f"locked--{variant}"):
        _locked(studio, variant, passphrase)
    with studio.scene(f"swap--{variant}"):
        _swap(studio, variant, passphrase)
    with studio.scene(f"looks--{variant}"):
        _looks(studio, variant, passphrase)
    with studio.scene(f"session--{variant}"):
        _session(studio, variant, passphrase)


def _locked(studio: Studio, variant: str, passphrase: str) -> None:
    """The page that asks for the passphrase, with the words of the notebook as it locked."""
    name = f"locked-{variant}"
    notebook = studio.make(name)
    notebook.add("case", None, {"title": FROM_HOME})
    notebook.close()
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        words = window.lock().words
    with studio.window(variant, name, reason=Reason.IDLE, words=words, idle_minutes=5) as window:
        window.see("Its words as it locked")
        studio.shoot(window, "unlock-words", variant)
        window.fill(people.PASSPHRASE_FIELD, "not the passphrase")
        window.press("Return")
        window.see("does not open")
        studio.shoot(window, "unlock-words-refused", variant)


def _swap(studio: Studio, variant: str, passphrase: str) -> None:
    """A laptop to travel with, on a machine that may write memory to its disk."""
    proc = studio.work / f"home-{variant}" / PROC
    proc.mkdir(mode=0o700, parents=True)
    (proc / "swaps").write_text(SWAPS, "utf-8")
    home = studio.make(f"swap-home-{variant}")
    card, _changes = home.travel.new_mission()
    home.close()
    name = f"swap-{variant}"
    _laptop(studio, name, passphrase, MissionCard(card=card, is_compared=True)).close()
    with studio.window(variant, name, module=WITH_SWAP) as window:
        window.fill(people.PASSPHRASE_FIELD, passphrase)
        window.press("Return")
        window.see("Open it all the same")
        studio.shoot(window, "unlock-swap", variant)
    path = studio.work / f"swap-{variant}.txt"
    path.write_text(card.encode(), "utf-8")
    empty = studio.work / f"swap-new-{variant}"
    empty.mkdir(mode=0o700)
    with studio.window(variant, None, module=WITH_SWAP) as window:
        window.click("New notebook")
        window.click("Choose…")
        window.choose_file(empty)
        window.fill("Your name in this notebook", "K-7")
        window.click("To travel with")
        window.click("Choose the mission card…")
        window.choose_file(path)
        window.see("I compared it")
        window.click("I compared it: it is the same")
        window.fill(people.PASSPHRASE_FIELD, passphrase)
        window.fill("The same once more", passphrase)
        window.click("Make the notebook")
        window.see("Make it all the same")
        studio.shoot(window, "new-travel-swap", variant)


def _looks(studio: Studio, variant: str, passphrase: str) -> None:
    """Looks before sealing: nothing to send, much against it, a file alone; and a damaged file."""
    name, out = f"looks-{variant}", studio.work / f"looks-out-{variant}"
    out.mkdir(mode=0o700)
    mine, reader = studio.make(name), studio.make(f"looks-reader-{variant}", author=READER)
    mine.add_contact(reader.my_card().encode())
    reader.add_contact(mine.my_card().encode())
    case = CaseId(mine.add("case", None, {"title": FROM_HOME})[0])
    told, _changes = mine.add("interview", case, {"title": "W-01, told at night (invented)"})
    mine.attach(told, io.BytesIO(SOUND), file_name="talk.bin")
    _hand(studio, mine, reader, without_media=True)
    _answer(studio, reader, mine, case)
    mine.close()
    (object_,) = (path for path in mine.folder.joinpath("objects").rglob("*") if path.is_file())
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        people.begin_sealing(window, READER)
        studio.shoot(window, "seal-look-file", variant)
        window.choose_row("Everything that leaves", "talk.bin")
        window.see("Its file goes alone")
        studio.shoot(window, "seal-record-file", variant)
        window.press("Escape")
        _damage(object_)
        window.click("Go on")
        window.click("Choose a folder…")
        window.choose_file(out)
        window.click("Seal")
        window.see("damaged")
        studio.shoot(window, "seal-error", variant)
    _damage(object_)
    mine = studio.reopen(name)
    _hand(studio, mine, reader)
    _answer(studio, reader, mine, case)
    mine.close()
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        _look(window)
        window.see("There is nothing to send")
        studio.shoot(window, "seal-look-empty", variant)
    mine = studio.reopen(name)
    for number in range(2, 6):
        title = f"W-0{number}, told on the way, with a title that is long (invented)"
        other, _changes = mine.add("interview", case, {"title": title, "account": "Invented."})
        answer = "no" if number < 4 else ""
        if answer:
            mine.add("consent", case, {"title": "C", "covers": [other], "use_partner": answer})
    mine.close()
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        _look(window)
        window.see("Everything that leaves")
        window.pick("What the bundle is for", "Partner organisations")
        window.see("Let go what no consent covers?")
        studio.shoot(window, "seal-look-refused", variant)
    reader.close()


def _session(studio: Studio, variant: str, passphrase: str) -> None:
    """Headquarters opens a session of which the one before has not come."""
    name = f"session-{variant}"
    home = studio.make(name)
    case = CaseId(home.add("case", None, {"title": FROM_HOME})[0])
    home.travel.new_mission()
    mission = MissionCard.read(
        home.travel.mission_text(home.travel.missions()[0].card.name, [case])
    )
    laptop = _laptop(
        studio, f"session-laptop-{variant}", passphrase, replace(mission, is_compared=True)
    )
    home.add_contact(laptop.my_card().encode())
    home.close()
    laptop.add("interview", case, {"title": "W-01 (invented)", "account": "Invented."})
    laptop.close()
    outbox = laptop.folder / "outbox"
    first = set(outbox.iterdir())
    later = Notebook.unlock(laptop.folder, passphrase, environment=_environment())
    later.add("interview", case, {"title": "W-02 (invented)", "account": "Invented."})
    later.close()
    (bundle,) = [path for path in outbox.iterdir() if path not in first]
    with studio.window(variant, name) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        people.begin_opening(window, bundle)
        window.see("Sealed with")
        window.click("Go on")
        window.click("Check and merge")
        window.see("an earlier session are missing")
        studio.shoot(window, "open-session-missing", variant)
        window.click("Handover")
        window.see("an earlier session are missing")
        studio.shoot(window, "handover-session-missing", variant)
        window.press("Ctrl+K")
        window.type("Check the notebook")
        window.press("Return")
        window.see("Check again")
        window.see("an earlier session are missing")
        studio.shoot(window, "check-session-missing", variant)


def _laptop(studio: Studio, name: str, passphrase: str, mission: MissionCard) -> Notebook:
    return Notebook.create(
        studio.work / name,
        passphrase,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=_environment(),
        mission=mission,
    )


def _environment() -> Environment:
    """What swaps here is no matter: all of it is invented."""
    return replace(real_environment(), allows_unsafe_memory=True)


def _look(window: Driven) -> None:
    window.click("Handover")
    window.click("Seal for…")
    window.click("Go on")
    window.click(READER, "words")
    window.click("Look at what leaves")


def _damage(path: Path) -> None:
    """Flip a bit in the middle; done twice, it is as it was."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _hand(
    studio: Studio, sender: Notebook, reader: Notebook, *, without_media: bool = False
) -> None:
    request = SealRequest(to=(reader.author,), without_media=without_media)
    files = sender.seal(sender.plan_seal(request), studio.work)[0].files
    reader.open_bundle(list(files), accept_unknown=False)


def _answer(studio: Studio, reader: Notebook, sender: Notebook, case: CaseId) -> None:
    """The reader tells what they hold and what they lack."""
    reader.edit(RecordId(case), {"summary": os.urandom(4).hex()})
    _hand(studio, reader, sender)


def main(argv: list[str]) -> int:
    """Photograph these screens alone."""
    from tests.shots_alone import alone  # noqa: PLC0415 - the studio takes these among its own

    return alone(argv, "build/shots-states", walk)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
