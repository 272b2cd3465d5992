"""The look before sealing: what stands against it, what to know, and every record that leaves."""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from notebook.i18n import _, ngettext, number
from notebook.model import RecordId
from ui.handover_parts import Choice as TickChoice
from ui.handover_parts import ChoiceColumn, Remark, ScrolledPage, clear
from ui.handover_rows import RowList
from ui.seal_look_pages import LookPage, Named, NoticeGroup
from ui.style.look import Look
from ui.style.tokens import PAGE_WIDTH, WIDGET_MOST, Space
from ui.widgets.basics import Button, column, is_inside, label, ring_sides, row
from ui.widgets.choices import Choice
from ui.widgets.editors import LineEditor
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
        is_refusal = tone == "danger"
        for named in group.named:
            self.words.addLayout(self._line(named, is_refusal=is_refusal))
        if group.more:
            self.words.addWidget(label(group.more, self, "mute"))
        if is_refusal and len(group.all) > 1:
            every = Button(
                ngettext("Leave it out", "Leave all {count} out", len(group.all)).format(
                    count=number(len(group.all))
                ),
                self,
            )
            every.clicked.connect(self._leave_all_out)
            ends = row()
            ends.addWidget(every)
            ends.addStretch()
            self.words.addSpacing(Space.XS)
            self.words.addLayout(ends)
        # Shown only now, as a whole: what is added to a shown widget cannot take the focus yet.
        self.show_words(group.sentence)

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
        for named in left_out:
            beside = row()
            beside.addWidget(label(isolated(named.title), self), 1)
            button = Button(_("Put it back"), self, role="quiet")
            button.setAccessibleName(_("Put {title} back").format(title=isolated(named.title)))
            button.setProperty("record", named.id)
            button.clicked.connect(self._put_back)
            beside.addWidget(button)
            self.words.addLayout(beside)
        self.show_words(
            ngettext("You leave {count} out:", "You leave {count} out:", len(left_out)).format(
                count=number(len(left_out))
            )
        )

    def _put_back(self) -> None:
        button = self.sender()
        if button:
            self.put_back.emit(str(button.property("record")))


class OverrideCard(Remark):
    """Lets go what consent does not cover, with a reason that is typed; or takes that back."""

    given = Signal(str)

    def __init__(self, look: Look, reason: str, parent: QWidget) -> None:
        super().__init__(look, parent, icon="consent", tone="caution")
        beside = row()
        if reason:
            back = Button(_("Take it back"), self, role="quiet")
            back.clicked.connect(self._on_back)
            beside.addStretch()
            beside.addWidget(back)
        else:
            self.reason = LineEditor(_("Why they go all the same"), self)
            self.reason.setPlaceholderText(_("Who agreed to it, when and how"))
            self.reason.textChanged.connect(self._on_reason)
            beside.addWidget(self.reason, 1)
            self._go = Button(_("Let them go"), self)
            self._go.setEnabled(False)
            self._go.clicked.connect(self._on_go)
            beside.addWidget(self._go)
        self.words.addLayout(beside)
        if reason:
            self.show_words(_("They go all the same, because:"), isolated(reason))
        else:
            self.show_words(
                _("Let go what no consent covers?"),
                _(
                    "Only with a reason. It stays in the custody of each record for ever. A no and"
                    " a withdrawal cannot be passed over."
                ),
            )

    def _on_reason(self, reason: str) -> None:
        self._go.setEnabled(bool(reason.strip()))

    def _on_go(self) -> None:
        self.given.emit(self.reason.text().strip())

    def _on_back(self) -> None:
        self.given.emit("")


