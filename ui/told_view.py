"""The room after withdrawals: what waits for a word here, and who must be told."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from notebook.i18n import _
from ui.handover_parts import Remark, clear, column_layout
from ui.side_room import SideRoom
from ui.style.look import Look
from ui.style.tokens import Space
from ui.told_presenter import ToldLine, ToldPage, WaitingLine
from ui.widgets.basics import Button, IconLabel, column, frame, is_inside, label, row
from ui.withdraw_sheet import WithdrawSheet
from ui.withdrawing import WithdrawalSheet
from ui.words import isolated

ICONS: Final = {
    "caution": ("warning", "caution"),
    "mute": ("seal", "mute"),
    "ok": ("ok", "ok"),
    "waiting": ("no-consent", "caution"),
}
"""For each tone of a card: its icon, and the colour of that."""


class ToldView(SideRoom):
    """Shows both lists; says what the person wants done."""

    asked = Signal(str)
    """The withdrawal that is to be confirmed."""
    confirmed = Signal(object, str)
    seal_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Withdrawals"),
            _("What was withdrawn is destroyed here, and must reach everybody who has it."),
            parent,
        )
        self._calm = Remark(look, self._page.page, icon="ok", tone="ok")
        self._calm.show_words("")
        self._page.box.addWidget(self._calm)
        self._lists = QWidget(self._page.page)
        self._cards = column(self._lists, gap=Space.M)
        self._page.box.addWidget(self._lists)
        self.end()

    # What the presenter shows (ui.told_presenter.ToldScreen).

    def show_told(self, page: ToldPage) -> None:
        """Show what waits, and who must be told."""
        had_focus = is_inside(self.window().focusWidget(), self._lists)
        self._calm.show_words(page.empty)
        clear(self._cards)
        if page.waiting:
            self._cards.addWidget(label(_("Waits for your word"), self._lists, "strong"))
            said = _(
                "Others withdrew this. It is hidden here and not sealed for anybody, and stays so"
                " until you destroy it too."
            )
            self._cards.addWidget(label(said, self._lists, "mute"))
        for waiting in page.waiting:
            self._cards.addWidget(self._waiting(waiting))
        if page.told:
            self._cards.addWidget(label(_("Who must be told"), self._lists, "strong"))
        for told in page.told:
            self._cards.addWidget(self._told(told))
        if had_focus or not self.window().focusWidget():
            (self._first() or self.back).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_withdrawal(self, sheet: WithdrawalSheet, reason: str) -> None:
        """State what is destroyed, with the reason that the other one gave."""
        over = WithdrawSheet(self._look, sheet, self.window())
        over.reason.setText(reason)
        over.confirmed.connect(self.confirmed)
        over.open_sheet(over.reason)

    def _first(self) -> Button | None:
        return next(iter(self._lists.findChildren(Button)), None)

    def _waiting(self, waiting: WaitingLine) -> QFrame:
        lines = (waiting.words, isolated(waiting.reason)) if waiting.reason else (waiting.words,)
        button = Button(_("Destroy it here too…"), self._lists)
        button.setAccessibleName(_("Destroy {title} here too").format(title=waiting.title))
        button.setProperty("key", waiting.key)
        button.clicked.connect(self._on_ask)
        return self._card("waiting", waiting.title, lines, button)

    def _told(self, told: ToldLine) -> QFrame:
        button = Button(
            _("Seal a notice…") if told.is_owed else _("Seal it again…"),
            self._lists,
            role="" if told.is_owed else "quiet",
        )
        button.setAccessibleName(_("Seal a notice for {name}").format(name=isolated(told.name)))
        button.setProperty("key", told.contact)
        button.clicked.connect(self._on_seal)
        button.setVisible(bool(told.contact) and told.tone != "ok")
        return self._card(told.tone, isolated(told.name), (told.words,), button)

    def _card(self, tone: str, title: str, lines: tuple[str, ...], button: Button) -> QFrame:
        card = frame("card", self._lists)
        beside = row(card, margin=Space.L, gap=Space.L)
        name, colour = ICONS[tone]
        icon = IconLabel(self._look, name, card, colour)
        beside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = column_layout()
        words.addWidget(label(title, card, "strong"))
        for line in lines:
            words.addWidget(label(line, card))
        beside.addLayout(words, 1)
        beside.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        card.setAccessibleName(" ".join((title, *lines)))
        return card

    def _on_ask(self) -> None:
        button = self.sender()
        if button:
            self.asked.emit(str(button.property("key")))

    def _on_seal(self) -> None:
        button = self.sender()
        if button:
            self.seal_requested.emit(str(button.property("key")))
