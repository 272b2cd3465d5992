"""What the tour relies on: its fingers, its eyes, and that it does fail."""

import string

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.journeys.sentences import SENTENCES
from ui.style.look import interface_font
from ui.tour import hands
from ui.tour.finding import NotYet, all_texts, find
from ui.tour.glyphs import missing_in, missing_on

PRIVATE_USE = "\U0010fffd"
UNASSIGNED = "\U000e1000"


class Page(QWidget):
    """A page with one of everything."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Name")
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName("Account")
        self.button = QPushButton("Save", self)
        self.radio = QRadioButton("Sparing", self)
        self.label = QLabel("Nothing here yet", self)
        self.rows = QListWidget(self)
        self.rows.setAccessibleName("People")
        self.rows.addItems(["Aida", "Erkin"])
        for widget in (self.field, self.text, self.button, self.radio, self.label, self.rows):
            box.addWidget(widget)
        self.resize(600, 500)


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot) -> Page:
    page = Page()
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    return page


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES.keys())
def test_every_script_can_be_typed(page: Page, sentence: str) -> None:
    hands.fill("Account", sentence)
    assert page.text.toPlainText() == sentence


def test_every_printable_ascii_character_can_be_typed(page: Page) -> None:
    printable = string.ascii_letters + string.digits + string.punctuation + " "
    hands.fill("Name", printable)
    assert page.field.text() == printable


def test_filling_a_field_takes_away_what_stood_there(page: Page) -> None:
    page.field.setText("Before")
    hands.fill("Name", "After")
    assert page.field.text() == "After"


def test_a_radio_button_is_hit_where_it_works(page: Page) -> None:
    hands.click("button", "Sparing")
    assert page.radio.isChecked()


def test_a_row_is_chosen_by_what_it_says(page: Page) -> None:
    hands.choose_row("People", "Erkin")
    assert page.rows.currentItem().text() == "Erkin"
    with pytest.raises(NotYet):
        hands.choose_row("People", "Nobody")


def test_what_is_disabled_hidden_or_covered_cannot_be_clicked(page: Page) -> None:
    page.button.setEnabled(False)
    with pytest.raises(NotYet, match="disabled"):
        hands.click("button", "Save")
    page.button.setEnabled(True)
    cover = QWidget(page)
    cover.setGeometry(page.rect())
    cover.show()
    with pytest.raises(NotYet, match="out of reach"):
        hands.click("button", "Save")
    cover.hide()
    find("button", "Save")
    page.button.hide()
    with pytest.raises(NotYet, match="no button"):
        hands.click("button", "Save")


def test_every_text_on_a_page_is_read(page: Page) -> None:
    page.field.setText("K-7")
    texts = [text for _widget, text in all_texts(page)]
    assert {"K-7", "Save", "Sparing", "Nothing here yet", "Aida", "Erkin"} <= set(texts)


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES.keys())
def test_the_fonts_of_this_machine_draw_the_five_languages(
    qapp: QApplication, sentence: str
) -> None:
    assert missing_in(sentence, interface_font(100)) == []


@pytest.mark.parametrize("character", [PRIVATE_USE, UNASSIGNED])
def test_a_character_without_a_glyph_is_found(qapp: QApplication, character: str) -> None:
    text = SENTENCES["Uyghur"] + character
    assert missing_in(text, QFont()) == [character]


def test_a_page_is_searched_for_missing_glyphs_wherever_they_stand(page: Page) -> None:
    assert missing_on(page) == []
    page.rows.addItem(f"A{PRIVATE_USE}")
    page.field.setText(UNASSIGNED)
    found = missing_on(page)
    assert len(found) == 2
    assert "U+10FFFD" in "".join(found)


def test_marks_of_direction_and_line_ends_need_no_glyph(qapp: QApplication) -> None:
    assert missing_in("\u2068Айдын\u2069 \u200f\n\tx\u00a0y\u200d", interface_font(100)) == []
