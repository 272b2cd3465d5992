"""Handover in the real window, with its real threads: sealed in one notebook, opened in another."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from notebook.errors import NotebookError
from notebook.i18n import ENGLISH, set_language
from notebook.model import CaseId
from tests.ui.window_desk import PASSPHRASE as WORDS
from tests.ui.window_desk import CheapGate, Desk
from ui.open_view import OpenView
from ui.parting import Start
from ui.rooms import Place
from ui.runner import Lane
from ui.seal_view import SealView
from ui.shell_view import ShellView

View = TypeVar("View", bound=QWidget)

EVIDENCE_BYTES = 8 * 2**20
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Folders:
    """Two notebooks that know each other, closed, and a stick between them."""

    aida: Path
    kairat: Path
    stick: Path


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    gate = CheapGate()
    made = Folders(tmp_path / "aida", tmp_path / "kairat", tmp_path / "stick")
    made.stick.mkdir()
    aida = gate.create(made.aida, WORDS, "Aida", is_low_memory=True)
    kairat = gate.create(made.kairat, WORDS, "Қайрат", is_low_memory=True)
    aida.add_contact(kairat.my_card().encode())
    kairat.add_contact(aida.my_card().encode())
    case = CaseId(aida.add("case", None, {"title": "Spring"})[0])
    interview, _changes = aida.add("interview", case, {"title": "Сұхбат"})
    aida.attach(interview, BytesIO(bytes(EVIDENCE_BYTES)), file_name="talk.bin")
    aida.close()
    kairat.close()
    yield made
    set_language(ENGLISH)


Unlock = Callable[[Path], tuple[Desk, ShellView]]


@pytest.fixture
def unlock(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Unlock]:
    """Opens windows; answers that are still under way come before the windows go."""
    desks: list[Desk] = []

    def opened(folder: Path) -> tuple[Desk, ShellView]:
        desks.append(Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder))))
        return desks[-1], desks[-1].unlock()

    yield opened
    for desk in desks:
        # An answer may ask once more.
        for _round in range(ROUNDS):
            for lane in Lane:
                assert desk.app.jobs.settle(lane, 60)
            QApplication.processEvents()


def click(button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def to_sealing(desk: Desk, window: ShellView, stick: Path) -> SealView:
    """Through the steps to the last one before sealing."""
    desk.app.go(Place(room="seal"))
    view = found(window, SealView)
    desk.until(view.what.isVisible)
    click(view.guide.on)
    desk.until(view.whom.isVisible)
    tick = view.whom.readers.first()
    assert isinstance(tick, QAbstractButton)
    click(tick)
    click(view.guide.on)
    desk.until(view.look.isVisible)
    click(view.guide.on)
    desk.until(view.where.isVisible)
    view.folder_chosen.emit(stick)
    desk.until(view.guide.on.isEnabled)
    return view


def hold_files(desk: Desk) -> threading.Event:
    """Hold the files' lane up, as a slow stick does, until the event is set."""
    release = threading.Event()
    desk.app.jobs.run(Lane.FILES, lambda _progress: release.wait(60), ignore, fail)
    return release


def ignore(_result: bool) -> None:
    """The lane goes on."""


def fail(error: NotebookError) -> None:
    raise error


def found(window: QWidget, kind: type[View]) -> View:
    (view,) = window.findChildren(kind)
    return view


def test_what_is_sealed_in_one_window_is_opened_in_the_next(
    unlock: Unlock, folders: Folders
) -> None:
    desk, window = unlock(folders.aida)
    sealing = to_sealing(desk, window, folders.stick)
    click(sealing.guide.on)
    desk.until(sealing.done.isVisible)
    (bundle,) = folders.stick.iterdir()

    desk, window = unlock(folders.kairat)
    desk.app.go(Place(room="open"))
    opening = found(window, OpenView)
    opening.files_chosen.emit([bundle])
    desk.until(opening.who.isVisible)
    click(opening.guide.on)
    desk.until(opening.what.isVisible)
    click(opening.guide.on)
    desk.until(opening.merged.isVisible)
    assert opening.merged.show_new.isVisible()


def test_cancelling_in_the_window_leaves_nothing_on_the_stick(
    unlock: Unlock, folders: Folders
) -> None:
    desk, window = unlock(folders.aida)
    sealing = to_sealing(desk, window, folders.stick)
    release = hold_files(desk)
    click(sealing.guide.on)
    assert sealing.guide.back.text() == "Cancel"
    click(sealing.guide.back)
    release.set()
    desk.until(sealing.where.isVisible)
    assert list(folders.stick.iterdir()) == []


def test_the_window_answers_while_it_seals(unlock: Unlock, folders: Folders) -> None:
    desk, window = unlock(folders.aida)
    sealing = to_sealing(desk, window, folders.stick)
    release = hold_files(desk)
    click(sealing.guide.on)
    # The sealing is under way and has not come back, and the person can go elsewhere meanwhile.
    assert sealing.strip.isVisible()
    desk.app.go(Place(room="contacts"))
    assert not sealing.isVisible()
    release.set()
    desk.until(lambda: list(folders.stick.glob("*.sealed.age")))
    desk.app.go(Place(room="seal"))
    assert sealing.isVisible()
