"""Finding what a person would find: by its name, visible, and in reach of the pointer."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from ui.widgets.basics import is_inside

MOST_SHOWN_TEXTS: Final = 60
MOST_SHOWN_LETTERS: Final = 80


class NotYet(Exception):
    """What is looked for is not there now; it may come."""


KINDS: Final[dict[str, tuple[type[QWidget], ...]]] = {
    "button": (QAbstractButton,),
    "field": (QLineEdit, QTextEdit, QPlainTextEdit),
    "list": (QAbstractItemView,),
    "choice": (QComboBox,),
    "words": (QLabel,),
    "any": (QWidget,),
}


def front() -> QWidget:
    """The window a person would look at: a menu, a dialog, or the active one."""
    window = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    if window is None:
        window = QApplication.activeWindow()
    if window is None or not window.isVisible():
        shown = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
        if not shown:
            raise NotYet("no window is shown")
        window = shown[-1]
        window.activateWindow()
    return window


def visible(window: QWidget, kind: str = "any") -> Iterator[QWidget]:
    """The widgets of a kind that are shown in `window`, also those scrolled out of sight."""
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, KINDS[kind]):
            yield widget


def names_of(widget: QWidget) -> set[str]:
    """Everything a widget may be called by."""
    names = {widget.accessibleName(), widget.objectName()}
    if isinstance(widget, QAbstractButton | QLabel):
        names.add(widget.text().replace("&&", "&"))
    return names - {""}


def find(kind: str, name: str) -> QWidget:
    """The widget of this kind and name in the front window, in reach and enabled.

    Raises `NotYet`. Of several the last one made is taken: sheets are made after their page.
    """
    window = front()
    found = [each for each in visible(window, kind) if name in names_of(each)]
    if not found:
        raise NotYet(f"there is no {kind} called “{name}”")
    reached = [each for each in found if each.isEnabled() and is_in_reach(each)]
    if not reached:
        raise NotYet(f"the {kind} “{name}” is disabled or out of reach")
    return reached[-1]


def is_in_reach(widget: QWidget) -> bool:
    """Whether a click at the widget would arrive there; scrolls it into sight."""
    bring_into_sight(widget)
    window = widget.window()
    at = window.childAt(widget.mapTo(window, point_of(widget)))
    return at is not None and (is_inside(at, widget) or is_inside(widget, at))


def bring_into_sight(widget: QWidget) -> None:
    """Scroll the pages around the widget, as the wheel would."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()


def point_of(widget: QWidget) -> QPoint:
    """Where a person would click, in the widget's own coordinates."""
    middle = widget.rect().center()
    if isinstance(widget, QCheckBox | QRadioButton):
        # Beside a short text the rest of the line does nothing.
        is_rtl = widget.layoutDirection() is Qt.LayoutDirection.RightToLeft
        edge = widget.height() // 2
        middle.setX(widget.width() - edge if is_rtl else edge)
    else:
        # A long page is clicked where it is in sight.
        seen = widget.visibleRegion().boundingRect()
        middle = seen.center() if not seen.isEmpty() else middle
    return middle


def texts_of(widget: QWidget) -> list[str]:
    """The texts that a widget shows by itself."""
    if isinstance(widget, QLabel):
        texts = [widget.text()]
    elif isinstance(widget, QLineEdit):
        texts = [widget.displayText() or widget.placeholderText()]
    elif isinstance(widget, QTextEdit | QPlainTextEdit):
        texts = [widget.toPlainText() or widget.placeholderText()]
    elif isinstance(widget, QComboBox):
        texts = [widget.currentText()]
    elif isinstance(widget, QAbstractButton):
        texts = [widget.text().replace("&&", "&")]
    elif isinstance(widget, QAbstractItemView):
        texts = rows_of(widget)
    elif isinstance(widget, QMenu):
        texts = [action.text() for action in widget.actions()]
    else:
        texts = []
    return [text for text in texts if text]


def rows_of(view: QAbstractItemView) -> list[str]:
    """What the rows of a list say; what a row paints beside its title, a screen reader says."""
    model = view.model()
    roles = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)
    rows = []
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        rows.append(next((str(said) for role in roles if (said := index.data(role))), ""))
    return rows


def all_texts(window: QWidget) -> list[tuple[QWidget, str]]:
    """Every text that stands in a window, with the widget that shows it."""
    return [(widget, text) for widget in (window, *visible(window)) for text in texts_of(widget)]


def shown_words() -> str:
    """The beginning of what stands in the front window, for a report."""
    try:
        texts = [text for _widget, text in all_texts(front())]
    except NotYet as reason:
        return str(reason)
    return " | ".join(text[:MOST_SHOWN_LETTERS] for text in texts[:MOST_SHOWN_TEXTS])


def place_on_screen(widget: QWidget) -> tuple[int, int]:
    """Where a person would click, in pixels of the screen."""
    at = widget.mapToGlobal(point_of(widget))
    return at.x(), at.y()


def row_place(view: QAbstractItemView, words: str) -> QPoint:
    """Where the row that says `words` stands in the list's viewport. Raises `NotYet`."""
    for row, said in enumerate(rows_of(view)):
        if words in said:
            index = view.model().index(row, 0)
            view.scrollTo(index)
            place: QRect = view.visualRect(index)
            return place.center()
    raise NotYet(f"no row says “{words}”")
