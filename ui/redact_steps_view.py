"""The first and the last pages of a copy with pseudonyms: what, the look, and what was made."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from notebook.i18n import _
from ui.handover_parts import Choice as TickChoice
from ui.handover_parts import ChoiceColumn, DoneHead, Points, Remark, ScrolledPage, clear
from ui.redact_look import DonePage, LookPage
from ui.redact_what import WhatPage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, frame, label, line, row
from ui.widgets.choices import Choice
from ui.widgets.editors import LineEditor


class WhatView(ScrolledPage):
    """Which case, which of its records, and what people are called."""

    case_chosen = Signal(str)
    by_number_chosen = Signal(bool)
    words_typed = Signal(str)
    record_toggled = Signal(str, bool)
    every_chosen = Signal(bool)
    dropped = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(
            label(
                _(
                    "A copy for readers who may not know who is who: under new ids, names replaced,"
                    " what says who somebody is left out. The originals stay as they are."
                ),
                page,
                "mute",
            )
        )
        self._begun = Remark(look, page, icon="draft", tone="accent")
        ways = row()
        self.drop = Button(_("Begin anew"), self._begun)
        self.drop.clicked.connect(self.dropped)
        ways.addWidget(self.drop)
        ways.addStretch()
        self._begun.words.addLayout(ways)
        box.addWidget(self._begun)
        box.addWidget(label(_("Which case?"), page, "strong"))
        self.cases = Choice(_("Which case?"), look, page)
        self.cases.activated.connect(self._on_case)
        box.addWidget(self.cases)
        box.addWidget(label(_("What are people called in it?"), page, "strong"))
        self.by_name = QRadioButton(_("By their pseudonyms"), page)
        self.by_number = QRadioButton(_("By numbers alone, so that no other copy fits it"), page)
        how = QButtonGroup(self)
        for button in (self.by_name, self.by_number):
            how.addButton(button)
            box.addWidget(button)
        self.by_name.clicked.connect(self._on_by_name)
        self.by_number.clicked.connect(self._on_by_number)
        box.addSpacing(Space.S)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        box.addWidget(label(_("Which of its records?"), page, "strong"))
        self._said = label("", page, "mute")
        box.addWidget(self._said)
        find = row(gap=Space.S)
        self.words = LineEditor(_("Words of a title"), page)
        self.words.setPlaceholderText(_("Words of a title"))
        self.words.textEdited.connect(self.words_typed)
        find.addWidget(self.words, 1)
        self.all = Button(_("All"), page, role="quiet")
        self.all.clicked.connect(self._on_all)
        find.addWidget(self.all)
        self.none = Button(_("None"), page, role="quiet")
        self.none.clicked.connect(self._on_none)
        find.addWidget(self.none)
        box.addLayout(find)
        self.records = ChoiceColumn(page)
        self.records.toggled.connect(self.record_toggled)
        box.addWidget(self.records)
        box.addStretch()

    def show_what(self, shown: WhatPage) -> None:
        """Show the page."""
        self._begun.show_words(shown.begun)
        known = [self.cases.itemData(at) for at in range(self.cases.count())]
        wanted = [("", _("Choose a case…")), *shown.cases]
        if known != [value for value, _title in wanted]:
            self.cases.clear()
            for value, title in wanted:
                self.cases.addItem(title, value)
        for at, (_value, title) in enumerate(wanted):
            self.cases.setItemText(at, title)
        self.cases.setCurrentIndex(max(self.cases.findData(shown.case), 0))
        self.by_name.setChecked(not shown.is_by_number)
        self.by_number.setChecked(shown.is_by_number)
        self._said.setText(shown.said)
        self.records.show_choices(
            [
                TickChoice(key=one.id, name=one.title, note=one.note, is_chosen=one.is_chosen)
                for one in shown.records
            ]
        )
        for widget in (self.words, self.all, self.none):
            widget.setEnabled(bool(shown.case))

    def _on_case(self) -> None:
        if case := str(self.cases.currentData()):
            self.words.clear()
            self.case_chosen.emit(case)

    def _on_by_name(self) -> None:
        self.by_number_chosen.emit(False)

    def _on_by_number(self) -> None:
        self.by_number_chosen.emit(True)

    def _on_all(self) -> None:
        self.every_chosen.emit(True)

    def _on_none(self) -> None:
        self.every_chosen.emit(False)


class LookView(ScrolledPage):
    """What the copy will hold; warnings first."""

    title_typed = Signal(str)
    purpose_chosen = Signal(str)
    page_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._look = look
        box, page = self.box, self.page
        self._warnings = QWidget(page)
        self._cards = column(self._warnings, gap=Space.M)
        box.addWidget(self._warnings)
        box.addWidget(label(_("What pseudonyms do not hide"), page, "strong"))
        self._limits = Points(page)
        box.addWidget(self._limits)
        box.addWidget(label(_("What the copy holds"), page, "strong"))
        self._holds = Points(page)
        box.addWidget(self._holds)
        box.addWidget(label(_("What is not in it"), page, "strong"))
        self._stays = Points(page)
        box.addWidget(self._stays)
        box.addWidget(line(page))
        box.addWidget(label(_("How is the copy called?"), page, "strong"))
        self.title = LineEditor(_("How is the copy called?"), page)
        self.title.textEdited.connect(self.title_typed)
        box.addWidget(self.title)
        box.addWidget(label(_("Readers see it. Name nobody in it."), page, "small"))
        box.addWidget(self._build_page_card(look))
        box.addStretch()

    def _build_page_card(self, look: Look) -> QWidget:
        card = frame("card", self.page)
        inner = column(card, margin=Space.M, gap=Space.S)
        inner.addWidget(label(_("Or one page to read, in clear"), card, "strong"))
        inner.addWidget(
            label(
                _(
                    "The same texts for any browser, without files. Anyone who holds the disk can"
                    " read it, and nothing recalls it. Seal the copy instead if you can."
                ),
                card,
                "mute",
            )
        )
        ways = row(gap=Space.M)
        ways.addWidget(label(_("It is for"), card, wraps=False))
        self.purpose = Choice(_("What the page is for"), look, card)
        self.purpose.activated.connect(self._on_purpose)
        ways.addWidget(self.purpose)
        self.write = Button(_("Write the page…"), card)
        self.write.clicked.connect(self.page_requested)
        ways.addWidget(self.write)
        ways.addStretch()
        inner.addLayout(ways)
        return card

    def show_look(self, shown: LookPage) -> None:
        """Show the page."""
        clear(self._cards)
        for what, more in shown.warnings:
            card = Remark(self._look, self._warnings, icon="warning", tone="caution")
            card.show_words(what, more)
            self._cards.addWidget(card)
        self._warnings.setVisible(bool(shown.warnings))
        self._limits.show_points(shown.limits)
        self._holds.show_points(shown.holds)
        self._stays.show_points(shown.stays)
        if self.title.text() != shown.title:
            self.title.setText(shown.title)
        known = [self.purpose.itemData(at) for at in range(self.purpose.count())]
        if known != [value for value, _words in shown.purposes]:
            self.purpose.clear()
            for value, words in shown.purposes:
                self.purpose.addItem(words, value)
        self.purpose.setCurrentIndex(max(self.purpose.findData(shown.purpose), 0))

    def _on_purpose(self) -> None:
        self.purpose_chosen.emit(str(self.purpose.currentData()))


class DoneView(ScrolledPage):
    """What was made, and what comes next."""

    look_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self._title = DoneHead(look, page)
        box.addWidget(self._title)
        self._facts = label("", page)
        box.addWidget(self._facts)
        ways = row()
        self.look_at = Button(_("Look at the copy"), page, look=look, icon="case")
        self.look_at.clicked.connect(self.look_requested)
        ways.addWidget(self.look_at)
        ways.addStretch()
        box.addLayout(ways)
        box.addStretch()

    def show_done(self, shown: DonePage) -> None:
        """Show what was made."""
        self._title.show_words(shown.title)
        self._facts.setText("\n".join(shown.facts))
