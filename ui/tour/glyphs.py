"""Every character that is shown must have a glyph: a box in its place hides a name."""

from collections.abc import Iterable

from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtWidgets import QWidget

from ui.tour.finding import all_texts

MISSING_GLYPH = 0
"""OpenType's `.notdef`, which every font draws as a box."""


def missing_in(text: str, font: QFont) -> list[str]:
    """The characters of `text` that `font` and the fonts behind it cannot draw."""
    if _is_drawn(text, font):
        return []
    return [each for each in dict.fromkeys(text) if not _is_drawn(each, font)]


def missing_on(window: QWidget) -> list[str]:
    """What a window cannot draw: one sentence for each text with missing characters."""
    return [sentence for widget, text in all_texts(window) for sentence in _said(widget, text)]


def _said(widget: QWidget, text: str) -> Iterable[str]:
    if missing := missing_in(text, widget.font()):
        signs = " ".join(f"U+{ord(each):04X}" for each in missing)
        # The text itself may be testimony; the numbers of its signs say enough.
        yield f"{type(widget).__name__} “{widget.accessibleName()}” has no glyph for {signs}"


def _is_drawn(text: str, font: QFont) -> bool:
    for paragraph in text.splitlines():
        layout = QTextLayout(paragraph, font)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        if any(MISSING_GLYPH in run.glyphIndexes() for run in layout.glyphRuns()):
            return False
    return True
