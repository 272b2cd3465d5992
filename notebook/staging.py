"""The lines of a bundle between the look and the merge: on disk, under a key only memory holds.

A journal may be larger than the memory. What is kept of a line is 56 bytes, and at the worst, of
lines in no order whose parents are all elsewhere, 300; the line itself lies encrypted in a file
without a name, which goes with the process, however that ends.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from crypto.errors import CryptoError, LimitExceeded
from crypto.primitives import KEY_BYTES, RandomBytes
from crypto.stream import SeekableOpener, StreamSealer
from notebook import disk, journal
from notebook.journal import Entry
from notebook.model import AuthorId, CaseId, EntryId

MAX_LINES: Final = 1_000_000
"""Of one bundle: at the worst 300 MB of memory. A bundle with more is neither made nor read."""
_ID_BYTES = 32
Place = tuple[CaseId, AuthorId, int]
"""Where an entry stands: case, author and number."""


class StagedLines:
    """Verified lines, added one after the other, then read back by case, author and number."""

    def __init__(self, folder: Path | None, random: RandomBytes) -> None:
        """An empty store in `folder`. Raises NO_SPACE or DISK_ERROR, as `add` and `finish`.

        Without a folder it can say how lines stand to each other, and not give them back.
        """
        self._key = random(KEY_BYTES)
        self._file: BinaryIO | None = None
        self._sealer: StreamSealer | None = None
        if folder is not None:
            with disk.disk_trouble():
                self._file = disk.nameless(folder, random)
            self._sealer = StreamSealer(self._key, self._file)
        self._reader: SeekableOpener | None = None
        self._chains: dict[tuple[CaseId, AuthorId], int] = {}
        # One item a line each: its chain, its number, its first byte, its length, its id.
        self._chain_of = array("I")
        self._seqs = array("Q")
        self._starts = array("Q")
        self._sizes = array("I")
        self._ids = bytearray()
        # Lines whose parent is not the line before them, and those parents.
        self._apart = array("Q")
        self._apart_prevs = bytearray()
        self._order: list[int] | range = range(0)

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._seqs)

    def add(self, entry: Entry, content: bytes) -> None:
        """Keep a line whose signature and commitments were checked.

        Raises `BadEntry`, and `LimitExceeded` for one too many.
        """
        if len(self) >= MAX_LINES:
            raise LimitExceeded("too many lines")
        header = entry.header
        if (header.prev == "") != (header.seq == 0):
            raise journal.BadEntry("a first entry is number 0")
        chain = self._chains.setdefault((header.case, header.author), len(self._chains))
        prev = bytes.fromhex(header.prev)
        follows = (
            len(self) > 0
            and prev == self._ids[-_ID_BYTES:]
            and self._chain_of[-1] == chain
            and self._seqs[-1] + 1 == header.seq
        )
        if prev and not follows:
            self._apart.append(len(self))
            self._apart_prevs += prev
        self._starts.append(self._starts[-1] + self._sizes[-1] if self._starts else 0)
        self._sizes.append(len(content))
        self._chain_of.append(chain)
        self._seqs.append(header.seq)
        self._ids += bytes.fromhex(entry.id)
        if self._sealer is not None:
            with disk.disk_trouble():
                self._sealer.write(content)

    def finish(self) -> None:
        """Add no more; from here on they can be read."""
        if self._sealer is None or self._file is None:
            return
        with disk.disk_trouble():
            self._sealer.finish()
            self._file.flush()
            self._reader = SeekableOpener(self._key, self._file, self._file.tell())
        keys = sorted(self._chains)
        places = array("I", [0]) * len(keys)
        for place, key in enumerate(keys):
            places[self._chains[key]] = place

        def by_place(line: int) -> tuple[int, int]:
            return places[self._chain_of[line]], self._seqs[line]

        in_order = all(by_place(line - 1) <= by_place(line) for line in range(1, len(self)))
        self._order = range(len(self)) if in_order else sorted(range(len(self)), key=by_place)

    def entries(self) -> Iterator[Entry]:
        """Every entry, by case, author and number. Raises DISK_ERROR."""
        if self._reader is None:
            raise ValueError("the lines are not finished")
        for line in self._order:
            try:
                with disk.disk_trouble():
                    self._reader.seek(self._starts[line])
                    content = self._reader.read(self._sizes[line])
            except CryptoError:
                # It was verified when it came, so it is the disk that gives back something else.
                raise disk.disk_error() from None
            yield journal.parse_line(content)

    def counts(self) -> dict[tuple[CaseId, AuthorId], int]:
        """How many lines there are of each author in each case."""
        found = Counter(self._chain_of)
        return {key: found[chain] for key, chain in self._chains.items()}

    def apart(self) -> Iterator[tuple[EntryId, Place, Place | None]]:
        """The parents that do not stand right before their line.

        Each with the place that a parent of this line must have, and its place in here, if it is.
        """
        wanted = {bytes(prev) for prev in _ids_in(self._apart_prevs)}
        here = {entry: line for line, entry in enumerate(_ids_in(self._ids)) if entry in wanted}
        keys = list(self._chains)
        for line, prev in zip(self._apart, _ids_in(self._apart_prevs), strict=True):
            case, author = keys[self._chain_of[line]]
            parent = here.get(prev)
            yield (
                EntryId(prev.hex()),
                (case, author, self._seqs[line] - 1),
                None if parent is None else (*keys[self._chain_of[parent]], self._seqs[parent]),
            )

    def close(self) -> None:
        """Give the room back. The lines are gone."""
        if self._file is not None:
            self._file.close()


def _ids_in(ids: bytearray) -> Iterator[bytes]:
    return (bytes(ids[start : start + _ID_BYTES]) for start in range(0, len(ids), _ID_BYTES))
