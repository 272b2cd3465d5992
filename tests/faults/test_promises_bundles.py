"""P11: whatever a trusted contact signs, the reader is total and nothing outside staging changes.

All bundles of the table are opened one by one in a process of its own that may use 512 MiB, and
20 seconds of the processor for each; then again, all in one command, by the command line.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto import bag, primitives, sshsig
from crypto.age import AgeSealer, ScryptRecipient, X25519Recipient
from notebook import journal
from notebook.errors import Code, NotebookError
from tests.faults.support_hostile import FILE, Kit, before, block, header, manifest, oxum
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import Dump, dump, files_of
from tests.support import REPOSITORY

MIB = 1024 * 1024
MOST_BYTES = 512 * MIB
MOST_SECONDS = 20
REFUSED = {Code.BUNDLE_DAMAGED, Code.BUNDLE_REFUSED}
README = "data/readme.txt"
LOW_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


def renamed(kit: Kit, name: str) -> bytes:
    """A member under another name, in the manifest and the archive alike; by hand, unchecked."""
    members = [(n, c) for n, c in kit.members if n != README]
    good = kit.archive([(README, b"x"), *members])
    listed = manifest([(name, b"x"), *members])
    archive = kit.archive([(README, b"x"), *members], texts={bag.MANIFEST_TXT: listed})
    assert len(archive) >= len(good) - 8192
    encoded = name.encode()[:96]
    return header(archive, README, (4, encoded.ljust(96, b"\x00")))


def line(kit: Kit, change: Callable[[bytes], bytes]) -> bytes:
    """The first line of the log changed, everything else made to fit."""

    def first(content: bytes) -> bytes:
        start, feed, rest = content.partition(b"\n")
        return change(start) + feed + rest

    return kit.archive(kit.changed(kit.log, first))


def resigned(kit: Kit, **said: object) -> Callable[[bytes], bytes]:
    """A line with another header, signed again."""

    def change(start: bytes) -> bytes:
        parsed = json.loads(start)
        text = json.dumps(json.loads(parsed["h"]) | said)
        message = journal.signed_message(text.encode())
        signature = primitives.ed25519_sign(kit.seed, message).hex()
        return json.dumps(parsed | {"h": text, "s": signature}).encode()

    return change


def with_file(kit: Kit, content: bytes, suffix: str) -> bytes:
    """Another file in the place of the evidence; what names it stays behind."""
    sha = hashlib.sha256(content).hexdigest()
    members = [(n, c) for n, c in kit.members if n != kit.file]
    return kit.archive(
        [*members, (f"data/evidence/{sha}.{suffix}", content)],
        envelope=kit.envelope | {"evidence": {sha: len(content)}, "belongs": {kit.case: [sha]}},
    )


def png(width: int, height: int) -> bytes:
    """A picture of a few hundred bytes that claims to be as large as this."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + crc

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    pixels = zlib.compress(bytes(4 * MIB), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + b"\x08\x02\x00\x00\x00")
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def signature(kit: Kit, change: Callable[[bytes], bytes]) -> bytes:
    """The bundle's signature as text, changed."""
    good = kit.archive()
    texts = {bag.SIGNATURE: change(signed_text(kit))}
    assert good
    return kit.archive(texts=texts)


def signed_text(kit: Kit) -> bytes:
    tag_manifest = manifest(
        [
            (bag.BAGIT_TXT, bag.DECLARATION),
            (bag.BAG_INFO_TXT, oxum(kit.members)),
            (bag.ENVELOPE_JSON, json.dumps(kit.envelope).encode()),
            (bag.MANIFEST_TXT, manifest(kit.members)),
        ]
    )
    return sshsig.sign(kit.seed, tag_manifest, sshsig.BUNDLE_NAMESPACE)


