"""The mission card on a laptop that travels: headquarters' public key for one mission."""

from dataclasses import dataclass
from typing import Self

from crypto import container
from crypto.card import Card
from crypto.container import Recipients
from crypto.errors import CryptoError
from crypto.primitives import RandomBytes
from notebook import contacts
from notebook.contacts import Profile
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import JsonValue
from notebook.storage import affairs
from notebook.storage.database import Database, DatabaseDamaged

SETTING = "travel"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionCard:
    """Whom a travelling notebook seals to."""

    card: Card
    profile: Profile = Profile.PQ
    is_compared: bool = False
    """Whether a person said that the fingerprint is the one headquarters gave."""

    @classmethod
    def read(cls, untrusted_text: str, *, is_classic: bool = False) -> Self:
        """The card in a file or a message. Raises BAD_CARD."""
        return cls(
            card=contacts.read_card(untrusted_text),
            profile=Profile.CLASSIC if is_classic else Profile.PQ,
        )

    def recipients(self, random: RandomBytes) -> Recipients:
        """The key that everything is sealed to, among invented ones."""
        if self.profile is Profile.PQ:
            return container.complete_recipients([self.card.hybrid], random)
        return container.complete_recipients([self.card.classic], random)

    def check_fingerprint(self, untrusted_digits: str) -> None:
        """Raise BAD_CARD unless these are the 60 digits of its fingerprint."""
        if "".join(untrusted_digits.split()) != self.card.fingerprint().replace(" ", ""):
            raise NotebookError(
                Code.BAD_CARD,
                _("The fingerprint is not that of the mission card."),
                _("Nothing was created."),
                _("Somebody may have exchanged the card. Ask headquarters over another way."),
            )

    def stored(self) -> JsonValue:
        """The form in which it lies among the settings."""
        return {
            "card": self.card.encode(),
            "profile": self.profile.value,
            "compared": self.is_compared,
        }


def of(db: Database) -> MissionCard | None:
    """The mission card of a notebook that travels; None for any other."""
    stored = affairs.setting(db, SETTING)
    if stored is None:
        return None
    try:
        if not isinstance(stored, dict):
            raise DatabaseDamaged("the mission card cannot be read")
        return MissionCard(
            card=Card.parse(str(stored["card"])),
            profile=Profile(str(stored["profile"])),
            is_compared=bool(stored["compared"]),
        )
    except (CryptoError, KeyError, ValueError):
        raise DatabaseDamaged("the mission card cannot be read") from None
