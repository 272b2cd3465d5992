"""Names that change inside when they are declined: what is found, and how often it is wrong."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import notebook
from notebook import known_names, naming
from notebook.analysis import name_terms
from notebook.inflections import changed_forms, han_forms
from notebook.known_names import KnownName, KnownNames
from notebook.model import RecordId

PERSON = RecordId("ab" * 16)
OTHER = RecordId("cd" * 16)

CHANGED = {
    # Russian.
    "Павел": "Павла Павлу Павлом Павле",
    "Лев": "Льва Льву Львом Льве",
    "Пётр": "Петра Петру Петром",
    "Мария": "Марии Марию Марией",
    "Анна": "Анны Анне Анну Анной",
    "Илья": "Ильи Илье Илью Ильёй",
    "Николай": "Николая Николаю Николаем Николае",
    "Юрий": "Юрия Юрию Юрием Юрии",
    "Игорь": "Игоря Игорю Игорем",
    "Небылинский": "Небылинского Небылинскому Небылинским Небылинская Небылинской",
    "Выдумская": "Выдумской Выдумскую",
    "Ойданова": "Ойдановой Ойданову",
    "Сказовец": "Сказовца Сказовцу",
    "Заяц": "Зайца Зайцу",
    "Любовь": "Любви",
    "Яна": "Яны Яне Яну Яной",
    "Аня": "Ани Ане Аню Аней",
    # Kazakh.
    "Айгүл": "Айгүлдің Айгүлге Айгүлмен",
    "Серік": "Серігі Серігінің",
    "Жанқақ": "Жанқағы",
    "Али": "Алидің Алиге Алиден Алимен",
    "Ерк": "Ерктің Еркке",
    # Uyghur.
    "پاتىمە": "پاتىمىنىڭ پاتىمىنى پاتىمىگە پاتىمىدىن",
    "ئايشە": "ئايشىنىڭ ئايشىغا",
    "رەنا": "رەنانىڭ رەنىنىڭ رەنىغا",
    "باھار": "باھارنىڭ باھىرى باھىرىم",
    "ئەركەك": "ئەركىكى ئەركىگىم",
    "ئەلى": "ئەلىنىڭ ئەلىگە",
    "توختاق": "توختاغى",
    # In Latin letters.
    "Patime": "Patimining Patimige",
    "Pavel": "Pavla Pavlu Pavlom",
    "Lev": "L'va L'vu Lev's",
    "Maria": "Marii Mariyu Mariey",
    "Nikolai": "Nikolaya Nikolayu",
    "Ali": "Alining Aligha Ali's",
}
"""Invented uses of ordinary names; each form is one that the language has."""
NOT_FOUND = {"Заяц": ("Зайца", "Зайцу"), "Любовь": ("Любви",), "ئەركەك": ("ئەركىگىم",)}
"""What the tables do not know: changes of one word alone, and two changes at once."""

TITLES = {
    "吴有明": "小吴 老吴 吴先生 吴老师 吴某 有明 阿明",
    "王莫须": "王大夫 王局长 莫须",
}


def known(*names: str, person: RecordId = PERSON) -> list[KnownName]:
    return known_names.with_their_words(
        [KnownName(person=person, name=name, terms=name_terms(name)) for name in names]
    )


def named(text: str, *names: str) -> list[str]:
    return [text[one.start : one.end] for one in naming.named_in(text, KnownNames(known(*names)))]


def forms() -> list[tuple[str, str]]:
    return [(name, form) for name, said in CHANGED.items() for form in said.split()]


def test_recall_over_a_table_of_changed_names() -> None:
    missed = [(name, form) for name, form in forms() if not named(f"… {form} …", name)]
    assert set(missed) == {(name, form) for name, some in NOT_FOUND.items() for form in some}
    assert len(missed) / len(forms()) < 0.05


def sentences() -> list[str]:
    """The sample's sentences, without the names that are put into them: they name nobody."""
    path = Path(notebook.__file__).parent / "sample_data" / "sentences.toml"
    languages = tomllib.loads(path.read_text("utf-8")).values()
    return [
        re.sub(r"{\w+}", "…", sentence)
        for language in languages
        if isinstance(language, dict)
        for sentence in language["sentences"]
    ]


def test_false_positives_on_the_sentences_of_the_sample() -> None:
    people = KnownNames(known(*CHANGED, *TITLES))
    found = [
        sentence[one.start : one.end]
        for sentence in sentences()
        for one in naming.named_in(sentence, people)
    ]
    assert len(sentences()) == 75
    assert found == []


def test_the_table_could_not_be_found_before_names_were_changed() -> None:
    """The control: without the tables, most of these are missed."""
    bare = [
        (name, form)
        for name, form in forms()
        if name[:4] not in form or (len(name) < 4 and form != name)
    ]
    assert len(bare) > len(forms()) / 2


@pytest.mark.parametrize(
    ("name", "said"), [(name, one) for name, some in TITLES.items() for one in some.split()]
)
def test_a_chinese_name_is_found_with_a_title_and_without_its_surname(name: str, said: str) -> None:
    assert named(f"昨天{said}来过。", name) == [said]


