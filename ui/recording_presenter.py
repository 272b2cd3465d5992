"""A recording, from the caution before it to the evidence: it belongs to the window. No Qt.

The sound is carried by a lane of its own. Whatever a person does meanwhile, the recording goes on,
and so does its bar; to lock ends the process, and the recording with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import RecordId
from notebook.recording_told import clock_words
from ui import recording_words
from ui.recording_sealing import PieceSealer
from ui.recording_words import Caution, RecordingLine
from ui.rooms import Shell
from ui.runner import Lane
from ui.session import Session

if TYPE_CHECKING:
    from notebook.notebook import Notebook
    from notebook.progress import Progress
    from notebook.recorder import Ended, Recorder
    from notebook.recording_pieces import Pieces
    from notebook.recordings import Heard, RecordingFile

STILL_HEARD_SAMPLES = 48_000
"""Who was heard within a second is there, though no key is pressed."""


class RecordingScreen(Protocol):
    """What the presenter asks of the window."""

    def ask_recording(self, caution: Caution) -> None:
        """Say what is to be thought of, and ask whether to begin."""

    def show_recording(self, line: RecordingLine | None) -> None:
        """Show how the recording stands; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """How a recording ended, and what became of it."""

    ended: Ended
    outcome: Heard | NotebookError | None
    """The sound in an object, or why it is no evidence yet; None where it is sealed in pieces."""


