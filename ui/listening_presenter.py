"""Listening to evidence: asked for, stopped, and how far it is. No Qt.

The sound is decoded and played by a process that holds no keys; what was heard is noted as seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import JsonValue, RecordId
from notebook.recording_told import clock_words
from notebook.sound import Reason
from ui.rooms import Shell
from ui.runner import Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.evidence import ObjectReader
    from notebook.listening import Listening
    from notebook.progress import Progress

MEDIA_TYPE = "audio/ogg"
_ENDLESS = 2**62
"""Nobody knows how long it is before it was heard."""


class ListeningScreen(Protocol):
    """What the presenter asks of the view."""

    def show_listening(self, words: str | None, *, is_offered: bool) -> None:
        """Show how far it is, or None when nothing is heard; and whether one can listen at all."""


class ListeningPresenter:
    """Plays one file at a time, and only while its record is open."""

    def __init__(
        self,
        session: Session,
        shell: Shell,
        screen: ListeningScreen,
        make_listening: Callable[[], Listening],
    ) -> None:
        self._session = session
        self._shell = shell
        self._screen = screen
        self._make_listening = make_listening
        self._record: RecordId | None = None
        self._listening: Listening | None = None

    def show(self, record: RecordId | None, values: Mapping[str, JsonValue]) -> None:
        """Another record is open; what was heard of the one before ends."""
        if record == self._record:
            return
        self.stop()
        is_sound = values.get("media_type") == MEDIA_TYPE
        self._record = record if is_sound else None
        self._screen.show_listening(None, is_offered=self._record is not None)

    def toggle(self) -> None:
        """Listen from the beginning, or stop."""
        record = self._record
        if self._listening is not None:
            self.stop()
        elif record is not None:
            self._session.ask(
                lambda notebook: notebook.evidence_content(record),
                partial(self._on_content, record),
            )

    def stop(self) -> None:
        """Be silent."""
        if self._listening is not None:
            self._listening.stop()
            self._ended()

    def _on_content(self, record: RecordId, reader: ObjectReader) -> None:
        if record != self._record or self._listening is not None:
            reader.close()
            return
        self._session.view(record, partial(self._play, record, reader))

    def _play(self, record: RecordId, reader: ObjectReader) -> None:
        if record != self._record or self._listening is not None:
            reader.close()
            return
        listening = self._make_listening()
        self._listening = listening
        self._on_position(listening, 0)
        self._session.long_job(
            Lane.LISTENING,
            lambda _notebook, progress: _heard(listening, reader, progress),
            partial(self._on_heard, listening),
            partial(self._on_trouble, listening),
            on_progress=lambda done, _total, _what: self._on_position(listening, done),
        )

    def _on_position(self, listening: Listening, samples: int) -> None:
        if listening is self._listening:
            self._screen.show_listening(clock_words(samples), is_offered=True)

    def _on_heard(self, listening: Listening, reason: Reason | None) -> None:
        if listening is not self._listening:
            return
        self._ended()
        if reason is not None:
            self._shell.trouble(_trouble(reason))

    def _on_trouble(self, listening: Listening, error: NotebookError) -> None:
        if listening is self._listening:
            self._ended()
            self._shell.trouble(error)

    def _ended(self) -> None:
        self._listening = None
        self._screen.show_listening(None, is_offered=self._record is not None)


def _heard(listening: Listening, reader: ObjectReader, progress: Progress) -> Reason | None:
    with reader:
        return listening.run(reader, lambda samples: progress.step(samples, _ENDLESS))


def _trouble(reason: Reason) -> NotebookError:
    whole = _("The file itself is whole.")
    if reason is Reason.UNREADABLE:
        return NotebookError(
            Code.NO_SOUND,
            _("This sound cannot be played here."),
            whole,
            _("Write a plain copy, and play it with another program."),
        )
    if reason is Reason.NO_LIBRARY:
        return NotebookError(
            Code.NO_SOUND,
            _("This computer lacks what playing sound needs."),
            whole,
            _("Install the system packages libpulse0 and libopus0, then listen again."),
        )
    return NotebookError(
        Code.NO_SOUND,
        _("The sound system of this computer does not answer."),
        whole,
        _("Look at the sound settings of the computer, then listen again."),
    )
