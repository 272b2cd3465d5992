"""Sheets: what other programs show as dialogs, laid inside the window.

The page behind is dimmed and out of reach; Esc closes; the focus stays inside and returns to where
it was. The lock works as always.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import SCRIM_OPACITY, SHEET_TOP, SHEET_WIDTH, Space
from ui.widgets.announcing import announce
from ui.widgets.basics import Button, column, frame, is_inside, label, row
from ui.widgets.in_sight import turn_page

ALWAYS_IN_REACH = "always_in_reach"
"""The dynamic property of what a sheet does not cover."""


class Sheet(QWidget):
    """One sheet over a window; `body` is the layout to fill. It deletes itself when closed."""

    closed = Signal()

    def __init__(
        self, look: Look, title: str, window: QWidget, *, width: int = SHEET_WIDTH
    ) -> None:
        super().__init__(window)
        self._look = look
        self._width = width
        self._window = window
        self._had_focus = QApplication.focusWidget()
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._surface = frame("sheet", self)
        outer = column(self._surface, margin=Space.XL, gap=Space.M)
        head = row()
        head.addWidget(label(title, self._surface, "heading"), 1)
        self._close_button = Button(_("Close"), self._surface, role="icon", look=look, icon="close")
        self._close_button.clicked.connect(self.close_sheet)
        head.addWidget(self._close_button)
        outer.addLayout(head)
        self._scroll = QScrollArea(self._surface)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget(self._scroll)
        self._content.setObjectName("scrolled")
        self.body = column(self._content, margin=Space.XS, gap=Space.M)
        self._scroll.setWidget(self._content)
        outer.addWidget(self._scroll)
        window.installEventFilter(self)
        # What scrolls does not tell those around it that it has grown.
        self._content.installEventFilter(self)
        look.changed.connect(self._place)

    def open_sheet(self, first: QWidget | None = None) -> None:
        """Show the sheet, with the focus on `first`."""
        self._place()
        self.show()
        self.raise_()
        (first or self._close_button).setFocus(Qt.FocusReason.OtherFocusReason)
        # Of a sheet one would hear what has the focus, and not what it is about.
        announce(self, f"{self.accessibleName()}. {self.accessibleDescription()}".strip())

    def close_sheet(self) -> None:
        """Put the sheet away; the focus goes back to where it was."""
        self._window.removeEventFilter(self)
        self._look.changed.disconnect(self._place)
        self.hide()
        if self._had_focus and is_inside(self._had_focus, self._window):
            self._had_focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the focus inside."""
        inside = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.isVisibleTo(self)
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        return _step_focus(inside, is_forward=forward)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window, and grow and shrink with what is inside."""
        is_window = watched is self._window
        if event.type() is (QEvent.Type.Resize if is_window else QEvent.Type.LayoutRequest):
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, page keys turn what is longer; no key reaches the page behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            turn_page(event, self._scroll)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the sheet does nothing, so that nothing typed is lost by a slip."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the page behind."""
        scrim = QColor(self._look.theme.scrim)
        scrim.setAlphaF(SCRIM_OPACITY)
        QPainter(self).fillRect(self.rect(), scrim)

    def _place(self) -> None:
        window = self._window
        self.setGeometry(window.rect())
        width = min(self._look.scaled(self._width), window.width() - 2 * Space.L)
        top = min(SHEET_TOP, window.height() // 10)
        # As narrow as beside a scroll bar: one that is there once would else keep itself needed.
        bar_width = self._scroll.verticalScrollBar().sizeHint().width()
        inner_width = width - 2 * Space.XL - bar_width
        wanted = self.body.heightForWidth(inner_width)
        if wanted < 0:
            wanted = self._content.sizeHint().height()
        head_height = self._close_button.sizeHint().height() + Space.M
        height = min(wanted + head_height + 2 * Space.XL + Space.XS, window.height() - 2 * top)
        surface = QRect((window.width() - width) // 2, top, width, height)
        self._surface.setGeometry(surface)
        self._leave_free(surface)

    def _leave_free(self, surface: QRect) -> None:
        """Leave the lock in reach of the pointer: it works always."""
        covered = QRegion(self.rect())
        for widget in self._window.findChildren(QWidget):
            if widget.property(ALWAYS_IN_REACH) and widget.isVisible():
                at = widget.mapTo(self._window, QPoint())
                covered -= QRegion(QRect(at, widget.size()))
        self.setMask(covered | QRegion(surface))


def _step_focus(inside: list[QWidget], *, is_forward: bool) -> bool:
    if not inside:
        return False
    now = QApplication.focusWidget()
    at = inside.index(now) if now in inside else -1
    following = inside[(at + (1 if is_forward else -1)) % len(inside)]
    reason = Qt.FocusReason.TabFocusReason if is_forward else Qt.FocusReason.BacktabFocusReason
    following.setFocus(reason)
    return True
