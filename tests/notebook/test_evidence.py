"""Evidence objects and the small files beside them: whole or absent, and never over another."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import disk
from notebook.errors import Code, NotebookError
from notebook.evidence import ObjectStore
from notebook.model import Kind, RecordId, Sha256
from notebook.notebook import Notebook
from notebook.progress import Cancelled, Silent
from notebook.storage.affairs import ObjectRow
from tests.notebook import support_notebook as support
from tests.notebook.support_notebook import Seeded


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    (tmp_path / "objects").mkdir(mode=0o700)
    return ObjectStore(tmp_path / "objects", Seeded("objects"))


class Stops:
    """Progress that cancels at the second step."""

    steps = 0

    def step(self, done: int, total: int, what: str = "") -> None:
        self.steps += 1
        if self.steps == 2:
            raise Cancelled


class Breaks(io.BytesIO):
    """A file on a stick that is pulled out."""

    def read(self, max_bytes: int | None = -1, /) -> bytes:
        if self.tell() > 0:
            raise OSError(5, "gone")
        return super().read(max_bytes)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("size_bytes", [0, 1, 65535, 65536, 65537, 1024 * 1024 + 1])
def test_content_comes_back_and_its_hash_is_right(size_bytes: int, store: ObjectStore) -> None:
    content = Seeded("content")(size_bytes)
    taken = store.take_in(io.BytesIO(content), file_name="a.bin", progress=Silent())
    assert taken.row.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.row.size_bytes == size_bytes
    with store.open(taken.row) as reader:
        assert reader.read() == content
        assert reader.seek(size_bytes // 2) == size_bytes // 2
        assert reader.read(10) == content[size_bytes // 2 :][:10]
        assert reader.seek(0, os.SEEK_END) == size_bytes
        assert reader.read(1) == b""
    store.check(taken.row, Silent())


def test_nothing_of_the_content_is_in_the_file(store: ObjectStore) -> None:
    store.take_in(io.BytesIO(b"canary" * 1000), file_name="canary", progress=Silent())
    (file,) = files(store.path)
    assert b"canary" not in file.read_bytes()
    assert "canary" not in file.name


@pytest.mark.parametrize("how", ["cancelled", "unreadable"])
def test_what_was_not_taken_in_to_its_end_leaves_nothing(how: str, store: ObjectStore) -> None:
    content = bytes(3 * 1024 * 1024)
    if how == "cancelled":
        with pytest.raises(Cancelled):
            store.take_in(io.BytesIO(content), file_name="a", progress=Stops())
    else:
        with pytest.raises(NotebookError) as trouble:
            store.take_in(Breaks(content), file_name="a", progress=Silent())
        assert trouble.value.code is Code.UNREADABLE_FILE
    assert files(store.path) == []


def test_an_object_of_another_key_name_or_size_is_damaged(store: ObjectStore) -> None:
    row = store.take_in(io.BytesIO(b"a" * 100), file_name="a", progress=Silent()).row
    other = store.take_in(io.BytesIO(b"b" * 100), file_name="b", progress=Silent()).row
    for wrong in (
        ObjectRow(sha256=row.sha256, name=row.name, key=other.key, size_bytes=100),
        ObjectRow(sha256=row.sha256, name=other.name, key=row.key, size_bytes=100),
        ObjectRow(sha256=row.sha256, name=row.name, key=row.key, size_bytes=99),
        ObjectRow(sha256=row.sha256, name=bytes(16), key=row.key, size_bytes=100),
    ):
        with pytest.raises(NotebookError) as trouble:
            store.open(wrong).read()
        assert trouble.value.code is Code.DAMAGED


def test_a_wrong_hash_is_found_by_the_check(store: ObjectStore) -> None:
    row = store.take_in(io.BytesIO(b"a"), file_name="a", progress=Silent()).row
    wrong = ObjectRow(sha256=Sha256("00" * 32), name=row.name, key=row.key, size_bytes=1)
    with pytest.raises(NotebookError):
        store.check(wrong, Silent())


def test_strays_are_told_and_only_old_ones_swept(store: ObjectStore) -> None:
    known = store.take_in(io.BytesIO(b"known"), file_name="a", progress=Silent()).row
    stray = store.take_in(io.BytesIO(b"stray"), file_name="b", progress=Silent()).row
    names = frozenset({known.name})
    assert store.strays(names) == [store.file_of(stray.name)]
    assert store.sweep(names, lambda path: False) == 0
    assert store.sweep(names, lambda path: True) == 1
    assert files(store.path) == [store.file_of(known.name)]


def attached(notebook: Notebook, content: bytes = b"content", name: str = "a.txt") -> RecordId:
    case = notebook.cases()[0].case if notebook.cases() else support.case_in(notebook)
    about = support.interview_in(notebook, case)
    return notebook.attach(about, io.BytesIO(content), file_name=name)[0]


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = support.create(tmp_path / "notebook")
    yield made
    made.close()


def test_the_same_content_lies_in_the_folder_once(notebook: Notebook) -> None:
    attached(notebook)
    attached(notebook)
    assert len(files(notebook.folder / "objects")) == 1
    assert len(notebook.rows(type="evidence")) == 2
    assert notebook.verify() == []


def test_adding_a_damaged_file_again_mends_it(notebook: Notebook) -> None:
    first = attached(notebook, b"content" * 100)
    (file,) = files(notebook.folder / "objects")
    file.write_bytes(bytes(file.stat().st_size))
    second = attached(notebook, b"content" * 100)
    for record in (first, second):
        with notebook.evidence_content(record) as reader:
            assert reader.read() == b"content" * 100
    assert [f.code for f in notebook.verify()] in ([], ["stray-files"])


def test_evidence_withdrawn_is_gone_with_its_file_and_its_key(notebook: Notebook) -> None:
    record = attached(notebook)
    sha = notebook.sha256_of(record)
    notebook.withdraw([record], "asked")
    assert files(notebook.folder / "objects") == []
    with notebook.snapshot() as db:
        assert db.all("SELECT 1 FROM object") == []
        assert db.all("SELECT 1 FROM content WHERE instr(value, ?)", (sha,)) == []


def test_an_object_stays_while_another_record_names_it_deleted_ones_too(
    notebook: Notebook,
) -> None:
    first, second = ((attached(notebook)) for _ in range(2))
    notebook.delete(second)
    notebook.withdraw([first], "asked")
    notebook.restore(second)
    with notebook.evidence_content(second) as reader:
        assert reader.read() == b"content"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b/c.txt", "c.txt"),
        ("..\\..\\evil.exe", "evil.exe"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\nb\x00c", "abc"),
        ("x" * 300, "x" * 200),
    ],
)
def test_file_names_are_cleaned(given: str, kept: str, notebook: Notebook) -> None:
    record = attached(notebook, name=given)
    assert notebook.record(record).fields["file_name"].value == kept


def test_a_plain_copy_is_whole_and_in_custody(notebook: Notebook, tmp_path: Path) -> None:
    record = attached(notebook)
    notebook.extract(record, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"content"
    assert notebook.history(record)[-1].kind is Kind.CUSTODY


def test_a_plain_copy_never_replaces_a_file(notebook: Notebook, tmp_path: Path) -> None:
    record = attached(notebook)
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(NotebookError) as trouble:
        notebook.extract(record, tmp_path / "out")
    assert trouble.value.code is Code.FILE_EXISTS
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_plain_copy_of_a_damaged_file_leaves_nothing(notebook: Notebook, tmp_path: Path) -> None:
    record = attached(notebook, bytes(200_000))
    (file,) = files(notebook.folder / "objects")
    damaged = bytearray(file.read_bytes())
    damaged[70_000] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(NotebookError) as trouble:
        notebook.extract(record, tmp_path / "out")
    assert trouble.value.code is Code.DAMAGED
    assert list(tmp_path.glob("out*")) == []


def test_a_file_is_replaced_as_a_whole_and_privately(tmp_path: Path) -> None:
    path = tmp_path / "small"
    (tmp_path / "small.part").write_bytes(b"left by a crash")
    disk.replace(path, b"one")
    disk.replace(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert files(tmp_path) == [path]


def test_a_finished_file_is_never_published_over_another(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"new")
    (tmp_path / "there").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        disk.publish(tmp_path / "part", tmp_path / "there")
    assert (tmp_path / "there").read_bytes() == b"old"
