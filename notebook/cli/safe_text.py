"""Text from the notebook, made fit for a terminal: nothing in it steers, hides or turns around.

What others wrote must not clear the screen, forge a line of ours or show words in another order
(UAX #9, UTR #36). Joiners stay, because Arabic and Indic writing needs them.
"""

import json
import re
import unicodedata
from collections.abc import Sequence

from notebook.model import JsonValue

REPLACEMENT = "�"

_STEERING = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed
    r"\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[{_STEERING}]")
_SPACE = re.compile(r"[\t\n]+| {2,}")


def lines(untrusted_text: str) -> str:
    """Text of several lines; what would steer the terminal is replaced."""
    return _UNSAFE.sub(REPLACEMENT, untrusted_text.replace("\r\n", "\n"))


def one_line(untrusted_text: str) -> str:
    """Text in one line."""
    return _SPACE.sub(" ", lines(untrusted_text)).strip()


def json_line(value: JsonValue) -> str:
    """One JSON value in one line: readable letters, but nothing that steers a terminal."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows with their cells one under the other; the last column is as long as it is."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return "".join(
        "  ".join(
            cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)
        ).rstrip()
        + "\n"
        for row in cells
    )


def width(text: str) -> int:
    """How many cells of a terminal a text takes: two for Han, none for marks on a letter."""
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )
