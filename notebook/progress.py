"""How a long job says how far it is, and learns that it should stop."""

from typing import Final, Protocol

READ_BACK: Final = "read back"
"""What the second half of sealing says: bytes that were read from the medium again."""
WAITING: Final = "waiting"
"""What sealing says again and again while a disk or stick keeps it waiting."""


class Cancelled(Exception):
    """The person stopped the job. Nothing of it remains, and nothing is reported as trouble."""


class Progress(Protocol):
    """What a long job calls as it goes on."""

    def step(self, done: int, total: int, what: str = "") -> None:
        """Say that `done` of `total` units (bytes or items) are done; raises `Cancelled`."""


class Silent:
    """Progress that nobody watches."""

    def step(self, done: int, total: int, what: str = "") -> None:
        """Do nothing."""
