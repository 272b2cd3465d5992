import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook.analysis import (
    MARK_END,
    MARK_START,
    MAX_TERMS,
    fold,
    index_text,
    parse_query,
    snippet_of,
)

KAZAKH = "Ағам Ерболды 2018 жылдың сәуірінде ұстап әкетті, содан бері хабар жоқ."
UYGHUR = "ئۇكام ئەركىننى قىش كۈنى ئېلىپ كەتتى، شۇنىڭدىن بېرى خەۋەر يوق."
RUSSIAN = "Её брата, Николая Ёлкина, увезли ночью; больше его никто не видел."
CHINESE = "我弟弟被带走了。后来没有任何消息,邻居说他在乌有城。"
ENGLISH = "Café owner Müller saw the O'Brien brothers at gate 12."


def snippet(text: str, query: str, width: int = 160) -> str:
    return snippet_of([text], query, width)


def finds(query: str, text: str) -> bool:
    """Ask SQLite itself, with the notebook's own tokenizer."""
    expression = parse_query(query)
    if not expression:
        return False
    with sqlite3.connect(":memory:") as db:
        db.execute(
            "CREATE VIRTUAL TABLE search USING fts5"
            " (terms, tokenize = 'unicode61 remove_diacritics 0')"
        )
        db.execute("INSERT INTO search VALUES (?)", (index_text(text),))
        count = db.execute("SELECT count(*) FROM search WHERE search MATCH ?", (expression,))
        found = bool(count.fetchone()[0])
    db.close()
    return found


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ЕРБОЛДЫ", KAZAKH),
        ("ербол", KAZAKH),
        ("сәуірінде ұстап", KAZAKH),
        ('"содан бері хабар"', KAZAKH),
        ("۲۰۱۸", KAZAKH),
        ("ئەركىننى", UYGHUR),
        ("ئهركين", UYGHUR),
        ("اۇكام", "ئاۇكام"),
        ("ئۇكـــام", UYGHUR),
        ("کهتتی", UYGHUR),
        ("ﺧﻪۋەر", UYGHUR),
        ("ее брата", RUSSIAN),
        ("ёлкина", RUSSIAN),
        ("Елкина", RUSSIAN),
        ("никола", RUSSIAN),
        ("弟弟", CHINESE),
        ("弟", CHINESE),
        ("城", CHINESE),
        ("乌有城", CHINESE),
        ("没有任何消息", CHINESE),
        ("带走 邻居", CHINESE),
        ("“被带走了 后来”", CHINESE),
        ("cafe MULLER", ENGLISH),
        ("Cafe\u0301", ENGLISH),
        ("obrien", ENGLISH),
        ("O’Brien", ENGLISH),
        ('"brothers at gate"', ENGLISH),
        ('"brothers at ga', ENGLISH),
        ("gate １２", ENGLISH),
        ("ISTANBUL", "İstanbul"),
        ("strasse", "Straße"),
    ],
)
def test_a_word_is_found_however_it_is_typed(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("болды", KAZAKH),
        ("ербол хабар бар", KAZAKH),
        ('"хабар бері"', KAZAKH),
        ("ербол жоқ қой", KAZAKH),
        ("弟乌", CHINESE),
        ("乌有镇", CHINESE),
        ('"gate brothers"', ENGLISH),
        ('"brother" gate', ENGLISH),
        ("saw them", ENGLISH),
    ],
)
def test_what_is_not_there_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Гүлнар", "ГҮЛНАР"),
        ("Ёлка", "елка"),
        ("ئايگۈل", "اﻳﮕۈل"),
        ("ئەلى", "ەلی"),
        ("Sa'adet", "Saʼadet"),
        ("٣", "3"),
        ("e\u0301", "é"),
    ],
)
def test_spellings_of_one_name_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_letters_of_kazakh_are_not_those_of_russian() -> None:
    assert fold("қар") != fold("кар")


def test_han_is_indexed_by_pairs_and_its_last_sign() -> None:
    assert index_text("维吾尔abc族") == "维吾 吾尔 尔 abc 族"


def test_a_query_is_letters_and_digits_in_quotes() -> None:
    assert parse_query("Gate 12") == '"gate" AND "12" *'
    assert parse_query('"Gate 12"') == '"gate 12"'
    assert parse_query("维吾尔") == '"维吾 吾尔" *'


@pytest.mark.parametrize("query", ["", "   ", '"', '""', "* - ^ :", "\x00", "()", "\u0301"])
def test_a_query_without_a_word_is_empty(query: str) -> None:
    assert parse_query(query) == ""


def test_a_long_query_is_cut_to_its_first_terms() -> None:
    words = [f"word{number}" for number in range(MAX_TERMS + 5)]
    assert parse_query(" ".join(words)).count("AND") == MAX_TERMS - 1


@given(st.text(max_size=40))
def test_no_query_is_a_syntax_error(query: str) -> None:
    finds(query, ENGLISH)


