"""What is photographed of doubt: look-alikes, twins of records, who must be told, half a seal."""

import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.progress import Silent
from tests.notebook.support_exchange import Author, forged, log_of
from tests.shots_trust import Studio
from ui.tour import people
from ui.tour.driven import SCREEN

ELSEWHERE = CaseId("ab" * 16)


@dataclass(frozen=True, slots=True)
class Brought:
    """What is brought to the reader."""

    strangers: Path
    """A bundle by somebody with the looks of a contact."""
    files: Path
    """A bundle that brings nothing but a file."""
    own: Path
    """A bundle by somebody with the reader's own name."""
    card: Path
    """The card of the same."""


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """Photograph the screens of doubt in one variant."""
    reader = f"doubt-{variant}"
    brought = _prepare(studio, reader, variant)
    with studio.window(variant, reader) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Interviews")
        window.choose_row("Interviews", "The bridge (invented)")
        window.see("Before anything is told.")
        studio.shoot(window, "twins", variant)
        window.click("Handover")
        window.see("was interrupted at the very end")
        studio.shoot(window, "handover-interrupted", variant)
        window.click("Withdrawals…")
        window.see("Who must be told")
        studio.shoot(window, "withdrawals-told", variant)
        people.begin_sealing(window, f"Third {variant}")
        window.see("waits for your word")
        studio.shoot(window, "seal-waiting", variant)
        people.begin_opening(window, brought.files)
        window.see("Sealed with")
        window.click("Go on")
        window.click("Check and merge")
        window.see("arrived that was missing")
        studio.shoot(window, "open-files", variant)
        window.click("Contacts")
        if variant == "200":
            # One's own card has taken the place of the list where letters are large.
            window.click("Back to the list")
        window.click("Add a contact")
        window.click("Take the card from files…")
        window.choose_file(brought.card)
        window.see("your own name")
        studio.shoot(window, "contact-own-name", variant)
        people.begin_opening(window, brought.own)
        window.see("This is not you")
        studio.shoot(window, "open-own-name", variant)
        window.click("Keep it for later")
        people.begin_opening(window, brought.strangers)
        window.see("This is somebody else")
        studio.shoot(window, "open-lookalike", variant)
        window.click("Keep it for later")
        window.click("Handover")
        window.click("Look at what waits in quarantine")
        window.see("whom you know")
        window.see("This is not you")
        studio.shoot(window, "quarantine-lookalike", variant)


def _prepare(studio: Studio, name: str, variant: str) -> Brought:
    """A reader, their helper, and strangers with the looks of both."""
    reader, helper = studio.make(name), studio.make(f"helper-{variant}")
    # The first two letters are Cyrillic, and so is what stands where the l was.
    twin = f"Не\u04cfper-{variant}"
    third, stranger = studio.make(f"third-{variant}"), studio.make(twin)
    own = studio.make(f"own-{variant}", author=reader.author_name)
    own.trust.add_contact(reader.my_card().encode(), may_share_name=True)
    pairs = (
        (reader, helper),
        (reader, third),
        (helper, reader),
        (helper, third),
        (stranger, reader),
    )
    for one, other in pairs:
        one.add_contact(other.my_card().encode())
    case = CaseId(reader.add("case", None, {"title": "Spring (invented)"})[0])
    withdrawn, _ = reader.add("interview", case, {"title": "First talk (invented)"})
    asked, _ = reader.add("interview", case, {"title": "Asked back (invented)"})
    claimed, _ = reader.add("interview", case, {"title": "The bridge (invented)"})
    theirs = CaseId(helper.add("case", None, {"title": "Autumn (invented)"})[0])
    heard, _ = helper.add("interview", theirs, {"title": "Heard (invented)"})
    helper.attach(heard, BytesIO(b"invented"), file_name="voice (invented).bin")
    _hand(studio, helper, reader, without_media=True)
    told, _ = reader.add("interview", theirs, {"title": "Told to us (invented)"})
    _hand(studio, reader, helper)
    _sealed(studio, helper, third)
    helper.withdraw([asked], "The family asked (invented).")
    for each in (case, theirs):
        helper.edit(RecordId(each), {"summary": "Passed on (invented)."})
    _hand(studio, helper, reader, without_media=True)
    entry = Author(helper, ELSEWHERE).write(
        claimed, {"_type": "interview", "title": "The bridge, told otherwise (invented)"}
    )
    path = studio.work / f"claim-{variant}.sealed.age"
    reader.open_bundle([forged(helper, reader, path, log_of(entry))], accept_unknown=False)
    reader.withdraw([withdrawn, told], "asked")
    # Noted, and then the computer went off.
    plan = reader.plan_seal(SealRequest(to=(helper.author,), is_full=True, cases=(theirs,)))
    written = reader.write_sealed(plan, studio.work, Silent())
    reader.note_sealed(written)
    written.drop()
    stranger.add("case", None, {"title": "From elsewhere (invented)"})
    own.add("case", None, {"title": "From nowhere (invented)"})
    card = studio.work / f"own-{variant}.card"
    card.write_text(own.my_card().encode(), encoding="ascii")
    brought = Brought(
        strangers=_sealed(studio, stranger, reader)[0],
        files=_sealed(studio, helper, reader)[0],
        own=_sealed(studio, own, reader)[0],
        card=card,
    )
    for notebook in (reader, helper, third, stranger, own):
        notebook.close()
    shutil.rmtree(studio.work / twin)
    return brought


def _sealed(
    studio: Studio, sender: Notebook, reader: Notebook, *, without_media: bool = False
) -> list[Path]:
    plan = sender.plan_seal(SealRequest(to=(reader.author,), without_media=without_media))
    return list(sender.seal(plan, studio.work)[0].files)


def _hand(
    studio: Studio, sender: Notebook, reader: Notebook, *, without_media: bool = False
) -> None:
    files = _sealed(studio, sender, reader, without_media=without_media)
    reader.open_bundle(files, accept_unknown=False)
