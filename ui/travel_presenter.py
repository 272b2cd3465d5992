"""A session of a notebook that travels: what was sealed, drafts in time, and copies. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from notebook import border, disk
from notebook.i18n import _, digits, ngettext
from notebook.model import Changes
from ui.handover_words import left_to_right
from ui.runner import Lane
from ui.session import Session
from ui.words import isolated, outbox_words

if TYPE_CHECKING:
    from notebook.drafts import Drafts
    from notebook.journey import Sealed
    from notebook.notebook import Notebook
    from notebook.outbox import Contents, CopiedOut


class TravelScreen(Protocol):
    """What the presenter asks of the strip."""

    def show_sealed(self, words: str) -> None:
        """Show how much was sealed."""


class TravelPresenter:
    """Keeps the strip true, and has drafts sealed in time."""

    def __init__(self, session: Session, screen: TravelScreen, say: Callable[[str], None]) -> None:
        self._session = session
        self._screen = screen
        self._say = say
        session.listen(self._on_changes)

    def start(self) -> None:
        """Show where things stand."""
        self._read()

    def tick(self) -> None:
        """A second has passed: seal what is typed, if it is time."""
        self._session.drafts(_seal_if_due)

    def seal_drafts(self) -> None:
        """Seal what is typed now; the window is about to lock."""
        self._session.drafts(_seal)

    def copy(self, out: Path) -> None:
        """Copy every bundle out, and read it back."""
        self._session.long_job(
            Lane.FILES,
            lambda notebook, progress: notebook.travel.copy_outbox(out, progress),
            self._on_copied,
        )

    def write_page(self, out: Path, language: str, *, is_right_to_left: bool) -> None:
        """Write the page for a border."""
        content = border.page(language, is_right_to_left=is_right_to_left)

        def write(_notebook: Notebook, _progress: object) -> None:
            with disk.disk_trouble():
                disk.replace(out, content)

        self._session.long_job(Lane.FILES, write, lambda _nothing: self._on_page(out))

    def save_card(self, out: Path) -> None:
        """Write one's own card into a file: headquarters opens what it sealed by it."""

        def write(notebook: Notebook, _progress: object) -> str:
            card = notebook.my_card()
            with disk.disk_trouble():
                disk.replace(out, card.encode().encode())
            return card.fingerprint()

        self._session.long_job(Lane.FILES, write, self._on_card)

    def _on_card(self, fingerprint: str) -> None:
        self._say(
            _("Your card was saved. Its fingerprint: {digits}").format(
                digits=left_to_right(digits(fingerprint))
            )
        )

    def _on_copied(self, copied: CopiedOut) -> None:
        count = len(copied.files)
        self._say(
            ngettext(
                "{count} bundle was copied and read back.",
                "{count} bundles were copied and read back.",
                count,
            ).format(count=count)
        )

    def _on_page(self, out: Path) -> None:
        self._say(
            _("The page lies at {path}. Print it, then delete it.").format(path=isolated(str(out)))
        )

    def _on_changes(self, _changes: Changes) -> None:
        self._read()

    def _read(self) -> None:
        self._session.ask(
            lambda notebook: (notebook.travel.sealed_in_session(), notebook.travel.outbox()),
            self._show,
        )

    def _show(self, found: tuple[Sealed, Contents]) -> None:
        self._screen.show_sealed(sealed_words(*found))


def sealed_words(sealed: Sealed, outbox: Contents) -> str:
    """What this session sealed, and what waits in all: counts and sizes only."""
    records = ngettext("{count} record", "{count} records", sealed.records).format(
        count=sealed.records
    )
    files = ngettext("{count} file", "{count} files", sealed.files).format(count=sealed.files)
    now = _("Sealed in this session: {records}, {files}.").format(records=records, files=files)
    return f"{now} {outbox_words(outbox)}"


def _seal_if_due(drafts: Drafts) -> None:
    drafts.seal_if_due()


def _seal(drafts: Drafts) -> None:
    drafts.seal()
