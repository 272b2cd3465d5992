"""The icons: own line drawings, tinted when they are drawn, mirrored where they point."""

from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer

from ui.style.tokens import BESIDE_WORDS, ICON, ICON_LARGE

FOLDER = Path(__file__).parent / "icons"

POINTING = frozenset(
    {"back", "next", "chevron-next", "undo", "interview", "draft", "document", "note", "sound"}
)
"""Icons that point or read along the line, and turn round in right-to-left."""

PIXEL_RATIOS = (1, 2)
TINT = "currentColor"


def names() -> tuple[str, ...]:
    """The names of all icons."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))


def drawn_icon(name: str, colour: str, *, is_rtl: bool, is_beside_words: bool = False) -> QIcon:
    """The icon `name` in `colour` (`#RRGGBB`); raises `FileNotFoundError` for an unknown one.

    With `is_beside_words` there is room after it, of which Qt itself leaves too little.
    """
    drawing = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace(TINT, colour)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    result = QIcon()
    for size in (ICON, ICON_LARGE):
        for ratio in PIXEL_RATIOS:
            pixels = _drawn(renderer, size * ratio)
            if is_rtl and name in POINTING:
                pixels = pixels.transformed(QTransform.fromScale(-1, 1))
            if is_beside_words:
                pixels = _with_room(pixels, size * BESIDE_WORDS * ratio // ICON, is_rtl=is_rtl)
            pixels.setDevicePixelRatio(ratio)
            result.addPixmap(pixels)
            # A disabled button keeps its icon as it is: the text beside it says the state.
            result.addPixmap(pixels, QIcon.Mode.Disabled)
    return result


def _with_room(drawing: QPixmap, room: int, *, is_rtl: bool) -> QPixmap:
    pixels = QPixmap(drawing.width() + room, drawing.height())
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.drawPixmap(room if is_rtl else 0, 0, drawing)
    painter.end()
    return pixels


def _drawn(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixels = QPixmap(size, size)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    renderer.render(painter)
    painter.end()
    return pixels
