"""The third sheet of a conflict: what will stand there, grown from what one takes or proposed."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from notebook.forms import Field, FieldType, Forms
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.conflict_proposal import Proposal, Share
from ui.field_lines import PageField
from ui.field_widgets import make_editor
from ui.style.look import Look
from ui.style.tokens import FOCUS_RING, ICON, Space
from ui.widgets.basics import Button, column, label, row, set_role
from ui.widgets.flow import Flow

_MARKS = (
    (QTextCharFormat.UnderlineStyle.SingleUnderline, Qt.PenStyle.SolidLine),
    (QTextCharFormat.UnderlineStyle.DashUnderline, Qt.PenStyle.DashLine),
    (QTextCharFormat.UnderlineStyle.DotLine, Qt.PenStyle.DotLine),
    (QTextCharFormat.UnderlineStyle.DashDotLine, Qt.PenStyle.DashDotLine),
    (QTextCharFormat.UnderlineStyle.DashDotDotLine, Qt.PenStyle.DashDotDotLine),
)
"""Lines under words, and the same lines beside the names of those whose words they are."""


class MarkSample(QWidget):
    """The line under the words of one person, beside the name."""

    def __init__(self, look: Look, mark: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._style = _MARKS[mark % len(_MARKS)][1]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """As wide as a short word, and as high as a line of text."""
        return QSize(2 * self._look.scaled(ICON), self._look.scaled(ICON))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it as the text shows it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.selected))
        painter.setPen(QPen(QColor(self._look.theme.ink), FOCUS_RING, self._style))
        at = self.height() - 2 * FOCUS_RING
        painter.drawLine(0, at, self.width(), at)


class ProposalSheet(QWidget):
    """A proposed text, with marks and words that say whose each changed stretch is."""

    def __init__(self, field: Field, proposal: Proposal, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        box = column(self, gap=Space.S)
        box.addWidget(label(_("This is a proposal: read it before you save."), self, "caution"))
        for share in proposal.shares:
            box.addWidget(self._share(share))
        self.page = PageField(field, look, self)
        self.page.set_value(proposal.text, {})
        self.page.editor.setAccessibleDescription(proposal.said)
        box.addWidget(self.page)
        self._marked = list(self._marks(proposal))
        look.changed.connect(self._show_marks)
        self._show_marks()

    def add(self, words: str) -> None:
        """Write words at the end; they can be undone."""
        cursor = self.page.editor.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(f"\n{words}")
        self.page.editor.setTextCursor(cursor)

    def _share(self, share: Share) -> QWidget:
        holder = QWidget(self)
        beside = row(holder, gap=Space.S)
        sample = MarkSample(self._look, share.mark, holder)
        beside.addWidget(sample, 0, Qt.AlignmentFlag.AlignTop)
        words = QWidget(holder)
        beside.addWidget(words, 1)
        box = column(words, gap=Space.XS)
        box.addWidget(label(_("By {who}").format(who=share.who), words, "mute"))
        for text in share.taken_out:
            gone = _("No longer there: {text}").format(text=text)
            box.addWidget(label(gone, words, "small"))
        return holder

    def _marks(self, proposal: Proposal) -> list[tuple[QTextCursor, int]]:
        marked: list[tuple[QTextCursor, int]] = []
        at = 0
        for stretch in proposal.stretches:
            # Qt counts in UTF-16 units, and every line end as one.
            length = len(stretch.text.replace("\r\n", "\n").encode("utf-16-le")) // 2
            if stretch.mark is not None:
                cursor = QTextCursor(self.page.editor.document())
                cursor.setPosition(at)
                cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
                # What is typed behind a stretch is not by the one who wrote it.
                cursor.setKeepPositionOnInsert(True)
                marked.append((cursor, stretch.mark))
            at += length
        return marked

    def _show_marks(self) -> None:
        shown: list[QTextEdit.ExtraSelection] = []
        for cursor, mark in self._marked:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = cursor
            selection.format = QTextCharFormat()
            selection.format.setBackground(QColor(self._look.theme.selected))
            selection.format.setUnderlineStyle(_MARKS[mark % len(_MARKS)][0])
            selection.format.setUnderlineColor(QColor(self._look.theme.ink))
            shown.append(selection)
        self.page.editor.setExtraSelections(shown)


class ThirdSheet(QFrame):
    """What will stand in a field: nothing yet, what was taken and written, or a proposal."""

    edited = Signal()
    """Something else will stand there, or nothing."""

    def __init__(
        self,
        field: Field,
        proposal: Proposal | None,
        names: Mapping[str, str],
        forms: Forms,
        look: Look,
        clock: Clock,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._field = field
        self._names = names
        self._is_own = False
        self.is_proposal = proposal is not None
        self.is_looked_at = False
        """Whether the person was led to the proposal, or wrote in it."""
        set_role(self, "card")
        box = column(self, margin=Space.M, gap=Space.S)
        box.addWidget(label(_("What will stand here"), self, "strong"))
        self.proposal: ProposalSheet | None = None
        if proposal is not None:
            self.proposal = ProposalSheet(field, proposal, look, self)
            self.proposal.page.edited.connect(self._on_proposal_edited)
            box.addWidget(self.proposal)
        self.editor = make_editor(field, forms, look, clock, self)
        self.editor.edited.connect(self._on_edited)
        box.addWidget(self.editor)
        buttons = Flow(self, Space.S)
        self.aside = Button(_("Put the proposal aside"), self, role="flush")
        self.aside.clicked.connect(self.put_aside)
        buttons.add(self.aside)
        box.addWidget(buttons)
        self._buttons = buttons
        self._show()

    @property
    def is_taken(self) -> bool:
        """Whether anything would be saved here."""
        return self.is_proposal or self._is_own

    def value(self) -> JsonValue:
        """What would be saved."""
        if self.is_proposal and self.proposal is not None:
            return self.proposal.page.value()
        return self.editor.value()

    def take(self, value: JsonValue) -> None:
        """Take a whole version; a proposal is put aside, and text goes under what was taken."""
        self.is_proposal = False
        so_far = self.editor.value() if self._is_own else None
        if self._field.type is FieldType.LONG_TEXT and so_far and value and so_far != value:
            value = f"{so_far}\n\n{value}"
        self.editor.set_value(value, self._names)
        self._on_edited()

    def take_part(self, words: str) -> None:
        """Take some words of a version: they go under what stands here."""
        if self.is_proposal and self.proposal is not None:
            self.proposal.add(words)
        elif isinstance(self.editor, PageField):
            so_far = self.editor.value() if self._is_own else None
            self.editor.set_value(f"{so_far}\n{words}" if so_far else words, self._names)
            self._on_edited()

    def put_aside(self) -> None:
        """Show what was taken and written without the proposal, or nothing; both are kept."""
        self._turn(is_proposal=False)

    def bring_back(self) -> None:
        """Show the proposal again, as it stood."""
        self._turn(is_proposal=True)

    def _turn(self, *, is_proposal: bool) -> None:
        self.is_proposal = is_proposal
        self._show()
        self.edited.emit()

    def _on_proposal_edited(self) -> None:
        self.is_looked_at = True
        self.edited.emit()

    def _on_edited(self) -> None:
        self._is_own = True
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        if self.proposal is not None:
            self.proposal.setVisible(self.is_proposal)
        self.editor.setVisible(not self.is_proposal)
        self._buttons.setVisible(self.is_proposal)
        self.setVisible(self.is_taken)
