"""Writing to disks that may never answer: a process apart gets ciphertext by pipe and waits there.

What that process (`notebook.writer_child`) is told, each as one byte, a length (u32, big-endian)
and so many bytes; and what it answers, each as one line of JSON, or `{"errno": N}`:

    F  folder                look how much room there is          {"free"}
    M  folder                make it, if it is not there          {}
    B  folder NUL name       begin a bundle of this name          {"free", "swept"}
    V                        begin the next volume                nothing
    D  bytes                 write them                           nothing
    E                        sync all of it                       {}
    R                        read back                            {"done", "total"} …,
                                                                  {"sha256", "medium"}
    N                        give the names                       {"names"}
    C                        write a file of checksums            {"name"}
    X                        take everything away                 {"left"}

The notebook's own process never opens, looks at or syncs anything there: whoever waits for a disk
in the system cannot be ended, and a process that holds keys must end when it is locked.
"""

import errno
import fcntl
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.writer_child import FRAME, STOP_SIGNAL

_BATCH_BYTES = 512 * 1024
_PIPE_BYTES = 1024 * 1024
_LOOK_S = 0.2
"""How often a job that waits for the disk looks whether it should stop."""
_DROP_S = 10.0
"""How long a disk that failed may take to remove what was written."""
_MOMENT_S = 0.01
_END_MOMENTS = 100
"""So long a process that was killed is waited for; counted so that a machine that stands still in
between takes nothing of it."""

Watch = Callable[[], object]
"""Called while the disk keeps us waiting; what it raises ends the waiting."""