@pytest.mark.parametrize(
    "query", ["NEAR(a b)", "a OR b", "NOT a", "terms:a", "a*", "^a", '"a" + "b"', "{a b}:c", "'"]
)
def test_the_operators_of_fts5_are_only_words(query: str) -> None:
    assert not finds(query, "nothing of the kind")


@given(st.text(alphabet="абвёЁ ,.维吾尔族زياىı'abc12", min_size=1, max_size=30))
def test_every_text_is_found_by_its_own_words(text: str) -> None:
    if parse_query(text):
        assert finds(text, text)


@given(st.text(alphabet="ab维吾尔族", min_size=2, max_size=20), st.data())
def test_any_piece_of_a_han_run_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + 5]
    if all(sign in "维吾尔族" for sign in piece):
        assert finds(piece, text)


# Snippets


@pytest.mark.parametrize(
    ("text", "query", "hit"),
    [
        (KAZAKH, "ербол", "Ербол"),
        (UYGHUR, "ئهركين", "ئەركىن"),
        (RUSSIAN, "елкина", "Ёлкина"),
        (CHINESE, "乌有城", "乌有城"),
        (CHINESE, "城", "城"),
        (ENGLISH, "muller", "Müller"),
        ("the cafe\u0301 there", '"cafe"', "cafe\u0301"),
        ("word " * 2000 + "Ёлкина" + " word" * 2000, "елкина", "Ёлкина"),
        ("，字" * 3000 + "乌有城" + "字" * 3000, "乌有城", "乌有城"),
    ],
)
def test_a_snippet_shows_the_hit_as_it_stands_in_the_text(text: str, query: str, hit: str) -> None:
    shown = snippet(text, query, 80)
    assert f"{MARK_START}{hit}{MARK_END}" in shown
    assert len(shown) <= 80 + 8


def test_a_snippet_marks_every_hit_in_it_and_nothing_else() -> None:
    assert snippet("a gate, the Gates, investigate", '"gate" the') == (
        "a \x02gate\x03, \x02the\x03 Gates, investigate"
    )


def test_a_snippet_without_a_hit_is_the_beginning_of_the_text() -> None:
    assert snippet("one two three four", "zzz", 7) == "one two…"
    assert snippet("one", "") == "one"
    assert snippet("", "one") == ""


def test_a_snippet_is_one_line_and_cannot_be_turned_around_or_forged() -> None:
    hostile = "a\n\tb \u202egate\u202c \u2067x\u2069 \x02forged\x03"
    shown = snippet(hostile, "gate")
    assert shown == "a b \x02gate\x03 x  forged"


def test_a_snippet_is_of_one_field_the_one_that_says_most() -> None:
    texts = ["a gate", "They stood at the gate all night.", "ug", "saw", "2017-08-28"]
    assert snippet_of(texts, "gate", 160) == "They stood at the \x02gate\x03 all night."
    assert snippet_of(texts, "saw", 160) == "\x02saw\x03"
    assert snippet_of(texts, "zzz", 11) == "a gate They…"
    assert snippet_of([], "gate", 160) == ""


@given(st.text(max_size=200), st.text(max_size=10), st.integers(10, 60))
def test_a_snippet_keeps_its_width_and_pairs_its_marks(text: str, query: str, width: int) -> None:
    shown = snippet(text, query, width)
    plain = shown.replace(MARK_START, "").replace(MARK_END, "")
    assert len(plain) <= width + 2
    assert re.fullmatch("([^\x02\x03]*\x02[^\x02\x03]+\x03)*[^\x02\x03]*", shown)


@given(text=st.text(alphabet=[chr(code) for code in range(128)]))
def test_plain_text_gives_the_same_terms_by_the_short_way(text: str) -> None:
    # A letter beyond ASCII makes the long way be taken.
    assert index_text(f"{text} ж") == f"{index_text(text)} ж".strip()
    assert fold(f"{text} ж") == f"{fold(text)} ж"


@pytest.mark.parametrize("filler", ["river ", "өзен ", "O'Brien ", "水"])
@pytest.mark.parametrize("count", [1, 60, 700, 5000])
def test_a_hit_far_inside_is_found_and_marked(filler: str, count: int) -> None:
    text = filler * count + " Ерболды алып кетті"
    shown = snippet(text, "ерболды")
    assert f"{MARK_START}Ерболды{MARK_END} алып кетті" in shown
    latin = snippet(filler * count + " took Yerbol away", "yerbol")
    assert f"took {MARK_START}Yerbol{MARK_END} away" in latin


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("gate", "[gate]d [gate] floodgate"),
        ('"gate"', "gated [gate] floodgate"),
        ("gate gated", "[gated] [gate] floodgate"),
        ("ga", "[ga]ted [ga]te floodgate"),
        ('"ga"', "gated gate floodgate"),
    ],
)
def test_only_whole_words_and_beginnings_are_marked(query: str, marked: str) -> None:
    shown = snippet("gated gate floodgate", query)
    assert shown.replace(MARK_START, "[").replace(MARK_END, "]") == marked
