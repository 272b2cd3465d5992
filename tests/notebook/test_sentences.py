"""Texts are cut into sentences and what stands between; nothing is lost, and no end is made up."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notebook.sentences import tokens_of

SIGNS = 'аБ維ئé1 \n\u2029.!?…。؟۔؛"»”)\u200f-'


def sentences(text: str) -> list[str]:
    return [token.text for token in tokens_of(text) if token.is_sentence]


def firm(text: str) -> list[bool]:
    """Whether each sentence but the last surely ends where it was cut."""
    return [token.is_firm for token in tokens_of(text) if token.is_sentence][:-1]


@given(st.text(SIGNS) | st.text())
@example("\n\n. .\r\n")
def test_the_tokens_are_the_text(text: str) -> None:
    tokens = tokens_of(text)
    assert "".join(token.text for token in tokens) == text
    assert all(token.text for token in tokens)
    assert all(token.is_sentence is not token.text.isspace() for token in tokens)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He came. They slept! Why? Nobody knows.", 4),
        ("Ол түнде келді. Оны алып кетті. Ешкім үндемеді.", 3),
        ("Его увезли. Мы ждали! Кто пришёл?", 3),
        ("他晚上来了。他们带走了他！谁说话？", 3),
        ("ئۇ كېچىدە كەلدى. ئۇلار كىم؟ ھېچكىم گەپ قىلمىدى۔", 3),
        ("First line\nSecond line\n\nThird", 3),
        ("“他走了。”我说。", 2),
        ("«Уходите.» Мы ушли.", 2),
        ("It cost 3.5 at www.example.org today.", 1),
        ("   ", 0),
        ("", 0),
    ],
)
def test_sentences_of_every_language_are_found(text: str, found: int) -> None:
    assert len(sentences(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "He came at night. They slept.",
        "They took him. Nobody spoke.",
        "They took us. Nobody spoke.",
        "It was in 2018. He was ten.",
        "Why? Nobody knows.",
        "Его увезли. Мы ждали.",
        "Мы ждали их. Никто не пришёл.",
        "Ол түнде келді. Оны алып кетті.",
        "ئۇ كەلدى. ئۇلار كەتتى.",
        "ئۇلار كىم؟ ھېچكىم بىلمەيدۇ.",
        "他晚上来了。他们带走了他。",
        "He came (at night.) They slept.",
        "A heading\n\nThe account.",
        "He said: “Leave.”\n\nWe left.",
        "They slept.\u200f They woke.",
        "Here he stopped…\n\nHe went on.",
    ],
)
def test_an_end_that_is_one_is_firm(text: str) -> None:
    assert firm(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "He saw Dr. Karim there.",
        "At St. Petersburg they stopped.",
        "Ask Prof. Karim about it.",
        "Her name is A. Karim, she said.",
        "In the U.S. Army they say so.",
        "On page 12. Karim is named.",
        "About approx. Karim's house",
        "Жил на ул. Абая тогда.",
        "Это г-н. Каримов был.",
        "В Алмат. обл. Их держали.",
        "И др. Каримов тоже.",
        "Т.е. Каримов ушёл.",
        "Алматы обл. Талғар деген жер.",
        "He waited… Karim came.",
        "He waited... Karim came.",
        "“Stop!” Karim shouted.",
        "“站住！”他喊道。",
        "«كەت!» دېدى ئۇ.",
        "Stop! he shouted.",
        "He came. then they slept.",
        "Он пришёл. — Где ты был?",
        "ئۇ كەلدى؛ ئۇلار كەتتى.",
        "He was taken in\nThe winter of that year",
        "He saw Dr.\nKarim there.",
    ],
)
def test_what_may_be_the_middle_of_a_sentence_is_not_firm(text: str) -> None:
    assert not any(firm(text))


@pytest.mark.parametrize("run", [".", '."', "а.", "。", " \n", "…", "a", "\u200f.", "?!", ". "])
def test_a_mebibyte_of_anything_is_cut_in_one_go(run: str) -> None:
    # Quadratic work would take hours here: the time limit of every test ends it.
    text = run * ((1 << 20) // len(run))
    assert "".join(token.text for token in tokens_of(text)) == text
