"""What is kept outside the notebook, and only that."""

import json
import stat
from pathlib import Path

import pytest

from ui.preferences import (
    Direction,
    Preferences,
    ThemeChoice,
    load_preferences,
    preferences_path,
    save_preferences,
)

HOME = Path("/home/k")


def test_preferences_come_back(tmp_path: Path) -> None:
    path = tmp_path / "field-notebook" / "preferences.json"
    kept = Preferences(
        language="kk",
        theme=ThemeChoice.DARK,
        text_scale_percent=150,
        direction=Direction.RIGHT_TO_LEFT,
        last_folder="/media/stick/қойын дәптер",
    )
    save_preferences(path, kept)
    assert load_preferences(path) == kept


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "field-notebook" / "preferences.json"
    save_preferences(path, Preferences())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_only_five_things_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    save_preferences(path, Preferences())
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert set(kept) == {"language", "theme", "text_scale_percent", "direction", "last_folder"}
    assert kept["last_folder"] is None


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "null", '{"theme": 7, "text_scale_percent": "big", "language": null}'],
)
def test_what_is_not_understood_is_the_default(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(text, encoding="utf-8")
    assert load_preferences(path) == Preferences()


def test_a_missing_file_is_the_default(tmp_path: Path) -> None:
    assert load_preferences(tmp_path / "nothing.json") == Preferences()


@pytest.mark.parametrize(("stored", "understood"), [(5, 100), (1000, 200), (125, 125)])
def test_the_size_of_text_stays_within_bounds(tmp_path: Path, stored: int, understood: int) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps({"text_scale_percent": stored}), encoding="utf-8")
    assert load_preferences(path).text_scale_percent == understood


@pytest.mark.parametrize(
    ("environment", "base"),
    [
        ({}, "/home/k/.config"),
        ({"XDG_CONFIG_HOME": ""}, "/home/k/.config"),
        ({"XDG_CONFIG_HOME": "relative"}, "/home/k/.config"),
        ({"XDG_CONFIG_HOME": "/elsewhere"}, "/elsewhere"),
    ],
)
def test_the_file_lies_where_the_desktop_says(environment: dict[str, str], base: str) -> None:
    assert preferences_path(environment, HOME) == Path(base, "field-notebook", "preferences.json")
