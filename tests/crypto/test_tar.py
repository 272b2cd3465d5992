"""The archive's one form: what is written is what `tar` writes, and nothing else is read."""

import io
import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.errors import CryptoError, LimitExceeded, Malformed, Tampered
from crypto.tar import (
    BLOCK_BYTES,
    MAX_TAR_BYTES,
    Entry,
    TarReader,
    TarWriter,
    check_name,
    entry_size,
    padded_size,
)
from tests.support import oracle

EIGHT_GIB = 8**11

HOSTILE_NAMES = {
    "empty": "",
    "absolute": "/etc/passwd",
    "up": "../data/a",
    "up inside": "data/../../a",
    "here": "data/./a",
    "double slash": "data//a",
    "slash at the end": "data/",
    "hidden": "data/.ssh",
    "hidden folder": ".git/config",
    "dash first": "-rf",
    "backslash": "data\\a",
    "drive": "c:/a",
    "stream of NTFS": "data/a.txt:b",
    "upper case": "data/A.txt",
    "space": "data/a b",
    "newline": "data/a\n",
    "control": "data/a\x1b[2j",
    "tilde": "data/progra~1",
    "star": "data/*",
    "right to left": "data/\u202etxt.exe",
    "umlaut": "data/ä",
    "umlaut apart": "data/a\u0308",
    "fullwidth": "data/ａ",
    "device": "data/con",
    "device with extension": "data/nul.txt",
    "device as folder": "data/com1/a",
    "dot at the end": "data/a.",
    "dot at the end of a folder": "data/a./b",
    "too long": "a" * 96,
}


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = TarWriter(out)
    for name, content in members:
        writer.add(Entry(name=name, size_bytes=len(content)), [content])
    writer.finish()
    return out.getvalue()


def read_all(data: bytes, *, piece_bytes: int = 1000) -> list[tuple[str, bytes]]:
    reader = TarReader(io.BytesIO(data))
    members = []
    while entry := reader.next():
        content = b"".join(iter(lambda: reader.read(piece_bytes), b""))
        assert len(content) == entry.size_bytes
        members.append((entry.name, content))
    assert reader.position_bytes == len(data)
    return members


def with_checksum(block: bytes) -> bytes:
    """The header block with the checksum that fits it, as an attacker would write it."""
    blank = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\x00 " % sum(blank) + block[156:]


def header(name: bytes = b"bag/data/a", **fields: bytes) -> bytes:
    """A header as tar programs may write it, field by field, with a fitting checksum."""
    values = {
        "name": (name, 100),
        "mode": (b"0000600", 8),
        "uid": (b"0000000", 8),
        "gid": (b"0000000", 8),
        "size": (b"00000000000", 12),
        "mtime": (b"00000000000", 12),
        "checksum": (b" " * 8, 8),
        "kind": (b"0", 1),
        "link": (b"", 100),
        "magic": (b"ustar\x0000", 8),
        "owner": (b"", 32),
        "group": (b"", 32),
        "major": (b"0000000", 8),
        "minor": (b"0000000", 8),
        "prefix": (b"", 155),
        "filler": (b"", 12),
    }
    values |= {key: (value, values[key][1]) for key, value in fields.items()}
    return with_checksum(b"".join(value.ljust(width, b"\x00") for value, width in values.values()))


END = bytes(2 * BLOCK_BYTES)

