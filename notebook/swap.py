"""Whether the system may write memory to a disk in clear: swap and hibernation.

What is in memory during a session of a travelling notebook must not lie on a disk afterwards.
Memory that is compressed (zram) is no disk; what lies on dm-crypt is encrypted.
"""

import os
import re
from pathlib import Path

_PROC = Path("/proc")
_SYS = Path("/sys")
_MOST_LAYERS = 8
_ESCAPE = re.compile(r"\\([0-7]{3})")


def unsafe(proc: Path = _PROC, system: Path = _SYS) -> tuple[str, ...]:
    """The names of swap areas, and of the place of hibernation, that are not encrypted."""
    found = [name for name in _swaps(proc) if not _is_safe(Path(name), system)]
    resume = _read(system / "power" / "resume").strip()
    if "disk" in _read(system / "power" / "state").split() and re.fullmatch(
        r"[1-9][0-9]*:[0-9]+", resume
    ):
        device = system / "dev" / "block" / resume
        if not _is_encrypted(device, _MOST_LAYERS) and not found:
            found.append(resume)
    return tuple(found)


def _swaps(proc: Path) -> list[str]:
    lines = _read(proc / "swaps").splitlines()[1:]
    names = [line.split()[0] for line in lines if line.split()]
    return [_ESCAPE.sub(lambda match: chr(int(match[1], 8)), name) for name in names]


def _is_safe(path: Path, system: Path) -> bool:
    if re.fullmatch(r"/dev/zram[0-9]+", str(path)):
        return True
    try:
        status = path.stat()
    except OSError:
        # What cannot be looked at is not taken for encrypted.
        return False
    # A device names itself; a swap file lies on the device of its file system.
    number = status.st_rdev or status.st_dev
    device = system / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    return _is_encrypted(device, _MOST_LAYERS)


def _is_encrypted(device: Path, layers: int) -> bool:
    """Whether the device is dm-crypt, or all that it is made of is."""
    if _read(device / "dm" / "uuid").startswith("CRYPT-"):
        return True
    try:
        below = sorted((device / "slaves").iterdir())
    except OSError:
        return False
    return layers > 0 and bool(below) and all(_is_encrypted(one, layers - 1) for one in below)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
