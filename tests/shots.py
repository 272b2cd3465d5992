"""Photograph every screen for review: `python -m tests.shots [DIR]`, by default `build/shots`.

Each variant is a window process of its own, walked through by its widgets: light, dark, right to
left, 200 % text; beside them an empty notebook, one with 1,000 records, and errors. The contact
sheets tile the pictures of one screen, so that a reviewer sees a screen's variants at once.
"""

import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from notebook.environment import real_environment
from notebook.handover import SealRequest
from notebook.notebook import Kdf, Notebook
from notebook.sample import make_sample
from ui.parting import Reason, Start
from ui.preferences import Direction, Preferences, ThemeChoice, save_preferences
from ui.tour import people
from ui.tour.driven import Difference, Driven, screen_environment

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
VARIANTS = {
    "light": Preferences(theme=ThemeChoice.LIGHT),
    "dark": Preferences(theme=ThemeChoice.DARK),
    "rtl": Preferences(theme=ThemeChoice.LIGHT, direction=Direction.RIGHT_TO_LEFT),
    "200": Preferences(theme=ThemeChoice.LIGHT, text_scale_percent=200),
}
ROOMS = ("Interviews", "People", "Events", "Places", "Evidence", "Notes", "Consents", "Timeline")
MANY = 1000
WAIT_S = 3.0
SHEET_COLUMNS = 2
THUMBNAIL = (683, 384)


