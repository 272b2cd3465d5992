"""The Tab key in a page whose parts are made at different times: it goes as one reads."""

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from ui.style.tokens import TARGET_HEIGHT
from ui.widgets.basics import is_inside

SAME_LINE = TARGET_HEIGHT // 2
"""Middles of two things on one line are no further apart than this."""


@runtime_checkable
class InParts(Protocol):
    """What is read part by part, whatever was made first."""

    def parts_in_order(self) -> Sequence[QWidget]:
        """The parts, first to last; inside each it goes line by line."""


def stops(parts: Iterable[QWidget]) -> list[QWidget]:
    """Everything in these parts that Tab should come to: part by part, line by line."""
    return [stop for part in parts for stop in _in_lines(part)]


def step_in_order(parts: Sequence[QWidget], *, is_forward: bool) -> bool:
    """Move the focus by one; at the end of all parts, to what comes after or before them.

    Whether the focus was in one of the parts, and moved.
    """
    now = QApplication.focusWidget()
    inside = stops(parts)
    if now is None or now not in inside:
        return False
    at = inside.index(now) + (1 if is_forward else -1)
    to = inside[at] if 0 <= at < len(inside) else _beyond(now, parts, is_forward=is_forward)
    if to is None:
        return False
    _give_focus(to, is_forward=is_forward)
    return True


def enter_in_order(parts: Sequence[QWidget], *, is_forward: bool) -> None:
    """Where the focus has come into these parts from outside, begin where the reading begins."""
    now, inside = QApplication.focusWidget(), stops(parts)
    if now in inside:
        _give_focus(inside[0 if is_forward else -1], is_forward=is_forward)


def _give_focus(to: QWidget, *, is_forward: bool) -> None:
    reason = Qt.FocusReason.TabFocusReason if is_forward else Qt.FocusReason.BacktabFocusReason
    to.setFocus(reason)
    # A page scrolls by itself to what has the focus only where the focus was inside it before.
    around = to.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(to)
        around = around.parentWidget()


def first_stop(window: QWidget) -> QWidget | None:
    """What Qt gives the focus to in a window where nobody chose."""
    each = window.nextInFocusChain()
    while each is not None and each is not window and not is_stop(each):
        each = each.nextInFocusChain()
    return each


def is_stop(widget: QWidget) -> bool:
    """Whether Tab may come to this."""
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    )


def _in_lines(part: QWidget) -> list[QWidget]:
    is_rtl = part.layoutDirection() is Qt.LayoutDirection.RightToLeft
    placed = sorted(
        ((_middle(each, part), each) for each in part.findChildren(QWidget) if is_stop(each)),
        key=lambda pair: pair[0].y(),
    )
    found: list[QWidget] = []
    line: list[tuple[QPoint, QWidget]] = []

    def end_line() -> None:
        line.sort(key=lambda pair: pair[0].x(), reverse=is_rtl)
        found.extend(each for _at, each in line)
        line.clear()

    for pair in placed:
        if line and pair[0].y() - line[0][0].y() > SAME_LINE:
            end_line()
        line.append(pair)
    end_line()
    return found


def _middle(widget: QWidget, part: QWidget) -> QPoint:
    # What is high, such as a text, begins where its first line is.
    height = min(widget.height(), 2 * SAME_LINE)
    return widget.mapTo(part, QPoint(widget.width() // 2, height // 2))


def _beyond(now: QWidget, parts: Sequence[QWidget], *, is_forward: bool) -> QWidget | None:
    def following(each: QWidget) -> QWidget | None:
        return each.nextInFocusChain() if is_forward else each.previousInFocusChain()

    each = following(now)
    while each is not None and each is not now:
        if is_stop(each) and not any(is_inside(each, part) for part in parts):
            return each
        each = following(each)
    return None
