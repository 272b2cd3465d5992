"""A stick for tests: a file system of its own on an image, put in, pulled out, and broken.

FAT32 is what sticks have. Where the kernel has none a process of our own serves it (`fusefat`), and
a stick is pulled out by ending that process, or never answers because it stands still.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebook.volumes import MIB
from tests.faults.support_traced import root_only

SYSTEMS = {"vfat": ("mkfs.vfat", "-F", "32", "-C"), "ext2": ("mkfs.ext2", "-q", "-F")}
MEDIUM_MIB = 40
"""The least that is FAT32 and not an older FAT."""
LOST = "lost+found"


def run(*command: str | Path) -> str:
    """Run it; what it says when it fails."""
    try:
        done = subprocess.run(
            [*map(str, command)], check=False, stdin=subprocess.DEVNULL, capture_output=True
        )
    except FileNotFoundError as error:
        return str(error)
    return done.stderr.decode().strip() or "it failed" if done.returncode else ""


def fill(path: Path) -> None:
    """Write there until nothing more goes in."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(MIB // 4)):
                continue
        except OSError:
            return


@dataclass(slots=True)
class Medium:
    """A stick: an image that is mounted, pulled out and put in again."""

    image: Path
    place: Path
    system: str
    server: subprocess.Popen[bytes] | None = field(default=None, init=False)
    """Serves the file system, where the kernel does not know it."""

    def format(self) -> None:
        """Make the file system, or skip with the reason."""
        command, *options = SYSTEMS[self.system]
        if why := run(command, *options, self.image, str(MEDIUM_MIB * 1024)):
            pytest.skip(f"no {self.system} can be made here: {why}")

    def put_in(self) -> None:
        """Mount it, or skip with the reason."""
        why = run("mount", "-t", self.system, "-o", "loop", self.image, self.place)
        if why and self.system == "vfat":
            why = self._serve()
        if why:
            pytest.skip(f"no {self.system} can be mounted here: {why.splitlines()[0]}")

    def _serve(self) -> str:
        try:
            self.server = subprocess.Popen(
                ["fusefat", "-f", "-o", "rw+", str(self.image), str(self.place)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            return str(error)
        while not os.path.ismount(self.place):
            if self.server.poll() is not None:
                return "fusefat ended"
            time.sleep(0.01)
        return ""

    def take_out(self) -> None:
        """Unmount it, so that only what is really on it is there the next time."""
        assert run("umount", self.place) == ""
        if self.server is not None:
            self.server.wait()
            self.server = None

    def pull_out(self) -> None:
        """It is gone under whoever writes to it."""
        if self.server is None:
            assert run("umount", "-l", self.place) == ""
        else:
            self.server.kill()
            self.server.wait()

    def clear(self) -> None:
        """Take away what is left of one that was pulled out."""
        run("umount", "-l", self.place)
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.server = None

    def stall(self) -> None:
        """From now on it never answers."""
        assert self.server is not None
        self.server.send_signal(signal.SIGSTOP)

    def fill(self) -> None:
        """Leave no room on it."""
        fill(self.place / "other")

    def break_writing(self) -> None:
        """From now on the device answers with an error where it never wrote before."""
        # What the image lies in has no room any more for what is still to be written of it.
        fill(self.image.with_name("other"))

    def lose(self) -> None:
        """From now on the device gives back zeros in place of what was written."""
        with self.image.open("r+b") as file:
            file.seek(2 * MIB)
            file.write(bytes((MEDIUM_MIB - 2) * MIB))

    def names(self) -> set[str]:
        """What lies on it."""
        return {path.name for path in self.place.iterdir()} - {LOST}


def make(system: str, folder: Path) -> tuple[Medium, Path]:
    """A stick that is put in, and where its image lies; `unmake` is for both."""
    root_only()
    below = folder / "below"
    below.mkdir()
    if why := run("mount", "-t", "tmpfs", "-o", f"size={MEDIUM_MIB + 2}m", "tmpfs", below):
        pytest.skip(f"nothing can be mounted here: {why}")
    made = Medium(image=below / "image", place=folder / "stick", system=system)
    made.place.mkdir()
    try:
        made.format()
        made.put_in()
    except BaseException:
        unmake(made, below)
        raise
    return made, below


def unmake(medium: Medium, below: Path) -> None:
    """Take everything away."""
    medium.clear()
    run("umount", "-l", below)