HOSTILE_HEADERS = {
    "hard link": header(kind=b"1", link=b"/etc/passwd"),
    "symbolic link": header(kind=b"2", link=b"../../x"),
    "character device": header(kind=b"3"),
    "block device": header(kind=b"4"),
    "folder": header(b"bag/data/", kind=b"5"),
    "pipe": header(kind=b"6"),
    "contiguous file": header(kind=b"7"),
    "old kind of file": header(kind=b"\x00"),
    "link name without a link": header(link=b"x"),
    "global pax header": header(kind=b"g"),
    "GNU long name": header(b"././@LongLink", kind=b"L"),
    "GNU long link": header(b"././@LongLink", kind=b"K"),
    "GNU sparse": header(kind=b"S"),
    "GNU volume label": header(kind=b"V"),
    "GNU multi-volume": header(kind=b"M"),
    "GNU magic": header(magic=b"ustar  \x00"),
    "no magic": header(magic=b""),
    "mode with set-user-id": header(mode=b"0004600"),
    "mode read by all": header(mode=b"0000644"),
    "mode in another form": header(mode=b"000600 "),
    "user": header(uid=b"0001750"),
    "group": header(gid=b"0001750"),
    "user's name": header(owner=b"root"),
    "group's name": header(group=b"root"),
    "time": header(mtime=b"14000000000"),
    "device numbers": header(major=b"0000001"),
    "prefix": header(prefix=b"/etc"),
    "filler": header(filler=b"x"),
    "size in base 256": header(size=b"\x80" + bytes(11)),
    "negative size": header(size=b"\xff" * 12),
    "size of eight": header(size=b"00000000008"),
    "size with a sign": header(size=b"+0000000000"),
    "size with a space": header(size=b"          0"),
    "size with an underscore": header(size=b"0000000_000"),
    "short size": header(size=b"0"),
    "bytes behind the name": header(b"bag/data/a\x00evil"),
    "name without an end": header(b"bag/" + b"a" * 96),
    "name outside the root": header(b"data/a"),
    "name of the root": header(b"bag/"),
    "root in upper case": header(b"BAG/data/a"),
    "absolute name": header(b"/bag/data/a"),
    "name that is not ASCII": header(b"bag/data/\xc3\xa4"),
}


def test_an_archive_is_read_as_it_was_written() -> None:
    members = [("bagit.txt", b"x" * 511), ("data/a.txt", b""), ("data/b/c-d_1.bin", b"y" * 70_000)]
    data = archive(*members)
    assert read_all(data) == members
    assert len(data) == sum(entry_size(len(content)) for _, content in members) + len(END)


@given(sizes=st.lists(st.integers(0, 3000), max_size=5), piece_bytes=st.integers(1, 3000))
@example(sizes=[511, 512, 513], piece_bytes=512)
def test_any_sizes_are_read_in_any_pieces(sizes: list[int], piece_bytes: int) -> None:
    members = [(f"data/{index}", bytes([index]) * size) for index, size in enumerate(sizes)]
    assert read_all(archive(*members), piece_bytes=piece_bytes) == members


def test_content_that_is_not_read_is_passed_over() -> None:
    reader = TarReader(io.BytesIO(archive(("data/a", b"a" * 200_000), ("data/b", b"b"))))
    assert reader.next() == Entry(name="data/a", size_bytes=200_000)
    assert reader.read(10) == b"a" * 10
    assert reader.next() == Entry(name="data/b", size_bytes=1)
    assert reader.next() is None


def test_gnu_tar_writes_the_same_bytes(tmp_path: Path) -> None:
    members = [("data/a.txt", b"hello"), ("data/b/c.bin", bytes(1025))]
    for name, content in members:
        path = tmp_path / "bag" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    options = ["--format=ustar", "--mode=0600", "--owner=0", "--group=0", "--numeric-owner"]
    names = [f"bag/{name}" for name, _ in members]
    command = [oracle("tar"), *options, "--mtime=@0", "-b1", "-cf", "-", *names]
    made = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout
    assert made == archive(*members)


def test_gnu_tar_unpacks_what_we_write(tmp_path: Path) -> None:
    data = archive(("data/a.txt", b"hello"), ("data/b/c.bin", bytes(1025)))
    subprocess.run([oracle("tar"), "-x"], input=data, cwd=tmp_path, check=True)
    assert (tmp_path / "bag/data/a.txt").read_bytes() == b"hello"
    assert (tmp_path / "bag/data/b/c.bin").read_bytes() == bytes(1025)
    assert (tmp_path / "bag/data/a.txt").stat().st_mode & 0o777 == 0o600


def big_archive_start(size_bytes: int) -> bytes:
    """The headers of a member of `size_bytes`, without its content."""
    out = io.BytesIO()
    with pytest.raises(Tampered):
        TarWriter(out).add(Entry(name="data/big", size_bytes=size_bytes), [])
    return out.getvalue()


