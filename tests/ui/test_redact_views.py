"""The text with its marks, the bar and the canvas, as a person uses them: by keyboard and mouse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QPixmap, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from notebook.media import Region
from ui.clipboard import NOT_TO_BE_KEPT
from ui.preferences import Preferences
from ui.redact_bar import MarkBar
from ui.redact_canvas import CoverCanvas
from ui.redact_pages import BarKind, BarPage, Kind, Piece
from ui.redact_text import MarkedText
from ui.style.look import Look

W = TypeVar("W", bound=QWidget)
FACE = "\U0001f642"
"""A sign that Qt counts as two."""
PIECES = (
    Piece(kind=Kind.LABEL, text="Account", field="account"),
    Piece(kind=Kind.BREAK, text="\n", field="account"),
    Piece(kind=Kind.TEXT, text=f"{FACE} Ask ", field="account", start=0),
    Piece(kind=Kind.MARK, text="Павл", field="account", start=6, mark=0),
    Piece(kind=Kind.DOUBT, text="?", field="account", start=10, mark=0),
    Piece(kind=Kind.INSTEAD, text="\u202fW-01", field="account", start=10, mark=0),
    Piece(kind=Kind.TEXT, text="а about it", field="account", start=10),
    Piece(kind=Kind.BREAK, text="\n", field="account"),
    Piece(kind=Kind.LABEL, text="Date", field="date"),
    Piece(kind=Kind.BREAK, text="\n", field="date"),
    Piece(kind=Kind.FACT, text="2026-02", field="date"),
    Piece(kind=Kind.BREAK, text="\n", field="date"),
)


@dataclass
class Stage:
    """Shows a widget in a window of its own."""

    qtbot: QtBot
    look: Look
    windows: list[QWidget] = field(default_factory=list)
    """Held, as a window that nobody holds is gone."""

    def show(self, make: Callable[[Look, QWidget], W]) -> W:
        window = QWidget()
        self.windows.append(window)
        self.qtbot.addWidget(window)
        window.resize(600, 400)
        widget = make(self.look, window)
        widget.resize(600, 400)
        with self.qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        widget.setFocus()
        return widget


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Stage:
    return Stage(qtbot, Look(qapp, Preferences()))


# The text.


def shown(stage: Stage, mark: int | None = None) -> tuple[MarkedText, list[object]]:
    text = stage.show(MarkedText)
    said: list[object] = []
    text.mark_chosen.connect(lambda mark: said.append(("mark", mark)))
    text.selected.connect(lambda *span: said.append(("selected", *span)))
    text.field_chosen.connect(lambda name: said.append(("field", name)))
    text.nothing_chosen.connect(lambda: said.append("nothing"))
    text.accepted.connect(lambda: said.append("accepted"))
    text.show_pieces("ab", PIECES, mark)
    return text, said


def test_showing_a_record_chooses_nothing_by_itself(stage: Stage) -> None:
    _text, said = shown(stage, mark=0)
    assert said == []


def test_the_cursor_says_what_it_stands_on(stage: Stage) -> None:
    text, said = shown(stage)
    QTest.keyClick(text, Qt.Key.Key_Right)
    assert said[-1] == ("field", "account")
    at = text.toPlainText()
    cursor = text.textCursor()
    for words, expected in (("Ask", "nothing"), ("Павл", ("mark", 0)), ("2026", ("field", "date"))):
        before = at[: at.index(words)]
        cursor.setPosition(len(before.encode("utf-16-le")) // 2)
        text.setTextCursor(cursor)
        assert said[-1] == expected, words


def test_words_are_selected_by_keyboard_and_counted_in_characters(stage: Stage) -> None:
    text, said = shown(stage, mark=0)
    QTest.keyClick(text, Qt.Key.Key_Home)
    # Over the face, which Qt counts as two, the space, and the first two letters.
    for _press in range(4):
        QTest.keyClick(text, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert said[-1] == ("selected", "account", 0, 0, 4)


def test_a_selection_over_a_mark_is_one_span_and_stays_in_its_text(stage: Stage) -> None:
    text, said = shown(stage)
    cursor = text.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    text.setTextCursor(cursor)
    whole = f"{FACE} Ask Павла about it"
    assert said[-1] == ("selected", "account", 0, 0, len(whole))


def test_enter_takes_what_is_proposed_and_nothing_can_be_typed(stage: Stage) -> None:
    text, said = shown(stage, mark=0)
    before = text.toPlainText()
    QTest.keyClick(text, Qt.Key.Key_A)
    QTest.keyClick(text, Qt.Key.Key_Delete)
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert said == ["accepted"]
    assert text.toPlainText() == before


def test_the_place_of_reading_stays_when_a_mark_is_decided(stage: Stage) -> None:
    text, _said = shown(stage)
    long = (*PIECES[:6], Piece(kind=Kind.TEXT, text="а\n" * 200, field="account", start=10))
    text.show_pieces("ab", long, None)
    text.verticalScrollBar().setValue(1000)
    cursor = text.textCursor()
    cursor.setPosition(len("\n".join(text.toPlainText().split("\n")[:60])))
    text.setTextCursor(cursor)
    before = (text.textCursor().position(), text.verticalScrollBar().value())
    text.show_pieces("ab", long, None)
    assert (text.textCursor().position(), text.verticalScrollBar().value()) == before
    text.show_pieces("cd", long, None)
    assert text.textCursor().position() == 0


def test_what_is_copied_is_marked_as_not_to_be_kept(stage: Stage) -> None:
    text, _said = shown(stage)
    text.selectAll()
    assert set(NOT_TO_BE_KEPT) <= set(text.createMimeDataFromSelection().formats())


# The bar.


def bar_of(stage: Stage, **page: object) -> tuple[MarkBar, list[object]]:
    bar = stage.show(MarkBar)
    said: list[object] = []
    bar.taken.connect(lambda words, everywhere: said.append(("taken", words, everywhere)))
    bar.blacked_out.connect(lambda everywhere: said.append(("black", everywhere)))
    bar.left.connect(lambda why, everywhere: said.append(("left", why, everywhere)))
    bar.field_toggled.connect(lambda goes: said.append(("field", goes)))
    bar.show_bar(BarPage(**page))  # type: ignore[arg-type]  # the test says what it needs
    return bar, said


def test_what_is_typed_stands_there_instead(stage: Stage) -> None:
    bar, said = bar_of(stage, kind=BarKind.MARK, words="Павел", instead="W-01", everywhere="2 more")
    assert bar.instead.text() == "W-01"
    bar.instead.setText("W-02")
    bar.everywhere.setChecked(True)
    QTest.keyClick(bar.instead, Qt.Key.Key_Return)
    bar.black.click()
    assert said == [("taken", "W-02", True), ("black", True)]


def test_leaving_asks_why_and_esc_steps_back(stage: Stage) -> None:
    bar, said = bar_of(stage, kind=BarKind.MARK, words="Павел", instead="W-01")
    bar.leave.click()
    assert bar.why.isVisible()
    assert not bar.keep.isEnabled()
    QTest.keyClick(bar.why, Qt.Key.Key_Return)
    assert said == []
    QTest.keyClick(bar.why, Qt.Key.Key_Escape)
    assert not bar.why.isVisible()
    bar.leave.click()
    bar.why.setText("a town")
    bar.keep.click()
    assert said == [("left", "a town", False)]


def test_ones_own_mark_is_left_without_a_reason(stage: Stage) -> None:
    bar, said = bar_of(stage, kind=BarKind.MARK, words="Тимка", instead="Y", is_own=True)
    bar.leave.click()
    assert said == [("left", "", False)]


def test_words_are_replaced_everywhere_unless_one_says_otherwise(stage: Stage) -> None:
    bar, said = bar_of(stage, kind=BarKind.WORDS, words="Тимка")
    assert not bar.leave.isVisible()
    bar.instead.setText("Y")
    bar.take.click()
    bar.everywhere.setChecked(False)
    bar.take.click()
    assert said == [("taken", "Y", True), ("taken", "Y", False)]


def test_a_field_goes_or_stays(stage: Stage) -> None:
    bar, said = bar_of(stage, kind=BarKind.FIELD, words="Date", goes=True)
    assert bar.field.text() == "Leave this field out"
    bar.field.click()
    assert said == [("field", False)]


def test_with_nothing_chosen_nothing_can_be_decided(stage: Stage) -> None:
    bar, _said = bar_of(stage, kind=BarKind.NOTHING, words="")
    for button in (bar.take, bar.black, bar.leave, bar.keep, bar.field):
        assert not button.isVisible()


# The canvas.


def canvas_of(stage: Stage) -> tuple[CoverCanvas, list[object]]:
    canvas = stage.show(CoverCanvas)
    said: list[object] = []
    canvas.added.connect(lambda region: said.append(("added", region)))
    canvas.moved.connect(lambda at, region: said.append(("moved", at, region)))
    canvas.removed.connect(lambda at: said.append(("removed", at)))
    canvas.chosen.connect(lambda at: said.append(("chosen", at)))
    picture = QPixmap(100, 50)
    picture.fill(QColor("white"))
    canvas.show_picture(picture)
    return canvas, said


ONE = Region(x=10, y=10, width=20, height=10)
TWO = Region(x=60, y=20, width=20, height=20)


def test_a_part_is_added_chosen_moved_sized_and_removed_by_keyboard(stage: Stage) -> None:
    canvas, said = canvas_of(stage)
    QTest.keyClick(canvas, Qt.Key.Key_Insert)
    assert said.pop() == ("added", Region(x=40, y=20, width=20, height=10))
    canvas.show_regions((ONE, TWO), 0)
    QTest.keyClick(canvas, Qt.Key.Key_PageDown)
    assert said.pop() == ("chosen", 1)
    QTest.keyClick(canvas, Qt.Key.Key_PageUp)
    assert said.pop() == ("chosen", 1)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert said.pop() == ("moved", 0, Region(x=12, y=10, width=20, height=10))
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert said.pop() == ("moved", 0, Region(x=10, y=11, width=20, height=10))
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert said.pop() == ("moved", 0, Region(x=10, y=10, width=18, height=10))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert said == [("removed", 0)]


def test_a_part_says_where_it_stands(stage: Stage) -> None:
    canvas, _said = canvas_of(stage)
    canvas.show_regions((ONE, TWO), 1)
    name = canvas.accessibleName()
    assert name == (
        "Covered part 2 of 2: 60 % from the left, 40 % from the top, 20 % wide, 40 % high"
    )
    assert QAccessible.queryAccessibleInterface(canvas).text(QAccessible.Text.Name) == name


def test_without_a_picture_nothing_can_be_covered(stage: Stage) -> None:
    canvas, said = canvas_of(stage)
    canvas.show_picture(None)
    QTest.keyClick(canvas, Qt.Key.Key_Insert)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton)
    assert said == []


def drag(canvas: CoverCanvas, first: QPoint, last: QPoint) -> None:
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(canvas, (first + last) / 2)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=last)


def test_a_part_is_drawn_moved_and_sized_by_mouse(stage: Stage) -> None:
    canvas, said = canvas_of(stage)
    area = canvas._area()
    scale = area.width() / 100

    def at(x: float, y: float) -> QPoint:
        return QPoint(round(area.x() + x * scale), round(area.y() + y * scale))

    drag(canvas, at(30, 20), at(10, 10))
    assert said.pop() == ("added", Region(x=10, y=10, width=20, height=10))
    canvas.show_regions((ONE,), None)
    drag(canvas, at(15, 15), at(25, 20))
    assert said == [("chosen", 0), ("moved", 0, Region(x=20, y=15, width=20, height=10))]
    said.clear()
    drag(canvas, at(30, 20), at(40, 30))
    assert said == [("chosen", 0), ("moved", 0, Region(x=10, y=10, width=30, height=20))]
    said.clear()
    drag(canvas, at(80, 40), at(80, 40))
    assert said == [("chosen", None)]
    said.clear()
    # What is drawn over the edge ends at the edge.
    drag(canvas, at(80, 30), at(300, 300))
    assert said == [("added", Region(x=80, y=30, width=20, height=20))]
