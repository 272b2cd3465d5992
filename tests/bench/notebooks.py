"""Notebooks for benchmarks: real ones, with a cheap key derivation and invented text."""

import dataclasses
from functools import partial
from pathlib import Path

from notebook import editing
from notebook.environment import Environment, real_environment
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook
from notebook.transaction import Transaction

PASSPHRASE = "seven quiet rivers cross the invented plain"
_WORDS = (
    *("river", "market", "brother", "letter", "window", "morning", "train", "school", "camp"),
    *("village", "winter", "bread", "document", "uncle", "answer", "garden", "border", "evening"),
    *("neighbour", "apple", "station", "teacher", "phone", "month", "road"),
)


def environment() -> Environment:
    """The machine's own, with the test derivation allowed: it is not what is measured."""
    return dataclasses.replace(real_environment(), allows_testing=True)


def make(path: Path, name: str) -> Notebook:
    """A new notebook."""
    return Notebook.create(
        path, PASSPHRASE, author_name=name, kdf=Kdf.TESTING, environment=environment()
    )


def reopen(path: Path) -> Notebook:
    """An existing notebook."""
    return Notebook.unlock(path, PASSPHRASE, environment=environment())


def account(number: int, words: int = 600) -> str:
    """Invented text of so many words, different for every number."""
    return " ".join(
        f"{_WORDS[(number * 7 + place * 13) % len(_WORDS)]}{(number * 31 + place * 17) % 997}"
        for place in range(words)
    )


def fields(number: int) -> dict[str, str]:
    """An invented interview."""
    return {
        "title": f"Invented interview {number}",
        "date": f"20{10 + number % 15}-0{1 + number % 9}",
        "account": account(number),
    }


def fill(notebook: Notebook, count: int) -> tuple[CaseId, list[RecordId]]:
    """A case with so many interviews, in transactions of 200."""

    case = CaseId(notebook.add("case", None, {"title": "Invented case"})[0])
    ids: list[RecordId] = []
    for start in range(0, count, 200):
        numbers = range(start, min(start + 200, count))
        ids += notebook.transact(partial(_add, case, numbers))[0]
    return case, ids


def _add(case: CaseId, numbers: range, tx: Transaction) -> list[RecordId]:
    return [editing.add(tx, "interview", case, fields(number)) for number in numbers]
