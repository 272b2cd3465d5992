"""The journal's lines: how an entry is composed, signed, read back and checked.

Pure functions over bytes (FORMATS, journal). An entry commits to each part by two salted
hashes, one over its frame (which field of which record it writes) and one over its value, so
that content can be withheld or destroyed and the chain still verifies.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from crypto import labels, primitives
from crypto.errors import CryptoError
from notebook import strict_json
from notebook.model import AuthorId, CaseId, EntryId, JsonValue, Kind, RecordId

VERSION = 1
MAX_PARTS = 4096
SALT_BYTES = 32

# RFC 3339 in UTC; whether there is such a day does not matter, as no time decides anything.
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
_HEADER_KEYS = ("v", "case", "dev", "log", "seq", "prev", "seen", "t", "kind", "parts")
_HEX_DIGITS = frozenset("0123456789abcdef")
_LINE_KEYS = ("h", "s", "p")
_PART_BYTES = 200
"""More than a line takes for the salts and keys of a part, and for its own keys and signature."""


class BadEntry(Exception):
    """A line of the journal is not one, or its signature or commitments do not fit."""


@dataclass(frozen=True, slots=True)
class PartRef:
    """One part of one entry, written `entry:part`."""

    entry: EntryId
    part: int

    def __str__(self) -> str:
        return f"{self.entry}:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which field of which record a part writes, and the parts it replaces."""

    record: RecordId
    field: str
    base: tuple[PartRef, ...] = ()

    def encode(self) -> bytes:
        """The bytes that are hashed and stored."""
        return strict_json.dump(
            {"record": self.record, "field": self.field, "base": [str(ref) for ref in self.base]}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What the header holds of a part: two salted hashes (hex) and the length bucket."""

    frame: str
    value: str
    bucket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands beside the header: frame and value with their salts, as far as they are here.

    Carried whole: all four. Destroyed: frame only. Withheld: nothing.
    """

    frame_salt: bytes | None = None
    frame: bytes | None = None
    value_salt: bytes | None = None
    value: bytes | None = None

    def without_value(self) -> "Part":
        """The part as it is after its content was destroyed."""
        return Part(frame_salt=self.frame_salt, frame=self.frame)


WITHHELD = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The signed header of an entry."""

    case: CaseId
    author: AuthorId
    log: str
    seq: int
    prev: str
    """The author's last known entry in this case, or empty."""
    seen: tuple[EntryId, ...]
    time: str
    kind: str
    """A `Kind`, or a kind of a later version, kept and passed on."""
    parts: tuple[Commitment, ...]

    def encode(self) -> bytes:
        """The bytes that are hashed, signed and stored."""
        return strict_json.dump(
            {
                "v": VERSION,
                "case": self.case,
                "dev": self.author,
                "log": self.log,
                "seq": self.seq,
                "prev": self.prev,
                "seen": list(self.seen),
                "t": self.time,
                "kind": self.kind,
                "parts": [{"f": p.frame, "c": p.value, "n": p.bucket} for p in self.parts],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: its exact header bytes, what they say, the signature, and the parts."""

    id: EntryId
    header_bytes: bytes
    header: Header
    signature: bytes
    parts: tuple[Part, ...]

    def frames(self) -> tuple[Frame | None, ...]:
        """The frame of each part, where it is here. Raises `BadEntry`."""
        return tuple(None if p.frame is None else parse_frame(p.frame) for p in self.parts)

    @property
    def fits_a_line(self) -> bool:
        """Whether every reader takes the line that travels in a bundle."""
        # Encoded once more as text, no byte becomes more than two: most need not be tried.
        content = (len(p.frame or b"") + len(p.value or b"") + _PART_BYTES for p in self.parts)
        most = 2 * (len(self.header_bytes) + sum(content)) + _PART_BYTES
        limit = strict_json.MAX_LINE_BYTES
        return most <= limit or len(self.encode_line()) - 1 <= limit

    def encode_line(self, parts: Sequence[Part] | None = None) -> bytes:
        """The line that travels in a bundle, newline included; `parts` may hold less."""
        return (
            strict_json.dump(
                {
                    "h": self.header_bytes.decode("utf-8"),
                    "s": self.signature.hex(),
                    "p": [_part_json(part) for part in (self.parts if parts is None else parts)],
                }
            )
            + b"\n"
        )


def entry_id(header_bytes: bytes) -> EntryId:
    """`H("fn/entry/1", header)` in hex."""
    return EntryId(primitives.tagged_hash(labels.ENTRY_TAG, header_bytes).hex())


def signed_message(header_bytes: bytes) -> bytes:
    """The bytes that an author signs."""
    return labels.ENTRY_TAG.encode("ascii") + b"\x00" + header_bytes


def value_commitment(salt: bytes, value: bytes) -> bytes:
    """`H("fn/value/1", salt, value)`."""
    return primitives.tagged_hash(labels.VALUE_TAG, salt, value)


def frame_commitment(salt: bytes, frame: bytes) -> bytes:
    """`H("fn/frame/1", salt, frame)`."""
    return primitives.tagged_hash(labels.FRAME_TAG, salt, frame)


def bucket(length_bytes: int) -> int:
    """A value's length rounded up to a power of two: all that a withheld part shows of it."""
    return 1 << max(length_bytes - 1, 0).bit_length()


def compose(
    *,
    case: CaseId,
    log: str,
    seq: int,
    prev: str,
    seen: Iterable[EntryId],
    time: str,
    kind: Kind,
    parts: Sequence[tuple[Frame, JsonValue]],
    signing_seed: bytes,
    author: AuthorId | None = None,
    random: primitives.RandomBytes,
) -> Entry:
    """Make and sign one entry. Raises `strict_json.BadJson` for a value that JSON cannot hold.

    `author` is whose seed it is, where that is known already.
    """
    if not 0 < len(parts) <= MAX_PARTS:
        raise BadEntry("number of parts")
    carried: list[Part] = []
    commitments: list[Commitment] = []
    for frame, value in parts:
        frame_salt, value_salt = random(SALT_BYTES), random(SALT_BYTES)
        frame_bytes, value_bytes = frame.encode(), strict_json.dump(value)
        carried.append(
            Part(frame_salt=frame_salt, frame=frame_bytes, value_salt=value_salt, value=value_bytes)
        )
        commitments.append(
            Commitment(
                frame=frame_commitment(frame_salt, frame_bytes).hex(),
                value=value_commitment(value_salt, value_bytes).hex(),
                bucket=bucket(len(value_bytes)),
            )
        )
    header = Header(
        case=case,
        author=author or AuthorId(primitives.ed25519_public(signing_seed).hex()),
        log=log,
        seq=seq,
        prev=prev,
        seen=tuple(seen),
        time=time,
        kind=kind,
        parts=tuple(commitments),
    )
    header_bytes = header.encode()
    return Entry(
        id=entry_id(header_bytes),
        header_bytes=header_bytes,
        header=header,
        signature=primitives.ed25519_sign(signing_seed, signed_message(header_bytes)),
        parts=tuple(carried),
    )


def parse_line(untrusted: bytes) -> Entry:
    """Read a line without checking its signature. Raises `BadEntry`."""
    try:
        line = strict_json.parse_object(untrusted, _LINE_KEYS)
        header_text, signature, parts = line["h"], line["s"], line["p"]
        if not isinstance(header_text, str) or not isinstance(parts, list):
            _refuse("line")
        header_bytes = header_text.encode("utf-8")
        header = parse_header(header_bytes)
        if len(parts) != len(header.parts):
            _refuse("number of parts")
        return Entry(
            id=entry_id(header_bytes),
            header_bytes=header_bytes,
            header=header,
            signature=bytes.fromhex(_hex(signature, 64)),
            parts=tuple(_part(part) for part in parts),
        )
    except strict_json.BadJson:
        raise BadEntry("not JSON as allowed") from None


def parse_header(untrusted: bytes) -> Header:
    """Read header bytes. Raises `BadEntry`."""
    try:
        fields = strict_json.parse_object(untrusted, _HEADER_KEYS)
    except strict_json.BadJson:
        raise BadEntry("header") from None
    seq, time, kind, seen, parts = (fields[key] for key in ("seq", "t", "kind", "seen", "parts"))
    if fields["v"] != VERSION or isinstance(fields["v"], bool):
        _refuse("version")
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 0:
        _refuse("seq")
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        _refuse("time")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        _refuse("kind")
    if not isinstance(seen, list) or not isinstance(parts, list):
        _refuse("lists")
    if not 0 < len(parts) <= MAX_PARTS:
        _refuse("number of parts")
    prev = fields["prev"]
    return Header(
        case=CaseId(_hex(fields["case"], 16)),
        author=AuthorId(_hex(fields["dev"], 32)),
        log=_hex(fields["log"], 16),
        seq=seq,
        prev="" if prev == "" else _hex(prev, 32),
        seen=tuple(EntryId(_hex(tip, 32)) for tip in seen),
        time=time,
        kind=kind,
        parts=tuple(_commitment(part) for part in parts),
    )


def parse_frame(untrusted: bytes) -> Frame:
    """Read frame bytes. Raises `BadEntry`."""
    try:
        fields = strict_json.parse_object(untrusted, ("record", "field", "base"))
    except strict_json.BadJson:
        raise BadEntry("frame") from None
    name, base = fields["field"], fields["base"]
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not isinstance(base, list):
        _refuse("frame")
    refs = tuple(parse_ref(ref) for ref in base)
    if len(set(refs)) != len(refs):
        _refuse("repeated base")
    return Frame(record=RecordId(_hex(fields["record"], 16)), field=name, base=refs)


def parse_ref(untrusted: JsonValue) -> PartRef:
    """Read `entry:part`. Raises `BadEntry`."""
    if not isinstance(untrusted, str):
        _refuse("reference")
    entry, separator, number = untrusted.partition(":")
    if not separator or not number.isascii() or not number.isdigit() or len(number) > 4:
        _refuse("reference")
    if str(int(number)) != number or int(number) >= MAX_PARTS:
        _refuse("reference")
    return PartRef(EntryId(_hex(entry, 32)), int(number))


def check_signature(entry: Entry) -> None:
    """Raise `BadEntry` unless the author signed these exact header bytes."""
    try:
        primitives.ed25519_verify(
            bytes.fromhex(entry.header.author), signed_message(entry.header_bytes), entry.signature
        )
    except CryptoError:
        raise BadEntry("signature") from None


def check_parts(entry: Entry) -> None:
    """Raise `BadEntry` unless every frame and value that is here fits its commitment."""
    for part, commitment in zip(entry.parts, entry.header.parts, strict=True):
        check_part(part, commitment)


def check_part(part: Part, commitment: Commitment) -> None:
    """Raise `BadEntry` unless what is here of a part fits its commitment."""
    if (
        part.frame is not None
        and part.frame_salt is not None
        and frame_commitment(part.frame_salt, part.frame).hex() != commitment.frame
    ):
        _refuse("frame commitment")
    if part.value is not None and part.value_salt is not None:
        if value_commitment(part.value_salt, part.value).hex() != commitment.value:
            _refuse("value commitment")
        if bucket(len(part.value)) != commitment.bucket:
            _refuse("length bucket")


def _part_json(part: Part) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    if part.frame is not None and part.frame_salt is not None:
        members |= {"fk": part.frame_salt.hex(), "f": part.frame.decode("utf-8")}
        if part.value is not None and part.value_salt is not None:
            members |= {"k": part.value_salt.hex(), "v": part.value.decode("utf-8")}
    return members


def _part(untrusted: JsonValue) -> Part:
    if not isinstance(untrusted, dict):
        _refuse("part")
    if untrusted.keys() not in (set(), {"fk", "f"}, {"fk", "f", "k", "v"}):
        _refuse("part keys")
    if not untrusted:
        return WITHHELD
    frame, value = untrusted["f"], untrusted.get("v")
    if not isinstance(frame, str):
        _refuse("frame")
    frame_salt = bytes.fromhex(_hex(untrusted["fk"], SALT_BYTES))
    frame_bytes = frame.encode("utf-8")
    parse_frame(frame_bytes)
    if "v" not in untrusted:
        return Part(frame_salt=frame_salt, frame=frame_bytes)
    if not isinstance(value, str):
        _refuse("value")
    value_bytes = value.encode("utf-8")
    strict_json.parse(value_bytes)
    return Part(
        frame_salt=frame_salt,
        frame=frame_bytes,
        value_salt=bytes.fromhex(_hex(untrusted["k"], SALT_BYTES)),
        value=value_bytes,
    )


def _commitment(untrusted: JsonValue) -> Commitment:
    if not isinstance(untrusted, dict) or untrusted.keys() != {"f", "c", "n"}:
        _refuse("commitment")
    size = untrusted["n"]
    if not isinstance(size, int) or isinstance(size, bool) or size < 1 or size & (size - 1):
        _refuse("length bucket")
    return Commitment(frame=_hex(untrusted["f"], 32), value=_hex(untrusted["c"], 32), bucket=size)


def _hex(untrusted: JsonValue, length_bytes: int) -> str:
    """Lower-case hex of exactly this many bytes."""
    if (
        not isinstance(untrusted, str)
        or len(untrusted) != 2 * length_bytes
        or not _HEX_DIGITS.issuperset(untrusted)
    ):
        _refuse("hex")
    return untrusted


def _refuse(what: str) -> NoReturn:
    raise BadEntry(what)
