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
from dataclasses import replace
from pathlib import Path

from PIL import Image

from notebook.environment import real_environment
from notebook.handover import SealRequest
from notebook.model import CaseId
from notebook.notebook import Kdf, Notebook
from notebook.sample import make_sample
from tests import (
    shots_border,
    shots_doubt,
    shots_recording,
    shots_redact,
    shots_states,
    shots_travel,
    shots_trust,
)
from ui.parting import Reason, Start
from ui.preferences import Direction, Preferences, ThemeChoice, save_preferences
from ui.tour import people
from ui.tour.driven import SCREEN, Difference, Driven, screen_environment

PASSPHRASE = "romantic fishing ladybug olympic wrist cradle"
VARIANTS = {
    "light": Preferences(theme=ThemeChoice.LIGHT),
    "dark": Preferences(theme=ThemeChoice.DARK),
    "rtl": Preferences(theme=ThemeChoice.LIGHT, direction=Direction.RIGHT_TO_LEFT),
    "200": Preferences(theme=ThemeChoice.LIGHT, text_scale_percent=200),
}
ROOMS = {
    "Interviews": "Before anything is told.",
    "People": "How this person stands in the account.",
    "Events": "As told, as in",
    "Places": "In the words of the person who spoke.",
    "Evidence": "What can be seen or heard",
    "Notes": "Text",
    "Consents": "Who agrees, and about what.",
    "Timeline": "",
}
"""Each place of the rail, and what stands in every record of it."""

MANY = 1000
WAIT_S = 3.0
SHEET_COLUMNS = 2
THUMBNAIL = (683, 384)
UYGHUR_WORD = "مەكتەپ"
UNLIKE = "W-04, the school"
"""An interview in which that word does not stand."""

CONFLICT = "A talk that two people wrote down (invented)"
ACCOUNT_OF_ONE = "Invented. He was taken in the winter, before the bridge was closed."
ACCOUNT_OF_OTHER = "Invented. He was taken in the spring, before the bridge was closed."

WENT_ON = "A talk that two people went on writing (invented)"
ACCOUNT_BEFORE = """Invented. They came at night. We were asleep. Nobody spoke. It was cold.

توقۇلما. ئۇلار كېچىدە كەلدى. ھېچكىم گەپ قىلمىدى. قار ياغدى.

Ойдан шығарылған. Олар түнде келді. Біз ұйықтап жатқан едік. 虚构的。桥关了。我们等着。"""
ACCOUNT_ON_BY_ONE = ACCOUNT_BEFORE.replace("at night", "before dawn, four of them").replace(
    "قار ياغدى.", "قار قېلىن ياغدى."
)
ACCOUNT_ON_BY_OTHER = ACCOUNT_BEFORE.replace("Nobody spoke. ", "").replace(
    "我们等着。", "我们等了三天。"
)


