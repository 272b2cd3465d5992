"""Volumes judged by their content: put in order without numbers, and which one is at fault.

A volume but the first is a stretch of an age file and says nothing by itself. Who can open the
bundle can tell: each of its chunks is authentic at one place only. Nobody else can.
"""

from collections.abc import Iterator, Sequence
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


def in_order(paths: Sequence[Path], identities: Identities) -> tuple[Path, ...]:
    """The volumes of one bundle, first to last: by their numbers, or else by what they hold.

    Raises MISSING_VOLUME and BAD_INPUT, both with a name.
    """
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
        volume_bytes = first.stat().st_size
        placed = {0: first}
        for path in paths:
            if path == first:
                continue
            place = _place_of(path, probe, volume_bytes)
            if place is None or place in placed:
                raise volumes.foreign(path)
            placed[place] = path
    for place in range(max(placed) + 1):
        if place not in placed:
            raise missing_volume(place + 1, first)
    return tuple(placed[place] for place in range(len(placed)))


def _probe(first: Path, identities: Identities) -> Probe | None:
    try:
        with first.open("rb") as file:
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
    with path.open("rb") as file:
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
