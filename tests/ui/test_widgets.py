"""Shared widgets: editors, labels, sheets, progress and the focus ring."""

import gc

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QGuiApplication,
    QKeyEvent,
    QTextCursor,
)
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.attention_strip import AttentionStrip
from ui.check_words import Attention
from ui.guided_view import StepTrail
from ui.handover_parts import DoneHead, Points, ScrolledPage
from ui.keyboard import layout_of_group
from ui.preferences import Direction, Preferences
from ui.style.look import Look
from ui.style.tokens import FOCUS_RING, HAIRLINE, MEASURE_CHARACTERS, WINDOW_SIZE
from ui.widgets.basics import Button, column, label
from ui.widgets.choices import Choice
from ui.widgets.editors import AccountEditor, LineEditor, TextEditor
from ui.widgets.fitting import fitted
from ui.widgets.focus_ring import FocusRing
from ui.widgets.inset import Inset
from ui.widgets.notices import ProgressStrip, SayBar, TroubleCard
from ui.widgets.passphrase_field import PassphraseField, script_of
from ui.widgets.reading_order import enter_in_order, step_in_order
from ui.widgets.sheets import Sheet


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp, Preferences())


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(600, 400)
    qtbot.addWidget(window)
    return window


def test_pasting_into_an_account_brings_words_alone(look: Look, window: QWidget) -> None:
    editor = AccountEditor("Account", look, window)
    data = QMimeData()
    data.setHtml("<b>loud</b><img src='file:///etc/passwd'>")
    data.setText("quiet")
    editor.insertFromMimeData(data)
    assert editor.toPlainText() == "quiet"
    assert "<img" not in editor.toHtml()


@pytest.mark.parametrize("kind", ["account", "text"])
def test_copying_brings_marked_words_alone(look: Look, window: QWidget, kind: str) -> None:
    editor: AccountEditor | TextEditor
    editor = (
        AccountEditor("Account", look, window) if kind == "account" else TextEditor("Text", window)
    )
    editor.setPlainText("first\nsecond")
    editor.selectAll()
    clipboard = QGuiApplication.clipboard()
    for _again in range(100):
        editor.copy()
        gc.collect(0)
    data = clipboard.mimeData()
    assert data.text() == "first\nsecond"
    assert data.data("x-kde-passwordManagerHint").data() == b"secret"
    assert not data.hasHtml()
    clipboard.clear()


def test_an_account_has_generous_lines_also_in_new_paragraphs(look: Look, window: QWidget) -> None:
    editor = AccountEditor("Account", look, window)
    editor.set_text("one\ntwo")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.insertPlainText("\nthree")
    document = editor.document()
    natural = editor.fontMetrics().lineSpacing() / editor.fontInfo().pixelSize()
    heights = {
        round(natural * document.findBlockByNumber(number).blockFormat().lineHeight())
        for number in range(document.blockCount())
    }
    assert heights == {150}


def test_undo_does_not_reach_behind_the_text_that_was_shown(look: Look, window: QWidget) -> None:
    editor = AccountEditor("Account", look, window)
    editor.set_text("as it was")
    editor.undo()
    assert editor.toPlainText() == "as it was"
    editor.insertPlainText("now ")
    editor.undo()
    assert editor.toPlainText() == "as it was"


def test_an_account_is_no_wider_than_its_measure(look: Look, window: QWidget) -> None:
    editor = AccountEditor("Account", look, window)
    letters = editor.maximumWidth() / editor.fontMetrics().averageCharWidth()
    assert MEASURE_CHARACTERS <= letters < MEASURE_CHARACTERS + 10


def test_leaving_an_editor_is_told(window: QWidget, qtbot: QtBot) -> None:
    editor, other = LineEditor("one", window), LineEditor("other", window)
    window.show()
    window.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    with qtbot.waitSignal(editor.left):
        other.setFocus()


def test_a_label_begins_where_reading_begins_whatever_it_holds(window: QWidget) -> None:
    text = label("Latin name", window)
    assert text.alignment() & Qt.AlignmentFlag.AlignLeft
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert text.alignment() & Qt.AlignmentFlag.AlignRight
    assert text.alignment() & Qt.AlignmentFlag.AlignAbsolute


def test_a_label_never_shows_what_comes_from_outside_as_rich_text(window: QWidget) -> None:
    assert label("<b>x</b>", window).textFormat() is Qt.TextFormat.PlainText


