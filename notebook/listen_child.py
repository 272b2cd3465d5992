"""The process that plays sound: it holds no key, opens no file of ours, and may be killed any time.

Started by `notebook.listening` as `python -I -m notebook.listen_child PARENT_PID`. It reads an Ogg
Opus file from standard input, decodes and plays it, and says on standard output how far it is; a
hostile file may take it over and still finds no key and no file.
"""

import os
import resource
import signal
import sys

from notebook import listening, process, sound
from notebook.ogg import NotOggError, PacketReader
from notebook.opus import NoOpusError, OpusDecoder
from notebook.pulse import Loudspeaker, NoMicrophoneError, NoPulseError, NoServerError
from notebook.sound import Reason

MAX_MEMORY_BYTES = 1024 * 1024 * 1024
READ_BYTES = 4096
_STDIN, _STDOUT = 0, 1
_PRE_SKIP = slice(10, 12)


class _Player:
    """Plays packets of one stream after another."""

    def __init__(self) -> None:
        self._loudspeaker = Loudspeaker()
        self._decoder: OpusDecoder | None = None
        self._skipped = 0
        self._samples = 0
        self._told = -1

    def take(self, packet: bytes) -> None:
        """A packet: the head of a stream, its tags, or sound."""
        if packet.startswith(b"OpusHead"):
            if self._decoder is not None:
                self._decoder.close()
            self._decoder = OpusDecoder()
            self._skipped = int.from_bytes(packet[_PRE_SKIP], "little")
        elif self._decoder is None:
            raise NotOggError
        elif not packet.startswith(b"OpusTags"):
            self._play(self._decoder.decode(packet))

    def _play(self, samples: bytes) -> None:
        skipped = min(self._skipped, len(samples) // 2)
        self._skipped -= skipped
        samples = samples[2 * skipped :]
        if samples:
            self._loudspeaker.write(samples)
            self._samples += len(samples) // 2
        if self._samples // listening.TOLD_EVERY_SAMPLES != self._told:
            self._told = self._samples // listening.TOLD_EVERY_SAMPLES
            say(sound.POSITION, self._samples.to_bytes(sound.SAMPLES_BYTES, "big"))

    def finish(self) -> None:
        """Wait until all of it was heard."""
        self._loudspeaker.drain()


def say(kind: bytes, body: bytes = b"") -> None:
    """One message to the parent."""
    os.write(_STDOUT, kind + len(body).to_bytes(4, "big") + body)


def play() -> None:
    """Play what comes until its end."""
    reader, player = PacketReader(), _Player()
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    while content := os.read(_STDIN, READ_BYTES):
        for packet in reader.feed(content):
            player.take(packet)
    player.finish()
    say(sound.END)


def main() -> None:
    """Play for the parent."""
    process.harden()
    process.end_with_parent(int(sys.argv[1]), signal.SIGKILL)
    try:
        play()
    except (NoPulseError, NoOpusError):
        say(sound.TROUBLE, Reason.NO_LIBRARY.value.encode())
    except (NoServerError, NoMicrophoneError):
        say(sound.TROUBLE, Reason.NO_SERVER.value.encode())
    except NotOggError:
        say(sound.TROUBLE, Reason.UNREADABLE.value.encode())


if __name__ == "__main__":
    main()
