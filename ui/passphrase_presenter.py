"""Changing the passphrase. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.door import Advise
from ui.runner import JobHandle, Lane, Runner
from ui.session import Session

if TYPE_CHECKING:
    from notebook.passphrases import PassphraseAdvice


class PassphraseScreen(Protocol):
    """What the presenter asks of the sheet."""

    def show_advice(self, sentence: str, *, is_accepted: bool) -> None:
        """Show what is to be said about the new passphrase."""

    def show_passphrase(self, passphrase: str) -> None:
        """Fill in a passphrase that was made."""

    def show_lacks(self, sentence: str) -> None:
        """Show what is still missing; empty when nothing is."""

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that it is being changed."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""

    def show_done(self) -> None:
        """Show that it was changed, and what that does not do."""


class PassphrasePresenter:
    """Replaces the passphrase of the open notebook."""

    def __init__(
        self, screen: PassphraseScreen, session: Session, runner: Runner, advise: Advise
    ) -> None:
        self._screen = screen
        self._session = session
        self._runner = runner
        self._advise = advise
        self._is_busy = False
        self._advising: JobHandle | None = None

    def judge(self, passphrase: str) -> None:
        """Say how strong the new passphrase is."""
        if self._advising:
            self._advising.cancel()
        self._advising = self._runner.run(
            Lane.FILES,
            lambda _progress: self._advise.judge(passphrase),
            self._show_advice,
            self._screen.show_trouble,
        )

    def suggest(self) -> None:
        """Fill in six random words."""
        passphrase = self._advise.suggest()
        self._screen.show_passphrase(passphrase)
        self.judge(passphrase)

    def change(self, old: str, new: str, repeated: str) -> None:
        """Change it, or say what is missing."""
        lack = _lack(old, new, repeated)
        self._screen.show_lacks(lack)
        if lack or self._is_busy:
            return
        self._is_busy = True
        self._screen.show_busy(is_busy=True)
        self._session.ask(
            lambda notebook: notebook.change_passphrase(old, new), self._on_done, self._on_trouble
        )

    def _on_done(self, _nothing: None) -> None:
        self._is_busy = False
        self._screen.show_busy(is_busy=False)
        self._screen.show_done()

    def _on_trouble(self, error: NotebookError) -> None:
        self._is_busy = False
        self._screen.show_busy(is_busy=False)
        self._screen.show_trouble(error)

    def _show_advice(self, advice: PassphraseAdvice) -> None:
        self._screen.show_advice(advice.sentence, is_accepted=advice.is_accepted)


def _lack(old: str, new: str, repeated: str) -> str:
    if not old:
        return _("Give the passphrase that opens the notebook now.")
    if not new:
        return _("Give a new passphrase.")
    if new != repeated:
        return _("The two passphrases differ.")
    return ""
