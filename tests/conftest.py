"""The conditions every test runs under: no network, no screen, no hurry, repeatable in CI."""

import os
from functools import partial
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from notebook.i18n import ENGLISH, set_language
from tests.support import effort, is_ci
from ui.style.look import interface_font, palette
from ui.style.stylesheet import stylesheet
from ui.style.tokens import LIGHT

LONGEST_FIRST: Final = ("faults", "journeys", "ui")
"""Folders whose files take long; what is small fills the gaps at the end."""

ORDINARY_PERCENT: Final = 100
"""How large letters are."""

PATIENCE_MS: Final = 60_000
"""How long a window is waited for: a machine may be slow or stand still for a while."""


def pytest_configure() -> None:
    """Choose the platform and the Hypothesis profile before a test is imported."""
    # Tests that need real keys and a real display start the program in a process of its own.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    settings.register_profile(
        "field-notebook",
        deadline=None,
        derandomize=is_ci(),
        max_examples=100 * effort(),
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("field-notebook")


def lay_ordinary_look(application: QApplication) -> None:
    """Begin every test with the same look and language, whatever the one before it chose."""
    application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    sheet = stylesheet(LIGHT, ORDINARY_PERCENT)
    # Where it lies already, laying it on again would take its time.
    if application.styleSheet() != sheet:
        application.setFont(interface_font(ORDINARY_PERCENT))
        application.setPalette(palette(LIGHT))
        application.setStyleSheet(sheet)


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The one application of this process, as the first test finds it."""
    qapp.setStyle("Fusion")
    lay_ordinary_look(qapp)
    return qapp


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's own gives up after five seconds; here what comes late has come."""
    bot = QtBot(request)
    for name in ("waitUntil", "waitSignal", "waitExposed", "waitActive"):
        setattr(bot, name, partial(getattr(bot, name), timeout=PATIENCE_MS))
    return bot


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: the processes take whole files, and are to end together."""
    ranks = {name: rank for rank, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.parent.name, len(ranks)))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Let windows that were closed go, and what was chosen in them: the next test begins afresh."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        lay_ordinary_look(application)
    set_language(ENGLISH)
