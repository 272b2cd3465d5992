"""A card from files: its text, or pictures of its codes, which are decoded in a process apart."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from notebook import card_codes, disk, media, sniff
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.media import Placeholder

MAX_TEXT_BYTES: Final = 64 * 1024
"""A card is far smaller; a mail around it may be larger."""
MOST_PICTURES: Final = 16


def read(paths: Sequence[Path]) -> str:
    """The text that stands in one file, or the card that the codes in the pictures make up.

    Raises BAD_CARD, DISK_ERROR; whatever a text holds is judged by its reader.
    """
    found: list[str] = []
    for path in paths[:MOST_PICTURES]:
        with disk.disk_trouble(), path.open("rb") as file:
            beginning = file.read(sniff.SNIFF_BYTES)
            media_type = sniff.media_type(beginning)
            if media_type not in media.MEDIA_TYPES:
                text = beginning + file.read(MAX_TEXT_BYTES)
                return text[:MAX_TEXT_BYTES].decode("utf-8", "replace")
            file.seek(0)
            found += _codes(media.read_codes(file, media_type))
    return card_codes.join(found)


def from_picture(content: bytes) -> str | None:
    """The card in the bytes of a picture; None when they are no picture. Raises BAD_CARD."""
    media_type = sniff.media_type(content[: sniff.SNIFF_BYTES])
    if media_type not in media.MEDIA_TYPES:
        return None
    return card_codes.join(_codes(media.read_codes(BytesIO(content), media_type)))


def _codes(found: tuple[str, ...] | Placeholder) -> tuple[str, ...]:
    if isinstance(found, Placeholder):
        raise NotebookError(
            Code.BAD_CARD,
            _("This picture cannot be read."),
            _("No contact was added or changed."),
            _("Take it again as a JPEG or PNG, or ask for the card as text."),
        )
    return found
