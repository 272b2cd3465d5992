"""Every colour, size and distance of the window; none of these stands anywhere else.

Colours are `#RRGGBB`; all other numbers are device-independent pixels unless a name says
otherwise. `Theme` adds the few mixed colours that the stylesheet needs.
"""

from dataclasses import dataclass
from typing import Final


def mix(over: str, under: str, share: float) -> str:
    """The colour of `over` laid on `under` with the opacity `share` (0 to 1)."""
    channels = (
        round(int(over[at : at + 2], 16) * share + int(under[at : at + 2], 16) * (1 - share))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colours of one lighting: paper by day, or by night."""

    name: str
    bg: str
    """The page."""
    panel: str
    """Side rail and headers."""
    raised: str
    """Fields, cards, popovers."""
    ink: str
    mute: str
    """Secondary text and the border of a field."""
    line: str
    """Hairlines that separate."""
    accent: str
    """The one action, focus, selection."""
    on_accent: str
    danger: str
    caution: str
    ok: str

    @property
    def hover(self) -> str:
        """What lies under the pointer, on the page or the rail."""
        return mix(self.ink, self.panel, 0.07)

    @property
    def selected(self) -> str:
        """The row or place where one is."""
        return mix(self.accent, self.panel, 0.11)

    @property
    def accent_hover(self) -> str:
        """The one action under the pointer."""
        return mix(self.ink, self.accent, 0.16)

    @property
    def sheet(self) -> str:
        """A sheet; at night it is lighter than the page, which no scrim could darken."""
        return self.bg if self.name == "light" else self.panel

    @property
    def scrim(self) -> str:
        """What dims the page behind a sheet; drawn with `SCRIM_OPACITY`."""
        return mix(self.ink, self.bg, 0.9) if self.name == "light" else self.bg


LIGHT: Final = Theme(
    name="light",
    bg="#FAF8F4",
    panel="#F1EEE7",
    raised="#FFFFFF",
    ink="#1F2428",
    mute="#5B6269",
    line="#D9D4C9",
    accent="#0E6470",
    on_accent="#FFFFFF",
    danger="#A8321F",
    caution="#855900",
    ok="#2A6B3C",
)

DARK: Final = Theme(
    name="dark",
    bg="#16191B",
    panel="#1D2124",
    raised="#24292C",
    ink="#E8E6E1",
    mute="#A3A8AB",
    line="#353B3F",
    accent="#6FC3CC",
    on_accent="#16191B",
    danger="#F0917F",
    caution="#E0B44C",
    ok="#84C795",
)

THEMES: Final = (LIGHT, DARK)


class Space:
    """Distances between things."""

    NONE: Final = 0
    XS: Final = 4
    S: Final = 8
    M: Final = 12
    L: Final = 16
    XL: Final = 24
    XXL: Final = 32


class TextSize:
    """Heights of type at a text scale of 100 %."""

    SMALL: Final = 12
    BODY: Final = 14
    ACCOUNT: Final = 17
    HEADING: Final = 20
    TITLE: Final = 28


ACCOUNT_LINE_HEIGHT_PERCENT: Final = 150
MEASURE_CHARACTERS: Final = 72
"""The longest line of an account."""

RADIUS: Final = 6
HAIRLINE: Final = 1
FOCUS_RING: Final = 2
TARGET_HEIGHT: Final = 32
ICON: Final = 20
ICON_LARGE: Final = 40
SCRIM_OPACITY: Final = 0.32
BAR_HEIGHT: Final = 4

RAIL_WIDTH: Final = 216
DOOR_WIDTH: Final = 480
DOOR_HEIGHT: Final = 680
SHEET_WIDTH: Final = 560
CODES_WIDTH: Final = 1240
"""Four codes beside one another on a screen of 1366: what a camera takes in one picture."""
PAGE_WIDTH: Final = 720
"""The widest column of a page that is read and answered from top to bottom."""
ASIDE_WIDTH: Final = 400
"""The widest column beside such a page, for what asks for attention."""
ASIDE_LEAST: Final = 300
SHEET_TOP: Final = 64
SHEET_LIST_HEIGHT: Final = 320
WINDOW_SIZE: Final = (1280, 768)
WINDOW_LEAST: Final = (800, 560)
CODE_LIGHT: Final = "#FFFFFF"
CODE_DARK: Final = "#000000"
"""A code for a camera: the same in every theme."""
WIDGET_MOST: Final = 16_777_215
"""Qt's own limit: as large as there is room for."""
FRAME_ROOM: Final = (8, 48)
"""What a window's frame and title may take, on the widest desktops."""
FOLD_WIDTH: Final = 1024
"""Below this width the list folds under the record."""

TEXT_SCALES_PERCENT: Final = (100, 110, 125, 150, 175, 200)

LIST_WIDTH: Final = 340
LIST_LEAST: Final = 240
RECORD_LEAST: Final = 360
TITLE_INSET: Final = 7
"""From the edge of a title's line to its letters: border, padding, and what Qt adds."""
CASE_CHARACTERS: Final = 18
"""Of a case's title, where one of several can be chosen."""
CASE_LEAST: Final = 96
"""Less than this of a case's title says nothing; it stays out of a record's head then."""
RECORD_WORDS_FROM: Final = 760
"""From this width of a record on, the button of its drawer has words beside its icon."""
DRAWER_WIDTH: Final = 288
UNBOUNDED: Final = 16_777_215
"""Qt's word for a width without a limit."""
DRAWER_FROM_WIDTH: Final = 1480
"""From this width of the window on, the drawer stands open by itself."""
SPLITTER_WIDTH: Final = 1
ICON_SMALL: Final = 16
BESIDE_WORDS: Final = 4
"""Between an icon and the words of its button, more than Qt leaves by itself."""
RGB_BYTES: Final = 3
"""Bytes of a pixel that has no transparency."""
THUMBNAIL: Final = 88
LEVEL_WIDTH: Final = 120
CANVAS_LEAST: Final = 200
COVER_OPACITY: Final = 0.75
"""Of a part of a picture that is going to be black."""
BAR_LINE_LEAST: Final = 460
"""From this width on, what is typed about a mark and its buttons stand in one line."""
READ_HEIGHT_LEAST: Final = 440
"""Below this height of a page that is read, the text takes the place of what is said beside it."""
HANDLE: Final = 10
"""The corner by which a part of a picture is made larger."""
PREVIEW_SIDE_MOST: Final = 1600
PREVIEW_HEIGHT_MOST: Final = 420
FIELD_WIDTH_MOST: Final = 560
NARROW_WIDTH: Final = 400
"""Of a field for a date or a number."""
TEXT_LINES_LEAST: Final = 3
ACCOUNT_LINES_LEAST: Final = 9
DRAFT_AFTER_MS: Final = 1_000
"""What is typed is kept this long after the first unsaved keystroke, however fast one types on."""
SEARCH_AFTER_MS: Final = 150
