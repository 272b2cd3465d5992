"""What remains on this laptop: what an officer learns without the passphrase, and with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from notebook import contacts, departure, listing, sealing_key
from notebook.core import Core
from notebook.model import AuthorId
from notebook.storage import affairs, entries, travel
from notebook.storage.affairs import BundleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftFile:
    """A file in the notebook's folder, as anybody sees it."""

    name: str
    size_bytes: int
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBundle:
    """A bundle that this notebook knows of."""

    id: str
    peer: AuthorId
    """Who sealed it, or for whom it was sealed."""
    at: str
    """When it was opened or sealed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What is on this laptop, and what somebody who has the passphrase learns from it."""

    folder: Path
    files: tuple[LeftFile, ...]
    cases: int
    titles: tuple[str, ...]
    """Of the cases that can be read; a case that travels has none."""
    records: int
    entries: int
    drafts: int
    author: str
    contacts: tuple[str, ...]
    openable: tuple[KnownBundle, ...]
    """Bundles sealed to this notebook: whoever has the files opens them with its keys."""
    sealed: tuple[KnownBundle, ...]
    """Bundles that were sealed here, which only their readers open."""
    old_keys: int
    """Earlier sealing keys that are kept."""
    missions: int
    """Missions whose keys are here, with which the bundles of its laptops open."""
    is_travelling: bool
    """Whether only numbers of cases are here, and an outbox that nothing here opens."""


def remains(core: Core) -> Remains:
    """What an officer would see."""
    files = [path for path in sorted(core.place.path.rglob("*")) if path.is_file()]
    carried = travel.carried(core.base)
    return Remains(
        folder=core.place.path,
        files=tuple(_seen(path, core.place.path) for path in files),
        cases=len(carried) or len(entries.case_ids(core.base)),
        titles=tuple(row.title for row in listing.rows(core.base, type_="case")),
        records=len(listing.rows(core.base)),
        entries=entries.count_and_newest(core.base)[0],
        drafts=departure.drafts_in(core),
        author=core.identity.name,
        contacts=tuple(contacts.from_row(row).name for row in affairs.contacts(core.base)),
        openable=_known(affairs.opened_bundles(core.base)),
        sealed=_known(affairs.sealed_bundles(core.base)),
        old_keys=len(sealing_key.old_identities(core.base)),
        missions=len(travel.missions(core.base)),
        is_travelling=core.journey is not None,
    )


def _known(rows: Sequence[BundleRow]) -> tuple[KnownBundle, ...]:
    return tuple(KnownBundle(id=row.id, peer=row.peer, at=row.at) for row in rows)


def _seen(path: Path, base: Path) -> LeftFile:
    status = path.stat()
    # A sealed file has a time that says nothing; the system knows all the same when it was made.
    at = datetime.fromtimestamp(int(max(status.st_mtime, status.st_ctime)), UTC)
    return LeftFile(
        name=str(path.relative_to(base)),
        size_bytes=status.st_size,
        changed=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
