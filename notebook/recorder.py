"""One recording from Record to Stop: what the microphone's process says goes into the recording.

`run` belongs to one thread, for as long as the recording lasts. The commands may come from any
other, and so may a look at `state`, which is replaced as a whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from notebook import disk, sound
from notebook.errors import NotebookError
from notebook.ogg import RATE_HZ
from notebook.recording_told import Note
from notebook.sound import Message, Reason

QUIET_BELOW: Final = sound.LOUDEST // 100
"""A level that is no voice: 40 dB under the loudest."""
NEARLY_FULL_BYTES: Final = 256 * 1024 * 1024
FULL_BYTES: Final = 32 * 1024 * 1024
"""What is left free when a recording stops by itself, so that it can still become evidence."""
_LOOK_EVERY_SAMPLES: Final = 5 * RATE_HZ


class Source(Protocol):
    """Where sound comes from (`notebook.sound.SoundProcess`)."""

    def messages(self) -> Iterator[Message | None]:
        """What it says; None whenever it said nothing for a while."""

    def pause(self) -> None:
        """Give the microphone back."""

    def resume(self) -> None:
        """Take the microphone again."""

    def stop(self) -> None:
        """Come to the end."""

    def kill(self) -> None:
        """End now."""


class Target(Protocol):
    """Where sound is kept (`notebook.recordings.RecordingFile`)."""

    def sound(self, samples: int, pages: bytes) -> None:
        """Keep sound."""

    def note(self, what: Note, samples: int) -> None:
        """Keep what happened."""

    def piece(self) -> None:
        """What was kept since the last piece is a file of its own."""

    def close(self) -> None:
        """Nothing more comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderState:
    """How a recording stands, for the person to see."""

    samples: int = 0
    level: int = 0
    has_begun: bool = False
    """Whether the microphone has given anything."""
    is_paused: bool = False
    quiet_samples: int = 0
    """How long nothing was heard."""
    waited_s: float = 0.0
    """How long the microphone has given nothing at all, not even silence."""
    is_nearly_full: bool = False
    marks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a recording ended: by Stop, or why by itself."""

    samples: int
    reason: Reason | None = None
    """What became of the microphone."""
    trouble: NotebookError | None = None
    """What the disk said."""


class Recorder:
    """Carries sound from a source to a target."""

    def __init__(
        self,
        source: Source,
        target: Target,
        free_bytes: Callable[[], int],
    ) -> None:
        """`free_bytes` is what the disk has left."""
        self._source = source
        self._target = target
        self._free_bytes = free_bytes
        self._notes: deque[Note] = deque()
        self._looked_at = 0
        self._kept_bytes = 0
        self.state = RecorderState()

    # From any thread.

    def mark(self) -> None:
        """Mark this place."""
        self._notes.append(Note.MARK)

    def pause(self) -> None:
        """Stop listening for a while."""
        self._source.pause()

    def resume(self) -> None:
        """Go on."""
        self._notes.append(Note.RESUME)
        self._source.resume()

    def stop(self) -> None:
        """Come to the end."""
        self._source.stop()

    # In its own thread.

    def run(self) -> Ended:
        """Record until Stop, or until it cannot go on; the target is closed then."""
        reason: Reason | None = None
        trouble: NotebookError | None = None
        try:
            for message in self._source.messages():
                reason = self._take(message)
                if self._is_full():
                    trouble = disk.no_space()
                    break
            if reason is None:
                # Only what somebody ended, or a disk that is full, has an end.
                self._note(Note.STOP)
        except NotebookError as error:
            trouble = error
        finally:
            self._source.kill()
            self._target.close()
        return Ended(samples=self.state.samples, reason=reason, trouble=trouble)

    def _take(self, message: Message | None) -> Reason | None:
        """Keep what was said; what ends the recording, if it does."""
        self._take_notes()
        state = self.state
        if message is None:
            waited_s = 0.0 if state.is_paused else state.waited_s + sound.WAIT_S
            self.state = replace(state, waited_s=waited_s, level=0)
            return None
        match message.kind:
            case sound.SOUND:
                if not state.has_begun:
                    self._note(Note.BEGIN)
                    self.state = replace(self.state, has_begun=True)
                self._keep(message)
            case sound.LEVEL:
                self._hear(message.level)
            case sound.PAUSED:
                self._note(Note.PAUSE)
                self.state = replace(self.state, is_paused=True, level=0, quiet_samples=0)
            case sound.PIECE:
                self._target.piece()
            case sound.TROUBLE:
                return message.reason
        return None

    def _keep(self, message: Message) -> None:
        self._target.sound(message.samples, message.pages)
        self._kept_bytes += len(message.pages)
        self.state = replace(self.state, samples=message.samples)

    def _hear(self, level: int) -> None:
        is_quiet = level < QUIET_BELOW
        quiet = self.state.quiet_samples + sound.LEVEL_SAMPLES if is_quiet else 0
        self.state = replace(self.state, level=level, quiet_samples=quiet, waited_s=0.0)

    def _take_notes(self) -> None:
        while self._notes:
            what = self._notes.popleft()
            self._note(what)
            if what is Note.MARK:
                self.state = replace(self.state, marks=self.state.marks + 1)
            else:
                self.state = replace(self.state, is_paused=False, quiet_samples=0, waited_s=0.0)

    def _note(self, what: Note) -> None:
        self._target.note(what, self.state.samples)

    def _is_full(self) -> bool:
        """Whether the disk has just room left to make evidence of what there is."""
        if self.state.samples - self._looked_at < _LOOK_EVERY_SAMPLES and self._looked_at:
            return False
        self._looked_at = max(self.state.samples, 1)
        # To become evidence, it is written once more.
        left = self._free_bytes() - self._kept_bytes
        self.state = replace(self.state, is_nearly_full=left < NEARLY_FULL_BYTES)
        return left < FULL_BYTES
