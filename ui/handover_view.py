"""The room of handover: the ways on, each with a sentence."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QWidget

from notebook.i18n import _
from ui.handover_parts import ScrolledPage, column_layout
from ui.notice_cards import NoticeCards
from ui.notice_words import NoticeLine
from ui.style.look import Look
from ui.style.tokens import ASIDE_LEAST, ASIDE_WIDTH, PAGE_WIDTH, WIDGET_MOST, Space
from ui.widgets.basics import (
    Button,
    IconLabel,
    column,
    frame,
    label,
    line,
    ring_inset,
    ring_sides,
    row,
)


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
        self._quarantine_card.setVisible(bool(words))
        self._arrange()

    def show_notices(self, lines: Sequence[NoticeLine]) -> None:
        """Show what exchange has shown."""
        self.notices.show_notices(lines)
        self._notices_head.setVisible(bool(lines))
        self._arrange()
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
        self.take_focus()

    def take_focus(self) -> None:
        """Most come here to seal."""
        self.seal.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what asks for attention beside the ways on, or above them where it is narrow."""
        super().resizeEvent(event)
        self._arrange()

    def parts_in_order(self) -> Sequence[QWidget]:
        """The ways on and what asks for attention, as they stand (`ui.widgets.reading_order`)."""
        parts = (self._ways, self._aside)
        return parts if self._is_beside() else parts[::-1]

    def _is_beside(self) -> bool:
        return self._both.direction() is not QBoxLayout.Direction.BottomToTop

    def _arrange(self) -> None:
        is_asked = not self._quarantine_card.isHidden() or not self._notices_head.isHidden()
        self._aside.setVisible(is_asked)
        least = self._look.scaled(PAGE_WIDTH) + Space.XL + self._look.scaled(ASIDE_LEAST)
        is_wide = self._page.viewport().width() >= least
        wanted = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.BottomToTop
        if self._both.direction() is not wanted:
            self._both.setDirection(wanted)
            self._both.setStretchFactor(self._aside, 1 if is_wide else 0)
        # The ways stay as wide as they are alone: no sentence breaks anew because of a notice.
        alone = self._look.scaled(PAGE_WIDTH) - 2 * ring_sides().left()
        self._ways.setMinimumWidth(alone if is_wide else Space.NONE)
        self._aside.setMaximumWidth(self._look.scaled(ASIDE_WIDTH) if is_wide else WIDGET_MOST)
        both = PAGE_WIDTH + Space.XL + ASIDE_WIDTH
        self._page.set_page_width(both if is_asked and is_wide else PAGE_WIDTH)

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
        self._ways = QWidget(self._page.page)
        self._aside = QWidget(self._page.page)
        self._both = row(gap=Space.XL)
        self._both.addWidget(self._ways)
        self._both.addWidget(self._aside, 1)
        self._page.box.addLayout(self._both)
        self._build_aside()
        self._build_ways()
        self._page.box.addStretch()
        self._look.changed.connect(self._arrange)
        self.missions.clicked.connect(self.missions_requested)
        self.departure.clicked.connect(self.departure_requested)
        self.withdrawals.clicked.connect(self.withdrawals_requested)
        self.seal.clicked.connect(self.seal_requested)
        self.open.clicked.connect(self.open_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.exchange.clicked.connect(self.exchange_requested)
        self.contacts.clicked.connect(self.contacts_requested)

    def _build_aside(self) -> None:
        """What asks for a decision, or is to be known; gone when it is dealt with."""
        self._box = column(self._aside, gap=Space.M)
        self.quarantine = Button(_("Look…"), self._aside)
        self.quarantine.setAccessibleName(_("Look at what waits in quarantine"))
        self.quarantine.clicked.connect(self.quarantine_requested)
        self._quarantine_card = frame("card", self._aside)
        self._quarantine_words = self._way(
            "warning", _("Quarantine"), self.quarantine, "", self._quarantine_card
        )
        self._notices_head = label(_("To know about"), self._aside, "strong")
        self._box.addWidget(self._notices_head)
        self.notices = NoticeCards(self._look, self._aside)
        self._box.addWidget(self.notices)
        self._box.addStretch()
        self._notices_head.hide()
        self._quarantine_card.hide()

    def _build_ways(self) -> None:
        self._box = column(self._ways, gap=Space.M)
        self.seal = Button(_("Seal for…"), self._ways, role="primary")
        self._way(
            "seal",
            _("Send"),
            self.seal,
            _("Make a file that only the people you choose can open. You see all that leaves."),
        )
        self.open = Button(_("Open a bundle…"), self._ways)
        self._way(
            "open",
            _("Receive"),
            self.open,
            _("Take in what somebody sealed for you. Nothing you have is overwritten."),
        )
        self.contacts = Button(_("Contacts…"), self._ways)
        self._contacts_words = self._way("contact", _("People"), self.contacts, "")
        self.exchange = Button(_("Exchange folder…"), self._ways)
        self._way(
            "refresh",
            _("Exchange"),
            self.exchange,
            _("Open what comes by a folder that others fill, each bundle once."),
        )
        self._build_rest()
        self._box.addStretch()

    def _build_rest(self) -> None:
        """What is needed less often: one card, a line each."""
        self._box.addSpacing(Space.XS)
        self._box.addWidget(label(_("Less often"), self._ways, "strong"))
        card = frame("card", self._ways)
        self._rest = column(card, gap=Space.NONE)
        self._box.addWidget(card)
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

    def _way(
        self, icon: str, name: str, button: Button, sentence: str, card: QFrame | None = None
    ) -> QLabel:
        card = card or frame("card", self._ways)
        beside = row(card, gap=Space.L)
        beside.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        self._box.addWidget(card)
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
