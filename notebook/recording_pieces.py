"""A recording of a travel session: each piece in memory until it is sealed, a file of its own.

Nothing of it is written here. Each piece is a whole Ogg Opus file and an evidence record; put one
behind another in their order, they are one file again, and play as one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

from notebook import editing, intake, strict_json
from notebook.core import Core
from notebook.i18n import _
from notebook.intake import Examined, Intake
from notebook.model import Changes, JsonValue, RecordId
from notebook.progress import Silent
from notebook.recording_told import MADE_WITH, Note, clock_words, day_words, local
from notebook.storage import affairs, records
from notebook.transaction import Transaction

PIECE_S: Final = 8
"""With what it takes to seal a piece, a kill costs less than ten seconds."""
RECORDING_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some seconds of a recording."""

    number: int
    first: int
    """Samples before it."""
    last: int
    content: bytes = field(repr=False)
    notes: tuple[tuple[Note, str, int], ...]
    """What happened in it, when, and after how many samples."""


@dataclass(slots=True)
class Pieces:
    """Where the sound goes (`notebook.recorder.Target`); pieces are taken from any thread."""

    about: RecordId
    recording: str
    """The same in all of its pieces."""
    begun: str
    folder: Path
    """The disk that its bundles will lie on."""
    piece_s: int = PIECE_S
    ready: deque[Piece] = field(default_factory=deque)
    newest: RecordId | None = None
    """The evidence record of the piece that was sealed last; of the notebook's thread."""
    _now: Callable[[], str] = field(kw_only=True, repr=False)
    _content: bytearray = field(default_factory=bytearray)
    _notes: list[tuple[Note, str, int]] = field(default_factory=list)
    _number: int = 0
    _first: int = 0
    _samples: int = 0

    def sound(self, samples: int, pages: bytes) -> None:
        """Keep sound in memory."""
        self._content += pages
        self._samples = samples

    def note(self, what: Note, samples: int) -> None:
        """Keep what happened, for the piece it happened in."""
        self._notes.append((what, self._now(), samples))

    def piece(self) -> None:
        """What came since the last piece is a file of its own."""
        if not self._content:
            return
        self._number += 1
        self.ready.append(
            Piece(
                number=self._number,
                first=self._first,
                last=self._samples,
                content=bytes(self._content),
                notes=tuple(self._notes),
            )
        )
        self._content.clear()
        self._notes.clear()
        self._first = self._samples

    def close(self) -> None:
        """A microphone that went away has left less than a piece; it plays all the same."""
        self.piece()


def begin(core: Core, about: RecordId) -> Pieces:
    """Begin a recording that is sealed in pieces. Raises UNKNOWN_RECORD."""
    home = records.find(core.db, about)
    if home is None or not home.type or home.parent is not None:
        raise editing.unknown_record()
    return Pieces(
        about=home.id,
        recording=core.environment.random(RECORDING_BYTES).hex(),
        begun=core.now(),
        folder=core.place.outbox,
        _now=core.now,
    )


def seal(core: Core, pieces: Pieces, piece: Piece) -> Changes:
    """Seal one piece into the outbox, as an evidence record. Raises NO_SPACE, DISK_ERROR."""
    takes = Intake(core.store, core.environment.clock)
    examined = takes.take_in(
        BytesIO(piece.content), file_name=_file_name(core, pieces, piece), progress=Silent()
    )

    def operation(tx: Transaction) -> RecordId:
        row = editing.row_of(tx, pieces.about)
        intake.keep_object(tx, examined)
        affairs.bring_file(tx.db, examined.taken.row.sha256, row.case)
        fields = _fields(core, pieces, piece, examined)
        return editing.add(tx, "evidence", row.case, fields, by_program=True)

    try:
        added, changes = core.transact(operation)
    except BaseException:
        core.store.destroy(examined.taken.row)
        raise
    pieces.newest = added
    return changes


def end(core: Core, pieces: Pieces) -> Changes:
    """Say of the newest piece that it is the last one: the recording was ended, not interrupted."""
    newest = pieces.newest
    if newest is None:
        return Changes()
    words = _("The recording was ended here.")
    return core.change(lambda tx: editing.edit(tx, newest, {"description": words}))


def _file_name(core: Core, pieces: Pieces, piece: Piece) -> str:
    begun = local(pieces.begun, core.environment)
    return f"recording-{begun:%Y-%m-%d-%H%M}-part-{piece.number:04d}.ogg"


def _fields(core: Core, pieces: Pieces, piece: Piece, examined: Examined) -> dict[str, JsonValue]:
    begun = local(pieces.begun, core.environment)
    title = _("Recording of {day}, {time}, part {number}").format(
        day=day_words(begun), time=f"{begun:%H:%M}", number=piece.number
    )
    about_itself: dict[str, JsonValue] = {
        "recording": pieces.recording,
        "begun": pieces.begun,
        "part": piece.number,
        "from": clock_words(piece.first),
        "until": clock_words(piece.last),
        "notes": [
            {"what": what.value, "at": at, "place": clock_words(samples)}
            for what, at, samples in piece.notes
        ],
    }
    return intake.fields_of(examined, pieces.about, title) | {
        "received_how": "own-recording",
        "received_at": pieces.begun,
        "captured": f"{begun:%Y-%m-%d}",
        "tool": MADE_WITH,
        "metadata": strict_json.dump(about_itself).decode(),
    }
