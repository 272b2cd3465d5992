"""Opening: everything of a bundle is verified and staged before anything of it counts.

Signature and front matter first, by a pinned contact; then every line's signature, id and
commitments; evidence streamed into new objects under its hash. Nothing here writes the database.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from crypto.card import Card
from crypto.container import BundleReader, Front, Identities, Member
from crypto.errors import CryptoError, LimitExceeded, Unsupported, WrongKey
from notebook import (
    contacts,
    envelope,
    journal,
    missions,
    quarantine,
    strict_json,
    volume_order,
)
from notebook.envelope import BadEnvelope, Envelope
from notebook.errors import Code, NotebookError
from notebook.folder import Folder
from notebook.i18n import _
from notebook.intake import Examined, Intake
from notebook.journal import BadEntry, Entry
from notebook.missions import BadDrafts
from notebook.model import AuthorId, CaseId, EntryId, Sha256
from notebook.payload import Sealer
from notebook.progress import Progress, Silent
from notebook.staging import Place, StagedLines
from notebook.storage import affairs, entries, removed
from notebook.storage.database import Database
from notebook.storage.travel import UnfinishedRow
from notebook.volumes import VolumeReader

MAX_CARD_BYTES = 64 * 1024
CARD = "data/sealer.card"
LOG = "data/log/"
EVIDENCE = "data/evidence/"
DRAFTS = "data/drafts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What can be said of a bundle without merging it."""

    bundle: str
    sealer: AuthorId
    sealer_name: str
    """The pinned name, or the one the unknown sealer claims."""
    namesake: str
    """The name of the contact for whom a person might take an unknown sealer; empty: nobody's."""
    is_known: bool
    is_compared: bool
    is_own: bool
    has_other_card: bool
    """Whether a contact's bundle came with other keys than their card has here."""
    fingerprint: str
    words: tuple[str, ...]
    day: str
    kind: str
    cases: tuple[str, ...]
    size_bytes: int
    evidence_count: int
    entry_count: int
    is_for_me: bool
    is_already_opened: bool
    has_my_name: bool = False
    """Whether `namesake` is whoever writes here."""
    was_removed: bool = False
    """Whether it brought a case that was removed from this laptop at a departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A verified bundle, ready to be merged in one transaction."""

    envelope: Envelope
    envelope_digest: bytes
    my_tags: frozenset[str]
    sealer: AuthorId
    sealer_name: str
    card: Card
    """The sealer's own, as it came with the bundle."""
    accepted_card: Card | None
    lines: StagedLines = field(repr=False)
    objects: tuple[Examined, ...] = ()
    drafts: tuple[UnfinishedRow, ...] = ()

    def close(self) -> None:
        """Forget the lines, merged or not."""
        self.lines.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """A person's word that one sealer who is no contact may become one."""

    sealer: AuthorId
    """Whom the person was shown; a bundle by anybody else is not accepted by it."""
    may_share_name: bool = False
    """Whether they may have the name of a contact."""


Accepting = Accept | Literal[False]
"""Whom a person accepts, or nobody."""


