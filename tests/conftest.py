"""The conditions every test runs under: no network, no screen, repeatable in CI."""

import os

from hypothesis import HealthCheck, settings

from tests.support import effort, is_ci


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
