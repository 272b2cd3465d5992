"""A card as QR codes: a small numbered set, read in any order from pictures (FORMATS 3.7).

A card with its post-quantum key is too long for one code that a cheap camera reads. Each code holds
upper-case letters and digits only: `FN1`, its number, their count, eight digits that all codes of a
card share, and a piece of the card's short form in base32, with a dot between these.
"""

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import segno

from crypto.card import Card
from crypto.errors import CryptoError
from crypto.primitives import sha256
from notebook.contacts import bad_card
from notebook.errors import Code, NotebookError
from notebook.i18n import _

CODES: Final = 4
MOST_CODES: Final = 16
MAX_CODE_CHARACTERS: Final = 1200
_CODE = re.compile(r"FN1\.([1-9][0-9]?)\.([1-9][0-9]?)\.([0-9A-F]{8})\.([A-Z2-7]+)")
Modules = tuple[tuple[bool, ...], ...]
"""The squares of a code row by row, dark ones true, without the quiet zone."""


def texts(card: Card) -> tuple[str, ...]:
    """What the codes of a card say."""
    content = card.to_bytes()
    encoded = base64.b32encode(content).decode("ascii").rstrip("=")
    size = -(-len(encoded) // CODES)
    shared = sha256(content)[:4].hex().upper()
    return tuple(
        f"FN1.{number}.{CODES}.{shared}.{encoded[start : start + size]}"
        for number, start in enumerate(range(0, len(encoded), size), start=1)
    )


def modules(text: str) -> Modules:
    """One code as squares; a quarter of what is damaged can be mended (level M: 15 %)."""
    made = segno.make(text, mode="alphanumeric", error="m", micro=False, boost_error=False)
    return tuple(tuple(bool(square) for square in line) for line in made.matrix)


def join(untrusted_texts: Iterable[str]) -> Card:
    """The card that these codes make up, in any order, some of them twice.

    Other codes are ignored. Raises BAD_CARD, saying which codes are missing.
    """
    pieces: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
    for text in untrusted_texts:
        match = _CODE.fullmatch(text) if len(text) <= MAX_CODE_CHARACTERS else None
        if match is None:
            continue
        number, count, shared, piece = int(match[1]), int(match[2]), match[3], match[4]
        if number > count or count > MOST_CODES:
            continue
        known = pieces[count, shared].setdefault(number, piece)
        if known != piece:
            raise bad_card()
    if len(pieces) != 1:
        raise no_codes() if not pieces else bad_card()
    ((count, shared), found) = next(iter(pieces.items()))
    missing = [number for number in range(1, count + 1) if number not in found]
    if missing:
        raise codes_missing(missing, count)
    return _card("".join(found[number] for number in range(1, count + 1)), shared)


def _card(untrusted: str, shared: str) -> Card:
    try:
        content = base64.b32decode(untrusted + "=" * (-len(untrusted) % 8))
        if sha256(content)[:4].hex().upper() != shared:
            raise bad_card()
        return Card.from_bytes(content)
    except (binascii.Error, CryptoError):
        raise bad_card() from None


def no_codes() -> NotebookError:
    """The trouble of a picture without the codes of a card."""
    return NotebookError(
        Code.BAD_CARD,
        _("No code of a card can be read in this picture."),
        _("No contact was added or changed."),
        _("Take the picture straight, near and sharp, with all codes of the card in it."),
    )


def codes_missing(missing: Sequence[int], count: int) -> NotebookError:
    """The trouble of pictures that do not show every code."""
    return NotebookError(
        Code.BAD_CARD,
        _("Of the {count} codes of this card, these cannot be read: {missing}.").format(
            count=count, missing=", ".join(map(str, missing))
        ),
        _("No contact was added or changed."),
        _("Take the picture again with all codes in it, or several pictures together."),
    )
