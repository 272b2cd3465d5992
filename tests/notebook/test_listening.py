"""What was recorded is heard again, by a process that holds no key, and never believed blindly."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pytest

from notebook import sound
from notebook.listening import Listening
from notebook.ogg import MOST_PACKET_BYTES, NotOggError, OpusPages, PacketReader
from notebook.opus import FRAME_SAMPLES, OpusDecoder, OpusEncoder
from notebook.sound import Reason, SoundProcess
from tests.notebook.support_sound import PAGE_SAMPLES, Room, Tone, room, tone


@pytest.fixture(scope="module")
def silent() -> Iterator[Room]:
    with room(has_tone=False) as made:
        yield made


@pytest.fixture
def there(silent: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    for name, value in silent.environment.items():
        monkeypatch.setenv(name, value)
    return silent


def recorded(pages: int) -> bytes:
    said = Tone()
    return b"".join(said.page(is_last=turn == pages - 1).pages for turn in range(pages))


def played(content: bytes) -> tuple[Reason | None, list[int]]:
    positions: list[int] = []
    return Listening().run(io.BytesIO(content), positions.append), positions


def test_it_is_played_to_its_end_and_tells_how_far_it_is(there: Room) -> None:
    reason, positions = played(recorded(3))
    assert reason is None
    assert positions == sorted(positions)
    assert 2 * PAGE_SAMPLES < positions[-1] <= 3 * PAGE_SAMPLES


def test_who_listens_in_the_room_hears_it(there: Room) -> None:
    microphone = SoundProcess()
    try:
        said = microphone.messages()
        while (message := next(said)) is None or message.kind != sound.LEVEL:
            pass
        loudest = 0
        listening = Listening()
        content = recorded(40)

        def on_position(_samples: int) -> None:
            nonlocal loudest
            heard = next(said)
            while heard is None or heard.kind != sound.LEVEL:
                heard = next(said)
            loudest = max(loudest, heard.level)
            if loudest > 1000:
                listening.stop()

        assert listening.run(io.BytesIO(content), on_position) is None
        assert loudest > 1000
    finally:
        microphone.kill()


def test_it_can_be_stopped_at_any_moment(there: Room) -> None:
    listening = Listening()
    positions: list[int] = []

    def on_position(samples: int) -> None:
        positions.append(samples)
        listening.stop()

    assert listening.run(io.BytesIO(recorded(200)), on_position) is None
    assert positions[-1] < 100 * PAGE_SAMPLES


def test_pieces_one_behind_another_are_played_as_one(there: Room) -> None:
    reason, positions = played(recorded(1) + recorded(2))
    assert reason is None
    assert positions[-1] > 2 * PAGE_SAMPLES


def test_without_a_sound_system_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent/socket")
    assert played(recorded(1)) == (Reason.NO_SERVER, [])


@pytest.mark.parametrize(
    "content",
    [b"RIFF" + bytes(1000), bytes(1000), recorded(1)[47:], b"OggS" + b"\xff" * 5000],
    ids=["wave", "zeros", "no head", "lengths"],
)
def test_what_is_no_such_sound_is_told(content: bytes, there: Room) -> None:
    assert played(content)[0] in (Reason.UNREADABLE, None)
    assert played(content)[1] == []


def test_what_cannot_be_read_any_more_is_raised_and_the_process_is_gone(there: Room) -> None:
    class Broken(io.BytesIO):
        def read(self, _max: int | None = -1, /) -> bytes:
            raise ZeroDivisionError

    listening = Listening()
    with pytest.raises(ZeroDivisionError):
        listening.run(Broken(), lambda _samples: None)
    assert listening._child.poll() is not None


def test_a_mutated_file_is_played_or_refused(there: Room) -> None:
    chance = random.Random("mutated")
    whole = recorded(1)
    for _turn in range(4):
        changed = bytearray(whole)
        for _flip in range(20):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        assert played(bytes(changed))[0] in (None, Reason.UNREADABLE, Reason.STOPPED)


# The pages and the codec alone.


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_packets_come_out_as_they_went_in_however_the_file_is_cut(step: int) -> None:
    pages = OpusPages(3)
    packets = [b"a" * 10, b"b" * 255, b"", b"c" * 600]
    content = pages.page(packets[:2], 1) + pages.page(packets[2:], 2)
    reader = PacketReader()
    found: list[bytes] = []
    for at in range(0, len(content), step):
        found += reader.feed(content[at : at + step])
    assert found == packets


def test_a_packet_may_go_on_in_the_next_page() -> None:
    def page(flags: int, lacing: list[int], body: bytes) -> bytes:
        return b"OggS\0" + bytes([flags]) + bytes(20) + bytes([len(lacing), *lacing]) + body

    first, second = page(0, [255], b"a" * 255), page(1, [5], b"b" * 5)
    assert list(PacketReader().feed(first + second)) == [b"a" * 255 + b"b" * 5]
    # Where the next page does not go on, what was begun is dropped.
    assert list(PacketReader().feed(first + page(0, [5], b"b" * 5))) == [b"b" * 5]


def test_a_packet_without_end_is_refused() -> None:
    page = b"OggS\0\1" + bytes(20) + bytes([255, *[255] * 255]) + bytes(255 * 255)
    many = page * (MOST_PACKET_BYTES // (255 * 255) + 2)
    with pytest.raises(NotOggError):
        list(PacketReader().feed(many))


def test_what_was_encoded_is_decoded() -> None:
    encoder, decoder = OpusEncoder(), OpusDecoder()
    sizes = [
        len(decoder.decode(encoder.encode(tone(FRAME_SAMPLES * turn % 48_000))))
        for turn in range(20)
    ]
    assert set(sizes) == {2 * FRAME_SAMPLES}
