"""Contacts: pinned by card, compared in person, and never changed by a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook.contacts import OLD_AGE, Profile
from notebook.errors import Code, NotebookError
from notebook.model import AuthorId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_notebook import Seeded


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "notebook")
    yield made
    made.close()


def card(name: str, seed: str | None = None) -> str:
    return Identity.generate(name, Seeded(seed or name)).card().encode()


def trouble_of(notebook: Notebook, text: str) -> Code:
    with pytest.raises(NotebookError) as trouble:
        notebook.add_contact(text)
    return trouble.value.code


def test_a_card_becomes_a_contact_that_is_not_compared(notebook: Notebook) -> None:
    contact, changes = notebook.add_contact(card("Bolat"))
    assert changes.contacts
    assert (contact.name, contact.how, contact.is_compared) == ("Bolat", "added", False)
    assert contact.profile is Profile.PQ
    assert len(contact.fingerprint.split()) == 12
    assert notebook.contacts() == [contact]


def test_a_card_that_came_through_a_mail_program_is_read(notebook: Notebook) -> None:
    text = "\r\n  " + card("Bolat").replace("\n", "\r\n") + "\r\n\r\n"
    assert notebook.add_contact(text)[0].name == "Bolat"


@pytest.mark.parametrize("how", ["empty", "text", "changed", "cut"])
def test_what_is_no_card_adds_nobody(how: str, notebook: Notebook) -> None:
    whole = card("Bolat")
    text = {
        "empty": "",
        "text": "Dear Bolat",
        "changed": whole.replace("Bolat", "Bulat"),
        "cut": whole[: len(whole) // 2],
    }[how]
    assert trouble_of(notebook, text) is Code.BAD_CARD
    assert notebook.contacts() == []


def test_ones_own_card_adds_nobody(notebook: Notebook) -> None:
    assert trouble_of(notebook, notebook.my_card().encode()) is Code.BAD_CARD


def test_comparing_is_remembered_with_its_day_also_when_the_card_comes_again(
    notebook: Notebook,
) -> None:
    contact, _changes = notebook.add_contact(card("Bolat"))
    notebook.mark_compared(contact.id)
    again, _changes = notebook.add_contact(card("Bolat"), classic=True)
    assert again.is_compared
    assert again.profile is Profile.CLASSIC
    assert len(notebook.contacts()) == 1


def test_somebody_of_the_same_name_is_another_contact(notebook: Notebook) -> None:
    first, _changes = notebook.add_contact(card("Bolat", "one"))
    notebook.mark_compared(first.id)
    second, _changes = notebook.trust.add_contact(card("Bolat", "two"), may_share_name=True)
    assert not second.is_compared
    assert {c.id for c in notebook.contacts()} == {first.id, second.id}
    with pytest.raises(NotebookError) as trouble:
        notebook.contact("Bolat")
    assert trouble.value.code is Code.UNKNOWN_CONTACT
    assert notebook.contact(second.id) == second
    assert notebook.contact(second.id[:8]) == second


def test_a_contact_who_takes_anothers_id_as_a_name_is_not_taken_for_them(
    notebook: Notebook,
) -> None:
    first, _changes = notebook.add_contact(card("Bolat"))
    notebook.add_contact(card(first.id, "impostor"))
    assert notebook.contact(first.id) == first


@pytest.mark.parametrize("text", ["", "abc", "Nobody", "00" * 32])
def test_an_unknown_contact_is_refused(text: str, notebook: Notebook) -> None:
    notebook.add_contact(card("Bolat"))
    with pytest.raises(NotebookError) as trouble:
        notebook.contact(text)
    assert trouble.value.code is Code.UNKNOWN_CONTACT


def test_nobody_unknown_is_marked_as_compared(notebook: Notebook) -> None:
    with pytest.raises(NotebookError) as trouble:
        notebook.mark_compared(AuthorId("00" * 32))
    assert trouble.value.code is Code.UNKNOWN_CONTACT


def test_who_compared_is_remembered(notebook: Notebook) -> None:
    contact, _changes = notebook.add_contact(card("Bolat"))
    assert contact.compared_by == ""
    notebook.mark_compared(contact.id)
    assert notebook.contact(contact.id).compared_by == notebook.author_name == "Aida"


# Changed keys, and a name that is taken.


def renewed(name: str, seed: str, keys: str) -> str:
    """A card by the author of `card(…, seed)` with the sealing keys of another one."""
    whole, other = (Identity.generate(name, Seeded(each)) for each in (seed, keys))
    return replace(whole, classic=other.classic, hybrid=other.hybrid).card().encode()


def test_a_known_author_with_other_keys_is_refused_without_a_word(notebook: Notebook) -> None:
    first, _changes = notebook.add_contact(card("Bolat", "one"))
    notebook.mark_compared(first.id)
    before = notebook.contacts()
    text = renewed("Bolat", "one", "two")
    assert trouble_of(notebook, text) is Code.CHANGED_KEYS
    assert notebook.contacts() == before
    with pytest.raises(NotebookError) as trouble:
        notebook.trust.add_contact(text, may_share_name=True)
    assert trouble.value.code is Code.CHANGED_KEYS
    contact, _changes = notebook.trust.add_contact(text, may_replace=True)
    assert (contact.id, contact.is_compared, contact.compared_by) == (first.id, False, "")
    assert contact.fingerprint != first.fingerprint


@pytest.mark.parametrize("name", ["Bolat", "bolat", "BO LAT", "Ｂｏｌａｔ"])
def test_somebody_new_with_a_contacts_name_is_refused_without_a_word(
    name: str, notebook: Notebook
) -> None:
    first, _changes = notebook.add_contact(card("Bolat", "one"))
    assert trouble_of(notebook, card(name, "two")) is Code.KNOWN_NAME
    with pytest.raises(NotebookError) as trouble:
        notebook.trust.add_contact(card(name, "two"), may_replace=True)
    assert trouble.value.code is Code.KNOWN_NAME
    assert notebook.contacts() == [first]
    notebook.trust.add_contact(card(name, "two"), may_share_name=True)
    assert len(notebook.contacts()) == 2


def test_somebody_new_whose_name_looks_like_a_contacts_is_refused_without_a_word(
    notebook: Notebook,
) -> None:
    first, _changes = notebook.add_contact(card("Bolat", "one"))
    twin = card("В\u043elat", "two")
    with pytest.raises(NotebookError) as trouble:
        notebook.add_contact(twin)
    assert trouble.value.code is Code.KNOWN_NAME
    assert "looks like that of your contact Bolat" in trouble.value.what
    assert notebook.contacts() == [first]
    notebook.trust.add_contact(twin, may_share_name=True)
    assert len(notebook.contacts()) == 2
    # Who is known with both cards may renew either.
    assert notebook.trust.add_contact(twin, may_share_name=True)[0].id != first.id


@pytest.mark.parametrize("name", ["Aida", "aida", "\u0410ida", "AIDA "])
def test_somebody_else_with_ones_own_name_is_refused_without_a_word(
    name: str, notebook: Notebook
) -> None:
    twin = card(name, "three")
    with pytest.raises(NotebookError) as trouble:
        notebook.trust.add_contact(twin, may_replace=True)
    assert trouble.value.code is Code.KNOWN_NAME
    assert "your own name" in trouble.value.what
    assert notebook.contacts() == []
    contact, _changes = notebook.trust.add_contact(twin, may_share_name=True)
    # Once it was said, the same card is no news; under a name it did not have it is.
    assert notebook.add_contact(twin)[0].id == contact.id
    assert trouble_of(notebook, card("\u0410\u0456da", "three")) is Code.KNOWN_NAME


def test_a_contact_may_not_take_ones_own_name_either(notebook: Notebook) -> None:
    notebook.add_contact(card("Chen", "one"))
    assert trouble_of(notebook, card("A\u0456da", "one")) is Code.KNOWN_NAME
    assert [contact.name for contact in notebook.contacts()] == ["Chen"]


def test_names_that_look_alike_are_told_apart_wherever_people_are_named(
    notebook: Notebook,
) -> None:
    first, _changes = notebook.add_contact(card("Bolat", "one"))
    assert notebook.trust.people().name(first.id) == "Bolat"
    twin, _changes = notebook.trust.add_contact(card("В\u043elat", "two"), may_share_name=True)
    mine, _changes = notebook.trust.add_contact(card("\u0410ida", "three"), may_share_name=True)
    people = notebook.trust.people()
    for contact in (first, twin, mine):
        digits = f"{contact.id[:4]} {contact.id[4:8]}"
        assert people.name(contact.id) == f"{contact.name} ({digits})"
    # Oneself is never in doubt.
    assert people.name(notebook.author) == "Aida"


def test_a_contact_may_change_their_name_but_not_to_anothers(notebook: Notebook) -> None:
    contact, _changes = notebook.add_contact(card("Bolat", "one"))
    notebook.add_contact(card("Chen", "two"))
    again, _changes = notebook.add_contact(card("Bolat of Almaty", "one"))
    assert (again.id, again.name) == (contact.id, "Bolat of Almaty")
    assert trouble_of(notebook, card("Chen", "one")) is Code.KNOWN_NAME


# How it is sealed.


def test_the_older_way_has_a_reason_and_can_be_left_again(notebook: Notebook) -> None:
    contact, _changes = notebook.add_contact(card("Bolat"), classic=True)
    assert contact.reason == OLD_AGE
    notebook.trust.set_profile(contact.id, is_classic=True, reason="they asked for it")
    assert notebook.contact("Bolat").reason == "they asked for it"
    again, _changes = notebook.add_contact(card("Bolat"))
    assert (again.profile, again.reason) == (Profile.CLASSIC, "they asked for it")
    notebook.trust.set_profile(contact.id, is_classic=False)
    contact = notebook.contact("Bolat")
    assert (contact.profile, contact.reason) == (Profile.PQ, "")


def test_a_reason_is_bounded_and_the_contact_is_known(notebook: Notebook) -> None:
    contact, _changes = notebook.add_contact(card("Bolat"))
    with pytest.raises(NotebookError) as trouble:
        notebook.trust.set_profile(contact.id, is_classic=True, reason="x" * 501)
    assert trouble.value.code is Code.BAD_VALUE
    with pytest.raises(NotebookError) as trouble:
        notebook.trust.set_profile(AuthorId("00" * 32), is_classic=True)
    assert trouble.value.code is Code.UNKNOWN_CONTACT
