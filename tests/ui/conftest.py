"""Tests of the window emit more signals than one process survives without `ui.steady`."""

from ui.steady import keep_constants


def pytest_configure() -> None:
    """Do as the window process does when it starts."""
    keep_constants()
