"""The page about formats and the table of labels name the same ones."""

import re

from crypto import labels
from tests.support import REPOSITORY

PAGE = (REPOSITORY / "docs" / "FORMATS.md").read_text("utf-8")
NAMED = set(re.findall(r"fn/[a-z-]+/[0-9]+", PAGE))
USED = {
    value.decode() if isinstance(value, bytes) else value
    for name, value in vars(labels).items()
    if name.isupper()
}


def test_every_label_of_the_page_is_in_use() -> None:
    assert not NAMED - USED


def test_every_label_in_use_stands_on_the_page() -> None:
    assert not USED - NAMED


def test_no_label_serves_two_purposes() -> None:
    assert len(USED) == sum(name.isupper() for name in vars(labels))
