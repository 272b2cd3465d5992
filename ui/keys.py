"""The keyboard: from a key that was pressed to an action of the table.

Keys are taken where they enter a window, before any widget, dialog or popup: so the lock always
works. Under layouts without Latin letters (Russian, Kazakh, Uyghur) a letter is known by its place
on the keyboard; one that is no action goes on to the editor as the Latin letter, so that Ctrl+C,
Ctrl+V and Ctrl+Z work there too.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow

from ui.actions import Action

LAST_ASCII: Final = 0x7F
FIRST_SPECIAL: Final = 0x0100_0000
"""Qt's codes for keys that carry no character begin here."""

SCAN_ROWS: Final = (
    (10, "1234567890-="),
    (24, "QWERTYUIOP"),
    (38, "ASDFGHJKL"),
    (52, "ZXCVBNM,"),
)
"""X11 and Wayland number the keys by place: the first number of each row, and the row."""

PHYSICAL: Final = {
    first + at: Qt.Key(ord(sign)) for first, signs in SCAN_ROWS for at, sign in enumerate(signs)
}

CHOSEN = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
)
"""The modifiers that tell one action from another."""

INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Keys(QObject):
    """Watches every window of the application for keys; tells also that someone is there."""

    touched = Signal()
    """A key, a button, a touch or a movement: someone is there."""

    def __init__(
        self, actions: tuple[Action, ...], perform: Callable[[str], bool], parent: QObject
    ) -> None:
        """`perform` does an action if it can be done now, and says whether it could."""
        super().__init__(parent)
        self._perform = perform
        self._names = {
            QKeySequence(keys).toString(): action.name for action in actions for keys in action.keys
        }
        QGuiApplication.instance().focusWindowChanged.connect(self._watch)  # type: ignore[union-attr]  # there is one by now
        # What an input method commits is no key event; the cursor that moves shows it.
        QGuiApplication.inputMethod().cursorRectangleChanged.connect(self.touched)

    def watch(self, window: QWindow) -> None:
        """Watch a window from its first moment, before it has the focus."""
        # Installing again moves the filter to the front and does not double it.
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that are actions."""
        if event.type() in INPUT:
            self.touched.emit()
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take(event)
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window:
            self.watch(window)

    def _take(self, event: QKeyEvent) -> bool:
        key = latin_key(event)
        name = self._name_of(event.modifiers() & CHOSEN, key)
        if name and (event.isAutoRepeat() or self._perform(name)):
            return True
        focus = QGuiApplication.focusObject()
        if key == event.key() or focus is None:
            return False
        QGuiApplication.sendEvent(focus, QKeyEvent(event.type(), key, event.modifiers()))
        return True

    def _name_of(self, modifiers: Qt.KeyboardModifier, key: int) -> str | None:
        if name := self._names.get(_written(modifiers, key)):
            return name
        if key > LAST_ASCII or chr(key).isalnum():
            return None
        # A sign may need Shift on one keyboard and none on the next.
        without_shift = modifiers & ~Qt.KeyboardModifier.ShiftModifier
        return self._names.get(_written(without_shift, key))


def latin_key(event: QKeyEvent) -> int:
    """The key; with Ctrl or Alt, and no Latin sign on it, the Latin one at its place."""
    key = event.key()
    is_command = event.modifiers() & (
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    if not is_command or key <= LAST_ASCII or key >= FIRST_SPECIAL:
        return key
    return PHYSICAL.get(event.nativeScanCode(), key)


def shown_keys(keys: str) -> str:
    """Keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _written(modifiers: Qt.KeyboardModifier, key: int) -> str:
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(key))).toString()
