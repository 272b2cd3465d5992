"""A file taken in: what it is told by its content, once on disk, and nothing else is believed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from notebook import intake
from notebook.intake import Examined
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.progress import Cancelled, Silent
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Stop, files_of

PICTURE = next(
    path.read_bytes()
    for path in resources.files("notebook.sample_data").iterdir()
    if path.name.endswith(".jpg")
)


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "notebook")
    yield made
    made.close()


def taken_in(notebook: Notebook, content: bytes, name: str) -> Examined:
    return notebook.intake().take_in(io.BytesIO(content), file_name=name, progress=Silent())


def test_a_picture_is_known_by_its_content_and_shows_what_it_is(notebook: Notebook) -> None:
    examined = taken_in(notebook, PICTURE, "letter.txt")
    assert examined.taken.media_type == "image/jpeg"
    assert examined.thumbnail is not None
    width, height, rgb = examined.thumbnail
    assert max(width, height) <= intake.THUMBNAIL_SIDE
    assert len(rgb) == width * height * 3
    fields = intake.fields_of(examined, RecordId("a" * 32), None)
    assert fields["file_name"] == "letter.txt"
    assert fields["media_type"] == "image/jpeg"
    assert isinstance(fields["metadata"], str)


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 no picture", b"MZ\x90\x00" * 9])
def test_whatever_is_no_picture_is_taken_in_without_one(content: bytes, notebook: Notebook) -> None:
    examined = taken_in(notebook, content, "holiday.jpg")
    assert examined.thumbnail is None
    assert examined.taken.row.size_bytes == len(content)
    assert "metadata" not in intake.fields_of(examined, RecordId("a" * 32), None)


def test_a_record_is_called_by_what_was_typed_else_by_its_file_else_by_its_kind(
    notebook: Notebook,
) -> None:
    about = RecordId("a" * 32)
    named, unnamed = taken_in(notebook, b"1", "a.bin"), taken_in(notebook, b"2", "\u202e")
    assert intake.fields_of(named, about, "Typed")["title"] == "Typed"
    assert intake.fields_of(named, about, None)["title"] == "a.bin"
    assert intake.fields_of(unnamed, about, None)["title"] == unnamed.taken.media_type


def test_until_a_record_names_it_the_file_is_nobodys(notebook: Notebook) -> None:
    support.case_in(notebook)
    examined = taken_in(notebook, b"content", "f")
    assert len(files_of(notebook)) == 1
    assert [finding.code for finding in notebook.verify()] == ["stray-files"]
    assert notebook.rows(type="evidence") == []
    notebook.store.destroy(examined.taken.row)
    assert notebook.verify() == []


def test_the_second_object_of_one_content_is_not_kept(notebook: Notebook) -> None:
    about = support.interview_in(notebook, support.case_in(notebook))
    first, second = (taken_in(notebook, b"content", name) for name in ("a", "b"))
    assert first.taken.row.name != second.taken.row.name
    added = [notebook.add_evidence(about, examined)[0] for examined in (first, second)]
    assert len(files_of(notebook)) == 1
    for record in added:
        with notebook.evidence_content(record) as content:
            assert content.read() == b"content"
    assert notebook.verify() == []


def test_an_intake_that_was_stopped_leaves_nothing(notebook: Notebook) -> None:
    with pytest.raises(Cancelled):
        notebook.intake().take_in(
            io.BytesIO(b"x" * 3_000_000), file_name="f", progress=Stop(2, Cancelled())
        )
    assert files_of(notebook) == []


def test_one_that_was_stopped_while_its_picture_is_looked_at_leaves_nothing_either(
    notebook: Notebook,
) -> None:
    def stop() -> None:
        raise Cancelled

    taking = replace(notebook.intake(), go_on=stop)
    with pytest.raises(Cancelled):
        taking.take_in(io.BytesIO(PICTURE), file_name="f.jpg", progress=Silent())
    assert files_of(notebook) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\users\\aida\\talk.ogg", "talk.ogg"),
        ("talk\n.ogg", "talk.ogg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("қ" * 300, "қ" * intake.MAX_FILE_NAME),
        ("bad\udcff", "bad"),
        ("..", ".."),
        ("", ""),
    ],
)
def test_a_file_name_is_its_last_part_and_hides_nothing(given: str, kept: str) -> None:
    assert intake.clean_file_name(given) == kept
