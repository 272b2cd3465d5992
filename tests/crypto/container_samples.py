"""A small bundle, and the same one forged piece by piece with a signature that fits."""

import hashlib
import io
import random
from collections.abc import Iterator, Sequence
from functools import partial

from crypto import bag, sshsig
from crypto.age import HybridIdentity, HybridRecipient, X25519Identity, X25519Recipient
from crypto.archive import padding_size
from crypto.container import Payload, Written, complete_recipients, measure, write_bundle
from crypto.primitives import RandomBytes
from crypto.tar import END_BYTES, Entry, TarWriter

SEED = bytes(range(32))
ENVELOPE = b'{"v":1}\n'
FILES = {
    "data/readme.txt": b"Made for a test.\n",
    "data/log/00/ff.jsonl": b'{"h":"{}"}\n' * 900,
    "data/evidence/empty.bin": b"",
}
BAG_INFO = [("Bag-Software-Agent", "field-notebook"), ("Bagging-Date", "2026-01-01")]


def randomness(seed: int) -> RandomBytes:
    """Random bytes that are the same in every run."""
    return random.Random(seed).randbytes


def classic(number: int) -> X25519Identity:
    return X25519Identity.generate(randomness(1000 + number))


def hybrid(number: int) -> HybridIdentity:
    return HybridIdentity.generate(randomness(1000 + number))


def payload(files: dict[str, bytes]) -> list[Payload]:
    return [measure(name, partial(_once, content)) for name, content in files.items()]


def _once(content: bytes) -> Iterator[bytes]:
    yield content


def bundle(
    readers: Sequence[X25519Recipient] | Sequence[HybridRecipient],
    *,
    files: dict[str, bytes] = FILES,
    bag_info: Sequence[tuple[str, str]] = BAG_INFO,
) -> tuple[bytes, Written]:
    """A sealed bundle, and what its writer says of it."""
    out = io.BytesIO()
    draw = randomness(99)
    written = write_bundle(
        out,
        complete_recipients(readers, draw),
        envelope=ENVELOPE,
        bag_info=bag_info,
        payload=payload(files),
        signing_seed=SEED,
        random=draw,
        on_progress=lambda done, total: None,
    )
    return out.getvalue(), written


def manifest_of(files: dict[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return "".join(lines).encode()


def forged(
    *,
    texts: dict[str, bytes] | None = None,
    order: Sequence[str] = bag.FRONT_MATTER,
    files: Sequence[tuple[str, bytes]] = tuple(FILES.items()),
    padding_bytes: int | None = None,
    padding_digit: bytes = b"\x00",
    behind_padding: Sequence[tuple[str, bytes]] = (),
    end: bytes = bytes(END_BYTES),
) -> bytes:
    """An archive signed by its author in which `texts` and everything else may be hostile.

    Sums and signature are made to fit what is given, unless they are given themselves.
    """
    size_bytes = sum(len(content) for content in FILES.values())
    given = texts or {}
    made = {
        bag.BAGIT_TXT: bag.DECLARATION,
        bag.BAG_INFO_TXT: f"Payload-Oxum: {size_bytes}.{len(FILES)}\n".encode(),
        bag.ENVELOPE_JSON: ENVELOPE,
        bag.MANIFEST_TXT: manifest_of(FILES),
    } | given
    made.setdefault(
        bag.TAG_MANIFEST_TXT, manifest_of({name: made[name] for name in bag.LISTED_TAG_FILES})
    )
    made.setdefault(
        bag.SIGNATURE, sshsig.sign(SEED, made[bag.TAG_MANIFEST_TXT], sshsig.BUNDLE_NAMESPACE)
    )
    out = io.BytesIO()
    tar = TarWriter(out)
    for name, content in [*((name, made[name]) for name in order), *files]:
        tar.add(Entry(name=name, size_bytes=len(content)), [content])
    if padding_bytes is None:
        padding_bytes = padding_size(out.tell() + 512)
    tar.add(Entry(name=bag.PADDING, size_bytes=padding_bytes), [padding_digit * padding_bytes])
    for name, content in behind_padding:
        tar.add(Entry(name=name, size_bytes=len(content)), [content])
    return out.getvalue() + end
