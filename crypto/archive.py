"""The signed archive inside a bundle: a bag in a tar, in one order, written and read as streams.

First the texts of the bag and the author's signature, then the payload in the order of its
manifest, then zeros up to the archive's Padmé length. The front covers all that follows, so a
reader can refuse a bundle before it meets any payload, and one manifest line after the other is
the only payload it takes: nothing can be missing, doubled, moved or added.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crypto import bag, sshsig
from crypto.errors import LimitExceeded, Malformed, Tampered
from crypto.objects import padme
from crypto.primitives import sha256
from crypto.stream import CHUNK_BYTES, Sink, Source, read_fully
from crypto.tar import (
    BLOCK_BYTES,
    END_BYTES,
    MAX_TAR_BYTES,
    Entry,
    TarReader,
    TarWriter,
    entry_size,
    padded_size,
)

Chunks = Callable[[], Iterator[bytes]]
"""Gives a file's content from its beginning, the same bytes at each call."""

Progress = Callable[[int, int], object]
"""Told how many bytes of how many are done; what it raises ends the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One file to seal: its name (`data/…`), size in bytes, SHA-256, and where its bytes are."""

    name: str
    size_bytes: int
    sha256: bytes
    chunks: Chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The verified texts in front of the payload; `signer` is a 32-byte Ed25519 key.

    Whether that signer may be believed is the caller's question. `manifest` holds the SHA-256 of
    each payload file by name, in the archive's order; `payload_bytes` is their size together.
    """

    envelope: bytes
    bag_info: Mapping[str, str]
    manifest: Mapping[str, bytes]
    payload_bytes: int
    signer: bytes


def measure(name: str, chunks: Chunks) -> Payload:
    """Run through `chunks` once to learn size and SHA-256; they are run again when sealed."""
    digest = hashlib.sha256()
    size_bytes = 0
    for chunk in chunks():
        digest.update(chunk)
        size_bytes += len(chunk)
    return Payload(name=name, size_bytes=size_bytes, sha256=digest.digest(), chunks=chunks)


class ArchiveWriter:
    """Writes one archive, whose length is known before its first byte.

    Raises `Malformed` for names or texts that no reader would take, and `LimitExceeded`.
    """

    def __init__(
        self,
        *,
        envelope: bytes,
        bag_info: Sequence[tuple[str, str]],
        payload: Sequence[Payload],
        signing_seed: bytes,
    ) -> None:
        self._payload = payload
        self._front = _front_matter(envelope, bag_info, payload, signing_seed)
        sizes = [*map(len, self._front.values()), *(file.size_bytes for file in payload)]
        written_bytes = sum(map(entry_size, sizes)) + BLOCK_BYTES
        self._padding_bytes = padding_size(written_bytes)
        self.size_bytes = written_bytes + self._padding_bytes + END_BYTES
        if self.size_bytes > MAX_TAR_BYTES:
            raise LimitExceeded("archive is too long")

    def write(self, sink: Sink) -> None:
        """Write the archive. Raises `Tampered` when payload is not what its `Payload` says.

        What was written until then is worthless and must be dropped.
        """
        tar = TarWriter(sink)
        for name, text in self._front.items():
            tar.add(Entry(name=name, size_bytes=len(text)), (text,))
        for file in self._payload:
            tar.add(Entry(name=file.name, size_bytes=file.size_bytes), _verified_chunks(file))
        padding = Entry(name=bag.PADDING, size_bytes=self._padding_bytes)
        tar.add(padding, _zeros(self._padding_bytes))
        tar.finish()


class Member:
    """One payload file of an archive, read while the archive is."""

    def __init__(self, entry: Entry, digest: bytes, source: Source) -> None:
        self.name = entry.name
        self.size_bytes = entry.size_bytes
        self.sha256 = digest
        self.is_verified = False
        self._content = self._read(source)

    def chunks(self) -> Iterator[bytes]:
        """What is left of the content. Its end raises `Tampered` when the hash does not fit.

        Nothing may be done with the content before that end, but for keeping it aside.
        """
        return self._content

    def _read(self, source: Source) -> Iterator[bytes]:
        digest = hashlib.sha256()
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            yield chunk
        if digest.digest() != self.sha256:
            raise Tampered("payload does not fit its manifest")
        self.is_verified = True


class ArchiveReader:
    """Reads one archive; when it has been made, the front has been read and verified.

    Raises `Malformed`, `Unsupported`, `LimitExceeded`, `Tampered`, and whatever `source` raises.
    Only `finish` says that all is well.
    """

    def __init__(self, source: Source) -> None:
        self._tar = TarReader(source)
        self._is_whole = False
        self.front = _read_front(self._tar)
        # A generator that raised is at its end for good, so no error can be passed over.
        self._members = self._read_members()

    def members(self) -> Iterator[Member]:
        """The payload files in order. One that is not read to its end is passed over, verified."""
        return self._members

    def finish(self) -> None:
        """Read and verify all that is left; it may be called at any time, and again."""
        for _ in self._members:
            pass
        if not self._is_whole:
            raise Malformed("archive was refused before")

    def _read_members(self) -> Iterator[Member]:
        left_bytes = self.front.payload_bytes
        for name, digest in self.front.manifest.items():
            entry = self._next(name)
            left_bytes -= entry.size_bytes
            if left_bytes < 0:
                raise Malformed("payload is larger than announced")
            member = Member(entry, digest, self._tar)
            yield member
            for _ in member.chunks():
                pass
            if not member.is_verified:
                raise Tampered("payload does not fit its manifest")
        if left_bytes:
            raise Malformed("payload is smaller than announced")
        self._read_padding()
        if self._tar.next() is not None:
            raise Malformed("archive goes on behind its padding")
        self._is_whole = True

    def _read_padding(self) -> None:
        padding = self._next(bag.PADDING)
        if padding.size_bytes != padding_size(self._tar.position_bytes):
            raise Malformed("length of the padding")
        while chunk := self._tar.read(CHUNK_BYTES):
            if chunk.count(0) != len(chunk):
                raise Malformed("padding is not zero")

    def _next(self, name: str) -> Entry:
        return _next_named(self._tar, name)


def padding_size(written_bytes: int) -> int:
    """How many zeros belong in `padding`, whose content begins at `written_bytes`.

    With them and the end blocks the archive is of its Padmé length, in whole blocks.
    """
    least_bytes = written_bytes + END_BYTES
    return padded_size(padme(least_bytes)) - least_bytes


def _front_matter(
    envelope: bytes,
    bag_info: Sequence[tuple[str, str]],
    payload: Sequence[Payload],
    signing_seed: bytes,
) -> Mapping[str, bytes]:
    payload_bytes = sum(file.size_bytes for file in payload)
    info = bag.encode_bag_info(bag_info, payload_bytes=payload_bytes, payload_count=len(payload))
    files = {
        bag.BAGIT_TXT: bag.DECLARATION,
        bag.BAG_INFO_TXT: info,
        bag.ENVELOPE_JSON: envelope,
        bag.MANIFEST_TXT: bag.encode_manifest((file.name, file.sha256) for file in payload),
    }
    tag_manifest = bag.encode_tag_manifest({name: sha256(text) for name, text in files.items()})
    files[bag.TAG_MANIFEST_TXT] = tag_manifest
    files[bag.SIGNATURE] = sshsig.sign(signing_seed, tag_manifest, sshsig.BUNDLE_NAMESPACE)
    if sum(map(len, files.values())) > bag.MAX_FRONT_MATTER_BYTES:
        raise LimitExceeded("front matter is too long")
    return files


def _read_front(tar: TarReader) -> Front:
    untrusted = dict[str, bytes]()
    left_bytes = bag.MAX_FRONT_MATTER_BYTES
    for name in bag.FRONT_MATTER:
        entry = _next_named(tar, name)
        left_bytes -= entry.size_bytes
        if left_bytes < 0:
            raise LimitExceeded("front matter is too long")
        untrusted[name] = read_fully(tar, entry.size_bytes)
    # Nothing is parsed before the signature over the tag manifest, and what that covers, fits.
    tag_manifest = untrusted[bag.TAG_MANIFEST_TXT]
    signer = sshsig.verify(untrusted[bag.SIGNATURE], tag_manifest, sshsig.BUNDLE_NAMESPACE)
    for name, digest in bag.parse_tag_manifest(tag_manifest).items():
        if sha256(untrusted[name]) != digest:
            raise Tampered("front matter does not fit its manifest")
    if untrusted[bag.BAGIT_TXT] != bag.DECLARATION:
        raise Malformed("bagit.txt")
    bag_info, payload_bytes, payload_count = bag.parse_bag_info(untrusted[bag.BAG_INFO_TXT])
    manifest = bag.parse_manifest(untrusted[bag.MANIFEST_TXT])
    if len(manifest) != payload_count:
        raise Malformed("manifest is not as long as announced")
    return Front(
        envelope=untrusted[bag.ENVELOPE_JSON],
        bag_info=bag_info,
        manifest=manifest,
        payload_bytes=payload_bytes,
        signer=signer,
    )


def _next_named(tar: TarReader, name: str) -> Entry:
    entry = tar.next()
    if entry is None or entry.name != name:
        raise Malformed("archive is not in its order")
    return entry


def _verified_chunks(file: Payload) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
        yield chunk
    if digest.digest() != file.sha256:
        raise Tampered("payload changed after it was measured")


def _zeros(size_bytes: int) -> Iterator[bytes]:
    whole, rest = divmod(size_bytes, CHUNK_BYTES)
    for _ in range(whole):
        yield bytes(CHUNK_BYTES)
    yield bytes(rest)
