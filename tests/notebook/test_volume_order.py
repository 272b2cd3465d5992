"""Volumes judged by their content: found without numbers, and each fault said with a name."""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from notebook import volume_order
from notebook.errors import Code, NotebookError
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
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


# Given together with others, under names that say nothing.


def grouped(reader: Notebook, files: Sequence[Path]) -> list[list[str]]:
    """The names of each group, sorted."""
    return [sorted(path.name for path in found) for found in reader.bundles_among(files)]


def test_volumes_of_two_bundles_are_told_apart_by_what_they_hold(handed: Handed) -> None:
    other = renamed(handed.bundle(), lambda n: f"b{n}")
    letters = renamed(handed.files, lambda n: f"a{n}")
    mixed = [path for pair in zip(other, letters, strict=True) for path in pair]
    assert grouped(handed.reader, mixed) == [
        [path.name for path in other],
        [path.name for path in letters],
    ]
    groups = handed.reader.bundles_among(mixed[::-1])
    assert [opened(handed.reader, found).is_again for found in groups] == [False, False]


def test_volumes_under_foreign_names_and_numbers_find_their_bundle(handed: Handed) -> None:
    names = ("holiday.001", "music.007", "holiday.003", "x", "y.002")
    files = renamed(handed.files, lambda n: names[n - 1])
    [found] = handed.reader.bundles_among(files)
    assert opened(handed.reader, found).new > 0


def test_what_has_no_place_in_any_bundle_stays_by_itself(handed: Handed) -> None:
    letters = renamed(handed.files, lambda n: f"a{n}")
    strange = handed.files[0].with_name("picture.jpg")
    strange.write_bytes(os.urandom(VOLUME_BYTES))
    *_rest, last = renamed(handed.bundle(), lambda n: f"b{n}")
    groups = handed.reader.bundles_among([strange, *letters, last])
    assert [len(found) for found in groups] == [1, 5, 1]
    assert opened(handed.reader, groups[1]).new > 0
    for path in (strange, last):
        trouble = handed.refused([path])
        assert trouble.code is Code.BUNDLE_DAMAGED
        assert path.name in trouble.what


def test_a_whole_bundle_beside_it_takes_no_part_of_another(handed: Handed) -> None:
    [whole] = handed.team.sealed(handed.sender, handed.reader, is_full=True).files
    letters = renamed(handed.files, lambda n: f"a{n}")
    assert grouped(handed.reader, [whole, *letters]) == [
        [whole.name],
        [path.name for path in letters],
    ]


def test_a_part_that_lies_there_twice_is_named_and_nothing_else_is_lost(handed: Handed) -> None:
    letters = renamed(handed.files, lambda n: f"a{n}")
    copy = letters[1].with_name("copy")
    copy.write_bytes(letters[1].read_bytes())
    groups = handed.reader.bundles_among([*letters, copy])
    assert [len(found) for found in groups] == [5, 1]
    assert opened(handed.reader, groups[0]).new > 0
    assert "given twice" in handed.refused([*letters, copy]).what


@pytest.mark.parametrize("last_bytes", [1, 100, 40_000])
def test_a_last_part_too_short_for_a_chunk_finds_its_place(handed: Handed, last_bytes: int) -> None:
    [whole] = handed.team.sealed(handed.sender, handed.reader, is_full=True).files
    data = whole.read_bytes()
    size = (len(data) - last_bytes) // 3
    # Three of one size, and what is left over: as many bytes, or up to two more.
    parts = [data[place * size : (place + 1) * size] for place in range(3)]
    parts.append(data[3 * size :])
    files = []
    for name, part in zip("dbca", parts, strict=True):
        files.append(whole.with_name(name))
        files[-1].write_bytes(part)
    [found] = handed.reader.bundles_among(files[::-1])
    assert opened(handed.reader, found).new > 0


def test_without_the_key_parts_without_names_stay_apart(handed: Handed) -> None:
    stranger = handed.team.member("Stranger")
    letters = renamed(handed.files, lambda n: f"a{n}")
    assert [len(found) for found in stranger.bundles_among(letters)] == [1] * 5


def test_a_missing_part_is_named_when_the_others_were_found_by_content(handed: Handed) -> None:
    letters = renamed(handed.files, lambda n: f"a{n}")
    [found] = handed.reader.bundles_among([*letters[:2], *letters[3:]])
    trouble = handed.refused(list(found))
    assert trouble.code is Code.MISSING_VOLUME
    assert "Part 003" in trouble.what


def test_more_files_than_can_be_tried_are_grouped_by_name_alone(handed: Handed) -> None:
    letters = renamed(handed.files, lambda n: f"a{n}")
    many = []
    for number in range(volume_order.MAX_SORTED):
        many.append(letters[0].with_name(f"noise{number}"))
        many[-1].write_bytes(b"noise")
    groups = handed.reader.bundles_among([*letters, *many])
    assert {len(found) for found in groups} == {1}
    # Given alone they go together.
    assert len(handed.reader.bundles_among(letters)) == 1


def test_a_file_that_cannot_be_read_keeps_no_other_from_its_place(handed: Handed) -> None:
    letters = renamed(handed.files, lambda n: f"a{n}")
    gone = letters[0].with_name("gone")
    assert grouped(handed.reader, [gone, *letters]) == [
        ["gone"],
        [path.name for path in letters],
    ]


def test_by_command_line_parts_without_names_are_one_bundle(handed: Handed) -> None:
    letters = renamed(handed.files, lambda n: "edcba"[n - 1] + ".bin")
    strange = letters[0].with_name("picture.jpg")
    strange.write_bytes(b"nothing")
    folder = handed.reader.folder
    handed.reader.close()
    cli = command_line("parts")
    seen = cli("inspect", folder, *letters)
    assert (seen.status, seen.json["for_me"]) == (0, True)
    ran = cli("open", folder, strange, *letters)
    handed.reader = support.unlock(folder)
    handed.team.notebooks[1] = handed.reader
    assert ran.json["new"] > 0
    assert [one["file"] for one in ran.json["refused"]] == [str(strange)]
    assert ran.status == 4
