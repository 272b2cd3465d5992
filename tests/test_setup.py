"""The set-up itself: locks, stubs of a project, what lies at the top level."""

from tests.support import REPOSITORY


def test_nothing_shadows_the_library_named_packaging() -> None:
    assert not (REPOSITORY / "packaging" / "__init__.py").exists()
