"""What is photographed of a copy with pseudonyms: every step, a mark in doubt, what is covered."""

import io
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from notebook import sample
from notebook.model import CaseId
from notebook.notebook import Notebook
from ui.tour import people
from ui.tour.driven import SCREEN, Driven

LONG_WAIT_S = 60.0
CASE = "The bridge and the school (invented)"
ACCOUNT = (
    "Invented. Я знал Павла Небылина с детства. Тимку тоже. В сентябре Павла увели из школы;"
    " его жена, Ойданова, стояла в дверях. Лев сказал: у Льва нет ни веры, ни хлеба.\n\n"
    "گۈلجان: «پاتىمىنىڭ ئۆيى يېنىدا كۆردۈم» دېدى. Больше я его не видел. 吴老师也来过。\n\n"
    "Сын Ойданова работал в пекарне на улице у реки, где была вывеска с красной рыбой."
)


class Studio(Protocol):
    """What the scenes need of the studio."""

    def make(self, name: str) -> Notebook:
        """A new notebook, open."""

    def window(self, variant: str, name: str | None) -> AbstractContextManager[Driven]:
        """A window process that looks as the variant says."""

    def shoot(self, window: Driven, screen: str, variant: str) -> None:
        """One picture."""


def prepare(notebook: Notebook) -> None:
    """A case in which people are named in four scripts, with a picture and a recording."""
    picture = (Path(sample.__file__).parent / "sample_data" / "yard.jpg").read_bytes()
    case = CaseId(notebook.add("case", None, {"title": CASE})[0])
    people_of = [
        ("W-01", ["Павел Небылин", "Pavel Nebylin"]),
        ("V-01", ["گۈلجان", "Гүлжан Ойданова"]),
        ("V-02", ["پاتىمە"]),
        ("V-03", ["吴有明", "У Юмин"]),
        ("V-04", ["Лев Ойданов"]),
    ]
    witness, *_others = [
        notebook.add("person", case, {"title": name, "pseudonym": name, "names": names})[0]
        for name, names in people_of
    ]
    talk, _ = notebook.add(
        "interview",
        case,
        {
            "title": "W-01, what he saw of Павел (invented)",
            "date": "2026-02-19",
            "witness": witness,
            "people_present": ["The witness", "the brother of Павел"],
            "account": ACCOUNT,
            "interviewer_comment": "Ask again about the winter.",
        },
    )
    notebook.add("note", case, {"title": "Ask Тимка", "text": "Where did Тимка go? Ask Павел."})
    notebook.add("event", case, {"title": "The morning at the school", "date_from": "2018-04~"})
    for title, content, name in (
        ("The yard", picture, "yard.jpg"),
        ("The talk", b"OggS" + bytes(4000), "talk.ogg"),
    ):
        file, _ = notebook.attach(talk, io.BytesIO(content), file_name=name)
        notebook.edit(file, {"title": title})


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """Photograph the steps in one variant."""
    with studio.window(variant, f"copy-{variant}") as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.click("Make a copy…")
        window.see("Which of its records?")
        studio.shoot(window, "copy-what", variant)
        window.click("Look for names")
        window.see("No known name stands here")
        studio.shoot(window, "copy-read-case", variant)
        window.click("Read; the next one")
        window.see("Witness")
        studio.shoot(window, "copy-read", variant)
        window.click("Leave it…")
        window.see("Leave it as it is")
        studio.shoot(window, "copy-read-leave", variant)
        window.click("Back to the mark")
        for _mark in range(4):
            window.press("F4")
        studio.shoot(window, "copy-read-uyghur", variant)
        window.click("Back")
        window.see("You began to read")
        studio.shoot(window, "copy-begun", variant)
        window.click("Go on reading")
        window.click("Go on without the rest")
        window.see("Files of the case")
        studio.shoot(window, "copy-files", variant)
        window.click("Cover a part")
        window.see("1 part covered")
        studio.shoot(window, "copy-files-covered", variant)
        window.choose_row("Files of the case", "The talk")
        window.see("cannot change sound")
        studio.shoot(window, "copy-files-sound", variant)
        window.click("Look at the whole")
        window.see("The yard")
        window.click("Go on without the rest")
        window.see("What pseudonyms do not hide")
        studio.shoot(window, "copy-look", variant)
        window.fill("How is the copy called?", "For a partner (invented)")
        studio.shoot(window, "copy-look-name", variant)
        window.click("Make the copy")
        window.see("The copy is made")
        studio.shoot(window, "copy-done", variant)
        window.click("Handover")
        studio.shoot(window, "copy-handover", variant)


def walk_empty(studio: Studio, passphrase: str) -> None:
    """The room of a notebook without a case."""
    with studio.window("light", "empty") as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.click("Make a copy…")
        window.see("nothing to copy")
        studio.shoot(window, "copy-empty", "light")


def walk_others(studio: Studio, passphrase: str) -> None:
    """A case with 1,000 records, and one about whose records people disagree."""
    with studio.window("light", "many") as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.click("Make a copy…")
        window.see("type words of a title")
        studio.shoot(window, "copy-what-thousand", "light")
        window.click("Look for names")
        window.see("Read; the next one", wait_s=LONG_WAIT_S)
        studio.shoot(window, "copy-read-thousand", "light")
    with studio.window("light", "conflict") as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Handover")
        window.click("Make a copy…")
        window.see("Which of its records?")
        window.click("Look for names")
        window.see("People disagree", wait_s=LONG_WAIT_S)
        studio.shoot(window, "error-copy", "light")