class LookView(QWidget):
    """Shows all that leaves: warnings on one side, every record on the other, or below."""

    purpose_chosen = Signal(str)
    left_out = Signal(object)
    put_back = Signal(str)
    override_given = Signal(str)
    media_toggled = Signal(bool)
    record_opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._is_wide = True
        self._has_notices = False
        self._box = column(self, gap=Space.M)
        self._head = QWidget(self)
        self._inside = head = column(self._head, gap=Space.M)
        self._summary = label("", self._head, "strong")
        head.addWidget(self._summary)
        asked = row(gap=Space.M)
        asked.addWidget(label(_("It is for"), self._head, wraps=False))
        self.purpose = Choice(_("What the bundle is for"), look, self._head)
        self.purpose.activated.connect(self._on_purpose)
        asked.addWidget(self.purpose)
        asked.addStretch()
        head.addLayout(asked)
        self._box.addWidget(self._head)
        self._sides = row(gap=Space.XL)
        self._box.addLayout(self._sides, 1)
        notices, records = self._build_notices(), self._build_list()
        self._sides.addWidget(notices, 1)
        self._sides.addWidget(records, 1)
        look.changed.connect(self._arrange)

    def show_look(self, shown: LookPage) -> None:
        """Show the page; the place of reading stays."""
        self._summary.setText(shown.summary)
        self._summary.setVisible(not shown.empty)
        self._calm.show_words(shown.empty, shown.empty_advice)
        self._fill_purposes(shown)
        had_focus = is_inside(self.window().focusWidget(), self._notices)
        clear(self._cards)
        for group in shown.refusals:
            self._add_group(group, icon="danger", tone="danger")
        if shown.may_override or shown.override:
            override = OverrideCard(self._look, shown.override, self._notices)
            override.given.connect(self.override_given)
            self._cards.addWidget(override)
        for group in shown.warnings:
            icon, tone = ("info", "mute") if group.is_to_know else ("warning", "caution")
            self._add_group(group, icon=icon, tone=tone)
        if shown.left_out:
            card = LeftOutCard(self._look, shown.left_out, self._notices)
            card.put_back.connect(self.put_back)
            self._cards.addWidget(card)
        self._show_media(shown)
        has_cards = bool(shown.refusals or shown.warnings or shown.left_out or shown.override)
        self._notices.setVisible(has_cards)
        self._drafts.show_words(shown.drafts)
        self._has_notices = has_cards or bool(shown.drafts or shown.empty or shown.media)
        self.rows.show_rows(shown.rows)
        self._list.setVisible(bool(shown.rows) and not shown.empty)
        self._arrange()
        if had_focus:
            self.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def first(self) -> QWidget:
        """Where the person is to begin: what must be left out, else the purpose."""
        return next(
            (
                button
                for at in range(self._cards.count())
                if (item := self._cards.itemAt(at)) and (card := item.widget())
                for button in card.findChildren(Button)
            ),
            self.purpose,
        )

    def parts_in_order(self) -> Sequence[QWidget]:
        """Where there are two sides, one after the other."""
        return (self._head, self._scroll, self._list) if self._is_wide else (self._scroll,)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """It may be narrow now."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Where it is narrow all of it is one page that scrolls, with the list at its end."""
        is_wide = self.width() >= self._look.scaled(PAGE_WIDTH)
        if is_wide is not self._is_wide:
            self._is_wide = is_wide
            focus = self.window().focusWidget()
            page = self._scroll.box
            if is_wide:
                self._box.insertWidget(0, self._head)
                self._sides.addWidget(self._list, 1)
            else:
                page.insertWidget(0, self._head)
                # Before what stretches at the end.
                page.insertWidget(page.count() - 1, self._list)
            if focus and is_inside(focus, self):
                # What moves loses it.
                focus.setFocus(Qt.FocusReason.OtherFocusReason)
        # In the page that scrolls there is room for the ring anyway.
        self._inside.setContentsMargins(ring_sides() if is_wide else QMargins())
        self._scroll.setVisible(self._has_notices or not is_wide)
        self._fit()

    def _fit(self) -> None:
        # In a page that scrolls the list has all its rows, up to a page of its own.
        most = max(self._scroll.viewport().height() - self._list_head(), self.rows.height_of(1))
        height = self.rows.height_of(self.rows.count())
        self.rows.setMinimumHeight(Space.NONE if self._is_wide else min(height, most))
        self.rows.setMaximumHeight(WIDGET_MOST if self._is_wide else min(height, most))

    def _list_head(self) -> int:
        """How high what stands over the rows is."""
        return self._list.sizeHint().height() - self.rows.sizeHint().height()

    def _build_notices(self) -> QWidget:
        self._scroll = ScrolledPage(self._look, self)
        self._scroll.resized.connect(self._fit)
        box, page = self._scroll.box, self._scroll.page
        self._calm = Remark(self._look, page, icon="ok", tone="ok")
        box.addWidget(self._calm)
        self._notices = QWidget(page)
        self._cards = column(self._notices, gap=Space.M)
        box.addWidget(self._notices)
        self.media = ChoiceColumn(page)
        self.media.toggled.connect(self._on_media)
        box.addWidget(self.media)
        self._drafts = Remark(self._look, page, icon="draft", tone="mute")
        box.addWidget(self._drafts)
        box.addStretch()
        return self._scroll

    def _build_list(self) -> QWidget:
        self._list = QWidget(self)
        box = column(self._list, gap=Space.XS)
        box.addWidget(label(_("Everything that leaves"), self._list, "strong"))
        self.rows = RowList(self._look, _("Everything that leaves"), self._list)
        self.rows.opened.connect(self.record_opened)
        box.addWidget(label(_("Open one to see its fields and texts."), self._list, "small"))
        box.addWidget(self.rows, 1)
        return self._list

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

    def _show_media(self, shown: LookPage) -> None:
        self.media.setVisible((bool(shown.media) and not shown.empty) or shown.is_without_media)
        self.media.show_choices(
            [
                TickChoice(
                    key="media",
                    name=_("Text first, files later"),
                    note=shown.media,
                    is_chosen=shown.is_without_media,
                )
            ]
        )

    def _on_media(self, _key: str, is_on: bool) -> None:
        self.media_toggled.emit(is_on)

    def _on_purpose(self) -> None:
        self.purpose_chosen.emit(str(self.purpose.currentData()))
