"""The last pages of a departure: the key, what will be gone, and what remains."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from notebook.i18n import _
from notebook.sealing_key import KeyChoice
from ui.departure_pages import KeyPage, RemovePage
from ui.handover_parts import Remark, ScrolledPage, clear, column_layout
from ui.remains_pages import Block, RemainsPage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, frame, label, line, row
from ui.widgets.inset import Inset
from ui.widgets.passphrase_field import PassphraseField


class KeyView(ScrolledPage):
    """What becomes of the sealing key."""

    key_chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("What becomes of your sealing key?"), page, "strong"))
        box.addWidget(
            label(
                _(
                    "It opens what others seal for you. A new one comes under the same name: your"
                    " contacts need your new card, and compare it with you again."
                ),
                page,
                "mute",
            )
        )
        box.addSpacing(Space.S)
        self._group = QButtonGroup(self)
        self._buttons: dict[KeyChoice, QRadioButton] = {}
        self.keep, self._keep = self._choice(KeyChoice.KEEP, _("Keep it"))
        self.alone, self._alone = self._choice(
            KeyChoice.NEW_ALONE, _("A new key, and destroy the old one now")
        )
        self.new, self._new = self._choice(
            KeyChoice.NEW, _("A new key, and destroy the old one later, when all has come")
        )
        box.addStretch()

    def show_key(self, shown: KeyPage) -> None:
        """Show what each choice costs."""
        self._buttons[shown.choice].setChecked(True)
        self._keep.setText(shown.keep)
        self._alone.setText(shown.new_alone)
        self._new.setText(shown.new)

    def _choice(self, choice: KeyChoice, words: str) -> tuple[QRadioButton, QLabel]:
        button = QRadioButton(words, self.page)
        button.setProperty("which", choice.value)
        button.clicked.connect(self._on_clicked)
        self._group.addButton(button)
        self._buttons[choice] = button
        self.box.addWidget(button)
        inset = Inset(self._look, self.page)
        said = label("", inset, "mute")
        inset.beside.addWidget(said, 1)
        self.box.addWidget(inset)
        self.box.addSpacing(Space.S)
        return button, said

    def _on_clicked(self) -> None:
        button = self.sender()
        if button:
            self.key_chosen.emit(str(button.property("which")))


class RemoveView(ScrolledPage):
    """What will be gone, and from where; the passphrase is the last word."""

    entered = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._look = look
        box, page = self.box, self.page
        self._title = label("", page, "strong")
        box.addWidget(self._title)
        self._gone = column_layout()
        box.addLayout(self._gone)
        box.addSpacing(Space.S)
        box.addWidget(label(_("This is not touched"), page, "strong"))
        self._stays = column_layout()
        box.addLayout(self._stays)
        box.addSpacing(Space.S)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        box.addWidget(
            label(
                _(
                    "It cannot be undone. When it is done the notebook locks; unlock it to see what"
                    " remains. Locking or losing power before that loses nothing."
                ),
                page,
            )
        )
        self.passphrase = PassphraseField(look, _("Passphrase of this notebook"), page)
        self.passphrase.entered.connect(self.entered)
        box.addWidget(self.passphrase)
        box.addStretch()

    def begin_typing(self) -> None:
        """Be ready for the passphrase, in sight."""
        self.passphrase.take_focus()
        # What is said above the page takes its room a little later.
        QTimer.singleShot(0, self._see_passphrase)

    def show_remove(self, shown: RemovePage) -> None:
        """Show it."""
        self._title.setText(shown.title)
        self._show_lines(self._gone, shown.gone, "remove", "danger")
        self._show_lines(self._stays, shown.stays, "info", "mute")

    def _see_passphrase(self) -> None:
        self.ensureWidgetVisible(self.passphrase)

    def _show_lines(self, box: QVBoxLayout, lines: Sequence[str], icon: str, tone: str) -> None:
        clear(box)
        for words in lines:
            holder = QWidget(self.page)
            beside = row(holder, gap=Space.M)
            drawn = IconLabel(self._look, icon, holder, tone)
            beside.addWidget(drawn, 0, Qt.AlignmentFlag.AlignTop)
            beside.addWidget(label(words, holder), 1)
            box.addWidget(holder)


class RemainsView(ScrolledPage):
    """What an officer would learn: without the passphrase, and with it."""

    card_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self._end = Remark(look, page, icon="ok", tone="ok")
        box.addWidget(self._end)
        self._card = QWidget(page)
        card = row(self._card)
        self.card = Button(_("My card…"), self._card, look=look, icon="contact")
        self.card.clicked.connect(self.card_requested)
        card.addWidget(self.card)
        card.addStretch()
        box.addWidget(self._card)
        box.addWidget(label(_("Whoever takes this laptop sees"), page, "heading"))
        self._without = self._blocks(box)
        box.addSpacing(Space.M)
        box.addWidget(label(_("Whoever has the passphrase, too, learns"), page, "heading"))
        self._within = self._blocks(box)
        box.addSpacing(Space.M)
        box.addWidget(
            label(
                _(
                    "Not looked at: other files on this laptop, the originals of files that were"
                    " attached, backups, and what the disk may keep of deleted ones."
                ),
                page,
                "mute",
            )
        )
        box.addStretch()

    def show_remains(self, shown: RemainsPage, *, is_end: bool) -> None:
        """Show it; at the end of a departure with what comes next."""
        self._end.show_words(
            _("Removed. This is what remains.") if is_end else "",
            _(
                "If you made a new sealing key, give your contacts your new card: until then they"
                " seal for the old one."
            ),
        )
        self._card.setVisible(is_end)
        self._show_blocks(self._without, shown.without)
        self._show_blocks(self._within, shown.within)

    def _blocks(self, box: QVBoxLayout) -> QVBoxLayout:
        blocks = column_layout()
        blocks.setSpacing(Space.M)
        box.addLayout(blocks)
        return blocks

    def _show_blocks(self, box: QVBoxLayout, blocks: Sequence[Block]) -> None:
        clear(box)
        for block in blocks:
            card = frame("card", self.page)
            inner = column(card, margin=Space.L, gap=Space.S)
            inner.addWidget(label(block.title, card, "strong"))
            inner.addWidget(label(block.words, card))
            if block.lines:
                inner.addWidget(label("\n".join(block.lines), card, "mute"))
            box.addWidget(card)
