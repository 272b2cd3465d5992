"""What `make soak` fuzzes with coverage: every parser takes what is good and refuses the corpus."""

from __future__ import annotations

import pytest

from crypto import tar
from tests.faults import guided


@pytest.mark.parametrize("name", sorted(guided.TARGETS))
def test_each_parser_refuses_the_corpus_or_takes_it_and_says_nothing_else(name: str) -> None:
    texts = [path.read_bytes() for path in sorted(guided.CORPUS.iterdir())]
    assert sum(guided.try_one(name, text) for text in [*texts, b""]) < len(texts)


@pytest.mark.parametrize("name", sorted(guided.well_formed()))
def test_each_parser_takes_what_is_well_formed(name: str) -> None:
    for content in guided.well_formed()[name]:
        assert guided.try_one(name, content)


def test_what_is_no_refusal_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(_source: object) -> object:
        raise KeyError("next")

    monkeypatch.setattr(tar, "TarReader", careless)
    with pytest.raises(KeyError):
        guided.try_one("archive", b"x")
