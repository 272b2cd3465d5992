"""Before anybody is recorded it says what to think of; however it ends, it says what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebook import disk, sound
from notebook.errors import Code
from notebook.evidence import ObjectStore
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.ogg import RATE_HZ, OpusPages
from notebook.outbox import Outbox
from notebook.recorder import Ended, Recorder, RecorderState
from notebook.recording_pieces import Pieces
from notebook.recordings import RecordingFile
from notebook.sound import Message, Reason
from tests.notebook import support_travel as travelling
from tests.notebook.support_sound import Script, Spoken, Tone
from tests.ui.desk_stage import Stage, new_notebook
from ui import recording_words
from ui.recording_presenter import RecordingPresenter
from ui.recording_words import Caution, RecordingLine, caution, ended_trouble, level, line


@dataclass
class PaperRecording:
    asked: Caution | None = None
    lines: list[RecordingLine | None] = field(default_factory=list)

    def ask_recording(self, caution: Caution) -> None:
        self.asked = caution

    def show_recording(self, line: RecordingLine | None) -> None:
        self.lines.append(line)


class Set:
    """A presenter with a microphone of paper, on a real notebook."""

    def __init__(self, notebook: Notebook) -> None:
        self.stage = Stage(notebook)
        self.notebook = notebook
        self.record = self.stage.interview(self.stage.case())
        self.screen = PaperRecording()
        self.source = Spoken([])
        self.there = 0
        self.presenter = RecordingPresenter(
            self.stage.session, self.stage.shell, self.screen, self._recorder, self._is_there
        )

    def _recorder(self, target: RecordingFile | Pieces) -> Recorder:
        return Recorder(self.source, target, lambda: 2**40)

    def _is_there(self) -> None:
        self.there += 1

    def run(self, script: Script) -> None:
        self.source.script = script
        self.presenter.ask(self.record)
        assert self.screen.asked is not None
        self.presenter.begin(self.screen.asked)

    def shown(self) -> list[str]:
        return [line.title if line else "" for line in self.screen.lines]

    def evidence(self) -> list[RecordId]:
        return [row.id for row in self.notebook.evidence_of(self.record)]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Set]:
    notebook = new_notebook(tmp_path / "n")
    yield Set(notebook)
    notebook.close()


def loud() -> Message:
    return Message(kind=sound.LEVEL, level=9_000)


END = Message(kind=sound.END)


def test_what_is_recorded_becomes_evidence_of_the_record(made: Set) -> None:
    said = Tone()
    made.run([loud(), said.page(), said.page(), made.presenter.tick, said.page(), END])
    assert len(made.evidence()) == 1
    assert made.stage.shell.said == ["Recorded: 0:00:01. It is evidence now."]
    assert made.stage.shell.troubles == []
    assert made.shown()[0] == "The recording begins…"
    assert "Recording 0:00:01" in made.shown()
    assert made.shown()[-1] == ""
    assert made.there == 1


def test_nothing_is_recorded_before_the_caution_was_read(made: Set) -> None:
    made.presenter.ask(made.record)
    assert made.screen.asked is not None
    assert made.screen.asked.title == made.notebook.record(made.record).title
    assert made.screen.lines == []
    assert made.source.told == []
    assert [path for path in (made.notebook.folder / "objects").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("answer", "tone"), [("yes", "ok"), ("no", "danger"), ("", "caution"), (None, "caution")]
)
def test_the_caution_says_what_the_consent_says(made: Set, answer: str | None, tone: str) -> None:
    if answer is not None:
        case = made.notebook.record(made.record).case
        fields = {"title": "Consent", "covers": [made.record]}
        made.notebook.add("consent", case, fields | ({"use_audio": answer} if answer else {}))
    made.presenter.ask(made.record)
    assert made.screen.asked is not None
    assert made.screen.asked.tone == tone
    assert made.screen.asked.is_refused == (tone == "danger")


def test_of_several_consents_the_strictest_counts(made: Set) -> None:
    case = made.notebook.record(made.record).case
    for answer in ("yes", "no", "yes"):
        fields = {"title": "Consent", "covers": [made.record], "use_audio": answer}
        made.notebook.add("consent", case, fields)
    made.presenter.ask(made.record)
    assert made.screen.asked is not None
    assert made.screen.asked.is_refused


def test_a_withdrawn_consent_is_said(made: Set) -> None:
    case = made.notebook.record(made.record).case
    fields = {"title": "Consent", "covers": [made.record], "use_audio": "yes"}
    consent, _changes = made.notebook.add("consent", case, fields)
    made.notebook.withdraw([consent], "asked")
    made.presenter.ask(made.record)
    assert made.screen.asked is not None
    assert "withdrawn" in made.screen.asked.consent


def test_there_is_one_recording_at_a_time(made: Set) -> None:
    again: list[Caution | None] = []

    def ask_again() -> None:
        asked = made.screen.asked
        made.screen.asked = None
        made.presenter.ask(made.record)
        again.append(made.screen.asked)
        assert asked is not None
        made.presenter.begin(asked)

    made.run([Tone().page(), ask_again, END])
    assert again == [None]
    assert made.stage.shell.said[0] == "A recording is under way. Stop it first."
    assert len(made.evidence()) == 1


def test_what_can_be_done_is_offered_while_it_runs_alone(made: Set) -> None:
    offered: list[set[str]] = []

    def look() -> None:
        offered.append(set(made.presenter.actions()))

    def stop() -> None:
        made.presenter.actions()["stop-recording"]()

    assert made.presenter.actions() == {}
    made.run([Tone().page(), look, stop, look, END])
    assert offered == [{"mark-time", "pause-recording", "stop-recording"}, set()]
    assert made.presenter.actions() == {}
    assert made.source.told == ["stop", "kill"]
    assert "The recording is being kept…" in made.shown()


def test_a_pause_and_going_on_and_a_mark_reach_the_microphone(made: Set) -> None:
    said = Tone()
    presenter = made.presenter
    made.run(
        [
            said.page(),
            presenter.mark,
            presenter.pause_or_go_on,
            Message(kind=sound.PAUSED),
            presenter.tick,
            presenter.pause_or_go_on,
            said.page(),
            presenter.tick,
            END,
        ]
    )
    assert made.source.told == ["pause", "resume", "kill"]
    assert "Paused at 0:00:00" in made.shown()
    assert made.stage.shell.said[0] == "Marked at 0:00:00."
    # Who has paused may be gone.
    assert made.there == 0


@pytest.mark.parametrize("reason", list(Reason))
def test_where_no_sound_comes_it_says_why_and_leaves_nothing(made: Set, reason: Reason) -> None:
    made.run([Message(kind=sound.TROUBLE, reason=reason)])
    (trouble,) = made.stage.shell.troubles
    assert trouble.code is Code.NO_MICROPHONE
    assert trouble.safe == "Nothing was recorded, and nothing else is affected."
    assert trouble.next_step
    assert made.evidence() == []
    assert made.screen.lines[-1] is None
    assert [path for path in (made.notebook.folder / "objects").rglob("*") if path.is_file()] == []


def test_a_microphone_that_goes_away_costs_nothing_that_was_heard(made: Set) -> None:
    said = Tone()
    made.run([said.page(), said.page(), Message(kind=sound.TROUBLE, reason=Reason.NO_SERVER)])
    (trouble,) = made.stage.shell.troubles
    assert trouble.safe == "What was recorded until 0:00:01 is kept."
    assert len(made.evidence()) == 1


def test_stopped_before_anything_was_heard_it_says_so(made: Set) -> None:
    made.run([made.presenter.stop, END])
    assert made.stage.shell.said == ["Nothing was recorded."]
    assert made.evidence() == []


def test_what_cannot_become_evidence_now_is_kept_and_that_is_said(
    made: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise disk.no_space()

    with monkeypatch.context() as patched:
        patched.setattr(ObjectStore, "take_in_chunks", full)
        made.run([Tone().page(), END])
    (trouble,) = made.stage.shell.troubles
    assert trouble.code is Code.NO_SPACE
    assert "becomes evidence when you unlock again" in trouble.safe
    assert len(list((made.notebook.folder / "objects").rglob("*.rec"))) == 1
    assert made.screen.lines[-1] is None
    # Another one can be begun.
    made.run([Tone().page(), END])
    assert len(made.evidence()) == 1


def test_a_record_that_is_gone_cannot_be_recorded_for(made: Set) -> None:
    made.notebook.withdraw([made.record], "asked")
    made.presenter.begin(caution(made.record, "", "consent-missing", is_travelling=False))
    assert [trouble.code for trouble in made.stage.shell.troubles] == [Code.UNKNOWN_RECORD]
    assert made.screen.lines[-1] is None


# What the bar says.


def state(**values: object) -> RecorderState:
    return RecorderState(**{"has_begun": True, "samples": 3_723 * RATE_HZ, **values})  # type: ignore[arg-type]  # each by its name


@pytest.mark.parametrize(
    ("values", "title", "words", "tone"),
    [
        ({}, "Recording 1:02:03", "For ", "mute"),
        ({"quiet_samples": 4 * RATE_HZ}, "Recording", "For ", "mute"),
        ({"quiet_samples": 5 * RATE_HZ}, "Recording", "Nothing is heard", "caution"),
        ({"is_nearly_full": True}, "Recording", "nearly full", "caution"),
        ({"waited_s": 3.0}, "Recording", "gives nothing", "caution"),
        ({"is_paused": True, "quiet_samples": 9**9}, "Paused at 1:02:03", "off", "mute"),
        ({"has_begun": False, "samples": 0}, "The recording begins…", "", "mute"),
        (
            {"has_begun": False, "samples": 0, "waited_s": 4.0},
            "The recording begins…",
            "gives nothing",
            "caution",
        ),
    ],
)
def test_the_bar_says_how_it_stands(
    values: dict[str, object], title: str, words: str, tone: str
) -> None:
    shown = line(state(**values), "W-01")
    assert title in shown.title
    assert words in shown.words
    assert shown.tone == tone


def test_the_level_goes_by_what_one_hears() -> None:
    assert level(0) == 0
    assert level(sound.LOUDEST) == recording_words.LEVEL_MOST
    assert level(-5) == 0
    heights = [level(amplitude) for amplitude in (1, 100, 300, 1_000, 3_000, 10_000, 30_000)]
    assert heights == sorted(heights)
    assert heights[0] == 0
    assert heights[3] > 300


def test_a_disk_that_is_full_says_until_when_it_was_kept() -> None:
    said = ended_trouble(Ended(samples=61 * RATE_HZ, trouble=disk.no_space()))
    assert said is not None
    assert said.code is Code.NO_SPACE
    assert said.safe == "What was recorded until 0:01:01 is kept."
    assert ended_trouble(Ended(samples=1)) is None


# While travelling.


@dataclass
class Journey:
    """A laptop that travels, and headquarters."""

    home: Notebook
    folder: Path
    made: Set

    def arrived(self) -> list[str]:
        """The titles of what headquarters finds."""
        travelling.opened(self.home, travelling.bundles(self.folder))
        return sorted(row.title.partition(", part ")[2] for row in self.home.rows(type="evidence"))


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    home = travelling.headquarters(tmp_path / "home")
    laptop = travelling.traveller(tmp_path / "laptop", home)
    yield Journey(home, tmp_path / "laptop", Set(laptop))
    laptop.close()
    home.close()


def piece(number: int) -> list[Message]:
    said = Tone(_pages=OpusPages(number))
    told = said.page(is_last=True)
    samples = number * said.samples
    return [
        Message(kind=sound.SOUND, samples=samples, pages=told.pages),
        Message(kind=sound.PIECE),
    ]


def test_while_travelling_each_piece_is_sealed_as_it_comes(journey: Journey) -> None:
    made = journey.made
    sealed: list[int] = []

    def look() -> None:
        made.presenter.tick()
        sealed.append(len(made.evidence()))

    made.run([*piece(1), look, *piece(2), look, *piece(3), END])
    assert sealed == [1, 2]
    assert made.screen.asked is not None
    assert "sealed for headquarters" in made.screen.asked.keeps
    assert made.stage.shell.said == ["Recorded: 0:00:01. It is sealed for headquarters."]
    assert made.stage.shell.troubles == []
    assert made.screen.lines[-1] is None
    assert journey.arrived() == ["1", "2", "3"]


def test_a_piece_that_could_not_be_sealed_ends_it_and_is_tried_again(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = journey.made

    def full(*_args: object, **_named: object) -> None:
        raise disk.no_space()

    def fail() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Outbox, "seal", full)
            made.presenter.tick()

    made.run([*piece(1), made.presenter.tick, *piece(2), fail, END])
    assert made.source.told == ["stop", "kill"]
    (trouble,) = made.stage.shell.troubles
    assert trouble.code is Code.NO_SPACE
    assert journey.arrived() == ["1", "2"]
    assert made.screen.lines[-1] is None


def test_what_cannot_be_sealed_at_all_is_said(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = journey.made

    def full(*_args: object, **_named: object) -> None:
        raise disk.no_space()

    def fill() -> None:
        monkeypatch.setattr(Outbox, "seal", full)

    made.run([*piece(1), made.presenter.tick, fill, *piece(2), END])
    (trouble,) = made.stage.shell.troubles
    assert "could not be sealed" in trouble.safe
    monkeypatch.undo()
    assert journey.arrived() == ["1"]


def test_a_microphone_that_is_not_there_seals_nothing(journey: Journey) -> None:
    made = journey.made
    made.run([Message(kind=sound.TROUBLE, reason=Reason.NO_MICROPHONE)])
    (trouble,) = made.stage.shell.troubles
    assert trouble.code is Code.NO_MICROPHONE
    assert journey.arrived() == []
