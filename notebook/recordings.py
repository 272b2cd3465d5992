"""Recordings: written as they come, each record sealed and synced, and evidence in the end.

A recording lies beside the objects as `.rec` (FORMATS 1.6) under a key of its own, which is in the
database before the first record. When it stops, or at the next unlock, its sound becomes an
ordinary object under another key, and its evidence record names it as `attach` would.

What a record holds: `S` ‖ u64 samples so far ‖ whole Ogg pages, or `N` ‖ a note as JSON.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from crypto.objects import NAME_BYTES
from crypto.primitives import KEY_BYTES
from crypto.recording import RecordingOpener, RecordingSealer
from notebook import consent, disk, editing, intake, recording_pieces, recording_told, strict_json
from notebook.consent import Permission
from notebook.core import Core, at_the_door
from notebook.environment import Environment, local_day, timestamp
from notebook.errors import NotebookError
from notebook.evidence import ObjectStore
from notebook.health import Finding, Severity
from notebook.i18n import _
from notebook.intake import Examined
from notebook.model import Changes, Clock, JsonValue, RecordId
from notebook.progress import Progress, Silent
from notebook.recording_pieces import Piece, Pieces
from notebook.recording_told import MADE_WITH, Note, Told, local
from notebook.storage import affairs, records
from notebook.storage import recordings as rows
from notebook.storage.recordings import RecordingRow
from notebook.transaction import Transaction

SOUND: Final = b"S"
NOTE: Final = b"N"
_SAMPLES_BYTES = 8
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC


class RecordingFile:
    """The file of a recording, open; it belongs to one thread. Every record is synced."""

    def __init__(self, row: RecordingRow, path: Path, clock: Clock) -> None:
        """Make the file. Raises NO_SPACE, DISK_ERROR."""
        self.row = row
        self.path = path
        self.folder = path.parent
        self.piece_s = 0
        self._clock = clock
        self._sealer = RecordingSealer(row.key, row.name)
        self._size_bytes = 0
        with disk.disk_trouble():
            disk.make_folder(path.parent)
            self._descriptor = os.open(path, _FLAGS, disk.FILE_MODE)
            disk.sync_folder(path.parent)
            disk.sync_folder(path.parent.parent)

    def sound(self, samples: int, pages: bytes) -> None:
        """Keep sound. Raises NO_SPACE, DISK_ERROR; what was kept before stays readable."""
        self._keep(SOUND + samples.to_bytes(_SAMPLES_BYTES, "big") + pages)

    def note(self, what: Note, samples: int) -> None:
        """Keep what happened at this place. Raises as `sound`."""
        note: dict[str, JsonValue] = {
            "what": what.value,
            "at": timestamp(self._clock),
            "samples": samples,
        }
        self._keep(NOTE + strict_json.dump(note), is_last=what is Note.STOP)

    def piece(self) -> None:
        """The file is one piece, whatever it becomes."""

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _keep(self, record: bytes, *, is_last: bool = False) -> None:
        sealed = memoryview(self._sealer.seal(record, is_last=is_last))
        written = 0
        try:
            with disk.disk_trouble():
                while written < len(sealed):
                    written += os.write(self._descriptor, sealed[written:])
                os.fdatasync(self._descriptor)
        except NotebookError:
            # Half a record would read as one that was torn; without it the end is clean.
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size_bytes)
            raise
        self._size_bytes += written


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A recording whose sound lies in an object that no entry names yet."""

    row: RecordingRow
    told: Told
    examined: Examined | None
    """None when there is no sound in it."""


def begin(core: Core, about: RecordId) -> RecordingFile:
    """Begin a recording about a record: its file is there, and its key is committed.

    Raises UNKNOWN_RECORD, TRAVEL_MODE, NO_SPACE, DISK_ERROR.
    """
    core.refuse_travelling()
    random = core.environment.random
    home = records.find(core.db, about)
    if home is None or not home.type or home.parent is not None or home.is_withdrawn:
        raise editing.unknown_record()
    row = RecordingRow(
        name=random(NAME_BYTES),
        key=random(KEY_BYTES),
        record=home.id,
        case=home.case,
        begun=core.now(),
    )
    file = RecordingFile(row, core.store.recording_of(row.name), core.environment.clock)
    try:
        core.transact(lambda tx: rows.add(tx.db, row))
    except BaseException:
        file.close()
        file.path.unlink(missing_ok=True)
        raise
    return file


def take_in(
    store: ObjectStore, clock: Clock, row: RecordingRow, progress: Progress | None = None
) -> Heard:
    """Make an object of what can be read of a recording; in any thread.

    Raises NO_SPACE, DISK_ERROR, UNREADABLE_FILE; the recording stays as it is.
    """
    path = store.recording_of(row.name)
    told = Told(begun=row.begun)
    with disk.disk_trouble(), path.open("rb") as source:
        opener = RecordingOpener.of(row.key, row.name, source, path.stat().st_size)
        examined = _examined(store, clock, opener, told, progress or Silent())
    told.is_complete, told.lost = opener.is_complete, opener.lost
    if not told.samples:
        store.destroy(examined.taken.row)
        return Heard(row=row, told=told, examined=None)
    return Heard(row=row, told=told, examined=examined)


def _examined(
    store: ObjectStore, clock: Clock, opener: RecordingOpener, told: Told, progress: Progress
) -> Examined:
    def sound() -> Iterator[bytes]:
        for record in opener.records():
            if record[:1] == SOUND:
                told.samples = int.from_bytes(record[1 : 1 + _SAMPLES_BYTES], "big")
                yield record[1 + _SAMPLES_BYTES :]
            elif record[:1] == NOTE:
                told.hear(record[1:])

    taken = store.take_in_chunks(sound(), file_name="", progress=progress)
    return Examined(taken=taken, taken_at=timestamp(clock))


