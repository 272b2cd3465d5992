"""The process that decodes pictures: it holds no key, opens no file, and may be killed any time.

Started by `notebook.media`, which says what it answers, as
`python -I -m notebook.media_child PARENT_PID MAX_SIDE|cover`. It reads one file from standard input
to its end and writes one answer to standard output. What cannot be decoded ends it without one.
"""

import json
import resource
import signal
import sys
from io import BytesIO

import zxingcpp
from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.MpoImagePlugin import MpoImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from notebook import media, process
from notebook.media import (
    CODES_MAGIC,
    COVERED_MAGIC,
    HEADER,
    MAGIC,
    MAX_CODE_CHARACTERS,
    MAX_METADATA_BYTES,
    MAX_REGIONS,
    MAX_TAGS,
    MOST_CODES,
    QUESTION_LENGTH,
)

# Named by their classes, so that they are loaded before the limits close the door to files.
DECODERS = (JpegImageFile, PngImageFile, WebPImageFile)
FORMATS = [decoder.format for decoder in DECODERS if decoder.format]
_SECOND_PICTURES = MpoImageFile
"""Pillow asks for it by itself when a JPEG holds a second picture."""

MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CPU_S = 10
MAX_PIXELS = 40_000_000
"""Decoded at once. A JPEG is decoded at a fraction of its size and may be larger; beyond 179
million Pillow refuses it."""

MAX_TEXT_CHARACTERS = 500
MAX_CODE_SIDE = 4000
"""A photograph is brought down to this before codes are looked for."""
COVERED_QUALITY = 92
NOT_KEPT = frozenset(
    {
        ExifTags.Base.Orientation,
        ExifTags.Base.MakerNote,
        ExifTags.Base.UserComment,
        ExifTags.Base.JpegIFOffset,
        ExifTags.Base.JpegIFByteCount,
        ExifTags.Base.ImageID,
        ExifTags.IFD.Exif,
        ExifTags.IFD.GPSInfo,
    }
)
"""The picture is upright already; the others may hold pictures or anything else."""


class _TooManyPixelsError(Exception):
    """The picture would need more memory than it is worth."""


def main() -> None:
    """Answer the one question on standard input."""
    parent_pid, what = int(sys.argv[1]), sys.argv[2]
    Image.preinit()
    _limit(parent_pid)
    content = sys.stdin.buffer.read()
    match what:
        case media.COVER:
            answer = _covered(content)
        case media.CODES:
            answer = _codes(content)
        case _:
            answer = _answer(content, int(what))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _limit(parent_pid: int) -> None:
    process.harden()
    process.end_with_parent(parent_pid, signal.SIGKILL)
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_S),
        # Nothing more can be opened, written to a file, or started.
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _answer(content: bytes, max_side: int) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        metadata = _metadata(image)
        picture = _picture(image, max_side)
    width, height = picture.size
    return HEADER.pack(MAGIC, width, height, len(metadata)) + metadata + picture.tobytes()


