"""Hostile media: pictures mutated at random never do more than show no picture."""

import io
import subprocess
import sys
from random import Random

import pytest
from PIL import Image

from notebook.media import MAX_TAGS, Picture, Placeholder, examine
from notebook.media_child import MAX_MEMORY_BYTES
from tests.support import REPOSITORY, effort

ROUNDS = 6
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MAX_SIDE = 320


def sample(kind: str) -> bytes:
    """A small picture with something in it, and metadata."""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[2] = (43.0, 14.0, 20.5)
    image = Image.effect_mandelbrot((160, 120), (-2.0, -1.5, 1.0, 1.5), 32).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def mutated(content: bytes, chance: Random) -> bytes:
    """The content changed as fuzzers change it: bits, lengths, runs, cuts, repetitions."""
    changed = bytearray(content)
    for _change in range(chance.randint(1, 12)):
        # Most of what a decoder believes stands at the beginning.
        at = chance.randrange(min(len(changed), chance.choice([64, 512, 10**6])))
        match chance.randrange(5):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at : at + 4] = chance.choice([b"\xff" * 4, b"\x7f\xff\xff\xff", bytes(4)])
            case 2:
                changed[at : at + 1] = changed[at : at + chance.randrange(1, 64)] * 2
            case 3:
                del changed[at : at + chance.randrange(1, 32)]
            case _:
                changed[at:at] = chance.randbytes(chance.randrange(1, 32))
    return bytes(changed) or b"\x00"


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutated_picture_is_a_picture_or_a_placeholder(kind: str) -> None:
    content = sample(kind)
    whole = examine(io.BytesIO(content), KINDS[kind], max_side=MAX_SIDE)
    assert isinstance(whole, Picture)
    assert whole.exif["Make"] == "Camera"
    refused = 0
    for seed in range(ROUNDS * effort()):
        untrusted = mutated(content, Random(f"{kind}/{seed}"))
        seen = examine(io.BytesIO(untrusted), KINDS[kind], max_side=MAX_SIDE)
        if isinstance(seen, Placeholder):
            refused += 1
            continue
        assert max(seen.width, seen.height) <= MAX_SIDE
        assert len(seen.rgb) == 3 * seen.width * seen.height
        assert len(seen.exif) <= MAX_TAGS
    # The mutations do reach what the decoder looks at.
    assert refused


BEHIND_THE_LIMITS = {
    "memory above the cap": (f"bytearray({MAX_MEMORY_BYTES})", "MemoryError"),
    "a file": ("open('/etc/hostname')", "OSError"),
    "a connection": ("import _socket; _socket.socket()", "OSError"),
    "another process": ("import os; os.pipe()", "OSError"),
}


@pytest.mark.parametrize("what", BEHIND_THE_LIMITS)
def test_whoever_takes_the_decoder_over_gets_nothing(what: str) -> None:
    attempt, error = BEHIND_THE_LIMITS[what]
    program = (
        "import os, sys, _socket; from notebook import media_child;"
        "media_child._limit(os.getppid());"
        f"failed = {error}\n"
        f"try:\n    {attempt}\nexcept failed:\n    sys.exit(7)\nsys.exit(8)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=False)
    assert done.returncode == 7


def test_the_same_attempts_succeed_where_there_are_no_limits() -> None:
    for attempt, _error in BEHIND_THE_LIMITS.values():
        done = subprocess.run([sys.executable, "-c", attempt], cwd=REPOSITORY, check=False)
        assert done.returncode == 0
