"""The pages of opening's steps: which file, from whom, what it brings, and what came in."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.handover_parts import DoneHead, Fact, PrintPair, Remark, ScrolledPage, clear, column_layout
from ui.notice_cards import NoticeCards
from ui.open_pages import ConflictLine, FilesPage, FilledLine, MergedPage, WhatPage, WhoPage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, frame, label, row, set_role
from ui.widgets.link import LinkButton
from ui.words import isolated


class FilesView(ScrolledPage):
    """Asks for the file, or for all its parts."""

    files_requested = Signal()
    files_dropped = Signal(object)
    """A list of paths."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("Which bundle?"), page, "strong"))
        box.addWidget(
            label(
                _("A bundle’s name ends in .sealed.age. Has it several parts, take them together."),
                page,
                "mute",
            )
        )
        card = frame("card", page)
        beside = row(card, margin=Space.XL, gap=Space.L)
        beside.addWidget(IconLabel(look, "open", card, "mute"))
        beside.addWidget(label(_("Drop it here, or"), card, "mute", wraps=False))
        self.choose = Button(_("Choose files…"), card, role="primary")
        self.choose.clicked.connect(self.files_requested)
        beside.addWidget(self.choose)
        beside.addStretch()
        box.addWidget(card)
        self._names = label("", page)
        box.addWidget(self._names)
        self._waiting = label("", page, "mute")
        box.addWidget(self._waiting)
        box.addStretch()
        self.setAcceptDrops(True)

    def show_files(self, shown: FilesPage) -> None:
        """Show what was chosen."""
        self._names.setText("\n".join(map(isolated, shown.names)))
        self._waiting.setText(shown.waiting)
        # There is one way on: to choose, or with what is chosen.
        set_role(self.choose, "" if shown.on else "primary")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped here."""
        if _paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files."""
        event.acceptProposedAction()
        self.files_dropped.emit(_paths(event))


class WhoView(ScrolledPage):
    """Who sealed it, and how surely that is known."""

    contacts_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self._title = label("", page, "heading")
        box.addWidget(self._title)
        self._remarks = {
            "ok": Remark(look, page, icon="ok", tone="ok"),
            "caution": Remark(look, page, icon="warning", tone="caution"),
            "danger": Remark(look, page, icon="danger", tone="danger"),
        }
        for remark in self._remarks.values():
            box.addWidget(remark)
        self._pair = PrintPair(look, page)
        box.addWidget(self._pair)
        self._how = label(
            _("Read these numbers to each other in person, or on a call you trust."), page, "mute"
        )
        box.addWidget(self._how)
        more = row()
        self.contacts = Button(_("Contacts"), page, role="flush", look=look, icon="contact")
        self.contacts.clicked.connect(self.contacts_requested)
        more.addWidget(self.contacts)
        more.addStretch()
        box.addLayout(more)
        box.addStretch()

    def show_who(self, shown: WhoPage) -> None:
        """Show who it is."""
        self._title.setText(shown.title)
        for tone, remark in self._remarks.items():
            if tone == shown.tone:
                remark.show_words(shown.sentence, shown.advice)
            else:
                remark.hide()
        for widget in (self._pair, self._how, self.contacts):
            widget.setVisible(shown.theirs is not None)
        if shown.theirs:
            self._pair.show_prints(shown.theirs, shown.mine)


