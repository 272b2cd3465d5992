"""Archives that their author signed and that break the format all the same."""

import io
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import bag, sshsig
from crypto.age import AgeSealer
from crypto.archive import ArchiveReader
from crypto.container import BundleReader
from crypto.errors import CryptoError, LimitExceeded, Malformed, Tampered, Unsupported
from crypto.tar import Entry, TarWriter
from tests.crypto.container_samples import FILES, SEED, classic, forged, manifest_of, randomness
from tests.support import effort

SIZE_BYTES = sum(map(len, FILES.values()))
ITEMS = tuple(FILES.items())
HEX = "0" * 64


def read_all(archive: bytes) -> dict[str, bytes]:
    reader = ArchiveReader(io.BytesIO(archive))
    files = {member.name: b"".join(member.chunks()) for member in reader.members()}
    reader.finish()
    return files


def info(text: str) -> dict[str, bytes]:
    return {bag.BAG_INFO_TXT: text.encode()}


def manifest(text: bytes) -> dict[str, bytes]:
    """A manifest as given, announced with as many files as it has lines."""
    oxum = f"Payload-Oxum: {SIZE_BYTES}.{text.count(bytes([10]))}\n".encode()
    return {bag.MANIFEST_TXT: text, bag.BAG_INFO_TXT: oxum}


def tag_manifest(names: Sequence[str], **texts: bytes) -> dict[str, bytes]:
    files = {bag.BAGIT_TXT: bag.DECLARATION, **texts}
    return {bag.TAG_MANIFEST_TXT: manifest_of({name: files.get(name, b"") for name in names})}


def named(name: str) -> bytes:
    """A forged archive whose one payload file has this name."""
    files = {name: b"x"}
    texts = info("Payload-Oxum: 1.1\n") | {bag.MANIFEST_TXT: manifest_of(files)}
    return forged(texts=texts, files=tuple(files.items()))


GOOD = manifest_of(FILES)
LINES = GOOD.splitlines(keepends=True)

