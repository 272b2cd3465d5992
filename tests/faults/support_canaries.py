"""Canaries: invented words in five scripts, and finding them in whatever form they were written.

Every canary begins with the mark of its kind, so that a few searches find any of them.
"""

import base64
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

MARKS: Final = {
    "English": "qvzhwxjk",
    "Kazakh": "ңқғұәһңү",
    "Russian": "щъэжцыюф",
    "Chinese": "鼊龘灪麤",
    "Uyghur": "ژڭۋېۆۈ",
}
"""Letters that no word has in this order, in small form, as an index would keep them."""

FILE_MARK: Final = "zqjvfxkw"
PICTURE_MARK: Final = "jxqkvzwf"
PASSPHRASE: Final = "vqxwkz granite jhqzfv willow kxwqjv tunnel"
NEW_PASSPHRASE: Final = "wzkqjx copper fvjqhz lantern qxkzvw harbor"


@dataclass(slots=True)
class Canaries:
    """Gives out words that were never given before, script after script."""

    count: int = 0

    def word(self, script: str | None = None) -> str:
        """One word: the mark of a script and letters that say which word it is."""
        name = script or list(MARKS)[self.count % len(MARKS)]
        letters = MARKS[name]
        number, tail = self.count, ""
        for _digit in range(4):
            number, digit = divmod(number, len(letters))
            tail += letters[digit]
        self.count += 1
        return letters + tail


def forms_of(text: str) -> list[bytes]:
    """The bytes by which a text is known: encodings, escapes, hexadecimal digits and base64."""
    plain = text.encode()
    upper = text.upper().encode()
    forms = [plain, upper, text.encode("utf-16-le"), text.encode("utf-16-be")]
    forms += [plain.hex().encode(), plain.hex().upper().encode(), quote(text).encode()]
    if not text.isascii():
        escaped = text.encode("unicode-escape")
        forms += [escaped, escaped.upper().replace(b"\\U", b"\\u")]
    for encoded in (plain, text.encode("utf-16-le")):
        for shift in range(3):
            # What stands at the borders is mixed with the neighbours, so it is left out.
            whole = base64.b64encode(bytes(shift) + encoded)
            first, last = -(-shift * 8 // 6), (shift + len(encoded)) * 8 // 6
            forms.append(whole[first:last])
            forms.append(base64.urlsafe_b64encode(bytes(shift) + encoded)[first:last])
    return list(dict.fromkeys(forms))


def needles(kinds: Mapping[str, str]) -> dict[str, list[bytes]]:
    """What to search for, by what it is."""
    return {name: forms_of(text) for name, text in kinds.items()}


TESTIMONY: Final = needles(MARKS)
SECRETS: Final = needles({"passphrase": PASSPHRASE, "new passphrase": NEW_PASSPHRASE})
NAMES: Final = needles({"file name": FILE_MARK})
PICTURE: Final = needles({"inside of a picture": PICTURE_MARK})
EVERYTHING: Final = TESTIMONY | SECRETS | NAMES | PICTURE


def found_in(data: bytes, wanted: Mapping[str, Sequence[bytes]] = EVERYTHING) -> set[str]:
    """What of the wanted stands in the data, in any form."""
    return {name for name, forms in wanted.items() if any(form in data for form in forms)}


def files_under(roots: Collection[Path]) -> Iterator[Path]:
    """Every file in these folders, hidden ones too; links are not followed."""
    for root in roots:
        for folder, _folders, names in os.walk(root):
            for name in names:
                path = Path(folder) / name
                if path.is_file() and not path.is_symlink():
                    yield path


def leaks_under(roots: Collection[Path], asked_for: Collection[Path] = ()) -> dict[str, set[str]]:
    """Files and folders in whose name or content something stands in clear."""
    leaks: dict[str, set[str]] = {}
    for root in roots:
        for folder, folders, names in os.walk(root):
            for name in (*folders, *names):
                if found := found_in(os.fsencode(name)):
                    leaks[str(Path(folder) / name)] = found
    for path in files_under(roots):
        # What others have in the memory that all share may go while it is looked at.
        with suppress(FileNotFoundError):
            if path not in asked_for and (found := found_in(path.read_bytes())):
                leaks[str(path)] = leaks.get(str(path), set()) | found
    return leaks


_REGION: Final = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)$")
_PIECE_BYTES: Final = 256 * 1024
_OVERLAP_BYTES: Final = 4096
_EMPTY: Final = bytes(_PIECE_BYTES + _OVERLAP_BYTES)


def found_in_memory(pid: int, wanted: Mapping[str, Sequence[bytes]]) -> set[str]:
    """What stands in the writable memory of another process; needs root for a protected one."""
    found: set[str] = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            region = _REGION.match(line)
            assert region is not None
            begin, end = (int(region[number], 16) for number in (1, 2))
            if not region[3].startswith("rw") or region[4].startswith(("/dev/", "[vv")):
                continue
            for at in range(begin, end, _PIECE_BYTES):
                try:
                    memory.seek(at)
                    piece = memory.read(min(end, at + _PIECE_BYTES + _OVERLAP_BYTES) - at)
                except OSError:
                    # A region may go while it is looked at, and some are never to be read.
                    break
                # Most of a memory was never written to.
                if piece != _EMPTY[: len(piece)]:
                    found |= found_in(piece, wanted)
    return found
