"""The exchange folder: chosen, looked into, and what came of each bundle in it. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from notebook.errors import NotebookError
from notebook.exchange import Exchange, Find, State, failed, opened
from notebook.i18n import _, ngettext, number
from notebook.model import Changes
from ui.open_job import OpenJob
from ui.rooms import Place, Shell
from ui.runner import Lane
from ui.session import Session
from ui.words import isolated

if TYPE_CHECKING:
    from notebook.merge import OpenResult
    from notebook.notebook import Notebook

FOLDER_SETTING: Final = "exchange-folder"
WATCH_SETTING: Final = "exchange-watch"
MOST_LINES: Final = 200
"""Results of one session that are kept in the list, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLine:
    """What became of one bundle: its file, a sentence, and whether it needs attention."""

    file: str
    words: str
    tone: str = "ok"
    """`ok`, `mute` for what may still come, `caution` for what was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePage:
    """All that the room shows."""

    folder: str
    """Empty while none was chosen."""
    is_watching: bool
    summary: str
    lines: tuple[ExchangeLine, ...]


class ExchangeScreen(Protocol):
    """What the presenter asks of the view."""

    def show_exchange(self, page: ExchangePage) -> None:
        """Show the folder and what came of it."""

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far the bundle is that is being opened."""

    def show_rest(self) -> None:
        """Nothing is being opened any more."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble with the folder itself, or that there is none any more."""


class ExchangePresenter:
    """Looks into one folder, when asked or every few seconds, and opens what is new there."""

    def __init__(
        self, session: Session, screen: ExchangeScreen, shell: Shell, *, now_s: Callable[[], float]
    ) -> None:
        """`now_s` is a clock that never goes back."""
        self._session = session
        self._screen = screen
        self._shell = shell
        self._job = OpenJob(session, self, now_s)
        self._exchange: Exchange | None = None
        self._is_watching = False
        self._is_looking = False
        self._left: list[tuple[Path, ...]] = []
        self._lines: list[ExchangeLine] = []
        self._files: set[str] = set()
        self._trouble: NotebookError | None = None

    # The room.

    def enter(self, place: Place) -> None:
        """Show the folder that was chosen before, in this session or another."""
        if self._exchange is None:
            self._session.ask(_read_settings, self._on_settings)
        else:
            self._show()

    def changed(self, changes: Changes) -> None:
        """A sealer who became a contact may now be opened: look at what was refused again."""
        if changes.contacts and self._exchange:
            self._exchange = Exchange(self._exchange.folder)

    def flush(self) -> None:
        """Nothing is typed here; what is being opened goes on while the person is elsewhere."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside the buttons."""
        return {}

    # What the person does.

    def choose_folder(self, folder: Path) -> None:
        """Exchange by this folder from now on, and look into it at once."""
        self._stop()
        self._lines, self._files = [], set()
        self._exchange = Exchange(folder)
        self._session.change(lambda notebook: notebook.set_setting(FOLDER_SETTING, str(folder)))
        self.look()

    def watch(self, is_on: bool) -> None:
        """Look again every few seconds, or only when asked."""
        self._is_watching = is_on
        self._session.change(lambda notebook: notebook.set_setting(WATCH_SETTING, is_on))
        self._show()
        self.tick()

    def look(self) -> None:
        """Look into the folder now."""
        if self._exchange is None or self._is_looking:
            return
        self._is_looking = True
        exchange = self._exchange
        self._session.long_job(
            Lane.FILES,
            exchange.look,
            self._on_seen,
            self._on_folder_trouble,
            on_cancelled=self._end,
        )

    def tick(self) -> None:
        """Some seconds have gone by."""
        if self._is_watching:
            self.look()

    def cancel(self) -> None:
        """Stop opening; what was opened stays, the rest is looked at the next time."""
        self._stop()
        self._job.cancel()

    def go_to_seal(self) -> None:
        """Put a bundle for somebody into the folder."""
        folder = self._exchange.folder if self._exchange else None
        self._shell.go(Place(room="seal", folder=folder))

    def go_back(self) -> None:
        """Back to the ways of handover."""
        self._shell.go(Place(room="handover"))

    # Looking and opening.

    def _on_settings(self, settings: tuple[str, bool]) -> None:
        folder, self._is_watching = settings
        if folder:
            self._exchange = Exchange(Path(folder))
        self._show()
        self.tick()

    def _on_seen(self, seen: tuple[Sequence[Find], list[tuple[Path, ...]]]) -> None:
        self._say(None)
        finds, self._left = seen
        for find in finds:
            self._note(find)
        self._open_next()

    def _open_next(self) -> None:
        if self._left:
            self._job.start(self._left[0], accept_unknown=False)
        else:
            self._end()

    def on_progress(self, done: int, total: int, words: str) -> None:
        """How far the bundle is."""
        self._screen.show_progress(done, total, words)

    def on_opened(self, result: OpenResult) -> None:
        """One is merged; the next one follows."""
        if self._left:
            files = self._left.pop(0)
            self._note(opened(files, result))
        self._open_next()

    def on_open_trouble(self, error: NotebookError) -> None:
        """One could not be opened; the others may."""
        try:
            if self._left:
                self._note(failed(self._left[0], error))
                self._left.pop(0)
        except NotebookError:
            self._on_folder_trouble(error)
        else:
            self._open_next()

    def on_cancelled(self) -> None:
        """It was stopped, and nothing of the bundle that was being opened is left."""
        self._stop()
        self._end()

    def _on_folder_trouble(self, error: NotebookError) -> None:
        self._stop()
        self._end()
        self._say(error)

    def _say(self, error: NotebookError | None) -> None:
        # A folder that stays away is told of once, not every few seconds.
        if str(error) != str(self._trouble):
            self._trouble = error
            self._screen.show_trouble(error)

    def _stop(self) -> None:
        if self._exchange:
            self._exchange.forget(self._left)
        self._left = []

    def _end(self) -> None:
        self._is_looking = False
        self._screen.show_rest()
        self._show()

    # Showing.

    def _note(self, find: Find) -> None:
        line, file = _line(find), find.files[0].name
        before = [each for each in self._lines if each.file == file]
        if line is None:
            if all(each.tone == "ok" for each in before):
                return
            # What was said of it is true no more, and there is nothing to tell.
            self._files.discard(file)
        # What changed is told once, as it is now.
        self._lines = [each for each in self._lines if each not in before]
        if line is not None:
            self._lines.insert(0, line)
            self._files.add(file)
            if len(self._lines) > MOST_LINES:
                self._forget_one()

    def _forget_one(self) -> None:
        """What went well longest ago goes first; what needs attention stays as long as it can."""
        calm = [at for at, line in enumerate(self._lines) if line.tone == "ok"]
        del self._lines[calm[-1] if calm else -1]

    def _show(self) -> None:
        self._screen.show_exchange(
            ExchangePage(
                folder=str(self._exchange.folder) if self._exchange else "",
                is_watching=self._is_watching,
                summary=self._words(),
                lines=tuple(self._lines),
            )
        )

    def _words(self) -> str:
        if self._exchange is None:
            return ""
        if self._is_looking:
            return _("Looking…")
        if not self._lines:
            return _("Nothing new is in the folder.")
        count = len(self._files)
        if count > len(self._lines):
            return _(
                "{count} bundles since you unlocked; here the last {shown}, and what needs"
                " attention:"
            ).format(count=number(count), shown=number(len(self._lines)))
        return ngettext(
            "{count} bundle since you unlocked:", "{count} bundles since you unlocked:", count
        ).format(count=number(count))


