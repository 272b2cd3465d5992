"""How the process that records is started and what it says; it holds no key and no file.

Sound comes encoded, so that neither the sound system's library nor the encoder ever stands beside
a key. What the child says is one message after another, checked here like anything from outside:

    1        its kind: one of `SOUND`, `LEVEL`, `PIECE`, `PAUSED`, `END`, `TROUBLE`
    4        length of the body, unsigned, big-endian
    …        SOUND: u64 samples so far ‖ whole Ogg pages · LEVEL: u16 peak · TROUBLE: a reason
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

SOUND, LEVEL, PIECE, PAUSED, END, TROUBLE = b"S", b"L", b"C", b"P", b"E", b"T"
POSITION = b"N"
"""Said by the process that plays (`notebook.listening`): u64 samples that were played."""
PAUSE, RESUME, STOP = b"p", b"r", b"s"
HEADER_BYTES = 5
SAMPLES_BYTES = 8
LEVEL_BYTES = 2
MOST_BODY_BYTES = 48 * 1024
PAGE_S = 0.5
"""How much sound a page holds: so much is lost with the child at most."""
LEVEL_SAMPLES = 4_800
"""A level is told for every tenth of a second."""
LOUDEST = 32_767
READ_BYTES = 64 * 1024
WAIT_S = 0.25
END_WAIT_S = 1.5
"""So long a microphone that gives nothing is waited for after Stop; what was said is heard all the
same, however long the disk, or a machine that stood still, took meanwhile."""
MOST_AFTER_STOP_BYTES = 1024 * 1024
"""Far more than a pipe holds: who says more does not stop."""

_FROM_OUTSIDE = ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_COOKIE", "PULSE_SOURCE")
"""What says which microphone; nothing else goes along."""
_SERVER = "PULSE_SERVER"
_LOCAL = ("unix:", "/")


class Reason(StrEnum):
    """Why there is no sound."""

    NO_LIBRARY = "no-library"
    """Of the sound system or of the encoder."""
    NO_SERVER = "no-server"
    NO_MICROPHONE = "no-microphone"
    UNREADABLE = "unreadable"
    """What was to be played is no such sound."""
    STOPPED = "stopped"
    """The child ended, or said something else."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something that the child said."""

    kind: bytes
    samples: int = 0
    """In 1/48,000 s, since the beginning, whatever was paused."""
    level: int = 0
    """The highest amplitude since the last one, up to `LOUDEST`."""
    pages: bytes = b""
    reason: Reason | None = None


class SoundProcess:
    """The child. `messages` belongs to one thread; the commands may come from any."""

    def __init__(self, piece_s: int = 0) -> None:
        """With `piece_s`, every so many seconds of sound are a file of their own."""
        command = [sys.executable, "-I", "-m", "notebook.sound_child", str(os.getpid())]
        self._child = subprocess.Popen(
            [*command, str(piece_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(os.environ),
            cwd="/",
            close_fds=True,
            bufsize=0,
        )
        self._is_stopping = False

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._child.pid

    def pause(self) -> None:
        """Give the microphone back, and keep what was recorded."""
        self._tell(PAUSE)

    def resume(self) -> None:
        """Take the microphone again."""
        self._tell(RESUME)

    def stop(self) -> None:
        """Come to the end; `messages` ends soon, whatever the microphone does."""
        self._is_stopping = True
        self._tell(STOP)

    def kill(self) -> None:
        """End it now."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()

    def messages(self) -> Iterator[Message | None]:
        """What the child says; None whenever it said nothing for a while."""
        stdout = self._child.stdout
        assert stdout is not None
        heard = bytearray()
        waited_s, after_stop_bytes = 0.0, 0
        while True:
            is_over = waited_s >= END_WAIT_S
            began_s = time.monotonic()
            is_said = bool(select.select([stdout], [], [], 0 if is_over else WAIT_S)[0])
            if self._is_stopping:
                waited_s += min(time.monotonic() - began_s, WAIT_S)
            if not is_said:
                if is_over:
                    return
                yield None
                continue
            received = os.read(stdout.fileno(), READ_BYTES)
            heard += received
            after_stop_bytes += len(received) if self._is_stopping else 0
            if after_stop_bytes > MOST_AFTER_STOP_BYTES:
                return
            while (message := next_message(heard)) is not None:
                yield message
                if message.kind in (END, TROUBLE):
                    return
            if not received:
                yield Message(kind=TROUBLE, reason=Reason.STOPPED)
                return

    def _tell(self, command: bytes) -> None:
        stdin = self._child.stdin
        assert stdin is not None
        try:
            stdin.write(command)
        except (OSError, ValueError):
            # It is gone, which `messages` says.
            return


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the child gets; the sound system is on this machine, whatever else is configured."""
    found = {name: ours[name] for name in _FROM_OUTSIDE if name in ours}
    servers = ours.get(_SERVER, "").split()
    if servers and all(server.startswith(_LOCAL) for server in servers):
        found[_SERVER] = ours[_SERVER]
    elif "PULSE_RUNTIME_PATH" in ours:
        found[_SERVER] = f"unix:{ours['PULSE_RUNTIME_PATH']}/native"
    elif "XDG_RUNTIME_DIR" in ours:
        found[_SERVER] = f"unix:{ours['XDG_RUNTIME_DIR']}/pulse/native"
    else:
        # Where none is named the library would ask its configuration, which may name a far one.
        found[_SERVER] = "unix:/run/pulse/native"
    return found


def next_message(untrusted: bytearray) -> Message | None:
    """Take the next whole message out; what cannot be one ends the conversation."""
    if len(untrusted) < HEADER_BYTES:
        return None
    kind, length = bytes(untrusted[:1]), int.from_bytes(untrusted[1:HEADER_BYTES], "big")
    if length > MOST_BODY_BYTES:
        return Message(kind=TROUBLE, reason=Reason.STOPPED)
    if len(untrusted) < HEADER_BYTES + length:
        return None
    body = bytes(untrusted[HEADER_BYTES : HEADER_BYTES + length])
    del untrusted[: HEADER_BYTES + length]
    return _message(kind, body)


def _message(kind: bytes, body: bytes) -> Message:
    if kind == SOUND and body[SAMPLES_BYTES:].startswith(b"OggS"):
        samples = int.from_bytes(body[:SAMPLES_BYTES], "big")
        return Message(kind=kind, samples=samples, pages=body[SAMPLES_BYTES:])
    if kind == POSITION and len(body) == SAMPLES_BYTES:
        return Message(kind=kind, samples=int.from_bytes(body, "big"))
    if kind == LEVEL and len(body) == LEVEL_BYTES:
        return Message(kind=kind, level=min(int.from_bytes(body, "big"), LOUDEST))
    if kind in (PIECE, PAUSED, END) and not body:
        return Message(kind=kind)
    reasons = {reason.value.encode(): reason for reason in Reason}
    return Message(kind=TROUBLE, reason=reasons.get(body, Reason.STOPPED))
