"""Sound for tests: an encoded tone, a room with a microphone, and who judges what is kept."""

from __future__ import annotations

import math
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import wave
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from notebook import sound
from notebook.ogg import RATE_HZ, OpusPages
from notebook.opus import FRAME_SAMPLES, OpusEncoder
from notebook.sound import Message
from tests.support import oracle

PACKETS = round(sound.PAGE_S * RATE_HZ / FRAME_SAMPLES)
PAGE_SAMPLES = PACKETS * FRAME_SAMPLES
READY_WITHIN_S = 60
MANY_TIMES = 100


Script = list[Message | Callable[[], None] | None]


@dataclass
class Spoken:
    """A source that says what it was given; a call among the messages is made in its place."""

    script: Script
    told: list[str] = field(default_factory=list)

    def messages(self) -> Iterator[Message | None]:
        for one in self.script:
            if callable(one):
                one()
            else:
                yield one

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")

    def stop(self) -> None:
        self.told.append("stop")

    def kill(self) -> None:
        self.told.append("kill")


@lru_cache(maxsize=RATE_HZ // FRAME_SAMPLES)
def tone(first: int) -> bytes:
    """20 ms of a tone, from this sample of a second on: the next second is the same."""
    hertz = 440
    return array(
        "h",
        (
            int(8000 * math.sin(2 * math.pi * hertz * (first + at) / RATE_HZ))
            for at in range(FRAME_SAMPLES)
        ),
    ).tobytes()


@dataclass(slots=True)
class Tone:
    """A tone as the process that records would tell it, page by page, as fast as it is asked."""

    _encoder: OpusEncoder = field(default_factory=OpusEncoder)
    _pages: OpusPages = field(default_factory=lambda: OpusPages(7))
    samples: int = 0

    def page(self, *, is_last: bool = False) -> Message:
        """The next half second."""
        front = b""
        if not self.samples:
            front = self._pages.head(self._encoder.pre_skip, RATE_HZ, self._encoder.vendor)
        packets = []
        for _packet in range(PACKETS):
            packets.append(self._encoder.encode(tone(self.samples % RATE_HZ)))
            self.samples += FRAME_SAMPLES
        page = self._pages.page(packets, self.samples, is_last=is_last)
        return Message(kind=sound.SOUND, samples=self.samples, pages=front + page)


class Room:
    """A sound system of its own, with one loudspeaker, and a microphone that hears it."""

    def __init__(self, folder: Path, *, has_tone: bool) -> None:
        self.folder = folder
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_SERVER": f"unix:{folder / 'socket'}",
        }
        self._spoken: subprocess.Popen[bytes] | None = None
        modules = [
            f"module-native-protocol-unix auth-anonymous=1 socket={folder / 'socket'}",
            "module-null-sink sink_name=room",
            "module-remap-source source_name=microphone master=room.monitor",
            *(["module-sine sink=room frequency=440"] if has_tone else []),
        ]
        self.daemon = subprocess.Popen(
            [
                *(oracle("pulseaudio"), "--daemonize=no", "--exit-idle-time=-1", "-n"),
                *("--use-pid-file=no", "--high-priority=no", "--realtime=no"),
                *(f"--load={module}" for module in modules),
            ],
            env={**os.environ, **self.environment, "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        """Until the room listens."""
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            assert self.daemon.poll() is None, "the sound system ended"
            with socket.socket(socket.AF_UNIX) as asked:
                if asked.connect_ex(str(self.folder / "socket")) == 0 and self._has_microphone():
                    return
            time.sleep(0.05)
        raise AssertionError("the sound system never answered")

    def _has_microphone(self) -> bool:
        listed = subprocess.run(
            [oracle("pactl"), "list", "short", "sources"],
            env={**os.environ, **self.environment, "HOME": str(self.folder)},
            capture_output=True,
            check=False,
        )
        if b"microphone" not in listed.stdout:
            return False
        chosen = subprocess.run(
            [oracle("pactl"), "set-default-source", "microphone"],
            env={**os.environ, **self.environment, "HOME": str(self.folder)},
            capture_output=True,
            check=False,
        )
        return chosen.returncode == 0

    def listeners(self) -> int:
        """How many programs have the microphone."""
        listed = subprocess.run(
            [oracle("pactl"), "list", "short", "source-outputs"],
            env={**os.environ, **self.environment, "HOME": str(self.folder)},
            capture_output=True,
            check=True,
        )
        # The microphone itself listens to the loudspeaker.
        return sum(b"module-remap-source" not in line for line in listed.stdout.splitlines())

    def await_listeners(self, count: int) -> None:
        """Wait until so many have it: a process that ends gives it back when the system says."""
        until = time.monotonic() + READY_WITHIN_S
        while self.listeners() != count:
            assert time.monotonic() < until, "it was never given back, or never taken"
            time.sleep(0.05)

    def speak(self) -> None:
        """Have somebody speak from now on, for longer than any test listens."""
        spoken = self.folder / "spoken.wav"
        if not spoken.exists():
            words = "one two three four five six seven eight nine ten " * MANY_TIMES
            subprocess.run([oracle("espeak-ng"), "-w", str(spoken), words], check=True)
        self._be_quiet()
        self._spoken = subprocess.Popen(
            [oracle("paplay"), "--device=room", str(spoken)],
            env={**os.environ, **self.environment, "HOME": str(self.folder)},
            stderr=subprocess.DEVNULL,
        )

    def _be_quiet(self) -> None:
        if self._spoken is not None:
            self._spoken.kill()
            self._spoken.wait()

    def go(self) -> None:
        """The sound system ends."""
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()

    def close(self) -> None:
        """Nothing of it is left."""
        self._be_quiet()
        if self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait()
        shutil.rmtree(self.folder)


@contextmanager
def room(*, has_tone: bool = True) -> Iterator[Room]:
    """A room; the names of sockets must be short, so it lies in no folder of a test."""
    made = Room(Path(tempfile.mkdtemp(prefix="fn-")), has_tone=has_tone)
    try:
        yield made
    finally:
        made.close()


def decoded(content: bytes, folder: Path) -> array[int]:
    """What another program hears in a recording, at 48,000 samples a second."""
    source, out = folder / "judged.ogg", folder / "judged.wav"
    source.write_bytes(content)
    subprocess.run(
        [oracle("opusdec"), "--quiet", "--rate", str(RATE_HZ), str(source), str(out)],
        check=True,
        capture_output=True,
    )
    with wave.open(str(out)) as read:
        assert (read.getframerate(), read.getnchannels()) == (RATE_HZ, 1)
        values = array("h", read.readframes(read.getnframes()))
    source.unlink()
    out.unlink()
    return values


def loudness(values: array[int]) -> float:
    """The root of the mean square; some thousands for speech, a few for silence."""
    return math.sqrt(sum(value * value for value in values) / len(values)) if values else 0.0
