"""The mission card on a laptop that travels: headquarters' public key, and cases to add to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from unicodedata import decimal

from crypto import container
from crypto.card import Card
from crypto.container import Recipients
from crypto.errors import CryptoError
from crypto.primitives import RandomBytes
from notebook import contacts
from notebook.contacts import Profile
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import CaseId, EntryId, JsonValue
from notebook.storage import affairs
from notebook.storage.database import Database, DatabaseDamaged

SETTING = "travel"
LINE = "carry"
"""The first word of the line that names a case."""
MOST_CASES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumber:
    """All that a laptop learns of a case that it adds to."""

    case: CaseId
    entry: EntryId
    """An entry of it that headquarters has: what is written on the way comes after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionCard:
    """Whom a travelling notebook seals to."""

    card: Card
    profile: Profile = Profile.PQ
    is_compared: bool = False
    """Whether a person said that the fingerprint is the one headquarters gave."""
    cases: tuple[CaseNumber, ...] = ()
    """Cases of headquarters that are added to on the way; needed once, when it is made."""

    @classmethod
    def read(cls, untrusted_text: str, *, is_classic: bool = False) -> Self:
        """The card in a file or a message. Raises BAD_CARD."""
        return cls(
            card=contacts.read_card(untrusted_text),
            profile=Profile.CLASSIC if is_classic else Profile.PQ,
            cases=_cases_in(untrusted_text),
        )

    def recipients(self, random: RandomBytes) -> Recipients:
        """The key that everything is sealed to, among invented ones."""
        if self.profile is Profile.PQ:
            return container.complete_recipients([self.card.hybrid], random)
        return container.complete_recipients([self.card.classic], random)

    def check_fingerprint(self, untrusted_digits: str) -> None:
        """Raise BAD_CARD unless these are the 60 digits of its fingerprint, in whatever script."""
        digits = (str(decimal(sign, sign)) for sign in untrusted_digits if not sign.isspace())
        if "".join(digits) != self.card.fingerprint().replace(" ", ""):
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


def text(card: Card, cases: Sequence[CaseNumber]) -> str:
    """The text to give to a traveller: the card, and a line for each case."""
    return card.encode() + "".join(f"{LINE} {one.case} {one.entry}\n" for one in cases)


def _cases_in(untrusted_text: str) -> tuple[CaseNumber, ...]:
    """The cases that a mission card is followed by. Raises BAD_CARD."""
    lines = [line.split() for line in untrusted_text.splitlines()]
    told = [line[1:] for line in lines if line[:1] == [LINE]]
    if len(told) > MOST_CASES or not all(map(_is_number, told)):
        raise contacts.bad_card()
    found = [CaseNumber(case=CaseId(case), entry=EntryId(entry)) for case, entry in told]
    if len({one.case for one in found}) < len(found):
        raise contacts.bad_card()
    return tuple(found)


def _is_number(untrusted: Sequence[str]) -> bool:
    return [len(word) for word in untrusted] == [32, 64] and all(
        set(word) <= set("0123456789abcdef") for word in untrusted
    )


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
