"""Sealing: look at what leaves, write it as one file, read it back, and remember that it went.

The look is a pure plan. Writing happens on a read-only snapshot, in any thread; only then does
one short transaction note in the journal what was sealed for whom.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crypto import container
from crypto.container import Recipients
from crypto.errors import CryptoError, LimitExceeded
from crypto.primitives import RandomBytes
from notebook import consent, envelope, listing, selection, volumes
from notebook.contacts import Contact, Profile
from notebook.environment import timestamp
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.journal import Frame
from notebook.model import AuthorId, CaseId, Kind, RecordId, Row
from notebook.payload import Content, Sealer
from notebook.progress import Progress
from notebook.selection import READERS_FIELD, Selection
from notebook.storage import affairs, entries, records
from notebook.storage.affairs import BundleRow
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

BUNDLE_NAME_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRequest:
    """What a person asks for."""

    to: tuple[AuthorId, ...]
    cases: tuple[CaseId, ...] = ()
    """Empty: all cases."""
    is_full: bool = False
    purpose: str = consent.TEAM
    checksums: bool = False
    volume_bytes: int = volumes.MAX_VOLUME_BYTES
    makes_folder: bool = False
    """Else a folder that is gone, as with a stick that was pulled out, is trouble."""
    leave_out: frozenset[RecordId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know before, or after, something leaves or comes in."""

    code: str
    text: str
    record: RecordId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPlan:
    """What would leave, and what stands against it."""

    request: SealRequest
    readers: tuple[Contact, ...]
    records: tuple[Row, ...]
    files: tuple[Row, ...]
    warnings: tuple[Notice, ...]
    refusals: tuple[Notice, ...]
    entry_count: int
    size_bytes: int
    """Evidence in bytes; the text adds little."""
    is_empty: bool
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class SealResult:
    """What was written; empty `files` when there was nothing to send."""

    files: tuple[Path, ...]
    size_bytes: int = 0
    bundle: str = ""
    sha256: str = ""
    is_from_medium: bool = False
    """Whether it is sure that it was read back from the medium, not from the system's memory."""
    warnings: tuple[Notice, ...] = ()
    kind: str = "full"
    readers: tuple[AuthorId, ...] = ()
    cases: tuple[CaseId, ...] = ()
    envelopes: Mapping[AuthorId, tuple[bytes, bytes]] = field(default_factory=dict, repr=False)
    """For each reader: hash of this envelope, hash of the one before."""


def plan(
    db: Database, sealer: Sealer, request: SealRequest, readers: Sequence[Contact]
) -> SealPlan:
    """Look at what would leave. Raises BAD_INPUT, or UNKNOWN_RECORD for a case that is not here."""
    return _look(db, sealer, request, readers)[0]


def _look(
    db: Database, sealer: Sealer, request: SealRequest, readers: Sequence[Contact]
) -> tuple[SealPlan, Selection]:
    _check_readers(readers)
    chosen = _select(db, sealer, request, readers)
    rows = [records.by_num(db, num) for num in chosen.records]
    # What is not shown in lists leaves all the same with the journal, so it is judged like the
    # rest. Withdrawn is what has no content, or none that leaves.
    judged = [row for row in rows if not row.is_withdrawn]
    shown = [row for row in judged if row.type and not row.is_deleted]
    warnings, refusals = _notices(db, sealer, request, judged, {row.num for row in shown})
    warnings += [
        Notice(
            code="not-compared",
            text=_("You have not compared the fingerprint of {name} in person.").format(
                name=reader.name
            ),
        )
        for reader in readers
        if not reader.is_compared
    ]
    objects = [affairs.evidence_object(db, sha) for sha in chosen.evidence]
    listed = listing.several(db, shown)
    looked = SealPlan(
        request=request,
        readers=tuple(readers),
        records=tuple(listed),
        files=tuple(row for row in listed if row.type == "evidence"),
        warnings=tuple(warnings),
        refusals=tuple(refusals),
        entry_count=sum(len(chain.nums) for chain in chosen.chains),
        size_bytes=sum(row.size_bytes for row in objects if row is not None),
        is_empty=chosen.is_empty,
        profile=readers[0].profile,
    )
    return looked, chosen


