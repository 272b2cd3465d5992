"""Fields on the page: what a person does with keys and mouse is what the notebook would keep."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from notebook.forms import Field, FieldType, Option, load_forms
from notebook.model import JsonValue, RecordId
from ui.field_choices import AnswersField, ChoiceField
from ui.field_lines import FixedField, LineField, PageField
from ui.field_lists import ListField
from ui.field_references import ReferenceField
from ui.field_widgets import FieldFrame, make_editor
from ui.preferences import Preferences
from ui.record_form import FormView
from ui.record_reading import Candidate
from ui.style.look import Look

NAMES: Mapping[str, str] = {}


def clock() -> datetime:
    return datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp, Preferences())


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(800, 600)
    QVBoxLayout(window)
    qtbot.addWidget(window)
    return window


def shown(widget: QWidget, window: QWidget, qtbot: QtBot) -> None:
    layout = window.layout()
    assert layout is not None
    layout.addWidget(widget)
    with qtbot.waitExposed(window):
        window.show()


def a_field(type_: FieldType, *options: str, **more: object) -> Field:
    return Field(
        name="f",
        type=type_,
        label="F",
        options=tuple(Option(value=value, label=value.upper()) for value in options),
        **more,  # type: ignore[arg-type]  # short for tests
    )


def commit(widget: QWidget, text: str) -> None:
    """Type as an input method does, in any script."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


EXAMPLES: list[tuple[Field, JsonValue]] = [
    (a_field(FieldType.TEXT), "сәуір"),
    (a_field(FieldType.LONG_TEXT), "one\n\ntwo\u00a0three\nئۈچ"),
    (a_field(FieldType.EDTF), "2018-04~"),
    (a_field(FieldType.NUMBER), 12),
    (a_field(FieldType.DATETIME), "2026-03-05T14:30+05:00"),
    (a_field(FieldType.CHOICE, "yes", "no"), "no"),
    (a_field(FieldType.CHOICE, *"abcdefg"), "d"),
    (a_field(FieldType.CHOICES, "a", "b", "c"), ["a", "c"]),
    (a_field(FieldType.BOOLEAN), False),
    (a_field(FieldType.LIST), ["one", "two"]),
    (a_field(FieldType.REFERENCE, refers_to=("person",)), "a" * 32),
    (a_field(FieldType.REFERENCES, refers_to=("person",)), ["a" * 32, "b" * 32]),
]


@pytest.mark.parametrize(("field", "value"), EXAMPLES)
def test_a_field_gives_back_what_it_was_given_and_is_empty_at_first(
    field: Field, value: JsonValue, look: Look, window: QWidget
) -> None:
    editor = make_editor(field, load_forms(), look, clock, window)
    edits: list[bool] = []
    editor.edited.connect(lambda: edits.append(True))
    assert editor.value() is None
    editor.set_value(value, NAMES)
    assert editor.value() == value
    editor.set_value(None, NAMES)
    assert editor.value() is None
    assert edits == []


@pytest.mark.parametrize("field", [*load_forms()["interview"].fields])
def test_every_field_says_its_name_to_a_screen_reader(
    field: Field, look: Look, window: QWidget
) -> None:
    frame = FieldFrame(field, load_forms(), look, clock, window)
    target = frame.editor.focusProxy()
    assert target is not None
    assert field.label in target.accessibleName()


