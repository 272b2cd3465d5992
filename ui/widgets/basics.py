"""Labels, buttons, lines and layouts in the program's manner."""

from typing import Final

from PySide6.QtCore import QEvent, QMargins, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.style.look import Look
from ui.style.tokens import BESIDE_WORDS, FOCUS_RING, HAIRLINE, ICON, Space

ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def set_role(widget: QWidget, role: str) -> None:
    """Say what a widget is, for the stylesheet (see `ui.style.stylesheet`)."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    # A dynamic property takes effect only when the style looks at the widget again.
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Label(QLabel):
    """A label that begins where the window's reading begins, whatever script it holds.

    Qt would align each label by its own first letter, and a Latin name in a right-to-left window
    would stand far from its field.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        """Turn round with the window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        if self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            return
        is_rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft
        vertical = self.alignment() & Qt.AlignmentFlag.AlignVertical_Mask
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | vertical)


class ElidedLabel(Label):
    """One line that ends in an ellipsis where there is no room for all of it."""

    def __init__(self, parent: QWidget, role: str = "") -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        set_role(self, role)

    def show_text(self, untrusted_text: str) -> None:
        """Show this text, or as much of it as there is room for."""
        self._whole = untrusted_text
        self.setToolTip(untrusted_text)
        self.setAccessibleName(untrusted_text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the whole text."""
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + HAIRLINE, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Any text can be shortened to almost nothing."""
        height = super().sizeHint().height()
        return QSize(min(2 * height, self.sizeHint().width()), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, mode, self.width()))


def label(text: str, parent: QWidget, role: str = "", *, wraps: bool = True) -> QLabel:
    """A line or a paragraph of text, never rich text: what is shown may come from outside."""
    result = Label(parent)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setText(text)
    result.setWordWrap(wraps)
    if role:
        set_role(result, role)
    return result


class Button(QPushButton):
    """A push button; Enter presses it like the space bar, its icon follows the look."""

    def __init__(
        self,
        words: str,
        parent: QWidget,
        *,
        role: str = "",
        look: Look | None = None,
        icon: str = "",
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon_name = icon
        set_role(self, role)
        self.setAccessibleName(words)
        if role == "icon":
            self.setToolTip(words)
        else:
            self.setText(words)
        if look and icon:
            look.changed.connect(self._draw_icon)
            self._draw_icon()

    def set_words(self, words: str) -> None:
        """Change what the button says it does."""
        self.setAccessibleName(words)
        if self.property("role") == "icon":
            self.setToolTip(words)
        else:
            self.setText(words)
        self._draw_icon()

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self._draw_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it: outside dialogs Qt has the space bar alone do so."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def _draw_icon(self) -> None:
        if not self._look or not self._icon_name:
            return
        side = self._look.scaled(ICON)
        has_words = bool(self.text())
        room = self._look.scaled(BESIDE_WORDS) if has_words else Space.NONE
        self.setIconSize(QSize(side + room, side))
        theme = self._look.theme
        colours = {
            "primary": theme.on_accent,
            "quiet": theme.accent,
            "flush": theme.accent,
            "danger": theme.danger,
        }
        colour = colours.get(str(self.property("role")), theme.ink)
        self.setIcon(self._look.icon(self._icon_name, colour, is_beside_words=has_words))


class IconLabel(QLabel):
    """An icon that stands beside words and says nothing by itself."""

    def __init__(self, look: Look, name: str, parent: QWidget, tone: str = "ink") -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str, tone: str = "ink") -> None:
        """Show another icon in the colour of the theme's `tone`."""
        self._name = name
        self._tone = tone
        self._draw()

    def _draw(self) -> None:
        colour = str(getattr(self._look.theme, self._tone))
        side = self._look.scaled(ICON)
        self.setPixmap(self._look.icon(self._name, colour).pixmap(QSize(side, side)))


def line(parent: QWidget) -> QFrame:
    """A hairline across."""
    result = frame("line", parent)
    result.setFixedHeight(HAIRLINE)
    return result


def upright_line(parent: QWidget) -> QFrame:
    """A hairline down."""
    result = frame("line", parent)
    result.setFixedWidth(HAIRLINE)
    return result


def frame(role: str, parent: QWidget) -> QFrame:
    """A surface: `panel`, `card`, `sheet`, `notice`."""
    result = QFrame(parent)
    set_role(result, role)
    return result


def column(parent: QWidget, *, margin: int = Space.NONE, gap: int = Space.S) -> QVBoxLayout:
    """Things under one another, filling `parent`."""
    result = QVBoxLayout(parent)
    _arrange(result, margin, gap)
    return result


def row(
    parent: QWidget | None = None, *, margin: int = Space.NONE, gap: int = Space.S
) -> QHBoxLayout:
    """Things beside one another, filling `parent` if there is one."""
    result = QHBoxLayout(parent) if parent else QHBoxLayout()
    _arrange(result, margin, gap)
    return result


def _arrange(layout: QBoxLayout, margin: int, gap: int) -> None:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)


def ring_margin(layout: QBoxLayout) -> None:
    """Leave room for the focus ring at the edges of something that clips, such as a scroll area."""
    room = 2 * FOCUS_RING
    margins = layout.contentsMargins()
    layout.setContentsMargins(
        max(margins.left(), room),
        max(margins.top(), room),
        max(margins.right(), room),
        max(margins.bottom(), room),
    )


def ring_inset(layout: QBoxLayout) -> QMargins:
    """Widen a layout for a part that has a `ring_margin`; the margins with which others stay.

    So the words of that part stand in line with those above and below it.
    """
    sides = ring_sides()
    layout.setContentsMargins(layout.contentsMargins() - sides)
    return sides


def ring_sides() -> QMargins:
    """Room for the focus ring on both sides."""
    return QMargins(2 * FOCUS_RING, Space.NONE, 2 * FOCUS_RING, Space.NONE)


def is_inside(child: QObject | None, parent: QObject) -> bool:
    """Whether `child` is `parent` or stands somewhere inside it."""
    while child is not None and child is not parent:
        child = child.parent()
    return child is parent
