"""What a person does with one notebook in the tour, in the words that stand on the screen."""

from pathlib import Path

from ui.tour.driven import Difference, Driven

PASSPHRASE_FIELD = "Passphrase"


def make_notebook(window: Driven, folder: Path, name: str, passphrase: str) -> None:
    """Make a notebook from the first window on, with the sparing derivation."""
    window.click("New notebook")
    window.click("Choose…")
    window.choose_file(folder)
    window.fill("Your name in this notebook", name)
    window.fill(PASSPHRASE_FIELD, passphrase)
    window.fill("The same once more", passphrase)
    window.click("Sparing: 64 MB, for an old computer")
    window.click("Make the notebook")
    window.see("Handover")


def unlock(window: Driven, passphrase: str) -> None:
    """Unlock, and put the head words away."""
    window.fill(PASSPHRASE_FIELD, passphrase)
    window.press("Return")
    # The words go by themselves, too, before a busy machine comes to look at them.
    window.see_or("Unlocked", "Handover")
    window.press("Escape")
    window.see("Handover")


def my_card(window: Driven) -> str:
    """The text of one's own card."""
    window.click("Contacts")
    window.see("BEGIN FIELD NOTEBOOK CARD")
    return window.read("The card as text")


def add_contact(window: Driven, card: str, name: str) -> None:
    """Add somebody's card, and say that it was compared."""
    window.click("Contacts")
    window.click("Add a contact")
    window.fill("The card’s text", card)
    window.click("Add this card")
    window.see(name)
    window.click("Mark as compared")
    window.see("Compared in person")


def open_record(window: Driven, room: str, title: str) -> None:
    """Go to a list, and open the record of this title."""
    window.click(room)
    window.choose_row(room, title)
    # The row is chosen at once, and the record comes when the notebook has read it.
    window.see_in("Title", title)


def begin_record(window: Driven, title: str) -> None:
    """Wait for the empty form of a new record, and give it a title."""
    window.see("Title, safe to read aloud")
    window.fill("Title", title)


def change_field(window: Driven, name: str, text: str) -> None:
    """Write a field anew and save."""
    window.fill(name, text)
    save(window)


def save(window: Driven) -> None:
    """Save by the keyboard."""
    window.press("Ctrl+S")
    window.see("Saved")


def search(window: Driven, room: str, word: str, unlike: str) -> list[str]:
    """What a search finds; `unlike` is a row that must go from the list."""
    window.click(room)
    window.press("F3")
    window.type(word)
    window.see_gone(unlike)
    return window.rows(room)


def stop_searching(window: Driven, unlike: str) -> None:
    """Empty the search field; everything is listed again."""
    window.press("Ctrl+A")
    window.press("Delete")
    window.see(unlike)


def begin_sealing(window: Driven, reader: str) -> None:
    """Go on with a bundle for one reader up to the look at what leaves."""
    window.click("Handover")
    window.click("Seal for…")
    window.see("Which cases go?")
    window.click("Go on")
    window.see("Who is to open it?")
    window.click(reader, "words")
    window.click("Look at what leaves")
    window.see("Everything that leaves")


def finish_sealing(window: Driven, out: Path) -> Path:
    """Choose the folder and seal; the new file."""
    before = set(out.glob("*.sealed.age"))
    window.click("Go on")
    window.click("Choose a folder…")
    window.choose_file(out)
    window.click("Seal")
    window.see("Sealed, read back and whole")
    new = sorted(set(out.glob("*.sealed.age")) - before)
    if len(new) != 1:
        raise Difference(f"sealing left {len(new)} files instead of one")
    return new[0]


def begin_opening(window: Driven, bundle: Path) -> None:
    """Choose a bundle to open."""
    window.click("Handover")
    window.click("Open a bundle…")
    window.click("Choose files…")
    window.choose_file(bundle)


def open_bundle(window: Driven, bundle: Path) -> None:
    """Open a bundle up to its result."""
    begin_opening(window, bundle)
    window.see("Sealed by")
    window.click("Go on")
    window.click("Check and merge")
    window.see("Opened, checked and merged")


def extract(window: Driven, file_name: str, out: Path) -> None:
    """Write a plain copy of evidence."""
    open_record(window, "Evidence", file_name)
    window.click("Write a plain copy…")
    window.choose_file(out)
    window.see("A plain copy lies at")


def show_conflict(window: Driven) -> None:
    """Go from the result of opening to the record that two people changed."""
    window.click(window.see("Look at both: "))
