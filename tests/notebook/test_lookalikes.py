"""Names that look like one another: twins of other scripts, unseen signs, overlooked dots."""

from __future__ import annotations

import pytest

from notebook.lookalikes import is_alike, is_same_name

ALIKE = {
    "Cyrillic for Latin": ("Bolat", "В\u043elat"),
    "all in Cyrillic": ("Copa", "Сора"),
    "Greek for Latin": ("Aida", "Αida"),
    "a mark that sets the direction": ("Aida", "A\u202eida"),
    "a space of no width": ("Aida", "Ai\u200bda"),
    "a soft hyphen": ("Aida", "Ai\u00adda"),
    "a hyphen and spaces": ("Abd al-Karim", "abdalkarim"),
    "an accent": ("Aida", "Aídá"),
    "capital I for l": ("Bolat", "BoIat"),
    "a one for l": ("Bolat", "Bo1at"),
    "a zero for o": ("Bolat", "B0lat"),
    "two letters for one": ("Amina", "Arnina"),
    "wide letters": ("Bolat", "Ｂｏｌａｔ"),
    "Persian yeh": ("علي", "علی"),
    "Persian kaf": ("كريم", "کریم"),
    "a stretched word": ("كريم", "كـريم"),
    "an Uyghur heh": ("پەرھات", "پەرهات"),
    "vowel marks": ("محمد", "مُحَمَّد"),
    "Kazakh letters with tails": ("Қалам", "Калам"),
    "digits of another script": ("Team 3", "Team ٣"),
}
DIFFERENT = [
    ("Aida", "Aidan"),
    ("Bolat", "Bulat"),
    ("Алия", "Алина"),
    ("Мариям", "Марина"),
    ("王芳", "王方"),
    ("علي", "عمر"),
    ("Team 3", "Team 4"),
    ("Ali", "Al"),
    ("!", "?"),
    ("", "Aida"),
]


@pytest.mark.parametrize("how", ALIKE)
def test_names_that_a_person_would_confuse_are_alike(how: str) -> None:
    one, other = ALIKE[how]
    assert is_alike(one, other)
    assert is_alike(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_read_differently_are_not(one: str, other: str) -> None:
    assert not is_alike(one, other)
    assert not is_alike(other, one)


def test_what_is_the_same_is_alike_and_not_the_other_way() -> None:
    assert is_same_name("Bo lat", "BOLAT")
    assert is_alike("Bo lat", "BOLAT")
    assert not is_same_name("Bolat", "В\u043elat")
    assert is_alike("ALI", "ali")
