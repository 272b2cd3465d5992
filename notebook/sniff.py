"""What kind of file it is, by its content alone: names lie, and any bytes are accepted.

Media types as registered with IANA, where one is; nothing here decodes or follows what it reads.
"""

import codecs
import re

SNIFF_BYTES = 64 * 1024
"""How much of the beginning is looked at."""

UNKNOWN = "application/octet-stream"

_EXTENSIONS = {
    "application/epub+zip": "epub",
    "application/gzip": "gz",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.rar": "rar",
    "application/vnd.sqlite3": "sqlite",
    "application/x-7z-compressed": "7z",
    "application/x-ole-storage": "ole",
    "application/zip": "zip",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "text/html": "html",
    "text/plain": "txt",
    "video/3gpp": "3gp",
    "video/matroska": "mkv",
    "video/mp4": "mp4",
    "video/mpeg": "mpg",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
}

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"\0\0\x01\xb3", "video/mpeg"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
)

_RIFF = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}

_FTYP = (
    (b"avi", "image/avif"),
    (b"hei", "image/heic"),
    (b"hev", "image/heic"),
    (b"mif1", "image/heic"),
    (b"msf1", "image/heic"),
    (b"M4A", "audio/mp4"),
    (b"M4B", "audio/mp4"),
    (b"3g", "video/3gpp"),
    (b"qt", "video/quicktime"),
)

_OFFICE = (
    (b"word/", "wordprocessingml.document"),
    (b"xl/", "spreadsheetml.sheet"),
    (b"ppt/", "presentationml.presentation"),
)
_NAMED_IN_ZIP = frozenset(
    name for name in _EXTENSIONS if "opendocument" in name or name.endswith("+zip")
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HTML = re.compile(r"\s*(<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def media_type(beginning: bytes) -> str:
    """The media type of a file that begins with these bytes; `UNKNOWN` when nothing fits.

    `beginning` holds the first `SNIFF_BYTES` bytes of the file, or all of a shorter one.
    """
    for signature, found in _SIGNATURES:
        if beginning.startswith(signature):
            return found
    if beginning[:4] == b"RIFF":
        return _RIFF.get(beginning[8:12], UNKNOWN)
    if beginning[4:8] == b"ftyp":
        return _iso_media(beginning)
    if beginning.startswith(b"OggS"):
        return _ogg(beginning)
    if beginning.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in beginning[:64] else "video/matroska"
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(beginning)
    if beginning.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        is_word = "WordDocument".encode("utf-16-le") in beginning
        return "application/msword" if is_word else "application/x-ole-storage"
    if beginning.startswith(b"BM") and beginning[6:10] == bytes(4) and len(beginning) > 26:
        return "image/bmp"
    return _mpeg_audio(beginning) or _text(beginning) or UNKNOWN


def extension(media_type: str) -> str:
    """A file name's ending for the media type, `[a-z0-9]{1,8}` without a dot; `bin` if unknown."""
    return _EXTENSIONS.get(media_type, "bin")


def _iso_media(beginning: bytes) -> str:
    brand = beginning[8:12]
    return next((found for start, found in _FTYP if brand.startswith(start)), "video/mp4")


def _ogg(beginning: bytes) -> str:
    # A film's first page is Theora's; its sound follows.
    return "video/ogg" if b"\x80theora" in beginning[:512] else "audio/ogg"


def _zip(beginning: bytes) -> str:
    # OpenDocument and EPUB begin with their media type as a stored file of that name.
    if beginning[30:38] == b"mimetype":
        length = int.from_bytes(beginning[22:26], "little")
        named = beginning[38 : 38 + length].decode("ascii", "replace")
        return named if named in _NAMED_IN_ZIP else "application/zip"
    if b"[Content_Types].xml" in beginning:
        for folder, kind in _OFFICE:
            if folder in beginning:
                return f"application/vnd.openxmlformats-officedocument.{kind}"
    return "application/zip"


def _mpeg_audio(beginning: bytes) -> str | None:
    """MPEG audio without a tag: a frame's header that no other file begins with."""
    header = int.from_bytes(beginning[:4], "big")
    if len(beginning) < 4 or header >> 21 != 0x7FF:
        return None
    layer, rate, frequency = header >> 17 & 3, header >> 12 & 15, header >> 10 & 3
    if layer == 0 and header >> 20 == 0xFFF:
        return "audio/aac"
    is_possible = header >> 19 & 3 != 1 and layer == 1 and 0 < rate < 15 and frequency != 3
    return "audio/mpeg" if is_possible else None


def _text(beginning: bytes) -> str | None:
    """`text/plain` or `text/html` for UTF-8, or UTF-16 with its mark, without control signs."""
    encoding = next(
        (name for mark, name in _BYTE_ORDER_MARKS if beginning.startswith(mark)), "utf-8"
    )
    # A sign may be cut where the look ends, but not where the file does.
    is_whole = len(beginning) < SNIFF_BYTES
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(beginning, is_whole)
    except UnicodeDecodeError:
        return None
    if not beginning or _CONTROLS.search(text):
        return None
    return "text/html" if _HTML.match(text.lstrip("\ufeff")) else "text/plain"
