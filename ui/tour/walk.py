"""The tour itself: two notebooks, seven window processes, every step through widgets.

No Qt here: each window is a process of its own (`ui.tour.driven`), started once per unlock. Exits
with 1 at the first difference from what a person must find.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Final, TypeVar

from notebook.passphrases import new_passphrase
from ui.parting import Reason, Start
from ui.tour import people
from ui.tour.driven import Difference, Driven, screen_environment

T = TypeVar("T")

CASE: Final = "Invented case"
INTERVIEW: Final = "Invented interview with a sister"
OTHER: Final = "Invented talk about a winter"
BY_A: Final = "Title as Alma wrote it"
BY_B: Final = "Title as Berik wrote it"
PICTURE: Final = "yard.jpg"
SEARCHES: Final = {
    "Kazakh": "шекарада",
    "Uyghur": "چېگرادا",
    "Russian": "границе",
    "Chinese": "边境",
    "English": "border",
}
ACCOUNT: Final = (
    "Бұл ойдан шығарылған: інім шекарада қалды.\n"
    "توقۇلما ئۈلگە: ئىنىم چېگرادا قالدى.\n"
    "Вымышлено: брат остался на границе.\n"
    "虚构的例子：弟弟留在边境。\n"
    "Invented: my brother stayed at the border."
)
FLIPPED_AT: Final = 3
"""A copy is changed in one bit, a third of the way in."""


@dataclass(slots=True)
class Tour:
    """One walk, in a folder of its own that is thrown away, with pictures left in `out`."""

    out: Path
    work: Path
    passphrases: dict[str, str] = field(default_factory=dict)

    def window(self, name: str | None, reason: Reason | None = None) -> Driven:
        """A fresh window process, at a notebook or at the beginning."""
        start = Start(
            guard_pid=os.getpid(),
            folder=str(self.work / name) if name else None,
            reason=reason,
        )
        return Driven(screen_environment(self.work), start)

    @contextmanager
    def unlocked(self, name: str) -> Iterator[Driven]:
        """An unlocked window process; locked by F12 at the end, and gone."""
        with self.window(name) as window:
            people.unlock(window, self.passphrases[name])
            yield window
            window.lock()

    def picture(self, window: Driven, name: str) -> None:
        """Photograph a screen."""
        window.shoot(self.out / f"{name}.png")

    # The steps, in order.

    def begin(self) -> None:
        """Make notebook A, a case, an interview with evidence; lock."""
        evidence = self.work / PICTURE
        evidence.write_bytes(_sample(PICTURE))
        with self.window(None) as window:
            window.see("New notebook")
            self.picture(window, "01-first-run")
            self._make(window, "A", "Alma")
            window.click("New case")
            people.begin_record(window, CASE)
            people.save(window)
            window.click("Interviews")
            window.click("New interview")
            people.begin_record(window, INTERVIEW)
            people.change_field(window, "Account", ACCOUNT)
            window.press("Ctrl+Shift+A")
            window.choose_file(evidence)
            window.see("1 file was taken in")
            window.click("Interviews")
            window.press("Ctrl+N")
            people.begin_record(window, OTHER)
            people.save(window)
            window.lock()

    def _make(self, window: Driven, name: str, author: str) -> None:
        folder = self.work / name
        folder.mkdir(mode=0o700)
        self.passphrases[name] = new_passphrase(os.urandom)
        people.make_notebook(window, folder, author, self.passphrases[name])

    def read_back(self) -> None:
        """In a new process the text is as it was typed, and each of five searches hits."""
        with self.window("A", Reason.ASKED) as window:
            window.see("Locked: you locked it")
            self.picture(window, "02-unlock")
            people.unlock(window, self.passphrases["A"])
            self.picture(window, "03-desk")
            people.open_record(window, "Interviews", INTERVIEW)
            _same("the account", window.read("Account"), ACCOUNT)
            self.picture(window, "04-record")
            for language, word in SEARCHES.items():
                found = people.search(window, "Interviews", word, OTHER)
                if not any(INTERVIEW in row for row in found):
                    raise Difference(f"the search in {language} finds nothing")
                self.picture(window, "05-search")
                people.stop_searching(window, OTHER)
            window.lock()

    def looks(self) -> None:
        """Desk and record at night and from right to left."""
        with self.unlocked("A") as window:
            for name, choice, value, back in (
                ("dark", "Colours", "Night", "As the system"),
                ("rtl", "Direction", "Right to left", "As the language"),
            ):
                _set(window, choice, value)
                window.click("Timeline")
                self.picture(window, f"03-desk-{name}")
                people.open_record(window, "Interviews", INTERVIEW)
                self.picture(window, f"04-record-{name}")
                _set(window, choice, back)

    def exchange_cards(self) -> None:
        """Make notebook B; each adds the other's card."""
        with self.window(None) as window:
            self._make(window, "B", "Berik")
            card_of_b = people.my_card(window)
            window.lock()
        with self.unlocked("A") as window:
            card_of_a = people.my_card(window)
            people.add_contact(window, card_of_b, "Berik")
            self.picture(window, "06-contacts")
        with self.unlocked("B") as window:
            people.add_contact(window, card_of_a, "Alma")

    def seal_for_b(self) -> Path:
        """A seals everything for B."""
        with self.unlocked("A") as window:
            people.begin_sealing(window, "Berik")
            self.picture(window, "07-seal-look")
            bundle = people.finish_sealing(window, self.out)
            self.picture(window, "08-seal-done")
        return bundle

    def open_in_b(self, bundle: Path) -> Path:
        """B opens it twice, refuses a changed copy, extracts, edits and seals back."""
        with self.unlocked("B") as window:
            people.open_bundle(window, bundle)
            self.picture(window, "09-open-result")
            people.open_bundle(window, bundle)
            window.see("nothing was new and nothing was changed")
            people.begin_opening(window, _flipped(bundle, self.work))
            window.see("damaged or changed on the way")
            copy = self.work / "copy.jpg"
            people.extract(window, PICTURE, copy)
            _same("the evidence", _sha256(copy), hashlib.sha256(_sample(PICTURE)).hexdigest())
            people.open_record(window, "Interviews", INTERVIEW)
            people.change_field(window, "Title", BY_B)
            people.begin_sealing(window, "Alma")
            return people.finish_sealing(window, self.out)

    def conflict_in_a(self, bundle: Path) -> None:
        """A has changed the same field; opening shows both versions, and one save ends it."""
        with self.unlocked("A") as window:
            people.open_record(window, "Interviews", INTERVIEW)
            people.change_field(window, "Title", BY_A)
            people.open_bundle(window, bundle)
            people.show_conflict(window)
            window.see(BY_A)
            window.see(BY_B)
            self.picture(window, "10-conflict")

    def verify(self) -> None:
        """Both notebooks are whole."""
        for name, passphrase in self.passphrases.items():
            command = [sys.executable, "-P", "-m", "ui.main", "verify", str(self.work / name)]
            done = subprocess.run(
                [*command, "--passphrase-fd", "0"],
                input=passphrase.encode() + b"\n",
                env=screen_environment(self.work),
                capture_output=True,
                check=False,
            )
            if done.returncode != 0:
                raise Difference(f"verify of notebook {name} ends with {done.returncode}")


