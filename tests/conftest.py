"""The conditions every test runs under: no network, no screen, repeatable in CI."""

import os
import sys
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from tests.support import effort, is_ci

LONGEST_FIRST: Final = ("faults", "journeys", "ui")
"""Folders whose files take long; what is small fills the gaps at the end."""


def pytest_configure() -> None:
    """Choose the platform and the Hypothesis profile before anything is imported."""
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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: the processes take whole files, and are to end together."""
    ranks = {name: rank for rank, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.parent.name, len(ranks)))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Let windows that were closed go: the next test's look would be laid on them, too."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets and widgets.QApplication.instance():
        core = sys.modules["PySide6.QtCore"]
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
