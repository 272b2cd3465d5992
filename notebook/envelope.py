"""The envelope of a bundle: who sealed what for whom, and what the sealer holds (FORMATS, bundle).

Everything in it is signed with the bundle. A reader acts on nothing before that was verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NoReturn

from crypto import labels
from crypto.errors import LimitExceeded, Unsupported
from crypto.primitives import sha256, tagged_hash
from notebook import journal, strict_json
from notebook.model import JsonValue

VERSION = 2
RECEIPT = "receipt"
KINDS = ("full", "delta", RECEIPT, "withdrawal", "draft")
MAX_BYTES = 16 * 1024 * 1024
_KEYS = (
    "v", "critical", "bundle", "kind", "cases", "sealer", "day", "to", "chain", "have", "holds",
    "evidence", "belongs", "omitted",
)  # fmt: skip


class BadEnvelope(Exception):
    """The envelope is not one that this program can obey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Have:
    """What the sealer holds of one case: tips of linked entries, and what they lack."""

    tips: Mapping[str, tuple[str, ...]]
    """By author; more than one after a fork."""
    lacks: tuple[str, ...] = ()
    """`entry:part` for values, 64 hex digits for evidence that is named and not there."""

    def ids(self) -> tuple[str, ...]:
        """The tips of all authors."""
        return tuple(sorted(tip for tips in self.tips.values() for tip in tips))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The entries of one author in a bundle: after which, up to which, how many."""

    after: str
    up_to: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What stands on the outside of the inside."""

    bundle: str
    kind: str
    cases: tuple[str, ...]
    sealer: str
    day: str
    to: tuple[str, ...]
    chain: Mapping[str, str] = field(default_factory=dict)
    have: Mapping[str, Have] = field(default_factory=dict)
    holds: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)
    evidence: Mapping[str, int] = field(default_factory=dict)
    """SHA-256 and size in bytes of each evidence file inside."""
    belongs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Case and the files inside that came with it: a reader passes them on with no other case."""
    omitted: tuple[str, ...] = ()
    """Evidence left out on purpose, by SHA-256."""
    critical: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """The bytes that are listed in the manifest and so signed."""
        return strict_json.dump(
            {
                "v": VERSION,
                "critical": list(self.critical),
                "bundle": self.bundle,
                "kind": self.kind,
                "cases": list(self.cases),
                "sealer": self.sealer,
                "day": self.day,
                "to": list(self.to),
                "chain": dict(self.chain),
                "have": {
                    case: {
                        "tips": {author: list(tips) for author, tips in have.tips.items()},
                        "lacks": list(have.lacks),
                    }
                    for case, have in self.have.items()
                },
                "holds": {
                    case: {
                        author: {"after": r.after, "to": r.up_to, "count": r.count}
                        for author, r in ranges.items()
                    }
                    for case, ranges in self.holds.items()
                },
                "evidence": dict(self.evidence),
                "belongs": {case: list(files) for case, files in self.belongs.items()},
                "omitted": list(self.omitted),
            }
        )


def fitting(outside: Envelope) -> bytes:
    """The bytes of an envelope that every reader takes. Raises `LimitExceeded`.

    What is held of a case, and lacked, is said only where there is room for it: who hears nothing
    of it sends again what they are not known to have sent, and nothing is lost. A receipt says
    nothing else.
    """
    encoded = outside.encode()
    while len(encoded) > MAX_BYTES and outside.have and outside.kind != RECEIPT:
        have = dict(outside.have)
        del have[max(have, key=lambda case: len(have[case].lacks))]
        outside = replace(outside, have=have)
        encoded = outside.encode()
    if len(encoded) > MAX_BYTES:
        raise LimitExceeded("the envelope is too long")
    return encoded


def reader_tag(bundle: str, recipient: str) -> str:
    """How a reader finds themselves in `to`: nobody without the recipient string can."""
    tag = tagged_hash(labels.READER_TAG, bytes.fromhex(bundle), recipient.encode("ascii"))
    return tag.hex()


def digest(envelope_bytes: bytes) -> bytes:
    """The hash that the next envelope for the same reader names."""
    return sha256(envelope_bytes)


def parse(untrusted: bytes) -> Envelope:
    """Read an envelope. Raises `BadEnvelope`, and `Unsupported` for one of a newer version."""
    try:
        fields = _mapping(strict_json.parse(untrusted, max_bytes=MAX_BYTES))
    except strict_json.BadJson:
        raise BadEnvelope("not an envelope") from None
    # The version says which keys there are, so it is looked at before them.
    if _count(fields.get("v")) > VERSION:
        raise Unsupported("version of the envelope")
    if fields["v"] != VERSION or fields.keys() != set(_KEYS):
        _refuse("keys")
    critical = _texts(fields["critical"])
    kind = _text(fields["kind"])
    if kind not in KINDS:
        _refuse("kind")
    found = Envelope(
        bundle=_hex(fields["bundle"], 16),
        kind=kind,
        cases=tuple(_hex(case, 16) for case in _list(fields["cases"])),
        sealer=_hex(fields["sealer"], 32),
        day=_day(fields["day"]),
        to=tuple(_hex(tag, 32) for tag in _list(fields["to"])),
        chain={_hex(k, 32): _hex(v, 32) for k, v in _mapping(fields["chain"]).items()},
        have={_hex(k, 16): _have(v) for k, v in _mapping(fields["have"]).items()},
        holds={
            _hex(case, 16): {_hex(a, 32): _range(r) for a, r in _mapping(ranges).items()}
            for case, ranges in _mapping(fields["holds"]).items()
        },
        evidence={_hex(k, 32): _count(v) for k, v in _mapping(fields["evidence"]).items()},
        belongs={
            _hex(case, 16): tuple(_hex(sha, 32) for sha in _list(files))
            for case, files in _mapping(fields["belongs"]).items()
        },
        omitted=tuple(_hex(sha, 32) for sha in _list(fields["omitted"])),
        critical=critical,
    )
    if not {*found.have, *found.holds, *found.belongs} <= set(found.cases):
        _refuse("a case that is not named")
    if not {sha for files in found.belongs.values() for sha in files} <= found.evidence.keys():
        _refuse("a file that is not inside")
    return found


def check_critical(envelope: Envelope) -> None:
    """Raise `Unsupported` for a bundle that asks for what this program does not know.

    Asked after who sealed it and for whom: a stranger's bundle waits, and one for others is told.
    """
    if envelope.critical:
        raise Unsupported("the bundle asks for what this program does not know")


def _have(untrusted: JsonValue) -> Have:
    fields = _mapping(untrusted)
    if fields.keys() != {"tips", "lacks"}:
        _refuse("have")
    return Have(
        tips={
            _hex(author, 32): tuple(_hex(tip, 32) for tip in _list(tips))
            for author, tips in _mapping(fields["tips"]).items()
        },
        lacks=tuple(_lack(lack) for lack in _list(fields["lacks"])),
    )


def _lack(untrusted: JsonValue) -> str:
    text = _text(untrusted)
    if ":" not in text:
        return _hex(text, 32)
    try:
        return str(journal.parse_ref(text))
    except journal.BadEntry:
        _refuse("lacks")


def _day(untrusted: JsonValue) -> str:
    text = _text(untrusted)
    try:
        is_day = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        _refuse("day")
    return text


def _range(untrusted: JsonValue) -> Range:
    fields = _mapping(untrusted)
    if fields.keys() != {"after", "to", "count"}:
        _refuse("holds")
    after = fields["after"]
    return Range(
        after="" if after == "" else _hex(after, 32),
        up_to=_hex(fields["to"], 32),
        count=_count(fields["count"]),
    )


def _mapping(untrusted: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(untrusted, dict):
        _refuse("object")
    return untrusted


def _list(untrusted: JsonValue) -> list[JsonValue]:
    if not isinstance(untrusted, list):
        _refuse("list")
    return untrusted


def _texts(untrusted: JsonValue) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(untrusted))


def _text(untrusted: JsonValue) -> str:
    if not isinstance(untrusted, str) or len(untrusted) > 100 or not untrusted.isascii():
        _refuse("text")
    return untrusted


def _count(untrusted: JsonValue) -> int:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or untrusted < 0:
        _refuse("count")
    return untrusted


def _hex(untrusted: JsonValue, length_bytes: int) -> str:
    text = _text(untrusted)
    if len(text) != 2 * length_bytes or not set(text) <= set("0123456789abcdef"):
        _refuse("hex")
    return text


def _refuse(what: str) -> NoReturn:
    raise BadEnvelope(what)
