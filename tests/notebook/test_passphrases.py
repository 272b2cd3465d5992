"""Advice on passphrases has a sentence for every reason."""

import os

import pytest

from crypto import strength
from crypto.strength import Reason
from notebook.passphrases import new_passphrase, passphrase_advice


@pytest.mark.parametrize(
    "passphrase",
    ["", "abc", "password1", "qwertyuiop", "aaaaaaaa", "abcdefgh", "13.05.1987"],
)
def test_weak_ones_are_refused_with_a_sentence(passphrase: str) -> None:
    advice = passphrase_advice(passphrase)
    assert not advice.is_accepted
    assert advice.sentence.endswith(".")


def test_a_new_one_is_six_words_accepted_and_never_the_same() -> None:
    passphrases = {new_passphrase(os.urandom) for _each in range(8)}
    assert len(passphrases) == 8
    for passphrase in passphrases:
        assert len(passphrase.split()) == 6
        assert passphrase_advice(passphrase).is_accepted


def test_every_reason_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for reason in Reason:
        answer = strength.Advice(bits=1.0, is_accepted=False, reason=reason)
        monkeypatch.setattr(strength, "advise", lambda _passphrase, answer=answer: answer)
        assert passphrase_advice("x").sentence
