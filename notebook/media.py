"""Pictures of evidence, decoded in a process apart that gets bytes by pipe and holds no keys.

Only JPEG, PNG and WebP are looked at. A hostile file may take that process over and still finds
no key, no file and no way to open one; its answer is checked here like anything from outside:

    8 bytes  `MAGIC`
    2 + 2    width and height, unsigned, big-endian
    4        length of the metadata
    …        the metadata: one JSON object of names and texts, UTF-8
    …        the pixels: 3 bytes each, red, green, blue, row by row from the top

Asked to cover regions of a picture, it reads a question before the file (u32 length, JSON) and
answers with `COVERED_MAGIC` and a file of the same kind, which is taken in like any other; or with
`OUTSIDE_MAGIC` alone, where a region would cover nothing.
"""

import io
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Protocol

from notebook import strict_json

MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Larger files are kept like all others; only their picture is not shown."""
WAIT_S = 15.0
COVER_WAIT_S = 30.0
BEAT_S = 0.1
"""How long nobody is asked whether to go on."""
COVER = "cover"
MAX_COVERED_BYTES = 256 * 1024 * 1024
PIPE_BYTES = 64 * 1024

MAGIC = b"fnpict1\n"
CODES = "codes"
"""In place of a side: not the picture is asked for, but what the codes in it say."""
CODES_MAGIC = b"fncode1\n"
MOST_CODES = 32
MAX_CODE_CHARACTERS = 4296
"""What the largest code can hold."""
HEADER = struct.Struct(">8sHHI")
MAX_METADATA_BYTES = 64 * 1024
COVERED_MAGIC = b"fncover\n"
OUTSIDE_MAGIC = b"fnoutsi\n"
MAX_REGIONS = 500
QUESTION_LENGTH = struct.Struct(">I")
MAX_TAGS = 200


class Reason(StrEnum):
    """Why there is no picture."""

    NOT_A_PICTURE = "not-a-picture"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    """The decoder refused it, or asked for more than it may have."""
    STOPPED = "stopped"
    """The decoder crashed, was killed, or answered something else."""
    TOO_SLOW = "too-slow"
    OUTSIDE = "outside"
    """A region to be covered lies outside the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded picture, upright, and what the file says about itself."""

    width: int
    height: int
    rgb: bytes = field(repr=False)
    """3 bytes a pixel, row by row from the top."""
    exif: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """No picture can be shown, and that is no trouble: the file itself is whole."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the upright picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


class Source(Protocol):
    """Where a file's bytes come from."""

    def read(self, max_bytes: int, /) -> bytes:
        """At most so many bytes; none at the end."""


GoOn = Callable[[], object]
"""Asked again and again while the process works: what it raises ends the process, and goes on."""


def always() -> None:
    """Nobody stops it."""


class _NoPictureError(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def examine(
    source: Source,
    media_type: str,
    *,
    max_side: int,
    wait_s: float = WAIT_S,
    go_on: GoOn = always,
) -> Picture | Placeholder:
    """The picture, no side longer than `max_side` pixels, or why there is none.

    Raises only what `source.read` and `go_on` raise; the process is gone afterwards in every case.
    """
    if media_type not in MEDIA_TYPES:
        return Placeholder(reason=Reason.NOT_A_PICTURE)
    most_bytes = HEADER.size + MAX_METADATA_BYTES + 3 * max_side * max_side
    try:
        answer = _asked_child(source, str(max_side), most_bytes, wait_s, go_on)
        return _picture(answer, max_side)
    except _NoPictureError as error:
        return Placeholder(reason=error.reason)


def read_codes(
    source: Source, media_type: str, *, wait_s: float = WAIT_S
) -> tuple[str, ...] | Placeholder:
    """What the QR codes in a picture say, which is none when there are none. As `examine`."""
    if media_type not in MEDIA_TYPES:
        return Placeholder(reason=Reason.NOT_A_PICTURE)
    most_bytes = len(CODES_MAGIC) + MOST_CODES * (2 * MAX_CODE_CHARACTERS + 4) + 2
    try:
        return _codes(_asked_child(source, CODES, most_bytes, wait_s))
    except _NoPictureError as error:
        return Placeholder(reason=error.reason)


def cover(
    source: Source,
    media_type: str,
    regions: Sequence[Region],
    *,
    keeps_metadata: bool,
    drawn_on: tuple[int, int] | None = None,
    wait_s: float = COVER_WAIT_S,
    go_on: GoOn = always,
) -> bytes | Placeholder:
    """The picture as a new file of the same kind, these regions black, or why there is none.

    Regions that were drawn on a smaller picture of the size `drawn_on` are enlarged, outwards.
    Metadata stays out, or is kept but for what may show the picture as it was: its thumbnail and
    the maker's notes. Raises only what `source.read` and `go_on` raise.
    """
    if media_type not in MEDIA_TYPES:
        return Placeholder(reason=Reason.NOT_A_PICTURE)
    question = strict_json.dump(
        {
            "keeps_metadata": keeps_metadata,
            "drawn_on": list(drawn_on) if drawn_on else None,
            "regions": [[each.x, each.y, each.width, each.height] for each in regions],
        }
    )
    asked = _Then(io.BytesIO(QUESTION_LENGTH.pack(len(question)) + question), source)
    try:
        answer = _asked_child(asked, COVER, len(COVERED_MAGIC) + MAX_COVERED_BYTES, wait_s, go_on)
    except _NoPictureError as error:
        return Placeholder(reason=error.reason)
    if answer == OUTSIDE_MAGIC:
        return Placeholder(reason=Reason.OUTSIDE)
    if not answer.startswith(COVERED_MAGIC) or len(answer) == len(COVERED_MAGIC):
        return Placeholder(reason=Reason.STOPPED)
    return answer[len(COVERED_MAGIC) :]


@dataclass(slots=True)
class _Then:
    """One source after another."""

    first: Source
    second: Source

    def read(self, max_bytes: int, /) -> bytes:
        """At most so many bytes; none at the end of both."""
        return self.first.read(max_bytes) or self.second.read(max_bytes)


def _asked_child(
    source: Source, what: str, most_bytes: int, wait_s: float, go_on: GoOn = always
) -> bytes:
    """The answer of a process of its own, which is gone afterwards in every case."""
    command = [sys.executable, "-I", "-m", "notebook.media_child", str(os.getpid()), what]
    # Nothing of ours goes along: no environment, no open file, no folder that stays in use.
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
        bufsize=0,
    )
    with child:
        try:
            return _converse(child, source, most_bytes, time.monotonic() + wait_s, go_on)
        finally:
            child.kill()