@dataclass(frozen=True, slots=True)
class Opener:
    """What opening needs of the notebook: its keys, its contacts as of a snapshot, its folder."""

    db: Database
    sealer: Sealer
    place: Folder
    intake: Intake

    def inspect(self, paths: Sequence[Path], progress: Progress) -> Inspection:
        """Read and verify the front of a bundle. Raises as `stage`, but for an unknown sealer."""
        ordered = volume_order.in_order(paths, self._keys())
        source = VolumeReader(ordered, progress)
        try:
            with self._explained(ordered, progress), refusals():
                reader = self._reader(source)
                outside = envelope_of(reader.front)
                card = _card_of(reader)
            known = contacts.find(self.db, AuthorId(outside.sealer))
            is_own = outside.sealer == self.sealer.author
            my_name = self.sealer.identity.name
            alike = None if known or is_own else contacts.whose_name(self.db, my_name, card.name)
            return Inspection(
                bundle=outside.bundle,
                sealer=AuthorId(outside.sealer),
                sealer_name=known.name if known else card.name,
                namesake=alike.name if alike else "",
                has_my_name=alike is not None and alike.is_me,
                is_known=known is not None or is_own,
                is_compared=is_own or (known is not None and known.is_compared),
                is_own=is_own,
                has_other_card=known is not None and known.fingerprint != card.fingerprint(),
                fingerprint=card.fingerprint(),
                words=card.fingerprint_words(),
                day=outside.day,
                kind=outside.kind,
                cases=outside.cases,
                size_bytes=source.total_bytes,
                evidence_count=len(outside.evidence),
                entry_count=sum(
                    span.count for held in outside.holds.values() for span in held.values()
                ),
                is_for_me=bool(self._my_tags(outside)),
                is_already_opened=affairs.opened_bundle(self.db, outside.bundle) is not None,
                was_removed=removed.is_one(self.db, outside.bundle),
            )
        finally:
            source.close()

    def stage(
        self, paths: Sequence[Path], *, accept_unknown: Accepting, progress: Progress
    ) -> Staged:
        """Verify everything; evidence comes to lie in new objects that nothing names yet.

        Raises NOT_FOR_YOU, FORWARDED, UNKNOWN_SEALER (the sealed file is kept in quarantine),
        KNOWN_NAME, BUNDLE_DAMAGED, BUNDLE_REFUSED, MISSING_VOLUME, UNREADABLE_FILE, NO_SPACE, or
        `Cancelled`.
        """
        ordered = volume_order.in_order(paths, self._keys())
        source = VolumeReader(ordered, progress)
        taken: list[Examined] = []
        lines = StagedLines(self.place.staging, self.sealer.random)
        try:
            with self._explained(ordered, progress), refusals():
                return self._stage(source, ordered, lines, taken, accept_unknown=accept_unknown)
        except BaseException:
            lines.close()
            for examined in taken:
                self.intake.store.destroy(examined.taken.row)
            raise
        finally:
            source.close()

    def _stage(
        self,
        source: VolumeReader,
        paths: Sequence[Path],
        lines: StagedLines,
        taken: list[Examined],
        *,
        accept_unknown: Accepting,
    ) -> Staged:
        reader = self._reader(source)
        outside = envelope_of(reader.front)
        contact = contacts.find(self.db, AuthorId(outside.sealer))
        is_own = outside.sealer == self.sealer.author
        if contact is None and not is_own and not _is_accepted(accept_unknown, outside):
            raise unknown_sealer(is_kept=quarantine.keep(paths, self.place.staging))
        my_tags = self._my_tags(outside)
        if not my_tags:
            raise forwarded()
        envelope.check_critical(outside)
        card: Card | None = None
        here: set[Sha256] = set()
        drafts: tuple[UnfinishedRow, ...] = ()
        for member in reader.members():
            if member.name == CARD:
                card = read_card(member, outside)
            elif member.name.startswith(LOG):
                for entry, content in checked_lines(member, outside):
                    lines.add(entry, content)
            elif member.name == DRAFTS and outside.kind == "draft":
                drafts = missions.drafts_in(member, AuthorId(outside.sealer), outside.cases)
            elif member.name.startswith(EVIDENCE):
                sha = self._evidence(member, outside)
                if sha in here or any(examined.taken.row.sha256 == sha for examined in taken):
                    raise BadEnvelope("evidence that comes twice")
                if self._has_whole(sha):
                    here.add(sha)
                else:
                    taken.append(self._taken_in(member))
        reader.finish()
        if card is None:
            raise BadEnvelope("no card")
        if {examined.taken.row.sha256 for examined in taken} | here != outside.evidence.keys():
            raise BadEnvelope("evidence that is named and not there")
        if contact is None and accept_unknown and not accept_unknown.may_share_name:
            with quarantine.kept_if_refused(paths, self.place.staging):
                contacts.check_name(self.db, card, self.sealer.identity.name)
        lines.finish()
        _check_counts(lines, outside)
        self._check_links(lines)
        return Staged(
            envelope=outside,
            envelope_digest=envelope.digest(reader.front.envelope),
            my_tags=my_tags,
            sealer=AuthorId(outside.sealer),
            sealer_name=contact.name if contact else card.name,
            card=card,
            accepted_card=card if contact is None and not is_own else None,
            lines=lines,
            objects=tuple(taken),
            drafts=drafts,
        )

    def _reader(self, source: VolumeReader) -> BundleReader:
        return BundleReader(source, self._keys())

    def _keys(self) -> Identities:
        """What bundles for this notebook are sealed to: its own keys, then those of missions."""
        return missions.keys(self.db, self.sealer.identity)

    def _explained(self, paths: Sequence[Path], progress: Progress) -> AbstractContextManager[None]:
        return volume_order.explained(paths, self._keys(), progress)

    def _my_tags(self, outside: Envelope) -> frozenset[str]:
        mine = {
            envelope.reader_tag(outside.bundle, key.recipient().encode()) for key in self._keys()
        }
        return frozenset(mine & set(outside.to))

    def _evidence(self, member: Member, outside: Envelope) -> Sha256:
        sha = Sha256(member.name.removeprefix(EVIDENCE).partition(".")[0])
        if outside.evidence.get(sha) != member.size_bytes:
            raise BadEnvelope("evidence that the envelope does not name")
        # Also when the same file is here already: what came counts as had by the sealer.
        if member.sha256.hex() != sha:
            raise BadEnvelope("evidence under another hash")
        return sha

    def _has_whole(self, sha: Sha256) -> bool:
        """Whether the same content is here, and not damaged: else the bundle mends it."""
        known = affairs.evidence_object(self.db, sha)
        if known is None:
            return False
        try:
            self.intake.store.check(known, Silent())
        except NotebookError:
            return False
        return True

    def _taken_in(self, member: Member) -> Examined:
        """Evidence goes into a new object; its end says whether it has the hash it goes under."""
        return self.intake.take_in_chunks(member.chunks(), total_bytes=member.size_bytes)

    def _check_links(self, lines: StagedLines) -> None:
        """Refuse lines that can never be linked to the parent they name."""
        for prev, wanted, here in lines.apart():
            parent = here or self._place_of(prev)
            if parent is not None and parent != wanted:
                raise BadEntry("a parent of another author, case or number")

    def _place_of(self, entry: EntryId) -> Place | None:
        num = entries.entry_num(self.db, entry)
        if num is None:
            return None
        header = entries.header_of(self.db, num)
        return header.case, header.author, header.seq