def _check_readers(readers: Sequence[Contact]) -> None:
    if not readers:
        raise NotebookError(
            Code.BAD_INPUT,
            _("It is not said for whom the bundle is."),
            _("Nothing was sealed."),
            _("Choose at least one contact."),
        )
    if len({reader.profile for reader in readers}) > 1:
        raise NotebookError(
            Code.BAD_INPUT,
            _("These readers need different kinds of bundles: one of them uses an older archive."),
            _("Nothing was sealed."),
            _("Seal for them one after the other."),
        )
    if len({reader.recipient().encode() for reader in readers}) < len(readers):
        raise NotebookError(
            Code.BAD_INPUT,
            _("Two of these contacts have the same key, so one of them is not who they say."),
            _("Nothing was sealed."),
            _("Compare their fingerprints in person, and seal for one of them."),
        )
    if len(readers) > container.STANZA_COUNTS[-1]:
        raise NotebookError(
            Code.BAD_INPUT,
            _("These are more readers than one bundle can have."),
            _("Nothing was sealed."),
            _("Seal for some of them at a time, up to {count}.").format(
                count=container.STANZA_COUNTS[-1]
            ),
        )


def _select(
    db: Database, sealer: Sealer, request: SealRequest, readers: Sequence[Contact]
) -> Selection:
    known = entries.case_ids(db)
    missing = [case for case in request.cases if case not in known]
    if missing:
        raise NotebookError(
            Code.UNKNOWN_RECORD,
            _("There is no such case."),
            _("Nothing was sealed."),
            _("Cases are listed by “list --type case”."),
        )
    return selection.select(
        db,
        sealer.forms,
        cases=sorted(request.cases or known),
        readers=frozenset(reader.id for reader in readers),
        is_full=request.is_full,
        purpose=request.purpose,
        leave_out=request.leave_out,
    )


def _notices(
    db: Database,
    sealer: Sealer,
    request: SealRequest,
    rows: Sequence[records.RecordRow],
    shown: set[int],
) -> tuple[list[Notice], list[Notice]]:
    """Warnings and refusals of consent, each with the record it is about.

    A warning is about what a person can see; a refusal is about all that would leave.
    """
    if request.purpose not in consent.purposes(sealer.forms):
        raise NotebookError(
            Code.BAD_VALUE,
            _("There is no such purpose."),
            _("Nothing was sealed."),
            _("Purposes are: {purposes}.").format(
                purposes=", ".join(consent.purposes(sealer.forms))
            ),
        )
    warnings: list[Notice] = []
    refusals: list[Notice] = []
    judge = consent.Judge(db, sealer.forms, request.purpose, sealer.today())
    for row in rows:
        verdict = judge.verdict(row)
        if verdict.permission in (consent.Permission.PERMITTED, consent.Permission.NOT_NEEDED):
            continue
        notice = Notice(
            code=verdict.permission, text=_consent_words(verdict.permission), record=row.id
        )
        if not verdict.may_leave(request.purpose):
            refusals.append(notice)
        elif row.num in shown:
            warnings.append(notice)
    return warnings, refusals


def _consent_words(permission: consent.Permission) -> str:
    return {
        consent.Permission.MISSING: _("No consent is recorded for this use."),
        consent.Permission.REFUSED: _("The consent says no to this use."),
        consent.Permission.WITHDRAWN: _("The consent was withdrawn."),
        consent.Permission.EXPIRED: _("The consent has expired."),
        consent.Permission.EMBARGOED: _("The consent holds it back until a later date."),
    }[permission]


