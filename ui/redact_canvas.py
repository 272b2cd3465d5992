"""A picture on which parts are covered, by mouse and by keyboard alike.

Arrows move the part that is chosen, with Shift they make it larger or smaller, with Ctrl in small
steps. Insert adds one, Delete removes it, Page Up and Page Down choose among them.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from notebook.i18n import _, number
from notebook.media import Region
from ui.style.look import Look
from ui.style.tokens import (
    CANVAS_LEAST,
    CODE_DARK,
    COVER_OPACITY,
    FOCUS_RING,
    HAIRLINE,
    HANDLE,
)

STEPS: Final = 50
"""An arrow moves by this part of the longer side."""
NEW_SHARE: Final = 5
"""A part that is added by keyboard takes this share of each side."""
LEAST_DRAWN: Final = 4
"""A smaller drag is a click that slipped."""
ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Drag(StrEnum):
    """What the mouse does while its button is down."""

    NOTHING = "nothing"
    NEW = "new"
    MOVE = "move"
    SIZE = "size"


class CoverCanvas(QWidget):
    """Shows a picture and its covered parts; says what the person does with them."""

    added = Signal(object)
    """A `Region`, in pixels of the picture that is shown."""
    moved = Signal(int, object)
    removed = Signal(int)
    chosen = Signal(object)
    """The place of a part, or None."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._picture: QPixmap | None = None
        self._regions: tuple[Region, ...] = ()
        self._chosen: int | None = None
        self._drag = Drag.NOTHING
        self._from = QPoint()
        self._drawn: Region | None = None
        """The part as it is while the mouse is down."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self._say()
        look.changed.connect(self.update)

    def show_picture(self, picture: QPixmap | None) -> None:
        """Show a picture, or none until it is decoded."""
        self._picture = picture
        self.updateGeometry()
        self.update()
        self._say()

    def show_regions(self, regions: Sequence[Region], chosen: int | None) -> None:
        """Show these parts."""
        self._regions, self._chosen = tuple(regions), chosen
        self._drawn = None
        self.update()
        self._say()

    def add_in_the_middle(self) -> None:
        """Cover a part in the middle, to be moved from there."""
        if size := self._size():
            width, height = max(size[0] // NEW_SHARE, 1), max(size[1] // NEW_SHARE, 1)
            self.added.emit(
                Region(
                    x=(size[0] - width) // 2,
                    y=(size[1] - height) // 2,
                    width=width,
                    height=height,
                )
            )

    def remove_chosen(self) -> None:
        """Uncover the part that is chosen."""
        if self._chosen is not None:
            self.removed.emit(self._chosen)

    def sizeHint(self) -> QSize:
        """No more than it needs: it takes what room there is, and no page scrolls for more."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Small enough for a narrow window."""
        return QSize(CANVAS_LEAST, self._look.scaled(CANVAS_LEAST))

    # Keyboard.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add, choose, move, size and remove."""
        key = Qt.Key(event.key())
        if self._size() is None:
            super().keyPressEvent(event)
        elif key in ARROWS and self._chosen is not None:
            self._move_by(ARROWS[key], event.modifiers())
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Plus):
            self.add_in_the_middle()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_chosen()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and self._regions:
            step = 1 if key == Qt.Key.Key_PageDown else -1
            at = -1 if self._chosen is None and step > 0 else self._chosen or 0
            self.chosen.emit((at + step) % len(self._regions))
        else:
            super().keyPressEvent(event)

    def _move_by(self, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        size, at = self._size(), self._chosen
        if size is None or at is None:
            return
        is_fine = modifiers & Qt.KeyboardModifier.ControlModifier
        step = 1 if is_fine else max(1, max(size) // STEPS)
        across, down = way[0] * step, way[1] * step
        old = self._regions[at]
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            new = Region(
                x=old.x,
                y=old.y,
                width=max(1, min(old.width + across, size[0] - old.x)),
                height=max(1, min(old.height + down, size[1] - old.y)),
            )
        else:
            new = Region(x=old.x + across, y=old.y + down, width=old.width, height=old.height)
        self.moved.emit(at, new)

    # Mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a part, of its corner, or begin a new one."""
        if event.button() is not Qt.MouseButton.LeftButton or self._size() is None:
            return
        at = event.position().toPoint()
        self._from = at
        for place in reversed(range(len(self._regions))):
            area = self._on_screen(self._regions[place])
            corner = QRect(
                area.bottomRight() - QPoint(HANDLE, HANDLE), QSize(2 * HANDLE, 2 * HANDLE)
            )
            if corner.contains(at) or area.contains(at):
                self._drag = Drag.SIZE if corner.contains(at) else Drag.MOVE
                self._chosen = place
                self.chosen.emit(place)
                return
        self._drag = Drag.NEW
        self._chosen = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the part as it would be."""
        if self._drag is Drag.NOTHING:
            return
        self._drawn = self._dragged(event.position().toPoint())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say what was done."""
        at = event.position().toPoint()
        drag, self._drag, self._drawn = self._drag, Drag.NOTHING, None
        if drag is Drag.NOTHING:
            return
        far = at - self._from
        if drag is Drag.NEW:
            if abs(far.x()) >= LEAST_DRAWN and abs(far.y()) >= LEAST_DRAWN:
                self._drag = drag
                region = self._dragged(at)
                self._drag = Drag.NOTHING
                if region:
                    self.added.emit(region)
            else:
                self.chosen.emit(None)
        elif self._chosen is not None and not far.isNull():
            self._drag = drag
            region = self._dragged(at)
            self._drag = Drag.NOTHING
            if region:
                self.moved.emit(self._chosen, region)
        self.update()

    def _dragged(self, at: QPoint) -> Region | None:
        """The part that the drag has made so far, in pixels of the picture."""
        size = self._size()
        if size is None:
            return None
        if self._drag is Drag.NEW:
            first, last = self._in_picture(self._from), self._in_picture(at)
            left, right = sorted((round(first.x()), round(last.x())))
            top, bottom = sorted((round(first.y()), round(last.y())))
            left, top = max(left, 0), max(top, 0)
            right, bottom = min(right, size[0]), min(bottom, size[1])
            if right <= left or bottom <= top:
                return None
            return Region(x=left, y=top, width=right - left, height=bottom - top)
        if self._chosen is None or self._chosen >= len(self._regions):
            return None
        far = self._in_picture(at) - self._in_picture(self._from)
        across, down = round(far.x()), round(far.y())
        old = self._regions[self._chosen]
        if self._drag is Drag.SIZE:
            return Region(
                x=old.x,
                y=old.y,
                width=max(1, min(old.width + across, size[0] - old.x)),
                height=max(1, min(old.height + down, size[1] - old.y)),
            )
        return Region(
            x=max(0, min(old.x + across, size[0] - old.width)),
            y=max(0, min(old.y + down, size[1] - old.height)),
            width=old.width,
            height=old.height,
        )

    # Drawing.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and what is covered on it."""
        if self._picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self._area(), self._picture, QRectF(self._picture.rect()))
        shown = list(self._regions)
        if self._drawn and self._drag is Drag.NEW:
            shown.append(self._drawn)
        elif self._drawn and self._chosen is not None:
            shown[self._chosen] = self._drawn
        black = QColor(CODE_DARK)
        # Enough to see what one covers; in the copy nothing of it is left.
        black.setAlphaF(COVER_OPACITY)
        for place, region in enumerate(shown):
            area = self._on_screen(region)
            painter.fillRect(area, black)
            is_chosen = place == self._chosen or place >= len(self._regions)
            colour = self._look.theme.accent if is_chosen else self._look.theme.raised
            painter.setPen(QPen(QColor(colour), FOCUS_RING if is_chosen else HAIRLINE))
            painter.drawRect(area)
            if is_chosen:
                corner = QRect(QPoint(), QSize(HANDLE, HANDLE))
                corner.moveCenter(area.bottomRight())
                painter.fillRect(corner, QColor(colour))
        painter.end()

    def _area(self) -> QRectF:
        """Where the picture stands, as large as there is room."""
        size = self._size() or (1, 1)
        room = self.rect().adjusted(FOCUS_RING, FOCUS_RING, -FOCUS_RING, -FOCUS_RING)
        scale = min(room.width() / size[0], room.height() / size[1])
        width, height = size[0] * scale, size[1] * scale
        return QRectF(
            room.x() + (room.width() - width) / 2, float(room.y()), max(width, 1), max(height, 1)
        )

    def _size(self) -> tuple[int, int] | None:
        return (self._picture.width(), self._picture.height()) if self._picture else None

    def _on_screen(self, region: Region) -> QRect:
        area, size = self._area(), self._size() or (1, 1)
        scale = area.width() / size[0]
        return QRectF(
            area.x() + region.x * scale,
            area.y() + region.y * scale,
            region.width * scale,
            region.height * scale,
        ).toRect()

    def _in_picture(self, at: QPoint) -> QPointF:
        area, size = self._area(), self._size() or (1, 1)
        scale = area.width() / size[0]
        return QPointF((at.x() - area.x()) / scale, (at.y() - area.y()) / scale)

    def _say(self) -> None:
        """Say in words what is seen: for who hears the screen."""
        self.setAccessibleName(_canvas_words(self._regions, self._chosen, self._size()))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


def _canvas_words(
    regions: Sequence[Region], chosen: int | None, size: tuple[int, int] | None
) -> str:
    if size is None:
        return _("Picture to cover")
    if chosen is None or chosen >= len(regions):
        return _("Picture to cover; parts covered: {count}").format(count=number(len(regions)))
    region = regions[chosen]
    return _(
        "Covered part {place} of {count}: {left} % from the left, {top} % from the top, {width} %"
        " wide, {height} % high"
    ).format(
        place=number(chosen + 1),
        count=number(len(regions)),
        left=number(100 * region.x // size[0]),
        top=number(100 * region.y // size[1]),
        width=number(100 * region.width // size[0]),
        height=number(100 * region.height // size[1]),
    )
