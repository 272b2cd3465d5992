"""The public vectors of age v1: the expected class and the plaintext released, for each file."""

import hashlib
import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crypto.age import (
    HeaderMacMismatch,
    HeaderMalformed,
    Identity,
    NoMatch,
    PayloadCorrupt,
    ScryptIdentity,
    open_age,
    open_age_seekable,
    parse_identity,
)
from crypto.armor import ArmorMalformed, ArmorReader
from crypto.errors import CryptoError
from tests.support import REPOSITORY, age_vectors

VECTOR_COUNT = 143
CLASSES: dict[type[CryptoError], str] = {
    NoMatch: "no match",
    HeaderMacMismatch: "HMAC failure",
    HeaderMalformed: "header failure",
    PayloadCorrupt: "payload failure",
    ArmorMalformed: "armor failure",
}


@dataclass(kw_only=True)
class Vector:
    expect: str = ""
    payload: str = ""
    identities: list[Identity] = field(default_factory=list)
    is_armored: bool = False
    file: bytes = b""


def read_vector(path: Path) -> Vector:
    head, _, file = path.read_bytes().partition(b"\n\n")
    vector = Vector(file=file)
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        if key == "expect":
            vector.expect = value
        elif key == "payload":
            vector.payload = value
        elif key == "identity":
            vector.identities.append(parse_identity(value))
        elif key == "passphrase":
            vector.identities.append(ScryptIdentity(passphrase=value.encode()))
        elif key == "armored":
            vector.is_armored = value == "yes"
        elif key == "compressed":
            assert value == "zlib"
            vector.file = zlib.decompress(file)
        else:
            assert key in {"file key", "comment"}
    return vector


def class_of(error: CryptoError) -> str:
    (name,) = [name for kind, name in CLASSES.items() if isinstance(error, kind)]
    return name


def names() -> list[str]:
    folder = REPOSITORY.parent / "shared" / "vectors" / "age" / "testdata"
    # Where the vectors are missing one name stands for all, so that the test says so.
    return sorted(path.name for path in folder.glob("*")) or ["x25519"]


def test_every_public_vector_is_there() -> None:
    assert len(list((age_vectors() / "testdata").iterdir())) >= VECTOR_COUNT


@pytest.mark.parametrize("name", names())
def test_a_vector_gives_its_class_and_releases_its_plaintext(name: str) -> None:
    vector = read_vector(age_vectors() / "testdata" / name)
    source = io.BytesIO(vector.file)
    released = io.BytesIO()
    was_opened = False
    try:
        opener = open_age(ArmorReader(source) if vector.is_armored else source, vector.identities)
        was_opened = True
        released.writelines(opener.chunks())
        outcome = "success"
    except CryptoError as error:
        outcome = class_of(error)
    assert outcome == vector.expect
    if vector.payload:
        assert was_opened
        assert hashlib.sha256(released.getvalue()).hexdigest() == vector.payload
    else:
        assert released.getvalue() == b""


@pytest.mark.parametrize("name", names())
def test_a_seekable_reader_judges_a_vector_alike(name: str) -> None:
    vector = read_vector(age_vectors() / "testdata" / name)
    source = io.BytesIO(vector.file)
    if vector.is_armored:
        armor = ArmorReader(source)
        try:
            source = io.BytesIO(b"".join(iter(lambda: armor.read(1 << 16), b"")))
        except ArmorMalformed:
            assert vector.expect == "armor failure"
            return
    try:
        plaintext = open_age_seekable(source, vector.identities).read()
        outcome = "success"
        assert hashlib.sha256(plaintext).hexdigest() == vector.payload
    except CryptoError as error:
        outcome = class_of(error)
    assert outcome == vector.expect
