"""The pages of sealing's steps: which cases, for whom, where, and what was made."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from notebook.i18n import _
from ui.folder_row import FolderRow
from ui.handover_parts import Choice, ChoiceColumn, DoneHead, Fact, Remark, ScrolledPage
from ui.seal_pages import DonePage, WhatPage, WherePage, WhomPage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, line, row
from ui.widgets.editors import LineEditor
from ui.widgets.inset import Inset


class WhatView(ScrolledPage):
    """Which cases, and how much of them."""

    every_chosen = Signal(bool)
    case_toggled = Signal(str, bool)
    full_chosen = Signal(bool)
    by_record_chosen = Signal(bool)
    words_typed = Signal(str)
    record_toggled = Signal(str, bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("Which cases go?"), page, "strong"))
        self.every = QRadioButton(_("All cases"), page)
        self.some = QRadioButton(_("Only these:"), page)
        self.by_record = QRadioButton(_("Only some records:"), page)
        which = QButtonGroup(self)
        for button in (self.every, self.some, self.by_record):
            which.addButton(button)
            box.addWidget(button)
        self.every.clicked.connect(self._on_every)
        self.some.clicked.connect(self._on_some)
        self.by_record.clicked.connect(self._on_by_record)
        inset = Inset(look, page)
        self.cases = ChoiceColumn(inset)
        self.cases.toggled.connect(self.case_toggled)
        inset.beside.addWidget(self.cases, 1)
        inset.beside.addWidget(self._build_records(inset), 1)
        box.addWidget(inset)
        box.addSpacing(Space.S)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        box.addWidget(label(_("How much of them?"), page, "strong"))
        self.lacking = QRadioButton(_("Only what they do not have yet"), page)
        self.full = QRadioButton(_("Everything, also what they were sent before"), page)
        amount = QButtonGroup(self)
        for button in (self.lacking, self.full):
            amount.addButton(button)
            box.addWidget(button)
        self.lacking.clicked.connect(self._on_lacking)
        self.full.clicked.connect(self._on_full)
        box.addStretch()

    def show_what(self, shown: WhatPage) -> None:
        """Show the cases."""
        self.every.setChecked(shown.is_every)
        self.by_record.setChecked(shown.records.is_on)
        is_some = not shown.is_every and not shown.records.is_on
        self.some.setChecked(is_some)
        self.cases.setVisible(is_some)
        self._records.setVisible(shown.records.is_on)
        self._said.setText(shown.records.said)
        self._said.setVisible(bool(shown.records.said))
        self.records.show_choices(
            [
                Choice(key=one.id, name=one.title, note=one.note, is_chosen=one.is_chosen)
                for one in shown.records.choices
            ]
        )
        self.cases.show_choices(
            [Choice(key=case.id, name=case.title, is_chosen=case.is_chosen) for case in shown.cases]
        )
        self.lacking.setChecked(not shown.is_full)
        self.full.setChecked(shown.is_full)

    def _build_records(self, page: QWidget) -> QWidget:
        self._records = QWidget(page)
        box = column(self._records, gap=Space.S)
        self.words = LineEditor(_("Words that stand in the record"), self._records)
        self.words.setPlaceholderText(_("Words that stand in the record"))
        self.words.textEdited.connect(self.words_typed)
        box.addWidget(self.words)
        self._said = label("", self._records, "mute")
        box.addWidget(self._said)
        self.records = ChoiceColumn(self._records)
        self.records.toggled.connect(self.record_toggled)
        box.addWidget(self.records)
        return self._records

    def _on_by_record(self) -> None:
        self.by_record_chosen.emit(True)

    def _on_every(self) -> None:
        self.every_chosen.emit(True)

    def _on_some(self) -> None:
        self.every_chosen.emit(False)

    def _on_lacking(self) -> None:
        self.full_chosen.emit(False)

    def _on_full(self) -> None:
        self.full_chosen.emit(True)


class WhomView(ScrolledPage):
    """For whom."""

    reader_toggled = Signal(str, bool)
    contacts_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("Who is to open it?"), page, "strong"))
        box.addWidget(label(_("Nobody else can, not even you."), page, "mute"))
        self.readers = ChoiceColumn(page)
        self.readers.toggled.connect(self.reader_toggled)
        box.addWidget(self.readers)
        self._warning = Remark(look, page, icon="warning", tone="caution")
        box.addWidget(self._warning)
        more = row()
        self.contacts = Button(
            _("Compare or add contacts"), page, role="flush", look=look, icon="contact"
        )
        self.contacts.clicked.connect(self.contacts_requested)
        more.addWidget(self.contacts)
        more.addStretch()
        box.addLayout(more)
        box.addStretch()

    def show_whom(self, shown: WhomPage) -> None:
        """Show the contacts."""
        self.readers.show_choices(
            [
                Choice(
                    key=reader.id,
                    name=reader.name,
                    note=reader.note,
                    is_chosen=reader.is_chosen,
                    tone="small" if reader.is_compared else "caution",
                )
                for reader in shown.readers
            ]
        )
        self._warning.show_words(
            shown.warning,
            _("You can seal for them all the same. Until you compare, it may be somebody else."),
        )


class WhereView(ScrolledPage):
    """Where the bundle goes."""

    folder_requested = Signal()
    checksums_chosen = Signal(bool)
    parts_chosen = Signal(bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self.folder = FolderRow(
            look, _("In a folder or on a stick. Its name will be random and says nothing."), page
        )
        self.folder.requested.connect(self.folder_requested)
        box.addWidget(self.folder)
        box.addSpacing(Space.M)
        self.checksums = ChoiceColumn(page)
        self.checksums.toggled.connect(self._on_checksums)
        box.addWidget(self.checksums)
        box.addStretch()

    def show_where(self, shown: WherePage) -> None:
        """Show the folder and its room."""
        self.folder.show_where(shown)
        parts = []
        if shown.is_in_parts is not None:
            parts.append(
                Choice(
                    key="parts",
                    name=_("In parts that fit every stick"),
                    note=_(
                        "Files of about 2 GB. One large file needs a disk with exFAT, NTFS or ext4."
                    ),
                    is_chosen=shown.is_in_parts,
                )
            )
        self.checksums.show_choices(
            [
                *parts,
                Choice(
                    key="checksums",
                    name=_("Write a list of checksums beside it"),
                    note=_("For archives that check files with sha256sum."),
                    is_chosen=shown.is_checksums,
                ),
            ]
        )

    def _on_checksums(self, key: str, is_on: bool) -> None:
        if key == "parts":
            self.parts_chosen.emit(is_on)
        else:
            self.checksums_chosen.emit(is_on)


class DoneView(ScrolledPage):
    """What was made, and what comes next."""

    copy_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self._title = DoneHead(look, page)
        box.addWidget(self._title)
        box.addSpacing(Space.S)
        self._readers = Fact(_("Who can open it"), page)
        self._files = Fact(_("File"), page)
        self._folder = Fact(_("Folder"), page)
        self._size = Fact(_("Size"), page)
        self._hash = Fact("SHA-256", page)
        for fact in (self._readers, self._files, self._folder, self._size, self._hash):
            box.addWidget(fact)
        copies = row()
        self.copy = Button(_("Copy the hash"), page, role="flush", look=look, icon="copy")
        self.copy.clicked.connect(self.copy_requested)
        copies.addWidget(self.copy)
        copies.addStretch()
        box.addLayout(copies)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        box.addWidget(label(_("What next"), page, "strong"))
        self._next = label("", page)
        box.addWidget(self._next)
        box.addStretch()

    def show_done(self, shown: DonePage) -> None:
        """Show what was made."""
        self._title.show_words(shown.title)
        self._readers.show_text(shown.readers)
        self._files.show_text("\n".join(shown.files))
        self._folder.show_text(shown.folder)
        self._size.show_text(shown.size)
        self._hash.show_text(shown.sha256)
        self._next.setText("\n".join(shown.next_steps))
