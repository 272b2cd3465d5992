"""The words between the guard and its window process."""

import json

import pytest

from ui.parting import MAX_LINE_BYTES, End, Message, Opened, Reason, Start, from_line, to_line

MESSAGES = [
    Start(guard_pid=7),
    Start(guard_pid=7, folder="/media/дәптер", reason=Reason.IDLE, idle_minutes=5),
    Opened(folder="/media/stick/line\nbreak"),
    End(reason=Reason.CLOSED),
    End(reason=Reason.IDLE, idle_minutes=5),
    End(reason=Reason.ASKED, words=("amber", "canyon", "helpful", "oasis")),
]
A_LAST_LINE = {"kind": "end", "reason": "idle", "idle_minutes": 5, "words": []}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_comes_back(message: Message) -> None:
    line = to_line(message)
    assert line.count(b"\n") == 1
    assert from_line(line) == message


def test_what_is_refused_below_would_be_taken_without_its_one_fault() -> None:
    assert from_line(json.dumps(A_LAST_LINE).encode() + b"\n") == MESSAGES[4]


@pytest.mark.parametrize(
    "untrusted",
    [
        "no JSON",
        [],
        {"kind": "end"},
        {**A_LAST_LINE, "reason": None},
        {**A_LAST_LINE, "reason": "bored"},
        {**A_LAST_LINE, "idle_minutes": "5"},
        {**A_LAST_LINE, "idle_minutes": True},
        {**A_LAST_LINE, "more": 1},
        {**A_LAST_LINE, "words": "amber"},
        {**A_LAST_LINE, "words": ["amber"]},
        {**A_LAST_LINE, "words": ["amber", "canyon", "helpful", 4]},
        {**A_LAST_LINE, "words": ["amber", "canyon", "helpful", "<b>oasis"]},
        {"kind": "opened", "folder": None},
        {"kind": "opened", "folder": 7},
        {"kind": "unlocked", "folder": "/"},
        {"folder": "/"},
    ],
)
def test_anything_else_is_refused(untrusted: object) -> None:
    line = untrusted.encode() if isinstance(untrusted, str) else json.dumps(untrusted).encode()
    with pytest.raises(ValueError, match=r"."):
        from_line(line + b"\n")


def test_a_line_cut_short_is_refused() -> None:
    with pytest.raises(ValueError, match="cut short"):
        from_line(to_line(End(reason=Reason.CLOSED))[:-1])


def test_a_line_too_long_is_neither_written_nor_read() -> None:
    with pytest.raises(ValueError, match="too long"):
        to_line(Opened(folder="x" * MAX_LINE_BYTES))
    with pytest.raises(ValueError, match="too long"):
        from_line(b" " * MAX_LINE_BYTES + b"\n")
