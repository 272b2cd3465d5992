"""A real bundle by a trusted contact, taken apart, changed anywhere, signed and sealed again."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crypto import bag, sshsig
from crypto.age import AgeSealer, X25519Recipient
from crypto.archive import padding_size
from crypto.container import complete_recipients
from crypto.tar import END_BYTES, Entry, TarWriter
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, know, unpacked

FILE = b"%PDF-1.4 invented " + bytes(range(256)) * 40
FRONT = frozenset(bag.FRONT_MATTER)
Member = tuple[str, bytes]


@dataclass(slots=True)
class Kit:
    """Two who know each other, and what one sealed for the other, in pieces."""

    folder: Path
    team: Team = field(init=False)
    members: list[Member] = field(init=False)
    sealed: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.team = Team(self.folder)
        self.mallory, self.reader = self.team.members("Mallory", "Reader")
        # Short stanzas: the profile changes nothing of what is tried here.
        know(self.mallory, self.reader, classic=True)
        self.case = support.case_in(self.mallory, "Invented case")
        record = support.interview_in(self.mallory, self.case, account="It was dawn. 他 ئۇ")
        self.mallory.attach(record, io.BytesIO(FILE), file_name="a.pdf")
        (path,) = self.team.sealed(self.mallory, self.reader).files
        self.sealed = path.read_bytes()
        self.members = [
            (name, content)
            for name, content in unpacked(self.reader, [path]).items()
            if name not in FRONT and name != bag.PADDING
        ]
        self.front = {
            name: content
            for name, content in unpacked(self.reader, [path]).items()
            if name in FRONT
        }
        self.envelope: dict[str, Any] = json.loads(self.front[bag.ENVELOPE_JSON])
        self.seed = self.mallory._core.identity.signing_seed

    mallory: Any = field(init=False)
    reader: Any = field(init=False)
    case: str = field(init=False)
    front: dict[str, bytes] = field(init=False)
    envelope: dict[str, Any] = field(init=False)
    seed: bytes = field(init=False)

    @property
    def recipient(self) -> X25519Recipient:
        recipient: X25519Recipient = self.reader.my_card().classic
        return recipient

    def archive(
        self,
        members: Sequence[Member] | None = None,
        *,
        envelope: bytes | Mapping[str, Any] | None = None,
        texts: Mapping[str, bytes] | None = None,
        order: Sequence[str] = bag.FRONT_MATTER,
        listed: Sequence[Member] | None = None,
        padding: bytes | None = None,
        more_padding: int = 0,
        behind: bytes = bytes(END_BYTES),
        namespace: str = sshsig.BUNDLE_NAMESPACE,
        seed: bytes | None = None,
    ) -> bytes:
        """The archive with these changes; what is not given is made to fit."""
        there = self.members if members is None else members
        named = there if listed is None else listed
        outside = self.envelope if envelope is None else envelope
        made = {
            bag.BAGIT_TXT: bag.DECLARATION,
            bag.BAG_INFO_TXT: oxum(named),
            bag.ENVELOPE_JSON: (
                outside if isinstance(outside, bytes) else json.dumps(outside).encode()
            ),
            bag.MANIFEST_TXT: manifest(named),
        } | dict(texts or {})
        made.setdefault(
            bag.TAG_MANIFEST_TXT,
            manifest([(name, made[name]) for name in bag.LISTED_TAG_FILES]),
        )
        made.setdefault(
            bag.SIGNATURE, sshsig.sign(seed or self.seed, made[bag.TAG_MANIFEST_TXT], namespace)
        )
        out = io.BytesIO()
        tar = TarWriter(out)
        for name, content in [*((name, made[name]) for name in order), *there]:
            tar.add(Entry(name=name, size_bytes=len(content)), [content])
        zeros = bytes(padding_size(out.tell() + 512) + more_padding) if padding is None else padding
        tar.add(Entry(name=bag.PADDING, size_bytes=len(zeros)), [zeros])
        return out.getvalue() + behind

    def seal(self, archive: bytes) -> bytes:
        """The archive sealed for the reader, as the trusted contact would."""
        out = io.BytesIO()
        sealer = AgeSealer(out, complete_recipients([self.recipient], os.urandom), os.urandom)
        sealer.write(archive)
        sealer.finish()
        return out.getvalue()

    def changed(self, name: str, change: Callable[[bytes], bytes]) -> list[Member]:
        """The members, one of them changed."""
        assert name in dict(self.members), name
        return [(n, change(c) if n == name else c) for n, c in self.members]

    @property
    def log(self) -> str:
        """The name of the log."""
        return next(name for name, _ in self.members if name.startswith("data/log/"))

    @property
    def file(self) -> str:
        """The name of the file of evidence."""
        return next(name for name, _ in self.members if name.startswith("data/evidence/"))


def peak_bytes() -> int:
    """The most memory that this process has had; what its parent had does not count."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def oxum(members: Sequence[Member]) -> bytes:
    """How many bytes and files there are, as bag-info.txt says it."""
    size_bytes = sum(len(content) for _name, content in members)
    return f"Payload-Oxum: {size_bytes}.{len(members)}\n".encode()


def manifest(members: Sequence[Member]) -> bytes:
    """The list of hashes."""
    return b"".join(
        hashlib.sha256(content).hexdigest().encode() + b"  " + name.encode() + b"\n"
        for name, content in members
    )


def header(archive: bytes, name: str, *changes: tuple[int, bytes], fixes_sum: bool = True) -> bytes:
    """The archive with the tar header of a member changed at these places."""
    start = archive.index(b"bag/" + name.encode() + b"\x00")
    block = bytearray(archive[start : start + 512])
    for place, value in changes:
        block[place : place + len(value)] = value
    if fixes_sum:
        block[148:156] = b"        "
        block[148:156] = b"%06o\x00 " % sum(block)
    return archive[:start] + bytes(block) + archive[start + 512 :]


def before(archive: bytes, name: str, blocks: bytes) -> bytes:
    """The archive with more blocks in front of a member."""
    start = archive.index(b"bag/" + name.encode() + b"\x00")
    return archive[:start] + blocks + archive[start:]


def block(name: bytes, kind: bytes, content: bytes = b"") -> bytes:
    """A header of another kind, and its content in whole blocks."""
    out = bytearray(512)
    out[:100] = name.ljust(100, b"\x00")[:100]
    out[100:148] = (
        b"0000600\x00" + b"0000000\x00" * 2 + b"%011o\x00" % len(content) + b"00000000000\x00"
    )
    out[156:157] = kind
    out[257:265] = b"ustar\x0000"
    out[148:156] = b"        "
    out[148:156] = b"%06o\x00 " % sum(out)
    return bytes(out) + content.ljust(-(-len(content) // 512) * 512, b"\x00")
