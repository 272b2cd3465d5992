"""Where recording stands in the window: its bar, its sheet, a clock, and the microphone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from ui.recording_presenter import RecordingPresenter
from ui.recording_view import CautionSheet
from ui.recording_words import Caution, RecordingLine
from ui.rooms import Shell
from ui.session import Session
from ui.shell_view import ShellView
from ui.style.look import Look

if TYPE_CHECKING:
    from notebook.model import RecordId
    from notebook.recorder import Recorder
    from notebook.recording_pieces import Pieces
    from notebook.recordings import RecordingFile

TICK_MS: Final = 200


class RecordingPlace(QObject):
    """Connects the bar of the window with whoever records."""

    def __init__(
        self,
        look: Look,
        session: Session,
        view: ShellView,
        shell: Shell,
        is_there: Callable[[], None],
        own_actions: dict[str, Callable[[], None]],
    ) -> None:
        """`own_actions` are the window's own: those of a recording come and go among them."""
        super().__init__(view)
        self._look = look
        self._view = view
        self._own_actions = own_actions
        self._presenter = RecordingPresenter(session, shell, self, open_microphone, is_there)
        bar = view.recording
        bar.mark_requested.connect(self._presenter.mark)
        bar.pause_requested.connect(self._presenter.pause_or_go_on)
        bar.stop_requested.connect(self._presenter.stop)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._presenter.tick)

    def ask(self, record: RecordId) -> None:
        """Somebody wants to record for this record."""
        self._presenter.ask(record)

    def ask_recording(self, caution: Caution) -> None:
        """Say what is to be thought of, and ask whether to begin."""
        sheet = CautionSheet(self._look, caution, self._view)
        sheet.begun.connect(self._presenter.begin)
        sheet.open_sheet(sheet.first())

    def show_recording(self, line: RecordingLine | None) -> None:
        """Show how the recording stands; None when there is none."""
        self._view.recording.show_line(line)
        for name in ("mark-time", "pause-recording", "stop-recording"):
            self._own_actions.pop(name, None)
        self._own_actions.update(self._presenter.actions())
        if line is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start(TICK_MS)


def open_microphone(target: RecordingFile | Pieces) -> Recorder:
    """Start the process that records; it is loaded only now."""
    from notebook.recorder import Recorder  # noqa: PLC0415 - see above
    from notebook.sound import SoundProcess  # noqa: PLC0415 - see above

    def free_bytes() -> int:
        found = os.statvfs(target.folder)
        return found.f_bavail * found.f_frsize

    return Recorder(SoundProcess(target.piece_s), target, free_bytes)
