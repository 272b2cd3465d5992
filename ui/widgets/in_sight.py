"""What is in sight of a page that may be longer than the screen is high, and bringing it there."""

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider, QScrollArea, QWidget


class InSight(QObject):
    """Scrolls to some parts of a page when they show, and again when the page grows by them."""

    def __init__(self, area: QScrollArea, *parts: QWidget) -> None:
        """Where there is no room for all of them, the first ones are in sight."""
        super().__init__(area)
        self._area = area
        self._parts = parts
        area.verticalScrollBar().rangeChanged.connect(self.look)

    def look(self) -> None:
        """Bring those that are shown into sight."""
        for part in reversed(self._parts):
            if part.isVisibleTo(self._area):
                self._area.ensureWidgetVisible(part)


def is_in_sight(widget: QWidget) -> bool:
    """Whether no page that scrolls cuts anything of it off."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if around is None:
        return True
    page = around.viewport()
    top = widget.mapTo(page, QPoint(0, 0)).y()
    return top >= 0 and top + widget.height() <= page.height()


def turn_page(event: QKeyEvent, within: QWidget) -> bool:
    """Page and end keys scroll what is longer than it is high, though nothing in it has the focus.

    Whether it was one of these keys, and there was such a page `within`.
    """
    actions = QAbstractSlider.SliderAction
    action = {
        int(Qt.Key.Key_PageDown): actions.SliderPageStepAdd,
        int(Qt.Key.Key_PageUp): actions.SliderPageStepSub,
        int(Qt.Key.Key_Home): actions.SliderToMinimum,
        int(Qt.Key.Key_End): actions.SliderToMaximum,
    }.get(event.key())
    if action is None:
        return False
    areas = [within] if isinstance(within, QScrollArea) else within.findChildren(QScrollArea)
    for area in areas:
        bar = area.verticalScrollBar()
        if area.isVisible() and bar.maximum() > bar.minimum():
            bar.triggerAction(action)
            return True
    return False
