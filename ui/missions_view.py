"""The room of missions: their cards, what came by each, what is missing, what is unfinished."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from notebook.i18n import _
from ui.codes_sheet import CodesSheet
from ui.files import FileChooser
from ui.handover_parts import (
    Choice,
    ChoiceColumn,
    EmptyState,
    PrintCard,
    Remark,
    clear,
    column_layout,
)
from ui.missions_presenter import CodesPage, DraftLine, MissionLine, MissionsPage
from ui.side_room import SideRoom
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, frame, label, row


class MissionsView(SideRoom):
    """Shows the missions; says what the person wants."""

    made = Signal()
    card_path_chosen = Signal(str, object)
    """The name of a mission, and a path."""
    codes_requested = Signal(str)
    """The name of a mission."""
    taken = Signal(str)
    case_toggled = Signal(str, bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Missions"),
            _(
                "For people who travel with a notebook that cannot be read on the way: each gets"
                " the card of a mission, and what they write opens here alone."
            ),
            parent,
        )
        self._files = FileChooser(self)
        self._has_come = True
        """Whether the person has just come here: later answers leave the focus where it is."""
        self._saved = ""
        """The mission whose card is being saved."""
        self._build()

    # What the presenter shows (ui.missions_presenter.MissionsScreen).

    def show_missions(self, page: MissionsPage) -> None:
        """Show the missions, what is missing, and what is unfinished."""
        for box in (self._missions, self._gaps, self._drafts):
            clear(box)
        for words in page.gaps:
            remark = Remark(self._look, self._page.page, icon="warning", tone="caution")
            remark.show_words(words)
            self._gaps.addWidget(remark)
        for draft in page.drafts:
            self._drafts.addWidget(self._draft(draft))
        for mission in page.missions:
            self._missions.addWidget(self._mission(mission))
        self.cases.show_choices(
            [
                Choice(key=case.id, name=case.title, note=case.code, is_chosen=case.is_chosen)
                for case in page.cases
            ]
        )
        self._carried.setVisible(bool(page.cases) and bool(page.missions))
        self._drafts_head.setVisible(bool(page.drafts))
        self.empty.setVisible(not page.missions)
        self.make.setVisible(bool(page.missions))
        if self._has_come:
            self._has_come = False
            first = self.make if page.missions else self.empty.button
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_codes(self, page: CodesPage) -> None:
        """Show a card as codes."""
        CodesSheet(self._look, page.name, page.words, page.codes, self.window()).open_sheet()

    # Qt.

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody comes here."""
        super().showEvent(event)
        self._has_come = True

    def _build(self) -> None:
        page, box = self._page.page, self._page.box
        self.empty = EmptyState(self._look, "key", page)
        self.empty.show_words(
            _(
                "Make a mission for one traveller, and give them its card; its fingerprint goes on"
                " paper or by voice. Its keys stay in this notebook: keep a backup."
            ),
            _("Make a mission"),
        )
        self.empty.asked.connect(self.made)
        box.addWidget(self.empty)
        self._gaps = column_layout()
        box.addLayout(self._gaps)
        self._drafts_head = label(_("Typed on the way and never saved there"), page, "strong")
        box.addWidget(self._drafts_head)
        self._drafts = column_layout()
        self._drafts.setSpacing(Space.M)
        box.addLayout(self._drafts)
        ways = row()
        self.make = Button(_("Make a mission"), page, look=self._look, icon="add")
        self.make.clicked.connect(self.made)
        ways.addWidget(self.make)
        ways.addStretch()
        box.addLayout(ways)
        self._carried = QWidget(page)
        carried = column(self._carried, gap=Space.S)
        carried.addWidget(label(_("Which cases does the traveller add to?"), page, "strong"))
        carried.addWidget(
            label(
                _(
                    "Only their numbers go with the card, so that what is written on the way comes"
                    " into them here. Say by another way which number is which case."
                ),
                self._carried,
                "mute",
            )
        )
        self.cases = ChoiceColumn(self._carried)
        self.cases.toggled.connect(self.case_toggled)
        carried.addWidget(self.cases)
        box.addWidget(self._carried)
        self._missions = column_layout()
        self._missions.setSpacing(Space.M)
        box.addLayout(self._missions)
        # Until it is known how things stand, nothing is said of it.
        for part in (self.empty, self._drafts_head, self.make, self._carried):
            part.hide()
        self.end()

    def _mission(self, shown: MissionLine) -> QWidget:
        holder = QWidget(self._page.page)
        box = column(holder, gap=Space.S)
        card = PrintCard(self._look, holder)
        card.show_print(shown.print)
        box.addWidget(card)
        box.addWidget(label("\n".join(shown.came), holder, "mute"))
        ways = row()
        save = Button(_("Save its card…"), holder, look=self._look, icon="document")
        save.setAccessibleDescription(shown.name)
        save.setProperty("which", shown.name)
        save.clicked.connect(self._on_save)
        ways.addWidget(save)
        codes = Button(_("Show it as codes…"), holder, look=self._look, icon="image")
        codes.setAccessibleDescription(shown.name)
        codes.setProperty("which", shown.name)
        codes.clicked.connect(self._on_codes)
        ways.addWidget(codes)
        ways.addStretch()
        box.addLayout(ways)
        return holder

    def _draft(self, shown: DraftLine) -> QFrame:
        card = frame("card", self._page.page)
        beside = row(card, margin=Space.L, gap=Space.L)
        words = column_layout()
        words.addWidget(label(shown.title, card, "strong"))
        if shown.beginning:
            words.addWidget(label(shown.beginning, card))
        words.addWidget(label(shown.note, card, "small"))
        beside.addLayout(words, 1)
        take = Button(_("Take it over"), card)
        take.setAccessibleDescription(shown.title)
        take.setProperty("which", shown.record)
        take.clicked.connect(self._on_take)
        beside.addWidget(take, 0, Qt.AlignmentFlag.AlignTop)
        return card

    def _on_take(self) -> None:
        button = self.sender()
        if button:
            self.taken.emit(str(button.property("which")))

    def _on_save(self) -> None:
        button = self.sender()
        if button:
            self._saved = str(button.property("which"))
            self._files.new_file(_("The mission card"), f"{self._saved}.txt", self._on_path)

    def _on_codes(self) -> None:
        button = self.sender()
        if button:
            self.codes_requested.emit(str(button.property("which")))

    def _on_path(self, path: Path) -> None:
        self.card_path_chosen.emit(self._saved, path)
