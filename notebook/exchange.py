"""An exchange folder: bundles that others put there are opened once, and one's own are put there.

Whatever fills the folder (Syncthing, a stick, OnionShare, rclone) is its own business. It may show
files that are not whole yet, copies it made of a conflict, and files of strangers; none of these
stops the others, and nothing in the folder but bundles of one's own is ever written or removed.
"""

import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from notebook import disk, volumes
from notebook.contacts import Contact
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.i18n import _
from notebook.merge import OpenResult
from notebook.model import AuthorId
from notebook.notebook import Notebook
from notebook.progress import Progress
from notebook.sealing import SealResult

MAX_NAMES = 20_000
"""More names than this in one folder are not an exchange folder."""
MOST_PASSED_OVER = 150
"""How many looks go by until what consent refused is tried again though nothing was written."""
_BUNDLE = re.compile(r"[^.~].*\.sealed\.age(\.[0-9]{3})?", re.DOTALL | re.IGNORECASE)
_COPIES = ("conflict", "~")
"""Words in the names that synchronising programs give to a second copy of a file."""

FileStamp = tuple[str, int, int, int, int]
Stamp = tuple[FileStamp, ...]
"""Of every file of a group: name, inode, size in bytes, and two times in nanoseconds.

A sealed file's own time is always the same, also when it comes in pieces: when the system changed
it counts as well.
"""


class State(StrEnum):
    """What became of one group of files that look like a bundle."""

    OPENED = "opened"
    PRESENT = "present"
    """It was opened before."""
    OTHERS = "others"
    """It is sealed for somebody else; one's own bundles for others look like this, too."""
    REFUSED = "refused"
    UNFINISHED = "unfinished"
    """Not whole, or not whole yet: looked at again when it has changed."""


_STATES = {
    Code.NOT_FOR_YOU: State.OTHERS,
    Code.FORWARDED: State.OTHERS,
    Code.BUNDLE_DAMAGED: State.UNFINISHED,
    Code.MISSING_VOLUME: State.UNFINISHED,
    Code.UNREADABLE_FILE: State.UNFINISHED,
}
"""Every other trouble is a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One bundle in the folder, and what became of it."""

    files: tuple[Path, ...]
    state: State
    result: OpenResult | None = None
    trouble: NotebookError | None = None


@dataclass(slots=True)
class Exchange:
    """Looks into a folder again and again; what did not change is not looked at twice."""

    folder: Path
    _known: dict[tuple[Path, ...], Stamp] = field(default_factory=dict)

    def look(
        self, notebook: Notebook, progress: Progress
    ) -> tuple[list[Find], list[tuple[Path, ...]]]:
        """What is new since the last look: what need not be opened, and what is to be opened.

        It only reads, and may run in another thread. Raises UNREADABLE_FILE for the folder itself,
        BAD_INPUT for one with too many names, DAMAGED, or `Cancelled`.
        """
        found = dict(_groups(self.folder))
        finds: list[Find] = []
        new: list[tuple[Path, ...]] = []
        for files, stamp in found.items():
            if self._known.get(files) == stamp:
                continue
            try:
                seen = notebook.inspect_bundle(files, progress)
                # What was removed at a departure comes back only when a person opens it.
                if seen.is_already_opened or seen.was_removed:
                    finds.append(Find(files=files, state=State.PRESENT))
                else:
                    new.append(files)
            except NotebookError as trouble:
                finds.append(failed(files, trouble))
        self._known = found
        return finds, new

    def round(self, notebook: Notebook, progress: Progress) -> list[Find]:
        """Look, and open what is new. Raises as `look`, and NO_SPACE or DISK_ERROR."""
        finds, new = self.look(notebook, progress)
        try:
            while new:
                finds.append(self._open(notebook, new[0], progress))
                del new[0]
        except BaseException:
            self.forget(new)
            raise
        return finds

    def _open(self, notebook: Notebook, files: tuple[Path, ...], progress: Progress) -> Find:
        try:
            result, _changes = notebook.open_bundle(files, accept_unknown=False, progress=progress)
        except NotebookError as trouble:
            return failed(files, trouble)
        return opened(files, result)

    def forget(self, groups: Sequence[tuple[Path, ...]]) -> None:
        """Look at these again the next time: they could not be opened for want of space, say."""
        for files in groups:
            self._known.pop(files, None)


def opened(files: tuple[Path, ...], result: OpenResult) -> Find:
    """What is said of a bundle that was opened: another copy of one that was, brings nothing."""
    is_copy = result.is_again and not (result.new or result.files)
    return Find(files=files, state=State.PRESENT if is_copy else State.OPENED, result=result)