def _is_accepted(accept_unknown: Accepting, outside: Envelope) -> bool:
    return isinstance(accept_unknown, Accept) and accept_unknown.sealer == outside.sealer


def envelope_of(front: Front) -> Envelope:
    """The envelope of a verified front. Raises `BadEnvelope`, `Unsupported` for a newer version."""
    outside = envelope.parse(front.envelope)
    if outside.sealer != front.signer.hex():
        raise BadEnvelope("sealed by one and signed by another")
    return outside


def _card_of(reader: BundleReader) -> Card:
    outside = envelope_of(reader.front)
    for member in reader.members():
        if member.name == CARD:
            return read_card(member, outside)
    raise BadEnvelope("no card")


def read_card(member: Member, outside: Envelope) -> Card:
    """The sealer's own card. Raises `BadEnvelope`, and what a card's reader raises."""
    if member.size_bytes > MAX_CARD_BYTES:
        raise BadEnvelope("card size")
    card = Card.parse(b"".join(member.chunks()).decode("utf-8", "strict"))
    if card.author_id() != outside.sealer:
        raise BadEnvelope("another author's card")
    return card


def _check_counts(lines: StagedLines, outside: Envelope) -> None:
    """Refuse a bundle that holds other lines than its envelope says."""
    said = {
        (case, author): held.count
        for case, ranges in outside.holds.items()
        for author, held in ranges.items()
    }
    if lines.counts() != said:
        raise BadEnvelope("other lines than announced")


