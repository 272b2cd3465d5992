"""Known names are found in four scripts, with the endings that names take, and nothing else is."""

from __future__ import annotations

import pytest

from notebook.analysis import name_terms
from notebook.known_names import KnownName, KnownNames, of_notebook
from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.notebook.support_notebook import case_in, opened

__all__ = ["opened"]
PERSON = RecordId("ab" * 16)


def known(*names: str) -> KnownNames:
    return KnownNames([KnownName(person=PERSON, name=n, terms=name_terms(n)) for n in names])


def found(name: str, text: str) -> bool:
    return [hit.name for hit in known(name).found_in(text)] == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Гүлнар", "Содан кейін Гүлнардың үйіне бардық."),
        ("Гүлнар Әлиева", "гүлнар  әлиеваға айттым"),
        ("Иванов", "Мы говорили с Ивановым."),
        ("Пётр", "ПЕТР ушёл"),
        ("ئايگۈل", "ئۇ ئايگۈلنىڭ دادىسى"),
        ("王小明", "昨天王小明说他要走"),
        ("王伟", "王伟"),
        ("Aygül", "I met Aygul there."),
        ("O'Neil", "ONeil was there"),
        ("Li", "Then Li came."),
        ("Ербол", "Содан кейін Ер-\nбол келді."),
        ("Ербол", "Содан кейін Ер\u00ad \r\n  болға айттым."),
        ("Erbol", "A Russian o: Erb\u043el came."),
        ("Сапаров", "Латинское с и a: C\u0061паров ушёл."),
        ("Ербол Сапаров", "Ер-\nбол Cапа-\nров"),
    ],
)
def test_a_name_is_found_as_people_write_it(name: str, text: str) -> None:
    assert found(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Li", "The line was long."),
        ("Гүлнар Әлиева", "Гүлнар келді, Әлия кетті"),
        ("Anna Lee", "Lee Anna"),
        ("Anna Lee", "Anna"),
        ("王小明", "小明王"),
        ("王小明", "王小"),
        ("Гүлнар", "Гүл нар"),
        ("Ivanov", "Petrivanov"),
        ("Ivanov", ""),
        ("Erbol", "Erb-ol Er- bol Er\nbol"),
        ("Erbol", "Er-\n\nbol"),
    ],
)
def test_what_is_no_name_is_not_taken_for_one(name: str, text: str) -> None:
    assert not found(name, text)


def test_many_names_are_found_at_once_and_each_is_said_once() -> None:
    names = known("Anna", "Boris", "Anna Lee")
    hits = names.found_in("Anna Lee and Boris and Anna and Boris")
    assert [hit.name for hit in hits] == ["Anna", "Anna Lee", "Boris"]


def test_names_and_other_names_of_all_people_count_and_single_signs_do_not(
    opened: Notebook,
) -> None:
    case = case_in(opened)
    fields = {"title": "P1", "names": ["Гүлнар", "Г"], "aliases": ["Сестра", "王", "…"]}
    person = opened.add("person", case, fields)[0]
    gone = opened.add("person", case, {"title": "P2", "names": ["Deleted"]})[0]
    opened.delete(gone)
    names = of_notebook(opened._core.db, opened.forms)
    text = "Гүлнар, Г, Сестра, 王 … Deleted"
    assert [(hit.person, hit.name) for hit in names.found_in(text)] == [
        (person, "Гүлнар"),
        (person, "Сестра"),
        (gone, "Deleted"),
    ]


def test_without_people_nothing_is_found(opened: Notebook) -> None:
    assert of_notebook(opened._core.db, opened.forms).found_in("Anybody") == []


def test_a_name_that_changed_inside_is_flagged_in_the_notebook_too(opened: Notebook) -> None:
    case = case_in(opened)
    person = opened.add("person", case, {"title": "P1", "names": ["Павел Небылин", "吴有明"]})[0]
    names = of_notebook(opened._core.db, opened.forms)
    for text in ("Павла увели", "Небылина", "吴老师来过"):
        assert [hit.person for hit in names.found_in(text)] == [person], text
    assert names.found_in("павлин") == []
