"""Real notebooks for tests: cheap key derivation, a clock that ticks, randomness that repeats."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notebook.environment import Environment
from notebook.model import CaseId, RecordId
from notebook.notebook import Kdf, Notebook

PASSPHRASE = "granite orbit willow tunnel saffron meadow"
STARTED = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Seeded:
    """Bytes that look random and are the same in every run."""

    seed: str
    _count: int = 0

    def __call__(self, length_bytes: int, /) -> bytes:
        produced = b""
        while len(produced) < length_bytes:
            produced += hashlib.sha256(f"{self.seed}/{self._count}".encode()).digest()
            self._count += 1
        return produced[:length_bytes]


@dataclass(slots=True)
class Ticking:
    """A clock that goes on by one second whenever somebody looks."""

    now: datetime = field(default=STARTED)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def environment(seed: str = "test") -> Environment:
    """An outside world that repeats itself."""
    return Environment(
        clock=Ticking(),
        random=Seeded(seed),
        available_bytes=lambda: 8 * 2**30,
        zone=UTC,
        allows_testing=True,
    )


def create(folder: Path, seed: str = "test", author: str = "Aida") -> Notebook:
    """A new, open notebook."""
    return Notebook.create(
        folder, PASSPHRASE, author_name=author, kdf=Kdf.TESTING, environment=environment(seed)
    )


def unlock(folder: Path, seed: str = "again") -> Notebook:
    """An existing notebook, open."""
    return Notebook.unlock(folder, PASSPHRASE, environment=environment(seed))


def case_in(notebook: Notebook, title: str = "Case") -> CaseId:
    """A new case in the notebook."""
    return CaseId(notebook.add("case", None, {"title": title})[0])


def interview_in(notebook: Notebook, case: CaseId, **fields: str) -> RecordId:
    """A new interview in the case."""
    return notebook.add("interview", case, {"title": "Interview", **fields})[0]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Notebook]:
    """A new notebook, closed at the end."""
    notebook = create(tmp_path / "notebook")
    yield notebook
    notebook.close()
