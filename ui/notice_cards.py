"""Notices of exchange as cards: what it is, what to do, and the ways to deal with it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.handover_parts import Remark, clear
from ui.notice_words import NoticeLine
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, row


class NoticeCards(QWidget):
    """Shows notices; says which one a person puts aside, or whose page they want to see."""

    put_aside = Signal(str)
    contact_chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[NoticeLine, ...] = ()
        self._box = column(self, gap=Space.M)

    def show_notices(self, lines: Sequence[NoticeLine]) -> None:
        """Show these; what is shown already keeps its place and its focus."""
        if tuple(lines) == self._shown:
            return
        self._shown = tuple(lines)
        clear(self._box)
        for line in lines:
            self._box.addWidget(self._card(line))
        self.setVisible(bool(lines))

    def _card(self, line: NoticeLine) -> Remark:
        icon, tone = ("warning", "caution") if line.is_serious else ("info", "mute")
        card = Remark(self._look, self, icon=icon, tone=tone)
        card.show_words(line.what, line.next_step)
        buttons = row(gap=Space.L)
        if line.contact:
            # Several cards have these words; a screen reader says which is meant.
            contact = self._button(_("Show the contact"), line, line.contact, card)
            contact.clicked.connect(self._on_contact)
            buttons.addWidget(contact)
        aside = self._button(_("Put aside"), line, line.key, card)
        aside.clicked.connect(self._on_aside)
        buttons.addWidget(aside)
        buttons.addStretch()
        card.words.addLayout(buttons)
        return card

    def _button(self, words: str, line: NoticeLine, which: str, card: QWidget) -> Button:
        # Without padding: it begins where the words above it begin.
        button = Button(words, card, role="flush")
        button.setAccessibleDescription(line.what)
        button.setProperty("which", which)
        return button

    def _on_contact(self) -> None:
        self.contact_chosen.emit(self._which())

    def _on_aside(self) -> None:
        self.put_aside.emit(self._which())

    def _which(self) -> str:
        button = self.sender()
        return str(button.property("which")) if button else ""
