"""A guard and its windows on a real display, which a test can look into (never act in).

    python -m tests.journeys.watched_window guard HOW NAME [FOLDER]
    python -m tests.journeys.watched_window LINE HOW NAME

NAME is the abstract socket on which the test waits for each new window. HOW is `strict` or
`patient`: a lock that is patient waits for the last word on a machine of any speed, and so does its
guard. How long a real one takes is measured by the benches; a test that depended on it, without
having to, would fail on a busy machine.
"""

import os
import re
import signal
import socket
import sys
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QTextEdit, QWidget

from notebook.model import JsonValue
from notebook.process import harden
from tests.processes import below, command_of
from tests.ui.support_recording import seconds_in
from ui import guard, lock, unlock_view, window_process
from ui.tour.driver import Driver, Request
from ui.tour.finding import NotYet, all_texts, front, names_of, visible
from ui.widgets.basics import is_inside

PATIENCE_S: Final = 120.0
CLOCK: Final = re.compile(r"(\d+):(\d\d):(\d\d)")


class Witness(Driver):
    """Tells also which clicks of the real pointer have arrived.

    A window manager may hold a click back for as long as it likes; keys do not wait for it. And
    what stood still may move just when the pointer comes: then the click hits something else; or
    it may take the keyboard away between press and release, and the click is none.
    """

    def __init__(self, line: socket.socket, application: QApplication) -> None:
        super().__init__(line, application)
        self._clicks = 0
        self._aim: tuple[str, str] = ("", "")
        self._pressed_on: QWidget | None = None
        self._is_hit = False
        self._pressed: Request = {}
        self._acts |= {
            "aim": self._take_aim,
            "clicked": self._clicked,
            "caret": self._tell_caret,
            "caret_at": self._caret_at,
            "caret_size": self._caret_size,
            "recorded": self._recorded,
            "press_seeing": self._press_seeing,
            "hang_player": self._hang_player,
        }
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count what the windows get, before any widget of theirs does."""
        if watched.isWindowType() and isinstance(event, QMouseEvent):
            if event.type() is QEvent.Type.MouseButtonPress:
                self._pressed_on = self._aimed_at(event)
            elif event.type() is QEvent.Type.MouseButtonRelease:
                self._clicks += 1
                target = self._aimed_at(event)
                self._is_hit = target is not None and target is self._pressed_on
                if isinstance(target, QAbstractButton):
                    # A window that loses the keyboard meanwhile lets its button go.
                    self._is_hit &= target.isDown()
        return False

    def _aimed_at(self, event: QMouseEvent) -> QWidget | None:
        at = QApplication.widgetAt(event.globalPosition().toPoint())
        kind, name = self._aim
        if at is None or not kind:
            # Nobody took aim: the driver's own clicks need no telling.
            return None
        named = (each for each in visible(front(), kind) if name in names_of(each))
        return next((each for each in named if is_inside(at, each) or is_inside(each, at)), None)

    def _take_aim(self, request: Request) -> int:
        """From now on clicks are meant for this widget; how many have come before."""
        self._aim = (str(request["kind"]), str(request["name"]))
        return self._clicks

    def _tell_caret(self, _request: Request) -> list[JsonValue]:
        """Where one types: the field, the place in its text, the height on the screen, its size."""
        focus = QApplication.focusWidget()
        if not isinstance(focus, QTextEdit):
            raise NotYet("the focus is in no text")
        cursor, rectangle = focus.textCursor(), focus.cursorRect()
        height = focus.viewport().mapToGlobal(rectangle.topLeft()).y()
        return [focus.accessibleName(), cursor.position(), height, rectangle.height()]

    def _caret_at(self, request: Request) -> None:
        now, wanted = self._tell_caret(request), request["caret"]
        assert isinstance(wanted, list)
        # A pixel is lost where one cannot be halved.
        is_there = now[:2] == wanted[:2] and abs(int(str(now[2])) - int(str(wanted[2]))) <= 1
        if not is_there:
            raise NotYet(f"one types at {now}, not at {wanted}")

    def _caret_size(self, request: Request) -> None:
        now = self._tell_caret(request)
        if int(str(now[3])) <= int(str(request["more_than"])):
            raise NotYet(f"the letters are {now[3]} high")

    def _recorded(self, request: Request) -> None:
        """Wait until so many seconds are recorded; the answer tells nothing of the screen."""
        told = max((seconds_in(text) for _widget, text in all_texts(front())), default=-1)
        if told < int(str(request["seconds"])):
            raise NotYet(f"{told} seconds are recorded")

    def _press_seeing(self, request: Request) -> None:
        """Press a key, and see what is on the screen at once and perhaps not for long."""
        if request is not self._pressed:
            self._pressed = request
            self._press(request)
        self._see(request)

    def _hang_player(self, request: Request) -> int:
        """Wait until so many seconds were heard, and have the process that plays stand still."""
        heard = max((_seconds_of(text) for _widget, text in all_texts(front())), default=-1)
        if heard < int(str(request["after_s"])):
            raise NotYet(f"{heard} seconds were heard")
        playing = [pid for pid in below(os.getpid()) if b"listen_child" in command_of(pid)]
        if not playing:
            raise NotYet("nothing plays")
        os.kill(playing[0], signal.SIGSTOP)
        return playing[0]

    def _clicked(self, request: Request) -> bool:
        """Whether the click that has come hit what it was meant for."""
        if self._clicks <= int(str(request["beyond"])):
            raise NotYet("the click has not arrived")
        return self._is_hit


def _seconds_of(text: str) -> int:
    """A text that is nothing but a time of the clock, as a number; -1 for another."""
    if (clock := CLOCK.fullmatch(text)) is None:
        return -1
    hours, minutes, seconds = map(int, clock.groups())
    return 3600 * hours + 60 * minutes + seconds


def main(argv: list[str]) -> int:
    """Be the guard or one of its windows."""
    _who, how, name = argv[1:4]
    if how == "patient":
        vars(lock).update(WHOLE_WAIT_S=PATIENCE_S, DRAFTS_WAIT_S=PATIENCE_S / 2)
        vars(guard).update(ENDING_MOMENTS=int(PATIENCE_S / guard.MOMENT_S))
    # What goes by itself might be gone before a busy machine comes to look at it.
    vars(unlock_view).update(HEAD_SHOWN_MS=int(PATIENCE_S * 1000))
    if argv[1] == "guard":
        return _guard(how, name, argv[4] if len(argv) > 4 else None)

    def prepare(application: QApplication) -> Witness:
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"\0{name}")
        return Witness(line, application)

    return window_process.main(argv[:2], prepare)


def _guard(how: str, name: str, folder: str | None) -> int:
    def command(line: int) -> list[str]:
        return [sys.executable, "-P", "-m", "tests.journeys.watched_window", str(line), how, name]

    # As `ui.main` does.
    harden()
    return guard.Guard(command).run(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
