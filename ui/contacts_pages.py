"""The pages of the contacts' room: my card, a contact, adding one, and a card to think about."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.card_codes_view import CardCodes
from ui.contacts_cards import CaseLine, ContactPage, DoubtPage
from ui.contacts_presenter import MyCard
from ui.handover_parts import (
    CheckLine,
    Choice,
    Fact,
    PrintCard,
    PrintPair,
    Remark,
    ScrolledPage,
    clear,
    column_layout,
)
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, label, line, row
from ui.widgets.choices import Choice as RoleChoice
from ui.widgets.editors import TextEditor
from ui.words import isolated

CLASSIC = "classic"


class MyCardPage(ScrolledPage):
    """My card, to be given to those who are to seal for me."""

    copy_requested = Signal()
    save_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("My card"), page, "heading"))
        self._name = label("", page, "mute")
        box.addWidget(self._name)
        box.addWidget(
            label(
                _(
                    "Give this card to whoever is to seal bundles for you. It is no secret, but it"
                    " shows that you use this program."
                ),
                page,
            )
        )
        buttons = row()
        self.copy = Button(_("Copy the card"), page, role="primary", look=look, icon="copy")
        self.copy.clicked.connect(self.copy_requested)
        buttons.addWidget(self.copy)
        self.save = Button(_("Save the card…"), page)
        self.save.clicked.connect(self.save_requested)
        buttons.addWidget(self.save)
        buttons.addStretch()
        box.addLayout(buttons)
        box.addSpacing(Space.M)
        box.addWidget(label(_("My fingerprint"), page, "strong"))
        box.addWidget(
            label(
                _(
                    "When somebody has added your card, read these numbers to each other in person"
                    " or on a call you trust."
                ),
                page,
                "mute",
            )
        )
        self._print = PrintCard(look, page)
        box.addWidget(self._print)
        box.addSpacing(Space.M)
        box.addWidget(label(_("The card as codes"), page, "strong"))
        box.addWidget(
            label(
                _(
                    "Somebody beside you takes a picture of all four, and adds your card from it."
                    " Nothing is written anywhere."
                ),
                page,
                "mute",
            )
        )
        self._codes = CardCodes(page)
        box.addWidget(self._codes)
        box.addSpacing(Space.M)
        box.addWidget(label(_("The card as text"), page, "strong"))
        self._text = TextEditor(_("The card as text"), page)
        self._text.setReadOnly(True)
        self._text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._text.setMinimumHeight(look.scaled(8 * Space.XXL))
        box.addWidget(self._text)
        box.addStretch()

    def show_card(self, card: MyCard) -> None:
        """Show the card."""
        self._name.setText(card.name)
        self._print.show_print(card.print)
        self._codes.show_codes(card.codes)
        if self._text.toPlainText() != card.text:
            self._text.setPlainText(card.text)


class ContactDetails(ScrolledPage):
    """A contact: both fingerprints, and what comparing them means."""

    compared = Signal()
    classic_toggled = Signal(bool)
    role_chosen = Signal(str)
    receipt_requested = Signal()
    offered_card_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._shown_cases: tuple[CaseLine, ...] = ()
        box, page = self.box, self.page
        self._name = label("", page, "heading")
        box.addWidget(self._name)
        self._note = label("", page, "mute")
        box.addWidget(self._note)
        self._offered = Remark(look, page, icon="danger", tone="danger")
        offers = row()
        self.offered = Button(_("Look at the other card…"), self._offered)
        self.offered.clicked.connect(self.offered_card_requested)
        offers.addWidget(self.offered)
        offers.addStretch()
        self._offered.words.addLayout(offers)
        box.addWidget(self._offered)
        self._alone = Remark(look, page, icon="warning", tone="caution")
        box.addWidget(self._alone)
        self._both = Remark(look, page, icon="ok", tone="ok")
        box.addWidget(self._both)
        self._pair = PrintPair(look, page)
        box.addWidget(self._pair)
        self._how = label(
            _(
                "Meet, or call each other on a line you trust, not the one the card came by. One"
                " reads the numbers, the other follows; then the other way round."
            ),
            page,
        )
        box.addWidget(self._how)
        buttons = row()
        self.compare = Button(_("Mark as compared"), page, role="primary", look=look, icon="ok")
        self.compare.clicked.connect(self.compared)
        buttons.addWidget(self.compare)
        buttons.addStretch()
        box.addLayout(buttons)
        box.addSpacing(Space.M)
        box.addWidget(line(page))
        box.addWidget(label(_("What they are known to have"), page, "strong"))
        self._no_cases = label(_("There is no case here yet."), page, "mute")
        box.addWidget(self._no_cases)
        self._cases = column_layout()
        self._cases.setSpacing(Space.S)
        box.addLayout(self._cases)
        receipts = row()
        self.receipt = Button(_("Seal a receipt…"), page, look=look, icon="seal")
        self.receipt.setToolTip(_("A small file that tells them what you have of what you share."))
        self.receipt.clicked.connect(self.receipt_requested)
        receipts.addWidget(self.receipt)
        receipts.addStretch()
        box.addLayout(receipts)
        box.addSpacing(Space.M)
        box.addWidget(line(page))
        box.addWidget(label(_("Who this is"), page, "strong"))
        roles = row(gap=Space.M)
        self.role = RoleChoice(_("Who this is"), look, page)
        # The choices come later than the first look at the page.
        self.role.setSizeAdjustPolicy(RoleChoice.SizeAdjustPolicy.AdjustToContents)
        self.role.activated.connect(self._on_role)
        roles.addWidget(self.role)
        roles.addStretch()
        box.addLayout(roles)
        box.addWidget(
            label(
                _("A consent must allow this reader too before something is sealed for them."),
                page,
                "small",
            )
        )
        box.addSpacing(Space.M)
        box.addWidget(line(page))
        self._classic = CheckLine(self._classic_choice(is_chosen=False), page)
        self._classic.toggled.connect(self._on_classic)
        box.addWidget(self._classic)
        box.addStretch()

    def show_contact(self, shown: ContactPage) -> None:
        """Show a contact."""
        self._name.setText(shown.name)
        self._note.setText(shown.note)
        self._alone.show_words(
            ""
            if shown.is_compared
            else _("You have not compared this card with {name} yet.").format(
                name=shown.theirs.whose
            ),
            _("You can seal for them all the same. Until you compare, it may be somebody else."),
        )
        self._both.show_words(
            _("You compared these numbers, and they were the same.") if shown.is_compared else ""
        )
        self._pair.show_prints(shown.theirs, shown.mine)
        self._how.setVisible(not shown.is_compared)
        self.compare.setVisible(not shown.is_compared)
        self._offered.show_words(
            _("A bundle signed by {name} brought a card with other keys.").format(
                name=shown.theirs.whose
            )
            if shown.has_offered_card
            else "",
            _("You seal with the card you have until you take the other one."),
        )
        self._show_cases(shown.cases)
        known = [self.role.itemData(at) for at in range(self.role.count())]
        if known != [value for value, _words in shown.roles]:
            self.role.clear()
            for value, words in shown.roles:
                self.role.addItem(words, value)
        self.role.setCurrentIndex(max(self.role.findData(shown.role), 0))
        self._classic.show_choice(
            self._classic_choice(is_chosen=shown.is_classic, reason=shown.reason)
        )

    def _show_cases(self, cases: Sequence[CaseLine]) -> None:
        if cases == self._shown_cases:
            return
        self._shown_cases = tuple(cases)
        clear(self._cases)
        for case in cases:
            fact = Fact(case.title, self.page)
            fact.show_text(case.words)
            self._cases.addWidget(fact)
        self._no_cases.setVisible(not cases)

    def _classic_choice(self, *, is_chosen: bool, reason: str = "") -> Choice:
        return Choice(
            key=CLASSIC,
            name=_("Seal in the older way"),
            note=_("Because: {reason}.").format(reason=isolated(reason))
            if is_chosen and reason
            else _(
                "Only when their archive’s age program is older than 1.3. Such bundles may be"
                " opened one day by a quantum computer."
            ),
            is_chosen=is_chosen,
        )

    def _on_role(self) -> None:
        self.role_chosen.emit(str(self.role.currentData()))

    def _on_classic(self, _key: str, is_on: bool) -> None:
        self.classic_toggled.emit(is_on)


class AddingPage(ScrolledPage):
    """Asks for a card: a file, or its text."""

    file_requested = Signal()
    text_given = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("Add a contact"), page, "heading"))
        box.addWidget(
            label(
                _(
                    "Ask the other person for their card. They find it in their notebook under"
                    " Contacts, My card. A picture of its codes is as good as its text."
                ),
                page,
            )
        )
        buttons = row()
        self.file = Button(_("Take the card from files…"), page, look=look, icon="open")
        self.file.clicked.connect(self.file_requested)
        buttons.addWidget(self.file)
        buttons.addStretch()
        box.addLayout(buttons)
        box.addSpacing(Space.S)
        box.addWidget(label(_("Or paste its text"), page, "strong"))
        self.text = TextEditor(_("The card’s text"), page)
        self.text.setPlaceholderText("-----BEGIN FIELD NOTEBOOK CARD-----")
        self.text.setMinimumHeight(look.scaled(6 * Space.XXL))
        self.text.textChanged.connect(self._on_typed)
        box.addWidget(self.text)
        ends = row()
        ends.addStretch()
        self.add = Button(_("Add this card"), page, role="primary")
        self.add.setEnabled(False)
        self.add.clicked.connect(self._on_add)
        ends.addWidget(self.add)
        box.addLayout(ends)
        box.addStretch()

    def empty(self) -> None:
        """Forget what was pasted."""
        self.text.clear()

    def _on_typed(self) -> None:
        self.add.setEnabled(bool(self.text.toPlainText().strip()))

    def _on_add(self) -> None:
        self.text_given.emit(self.text.toPlainText())


class DoubtfulCard(ScrolledPage):
    """A card that does not fit what is known: stop, and ask the person."""

    kept = Signal()
    taken = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(label(_("Stop and ask first"), page, "heading"))
        self._remark = Remark(look, page, icon="danger", tone="danger")
        box.addWidget(self._remark)
        self._next_step = label("", page)
        box.addWidget(self._next_step)
        self._pair = PrintPair(look, page)
        box.addWidget(self._pair)
        buttons = row()
        self.keep = Button(_("Leave everything as it is"), page, role="primary")
        self.keep.clicked.connect(self.kept)
        buttons.addWidget(self.keep)
        self.take = Button("", page, role="danger")
        self.take.clicked.connect(self.taken)
        buttons.addWidget(self.take)
        buttons.addStretch()
        box.addLayout(buttons)
        box.addStretch()

    def show_doubt(self, shown: DoubtPage) -> None:
        """Show why one should think."""
        self._remark.show_words(shown.what, shown.why)
        self._next_step.setText(shown.next_step)
        self._pair.show_prints(shown.before, shown.now)
        self.take.set_words(shown.take)