MALFORMED: dict[str, Callable[[], bytes]] = {
    # Names, in the archive and the manifest alike.
    "absolute name": lambda: named("/data/a"),
    "name that climbs": lambda: named("data/../../a"),
    "name with a backslash": lambda: named("data/..\\a"),
    "name with a drive": lambda: named("c:/data/a"),
    "name with NUL": lambda: named("data/a\x00b"),
    "name from right to left": lambda: named("data/\u202eexe.txt"),
    "name with composed letter": lambda: named("data/\u00e9"),
    "name with combining letter": lambda: named("data/e\u0301"),
    "name with upper case": lambda: named("data/A"),
    "DOS device": lambda: named("data/nul"),
    "DOS device with extension": lambda: named("data/lpt1.txt"),
    "hidden name": lambda: named("data/.profile"),
    "name outside data": lambda: named("other/a"),
    "name of a tag file": lambda: named("bagit.txt"),
    "name of the padding": lambda: named("padding"),
    "fetch.txt": lambda: named("fetch.txt"),
    "name of data itself": lambda: named("data"),
    # The order of the front.
    "no front": lambda: forged(order=()),
    "front in another order": lambda: forged(
        order=(*bag.FRONT_MATTER[1::-1], *bag.FRONT_MATTER[2:])
    ),
    "signature before what it signs": lambda: forged(
        order=(*bag.FRONT_MATTER[:4], *bag.FRONT_MATTER[:3:-1])
    ),
    "no signature": lambda: forged(order=bag.FRONT_MATTER[:-1]),
    "no envelope": lambda: forged(order=[n for n in bag.FRONT_MATTER if n != bag.ENVELOPE_JSON]),
    "bagit.txt twice": lambda: forged(order=(bag.BAGIT_TXT, *bag.FRONT_MATTER)),
    "envelope twice": lambda: forged(order=(*bag.FRONT_MATTER, bag.ENVELOPE_JSON)),
    "another tag file": lambda: forged(
        texts={"fetch.txt": b""}, order=(*bag.FRONT_MATTER, "fetch.txt")
    ),
    # The order of the payload.
    "no payload": lambda: forged(files=()),
    "payload missing at the end": lambda: forged(files=ITEMS[:-1]),
    "payload missing at the start": lambda: forged(files=ITEMS[1:]),
    "payload in another order": lambda: forged(files=ITEMS[::-1]),
    "payload twice": lambda: forged(files=(ITEMS[0], *ITEMS)),
    "payload twice at the end": lambda: forged(files=(*ITEMS, ITEMS[-1])),
    "payload not in the manifest": lambda: forged(files=(*ITEMS, ("data/more", b""))),
    "payload before the front": lambda: forged(
        texts=dict(FILES), order=(*FILES, *bag.FRONT_MATTER), files=()
    ),
    # What bagit.txt may say.
    "old bag": lambda: forged(texts={bag.BAGIT_TXT: bag.DECLARATION.replace(b"1.0", b"0.97")}),
    "another encoding": lambda: forged(
        texts={bag.BAGIT_TXT: bag.DECLARATION.replace(b"UTF-8", b"UTF-16")}
    ),
    "byte order mark": lambda: forged(texts={bag.BAGIT_TXT: b"\xef\xbb\xbf" + bag.DECLARATION}),
    # What bag-info.txt may say.
    "no size": lambda: forged(texts=info("Bagging-Date: 2026-01-01\n")),
    "size under another label": lambda: forged(texts=info(f"Payload-Size: {SIZE_BYTES}.3\n")),
    "empty bag-info.txt": lambda: forged(texts=info("")),
    "size not at the end": lambda: forged(
        texts=info(f"Payload-Oxum: {SIZE_BYTES}.3\nBagging-Date: 2026-01-01\n")
    ),
    "size too small": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES - 1}.3\n")),
    "size too large": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES + 1}.3\n")),
    "count too small": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES}.2\n")),
    "count too large": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES}.4\n")),
    "size with zeros in front": lambda: forged(texts=info(f"Payload-Oxum: 0{SIZE_BYTES}.3\n")),
    "negative size": lambda: forged(texts=info("Payload-Oxum: -1.3\n")),
    "size in other digits": lambda: forged(texts=info("Payload-Oxum: ٦.3\n")),
    "size of a thousand digits": lambda: forged(texts=info(f"Payload-Oxum: {'9' * 900}.3\n")),
    "size said twice": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES}.3\n" * 2)),
    "size said twice in two cases": lambda: forged(
        texts=info(f"payload-oxum: 1.1\nPayload-Oxum: {SIZE_BYTES}.3\n")
    ),
    "folded line": lambda: forged(texts=info(f"A: b\n  c\nPayload-Oxum: {SIZE_BYTES}.3\n")),
    "line end of DOS": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES}.3\r\n")),
    "no line end": lambda: forged(texts=info(f"Payload-Oxum: {SIZE_BYTES}.3")),
    "empty line": lambda: forged(texts=info(f"\nPayload-Oxum: {SIZE_BYTES}.3\n")),
    "control character": lambda: forged(texts=info(f"A: \x1b\nPayload-Oxum: {SIZE_BYTES}.3\n")),
    "broken UTF-8": lambda: forged(
        texts={bag.BAG_INFO_TXT: b"A: \xff\nPayload-Oxum: %d.3\n" % SIZE_BYTES}
    ),
    # What the manifest may say.
    "empty manifest": lambda: forged(texts=manifest(b"")),
    "line missing": lambda: forged(texts=manifest(b"".join(LINES[:-1]))),
    "line missing, payload too": lambda: forged(
        texts=manifest(b"".join(LINES[:-1])) | {bag.BAG_INFO_TXT: b"Payload-Oxum: 1.2\n"},
        files=ITEMS[:-1],
    ),
    "line too many": lambda: forged(texts=manifest(GOOD + f"{HEX}  data/more\n".encode())),
    "line twice": lambda: forged(texts=manifest(GOOD + LINES[0])),
    "name twice with two sums": lambda: forged(
        texts=manifest(GOOD + f"{HEX}  data/readme.txt\n".encode())
    ),
    "file that is also a folder": lambda: forged(
        texts=manifest(GOOD + f"{HEX}  data/log\n".encode())
    ),
    "folder that is also a file": lambda: forged(
        texts=manifest(f"{HEX}  data/readme.txt/a\n".encode() + GOOD)
    ),
    "sum in upper case": lambda: forged(texts=manifest(GOOD.upper())),
    "short sum": lambda: forged(texts=manifest(GOOD[1:])),
    "binary mark": lambda: forged(texts=manifest(GOOD.replace(b"  ", b" *"))),
    "one space": lambda: forged(texts=manifest(GOOD.replace(b"  ", b" "))),
    "three spaces": lambda: forged(texts=manifest(GOOD.replace(b"  ", b"   "))),
    "tab": lambda: forged(texts=manifest(GOOD.replace(b"  ", b"\t"))),
    "percent in a name": lambda: forged(texts=manifest(GOOD.replace(b"readme", b"%72eadme"))),
    "comment": lambda: forged(texts=manifest(b"# all well\n" + GOOD)),
    "empty line in the manifest": lambda: forged(texts=manifest(GOOD + b"\n")),
    "manifest without a line end": lambda: forged(texts=manifest(GOOD[:-1])),
    "manifest with DOS line ends": lambda: forged(texts=manifest(GOOD.replace(b"\n", b"\r\n"))),
    "manifest names the padding": lambda: forged(
        texts=manifest(GOOD + f"{HEX}  padding\n".encode())
    ),
    "manifest names the envelope": lambda: forged(
        texts=manifest(GOOD + f"{HEX}  envelope.json\n".encode())
    ),
    # What the tag manifest may say.
    "empty tag manifest": lambda: forged(texts=tag_manifest([])),
    "tag file not covered": lambda: forged(texts=tag_manifest(bag.LISTED_TAG_FILES[:-1])),
    "tag files in another order": lambda: forged(texts=tag_manifest(bag.LISTED_TAG_FILES[::-1])),
    "tag manifest that covers itself": lambda: forged(
        texts=tag_manifest([*bag.LISTED_TAG_FILES[:-1], bag.TAG_MANIFEST_TXT])
    ),
    # The signature's form.
    "empty signature": lambda: forged(texts={bag.SIGNATURE: b""}),
    "signature of another form": lambda: forged(
        texts={bag.TAG_MANIFEST_TXT: b"", bag.SIGNATURE: _signature(b"") + b"\n"}
    ),
    # The end.
    "padding missing": lambda: _without_padding(),
    "no padding": lambda: forged(padding_bytes=0),
    "padding one byte short": lambda: forged(padding_bytes=_padding_bytes() - 1),
    "padding one byte long": lambda: forged(padding_bytes=_padding_bytes() + 1),
    "padding much too long": lambda: forged(padding_bytes=_padding_bytes() + 2**20),
    "padding not zero": lambda: forged(padding_digit=b"\x01"),
    "padding of digits zero": lambda: forged(padding_digit=b"0"),
    "payload behind the padding": lambda: forged(behind_padding=[("data/more", b"")]),
    "padding twice": lambda: forged(behind_padding=[("padding", b"")]),
    "no end": lambda: forged(end=b""),
    "half an end": lambda: forged(end=bytes(512)),
    "end not zero": lambda: forged(end=bytes(1023) + b"x"),
    "bytes behind the end": lambda: forged(end=bytes(1024) + b"x"),
    "zeros behind the end": lambda: forged(end=bytes(10240)),
    "another archive behind the end": lambda: forged() * 2,
    # Sizes.
    "empty file with content": lambda: forged(files=(*ITEMS[:-1], (ITEMS[-1][0], b"x"))),
}


