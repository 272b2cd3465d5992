"""The process that records: heard in a real room, without keys, and never believed blindly."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from notebook import sound
from notebook.sound import MOST_BODY_BYTES, Message, Reason, SoundProcess
from tests.notebook.support_sound import PAGE_SAMPLES, Room, decoded, loudness, room


@pytest.fixture(scope="module")
def tone() -> Iterator[Room]:
    with room() as made:
        yield made


@pytest.fixture
def there(tone: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    for name, value in tone.environment.items():
        monkeypatch.setenv(name, value)
    return tone


def until(messages: Iterator[Message | None], *kinds: bytes) -> list[Message]:
    """What is said up to the first message of one of these kinds."""
    heard = []
    for message in messages:
        if message is not None:
            heard.append(message)
            if message.kind in kinds:
                return heard
    return heard


def pages(heard: list[Message]) -> bytes:
    return b"".join(message.pages for message in heard)


@pytest.mark.parametrize("server", ["tcp:192.0.2.7:4713", "studio.example", "unix:/a tcp:b"])
def test_sound_never_goes_to_another_machine(server: str) -> None:
    given = sound.environment({"PULSE_SERVER": server, "XDG_RUNTIME_DIR": "/run/user/7"})
    assert given["PULSE_SERVER"] == "unix:/run/user/7/pulse/native"
    assert sound.environment({})["PULSE_SERVER"].startswith("unix:")


def test_a_sound_system_of_this_machine_may_be_chosen() -> None:
    ours = {"PULSE_SERVER": "unix:/run/user/7/other", "HOME": "/home/aida"}
    assert sound.environment(ours) == {"PULSE_SERVER": "unix:/run/user/7/other"}


def test_what_sounds_in_the_room_is_heard(there: Room, tmp_path: Path) -> None:
    child = SoundProcess()
    try:
        said = child.messages()
        heard = [*until(said, sound.SOUND), *until(said, sound.SOUND)]
        child.stop()
        heard += until(said, sound.END)
    finally:
        child.kill()
    assert heard[-1].kind == sound.END
    samples = max(message.samples for message in heard)
    assert samples >= 2 * PAGE_SAMPLES
    values = decoded(pages(heard), tmp_path)
    # Its end says how long it is to the sample, whatever the encoder holds back.
    assert len(values) == samples
    assert loudness(values) > 1000
    assert max(message.level for message in heard) > 1000


def test_a_pause_gives_the_microphone_back(there: Room) -> None:
    child = SoundProcess()
    try:
        said = child.messages()
        until(said, sound.SOUND)
        there.await_listeners(1)
        child.pause()
        before = until(said, sound.PAUSED)
        assert before[-1].kind == sound.PAUSED
        there.await_listeners(0)
        child.resume()
        again = until(said, sound.SOUND)
        assert again[-1].samples > max(message.samples for message in before)
        there.await_listeners(1)
        child.pause()
        until(said, sound.PAUSED)
        child.stop()
        assert until(said, sound.END)[-1].kind == sound.END
    finally:
        child.kill()


def test_in_pieces_each_is_a_whole_file(there: Room, tmp_path: Path) -> None:
    child = SoundProcess(piece_s=1)
    try:
        said = child.messages()
        pieces = [until(said, sound.PIECE) for _piece in range(2)]
        child.stop()
        rest = until(said, sound.END)
    finally:
        child.kill()
    for piece in pieces:
        assert piece[-1].kind == sound.PIECE
        assert len(decoded(pages(piece), tmp_path)) == 48_000
    assert rest[-1].kind == sound.END
    both = decoded(b"".join(pages(piece) for piece in pieces), tmp_path)
    assert len(both) == 96_000
    # Counted through all pieces.
    assert max(message.samples for message in pieces[1]) == 96_000


def test_it_ends_with_whoever_started_it(there: Room) -> None:
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        try:
            os.close(reading)
            child = SoundProcess()
            until(child.messages(), sound.LEVEL)
            os.write(writing, str(child.pid).encode())
            signal.pause()
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        pid = int(os.read(pipe.fileno(), 20))
        watched = os.pidfd_open(pid)
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
    try:
        assert select.select([watched], [], [], 60)[0]
    finally:
        os.close(watched)


def test_nothing_of_the_person_goes_along(there: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "word")
    child = SoundProcess()
    try:
        until(child.messages(), sound.LEVEL)
        environ = Path(f"/proc/{child.pid}/environ")
        try:
            seen = environ.read_bytes()
        except PermissionError:
            # Even the environment is closed to everybody but root.
            assert os.geteuid() != 0
            return
        assert b"CANARY" not in seen
        assert b"HOME=" not in seen
        opened = set()
        for one in Path(f"/proc/{child.pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                opened.add(str(one.readlink()))
        # Pipes, the sound system's socket, and memory that is shared with it.
        shared = ("/dev/null", "/memfd:", "/dev/shm/")
        assert [one for one in opened if one[0] == "/" and not one.startswith(shared)] == []
    finally:
        child.kill()


def test_without_a_sound_system_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/socket")
    child = SoundProcess()
    try:
        heard = until(child.messages(), sound.TROUBLE)
    finally:
        child.kill()
    assert heard[-1].reason is Reason.NO_SERVER


def test_a_microphone_that_is_not_there_is_told(
    there: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "no-such-microphone")
    child = SoundProcess()
    try:
        heard = until(child.messages(), sound.TROUBLE)
    finally:
        child.kill()
    assert heard[-1].reason is Reason.NO_MICROPHONE


def test_a_sound_system_that_goes_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with room() as own:
        for name, value in own.environment.items():
            monkeypatch.setenv(name, value)
        child = SoundProcess()
        try:
            said = child.messages()
            until(said, sound.SOUND)
            own.go()
            # The library says so, or waits for ever and is ended.
            lost = until(said, sound.TROUBLE)[-1]
            assert lost.reason in (Reason.NO_SERVER, Reason.STOPPED)
        finally:
            child.kill()


def test_a_child_that_is_killed_is_told(there: Room) -> None:
    child = SoundProcess()
    try:
        said = child.messages()
        until(said, sound.LEVEL)
        os.kill(child.pid, signal.SIGKILL)
        assert until(said, sound.TROUBLE)[-1].reason is Reason.STOPPED
        # Whoever asks it for something then is not disturbed.
        child.pause()
    finally:
        child.kill()


def message(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "big") + body


class Pipes:
    """A child that has said something already, and says nothing more."""

    def __init__(self, said: bytes) -> None:
        reading, self._writing = os.pipe()
        os.write(self._writing, said)
        self.stdin, self.stdout = BytesIO(), os.fdopen(reading, "rb", 0)

    def kill(self) -> None:
        os.close(self._writing)

    def wait(self) -> None:
        """It is gone."""


def said_by(said: bytes, monkeypatch: pytest.MonkeyPatch) -> SoundProcess:
    monkeypatch.setattr("notebook.sound.subprocess.Popen", lambda *_words, **_more: Pipes(said))
    return SoundProcess()


def test_what_was_said_before_stop_is_heard_however_late_it_is_listened_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = message(sound.SOUND, (960).to_bytes(8, "big") + b"OggS....")
    child = said_by(last + message(sound.END, b""), monkeypatch)
    # The disk took longer with the page before than anybody waits after Stop.
    monkeypatch.setattr(sound, "END_WAIT_S", 0)
    said = child.messages()
    child.stop()
    assert [one.kind for one in until(said, sound.END)] == [sound.SOUND, sound.END]
    child.kill()


@pytest.mark.parametrize("said", [b"", message(sound.LEVEL, b"\0\1")])
def test_a_microphone_that_hangs_is_not_waited_for_after_stop(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "WAIT_S", 0.001)
    monkeypatch.setattr(sound, "END_WAIT_S", 0.002)
    child = said_by(said, monkeypatch)
    child.stop()
    assert [one for one in until(child.messages(), sound.END) if one.kind != sound.LEVEL] == []
    child.kill()


def test_a_child_that_says_more_and_more_after_stop_is_heard_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sound, "MOST_AFTER_STOP_BYTES", 100)
    child = said_by(message(sound.LEVEL, b"\0\1") * 100, monkeypatch)
    child.stop()
    assert until(child.messages(), sound.END) == []
    child.kill()


@pytest.mark.parametrize(
    "said",
    [
        message(b"X", b""),
        message(sound.SOUND, b""),
        message(sound.SOUND, bytes(8) + b"RIFF"),
        message(sound.LEVEL, b"\0"),
        message(sound.POSITION, bytes(7)),
        message(sound.LEVEL, bytes(3)),
        message(sound.END, b"more"),
        message(sound.TROUBLE, b"something else"),
        sound.SOUND + (MOST_BODY_BYTES + 1).to_bytes(4, "big"),
        sound.SOUND + b"\xff\xff\xff\xff",
    ],
)
def test_what_it_cannot_have_said_ends_the_conversation(said: bytes) -> None:
    assert sound.next_message(bytearray(said)) == Message(kind=sound.TROUBLE, reason=Reason.STOPPED)


def test_half_a_message_waits_for_the_rest() -> None:
    whole = message(sound.SOUND, (960).to_bytes(8, "big") + b"OggS....")
    for cut in range(len(whole)):
        assert sound.next_message(bytearray(whole[:cut])) is None
    heard = bytearray(whole * 2)
    for _turn in range(2):
        assert sound.next_message(heard) == Message(
            kind=sound.SOUND, samples=960, pages=b"OggS...."
        )
    assert sound.next_message(heard) is None
