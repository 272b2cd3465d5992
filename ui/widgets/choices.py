"""Widgets that open a list of choices, with a chevron at the end where the reading ends."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QMenu,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ui.style.look import Look
from ui.style.tokens import ICON, Space
from ui.widgets.basics import Button


class Choice(QComboBox):
    """One of several values; the wheel does not change it in passing."""

    def __init__(self, accessible_name: str, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(accessible_name)
        # Under Linux Qt takes the value for the name, and nothing would say what is chosen here.
        self.setAccessibleDescription(accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.changed.connect(self.update)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: a value must not change because one scrolls past it."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much of the value as there is room for, and the chevron over the field."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = self.shown_text(room.width())
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        draw_chevron(self, self._look)

    def shown_text(self, width: int) -> str:
        """The value as it fits into this width."""
        mode = Qt.TextElideMode.ElideRight
        return self.fontMetrics().elidedText(self.currentText(), mode, width)


class MenuButton(Button):
    """A button that opens a menu under itself."""

    def __init__(
        self, words: str, parent: QWidget, *, look: Look, icon: str = "", role: str = ""
    ) -> None:
        super().__init__(words, parent, role=role, look=look, icon=icon)
        self._chevron_look = look
        self.menu_shown = QMenu(self)
        self.clicked.connect(self._open)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chevron at the end."""
        super().paintEvent(event)
        draw_chevron(self, self._chevron_look)

    def _open(self) -> None:
        self.menu_shown.setMinimumWidth(self.width())
        self.menu_shown.popup(self.mapToGlobal(QPoint(0, self.height())))


def draw_chevron(widget: QWidget, look: Look) -> None:
    """Draw a chevron at the trailing end of `widget`, in the secondary colour."""
    side = look.scaled(ICON)
    is_rtl = widget.layoutDirection() is Qt.LayoutDirection.RightToLeft
    left = Space.XS if is_rtl else widget.width() - side - Space.XS
    place = QRect(QPoint(left, (widget.height() - side) // 2), QSize(side, side))
    painter = QPainter(widget)
    look.icon("chevron-down", look.theme.mute).paint(painter, place)
    painter.end()