def test_gnu_tar_reads_a_size_beyond_eight_gib(tmp_path: Path) -> None:
    start = big_archive_start(EIGHT_GIB)
    assert len(start) == 3 * BLOCK_BYTES == entry_size(EIGHT_GIB) - padded_size(EIGHT_GIB)
    path = tmp_path / "big.tar"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(len(start) + EIGHT_GIB)
        file.seek(0, io.SEEK_END)
        file.write(archive(("data/small", b"after")))
    listed = subprocess.run(
        [oracle("tar"), "-tvf", path], check=True, capture_output=True, text=True
    )
    assert [line.split()[2] for line in listed.stdout.splitlines()] == [str(EIGHT_GIB), "5"]
    assert [line.split()[5] for line in listed.stdout.splitlines()] == [
        "bag/data/big",
        "bag/data/small",
    ]


class EndlessZeros:
    """A source of `start` and then of zeros without end; a piece costs nothing."""

    def __init__(self, start: bytes) -> None:
        self._start = io.BytesIO(start)
        self._zeros = bytes(2**20)

    def read(self, n: int, /) -> bytes:
        return self._start.read(n) or self._zeros[:n]


def test_a_size_beyond_eight_gib_is_read() -> None:
    reader = TarReader(EndlessZeros(big_archive_start(EIGHT_GIB)))
    assert reader.next() == Entry(name="data/big", size_bytes=EIGHT_GIB)
    assert sum(len(piece) for piece in iter(lambda: reader.read(2**20), b"")) == EIGHT_GIB
    assert reader.position_bytes == 3 * BLOCK_BYTES + EIGHT_GIB


def test_the_largest_size_without_a_pax_header_is_written_and_read() -> None:
    start = big_archive_start(EIGHT_GIB - 1)
    assert len(start) == BLOCK_BYTES
    entry = TarReader(io.BytesIO(start)).next()
    assert entry == Entry(name="data/big", size_bytes=EIGHT_GIB - 1)


def test_more_than_the_longest_archive_is_refused_at_its_header() -> None:
    whole = big_archive_start(MAX_TAR_BYTES - 3 * BLOCK_BYTES)
    assert TarReader(io.BytesIO(whole)).next() is not None
    with pytest.raises(LimitExceeded):
        TarReader(io.BytesIO(big_archive_start(MAX_TAR_BYTES))).next()


def test_many_small_claims_do_not_pass_the_limit_of_all() -> None:
    reader = TarReader(io.BytesIO(header(size=b"77777777777") * 3))
    assert reader.next() is not None
    with pytest.raises(Malformed):
        reader.next()


PAX_SIZE = b"19 size=8589934592\n"

HOSTILE_PAX = {
    "path": b"20 path=/etc/passwd\n",
    "size and path": PAX_SIZE + b"20 path=/etc/passwd\n",
    "two sizes": PAX_SIZE * 2,
    "small size": b"11 size=12\n",
    "padded size": b"20 size=08589934592\n",
    "negative size": b"20 size=-8589934592\n",
    "wrong length": b"20 size=8589934592\n",
    "huge size": b"99 size=" + b"9" * 90 + b"\n",
    "no newline": b"19 size=8589934592 ",
    "GNU sparse": b"22 GNU.sparse.major=1\n",
    "other digits": "20 size=858993459٢\n".encode(),
    "nothing": b"",
}


def pax(record: bytes, *, name: bytes = b"bag/data/a", **fields: bytes) -> bytes:
    first = header(name, kind=b"x", size=b"%011o" % len(record))
    return first + record.ljust(BLOCK_BYTES, b"\x00") + header(**fields)


def test_our_own_pax_header_is_the_measure_of_the_hostile_ones() -> None:
    assert pax(PAX_SIZE, name=b"bag/data/big").startswith(big_archive_start(EIGHT_GIB)[:1024])
    entry = TarReader(io.BytesIO(pax(PAX_SIZE))).next()
    assert entry == Entry(name="data/a", size_bytes=EIGHT_GIB)


@pytest.mark.parametrize("case", HOSTILE_PAX)
def test_a_pax_header_that_says_anything_else_is_refused(case: str) -> None:
    with pytest.raises(Malformed):
        TarReader(io.BytesIO(pax(HOSTILE_PAX[case]) + END)).next()


