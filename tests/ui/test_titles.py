"""Titles that are too long for their place, in a link and at the head of a record."""

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.preferences import Preferences
from ui.style.look import Look
from ui.title_line import TitleLine
from ui.widgets.link import LinkButton

LONG = "The teacher is called away from school, and nobody says where & why, for a whole week"
UYGHUR = "ئوقۇتقۇچى مەكتەپتىن چاقىرىلدى " * 4
HAN = "老师被叫出学校" * 9


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp, Preferences())


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(240, 120)
    qtbot.addWidget(window)
    return window


def _shown(link: LinkButton) -> str:
    return link.text().strip("\u2068\u2069").replace("&&", "&")


@pytest.mark.parametrize("title", [LONG, UYGHUR, HAN])
def test_a_link_ends_in_an_ellipsis_and_its_tooltip_is_whole(
    look: Look, window: QWidget, qtbot: QtBot, title: str
) -> None:
    box = QVBoxLayout(window)
    link = LinkButton(title, window, look=look, icon="event")
    box.addWidget(link)
    with qtbot.waitExposed(window):
        window.show()
    assert _shown(link).endswith("…")
    # Qt joins the last letter to what is not shown, so that it keeps its shape.
    assert title.startswith(_shown(link)[:-1].rstrip("\u200d"))
    assert title in link.toolTip()
    assert title in link.accessibleName()
    assert link.width() <= window.width()


def test_a_link_shows_all_again_when_there_is_room(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    box = QVBoxLayout(window)
    link = LinkButton(LONG, window, look=look, icon="event")
    box.addWidget(link)
    with qtbot.waitExposed(window):
        window.show()
    window.resize(1200, 120)
    qtbot.waitUntil(lambda: _shown(link) == LONG)


def test_a_link_that_fits_is_as_wide_as_its_words(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    box = QHBoxLayout(window)
    link = LinkButton("W-01", window)
    box.addWidget(link)
    box.addStretch()
    with qtbot.waitExposed(window):
        window.show()
    assert _shown(link) == "W-01"
    assert link.width() < window.width() // 2


def test_a_title_is_shortened_only_while_nobody_types_into_it(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    box = QVBoxLayout(window)
    title, other = TitleLine("Title", look, window), TitleLine("Other", look, window)
    box.addWidget(title)
    box.addWidget(other)
    title.setText(LONG)
    other.setText("W-01")
    window.show()
    window.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    assert title.is_shortened()
    assert not other.is_shortened()
    assert LONG in title.toolTip()
    at_rest = title.grab().toImage()
    title.setFocus()
    qtbot.waitUntil(title.hasFocus)
    assert not title.is_shortened()
    assert title.grab().toImage() != at_rest
