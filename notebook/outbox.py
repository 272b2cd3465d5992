"""The outbox of a travelling notebook: bundles for headquarters that nothing here can open.

Counting and copying them needs no passphrase: they are what anybody sees who has the folder.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crypto import container
from crypto.container import Payload
from crypto.errors import CryptoError, LimitExceeded
from crypto.identity import Identity
from crypto.primitives import RandomBytes
from notebook import disk, envelope, folder, held_files, volumes
from notebook.envelope import Envelope
from notebook.errors import Code, NotebookError
from notebook.folder import Folder
from notebook.i18n import _
from notebook.local_writer import LocalWriter, hash_of
from notebook.mission_card import MissionCard
from notebook.progress import Progress

NAME_BYTES = 16
_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What lies in an outbox: all that can be told without headquarters' key."""

    files: tuple[Path, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedOut:
    """Bundles that were copied, read back and found the same."""

    files: tuple[Path, ...]
    removed: int


def contents(place: Folder) -> Contents:
    """What lies in the outbox; what was left half written does not count."""
    with disk.disk_trouble():
        files = sorted(
            path
            for path in place.outbox.glob(f"*{volumes.SUFFIX}*")
            if path.suffix != ".part" and path.is_file() and not path.is_symlink()
        )
        return Contents(files=tuple(files), size_bytes=sum(p.stat().st_size for p in files))


def copy_out(path: Path, out: Path, progress: Progress, *, is_removing: bool = False) -> CopiedOut:
    """Copy every bundle into `out`, read it back, and then remove it here if asked.

    A copy that is there already and the same counts as made. Raises NOT_A_NOTEBOOK, ALREADY_OPEN,
    BAD_INPUT, FILE_EXISTS for another file of the same name, NO_SPACE, DISK_ERROR, or `Cancelled`;
    then nothing was removed.
    """
    place = Folder(path)
    if not place.outbox.is_dir():
        raise folder.not_a_notebook()
    with folder.lock(place):
        return copy_locked(place, out, progress, is_removing=is_removing)


def copy_locked(
    place: Folder, out: Path, progress: Progress, *, is_removing: bool = False
) -> CopiedOut:
    """As `copy_out`, by the process that holds the notebook's lock."""
    found = contents(place)
    with disk.disk_trouble():
        place.refuse_inside(out)
        out.mkdir(mode=disk.FOLDER_MODE, parents=True, exist_ok=True)
        made = []
        for done, source in enumerate(found.files):
            progress.step(done, len(found.files), "copy")
            made.append(_copy(source, out / source.name, progress))
        if is_removing:
            # Only now: every one of them was read back from the other disk.
            for source in found.files:
                source.unlink()
            disk.sync_folder(place.outbox)
    return CopiedOut(files=tuple(made), removed=len(found.files) if is_removing else 0)


def _copy(source: Path, target: Path, progress: Progress) -> Path:
    if target.exists():
        if hash_of([source], progress) == hash_of([target], progress):
            return target
        raise NotebookError(
            Code.FILE_EXISTS,
            _("There is another file with the name of a bundle."),
            _("It was not touched, and nothing was removed from the outbox."),
            _("Choose another folder."),
        )
    digest = hashlib.sha256()
    # A stick may stall: a process that holds no key writes to it, and reads back from it.
    writer = volumes.VolumeWriter(
        target.parent, target.name, volumes.GREATEST_VOLUME_BYTES, progress
    )
    try:
        with source.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                digest.update(chunk)
                writer.write(chunk)
        writer.read_back(digest.digest())
        return writer.publish()[0]
    except BaseException:
        writer.drop()
        raise
    finally:
        writer.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Where a session's bundles go, for whom, and who signs them."""

    place: Folder
    mission: MissionCard
    author: Identity
    random: RandomBytes

    def sweep(self) -> None:
        """Remove what a process that was killed left half written."""
        with disk.disk_trouble():
            for part in self.place.outbox.glob("*.part"):
                part.unlink(missing_ok=True)

    def seal(
        self, outside: Envelope, payload: Iterable[Payload], progress: Progress
    ) -> tuple[Path, ...]:
        """Write one bundle to the mission, whole and read back, or nothing.

        Raises NO_SPACE, DISK_ERROR, UNREADABLE_FILE when a file changed, or `Cancelled`.
        """
        recipients = self.mission.recipients(self.random)
        addressed = replace(
            outside,
            sealer=self.author.card().author_id(),
            to=tuple(sorted(envelope.reader_tag(outside.bundle, r.encode()) for r in recipients)),
            # The sender will hold nothing, and follows no earlier envelope.
            have={},
            chain={},
        )
        name = base64.b32encode(self.random(NAME_BYTES)).decode().rstrip("=").lower()
        writer = LocalWriter(self.place.outbox, name + volumes.SUFFIX)
        try:
            written = container.write_bundle(
                writer,
                recipients,
                envelope=envelope.fitting(addressed),
                bag_info=[
                    ("Bag-Software-Agent", "Field Notebook"),
                    ("External-Identifier", outside.bundle),
                ],
                payload=list(payload),
                signing_seed=self.author.signing_seed,
                random=self.random,
                on_progress=lambda done, total: progress.step(done, total, "seal"),
            )
            return writer.finish(written.sealed_sha256, progress)
        except LimitExceeded:
            writer.drop()
            raise NotebookError(
                Code.BAD_INPUT,
                _("This is more than one bundle can hold."),
                _("It was not saved."),
                _("Save it in smaller pieces."),
            ) from None
        except CryptoError:
            writer.drop()
            # What is sealed is hashed again while it streams.
            raise held_files.changed() from None
        except BaseException:
            writer.drop()
            raise

    def remove(self, files: Sequence[Path]) -> None:
        """Remove a draft bundle that another one has replaced, or an entry."""
        with disk.disk_trouble():
            for path in files:
                path.unlink(missing_ok=True)
            disk.sync_folder(self.place.outbox)


def empty_envelope(bundle: str, kind: str, day: str, cases: Sequence[str]) -> Envelope:
    """An envelope that `Outbox.seal` fills in."""
    return Envelope(bundle=bundle, kind=kind, cases=tuple(cases), sealer="", day=day, to=())
