"""Quarantine: sealed bundles by people who are no contacts wait here for a person's decision.

Only the sealed files lie here, under a name made from what is in them, so that what was shown is
what is accepted. A stranger can fill no more than a bounded part of the disk.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from notebook import disk, volumes
from notebook.errors import Code, NotebookError
from notebook.i18n import _

MAX_BUNDLES: Final = 20
MAX_BYTES: Final = 4 * 1024 * 1024 * 1024
"""Of all bundles together."""
ID_DIGITS: Final = 32
FIRST_SUFFIX: Final = ".001"
_NAME = re.compile(r"([0-9a-f]{32})\.[0-9]{3}")
_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A sealed bundle that waits."""

    id: str
    """The first 32 digits of the SHA-256 of its sealed bytes."""
    paths: tuple[Path, ...]
    size_bytes: int
    kept_on: str
    """When it was kept, RFC 3339."""


def listed(staging: Path) -> list[Quarantined]:
    """What waits, oldest first."""
    found = []
    for name, paths in _parts(staging).items():
        if not _has_beginning(paths):
            # A kill came before it was whole.
            continue
        stats = [path.stat() for path in paths]
        found.append(
            Quarantined(
                id=name,
                paths=tuple(paths),
                size_bytes=sum(stat.st_size for stat in stats),
                kept_on=_moment(stats[0].st_mtime),
            )
        )
    return sorted(found, key=lambda each: (each.kept_on, each.id))


def _parts(staging: Path) -> dict[str, list[Path]]:
    parts: dict[str, list[Path]] = defaultdict(list)
    with suppress(FileNotFoundError):
        for path in sorted(staging.iterdir()):
            if match := _NAME.fullmatch(path.name):
                parts[match[1]].append(path)
    return parts


def _has_beginning(paths: Sequence[Path]) -> bool:
    return paths[0].suffix == FIRST_SUFFIX


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def keep(paths: Sequence[Path], staging: Path) -> bool:
    """Copy sealed files; False when there is no room. The same ones again change nothing.

    Raises NO_SPACE, DISK_ERROR.
    """
    with disk.disk_trouble():
        disk.make_folder(staging)
        name = _id_of(paths)
        size_bytes = sum(path.stat().st_size for path in paths)
        here = listed(staging)
        if any((each.id, each.size_bytes) == (name, size_bytes) for each in here):
            return True
        # What a kill left of it, while it was kept or dropped, is less than what comes now.
        here = [each for each in here if each.id != name]
        if (
            len(here) >= MAX_BUNDLES
            or sum(each.size_bytes for each in here) + size_bytes > MAX_BYTES
        ):
            return False
        parts = [staging / f"{name}.{number:03d}.part" for number in range(1, len(paths) + 1)]
        try:
            # The first gets its name last: where it lies, the bundle is whole.
            for path, part in zip(paths, parts, strict=True):
                part.unlink(missing_ok=True)
                _copy(path, part)
            for left in reversed(_parts(staging).get(name, [])):
                left.unlink()
            for part in reversed(parts):
                disk.publish(part, part.with_suffix(""))
        except BaseException:
            for part in parts:
                part.unlink(missing_ok=True)
                part.with_suffix("").unlink(missing_ok=True)
            raise
    return True


@contextmanager
def kept_if_refused(paths: Sequence[Path], staging: Path) -> Iterator[None]:
    """Keep them for a decision when their sealer is not accepted after all; the trouble is told."""
    try:
        yield
    except NotebookError:
        keep(paths, staging)
        raise


def _copy(path: Path, part: Path) -> None:
    with path.open("rb") as source, disk.create(part) as copy:
        while chunk := source.read(_CHUNK_BYTES):
            copy.write(chunk)
        disk.sync(copy)


def _id_of(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()[:ID_DIGITS]


def found(staging: Path, untrusted_id: str) -> Quarantined:
    """The bundle with this id or an unambiguous beginning of six digits. Raises BAD_INPUT."""
    text = untrusted_id.strip().lower()
    matching = [each for each in listed(staging) if len(text) >= 6 and each.id.startswith(text)]
    if len(matching) != 1:
        raise NotebookError(
            Code.BAD_INPUT,
            _("There is no such bundle in quarantine, or more than one."),
            _("Nothing was changed."),
            _("“quarantine FOLDER list” gives their ids."),
        )
    return matching[0]


def check(waiting: Quarantined) -> None:
    """Raise BUNDLE_DAMAGED when the sealed bytes are not those that were kept."""
    with disk.disk_trouble():
        if _id_of(volumes.in_order(waiting.paths)) != waiting.id:
            raise NotebookError(
                Code.BUNDLE_DAMAGED,
                _("The bundle in quarantine is not the one that was kept there."),
                _("Nothing of it was opened or changed here."),
                _("Drop it, and take the file again from where it came."),
            )


def drop(waiting: Quarantined) -> None:
    """Delete the sealed copy. Raises DISK_ERROR."""
    with disk.disk_trouble():
        # The last first: what is left by a kill lacks its end and never passes for a whole one.
        for path in reversed(waiting.paths):
            path.unlink(missing_ok=True)


def sweep(staging: Path) -> None:
    """Remove what a kill left of a copy that was not whole."""
    with suppress(OSError):
        for path in staging.glob("*.part"):
            path.unlink(missing_ok=True)
        for paths in _parts(staging).values():
            if not _has_beginning(paths):
                for path in paths:
                    path.unlink(missing_ok=True)
