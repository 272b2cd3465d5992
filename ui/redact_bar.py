"""The bar under a text that is read for a copy: what stands there instead, blacked out, or left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QWidget

from notebook.i18n import _
from ui.redact_pages import BarKind, BarPage
from ui.style.look import Look
from ui.style.tokens import BAR_LINE_LEAST, Space
from ui.widgets.basics import ENTER, Button, ElidedLabel, column, frame, label, row
from ui.widgets.editors import LineEditor


class MarkBar(QWidget):
    """Decides about a mark, about words that are selected, or about a whole field."""

    taken = Signal(str, bool)
    """What stands there instead, and whether everywhere."""
    blacked_out = Signal(bool)
    left = Signal(str, bool)
    """Why the words stay, and whether everywhere."""
    field_toggled = Signal(bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._bar = BarPage(kind=BarKind.NOTHING, words="")
        outer = column(self)
        card = frame("card", self)
        outer.addWidget(card)
        box = column(card, margin=Space.M, gap=Space.S)
        head = row(gap=Space.M)
        self._words = ElidedLabel(card, "strong")
        head.addWidget(self._words)
        self._note = label("", card, "mute")
        head.addWidget(self._note, 1)
        box.addLayout(head)
        # Beside one another, where there is room; the text above needs the height.
        self._line = row(gap=Space.S)
        box.addLayout(self._line)
        typed = row(gap=Space.S)
        self._line.addLayout(typed, 1)
        self._asks = label(_("Instead"), card, wraps=False)
        typed.addWidget(self._asks)
        self.instead = LineEditor(_("What stands there instead"), card)
        self.instead.returnPressed.connect(self._on_take)
        typed.addWidget(self.instead, 1)
        self.why = LineEditor(_("Why may it stay?"), card)
        self.why.setPlaceholderText(_("Why may it stay?"))
        self.why.returnPressed.connect(self._on_leave)
        self.why.textChanged.connect(self._on_why)
        typed.addWidget(self.why, 1)
        self.everywhere = QCheckBox(card)
        self._ways = QWidget(card)
        ways = row(self._ways, gap=Space.S)
        self.take = Button(_("Take it"), card)
        self.take.clicked.connect(self._on_take)
        self.black = Button(_("Black out"), card)
        self.black.clicked.connect(self._on_black)
        self.leave = Button(_("Leave it…"), card)
        self.leave.clicked.connect(self._on_leave_asked)
        self.keep = Button(_("Leave it as it is"), card)
        self.keep.clicked.connect(self._on_leave)
        self.back = Button(_("Back to the mark"), card, role="quiet", look=look)
        self.back.clicked.connect(self._on_back)
        self.field = Button("", card)
        self.field.clicked.connect(self._on_field)
        for button in (self.take, self.black, self.leave, self.keep, self.back, self.field):
            ways.addWidget(button)
        ways.addStretch()
        self._line.addWidget(self._ways)
        box.addWidget(self.everywhere)

    def show_bar(self, bar: BarPage) -> None:
        """Show what can be decided."""
        is_other = (bar.kind, bar.words) != (self._bar.kind, self._bar.words)
        self._bar = bar
        self._words.show_text(bar.words)
        self._words.setVisible(bool(bar.words))
        self._note.setText(bar.note)
        self._note.setVisible(bool(bar.note))
        if is_other or bar.kind is BarKind.MARK:
            self.instead.setText(bar.instead)
            self.everywhere.setChecked(bar.kind is BarKind.WORDS)
        self.why.setText(bar.why)
        self._show_ways(is_leaving=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below where it is narrow."""
        super().resizeEvent(event)
        is_wide = self.width() >= self._look.scaled(BAR_LINE_LEAST)
        direction = QBoxLayout.Direction
        self._line.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter decides here, and Esc steps back here: neither is the way of the page around."""
        if event.key() in ENTER:
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and self.back.isVisibleTo(self):
            self._on_back()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _show_ways(self, *, is_leaving: bool) -> None:
        kind = self._bar.kind
        is_words = kind in (BarKind.MARK, BarKind.WORDS)
        self._asks.setVisible(is_words and not is_leaving)
        self.instead.setVisible(is_words and not is_leaving)
        self.why.setVisible(is_leaving)
        if kind is BarKind.WORDS:
            self.everywhere.setText(_("Everywhere it stands, in all its forms"))
        else:
            self.everywhere.setText(self._bar.everywhere)
        self.everywhere.setVisible(
            kind is BarKind.WORDS or (kind is BarKind.MARK and bool(self._bar.everywhere))
        )
        self.take.setVisible(is_words and not is_leaving)
        self.black.setVisible(is_words and not is_leaving)
        self.leave.setVisible(kind is BarKind.MARK and not is_leaving and not self._bar.is_left)
        self.keep.setVisible(is_leaving)
        self.keep.setEnabled(bool(self.why.text().strip()))
        self.back.setVisible(is_leaving)
        self.field.setVisible(kind is BarKind.FIELD)
        if kind is BarKind.FIELD:
            self.field.set_words(
                _("Leave this field out") if self._bar.goes else _("Let it go after all")
            )
        self._ways.setVisible(kind is not BarKind.NOTHING)

    def _on_take(self) -> None:
        self.taken.emit(self.instead.text(), self._is_everywhere())

    def _on_black(self) -> None:
        self.blacked_out.emit(self._is_everywhere())

    def _on_leave_asked(self) -> None:
        if self._bar.is_own:
            # One's own mark goes without a reason.
            self.left.emit("", self._is_everywhere())
            return
        self._show_ways(is_leaving=True)
        self.why.setFocus()

    def _on_leave(self) -> None:
        if self.why.text().strip():
            self.left.emit(self.why.text(), self._is_everywhere())

    def _on_back(self) -> None:
        self._show_ways(is_leaving=False)
        self.instead.setFocus()

    def _on_why(self, why: str) -> None:
        self.keep.setEnabled(bool(why.strip()))

    def _on_field(self) -> None:
        self.field_toggled.emit(not self._bar.goes)

    def _is_everywhere(self) -> bool:
        return self.everywhere.isChecked() and not self.everywhere.isHidden()
