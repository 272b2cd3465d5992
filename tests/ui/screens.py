"""Every screen of the window, one after another, with invented data that can be told from words.

All that people could have written stands between the signs `§`; what is left on a screen without
it are the program's own words.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from crypto.identity import Identity
from notebook import card_codes
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, JsonValue, RecordId
from notebook.notebook import Notebook
from notebook.recorder import RecorderState
from notebook.sealing_key import KeyChoice
from tests.ui.window_desk import PASSPHRASE, CheapGate, Desk
from ui.contacts_cards import Print
from ui.contacts_view import ContactsView
from ui.departure_pages import KeyPage, ReaderLine, ReceiptPage, Step, remove_page
from ui.departure_view import DepartureView
from ui.desk_view import DeskView
from ui.missions_presenter import CarriedLine, CodesPage, DraftLine, MissionLine, MissionsPage
from ui.missions_view import MissionsView
from ui.open_view import OpenView
from ui.recording_view import CautionSheet
from ui.recording_words import caution, ending
from ui.recording_words import line as recording_line
from ui.redact_view import RedactView
from ui.remains_pages import RemainsPage
from ui.room_builders import ROOMS
from ui.rooms import Place
from ui.runner import Lane
from ui.seal_view import SealView
from ui.shell_view import ShellView
from ui.widgets.sheets import Sheet

View = TypeVar("View", bound=QWidget)
Screen = tuple[str, QWidget]

TITLE: Final = "§W-01 & others, told a second time in the kitchen of the house by the river§"
CASE: Final = "§The long winter in the valley of the seven springs, 2017 to 2019§"
TYPES: Final = ("case", "interview", "person", "consent", "place", "event", "note", "evidence")
SHEETS: Final = ("find-action", "show-keys", "settings", "change-passphrase", "check", "about")
MORE: Final[dict[str, dict[str, JsonValue]]] = {
    "event": {"date_from": "2018-04~"},
    "place": {"names": ["§one§", "§two§"]},
    "interview": {"account": "§before§", "questions": "§one§\n\n§two§\n\n§three§"},
}
OF_MINE: Final = "§one, again§\n\n§two§\n\n§three§"
OF_OTHER: Final = "§one§\n\n§two§"
ROUNDS: Final = 4


class Notebooks:
    """Two notebooks that know each other and disagree about one record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "§mine§"
        self.stick = folder / "§stick§"
        self.stick.mkdir()
        gate = CheapGate()
        mine = gate.create(self.folder, PASSPHRASE, "§Aida§", is_low_memory=True)
        other = gate.create(folder / "§other§", PASSPHRASE, "§Қайрат§", is_low_memory=True)
        mine.add_contact(other.my_card().encode())
        other.add_contact(mine.my_card().encode())
        self.copied, self.sound = CaseId(""), RecordId("")
        self.records = self._write(mine)
        other.open_bundle([self._sealed(mine)], accept_unknown=False)
        interview = self.records["interview"]
        mine.edit(interview, {"title": TITLE, "account": "§spring§", "questions": OF_MINE})
        theirs = {"title": "§the other§", "account": "§winter§", "questions": OF_OTHER}
        other.edit(interview, theirs)
        mine.open_bundle([self._sealed(other)], accept_unknown=False)
        other.add("note", CaseId(self.records["case"]), {"title": "§later§"})
        self.bundle = self._sealed(other)
        mine.close()
        other.close()

    def _write(self, notebook: Notebook) -> dict[str, RecordId]:
        case, _changes = notebook.add("case", None, {"title": CASE})
        made = {"case": case}
        for type_ in TYPES[1:-1]:
            made[type_], _changes = notebook.add(
                type_, CaseId(case), {"title": f"§{type_}§", **MORE.get(type_, {})}
            )
        picture = BytesIO()
        Image.new("RGB", (64, 48), "#336699").save(picture, "PNG")
        picture.seek(0)
        made["evidence"], _changes = notebook.attach(
            made["interview"], picture, file_name="§yard.png§"
        )
        # Digits are a name like any other, and no word of the program.
        self.copied = CaseId(notebook.add("case", None, {"title": "§to copy§"})[0])
        person = {"title": "§P§", "pseudonym": "§W-09§", "names": ["7351"]}
        notebook.add("person", self.copied, person)
        note = {"title": "§about 7351§", "text": "§§ 7351 7351 8462"}
        about, _changes = notebook.add("note", self.copied, note)
        picture.seek(0)
        notebook.attach(about, picture, file_name="§face.png§")
        sound = BytesIO(b"OggS" + bytes(99))
        self.sound, _changes = notebook.attach(about, sound, file_name="§voice.ogg§")
        return made

    def _sealed(self, notebook: Notebook) -> Path:
        to = tuple(contact.id for contact in notebook.contacts())
        result, _changes = notebook.seal(notebook.plan_seal(SealRequest(to=to)), self.stick)
        return result.files[0]