class WhatView(ScrolledPage):
    """What the bundle says that it brings."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("What it says that it brings"), page, "strong"))
        self._again = Remark(look, page, icon="info", tone="mute")
        box.addWidget(self._again)
        self._kind = Fact(_("It holds"), page)
        self._cases = Fact(_("Cases"), page)
        self._holds = Fact(_("How much"), page)
        self._size = Fact(_("Size of the bundle"), page)
        self._day = Fact(_("Sealed on"), page)
        for fact in (self._kind, self._cases, self._holds, self._size, self._day):
            box.addWidget(fact)
        box.addSpacing(Space.S)
        box.addWidget(
            label(
                _(
                    "Everything is checked before anything is taken in, and nothing you have is"
                    " overwritten: where you differ, both are kept."
                ),
                page,
                "mute",
            )
        )
        box.addStretch()

    def show_what(self, shown: WhatPage) -> None:
        """Show what there is to say."""
        self._again.show_words(shown.again)
        self._kind.show_text(shown.kind)
        self._cases.show_text(shown.cases)
        self._holds.show_text(shown.holds)
        self._size.show_text(shown.size)
        self._day.show_text(shown.day)


class MergedView(ScrolledPage):
    """What came in: each a sentence that leads there."""

    record_chosen = Signal(str)
    evidence_chosen = Signal(str)
    desk_requested = Signal()
    receipt_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self._title = DoneHead(look, page)
        box.addWidget(self._title)
        box.addSpacing(Space.S)
        news = row()
        self._new = label("", page)
        news.addWidget(self._new)
        self.show_new = Button(_("Show them"), page, role="quiet")
        self.show_new.clicked.connect(self.desk_requested)
        news.addWidget(self.show_new)
        news.addStretch()
        box.addLayout(news)
        self._present = label("", page, "mute")
        box.addWidget(self._present)
        self._files = Remark(look, page, icon="ok", tone="ok")
        self._filled = column_layout()
        self._files.words.addLayout(self._filled)
        box.addWidget(self._files)
        self._later = label("", page, "mute")
        box.addWidget(self._later)
        self._conflicts = Remark(look, page, icon="conflict", tone="caution")
        self._lines = column_layout()
        self._conflicts.words.addLayout(self._lines)
        box.addWidget(self._conflicts)
        self._waiting = Remark(look, page, icon="info", tone="mute")
        box.addWidget(self._waiting)
        self._refused = Remark(look, page, icon="warning", tone="caution")
        box.addWidget(self._refused)
        self.notices = NoticeCards(look, page)
        box.addWidget(self.notices)
        self._answer = label(
            _("A receipt is a small file. It tells them what you have, so that they send no more."),
            page,
            "mute",
        )
        answers = row()
        self.receipt = Button("", page, look=look, icon="seal")
        self.receipt.clicked.connect(self.receipt_requested)
        answers.addWidget(self.receipt)
        answers.addStretch()
        box.addSpacing(Space.M)
        box.addWidget(self._answer)
        box.addLayout(answers)
        box.addStretch()

    def show_merged(self, shown: MergedPage) -> None:
        """Show what came in."""
        self._title.show_words(shown.title)
        self._new.setText(shown.new)
        self.show_new.setVisible(shown.has_news)
        self._present.setText(shown.present)
        self._present.setVisible(bool(shown.present))
        self._files.show_words(shown.files)
        clear(self._filled)
        for evidence in shown.filled:
            self._filled.addWidget(self._evidence_button(evidence))
        if shown.more_filled:
            self._filled.addWidget(label(shown.more_filled, self._files, "mute"))
        self._later.setText(shown.later)
        self._later.setVisible(bool(shown.later))
        self._conflicts.show_words(shown.conflicts)
        clear(self._lines)
        for line in shown.conflict_lines:
            self._lines.addWidget(self._conflict_button(line))
        self._waiting.show_words(shown.waiting, shown.waiting_advice)
        self._refused.show_words("\n".join(shown.refused))
        self.notices.show_notices(shown.notices)
        self.receipt.set_words(shown.receipt.replace("&", "&&"))
        for widget in (self.receipt, self._answer):
            widget.setVisible(bool(shown.receipt))

    def _conflict_button(self, line: ConflictLine) -> Button:
        words = _("Look at both: {title}").format(title=isolated(line.title))
        button = LinkButton(words, self._conflicts)
        button.setProperty("record", line.id)
        button.clicked.connect(self._on_conflict)
        return button

    def _evidence_button(self, line: FilledLine) -> Button:
        words = _("Look at it: {title}").format(title=isolated(line.title))
        button = LinkButton(words, self._files)
        button.setProperty("record", line.id)
        button.clicked.connect(self._on_evidence)
        return button

    def _on_evidence(self) -> None:
        button = self.sender()
        if button:
            self.evidence_chosen.emit(str(button.property("record")))

    def _on_conflict(self) -> None:
        button = self.sender()
        if button:
            self.record_chosen.emit(str(button.property("record")))


def _paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
