"""The desk itself: real widgets, real keys, a real notebook; only the lanes run inline."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from notebook.handover import SealRequest
from notebook.model import CaseId, Changes, RecordId
from notebook.notebook import Notebook
from tests.ui.desk_stage import PretendShell, new_notebook
from ui.desk_presenter import DeskPresenter
from ui.desk_room import build_desk
from ui.desk_view import DeskView
from ui.files import FileChooser
from ui.preferences import Direction, Preferences, ThemeChoice
from ui.record_form import FormView
from ui.rooms import Place
from ui.runner import InlineRunner
from ui.session import Session
from ui.style.look import Look
from ui.style.tokens import WINDOW_LEAST
from ui.widgets.basics import Button
from ui.widgets.editors import AccountEditor
from ui.withdraw_sheet import WithdrawSheet

CTRL = Qt.KeyboardModifier.ControlModifier
INTERVIEWS = Place(room="desk", type="interview")


class Desk:
    """A desk in a window."""

    def __init__(self, application: QApplication, qtbot: QtBot, notebook: Notebook) -> None:
        self.notebook = notebook
        self.look = Look(application, Preferences(theme=ThemeChoice.LIGHT))
        self.shell = PretendShell()
        self.session = Session(notebook, InlineRunner(), self.shell.trouble)
        self.window = QWidget()
        self.window.resize(1366, 768)
        qtbot.addWidget(self.window)
        box = QVBoxLayout(self.window)
        built = build_desk(
            self.look,
            self.session,
            self.shell,
            self.window,
            clock=lambda: datetime(2026, 3, 5, 9, 30, tzinfo=UTC),
            new_id=lambda: RecordId(os.urandom(16).hex()),
        )
        self.view: DeskView = built.view
        self.presenter: DeskPresenter = built.presenter
        self.session.listen(self.presenter.changed)
        box.addWidget(self.view)
        with qtbot.waitExposed(self.window):
            self.window.show()

    def case(self) -> CaseId:
        return CaseId(self.notebook.add("case", None, {"title": "Spring"})[0])

    def interview(self, case: CaseId, title: str = "First talk", **fields: str) -> RecordId:
        return self.notebook.add("interview", case, {"title": title, **fields})[0]

    @property
    def form(self) -> FormView:
        assert self.view.record.form is not None
        return self.view.record.form

    def text(self, name: str) -> AccountEditor:
        editor = self.form.frames[name].text_editor()
        assert editor is not None
        return editor

    @property
    def titles(self) -> list[str]:
        model = self.view.list.model
        return [model.item(row).title for row in range(model.rowCount())]

    @property
    def state(self) -> str:
        return self.view.record.header._state.accessibleName()


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    notebook = new_notebook(tmp_path / "n")
    yield Desk(qapp, qtbot, notebook)
    notebook.close()


def commit(widget: QWidget, text: str) -> None:
    """Type as an input method does, in any script."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def photograph() -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(content, "PNG")
    return content.getvalue()


def test_the_first_steps_are_a_case_and_an_interview(desk: Desk) -> None:
    desk.presenter.enter(INTERVIEWS)
    desk.view.list._empty_button.click()
    header = desk.view.record.header
    assert header.title.hasFocus()
    QTest.keyClicks(header.title, "Spring")
    header.save.click()
    assert [row.title for row in desk.notebook.cases()] == ["Spring"]
    desk.view.list._empty_button.click()
    QTest.keyClicks(header.title, "First talk")
    commit(desk.text("account"), "ئاكامنى باھاردا ئېلىپ كەتتى.")
    desk.form.frames["recording"].editor.buttons["refused"].click()  # type: ignore[union-attr]  # these are chips
    header.save.click()
    assert desk.titles == ["First talk"]
    (row,) = desk.notebook.rows(type="interview")
    fields = desk.notebook.record(row.id).fields
    assert fields["account"].value == "ئاكامنى باھاردا ئېلىپ كەتتى."
    assert fields["recording"].value == "refused"
    assert desk.state.startswith("Saved ")
    assert desk.notebook.drafts.all() == []


def test_nobody_is_told_to_choose_where_there_is_nothing_to_choose(desk: Desk) -> None:
    page = desk.view.record.nothing
    desk.presenter.enter(INTERVIEWS)
    # The list says in one sentence what to do, and has the one button for it.
    assert page._sentence.text() == ""
    assert desk.view.list._empty_button.isVisible()
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    assert page._sentence.text() == "Choose a record, or begin one."
    desk.presenter.rows.search("words that stand nowhere")
    assert page._sentence.text() == ""
    desk.presenter.rows.clear()
    desk.presenter.open(record)
    desk.notebook.delete(record)
    desk.session.announce(Changes(records=frozenset({record})))
    assert desk.titles == []
    assert page._sentence.text() == ""


