"""Pages of Ogg Opus: whole one by one, and understood by another program."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebook.ogg import RATE_HZ, OpusPages, crc
from notebook.opus import FRAME_BYTES, PACKET_BYTES, OpusEncoder
from tests.notebook.support_sound import PAGE_SAMPLES, Tone, decoded, loudness


def test_the_checksum_is_that_of_ogg() -> None:
    # The polynomial itself; another program judges whole pages below.
    assert crc(b"") == 0
    assert crc(b"\x01") == 0x04C11DB7
    page = OpusPages(0x0CB2).page([b"packet"], 960)
    assert int.from_bytes(page[22:26], "little") == crc(page[:22] + bytes(4) + page[26:])


def test_a_page_is_built_as_the_standard_says() -> None:
    pages = OpusPages(0x01020304)
    first = pages.page([b"a" * 255, b"b" * 300, b""], 960)
    assert first[:22] == b"OggS\0\0" + (960).to_bytes(8, "little") + b"\4\3\2\1" + bytes(4)
    assert first[26:32] == bytes([5, 255, 0, 255, 45, 0])
    assert first[32:] == b"a" * 255 + b"b" * 300
    last = pages.page([b"c"], 1920, is_last=True)
    assert (last[5], last[18]) == (4, 1)


def test_another_program_hears_what_was_encoded(tmp_path: Path) -> None:
    said = Tone()
    content = b"".join(said.page(is_last=turn == 3).pages for turn in range(4))
    heard = decoded(content, tmp_path)
    assert len(heard) == 4 * PAGE_SAMPLES - OpusEncoder().pre_skip
    assert loudness(heard) == pytest.approx(8000 / 2**0.5, rel=0.05)


def test_what_ends_after_any_page_plays_up_to_there(tmp_path: Path) -> None:
    said = Tone()
    content = b""
    for turn in range(1, 5):
        content += said.page().pages
        heard = decoded(content, tmp_path)
        assert len(heard) == turn * PAGE_SAMPLES - OpusEncoder().pre_skip


def test_a_page_that_is_missing_costs_itself_alone(tmp_path: Path) -> None:
    said = Tone()
    pages = [said.page().pages for _turn in range(5)]
    heard = decoded(b"".join(pages[:2] + pages[3:]), tmp_path)
    # A decoder takes up to 80 ms to be sure again.
    assert len(heard) >= 4 * PAGE_SAMPLES - OpusEncoder().pre_skip - RATE_HZ * 8 // 100
    assert loudness(heard[-PAGE_SAMPLES:]) > 4000


def test_one_after_another_they_are_one_recording(tmp_path: Path) -> None:
    content = b""
    for _file in range(3):
        said = Tone()
        content += said.page().pages + said.page(is_last=True).pages
    assert len(decoded(content, tmp_path)) == 3 * (2 * PAGE_SAMPLES - OpusEncoder().pre_skip)


def test_the_length_of_a_packet_tells_nothing_of_what_was_said() -> None:
    encoder = OpusEncoder()
    quiet = [len(encoder.encode(bytes(FRAME_BYTES))) for _turn in range(20)]
    loud = [len(encoder.encode(bytes(range(256)) * 7 + bytes(128))) for _turn in range(20)]
    assert {*quiet, *loud} == {PACKET_BYTES}


def test_a_frame_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="20 ms"):
        OpusEncoder().encode(bytes(FRAME_BYTES - 2))


def test_a_page_takes_no_more_packets_than_it_can_name() -> None:
    with pytest.raises(ValueError, match="too many"):
        OpusPages(1).page([b"x"] * 256, 0)
