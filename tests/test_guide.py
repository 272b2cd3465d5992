"""The guide names only what is on the screen: each phrase in bold is one of the program's own."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted((REPOSITORY / "docs" / "guide").glob("*.md"))
BOLD = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"\]\(([^)]+)\)")


@cache
def spoken() -> frozenset[str]:
    """Every text that the window may show: marked for translation, or in a form."""
    return frozenset(_marked()) | frozenset(_labels_of_forms())


def _marked() -> Iterator[str]:
    for package in ("ui", "notebook"):
        for path in (REPOSITORY / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "ngettext"}:
                    for given in node.args:
                        if isinstance(given, ast.Constant) and isinstance(given.value, str):
                            yield given.value


def _labels_of_forms() -> Iterator[str]:
    for path in (REPOSITORY / "notebook" / "forms").glob("*.toml"):
        yield from labels(tomllib.loads(path.read_text("utf-8")))


def labels(form: object) -> Iterator[str]:
    if isinstance(form, dict):
        for name, value in form.items():
            if name == "label":
                yield str(value)
            yield from labels(value)
    elif isinstance(form, list):
        for each in form:
            yield from labels(each)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_in_bold_is_on_the_screen(page: Path) -> None:
    named = {" ".join(phrase.split()) for phrase in BOLD.findall(page.read_text("utf-8"))}
    assert sorted(named - spoken()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        if heading:
            titles = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert heading in {
                re.sub(r"[^a-z0-9 -]", "", t.lower()).replace(" ", "-") for t in titles
            }


def test_the_guide_is_there() -> None:
    assert {page.stem for page in PAGES} >= {"README", "interview", "handover", "travel", "trouble"}