class Studio:
    """Notebooks to photograph, and where the pictures go."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.work = out / "notebooks"
        self.work.mkdir(mode=0o700)
        self.missed: list[str] = []
        sample, self.reader = self._make("sample"), self._make("reader")
        make_sample(sample, records=40, seed=1)
        sample.add_contact(self.reader.my_card().encode())
        self.reader.add_contact(sample.my_card().encode())
        contact = sample.contacts()[0]
        plan = sample.plan_seal(SealRequest(to=(contact.id,)))
        refused = frozenset(notice.record for notice in plan.refusals if notice.record)
        request = SealRequest(to=(contact.id,), leave_out=refused)
        result, _ = sample.seal(sample.plan_seal(request), self.work)
        self.bundle = result.files[0]
        damaged = bytearray(self.bundle.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        self.damaged = self.work / "damaged.sealed.age"
        self.damaged.write_bytes(damaged)
        sample.close()
        self.reader.close()
        self._make("empty").close()
        many = self._make("many")
        make_sample(many, records=MANY, seed=2)
        many.close()

    def _make(self, name: str) -> Notebook:
        return Notebook.create(
            self.work / name,
            PASSPHRASE,
            author_name=name.capitalize(),
            kdf=Kdf.LOW_MEMORY,
            environment=real_environment(),
        )

    @contextmanager
    def window(self, variant: str, name: str | None) -> Iterator[Driven]:
        """A window process that looks as the variant says."""
        home = self.work / f"home-{variant}"
        home.mkdir(mode=0o700, exist_ok=True)
        preferences = home / "config" / "field-notebook" / "preferences.json"
        preferences.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        save_preferences(preferences, VARIANTS[variant])
        folder = str(self.work / name) if name else None
        start = Start(guard_pid=os.getpid(), folder=folder, reason=Reason.ASKED if name else None)
        with Driven(screen_environment(home), start) as window:
            yield window

    def shoot(self, window: Driven, screen: str, variant: str) -> None:
        """One picture; what cannot be had is told at the end and does not stop the others."""
        try:
            window.shoot(self.out / f"{screen}--{variant}.png")
        except Difference as difference:
            self.missed.append(f"{screen}--{variant}: {difference}")


def _walk(studio: Studio, variant: str) -> None:
    with studio.window(variant, None) as window:
        window.see("New notebook")
        studio.shoot(window, "first-run", variant)
        window.click("New notebook")
        studio.shoot(window, "new-notebook", variant)
    with studio.window(variant, "sample") as window:
        window.see("Locked")
        studio.shoot(window, "unlock", variant)
        window.fill(people.PASSPHRASE_FIELD, "not the passphrase")
        window.press("Return")
        window.see("does not open")
        studio.shoot(window, "error-passphrase", variant)
        people.unlock(window, PASSPHRASE)
        before: list[str] = []
        for room in ROOMS:
            window.click(room)
            # In a narrow window the list stands behind the record, and there is no row to choose.
            if rows := _rows_after(window, room, before):
                window.choose_row(room, rows[0])
                before = rows
            studio.shoot(window, room.lower(), variant)
        _uyghur(studio, window, variant)
        for keys, screen in (("Ctrl+,", "settings"), ("Ctrl+K", "actions"), ("F1", "keys")):
            window.press(keys)
            studio.shoot(window, screen, variant)
            window.press("Escape")
        window.click("Contacts")
        studio.shoot(window, "contacts", variant)
        people.begin_sealing(window, "Reader")
        studio.shoot(window, "seal-look", variant)
        window.click("Handover")
        studio.shoot(window, "handover", variant)


def _rows_after(window: Driven, room: str, before: list[str]) -> list[str]:
    """The rows of a room, once they are no longer those of the room before; none if none come."""
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        rows = window.rows(room)
        if rows and rows != before:
            return rows
    return []


def _uyghur(studio: Studio, window: Driven, variant: str) -> None:
    """A record in Arabic script."""
    before = window.rows("Timeline")
    window.click("Interviews")
    rows = _rows_after(window, "Interviews", before)
    arabic = [row for row in rows if any("\u0600" <= c <= "\u06ff" for c in row)]
    if arabic:
        window.choose_row("Interviews", arabic[0])
        studio.shoot(window, "interview-uyghur", variant)


def _others(studio: Studio) -> None:
    with studio.window("light", "empty") as window:
        people.unlock(window, PASSPHRASE)
        for room in ("Interviews", "Evidence", "Contacts", "Handover"):
            window.click(room)
            studio.shoot(window, f"empty-{room.lower()}", "light")
    with studio.window("light", "many") as window:
        people.unlock(window, PASSPHRASE)
        window.click("Timeline")
        studio.shoot(window, "thousand-timeline", "light")
        window.press("F3")
        window.type("a")
        studio.shoot(window, "thousand-search", "light")
    with studio.window("light", "reader") as window:
        people.unlock(window, PASSPHRASE)
        people.begin_opening(window, studio.damaged)
        window.see("Sealed with")
        window.click("Go on")
        window.click("Check and merge")
        window.see("damaged or changed")
        studio.shoot(window, "error-bundle", "light")
        people.begin_opening(window, studio.bundle)
        window.see("Sealed with")
        studio.shoot(window, "open-who", "light")
        window.click("Go on")
        studio.shoot(window, "open-what", "light")
        window.click("Check and merge")
        window.see("Opened, checked and merged")
        studio.shoot(window, "open-merged", "light")


def _sheets(out: Path) -> None:
    """Tile the variants of each screen."""
    screens: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(out.glob("*--*.png")):
        screens[path.stem.partition("--")[0]].append(path)
    for screen, paths in screens.items():
        if len(paths) < SHEET_COLUMNS:
            continue
        lines = -(-len(paths) // SHEET_COLUMNS)
        sheet = Image.new("RGB", (SHEET_COLUMNS * THUMBNAIL[0], lines * THUMBNAIL[1]), "#777777")
        for place, path in enumerate(paths):
            with Image.open(path) as picture:
                small = picture.convert("RGB").resize(THUMBNAIL)
            line, column = divmod(place, SHEET_COLUMNS)
            sheet.paste(small, (column * THUMBNAIL[0], line * THUMBNAIL[1]))
        sheet.save(out / f"sheet-{screen}.png")


def main(argv: list[str]) -> int:
    """Photograph everything; 1 when a picture could not be had or lacks a glyph."""
    out = Path(argv[0] if argv else "build/shots").resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    started = time.monotonic()
    studio = Studio(out)
    try:
        for variant in VARIANTS:
            _walk(studio, variant)
            print(f"{time.monotonic() - started:6.1f} s  {variant}", flush=True)
        _others(studio)
        _sheets(out)
    except Difference as difference:
        studio.missed.append(str(difference))
    finally:
        shutil.rmtree(studio.work)
    for missed in studio.missed:
        print(f"MISSED {missed}")
    print(f"{len(list(out.glob('*--*.png')))} pictures in {out}")
    return 1 if studio.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