def test_what_is_typed_is_a_draft_a_second_later_without_leaving_the_field(
    desk: Desk, qtbot: QtBot
) -> None:
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    desk.text("account").setFocus()
    with qtbot.waitSignal(desk.view.record.rested):
        commit(desk.text("account"), "They came at night.")
        assert desk.state == "Not saved yet"
    (draft,) = desk.notebook.drafts.all()
    assert draft.fields == {"account": "They came at night."}
    assert desk.state.startswith("Draft kept ")
    assert desk.text("account").hasFocus()


def test_leaving_a_field_keeps_the_draft_at_once(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.presenter.open(record)
    desk.text("account").setFocus()
    commit(desk.text("account"), "told")
    desk.view.record.header.title.setFocus()
    assert [draft.id for draft in desk.notebook.drafts.all()] == [record]


def test_choosing_another_row_saves_and_keys_walk_the_list(desk: Desk) -> None:
    case = desk.case()
    first = desk.interview(case, "One", date="2026-03-02")
    second = desk.interview(case, "Two", date="2026-03-01")
    desk.presenter.enter(INTERVIEWS)
    desk.view.list.focus_rows()
    QTest.keyClick(desk.view.list.rows, Qt.Key.Key_Down)
    assert desk.view.record.header.title.text() == "One"
    commit(desk.text("account"), "told")
    desk.view.list.focus_rows()
    QTest.keyClick(desk.view.list.rows, Qt.Key.Key_Down)
    assert desk.presenter.record.record is not None
    assert desk.presenter.record.record.id == second
    assert desk.notebook.record(first).fields["account"].value == "told"
    QTest.keyClick(desk.view.list.rows, Qt.Key.Key_Return)
    assert desk.view.record.header.title.hasFocus()


def test_selection_scroll_and_cursor_stay_where_they_were(desk: Desk) -> None:
    case = desk.case()
    desk.notebook.transact(lambda tx: None)
    ids = [desk.interview(case, f"Talk {n:03}", date="2026-03") for n in range(60)]
    desk.presenter.enter(INTERVIEWS)
    record = ids[30]
    desk.presenter.open(record)
    desk.text("account").setFocus()
    commit(desk.text("account"), "line\n" * 60)
    rows, page = desk.view.list.rows, desk.view.record.area.verticalScrollBar()
    rows.verticalScrollBar().setValue(700)
    page.setValue(1_000)
    before = (
        rows.visualRect(rows.currentIndex()).top(),
        page.value(),
        desk.text("account").textCursor().position(),
    )
    desk.presenter.record.save()
    desk.interview(case, "From elsewhere")
    desk.session.announce(desk.notebook.edit(ids[0], {"title": "Changed"}))
    desk.look.apply(Preferences(theme=ThemeChoice.DARK))
    after = (
        rows.visualRect(rows.currentIndex()).top(),
        page.value(),
        desk.text("account").textCursor().position(),
    )
    assert after == before
    assert desk.text("account").hasFocus()
    current = rows.currentIndex()
    assert desk.view.list.model.item(current.row()).id == record


def test_after_a_search_selection_scroll_and_cursor_are_where_they_were(desk: Desk) -> None:
    case = desk.case()
    ids = [desk.interview(case, f"Talk {n:03}", date="2026-03") for n in range(60)]
    desk.interview(case, "Needle", date="2026-01")
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(ids[30])
    commit(desk.text("account"), "line\n" * 60)
    desk.presenter.record.save()
    cursor = desk.text("account").textCursor().position()
    rows = desk.view.list.rows
    for at in (700, 0, 400):
        rows.verticalScrollBar().setValue(at)
        page = desk.view.record.area.verticalScrollBar().value()
        desk.presenter.rows.search("needle")
        desk.presenter.rows.search("need")
        assert desk.titles == ["Needle"]
        desk.presenter.rows.search("nothing of this kind")
        assert desk.titles == []
        desk.presenter.rows.clear()
        assert rows.verticalScrollBar().value() == at
        assert desk.view.list.model.item(rows.currentIndex().row()).id == ids[30]
        assert desk.text("account").textCursor().position() == cursor
        assert desk.view.record.area.verticalScrollBar().value() == page


def test_after_turning_round_and_a_merge_all_is_where_it_was(desk: Desk, tmp_path: Path) -> None:
    case = desk.case()
    ids = [desk.interview(case, f"Talk {n:03}", date="2026-03") for n in range(60)]
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(ids[30])
    desk.text("account").setFocus()
    commit(desk.text("account"), "line\n" * 60)
    desk.presenter.record.save()
    rows, page = desk.view.list.rows, desk.view.record.area.verticalScrollBar()
    rows.verticalScrollBar().setValue(700)
    page.setValue(1_000)
    place = desk.text("account").textCursor()
    place.setPosition(7)
    desk.text("account").setTextCursor(place)
    page.setValue(1_000)
    top = rows.visualRect(rows.currentIndex()).top()
    other = new_notebook(tmp_path / "other", "Other")
    other.add_contact(desk.notebook.my_card().encode())
    desk.notebook.add_contact(other.my_card().encode())
    far = CaseId(other.add("case", None, {"title": "Far away"})[0])
    for n in range(5):
        other.add("interview", far, {"title": f"Other talk {n}", "date": "2026-05"})
    request = SealRequest(to=(desk.notebook.author,))
    (out := tmp_path / "out").mkdir()
    result, _ = other.seal(other.plan_seal(request), out)
    other.close()
    _opened, changes = desk.notebook.open_bundle(list(result.files), accept_unknown=False)
    desk.session.announce(changes)
    assert len(desk.titles) == 65
    desk.look.apply(Preferences(direction=Direction.RIGHT_TO_LEFT))
    desk.look.apply(Preferences(direction=Direction.LEFT_TO_RIGHT))
    assert desk.view.list.model.item(rows.currentIndex().row()).id == ids[30]
    # What came stands above; what one looked at has not moved.
    assert rows.visualRect(rows.currentIndex()).top() == top
    assert page.value() == 1_000
    assert desk.text("account").textCursor().position() == 7
    assert desk.text("account").hasFocus()


LARGER = Preferences(text_scale_percent=200)
ORDINARY = Preferences()


@pytest.mark.parametrize("has_cursor", [True, False])
def test_with_other_letters_one_reads_on_where_one_was(
    desk: Desk, qtbot: QtBot, *, has_cursor: bool
) -> None:
    desk.look.apply(ORDINARY)
    case = desk.case()
    account = "".join(f"Line {n} of what was told, and some more words.\n" for n in range(200))
    ids = [desk.interview(case, f"Talk {n:03}", date="2026-03") for n in range(60)]
    desk.notebook.edit(ids[30], {"account": account})
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(ids[30])
    editor, area, rows = desk.text("account"), desk.view.record.area, desk.view.list.rows
    place = editor.textCursor()
    place.setPosition(account.index("Line 120 "))
    editor.setFocus()
    editor.setTextCursor(place)
    bar = area.verticalScrollBar()
    bar.setValue(bar.value() + 90)
    top = rows.model().index(25, 0)
    rows.verticalScrollBar().setValue(25 * rows.visualRect(top).height() + 7)
    if not has_cursor:
        desk.view.list.focus_rows()

    def height() -> int:
        return editor.viewport().mapTo(area.viewport(), editor.cursorRect().topLeft()).y()

    before, page = height(), area.viewport().height()
    assert 0 < before < page
    line_before = editor.cursorRect().height()
    for preferences in (LARGER, ORDINARY):
        desk.look.apply(preferences)

        def is_there() -> bool:
            share = area.viewport().height() / page
            return abs(height() - before * share) <= 2 and rows.indexAt(QPoint(9, 0)) == top

        qtbot.waitUntil(is_there)
        assert editor.textCursor().position() == place.position()
        assert editor.hasFocus() is has_cursor
        is_larger = editor.cursorRect().height() > line_before
        assert is_larger is (preferences is LARGER)


def test_searching_from_the_field_marks_and_opens(desk: Desk, qtbot: QtBot) -> None:
    case = desk.case()
    desk.interview(case, "One", account="They came at night.")
    desk.interview(case, "Two", account="In the morning.")
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.actions()["search"]()
    assert desk.view.list.search.hasFocus()
    with qtbot.waitSignal(desk.view.list.search_changed):
        QTest.keyClicks(desk.view.list.search, "night")
    assert desk.titles == ["One"]
    QTest.keyClick(desk.view.list.search, Qt.Key.Key_Return)
    assert desk.view.list.rows.hasFocus()
    assert desk.view.record.header.title.text() == "One"


def test_files_dropped_anywhere_on_the_record_become_evidence(desk: Desk, tmp_path: Path) -> None:
    record = desk.interview(desk.case())
    desk.presenter.open(record)
    original = tmp_path / "a picture.png"
    original.write_bytes(photograph())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(original))])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    button, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(50, 50), actions, data, button, no_key)
    QApplication.sendEvent(desk.view.record, entering)
    assert entering.isAccepted()
    event = QDropEvent(QPointF(50, 50), actions, data, button, no_key)
    QApplication.sendEvent(desk.view.record, event)
    assert event.dropAction() is Qt.DropAction.CopyAction
    assert original.exists()
    assert desk.shell.troubles == []
    (row,) = desk.notebook.evidence_of(record)
    assert row.title == "a picture.png"
    drawer = desk.view.record.drawer
    assert drawer.isVisible()
    pixmaps = [label.pixmap() for label in drawer.findChildren(QLabel) if label.pixmap()]
    assert any(pixmap.width() == 88 for pixmap in pixmaps)
    assert "flash drive" in drawer._note_text.text()


