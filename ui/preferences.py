"""What is kept outside the notebook: one small file, mode 0600.

Language, theme, size of text, direction, and only if the person ticked it the last folder's path.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from notebook.i18n import ENGLISH

FILE_NAME = "preferences.json"
MAX_FILE_BYTES = 16 * 1024
LEAST_TEXT_SCALE_PERCENT = 100
GREATEST_TEXT_SCALE_PERCENT = 200


class ThemeChoice(StrEnum):
    """Which theme the person wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Direction(StrEnum):
    """Which way the window runs."""

    BY_LANGUAGE = "auto"
    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The preferences of this computer's account."""

    language: str = ENGLISH
    theme: ThemeChoice = ThemeChoice.SYSTEM
    text_scale_percent: int = LEAST_TEXT_SCALE_PERCENT
    direction: Direction = Direction.BY_LANGUAGE
    last_folder: str | None = None
    """Only when the person ticked that it be remembered."""


def stepped(preferences: Preferences, by: int, scales: Sequence[int]) -> Preferences:
    """With larger or smaller text: so many of these scales on, as far as they go."""
    now = preferences.text_scale_percent
    at = scales.index(min(scales, key=lambda scale: abs(scale - now))) + by
    return replace(preferences, text_scale_percent=scales[min(max(at, 0), len(scales) - 1)])


def preferences_path(environment: Mapping[str, str], home: Path) -> Path:
    """Where the file lies, by the XDG Base Directory Specification."""
    configured = environment.get("XDG_CONFIG_HOME", "")
    # The specification says to ignore a path that is not absolute.
    base = Path(configured) if configured.startswith("/") else home / ".config"
    return base / "field-notebook" / FILE_NAME


def load_preferences(path: Path) -> Preferences:
    """The preferences in the file; the defaults for whatever is missing or not understood."""
    try:
        with path.open("rb") as file:
            untrusted = json.loads(file.read(MAX_FILE_BYTES))
    except (OSError, ValueError):
        # A preference is never worth an error message before the first window.
        return Preferences()
    return _understood(untrusted) if isinstance(untrusted, dict) else Preferences()


def save_preferences(path: Path, preferences: Preferences) -> None:
    """Replace the file, mode 0600 in a folder 0700; raises `OSError`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(preferences), file, indent=2)
    part.replace(path)


def _understood(untrusted: Mapping[object, object]) -> Preferences:
    defaults = Preferences()
    language = untrusted.get("language")
    theme = untrusted.get("theme")
    scale = untrusted.get("text_scale_percent")
    direction = untrusted.get("direction")
    folder = untrusted.get("last_folder")
    return Preferences(
        language=language if isinstance(language, str) else defaults.language,
        theme=ThemeChoice(str(theme)) if theme in list(ThemeChoice) else defaults.theme,
        text_scale_percent=(
            min(max(scale, LEAST_TEXT_SCALE_PERCENT), GREATEST_TEXT_SCALE_PERCENT)
            if isinstance(scale, int)
            else defaults.text_scale_percent
        ),
        direction=Direction(str(direction)) if direction in list(Direction) else defaults.direction,
        last_folder=folder if isinstance(folder, str) else None,
    )
