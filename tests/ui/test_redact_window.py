"""A copy with pseudonyms in the real window, with its real threads and its real picture decoder."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from notebook.i18n import ENGLISH, set_language
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.ui.window_desk import PASSPHRASE as WORDS
from tests.ui.window_desk import CheapGate, Desk
from ui.desk_view import DeskView
from ui.parting import Start
from ui.redact_view import RedactView
from ui.rooms import Place
from ui.runner import Lane
from ui.shell_view import ShellView

V = TypeVar("V", bound=QWidget)
ROUNDS = 4


def found(window: QWidget, kind: type[V]) -> V:
    (view,) = window.findChildren(kind)
    return view


def click(button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def write(notebook: Notebook) -> CaseId:
    case = CaseId(notebook.add("case", None, {"title": "Spring"})[0])
    notebook.add("person", case, {"title": "P", "pseudonym": "W-01", "names": ["Павел"]})
    fields = {"title": "Talk", "account": "Павла увели; Тимка видел, и Павел молчал."}
    talk, _changes = notebook.add("interview", case, fields)
    picture = BytesIO()
    Image.new("RGB", (200, 100), "white").save(picture, "PNG")
    picture.seek(0)
    notebook.attach(talk, picture, file_name="yard.png")
    return case


@pytest.fixture
def opened(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> Iterator[tuple[Desk, ShellView, CaseId, Path]]:
    folder = tmp_path / "aida"
    notebook = CheapGate().create(folder, WORDS, "Aida", is_low_memory=True)
    case = write(notebook)
    notebook.close()
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    yield desk, desk.unlock(), case, folder
    rest(desk)
    set_language(ENGLISH)


def rest(desk: Desk) -> None:
    """Let every answer come that is under way; an answer may ask once more."""
    for _round in range(ROUNDS):
        for lane in Lane:
            assert desk.app.jobs.settle(lane, 60)
        QApplication.processEvents()


def test_from_the_record_to_the_copy_by_keys_and_clicks(
    opened: tuple[Desk, ShellView, CaseId, Path],
) -> None:
    desk, window, case, _folder = opened
    desk.app.go(Place(room="redact", case=case))
    view = found(window, RedactView)
    desk.until(view.what.isVisible)
    desk.until(lambda: view.what.records.first() is not None)
    click(view.guide.on)
    desk.until(view.read.isVisible)
    click(view.guide.on)
    desk.until(lambda: "Тимка" in view.read.text.toPlainText())
    # The mark in doubt is chosen; Enter takes it, and the next is chosen.
    desk.until(view.read.text.hasFocus)
    QTest.keyClick(view.read.text, Qt.Key.Key_Return)
    assert "?" not in view.read.text.toPlainText()
    # A name that nobody wrote down, selected in the text.
    cursor = view.read.text.document().find("Тимка")
    view.read.text.setTextCursor(cursor)
    view.read.bar.instead.setText("a boy")
    QTest.keyClick(view.read.bar.instead, Qt.Key.Key_Return)
    rest(desk)
    # Enter took it, and did not go on.
    assert view.read.isVisible()
    assert "a boy" in view.read.text.toPlainText()
    # The action works from anywhere in the room.
    desk.app.perform("next-mark")
    desk.app.perform("black-out")
    click(view.guide.on)
    desk.until(view.pictures.isVisible)
    desk.until(view.pictures.add.isEnabled)
    click(view.pictures.add)
    assert view.pictures.canvas.hasFocus()
    QTest.keyClick(view.pictures.canvas, Qt.Key.Key_Left)
    click(view.guide.on)
    # The words beside the picture are read, too.
    desk.until(view.read.isVisible)
    click(view.guide.on)
    desk.until(view.look.isVisible)
    assert "do not hide" in " ".join(label_texts(view.look))
    click(view.guide.on)
    desk.until(view.done.isVisible)
    click(view.done.look_at)
    desk.until(found(window, DeskView).isVisible)
    rest(desk)
    session = desk.app._session
    assert session is not None
    answers: list[tuple[str, bytes]] = []
    session.ask(lambda notebook: copied(notebook, case), answers.append)
    rest(desk)
    [(account, file)] = answers
    assert "Павел" not in account
    assert "Тимка" not in account
    assert "a boy" in account
    made = Image.open(BytesIO(file)).convert("L")
    # The fifth in the middle, moved by one step to the left.
    assert made.getpixel((90, 50)) == 0
    assert made.getpixel((150, 50)) == 255


def copied(notebook: Notebook, case: CaseId) -> tuple[str, bytes]:
    """The account and the picture in the copy of a case."""
    [copy] = [row for row in notebook.cases() if row.id != RecordId(case)]
    [talk] = notebook.rows(type="interview", case=CaseId(copy.id))
    [picture] = notebook.rows(type="evidence", case=CaseId(copy.id))
    with notebook.evidence_content(picture.id) as content:
        return str(notebook.record(talk.id).fields["account"].value), content.read()


def label_texts(widget: QWidget) -> list[str]:

    return [label.text() for label in widget.findChildren(QLabel)]
