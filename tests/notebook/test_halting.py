"""At the lock nothing more is written, and the four words are those of the next unlocking."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.head import head_words
from notebook.errors import NotebookError
from notebook.notebook import Notebook
from notebook.progress import Cancelled
from notebook.transaction import Transaction
from tests.notebook import support_notebook


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support_notebook.create(tmp_path / "notebook")
    yield made
    made.close()


def add(notebook: Notebook, title: str) -> None:
    notebook.add("case", None, {"title": title})


def words_when_unlocked(notebook: Notebook) -> tuple[str, ...]:
    notebook.close()
    again = support_notebook.unlock(notebook.folder)
    words = again.status().head_words
    again.close()
    return words


def test_the_words_are_those_of_the_next_unlocking(notebook: Notebook) -> None:
    add(notebook, "One")
    add(notebook, "Two")
    words = notebook.halt()
    assert len(words) == 4
    assert words == notebook.head_words()
    assert words == words_when_unlocked(notebook)


def test_nothing_is_written_after_it(notebook: Notebook) -> None:
    add(notebook, "One")
    words = notebook.halt()
    with pytest.raises(Cancelled):
        add(notebook, "Two")
    assert notebook.halt() == words
    assert [row.title for row in notebook.cases()] == ["One"]
    assert words == words_when_unlocked(notebook)


def test_while_something_is_written_there_are_no_words_and_it_is_not_kept(
    notebook: Notebook,
) -> None:
    add(notebook, "One")
    heard: list[tuple[str, ...]] = []

    def slow(tx: Transaction) -> None:
        tx.write_fields(tx.new_record_id(), notebook.cases()[0].case, {"_type": "note"})
        # The lock comes from the window's thread while this one is busy.
        locking = threading.Thread(target=lambda: heard.append(notebook.halt()))
        locking.start()
        locking.join()

    before = notebook.head_words()
    with pytest.raises(Cancelled):
        notebook.transact(slow)
    assert heard == [()]
    assert notebook.head_words() == before
    assert before == words_when_unlocked(notebook)


def test_an_operation_that_was_refused_leaves_the_words_as_they_were(notebook: Notebook) -> None:
    add(notebook, "One")
    before = notebook.head_words()
    with pytest.raises(NotebookError):
        notebook.add("note", None, {"title": "No case"})
    assert notebook.halt() == before


def test_where_only_reading_is_meant_there_are_no_words_to_promise(tmp_path: Path) -> None:
    support_notebook.create(tmp_path / "read").close()
    reading = Notebook.unlock(
        tmp_path / "read",
        support_notebook.PASSPHRASE,
        environment=support_notebook.environment("reader"),
        is_reading=True,
    )
    assert reading.halt() == ()
    reading.close()


def test_words_of_a_state_are_four(notebook: Notebook) -> None:
    assert notebook._core.settled is not None
    assert len(head_words(notebook._core.settled)) == 4
