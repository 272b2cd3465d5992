"""From Record to Stop: what is said is kept, and whatever ends it, what was kept stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from notebook import disk, sound
from notebook.errors import Code, NotebookError
from notebook.ogg import RATE_HZ
from notebook.recorder import FULL_BYTES, NEARLY_FULL_BYTES, Recorder
from notebook.recording_told import Note
from notebook.sound import LEVEL_SAMPLES, Message, Reason
from tests.notebook.support_sound import Spoken

PLENTY = 10 * NEARLY_FULL_BYTES


@dataclass
class Written:
    """A target that remembers, and may refuse."""

    refuses_at: int = -1
    kept: list[tuple[str, int]] = field(default_factory=list)
    is_closed: bool = False

    def sound(self, samples: int, pages: bytes) -> None:
        if len(self.kept) == self.refuses_at:
            raise disk.no_space()
        self.kept.append(("sound", samples))

    def note(self, what: Note, samples: int) -> None:
        self.kept.append((what.value, samples))

    def piece(self) -> None:
        self.kept.append(("piece", 0))

    def close(self) -> None:
        self.is_closed = True


def page(samples: int) -> Message:
    return Message(kind=sound.SOUND, samples=samples, pages=b"OggS")


def level(height: int) -> Message:
    return Message(kind=sound.LEVEL, level=height)


END = Message(kind=sound.END)


def recorder(
    script: list[Message | Callable[[], None] | None],
    target: Written,
    free_bytes: Callable[[], int] = lambda: PLENTY,
) -> tuple[Recorder, Spoken]:
    source = Spoken(script)
    return Recorder(source, target, free_bytes), source


def test_what_is_heard_is_kept_with_its_beginning_and_its_end() -> None:
    target = Written()
    made, source = recorder([level(900), page(24_000), page(48_000), END], target)
    ended = made.run()
    assert target.kept == [("begin", 0), ("sound", 24_000), ("sound", 48_000), ("stop", 48_000)]
    assert target.is_closed
    assert source.told == ["kill"]
    assert (ended.samples, ended.reason, ended.trouble) == (48_000, None, None)


def test_a_pause_stands_where_the_microphone_was_given_back() -> None:
    target = Written()
    script: list[Message | Callable[[], None] | None] = []
    made, source = recorder(script, target)
    paused = []
    script += [
        page(24_000),
        made.pause,
        page(30_000),
        Message(kind=sound.PAUSED),
        None,
        lambda: paused.append(made.state.is_paused),
        made.resume,
        page(54_000),
        lambda: paused.append(made.state.is_paused),
        made.stop,
        END,
    ]
    made.run()
    assert target.kept == [
        ("begin", 0),
        ("sound", 24_000),
        ("sound", 30_000),
        ("pause", 30_000),
        ("resume", 30_000),
        ("sound", 54_000),
        ("stop", 54_000),
    ]
    assert source.told == ["pause", "resume", "stop", "kill"]
    assert paused == [True, False]


def test_marks_stand_where_they_were_made() -> None:
    target = Written()
    script: list[Message | Callable[[], None] | None] = []
    made, _source = recorder(script, target)
    script += [page(24_000), made.mark, level(1), made.mark, page(48_000), END]
    made.run()
    assert [one for one in target.kept if one[0] == "mark"] == [("mark", 24_000)] * 2
    assert made.state.marks == 2


def test_silence_is_counted_and_a_voice_ends_it() -> None:
    seen = []
    script: list[Message | Callable[[], None] | None] = []
    made, _source = recorder(script, Written())
    script += [level(3)] * 30
    script += [lambda: seen.append(made.state.quiet_samples), level(9_000)]
    script += [lambda: seen.append(made.state.quiet_samples), END]
    made.run()
    assert seen == [30 * LEVEL_SAMPLES, 0]


def test_a_microphone_that_gives_nothing_is_noticed_but_not_while_it_is_paused() -> None:
    seen = []
    script: list[Message | Callable[[], None] | None] = []
    made, _source = recorder(script, Written())
    script += [None] * 8
    script += [lambda: seen.append(made.state.waited_s), level(9)]
    script += [lambda: seen.append(made.state.waited_s), Message(kind=sound.PAUSED)]
    script += [None, None, lambda: seen.append(made.state.waited_s), END]
    made.run()
    assert seen == [8 * sound.WAIT_S, 0.0, 0.0]


@pytest.mark.parametrize("reason", list(Reason))
def test_a_microphone_that_goes_away_interrupts_it(reason: Reason) -> None:
    target = Written()
    lost = Message(kind=sound.TROUBLE, reason=reason)
    made, source = recorder([page(24_000), lost], target)
    ended = made.run()
    assert ended.reason is reason
    assert target.kept == [("begin", 0), ("sound", 24_000)]
    assert target.is_closed
    assert source.told == ["kill"]


def test_a_disk_that_refuses_ends_it_and_what_was_kept_stays() -> None:
    target = Written(refuses_at=2)
    made, source = recorder([page(24_000), page(48_000), page(72_000), END], target)
    ended = made.run()
    assert ended.trouble is not None
    assert ended.trouble.code is Code.NO_SPACE
    assert ended.samples == 24_000
    assert target.kept == [("begin", 0), ("sound", 24_000)]
    assert target.is_closed
    assert source.told == ["kill"]


def test_it_says_that_the_disk_is_nearly_full_and_stops_while_there_is_room_for_evidence() -> None:
    left = [PLENTY, NEARLY_FULL_BYTES - 1, FULL_BYTES - 1]
    seen = []
    target = Written()
    script: list[Message | Callable[[], None] | None] = []
    made, _source = recorder(script, target, lambda: left.pop(0))
    for turn in range(1, 40):
        script += [page(turn * RATE_HZ), lambda: seen.append(made.state.is_nearly_full)]
    script.append(END)
    ended = made.run()
    assert ended.trouble is not None
    assert ended.trouble.code is Code.NO_SPACE
    assert left == []
    assert {True, False} == set(seen)
    assert target.kept[-1] == ("stop", ended.samples)
    assert ended.samples < 39 * RATE_HZ


def test_a_bug_lets_the_microphone_go() -> None:
    def broken() -> int:
        raise ZeroDivisionError

    target = Written()
    made, source = recorder([page(24_000), END], target, broken)
    with pytest.raises(ZeroDivisionError):
        made.run()
    assert target.is_closed
    assert source.told == ["kill"]


def test_trouble_of_another_kind_is_told_as_it_is() -> None:
    target = Written()

    def refuse(what: Note, samples: int) -> None:
        raise disk.disk_error()

    target.note = refuse  # type: ignore[method-assign]  # a disk that refuses notes
    made, _source = recorder([page(24_000), END], target)
    ended = made.run()
    assert isinstance(ended.trouble, NotebookError)
    assert ended.trouble.code is Code.DISK_ERROR