def test_progress_beyond_32_bits_is_shown(window: QWidget) -> None:
    strip = ProgressStrip(window)
    strip.start("Sealing")
    strip.show_progress(30 << 30, 40 << 30)
    assert strip.thousandths() == 750


def test_trouble_without_more_is_one_sentence(look: Look, window: QWidget) -> None:
    card = TroubleCard(look, window)
    card.show_words("The two passphrases differ.")
    assert card.accessibleName() == "The two passphrases differ."
    card.clear()
    assert card.isHidden()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("a", "Latin letters"),
        ("é", "Latin letters"),
        ("қ", "Cyrillic letters"),
        ("ۇ", "Arabic letters"),
        ("木", "Chinese characters"),
        ("7", ""),
        ("", ""),
    ],
)
def test_the_kind_of_letters_is_named(typed: str, words: str) -> None:
    assert script_of(typed) == words


def test_a_passphrase_is_hidden_until_shown(look: Look, window: QWidget) -> None:
    field = PassphraseField(look, "Passphrase", window)
    field.set_text("amber canyon")
    editor = field.focusProxy()
    assert isinstance(editor, QLineEdit)
    assert editor.echoMode() is QLineEdit.EchoMode.Password
    [shown] = field.findChildren(Button)
    assert shown.accessibleName() == "Show the passphrase"
    shown.click()
    assert editor.echoMode() is QLineEdit.EchoMode.Normal
    field.clear()
    assert field.text() == ""
    assert editor.echoMode() is QLineEdit.EchoMode.Password


@pytest.mark.parametrize(
    ("screen", "fits"),
    [((1366, 768), (1280, 720)), ((1920, 1080), (1280, 768)), ((1024, 600), (1016, 552))],
)
def test_a_new_window_and_its_frame_fit_on_the_screen(
    screen: tuple[int, int], fits: tuple[int, int]
) -> None:
    assert fitted(QSize(*WINDOW_SIZE), QSize(*screen)) == QSize(*fits)


@pytest.mark.parametrize(
    ("rules", "group", "layout"),
    [
        (b"evdev\0pc105\0us,ru\0,\0\0", 1, "RU"),
        (b"evdev\0pc105\0us\0\0\0", 0, "US"),
        (b"evdev\0pc105\0us\0\0\0", 3, ""),
        (b"evdev\0pc105\0us,cn\0,ug\0\0", 1, "CN (ug)"),
        (b"", 0, ""),
    ],
)
def test_the_layout_in_force_is_named(rules: bytes, group: int, layout: str) -> None:
    assert layout_of_group(rules, group) == layout


def _ring_of(window: QWidget) -> FocusRing:
    [ring] = window.findChildren(FocusRing)
    return ring


@pytest.mark.parametrize("role", ["", "primary", "quiet", "flush", "danger", "icon"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_presses_a_button_as_the_space_bar_does(
    window: QWidget, role: str, key: Qt.Key
) -> None:
    button = Button("Press me", window, role=role)
    pressed = QSignalSpy(button.clicked)
    QTest.keyClick(button, key)
    assert pressed.count() == 1
    button.setEnabled(False)
    QTest.keyClick(button, key)
    assert pressed.count() == 1


def test_enter_that_is_held_down_presses_once(window: QWidget) -> None:
    button = Button("Press me", window)
    pressed = QSignalSpy(button.clicked)
    none = Qt.KeyboardModifier.NoModifier
    for again in (False, True, True):
        press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "", again)
        QApplication.sendEvent(button, press)
    assert pressed.count() == 1


def test_the_ring_lies_around_what_has_the_focus(look: Look, window: QWidget, qtbot: QtBot) -> None:
    box = QVBoxLayout(window)
    first, second = Button("First", window), Button("Second", window)
    box.addWidget(first)
    box.addWidget(second)
    FocusRing(look, window)
    window.show()
    window.activateWindow()
    for button in (first, second):
        button.setFocus()
        qtbot.waitUntil(button.hasFocus)
        room = FOCUS_RING
        around = QRect(button.mapTo(window, QPoint()), button.size())
        assert _ring_of(window).geometry() == around.adjusted(-room, -room, room, room)
    window.resize(500, 300)
    qtbot.waitUntil(
        lambda: (
            _ring_of(window).geometry().center().y()
            == second.mapTo(window, second.rect().center()).y()
        )
    )
    first.setFocus()
    first.deleteLater()
    qtbot.waitUntil(lambda: len(window.findChildren(Button)) == 1)


def test_the_ring_stays_inside_its_scroll_area(look: Look, window: QWidget, qtbot: QtBot) -> None:
    area = QScrollArea(window)
    area.setWidgetResizable(True)
    area.setGeometry(0, 0, 200, 100)
    inside = QWidget(area)
    box = QVBoxLayout(inside)
    buttons = [Button(str(number), inside) for number in range(20)]
    for button in buttons:
        box.addWidget(button)
    area.setWidget(inside)
    FocusRing(look, window)
    window.show()
    window.activateWindow()
    buttons[0].setFocus()
    qtbot.waitUntil(buttons[0].hasFocus)
    assert _ring_of(window).isVisible()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: not _ring_of(window).isVisible())


