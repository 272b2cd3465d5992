"""Advice on passphrases in words, and new ones to take.

A room of its own, because estimating strength loads dictionaries that opening does not need.
"""

from dataclasses import dataclass

from crypto import strength
from crypto.primitives import RandomBytes
from crypto.strength import Reason
from crypto.words import passphrase_words
from notebook.errors import Code, NotebookError
from notebook.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseAdvice:
    """Whether a passphrase is strong enough, and one sentence that says why."""

    is_accepted: bool
    sentence: str


def passphrase_advice(passphrase: str) -> PassphraseAdvice:
    """What to say about a passphrase as it is typed."""
    advice = strength.advise(passphrase)
    return PassphraseAdvice(is_accepted=advice.is_accepted, sentence=_sentence(advice.reason))


def check_passphrase(passphrase: str) -> None:
    """Raise WEAK_PASSPHRASE for a passphrase below 50 bits."""
    advice = passphrase_advice(passphrase)
    if not advice.is_accepted:
        raise NotebookError(
            Code.WEAK_PASSPHRASE,
            _("This passphrase could be guessed."),
            _("Nothing was changed."),
            advice.sentence,
        )


def new_passphrase(random: RandomBytes) -> str:
    """Six random words: 60 bits, and easier to keep in mind than they look."""
    return passphrase_words(random)


def _sentence(reason: Reason) -> str:
    return {
        Reason.STRONG: _("Strong enough."),
        Reason.EMPTY: _("Six random words are easy to remember and hard to guess."),
        Reason.SHORT: _("Too short to keep out a computer that guesses. Add words."),
        Reason.COMMON: _("These are words that guessing begins with. Add words nobody expects."),
        Reason.KEYBOARD: _("Rows of the keyboard are guessed early. Use words instead."),
        Reason.REPEATED: _("Repeating adds nothing. Add different words."),
        Reason.SEQUENCE: _("Sequences like abc or 123 are guessed early. Use words instead."),
        Reason.DATE: _("Dates are guessed early. Add words nobody expects."),
    }[reason]