def test_the_buttons_beside_a_record_do_what_stands_on_them(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    desk.view.record.open_drawer()
    drawer, header = desk.view.record.drawer, desk.view.record.header
    file = tmp_path / "chosen.png"
    file.write_bytes(photograph())
    monkeypatch.setattr(FileChooser, "files", lambda _self, _title, then, *_more: then([file]))
    drawer.attach.click()
    assert [row.title for row in desk.notebook.evidence_of(record)] == ["chosen.png"]
    clipboard = QGuiApplication.clipboard()
    picture = QMimeData()
    picture.setData("image/png", QByteArray(photograph()))
    clipboard.setMimeData(picture)
    drawer.paste.click()
    clipboard.clear()
    titles = {row.title for row in desk.notebook.evidence_of(record)}
    assert titles == {"chosen.png", "pasted.png"}
    commit(desk.text("account"), "typed and thought better of")
    desk.presenter.record.keep()
    assert len(desk.notebook.drafts.all()) == 1
    header._discard.click()
    assert desk.notebook.drafts.all() == []
    assert desk.text("account").toPlainText() == ""


def test_a_covered_picture_is_shown_by_its_button(desk: Desk) -> None:
    record = desk.interview(desk.case())
    evidence, _changes = desk.notebook.attach(record, BytesIO(photograph()), file_name="a.png")
    desk.notebook.edit(evidence, {"sensitivity": ["graphic"]})
    desk.presenter.enter(Place(room="desk", type="evidence"))
    desk.presenter.open(evidence)
    preview = desk.view.record.preview
    assert preview.isVisible()
    assert not preview._picture.isVisible()
    (show,) = [each for each in preview.findChildren(Button) if each.text() == "Show"]
    show.click()
    assert preview._picture.isVisible()
    assert preview._picture.pixmap().width() > 0


def test_a_picture_is_pasted_while_the_cursor_is_in_a_text_and_words_stay_words(
    desk: Desk,
) -> None:
    record = desk.interview(desk.case())
    desk.presenter.open(record)
    editor = desk.text("account")
    editor.setFocus()
    clipboard = QGuiApplication.clipboard()
    picture = QMimeData()
    picture.setData("image/png", QByteArray(photograph()))
    clipboard.setMimeData(picture)
    QTest.keyClick(editor, Qt.Key.Key_V, CTRL)
    assert [row.title for row in desk.notebook.evidence_of(record)] == ["pasted.png"]
    words = QMimeData()
    words.setText("just words")
    words.setData("image/png", QByteArray(photograph()))
    clipboard.setMimeData(words)
    QTest.keyClick(editor, Qt.Key.Key_V, CTRL)
    assert editor.toPlainText() == "just words"
    assert len(desk.notebook.evidence_of(record)) == 1
    clipboard.clear()


def test_files_for_a_record_without_a_title_wait_for_the_title(desk: Desk, tmp_path: Path) -> None:
    desk.case()
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.new("interview")
    file = tmp_path / "a.txt"
    file.write_text("a")
    desk.presenter.files._on_files([file])
    assert "title first" in desk.shell.said[-1]
    QTest.keyClicks(desk.view.record.header.title, "First talk")
    desk.presenter.files._on_files([file])
    (row,) = desk.notebook.rows(type="interview")
    assert [one.title for one in desk.notebook.evidence_of(row.id)] == ["a.txt"]


def test_words_are_found_in_the_text_forwards_and_backwards(desk: Desk) -> None:
    record = desk.interview(desk.case(), account="night and day and night\nand night")
    desk.presenter.open(record)
    desk.text("account").setFocus()
    desk.presenter.actions()["find-in-text"]()
    bar = desk.view.record.find_bar
    assert bar.words.hasFocus()
    QTest.keyClicks(bar.words, "night")
    assert bar._count.text() == "1 of 3"
    QTest.keyClick(bar.words, Qt.Key.Key_Return)
    assert bar._count.text() == "2 of 3"
    QTest.keyClick(bar.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(bar.words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar._count.text() == "3 of 3"
    QTest.keyClicks(bar.words, "x")
    assert bar._count.text() == "Not found"
    QTest.keyClick(bar.words, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert desk.text("account").hasFocus()
    assert desk.text("account").extraSelections() == []


def test_a_hit_far_down_in_the_text_is_brought_into_sight(desk: Desk) -> None:
    account = "\n".join([*["what was told"] * 200, "the bridge", *["and more"] * 50])
    record = desk.interview(desk.case(), account=account)
    desk.presenter.open(record)
    view = desk.view.record
    desk.presenter.actions()["find-in-text"]()
    QTest.keyClicks(view.find_bar.words, "the bridge")
    editor = desk.text("account")
    hit = editor.viewport().mapTo(view.area.viewport(), editor.cursorRect().center())
    assert view.area.viewport().rect().contains(hit)


def test_a_narrow_desk_that_shows_its_list_again_gives_it_the_focus(desk: Desk) -> None:
    record = desk.interview(desk.case(), account="told")
    desk.presenter.enter(INTERVIEWS)
    desk.view.window().resize(900, 600)
    desk.presenter.open(record)
    desk.text("account").setFocus()
    assert not desk.view.list.isVisible()
    desk.presenter.enter(INTERVIEWS)
    assert desk.view.list.isVisible()
    assert desk.view.window().focusWidget() is desk.view.list.rows


def test_a_search_in_a_narrow_desk_brings_the_list(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    desk.view.window().resize(900, 600)
    desk.presenter.open(record)
    assert not desk.view.list.isVisible()
    desk.presenter.perform("search")
    assert desk.view.list.isVisible()
    assert desk.view.window().focusWidget() is desk.view.list.search


def test_a_narrow_desk_that_hides_its_list_gives_the_focus_to_the_record(desk: Desk) -> None:
    desk.interview(desk.case(), account="told")
    desk.presenter.enter(INTERVIEWS)
    desk.view.window().resize(900, 600)
    desk.view.list.focus_rows()
    QTest.keyClick(desk.view.list.rows, Qt.Key.Key_Down)
    assert not desk.view.list.isVisible()
    window, record = desk.view.window(), desk.view.record
    assert window.focusWidget() is record
    # Letters change nothing; Enter goes on into the record, Esc back to the list.
    QTest.keyClicks(record, "abc")
    assert record.header.title.text() == "First talk"
    QTest.keyClick(record, Qt.Key.Key_Return)
    assert window.focusWidget() is record.header.title
    QTest.keyClick(record.header.title, Qt.Key.Key_Escape)
    assert window.focusWidget() is desk.view.list.rows


def test_a_conflict_is_settled_side_by_side(desk: Desk) -> None:
    record = desk.interview(desk.case(), account="before")
    heads = desk.notebook.record(record).fields["account"].heads
    desk.notebook.edit(record, {"account": "They came at night."})
    desk.notebook.edit(record, {"account": "They came at dawn."}, replaces={"account": heads})
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    assert not desk.form.frames["account"].editor.isVisible()
    desk.form.frames["account"]._settle.click()
    (block,) = desk.view.conflict.blocks
    assert desk.view.conflict.isVisible()
    assert {card.text.toPlainText() for card in block.cards} == {
        "They came at night.",
        "They came at dawn.",
    }
    assert not desk.view.conflict._save.isEnabled()
    block.cards[0].take.click()
    block.cards[1].take.click()
    desk.view.conflict._save.click()
    saved = desk.notebook.record(record)
    assert not saved.conflicts
    assert "night" in str(saved.fields["account"].value)
    assert "dawn" in str(saved.fields["account"].value)
    assert desk.form.frames["account"].editor.isVisible()
    assert desk.text("account").toPlainText() == saved.fields["account"].value


def test_a_proposed_merge_is_saved_once_and_stands_in_the_record(desk: Desk) -> None:
    told = "They came at night. We slept. Nobody spoke."
    record = desk.interview(desk.case(), account=told)
    heads = desk.notebook.record(record).fields["account"].heads
    desk.notebook.edit(record, {"account": told.replace("at night", "at dawn")})
    other = told.replace("Nobody", "Nobody there")
    desk.notebook.edit(record, {"account": other}, replaces={"account": heads})
    entries = len(desk.notebook.history(record))
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    desk.form.frames["account"]._settle.click()
    (block,) = desk.view.conflict.blocks
    block._go.click()
    desk.view.conflict._save.click()
    both = "They came at dawn. We slept. Nobody there spoke."
    assert desk.notebook.record(record).fields["account"].value == both
    assert len(desk.notebook.history(record)) == entries + 1
    assert desk.text("account").toPlainText() == both


def test_a_place_may_be_a_conflict(desk: Desk) -> None:
    record = desk.interview(desk.case(), account="before")
    heads = desk.notebook.record(record).fields["account"].heads
    desk.notebook.edit(record, {"account": "night"})
    desk.notebook.edit(record, {"account": "dawn"}, replaces={"account": heads})
    desk.presenter.enter(Place(room="desk", record=record, is_conflict=True))
    assert desk.view.conflict.isVisible()
    desk.presenter.conflict.leave()
    assert not desk.view.conflict.isVisible()
    desk.presenter.enter(Place(room="desk", record=record, is_conflict=True))
    assert desk.view.conflict.isVisible()


def test_withdrawing_says_what_goes_asks_why_and_destroys_it(desk: Desk) -> None:
    record = desk.interview(desk.case(), account="They came at night.")
    desk.notebook.attach(record, BytesIO(photograph()), file_name="a.png")
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    commit(desk.text("account"), "typed and not saved ")
    desk.presenter.record.keep()
    desk.presenter.actions()["withdraw"]()
    (sheet,) = desk.window.findChildren(WithdrawSheet)
    said = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert "First talk" in said
    assert "a.png" in said
    assert "Copies that others opened are out of reach" in said
    # Also to who hears the sheet, and not only the line that has the focus.
    assert "First talk" in sheet.accessibleDescription()
    assert "cannot be undone" in sheet.accessibleDescription()
    assert not sheet.confirm.isEnabled()
    QTest.keyClicks(sheet.reason, "She asked for it on 5 March")
    sheet.confirm.click()
    assert desk.notebook.record(record).is_withdrawn
    assert desk.notebook.find("night") == []
    assert desk.notebook.drafts.all() == []
    assert not list((desk.notebook.folder / "objects").glob("??/*"))


def test_the_sheet_says_that_a_consent_held_for_the_whole_case(desk: Desk) -> None:
    case = desk.case()
    told = desk.interview(case)
    desk.interview(case, "Another talk")
    consent, _changes = desk.notebook.add(
        "consent", case, {"title": "Needs none itself", "covers": [case, told]}
    )
    desk.presenter.open(consent)
    desk.presenter.actions()["withdraw"]()
    (sheet,) = desk.window.findChildren(WithdrawSheet)
    said = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert "for the whole case, in which 1 more record stays" in said
    assert "1 more record stays" in sheet.accessibleDescription()


def test_a_consent_begun_from_an_interview_holds_for_it(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    line = desk.view.record.consent
    assert line._words.text() == "No consent is recorded yet."
    line.record.click()
    assert desk.form.form.type == "consent"
    assert desk.form.frames["covers"].value() == [record]
    QTest.keyClicks(desk.view.record.header.title, "Consent of the witness")
    desk.view.record.header.save.click()
    desk.presenter.open(record)
    assert line._words.text() == "Consent:"


def test_going_to_a_list_shows_it_where_only_one_side_has_room(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.window.resize(900, 700)
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    assert not desk.view.list.isVisible()
    desk.presenter.enter(INTERVIEWS)
    assert desk.view.list.isVisible()


def test_below_its_width_the_list_folds_and_esc_brings_it_back(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.window.resize(900, 700)
    desk.presenter.enter(INTERVIEWS)
    assert desk.view.list.isVisible()
    assert not desk.view.record.isVisible()
    desk.presenter.open(record)
    assert desk.view.record.isVisible()
    assert not desk.view.list.isVisible()
    assert desk.view.record.header._back.isVisible()
    QTest.keyClick(desk.view, Qt.Key.Key_Escape)
    assert desk.view.list.isVisible()
    desk.window.resize(1366, 768)
    assert desk.view.list.isVisible()
    assert desk.view.record.isVisible()


def test_every_action_that_is_offered_stands_in_the_table(desk: Desk) -> None:
    known = set(desk.presenter._words)
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    assert set(desk.presenter.actions()) <= known
    desk.presenter.open(record)
    assert {"attach", "delete", "withdraw", "show-history"} <= set(desk.presenter.actions())
    assert set(desk.presenter.actions()) <= known


def test_a_copy_with_pseudonyms_begins_with_the_open_record(desk: Desk) -> None:
    case = desk.case()
    record = desk.interview(case)
    desk.presenter.enter(INTERVIEWS)
    assert "copy-case" not in desk.presenter.actions()
    desk.presenter.open(record)
    desk.presenter.actions()["copy-case"]()
    assert desk.shell.places[-1] == Place(room="redact", case=case, record=record)
    desk.presenter.open(RecordId(case))
    desk.presenter.actions()["copy-case"]()
    assert desk.shell.places[-1] == Place(room="redact", case=case, record=RecordId(case))
    desk.session.is_travelling = True
    assert "copy-case" not in desk.presenter.actions()


def test_a_long_list_is_shown_and_searched(desk: Desk) -> None:
    case = desk.case()

    def many(_notebook: object) -> None:
        for number in range(1_000):
            desk.interview(case, f"Talk {number:04}")

    many(desk.notebook)
    desk.presenter.enter(INTERVIEWS)
    assert len(desk.titles) == 1_000
    desk.presenter.rows.search("0777")
    assert desk.titles == ["Talk 0777"]


def test_going_to_another_room_saves_what_is_typed(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.presenter.open(record)
    commit(desk.text("account"), "told")
    desk.presenter.flush()
    assert "account" not in desk.notebook.record(record).fields
    desk.presenter.leave()
    assert desk.notebook.record(record).fields["account"].value == "told"


def test_a_record_one_deleted_while_another_wrote_is_kept_and_said(desk: Desk) -> None:
    record = desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    desk.presenter.open(record)
    desk.presenter.delete()
    assert desk.shell.undo is not None
    desk.shell.undo()
    assert desk.titles == ["First talk"]
    assert desk.view.record.header.title.text() == "First talk"


def test_sections_are_one_stop_of_the_tab_key_and_arrows_walk_them(desk: Desk) -> None:
    desk.presenter.open(desk.interview(desk.case()))
    header = desk.view.record.header
    anchors = list(header._anchors.values())
    stops = [one for one in anchors if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == anchors[:1]
    anchors[0].setFocus()
    QTest.keyClick(anchors[0], Qt.Key.Key_Right)
    assert anchors[1].hasFocus()
    QTest.keyClick(anchors[1], Qt.Key.Key_Space)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert desk.form.frames["date"].isAncestorOf(focus)


def test_enter_in_the_title_goes_on_to_the_first_field(desk: Desk) -> None:
    desk.presenter.open(desk.interview(desk.case()))
    desk.view.record.header.title.setFocus()
    QTest.keyClick(desk.view.record.header.title, Qt.Key.Key_Return)
    assert desk.text("consent_note").hasFocus()


def test_files_added_without_a_record_go_to_the_case_which_is_shown(
    desk: Desk, tmp_path: Path
) -> None:
    case = desk.case()
    file = tmp_path / "a.txt"
    file.write_text("a")
    desk.presenter.enter(Place(room="desk", type="evidence"))
    desk.presenter.files._on_files([file])
    assert [one.title for one in desk.notebook.evidence_of(RecordId(case))] == ["a.txt"]
    assert desk.view.record.header.title.text() == "Spring"


def test_a_graphic_picture_has_no_thumbnail_in_the_drawer(desk: Desk) -> None:
    record = desk.interview(desk.case())
    evidence, _changes = desk.notebook.attach(record, BytesIO(photograph()), file_name="a.png")
    desk.notebook.edit(evidence, {"sensitivity": ["graphic"]})
    desk.presenter.open(record)
    (item,) = desk.view.record.drawer._shown.evidence  # type: ignore[union-attr]  # it is shown
    assert item.thumbnail is None
    assert item.icon == "eye-closed"


def test_fields_are_wider_when_the_letters_are(desk: Desk) -> None:
    desk.presenter.open(desk.interview(desk.case()))
    field = desk.form.frames["recording_reason"].editor
    before = field.maximumWidth()
    desk.look.apply(Preferences(theme=ThemeChoice.LIGHT, text_scale_percent=200))
    assert field.maximumWidth() == 2 * before
    desk.look.apply(Preferences(theme=ThemeChoice.LIGHT))


def test_a_title_begins_where_the_window_begins_also_after_it_turned_round(desk: Desk) -> None:
    desk.presenter.open(desk.interview(desk.case(), "سۆھبەت"))
    title = desk.view.record.header.title
    assert title.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert title.alignment() & Qt.AlignmentFlag.AlignLeft
    turned = Preferences(theme=ThemeChoice.LIGHT, direction=Direction.RIGHT_TO_LEFT)
    desk.look.apply(turned)
    assert title.alignment() & Qt.AlignmentFlag.AlignRight
    desk.look.apply(Preferences(theme=ThemeChoice.LIGHT))
    assert title.alignment() & Qt.AlignmentFlag.AlignLeft


def test_where_the_drawer_takes_the_place_of_the_fields_the_focus_goes_with_it(desk: Desk) -> None:
    desk.interview(desk.case())
    desk.presenter.enter(INTERVIEWS)
    desk.view.list.rows.choose_first()
    desk.window.resize(*WINDOW_LEAST)
    header, drawer = desk.view.record.header, desk.view.record.drawer
    header.drawer_way.setFocus()
    header.drawer_way.click()
    assert not header.isVisible()
    assert QApplication.focusWidget() is drawer._close
    drawer._close.click()
    assert header.isVisible()
    assert QApplication.focusWidget() is header.drawer_way


@pytest.mark.parametrize("width", [360, 440, 760])
@pytest.mark.parametrize("percent", [100, 200])
def test_the_state_of_saving_is_whole_wherever_there_is_room(
    desk: Desk, width: int, percent: int
) -> None:
    desk.look.apply(Preferences(text_scale_percent=percent))
    case = desk.notebook.add("case", None, {"title": "一个非常非常长的案件标题" * 8})[0]
    desk.interview(CaseId(case))
    desk.presenter.enter(INTERVIEWS)
    desk.view.list.rows.choose_first()
    header = desk.view.record.header
    QTest.keyClicks(header.title, " and on")
    header.title_left.emit()
    assert desk.state.startswith("Draft kept ")
    header.setFixedWidth(desk.look.scaled(width))
    QApplication.processEvents()
    shown = [header._type, header._case, header._state, header._discard, header.save]
    stand = [each.geometry() for each in shown if each.isVisible()]
    assert all(one.right() < other.left() for one, other in pairwise(stand))
    assert all(each.left() >= 0 and each.right() < header.width() for each in stand)
    assert header._discard.width() >= header._discard.sizeHint().width()
    assert header._case.isVisible() is (width == 760)
    if width > 360:
        assert header._state.text() == header._state.accessibleName()


def test_an_empty_line_begins_where_the_window_begins_whatever_the_keyboard(desk: Desk) -> None:
    search = desk.view.list.search

    def is_at_the_right() -> bool:
        # Qt reckons where the cursor is only when it draws.
        search.grab()
        return search.cursorRect().center().x() > search.width() // 2

    desk.look.apply(Preferences(direction=Direction.RIGHT_TO_LEFT))
    desk.presenter.enter(INTERVIEWS)
    assert is_at_the_right()
    QTest.keyClicks(search, "a")
    assert not is_at_the_right()
    search.clear()
    assert is_at_the_right()
    desk.look.apply(Preferences(direction=Direction.LEFT_TO_RIGHT))
    assert not is_at_the_right()


def test_who_searches_hears_how_much_is_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    heard: list[str] = []

    def hear(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            heard.append(event.message())

    case = desk.case()
    desk.interview(case)
    desk.interview(case, "Second talk")
    desk.presenter.enter(INTERVIEWS)
    monkeypatch.setattr("ui.widgets.announcing.QAccessible.updateAccessibility", hear)
    QTest.keyClicks(desk.view.list.search, "second")
    qtbot.waitUntil(lambda: heard == ["1 record"])
    QTest.keyClicks(desk.view.list.search, "xyz")
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[1] == desk.view.list._sentence.text()
