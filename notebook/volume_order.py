"""Volumes judged by their content: found and put in order without names, and which is at fault.

A volume but the first is a stretch of an age file and says nothing by itself. Who can open the
bundle can tell: each of its chunks is authentic at one place only. Nobody else can.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crypto.container import Identities
from crypto.errors import CryptoError
from crypto.probe import Probe
from crypto.stream import SEALED_CHUNK_BYTES, read_fully
from notebook import volumes
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.progress import Progress
from notebook.volumes import MAX_VOLUMES, VolumeReader, missing_volume

MAX_SORTED: Final = 64
"""More files without numbers are not tried at each other's places."""
MAX_TRIED: Final = 256
"""Nor are more pairs of a file and a bundle to which it might belong."""


def group(paths: Sequence[Path], identities: Identities) -> list[tuple[Path, ...]]:
    """Files given together, those of one bundle in one group: by their names, else by content.

    A file that neither begins a bundle nor has the name of one is tried at the places of every
    bundle that these identities open. What fits nowhere stays by itself.
    """
    by_name = volumes.group(paths)
    heads: dict[tuple[Path, ...], Path] = {}
    rest: list[Path] = []
    for found in by_name:
        try:
            beginnings = [path for path in found if volumes.is_beginning(path)]
        except NotebookError:
            # Whoever opens it is told.
            continue
        if not beginnings:
            rest += found
        elif len(beginnings) == 1:
            heads[found] = beginnings[0]
    if not rest or len(rest) > MAX_SORTED or len(rest) * len(heads) > MAX_TRIED:
        return by_name
    with volumes.reading():
        added = _brought_together(heads, rest, identities)
    placed = {path for paths_added in added.values() for path in paths_added}
    groups = [
        (*(path for path in found if path not in placed), *added.get(found, ()))
        for found in by_name
    ]
    return [found for found in groups if found]


def _brought_together(
    heads: Mapping[tuple[Path, ...], Path], rest: Sequence[Path], identities: Identities
) -> dict[tuple[Path, ...], list[Path]]:
    """For each group with a beginning the files that belong to the same bundle."""
    known = {}
    for found, first in heads.items():
        probe = _probe(first, identities)
        if probe is not None and not (len(found) == 1 and _is_whole(first, probe)):
            known[found] = _Places(first, probe)
            for path in found:
                known[found].take(path)
    added: dict[tuple[Path, ...], list[Path]] = {}
    left = []
    for path in rest:
        for found, places in known.items():
            if places.take(path):
                added.setdefault(found, []).append(path)
                break
        else:
            left.append(path)
    for path in left:
        for found, places in known.items():
            if places.take_end(path):
                added.setdefault(found, []).append(path)
                break
    return added


