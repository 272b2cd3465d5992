"""Evidence: files taken in, looked at, and written out as plain copies. No Qt.

A file is read, hashed and encrypted in the files' lane; the record about it is one transaction in
the notebook's lane. Pictures are decoded by a process that holds no keys; here come pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from notebook import media
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.model import Changes, JsonValue, RecordId
from notebook.progress import Progress
from ui.drawer_presenter import file_kind, text_list
from ui.rooms import Shell
from ui.runner import JobHandle, Lane
from ui.session import Session
from ui.style.tokens import PREVIEW_SIDE_MOST
from ui.words import isolated, size_words

if TYPE_CHECKING:
    from notebook.evidence import ObjectReader
    from notebook.intake import Examined
    from notebook.notebook import Notebook

SHORT_HASH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A file that the person gave: a path, or bytes from the clipboard."""

    name: str
    path: Path | None = None
    content: bytes = b""

    def open(self) -> BinaryIO:
        """Open it for reading; raises UNREADABLE_FILE."""
        if self.path is None:
            return BytesIO(self.content)
        # A pipe or a device would never come to an end.
        if not self.path.is_file():
            raise unreadable()
        try:
            return self.path.open("rb")
        except OSError:
            raise unreadable() from None

    def size_bytes(self) -> int:
        """How long it is; 0 when nobody knows."""
        if self.path is None:
            return len(self.content)
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSheet:
    """What is shown of a file."""

    kind: str
    icon: str
    size: str
    short_hash: str
    file_name: str
    is_covered: bool
    """A graphic picture is shown only when it is asked for."""


class EvidenceScreen(Protocol):
    """What the presenter asks of the view."""

    def show_intake(self, words: str) -> None:
        """A file is being taken in."""

    def show_intake_progress(self, done: int, total: int, what: str) -> None:
        """How far it is."""

    def stop_intake(self) -> None:
        """No file is being taken in any more."""

    def show_note(self, words: str) -> None:
        """Say what remains to be thought of; it stays until it is dismissed."""

    def show_file(self, sheet: FileSheet | None) -> None:
        """Show what kind of file the open record is about, or none."""

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        """Show the picture: 3 bytes a pixel."""

    def show_no_picture(self, words: str) -> None:
        """Say why there is no picture."""