class Studio:
    """Notebooks to photograph, and where the pictures go."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.work = out / "notebooks"
        self.work.mkdir(mode=0o700)
        self.missed: list[str] = []
        sample = self.make("sample")
        make_sample(sample, records=40, seed=1)
        readers = [self.make(f"reader-{variant}") for variant in VARIANTS]
        other = self.make("conflict")
        # Who has not opened the bundle yet, when the others have.
        others = [self.make(f"exchange-{variant}") for variant in VARIANTS]
        for reader in (*readers, *others, other):
            sample.add_contact(reader.my_card().encode())
            reader.add_contact(sample.my_card().encode())
        self.bundle = self._sealed(sample)
        self._disagree(sample, other)
        for reader in others:
            reader.close()
        for variant, reader in zip(VARIANTS, readers, strict=True):
            self._make_small(f"small-{variant}", reader.my_card().encode())
            reader.close()
            self._make_lost(f"lost-{variant}")
        other.close()
        damaged = bytearray(self.bundle.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        self.damaged = self.work / "damaged.sealed.age"
        self.damaged.write_bytes(damaged)
        sample.close()
        self.make("empty").close()
        for variant in VARIANTS:
            copied = self.make(f"copy-{variant}")
            shots_redact.prepare(copied)
            copied.close()
        shots_travel.prepare(self.work, PASSPHRASE, [f"travel-{variant}" for variant in VARIANTS])
        many = self.make("many")
        make_sample(many, records=MANY, seed=2)
        many.close()

    def make(self, name: str, author: str = "") -> Notebook:
        """A new notebook, open."""
        return Notebook.create(
            self.work / name,
            PASSPHRASE,
            # Nobody may have two contacts of one name without a word.
            author_name=author or name.replace("-", " ").capitalize(),
            kdf=Kdf.LOW_MEMORY,
            environment=real_environment(),
        )

    def reopen(self, name: str) -> Notebook:
        """A notebook that was closed."""
        return Notebook.unlock(self.work / name, PASSPHRASE, environment=real_environment())

    def _sealed(self, notebook: Notebook) -> Path:
        """Everything that may leave, for every contact."""
        request = SealRequest(to=tuple(contact.id for contact in notebook.contacts()))
        refusals = notebook.plan_seal(request).refusals
        refused = frozenset(notice.record for notice in refusals if notice.record)
        result, _ = notebook.seal(
            notebook.plan_seal(replace(request, leave_out=refused)), self.work
        )
        return result.files[0]

    def _disagree(self, one: Notebook, other: Notebook) -> None:
        """Have both write other things into one interview, and the other see it."""
        other.open_bundle([self.bundle], accept_unknown=False)
        shared = {row.id for row in other.rows(type="interview")}
        row = next(row for row in one.rows(type="interview") if row.id in shared)
        before = {"title": WENT_ON, "account": ACCOUNT_BEFORE}
        went_on, _ = one.add("interview", row.case, before)
        other.open_bundle([self._sealed(one)], accept_unknown=False)
        one.edit(went_on, {"account": ACCOUNT_ON_BY_ONE})
        other.edit(went_on, {"account": ACCOUNT_ON_BY_OTHER})
        one.edit(row.id, {"title": CONFLICT, "account": ACCOUNT_OF_ONE})
        other.edit(row.id, {"title": f"{CONFLICT}, read again", "account": ACCOUNT_OF_OTHER})
        other.open_bundle([self._sealed(one)], accept_unknown=False)

    def _make_small(self, name: str, card: str) -> None:
        """A notebook that can be sealed without leaving anything out."""
        notebook = self.make(name)
        case, _ = notebook.add("case", None, {"title": "توقۇلما ئىش (invented)"})
        notebook.add("interview", CaseId(case), {"title": "توقۇلما سۆھبەت (invented)"})
        notebook.add_contact(card)
        notebook.close()

    def _make_lost(self, name: str) -> None:
        """A notebook whose database is older than its last commit."""
        notebook = self.make(name)
        notebook.add("case", None, {"title": "Kept (invented)"})
        notebook.close()
        kept = (self.work / name / "notebook.db").read_bytes()
        notebook = Notebook.unlock(self.work / name, PASSPHRASE, environment=real_environment())
        notebook.add("case", None, {"title": "Lost (invented)"})
        notebook.close()
        (self.work / name / "notebook.db").write_bytes(kept)

    @contextmanager
    def scene(self, name: str) -> Iterator[None]:
        """What goes wrong in a scene is told at the end; the next one is played."""
        try:
            yield
        except Difference as difference:
            self.missed.append(f"{name}: {difference}")

    @contextmanager
    def window(
        self,
        variant: str,
        name: str | None,
        reason: Reason = Reason.ASKED,
        *,
        words: tuple[str, ...] = (),
        idle_minutes: int = 0,
        module: str = "ui.tour.window",
    ) -> Iterator[Driven]:
        """A window process that looks as the variant says; `words` are those of the lock."""
        home = self.work / f"home-{variant}"
        home.mkdir(mode=0o700, exist_ok=True)
        preferences = home / "config" / "field-notebook" / "preferences.json"
        preferences.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        save_preferences(preferences, VARIANTS[variant])
        folder = str(self.work / name) if name else None
        start = Start(
            guard_pid=os.getpid(),
            folder=folder,
            reason=reason if name else None,
            words=words,
            idle_minutes=idle_minutes,
        )
        with Driven(screen_environment(home), start, module) as window:
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
        _unlock(window)
        before: list[str] = []
        for room, inside in ROOMS.items():
            window.click(room)
            # In a narrow window the list stands behind the record, and there is no row to choose.
            if rows := _rows_after(window, room, before):
                window.choose_row(room, rows[0])
                before = rows
                if inside:
                    window.see(inside)
            studio.shoot(window, room.lower(), variant)
        with studio.scene(f"search--{variant}"):
            _search(studio, window, variant)
        with studio.scene(f"record--{variant}"):
            _record(studio, window, variant)
        for keys, screen in (("Ctrl+,", "settings"), ("Ctrl+K", "actions"), ("F1", "keys")):
            window.press(keys)
            studio.shoot(window, screen, variant)
            window.press("Escape")
        window.click("Contacts")
        window.see("BEGIN FIELD NOTEBOOK CARD")
        studio.shoot(window, "contacts", variant)
        shots_trust.choose_contact(window, variant, f"Reader {variant}")
        window.see("Mark as compared")
        studio.shoot(window, "contact-new", variant)
        if variant == "200":
            window.click("Back to the list")
            studio.shoot(window, "contacts-list", variant)
        window.click("Handover")
        window.see(f"{2 * len(VARIANTS) + 1} contacts")
        studio.shoot(window, "handover", variant)
        people.begin_sealing(window, f"Reader {variant}")
        studio.shoot(window, "seal-look", variant)
        with studio.scene(f"seal-record--{variant}"):
            window.choose_row("Everything that leaves", "first talk")
            window.see("What goes of it")
            studio.shoot(window, "seal-record", variant)
            window.press("Escape")
        with studio.scene(f"withdrawals--{variant}"):
            window.click("Handover")
            window.click("Withdrawals…")
            window.see("Nothing was withdrawn")
            studio.shoot(window, "withdrawals", variant)
    with studio.scene(f"travel--{variant}"):
        shots_travel.walk(studio, variant, PASSPHRASE, SCREEN)
    with studio.scene(f"seal--{variant}"):
        _seal(studio, variant)
    with studio.scene(f"open--{variant}"):
        _open(studio, variant)
    with studio.scene(f"exchange--{variant}"):
        _exchange(studio, variant)
    with studio.scene(f"copy--{variant}"):
        shots_redact.walk(studio, variant, PASSPHRASE)
    with studio.scene(f"trust--{variant}"):
        shots_trust.walk(studio, variant, PASSPHRASE)
    with studio.scene(f"doubt--{variant}"):
        shots_doubt.walk(studio, variant, PASSPHRASE)
    with studio.scene(f"border--{variant}"):
        shots_border.walk(studio, variant, PASSPHRASE)
    shots_states.walk(studio, variant, PASSPHRASE)
    with studio.scene(f"recording--{variant}"):
        shots_recording.walk(studio, variant, PASSPHRASE)
    with studio.scene(f"conflict--{variant}"):
        _conflict(studio, variant)
    with studio.scene(f"proposal--{variant}"):
        _proposal(studio, variant)
    with studio.scene(f"lost--{variant}"):
        _lost(studio, variant)


def _unlock(window: Driven) -> None:
    """Unlock, and fill the screen of a cheap laptop."""
    people.unlock(window, PASSPHRASE)
    window.resize(*SCREEN)


def _rows_after(window: Driven, room: str, before: list[str]) -> list[str]:
    """The rows of a room, once they are no longer those of the room before; none if none come."""
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        rows = window.rows(room)
        if rows and rows != before:
            return rows
    return []


def _search(studio: Studio, window: Driven, variant: str) -> None:
    """A search in Arabic script, and the account that it finds."""
    window.click("Interviews")
    window.see(UNLIKE)
    found = people.search(window, "Interviews", UYGHUR_WORD, UNLIKE)
    studio.shoot(window, "search", variant)
    window.choose_row("Interviews", found[0])
    window.see_in("Title", found[0].partition(",")[0])
    window.click("Account")
    studio.shoot(window, "interview-uyghur", variant)


def _record(studio: Studio, window: Driven, variant: str) -> None:
    """Evidence, links and history beside a record; an empty form."""
    window.click("Interviews")
    window.press("F3")
    window.press("Ctrl+A")
    window.press("Delete")
    window.choose_row("Interviews", "first talk")
    window.click("Evidence and links (1)")
    studio.shoot(window, "drawer", variant)
    window.press("Ctrl+N")
    window.see("Title, safe to read aloud")
    studio.shoot(window, "new-interview", variant)


def _seal(studio: Studio, variant: str) -> None:
    out = studio.work / f"out-{variant}"
    out.mkdir(mode=0o700)
    with studio.window(variant, f"small-{variant}") as window:
        window.fill(people.PASSPHRASE_FIELD, PASSPHRASE)
        window.press("Return")
        window.see("Unlocked")
        studio.shoot(window, "unlocked", variant)
        window.press("Escape")
        window.see("Handover")
        window.resize(*SCREEN)
        window.click("Handover")
        window.click("Seal for…")
        window.see("Which cases go?")
        studio.shoot(window, "seal-what", variant)
        window.click("Only some records:")
        window.see("Words that stand in the record")
        studio.shoot(window, "seal-records", variant)
        window.click("All cases")
        window.click("Go on")
        window.see("Who is to open it?")
        studio.shoot(window, "seal-whom", variant)
        window.click(f"Reader {variant}", "words")
        window.click("Look at what leaves")
        window.see("Everything that leaves")
        people.finish_sealing(window, out)
        studio.shoot(window, "seal-done", variant)


def _open(studio: Studio, variant: str) -> None:
    with studio.window(variant, f"reader-{variant}") as window:
        _unlock(window)
        people.begin_opening(window, studio.damaged)
        window.see("Sealed with")
        window.click("Go on")
        window.click("Check and merge")
        window.see("damaged or changed")
        studio.shoot(window, "error-bundle", variant)
        people.begin_opening(window, studio.bundle)
        window.see("Sealed with")
        studio.shoot(window, "open-who", variant)
        window.click("Go on")
        studio.shoot(window, "open-what", variant)
        window.click("Check and merge")
        window.see("Opened, checked and merged")
        studio.shoot(window, "open-merged", variant)


def _exchange(studio: Studio, variant: str) -> None:
    shared = studio.work / f"shared-{variant}"
    shared.mkdir(mode=0o700)
    shutil.copy(studio.bundle, shared / studio.bundle.name)
    shutil.copy(studio.damaged, shared / f"{'a' * 26}.sealed.age")
    with studio.window(variant, f"exchange-{variant}") as window:
        _unlock(window)
        window.click("Handover")
        window.click("Exchange folder…")
        studio.shoot(window, "exchange-empty", variant)
        window.click("Choose a folder…")
        window.choose_file(shared)
        window.see("since you unlocked")
        studio.shoot(window, "exchange", variant)


def _conflict(studio: Studio, variant: str) -> None:
    with studio.window(variant, "conflict") as window:
        _unlock(window)
        window.choose_row("Interviews", CONFLICT)
        window.see("Compare titles")
        studio.shoot(window, "record-in-conflict", variant)
        window.press("Ctrl+K")
        window.type("Settle the conflict")
        window.press("Return")
        window.see("People wrote different things here")
        studio.shoot(window, "conflict", variant)


def _proposal(studio: Studio, variant: str) -> None:
    with studio.window(variant, "conflict") as window:
        _unlock(window)
        window.choose_row("Interviews", WENT_ON)
        window.see_in("Title", WENT_ON)
        window.press("Ctrl+K")
        window.type("Settle the conflict")
        window.press("Return")
        window.see("a proposal stands below")
        studio.shoot(window, "conflict-proposal", variant)
        window.click("Go to the proposal")
        studio.shoot(window, "conflict-proposal-below", variant)
        window.click("Put the proposal aside")
        window.see("The proposal is put aside.")
        studio.shoot(window, "conflict-proposal-aside", variant)


def _lost(studio: Studio, variant: str) -> None:
    with studio.window(variant, f"lost-{variant}") as window:
        _unlock(window)
        window.see("1 entry is lost")
        studio.shoot(window, "lost-strip", variant)
        window.click("Show")
        window.see("I know of this")
        studio.shoot(window, "lost-known", variant)
        window.click("I know of this")
        window.see(
            "All is well",
        )
        studio.shoot(window, "lost-acknowledged", variant)


def _thousand_results(studio: Studio, name: str, variant: str) -> None:
    """An exchange folder in which nothing is as it should be."""
    shared = studio.work / f"thousand-{variant}"
    shared.mkdir(mode=0o700)
    for number in range(MANY):
        (shared / f"{number:026}.sealed.age").write_bytes(b"age-encryption.org/v1\nnot a bundle\n")
    with studio.window(variant, name) as window:
        _unlock(window)
        window.click("Handover")
        window.click("Exchange folder…")
        window.click("Choose a folder…")
        window.choose_file(shared)
        window.see(f"{MANY:,} bundles since you unlocked")
        studio.shoot(window, "thousand-exchange", variant)


def _others(studio: Studio) -> None:
    with studio.window("light", "empty") as window:
        _unlock(window)
        for room in ("Interviews", "Evidence", "Contacts", "Handover"):
            window.click(room)
            if room == "Contacts":
                window.see("BEGIN FIELD NOTEBOOK CARD")
            studio.shoot(window, f"empty-{room.lower()}", "light")
    with studio.scene("copy-empty"):
        shots_redact.walk_empty(studio, PASSPHRASE)
        shots_redact.walk_others(studio, PASSPHRASE)
    with studio.window("light", "many") as window:
        _unlock(window)
        window.click("Timeline")
        window.see("1,000 records")
        studio.shoot(window, "thousand-timeline", "light")
        window.press("F3")
        window.type("invented")
        studio.shoot(window, "thousand-search", "light")
    with studio.scene("thousand-exchange"):
        _thousand_results(studio, "many", "light")


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
