"""The first pages of a departure: which cases, what leaves and where to, and the receipt."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.departure_pages import GoingPage, LeavePage, ObstacleLine, ReaderLine, ReceiptPage
from ui.folder_row import FolderRow
from ui.handover_parts import (
    Choice,
    ChoiceColumn,
    DoneHead,
    Fact,
    Remark,
    ScrolledPage,
    clear,
    column_layout,
)
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, label, line, row
from ui.widgets.editors import LineEditor


class GoingView(ScrolledPage):
    """Which cases are handed over and leave this laptop."""

    case_toggled = Signal(str, bool)
    look_requested = Signal()
    old_keys_requested = Signal()
    missions_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        box.addWidget(
            label(
                _(
                    "Before a border: hand cases over to someone who stays, see that they arrived,"
                    " and remove them from this laptop. Nothing is removed before its bundle was"
                    " read back, and you can stop at any step."
                ),
                page,
            )
        )
        self._cases = QWidget(page)
        cases = column(self._cases, gap=Space.S)
        cases.addWidget(label(_("Which cases leave this laptop?"), self._cases, "strong"))
        self.cases = ChoiceColumn(self._cases)
        self.cases.toggled.connect(self.case_toggled)
        cases.addWidget(self.cases)
        box.addWidget(self._cases)
        box.addSpacing(Space.S)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        box.addWidget(label(_("Or only look"), page, "strong"))
        box.addWidget(
            label(_("Without the passphrase and with it. Nothing is removed."), page, "mute")
        )
        ways = row()
        self.look_alone = Button(
            _("What would an officer learn from this laptop?"), page, look=look, icon="eye"
        )
        self.look_alone.clicked.connect(self.look_requested)
        ways.addWidget(self.look_alone)
        ways.addStretch()
        box.addLayout(ways)
        box.addSpacing(Space.M)
        box.addWidget(label(_("Or go on writing on the way"), page, "strong"))
        box.addWidget(
            label(
                _(
                    "A notebook that travels seals each save for this one, and cannot read it back."
                    " It adds to a case of which it knows the number alone."
                ),
                page,
                "mute",
            )
        )
        on = row()
        self.carry = Button(
            _("Carry a case in a travelling notebook…"), page, look=look, icon="key"
        )
        self.carry.clicked.connect(self.missions_requested)
        on.addWidget(self.carry)
        on.addStretch()
        box.addLayout(on)
        self._keys = QWidget(page)
        keys = column(self._keys, gap=Space.S)
        keys.addSpacing(Space.M)
        self._old_keys = label("", self._keys, "strong")
        keys.addWidget(self._old_keys)
        keys.addWidget(
            label(
                _(
                    "They open what was sealed for you before, by you or by whoever has this laptop"
                    " and its passphrase. When the last bundle that you expect has come, destroy"
                    " them."
                ),
                self._keys,
                "mute",
            )
        )
        beside = row()
        self.destroy_keys = Button(_("Destroy earlier keys…"), self._keys, look=look, icon="key")
        self.destroy_keys.clicked.connect(self.old_keys_requested)
        beside.addWidget(self.destroy_keys)
        beside.addStretch()
        keys.addLayout(beside)
        box.addWidget(self._keys)
        box.addStretch()

    def show_going(self, shown: GoingPage) -> None:
        """Show the cases."""
        self.cases.show_choices(
            [Choice(key=case.id, name=case.title, is_chosen=case.is_chosen) for case in shown.cases]
        )
        self._cases.setVisible(bool(shown.cases))
        self._old_keys.setText(shown.old_keys)
        self._keys.setVisible(bool(shown.old_keys))


class LeaveView(ScrolledPage):
    """What is handed over, what stands against it, and where the bundle goes."""

    folder_requested = Signal()
    desk_requested = Signal()
    record_chosen = Signal(str)
    reason_given = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._look = look
        box, page = self.box, self.page
        box.addWidget(label(_("This is handed over"), page, "strong"))
        self._amount = label("", page)
        box.addWidget(self._amount)
        self._warning = Remark(look, page, icon="warning", tone="caution")
        box.addWidget(self._warning)
        self._drafts = Remark(look, page, icon="draft", tone="caution")
        there = row()
        self.desk = Button(_("Go to the desk"), self._drafts, role="quiet")
        self.desk.clicked.connect(self.desk_requested)
        there.addWidget(self.desk)
        there.addStretch()
        self._drafts.words.addLayout(there)
        box.addWidget(self._drafts)
        self._build_obstacles()
        box.addSpacing(Space.S)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        self.folder = FolderRow(
            look,
            _("On a stick or in a folder outside this laptop, if it must not cross with you."),
            page,
        )
        self.folder.requested.connect(self.folder_requested)
        box.addWidget(self.folder)
        box.addStretch()

    def show_leave(self, shown: LeavePage) -> None:
        """Show it."""
        self._amount.setText(shown.amount)
        self._warning.show_words(
            shown.warning,
            _("You can seal for them all the same. Until you compare, it may be somebody else."),
        )
        self._drafts.show_words(shown.drafts, _("Save or discard it at the desk, then come back."))
        clear(self._lines)
        for obstacle in shown.obstacles:
            self._lines.addWidget(self._obstacle(obstacle))
        self._obstacles.setVisible(bool(shown.obstacles) or bool(shown.reason))
        self._override.setVisible(shown.may_override)
        if self.reason.text() != shown.reason:
            self.reason.setText(shown.reason)
        self.folder.show_where(shown.where)

    def _build_obstacles(self) -> None:
        self._obstacles = QWidget(self.page)
        box = column(self._obstacles, gap=Space.S)
        self._stays = Remark(self._look, self._obstacles, icon="no-consent", tone="caution")
        self._stays.show_words(
            _("This would be in no bundle, and would be lost."),
            _("Decide about it first, or leave its case here."),
        )
        box.addWidget(self._stays)
        self._lines = column_layout()
        box.addLayout(self._lines)
        self._override = QWidget(self._obstacles)
        over = column(self._override, gap=Space.S)
        words = _("Hand it over all the same, for this reason (it stays in the custody)")
        over.addWidget(label(words, self._override))
        beside = row()
        self.reason = LineEditor(words, self._override)
        self.reason.returnPressed.connect(self._on_reason)
        beside.addWidget(self.reason, 1)
        give = Button(_("Use this reason"), self._override)
        give.clicked.connect(self._on_reason)
        beside.addWidget(give)
        over.addLayout(beside)
        box.addWidget(self._override)
        self.box.addWidget(self._obstacles)

    def _obstacle(self, shown: ObstacleLine) -> QWidget:
        holder = QWidget(self._obstacles)
        beside = row(holder, gap=Space.M)
        words = column_layout()
        if shown.title:
            words.addWidget(label(shown.title, holder, "strong"))
        words.addWidget(label(shown.words, holder, "mute"))
        beside.addLayout(words, 1)
        if shown.record:
            go = Button(_("Look at it"), holder, role="quiet")
            go.setAccessibleDescription(shown.title)
            go.setProperty("which", shown.record)
            go.clicked.connect(self._on_record)
            beside.addWidget(go, 0, Qt.AlignmentFlag.AlignTop)
        return holder

    def _on_record(self) -> None:
        button = self.sender()
        if button:
            self.record_chosen.emit(str(button.property("which")))

    def _on_reason(self) -> None:
        self.reason_given.emit(self.reason.text())


class ReceiptView(ScrolledPage):
    """What was handed over, and who has said that it arrived."""

    open_requested = Signal()
    again_requested = Signal()
    given_up = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._look = look
        box, page = self.box, self.page
        self._sealed = DoneHead(look, page)
        box.addWidget(self._sealed)
        self._files = Fact(_("File"), page)
        box.addWidget(self._files)
        box.addWidget(label(_("Nothing was removed yet."), page))
        self._lack = Remark(look, page, icon="warning", tone="caution")
        box.addWidget(self._lack)
        again = row()
        self.again = Button(_("Seal them again"), page, look=look, icon="seal")
        self.again.clicked.connect(self.again_requested)
        again.addWidget(self.again)
        again.addStretch()
        box.addLayout(again)
        box.addSpacing(Space.S)
        box.addWidget(line(page))
        box.addSpacing(Space.S)
        box.addWidget(label(_("The receipt"), page, "strong"))
        box.addWidget(
            label(
                _(
                    "Any bundle that your reader seals for you later says what they hold. You can"
                    " lock, and come back here when it has come."
                ),
                page,
                "mute",
            )
        )
        self._readers = column_layout()
        self._readers.setSpacing(Space.S)
        box.addLayout(self._readers)
        ways = row()
        self.open = Button(_("Open a bundle…"), page, look=look, icon="open")
        self.open.clicked.connect(self.open_requested)
        ways.addWidget(self.open)
        self.give_up = Button(_("Stop this departure"), page, role="quiet")
        self.give_up.clicked.connect(self.given_up)
        ways.addWidget(self.give_up)
        ways.addStretch()
        box.addLayout(ways)
        self._skipped = Remark(look, page, icon="warning", tone="caution")
        box.addWidget(self._skipped)
        box.addStretch()

    def show_receipt(self, shown: ReceiptPage) -> None:
        """Show it."""
        self._sealed.show_words(shown.sealed)
        self._files.show_text(shown.files)
        self._lack.show_words(shown.lack)
        self.again.setVisible(bool(shown.lack))
        clear(self._readers)
        for reader in shown.readers:
            self._readers.addWidget(self._reader(reader))
        self._skipped.show_words(shown.skipped)

    def _reader(self, shown: ReaderLine) -> QWidget:
        holder = QWidget(self.page)
        beside = row(holder, gap=Space.M)
        icon = IconLabel(self._look, "ok", holder, "ok")
        if not shown.has_arrived:
            icon.set_icon("history", "mute")
        beside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(label(shown.words, holder), 1)
        return holder