def _signature(message: bytes) -> bytes:
    return sshsig.sign(SEED, message, sshsig.BUNDLE_NAMESPACE)


def _padding_bytes() -> int:
    archive = forged()
    header = archive.rindex(b"bag/padding")
    return len(archive) - header - 512 - 1024


def _without_padding() -> bytes:
    archive = forged()
    return archive[: archive.rindex(b"bag/padding")] + bytes(1024)


def test_the_forgery_without_a_change_is_taken() -> None:
    assert read_all(forged()) == FILES
    assert read_all(named("data/a")) == {"data/a": b"x"}
    assert _padding_bytes() > 1


@pytest.mark.parametrize("case", MALFORMED)
def test_a_signed_archive_that_breaks_the_format_is_refused(case: str) -> None:
    with pytest.raises(Malformed):
        read_all(MALFORMED[case]())


@pytest.mark.parametrize("case", MALFORMED)
def test_reading_it_back_without_looking_refuses_it_as_well(case: str) -> None:
    with pytest.raises((Malformed, Tampered)):
        ArchiveReader(io.BytesIO(MALFORMED[case]())).finish()


TAMPERED: dict[str, Callable[[], bytes]] = {
    "envelope does not fit": lambda: forged(
        texts=tag_manifest(bag.LISTED_TAG_FILES, **{bag.ENVELOPE_JSON: b"{}"})
    ),
    "signature of other bytes": lambda: forged(texts={bag.SIGNATURE: _signature(b"other")}),
    "signature for another purpose": lambda: forged(
        texts={
            bag.TAG_MANIFEST_TXT: b"",
            bag.SIGNATURE: sshsig.sign(SEED, b"", "file"),
        }
    ),
    "signature for the next version": lambda: forged(
        texts={
            bag.TAG_MANIFEST_TXT: b"",
            bag.SIGNATURE: sshsig.sign(SEED, b"", "field-notebook-bundle-2"),
        }
    ),
    "payload of the same size": lambda: forged(
        files=(("data/readme.txt", ITEMS[0][1].upper()), *ITEMS[1:])
    ),
    "payload cut": lambda: forged(files=(ITEMS[0], (ITEMS[1][0], ITEMS[1][1][:-1]), ITEMS[2])),
    "payload of two files swapped": lambda: _swapped(),
}


