"""The look before sealing: what stands against it, what to know, and every record that leaves."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QWidget

from notebook.i18n import _, ngettext
from notebook.model import RecordId
from ui.handover_parts import Remark, ScrolledPage, clear, column_layout
from ui.handover_rows import RowList
from ui.seal_pages import LookPage, Named, NoticeGroup
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, is_inside, label, row
from ui.words import isolated


class GroupCard(Remark):
    """One sentence, the records it is about, and the way on."""

    left_out = Signal(object)
    """A tuple of record ids."""

    def __init__(
        self, look: Look, group: NoticeGroup, parent: QWidget, *, icon: str, tone: str
    ) -> None:
        super().__init__(look, parent, icon=icon, tone=tone)
        self._group = group
        self.show_words(group.sentence)
        is_refusal = tone == "danger"
        for named in group.named:
            self.words.addLayout(self._line(named, is_refusal=is_refusal))
        if group.more:
            self.words.addWidget(label(group.more, self, "mute"))
        if is_refusal and len(group.all) > 1:
            every = Button(
                ngettext("Leave it out", "Leave all {count} out", len(group.all)).format(
                    count=f"{len(group.all):,}"
                ),
                self,
            )
            every.clicked.connect(self._leave_all_out)
            ends = row()
            ends.addWidget(every)
            ends.addStretch()
            self.words.addSpacing(Space.XS)
            self.words.addLayout(ends)

    def _line(self, named: Named, *, is_refusal: bool) -> QHBoxLayout:
        beside = row()
        beside.addWidget(label(isolated(named.title), self), 1)
        if is_refusal:
            button = Button(_("Leave it out"), self, role="quiet")
            button.setAccessibleName(_("Leave {title} out").format(title=isolated(named.title)))
            button.setProperty("record", named.id)
            button.clicked.connect(self._leave_out)
            beside.addWidget(button)
        return beside

    def _leave_out(self) -> None:
        button = self.sender()
        if button:
            self.left_out.emit((RecordId(str(button.property("record"))),))

    def _leave_all_out(self) -> None:
        self.left_out.emit(self._group.all)


class LeftOutCard(Remark):
    """The records that the person keeps back, each of which can go after all."""

    put_back = Signal(str)

    def __init__(self, look: Look, left_out: Sequence[Named], parent: QWidget) -> None:
        super().__init__(look, parent, icon="info", tone="mute")
        self.show_words(
            ngettext("You leave {count} out:", "You leave {count} out:", len(left_out)).format(
                count=f"{len(left_out):,}"
            )
        )
        for named in left_out:
            beside = row()
            beside.addWidget(label(isolated(named.title), self), 1)
            button = Button(_("Put it back"), self, role="quiet")
            button.setAccessibleName(_("Put {title} back").format(title=isolated(named.title)))
            button.setProperty("record", named.id)
            button.clicked.connect(self._put_back)
            beside.addWidget(button)
            self.words.addLayout(beside)

    def _put_back(self) -> None:
        button = self.sender()
        if button:
            self.put_back.emit(str(button.property("record")))


class LookView(ScrolledPage):
    """Shows all that leaves; warnings come first."""

    purpose_chosen = Signal(str)
    left_out = Signal(object)
    put_back = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        box, page = self.box, self.page
        self._summary = label("", page, "strong")
        box.addWidget(self._summary)
        asked = row(gap=Space.M)
        self._purpose_name = label(_("It is for"), page, wraps=False)
        asked.addWidget(self._purpose_name)
        self.purpose = QComboBox(page)
        self.purpose.setAccessibleName(_("What the bundle is for"))
        self.purpose.activated.connect(self._on_purpose)
        asked.addWidget(self.purpose)
        asked.addStretch()
        box.addLayout(asked)
        self._calm = Remark(look, page, icon="ok", tone="ok")
        box.addWidget(self._calm)
        self._notices = QWidget(page)
        self._cards = column_layout()
        self._cards.setSpacing(Space.M)
        self._cards.setContentsMargins(Space.NONE, Space.NONE, Space.NONE, Space.NONE)
        self._notices.setLayout(self._cards)
        box.addWidget(self._notices)
        self._drafts = Remark(look, page, icon="draft", tone="mute")
        box.addWidget(self._drafts)
        self._list_name = label(_("Everything that leaves"), page, "strong")
        box.addWidget(self._list_name)
        self.rows = RowList(look, _("Everything that leaves"), page)
        self.rows.fit_to_rows()
        box.addWidget(self.rows)
        box.addStretch()

    def show_look(self, shown: LookPage) -> None:
        """Show the page; the place of reading stays."""
        self._summary.setText(shown.summary)
        self._summary.setVisible(not shown.empty)
        self._calm.show_words(shown.empty)
        self._fill_purposes(shown)
        had_focus = is_inside(QApplication.focusWidget(), self._notices)
        clear(self._cards)
        for group in shown.refusals:
            self._add_group(group, icon="danger", tone="danger")
        for group in shown.warnings:
            self._add_group(group, icon="warning", tone="caution")
        if shown.left_out:
            card = LeftOutCard(self._look, shown.left_out, self._notices)
            card.put_back.connect(self.put_back)
            self._cards.addWidget(card)
        self._notices.setVisible(bool(shown.refusals or shown.warnings or shown.left_out))
        self._drafts.show_words(shown.drafts)
        self.rows.show_rows(shown.rows)
        for widget in (self._list_name, self.rows):
            widget.setVisible(bool(shown.rows) and not shown.empty)
        if had_focus:
            self._focus_notices()

    def _fill_purposes(self, shown: LookPage) -> None:
        known = [self.purpose.itemData(at) for at in range(self.purpose.count())]
        if known != [value for value, _words in shown.purposes]:
            self.purpose.clear()
            for value, words in shown.purposes:
                self.purpose.addItem(words, value)
        self.purpose.setCurrentIndex(max(self.purpose.findData(shown.purpose), 0))

    def _add_group(self, group: NoticeGroup, *, icon: str, tone: str) -> None:
        card = GroupCard(self._look, group, self._notices, icon=icon, tone=tone)
        card.left_out.connect(self.left_out)
        self._cards.addWidget(card)

    def _focus_notices(self) -> None:
        """What had the focus is gone; the next of its kind takes it."""
        following = next(
            (
                button
                for at in range(self._cards.count())
                if (item := self._cards.itemAt(at)) and (card := item.widget())
                for button in card.findChildren(Button)
            ),
            self.purpose,
        )
        following.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_purpose(self) -> None:
        self.purpose_chosen.emit(str(self.purpose.currentData()))
