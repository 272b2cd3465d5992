"""Sound is heard when it is asked for, noted as seen, and ends with its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest

from notebook.errors import Code
from notebook.listening import Source
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.sound import Reason
from tests.notebook.support_sound import Tone
from tests.ui.desk_stage import Stage, new_notebook
from ui.listening_presenter import ListeningPresenter


@dataclass
class PaperPreview:
    shown: list[tuple[str | None, bool]] = field(default_factory=list)

    def show_listening(self, words: str | None, *, is_offered: bool) -> None:
        self.shown.append((words, is_offered))


@dataclass
class Played:
    """A loudspeaker of paper."""

    reason: Reason | None = None
    heard: bytes = b""
    is_stopped: bool = False
    meanwhile: Callable[[], None] | None = None

    def run(self, source: Source, on_position: Callable[[int], None]) -> Reason | None:
        while content := source.read(1000):
            self.heard += content
        on_position(96_000)
        if self.meanwhile:
            self.meanwhile()
        return self.reason

    def stop(self) -> None:
        self.is_stopped = True


class Made:
    def __init__(self, notebook: Notebook) -> None:
        self.stage = Stage(notebook)
        self.notebook = notebook
        about = self.stage.interview(self.stage.case())
        self.content = Tone().page().pages
        self.sound, _changes = notebook.attach(about, BytesIO(self.content), file_name="a.ogg")
        self.screen = PaperPreview()
        self.played = Played()
        self.presenter = ListeningPresenter(
            self.stage.session,
            self.stage.shell,
            self.screen,
            lambda: self.played,  # type: ignore[arg-type,return-value]  # made of paper
        )

    def show(self, record: RecordId | None) -> None:
        fields = self.notebook.record(record).fields if record else {}
        self.presenter.show(record, {name: state.value for name, state in fields.items()})


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    notebook = new_notebook(tmp_path / "n")
    yield Made(notebook)
    notebook.close()


def test_sound_is_heard_when_it_is_asked_for_and_noted(made: Made) -> None:
    made.show(made.sound)
    assert made.screen.shown == [(None, True)]
    assert made.played.heard == b""
    made.presenter.toggle()
    assert made.played.heard == made.content
    assert made.screen.shown[1:] == [("0:00:00", True), ("0:00:02", True), (None, True)]
    assert "custody" in {line.kind for line in made.notebook.history(made.sound)}
    assert made.stage.shell.troubles == []


def test_of_anything_else_it_is_not_offered(made: Made) -> None:
    for record in (made.notebook.rows(type="interview")[0].id, None):
        made.show(made.sound)
        made.show(record)
        assert made.screen.shown[-1] == (None, False)
        made.presenter.toggle()
    assert made.played.heard == b""


def test_it_is_stopped_by_the_same_button(made: Made) -> None:
    made.show(made.sound)
    made.played.meanwhile = made.presenter.toggle
    made.presenter.toggle()
    assert made.played.is_stopped
    assert made.screen.shown[-1] == (None, True)
    assert made.stage.shell.troubles == []


def test_another_record_ends_it(made: Made) -> None:
    made.show(made.sound)
    made.played.meanwhile = lambda: made.show(None)
    made.presenter.toggle()
    assert made.played.is_stopped
    assert made.screen.shown[-1] == (None, False)


@pytest.mark.parametrize("reason", list(Reason))
def test_what_cannot_be_played_is_said_and_the_file_is_whole(made: Made, reason: Reason) -> None:
    made.show(made.sound)
    made.played.reason = reason
    made.presenter.toggle()
    (trouble,) = made.stage.shell.troubles
    assert trouble.code is Code.NO_SOUND
    assert trouble.safe == "The file itself is whole."
    assert made.screen.shown[-1] == (None, True)


def test_a_file_that_is_damaged_is_not_played(made: Made) -> None:
    made.show(made.sound)
    for path in (made.notebook.folder / "objects").rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    made.presenter.toggle()
    assert made.played.heard == b""
    assert [trouble.code for trouble in made.stage.shell.troubles] == [Code.DAMAGED]
