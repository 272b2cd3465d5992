"""A strip over the page: something about the notebook needs attention. No dialog, nothing lost."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, frame, label, row


class AttentionStrip(QWidget):
    """What it is, what to do first, and the way to the rest."""

    shown_more = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        outer = column(self, margin=Space.S)
        surface = frame("notice", self)
        outer.addWidget(surface)
        inner = row(surface, margin=Space.M, gap=Space.M)
        icon = IconLabel(look, "warning", surface, "caution")
        inner.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        self._what = label("", surface, "strong")
        self._more = label("", surface)
        words.addWidget(self._what)
        words.addWidget(self._more)
        inner.addLayout(words, 1)
        show = Button(_("Show"), surface)
        show.clicked.connect(self.shown_more)
        inner.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        dismiss = Button(_("Dismiss"), surface, role="icon", look=look, icon="close")
        dismiss.clicked.connect(self.hide)
        inner.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_attention(self, what: str, more: str) -> None:
        """Show this; empty for nothing."""
        self._what.setText(what)
        self._more.setText(more)
        self.setAccessibleName(f"{what} {more}".strip())
        self.setVisible(bool(what))
