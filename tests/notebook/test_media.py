import hashlib
import io
import json
import os
import signal
import struct
import subprocess
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from notebook import media
from notebook.media import HEADER, MAGIC, Picture, Placeholder, Reason, examine
from notebook.progress import Cancelled
from tests.support import skip_without


def encoded(
    kind: str,
    size: tuple[int, int] = (60, 40),
    *,
    mode: str = "RGB",
    colour: str | float | tuple[int, ...] = "white",
    exif: Image.Exif | None = None,
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def look(
    content: bytes, media_type: str = "image/jpeg", max_side: int = 320
) -> Picture | Placeholder:
    return examine(io.BytesIO(content), media_type, max_side=max_side)


def picture(content: bytes, media_type: str = "image/jpeg", max_side: int = 320) -> Picture:
    seen = look(content, media_type, max_side)
    assert isinstance(seen, Picture), seen
    assert len(seen.rgb) == 3 * seen.width * seen.height
    return seen


def reason(seen: Picture | Placeholder) -> Reason:
    assert isinstance(seen, Placeholder)
    return seen.reason


class Watched:
    """A file whose reading tells a test that the child is alive."""

    def __init__(self, content: bytes, watch: Callable[[], None]) -> None:
        self.file = io.BytesIO(content)
        self.watch = watch
        self.has_watched = False

    def read(self, max_bytes: int, /) -> bytes:
        if not self.has_watched:
            self.has_watched = True
            self.watch()
        return self.file.read(max_bytes)


@pytest.fixture
def pids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the processes that are started."""
    started: list[int] = []
    start = subprocess.Popen

    def remember(*arguments: Any, **options: Any) -> Any:
        child = start(*arguments, **options)
        started.append(child.pid)
        return child

    monkeypatch.setattr(subprocess, "Popen", remember)
    return started


def png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
def test_a_picture_comes_back_as_pixels(kind: str, media_type: str) -> None:
    seen = picture(encoded(kind, colour=(250, 0, 0)), media_type)
    assert (seen.width, seen.height) == (60, 40)
    red, green, blue = seen.rgb[:3]
    assert red > 200
    assert max(green, blue) < 50


@pytest.mark.parametrize("size", [(2000, 1000), (500, 4000)])
def test_a_large_picture_is_made_small_and_keeps_its_shape(size: tuple[int, int]) -> None:
    seen = picture(encoded("JPEG", size), max_side=100)
    assert max(seen.width, seen.height) == 100
    assert seen.width / seen.height == pytest.approx(size[0] / size[1], rel=0.05)


def test_a_picture_taken_sideways_is_shown_upright_and_its_metadata_is_kept() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera \x00\u202emaker"
    exif[0x0132] = "2018:04:05 10:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2018:04:05 09:59:59"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (43.0, 14.0, 20.5)
    seen = picture(encoded("JPEG", (800, 400), exif=exif), max_side=80)
    assert (seen.width, seen.height) == (40, 80)
    assert seen.exif["Make"].startswith("Camera")
    assert seen.exif["Make"].isprintable()
    assert seen.exif["DateTime"] == "2018:04:05 10:00:00"
    assert seen.exif["DateTimeOriginal"] == "2018:04:05 09:59:59"
    assert seen.exif["GPSLatitude"] == "43.0, 14.0, 20.5"


def test_metadata_without_measure_is_cut() -> None:
    exif = Image.Exif()
    for tag in range(0xE000, 0xE200):
        exif[tag] = "x" * 60
    exif[0x010E] = "y" * 5000
    seen = picture(encoded("JPEG", exif=exif))
    assert len(seen.exif) <= media.MAX_TAGS
    assert all(len(text) <= 500 for text in seen.exif.values())


@pytest.mark.parametrize(
    ("kind", "mode", "colour"),
    [
        ("PNG", "1", 1),
        ("PNG", "L", 9),
        ("PNG", "LA", (9, 0)),
        ("PNG", "P", 0),
        ("PNG", "I;16", 9),
        ("PNG", "RGBA", (9, 9, 9, 0)),
        ("JPEG", "CMYK", (0, 0, 0, 0)),
    ],
)
def test_every_kind_of_pixel_is_shown(
    kind: str, mode: str, colour: float | tuple[int, ...]
) -> None:
    content = encoded(kind, mode=mode, colour=colour)
    assert picture(content, f"image/{kind.lower()}").width == 60


def test_a_photograph_with_a_second_one_inside_shows_the_first() -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (60, 40), "white"), Image.new("RGB", (6, 4), "black")
    first.save(out, "MPO", save_all=True, append_images=[second])
    seen = picture(out.getvalue())
    assert (seen.width, seen.height) == (60, 40)
    assert min(seen.rgb) > 200


def test_a_photograph_of_a_hundred_million_pixels_is_shown() -> None:
    seen = picture(encoded("JPEG", (12_000, 9_000), mode="L", colour=255))
    assert (seen.width, seen.height) == (320, 240)


def test_what_is_transparent_is_white() -> None:
    seen = picture(encoded("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "image/png")
    assert set(seen.rgb) == {255}


def test_a_file_of_another_kind_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert reason(look(b"%PDF-", "application/pdf")) is Reason.NOT_A_PICTURE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff" + hashlib.shake_128(b"noise").digest(5000),
        encoded("JPEG", (400, 400))[:900],
        encoded("PNG", (400, 400))[:300],
        encoded("GIF"),
        encoded("TIFF"),
        encoded("PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        png(5, 5, b"too few rows"),
    ],
    ids=lambda content: content[:4].hex(),
)
def test_what_cannot_be_decoded_is_a_placeholder(content: bytes) -> None:
    assert reason(look(content)) is Reason.UNREADABLE


@pytest.mark.parametrize("size", [(30_000, 30_000), (65_000, 65_000), (2**31 - 1, 2**31 - 1)])
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_unread(size: tuple[int, int]) -> None:
    assert reason(look(png(*size, bytes(3000)), "image/png")) is Reason.UNREADABLE


def test_a_bomb_in_a_text_chunk_is_refused() -> None:
    bomb = b"k\0\0" + zlib.compress(bytes(200 * 1024 * 1024))
    chunk = struct.pack(">I", len(bomb)) + b"zTXt" + bomb
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + bomb))
    content = encoded("PNG")
    assert reason(look(content[:33] + chunk + content[33:], "image/png")) is Reason.UNREADABLE


def test_a_file_larger_than_is_looked_at_is_a_placeholder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = encoded("PNG", (300, 300))
    monkeypatch.setattr(media, "MAX_FILE_BYTES", len(content))
    assert isinstance(look(content, "image/png"), Picture)
    monkeypatch.setattr(media, "MAX_FILE_BYTES", len(content) - 1)
    assert reason(look(content, "image/png")) is Reason.TOO_LARGE


@pytest.mark.parametrize("more_bytes", [0, 1_000_000])
def test_a_decoder_that_is_killed_is_a_placeholder(pids: list[int], more_bytes: int) -> None:
    content = encoded("PNG") + bytes(more_bytes)
    source = Watched(content, lambda: os.kill(pids[0], signal.SIGKILL))
    assert reason(examine(source, "image/png", max_side=320)) is Reason.STOPPED


def test_a_decoder_that_hangs_is_given_up_and_gone(pids: list[int]) -> None:
    # More than the pipe holds, so that the child's silence is noticed from both sides.
    content = encoded("PNG") + bytes(1_000_000)
    source = Watched(content, lambda: os.kill(pids[0], signal.SIGSTOP))
    assert reason(examine(source, "image/png", max_side=320, wait_s=0.3)) is Reason.TOO_SLOW
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


@pytest.mark.parametrize("work", ["examine", "cover"])
def test_a_decoder_that_is_waited_for_can_be_stopped_and_is_gone(
    pids: list[int], work: str
) -> None:
    is_stuck = False

    def stick() -> None:
        nonlocal is_stuck
        os.kill(pids[0], signal.SIGSTOP)
        is_stuck = True

    def go_on() -> None:
        if is_stuck:
            raise Cancelled

    # A process that answers nothing is waited for much longer than this test may take.
    source = Watched(encoded("PNG"), stick)
    works: dict[str, Callable[[], object]] = {
        "examine": lambda: examine(source, "image/png", max_side=320, wait_s=600, go_on=go_on),
        "cover": lambda: media.cover(
            source, "image/png", (), keeps_metadata=False, wait_s=600, go_on=go_on
        ),
    }
    with pytest.raises(Cancelled):
        works[work]()
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_one_that_closes_its_answer_and_lives_on_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0

    def go_on() -> None:
        nonlocal asked
        asked += 1
        if asked > 20:
            raise Cancelled

    start = subprocess.Popen

    def instead(command: list[str], **options: Any) -> Any:
        quiet = "import os, time; os.close(0); os.close(1); time.sleep(600)"
        return start([command[0], "-c", quiet], **options)

    monkeypatch.setattr(subprocess, "Popen", instead)
    with pytest.raises(Cancelled):
        examine(io.BytesIO(b"x"), "image/png", max_side=320, wait_s=600, go_on=go_on)


def test_trouble_while_reading_is_passed_on_and_the_decoder_gone(pids: list[int]) -> None:
    def fail() -> None:
        raise OSError("the stick was pulled out")

    with pytest.raises(OSError, match="stick"):
        examine(Watched(b"", fail), "image/png", max_side=320)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_the_decoder_has_no_file_and_no_environment_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pids: list[int]
) -> None:
    if os.geteuid() != 0:
        skip_without("root, who alone may look into a protected process,")
    secret = tmp_path / "notebook.db"
    secret.write_bytes(b"secret")
    monkeypatch.setenv("SECRET_OF_OURS", "1")
    seen: dict[str, Any] = {}

    def watch() -> None:
        child = Path(f"/proc/{pids[0]}")
        # Until the new program has settled in, its words and its environment read as empty.
        while not (words := (child / "cmdline").read_bytes()):
            pass
        seen["words"] = words
        seen["files"] = _open_files(child / "fd")
        seen["environment"] = (child / "environ").read_bytes()
        seen["folder"] = (child / "cwd").readlink()

    with secret.open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)
        assert isinstance(
            examine(Watched(encoded("PNG"), watch), "image/png", max_side=320), Picture
        )
        own = _open_files(Path("/proc/self/fd"))
    assert secret in own
    assert secret not in seen["files"]
    assert seen["environment"] == b""
    assert seen["folder"] == Path("/")
    assert b"notebook.media_child" in seen["words"]
    assert str(tmp_path).encode() not in seen["words"]


def test_the_decoder_can_open_nothing_write_nothing_and_take_no_more_than_its_share(
    pids: list[int],
) -> None:
    seen: dict[str, list[str]] = {}

    def watch() -> None:
        # The limits are set when the decoder has loaded itself, before it reads; this one is last.
        while seen.get("Max processes", [])[:2] != ["0", "0"]:
            lines = Path(f"/proc/{pids[0]}/limits").read_text().splitlines()
            seen.update({line[:25].strip(): line[25:].split() for line in lines})

    source = Watched(encoded("PNG"), watch)
    assert isinstance(examine(source, "image/png", max_side=320), Picture)
    assert seen["Max file size"][:2] == ["0", "0"]
    assert seen["Max open files"][:2] == ["0", "0"]
    assert seen["Max core file size"][:2] == ["0", "0"]
    assert seen["Max cpu time"][:2] == ["10", "10"]
    assert int(seen["Max address space"][1]) < 2**30


def _open_files(folder: Path) -> list[Path]:
    opened = []
    for link in folder.iterdir():
        # Files open and close while the interpreter of the child starts.
        with suppress(FileNotFoundError):
            opened.append(link.readlink())
    return opened


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        HEADER.pack(b"fnpict2\n", 1, 1, 2) + b"{}" + bytes(3),
        HEADER.pack(MAGIC, 0, 1, 2) + b"{}",
        HEADER.pack(MAGIC, 321, 1, 2) + b"{}" + bytes(963),
        HEADER.pack(MAGIC, 1, 1, 2) + b"{}" + bytes(2),
        HEADER.pack(MAGIC, 1, 1, 2) + b"{}" + bytes(4),
        HEADER.pack(MAGIC, 1, 1, 2**32 - 1) + b"{}" + bytes(3),
        HEADER.pack(MAGIC, 1, 1, 2) + b"[]" + bytes(3),
        HEADER.pack(MAGIC, 1, 1, 7) + b'{"a":1}' + bytes(3),
        HEADER.pack(MAGIC, 1, 1, 13) + b'{"a":"\\u202e"}'[:13] + bytes(3),
        HEADER.pack(MAGIC, 1, 1, 10) + b'{"a":"\\n"}' + bytes(3),
        HEADER.pack(MAGIC, 1, 1, 13) + b'{"a":1,"a":1}' + bytes(3),
    ],
)
def test_an_answer_that_is_not_as_agreed_is_not_believed(answer: bytes) -> None:
    with pytest.raises(media._NoPictureError):
        media._picture(answer, 320)


def test_too_many_tags_are_not_believed() -> None:
    metadata = json.dumps({str(number): "x" for number in range(media.MAX_TAGS + 1)}).encode()
    answer = HEADER.pack(MAGIC, 1, 1, len(metadata)) + metadata + bytes(3)
    with pytest.raises(media._NoPictureError):
        media._picture(answer, 320)
