"""Listening to a recording: decoded and played by a process that holds no key and no file.

It gets the sound by pipe, and says how far it is: 1 byte kind, 4 bytes length, body, as
`notebook.sound` has it.
"""

import os
import select
import subprocess
import sys
from collections.abc import Callable
from typing import Final, Protocol

from notebook import sound
from notebook.ogg import RATE_HZ
from notebook.sound import Reason

TOLD_EVERY_SAMPLES: Final = RATE_HZ // 4
PIPE_BYTES: Final = 16 * 1024


class Source(Protocol):
    """Where the sound comes from."""

    def read(self, max_bytes: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Listening:
    """One recording that is played. `run` belongs to one thread, `stop` may come from any."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-m", "notebook.listen_child", str(os.getpid())]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=sound.environment(os.environ),
            cwd="/",
            close_fds=True,
            bufsize=0,
        )
        self._is_stopped = False

    def stop(self) -> None:
        """Be silent at once; `run` comes back soon."""
        self._is_stopped = True
        self._child.kill()

    def run(self, source: Source, on_position: Callable[[int], None]) -> Reason | None:
        """Play to the end; why it could not be, if so. Raises what `source.read` raises."""
        with self._child as child:
            try:
                reason = self._converse(source, on_position)
            finally:
                child.kill()
        # Who was told to be silent has nothing to say.
        return None if self._is_stopped else reason

    def _converse(self, source: Source, on_position: Callable[[int], None]) -> Reason | None:
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None
        assert stdout is not None
        os.set_blocking(stdin.fileno(), False)
        pending, heard = b"", bytearray()
        while not self._is_stopped:
            writers = [] if stdin.closed else [stdin]
            readable, writable, _ = select.select([stdout], writers, [])
            if writable:
                pending = pending or source.read(PIPE_BYTES)
                if not pending:
                    stdin.close()
                else:
                    pending = pending[_sent(stdin.fileno(), pending) :]
            if readable:
                received = os.read(stdout.fileno(), sound.READ_BYTES)
                heard += received
                while (message := sound.next_message(heard)) is not None:
                    if message.kind == sound.POSITION:
                        on_position(message.samples)
                    elif message.kind == sound.END:
                        return None
                    else:
                        return message.reason
                if not received:
                    return Reason.STOPPED
        return None


def _sent(descriptor: int, pending: bytes) -> int:
    try:
        return os.write(descriptor, pending)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        # The child is gone; its end of the other pipe says so.
        return len(pending)
