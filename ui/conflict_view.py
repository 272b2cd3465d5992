"""Two sheets side by side, what differs marked, and a third that grows from what one takes."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from notebook.forms import FieldType, Forms
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.conflict_presenter import ConflictField, ConflictSheet, VersionSheet
from ui.conflict_words import Span
from ui.field_lines import PageEditor, PageField
from ui.field_widgets import make_editor
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, frame, label, line, ring_margin, row, set_role
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
        self._names = names
        self.is_taken = False
        box = column(self, gap=Space.M)
        box.addWidget(label(one.field.label, self, "heading"))
        beside = row(gap=Space.M)
        self.cards: list[VersionCard] = []
        for version in one.versions:
            card = VersionCard(one, version, look, self)
            card.taken.connect(self._on_taken)
            card.part_taken.connect(self._on_part)
            self.cards.append(card)
            beside.addWidget(card, 1)
        box.addLayout(beside)
        self._third = frame("card", self)
        third = column(self._third, margin=Space.M, gap=Space.S)
        third.addWidget(label(_("What will stand here"), self._third, "strong"))
        self.editor = make_editor(one.field, forms, look, clock, self._third)
        self.editor.edited.connect(self._on_edited)
        third.addWidget(self.editor)
        box.addWidget(self._third)
        self._third.hide()

    def _on_taken(self, value: JsonValue) -> None:
        so_far = self.editor.value() if self.is_taken else None
        if self.field.type is FieldType.LONG_TEXT and so_far and value and so_far != value:
            value = f"{so_far}\n\n{value}"
        self.editor.set_value(value, self._names)
        self._on_edited()

    def _on_part(self, words: str) -> None:
        if isinstance(self.editor, PageField):
            so_far = self.editor.value() if self.is_taken else None
            self.editor.set_value(f"{so_far}\n{words}" if so_far else words, self._names)
            self._on_edited()

    def _on_edited(self) -> None:
        self.is_taken = True
        self._third.show()
        self.edited.emit()


class ConflictView(QWidget):
    """All that people disagree about in one record."""

    save_requested = Signal()
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
            self._column.addWidget(block)
        self._save.setEnabled(False)
        self._area.verticalScrollBar().setValue(0)
        self.blocks[0].cards[0].take.setFocus(Qt.FocusReason.OtherFocusReason)

    def taken(self) -> Mapping[str, JsonValue]:
        """The fields for which the person took something, with what stands in the third sheet."""
        return {block.field.name: block.editor.value() for block in self.blocks if block.is_taken}

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
        foot.addWidget(
            label(_("What you do not take stays as it is: both versions are kept."), self, "mute"),
            1,
        )
        later = Button(_("Not now"), self, role="quiet")
        later.clicked.connect(self.leave_requested)
        foot.addWidget(later)
        self._save = Button(_("Save what you took"), self, role="primary")
        self._save.clicked.connect(self.save_requested)
        foot.addWidget(self._save)
        box.addLayout(foot)

    def _on_edited(self) -> None:
        self._save.setEnabled(True)
