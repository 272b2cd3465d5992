"""The room of quarantine: every bundle of a stranger that waits, and two ways to decide."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from notebook.i18n import _, digits
from ui.handover_parts import clear, column_layout
from ui.handover_words import left_to_right
from ui.quarantine_presenter import WaitingLine
from ui.side_room import SideRoom
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, frame, label, row


class QuarantineView(SideRoom):
    """Shows what waits; says which one a person looks at or drops."""

    looked_at = Signal(str)
    dropped = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Quarantine"),
            _(
                "Sealed for you by people who are no contacts. Nothing of it was read or taken in."
                " Accept only what you expected."
            ),
            parent,
        )
        self._empty = label(
            _("Nothing waits here. What strangers seal for you comes here first."),
            self._page.page,
            "mute",
        )
        self._page.box.addWidget(self._empty)
        self._cards = column_layout()
        self._cards.setSpacing(Space.M)
        self._page.box.addLayout(self._cards)
        self.end()

    def show_waiting(self, lines: Sequence[WaitingLine]) -> None:
        """Show what waits."""
        clear(self._cards)
        for line in lines:
            self._cards.addWidget(self._card(line))
        self._empty.setVisible(not lines)
        self._lead.setVisible(bool(lines))
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card(self, line: WaitingLine) -> QFrame:
        card = frame("card", self._page.page)
        beside = row(card, margin=Space.L, gap=Space.L)
        tone = "danger" if line.doubt else "caution"
        icon = IconLabel(self._look, "danger" if line.doubt else "warning", card, tone)
        beside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = column_layout()
        words.setSpacing(Space.S)
        words.addWidget(label(line.title, card, "strong"))
        if line.doubt:
            words.addWidget(label(line.doubt, card, "danger"))
        if line.digits:
            words.addWidget(label(left_to_right(digits(line.digits)), card))
            words.addWidget(label(left_to_right("  ".join(line.words)), card, "mute"))
        words.addWidget(label(line.note, card, "mute"))
        buttons = row()
        if line.can_be_opened:
            open_ = self._button(_("Look who it is…"), line, card, role="secondary")
            open_.clicked.connect(self._on_looked_at)
            buttons.addWidget(open_)
        drop = self._button(_("Delete the sealed copy"), line, card, role="quiet")
        drop.clicked.connect(self._on_dropped)
        buttons.addWidget(drop)
        buttons.addStretch()
        words.addLayout(buttons)
        beside.addLayout(words, 1)
        return card

    def _button(self, words: str, line: WaitingLine, card: QWidget, *, role: str) -> Button:
        button = Button(words, card, role=role)
        button.setAccessibleDescription(line.title)
        button.setProperty("which", line.id)
        return button

    def _on_looked_at(self) -> None:
        self.looked_at.emit(self._which())

    def _on_dropped(self) -> None:
        self.dropped.emit(self._which())

    def _which(self) -> str:
        button = self.sender()
        return str(button.property("which")) if button else ""
