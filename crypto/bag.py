"""The texts of a bag (BagIt 1.0, RFC 8493): what they say, each in its one form.

A bag is plain files and a list of their SHA-256 sums, so that `sha256sum -c` or `bagit.py` can
check it without this program. The reader takes what the writer here would have written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from crypto.errors import LimitExceeded, Malformed
from crypto.tar import check_name

BAGIT_TXT = "bagit.txt"
BAG_INFO_TXT = "bag-info.txt"
ENVELOPE_JSON = "envelope.json"
MANIFEST_TXT = "manifest-sha256.txt"
TAG_MANIFEST_TXT = "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"
PADDING = "padding"

LISTED_TAG_FILES = (BAGIT_TXT, BAG_INFO_TXT, ENVELOPE_JSON, MANIFEST_TXT)
"""The files that the tag manifest covers, in the archive's order."""

FRONT_MATTER = (*LISTED_TAG_FILES, TAG_MANIFEST_TXT, SIGNATURE)
"""The files in front of the payload, in the archive's order."""

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""All that `bagit.txt` may say."""

PAYLOAD = "data/"
"""What every payload file's name begins with."""

MAX_FRONT_MATTER_BYTES = 64 * 2**20
MAX_MANIFEST_LINES = 200_000
MAX_BAG_INFO_LINES = 100

_OXUM = "Payload-Oxum"
_INFO_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63}): ([!-~](?:[ -~]{0,998}[!-~])?)")
_OXUM_VALUE = re.compile(r"(0|[1-9][0-9]{0,14})\.([1-9][0-9]{0,6})")
_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  (.{1,95})")


def encode_bag_info(
    pairs: Sequence[tuple[str, str]], *, payload_bytes: int, payload_count: int
) -> bytes:
    """`bag-info.txt`: the caller's labels and values, then how much payload there is.

    Raises `Malformed` for what is not one short line of ASCII, and for a label said twice.
    """
    oxum = (_OXUM, f"{payload_bytes}.{payload_count}")
    text = "".join(f"{label}: {value}\n" for label, value in (*pairs, oxum)).encode()
    parse_bag_info(text)
    return text


def parse_bag_info(untrusted_text: bytes) -> tuple[Mapping[str, str], int, int]:
    """Labels and values as they stand, then the payload's size in bytes and its count of files.

    Raises `Malformed`, also without `Payload-Oxum` as the last line, or `LimitExceeded`.
    """
    info: dict[str, str] = {}
    for line in _lines(untrusted_text, MAX_BAG_INFO_LINES):
        match = _INFO_LINE.fullmatch(line)
        # RFC 8493 takes a label in any case and more than once; one meaning is enough here.
        if not match or match[1].lower() in {label.lower() for label in info}:
            raise Malformed("line of bag-info.txt")
        info[match[1]] = match[2]
    label, value = info.popitem()
    oxum = _OXUM_VALUE.fullmatch(value)
    if label != _OXUM or not oxum:
        raise Malformed("bag-info.txt does not end with the payload's size")
    return info, int(oxum[1]), int(oxum[2])


def encode_manifest(digests: Iterable[tuple[str, bytes]]) -> bytes:
    """`manifest-sha256.txt`, in the archive's order. Raises as `parse_manifest` does."""
    text = _encode_digests(digests)
    parse_manifest(text)
    return text


def parse_manifest(untrusted_text: bytes) -> Mapping[str, bytes]:
    """The SHA-256 of each payload file by name, in the archive's order.

    Raises `LimitExceeded` for too many lines. Raises `Malformed` for a name that may not stand
    in an archive or is not payload, stands twice, or is both a file and a folder.
    """
    digests = _parse_digests(untrusted_text, MAX_MANIFEST_LINES)
    folders = set[str]()
    for name in digests:
        if not check_name(name).startswith(PAYLOAD):
            raise Malformed("manifest names what is not payload")
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    if not folders.isdisjoint(digests):
        raise Malformed("manifest names a file that is also a folder")
    return digests


def encode_tag_manifest(digests: Mapping[str, bytes]) -> bytes:
    """`tagmanifest-sha256.txt`: the sums of `LISTED_TAG_FILES`."""
    return _encode_digests((name, digests[name]) for name in LISTED_TAG_FILES)


def parse_tag_manifest(untrusted_text: bytes) -> Mapping[str, bytes]:
    """The SHA-256 of each of `LISTED_TAG_FILES`; `Malformed` if it lists more, less or others."""
    digests = _parse_digests(untrusted_text, len(LISTED_TAG_FILES))
    if tuple(digests) != LISTED_TAG_FILES:
        raise Malformed("tag manifest lists other files")
    return digests


def _encode_digests(digests: Iterable[tuple[str, bytes]]) -> bytes:
    # Two spaces is what `sha256sum` writes and reads.
    return "".join(f"{digest.hex()}  {name}\n" for name, digest in digests).encode()


def _parse_digests(untrusted_text: bytes, max_lines: int) -> dict[str, bytes]:
    digests: dict[str, bytes] = {}
    for line in _lines(untrusted_text, max_lines):
        match = _MANIFEST_LINE.fullmatch(line)
        if not match or match[2] in digests:
            raise Malformed("line of a manifest")
        digests[match[2]] = bytes.fromhex(match[1])
    return digests


def _lines(untrusted_text: bytes, max_lines: int) -> list[str]:
    """The lines of an ASCII text without their ends; at least one, and the last one is ended."""
    if untrusted_text.count(b"\n") > max_lines:
        raise LimitExceeded("too many lines")
    if not untrusted_text.endswith(b"\n"):
        raise Malformed("text does not end with a line's end")
    try:
        return untrusted_text[:-1].decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("text is not ASCII") from None