def checked_lines(member: Member, outside: Envelope) -> Iterator[tuple[Entry, bytes]]:
    """The lines of a log, every one checked by itself. Raises `BadEntry`."""
    case = member.name.removeprefix(LOG).partition("/")[0]
    if case not in outside.cases:
        raise BadEntry("a log of a case that the envelope does not name")
    for content in _lines(member):
        entry = journal.parse_line(content)
        header = entry.header
        if header.case != CaseId(case):
            raise BadEntry("an entry of another case")
        if len({journal.parse_frame(p.frame).record for p in entry.parts if p.frame}) > 1:
            raise BadEntry("an entry that concerns more than one record")
        journal.check_signature(entry)
        journal.check_parts(entry)
        yield entry, content


def _lines(member: Member) -> Iterator[bytes]:
    """Lines without their line feed, none longer than the limit."""
    pieces: list[bytes] = []
    held = 0
    for chunk in member.chunks():
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            yield b"".join((*pieces, chunk[start:end]))
            pieces, held, start = [], 0, end + 1
        if start < len(chunk):
            pieces.append(bytes(chunk[start:]))
            held += len(chunk) - start
            if held > strict_json.MAX_LINE_BYTES:
                raise BadEntry("line too long")
    if pieces:
        raise BadEntry("the last line does not end")


class refusals:  # noqa: N801 - used as a statement, like the context managers of the library
    """What the formats' readers raise, as trouble for a person."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            return
        if issubclass(kind, WrongKey):
            raise not_for_you() from None
        if issubclass(kind, (Unsupported, LimitExceeded)):
            raise refused() from None
        if issubclass(kind, (CryptoError, BadEntry, BadEnvelope, BadDrafts, UnicodeDecodeError)):
            raise damaged() from None


def not_for_you() -> NotebookError:
    """The trouble of a bundle that was sealed for others."""
    return NotebookError(
        Code.NOT_FOR_YOU,
        _("This bundle was not sealed for you."),
        _("Nothing was opened or changed."),
        _("Ask the sender to seal it again with your card."),
    )


def forwarded() -> NotebookError:
    """The trouble of a bundle that was made out to somebody else and passed on."""
    return NotebookError(
        Code.FORWARDED,
        _("This bundle was made out to somebody else and passed on to you."),
        _("Nothing was opened or changed."),
        _("Ask the sender to seal it for you."),
    )


def unknown_sealer(*, is_kept: bool) -> NotebookError:
    """The trouble of a bundle by somebody whose card is not pinned here."""
    return NotebookError(
        Code.UNKNOWN_SEALER,
        _("This bundle was sealed by somebody you do not know."),
        _("It is kept sealed in quarantine, and nothing of it was merged.")
        if is_kept
        else _("There is no room for it in quarantine; keep the file. Nothing of it was merged."),
        _("Add their card, or accept them if you expected this bundle."),
    )


def damaged() -> NotebookError:
    """The trouble of a bundle that is not as it was sealed."""
    return NotebookError(
        Code.BUNDLE_DAMAGED,
        _("This file is not a bundle, or it was damaged or changed on the way."),
        _("Nothing of it was opened or changed here."),
        _("Copy it again, or ask the sender for it again."),
    )


def refused() -> NotebookError:
    """The trouble of a bundle beyond this program's version or limits."""
    return NotebookError(
        Code.BUNDLE_REFUSED,
        _("This bundle was made by a newer program, or is beyond what this one accepts."),
        _("Nothing of it was opened or changed here."),
        _("Open it with the newest version."),
    )
