"""What is photographed of trust: notices, quarantine, a contact who is known well, a stranger."""

import io
import shutil
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from notebook.handover import SealRequest
from notebook.model import CaseId
from notebook.notebook import Notebook
from tests.notebook.support_exchange import Author, forged, log_of
from ui.tour import people
from ui.tour.driven import SCREEN, Driven

NOTICE = "has entries signed by you that are not here"


class Studio(Protocol):
    """What the scenes need of the studio."""

    work: Path

    def make(self, name: str, author: str = "") -> Notebook:
        """A new notebook, open."""

    def reopen(self, name: str) -> Notebook:
        """A notebook that was closed."""

    def window(self, variant: str, name: str | None) -> AbstractContextManager[Driven]:
        """A window process that looks as the variant says."""

    def shoot(self, window: Driven, screen: str, variant: str) -> None:
        """One picture."""


def walk(studio: Studio, variant: str, passphrase: str) -> None:
    """Photograph the screens of trust in one variant."""
    reader = f"trust-{variant}"
    newest, strangers = _prepare(studio, reader, variant)
    with studio.window(variant, reader) as window:
        people.unlock(window, passphrase)
        window.resize(*SCREEN)
        window.click("Contacts")
        choose_contact(window, variant, "Sender")
        window.see("What they are known to have")
        studio.shoot(window, "contact", variant)
        people.begin_opening(window, newest)
        window.see("other keys came with it")
        studio.shoot(window, "open-other-card", variant)
        window.click("Go on")
        window.click("Check and merge")
        window.see(NOTICE)
        studio.shoot(window, "open-merged-notices", variant)
        people.begin_opening(window, strangers)
        window.see("You do not know who sealed this")
        studio.shoot(window, "open-stranger", variant)
        window.click("Keep it for later")
        window.see("It waits in quarantine")
        window.click("Handover")
        window.see(NOTICE)
        studio.shoot(window, "handover-notices", variant)
        window.click("Look at what waits in quarantine")
        window.see("Sealed by somebody who calls themselves")
        studio.shoot(window, "quarantine", variant)
        window.click("Contacts")
        choose_contact(window, variant, "Sender")
        window.see("brought a card with other keys")
        studio.shoot(window, "contact-other-card", variant)
        window.click("Look at the other card…")
        window.see("Stop and ask first")
        studio.shoot(window, "contact-doubt", variant)


def choose_contact(window: Driven, variant: str, name: str) -> None:
    """Choose somebody in the list, which a card has taken the place of where letters are large."""
    if variant == "200":
        window.click("Back to the list")
    window.choose_row("Contacts", name)


def _prepare(studio: Studio, name: str, variant: str) -> tuple[Path, Path]:
    """A reader who was rolled back, a newer bundle with another card, and a stranger's bundle."""
    reader, sender = studio.make(name), studio.make(f"sender-{variant}")
    stranger = studio.make(f"stranger-{variant}")
    for one, other in ((reader, sender), (sender, reader)):
        one.add_contact(other.my_card().encode())
        one.mark_compared(other.author)
    case = CaseId(sender.add("case", None, {"title": "Spring (invented)"})[0])
    interview, _ = sender.add("interview", case, {"title": "First talk (invented)"})
    reader.open_bundle(_sealed(studio, sender, reader), accept_unknown=False)
    sender.open_bundle(_sealed(studio, reader, sender, is_receipt=True), accept_unknown=False)
    sender.attach(interview, io.BytesIO(b"sound"), file_name="talk.ogg")
    # What the reader writes from here on is lost with this folder.
    reader.close()
    kept = studio.work / f"kept-{variant}"
    shutil.copytree(studio.work / name, kept)
    lost = studio.reopen(name)
    lost.add("note", case, {"title": "Lost (invented)"})
    sender.open_bundle(_sealed(studio, lost, sender), accept_unknown=False)
    _sealed(studio, sender, lost)
    identity, other_keys = sender._core.identity, stranger._core.identity
    card = replace(identity, classic=other_keys.classic, hybrid=other_keys.hybrid).card()
    tips = {lost.author: [lost.history(row.id)[-1].entry for row in lost.rows(type="note")]}
    newest = forged(
        sender,
        lost,
        studio.work / f"newest-{variant}.sealed.age",
        log_of(Author(sender, CaseId("ab" * 16)).note()),
        card=card.encode().encode(),
        said={"have": {"ab" * 16: {"tips": tips, "lacks": []}}},
    )
    stranger.add_contact(lost.my_card().encode())
    stranger.add("case", None, {"title": "From elsewhere (invented)"})
    (strangers,) = _sealed(studio, stranger, lost)
    for notebook in (lost, sender, stranger):
        notebook.close()
    shutil.rmtree(studio.work / name)
    kept.rename(studio.work / name)
    return newest, strangers


def _sealed(
    studio: Studio, sender: Notebook, reader: Notebook, *, is_receipt: bool = False
) -> list[Path]:
    request = SealRequest(to=(reader.author,), is_receipt=is_receipt)
    return list(sender.seal(sender.plan_seal(request), studio.work)[0].files)