class EvidencePresenter:
    """Takes in, shows and writes out files."""

    def __init__(self, session: Session, shell: Shell, screen: EvidenceScreen) -> None:
        self._session = session
        self._shell = shell
        self._screen = screen
        self._waiting: list[tuple[RecordId, Offered]] = []
        self._job: JobHandle | None = None
        self._is_busy = False
        self._done = 0
        self._originals: list[Path] = []
        self._shown: RecordId | None = None

    # Taking in.

    def take_in(self, about: RecordId, files: Sequence[Offered]) -> None:
        """Take files in as evidence about a record, one after another."""
        self._waiting += [(about, file) for file in files]
        if not self._is_busy:
            self._next()

    def cancel(self) -> None:
        """Stop taking in; what is in already stays."""
        self._waiting = []
        if self._job:
            self._job.cancel()

    def _next(self) -> None:
        if not self._waiting:
            self._finish()
            return
        self._is_busy = True
        about, file = self._waiting.pop(0)
        self._screen.show_intake(_("Taking in {name}").format(name=isolated(file.name)))
        self._job = self._session.long_job(
            Lane.FILES,
            partial(_take_in, file),
            partial(self._on_taken_in, about, file),
            self._on_trouble,
            on_progress=self._screen.show_intake_progress,
            on_cancelled=self._finish,
        )

    def _on_taken_in(self, about: RecordId, file: Offered, examined: "Examined") -> None:
        self._session.change_and_get(
            lambda notebook: notebook.add_evidence(about, examined),
            partial(self._on_added, file),
            self._on_trouble,
        )

    def _on_added(self, file: Offered, _record: RecordId) -> None:
        self._done += 1
        if file.path is not None:
            self._originals.append(file.path)
        self._next()

    def _on_trouble(self, error: NotebookError) -> None:
        self._shell.trouble(error)
        self._next()

    def _finish(self) -> None:
        self._is_busy = False
        self._job = None
        done, self._done = self._done, 0
        originals, self._originals = self._originals, []
        self._screen.stop_intake()
        if not done:
            return
        self._shell.say(
            ngettext("{count} file was taken in.", "{count} files were taken in.", done).format(
                count=done
            )
        )
        if len(originals) == 1:
            self._screen.show_note(
                _(
                    "The original is still at {path}; deleting it does not erase it from a"
                    " flash drive."
                ).format(path=isolated(str(originals[0])))
            )
        elif originals:
            self._screen.show_note(
                _(
                    "The originals are still where they were; deleting them does not erase them"
                    " from a flash drive."
                )
            )

    # Looking at.

    def show(self, record: RecordId | None, values: Mapping[str, JsonValue]) -> None:
        """Another record is open; `values` are its fields when it is about a file."""
        if record == self._shown:
            return
        self._shown = record
        media_type = values.get("media_type")
        if record is None or not isinstance(media_type, str):
            self._screen.show_file(None)
            return
        sheet = file_sheet(values)
        self._screen.show_file(sheet)
        if media_type not in media.MEDIA_TYPES:
            self._screen.show_no_picture("")
        elif not sheet.is_covered:
            self.uncover()

    def uncover(self) -> None:
        """Show the picture."""
        record = self._shown
        if record:
            self._session.ask(
                lambda notebook: (
                    notebook.evidence_content(record),
                    _media_type(notebook, record),
                ),
                partial(self._on_content, record),
                self._on_damaged,
            )

    def _on_damaged(self, error: NotebookError) -> None:
        self._screen.show_no_picture(error.what)
        self._shell.trouble(error)

    def _on_content(self, record: RecordId, found: "tuple[ObjectReader, str]") -> None:
        reader, media_type = found
        self._session.long_job(
            Lane.FILES,
            lambda _notebook, _progress: _decode(reader, media_type),
            partial(self._on_picture, record),
            self._on_damaged,
        )

    def _on_picture(self, record: RecordId, seen: media.Picture | media.Placeholder) -> None:
        if record != self._shown:
            return
        if isinstance(seen, media.Picture):
            self._session.view(record, partial(self._show_picture, record, seen))
        else:
            self._screen.show_no_picture(
                _("This picture cannot be shown here. The file itself is whole.")
            )

    def _show_picture(self, record: RecordId, picture: media.Picture) -> None:
        if record == self._shown:
            self._screen.show_picture(picture.width, picture.height, picture.rgb)

    # Writing out.

    def extract(self, record: RecordId, out: Path) -> None:
        """Write a plaintext copy, and note it in custody."""
        self._session.long_job(
            Lane.NOTEBOOK,
            lambda notebook, progress: notebook.extract(record, out, progress),
            lambda changes: self._on_extracted(out, changes),
        )

    def _on_extracted(self, out: Path, changes: Changes) -> None:
        self._session.announce(changes)
        self._shell.say(
            _("A plain copy lies at {path}. Anyone can read it there.").format(
                path=isolated(str(out))
            )
        )


def file_sheet(values: Mapping[str, JsonValue]) -> FileSheet:
    """What is shown of a file, from the fields written at intake."""
    kind, icon = file_kind(str(values.get("media_type", "")))
    size = values.get("size_bytes")
    return FileSheet(
        kind=kind,
        icon=icon,
        size=size_words(size) if isinstance(size, int) else "",
        short_hash=str(values.get("sha256") or "")[:SHORT_HASH],
        file_name=str(values.get("file_name") or ""),
        is_covered="graphic" in text_list(values.get("sensitivity")),
    )


def unreadable() -> NotebookError:
    """The trouble of a file that cannot be opened."""
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("The file could not be opened."),
        _("Nothing was changed."),
        _("Check that it is still there, that it is a file, and that you may read it."),
    )


def _take_in(file: Offered, notebook: "Notebook", progress: Progress) -> "Examined":
    with file.open() as source:
        return notebook.intake().take_in(
            source, file_name=file.name, progress=progress, total_bytes=file.size_bytes()
        )


def _media_type(notebook: "Notebook", record: RecordId) -> str:
    state = notebook.record(record).fields.get("media_type")
    return str(state.value) if state else ""


def _decode(reader: "ObjectReader", media_type: str) -> media.Picture | media.Placeholder:
    with reader:
        return media.examine(reader, media_type, max_side=PREVIEW_SIDE_MOST)
