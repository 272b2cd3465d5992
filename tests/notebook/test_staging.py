"""The lines of a bundle on disk: in order, never in clear, and gone however it ends."""

import errno
import os
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from crypto.errors import LimitExceeded
from notebook import disk, journal, staging
from notebook.errors import Code, NotebookError
from notebook.journal import BadEntry, Entry, Frame
from notebook.model import CaseId, Kind, RecordId
from notebook.staging import StagedLines

SEEDS = (bytes(32), bytes([1]) * 32)
CASES = (CaseId("aa" * 16), CaseId("bb" * 16))
CANARY = "a word that nobody may find"


def entry_of(seq: int, prev: str, *, case: int = 0, author: int = 0, words: str = "") -> Entry:
    return journal.compose(
        case=CASES[case],
        log="ab" * 16,
        seq=seq,
        prev=prev,
        seen=(),
        time="2026-03-05T10:00:00Z",
        kind=Kind.OP,
        parts=[(Frame(record=RecordId("cd" * 16), field="title"), words or f"number {seq}")],
        signing_seed=SEEDS[author],
        random=os.urandom,
    )


def chain_of(count: int, *, case: int = 0, author: int = 0) -> list[Entry]:
    made: list[Entry] = []
    for seq in range(count):
        made.append(entry_of(seq, made[-1].id if made else "", case=case, author=author))
    return made


def add(lines: StagedLines, found: Sequence[Entry]) -> None:
    for entry in found:
        lines.add(entry, entry.encode_line().rstrip(b"\n"))


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[StagedLines]:
    made = StagedLines(tmp_path / "staging", os.urandom)
    yield made
    made.close()


def test_lines_come_back_as_they_were_added(lines: StagedLines) -> None:
    chain = chain_of(5)
    add(lines, chain)
    lines.finish()
    assert list(lines.entries()) == chain
    assert len(lines) == 5


def test_lines_in_any_order_come_back_by_case_author_and_number(lines: StagedLines) -> None:
    chains = [chain_of(4, case=case, author=author) for case in (0, 1) for author in (0, 1)]
    expected = sorted(
        (entry for chain in chains for entry in chain),
        key=lambda e: (e.header.case, e.header.author, e.header.seq),
    )
    mixed = [chain[place] for place in (2, 0, 3, 1) for chain in reversed(chains)]
    add(lines, mixed)
    lines.finish()
    assert list(lines.entries()) == expected
    assert lines.counts() == {(e.header.case, e.header.author): 4 for e in expected}


def test_lines_longer_than_a_chunk_come_back(lines: StagedLines) -> None:
    long = [entry_of(0, "", words="told " * 40_000), entry_of(0, "", case=1, words="x" * 65_536)]
    add(lines, long)
    lines.finish()
    assert list(lines.entries()) == long


def test_no_lines_are_no_trouble(lines: StagedLines) -> None:
    lines.finish()
    assert list(lines.entries()) == []
    assert lines.counts() == {}
    assert list(lines.apart()) == []


def test_a_line_behind_its_parent_needs_no_look(lines: StagedLines) -> None:
    add(lines, chain_of(3))
    lines.finish()
    assert list(lines.apart()) == []


def test_a_parent_elsewhere_is_told_with_its_place(lines: StagedLines) -> None:
    first, second, third = chain_of(3)
    stranger = entry_of(7, "ee" * 32, author=1)
    add(lines, [first, third, second, stranger])
    lines.finish()
    author, other = first.header.author, stranger.header.author
    assert set(lines.apart()) == {
        (second.id, (CASES[0], author, 1), (CASES[0], author, 1)),
        (first.id, (CASES[0], author, 0), (CASES[0], author, 0)),
        ("ee" * 32, (CASES[0], other, 6), None),
    }


