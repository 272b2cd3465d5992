"""A card as QR codes: a small numbered set, read in any order from pictures (FORMATS 3.7).

A card with its post-quantum key is too long for one code that a cheap camera reads. Each code holds
upper-case letters and digits only: `FN1`, its number, their count, eight digits that all codes of a
card share, and a piece of the card's short form in base32, with a dot between these. The numbers of
cases that a mission card is followed by come after that form, behind a byte that no name holds.
"""

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import segno

from crypto.card import NAME_AT, Card
from crypto.errors import CryptoError
from crypto.primitives import sha256
from notebook import mission_card
from notebook.contacts import bad_card
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.mission_card import CaseNumber
from notebook.model import CaseId, EntryId

CODES: Final = 4
"""Of a card, and of one with a few cases."""
MOST_CODES: Final = 16
MOST_PIECE_CHARACTERS: Final = 700
"""More would make squares so small that a cheap camera does not tell them apart."""
CASE_BYTES: Final = 16
ENTRY_BYTES: Final = 32
MAX_CODE_CHARACTERS: Final = 1200
_CODE = re.compile(r"FN1\.([1-9][0-9]?)\.([1-9][0-9]?)\.([0-9A-F]{8})\.([A-Z2-7]+)")
Modules = tuple[tuple[bool, ...], ...]
"""The squares of a code row by row, dark ones true, without the quiet zone."""


def texts(card: Card, cases: Sequence[CaseNumber] = ()) -> tuple[str, ...]:
    """What the codes of a card say; none at all when there are too many cases for codes."""
    numbers = b"".join(bytes.fromhex(one.case + one.entry) for one in cases)
    content = card.to_bytes() + (b"\0" + numbers if numbers else b"")
    encoded = base64.b32encode(content).decode("ascii").rstrip("=")
    count = max(CODES, -(-len(encoded) // MOST_PIECE_CHARACTERS))
    if count > MOST_CODES:
        return ()
    size = -(-len(encoded) // count)
    shared = sha256(content)[:4].hex().upper()
    return tuple(
        f"FN1.{number}.{count}.{shared}.{encoded[start : start + size]}"
        for number, start in enumerate(range(0, len(encoded), size), start=1)
    )


def modules(text: str) -> Modules:
    """One code as squares; a quarter of what is damaged can be mended (level M: 15 %)."""
    made = segno.make(text, mode="alphanumeric", error="m", micro=False, boost_error=False)
    return tuple(tuple(bool(square) for square in line) for line in made.matrix)


def join(untrusted_texts: Iterable[str]) -> str:
    """The text of the card that these codes make up, in any order, some of them twice.

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


def _card(untrusted: str, shared: str) -> str:
    try:
        content = base64.b32decode(untrusted + "=" * (-len(untrusted) % 8))
        if sha256(content)[:4].hex().upper() != shared:
            raise bad_card()
        end = content.find(b"\0", NAME_AT)
        if end < 0:
            return Card.from_bytes(content).encode()
        return mission_card.text(Card.from_bytes(content[:end]), _cases(content[end + 1 :]))
    except (binascii.Error, CryptoError):
        raise bad_card() from None


def _cases(untrusted: bytes) -> list[CaseNumber]:
    size = CASE_BYTES + ENTRY_BYTES
    if not untrusted or len(untrusted) % size:
        raise bad_card()
    return [
        CaseNumber(
            case=CaseId(untrusted[at : at + CASE_BYTES].hex()),
            entry=EntryId(untrusted[at + CASE_BYTES : at + size].hex()),
        )
        for at in range(0, len(untrusted), size)
    ]


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