def test_who_comes_into_a_page_by_tab_begins_where_it_is_read_and_sees_it(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    box = column(window)
    before = Button("Before", window)
    box.addWidget(before)
    page = ScrolledPage(look, window)
    box.addWidget(page)
    # The last one was made first.
    last = Button("Last", page.page)
    made = [Button(str(number), page.page) for number in range(30)]
    for button in (*made, last):
        page.box.addWidget(button)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0)
    for is_forward, there in ((True, made[0]), (False, last)):
        made[15].setFocus()
        enter_in_order((page,), is_forward=is_forward)
        qtbot.waitUntil(there.hasFocus)
        assert there.visibleRegion().boundingRect().height() == there.height()
    before.setFocus()
    enter_in_order((page,), is_forward=True)
    assert before.hasFocus()


def test_a_long_sheet_is_read_by_the_keyboard_alone(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    window.show()
    sheet = Sheet(look, "A sheet", window)
    sheet.body.addWidget(label("A long line of words that goes on and on. " * 200, sheet))
    sheet.open_sheet()
    bar = sheet._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    QTest.keyClick(sheet._close_button, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(sheet._close_button, Qt.Key.Key_Home)
    assert bar.value() == 0
    sheet.close_sheet()


def test_a_sheet_grows_and_shrinks_with_what_is_inside(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    window.resize(900, 700)
    window.show()
    sheet = Sheet(look, "A sheet", window)
    sheet.open_sheet()
    inside = label("Short.", sheet)
    sheet.body.addWidget(inside)

    def is_seen_whole() -> bool:
        return inside.visibleRegion().boundingRect().height() >= inside.heightForWidth(
            inside.width()
        )

    qtbot.waitUntil(is_seen_whole)
    low = sheet._surface.height()
    inside.setText("A long line of words that goes on and on. " * 20)
    qtbot.waitUntil(lambda: sheet._surface.height() > low and is_seen_whole())
    inside.setText("Short.")
    qtbot.waitUntil(lambda: sheet._surface.height() == low)
    sheet.close_sheet()


@pytest.mark.parametrize("is_rtl", [False, True])
def test_tab_goes_as_one_reads_and_then_beyond(
    look: Look, window: QWidget, qtbot: QtBot, is_rtl: bool
) -> None:
    window.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight
    )
    page = QWidget(window)
    page.setGeometry(0, 0, 400, 300)
    after = Button("After", window)
    after.setGeometry(0, 340, 90, 32)
    left, right = ("second", "first") if is_rtl else ("first", "second")
    # Made in another order than they are read in; some stand a little lower on their line.
    for name, x, y in [("third", 10, 100), (right, 200, 6), ("hidden", 10, 60), (left, 10, 10)]:
        button = Button(name, page)
        button.setGeometry(x, y, 90, 32)
        button.setVisible(name != "hidden")
    window.show()
    window.activateWindow()
    named = {each.text(): each for each in window.findChildren(Button)}
    named["first"].setFocus()
    qtbot.waitUntil(named["first"].hasFocus)
    for name in ("second", "third", "After"):
        assert step_in_order((page,), is_forward=True)
        assert named[name].hasFocus(), name
    assert not step_in_order((page,), is_forward=True)
    named["third"].setFocus()
    assert step_in_order((page,), is_forward=False)
    assert named["second"].hasFocus()


@pytest.mark.parametrize("percent", [100, 200])
def test_a_note_under_a_choice_begins_where_its_words_begin(
    qapp: QApplication, qtbot: QtBot, percent: int
) -> None:
    look = Look(qapp, Preferences(text_scale_percent=percent))
    window = QWidget()
    qtbot.addWidget(window)
    box = column(window)
    button = QRadioButton("To work with", window)
    inset = Inset(look, window)
    note = label("What is written stays here.", inset)
    inset.beside.addWidget(note, 1)
    box.addWidget(button)
    box.addWidget(inset)
    window.show()
    option = QStyleOptionButton()
    button.initStyleOption(option)
    words = button.style().subElementRect(QStyle.SubElement.SE_RadioButtonContents, option, button)
    assert abs(note.mapTo(window, QPoint()).x() - words.left()) <= HAIRLINE


def test_a_chosen_value_longer_than_its_field_ends_in_an_ellipsis(
    look: Look, window: QWidget
) -> None:
    choice = Choice("Case", look, window)
    choice.addItem("Spring")
    choice.addItem("一个非常非常长的案件标题" * 8)
    window.show()
    assert choice.shown_text(200) == "Spring"
    choice.setCurrentIndex(1)
    assert choice.shown_text(200).endswith("…")
    assert choice.fontMetrics().horizontalAdvance(choice.shown_text(200)) <= 200
    assert not choice.grab().isNull()


def test_what_appears_away_from_the_focus_is_said_to_a_screen_reader(
    look: Look, window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, bool]] = []

    def hear(event: QAccessibleAnnouncementEvent) -> None:
        is_urgent = event.politeness() is QAccessible.AnnouncementPoliteness.Assertive
        heard.append((event.message(), is_urgent))

    monkeypatch.setattr("ui.widgets.announcing.QAccessible.updateAccessibility", hear)
    SayBar(look, window).say("The case is deleted.", None)
    TroubleCard(look, window).show_words("The disk is full.", "Nothing is lost.")
    strip = AttentionStrip(look, window)
    attention = Attention(what="A recording was interrupted.", more="Write down the rest.")
    for shown in (attention, attention, Attention(), attention):
        strip.show_attention(shown)
    trail = StepTrail(look, ("What", "Done"), window)
    for step in (0, 0, 1, -1):
        trail.show_step(step)
    head = DoneHead(look, window)
    head.show_words("Sealed, read back and whole")
    head.show_words("Sealed, read back and whole")
    sheet = Sheet(look, "Record sound", window)
    sheet.setAccessibleDescription("The recorded consent says no to sound.")
    sheet.open_sheet()
    assert heard == [
        ("The case is deleted.", False),
        ("The disk is full. Nothing is lost.", True),
        ("A recording was interrupted. Write down the rest.", False),
        ("Step 1 of 2: What", False),
        ("Step 2 of 2: Done", False),
        ("Sealed, read back and whole", False),
        ("Record sound. The recorded consent says no to sound.", False),
    ]


def test_a_dismissed_strip_stays_away_until_something_else_is_to_be_said(
    look: Look, window: QWidget
) -> None:
    strip = AttentionStrip(look, window)
    first = Attention(what="1 entry is lost.", more="Do not write on.", is_damage=True)
    strip.show_attention(first)
    assert strip.isVisibleTo(window)
    strip.findChildren(Button)[-1].click()
    strip.show_attention(Attention())
    strip.show_attention(first)
    assert not strip.isVisibleTo(window)
    strip.show_attention(Attention(what="2 things need attention."))
    assert strip.isVisibleTo(window)


@pytest.mark.parametrize("direction", [Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT])
def test_a_long_point_goes_on_under_its_words(
    qapp: QApplication, window: QWidget, direction: Direction
) -> None:
    Look(qapp, Preferences(direction=direction))
    points = Points(window)
    points.show_points(("Short.", "What happened to nobody else says who it is. " * 6))
    box = column(window)
    box.addWidget(points)
    box.addStretch()
    window.show()
    signs = [each for each in points.findChildren(QLabel) if each.text() == "•"]
    words = [each for each in points.findChildren(QLabel) if each.text() != "•"]
    assert len(signs) == len(words) == 2
    assert words[1].height() > 2 * words[0].height()
    at = [each.mapTo(window, QPoint()).x() for each in (*signs, *words)]
    assert at[0] == at[1]
    is_left = direction is Direction.LEFT_TO_RIGHT
    assert all((word > at[0]) is is_left for word in at[2:])
    points.show_points(())
    assert not any(each.isVisible() for each in points.findChildren(QLabel))
