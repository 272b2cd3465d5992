"""Verifying a bundle for people outside: with exported keys, without a notebook, writing nothing.

The same checks as at opening (FORMATS, bundle), in the same order and by the same code, but for
those that need a notebook: whether the sealer is a contact, and what is here already.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto.age import HybridIdentity, X25519Identity, parse_identity
from crypto.card import Card
from crypto.container import BundleReader, Identities, Member
from crypto.errors import CryptoError
from notebook import envelope, volume_order
from notebook.envelope import BadEnvelope, Envelope
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.journal import BadEntry
from notebook.opening import CARD, EVIDENCE, LOG, checked_lines, envelope_of, read_card, refusals
from notebook.progress import Progress
from notebook.staging import StagedLines
from notebook.volumes import VolumeReader

MAX_KEY_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a bundle is that is whole and as it was signed."""

    bundle: str
    kind: str
    day: str
    """As the sealer claims."""
    sealer: str
    name: str
    """As the sealer calls themselves."""
    fingerprint: str
    words: tuple[str, ...]
    is_sealer_as_given: bool
    """Whether a card was given and it is this sealer's; else nobody compared."""
    is_made_out_to_us: bool
    cases: tuple[str, ...]
    authors: tuple[str, ...]
    entry_count: int
    following_count: int
    """Entries whose parent came with an earlier bundle, as this one says itself."""
    gap_count: int
    """Entries whose parent is neither in here nor said to have come before."""
    page_count: int
    file_count: int
    file_bytes: int
    size_bytes: int


def read_identities(untrusted_text: str) -> list[HybridIdentity | X25519Identity]:
    """The age identities of a key file, whose other lines are empty or begin with `#`.

    Raises BAD_INPUT.
    """
    lines = [line.strip() for line in untrusted_text.splitlines()]
    try:
        found = [parse_identity(line) for line in lines if line and not line.startswith("#")]
    except CryptoError:
        found = []
    if not found:
        raise NotebookError(
            Code.BAD_INPUT,
            _("This is no file of age keys that this program knows."),
            _("Nothing was opened."),
            _("Give what “identity --export” wrote."),
        )
    return found


def verify(
    paths: Sequence[Path], identities: Identities, believed: Card | None, progress: Progress
) -> Verified:
    """Read and check all of a bundle.

    Raises NOT_FOR_YOU, UNKNOWN_SEALER when it was sealed by another than `believed`,
    BUNDLE_DAMAGED, BUNDLE_REFUSED, MISSING_VOLUME, UNREADABLE_FILE, or `Cancelled`.
    """
    ordered = volume_order.in_order(paths, identities)
    source = VolumeReader(ordered, progress)
    try:
        with volume_order.explained(ordered, identities, progress), refusals():
            reader = BundleReader(source, identities)
            outside = envelope_of(reader.front)
            if believed is not None and believed.author_id() != outside.sealer:
                raise other_sealer()
            envelope.check_critical(outside)
            return _verify(reader, outside, identities, believed, source.total_bytes)
    finally:
        source.close()


def _verify(
    reader: BundleReader,
    outside: Envelope,
    identities: Identities,
    believed: Card | None,
    size_bytes: int,
) -> Verified:
    card: Card | None = None
    lines = StagedLines(None, os.urandom)
    files: set[str] = set()
    pages = 0
    for member in reader.members():
        if member.name == CARD:
            card = read_card(member, outside)
        elif member.name.startswith(LOG):
            for entry, content in checked_lines(member, outside):
                lines.add(entry, content)
        elif member.name.startswith(EVIDENCE):
            files.add(_file(member, outside, files))
        pages += member.name.startswith("data/view/")
    reader.finish()
    if card is None:
        raise BadEnvelope("no card")
    if files != outside.evidence.keys():
        raise BadEnvelope("evidence that is named and not there")
    _check_counts(lines, outside)
    following, gaps = _links(lines, outside)
    return Verified(
        bundle=outside.bundle,
        kind=outside.kind,
        day=outside.day,
        sealer=outside.sealer,
        name=card.name,
        fingerprint=card.fingerprint(),
        words=card.fingerprint_words(),
        is_sealer_as_given=believed is not None,
        is_made_out_to_us=_is_made_out(outside, identities),
        cases=outside.cases,
        authors=tuple(sorted({author for _case, author in lines.counts()})),
        entry_count=len(lines),
        following_count=following,
        gap_count=gaps,
        page_count=pages,
        file_count=len(files),
        file_bytes=sum(outside.evidence.values()),
        size_bytes=size_bytes,
    )


def _file(member: Member, outside: Envelope, before: set[str]) -> str:
    """The hash of an evidence file, which is its name, and stands in the envelope and manifest."""
    sha = member.name.removeprefix(EVIDENCE).partition(".")[0]
    if outside.evidence.get(sha) != member.size_bytes or member.sha256.hex() != sha:
        raise BadEnvelope("evidence under another hash")
    if sha in before:
        raise BadEnvelope("evidence that comes twice")
    return sha


def _check_counts(lines: StagedLines, outside: Envelope) -> None:
    said = Counter(
        {
            (case, author): held.count
            for case, ranges in outside.holds.items()
            for author, held in ranges.items()
        }
    )
    if Counter(lines.counts()) != said:
        raise BadEnvelope("other lines than announced")


def _links(lines: StagedLines, outside: Envelope) -> tuple[int, int]:
    """How many lines follow what came before, and how many what nobody speaks of."""
    following = gaps = 0
    for prev, wanted, here in lines.apart():
        if here is None:
            case, author, _seq = wanted
            said = outside.holds.get(case, {}).get(author)
            if said is not None and said.after == prev:
                following += 1
            else:
                gaps += 1
        elif here != wanted:
            raise BadEntry("a parent of another author, case or number")
    return following, gaps


def _is_made_out(outside: Envelope, identities: Identities) -> bool:
    mine = {
        envelope.reader_tag(outside.bundle, identity.recipient().encode())
        for identity in identities
    }
    return bool(mine & set(outside.to))


def other_sealer() -> NotebookError:
    """The trouble of a bundle that was sealed by another than the card says."""
    return NotebookError(
        Code.UNKNOWN_SEALER,
        _("This bundle was signed by somebody else than the card says."),
        _("Nothing was opened or changed."),
        _("Ask whoever gave you the bundle, or the card, where it comes from."),
    )
