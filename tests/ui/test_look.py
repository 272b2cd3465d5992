"""The look: contrast, icons, no literals outside the tokens, and what preferences do to it."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from ui.preferences import Direction, Preferences, ThemeChoice
from ui.style import icons
from ui.style.look import FALLBACK_FAMILIES, Look, interface_font, layout_direction
from ui.style.stylesheet import TICKS, stylesheet
from ui.style.tokens import DARK, LIGHT, THEMES, TextSize, Theme

UI = Path(__file__).parents[2] / "ui"
AA_FOR_TEXT = 4.5
AA_FOR_BORDERS = 3.0


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_the_guidelines_say_for_known_pairs() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_is_legible_on_every_ground(theme: Theme) -> None:
    grounds = {
        name: getattr(theme, name)
        for name in ("bg", "panel", "raised", "hover", "selected", "sheet")
    }
    texts = {name: getattr(theme, name) for name in ("ink", "mute", "danger", "caution", "ok")}
    faint = {
        (text, ground): round(contrast(colour, under), 2)
        for text, colour in texts.items()
        for ground, under in grounds.items()
        if contrast(colour, under) < AA_FOR_TEXT
    }
    assert not faint


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_one_action_is_legible_and_seen(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= AA_FOR_TEXT
    assert contrast(theme.on_accent, theme.accent_hover) >= AA_FOR_TEXT
    for ground in (theme.bg, theme.panel, theme.raised, theme.hover):
        assert contrast(theme.accent, ground) >= AA_FOR_TEXT


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_fields_border_is_seen(theme: Theme) -> None:
    for ground in (theme.bg, theme.panel, theme.raised):
        assert contrast(theme.mute, ground) >= AA_FOR_BORDERS


LITERALS = {
    "colour": re.compile(r"#[0-9A-Fa-f]{6}\b|QColor\(\s*\d|Qt\.GlobalColor\.(?!transparent)"),
    "size": re.compile(r"\d+ ?p[xt]\b"),
    "distance": re.compile(
        r"(?:set(?:Contents)?Margins?|setSpacing|addSpacing|setFixed(?:Width|Height|Size)"
        r"|setM(?:in|ax)imum(?:Width|Height|Size)|setPixelSize|setPointSize|resize)\([^)]*\b[1-9]"
    ),
}


FACTORS = re.compile(r"\b\d+ \* |(?:\*|//) \d+\b|  # .*|\[\d+\]")
"""Twice a token is no literal, nor is a place in a list."""


def literals_in(line: str) -> list[str]:
    return [kind for kind, pattern in LITERALS.items() if pattern.search(FACTORS.sub("", line))]


@pytest.mark.parametrize(
    ("line", "is_literal"),
    [
        ('QColor("#1F2428")', True),
        ("box.setSpacing(8)", True),
        ("widget.setFixedWidth(200)", True),
        ('"font-size: 14px"', True),
        ("box.setContentsMargins(0, 8, 0, 0)", True),
        ("box.setContentsMargins(0, 0, 0, 0)", False),
        ("box.setSpacing(Space.S)", False),
        ("box.setSpacing(2 * Space.S)", False),
        ("box.setSpacing(2 + Space.S)", True),
        ("Qt.GlobalColor.transparent", False),
    ],
)
def test_the_search_for_literals_finds_them(line: str, is_literal: bool) -> None:
    assert bool(literals_in(line)) == is_literal


def test_no_colour_size_or_distance_stands_outside_the_tokens() -> None:
    found = [
        f"{path.relative_to(UI)}:{number} {kind}"
        for path in sorted(UI.rglob("*.py"))
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for kind in literals_in(line)
    ]
    assert not found


def test_every_drawing_uses_one_stroke_and_takes_its_colour() -> None:
    assert len(icons.names()) >= 30
    for name in icons.names():
        drawing = (icons.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert 'stroke-width="1.5"' in drawing, name
        assert drawing.count("stroke-width") == 1, name
        assert 'viewBox="0 0 20 20"' in drawing, name
        assert drawing.count(icons.TINT) == 1, name
        assert "#" not in drawing, name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_ticked_box_shows_a_tick_in_the_colour_of_what_stands_on_the_accent(
    qapp: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    drawing = (Path(TICKS) / f"{theme.name}.svg").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{6}", drawing) == [theme.on_accent]
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setStyleSheet(stylesheet(theme, 100))
    box.setChecked(True)
    with qtbot.waitExposed(box):
        box.show()
    shown = box.grab().toImage()
    colours = {
        shown.pixelColor(x, y).name().upper()
        for x in range(shown.width())
        for y in range(shown.height())
    }
    assert {theme.accent.upper(), theme.on_accent.upper()} <= colours


def test_icons_that_point_are_there(qapp: QApplication) -> None:
    assert set(icons.names()) >= icons.POINTING


def test_an_icon_that_points_turns_round_and_another_does_not(qapp: QApplication) -> None:
    def pixels(name: str, *, is_rtl: bool) -> object:
        return icons.drawn_icon(name, LIGHT.ink, is_rtl=is_rtl).pixmap(20, 20).toImage()

    assert pixels("next", is_rtl=False) != pixels("next", is_rtl=True)
    assert pixels("lock", is_rtl=False) == pixels("lock", is_rtl=True)


def test_an_unknown_icon_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.drawn_icon("unicorn", LIGHT.ink, is_rtl=False)


def test_larger_text_makes_larger_sheets() -> None:
    assert f"font-size: {TextSize.BODY}px" in stylesheet(LIGHT, 100)
    assert f"font-size: {2 * TextSize.BODY}px" in stylesheet(LIGHT, 200)


def test_the_person_chooses_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    look = Look(qapp, Preferences(theme=ThemeChoice.DARK))
    assert look.theme is DARK
    with qtbot.waitSignal(look.changed):
        look.apply(Preferences(theme=ThemeChoice.LIGHT))
    assert look.theme is LIGHT
    assert qapp.palette().window().color().name().upper() == LIGHT.bg


def test_fallback_faces_follow_the_systems_own(qapp: QApplication) -> None:
    families = interface_font(100).families()
    assert families[-len(FALLBACK_FAMILIES) :] == list(FALLBACK_FAMILIES)
    assert len(families) > len(FALLBACK_FAMILIES)


@pytest.mark.parametrize(
    ("language", "direction", "is_rtl"),
    [
        ("ug", Direction.BY_LANGUAGE, True),
        ("kk", Direction.BY_LANGUAGE, False),
        ("en", Direction.RIGHT_TO_LEFT, True),
        ("ug", Direction.LEFT_TO_RIGHT, False),
    ],
)
def test_the_window_runs_as_language_or_setting_say(
    language: str, direction: Direction, is_rtl: bool
) -> None:
    found = layout_direction(Preferences(language=language, direction=direction))
    assert (found is Qt.LayoutDirection.RightToLeft) == is_rtl


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_chose_is_not_there_in_the_next(qapp: QApplication, turn: str) -> None:
    assert qapp.layoutDirection() is Qt.LayoutDirection.LeftToRight
    assert qapp.styleSheet() == stylesheet(LIGHT, 100)
    assert qapp.font().pixelSize() == interface_font(100).pixelSize()
    chosen = Preferences(
        theme=ThemeChoice.DARK, text_scale_percent=200, direction=Direction.RIGHT_TO_LEFT
    )
    Look(qapp, chosen)
    assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