class Walk:
    """Leads through the screens; each is shown as long as the one who asked looks at it."""

    def __init__(self, desk: Desk, notebooks: Notebooks) -> None:
        self._desk = desk
        self._books = notebooks

    def screens(self) -> Iterator[Screen]:
        """Every screen, with its name and the window that shows it."""
        yield from self._door()
        view = self._open_window()
        yield from self._records(view)
        yield from self._beside_records(view)
        yield from self._sheets(view)
        yield from self._recording(view)
        yield from self._contacts(view)
        yield from self._seal(view)
        yield from self._open(view)
        yield from self._departure(view)
        yield from self._copy(view)
        yield from self._rooms(view)

    def _rooms(self, view: ShellView) -> Iterator[Screen]:
        """Every room as one finds it, so that none is forgotten here."""
        for name in ROOMS:
            self._desk.app.go(Place(room=name))
            self._rest()
            yield f"room: {name}", view

        self._desk.app.go(Place(room="missions"))
        self._rest()
        found(view, MissionsView).show_missions(_missions())
        yield "missions, all of it", view
        code = card_codes.modules("CODE")
        found(view, MissionsView).show_codes(
            CodesPage(name="§m§", words="⟦words⟧", codes=(code, code))
        )
        yield "missions: the codes of a card", view
        self._close_sheets(view)

    def _rest(self) -> None:
        for _round in range(ROUNDS):
            for lane in Lane:
                assert self._desk.app.jobs.settle(lane, 60)
            QApplication.processEvents()

    def _door(self) -> Iterator[Screen]:
        door = self._desk.app.door
        unlock = door.unlock
        yield "unlock", door
        unlock.show_trouble(_trouble())
        yield "unlock with trouble", door
        unlock.show_keyboard("US")
        unlock.others_requested.emit()
        yield "first page", door
        door.first.show_sample(PASSPHRASE)
        yield "first page with the sample", door
        door.first.new_requested.emit()
        yield "new notebook", door
        door.new.show_travel(is_on=True)
        yield "new notebook that travels", door
        card = self._books.stick / "card.txt"
        card.write_text(Identity.generate("§mission§", os.urandom).card().encode(), "utf-8")
        door.new.mission_files_chosen.emit([card])
        self._rest()
        door.new.offer_override()
        yield "new notebook with its mission", door
        door.new.show_travel(is_on=False)
        door.new.back_requested.emit()
        door._show_unlock(self._books.folder)
        unlock.unlock_requested.emit(PASSPHRASE)
        self._desk.until(unlock.is_head_shown)
        unlock._timer.stop()
        yield "head words", door

    def _open_window(self) -> ShellView:
        self._desk.app.door.unlock.gone_on.emit()
        self._desk.until(lambda: self._desk.app.view)
        view = self._desk.app.view
        assert view is not None
        self._desk.keep(view)
        with self._desk.qtbot.waitActive(view):
            view.activateWindow()
        self._rest()
        return view

    def _records(self, view: ShellView) -> Iterator[Screen]:
        app = self._desk.app
        shown = found(view, DeskView)
        for type_ in TYPES:
            record = self._books.records[type_]
            app.go(Place(room="desk", type=type_, record=record))
            self._rest()
            yield f"{type_}, saved", view
        app.go(Place(room="desk"))
        self._rest()
        yield "timeline", view
        for type_ in TYPES[:-1]:
            app.perform(f"new-{type_}")
            self._rest()
            yield f"{type_}, new", view
        shown.list.search_changed.emit("§nothing§")
        self._rest()
        yield "nothing found", view
        shown.list.step_requested.emit("clear")
        self._rest()

    def _beside_records(self, view: ShellView) -> Iterator[Screen]:
        app = self._desk.app
        shown = found(view, DeskView)
        interview = self._books.records["interview"]
        app.go(Place(room="desk", type="interview", record=interview))
        self._rest()
        shown.record.open_drawer()
        self._rest()
        yield "drawer", view
        shown.record.show_note("⟦§note§⟧")
        app.perform("find-in-text")
        yield "find in a text", view
        app.say("⟦§said§⟧", _nothing)
        app.trouble(_trouble())
        yield "said, and trouble", view
        app.perform("resolve-conflict")
        self._rest()
        assert any(block.third.is_proposal for block in shown.conflict.blocks)
        yield "conflict", view
        for button in shown.conflict.findChildren(QAbstractButton):
            if button.isVisible() and button.isEnabled() and not button.isCheckable():
                button.click()
                break
        yield "conflict, something taken", view
        for block in shown.conflict.blocks:
            if block.third.is_proposal:
                block.third.aside.click()
        yield "conflict, a proposal put aside", view
        app.go(Place(room="desk", type="person", record=self._books.records["person"]))
        self._rest()

    def _sheets(self, view: ShellView) -> Iterator[Screen]:
        app = self._desk.app
        for name in SHEETS:
            app.perform(name)
            self._rest()
            yield f"sheet: {name}", view
            app._sheets.put_away()
            QApplication.processEvents()
        app.perform("withdraw")
        self._rest()
        yield "sheet: withdraw", view
        self._close_sheets(view)

    def _close_sheets(self, view: ShellView) -> None:
        for sheet in view.findChildren(Sheet):
            if sheet.isVisible():
                sheet.close_sheet()
        QApplication.processEvents()

    def _recording(self, view: ShellView) -> Iterator[Screen]:
        place = self._desk.app._recording
        assert place is not None
        # The bar belongs to the window, whatever room is shown.
        self._desk.app.go(Place(room="handover"))
        self._rest()
        record = self._books.records["interview"]
        for permission in ("permitted", "consent-refused", "consent-missing"):
            place.ask_recording(caution(record, TITLE, permission, is_travelling=False))
            yield f"record: {permission}", view
            found(view, CautionSheet).close_sheet()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        states = {
            "begins": RecorderState(),
            "runs": RecorderState(has_begun=True, level=9000),
            "silent": RecorderState(has_begun=True, quiet_samples=9**9),
            "full": RecorderState(has_begun=True, is_nearly_full=True),
            "gives nothing": RecorderState(has_begun=True, waited_s=9.0),
            "paused": RecorderState(is_paused=True),
        }
        for name, state in states.items():
            view.recording.show_line(recording_line(state, TITLE))
            yield f"recording {name}", view
        view.recording.show_line(ending())
        yield "recording ends", view
        view.recording.show_line(None)

    def _contacts(self, view: ShellView) -> Iterator[Screen]:
        app = self._desk.app
        app.go(Place(room="handover"))
        self._rest()
        yield "handover", view
        app.go(Place(room="contacts"))
        self._rest()
        yield "my card", view
        contacts = found(view, ContactsView)
        contacts.adding_requested.emit()
        yield "add a contact", view
        contacts.text_given.emit("§no card§")
        self._rest()
        yield "no card", view
        [other] = contacts._lines
        contacts.contact_chosen.emit(other.id)
        self._rest()
        yield "a contact", view

    def _seal(self, view: ShellView) -> Iterator[Screen]:
        app = self._desk.app
        app.go(Place(room="seal"))
        self._rest()
        seal = found(view, SealView)
        yield "seal: what", view
        seal.gone_on.emit()
        self._rest()
        yield "seal: for whom", view
        tick = seal.whom.readers.first()
        assert isinstance(tick, QAbstractButton)
        tick.click()
        seal.gone_on.emit()
        self._rest()
        yield "seal: look", view
        seal.gone_on.emit()
        self._rest()
        seal.folder_chosen.emit(self._books.stick)
        self._rest()
        yield "seal: where", view
        seal.gone_on.emit()
        self._rest()
        yield "seal: done", view

    def _departure(self, view: ShellView) -> Iterator[Screen]:
        """Every step but the last one, which comes after the next unlock."""
        app = self._desk.app
        app.go(Place(room="departure"))
        self._rest()
        departure = found(view, DepartureView)
        departure.look_requested.emit()
        self._rest()
        yield "departure: only a look", view
        departure.gone_back.emit()
        self._rest()
        departure.case_toggled.emit(self._books.records["case"], True)
        yield "departure: which cases", view
        departure.gone_on.emit()
        self._rest()
        yield "departure: for whom", view
        tick = departure.whom.readers.first()
        assert isinstance(tick, QAbstractButton)
        tick.click()
        departure.gone_on.emit()
        self._rest()
        departure.folder_chosen.emit(self._books.stick)
        self._rest()
        yield "departure: what leaves", view
        departure.show_receipt(
            ReceiptPage(
                sealed="§case§",
                files="§file§",
                readers=(ReaderLine(words="§Aida§", has_arrived=False),),
                skipped="⟦skipped⟧",
                lack="⟦lack⟧",
            )
        )
        yield "departure: the receipt", view
        words = "⟦cost⟧"
        departure.show_key(KeyPage(choice=KeyChoice.NEW, new_alone=words, new=words, keep=words))
        yield "departure: the key", view
        departure.show_remove(remove_page(["§case§"], KeyChoice.NEW_ALONE))
        yield "departure: what will be gone", view
        departure.show_busy("⟦busy⟧", Step.REMOVE, can_cancel=True)
        yield "departure: removing", view
        departure.show_remains(RemainsPage(without=(), within=()), is_end=True)
        yield "departure: the end", view

    def _open(self, view: ShellView) -> Iterator[Screen]:
        self._desk.app.go(Place(room="open"))
        self._rest()
        opening = found(view, OpenView)
        yield "open: file", view
        opening.files_chosen.emit([self._books.bundle])
        self._rest()
        yield "open: from whom", view
        opening.gone_on.emit()
        self._rest()
        yield "open: what it brings", view
        opening.gone_on.emit()
        self._rest()
        yield "open: merged", view

    def _copy(self, view: ShellView) -> Iterator[Screen]:
        app = self._desk.app
        app.go(Place(room="redact", case=CaseId(self._books.records["case"])))
        self._rest()
        copying = found(view, RedactView)
        yield "copy: what", view
        copying.gone_on.emit()
        self._rest()
        yield "copy: people disagree", view
        app.go(Place(room="redact", case=self._books.copied))
        self._rest()
        copying.gone_on.emit()
        self._rest()
        yield "copy: read", view
        copying.gone_on.emit()
        self._rest()
        yield "copy: a mark", view
        copying.read.bar.leave.click()
        yield "copy: a reason", view
        copying.read.bar.left.emit("§a river§", False)
        copying.read.text.selected.emit("text", 0, 13, 17)
        yield "copy: words", view
        copying.read.text.field_chosen.emit("text")
        yield "copy: a field", view
        copying.gone_back.emit()
        self._rest()
        yield "copy: begun before", view
        copying.gone_on.emit()
        self._rest()
        copying.gone_on.emit()
        self._rest()
        copying.pictures.canvas.add_in_the_middle()
        self._rest()
        yield "copy: a picture", view
        copying.pictures.file_chosen.emit(self._books.sound)
        self._rest()
        yield "copy: a sound", view
        copying.gone_on.emit()
        self._rest()
        yield "copy: read the file", view
        copying.gone_on.emit()
        self._rest()
        yield "copy: look", view
        copying.gone_on.emit()
        self._rest()
        yield "copy: done", view


def found(window: QWidget, kind: type[View]) -> View:
    """The one view of this kind."""
    (view,) = window.findChildren(kind)
    return view


def _trouble() -> NotebookError:
    return NotebookError(Code.NO_SPACE, "⟦Full.⟧", "⟦All is kept.⟧", "⟦Make room.⟧")


def _nothing() -> None:
    """What an Undo does here."""


def _missions() -> MissionsPage:
    shown = Print(whose="§m§", digits="12345 " * 12, words=("§word§",) * 12)
    return MissionsPage(
        cases=(CarriedLine(id=CaseId("ab" * 16), title="§c§", code="⟦code⟧", is_chosen=True),),
        missions=(MissionLine(name="§m§", print=shown, came=("⟦came⟧",)),),
        gaps=("⟦gap⟧",),
        drafts=(
            DraftLine(record=RecordId("ab" * 16), title="§t§", beginning="§b§", note="⟦note⟧"),
        ),
    )