def _is_whole(path: Path, probe: Probe) -> bool:
    """Whether a bundle ends in the file in which it begins."""
    size_bytes = path.stat().st_size
    index = max(0, -(-(size_bytes - probe.start_bytes) // SEALED_CHUNK_BYTES) - 1)
    with volumes.open_file(path) as file:
        file.seek(probe.offset_of(index))
        return probe.fits(index, file.read(SEALED_CHUNK_BYTES), is_last=True)


class _Places:
    """The places of one bundle's volumes, and which files were found to belong there."""

    def __init__(self, first: Path, probe: Probe) -> None:
        self._probe = probe
        self._volume_bytes = first.stat().st_size
        self.placed = {0: first}

    def take(self, path: Path) -> bool:
        """Give a file its place; False where it has none that is free."""
        place = None if path == self.placed[0] else _place_of(path, self._probe, self._volume_bytes)
        if place is None or place in self.placed:
            return False
        self.placed[place] = path
        return True

    def has(self, path: Path) -> bool:
        """Whether the file belongs to the bundle, at whatever place."""
        return _place_of(path, self._probe, self._volume_bytes) is not None

    def take_end(self, path: Path) -> bool:
        """Give the last volume its place, when it is so short that no chunk begins in it."""
        if path.stat().st_size >= SEALED_CHUNK_BYTES:
            return False
        for place, before in sorted(self.placed.items()):
            offset_bytes = (place + 1) * self._volume_bytes
            index = self._probe.index_from(offset_bytes) - 1
            begun_bytes = offset_bytes - self._probe.offset_of(index)
            if (
                index >= 0
                and place + 1 not in self.placed
                and self._probe.fits(
                    index, _tail(before, begun_bytes) + path.read_bytes(), is_last=True
                )
            ):
                self.placed[place + 1] = path
                return True
        return False


def _tail(path: Path, count_bytes: int) -> bytes:
    with volumes.open_file(path) as file:
        file.seek(max(0, path.stat().st_size - count_bytes))
        return file.read(count_bytes)


def in_order(paths: Sequence[Path], identities: Identities) -> tuple[Path, ...]:
    """The volumes of one bundle, first to last: by their numbers, or else by what they hold.

    Raises MISSING_VOLUME and BAD_INPUT, and BUNDLE_DAMAGED for a file that is no bundle, all with
    a name.
    """
    if len(paths) == 1 and volumes.number_of(paths[0]) is None:
        if not volumes.is_beginning(paths[0]):
            raise _no_beginning(paths[0])
        return tuple(paths)
    try:
        return volumes.in_order(paths)
    except NotebookError as error:
        if error.code is Code.UNREADABLE_FILE or not 1 < len(paths) <= MAX_SORTED:
            raise
        sorted_paths = _sorted(tuple(dict.fromkeys(paths)), identities)
        if sorted_paths is None:
            raise
        return sorted_paths


@contextmanager
def explained(paths: Sequence[Path], identities: Identities, progress: Progress) -> Iterator[None]:
    """Say of a damaged bundle in volumes which of them it is, and what is wrong with it."""
    try:
        yield
    except NotebookError as error:
        is_in_volumes = len(paths) > 1 or volumes.number_of(paths[0]) is not None
        if error.code is not Code.BUNDLE_DAMAGED or not is_in_volumes:
            raise
        with volumes.reading():
            fault = _fault(paths, identities, progress)
        if fault is None:
            raise
        raise fault from None


def _sorted(paths: Sequence[Path], identities: Identities) -> tuple[Path, ...] | None:
    """The volumes in order by their content; None when that cannot be told."""
    beginnings = [path for path in paths if volumes.is_beginning(path)]
    if len(beginnings) != 1:
        return None
    with volumes.reading():
        (first,) = beginnings
        probe = _probe(first, identities)
        if probe is None:
            return None
        places = _Places(first, probe)
        left = [path for path in paths if path != first and not places.take(path)]
        for path in left:
            if not places.take_end(path):
                raise _given_twice(path) if places.has(path) else volumes.foreign(path)
    placed = places.placed
    for place in range(max(placed) + 1):
        if place not in placed:
            raise missing_volume(place + 1, first)
    return tuple(placed[place] for place in range(len(placed)))


def _probe(first: Path, identities: Identities) -> Probe | None:
    try:
        with volumes.open_file(first) as file:
            return Probe(file, identities)
    except CryptoError:
        return None


def _place_of(path: Path, probe: Probe, volume_bytes: int) -> int | None:
    """Where a volume belongs, counted from 0."""
    for place in range(1, min(2 * MAX_SORTED, MAX_VOLUMES)):
        if _begins_at(path, probe, place * volume_bytes):
            return place
    return None


def _begins_at(path: Path, probe: Probe, offset_bytes: int) -> bool:
    """Whether the first chunk that begins in a volume belongs there.

    In a volume too short to hold one it cannot be told, and it does not.
    """
    index = probe.index_from(offset_bytes)
    skipped = probe.offset_of(index) - offset_bytes
    with volumes.open_file(path) as file:
        file.seek(skipped)
        sealed = file.read(SEALED_CHUNK_BYTES)
    return probe.fits(index, sealed, is_last=False) or probe.fits(index, sealed, is_last=True)


def _fault(
    paths: Sequence[Path], identities: Identities, progress: Progress
) -> NotebookError | None:
    probe = _probe(paths[0], identities)
    if probe is None:
        return None
    sizes = [path.stat().st_size for path in paths]
    volume_bytes = sizes[0]
    for place, path in enumerate(paths[1:], start=1):
        if sizes[place] > volume_bytes:
            return _longer(path, paths[0])
        if sizes[place] >= 2 * SEALED_CHUNK_BYTES and not _begins_at(
            path, probe, place * volume_bytes
        ):
            return _misplaced(path, probe, volume_bytes)
        if place < len(paths) - 1 and sizes[place] < volume_bytes:
            return _cut(path)
    broken = _first_broken(paths, probe, progress)
    if broken is None:
        return None
    index, is_at_end = broken
    if not is_at_end:
        return _damaged(paths, probe, index, volume_bytes)
    if len(paths) == 1:
        return _goes_on(paths[0])
    if sizes[-1] == volume_bytes:
        return missing_volume(len(paths) + 1, paths[0])
    return _cut(paths[-1])


def _first_broken(
    paths: Sequence[Path], probe: Probe, progress: Progress
) -> tuple[int, bool] | None:
    """The first chunk that is not authentic, and whether the files end there; None if all are."""
    source = VolumeReader(paths, progress)
    try:
        left_bytes = source.total_bytes - len(read_fully(source, probe.start_bytes))
        index = 0
        while left_bytes > 0:
            sealed = read_fully(source, SEALED_CHUNK_BYTES)
            left_bytes -= len(sealed)
            is_at_end = left_bytes <= 0
            if is_at_end and probe.fits(index, sealed, is_last=True):
                return None
            if not probe.fits(index, sealed, is_last=False):
                return index, is_at_end
            index += 1
    finally:
        source.close()
    return index, True


def _no_beginning(path: Path) -> NotebookError:
    return NotebookError(
        Code.BUNDLE_DAMAGED,
        _("“{name}” is no sealed bundle, or its beginning is missing or damaged.").format(
            name=path.name
        ),
        _("Nothing was opened or changed here."),
        _(
            "If it is one part of a bundle, give all parts together; whom it is for may open them"
            " under any name. Otherwise ask for it again."
        ),
    )


def _given_twice(path: Path) -> NotebookError:
    return NotebookError(
        Code.BAD_INPUT,
        _("“{name}” is a part of the bundle that was given twice.").format(name=path.name),
        _("Nothing was opened."),
        _("Give the parts of one bundle, each once."),
    )


def _misplaced(path: Path, probe: Probe, volume_bytes: int) -> NotebookError:
    place = _place_of(path, probe, volume_bytes)
    if place is not None:
        return NotebookError(
            Code.BAD_INPUT,
            _("“{name}” is part {number} of the bundle, and has another number.").format(
                name=path.name, number=f"{place + 1:03d}"
            ),
            _("Nothing was opened."),
            _("Give the parts their numbers back, and open them again."),
        )
    return NotebookError(
        Code.BUNDLE_DAMAGED,
        _("“{name}” is no part of the same bundle, or its beginning is damaged.").format(
            name=path.name
        ),
        _("Nothing was opened or changed here."),
        _("Copy this part again from where the bundle was sealed."),
    )


def _longer(path: Path, first: Path) -> NotebookError:
    return NotebookError(
        Code.BUNDLE_DAMAGED,
        _("“{name}” is longer than “{first}”, so it is no part of the same bundle.").format(
            name=path.name, first=first.name
        ),
        _("Nothing was opened or changed here."),
        _("Copy the parts again from where the bundle was sealed."),
    )


def _cut(path: Path) -> NotebookError:
    return NotebookError(
        Code.BUNDLE_DAMAGED,
        _("“{name}” was cut short.").format(name=path.name),
        _("Nothing was opened or changed here."),
        _("Copy this part again from where the bundle was sealed."),
    )


def _goes_on(path: Path) -> NotebookError:
    error = missing_volume(2, path)
    error.next_step = _(
        "Give all parts of the bundle together. If there is no other, this one was cut short."
    )
    return error


def _damaged(paths: Sequence[Path], probe: Probe, index: int, volume_bytes: int) -> NotebookError:
    first = min(probe.offset_of(index) // volume_bytes, len(paths) - 1)
    last = min((probe.offset_of(index + 1) - 1) // volume_bytes, len(paths) - 1)
    what = _("“{name}” is damaged.").format(name=paths[first].name)
    if last != first:
        # A chunk that lies across two volumes does not say which of them it is.
        what = _("The end of “{name}” or the beginning of “{other}” is damaged.").format(
            name=paths[first].name, other=paths[last].name
        )
    return NotebookError(
        Code.BUNDLE_DAMAGED,
        what,
        _("Nothing was opened or changed here."),
        _("Copy this part again from where the bundle was sealed."),
    )