def _covered(content: bytes) -> bytes:
    """The picture again as a file of its kind, upright, its regions black."""
    (length,) = QUESTION_LENGTH.unpack_from(content)
    start = QUESTION_LENGTH.size
    question = json.loads(content[start : start + length])
    out = BytesIO()
    with Image.open(BytesIO(content[start + length :]), formats=FORMATS) as image:
        kind = image.format
        if image.width * image.height > MAX_PIXELS:
            raise _TooManyPixelsError
        image.load()
        exif = _harmless(image)
        # Pixels alone: whatever else the file held does not come along.
        mode = "RGBA" if image.has_transparency_data and kind != "JPEG" else "RGB"
        seen = ImageOps.exif_transpose(image).convert(mode)
    plain = Image.new(mode, seen.size)
    plain.paste(seen)
    black = (0, 0, 0, 255) if mode == "RGBA" else (0, 0, 0)
    drawn_width, drawn_height = question["drawn_on"] or plain.size
    for x, y, width, height in question["regions"][:MAX_REGIONS]:
        # Outwards: a border that is shared with what is covered is covered.
        left, top = max(0, x * plain.width // drawn_width), max(0, y * plain.height // drawn_height)
        right = min(plain.width, -(-(x + width) * plain.width // drawn_width))
        bottom = min(plain.height, -(-(y + height) * plain.height // drawn_height))
        if left >= right or top >= bottom:
            # Whoever chose it believes that something is covered.
            return media.OUTSIDE_MAGIC
        plain.paste(black, (left, top, right, bottom))
    kept = {"exif": exif} if question["keeps_metadata"] and exif else {}
    match kind:
        case "JPEG":
            plain.save(out, "JPEG", quality=COVERED_QUALITY, subsampling=0, **kept)
        case "WEBP":
            plain.save(out, "WEBP", lossless=True, **kept)
        case _:
            plain.save(out, "PNG", **kept)
    return COVERED_MAGIC + out.getvalue()


def _harmless(image: Image.Image) -> bytes:
    """The metadata without what may show the picture as it was."""
    source = image.getexif()
    kept = Image.Exif()
    kept.update({tag: value for tag, value in source.items() if tag not in NOT_KEPT})
    for table in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        values = {tag: v for tag, v in source.get_ifd(table).items() if tag not in NOT_KEPT}
        if values:
            kept.get_ifd(table).update(values)
    return kept.tobytes() if len(kept) or kept.get_ifd(ExifTags.IFD.Exif) else b""


def _codes(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        side = (MAX_CODE_SIDE, MAX_CODE_SIDE)
        image.draft("L", side)
        if image.width * image.height > MAX_PIXELS:
            raise _TooManyPixelsError
        grey = image.convert("L")
        grey.thumbnail(side)
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
    texts = [code.text for code in found if code.valid and code.text.isascii()]
    kept = [text for text in texts if len(text) <= MAX_CODE_CHARACTERS][:MOST_CODES]
    return CODES_MAGIC + json.dumps(kept).encode()


def _picture(image: Image.Image, max_side: int) -> Image.Image:
    """The picture upright, in RGB on white, no side longer than `max_side`."""
    side = (max_side, max_side)
    image.draft("RGB", side)
    if image.width * image.height > MAX_PIXELS:
        raise _TooManyPixelsError
    image.load()
    if image.has_transparency_data:
        small = image.convert("RGBA")
        small.thumbnail(side)
        seen = Image.new("RGB", small.size, "white")
        seen.paste(small, mask=small)
        seen.info["exif"] = image.info.get("exif", b"")
    else:
        seen = image.convert("RGB")
        seen.thumbnail(side)
    return ImageOps.exif_transpose(seen)


def _metadata(image: Image.Image) -> bytes:
    exif = image.getexif()
    named = {ExifTags.TAGS.get(tag, f"Tag{tag}"): value for tag, value in exif.items()}
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    named |= {ExifTags.TAGS.get(tag, f"Tag{tag}"): value for tag, value in camera.items()}
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    named |= {ExifTags.GPSTAGS.get(tag, f"GPS{tag}"): value for tag, value in position.items()}
    texts = {name: text for name, value in named.items() if (text := _text(value))}
    while True:
        encoded = json.dumps(texts, ensure_ascii=False).encode()
        if len(texts) <= MAX_TAGS and len(encoded) <= MAX_METADATA_BYTES:
            return encoded
        texts.popitem()


def _text(value: object) -> str:
    """A value in printable signs; empty when it has none."""
    match value:
        case bytes():
            text = value.decode("utf-8", "replace")
            # A maker's note is a format of its own, and says nothing as text.
            if "�" in text:
                return ""
        case tuple():
            text = ", ".join(_text(item) for item in value[:16])
        case str() | int() | float():
            text = str(value)
        case _:
            # Pillow's rational numbers; other tables of tags are no values.
            text = str(value) if hasattr(value, "numerator") else ""
    shown = "".join(sign for sign in text if sign.isprintable())
    return shown[:MAX_TEXT_CHARACTERS].strip()


if __name__ == "__main__":
    main()
