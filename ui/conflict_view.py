"""Two sheets side by side, what differs marked, and a third that grows from what one takes."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from notebook.forms import FieldType, Forms
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.conflict_presenter import ConflictField, ConflictSheet, VersionSheet
from ui.conflict_third import ThirdSheet
from ui.conflict_words import Span
from ui.field_lines import PageEditor
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, line, ring_margin, row, set_role
from ui.widgets.flow import Flow
from ui.words import isolated


class VersionCard(QFrame):
    """One version, to be read and taken."""

    taken = Signal(object)
    """The version's value."""
    part_taken = Signal(str)

    def __init__(
        self, one: ConflictField, version: VersionSheet, look: Look, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._version = version
        self._look = look
        set_role(self, "card")
        box = column(self, margin=Space.M, gap=Space.S)
        box.addWidget(label(version.by, self, "strong"))
        box.addWidget(label(version.when, self, "small"))
        name = _("{field}, by {who}").format(field=one.field.label, who=version.by)
        self.text = PageEditor(name, look, 1, self)
        self.text.setReadOnly(True)
        set_role(self.text, "version")
        self._mark(version.spans)
        box.addWidget(self.text)
        box.addStretch()
        buttons = Flow(self, Space.S)
        self.take = Button(_("Take this"), self)
        self.take.setAccessibleName(_("Take what {who} wrote").format(who=version.by))
        self.take.clicked.connect(self._on_take)
        buttons.add(self.take)
        self.take_part = Button(_("Take the selected words"), self, role="quiet")
        self.take_part.hide()
        self.take_part.setEnabled(False)
        self.take_part.clicked.connect(self._on_take_part)
        self.text.copyAvailable.connect(self.take_part.setEnabled)
        if one.field.type is FieldType.LONG_TEXT:
            buttons.add(self.take_part)
        box.addWidget(buttons)

    def _mark(self, spans: tuple[Span, ...]) -> None:
        text = "".join(span.text for span in spans)
        self.text.set_text(text or _("(empty)"))
        cursor = QTextCursor(self.text.document())
        marking = QTextCharFormat()
        marking.setBackground(QColor(self._look.theme.selected))
        marking.setFontUnderline(True)
        at = 0
        for span in spans:
            # Qt counts in UTF-16 units.
            length = len(span.text.encode("utf-16-le")) // 2
            if span.differs:
                cursor.setPosition(at)
                cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(marking)
            at += length

    def _on_take(self) -> None:
        self.taken.emit(self._version.value)

    def _on_take_part(self) -> None:
        self.part_taken.emit(self.text.textCursor().selectedText().replace("\u2029", "\n"))


class ConflictBlock(QWidget):
    """One field in conflict: its versions, and what will stand there."""

    edited = Signal()
    proposal_wanted = Signal(object)
    """The sheet with the proposal, which may stand below what is in sight, is to be shown."""

    def __init__(
        self,
        one: ConflictField,
        names: Mapping[str, str],
        forms: Forms,
        look: Look,
        clock: Clock,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.field = one.field
        box = column(self, gap=Space.M)
        box.addWidget(label(one.field.label, self, "heading"))
        self._about = label("", self, "mute")
        self._go = Button("", self, role="quiet")
        self._go.clicked.connect(self._on_go)
        said = row(gap=Space.S)
        said.addWidget(self._about, 1)
        said.addWidget(self._go)
        box.addLayout(said)
        beside = row(gap=Space.M)
        self.cards: list[VersionCard] = []
        for version in one.versions:
            card = VersionCard(one, version, look, self)
            self.cards.append(card)
            beside.addWidget(card, 1)
        box.addLayout(beside)
        self.third = ThirdSheet(one.field, one.proposal, names, forms, look, clock, self)
        self.third.edited.connect(self._on_edited)
        self.third.aside.clicked.connect(self._on_aside)
        for card in self.cards:
            card.taken.connect(self.third.take)
            card.part_taken.connect(self.third.take_part)
        box.addWidget(self.third)
        self._about.setText(
            _("The changes touch one another, so that nothing is proposed.")
            if one.is_touching
            else ""
        )
        self._say()

    def _on_go(self) -> None:
        if not self.third.is_proposal:
            self.third.bring_back()
        self.proposal_wanted.emit(self.third)

    def _on_aside(self) -> None:
        # The button that had the focus is gone; this one undoes what it did.
        self._go.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_edited(self) -> None:
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        """Say above the versions that there is a proposal, or that it was put aside."""
        if self.third.proposal is not None and self.third.is_proposal:
            self._about.setText(_("The changes do not touch one another: a proposal stands below."))
            self._go.set_words(_("Go to the proposal"))
        elif self.third.proposal is not None:
            self._about.setText(_("The proposal is put aside."))
            self._go.set_words(_("Bring the proposal back"))
        self._go.setVisible(self.third.proposal is not None)
        self._about.setVisible(bool(self._about.text()))


class ConflictView(QWidget):
    """All that people disagree about in one record."""

    save_requested = Signal()
    """Every proposal that would be saved was looked at."""
    leave_requested = Signal()

    def __init__(self, look: Look, forms: Forms, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._forms = forms
        self._clock = clock
        self.blocks: list[ConflictBlock] = []
        self.setAccessibleName(_("Settle the conflict"))
        self.hide()
        self._build()

    def show_conflicts(self, sheet: ConflictSheet) -> None:
        """Lay the versions out."""
        self._title.setText(isolated(sheet.title) if sheet.title else _("Untitled"))
        for old in self.blocks:
            old.hide()
            old.deleteLater()
        self.blocks = [
            ConflictBlock(one, sheet.names, self._forms, self._look, self._clock, self._content)
            for one in sheet.fields
        ]
        for block in self.blocks:
            block.edited.connect(self._on_edited)
            block.proposal_wanted.connect(self._on_proposal_wanted)
            self._column.addWidget(block)
        self._on_edited()
        self._area.verticalScrollBar().setValue(0)
        self.blocks[0].cards[0].take.setFocus(Qt.FocusReason.OtherFocusReason)

    def taken(self) -> Mapping[str, JsonValue]:
        """The fields for which the person took something, with what stands in the third sheet."""
        return {
            block.field.name: block.third.value() for block in self.blocks if block.third.is_taken
        }

    def _build(self) -> None:
        box = column(self, gap=Space.NONE)
        head = QWidget(self)
        words = column(head, gap=Space.XS)
        words.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        words.addWidget(label(_("People wrote different things here"), head, "mute"))
        self._title = label("", head, "heading")
        words.addWidget(self._title)
        box.addWidget(head)
        box.addWidget(line(self))
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget(self._area)
        self._content.setObjectName("scrolled")
        around = column(self._content, margin=Space.XL, gap=Space.XXL)
        ring_margin(around)
        holder = QWidget(self._content)
        self._column = column(holder, gap=Space.XXL)
        around.addWidget(holder)
        around.addStretch()
        self._area.setWidget(self._content)
        box.addWidget(self._area, 1)
        box.addWidget(line(self))
        foot = row(gap=Space.M)
        foot.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        foot.addWidget(label(_("Where you save nothing, every version is kept."), self, "mute"), 1)
        later = Button(_("Not now"), self, role="quiet")
        later.clicked.connect(self.leave_requested)
        foot.addWidget(later)
        self._save = Button(_("Save what will stand here"), self, role="primary")
        self._save.clicked.connect(self._on_save)
        foot.addWidget(self._save)
        box.addLayout(foot)

    def _on_edited(self) -> None:
        self._save.setEnabled(any(block.third.is_taken for block in self.blocks))

    def _on_save(self) -> None:
        """A proposal that was not looked at is shown first, and saved when asked for again."""
        for block in self.blocks:
            if block.third.is_proposal and not self._is_looked_at(block.third):
                self._on_proposal_wanted(block.third)
                return
        self.save_requested.emit()

    def _is_looked_at(self, third: ThirdSheet) -> bool:
        """Whether the person was led to the proposal, wrote in it, or has come to its end."""
        if third.proposal is None or third.is_looked_at:
            return True
        page = third.proposal.page
        end = page.mapTo(self._area.viewport(), QPoint(0, page.height())).y()
        return end <= self._area.viewport().height()

    def _on_proposal_wanted(self, third: ThirdSheet) -> None:
        if third.proposal is not None:
            # What was hidden until now has no place yet.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            top = third.mapTo(self._content, QPoint(0, 0)).y()
            self._area.verticalScrollBar().setValue(top - Space.M)
            third.is_looked_at = True
            third.proposal.page.setFocus(Qt.FocusReason.OtherFocusReason)