@pytest.mark.parametrize(("seq", "case", "author"), [(5, 0, 0), (1, 1, 0), (1, 0, 1)])
def test_a_line_that_names_a_parent_of_another_place_is_apart(
    lines: StagedLines, seq: int, case: int, author: int
) -> None:
    parent = entry_of(0, "")
    child = entry_of(seq, parent.id, case=case, author=author)
    add(lines, [parent, child])
    lines.finish()
    ((prev, wanted, here),) = lines.apart()
    assert prev == parent.id
    assert here == (CASES[0], parent.header.author, 0)
    assert wanted != here


@pytest.mark.parametrize(("seq", "prev"), [(1, ""), (0, "ee" * 32)])
def test_a_first_entry_that_is_none_is_refused(lines: StagedLines, seq: int, prev: str) -> None:
    with pytest.raises(BadEntry):
        add(lines, [entry_of(seq, prev)])


def stored_bytes(folder: Path) -> bytes:
    """What lies on disk for this process in a folder, with a name or without."""
    found = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for link in own_files():
        if str(link.readlink()).startswith(str(folder)):
            found += link.read_bytes()
    return found


def own_files() -> list[Path]:
    """What this process has open; the folder that was listed for this is not among it any more."""
    return [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]


def test_there_is_a_bound_on_their_number(
    lines: StagedLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MAX_LINES", 3)
    chain = chain_of(4)
    add(lines, chain[:3])
    with pytest.raises(LimitExceeded):
        add(lines, chain[3:])
    lines.finish()
    assert list(lines.entries()) == chain[:3]


def test_lines_in_no_order_with_parents_elsewhere_take_little_memory_each(
    lines: StagedLines,
) -> None:
    """So that a bundle with as many as there may be stays below 512 MiB, program and all."""
    count, chance = 20_000, Random(1)
    tracemalloc.start()
    try:
        for _line in range(count):
            place = SimpleNamespace(
                case=CASES[0],
                author="cd" * 32,
                seq=chance.randrange(1, 2**40),
                prev=chance.randbytes(32).hex(),
            )
            lines.add(SimpleNamespace(id=chance.randbytes(32).hex(), header=place), b"x")  # type: ignore[arg-type]  # all that is looked at
        lines.finish()
        assert sum(1 for _parent in lines.apart()) == count
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / count * staging.MAX_LINES < 400 * 2**20


def test_what_lies_on_disk_has_no_name_and_no_word_of_it(
    lines: StagedLines, tmp_path: Path
) -> None:
    add(lines, [entry_of(0, "", words=CANARY * 10_000)])
    lines.finish()
    assert list((tmp_path / "staging").iterdir()) == []
    stored = stored_bytes(tmp_path)
    assert len(stored) > len(CANARY) * 10_000
    assert CANARY.encode() not in stored
    assert next(lines.entries()).parts[0].value == b'"' + CANARY.encode() * 10_000 + b'"'


def test_a_closed_store_leaves_nothing(tmp_path: Path) -> None:
    lines = StagedLines(tmp_path / "staging", os.urandom)
    add(lines, chain_of(3))
    lines.finish()
    assert stored_bytes(tmp_path)
    lines.close()
    assert not stored_bytes(tmp_path)


def test_a_disk_that_gives_back_other_bytes_is_said(lines: StagedLines, tmp_path: Path) -> None:
    add(lines, [entry_of(0, "", words="told " * 40_000)])
    lines.finish()
    (link,) = (one for one in own_files() if str(one.readlink()).startswith(str(tmp_path)))
    with link.open("r+b") as file:
        file.seek(100)
        file.write(b"other")
    with pytest.raises(NotebookError) as refused:
        list(lines.entries())
    assert refused.value.code is Code.DISK_ERROR


def test_a_file_system_without_nameless_files_leaves_none_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def no_nameless(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "not supported")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", no_nameless)
    with disk.nameless(tmp_path, os.urandom) as file:
        assert list(tmp_path.iterdir()) == []
        assert os.fstat(file.fileno()).st_mode & 0o777 == 0o600
        file.write(b"some bytes")
        file.seek(0)
        assert file.read() == b"some bytes"


def test_a_full_disk_is_said_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(NotebookError) as refused:
        StagedLines(tmp_path, os.urandom)
    assert refused.value.code is Code.NO_SPACE