def failed(files: tuple[Path, ...], trouble: NotebookError) -> Find:
    """What is said of a bundle that was not opened. Raises what is about the notebook itself."""
    if trouble.code in (Code.NO_SPACE, Code.DISK_ERROR, Code.DAMAGED):
        raise trouble
    return Find(files=files, state=_STATES.get(trouble.code, State.REFUSED), trouble=trouble)


def _groups(folder: Path) -> Iterator[tuple[tuple[Path, ...], Stamp]]:
    """The files that look like bundles, volumes of one together, each group with its stamp."""
    stamps: dict[Path, FileStamp] = {}
    try:
        for number, path in enumerate(folder.iterdir()):
            if number == MAX_NAMES:
                raise _too_full()
            if _looks_like_bundle(path.name) and (seen := _plain_file(path)) is not None:
                stamps[path] = seen
    except OSError:
        raise gone() from None
    for files in volumes.group(sorted(stamps)):
        yield files, tuple(stamps[path] for path in files)


def _looks_like_bundle(name: str) -> bool:
    if _BUNDLE.fullmatch(name) is None:
        return False
    return not any(word in name.lower() for word in _COPIES)


def _plain_file(path: Path) -> FileStamp | None:
    """The stamp of a plain file. A pipe or a device that somebody put there is never opened."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return path.name, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What was put into the folder, and for whom it could not be."""

    placed: tuple[tuple[AuthorId, SealResult], ...] = ()
    refused: tuple[tuple[AuthorId, NotebookError], ...] = ()


@dataclass(slots=True, kw_only=True)
class Placing:
    """Puts bundles with what they lack into the folder, for each of these contacts.

    Where nothing is new since the last bundle that was put there for a contact, none is made, also
    when they have not answered yet. What consent keeps from one contact keeps nothing from another;
    it is told once, until something changes.
    """

    contacts: Sequence[Contact]
    purpose: str
    _refused: dict[AuthorId, tuple[str, int]] = field(default_factory=dict)
    """For whom consent let nothing go: how things stood, and how many looks went by since."""

    def round(self, notebook: Notebook, folder: Path, progress: Progress) -> Placed:
        """Put there what is new.

        Raises UNREADABLE_FILE when the folder is gone, and as `Notebook.seal`, but for
        CONSENT_REFUSED.
        """
        if self.contacts and is_gone(folder):
            raise gone()
        placed: list[tuple[AuthorId, SealResult]] = []
        refused: list[tuple[AuthorId, NotebookError]] = []
        for contact in self.contacts:
            name = f"exchange.{contact.id}"
            state = f"{notebook.handover_state(contact.id)} {self.purpose}"
            if notebook.setting(name) == state:
                continue
            before, passed_over = self._refused.get(contact.id, ("", 0))
            # An embargo ends, and nothing is written about that.
            if before == state and passed_over < MOST_PASSED_OVER:
                self._refused[contact.id] = (state, passed_over + 1)
                continue
            try:
                plan = notebook.plan_seal(SealRequest(to=(contact.id,), purpose=self.purpose))
                result, _changes = notebook.seal(plan, folder, progress)
            except NotebookError as trouble:
                if trouble.code is not Code.CONSENT_REFUSED:
                    raise
                if before != state:
                    refused.append((contact.id, trouble))
                self._refused[contact.id] = (state, 0)
                continue
            if result.files:
                placed.append((contact.id, result))
            notebook.set_setting(name, state)
        return Placed(placed=tuple(placed), refused=tuple(refused))


def make(folder: Path) -> None:
    """Make the folder, should it not be there. Raises NO_SPACE or DISK_ERROR."""
    with disk.disk_trouble():
        folder.mkdir(mode=disk.FOLDER_MODE, parents=True, exist_ok=True)


def is_gone(folder: Path) -> bool:
    """Whether the folder is not there, as when a stick was pulled out."""
    try:
        return not folder.is_dir()
    except OSError:
        return True


def gone() -> NotebookError:
    """The trouble of a folder that is gone."""
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("The exchange folder cannot be read."),
        _("Nothing was opened or changed."),
        _("Check that it is there: a stick may have been pulled out."),
    )


def _too_full() -> NotebookError:
    return NotebookError(
        Code.BAD_INPUT,
        _("There are more than {count} files in the exchange folder.").format(count=MAX_NAMES),
        _("Nothing was opened or changed."),
        _("Move what was opened long ago to another folder."),
    )