def _swapped() -> bytes:
    files = {"data/a": b"one", "data/b": b"two"}
    texts = info("Payload-Oxum: 6.2\n") | {bag.MANIFEST_TXT: manifest_of(files)}
    return forged(texts=texts, files=(("data/a", b"two"), ("data/b", b"one")))


@pytest.mark.parametrize("case", TAMPERED)
def test_content_that_does_not_fit_is_told_apart_from_a_broken_form(case: str) -> None:
    with pytest.raises(Tampered):
        read_all(TAMPERED[case]())


def test_a_signature_by_another_kind_of_key_is_not_supported() -> None:
    rsa = _signature(b"").replace(b"AAAAC3NzaC1lZDI1NTE5", b"AAAAB3NzaC1yc2EAAAAA")
    with pytest.raises((Unsupported, Malformed)):
        read_all(forged(texts={bag.TAG_MANIFEST_TXT: b"", bag.SIGNATURE: rsa}))


# Counts and sizes that are only claimed, and would cost us if we believed them.


class Claim:
    """A source that begins with `start` and goes on with zeros for as long as it is read."""

    def __init__(self, start: bytes) -> None:
        self._start = io.BytesIO(start)
        self.read_bytes = 0

    def read(self, n: int, /) -> bytes:
        data = self._start.read(n) or bytes(n)
        self.read_bytes += len(data)
        return data


def claimed(name: str, size_bytes: int) -> bytes:
    out = io.BytesIO()
    with pytest.raises(Tampered):
        TarWriter(out).add(Entry(name=name, size_bytes=size_bytes), [])
    return out.getvalue()


@pytest.mark.parametrize(
    "size_bytes", [bag.MAX_FRONT_MATTER_BYTES + 1, 8**11 - 1, 8**11, 2**39 - 9999]
)
def test_a_front_matter_that_claims_too_much_is_refused_unread(size_bytes: int) -> None:
    source = Claim(claimed(bag.BAGIT_TXT, size_bytes))
    with pytest.raises(LimitExceeded):
        ArchiveReader(source)
    assert source.read_bytes <= 2048