def test_text_in_any_script_runs_in_its_own_direction(look: Look, window: QWidget) -> None:
    editor = LineField(a_field(FieldType.TEXT), look, clock, window)
    commit(editor.line, "ئاكام")
    assert editor.line.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert editor.value() == "ئاكام"
    editor.line.clear()
    commit(editor.line, "brother")
    assert editor.line.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_half_a_date_is_no_mistake_while_it_is_typed(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    editor = LineField(a_field(FieldType.EDTF), look, clock, window)
    shown(editor, window, qtbot)
    editor.line.setFocus()
    QTest.keyClicks(editor.line, "201")
    assert not editor._hint.isVisible()
    editor.line.clearFocus()
    assert editor._hint.isVisible()
    QTest.keyClicks(editor.line, "8-04~")
    assert editor._hint.text() == "about April 2018"


def test_the_present_moment_is_one_press_away(look: Look, window: QWidget) -> None:
    editor = LineField(a_field(FieldType.DATETIME), look, clock, window)
    editor._on_now()
    assert datetime.fromisoformat(str(editor.value())) == clock()


def test_a_page_grows_with_what_is_written(look: Look, window: QWidget, qtbot: QtBot) -> None:
    editor = PageField(a_field(FieldType.LONG_TEXT), look, window)
    shown(editor, window, qtbot)
    before = editor.editor.height()
    editor.set_value("line\n" * 30, NAMES)
    assert editor.editor.height() > before * 3
    assert editor.editor.verticalScrollBar().maximum() == 0


def test_the_same_text_shown_again_moves_no_cursor_and_keeps_undo(
    look: Look, window: QWidget
) -> None:
    editor = PageField(a_field(FieldType.LONG_TEXT), look, window)
    editor.set_value("as it was", NAMES)
    editor.editor.textCursor().insertText("now ")
    text = editor.value()
    editor.set_value(text, NAMES)
    editor.editor.undo()
    assert editor.value() == "as it was"


def test_a_text_takes_no_drops_so_that_they_reach_the_record(look: Look, window: QWidget) -> None:
    editor = PageField(a_field(FieldType.LONG_TEXT), look, window)
    assert not editor.editor.acceptDrops()
    assert not editor.editor.viewport().acceptDrops()


def test_an_answer_can_be_given_changed_and_taken_back_by_keyboard(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    editor = AnswersField(a_field(FieldType.CHOICE, "yes", "no"), window)
    shown(editor, window, qtbot)
    QTest.keyClick(editor.buttons["yes"], Qt.Key.Key_Space)
    assert editor.value() == "yes"
    QTest.keyClick(editor.buttons["no"], Qt.Key.Key_Space)
    assert editor.value() == "no"
    QTest.keyClick(editor.buttons["no"], Qt.Key.Key_Space)
    assert editor.value() is None


def test_several_answers_stand_beside_one_another(look: Look, window: QWidget) -> None:
    editor = AnswersField(a_field(FieldType.CHOICES, "a", "b", "c"), window)
    editor.buttons["c"].click()
    editor.buttons["a"].click()
    assert editor.value() == ["a", "c"]


def test_an_answer_this_form_does_not_know_is_kept(look: Look, window: QWidget) -> None:
    several = AnswersField(a_field(FieldType.CHOICES, "a"), window)
    several.set_value(["a", "of-a-later-form"], NAMES)
    several.buttons["a"].click()
    assert several.value() == ["of-a-later-form"]
    one = ChoiceField(a_field(FieldType.CHOICE, *"abcdefg"), look, window)
    one.set_value("of-a-later-form", NAMES)
    assert one.value() == "of-a-later-form"


def test_lines_are_added_moved_and_taken_away_by_keyboard(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    editor = ListField(a_field(FieldType.LIST), look, window)
    shown(editor, window, qtbot)
    editor.add_button.click()
    QTest.keyClicks(editor.lines[0], "one")
    QTest.keyClick(editor.lines[0], Qt.Key.Key_Return)
    QTest.keyClicks(editor.lines[1], "two")
    assert editor.value() == ["one", "two"]
    QTest.keyClick(editor.lines[1], Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert editor.value() == ["two", "one"]
    assert editor.lines[0].accessibleName() == "F, line 1"
    QTest.keyClick(editor.lines[0], Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert editor.value() == ["two", "one"]
    editor.lines[1].clear()
    QTest.keyClick(editor.lines[1], Qt.Key.Key_Backspace)
    assert editor.value() == ["two"]
    assert len(editor.lines) == 1


def reference(look: Look, window: QWidget, qtbot: QtBot, type_: FieldType) -> ReferenceField:
    field = a_field(type_, refers_to=("person",))
    editor = ReferenceField(field, load_forms(), look, window)
    shown(editor, window, qtbot)
    window.activateWindow()
    editor.line.setFocus()
    return editor


def test_a_record_is_named_by_typing_its_title(look: Look, window: QWidget, qtbot: QtBot) -> None:
    editor = reference(look, window, qtbot, FieldType.REFERENCES)
    with qtbot.waitSignal(editor.words_changed) as asked:
        QTest.keyClicks(editor.line, "Ay")
    assert asked.args == ["Ay"]
    found = [
        Candidate(id=RecordId("a" * 32), title="Aygul", type_label="Person"),
        Candidate(id=RecordId("b" * 32), title="Aynur & sons", type_label="Person"),
    ]
    editor.show_candidates(found)
    QTest.keyClick(editor.line, Qt.Key.Key_Down)
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.value() == ["b" * 32]
    assert editor.line.text() == ""


def test_a_record_that_is_not_there_is_made_from_its_title(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    editor = reference(look, window, qtbot, FieldType.REFERENCE)
    QTest.keyClicks(editor.line, "Dilnur")
    editor.show_candidates([])
    with qtbot.waitSignal(editor.create_requested) as asked:
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert asked.args == ["person", "Dilnur"]
    editor.add("c" * 32, "Dilnur")
    assert editor.value() == "c" * 32
    assert not editor.line.isVisible()


def test_offers_go_away_with_esc_and_with_the_focus(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    editor = reference(look, window, qtbot, FieldType.REFERENCES)
    QTest.keyClicks(editor.line, "Dilnur")
    editor.show_candidates([])
    assert editor._surface.isVisible()
    QTest.keyClick(editor.line, Qt.Key.Key_Escape)
    assert not editor._surface.isVisible()
    assert editor.line.text() == ""
    assert editor.value() is None


def test_what_the_program_wrote_can_be_read_and_not_typed_over(look: Look, window: QWidget) -> None:
    editor = make_editor(
        load_forms()["evidence"].field("sha256"), load_forms(), look, clock, window
    )
    assert isinstance(editor, FixedField)
    editor.set_value("ab" * 32, NAMES)
    assert editor.value() == "ab" * 32


def test_consent_is_asked_before_the_account_and_identity_stands_apart(
    look: Look, window: QWidget
) -> None:
    forms = load_forms()
    interview = FormView(forms["interview"], forms, look, clock, window)
    order = list(interview.headings)
    assert order[0] == "consent"
    assert order.index("consent") < order.index("account")
    person = FormView(forms["person"], forms, look, clock, window)
    assert person.headings["identity"].property("role") == "card"
    assert person.headings["person"].property("role") != "card"


def test_a_field_in_conflict_cannot_be_typed_over(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    forms = load_forms()
    frame = FieldFrame(forms["interview"].field("account"), forms, look, clock, window)
    shown(frame, window, qtbot)
    frame.show_conflict(is_conflict=True)
    assert not frame.editor.isVisible()
    with qtbot.waitSignal(frame.conflict_requested) as asked:
        frame._settle.click()
    assert asked.args == ["account"]
    frame.show_conflict(is_conflict=False)
    assert frame.editor.isVisible()


def test_no_gap_stands_in_a_form_on_a_page_that_is_higher_than_it(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    forms = load_forms()
    form = FormView(forms["interview"], forms, look, clock, window)
    form.set_values({"account": "told\n" * 30, "questions": "asked"}, NAMES)
    window.resize(800, 20_000)
    shown(form, window, qtbot)
    qtbot.waitUntil(lambda: form.height() > 19_000)
    pages = [frame.editor for frame in form.frames.values() if isinstance(frame.editor, PageField)]
    assert len(pages) > 5
    qtbot.waitUntil(lambda: all(page.isVisible() for page in pages))
    assert [page.height() for page in pages] == [page.editor.height() for page in pages]
    for frame in form.frames.values():
        layout = frame.layout()
        assert layout is not None
        assert frame.height() == layout.totalHeightForWidth(frame.width())