@pytest.mark.parametrize(("name", "word"), [("Вера", "веры"), ("Лев", "льва"), ("Роза", "розу")])
def test_what_may_be_another_word_is_said_to_be_a_guess(name: str, word: str) -> None:
    [found] = naming.named_in(f"без {word} и", KnownNames(known(name)))
    assert found.is_guess


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Лев", "Левый берег; лекарь; Льгов"),
        ("Павел", "павлин, павильон"),
        ("Мария", "Марс, мариновать"),
        ("Али", "алиби, Алиса"),
        ("Ян", "январь, яна"),
        ("Нұрлан ұлы", "ұлы адам, оның ұлы"),
        ("Аида қызы", "оның қызы келді"),
        ("Patime", "patina, patient"),
        ("艾尔肯", "尔肯"),
        ("吐尔洪", "小吐"),
        ("رەنا", "رەنجىدى"),
    ],
)
def test_what_only_begins_alike_is_left_alone(name: str, text: str) -> None:
    assert named(text, name) == []


def test_an_ending_stays_behind_the_stem_and_the_words_of_a_name_are_one() -> None:
    assert named("Павла Небылина увели", "Павел Небылин") == ["Павла Небылин"]


def test_what_may_be_of_either_is_nobody_s() -> None:
    both = KnownNames([*known("Ойданов"), *known("Ойданова", person=OTHER)])
    [found] = naming.named_in("к Ойдановой", both)
    assert found.people == {PERSON, OTHER}
    assert found.person is None
    # As they stand in the notebook, they are told apart.
    [found] = naming.named_in("здесь Ойданова", both)
    assert found.person == OTHER


def test_a_name_that_stands_there_for_certain_is_no_guess() -> None:
    [found] = naming.named_in("吴有明老师", KnownNames(known("吴有明")))
    assert not found.is_guess


def test_somebody_named_for_certain_is_not_named_again_as_a_guess() -> None:
    hits = KnownNames(known("吴有明")).found_in("吴有明说，有明来过")
    assert [hit.name for hit in hits] == ["吴有明"]


@pytest.mark.parametrize("word", ["", "Я", "Ли", "123", "吴有明", "ab!", "Аb"])
def test_what_is_short_or_of_no_one_script_does_not_change(word: str) -> None:
    assert changed_forms(word) == ()


def test_only_a_common_surname_makes_a_chinese_name() -> None:
    assert han_forms("吴有明")
    assert not han_forms("艾尔肯")
    assert not han_forms("吴")
    assert not han_forms("Wu")


@pytest.mark.parametrize(
    ("name", "text", "is_guess"),
    [
        ("Нурлан", "Нурлана", False),
        ("Нурлан", "Нурланович", True),
        ("Роман", "романтика", True),
        ("Асқар", "Асқардың", False),
        ("Асқар", "Асқарларымыздан", False),
        ("Асқар", "Асқарбек", True),
        ("ئەسقەر", "ئەسقەرنىڭ", False),
        ("ئەسقەر", "ئەسقەرجان", True),
        ("Askar", "Askarning", False),
        ("Askar", "Askarov", True),
        ("阿斯卡尔", "阿斯卡尔被", False),
    ],
)
def test_a_name_that_goes_on_with_no_ending_is_a_guess(
    name: str, text: str, is_guess: bool
) -> None:
    [found] = naming.named_in(f"… {text}.", KnownNames(known(name)))
    assert text[: found.end - found.start].casefold() == name.casefold()
    assert found.is_guess is is_guess


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("#FreeErbol now", "#Free now"),
        ("НурланЕрбол1980@example.org", "1980@example.org"),
        ("erbolnurlan", ""),
        ("see 2018Ербол.jpg", "see 2018.jpg"),
        ("erbol_nurlan.html", "_.html"),
    ],
)
def test_names_that_are_glued_together_are_found(text: str, rest: str) -> None:
    people = KnownNames(known("Ербол", "Нурлан", "Erbol", "Nurlan"))
    spans = naming.named_in(text, people)
    for one in reversed(spans):
        text = text[: one.start] + text[one.end :]
    assert text == rest
    assert all(one.person for one in spans)
    assert people.found_in("#FreeErbol")


@pytest.mark.parametrize("text", ["SternErboloid", "freeerbol", "AlErb"])
def test_inside_a_word_a_name_begins_at_a_seam_alone(text: str) -> None:
    found = naming.named_in(text, KnownNames(known("Erbol")))
    assert [text[one.start : one.end] for one in found] == (["Erbol"] if "Erbol" in text else [])


LETTERS = "абвАБ abAB ئەى王吴小\u0301’-"


@given(
    names=st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=4),
    text=st.text(LETTERS, max_size=60),
)
def test_spans_lie_apart_in_the_text_and_what_they_cover_names_nobody_any_more(
    names: list[str], text: str
) -> None:
    people = KnownNames(
        [
            name
            for place, one in enumerate(names)
            for name in known_names.with_their_words(
                known_names.typed(one, RecordId(f"{place:032x}"))
            )
        ]
    )
    spans = naming.named_in(text, people)
    ends = [0, *(one.end for one in spans)]
    for one, before in zip(spans, ends, strict=False):
        assert before <= one.start < one.end <= len(text)
        assert one.people
    for name in names:
        whole = known_names.typed(name, PERSON)
        # Nothing that stands there as a whole word, or words, is passed over.
        if whole and KnownNames(whole).found_in(text) and naming.named_in(text, KnownNames(whole)):
            assert spans