class RecordingPresenter:
    """One recording at a time."""

    def __init__(
        self,
        session: Session,
        shell: Shell,
        screen: RecordingScreen,
        make_recorder: Callable[[RecordingFile | Pieces], Recorder],
        is_there: Callable[[], None],
    ) -> None:
        """`make_recorder` opens the microphone; `is_there` hears that somebody is there."""
        self._session = session
        self._shell = shell
        self._screen = screen
        self._make_recorder = make_recorder
        self._is_there = is_there
        self._is_busy = False
        self._is_ending = False
        self._title = ""
        self._recorder: Recorder | None = None
        self._sealer: PieceSealer | None = None
        """In a notebook that travels."""

    def ask(self, record: RecordId) -> None:
        """Somebody wants to record for this record: first what is to be thought of."""
        if self._is_busy:
            self._shell.say(_("A recording is under way. Stop it first."))
            return
        self._session.ask(partial(_read_caution, record=record), self._screen.ask_recording)

    def begin(self, caution: Caution) -> None:
        """Begin."""
        if self._is_busy:
            return
        self._is_busy, self._title = True, caution.title
        self._screen.show_recording(recording_words.beginning())
        if self._session.is_travelling:
            self._session.ask(
                lambda notebook: notebook.recordings.begin_pieces(caution.record),
                self._on_pieces,
                self._on_trouble,
            )
        else:
            self._session.ask(
                lambda notebook: notebook.recordings.begin(caution.record),
                self._on_file,
                self._on_trouble,
            )

    def _on_file(self, file: RecordingFile) -> None:
        self._run(self._make_recorder(file), partial(_make_object, file=file))

    def _on_pieces(self, pieces: Pieces) -> None:
        self._sealer = PieceSealer(self._session, pieces, self.stop)
        self._run(self._make_recorder(pieces), _no_object)

    def _run(
        self, recorder: Recorder, then: Callable[[Notebook, Progress], Heard | NotebookError | None]
    ) -> None:
        self._recorder = recorder
        self._shell.refresh_actions()
        self._session.long_job(
            Lane.SOUND,
            lambda notebook, progress: _Result(
                ended=recorder.run(), outcome=then(notebook, progress)
            ),
            self._on_ended,
            self._on_trouble,
        )

    # While it runs.

    def tick(self) -> None:
        """A moment passed."""
        recorder = self._recorder
        if self._sealer:
            self._sealer.seal_ready()
        if recorder is None or self._is_ending:
            return
        state = recorder.state
        if not state.is_paused and state.level and state.quiet_samples < STILL_HEARD_SAMPLES:
            self._is_there()
        self._screen.show_recording(recording_words.line(state, self._title))

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """What can be done with the recording now."""
        if self._recorder is None or self._is_ending:
            return {}
        return {
            "mark-time": self.mark,
            "pause-recording": self.pause_or_go_on,
            "stop-recording": self.stop,
        }

    def mark(self) -> None:
        """Mark this place."""
        if self._recorder is not None and not self._is_ending:
            self._recorder.mark()
            time = clock_words(self._recorder.state.samples)
            self._shell.say(_("Marked at {time}.").format(time=time))

    def pause_or_go_on(self) -> None:
        """Give the microphone back, or take it again."""
        if self._recorder is not None and not self._is_ending:
            if self._recorder.state.is_paused:
                self._recorder.resume()
            else:
                self._recorder.pause()

    def stop(self) -> None:
        """End the recording, and make it evidence."""
        if self._recorder is not None and not self._is_ending:
            self._is_ending = True
            self._recorder.stop()
            self._screen.show_recording(recording_words.ending())
            self._shell.refresh_actions()

    # How it ends.

    def _on_ended(self, result: _Result) -> None:
        self._is_ending = True
        heard = result.outcome
        if isinstance(heard, NotebookError):
            self._on_trouble(heard)
            return
        self._screen.show_recording(recording_words.ending())
        if heard is None:
            assert self._sealer is not None
            done = partial(self._on_sealed, result.ended, self._sealer)
            is_ended = result.ended.reason is None and bool(result.ended.samples)
            self._sealer.finish(done, self._on_trouble, is_ended=is_ended)
            return
        self._session.change_and_get(
            lambda notebook: notebook.recordings.attach(heard),
            partial(self._on_attached, result.ended),
            self._on_trouble,
        )

    def _on_attached(self, ended: Ended, added: RecordId | None) -> None:
        self._finish()
        trouble = recording_words.ended_trouble(ended)
        if trouble is not None:
            self._shell.trouble(trouble)
        elif added is None:
            self._shell.say(_("Nothing was recorded."))
        else:
            time = clock_words(ended.samples)
            self._shell.say(_("Recorded: {time}. It is evidence now.").format(time=time))

    def _on_sealed(self, ended: Ended, sealer: PieceSealer) -> None:
        self._finish()
        told = replace(ended, trouble=ended.trouble or sealer.trouble)
        trouble = recording_words.ended_trouble(told)
        if trouble is not None:
            self._shell.trouble(trouble)
        elif not ended.samples:
            self._shell.say(_("Nothing was recorded."))
        else:
            time = clock_words(ended.samples)
            self._shell.say(_("Recorded: {time}. It is sealed for headquarters.").format(time=time))

    def _on_trouble(self, error: NotebookError) -> None:
        self._finish()
        self._shell.trouble(error)

    def _finish(self) -> None:
        self._is_busy = self._is_ending = False
        self._recorder = self._sealer = None
        self._screen.show_recording(None)
        self._shell.refresh_actions()


def _make_object(
    notebook: Notebook, progress: Progress, *, file: RecordingFile
) -> Heard | NotebookError:
    """Still in the lane of the sound: what was recorded, as an object."""
    try:
        return notebook.recordings.take_in(file.row, progress)
    except NotebookError as trouble:
        safe = _("What was recorded is kept, and becomes evidence when you unlock again.")
        return NotebookError(trouble.code, trouble.what, safe, trouble.next_step)


def _no_object(_notebook: Notebook, _progress: Progress) -> None:
    """While travelling it lies in memory, and goes into the outbox."""


def _read_caution(notebook: Notebook, *, record: RecordId) -> Caution:
    return recording_words.caution(
        record,
        notebook.record(record).title,
        notebook.recordings.consent(record).value,
        is_travelling=notebook.travel.mission is not None,
    )