def write(
    db: Database, sealer: Sealer, looked: SealPlan, out: Path, progress: Progress
) -> SealResult:
    """Write the bundle into `out` and read it back; `db` is a snapshot.

    What leaves is chosen and judged again here, so that nothing slips in between look and seal.
    Raises CONSENT_REFUSED with the records, BAD_INPUT when there is more than was looked at,
    NO_SPACE, DISK_ERROR, DAMAGED, or `Cancelled`.
    """
    request, readers = looked.request, looked.readers
    now, chosen = _look(db, sealer, request, readers)
    if now.refusals:
        raise refused(now.refusals)
    if now.is_empty:
        return SealResult(files=(), warnings=now.warnings)
    if not (_seen(now) <= _seen(looked)):
        raise NotebookError(
            Code.BAD_INPUT,
            _("Records came into the notebook after you looked at what leaves."),
            _("Nothing was sealed."),
            _("Look again, then seal."),
        )
    work = Content(db, sealer, chosen)
    recipients = _recipients(readers, sealer.random)
    bundle = sealer.random(BUNDLE_NAME_BYTES).hex()
    kind = "delta" if chosen.is_delta else "full"
    tags = {r.encode(): envelope.reader_tag(bundle, r.encode()) for r in recipients}
    previous = {reader.id: affairs.last_sealed(db, reader.id) for reader in readers}
    outside = replace(
        work.envelope(bundle),
        kind=kind,
        to=tuple(sorted(tags.values())),
        chain={
            tags[reader.recipient().encode()]: row.envelope.hex()
            for reader in readers
            if (row := previous[reader.id]) is not None
        },
    ).encode()
    name = base64.b32encode(sealer.random(BUNDLE_NAME_BYTES)).decode().rstrip("=").lower()
    writer = volumes.VolumeWriter(
        out,
        name + volumes.SUFFIX,
        max_bytes=request.volume_bytes,
        progress=progress,
        makes_folder=request.makes_folder,
    )
    try:
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
        files = writer.finish(written.sealed_sha256)
        checksums = (writer.write_checksums(),) if request.checksums else ()
    except LimitExceeded:
        writer.drop()
        raise NotebookError(
            Code.BAD_INPUT,
            _("This is more than one bundle can hold."),
            _("No bundle was left there, and the notebook is unchanged."),
            _("Seal fewer cases at once."),
        ) from None
    except CryptoError:
        writer.drop()
        # Evidence is hashed again while it streams: what differs from its hash never leaves.
        raise DatabaseDamaged("content changed under its hash") from None
    except BaseException:
        writer.drop()
        raise
    finally:
        writer.close()
    digest = envelope.digest(outside)
    return SealResult(
        files=(*files, *checksums),
        size_bytes=written.sealed_bytes,
        bundle=bundle,
        sha256=written.sealed_sha256.hex(),
        is_from_medium=writer.is_from_medium,
        warnings=(*now.warnings, *_leftovers(writer.leftover_count)),
        kind=kind,
        readers=tuple(reader.id for reader in readers),
        cases=tuple(sorted({chain.case for chain in chosen.chains})),
        envelopes={
            reader.id: (digest, row.envelope if (row := previous[reader.id]) else b"")
            for reader in readers
        },
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


def _seen(looked: SealPlan) -> set[tuple[str, RecordId | None]]:
    """What a person knows who looked: every record, and every warning."""
    return {("", row.id) for row in looked.records} | {(n.code, n.record) for n in looked.warnings}


def _recipients(readers: Sequence[Contact], random: RandomBytes) -> Recipients:
    """The keys of readers alike, filled up with invented ones."""
    if readers[0].profile is Profile.PQ:
        return container.complete_recipients([reader.card.hybrid for reader in readers], random)
    return container.complete_recipients([reader.card.classic for reader in readers], random)


def note(tx: Transaction, result: SealResult) -> None:
    """Note in the journal of every case what was sealed; its readers only its steward learns."""
    for case in result.cases:
        home = RecordId(case)
        tx.append(
            Kind.SEAL,
            case,
            [
                (
                    Frame(record=home, field="_seal"),
                    {"bundle": result.bundle, "kind": result.kind, "sha256": result.sha256},
                ),
                (Frame(record=home, field=READERS_FIELD), {"readers": list(result.readers)}),
            ],
        )
    for reader, (digest, previous) in result.envelopes.items():
        affairs.add_bundle(
            tx.db,
            BundleRow(
                id=result.bundle,
                direction="sealed",
                peer=reader,
                envelope=digest,
                previous=previous,
                at=timestamp(tx.clock),
            ),
        )


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
