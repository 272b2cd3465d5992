"""The step of reading: records on one side, the text with its marks and the bar on the other."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.handover_rows import RowList
from ui.redact_bar import MarkBar
from ui.redact_pages import BarPage, ReadPage, Way
from ui.redact_text import MarkedText
from ui.style.look import Look
from ui.style.tokens import LIST_LEAST, PAGE_WIDTH, READ_HEIGHT_LEAST, Space
from ui.widgets.basics import Button, column, label, ring_margin, row
from ui.words import isolated


class ReadView(QWidget):
    """One record that is read."""

    record_chosen = Signal(str)
    record_toggled = Signal(bool)
    next_requested = Signal()
    previous_requested = Signal()
    skip_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._goes = True
        self._record = ""
        sides = row(self, gap=Space.XL)
        ring_margin(sides)
        self._list = QWidget(self)
        list_box = column(self._list, gap=Space.XS)
        list_box.addWidget(label(_("Records"), self._list, "strong"))
        self.rows = RowList(look, _("Records to read"), self._list)
        self.rows.chosen.connect(self.record_chosen)
        list_box.addWidget(self.rows, 1)
        sides.addWidget(self._list)
        sides.addWidget(self._build_page(look), 1)

    def _build_page(self, look: Look) -> QWidget:
        page = QWidget(self)
        box = column(page, gap=Space.S)
        head = row(gap=Space.M)
        self._title = label("", page, "strong")
        head.addWidget(self._title, 1)
        self.previous = Button(_("Previous mark"), page, role="icon", look=look, icon="back")
        self.previous.clicked.connect(self.previous_requested)
        head.addWidget(self.previous)
        self.next = Button(_("Next mark"), page, role="icon", look=look, icon="next")
        self.next.clicked.connect(self.next_requested)
        head.addWidget(self.next)
        self.leave_out = Button("", page, role="quiet")
        self.leave_out.clicked.connect(self._on_leave_out)
        head.addWidget(self.leave_out)
        box.addLayout(head)
        under = row(gap=Space.M)
        self._note = label("", page, "small")
        under.addWidget(self._note, 1)
        self._said = label("", page, "small", wraps=False)
        under.addWidget(self._said)
        self.skip = Button(_("Go on without the rest"), page, role="quiet")
        self.skip.clicked.connect(self.skip_requested)
        under.addWidget(self.skip)
        box.addLayout(under)
        self.text = MarkedText(look, page)
        box.addWidget(self.text, 1)
        self._left_out = label("", page, "small")
        box.addWidget(self._left_out)
        self.bar = MarkBar(look, page)
        box.addWidget(self.bar)
        return page

    def show_read(self, page: ReadPage, way: Way) -> None:
        """Show a record."""
        self._goes = page.goes
        is_other, self._record = page.record != self._record, page.record
        self.rows.show_rows(page.rows, page.record)
        self._title.setText(isolated(page.title) if page.title else _("Untitled"))
        self._note.setText(page.note)
        self.text.show_pieces(page.record, page.pieces, page.mark)
        if is_other and not self.rows.hasFocus():
            # Who pressed the way on twice would else have read the next one without seeing it.
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._left_out.setText(page.left_out)
        self._fold()
        self.leave_out.setVisible(page.may_leave_out)
        self.leave_out.set_words(_("Leave it out") if page.goes else _("Let it go after all"))
        self.text.setEnabled(page.goes)
        self.bar.setEnabled(page.goes)
        self._said.setText(way.said)
        has_marks = any(piece.mark is not None for piece in page.pieces)
        self.next.setEnabled(has_marks)
        self.previous.setEnabled(has_marks)

    def show_bar(self, bar: BarPage) -> None:
        """Show what can be decided."""
        self.bar.show_bar(bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the text has all the room; the way on leads through the records."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        self._list.setVisible(self.width() >= self._look.scaled(PAGE_WIDTH))
        self._list.setFixedWidth(self._look.scaled(LIST_LEAST))
        is_high = self.height() >= self._look.scaled(READ_HEIGHT_LEAST)
        self._left_out.setVisible(bool(self._left_out.text()) and is_high)

    def first(self) -> QWidget:
        """Where the reading begins."""
        return self.text

    def _on_leave_out(self) -> None:
        self.record_toggled.emit(not self._goes)
