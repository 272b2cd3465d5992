"""Where a card comes from on the command line: a text, or a picture of its codes."""

from notebook import card_files, media
from notebook.cli import access
from notebook.cli.call import Call
from notebook.contacts import bad_card


def read(name: str, call: Call) -> str:
    """The text of the card in a file or in standard input. Raises BAD_CARD, UNREADABLE_FILE."""
    content = access.read_bytes(name, call, max_bytes=media.MAX_FILE_BYTES)
    card = card_files.from_picture(content)
    if card is not None:
        return card
    if len(content) > card_files.MAX_TEXT_BYTES:
        raise bad_card()
    return access.as_text(content)