@pytest.mark.parametrize(
    "data",
    [
        pax(PAX_SIZE, name=b"bag/data/b"),
        pax(PAX_SIZE, size=b"00000000001"),
        pax(PAX_SIZE, kind=b"2", link=b"/etc"),
        pax(PAX_SIZE)[: 2 * BLOCK_BYTES] + pax(PAX_SIZE),
        pax(PAX_SIZE)[: 2 * BLOCK_BYTES],
        pax(PAX_SIZE)[:BLOCK_BYTES] + PAX_SIZE.ljust(511, b"\x00") + b"x" + header(),
    ],
    ids=["other name", "size said twice", "before a link", "doubled", "alone", "filler"],
)
def test_a_pax_header_before_anything_but_its_file_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        TarReader(io.BytesIO(data + END)).next()


@pytest.mark.parametrize("case", HOSTILE_NAMES)
def test_a_hostile_name_is_refused(case: str) -> None:
    with pytest.raises(Malformed):
        check_name(HOSTILE_NAMES[case])
    encoded = b"bag/" + HOSTILE_NAMES[case].encode()
    with pytest.raises(Malformed):
        read_all(header(encoded[:100]) + END)


def test_an_ordinary_name_is_taken() -> None:
    for name in ("bagit.txt", "data/log/00/ff.jsonl", "0" * 95, "data/console.txt", "data/a..b"):
        assert check_name(name) == name
    assert read_all(header() + END) == [("data/a", b"")]


@pytest.mark.parametrize("case", HOSTILE_HEADERS)
def test_a_hostile_header_is_refused(case: str) -> None:
    with pytest.raises(Malformed):
        read_all(HOSTILE_HEADERS[case] + END)


def test_a_flip_of_any_header_bit_is_refused_or_is_another_name_or_size() -> None:
    good = header(size=b"00000000000")
    for index, bit in itertools.product(range(BLOCK_BYTES), range(8)):
        flipped = bytearray(good)
        flipped[index] ^= 1 << bit
        with pytest.raises(Malformed):
            read_all(bytes(flipped) + END)
        # With a checksum that fits only the two fields that carry something may differ.
        if not 148 <= index < 156:
            try:
                entry = TarReader(io.BytesIO(with_checksum(bytes(flipped)) + END)).next()
            except Malformed:
                continue
            assert index < 100 or 124 <= index < 135
            assert entry != Entry(name="data/a", size_bytes=0)


def test_a_cut_anywhere_is_refused() -> None:
    data = archive(("data/a", b"abc"), ("data/b", b"d" * 600))
    for length in range(len(data)):
        with pytest.raises(Malformed):
            read_all(data[:length])


@pytest.mark.parametrize(
    ("case", "data"),
    [
        ("nothing", b""),
        ("one byte behind", archive(("data/a", b"")) + b"\x00"),
        ("a record of zeros behind", archive(("data/a", b"")) + bytes(8192)),
        ("a second archive behind", archive(("data/a", b"")) * 2),
        ("one end block", archive(("data/a", b""))[:-BLOCK_BYTES]),
        ("no end blocks", archive(("data/a", b""))[: -2 * BLOCK_BYTES]),
        ("a member behind one end block", header() + bytes(512) + header() + END),
        ("filler", archive(("data/a", b"a")).replace(b"a" + bytes(511), b"a" + bytes(510) + b"b")),
    ],
)
def test_an_archive_that_ends_otherwise_is_refused(case: str, data: bytes) -> None:
    with pytest.raises(Malformed):
        read_all(data)


@given(data=st.binary(max_size=4096))
@example(data=b"\x1f\x8b" + bytes(1022))
def test_any_bytes_are_refused_as_a_crypto_error(data: bytes) -> None:
    try:
        read_all(data)
    except CryptoError:
        return
    assert data == END


@pytest.mark.parametrize("content", [[], [b"1234"], [b"123456"], [b"12345", b"6"]])
def test_content_that_is_not_of_its_size_is_never_finished(content: list[bytes]) -> None:
    out = io.BytesIO()
    with pytest.raises(Tampered):
        TarWriter(out).add(Entry(name="data/a", size_bytes=5), content)
    assert b"123456" not in out.getvalue()


def test_endless_content_is_cut_off() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(100)

    with pytest.raises(Tampered):
        TarWriter(io.BytesIO()).add(Entry(name="data/a", size_bytes=1000), endless())
