"""Laptops that travel, and headquarters that opens what they sealed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from notebook.environment import Environment
from notebook.handover import SealRequest
from notebook.merge import OpenResult
from notebook.mission_card import MissionCard
from notebook.model import AuthorId
from notebook.notebook import Kdf, Notebook
from tests.notebook import support_notebook as support


def environment(seed: str) -> Environment:
    """A machine that writes no memory to a disk."""
    return replace(support.environment(seed), unsafe_memory=lambda: ())


def headquarters(folder: Path) -> Notebook:
    """Headquarters with one mission."""
    made = support.create(folder, seed="headquarters", author="Headquarters")
    made.travel.new_mission()
    return made


def traveller(
    folder: Path, at_home: Notebook, *, author: str = "Aida", is_classic: bool = False
) -> Notebook:
    """A new notebook that travels for headquarters' newest mission; headquarters knows its card."""
    card = at_home.travel.missions()[-1].card.encode()
    made = Notebook.create(
        folder,
        support.PASSPHRASE,
        author_name=author,
        kdf=Kdf.TESTING,
        environment=environment(folder.name),
        mission=MissionCard.read(card, is_classic=is_classic),
    )
    at_home.add_contact(made.my_card().encode())
    return made


def session(folder: Path, seed: str) -> Notebook:
    """The next session of a notebook that travels."""
    return Notebook.unlock(folder, support.PASSPHRASE, environment=environment(seed))


def opened(at_home: Notebook, files: list[Path]) -> list[OpenResult]:
    """Headquarters opens bundles in this order."""
    return [at_home.open_bundle([path], accept_unknown=False)[0] for path in files]


def bundles(folder: Path) -> list[Path]:
    """What lies in an outbox, oldest first: the system knows, the files do not say it."""
    found = {path: path.stat() for path in (folder / "outbox").iterdir()}
    # Its clock goes in steps; of one step the number of the file tells.
    return sorted(found, key=lambda path: (found[path].st_ctime_ns, found[path].st_ino))


def whole(*readers: AuthorId) -> SealRequest:
    """All cases for these readers."""
    return SealRequest(to=readers)
