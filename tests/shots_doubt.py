"""What is photographed of doubt: look-alikes, twins of records, who must be told, half a seal."""

import shutil
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


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """Photograph the screens of doubt in one variant."""
    reader = f"doubt-{variant}"
    strangers, files = _prepare(studio, reader, variant)
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
        people.begin_opening(window, files)
        window.see("Sealed with")
        window.click("Go on")
        window.click("Check and merge")
        window.see("arrived that was missing")
        studio.shoot(window, "open-files", variant)
        people.begin_opening(window, strangers)
        window.see("This is somebody else")
        studio.shoot(window, "open-lookalike", variant)
        window.click("Keep it for later")
        window.click("Handover")
        window.click("Look at what waits in quarantine")
        window.see("whom you know")
        studio.shoot(window, "quarantine-lookalike", variant)


def _prepare(studio: Studio, name: str, variant: str) -> tuple[Path, Path]:
    """A reader, and a stranger with the looks of their helper; the stranger’s bundle, and files."""
    reader, helper = studio.make(name), studio.make(f"helper-{variant}")
    # The first two letters are Cyrillic, and so is what stands where the l was.
    twin = f"Не\u04cfper-{variant}"
    third, stranger = studio.make(f"third-{variant}"), studio.make(twin)
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
    (strangers,), (files,) = _sealed(studio, stranger, reader), _sealed(studio, helper, reader)
    for notebook in (reader, helper, third, stranger):
        notebook.close()
    shutil.rmtree(studio.work / twin)
    return strangers, files


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
