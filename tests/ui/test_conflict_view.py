"""The third sheet of a conflict: a proposal to be read, put aside, brought back and saved."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from notebook.forms import load_forms
from notebook.model import CaseId, JsonValue, RecordId
from notebook.text_merge import Merged, merge
from tests.ui.test_conflict_presenter import BASE, BOTH, ONE, OTHER
from ui.conflict_presenter import ConflictField, ConflictSheet, VersionSheet
from ui.conflict_proposal import proposal_of
from ui.conflict_view import ConflictBlock, ConflictView
from ui.conflict_words import marked
from ui.preferences import Preferences, ThemeChoice
from ui.style.look import Look
from ui.style.tokens import Space

FORMS = load_forms()
CTRL = Qt.KeyboardModifier.ControlModifier
PEOPLE = ("Aida", "Bolat")


def field_of(name: str, base: str, *texts: str) -> ConflictField:
    merged = merge(base, texts)
    return ConflictField(
        field=FORMS["interview"].field(name),
        versions=tuple(
            VersionSheet(by=who, when="today", value=text, spans=spans)
            for who, text, spans in zip(PEOPLE, texts, marked(texts), strict=True)
        ),
        heads=(),
        proposal=proposal_of(merged, PEOPLE) if isinstance(merged, Merged) else None,
        is_touching=not isinstance(merged, Merged),
    )


class Shown:
    """A conflict in a window."""

    def __init__(self, application: QApplication, qtbot: QtBot) -> None:
        self.look = Look(application, Preferences(theme=ThemeChoice.LIGHT))
        self._qtbot = qtbot
        self.window = QWidget()
        self.window.resize(1000, 700)
        qtbot.addWidget(self.window)
        box = QVBoxLayout(self.window)
        self.view = ConflictView(
            self.look, FORMS, lambda: datetime(2026, 3, 5, 9, 30, tzinfo=UTC), self.window
        )
        box.addWidget(self.view)
        self.view.show()
        with qtbot.waitExposed(self.window):
            self.window.show()

    def show(self, *fields: ConflictField) -> ConflictBlock:
        self.view.show_conflicts(
            ConflictSheet(
                record=RecordId("1" * 32),
                case=CaseId("2" * 32),
                title="First talk",
                fields=fields,
                names={},
            )
        )
        self._qtbot.waitUntil(lambda: all(block.isVisible() for block in self.view.blocks))
        return self.view.blocks[0]

    @property
    def taken(self) -> Mapping[str, JsonValue]:
        return self.view.taken()

    @property
    def words(self) -> str:
        return "\n".join(one.text() for one in self.view.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def shown(qapp: QApplication, qtbot: QtBot) -> Shown:
    return Shown(qapp, qtbot)


@pytest.fixture
def block(shown: Shown) -> ConflictBlock:
    return shown.show(field_of("account", BASE, ONE, OTHER))


def text_of(block: ConflictBlock) -> str:
    assert block.third.proposal is not None
    return block.third.proposal.page.editor.text()


def test_a_proposal_stands_there_and_can_be_saved_at_once(
    shown: Shown, block: ConflictBlock
) -> None:
    assert text_of(block) == BOTH
    assert shown.taken == {"account": BOTH}
    assert shown.view._save.isEnabled()
    assert "This is a proposal: read it before you save." in shown.words
    assert "a proposal stands below" in shown.words
    assert "Nobody spoke." in shown.words


def test_each_stretch_is_marked_as_its_authors_not_by_colour_alone(block: ConflictBlock) -> None:
    assert block.third.proposal is not None
    marks = {
        selection.cursor.selectedText().strip(): selection.format.underlineStyle()
        for selection in block.third.proposal.page.editor.extraSelections()
    }
    none = QTextCharFormat.UnderlineStyle.NoUnderline
    assert set(marks) == {"They came at dawn.", "We waited long."}
    assert len(set(marks.values()) | {none}) == 3
    said = block.third.proposal.page.editor.accessibleDescription()
    assert "Aida wrote: \u2068They came at dawn.\u2069" in said
    assert "Bolat took out: \u2068Nobody spoke.\u2069" in said


def test_marks_stand_where_they_should_behind_signs_of_two_units(shown: Shown) -> None:
    base = BASE.replace("We were", "𐰀𐰁 We were\r\n")
    one, other = base.replace("at night", "at dawn"), base.replace("We waited", "𐰀 We waited long")
    block = shown.show(field_of("account", base, one, other))
    assert block.third.proposal is not None
    selections = block.third.proposal.page.editor.extraSelections()
    assert [s.cursor.selectedText() for s in selections] == [
        "They came at dawn.",
        "𐰀 We waited long.",
    ]


def test_what_is_typed_is_saved_and_is_nobodys_mark(shown: Shown, block: ConflictBlock) -> None:
    assert block.third.proposal is not None
    editor = block.third.proposal.page.editor
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_End, CTRL)
    QTest.keyClicks(editor, " So.")
    assert shown.taken == {"account": f"{BOTH} So."}
    *_, last = editor.extraSelections()
    assert last.cursor.selectedText() == "We waited long."
    QTest.keyClick(editor, Qt.Key.Key_Z, CTRL)
    assert shown.taken == {"account": BOTH}


def test_put_aside_nothing_stands_there_until_it_is_brought_back(
    shown: Shown, block: ConflictBlock
) -> None:
    assert block.third.proposal is not None
    QTest.keyClicks(block.third.proposal.page.editor, "Mine. ")
    block.third.aside.click()
    assert shown.taken == {}
    assert not shown.view._save.isEnabled()
    assert not block.third.isVisible()
    assert "The proposal is put aside." in shown.words
    assert block._go.hasFocus()
    block._go.click()
    assert shown.taken == {"account": f"Mine. {BOTH}"}
    assert shown.view._save.isEnabled()
    assert block.third.isVisible()
    assert block.third.proposal.page.editor.hasFocus()


def test_one_may_start_from_one_side_and_go_back(shown: Shown, block: ConflictBlock) -> None:
    block.cards[0].take.click()
    assert shown.taken == {"account": ONE}
    block.cards[1].take.click()
    assert shown.taken == {"account": f"{ONE}\n\n{OTHER}"}
    block._go.click()
    assert shown.taken == {"account": BOTH}
    # What was made without it is kept, too.
    block.third.aside.click()
    assert shown.taken == {"account": f"{ONE}\n\n{OTHER}"}


def test_selected_words_go_under_the_proposal_and_can_be_undone(
    shown: Shown, block: ConflictBlock
) -> None:
    assert block.third.proposal is not None
    cursor = block.cards[0].text.textCursor()
    cursor.setPosition(4, cursor.MoveMode.KeepAnchor)
    block.cards[0].text.setTextCursor(cursor)
    block.cards[0].take_part.click()
    assert shown.taken == {"account": f"{BOTH}\nThey"}
    block.third.proposal.page.editor.undo()
    assert shown.taken == {"account": BOTH}


def test_a_proposal_below_the_edge_is_brought_into_sight(shown: Shown, qtbot: QtBot) -> None:
    many = "\n\n".join(f"Nobody told us of thing{at}." for at in range(60))
    block = shown.show(field_of("account", many, f"First told. {many}", f"{many} Last told."))
    qtbot.waitUntil(lambda: block.third.y() > 0 and block.third.visibleRegion().isEmpty())
    assert block.third.proposal is not None
    editor = block.third.proposal.page.editor
    block._go.click()
    assert block.third.mapTo(shown.view._area.viewport(), QPoint(0, 0)).y() == Space.M
    assert editor.hasFocus()
    block.third.aside.click()
    shown.view._area.verticalScrollBar().setValue(0)
    block._go.click()
    assert block.third.mapTo(shown.view._area.viewport(), QPoint(0, 0)).y() == Space.M
    assert editor.hasFocus()


def test_a_proposal_that_was_not_looked_at_is_shown_before_it_is_saved(
    shown: Shown, qtbot: QtBot
) -> None:
    many = "\n\n".join(f"Nobody told us of thing{at}." for at in range(60))
    one = field_of("account", many, f"First told. {many}", f"{many} Last told.")
    area = shown.view._area

    def is_below() -> bool:
        (only,) = shown.view.blocks
        return only.third.mapTo(area.viewport(), QPoint(0, 0)).y() > area.viewport().height()

    block = shown.show(one)
    qtbot.waitUntil(is_below)
    with qtbot.assertNotEmitted(shown.view.save_requested):
        shown.view._save.click()
    assert block.third.mapTo(area.viewport(), QPoint(0, 0)).y() == Space.M
    with qtbot.waitSignal(shown.view.save_requested):
        shown.view._save.click()
    # Whoever came to its end, or wrote in it, has seen it; what was put aside is not asked about.
    block = shown.show(one)
    qtbot.waitUntil(is_below)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    with qtbot.waitSignal(shown.view.save_requested):
        shown.view._save.click()
    block = shown.show(one)
    qtbot.waitUntil(is_below)
    assert block.third.proposal is not None
    QTest.keyClicks(block.third.proposal.page.editor, "Mine. ")
    with qtbot.waitSignal(shown.view.save_requested):
        shown.view._save.click()
    block = shown.show(one)
    block.cards[0].take.click()
    with qtbot.waitSignal(shown.view.save_requested):
        shown.view._save.click()


def test_a_short_proposal_in_sight_is_saved_at_once(shown: Shown, qtbot: QtBot) -> None:
    shown.window.resize(1000, 1600)
    block = shown.show(field_of("account", BASE, ONE, OTHER))
    bar = shown.view._area.verticalScrollBar()
    qtbot.waitUntil(lambda: block.third.y() > 0 and bar.maximum() == 0)
    with qtbot.waitSignal(shown.view.save_requested):
        shown.view._save.click()


def test_where_changes_touch_it_is_said_and_nothing_stands_there(shown: Shown) -> None:
    block = shown.show(field_of("account", BASE, ONE, BASE.replace("at night", "at dusk")))
    assert "The changes touch one another, so that nothing is proposed." in shown.words
    assert not block.third.isVisible()
    assert not block._go.isVisible()
    assert shown.taken == {}
    assert not shown.view._save.isEnabled()


def test_fields_are_saved_each_by_itself(shown: Shown) -> None:
    first = shown.show(
        field_of("account", BASE, ONE, OTHER),
        field_of("questions", BASE, ONE, BASE.replace("at night", "at dusk")),
    )
    assert shown.taken == {"account": BOTH}
    first.third.aside.click()
    assert not shown.view._save.isEnabled()
    shown.view.blocks[1].cards[1].take.click()
    assert shown.taken == {"questions": BASE.replace("at night", "at dusk")}
    assert shown.view._save.isEnabled()


def test_the_tab_key_goes_as_one_reads(shown: Shown, block: ConflictBlock) -> None:
    assert block.third.proposal is not None
    block._go.setFocus()
    seen = []
    for _turn in range(6):
        QTest.keyClick(shown.window.focusWidget(), Qt.Key.Key_Tab)
        seen.append(shown.window.focusWidget())
    assert seen == [
        block.cards[0].text,
        block.cards[0].take,
        block.cards[1].text,
        block.cards[1].take,
        block.third.proposal.page.editor,
        block.third.aside,
    ]