def forged_signature(public: bytes, value: bytes, kind: bytes = b"ssh-ed25519") -> bytes:
    """An SSHSIG of any key and any value."""

    def string(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    blob = string(kind) + string(public)
    body = (
        b"SSHSIG\x00\x00\x00\x01"
        + string(blob)
        + string(sshsig.BUNDLE_NAMESPACE.encode())
        + string(b"")
        + string(b"sha512")
        + string(string(kind) + string(value))
    )
    text = base64.b64encode(body).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    joined = "\n".join(lines)
    return f"-----BEGIN SSH SIGNATURE-----\n{joined}\n-----END SSH SIGNATURE-----\n".encode()


WRONG: tuple[object, ...] = (None, -1, "../x", {"x": []}, [["x"]], True, 10**20)

# What follows is sealed for the reader as it stands.
ARCHIVES: dict[str, Callable[[Kit], bytes]] = {
    # Names.
    **{
        f"a name: {name!r}": lambda kit, name=name: renamed(kit, name)  # type: ignore[misc]  # as the test means
        for name in (
            "../../../../tmp/x",
            "data/../../x",
            "/etc/passwd",
            "data//x",
            "data/..\\x",
            "c:/x",
            "data/c:x",
            "data/\u202etxt.exe",
            "data/nul",
            "data/con.txt",
            "data/lpt1",
            "data/x.",
            "data/x ",
            "data/A",
            "data/\u00e9",
            "data/e\u0301",
            "data/\uff0e\uff0e/x",
            "data/.x",
            "data",
            "bagit.txt",
            "padding",
            "fetch.txt",
            "envelope.json",
            "x" * 96,
            "data/x\x01",
        )
    },
    "a name with NUL in it": lambda kit: header(kit.archive(), README, (10, b"\x00x")),
    "twins but for the case": lambda kit: header(
        kit.archive([*kit.members, ("data/view/zz.html", b"x")]), "data/view/zz.html", (14, b"ZZ")
    ),
    "a name in the prefix": lambda kit: header(kit.archive(), README, (345, b"../../etc")),
    # Kinds of members.
    **{
        f"a member of kind {kind!r}": lambda kit, kind=kind: header(  # type: ignore[misc]  # as the test means
            kit.archive(), README, (156, kind), (157, b"/etc/passwd")
        )
        for kind in (b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"S", b"V", b"M", b"\x00", b"A")
    },
    **{
        f"a header of kind {kind!r} in front": lambda kit, kind=kind: before(  # type: ignore[misc]  # as the test means
            kit.archive(), README, block(b"././@LongLink", kind, b"../../../etc/passwd\x00")
        )
        for kind in (b"L", b"K", b"g", b"x", b"N", b"X", b"D")
    },
    "pax: a path": lambda kit: before(
        kit.archive(), README, block(b"bag/" + README.encode(), b"x", b"22 path=../../x.txt   \n")
    ),
    "pax: a negative size": lambda kit: before(
        kit.archive(), README, block(b"bag/" + README.encode(), b"x", b"20 size=-8589934592\n")
    ),
    "pax: a size that needs no pax": lambda kit: before(
        kit.archive(), README, block(b"bag/" + README.encode(), b"x", b"19 size=0000000000\n")
    ),
    "pax: sparse": lambda kit: before(
        kit.archive(),
        README,
        block(b"bag/x", b"x", b"22 GNU.sparse.major=1\n30 GNU.sparse.realsize=1\n"),
    ),
    # Numbers.
    "a wrong checksum": lambda kit: header(
        kit.archive(), README, (148, b"000000\x00 "), fixes_sum=False
    ),
    "a negative size in base 256": lambda kit: header(kit.archive(), README, (124, b"\xff" * 12)),
    "a size in base 256": lambda kit: header(
        kit.archive(), README, (124, b"\x80" + bytes(7) + b"\x00\x00\xff\xff")
    ),
    "a size of 8 GiB less one": lambda kit: header(
        kit.archive(), README, (124, b"77777777777\x00")
    ),
    "a size that is no number": lambda kit: header(
        kit.archive(), README, (124, b"99999999999\x00")
    ),
    "a size with spaces": lambda kit: header(kit.archive(), README, (124, b"         17\x00")),
    "a mode with setuid": lambda kit: header(kit.archive(), README, (100, b"0004755\x00")),
    "an owner": lambda kit: header(kit.archive(), README, (265, b"root")),
    "a time": lambda kit: header(kit.archive(), README, (136, b"14000000000\x00")),
    "a device": lambda kit: header(kit.archive(), README, (329, b"0000001\x00")),
    "the magic of GNU": lambda kit: header(kit.archive(), README, (257, b"ustar  \x00")),
    "no magic": lambda kit: header(kit.archive(), README, (257, bytes(8))),
    # Members.
    "a member twice": lambda kit: kit.archive([kit.members[0], *kit.members], listed=kit.members),
    "a member too few": lambda kit: kit.archive(kit.members[1:], listed=kit.members),
    "a member too many": lambda kit: kit.archive(
        [*kit.members, ("data/more", b"x")], listed=kit.members
    ),
    "members in another order": lambda kit: kit.archive(kit.members[::-1], listed=kit.members),
    "no members": lambda kit: kit.archive([], listed=kit.members),
    "a front without a signature": lambda kit: kit.archive(order=bag.FRONT_MATTER[:-1]),
    "fetch.txt": lambda kit: kit.archive(
        texts={"fetch.txt": b"http://192.0.2.1/x 1 data/x\n"},
        order=(*bag.FRONT_MATTER, "fetch.txt"),
    ),
    "nothing": lambda kit: b"",
    "zeros": lambda kit: bytes(10 * 512),
    "a gigabyte of zeros": lambda kit: bytes(2**20) * 40,
    # What lists say.
    "another hash": lambda kit: kit.archive(
        texts={bag.MANIFEST_TXT: manifest(kit.members).replace(b"a", b"b", 1)}
    ),
    "a manifest that says more": lambda kit: kit.archive(
        texts={bag.MANIFEST_TXT: manifest(kit.members) + b"0" * 64 + b"  data/more\n"}
    ),
    "a manifest of 200,001 lines": lambda kit: kit.archive(
        texts={
            bag.MANIFEST_TXT: b"".join(b"0" * 64 + b"  data/%d\n" % n for n in range(200_001)),
            bag.BAG_INFO_TXT: b"Payload-Oxum: 0.200001\n",
        }
    ),
    "a front of 64 MiB and more": lambda kit: kit.archive(envelope=b" " * (65 * MIB)),
    "a huge Payload-Oxum": lambda kit: kit.archive(
        texts={bag.BAG_INFO_TXT: b"Payload-Oxum: 999999999999999.9999999\n"}
    ),
    "a small Payload-Oxum": lambda kit: kit.archive(
        texts={bag.BAG_INFO_TXT: f"Payload-Oxum: 1.{len(kit.members)}\n".encode()}
    ),
    "many lines of bag-info": lambda kit: kit.archive(
        texts={bag.BAG_INFO_TXT: b"A: b\n" * 1_000_000}
    ),
    "a list of lists that lies": lambda kit: kit.archive(
        texts={bag.TAG_MANIFEST_TXT: manifest([("bagit.txt", b"")])}
    ),
    # The end.
    "a block of padding too much": lambda kit: kit.archive(more_padding=512),
    "a byte of padding too much": lambda kit: kit.archive(more_padding=1),
    "padding that is not zero": lambda kit: kit.archive(padding=b"x" * 512),
    "gigantic padding": lambda kit: kit.archive(padding=bytes(80 * MIB)),
    "no end": lambda kit: kit.archive(behind=b""),
    "half an end": lambda kit: kit.archive(behind=bytes(512)),
    "a byte behind the end": lambda kit: kit.archive(behind=bytes(1025)),
    "an archive behind the end": lambda kit: kit.archive() * 2,
    # The signature.
    "no signature": lambda kit: signature(kit, lambda _text: b""),
    "the signature for another purpose": lambda kit: kit.archive(namespace="file"),
    "the signature of another": lambda kit: kit.archive(seed=bytes(range(32))),
    "a signature of another kind of key": lambda kit: signature(
        kit, lambda _text: forged_signature(bytes(270), bytes(256), b"ssh-rsa")
    ),
    "a signature by a security key": lambda kit: signature(
        kit, lambda _text: forged_signature(bytes(32), bytes(64), b"sk-ssh-ed25519@openssh.com")
    ),
    **{
        f"a signature by key {number} of low order": lambda kit, key=key: signature(  # type: ignore[misc]  # as the test means
            kit, lambda _text: forged_signature(key, key + bytes(32))
        )
        for number, key in enumerate(LOW_ORDER)
    },
    "a signature with a larger S": lambda kit: signature(kit, malleable),
    "a signature of 10 MiB": lambda kit: signature(kit, lambda text: text * (10 * MIB // 300)),
    # The envelope.
    "an envelope that is no JSON": lambda kit: kit.archive(envelope=b"{"),
    "an envelope in UTF-16": lambda kit: kit.archive(
        envelope=json.dumps(kit.envelope).encode("utf-16")
    ),
    "an envelope that is no UTF-8": lambda kit: kit.archive(envelope=b'{"v": "\xff"}'),
    "a deep envelope": lambda kit: kit.archive(envelope=b"[" * 5_000_000),
    "a key twice": lambda kit: kit.archive(
        envelope=json.dumps(kit.envelope).encode().replace(b'"v": ', b'"v": 1, "v": ', 1)
    ),
    "not a number": lambda kit: kit.archive(envelope=b'{"v": NaN}'),
    "a number of a million digits": lambda kit: kit.archive(
        envelope=b'{"v": ' + b"9" * 1_000_000 + b"}"
    ),
    "a lone surrogate": lambda kit: kit.archive(envelope=b'{"v": "\\ud800"}'),
    "an envelope of 16 MiB and more": lambda kit: kit.archive(
        envelope=b'{"v": 2' + b" " * (16 * MIB) + b"}"
    ),
    "a million readers that are none": lambda kit: kit.archive(
        envelope=kit.envelope | {"to": ["x"] * 1_000_000}
    ),
    **{
        f"an envelope whose {key} is {value!r}": lambda kit, key=key, value=value: kit.archive(  # type: ignore[misc]  # as the test means
            envelope=kit.envelope | {key: value}
        )
        for key in (
            "v",
            "critical",
            "bundle",
            "kind",
            "cases",
            "sealer",
            "day",
            "to",
            "chain",
            "have",
            "holds",
            "evidence",
            "belongs",
            "omitted",
        )
        for value in WRONG
    },
    "holds that count less": lambda kit: kit.archive(envelope=counted(kit, -1)),
    "holds that count more": lambda kit: kit.archive(envelope=counted(kit, 1)),
    "holds that count to 2**53": lambda kit: kit.archive(envelope=counted(kit, 2**53 - 100)),
    "evidence of another size": lambda kit: kit.archive(
        envelope=kit.envelope | {"evidence": dict.fromkeys(kit.envelope["evidence"], 1)}
    ),
    "evidence that is not there": lambda kit: kit.archive(
        envelope=kit.envelope | {"evidence": {"ab" * 32: 5} | kit.envelope["evidence"]}
    ),
    "no evidence in the envelope": lambda kit: kit.archive(
        envelope=kit.envelope | {"evidence": {}, "belongs": {}}
    ),
    "evidence under another hash": lambda kit: kit.archive(
        kit.changed(kit.file, lambda content: content[::-1])
    ),
    # The card.
    "a card of 10 MiB": lambda kit: kit.archive(
        kit.changed("data/sealer.card", lambda card: card * 5000)
    ),
    "a card that is none": lambda kit: kit.archive(kit.changed("data/sealer.card", bytes.upper)),
    "no card": lambda kit: kit.archive([m for m in kit.members if m[0] != "data/sealer.card"]),
    # The journal.
    "a line of 16 MiB and more": lambda kit: line(kit, lambda start: start + b" " * (16 * MIB)),
    "a line that never ends": lambda kit: kit.archive(
        kit.changed(kit.log, lambda content: content + b"x" * (40 * MIB))
    ),
    "a million empty lines": lambda kit: kit.archive(
        kit.changed(kit.log, lambda content: b"\n" * 1_000_000 + content)
    ),
    "a deep line": lambda kit: line(kit, lambda _start: b'{"h":' * 200_000),
    "a line with a bomb of numbers": lambda kit: line(kit, lambda _start: b"[" + b"1," * 4_000_000),
    "a line that is no UTF-8": lambda kit: line(kit, lambda start: start + b"\xff"),
    "a line with NUL": lambda kit: line(kit, lambda start: start + b"\x00"),
    "a line with a byte order mark": lambda kit: line(kit, lambda start: b"\xef\xbb\xbf" + start),
    "a line twice as its own parent": lambda kit: kit.archive(
        kit.changed(kit.log, lambda content: content + content)
    ),
    "a journal without its last byte": lambda kit: kit.archive(
        kit.changed(kit.log, lambda content: content[:-1])
    ),
    "an empty journal": lambda kit: kit.archive(kit.changed(kit.log, lambda _content: b"")),
    "a huge seq": lambda kit: line(kit, resigned(kit, seq=10**30)),
    "a seq that is no number": lambda kit: line(kit, resigned(kit, seq=1.5)),
    "no parts": lambda kit: line(kit, resigned(kit, parts=[])),
    "an author of low order": lambda kit: line(kit, resigned(kit, dev="00" * 32)),
    "a time in another form": lambda kit: line(kit, resigned(kit, t="\x1b[2J")),
    "a kind of 10 MiB": lambda kit: line(kit, resigned(kit, kind="x" * (10 * MIB))),
}


def counted(kit: Kit, more: int) -> dict[str, object]:
    """The envelope with another count of lines."""
    holds = json.loads(json.dumps(kit.envelope["holds"]))
    span = next(iter(next(iter(holds.values())).values()))
    span["count"] += more
    return kit.envelope | {"holds": holds}


def malleable(text: bytes) -> bytes:
    """The same signature with the group's order added to S."""
    order = 2**252 + 27742317777372353535851937790883648493
    body = base64.b64decode(b"".join(text.splitlines()[1:-1]))
    scalar = int.from_bytes(body[-32:], "little") + order
    body = body[:-32] + scalar.to_bytes(32, "little")
    coded = base64.b64encode(body).decode()
    lines = "\n".join(coded[start : start + 70] for start in range(0, len(coded), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n".encode()


# What follows is no age file any more, or one of another kind.


def stanza(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Kit], bytes]:
    """The header's lines changed."""

    def sealed(kit: Kit) -> bytes:
        head, mark, rest = kit.sealed.partition(b"\n--- ")
        return b"\n".join(change(head.split(b"\n"))) + mark + rest

    return sealed


def every_stanza(change: Callable[[bytes], bytes]) -> Callable[[Kit], bytes]:
    return stanza(lambda lines: [change(one) if one.startswith(b"-> ") else one for one in lines])


SEALED: dict[str, Callable[[Kit], bytes]] = {
    "nothing at all": lambda kit: b"",
    "only the first line": lambda kit: b"age-encryption.org/v1\n",
    "age of tomorrow": lambda kit: kit.sealed.replace(b"org/v1", b"org/v2", 1),
    "armour": lambda kit: b"-----BEGIN AGE ENCRYPTED FILE-----\n" + kit.sealed,
    "no stanza": stanza(lambda lines: lines[:1]),
    "65 stanzas": stanza(lambda lines: [*lines, *lines[1:3] * 61]),
    "a header of more than 1 MiB": stanza(
        lambda lines: [*lines, b"-> x", *[b"A" * 64] * 20_000, b""]
    ),
    "a header that never ends": lambda kit: b"age-encryption.org/v1\n-> x\n" + b"A" * (4 * MIB),
    "stanzas of a kind nobody knows": every_stanza(lambda one: b"-> from-tomorrow x"),
    "shares of low order": every_stanza(lambda _one: b"-> X25519 " + b"A" * 43),
    "shares that are too short": every_stanza(lambda one: one[:-2]),
    "shares with padding": every_stanza(lambda one: one + b"="),
    "an argument more": every_stanza(lambda one: one + b" x"),
    "a stanza without a body": stanza(
        lambda lines: [x for x in lines if len(x) != 43 or b" " in x]
    ),
    "spaces in a stanza": every_stanza(lambda one: one.replace(b" ", b"  ")),
    "line ends of DOS": stanza(lambda lines: [one + b"\r" for one in lines]),
    "another MAC": lambda kit: kit.sealed.replace(b"\n--- ", b"\n--- A", 1),
    "a MAC that is gone": lambda kit: kit.sealed.replace(b"\n--- ", b"\n---", 1),
    "no payload": lambda kit: kit.sealed[: kit.sealed.index(b"\n--- ") + 49],
    "a nonce and no more": lambda kit: kit.sealed[: kit.sealed.index(b"\n--- ") + 49 + 16],
    "an empty payload": lambda kit: kit.seal(b""),
    "a byte more": lambda kit: kit.sealed + b"\x00",
    "a byte less": lambda kit: kit.sealed[:-1],
    "twice": lambda kit: kit.sealed * 2,
    "two chunks changed over": lambda kit: swapped(kit.seal(kit.archive(padding=bytes(300_000)))),
    "a passphrase": lambda kit: by_passphrase(kit),
    "a film of zeros": lambda kit: bytes(30 * MIB),
}


def swapped(sealed: bytes) -> bytes:
    start = sealed.index(b"\n--- ") + 49 + 16
    size = 65536 + 16
    one, other = sealed[start : start + size], sealed[start + size : start + 2 * size]
    return sealed[:start] + other + one + sealed[start + 2 * size :]


def by_passphrase(kit: Kit) -> bytes:
    out = io.BytesIO()
    sealer = AgeSealer(out, [ScryptRecipient(passphrase=b"x", work_factor=1)], os.urandom)
    sealer.write(kit.archive())
    sealer.finish()
    return out.getvalue()


# What a hostile contact may do within the format: it is taken, and costs no more than it weighs.
TAKEN: dict[str, Callable[[Kit], bytes]] = {
    "as it was": lambda kit: kit.archive(),
    "ten thousand members": lambda kit: kit.archive(
        [*kit.members, *((f"data/view/{n:x}.html", b"") for n in range(10_000))]
    ),
    "an entry that has seen a hundred thousand others": lambda kit: line(
        kit, resigned(kit, seen=["ab" * 32] * 100_000)
    ),
    "a picture of 4 billion pixels": lambda kit: with_file(kit, png(65_000, 65_000), "png"),
    "a picture that is none": lambda kit: with_file(kit, png(100, 100)[:60] + FILE, "png"),
}


def refused_cases() -> Iterator[tuple[str, Callable[[Kit], bytes]]]:
    yield from SEALED.items()
    for name, make in ARCHIVES.items():
        yield name, lambda kit, make=make: kit.seal(make(kit))  # type: ignore[misc]  # as the test means


OPENING = """
import json, resource, sys
from pathlib import Path
from notebook.errors import NotebookError
from tests.faults.support_hostile import peak_bytes
from tests.notebook import support_notebook as support

notebook = support.unlock(Path(sys.argv[1]), seed="hostile")
limit = int(sys.argv[2])
# What the process has mapped and does not use counts here as well.
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for name in sys.stdin.read().splitlines():
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        result, _ = notebook.open_bundle([Path(name)], accept_unknown=False)
        said = "taken"
    except NotebookError as error:
        said = error.code.value
    except BaseException as error:
        said = "bug " + type(error).__name__
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps([name, said, spent, peak_bytes()]), flush=True)
notebook.close()
"""


def opened_apart(folder: Path, names: list[Path]) -> dict[str, tuple[str, float, int]]:
    """What came of each bundle, how long it took the processor, and the most memory so far."""
    done = subprocess.run(
        [sys.executable, "-c", OPENING, str(folder), str(MOST_BYTES)],
        cwd=REPOSITORY,
        input="\n".join(map(str, names)).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(text) for text in done.stdout.decode().splitlines()]
    return {Path(name).name: (said, spent, most) for name, said, spent, most in lines}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    made = Kit(tmp_path_factory.mktemp("hostile"))
    yield made
    made.team.close()


def tables(kit: Kit) -> Dump:
    """Every table but the settings, which say when the notebook was opened."""
    return {name: rows for name, rows in dump(kit.reader).items() if name != "setting"}


def everything(folder: Path) -> dict[str, str]:
    """Every file of a closed notebook but its locks, and the hash of what it holds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.timeout(900)
def test_whatever_a_trusted_contact_signs_is_refused_whole_in_bounded_memory_and_time(
    kit: Kit,
) -> None:
    folder = kit.folder / "bundles"
    folder.mkdir()
    cases = list(refused_cases())
    paths = []
    for number, (_name, make) in enumerate(cases):
        path = folder / f"{number:04d}"
        path.write_bytes(make(kit))
        paths.append(path)
    before, stored = tables(kit), files_of(kit.reader)
    place = kit.reader.folder
    kit.reader.close()
    kit.team.notebooks.remove(kit.reader)
    came = opened_apart(place, paths)
    ran = command_line("hostile")("open", place, *paths)
    kit.reader = support.unlock(place, seed="after")
    kit.team.notebooks.append(kit.reader)

    failures = []
    for number, (name, _make) in enumerate(cases):
        said, spent, most = came[f"{number:04d}"]
        if said not in {code.value for code in REFUSED | {Code.NOT_FOR_YOU}}:
            failures.append(f"{name}: {said}")
        if spent > MOST_SECONDS or most > MOST_BYTES:
            failures.append(f"{name}: {spent:.1f} s, {most // MIB} MiB")
    assert not failures, "; ".join(failures)
    # The same by the command line, which judges each bundle by itself.
    refused = {Path(one["file"]).name: one["code"] for one in ran.json["refused"]}
    assert refused == {name: said for name, (said, _spent, _most) in came.items()}
    assert ran.json["new"] == ran.json["present"] == ran.json["waiting"] == 0
    assert tables(kit) == before
    assert files_of(kit.reader) == stored
    assert kit.reader.verify() == []
    for path in paths:
        path.unlink()


def test_what_is_within_the_format_is_taken_in_bounded_memory(tmp_path: Path) -> None:
    """The negative control: the table's machinery makes bundles that open."""
    for name, make in TAKEN.items():
        kit = Kit(tmp_path / hashlib.sha256(name.encode()).hexdigest()[:8])
        path = kit.folder / "bundle"
        path.write_bytes(kit.seal(make(kit)))
        place = kit.reader.folder
        kit.team.close()
        ((said, spent, most),) = opened_apart(place, [path]).values()
        assert said == "taken", name
        assert spent < MOST_SECONDS, name
        assert most < MOST_BYTES, name


def test_a_large_bundle_flipped_or_cut_in_any_chunk_is_damaged_and_nothing_else(kit: Kit) -> None:
    sealed = kit.seal(with_file(kit, os.urandom(4 * MIB), "bin"))
    start = sealed.index(b"\n--- ") + 49 + 16
    size = 65536 + 16
    path = kit.folder / "large"
    before, stored = dump(kit.reader), files_of(kit.reader)
    places = range(start, len(sealed), size)
    assert len(places) > 60
    flipped = [(place + number * 997 % size, number % 8) for number, place in enumerate(places)]
    changed = [
        *(sealed[:place] for place in places),
        *(sealed[: place + 5] for place in places),
        *(
            sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :]
            for at, bit in flipped
            if at < len(sealed)
        ),
    ]
    for number, content in enumerate(changed):
        path.write_bytes(content)
        with pytest.raises(NotebookError) as trouble:
            kit.reader.open_bundle([path], accept_unknown=False)
        assert trouble.value.code is Code.BUNDLE_DAMAGED, number
        assert files_of(kit.reader) == stored
    assert dump(kit.reader) == before


def test_no_file_of_the_notebook_changes_when_a_bundle_is_refused(kit: Kit) -> None:
    path = kit.folder / "one"
    path.write_bytes(kit.seal(kit.archive(envelope=counted(kit, 1))))
    place = kit.reader.folder
    kit.reader.close()
    kit.team.notebooks.remove(kit.reader)
    before = everything(place)
    opened_apart(place, [path])
    after = everything(place)
    kit.reader = support.unlock(place, seed="again")
    kit.team.notebooks.append(kit.reader)
    # Opening and closing a notebook writes its database anew; evidence, slots and staging stay.
    assert after.keys() == before.keys()
    for name in before:
        if name.startswith(("objects/", "staging/", "slots")):
            assert after[name] == before[name], name


def test_the_measure_finds_a_process_that_takes_too_much() -> None:
    hungry = (
        "from tests.faults.support_hostile import peak_bytes; x = bytearray(600 * 1024 * 1024);"
        " print(peak_bytes())"
    )
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MOST_BYTES},) * 2); "
    command = [sys.executable, "-c"]
    done = subprocess.run([*command, hungry], cwd=REPOSITORY, check=True, capture_output=True)
    assert int(done.stdout) > MOST_BYTES
    done = subprocess.run(
        [*command, limit + hungry], cwd=REPOSITORY, check=False, capture_output=True
    )
    assert b"MemoryError" in done.stderr


def test_a_reader_who_was_not_named_is_told_so_and_no_more(kit: Kit) -> None:
    """P10, also with a stanza that was moved from another bundle."""
    stranger = kit.team.member("Stranger")
    path = kit.folder / "stranger"
    path.write_bytes(kit.sealed)
    with pytest.raises(NotebookError) as trouble:
        stranger.open_bundle([path], accept_unknown=False)
    assert trouble.value.code is Code.NOT_FOR_YOU
    # A stanza that wraps another bundle's key for the stranger opens nothing either.
    moved = stanza_for(stranger.my_card().classic)
    head, mark, rest = kit.sealed.partition(b"\n--- ")
    path.write_bytes(head + b"\n" + moved + mark + rest)
    with pytest.raises(NotebookError) as trouble:
        stranger.open_bundle([path], accept_unknown=False)
    assert trouble.value.code is Code.BUNDLE_DAMAGED


def stanza_for(recipient: X25519Recipient) -> bytes:
    """A stanza of another file."""
    out = io.BytesIO()
    AgeSealer(out, [recipient], os.urandom).finish()
    return b"\n".join(out.getvalue().split(b"\n")[1:3])