def _read_settings(notebook: Notebook) -> tuple[str, bool]:
    folder = notebook.setting(FOLDER_SETTING, "")
    return folder if isinstance(folder, str) else "", notebook.setting(WATCH_SETTING) is True


def _line(find: Find) -> ExchangeLine | None:
    """What to say of a bundle; nothing of those for others and of those opened long ago."""
    file = find.files[0].name
    if find.state is State.OPENED and find.result is not None:
        result = find.result
        parts = [
            ngettext("{count} new", "{count} new", result.new).format(count=number(result.new)),
            ngettext(
                "{count} waiting for others", "{count} waiting for others", result.waiting
            ).format(count=number(result.waiting))
            if result.waiting
            else "",
            ngettext(
                "{count} file that was missing",
                "{count} files that were missing",
                result.missing_files,
            ).format(count=number(result.missing_files))
            if result.missing_files
            else "",
            ngettext("{count} conflict", "{count} conflicts", result.conflicts).format(
                count=number(result.conflicts)
            )
            if result.conflicts
            else "",
        ]
        words = _("From {name}: {counts}.").format(
            name=isolated(result.sealer_name), counts=", ".join(part for part in parts if part)
        )
        return ExchangeLine(file=file, words=words)
    if find.state is State.UNFINISHED:
        return ExchangeLine(
            file=file, words=_("Not whole, or not whole yet. It is looked at again."), tone="mute"
        )
    if find.state is State.REFUSED:
        return ExchangeLine(file=file, words=str(find.trouble), tone="caution")
    return None
