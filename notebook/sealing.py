"""Sealing: each bundle written as a file, read back, and then given its name.

Writing happens on a read-only snapshot, in any thread, and ends with parts that are whole and no
bundles yet. They get their names only when the journal says what was sealed for whom
(`notebook.noting`). All the bundles of a request get there, or none.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crypto import container
from crypto.container import Recipients
from crypto.errors import CryptoError, LimitExceeded
from crypto.primitives import RandomBytes
from notebook import envelope, handover, staging, volumes
from notebook.contacts import Contact, Profile
from notebook.errors import Code, NotebookError
from notebook.handover import BundlePlan, Notice, Override, SealPlan, SealRequest
from notebook.i18n import _, ngettext
from notebook.model import AuthorId, CaseId
from notebook.payload import Content, Sealer
from notebook.progress import Progress
from notebook.selection import Selection
from notebook.storage import affairs
from notebook.storage.database import Database, DatabaseDamaged
from notebook.volumes import VolumeWriter

BUNDLE_NAME_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBundle:
    """One bundle that was written and read back."""

    files: tuple[Path, ...] = ()
    """None before it has its name."""
    size_bytes: int
    bundle: str
    sha256: str
    kind: str
    profile: Profile
    readers: tuple[AuthorId, ...]
    cases: tuple[CaseId, ...]
    envelopes: Mapping[AuthorId, tuple[bytes, bytes]] = field(repr=False)
    """For each reader: hash of this envelope, hash of the one before."""
    records: frozenset[int] = field(repr=False)
    """Numbers of the records of which something went."""
    told: tuple[int, ...] = field(repr=False)
    """Numbers of the withdrawals that went."""
    is_whole: bool
    """Whether it has all that its readers lacked and may have of these cases."""
    overrides: tuple[Override, ...] = ()
    reason: str = ""
    """Why consent was overridden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealResult:
    """What was written; no bundles when there was nothing to send."""

    bundles: tuple[SealedBundle, ...] = ()
    is_from_medium: bool = False
    """Whether it is sure that all was read back from the medium, not from the system's memory."""
    warnings: tuple[Notice, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of every bundle."""
        return tuple(path for bundle in self.bundles for path in bundle.files)

    @property
    def size_bytes(self) -> int:
        """The length of all bundles."""
        return sum(bundle.size_bytes for bundle in self.bundles)

    @property
    def cases(self) -> tuple[CaseId, ...]:
        """Every case of which something went."""
        return tuple(sorted({case for bundle in self.bundles for case in bundle.cases}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Bundles that are whole on the medium and have no names yet: parts that nobody can open."""

    bundles: tuple[SealedBundle, ...] = ()
    warnings: tuple[Notice, ...] = ()
    has_checksums: bool = False
    writers: tuple[VolumeWriter, ...] = field(default=(), repr=False)

    def name(self, progress: Progress) -> SealResult:
        """Give them their names. Raises NO_SPACE, DISK_ERROR or `Cancelled`; then none is left.

        The journal has said by now that they are made, so trouble says what it says of that.
        """
        named: list[SealedBundle] = []
        is_from_medium = all(writer.is_from_medium for writer in self.writers)
        try:
            for sealed, writer in zip(self.bundles, self.writers, strict=True):
                writer.progress = progress
                files = writer.publish()
                sums = (writer.write_checksums(),) if self.has_checksums else ()
                named.append(replace(sealed, files=(*files, *sums)))
        except BaseException as error:
            self.drop()
            if isinstance(error, NotebookError):
                error.safe = _not_finished(may_be_left=self.may_be_left)
            raise
        finally:
            self.close()
        return SealResult(
            bundles=tuple(named),
            is_from_medium=bool(named) and is_from_medium,
            warnings=self.warnings,
        )

    @property
    def may_be_left(self) -> bool:
        """Whether something lies there although it was taken away."""
        return any(writer.may_be_left for writer in self.writers)

    def drop(self) -> None:
        """Take everything away, also what has its name already."""
        for writer in self.writers:
            writer.drop()

    def close(self) -> None:
        """End the processes that wrote."""
        for writer in self.writers:
            writer.close()


def _not_finished(*, may_be_left: bool) -> str:
    if may_be_left:
        return _(
            "The notebook says that the bundle was not finished. Something of it may be left there;"
            " what ends in “.part” is no bundle, nobody can read it, and it can be deleted."
        )
    return _("No bundle was left there. The notebook says that it was not finished.")


def write(db: Database, sealer: Sealer, looked: SealPlan, out: Path, progress: Progress) -> Written:
    """Write the bundles into `out` as parts and read them back; `db` is a snapshot.

    What leaves is chosen and judged again here, so that nothing slips in between look and seal.
    Raises CONSENT_REFUSED with the records, BAD_INPUT when there is more than was looked at,
    NO_SPACE, DISK_ERROR, DAMAGED, or `Cancelled`.
    """
    now = handover.look_at(db, sealer, looked.request, looked.readers)
    refusals = [notice for bundle, _chosen in now for notice in bundle.refusals]
    if refusals:
        raise refused(refusals)
    warnings = tuple(dict.fromkeys(n for bundle, _chosen in now for n in bundle.warnings))
    leaving = [(bundle, chosen) for bundle, chosen in now if not bundle.is_empty]
    if leaving and not _is_all_seen([bundle for bundle, _chosen in now], looked.bundles):
        raise NotebookError(
            Code.BAD_INPUT,
            _("Records came into the notebook after you looked at what leaves."),
            _("Nothing was sealed."),
            _("Look again, then seal."),
        )
    written: list[SealedBundle] = []
    writers: list[VolumeWriter] = []
    is_whole = False
    try:
        for bundle, chosen in leaving:
            if bundle.entry_count > staging.MAX_LINES:
                raise LimitExceeded("too many lines")
            writers.append(_writer(sealer, looked.request, out, progress))
            written.append(
                _write_one(db, sealer, looked.request, (bundle, chosen), writers[-1], progress)
            )
        is_whole = True
    except LimitExceeded:
        raise NotebookError(
            Code.BAD_INPUT,
            _("This is more than one bundle can hold."),
            _("No bundle was left there, and the notebook is unchanged."),
            _("Seal fewer cases at once."),
        ) from None
    except CryptoError:
        # Evidence is hashed again while it streams: what differs from its hash never leaves.
        raise DatabaseDamaged("content changed under its hash") from None
    finally:
        if not is_whole:
            for writer in writers:
                writer.drop()
    return Written(
        bundles=tuple(written),
        warnings=(*warnings, *_leftovers(sum(writer.leftover_count for writer in writers))),
        has_checksums=looked.request.checksums,
        writers=tuple(writers),
    )


def _writer(sealer: Sealer, request: SealRequest, out: Path, progress: Progress) -> VolumeWriter:
    name = base64.b32encode(sealer.random(BUNDLE_NAME_BYTES)).decode().rstrip("=").lower()
    return VolumeWriter(
        out,
        name + volumes.SUFFIX,
        max_bytes=request.volume_bytes,
        progress=progress,
        makes_folder=request.makes_folder,
    )


def _leftovers(count: int) -> list[Notice]:
    if not count:
        return []
    text = ngettext(
        "{count} part of a bundle that was interrupted was removed there.",
        "{count} parts of bundles that were interrupted were removed there.",
        count,
    ).format(count=count)
    return [Notice(code="leftovers-removed", text=text)]


def _is_all_seen(now: Sequence[BundlePlan], looked: Sequence[BundlePlan]) -> bool:
    """Whether a person who looked knows every entry, every file and every warning."""
    return all(
        new.readers == old.readers
        and new.chosen.seen <= old.chosen.seen
        and {row.id for row in new.records} <= {row.id for row in old.records}
        and set(new.warnings) <= set(old.warnings)
        for new, old in zip(now, looked, strict=True)
    )


def _write_one(
    db: Database,
    sealer: Sealer,
    request: SealRequest,
    what: tuple[BundlePlan, Selection],
    writer: VolumeWriter,
    progress: Progress,
) -> SealedBundle:
    planned, chosen = what
    readers = planned.readers
    work = Content(db, sealer, chosen)
    recipients = _recipients(readers, sealer.random)
    bundle = sealer.random(BUNDLE_NAME_BYTES).hex()
    tags = {r.encode(): envelope.reader_tag(bundle, r.encode()) for r in recipients}
    previous = {reader.id: affairs.last_sealed(db, reader.id) for reader in readers}
    outside = envelope.fitting(
        replace(
            work.envelope(bundle),
            to=tuple(sorted(tags.values())),
            chain={
                tags[reader.recipient().encode()]: row.envelope.hex()
                for reader in readers
                if (row := previous[reader.id]) is not None
            },
        )
    )
    written = container.write_bundle(
        writer,
        recipients,
        envelope=outside,
        bag_info=[("Bag-Software-Agent", "Field Notebook"), ("External-Identifier", bundle)],
        payload=list(work.payload()),
        signing_seed=sealer.identity.signing_seed,
        random=sealer.random,
        on_progress=lambda done, total: progress.step(done, total, "seal"),
        on_size=writer.reserve,
    )
    writer.read_back(written.sealed_sha256)
    digest = envelope.digest(outside)
    return SealedBundle(
        size_bytes=written.sealed_bytes,
        bundle=bundle,
        sha256=written.sealed_sha256.hex(),
        kind=chosen.kind,
        profile=planned.profile,
        readers=tuple(reader.id for reader in readers),
        cases=tuple(sorted({chain.case for chain in chosen.chains})),
        envelopes={
            reader.id: (digest, row.envelope if (row := previous[reader.id]) else b"")
            for reader in readers
        },
        records=chosen.with_content,
        told=chosen.told,
        is_whole=chosen.choice.is_everything,
        overrides=planned.overrides,
        reason=request.override,
    )


def _recipients(readers: Sequence[Contact], random: RandomBytes) -> Recipients:
    """The keys of readers alike, filled up with invented ones."""
    if readers[0].profile is Profile.PQ:
        return container.complete_recipients([reader.card.hybrid for reader in readers], random)
    return container.complete_recipients([reader.card.classic for reader in readers], random)


def refused(refusals: Sequence[Notice]) -> NotebookError:
    """The trouble of records that consent does not let go."""
    ids = tuple(dict.fromkeys(n.record for n in refusals if n.record))
    return NotebookError(
        Code.CONSENT_REFUSED,
        _("Consent does not allow this for: {records}.").format(records=", ".join(ids)),
        _("Nothing was sealed."),
        _("Leave these records out, or record the consent first."),
        records=ids,
    )