def test_front_matter_is_limited_as_a_whole() -> None:
    half = bytes(bag.MAX_FRONT_MATTER_BYTES // 2)
    archive = forged(texts={bag.BAGIT_TXT: half, bag.BAG_INFO_TXT: half})
    source = Claim(archive)
    with pytest.raises(LimitExceeded):
        ArchiveReader(source)


def test_payload_that_claims_more_than_is_announced_is_refused_unread() -> None:
    archive = forged(files=())
    start = archive[: archive.rindex(b"bag/padding")] + claimed("data/readme.txt", 2**35)
    source = Claim(start)
    reader = ArchiveReader(source)
    with pytest.raises(Malformed):
        next(reader.members())
    assert source.read_bytes <= len(start)


def test_padding_that_claims_too_much_is_refused_unread() -> None:
    archive = forged()
    start = archive[: archive.rindex(b"bag/padding")] + claimed("padding", 2**35)
    source = Claim(start)
    with pytest.raises(Malformed):
        ArchiveReader(source).finish()
    assert source.read_bytes <= len(start)


def test_a_manifest_of_as_many_lines_as_allowed_is_read_and_one_more_is_not() -> None:
    lines = [f"{HEX}  data/{number:x}\n" for number in range(bag.MAX_MANIFEST_LINES + 1)]
    assert len(bag.parse_manifest("".join(lines[:-1]).encode())) == bag.MAX_MANIFEST_LINES
    with pytest.raises(LimitExceeded):
        bag.parse_manifest("".join(lines).encode())


def test_too_many_lines_or_bytes_elsewhere_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        read_all(forged(texts={bag.SIGNATURE: b"A" * 10_000}))
    with pytest.raises(LimitExceeded):
        read_all(forged(texts=info("A: b\n" * 1000)))
    with pytest.raises(LimitExceeded):
        read_all(forged(texts={bag.TAG_MANIFEST_TXT: b"\n" * 5}))


# A reader that has refused something never says afterwards that all is well.


def test_an_error_that_is_passed_over_comes_back() -> None:
    reader = ArchiveReader(io.BytesIO(TAMPERED["payload of two files swapped"]()))
    member = next(reader.members())
    assert next(member.chunks()) == b"two"
    with pytest.raises(Tampered):
        next(member.chunks())
    assert not member.is_verified
    with pytest.raises(Tampered):
        next(reader.members())
    for _ in range(2):
        with pytest.raises(Malformed):
            reader.finish()
    assert list(reader.members()) == []


def test_members_that_are_passed_over_are_verified() -> None:
    reader = ArchiveReader(io.BytesIO(forged()))
    members = list(reader.members())
    assert [member.name for member in members] == list(FILES)
    assert all(member.is_verified for member in members)
    assert [list(member.chunks()) for member in members] == [[], [], []]
    reader.finish()
    reader.finish()


def test_a_member_that_is_left_in_the_middle_is_verified() -> None:
    reader = ArchiveReader(io.BytesIO(forged()))
    for member in reader.members():
        next(member.chunks(), None)
    reader.finish()


@pytest.mark.parametrize("case", ["no end", "zeros behind the end", "payload missing at the end"])
def test_a_hostile_archive_is_refused_through_age_as_well(case: str) -> None:
    out = io.BytesIO()
    sealer = AgeSealer(out, [classic(1).recipient()], randomness(1))
    sealer.write(MALFORMED[case]())
    sealer.finish()
    with pytest.raises(Malformed):
        BundleReader(io.BytesIO(out.getvalue()), [classic(1)]).finish()


@given(data=st.data())
def test_any_change_inside_is_refused_as_a_crypto_error(data: st.DataObject) -> None:
    archive = forged()
    start = data.draw(st.integers(0, len(archive)))
    end = data.draw(st.integers(start, min(len(archive), start + 600)))
    changed = archive[:start] + data.draw(st.binary(max_size=600)) + archive[end:]
    if changed == archive:
        assert read_all(changed) == FILES
        return
    with pytest.raises(CryptoError):
        read_all(changed)


@given(name=st.sampled_from(bag.FRONT_MATTER), text=st.binary(max_size=300))
def test_any_text_in_front_is_taken_as_it_is_or_refused(name: str, text: bytes) -> None:
    try:
        read_all(forged(texts={name: text}))
    except CryptoError:
        return
    assert name == bag.ENVELOPE_JSON or text == forged_text(name)


def forged_text(name: str) -> bytes:
    archive = forged()
    start = archive.index(f"bag/{name}\x00".encode())
    size_bytes = int(archive[start + 124 : start + 135], 8)
    return archive[start + 512 : start + 512 + size_bytes]


def test_random_manifests_are_read_or_refused_as_crypto_errors() -> None:
    draw = randomness(7)
    for _ in range(2000 * effort()):
        text = bytearray(GOOD)
        for _ in range(1 + draw(1)[0] % 3):
            text[int.from_bytes(draw(2), "big") % len(text)] = draw(1)[0]
        try:
            digests = bag.parse_manifest(bytes(text))
        except CryptoError:
            continue
        assert bag.encode_manifest(digests.items()) == text
