import io
import re
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from notebook import sniff
from notebook.sniff import SNIFF_BYTES, UNKNOWN, extension, media_type

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = "application/vnd.openxmlformats-officedocument."


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 2), "white").save(out, kind)
    return out.getvalue()


def archive(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bag:
        if mimetype:
            bag.writestr("mimetype", mimetype)
        for name in names:
            bag.writestr(name, "x")
    return out.getvalue()


def boxed(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(12)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (picture("TIFF"), "image/tiff"),
        (picture("BMP"), "image/bmp"),
        (boxed(b"heic"), "image/heic"),
        (boxed(b"avif"), "image/avif"),
        (boxed(b"isom"), "video/mp4"),
        (boxed(b"M4A "), "audio/mp4"),
        (boxed(b"3gp5"), "video/3gpp"),
        (boxed(b"qt  "), "video/quicktime"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
        (b"OggS\0\x02" + bytes(22) + b"OpusHead", "audio/ogg"),
        (b"OggS\0\x02" + bytes(22) + b"\x80theora", "video/ogg"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"#!AMR\n", "audio/amr"),
        (b"ID3\x04\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64\0\0", "audio/mpeg"),
        (b"\xff\xf1\x50\x80\0\0", "audio/aac"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\xa3B\x82\x88matroska", "video/matroska"),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"{\\rtf1", "application/rtf"),
        (archive("a.txt"), "application/zip"),
        (archive(), "application/zip"),
        (archive("[Content_Types].xml", "word/document.xml"), OFFICE + "wordprocessingml.document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
        (
            archive(mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (archive(mimetype="application/epub+zip"), "application/epub+zip"),
        (archive(mimetype="text/x-anything"), "application/zip"),
        (archive(mimetype="video/mp4"), "application/zip"),
        (OLE + bytes(500) + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + bytes(500) + "Workbook".encode("utf-16-le"), "application/x-ole-storage"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "application/x-7z-compressed"),
        (b"\x1f\x8b\x08\0", "application/gzip"),
        ("Ағам Ерболды\r\n\tұстап әкетті\n".encode(), "text/plain"),
        ("\ufeff我弟弟".encode(), "text/plain"),
        ("ئۇكام".encode("utf-16"), "text/plain"),
        (b"\n<!DOCTYPE html><p>x", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, expected: str) -> None:
    assert media_type(content) == expected
    assert extension(expected) != "bin"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        bytes(100),
        b"a\0b",
        b"half a sign \xd0",
        "Привет".encode("cp1251"),
        b"escape \x07",
        "ئۇكام".encode("utf-16")[:-1],
        b"\xff\xd8",
        b"RIFF\0\0\0\0XXXX",
        b"\xff\xff\xff\xff",
        b"\xff\xfb\xf0\x64",
    ],
)
def test_what_is_not_known_is_only_bytes(content: bytes) -> None:
    assert media_type(content) == UNKNOWN == "application/octet-stream"
    assert extension(UNKNOWN) == "bin"


def test_a_database_is_recognised(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x") as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    assert media_type((tmp_path / "x").read_bytes()) == "application/vnd.sqlite3"


def test_a_sign_cut_where_the_look_ends_is_still_text() -> None:
    text = ("说" * SNIFF_BYTES).encode()[:SNIFF_BYTES]
    with pytest.raises(UnicodeDecodeError):
        text.decode()
    assert media_type(text) == "text/plain"
    assert media_type(text[:-2]) == UNKNOWN


def test_every_ending_is_fit_for_a_bundle() -> None:
    for name in [*sniff._EXTENSIONS, UNKNOWN, "", "../../x"]:
        assert re.fullmatch("[a-z0-9]{1,8}", extension(name))


@given(st.binary(max_size=200))
def test_any_bytes_have_a_type(content: bytes) -> None:
    assert media_type(content) in {*sniff._EXTENSIONS, UNKNOWN}


@given(st.sampled_from([b"PK\x03\x04", b"OggS", b"\xff\xfb", b"BM", b"RIFF"]), st.binary())
def test_any_bytes_after_a_known_beginning_have_a_type(start: bytes, rest: bytes) -> None:
    assert media_type(start + rest) in {*sniff._EXTENSIONS, UNKNOWN}
