"""Doing what a person would do: keys and clicks that enter the window as the system's would."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from ui.tour.finding import NotYet, find, front, point_of, row_place

LEFT: Final = Qt.MouseButton.LeftButton
NO_MODIFIER: Final = Qt.KeyboardModifier.NoModifier
FIRST_COMPOSED: Final = "\u2e80"
"""From here on signs come from an input method, not from a key."""


def window_of(widget: QWidget) -> QWindow:
    """The system's window that a widget stands in."""
    handle = widget.window().windowHandle()
    if handle is None:
        raise NotYet("the window has no place on the screen yet")
    return handle


def click_at(widget: QWidget, at: QPoint) -> None:
    """Press and release the left button."""
    QTest.mouseClick(window_of(widget), LEFT, NO_MODIFIER, widget.mapTo(widget.window(), at))


def click(kind: str, name: str) -> None:
    """Click the widget of this name."""
    widget = find(kind, name)
    click_at(widget, point_of(widget))


def press(keys: str) -> None:
    """Press one key, written as Qt's portable text: "Ctrl+S", "F12", "Return"."""
    QTest.keySequence(window_of(front()), QKeySequence(keys))


def type_text(text: str) -> None:
    """Type into whatever has the focus. Raises `NotYet` while nothing has it."""
    if QApplication.focusWidget() is None:
        raise NotYet("nothing has the focus")
    window = window_of(front())
    for letter in text:
        _type_letter(window, letter)


def _type_letter(window: QWindow, letter: str) -> None:
    if letter >= FIRST_COMPOSED:
        composed = QInputMethodEvent()
        composed.setCommitString(letter)
        QGuiApplication.sendEvent(QGuiApplication.focusObject(), composed)
        return
    # QTest knows Latin letters only, and aborts the process at any other.
    key = Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown
    key = Qt.Key.Key_Return if letter == "\n" else key
    modifier = Qt.KeyboardModifier.ShiftModifier if letter.isupper() else NO_MODIFIER
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QGuiApplication.sendEvent(window, QKeyEvent(kind, key, modifier, letter))


def fill(name: str, text: str) -> None:
    """Click a field, take away what stands in it, and type."""
    field = find("field", name)
    click_at(field, point_of(field))
    press("Ctrl+A")
    press("Delete")
    type_text(text)


def choose_row(name: str, words: str, *, is_double: bool = False) -> None:
    """Click the row of a list that says `words`."""
    view = find("list", name)
    assert isinstance(view, QAbstractItemView)
    at = row_place(view, words)
    click_at(view.viewport(), at)
    if is_double:
        QTest.mouseDClick(view.viewport(), LEFT, NO_MODIFIER, at)


def pick(name: str, words: str) -> None:
    """Choose a value of a drop-down list with the arrow keys."""
    box = find("choice", name)
    assert isinstance(box, QComboBox)
    wanted = box.findText(words)
    if wanted < 0:
        raise NotYet(f"“{name}” does not offer “{words}”")
    box.setFocus(Qt.FocusReason.TabFocusReason)
    key = "Down" if wanted > box.currentIndex() else "Up"
    for _step in range(abs(wanted - box.currentIndex())):
        press(key)


def choose_in_menu(words: str) -> None:
    """Click a line of the menu that is open."""
    menu = front()
    if not isinstance(menu, QMenu):
        raise NotYet("no menu is open")
    for action in menu.actions():
        if action.text().replace("&&", "&") == words:
            QTest.mouseClick(menu, LEFT, NO_MODIFIER, menu.actionGeometry(action).center())
            return
    raise NotYet(f"the menu does not offer “{words}”")


def choose_file(path: str) -> None:
    """Name a file or a folder in the dialog that is open, and accept."""
    dialog = front()
    if not isinstance(dialog, QFileDialog):
        raise NotYet("no dialog asks for a file")
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    box = dialog.findChild(QDialogButtonBox)
    if name is None or box is None:
        raise NotYet("the dialog is not ready")
    # Letters would open a list of suggestions over the button.
    name.setText(path)
    accept = next(
        each
        for each in box.buttons()
        if box.buttonRole(each) is QDialogButtonBox.ButtonRole.AcceptRole
    )
    if not accept.isEnabled():
        raise NotYet("the dialog does not accept the path")
    click_at(accept, accept.rect().center())
