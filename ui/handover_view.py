"""The room of handover: the ways on, each with a sentence."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from notebook.i18n import _
from ui.handover_parts import ScrolledPage, column_layout
from ui.notice_cards import NoticeCards
from ui.notice_words import NoticeLine
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, frame, label, line, ring_inset, row


class HandoverView(QWidget):
    """Says where the person wants to go on."""

    seal_requested = Signal()
    open_requested = Signal()
    contacts_requested = Signal()
    withdrawals_requested = Signal()
    exchange_requested = Signal()
    quarantine_requested = Signal()
    departure_requested = Signal()
    missions_requested = Signal()
    copy_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(_("Handover"))
        self._build()

    def show_contacts(self, words: str) -> None:
        """Say how many contacts there are."""
        self._contacts_words.setText(words)

    def show_quarantine(self, words: str) -> None:
        """Say how many bundles of strangers wait; nothing at all when none does."""
        self._quarantine_words.setText(words)
        card = self._quarantine_words.parentWidget()
        if card:
            card.setVisible(bool(words))

    def show_notices(self, lines: Sequence[NoticeLine]) -> None:
        """Show what exchange has shown."""
        self.notices.show_notices(lines)
        self._notices_head.setVisible(bool(lines))
        if lines:
            self._page.verticalScrollBar().setValue(0)

    def show_withdrawals(self, words: str) -> None:
        """Say whether somebody must be told of a withdrawal."""
        self._withdrawals_words.setText(words)

    def show_departure(self, words: str) -> None:
        """Say how a departure stands, or what one is for."""
        self._departure_words.setText(words)

    def show_missions(self, words: str) -> None:
        """Say how missions stand, or what one is for."""
        self._missions_words.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        """Be ready for Enter."""
        super().showEvent(event)
        self.seal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        outer = column(self, margin=Space.XL, gap=Space.S)
        head = column_layout()
        head.setSpacing(Space.S)
        head.setContentsMargins(ring_inset(outer))
        head.addWidget(label(_("Handover"), self, "heading"))
        head.addWidget(
            label(
                _("What leaves this notebook leaves sealed, and only those you name can open it."),
                self,
                "mute",
            )
        )
        head.addSpacing(Space.M)
        outer.addLayout(head)
        self._page = ScrolledPage(self._look, self)
        outer.addWidget(self._page, 1)
        # What asks for a decision stands above the ways on, and is gone when it is dealt with.
        self.quarantine = Button(_("Look…"), self._page.page)
        self.quarantine.setAccessibleName(_("Look at what waits in quarantine"))
        self.quarantine.clicked.connect(self.quarantine_requested)
        self._quarantine_words = self._way("warning", _("Quarantine"), self.quarantine, "")
        self._notices_head = label(_("To know about"), self._page.page, "strong")
        self._page.box.addWidget(self._notices_head)
        self.notices = NoticeCards(self._look, self._page.page)
        self._page.box.addWidget(self.notices)
        self._notices_head.hide()
        self.show_quarantine("")
        self.seal = Button(_("Seal for…"), self._page.page, role="primary")
        self._way(
            "seal",
            _("Send"),
            self.seal,
            _("Make a file that only the people you choose can open. You see all that leaves."),
        )
        self.open = Button(_("Open a bundle…"), self._page.page)
        self._way(
            "open",
            _("Receive"),
            self.open,
            _("Take in what somebody sealed for you. Nothing you have is overwritten."),
        )
        self.contacts = Button(_("Contacts…"), self._page.page)
        self._contacts_words = self._way("contact", _("People"), self.contacts, "")
        self.exchange = Button(_("Exchange folder…"), self._page.page)
        self._way(
            "refresh",
            _("Exchange"),
            self.exchange,
            _("Open what comes by a folder that others fill, each bundle once."),
        )
        self._build_rest()
        self._page.box.addStretch()
        self.missions.clicked.connect(self.missions_requested)
        self.departure.clicked.connect(self.departure_requested)
        self.withdrawals.clicked.connect(self.withdrawals_requested)
        self.seal.clicked.connect(self.seal_requested)
        self.open.clicked.connect(self.open_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.exchange.clicked.connect(self.exchange_requested)
        self.contacts.clicked.connect(self.contacts_requested)

    def _build_rest(self) -> None:
        """What is needed less often: one card, a line each."""
        self._page.box.addSpacing(Space.XS)
        self._page.box.addWidget(label(_("Less often"), self._page.page, "strong"))
        card = frame("card", self._page.page)
        self._rest = column(card, gap=Space.NONE)
        self._page.box.addWidget(card)
        self.departure = Button(_("Departure…"), card, role="flush")
        self._departure_words = self._line(card, "lock", _("Before a border"), self.departure)
        self.withdrawals = Button(_("Withdrawals…"), card, role="flush")
        self._withdrawals_words = self._line(card, "no-consent", _("Withdrawn"), self.withdrawals)
        self.copy = Button(_("Make a copy…"), card, role="flush")
        self._line(card, "copy", _("Copy with pseudonyms"), self.copy).setText(
            _("Names replaced, faces covered: for those who may not know who is who.")
        )
        self.missions = Button(_("Missions…"), card, role="flush")
        self._missions_words = self._line(card, "key", _("Travellers"), self.missions)

    def _line(self, card: QWidget, icon: str, name: str, button: Button) -> QLabel:
        if self._rest.count():
            self._rest.addWidget(line(card))
        holder = QWidget(card)
        self._rest.addWidget(holder)
        beside = row(holder, gap=Space.L)
        beside.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        return self._said(beside, holder, icon, name, button, "")

    def _way(self, icon: str, name: str, button: Button, sentence: str) -> QLabel:
        card = frame("card", self._page.page)
        beside = row(card, gap=Space.L)
        beside.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        self._page.box.addWidget(card)
        return self._said(beside, card, icon, name, button, sentence)

    def _said(
        self, beside: QHBoxLayout, parent: QWidget, icon: str, name: str, button: Button, said: str
    ) -> QLabel:
        """An icon, a name with a sentence under it, and the button; the sentence may change."""
        top = Qt.AlignmentFlag.AlignTop
        beside.addWidget(IconLabel(self._look, icon, parent, "accent"), 0, top)
        words = column_layout()
        words.addWidget(label(name, parent, "strong"))
        sentence = label(said, parent, "mute")
        words.addWidget(sentence)
        beside.addLayout(words, 1)
        beside.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return sentence