def main(argv: list[str]) -> int:
    """Walk; 0 when everything was as it must be, 1 at the first difference."""
    parser = argparse.ArgumentParser(prog="field-notebook tour", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/tour"), metavar="DIR")
    out: Path = parser.parse_args(argv).out.resolve()
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in (*out.glob("*.png"), *out.glob("*.sealed.age")):
        old.unlink()
    work = out / f"notebooks-{os.getpid()}"
    work.mkdir(mode=0o700)
    try:
        _walk(Tour(out=out, work=work))
    except Difference as difference:
        _say(f"DIFFERENCE: {difference}")
        return 1
    finally:
        shutil.rmtree(work)
    _say(f"Everything was as it must be. Pictures and bundles lie in {out}.")
    return 0


def _walk(tour: Tour) -> None:
    started = time.monotonic()
    _step("notebook A: a case, an interview, evidence; locked, its process gone", tour.begin)
    _step("text read back in a new process; five searches hit", tour.read_back)
    _step("desk and record at night and from right to left", tour.looks)
    _step("notebook B; cards exchanged and compared", tour.exchange_cards)
    to_b = _step("sealed for B, read back", tour.seal_for_b)
    to_a = _step(
        "opened in B, again 0 new, a flipped copy refused, evidence equal by SHA-256",
        lambda: tour.open_in_b(to_b),
    )
    _step("both edited: the conflict shows both", lambda: tour.conflict_in_a(to_a))
    _step("verify: both notebooks are whole", tour.verify)
    _say(f"{time.monotonic() - started:7.1f} s  in all")


def _step(words: str, work: Callable[[], T]) -> T:
    started = time.monotonic()
    result = work()
    _say(f"{time.monotonic() - started:7.1f} s  {words}")
    return result


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _set(window: Driven, choice: str, value: str) -> None:
    window.press("Ctrl+,")
    window.pick(choice, value)
    window.press("Escape")


def _same(what: str, found: str, expected: str) -> None:
    if found != expected:
        raise Difference(f"{what} is not as it was")


def _sample(name: str) -> bytes:
    return (resources.files("notebook") / "sample_data" / name).read_bytes()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flipped(bundle: Path, folder: Path) -> Path:
    content = bytearray(bundle.read_bytes())
    content[len(content) // FLIPPED_AT] ^= 1
    copy = folder / "flipped.sealed.age"
    copy.write_bytes(content)
    return copy
