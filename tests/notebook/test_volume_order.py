"""Volumes judged by their content: found without numbers, and each fault said with a name."""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, dump, files_of, opened

VOLUME_BYTES = 200_000


class Handed:
    """A bundle in five volumes, and the one it is for."""

    def __init__(self, folder: Path) -> None:
        self.team = Team(folder)
        self.sender, self.reader = self.team.members("Sender", "Reader")
        self.case = support.case_in(self.sender)
        interview = support.interview_in(self.sender, self.case)
        self.sender.attach(interview, io.BytesIO(os.urandom(850_000)), file_name="a.bin")
        self.files = self.bundle()
        assert len(self.files) == 5

    def bundle(self) -> list[Path]:
        sealed = self.team.sealed(self.sender, self.reader, is_full=True, volume_bytes=VOLUME_BYTES)
        return list(sealed.files)

    def refused(self, files: list[Path]) -> NotebookError:
        before, stored = dump(self.reader), files_of(self.reader)
        with pytest.raises(NotebookError) as trouble:
            opened(self.reader, files)
        assert (dump(self.reader), files_of(self.reader)) == (before, stored)
        return trouble.value


@pytest.fixture
def handed(tmp_path: Path) -> Iterator[Handed]:
    made = Handed(tmp_path)
    yield made
    made.team.close()


def renamed(paths: list[Path], name: Callable[[int], str]) -> list[Path]:
    return [path.rename(path.with_name(name(n))) for n, path in enumerate(paths, start=1)]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_volumes_without_numbers_are_put_in_order_by_what_they_hold(
    handed: Handed, order: tuple[int, ...]
) -> None:
    letters = renamed(handed.files, lambda n: "edcba"[n - 1] + ".bin")
    assert opened(handed.reader, [letters[place] for place in order]).new > 0


def test_volumes_with_wrong_numbers_are_named_with_their_right_ones(handed: Handed) -> None:
    first, second, third, *_rest = handed.files
    aside = second.rename(second.with_name("aside"))
    third.rename(second)
    aside.rename(third)
    trouble = handed.refused(handed.files)
    assert trouble.code is Code.BAD_INPUT
    assert second.name in trouble.what
    assert "part 003" in trouble.what
    assert first.exists()


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_volume_of_another_bundle_is_named(handed: Handed, place: int) -> None:
    other = handed.bundle()
    other[place].replace(handed.files[place])
    trouble = handed.refused(handed.files)
    assert trouble.code is Code.BUNDLE_DAMAGED
    assert handed.files[place].name in trouble.what


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("at", [0.3, 0.6, 0.99])
def test_a_damaged_volume_is_named(handed: Handed, place: int, at: float) -> None:
    path = handed.files[place]
    damaged = bytearray(path.read_bytes())
    damaged[int(at * len(damaged))] ^= 4
    path.write_bytes(damaged)
    trouble = handed.refused(handed.files)
    assert trouble.code is Code.BUNDLE_DAMAGED
    named = [one for one in handed.files if one.name in trouble.what]
    # A chunk that lies across two volumes does not say which, and both are named.
    assert path in named
    assert len(named) <= 2
    if at == 0.6 and place < 4:
        assert named == [path]


@pytest.mark.parametrize("missing", range(5))
def test_a_missing_volume_is_named_with_its_bundle(handed: Handed, missing: int) -> None:
    left = [path for place, path in enumerate(handed.files) if place != missing]
    trouble = handed.refused(left)
    assert trouble.code is Code.MISSING_VOLUME
    assert f"Part {missing + 1:03d}" in trouble.what
    assert handed.files[0].name.removesuffix(".001") in trouble.what


def test_the_first_volume_alone_says_that_the_bundle_goes_on(handed: Handed) -> None:
    trouble = handed.refused(handed.files[:1])
    assert trouble.code is Code.MISSING_VOLUME
    assert "Part 002" in trouble.what


def test_a_volume_in_the_middle_alone_says_that_the_first_is_missing(handed: Handed) -> None:
    trouble = handed.refused(handed.files[2:3])
    assert trouble.code is Code.MISSING_VOLUME
    assert "Part 001" in trouble.what


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_missing_volume_without_numbers_is_named_by_its_place(
    handed: Handed, missing: int
) -> None:
    letters = renamed(handed.files, lambda n: f"letter{n}")
    trouble = handed.refused([path for place, path in enumerate(letters) if place != missing])
    assert trouble.code is Code.MISSING_VOLUME
    assert f"Part {missing + 1:03d}" in trouble.what


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("kept_bytes", [1, 60_000, 140_000])
def test_a_volume_that_was_cut_is_named(handed: Handed, place: int, kept_bytes: int) -> None:
    path = handed.files[place]
    kept = min(kept_bytes, path.stat().st_size - 1)
    with path.open("r+b") as file:
        file.truncate(kept)
    trouble = handed.refused(handed.files)
    assert trouble.code is Code.BUNDLE_DAMAGED
    if place:
        assert path.name in trouble.what


def test_the_same_volume_twice_is_named(handed: Handed) -> None:
    copy = handed.files[1].with_name("copy")
    copy.write_bytes(handed.files[1].read_bytes())
    letters = [*renamed(handed.files, lambda n: f"letter{n}"), copy]
    trouble = handed.refused(letters)
    assert trouble.code is Code.BAD_INPUT
    assert copy.name in trouble.what


def test_two_bundles_in_one_group_are_refused(handed: Handed) -> None:
    other = renamed(handed.bundle(), lambda n: f"other{n}")
    letters = renamed(handed.files, lambda n: f"letter{n}")
    assert handed.refused([*letters, *other]).code is Code.BAD_INPUT


def test_who_cannot_open_the_bundle_learns_nothing_of_its_parts(handed: Handed) -> None:
    stranger = handed.team.member("Stranger")
    letters = renamed(handed.files, lambda n: f"letter{n}")
    for files in itertools.permutations(letters, 2):
        with pytest.raises(NotebookError) as trouble:
            opened(stranger, files)
        assert trouble.value.code in (Code.BAD_INPUT, Code.MISSING_VOLUME, Code.NOT_FOR_YOU)