class WriterProcess:
    """The process apart, seen from here. Its trouble is NO_SPACE or DISK_ERROR."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._answers = bytearray()
        self._batch: list[bytes] = []
        self._batch_bytes = 0
        self._unsent: list[memoryview] = []
        # Nothing of ours goes along: no environment, no open file, no folder that stays in use. In
        # a group of its own Ctrl+C does not end it before it took away what it wrote.
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", "notebook.writer_child", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            close_fds=True,
            process_group=0,
            bufsize=0,
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._into, self._out = self._child.stdin.fileno(), self._child.stdout.fileno()
        os.set_blocking(self._into, False)
        with suppress(OSError, AttributeError):
            fcntl.fcntl(self._into, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    def write(self, data: bytes) -> None:
        """Have `data` written to the volume that was begun."""
        self._batch.append(data)
        self._batch_bytes += len(data)
        if self._batch_bytes >= _BATCH_BYTES:
            self._flush()

    def tell(self, kind: bytes) -> None:
        """Say what is not answered."""
        self._flush()
        self._push([FRAME.pack(kind, 0)])

    def ask(
        self, kind: bytes, body: bytes = b"", on_step: Callable[[int, int], object] | None = None
    ) -> dict[str, object]:
        """Say something and wait for its answer."""
        self._flush()
        self._push([FRAME.pack(kind, len(body)), body])
        return self._answer(on_step)

    def drop(self) -> bool:
        """Have everything taken away that was written; whether that is sure."""
        self._batch, self._batch_bytes = [], 0
        deadline_s = time.monotonic() + _DROP_S
        self._watch = _until(deadline_s)
        try:
            self._child.send_signal(STOP_SIGNAL)
            # What was cut in the middle is told to its end, or the child would take this for it.
            # What it still said of its work waits for us, and is no answer to this.
            self._push([*self._unsent, FRAME.pack(b"X", 0)], on_said=self._receive)
            while "left" not in (said := self._line()):
                continue
        except NotebookError:
            return False
        else:
            return said["left"] == 0
        finally:
            self.close()

    def close(self) -> None:
        """End the process. One that the disk keeps in the system ends when the disk answers."""
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        for _moment in range(_END_MOMENTS):
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(_MOMENT_S)
                return

    def _flush(self) -> None:
        if self._batch:
            batch, self._batch = self._batch, []
            head = FRAME.pack(b"D", self._batch_bytes)
            self._batch_bytes = 0
            self._push([head, *batch])

    def _push(
        self, pieces: Sequence[bytes | memoryview], on_said: Callable[[], object] | None = None
    ) -> None:
        """Write all of it into the pipe, and hear of trouble meanwhile."""
        self._unsent = [memoryview(piece) for piece in pieces if len(piece)]
        while self._unsent:
            readable, writable, _nothing = select.select([self._out], [self._into], [], _LOOK_S)
            if readable and on_said is not None:
                on_said()
            elif readable:
                # Nothing was asked: it is trouble.
                self._answer(None)
            elif writable:
                self._push_some()
            else:
                self._watch()

    def _push_some(self) -> None:
        try:
            written = os.writev(self._into, self._unsent)
        except BlockingIOError:
            return
        except BrokenPipeError:
            raise gone() from None
        while self._unsent and written >= len(self._unsent[0]):
            written -= len(self._unsent.pop(0))
        if self._unsent:
            self._unsent[0] = self._unsent[0][written:]

    def _answer(self, on_step: Callable[[int, int], object] | None) -> dict[str, object]:
        while True:
            said = self._line()
            number = said.get("errno")
            if isinstance(number, int):
                raise trouble(number)
            done, total = said.get("done"), said.get("total")
            if isinstance(done, int) and isinstance(total, int):
                if on_step is not None:
                    on_step(done, total)
                continue
            return said

    def _receive(self) -> None:
        received = os.read(self._out, _PIPE_BYTES)
        if not received:
            raise gone()
        self._answers += received

    def _line(self) -> dict[str, object]:
        while (end := self._answers.find(b"\n")) < 0:
            readable, _writable, _nothing = select.select([self._out], [], [], _LOOK_S)
            if not readable:
                self._watch()
                continue
            self._receive()
        line = bytes(self._answers[:end])
        del self._answers[: end + 1]
        said = json.loads(line)
        assert isinstance(said, dict)
        return said


def _until(deadline_s: float) -> Watch:
    def watch() -> None:
        if time.monotonic() > deadline_s:
            raise gone()

    return watch


def free_bytes(folder: Path) -> int | None:
    """How much room there is where `folder` lies, or will lie; None if it does not say.

    Raises DISK_ERROR.
    """
    writer = WriterProcess(_until(time.monotonic() + 2 * _DROP_S))
    try:
        free = writer.ask(b"F", os.fsencode(folder.absolute()))["free"]
        assert free is None or isinstance(free, int)
        return free
    finally:
        writer.close()


def trouble(number: int) -> NotebookError:
    """What the system said of the disk, as trouble of a person who seals."""
    safe = _("No bundle was left there, and the notebook is unchanged.")
    if number in (errno.ENOSPC, errno.EDQUOT):
        return NotebookError(
            Code.NO_SPACE,
            _("The disk or stick is full."),
            safe,
            _("Free some space there, or choose another place, and seal again."),
        )
    if number == errno.EFBIG:
        return NotebookError(
            Code.DISK_ERROR,
            _("This disk or stick takes no file as large as this."),
            safe,
            _("Seal in smaller parts: 2000 MiB fit every stick."),
        )
    if number in (errno.EEXIST, errno.ENOTDIR):
        return NotebookError(
            Code.DISK_ERROR,
            _("A file is in the way: it has the name of the folder, or of the bundle."),
            safe,
            _("Choose another folder, and seal again."),
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NotebookError(
            Code.DISK_ERROR,
            _("This folder cannot be written to."),
            safe,
            _("Choose another folder, or take the write protection off, and seal again."),
        )
    return gone()


def gone() -> NotebookError:
    """The trouble of a disk that was pulled out, or that fails."""
    return NotebookError(
        Code.DISK_ERROR,
        _("The disk or stick refused to read or write; perhaps it was pulled out."),
        _("No bundle was left there, and the notebook is unchanged."),
        _("Check that it is connected and can be written to, then seal again."),
    )


def add_left_over(error: NotebookError) -> None:
    """Say in trouble that something may be left there."""
    error.safe = _(
        "The notebook is unchanged. A file that ends in “.part” may be left there: it is no bundle,"
        " nobody can read it, and it can be deleted."
    )
