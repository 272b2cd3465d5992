"""The sealed container: a signed archive inside age, written and read as a stream.

It knows nothing of journals, contacts, files or clocks. It is signed, then encrypted; the caller
names the readers inside, in the envelope, so that a reader who passes the bundle on is noticed.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from crypto.age import (
    HybridIdentity,
    HybridRecipient,
    X25519Identity,
    X25519Recipient,
    open_age,
    seal_header,
)
from crypto.archive import (
    ArchiveReader,
    ArchiveWriter,
    Front,
    Member,
    Payload,
    Progress,
    measure,
)
from crypto.errors import LimitExceeded
from crypto.primitives import RandomBytes
from crypto.stream import Sink, Source, StreamSealer, sealed_size

# This module is the door to bundles; the archive behind it is an arrangement.
__all__ = [
    "STANZA_COUNTS",
    "BundleReader",
    "Front",
    "Identities",
    "Member",
    "Payload",
    "Progress",
    "Recipients",
    "Written",
    "complete_recipients",
    "measure",
    "peek",
    "write_bundle",
]

STANZA_COUNTS = (4, 8, 16, 32)
"""How many stanzas a bundle may have, so that it does not show how many readers it has."""

Recipients = tuple[HybridRecipient, ...] | tuple[X25519Recipient, ...]

Identities = Sequence[HybridIdentity | X25519Identity]
"""What may open a bundle; a passphrase never does."""

_SHUFFLE_KEY_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: the sealed file's size and SHA-256, and the size of the tar inside."""

    sealed_bytes: int
    sealed_sha256: bytes
    tar_bytes: int


def complete_recipients(
    recipients: Sequence[HybridRecipient] | Sequence[X25519Recipient], random: RandomBytes
) -> Recipients:
    """The readers and enough invented ones to fill the stanzas, shuffled.

    The caller needs this list for the envelope before `write_bundle` uses it. Raises
    `LimitExceeded` for more readers than the stanzas can hold, and `ValueError` for none, for one
    named twice, or for two kinds: a bundle is only as strong as its weakest stanza.
    """
    kinds = {type(recipient) for recipient in recipients}
    if len(kinds) != 1 or len(set(recipients)) != len(recipients):
        raise ValueError("readers must be of one kind, each named once")
    if len(recipients) > STANZA_COUNTS[-1]:
        raise LimitExceeded("too many readers for one bundle")
    count = next(count for count in STANZA_COUNTS if count >= len(recipients))
    identity = HybridIdentity if kinds == {HybridRecipient} else X25519Identity
    fillers = [identity.generate(random).recipient() for _ in range(count - len(recipients))]
    # Sorting by keys drawn at random is a fair shuffle as long as no two keys are the same.
    return tuple(sorted([*recipients, *fillers], key=lambda _: random(_SHUFFLE_KEY_BYTES)))


def write_bundle(
    sink: Sink,
    recipients: Recipients,
    *,
    envelope: bytes,
    bag_info: Sequence[tuple[str, str]],
    payload: Sequence[Payload],
    signing_seed: bytes,
    random: RandomBytes,
    on_progress: Progress,
    on_size: Callable[[int], object] | None = None,
) -> Written:
    """Write one bundle for `recipients`, which come from `complete_recipients`, into `sink`.

    `on_size` is told how many bytes `sink` will get, before the first of them. Progress is told in
    bytes of the archive. Raises `Tampered` when payload has changed since it
    was measured, `Malformed` for names or texts that no reader would take, and `LimitExceeded`.
    After any error what reached the sink is worthless and must be dropped.
    """
    if len(recipients) not in STANZA_COUNTS or len(set(recipients)) != len(recipients):
        raise ValueError("recipients must come from complete_recipients")
    archive = ArchiveWriter(
        envelope=envelope, bag_info=bag_info, payload=payload, signing_seed=signing_seed
    )
    sealed = _HashingSink(sink)
    beginning, payload_key = seal_header(recipients, random=random)
    if on_size is not None:
        on_size(len(beginning) + sealed_size(archive.size_bytes))
    sealed.write(beginning)
    sealer = StreamSealer(payload_key, sealed)
    archive.write(_ReportingSink(sealer, archive.size_bytes, on_progress))
    sealer.finish()
    return Written(
        sealed_bytes=sealed.size_bytes,
        sealed_sha256=sealed.digest(),
        tar_bytes=archive.size_bytes,
    )


class BundleReader:
    """Reads one bundle; when it has been made, its front has been read and verified.

    Raises `WrongKey` when no identity opens it, otherwise `Malformed`, `Unsupported`,
    `LimitExceeded` or `Tampered`, and whatever `source` raises. Only `finish` says that all of
    it is well. Memory is bounded by the front matter's limit, whatever the bundle says.
    """

    def __init__(self, source: Source, identities: Identities) -> None:
        self._archive = ArchiveReader(open_age(source, identities))

    @property
    def front(self) -> Front:
        """The envelope, the manifest and the signer."""
        return self._archive.front

    def members(self) -> Iterator[Member]:
        """The payload files in order. One that is not read to its end is passed over, verified."""
        return self._archive.members()

    def finish(self) -> None:
        """Read and verify all that is left; it may be called at any time, and again."""
        self._archive.finish()


def peek(source: Source, identities: Identities) -> Front:
    """The verified front alone; whether the payload is whole stays open. Raises the same."""
    return BundleReader(source, identities).front


class _HashingSink:
    """Passes bytes on, counted and hashed."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes | memoryview, /) -> None:
        self._digest.update(data)
        self.size_bytes += len(data)
        self._sink.write(data)

    def digest(self) -> bytes:
        return self._digest.digest()


class _ReportingSink:
    """Passes bytes on and tells how many of all have passed."""

    def __init__(self, sink: Sink, total_bytes: int, on_progress: Progress) -> None:
        self._sink = sink
        self._done_bytes = 0
        self._total_bytes = total_bytes
        self._on_progress = on_progress

    def write(self, data: bytes | memoryview, /) -> None:
        self._sink.write(data)
        self._done_bytes += len(data)
        self._on_progress(self._done_bytes, self._total_bytes)
