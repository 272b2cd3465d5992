"""Some pictures alone: a studio with no other notebooks than those of one walk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests import shots


def alone(argv: list[str], default: str, walk: Callable[[shots.Studio, str, str], None]) -> int:
    """Photograph one walk, in the variants named after the folder or in all of them."""
    out = Path(argv[0] if argv else default).resolve()
    shutil.rmtree(out, ignore_errors=True)
    studio = object.__new__(shots.Studio)
    studio.out, studio.work, studio.missed = out, out / "notebooks", []
    studio.work.mkdir(parents=True, mode=0o700)
    try:
        for variant in argv[1:] or shots.VARIANTS:
            with studio.scene(f"{walk.__module__}--{variant}"):
                walk(studio, variant, shots.PASSPHRASE)
    finally:
        shutil.rmtree(studio.work)
    print(*studio.missed, sep="\n")
    return 1 if studio.missed else 0
