"""Taking a file in: encrypted, recognised, and an image looked at in a process without keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from notebook import editing, media, strict_json
from notebook.core import Core
from notebook.environment import timestamp
from notebook.errors import NotebookError
from notebook.evidence import ObjectStore, TakenIn
from notebook.model import Clock, JsonValue, RecordId
from notebook.progress import Progress, Silent
from notebook.storage import affairs
from notebook.transaction import Transaction

THUMBNAIL_SIDE = 320
MAX_FILE_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A file that was taken in, with what its picture shows."""

    taken: TakenIn
    taken_at: str
    thumbnail: tuple[int, int, bytes] | None = field(default=None, repr=False)
    metadata: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Intake:
    """What is needed to take files in, without the database: it may run in a lane of its own."""

    store: ObjectStore
    clock: Clock
    go_on: media.GoOn = media.always
    """Asked again and again while a picture is looked at; what it raises ends that."""

    def take_in(
        self, source: BinaryIO, *, file_name: str, progress: Progress, total_bytes: int = 0
    ) -> Examined:
        """Encrypt and examine one file. Raises as `ObjectStore.take_in`."""
        taken = self.store.take_in(
            source, file_name=file_name, progress=progress, total_bytes=total_bytes
        )
        return self._examined(taken)

    def take_in_chunks(self, chunks: Iterator[bytes], *, total_bytes: int) -> Examined:
        """As `take_in`, for content that comes in pieces, as out of a bundle."""
        taken = self.store.take_in_chunks(
            chunks, file_name="", progress=Silent(), total_bytes=total_bytes
        )
        return self._examined(taken)

    def _examined(self, taken: TakenIn) -> Examined:
        try:
            with self.store.open(taken.row) as reader:
                seen = media.examine(
                    reader, taken.media_type, max_side=THUMBNAIL_SIDE, go_on=self.go_on
                )
        except BaseException:
            # Nobody knows of it yet.
            self.store.destroy(taken.row)
            raise
        at = timestamp(self.clock)
        if isinstance(seen, media.Placeholder):
            return Examined(taken=taken, taken_at=at)
        return Examined(
            taken=taken,
            taken_at=at,
            thumbnail=(seen.width, seen.height, seen.rgb),
            metadata=seen.exif,
        )


def fields_of(examined: Examined, about: RecordId, title: str | None) -> dict[str, JsonValue]:
    """The evidence record of a file that was taken in."""
    taken = examined.taken
    name = clean_file_name(taken.file_name)
    fields: dict[str, JsonValue] = {
        "title": title or name or taken.media_type,
        "about": [about],
        "file_name": name,
        "media_type": taken.media_type,
        "size_bytes": taken.row.size_bytes,
        "sha256": taken.row.sha256,
        "taken_in_at": examined.taken_at,
    }
    if examined.metadata:
        fields["metadata"] = strict_json.dump(dict(examined.metadata)).decode()
    return fields


def keep_object(tx: Transaction, examined: Examined) -> bool:
    """Keep the object's key and thumbnail; False when the same content was here already."""
    row = examined.taken.row
    known = affairs.evidence_object(tx.db, row.sha256)
    is_new = known is None or known.name == row.name
    affairs.add_object(tx.db, row)
    if examined.thumbnail is not None:
        affairs.set_thumbnail(tx.db, row.sha256, *examined.thumbnail)
    return is_new


def add_record(
    tx: Transaction, about: RecordId, examined: Examined, title: str | None
) -> tuple[RecordId, bool]:
    """Add the evidence record of a file; whether its content was not here before."""
    is_new = keep_object(tx, examined)
    row = editing.row_of(tx, about)
    fields = fields_of(examined, row.id, title)
    affairs.bring_file(tx.db, examined.taken.row.sha256, row.case)
    return editing.add(tx, "evidence", row.case, fields, by_program=True), is_new


def clean_file_name(untrusted_name: str) -> str:
    """A file name as evidence: the last component, nothing that hides or turns text around."""
    name = PurePath(untrusted_name.replace("\\", "/")).name
    kept = "".join(sign for sign in name if sign.isprintable())
    return kept.encode("utf-8", "replace").decode("utf-8")[:MAX_FILE_NAME]


def mend(core: Core, examined: Examined) -> None:
    """Let a file that came again take the place of its object, should that be damaged."""
    row = examined.taken.row
    known = affairs.evidence_object(core.db, row.sha256)
    try:
        if known is not None:
            core.store.check(known, Silent())
    except NotebookError:
        core.change(lambda tx: affairs.replace_object(tx.db, row))