def _converse(
    child: "subprocess.Popen[bytes]",
    source: Source,
    most_bytes: int,
    deadline_s: float,
    go_on: GoOn,
) -> bytes:
    """Send the whole file and receive the whole answer, and wait for no more than the deadline."""
    stdin, stdout = child.stdin, child.stdout
    assert stdin is not None
    assert stdout is not None
    os.set_blocking(stdin.fileno(), False)
    sent_bytes = 0
    pending = b""
    answer = bytearray()
    while True:
        go_on()
        writers = [] if stdin.closed else [stdin]
        readable, writable, _ = select.select([stdout], writers, [], _pause_s(deadline_s))
        if writable:
            if not pending:
                pending = source.read(PIPE_BYTES)
                sent_bytes += len(pending)
                if sent_bytes > MAX_FILE_BYTES:
                    raise _NoPictureError(Reason.TOO_LARGE)
            pending = _send(stdin, pending)
        if readable:
            received = os.read(stdout.fileno(), PIPE_BYTES)
            answer += received
            if len(answer) > most_bytes:
                raise _NoPictureError(Reason.STOPPED)
            if not received:
                break
    while (code := child.poll()) is None:
        go_on()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_pause_s(deadline_s))
    if code != 0:
        raise _NoPictureError(Reason.UNREADABLE if code > 0 else Reason.STOPPED)
    return bytes(answer)


def _pause_s(deadline_s: float) -> float:
    """How long to wait before somebody is asked again; after the deadline there is no picture."""
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise _NoPictureError(Reason.TOO_SLOW)
    return min(left_s, BEAT_S)


def _send(stdin: IO[bytes], pending: bytes) -> bytes:
    """Write what the pipe takes and return the rest; nothing to write: the file is at its end."""
    if not pending:
        stdin.close()
        return b""
    try:
        return pending[os.write(stdin.fileno(), pending) :]
    except BlockingIOError:
        return pending
    except BrokenPipeError:
        # The child is gone; its end of the other pipe and its exit code say how.
        stdin.close()
        return b""


def _picture(untrusted_answer: bytes, max_side: int) -> Picture:
    if len(untrusted_answer) < HEADER.size:
        raise _NoPictureError(Reason.STOPPED)
    magic, width, height, metadata_bytes = HEADER.unpack_from(untrusted_answer)
    rgb_at = HEADER.size + metadata_bytes
    if (
        magic != MAGIC
        or not 0 < width <= max_side
        or not 0 < height <= max_side
        or metadata_bytes > MAX_METADATA_BYTES
        or len(untrusted_answer) != rgb_at + 3 * width * height
    ):
        raise _NoPictureError(Reason.STOPPED)
    return Picture(
        width=width,
        height=height,
        rgb=untrusted_answer[rgb_at:],
        exif=_exif(untrusted_answer[HEADER.size : rgb_at]),
    )


def _codes(untrusted_answer: bytes) -> tuple[str, ...]:
    if not untrusted_answer.startswith(CODES_MAGIC):
        raise _NoPictureError(Reason.STOPPED)
    try:
        texts = strict_json.parse(untrusted_answer[len(CODES_MAGIC) :])
    except strict_json.BadJson:
        raise _NoPictureError(Reason.STOPPED) from None
    if not isinstance(texts, list) or len(texts) > MOST_CODES:
        raise _NoPictureError(Reason.STOPPED)
    codes: list[str] = []
    for text in texts:
        if not (isinstance(text, str) and text.isascii() and len(text) <= MAX_CODE_CHARACTERS):
            raise _NoPictureError(Reason.STOPPED)
        codes.append(text)
    return tuple(codes)


def _exif(untrusted_metadata: bytes) -> dict[str, str]:
    try:
        metadata = strict_json.parse(untrusted_metadata, max_bytes=MAX_METADATA_BYTES)
    except strict_json.BadJson:
        raise _NoPictureError(Reason.STOPPED) from None
    if not isinstance(metadata, Mapping) or len(metadata) > MAX_TAGS:
        raise _NoPictureError(Reason.STOPPED)
    exif: dict[str, str] = {}
    for name, text in metadata.items():
        if not (isinstance(text, str) and name.isprintable() and text.isprintable()):
            raise _NoPictureError(Reason.STOPPED)
        exif[name] = text
    return exif