def attach(core: Core, heard: Heard) -> tuple[RecordId | None, Changes]:
    """Make the recording evidence of its record, and destroy the recording itself.

    None when there was no sound, or when the record was withdrawn meanwhile.
    """
    row, examined = heard.row, heard.examined

    is_needed = False

    def operation(tx: Transaction) -> RecordId | None:
        nonlocal is_needed
        rows.remove(tx.db, row.name)
        home = records.find_in_case(tx.db, row.case, row.record)
        if examined is None or home is None or home.is_withdrawn:
            return None
        is_needed = intake.keep_object(tx, examined)
        affairs.bring_file(tx.db, examined.taken.row.sha256, row.case)
        fields = evidence_fields(heard, core.environment)
        return editing.add(tx, "evidence", row.case, fields, by_program=True)

    try:
        added, changes = core.transact(operation)
    except BaseException:
        if examined is not None:
            core.store.destroy(examined.taken.row)
        raise
    if examined is not None and not is_needed:
        # The same content lies here under another object already, or nobody names it.
        core.store.destroy(examined.taken.row)
    # Its key is gone; a file that cannot be removed now is swept later.
    with suppress(OSError):
        core.store.recording_of(row.name).unlink(missing_ok=True)
    return added, changes


def evidence_fields(heard: Heard, environment: Environment) -> dict[str, JsonValue]:
    """The evidence record of a recording."""
    assert heard.examined is not None
    told = heard.told
    begun = local(told.begun, environment)
    named = replace(
        heard.examined,
        taken=replace(heard.examined.taken, file_name=f"recording-{begun:%Y-%m-%d-%H%M}.ogg"),
    )
    title = _("Recording of {day}, {time}").format(
        day=recording_told.day_words(begun), time=f"{begun:%H:%M}"
    )
    fields = intake.fields_of(named, heard.row.record, title)
    fields |= {
        "received_how": "own-recording",
        "received_at": told.begun,
        "captured": f"{begun:%Y-%m-%d}",
        "tool": MADE_WITH,
        "metadata": strict_json.dump(told.as_json()).decode(),
    }
    if said := recording_told.words(told, environment):
        fields["description"] = said
    return fields


# At unlock.


def finish_all(core: Core) -> None:
    """Make evidence of what was interrupted, and say so; what cannot be read now waits."""
    found = [_finished(core, row) for row in rows.every(core.db)]
    if found:
        findings = (*core.status.findings, *(one for one in found if one is not None))
        core.status = replace(core.status, findings=findings)


def _finished(core: Core, row: RecordingRow) -> Finding | None:
    if not core.store.recording_of(row.name).exists():
        return Finding(
            code="recording-missing",
            severity=Severity.DAMAGE,
            what=_("The file of an interrupted recording is missing."),
            next_step=_("Restore the folder from a backup if there is one."),
            record=row.record,
        )
    try:
        heard = take_in(core.store, core.environment.clock, row)
        added, _changes = attach(core, heard)
    except NotebookError as trouble:
        return Finding(
            code="recording-waits",
            severity=Severity.NOTICE,
            what=_("An interrupted recording could not become evidence yet.") + " " + trouble.what,
            next_step=_("It is kept. See to it, then lock and unlock the notebook."),
            record=row.record,
        )
    if not heard.told.lost and (added is None or heard.told.is_complete):
        # Nothing was heard yet, or the consent was withdrawn; or all of it is there.
        return None
    at = local(heard.told.ended(), core.environment)
    if added is None:
        what = _("Nothing of an interrupted recording can be read: it is damaged.")
    else:
        what = _("A recording was interrupted on {day} at {time}. It is evidence now.").format(
            day=recording_told.day_words(at), time=f"{at:%H:%M}"
        )
    return Finding(
        code="recording-damaged" if heard.told.lost else "recording-interrupted",
        severity=Severity.DAMAGE if heard.told.lost else Severity.NOTICE,
        what=what,
        next_step=_("Write down what was said after that while you remember it."),
        record=added or row.record,
    )


class Recordings:
    """The front door's room for recording. It belongs to the notebook's own thread."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @at_the_door
    def consent(self, about: RecordId) -> Permission:
        """What the consents for a record say of recording sound. Raises UNKNOWN_RECORD."""
        row = records.find(self._core.db, about)
        if row is None:
            raise editing.unknown_record()
        environment = self._core.environment
        today = local_day(environment.clock, environment.zone)
        return consent.may_record(self._core.db, self._core.forms, row, today)

    def begin(self, about: RecordId) -> RecordingFile:
        """As `begin`."""
        return begin(self._core, about)

    def begin_pieces(self, about: RecordId) -> Pieces:
        """In a notebook that travels: as `recording_pieces.begin`."""
        return recording_pieces.begin(self._core, about)

    def seal_piece(self, pieces: Pieces, piece: Piece) -> Changes:
        """In a notebook that travels: as `recording_pieces.seal`."""
        return recording_pieces.seal(self._core, pieces, piece)

    def end_pieces(self, pieces: Pieces) -> Changes:
        """In a notebook that travels: as `recording_pieces.end`."""
        return recording_pieces.end(self._core, pieces)

    def attach(self, heard: Heard) -> tuple[RecordId | None, Changes]:
        """As `attach`."""
        return attach(self._core, heard)

    def take_in(self, row: RecordingRow, progress: Progress) -> Heard:
        """As `take_in`; in any thread."""
        return take_in(self._core.store, self._core.environment.clock, row, progress)
