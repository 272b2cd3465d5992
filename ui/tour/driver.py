"""Inside the window process: does what it is told over an inherited socket, one line at a time.

A request is `{"do": name, "wait_s": seconds, …arguments}`; the answer is `{"answer": value}` or
`{"missed": sentence}`. A request is tried again until it can be done or its time is over; nothing
sleeps. The driver knows widgets only, never presenters nor the notebook.
"""

import json
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from notebook.model import JsonValue
from ui.tour import hands
from ui.tour.finding import (
    NotYet,
    all_texts,
    find,
    front,
    names_of,
    place_on_screen,
    rows_of,
    shown_words,
)
from ui.tour.finding import visible as visible_in
from ui.tour.glyphs import missing_on

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
TRY_AGAIN_MS: Final = 10
MOST_GLANCES: Final = 30
"""A window that still moves after so many looks is photographed as it is."""

EXPECTED_MESSAGES: Final = (
    "This plugin does not support propagateSizeHints()",
    "This plugin does not support raise()",
)
"""What Qt always says about a screen that nobody sees."""

Request = Mapping[str, JsonValue]


class Driver(QObject):
    """Does what a person would do with the window of this process."""

    def __init__(self, line: socket.socket, application: QApplication) -> None:
        super().__init__(application)
        self._complaints: list[JsonValue] = []
        qInstallMessageHandler(self._on_message)
        # A blinking cursor would make no two pictures alike.
        application.setCursorFlashTime(0)
        self._line = line
        self._incoming = line.makefile("rb")
        self._notifier = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._try)
        self._request: Request = {}
        self._until_s = 0.0
        self._last_glance: QImage | None = None
        self._glances = 0
        self._acts: dict[str, Callable[[Request], JsonValue]] = {
            "click": self._click,
            "press": self._press,
            "type": self._type,
            "fill": self._fill,
            "row": self._row,
            "pick": self._pick,
            "menu": self._menu,
            "file": self._file,
            "see": self._see,
            "gone": self._gone,
            "read": self._read,
            "holds": self._holds,
            "rows": self._rows,
            "texts": self._texts,
            "place": self._place,
            "focused": self._focused,
            "active": self._active,
            "size": self._size,
            "shoot": self._shoot,
            "complaints": self._tell_complaints,
        }

    def _on_message(self, _kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if not text.startswith(EXPECTED_MESSAGES):
            self._complaints.append(text)

    def _on_line(self) -> None:
        untrusted_line = self._incoming.readline(MAX_LINE_BYTES)
        if not untrusted_line:
            # The tour is gone; the system ends this process with it.
            self._notifier.setEnabled(False)
            return
        self._request = json.loads(untrusted_line)
        self._until_s = time.monotonic() + float(str(self._request["wait_s"]))
        self._last_glance = None
        self._glances = 0
        # Acting from the timer leaves the notifier free, also when the act locks.
        self._timer.start(0)

    def _try(self) -> None:
        try:
            answer = self._acts[str(self._request["do"])](self._request)
        except NotYet as reason:
            if time.monotonic() < self._until_s:
                self._timer.start(TRY_AGAIN_MS)
            else:
                self._answer({"missed": f"{reason}; the window shows {shown_words()}"})
        else:
            self._answer({"answer": answer})

    def _answer(self, answer: Mapping[str, JsonValue]) -> None:
        self._line.sendall(json.dumps(answer).encode() + b"\n")

    # The acts.

    def _click(self, request: Request) -> None:
        hands.click(str(request["kind"]), str(request["name"]))

    def _press(self, request: Request) -> None:
        hands.press(str(request["keys"]))

    def _type(self, request: Request) -> None:
        hands.type_text(str(request["text"]))

    def _fill(self, request: Request) -> None:
        hands.fill(str(request["name"]), str(request["text"]))

    def _row(self, request: Request) -> None:
        hands.choose_row(str(request["name"]), str(request["text"]))

    def _pick(self, request: Request) -> None:
        hands.pick(str(request["name"]), str(request["text"]))

    def _menu(self, request: Request) -> None:
        hands.choose_in_menu(str(request["text"]))

    def _file(self, request: Request) -> None:
        hands.choose_file(str(request["path"]))

    def _see(self, request: Request) -> str:
        wanted, other = str(request["text"]), str(request.get("other", request["text"]))
        for _widget, text in all_texts(front()):
            if wanted in text or other in text:
                return text
        raise NotYet(f"“{wanted}” is not on the screen")

    def _gone(self, request: Request) -> None:
        unwanted = str(request["text"])
        if any(unwanted in text for _widget, text in all_texts(front())):
            raise NotYet(f"“{unwanted}” is still on the screen")

    def _read(self, request: Request) -> str:
        field = find("field", str(request["name"]))
        if isinstance(field, QLineEdit):
            return field.text()
        assert isinstance(field, QTextEdit | QPlainTextEdit)
        return field.toPlainText()

    def _holds(self, request: Request) -> None:
        if self._read(request) != request["text"]:
            raise NotYet(f"“{request['name']}” does not hold it")

    def _rows(self, request: Request) -> list[JsonValue]:
        for view in visible_in(front(), "list"):
            if view.accessibleName() == request["name"]:
                return list(rows_of(view))  # type: ignore[arg-type]  # the kind "list" is such a view
        return []

    def _texts(self, _request: Request) -> list[JsonValue]:
        return [text for _widget, text in all_texts(front())]

    def _place(self, request: Request) -> list[JsonValue]:
        return list(place_on_screen(find(str(request["kind"]), str(request["name"]))))

    def _focused(self, request: Request) -> None:
        focus = QApplication.focusWidget()
        if focus is None or request["name"] not in names_of(focus):
            raise NotYet(f"the focus is not in “{request['name']}”")

    def _active(self, _request: Request) -> None:
        if QApplication.activeWindow() is not front():
            raise NotYet("the window does not have the keyboard")

    def _size(self, request: Request) -> None:
        front().window().resize(int(str(request["width"])), int(str(request["height"])))

    def _tell_complaints(self, _request: Request) -> list[JsonValue]:
        """What Qt complained about."""
        return self._complaints

    def _shoot(self, request: Request) -> list[JsonValue]:
        """Photograph the window when it stands still; the answer is what has no glyph."""
        window = front()
        glance = window.grab().toImage()
        self._glances += 1
        if glance != self._last_glance and self._glances < MOST_GLANCES:
            self._last_glance = glance
            raise NotYet("the window still moves")
        if not glance.save(str(Path(str(request["path"])))):
            raise NotYet("the picture could not be written")
        return list(missing_on(window))
