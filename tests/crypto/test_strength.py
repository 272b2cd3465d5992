"""Weak passphrases are refused with the reason, and strong ones in any script are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import strength
from crypto.strength import MIN_BITS, SCORED_CHARACTERS, Advice, Reason, advise


@pytest.mark.parametrize(
    ("passphrase", "reason"),
    [
        ("", Reason.EMPTY),
        ("x7", Reason.SHORT),
        ("password", Reason.COMMON),
        ("qwertyuiop[]", Reason.KEYBOARD),
        ("йцукенгшщзхъ", Reason.KEYBOARD),
        ("ЙЦУКЕНГШЩЗХЪ", Reason.KEYBOARD),
        ("пароль", Reason.COMMON),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Reason.REPEATED),
        ("密" * 60, Reason.REPEATED),
        ("abcdefghijklmnopqrst", Reason.SEQUENCE),
        ("12-05-1998", Reason.DATE),
        ("我们去公园", Reason.SHORT),
    ],
)
def test_a_weak_passphrase_is_refused_with_its_reason(passphrase: str, reason: Reason) -> None:
    advice = advise(passphrase)
    assert not advice.is_accepted
    assert advice.reason is reason
    assert advice.bits < MIN_BITS


@pytest.mark.parametrize(
    "passphrase",
    [
        "mortgage spray cricket review symbolic clock",
        "q8#vR2!mZp0xLwT5",
        "тонкий снег над старой мельницей",
        "今天天气很好我们去公园",
        "기차는저녁에강을건너간다",
        "ئالما باغلىرىدا كەچكى شامال",
    ],
)
def test_a_strong_passphrase_is_accepted_in_any_script(passphrase: str) -> None:
    advice = advise(passphrase)
    assert advice.is_accepted
    assert advice.reason is Reason.STRONG
    assert advice.bits >= MIN_BITS


@pytest.mark.parametrize(("bits", "is_accepted"), [(49.9, False), (50.0, True)])
def test_fifty_bits_are_enough_and_less_is_not(
    bits: float, is_accepted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strength, "_score", lambda _text: (bits, "bruteforce"))
    assert advise("of so many bits").is_accepted == is_accepted


def test_han_and_hangul_count_five_bits_each_and_kana_does_not() -> None:
    assert advise("去公园看书").bits == pytest.approx(25, abs=0.5)
    assert advise("강을건너라").bits == pytest.approx(25, abs=0.5)
    assert advise("さくらのき").bits == pytest.approx(16.6, abs=0.5)


def test_what_follows_the_scored_characters_changes_nothing() -> None:
    start = "ab" * (SCORED_CHARACTERS // 2)
    assert advise(start + "q8#vR2!mZp0xLw") == advise(start)


def test_the_form_in_which_text_was_typed_does_not_matter() -> None:
    assert advise("Ko\u0308k tau\uff11\uff12") == advise("K\u00f6k tau12")


@given(st.text(max_size=120))
def test_any_text_gets_an_answer_that_agrees_with_itself(passphrase: str) -> None:
    advice = advise(passphrase)
    assert isinstance(advice, Advice)
    assert advice.is_accepted == (advice.bits >= MIN_BITS) == (advice.reason is Reason.STRONG)
