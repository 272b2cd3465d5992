"""The process that records: it holds no key, opens no file of ours, and may be killed any time.

Started by `notebook.sound`, which says what it answers, as
`python -I -m notebook.sound_child PARENT_PID PIECE_SECONDS`. It takes sound from the microphone,
encodes it and writes it to standard output; single bytes on standard input pause, resume and stop
it, and so does their end.
"""

import os
import resource
import select
import signal
import sys
from array import array

from notebook import process, sound
from notebook.ogg import RATE_HZ, OpusPages
from notebook.opus import FRAME_BYTES, FRAME_SAMPLES, NoOpusError, OpusEncoder
from notebook.pulse import Microphone, NoMicrophoneError, NoPulseError, NoServerError
from notebook.sound import Reason

PACKETS_PER_PAGE = round(sound.PAGE_S * RATE_HZ / FRAME_SAMPLES)
FRAMES_PER_LEVEL = sound.LEVEL_SAMPLES // FRAME_SAMPLES
MAX_MEMORY_BYTES = 1024 * 1024 * 1024
"""The sound system shares 64 MiB at a time."""
_STDIN, _STDOUT = 0, 1


class _Stream:
    """One file's worth of sound: its pages leave as soon as they are full."""

    def __init__(self, before: int = 0) -> None:
        """`before` are the samples of the files before this one."""
        self._before = before
        self._encoder = OpusEncoder()
        self._pages = OpusPages(int.from_bytes(os.urandom(4), "big"))
        self._front = self._pages.head(self._encoder.pre_skip, RATE_HZ, self._encoder.vendor)
        self._packets: list[bytes] = []
        self.samples = 0

    def add(self, frame: bytes) -> None:
        """Encode 20 ms."""
        self._packets.append(self._encoder.encode(frame))
        self.samples += FRAME_SAMPLES
        if len(self._packets) == PACKETS_PER_PAGE:
            self.flush()

    def flush(self) -> None:
        """Send what there is, though the page is not full."""
        if self._packets:
            self._send(self._pages.page(self._packets, self.samples))

    def finish(self) -> None:
        """Send the end: the encoder still holds the last samples, and a frame drives them out."""
        self._packets.append(self._encoder.encode(bytes(FRAME_BYTES)))
        whole = self._encoder.pre_skip + self.samples
        self._send(self._pages.page(self._packets, whole, is_last=True))
        self._encoder.close()

    def _send(self, page: bytes) -> None:
        so_far = self._before + self.samples
        say(sound.SOUND, so_far.to_bytes(sound.SAMPLES_BYTES, "big") + self._front + page)
        self._front, self._packets = b"", []


def say(kind: bytes, body: bytes = b"") -> None:
    """One message to the parent."""
    rest = memoryview(kind + len(body).to_bytes(4, "big") + body)
    while rest:
        rest = rest[os.write(_STDOUT, rest) :]


def record(piece_s: int) -> None:
    """Record until told to stop."""
    microphone = Microphone()
    _limit()
    piece_samples = piece_s * RATE_HZ
    stream, before = _Stream(), 0
    levels: list[int] = []
    while True:
        command = _command(wait=False)
        if command == sound.PAUSE:
            # The light beside the camera goes off, too: paused means that nobody listens.
            microphone.close()
            stream.flush()
            say(sound.PAUSED)
            while (command := _command(wait=True)) == sound.PAUSE:
                pass
            if command == sound.RESUME:
                microphone = Microphone()
        if command == sound.STOP:
            break
        frame = microphone.read()
        stream.add(frame)
        levels.append(_peak(frame))
        if len(levels) == FRAMES_PER_LEVEL:
            say(sound.LEVEL, max(levels).to_bytes(sound.LEVEL_BYTES, "big"))
            levels.clear()
        if piece_samples and stream.samples >= piece_samples:
            stream.finish()
            say(sound.PIECE)
            before += stream.samples
            stream = _Stream(before)
    if stream.samples:
        stream.finish()
        say(sound.PIECE)
    say(sound.END)


def _peak(frame: bytes) -> int:
    values = array("h", frame)
    if sys.byteorder == "big":
        values.byteswap()
    lowest, highest = min(values), max(values)
    return min(max(highest, -lowest), sound.LOUDEST)


def _command(*, wait: bool) -> bytes:
    """The next command, if there is one; its end is Stop."""
    readable = select.select([_STDIN], [], [], None if wait else 0)[0]
    return (os.read(_STDIN, 1) or sound.STOP) if readable else b""


def _limit() -> None:
    """Once the sound system answers: nothing is written to a file or started from here."""
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def main() -> None:
    """Record for the parent."""
    process.harden()
    process.end_with_parent(int(sys.argv[1]), signal.SIGKILL)
    try:
        record(int(sys.argv[2]))
    except (NoPulseError, NoOpusError):
        say(sound.TROUBLE, Reason.NO_LIBRARY.value.encode())
    except NoServerError:
        say(sound.TROUBLE, Reason.NO_SERVER.value.encode())
    except NoMicrophoneError:
        say(sound.TROUBLE, Reason.NO_MICROPHONE.value.encode())
    except BrokenPipeError:
        # The parent is gone, and so is whoever wanted to hear it.
        return


if __name__ == "__main__":
    main()
