"""Files are taken in, looked at and written out, and what was given stays where it was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from notebook import disk
from notebook.model import CaseId, Changes, RecordId
from notebook.notebook import Notebook
from tests.ui.desk_stage import LateRunner, Stage, new_notebook
from ui.drawer_presenter import DrawerPresenter, DrawerSheet
from ui.evidence_presenter import EvidencePresenter, FileSheet, Offered


@dataclass
class PaperEvidence:
    running: str = ""
    steps: list[tuple[int, int]] = field(default_factory=list)
    note: str = ""
    file: FileSheet | None = None
    picture: tuple[int, int] | None = None
    no_picture: str | None = None

    def show_intake(self, words: str) -> None:
        self.running = words

    def show_intake_progress(self, done: int, total: int, what: str) -> None:
        self.steps.append((done, total))

    def stop_intake(self) -> None:
        self.running = ""

    def show_note(self, words: str) -> None:
        self.note = words

    def show_file(self, sheet: FileSheet | None) -> None:
        self.file, self.picture, self.no_picture = sheet, None, None

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        assert len(rgb) == 3 * width * height
        self.picture = width, height

    def show_no_picture(self, words: str) -> None:
        self.no_picture = words


@dataclass
class PaperDrawer:
    sheet: DrawerSheet = field(default_factory=DrawerSheet)

    def show_drawer(self, sheet: DrawerSheet) -> None:
        self.sheet = sheet


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = new_notebook(tmp_path / "n")
    yield made
    made.close()


@pytest.fixture
def stage(notebook: Notebook) -> Stage:
    return Stage(notebook)


def photograph() -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(content, "JPEG")
    return content.getvalue()


def build(stage: Stage) -> tuple[EvidencePresenter, PaperEvidence]:
    screen = PaperEvidence()
    return EvidencePresenter(stage.session, stage.shell, screen), screen


def values(notebook: Notebook, record: RecordId) -> dict[str, object]:
    return {name: state.value for name, state in notebook.record(record).fields.items()}


def test_a_file_becomes_evidence_and_the_original_is_named(stage: Stage, tmp_path: Path) -> None:
    record = stage.interview(stage.case())
    original = tmp_path / "IMG 1.jpg"
    original.write_bytes(photograph())
    presenter, screen = build(stage)
    presenter.take_in(record, [Offered(name=original.name, path=original)])
    (row,) = stage.notebook.evidence_of(record)
    with stage.notebook.evidence_content(row.id) as content:
        assert content.read() == photograph()
    assert values(stage.notebook, row.id)["file_name"] == "IMG 1.jpg"
    assert original.exists()
    assert str(original) in screen.note
    assert "flash drive" in screen.note
    assert screen.steps
    assert screen.running == ""
    assert stage.shell.said == ["1 file was taken in."]


def test_what_is_pasted_has_no_original(stage: Stage) -> None:
    record = stage.interview(stage.case())
    presenter, screen = build(stage)
    presenter.take_in(record, [Offered(name="pasted.png", content=b"bytes of a picture")])
    assert len(stage.notebook.evidence_of(record)) == 1
    assert screen.note == ""


def test_a_file_that_cannot_be_read_stops_no_other(stage: Stage, tmp_path: Path) -> None:
    record = stage.interview(stage.case())
    good = tmp_path / "good.txt"
    good.write_text("good")
    presenter, screen = build(stage)
    gone, folder = tmp_path / "gone.txt", tmp_path
    presenter.take_in(record, [Offered(name=p.name, path=p) for p in (gone, folder, good)])
    assert [error.code.value for error in stage.shell.troubles] == ["unreadable-file"] * 2
    assert [row.title for row in stage.notebook.evidence_of(record)] == ["good.txt"]
    assert str(good) in screen.note


def test_cancelling_keeps_what_is_in_and_takes_no_more(notebook: Notebook) -> None:
    runner = LateRunner()
    stage = Stage(notebook, runner)
    record = stage.interview(stage.case())
    presenter, _screen = build(stage)
    files = [Offered(name=f"{n}.txt", content=str(n).encode()) for n in range(3)]
    presenter.take_in(record, files)
    runner.waiting.pop(0)()
    runner.waiting.pop(0)()
    presenter.cancel()
    runner.finish()
    assert [row.title for row in notebook.evidence_of(record)] == ["0.txt"]


def test_a_picture_is_shown_as_pixels(stage: Stage) -> None:
    case = stage.case()
    evidence = stage.notebook.attach(RecordId(case), BytesIO(photograph()), file_name="a.jpg")[0]
    presenter, screen = build(stage)
    presenter.show(evidence, values(stage.notebook, evidence))  # type: ignore[arg-type]  # JSON values
    assert screen.picture == (64, 48)
    assert screen.file is not None
    assert (screen.file.kind, screen.file.file_name) == ("Picture", "a.jpg")
    assert stage.notebook.history(evidence)[-1].details == {"what": "viewed"}
    presenter.show(None, {})
    assert screen.file is None


def test_a_picture_is_seen_although_custody_has_no_room_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = stage.notebook.attach(
        RecordId(stage.case()), BytesIO(photograph()), file_name="a.jpg"
    )[0]
    presenter, screen = build(stage)

    def full(_notebook: Notebook, _evidence: RecordId) -> Changes:
        raise disk.no_space()

    monkeypatch.setattr(Notebook, "note_viewed", full)
    presenter.show(evidence, values(stage.notebook, evidence))  # type: ignore[arg-type]  # JSON values
    assert screen.picture == (64, 48)
    assert [error.code.value for error in stage.shell.troubles] == ["no-space"]


def test_a_graphic_picture_stays_covered_until_it_is_asked_for(stage: Stage) -> None:
    evidence = stage.notebook.attach(
        RecordId(stage.case()), BytesIO(photograph()), file_name="a.jpg"
    )[0]
    stage.notebook.edit(evidence, {"sensitivity": ["graphic"]})
    presenter, screen = build(stage)
    presenter.show(evidence, values(stage.notebook, evidence))  # type: ignore[arg-type]  # JSON values
    assert screen.picture is None
    assert screen.file is not None
    assert screen.file.is_covered
    assert stage.notebook.history(evidence)[-1].details == {}
    presenter.uncover()
    assert stage.notebook.history(evidence)[-1].details == {"what": "viewed"}
    assert screen.picture == (64, 48)


def test_a_file_that_only_says_it_is_a_picture_is_a_placeholder(stage: Stage) -> None:
    evidence = stage.notebook.attach(
        RecordId(stage.case()), BytesIO(b"\xff\xd8\xff" + b"\0" * 500), file_name="a.jpg"
    )[0]
    presenter, screen = build(stage)
    presenter.show(evidence, values(stage.notebook, evidence))  # type: ignore[arg-type]  # JSON values
    assert screen.picture is None
    assert screen.no_picture is not None
    assert "whole" in screen.no_picture
    assert stage.shell.troubles == []


def test_a_damaged_file_is_said_to_be_damaged(stage: Stage) -> None:
    evidence = stage.notebook.attach(
        RecordId(stage.case()), BytesIO(photograph()), file_name="a.jpg"
    )[0]
    for stored in (stage.notebook.folder / "objects").glob("??/*"):
        content = bytearray(stored.read_bytes())
        content[len(content) // 2] ^= 1
        stored.chmod(0o600)
        stored.write_bytes(content)
    presenter, screen = build(stage)
    presenter.show(evidence, values(stage.notebook, evidence))  # type: ignore[arg-type]  # JSON values
    assert screen.picture is None
    assert [error.code.value for error in stage.shell.troubles] == ["damaged"]


def test_a_plain_copy_is_whole_and_stands_in_the_history(stage: Stage, tmp_path: Path) -> None:
    evidence = stage.notebook.attach(
        RecordId(stage.case()), BytesIO(photograph()), file_name="a.jpg"
    )[0]
    presenter, _screen = build(stage)
    out = tmp_path / "copy.jpg"
    presenter.extract(evidence, out)
    assert out.read_bytes() == photograph()
    assert "Anyone can read it" in stage.shell.said[0]
    assert stage.notebook.history(evidence)[-1].details == {"what": "extracted"}
    presenter.extract(evidence, out)
    assert [error.code.value for error in stage.shell.troubles] == ["file-exists"]


def test_the_drawer_shows_evidence_links_consents_and_history(stage: Stage) -> None:
    case = stage.case()
    record = stage.interview(case)
    stage.notebook.attach(record, BytesIO(photograph()), file_name="a.jpg")
    stage.notebook.add("consent", case, {"title": "Agreed", "covers": [record]})
    stage.notebook.add("note", case, {"title": "Ask again", "about": [record]})
    drawer = PaperDrawer()
    presenter = DrawerPresenter(stage.session, drawer, stage.forms)
    presenter.show(record, stage.forms["interview"])
    (file,) = drawer.sheet.evidence
    assert (file.title, file.icon) == ("a.jpg", "image")
    assert file.thumbnail is not None
    assert [link.title for link in drawer.sheet.links] == ["Ask again"]
    assert [link.title for link in drawer.sheet.consents] == ["Agreed"]
    assert len(drawer.sheet.history) == 1


def test_a_consent_for_the_whole_case_holds_for_its_records(stage: Stage) -> None:
    case = stage.case()
    record = stage.interview(case)
    stage.notebook.add("consent", case, {"title": "For all", "covers": [case]})
    drawer = PaperDrawer()
    presenter = DrawerPresenter(stage.session, drawer, stage.forms)
    presenter.show(record, stage.forms["interview"])
    assert [link.title for link in drawer.sheet.consents] == ["For all"]


def test_the_drawer_of_a_draft_is_empty_and_says_that_consent_is_needed(stage: Stage) -> None:
    drawer = PaperDrawer()
    presenter = DrawerPresenter(stage.session, drawer, stage.forms)
    presenter.show(RecordId("a" * 32), stage.forms["interview"])
    assert drawer.sheet == DrawerSheet(takes_evidence=True, needs_consent=True)
    presenter.show(RecordId("b" * 32), stage.forms["case"])
    assert drawer.sheet == DrawerSheet(takes_evidence=True)


def test_the_drawer_hears_of_what_names_its_record(stage: Stage) -> None:
    case: CaseId = stage.case()
    record = stage.interview(case)
    drawer = PaperDrawer()
    presenter = DrawerPresenter(stage.session, drawer, stage.forms)
    presenter.show(record, stage.forms["interview"])
    stage.session.listen(presenter.changed)
    _note, changes = stage.notebook.add("note", case, {"title": "Ask", "about": [record]})
    stage.session.announce(changes)
    assert [link.title for link in drawer.sheet.links] == ["Ask"]
