"""Holds what is typed while a record is on its way, and types it into the one that comes."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.widgets.basics import is_inside
from ui.widgets.sheets import Sheet

MOST_HELD = 2_000
"""Nobody types more without looking; after that nothing more is taken."""

MODIFIERS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
)


class HeldKeys(QObject):
    """Stands before every widget of a window, for as long as keys are held.

    Actions of the keyboard are none of its business: `ui.keys` takes them earlier.
    """

    def __init__(self, page: QWidget) -> None:
        """`page` is what keys are held for, and typed into."""
        super().__init__(page)
        self._page = page
        self._held: list[QKeyEvent | QInputMethodEvent] = []
        self._is_holding = False
        self._holds_window = False

    def hold(self, *, whole_window: bool) -> None:
        """Hold keys for the page; with `whole_window` also those that would go beside it."""
        self._holds_window = self._holds_window or whole_window
        if not self._is_holding:
            self._is_holding = True
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one by now

    def deliver(self) -> None:
        """Type what was held where the cursor is now, if it is in the page."""
        held = self._let_go()
        for event in held:
            focus = QApplication.focusWidget()
            if focus and is_inside(focus, self._page):
                QApplication.sendEvent(focus, event)

    def drop(self) -> None:
        """There is nothing to type into."""
        self._let_go()

    def text(self) -> str:
        """The letters that are held."""
        letters: list[str] = []
        for event in self._held:
            if isinstance(event, QInputMethodEvent):
                letters += event.commitString()
            elif event.key() == Qt.Key.Key_Backspace:
                letters = letters[:-1]
            else:
                letters += [letter for letter in event.text() if letter.isprintable()]
        return "".join(letters)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is typed away from the widgets."""
        if not isinstance(watched, QWidget) or not self._is_ours(watched):
            return False
        if isinstance(event, QInputMethodEvent):
            return self._take(event, is_kept=bool(event.commitString()))
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._take(event) if event.key() not in MODIFIERS else False
        return False

    def _take(self, event: QKeyEvent | QInputMethodEvent, *, is_kept: bool = True) -> bool:
        if is_kept and len(self._held) < MOST_HELD:
            # Qt takes the event back when the filter returns.
            self._held.append(event.clone())
        return True

    def _is_ours(self, widget: QWidget) -> bool:
        if not self._holds_window:
            return is_inside(widget, self._page)
        # A menu or a dialog is a window of its own; a sheet lies over the page.
        around: QWidget | None = widget
        while around is not None and not isinstance(around, Sheet):
            around = around.parentWidget()
        return around is None and widget.window() is self._page.window()

    def _let_go(self) -> list[QKeyEvent | QInputMethodEvent]:
        if self._is_holding:
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one by now
        self._is_holding = self._holds_window = False
        held, self._held = self._held, []
        return held
